//! The mail addresses of a rule, one row each; several can be pasted at once.

use std::sync::Arc;

use api_types::{MAIL_MAX, RULE_EMAILS_MAX, mail_address};
use leptos::html;
use leptos::prelude::*;

use super::Page;
use super::fields::EMAILS;
use crate::platform::effect::{follow, redraw};
use crate::platform::focus::focus_first;
use crate::ui::icon::Icon;
use crate::ui::notes::{Cell, FieldState};
use crate::{t, text};

/// The addresses in what somebody typed or pasted: `Tanaka <a@b.example>; c@d.example` are two.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split([',', ';', '\n', '\r', '\t', '、', '，', '；']) {
        match part.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
            Some((inside, _)) => found.push(inside.trim().to_owned()),
            None => found.extend(
                part.split_whitespace().map(|word| word.trim_start_matches("mailto:").to_owned()),
            ),
        }
    }
    found.retain(|address| !address.is_empty());
    found
}

/// Puts addresses into the list. What is no address is handed back, with what is wrong.
fn add(page: Page, text: &str) -> (String, Option<String>) {
    let mut list = page.editor.snapshot().edited().get(EMAILS);
    let (mut left, mut fault) = (Vec::new(), None);
    for address in addresses(text) {
        let problem =
            if mail_address(&address).is_err() || address.chars().count() as u64 > MAIL_MAX {
                Some(t!(notify.mail_invalid, mail = address.clone()))
            } else if list.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
                Some(t!(notify.mail_twice, mail = address.clone()))
            } else if list.len() >= RULE_EMAILS_MAX {
                Some(t!(notify.mail_full, max = RULE_EMAILS_MAX))
            } else {
                list.push(address);
                continue;
            };
        fault = fault.or(problem);
        left.push(address);
    }
    if page.editor.snapshot().edited().get(EMAILS) != list {
        page.editor.set(EMAILS, &list);
    }
    (left.join(" "), fault)
}

/// Takes over what stands in the field; `false` when it cannot be taken, and the field says why.
pub(super) fn take_typed(page: Page) -> bool {
    let typed = page.typed_mail.get_untracked();
    let (left, fault) = add(page, &typed);
    let good = fault.is_none();
    page.typed_mail.set(left);
    page.mail_fault.set(fault);
    if !good {
        focus_first("[data-testid=input-mail]");
    }
    good
}

#[component]
pub(super) fn Mails(page: Page) -> impl IntoView {
    let editor = page.editor;
    let state = editor.state(EMAILS.name, Arc::new(|text| text.replace('\n', "、")));
    let emails = editor.value(EMAILS);
    let row = move |mail: String| {
        let (doomed, named) = (mail.clone(), mail.clone());
        let remove = move |_| {
            let mut left = untrack(|| editor.get(EMAILS));
            left.retain(|other| *other != doomed);
            editor.set(EMAILS, &left);
            focus_first("[data-testid=input-mail]");
        };
        view! {
            <li class="row" data-testid="mail">
                <span class="lead">
                    <Icon icon=icondata_lu::LuMail />
                </span>
                <span class="label">{mail}</span>
                <button
                    class="remove"
                    type="button"
                    data-testid="remove-mail"
                    aria-label=text!(notify.mail_remove, mail = named.clone())
                    on:click=remove
                >
                    <Icon icon=icondata_lu::LuX />
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <section class="group">
            <h2>{text!(notify.mails)}</h2>
            <div class="list">
                <Cell state>
                    <ul class="rows" class:none=move || emails.with(Vec::is_empty)>
                        {redraw(move || emails.get().into_iter().map(row).collect_view())}
                    </ul>
                </Cell>
                <AddMail page />
            </div>
            <p>{text!(notify.mails_note)}</p>
        </section>
    }
}

#[component]
fn AddMail(page: Page) -> impl IntoView {
    let state = FieldState::plain("mail", page.mail_fault.into());
    let input = NodeRef::<html::Input>::new();
    follow(move || {
        let Some(input) = input.get() else { return };
        let value = page.typed_mail.get();
        if input.value() != value {
            input.set_value(&value);
        }
    });
    // A field of one line runs pasted lines together, so that several addresses would become one.
    let on_paste = move |event: leptos::ev::ClipboardEvent| {
        let text =
            event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
        if addresses(&text).len() > 1 {
            event.prevent_default();
            page.typed_mail.update(|typed| {
                typed.push(' ');
                typed.push_str(&text);
            });
            take_typed(page);
        }
    };
    view! {
        <Cell state>
            <form
                class="row add-mail"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    if take_typed(page) {
                        focus_first("[data-testid=input-mail]");
                    }
                }
            >
                <span class="lead">
                    <Icon icon=icondata_lu::LuPlus />
                </span>
                <input
                    node_ref=input
                    class="field"
                    type="text"
                    inputmode="email"
                    name="mail"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    data-testid="input-mail"
                    placeholder=text!(notify.mail_label)
                    aria-label=text!(notify.mail_label)
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                    on:input:target=move |event| {
                        page.mail_fault.set(None);
                        page.typed_mail.set(event.target().value());
                    }
                    on:paste=on_paste
                    on:change=move |_| {
                        let (left, fault) = add(page, &page.typed_mail.get_untracked());
                        page.typed_mail.set(left);
                        page.mail_fault.set(fault);
                    }
                />
                <button class="btn small" type="submit" data-testid="add-mail">
                    {text!(notify.mail_add)}
                </button>
            </form>
        </Cell>
    }
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn what_people_paste_is_taken_apart() {
        for (text, found) in [
            ("a@b.example", &["a@b.example"][..]),
            (" a@b.example ", &["a@b.example"]),
            (
                "a@b.example, c@d.example;e@f.example",
                &["a@b.example", "c@d.example", "e@f.example"],
            ),
            ("a@b.example\r\nc@d.example\n\n", &["a@b.example", "c@d.example"]),
            ("a@b.example　c@d.example", &["a@b.example", "c@d.example"]),
            (
                "田中 太郎 <a@b.example>、\"Sato, K\" <c@d.example>",
                &["a@b.example", "\"Sato", "c@d.example"],
            ),
            ("mailto:a@b.example", &["a@b.example"]),
            ("", &[]),
        ] {
            assert_eq!(addresses(text), found, "{text}");
        }
    }
}
