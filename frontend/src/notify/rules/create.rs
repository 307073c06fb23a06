//! A new rule: its name, and a mail address if there is one at hand. Everything else is set on its
//! own page.

use api_types::{
    ErrorCode, MAIL_MAX, NAME_MAX, NotifyEvent, NotifyLanguage, NotifyRule, NotifyRuleCreate,
    NumberPatch, field_faults, mail_address,
};
use leptos::prelude::*;
use validator::Validate;

use crate::notify::api;
use crate::numbers;
use crate::numbers::directory::{Directory, number_label, use_directory};
use crate::page::faults::fault_text;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::i18n::{Locale, locale};
use crate::platform::router::{Router, use_router};
use crate::platform::routes::NotifyPage;
use crate::platform::task::Task;
use crate::ui::live::{Live, use_live};
use crate::ui::refused::Refused;
use crate::ui::sheet::Sheet;
use crate::ui::text_row::TextRow;
use crate::{t, text};

/// The sheet.
#[component]
pub(super) fn CreateSheet(
    open: RwSignal<bool>,
    /// The number that is to use the rule.
    number: Option<String>,
) -> impl IntoView {
    let number = StoredValue::new(number);
    view! {
        <Sheet open title=text!(notify.new_title) test_id="rule-sheet">
            <CreateForm open number=number.get_value() />
        </Sheet>
    }
}

#[derive(Clone, Copy)]
struct New {
    client: Client,
    directory: Directory,
    live: Live,
    router: Router,
    open: RwSignal<bool>,
    number: StoredValue<Option<String>>,
    name: RwSignal<String>,
    mail: RwSignal<String>,
    refused: Refused,
    failure: RwSignal<Option<String>>,
    task: Task,
}

impl New {
    fn rule(self) -> NotifyRuleCreate {
        let mail = self.mail.get_untracked().trim().to_owned();
        NotifyRuleCreate {
            name: self.name.get_untracked().trim().to_owned(),
            emails: if mail.is_empty() { Vec::new() } else { vec![mail] },
            events: vec![NotifyEvent::MissedCall, NotifyEvent::Voicemail],
            language: if locale() == Locale::En { NotifyLanguage::En } else { NotifyLanguage::Ja },
            private_subject: false,
        }
    }

    fn create(self) {
        if !self.task.is_idle() {
            return;
        }
        let rule = untrack(|| self.rule());
        if let Err(errors) = rule.validate() {
            return self.refused.refuse(
                field_faults(&errors)
                    .into_iter()
                    .map(|fault| (fault.pointer.clone(), fault_text(&fault)))
                    .collect(),
            );
        }
        if let Some(mail) = rule.emails.iter().find(|mail| mail_address(mail).is_err()) {
            return self.refused.refuse(vec![(
                "/emails".to_owned(),
                t!(notify.mail_invalid, mail = mail.clone()),
            )]);
        }
        self.failure.set(None);
        let request = async move {
            let rule = api::rules::create(self.client, &rule).await?;
            let said = self.give(&rule).await;
            Ok((rule, said))
        };
        self.task.run(request, move |outcome| {
            match outcome {
                Ok((rule, said)) => self.arrive(rule, said),
                Err(error) => self.failure.set(self.refused.place(&error)),
            }
            Ok(())
        });
    }

    /// Has the number use it, where the person came from one; says what came of it.
    async fn give(self, rule: &NotifyRule) -> String {
        let number = self.number.try_get_value().flatten();
        let number = number.and_then(|id| {
            self.directory.rows().with_untracked(|rows| rows.ready()?.number(&id).cloned())
        });
        match number {
            None => t!(notify.created).to_owned(),
            Some(number) => match self.pick(&number.id, number.version, &rule.id).await {
                Ok(()) => t!(notify.created_for, number = number_label(&number)),
                Err(_) => t!(notify.not_picked).to_owned(),
            },
        }
    }

    /// Goes to its page.
    fn arrive(self, rule: NotifyRule, said: String) {
        self.open.set(false);
        self.live.toast(said);
        let path = NotifyPage::Rule(rule.id).path();
        // The address that opened this sheet would open it again on the way back.
        if self.number.with_value(Option::is_some) {
            self.router.replace(&path)
        } else {
            self.router.push(&path)
        }
    }

    async fn pick(self, number_id: &str, version: u64, rule_id: &str) -> Result<(), ClientError> {
        let patch = NumberPatch {
            notify_rule_id: Some(Some(rule_id.to_owned())),
            ..NumberPatch::default()
        };
        let fresh = match numbers::api::numbers::patch(self.client, number_id, version, &patch)
            .await
        {
            Err(error) if error.code() == Some(ErrorCode::Stale) => {
                let now = numbers::api::numbers::get(self.client, number_id).await?;
                numbers::api::numbers::patch(self.client, number_id, now.version, &patch).await?
            }
            outcome => outcome?,
        };
        self.directory.put_number(&fresh);
        Ok(())
    }
}

#[component]
fn CreateForm(open: RwSignal<bool>, number: Option<String>) -> impl IntoView {
    let new = New {
        client: use_client(),
        directory: use_directory(),
        live: use_live(),
        router: use_router(),
        open,
        number: StoredValue::new(number),
        name: RwSignal::default(),
        mail: RwSignal::default(),
        refused: Refused::default(),
        failure: RwSignal::default(),
        task: Task::default(),
    };
    view! {
        <form
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                new.create();
            }
        >
            <div class="list">
                <TextRow
                    state=new.refused.state("name", "/name")
                    label=text!(notify.name)
                    value=new.name.into()
                    edit=new.refused.edit(new.name, "/name")
                    max=NAME_MAX
                    placeholder=text!(notify.name_placeholder)
                />
                <TextRow
                    state=new.refused.state("email", "/emails")
                    label=text!(notify.new_mail)
                    value=new.mail.into()
                    edit=new.refused.edit(new.mail, "/emails")
                    max=MAIL_MAX
                    kind="email"
                    autocomplete="email"
                    placeholder=Signal::stored("soumu@example.jp".to_owned())
                />
            </div>
            <p class="footnote">{text!(notify.new_note)}</p>
            <div role="alert" class="form-error">
                {redraw(move || new.failure.get().map(|words| view! { <p>{words}</p> }))}
            </div>
            <button
                class="btn main \
                wide"
                type="submit"
                data-testid="create-rule"
                aria-disabled=move || new.task.is_busy().to_string()
            >
                {redraw(move || {
                    if new.task.is_busy() {
                        t!(notify.creating)
                    } else {
                        t!(notify.create)
                    }
                })}
            </button>
        </form>
    }
}
