//! A service: whether it works, what it waits for, a test, and how it is connected.

use api_types::{Added, Service};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::add::Unchecked;
use super::delete::Delete;
use super::fields::{Fields, Inputs};
use super::guide::Guide;
use super::line::LineSetup;
use super::save;
use super::secret::SecretOnce;
use super::switch::Switch;
use super::test::Test;
use super::trouble::Trouble;
use crate::calls::changes::{News, listen};
use crate::notify::api;
use crate::notify::rule::Failed;
use crate::page::editor::Phase;
use crate::page::guard::{Guarded, use_guard};
use crate::page::save_bar::{SaveBar, SaveBarModel};
use crate::platform::api::{Client, use_client};
use crate::platform::remote::Remote;
use crate::platform::routes::NotifyPage;
use crate::ui::icon::Icon;
use crate::ui::live::{Live, use_live};
use crate::ui::states::SkeletonRows;
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// Everything that the page works with.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) client: Client,
    pub(super) live: Live,
    pub(super) service: RwSignal<Service>,
    pub(super) inputs: Inputs,
    pub(super) phase: RwSignal<Phase>,
    /// What an undo puts back.
    pub(super) before: RwSignal<Option<save::Former>>,
    /// A signing secret that was just made.
    pub(super) secret: RwSignal<Option<String>>,
    /// Whether it is being deleted here: that it is gone is no news then.
    pub(super) going: StoredValue<bool>,
}

impl Page {
    /// Whether the person has left it while a request was under way.
    pub(super) fn is_gone(self) -> bool {
        self.service.is_disposed()
    }

    /// Where the service is, and in which version: rule, service, version.
    pub(super) fn place(self) -> Option<(String, String, u64)> {
        self.service.try_with_untracked(|service| {
            (service.rule_id.clone(), service.id.clone(), service.version)
        })
    }

    /// The server has this now.
    pub(super) fn heard(self, fresh: Service) {
        if self.is_gone() {
            return;
        }
        self.inputs.heard(&fresh.credentials, &fresh.label);
        if fresh.signing_secret.is_some() {
            self.secret.set(fresh.signing_secret.clone());
        }
        self.service.set(fresh);
    }

    /// Looks again.
    pub(super) async fn reread(self) -> Result<(), crate::platform::api::ClientError> {
        let Some((rule, id, _)) = self.place() else { return Ok(()) };
        let fresh = api::rules::service(self.client, &rule, &id).await?;
        self.heard(fresh);
        Ok(())
    }
}

/// The page.
#[component]
pub fn ServicePage(
    /// The rule that it belongs to.
    rule_id: String,
    /// Which service.
    service_id: String,
) -> impl IntoView {
    let client = use_client();
    let back = NotifyPage::Rule(rule_id.clone()).path();
    let ids = StoredValue::new((rule_id, service_id));
    let loaded = RwSignal::new(Remote::<Service>::Loading);
    let load = Callback::new(move |()| {
        loaded.set(Remote::Loading);
        spawn_local(async move {
            let Some((rule_id, service_id)) = ids.try_get_value() else { return };
            loaded.try_set(api::rules::service(client, &rule_id, &service_id).await.into());
        });
    });
    load.run(());
    view! {
        <TitleBar title=text!(notify.service) back />
        {move || match loaded.get() {
            Remote::Loading => {
                view! {
                    <SkeletonRows count=2 />
                    <SkeletonRows count=3 />
                }
                    .into_any()
            }
            Remote::Failed(error) => view! { <Failed error retry=load /> }.into_any(),
            Remote::Ready(service) => view! { <Edit service /> }.into_any(),
        }}
    }
}

#[component]
fn Edit(service: Service) -> impl IntoView {
    let kind = service.kind;
    let page = Page {
        client: use_client(),
        live: use_live(),
        inputs: Inputs::new(kind, service.credentials.clone(), service.label.clone()),
        service: RwSignal::new(service),
        phase: RwSignal::new(Phase::Idle),
        before: RwSignal::new(None),
        secret: RwSignal::new(None),
        going: StoredValue::new(false),
    };
    let save = Callback::new(move |()| save::start(page, false));
    let count = Signal::derive(move || page.inputs.count());
    let bar = SaveBarModel {
        count,
        phase: page.phase.into(),
        can_undo: Signal::derive(move || page.before.with(Option::is_some)),
        save,
        revert: Callback::new(move |()| save::revert(page)),
        undo: Callback::new(move |()| save::undo(page)),
    };
    use_guard().watch(Guarded {
        dirty: Signal::derive(move || count.get() > 0),
        busy: Signal::derive(move || page.phase.with(|phase| *phase == Phase::Saving)),
        save,
        discard: Callback::new(move |()| save::revert(page)),
    });
    // What becomes of it elsewhere: it fails for good, its destination is found, notices come and
    // go.
    listen(Callback::new(move |news: News| {
        let mine = match &news {
            News::Missed => true,
            News::Change(change) => {
                change.service_id.is_some()
                    && change.service_id == page.service.try_with_untracked(|it| it.id.clone())
            }
        };
        if mine && page.going.try_get_value() == Some(false) {
            spawn_local(async move {
                // Without an answer the page stays as it is.
                _ = page.reread().await;
            });
        }
    }));
    let title = move || {
        page.service.with(|service| {
            if service.label.is_empty() { kind.name().to_owned() } else { service.label.clone() }
        })
    };
    let named_otherwise = move || {
        page.service.with(|service| !service.label.is_empty() && service.label != kind.name())
    };
    let secret = move || {
        page.secret.get().map(|secret| view! { <SecretOnce secret done=Callback::new(move |()| page.secret.set(None)) /> })
    };
    view! {
        <div class="hero">
            <p class="big service-name" data-testid="service-title">
                <Icon icon=kind.icon() />
                <span>{title}</span>
            </p>
            <p class="sub">{move || named_otherwise().then(|| kind.name())}</p>
        </div>
        {secret}
        <Trouble page />
        {(kind.describe().added == Added::Callback).then(|| view! { <LineSetup page /> })}
        <Switch page />
        <Test page />
        <section class="group">
            <h2>{move || t!(service.settings)}</h2>
            <form
                class="form"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    if untrack(|| count.get()) > 0 {
                        save.run(());
                    }
                }
            >
                // Above the fields: below them the save bar would cover it.
                <Unchecked
                    inputs=page.inputs
                    save=Callback::new(move |()| save::start(page, true))
                />
                <Fields inputs=page.inputs />
            </form>
        </section>
        <Guide kind open=false />
        <Delete page />
        <SaveBar model=bar />
    }
}
