//! General settings of a number (with its basic ID, if it is the primary one) or of an additional
//! ID.

mod fields;
mod rows;
mod save;

use api_types::{Number, PhoneId};
use leptos::prelude::*;

use self::rows::Settings;
use super::api;
use super::api::rules::RuleName;
use super::directory::{Directory, use_directory};
use super::subject::{self, RowFrame};
use crate::page::editor::Editor;
use crate::page::load::Load;
use crate::page::save_bar::SaveBar;
use crate::page::values::Values;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::routes::RowRef;
use crate::platform::session::draft_key;
use crate::text;

/// The objects that the page edits, as the server last sent them.
#[derive(Clone, Debug, Default)]
struct Subject {
    number: Option<Number>,
    phone_id: Option<PhoneId>,
}

impl Subject {
    fn values(&self) -> Values {
        fields::values(self.number.as_ref(), self.phone_id.as_ref())
    }
}

/// Everything a save needs.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    directory: Directory,
    editor: Editor,
    subject: RwSignal<Subject>,
    /// `None` while the rules could not be read: the present choice is then shown as it is.
    rules: RwSignal<Option<Vec<RuleName>>>,
}

/// The page.
#[component]
pub fn GeneralPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    view! { <RowFrame title=text!(general.title) row page=body /> }
}

fn body(subject: subject::Subject) -> AnyView {
    let (client, directory) = (use_client(), use_directory());
    let key = draft_key(&subject.row.general());
    let ids =
        (subject.number.map(|number| number.id), subject.phone_id.map(|phone_id| phone_id.id));
    let load = Load::new(move || {
        let (number, phone_id) = ids.clone();
        async move {
            let subject = read(client, directory, number, phone_id).await?;
            // Without the rules the rest of the page still works.
            let rules = match &subject.number {
                Some(_) => api::rules::names(client).await.ok(),
                None => None,
            };
            Ok((subject, rules))
        }
    });
    load.show(&[3, 3], move |(subject, rules)| {
        let editor = Editor::new(subject.values(), key.clone(), &fields::CHECKS);
        let page = Page {
            client,
            directory,
            editor,
            subject: RwSignal::new(subject),
            rules: RwSignal::new(rules),
        };
        editor.saves(page);
        view! {
            <Settings page />
            <SaveBar model=editor.bar() />
        }
        .into_any()
    })
}

async fn read(
    client: Client,
    directory: Directory,
    number: Option<String>,
    phone_id: Option<String>,
) -> Result<Subject, ClientError> {
    let number = async {
        match &number {
            Some(id) => api::numbers::get(client, id).await.map(Some),
            None => Ok(None),
        }
    };
    let phone_id = async {
        match &phone_id {
            Some(id) => api::ids::get(client, id).await.map(Some),
            None => Ok(None),
        }
    };
    let (number, phone_id) = futures_util::future::join(number, phone_id).await;
    let subject = Subject { number: number?, phone_id: phone_id? };
    subject.number.iter().for_each(|number| directory.put_number(number));
    subject.phone_id.iter().for_each(|phone_id| directory.put_id(phone_id));
    Ok(subject)
}
