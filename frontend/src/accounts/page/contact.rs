//! The mail address for password links and warnings.

use api_types::{Account, ErrorCode, MAIL_MAX};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::accounts::api;
use crate::page::editor::Editor;
use crate::page::form::{Field, Form, account_patch};
use crate::page::guard::use_guard;
use crate::page::save_bar::SaveBar;
use crate::platform::api::{Client, use_client};
use crate::platform::routes;
use crate::ui::live::{Live, use_live};
use crate::ui::text_row::TextRow;
use crate::{t, text};

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    live: Live,
    editor: Editor,
    version: StoredValue<u64>,
}

/// The group with the field.
#[component]
pub(super) fn Contact(account: Account) -> impl IntoView {
    let editor =
        Editor::new(Form::of_account(&account), format!("{}:{}", account.id, routes::ACCOUNT));
    let page = Page {
        client: use_client(),
        live: use_live(),
        editor,
        version: StoredValue::new(account.version),
    };
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
                    edit=Callback::new(move |text| {
                        editor.edit(Field::ContactMail, |it| it.contact_mail = text)
                    })
                    max=MAIL_MAX
                    kind="email"
                    autocomplete="email"
                />
            </div>
            <p>{move || t!(account.mail_note)}</p>
        </section>
        <SaveBar model=bar />
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
            let outcome = api::patch(page.client, version, &account_patch(&draft)).await;
            if page.version.is_disposed() {
                return;
            }
            match outcome {
                Ok(fresh) => {
                    page.version.set_value(fresh.version);
                    page.editor.accept(
                        draft.edited(),
                        &Form::of_account(&fresh),
                        &[Field::ContactMail],
                    );
                    page.editor.finish(
                        (!undoing).then(|| (draft.loaded().clone(), vec![Field::ContactMail])),
                    );
                    if undoing {
                        page.live.toast(t!(save.undone));
                    }
                    return;
                }
                Err(error) if error.code() == Some(ErrorCode::Stale) && !last => {
                    match api::get(page.client).await {
                        _ if page.version.is_disposed() => return,
                        Ok(fresh) => {
                            page.version.set_value(fresh.version);
                            if page.editor.rebase(&Form::of_account(&fresh)) {
                                return;
                            }
                        }
                        Err(error) => return page.editor.fail(&error),
                    }
                }
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}
