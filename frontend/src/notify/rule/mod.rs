//! A notify rule: what it tells, where to, and which numbers use it.

mod delete;
mod destinations;
mod mails;
mod rows;
mod save;

use api_types::{NotifyRule, Number};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::delete::Delete;
use self::destinations::{Destinations, Hints};
use self::rows::{Events, Name, Numbers, Writing};
use super::api;
use crate::numbers::directory::{Directory, use_directory};
use crate::page::editor::Editor;
use crate::page::form::Form;
use crate::page::guard::use_guard;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::follow;
use crate::platform::remote::Remote;
use crate::platform::routes::{self, NotifyPage};
use crate::platform::session::use_session;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::live::{Live, use_live};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// Everything that the page works with.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    live: Live,
    editor: Editor,
    rule: RwSignal<NotifyRule>,
    /// The names of the others, for the numbers that use one of them.
    others: StoredValue<Vec<(String, String)>>,
    /// A mail address that was typed and is not in the list yet.
    typed_mail: RwSignal<String>,
    /// What is wrong with it.
    mail_fault: RwSignal<Option<String>>,
}

impl Page {
    /// Whether the person has left it while a request was under way.
    fn is_gone(self) -> bool {
        self.rule.is_disposed()
    }

    fn id(self) -> String {
        self.rule.with_untracked(|rule| rule.id.clone())
    }

    fn name_of(self, rule_id: &str) -> Option<String> {
        self.others.with_value(|others| {
            others.iter().find(|(id, _)| id == rule_id).map(|(_, name)| name.clone())
        })
    }
}

/// Every number, as it is known now.
fn numbers(directory: Directory) -> Vec<Number> {
    directory
        .rows()
        .with_untracked(|rows| rows.ready().map(|rows| rows.numbers.clone()))
        .unwrap_or_default()
}

/// A rule, and id and name of each.
async fn read(
    client: Client,
    rule_id: &str,
) -> Result<(NotifyRule, Vec<(String, String)>), ClientError> {
    let (rule, all) =
        futures_util::future::join(api::rules::get(client, rule_id), api::rules::list(client))
            .await;
    // Without the names of the others the page still works.
    let names = all
        .map(|all| all.into_iter().map(|rule| (rule.id, rule.name)).collect())
        .unwrap_or_default();
    Ok((rule?, names))
}

/// The page.
#[component]
pub fn RulePage(
    /// Which rule.
    rule_id: String,
) -> impl IntoView {
    let (client, directory) = (use_client(), use_directory());
    let rule_id = StoredValue::new(rule_id);
    let loaded = RwSignal::new(Remote::<(NotifyRule, Vec<(String, String)>)>::Loading);
    let load = Callback::new(move |()| {
        loaded.set(Remote::Loading);
        spawn_local(async move {
            let Some(id) = rule_id.try_get_value() else { return };
            loaded.try_set(read(client, &id).await.into());
        });
    });
    load.run(());
    // Memos, so that a row that changes in the list does not draw the form anew.
    let listed = Memo::new(move |_| directory.rows().with(|rows| rows.ready().is_some()));
    let failed_list = Memo::new(move |_| {
        directory
            .rows()
            .with(|rows| if let Remote::Failed(error) = rows { Some(error.clone()) } else { None })
    });
    view! {
        <TitleBar title=text!(general.rule) back=routes::NOTIFY_RULES />
        {move || match (loaded.get(), failed_list.get()) {
            (_, Some(error)) => {
                view! { <ErrorState error retry=Callback::new(move |()| directory.load()) /> }
                    .into_any()
            }
            (Remote::Failed(error), _) => view! { <Failed error retry=load /> }.into_any(),
            (Remote::Ready((rule, others)), _) if listed.get() => {
                view! { <Edit rule others /> }.into_any()
            }
            _ => {
                view! {
                    <SkeletonRows count=2 />
                    <SkeletonRows count=4 />
                }
                    .into_any()
            }
        }}
    }
}

/// It did not come, or is there no more.
#[component]
pub(super) fn Failed(error: ClientError, retry: Callback<()>) -> impl IntoView {
    if !matches!(&error, ClientError::Problem(problem) if problem.status == 404) {
        return view! { <ErrorState error retry /> }.into_any();
    }
    view! {
        <section class="state" role="alert" data-testid="not-found">
            <Icon icon=icondata_lu::LuSearchX />
            <h2>{move || t!(notify.gone_title)}</h2>
            <p>{move || t!(notify.gone_body)}</p>
            <a class="btn main" href=routes::NOTIFY_RULES>
                {move || t!(notify.to_rules)}
            </a>
        </section>
    }
    .into_any()
}

#[component]
fn Edit(rule: NotifyRule, others: Vec<(String, String)>) -> impl IntoView {
    let account = use_session()
        .with_untracked(|state| state.signed_in().map(|session| session.account_id.clone()))
        .unwrap_or_default();
    let directory = use_directory();
    let form = Form::of_notify_rule(&rule, &numbers(directory));
    let editor =
        Editor::new(form, format!("{account}:{}", NotifyPage::Rule(rule.id.clone()).path()));
    let page = Page {
        client: use_client(),
        directory,
        live: use_live(),
        editor,
        rule: RwSignal::new(rule),
        others: StoredValue::new(others),
        typed_mail: RwSignal::default(),
        mail_fault: RwSignal::default(),
    };
    let save = Callback::new(move |()| {
        // An address that stands in the field is meant to be saved, too.
        if mails::take_typed(page) {
            save::start(page, false);
        }
    });
    let undo = Callback::new(move |()| {
        if editor.restore() {
            save::start(page, true);
        }
    });
    use_guard().watch(editor.guarded(save));
    let bar = editor.bar(save, undo);
    follow(move || {
        // What was wrong with an address goes with it.
        if page.typed_mail.with(|typed| typed.trim().is_empty())
            && page.mail_fault.with_untracked(Option::is_some)
        {
            page.mail_fault.set(None);
        }
    });
    view! {
        <Name page />
        <Hints page />
        <Events page />
        <mails::Mails page />
        <Destinations page />
        <Numbers page />
        <Writing page />
        <section class="group">
            <div class="list">
                <a
                    class="row"
                    href=format!("{}?kind=notify", routes::HISTORY)
                    data-testid="open-history"
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuHistory />
                    </span>
                    <span class="label">{move || t!(history.title)}</span>
                    <Chevron />
                </a>
                <Delete page />
            </div>
        </section>
        <SaveBar model=bar />
    }
}
