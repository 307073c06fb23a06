//! 「サービスを追加」: which one, then how it is connected.

use api_types::{Service, ServiceCreate, ServiceType};
use leptos::prelude::*;

use super::fields::{Fields, Inputs};
use super::guide::{Guide, chips};
use super::secret::SecretOnce;
use crate::notify::{api, channel_words};
use crate::page::guard::{Guarded, use_guard};
use crate::platform::api::{Client, use_client};
use crate::platform::effect::{memo, redraw};
use crate::platform::router::{Router, use_router};
use crate::platform::routes::NotifyPage;
use crate::platform::task::Task;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::live::{Live, use_live};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// The page: the choice, or with `?type=` the form.
#[component]
pub fn AddServicePage(
    /// The rule that gets it.
    rule_id: String,
) -> impl IntoView {
    let router = use_router();
    let kind = memo(move || router.query("type").as_deref().and_then(ServiceType::of_key));
    let rule_id = StoredValue::new(rule_id);
    // Each step is a page: its title gets the focus.
    move || {
        let page = NotifyPage::AddService(rule_id.get_value());
        match kind.get() {
            None => view! {
                <TitleBar title=text!(notify.add_service) back=page.parent() />
                <Choice page />
            }
            .into_any(),
            Some(kind) => view! {
                <TitleBar title=text!(notify.add_service) back=page.path() />
                <AddForm kind rule_id=rule_id.get_value() />
            }
            .into_any(),
        }
    }
}

#[component]
fn Choice(page: NotifyPage) -> impl IntoView {
    let base = page.path();
    let row = move |kind: ServiceType| {
        view! {
            <a
                class="row service-choice"
                href=format!("{base}?type={}", kind.key())
                data-testid=format!("choose-{}", kind.key())
            >
                <span class="lead">
                    <Icon icon=kind.icon() />
                </span>
                <span class="label">
                    <b>{kind.name()}</b>
                    <small>{redraw(move || channel_words::text(kind, "line"))}</small>
                    <span class="badges">{redraw(move || chips(kind))}</span>
                </span>
                <Chevron />
            </a>
        }
    };
    view! {
        <section class="group first">
            <h2>{text!(service.pick)}</h2>
            <div class="list">{ServiceType::ALL.map(row).into_iter().collect_view()}</div>
        </section>
    }
}

#[derive(Clone, Copy)]
struct New {
    client: Client,
    live: Live,
    router: Router,
    kind: ServiceType,
    rule_id: StoredValue<String>,
    inputs: Inputs,
    task: Task,
    /// What the server said that belongs to no field.
    failure: RwSignal<Option<String>>,
    /// It is there, and its secret has to be noted down.
    made: RwSignal<Option<Service>>,
}

impl New {
    /// Adds it; with `leaving` the person is on the way to somewhere else.
    fn add(self, unchecked: bool, leaving: bool) {
        if !self.task.is_idle() || !self.inputs.are_good() {
            return;
        }
        self.failure.set(None);
        let service = untrack(|| ServiceCreate {
            kind: self.kind,
            label: self.inputs.new_label().unwrap_or_default(),
            credentials: self.inputs.changed(),
            unchecked,
        });
        let rule_id = self.rule_id.get_value();
        let request = api::rules::add_service(self.client, &rule_id, &service);
        self.task.run(request, move |outcome| {
            match outcome {
                Ok(service) => {
                    self.inputs.revert();
                    self.live.toast(t!(service.added, name = self.kind.name()));
                    if service.signing_secret.is_some() {
                        self.made.set(Some(service));
                    } else if !leaving {
                        let path = NotifyPage::Service(service.rule_id, service.id).path();
                        self.router.replace(&path);
                    }
                }
                Err(error) => self.failure.set(self.inputs.refuse(&error)),
            }
            Ok(())
        });
    }
}

#[component]
fn AddForm(kind: ServiceType, rule_id: String) -> impl IntoView {
    let new = New {
        client: use_client(),
        live: use_live(),
        router: use_router(),
        kind,
        rule_id: StoredValue::new(rule_id),
        inputs: Inputs::new(kind, api_types::Credentials::default(), String::new()),
        task: Task::default(),
        failure: RwSignal::default(),
        made: RwSignal::new(None),
    };
    use_guard().watch(Guarded {
        dirty: Signal::derive(move || new.inputs.count() > 0),
        busy: new.task.busy(),
        save: Callback::new(move |()| new.add(false, true)),
        discard: Callback::new(move |()| new.inputs.revert()),
    });
    let done = move |service: Service| {
        let path = NotifyPage::Service(service.rule_id.clone(), service.id.clone()).path();
        view! {
            <SecretOnce
                secret=service.signing_secret.unwrap_or_default()
                done=Callback::new(move |()| new.router.replace(&path))
            />
        }
    };
    move || match new.made.get() {
        Some(service) => done(service).into_any(),
        None => view! {
            <p class="big service-name">
                <Icon icon=kind.icon() />
                {kind.name()}
            </p>
            <Guide kind open=true />
            <section class="group">
                <h2>{text!(service.settings)}</h2>
                <form
                    class="form"
                    novalidate
                    on:submit=move |event| {
                        event.prevent_default();
                        new.add(false, false);
                    }
                >
                    <Fields inputs=new.inputs />
                    <div role="alert" class="form-error" data-testid="service-error">
                        {redraw(move || new.failure.get().map(|words| view! { <p>{words}</p> }))}
                    </div>
                    <Unchecked
                        inputs=new.inputs
                        save=Callback::new(move |()| new.add(true, false))
                    />
                    <button
                        class="btn main \
                        wide"
                        type="submit"
                        data-testid="add"
                        aria-disabled=move || new.task.is_busy().to_string()
                    >
                        {redraw(move || {
                            if new.task.is_busy() {
                                t!(service.adding)
                            } else {
                                t!(service.add)
                            }
                        })}
                    </button>
                </form>
            </section>
        }
        .into_any(),
    }
}

/// The service itself said no: it can be saved all the same.
#[component]
pub(super) fn Unchecked(inputs: Inputs, save: Callback<()>) -> impl IntoView {
    move || {
        inputs.denied.get().then(|| {
            view! {
                <div class="unchecked">
                    <p>{text!(service.unchecked_note)}</p>
                    <button
                        class="btn wide"
                        type="button"
                        data-testid="save-unchecked"
                        on:click=move |_| save.run(())
                    >
                        {text!(service.unchecked)}
                    </button>
                </div>
            }
        })
    }
}
