//! A new key: what it may do, until when and from where.

use api_types::{ApiKeyCreate, ApiScope, field_faults};
use chrono::TimeDelta;
use leptos::prelude::*;
use validator::Validate;

use super::Page;
use crate::identity::api;
use crate::page::faults::fault_text;
use crate::platform::api::{Client, use_client};
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::Text;
use crate::ui::refused::Refused;
use crate::ui::segment::SegmentRow;
use crate::ui::sheet::Sheet;
use crate::ui::text_row::TextRow;
use crate::{t, text};

/// What a key may be for: its scope to read, and the one to write.
const RESOURCES: [(&str, ApiScope, Option<ApiScope>); 8] = [
    ("s_numbers", ApiScope::NumbersRead, Some(ApiScope::NumbersWrite)),
    ("s_block_list", ApiScope::BlockListRead, Some(ApiScope::BlockListWrite)),
    ("s_ids", ApiScope::IdsRead, Some(ApiScope::IdsWrite)),
    ("s_notify_rules", ApiScope::NotifyRulesRead, Some(ApiScope::NotifyRulesWrite)),
    ("s_call_events", ApiScope::CallEventsRead, Some(ApiScope::CallEventsWrite)),
    ("s_deliveries", ApiScope::DeliveriesRead, Some(ApiScope::DeliveriesWrite)),
    ("s_account", ApiScope::AccountRead, Some(ApiScope::AccountWrite)),
    ("s_audit_log", ApiScope::AuditLogRead, None),
];

fn name(resource: &str) -> &'static str {
    match resource {
        "s_numbers" => t!(keys.s_numbers),
        "s_block_list" => t!(keys.s_block_list),
        "s_ids" => t!(keys.s_ids),
        "s_notify_rules" => t!(keys.s_notify_rules),
        "s_call_events" => t!(keys.s_call_events),
        "s_deliveries" => t!(keys.s_deliveries),
        "s_account" => t!(keys.s_account),
        _ => t!(keys.s_audit_log),
    }
}

/// What a key may do, in words.
pub(super) fn summary(scopes: &[ApiScope]) -> String {
    let part = |(resource, read, write): &(&'static str, ApiScope, Option<ApiScope>)| {
        let writes = write.is_some_and(|write| scopes.contains(&write));
        let verb = match (scopes.contains(read), writes) {
            (_, true) => t!(keys.write),
            (true, false) => t!(keys.read),
            (false, false) => return None,
        };
        Some(t!(keys.may, what = name(resource), verb = verb))
    };
    RESOURCES.iter().filter_map(part).collect::<Vec<_>>().join(t!(audit.list_comma))
}

/// The sheet.
#[component]
pub(super) fn CreateSheet(page: Page) -> impl IntoView {
    view! {
        <Sheet open=page.adding title=text!(keys.new_title) test_id="key-sheet">
            <CreateForm page />
        </Sheet>
    }
}

#[derive(Clone, Copy)]
struct New {
    client: Client,
    page: Page,
    name: RwSignal<String>,
    /// By resource: `none`, `read` or `write`.
    may: RwSignal<[&'static str; 8]>,
    expires: RwSignal<&'static str>,
    addresses: RwSignal<String>,
    refused: Refused,
    failure: RwSignal<Option<String>>,
    task: Task,
}

impl New {
    fn key(self) -> ApiKeyCreate {
        let may = self.may.get_untracked();
        let scopes = RESOURCES.iter().zip(may).flat_map(|((_, read, write), may)| match may {
            "write" => [Some(*read), *write],
            "read" => [Some(*read), None],
            _ => [None, None],
        });
        let days = match self.expires.get_untracked() {
            "90" => Some(90),
            "365" => Some(365),
            _ => None,
        };
        let addresses = self.addresses.get_untracked();
        let addresses =
            addresses.split([',', '、', ' ', '\n']).map(str::trim).filter(|text| !text.is_empty());
        ApiKeyCreate {
            name: self.name.get_untracked().trim().to_owned(),
            scopes: scopes.flatten().collect(),
            expires_at: days.map(|days| format::now() + TimeDelta::days(days)),
            allowed_addresses: addresses.map(str::to_owned).collect(),
        }
    }

    fn create(self) {
        if !self.task.is_idle() {
            return;
        }
        let key = untrack(|| self.key());
        self.failure.set(None);
        if let Err(errors) = key.validate() {
            let mut faults: Vec<_> = field_faults(&errors)
                .into_iter()
                .map(|fault| (fault.pointer.clone(), fault_text(&fault)))
                .collect();
            if key.scopes.is_empty() {
                faults.retain(|(at, _)| !at.starts_with("/scopes"));
                self.failure.set(Some(t!(keys.no_scope).to_owned()));
            }
            return self.refused.refuse(faults);
        }
        let request = api::api_keys::create(self.client, &key);
        self.task.run(request, move |outcome| {
            match outcome {
                Ok(made) => {
                    self.page.keys.update(|keys| keys.push(made.api_key.clone()));
                    self.page.adding.set(false);
                    self.page.made.set(Some(made));
                }
                Err(error) => self.failure.set(self.refused.place(&error)),
            }
            Ok(())
        });
    }
}

#[component]
fn CreateForm(page: Page) -> impl IntoView {
    let new = New {
        client: use_client(),
        page,
        name: RwSignal::default(),
        may: RwSignal::new(["none"; 8]),
        expires: RwSignal::new("365"),
        addresses: RwSignal::default(),
        refused: Refused::default(),
        failure: RwSignal::default(),
        task: Task::default(),
    };
    let resources = RESOURCES.iter().enumerate().map(|(index, (resource, _, write))| {
        let mut choices: Vec<(&'static str, Text)> =
            vec![("none", text!(keys.none)), ("read", text!(keys.read))];
        choices.extend(write.is_some().then(|| ("write", text!(keys.write))));
        let pick = Callback::new(move |choice: &'static str| {
            new.may.update(|may| may[index] = choice);
            new.failure.set(None);
        });
        let selected = Signal::derive(move || new.may.with(|may| may[index]));
        view! {
            <SegmentRow
                state=new.refused.state(resource, "/none")
                label=Signal::derive(move || name(resource).to_owned())
                choices
                selected
                pick
            />
        }
    });
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
                    state=new.refused.state("key-name", "/name")
                    label=text!(keys.name)
                    value=new.name.into()
                    edit=new.refused.edit(new.name, "/name")
                    max=50
                    placeholder=text!(keys.name_placeholder)
                />
            </div>
            <section class="group">
                <h2>{text!(keys.scopes)}</h2>
                <div class="list">{resources.collect_view()}</div>
            </section>
            <section class="group">
                <div class="list">
                    <SegmentRow
                        state=new.refused.state("expires", "/expires_at")
                        label=text!(keys.expires)
                        choices=vec![
                            ("90", text!(keys.days_90)),
                            ("365", text!(keys.year)),
                            ("never", text!(keys.never)),
                        ]
                        selected=new.expires.into()
                        pick=Callback::new(move |choice| new.expires.set(choice))
                    />
                    <TextRow
                        state=new.refused.state("addresses", "/allowed_addresses")
                        label=text!(keys.addresses)
                        value=new.addresses.into()
                        edit=new.refused.edit(new.addresses, "/allowed_addresses")
                        max=1000
                        placeholder=text!(keys.addresses_placeholder)
                    />
                </div>
                <p>{text!(keys.addresses_note)}</p>
            </section>
            <div role="alert" class="form-error">
                {redraw(move || new.failure.get().map(|words| view! { <p>{words}</p> }))}
            </div>
            <button
                class="btn main \
                wide"
                type="submit"
                data-testid="create-key"
                aria-disabled=move || new.task.is_busy().to_string()
            >
                {redraw(move || {
                    if new.task.is_busy() {
                        t!(keys.creating)
                    } else {
                        t!(keys.create)
                    }
                })}
            </button>
        </form>
    }
}
