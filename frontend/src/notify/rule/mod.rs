//! A notify rule: what it tells, where to, and which numbers use it.

mod delete;
mod destinations;
mod fields;
mod mails;
mod rows;
mod save;

use api_types::{AccountOptions, NotifyRule, Number};
use leptos::prelude::*;

use self::delete::Delete;
use self::destinations::{Destinations, Hints};
use self::rows::{Events, Name, Numbers, Writing};
use super::api;
use super::gone::failed;
use crate::accounts;
use crate::numbers::directory::{Directory, use_directory};
use crate::numbers::subject::once_listed;
use crate::page::editor::Editor;
use crate::page::load::Load;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::follow;
use crate::platform::routes::{self, NotifyPage};
use crate::platform::session::draft_key;
use crate::text;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::live::{Live, use_live};
use crate::ui::title_bar::TitleBar;

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
    /// What is contracted, where that is known.
    options: Option<AccountOptions>,
    /// A mail address that was typed and is not in the list yet.
    typed_mail: RwSignal<String>,
    /// What is wrong with it.
    mail_fault: RwSignal<Option<String>>,
}

impl Page {
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
fn all_numbers(directory: Directory) -> Vec<Number> {
    directory
        .rows()
        .with_untracked(|rows| rows.ready().map(|rows| rows.numbers.clone()))
        .unwrap_or_default()
}

/// A rule, id and name of each, and what is contracted.
type Read = (NotifyRule, Vec<(String, String)>, Option<AccountOptions>);

async fn read(client: Client, rule_id: &str) -> Result<Read, ClientError> {
    let (rule, all, account) = futures_util::future::join3(
        api::rules::get(client, rule_id),
        api::rules::list(client),
        accounts::api::get(client),
    )
    .await;
    // Without the names of the others, or what is contracted, the page still works.
    let names = all
        .map(|all| all.into_iter().map(|rule| (rule.id, rule.name)).collect())
        .unwrap_or_default();
    Ok((rule?, names, account.ok().map(|account| account.options)))
}

/// The page.
#[component]
pub fn RulePage(
    /// Which rule.
    rule_id: String,
) -> impl IntoView {
    let client = use_client();
    let load = Load::new(move || {
        let rule_id = rule_id.clone();
        async move { read(client, &rule_id).await }
    });
    let draw = |(rule, others, options)| view! { <Edit rule others options /> }.into_any();
    view! {
        <TitleBar title=text!(setting.notify_rule_id) back=routes::NOTIFY_RULES />
        {once_listed(&[2, 4], move || load.show_or(&[2, 4], draw, failed))}
    }
}

#[component]
fn Edit(
    rule: NotifyRule,
    others: Vec<(String, String)>,
    options: Option<AccountOptions>,
) -> impl IntoView {
    let directory = use_directory();
    let values = fields::values(&rule, &all_numbers(directory));
    let key = draft_key(&NotifyPage::Rule(rule.id.clone()).path());
    let editor = Editor::new(values, key, &fields::CHECKS);
    let page = Page {
        client: use_client(),
        directory,
        live: use_live(),
        editor,
        rule: RwSignal::new(rule),
        others: StoredValue::new(others),
        options,
        typed_mail: RwSignal::default(),
        mail_fault: RwSignal::default(),
    };
    editor.saves(page);
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
                    <span class="label">{text!(history.title)}</span>
                    <Chevron />
                </a>
                <Delete page />
            </div>
        </section>
        <SaveBar model=editor.bar() />
    }
}
