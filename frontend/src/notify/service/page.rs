//! A service: whether it works, what it waits for, a test, and how it is connected.

use api_types::{Added, Service};
use leptos::prelude::*;

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
use crate::notify::gone::failed;
use crate::page::editor::Phase;
use crate::page::guard::{Guarded, use_guard};
use crate::page::load::Load;
use crate::page::save_bar::{SaveBar, SaveBarModel};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::routes::NotifyPage;
use crate::platform::task::Task;
use crate::text;
use crate::ui::icon::Icon;
use crate::ui::live::{Live, use_live};
use crate::ui::title_bar::TitleBar;

/// Everything that the page works with.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) client: Client,
    pub(super) live: Live,
    pub(super) service: RwSignal<Service>,
    pub(super) inputs: Inputs,
    /// Saves.
    pub(super) task: Task,
    /// Looks again.
    pub(super) look: Task,
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

    /// Looks again, whatever comes of it: without an answer the page stays as it is.
    pub(super) fn look_again(self) {
        self.look.latest(self.reread(), |_| Ok(()));
    }

    /// Looks again.
    pub(super) async fn reread(self) -> Result<(), ClientError> {
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
    let load = Load::new(move || {
        let (rule_id, service_id) = (rule_id.clone(), service_id.clone());
        api::rules::service(client, &rule_id, &service_id)
    });
    let draw = |service| view! { <Edit service /> }.into_any();
    view! {
        <TitleBar title=text!(notify.service) back />
        {load.show_or(&[2, 3], draw, failed)}
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
        task: Task::default(),
        look: Task::default(),
        phase: RwSignal::new(Phase::Idle),
        before: RwSignal::new(None),
        secret: RwSignal::new(None),
        going: StoredValue::new(false),
    };
    let save = Callback::new(move |()| save::start(page, false));
    let count = Signal::derive(move || page.inputs.count());
    let bar = SaveBarModel {
        count,
        busy: page.task.busy(),
        phase: page.phase.into(),
        can_undo: Signal::derive(move || page.before.with(Option::is_some)),
        save,
        revert: Callback::new(move |()| save::revert(page)),
        undo: Callback::new(move |()| save::undo(page)),
        rest: Callback::new(move |()| _ = page.before.try_set(None)),
    };
    use_guard().watch(Guarded {
        dirty: Signal::derive(move || count.get() > 0),
        busy: page.task.busy(),
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
            page.look_again();
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
            <p class="sub">{redraw(move || named_otherwise().then(|| kind.name()))}</p>
        </div>
        {secret}
        <Trouble page />
        {(kind.describe().added == Added::Callback).then(|| view! { <LineSetup page /> })}
        <Switch page />
        <Test page />
        <section class="group">
            <h2>{text!(service.settings)}</h2>
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
