use super::*;

#[test]
fn a_row_knows_its_pages() {
    let row = RowRef::number("n1");
    assert_eq!(
        (row.home().as_str(), row.general().as_str(), row.history().as_str()),
        ("/numbers/n1", "/numbers/n1/general", "/history?number=n1")
    );
    assert_eq!(RowRef::phone_id("p1").general(), "/ids/p1/general");
    assert_eq!(row.block("+8190"), "/numbers/n1/block-list?add=%2B8190");
}

#[test]
fn every_path_leads_to_its_page_and_nothing_else_does() {
    let row = RowRef::number("n1");
    for (path, route) in [
        ("/", Route::Home),
        ("/sign-in", Route::SignIn),
        ("/account/", Route::Account),
        ("/account/api-keys", Route::ApiKeys),
        ("/numbers/n1", Route::Row(row.clone())),
        ("/numbers/n1/", Route::Row(row.clone())),
        ("/numbers/n1/general", Route::General(row.clone())),
        ("/numbers/n1/block-list", Route::Page(row.clone(), RowPage::BlockList)),
        ("/ids/p1/password", Route::Page(RowRef::phone_id("p1"), RowPage::Password)),
        ("/ids/p1/terminals", Route::Page(RowRef::phone_id("p1"), RowPage::SignIns)),
        ("/ids/p1", Route::Row(RowRef::phone_id("p1"))),
        ("/notices", Route::Notices),
        ("/notices/deliveries", Route::Deliveries),
        ("/notices/e1", Route::Notice("e1".to_owned())),
        ("/notices/e1/more", Route::Unknown),
        ("/notify-rules", Route::Notify(NotifyPage::Rules)),
        ("/notify-rules/r1/", Route::Notify(NotifyPage::Rule("r1".into()))),
        ("/notify-rules/r1/services/new", Route::Notify(NotifyPage::AddService("r1".into()))),
        (
            "/notify-rules/r1/services/s1",
            Route::Notify(NotifyPage::Service("r1".into(), "s1".into())),
        ),
        ("/notify-rules/r1/services", Route::Unknown),
        ("/notify-rules//services/s1", Route::Unknown),
        ("/notify-rules/r1/services/s1/more", Route::Unknown),
        ("/notify-rulesx", Route::Unknown),
        ("/numbers", Route::Unknown),
        ("/numbers//general", Route::Unknown),
        ("/numbers/n1/general/more", Route::Unknown),
        ("/numbers/n1/other", Route::Unknown),
        ("/other", Route::Unknown),
    ] {
        assert_eq!(Route::of(path), route, "{path}");
    }
    assert_eq!(Route::of(&row.general()), Route::General(row));
    let (rule, service) = ("r1".to_owned(), "s1".to_owned());
    let pages =
        [NotifyPage::Rules, NotifyPage::Rule(rule.clone()), NotifyPage::AddService(rule.clone())];
    for page in pages.into_iter().chain([NotifyPage::Service(rule, service)]) {
        assert_eq!(Route::of(&page.path()), Route::Notify(page));
    }
}

#[test]
fn sign_in_returns_to_pages_of_this_app_only() {
    assert_eq!(sign_in_and_return("/history?number=n1"), "/sign-in?next=/history%3Fnumber%3Dn1");
    assert_eq!(sign_in_and_return("/"), "/sign-in");
    for (next, to) in [
        (Some("/account"), "/account"),
        (Some("//evil.example"), "/"),
        (Some("/\\evil.example"), "/"),
        (Some("https://evil.example"), "/"),
        (Some("/sign-in?next=/"), "/"),
        (None, "/"),
    ] {
        assert_eq!(safe_return(next), to, "{next:?}");
    }
}
