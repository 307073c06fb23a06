//! General settings of a number (with its basic ID, if it is the primary one) or of an additional
//! ID.

mod rows;
mod save;

use api_types::{NotifyRule, Number, PhoneId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::rows::Settings;
use super::api;
use super::directory::{Directory, use_directory};
use crate::notify;
use crate::page::editor::Editor;
use crate::page::form::Form;
use crate::page::guard::use_guard;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::follow;
use crate::platform::remote::Remote;
use crate::platform::routes::{RowKind, RowRef};
use crate::platform::session::use_session;
use crate::text;
use crate::ui::live::{Live, use_live};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;

/// The objects that the page edits, as the server last sent them.
#[derive(Clone, Debug, Default)]
struct Subject {
    number: Option<Number>,
    phone_id: Option<PhoneId>,
}

impl Subject {
    fn form(&self) -> Form {
        Form::of_row(self.number.as_ref(), self.phone_id.as_ref())
    }
}

/// Everything a save needs.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    live: Live,
    editor: Editor,
    subject: RwSignal<Subject>,
    /// `None` while the rules could not be read: the present choice is then shown as it is.
    rules: RwSignal<Option<Vec<NotifyRule>>>,
}

impl Page {
    /// Whether the person has left it while a request was under way.
    fn is_gone(self) -> bool {
        self.subject.is_disposed()
    }
}

/// The page.
#[component]
pub fn GeneralPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    let client = use_client();
    let directory = use_directory();
    let loaded = RwSignal::new(Remote::<(Subject, Option<Vec<NotifyRule>>)>::Loading);
    let home = row.home();
    let row = StoredValue::new(row);

    let load = Callback::new(move |()| {
        loaded.set(Remote::Loading);
        spawn_local(async move {
            let Some(row) = row.try_get_value() else { return };
            let fresh = async {
                let subject = read(client, directory, &row).await?;
                // Without the rules the rest of the page still works.
                let rules = if subject.number.is_some() {
                    notify::api::rules::list(client).await.ok()
                } else {
                    None
                };
                Ok((subject, rules))
            };
            loaded.try_set(fresh.await.into());
        });
    });
    // The basic ID of a primary number is found in the directory, so that must be there first.
    let listed = Memo::new(move |_| directory.rows().with(|rows| rows.ready().is_some()));
    follow(move || {
        if listed.get() {
            load.run(());
        }
    });
    // A memo, so that a row that changes in the list does not draw the form anew.
    let failed_list = Memo::new(move |_| {
        directory
            .rows()
            .with(|rows| if let Remote::Failed(error) = rows { Some(error.clone()) } else { None })
    });

    view! {
        <TitleBar title=text!(general.title) back=home />
        {move || match loaded.get() {
            _ if failed_list.get().is_some() => {
                failed_list
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorState error retry=Callback::new(move |()| directory.load()) />
                        }
                    })
                    .into_any()
            }
            Remote::Loading => {
                view! {
                    <SkeletonRows count=3 />
                    <SkeletonRows count=3 />
                }
                    .into_any()
            }
            Remote::Failed(error) => view! { <ErrorState error retry=load /> }.into_any(),
            Remote::Ready((subject, rules)) => {
                view! { <Form row=row.get_value() subject rules /> }.into_any()
            }
        }}
    }
}

async fn read(client: Client, directory: Directory, row: &RowRef) -> Result<Subject, ClientError> {
    match row.kind {
        RowKind::Number => {
            let basic = directory.rows().with_untracked(|rows| {
                let rows = rows.ready()?;
                rows.basic_id_of(rows.number(&row.id)?).map(|phone_id| phone_id.id.clone())
            });
            let phone_id = async {
                match &basic {
                    Some(id) => api::ids::get(client, id).await.map(Some),
                    None => Ok(None),
                }
            };
            let (number, phone_id) =
                futures_util::future::join(api::numbers::get(client, &row.id), phone_id).await;
            let subject = Subject { number: Some(number?), phone_id: phone_id? };
            subject.number.iter().for_each(|number| directory.put_number(number));
            subject.phone_id.iter().for_each(|phone_id| directory.put_id(phone_id));
            Ok(subject)
        }
        RowKind::PhoneId => {
            let phone_id = api::ids::get(client, &row.id).await?;
            directory.put_id(&phone_id);
            Ok(Subject { number: None, phone_id: Some(phone_id) })
        }
    }
}

#[component]
fn Form(row: RowRef, subject: Subject, rules: Option<Vec<NotifyRule>>) -> impl IntoView {
    let account = use_session()
        .with_untracked(|state| state.signed_in().map(|session| session.account_id.clone()))
        .unwrap_or_default();
    let editor = Editor::new(subject.form(), format!("{account}:{}", row.general()));
    let page = Page {
        client: use_client(),
        directory: use_directory(),
        live: use_live(),
        editor,
        subject: RwSignal::new(subject),
        rules: RwSignal::new(rules),
    };
    let save = Callback::new(move |()| save::start(page, false));
    let undo = Callback::new(move |()| {
        if page.editor.restore() {
            save::start(page, true);
        }
    });
    use_guard().watch(editor.guarded(save));
    let bar = editor.bar(save, undo);
    view! {
        <Settings page />
        <SaveBar model=bar />
    }
}
