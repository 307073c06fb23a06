//! The mail address for password links and warnings.

use api_types::{Account, AccountPatch, MAIL_MAX};
use leptos::prelude::*;

use crate::accounts::api;
use crate::page::draft::Draft;
use crate::page::editor::Editor;
use crate::page::faults::{Checks, faults_of};
use crate::page::rows::as_it_is;
use crate::page::save::{Round, Saves};
use crate::page::save_bar::SaveBar;
use crate::page::values::{Field, Values};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::routes;
use crate::platform::task::Boxed;
use crate::text;
use crate::ui::text_row::TextRow;

/// 連絡先メールアドレス.
const CONTACT_MAIL: Field<String> = Field::new("contact_mail");

static CHECKS: Checks = Checks { faults: |draft| faults_of(&account_patch(draft)), aliases: &[] };

fn values(account: &Account) -> Values {
    Values::default().with(CONTACT_MAIL, &account.contact_mail.clone().unwrap_or_default())
}

/// The change of the contract. A space at either end is a slip of the thumb.
fn account_patch(draft: &Draft) -> AccountPatch {
    AccountPatch { contact_mail: draft.change(CONTACT_MAIL).map(|mail| mail.trim().to_owned()) }
}

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    version: StoredValue<u64>,
}

/// The group with the field.
#[component]
pub(super) fn Contact(account: Account) -> impl IntoView {
    let key = format!("{}:{}", account.id, routes::ACCOUNT);
    let editor = Editor::new(values(&account), key, &CHECKS);
    editor.saves(Page { client: use_client(), version: StoredValue::new(account.version) });
    view! {
        <section class="group">
            <h2>{text!(account.contact)}</h2>
            <div class="list">
                <TextRow
                    state=editor.state(CONTACT_MAIL.name, as_it_is())
                    label=text!(account.mail)
                    value=editor.value(CONTACT_MAIL)
                    edit=Callback::new(move |text: String| editor.set(CONTACT_MAIL, &text))
                    max=MAIL_MAX
                    kind="email"
                    autocomplete="email"
                />
            </div>
            <p>{text!(account.mail_note)}</p>
        </section>
        <SaveBar model=editor.bar() />
    }
}

impl Saves for Page {
    fn send(&self, round: Round) -> Boxed<Result<(), ClientError>> {
        Box::pin(send(*self, round))
    }

    fn reread(&self) -> Boxed<Result<Values, ClientError>> {
        Box::pin(reread(*self))
    }
}

async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let Some(version) = page.version.try_get_value() else { return Ok(()) };
    let fresh = api::patch(page.client, version, &account_patch(&round.draft)).await?;
    page.version.try_set_value(fresh.version);
    round.accept(&values(&fresh), &[CONTACT_MAIL.name]);
    Ok(())
}

async fn reread(page: Page) -> Result<Values, ClientError> {
    let fresh = api::get(page.client).await?;
    page.version.try_set_value(fresh.version);
    Ok(values(&fresh))
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    #[test]
    fn a_mail_address_is_checked_before_it_is_sent() {
        for (typed, code) in [
            ("a@b.example", None),
            (" a@b.example ", None),
            ("nonsense", Some(FieldCode::InvalidFormat)),
        ] {
            let mut draft = Draft::new(Values::default().with(CONTACT_MAIL, &String::new()));
            draft.edit(|it| it.set(CONTACT_MAIL, &typed.to_owned()));
            assert_eq!(CHECKS.of(&draft).first().map(|(_, fault)| fault.code), code, "{typed}");
        }
    }
}
