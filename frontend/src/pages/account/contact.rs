//! The mail address for password links and warnings.

use api_types::{Account, AccountPatch, ErrorCode, FieldFault, MAIL_MAX, field_faults};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::api::{self, Client, use_client};
use crate::draft::{Draft, Settings};
use crate::editor::{Editable, Editor};
use crate::guard::use_guard;
use crate::routes;
use crate::ui::live::{Live, use_live};
use crate::ui::save_bar::SaveBar;
use crate::ui::text_row::TextRow;
use crate::{t, text};

/// What the holder may change of the contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Mail {
    contact_mail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    ContactMail,
}

impl Mail {
    fn of(account: &Account) -> Self {
        Self { contact_mail: account.contact_mail.clone().unwrap_or_default() }
    }
}

impl Settings for Mail {
    type Field = Field;

    const FIELDS: &'static [Field] = &[Field::ContactMail];

    fn same(&self, other: &Self, _: Field) -> bool {
        self.contact_mail == other.contact_mail
    }

    fn take(&mut self, from: &Self, _: Field) {
        self.contact_mail.clone_from(&from.contact_mail);
    }
}

impl Editable for Mail {
    fn faults(draft: &Draft<Self>) -> Vec<(Field, FieldFault)> {
        let found = patch_of(draft).validate().err().map(|errors| field_faults(&errors)).unwrap_or_default();
        found.into_iter().map(|fault| (Field::ContactMail, fault)).collect()
    }

    fn name(_: Field) -> &'static str {
        "contact_mail"
    }

    fn field_of(pointer: &str) -> Option<Field> {
        (pointer == "/contact_mail").then_some(Field::ContactMail)
    }
}

fn patch_of(draft: &Draft<Mail>) -> AccountPatch {
    AccountPatch { contact_mail: draft.is_dirty().then(|| draft.edited().contact_mail.trim().to_owned()) }
}

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    live: Live,
    editor: Editor<Mail>,
    version: StoredValue<u64>,
}

/// The group with the field.
#[component]
pub(super) fn Contact(account: Account) -> impl IntoView {
    let editor = Editor::new(Mail::of(&account), format!("{}:{}", account.id, routes::ACCOUNT));
    let page = Page { client: use_client(), live: use_live(), editor, version: StoredValue::new(account.version) };
    let save = Callback::new(move |()| start(page, false));
    let undo = Callback::new(move |()| {
        if editor.restore() {
            start(page, true);
        }
    });
    use_guard().watch(editor.guarded(save));
    let bar = editor.bar(save, undo);
    view! {
        <section class="group">
            <h2>{move || t!(account.contact)}</h2>
            <div class="list">
                <TextRow
                    state=editor.state(Field::ContactMail, |it| it.contact_mail.clone())
                    label=text!(account.mail)
                    value=editor.value(|it| it.contact_mail.clone())
                    edit=Callback::new(move |text| editor.edit(Field::ContactMail, |it| it.contact_mail = text))
                    max=MAIL_MAX
                    kind="email"
                    autocomplete="email"
                />
            </div>
            <p>{move || t!(account.mail_note)}</p>
        </section>
        <SaveBar model=bar/>
    }
}

fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        let draft = page.editor.snapshot();
        for last in [false, true] {
            let Some(version) = page.version.try_get_value() else { return };
            let outcome = api::account::patch(page.client, version, &patch_of(&draft)).await;
            if page.version.is_disposed() {
                return;
            }
            match outcome {
                Ok(fresh) => {
                    page.version.set_value(fresh.version);
                    page.editor.accept(draft.edited(), &Mail::of(&fresh), Mail::FIELDS);
                    page.editor.finish((!undoing).then(|| (draft.loaded().clone(), Mail::FIELDS.to_vec())));
                    if undoing {
                        page.live.toast(t!(save.undone));
                    }
                    return;
                }
                Err(error) if error.code() == Some(ErrorCode::Stale) && !last => match api::account::get(page.client).await {
                    _ if page.version.is_disposed() => return,
                    Ok(fresh) => {
                        page.version.set_value(fresh.version);
                        if page.editor.rebase(&Mail::of(&fresh)) {
                            return;
                        }
                    }
                    Err(error) => return page.editor.fail(&error),
                },
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    #[test]
    fn an_address_is_checked_before_it_is_sent() {
        for (typed, code) in [("a@b.example", None), (" a@b.example ", None), ("nonsense", Some(FieldCode::InvalidFormat))] {
            let mut draft = Draft::new(Mail::default());
            draft.edit(|it| it.contact_mail = typed.to_owned());
            assert_eq!(Mail::faults(&draft).first().map(|(_, fault)| fault.code), code, "{typed}");
        }
    }
}
