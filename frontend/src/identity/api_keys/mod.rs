//! APIキー: what other systems may do with the settings.

mod create;
mod delete;

use api_types::{ApiKey, ApiKeyCreated};
use leptos::prelude::*;

use self::create::CreateSheet;
use self::delete::DeleteSheet;
use super::api;
use crate::page::load::Load;
use crate::platform::api::use_client;
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::routes;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::Icon;
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Page {
    /// What was read, with what was made and deleted since.
    keys: RwSignal<Vec<ApiKey>>,
    /// The sheet for a new key is open.
    adding: RwSignal<bool>,
    /// A key that was just made, as long as it may be seen.
    made: RwSignal<Option<ApiKeyCreated>>,
    /// The key that is to go.
    going: RwSignal<Option<ApiKey>>,
}

/// The page.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let client = use_client();
    let page = Page {
        keys: RwSignal::default(),
        adding: RwSignal::new(false),
        made: RwSignal::new(None),
        going: RwSignal::new(None),
    };
    let load = Load::new(move || api::api_keys::list(client));
    let list = move |keys| {
        page.keys.set(keys);
        let content = move || match page.keys.get() {
            keys if keys.is_empty() => view! { <Empty page /> }.into_any(),
            keys => view! { <List page keys /> }.into_any(),
        };
        content.into_any()
    };
    view! {
        <TitleBar title=text!(keys.title) back=routes::ACCOUNT deep=true />
        {redraw(move || page.made.get().map(|made| view! { <KeyOnce page made /> }))}
        {load.show(&[2], list)}
        <CreateSheet page />
        <DeleteSheet page />
    }
}

#[component]
fn Empty(page: Page) -> impl IntoView {
    view! {
        <section class="state" data-testid="empty-state">
            <Icon icon=icondata_lu::LuPlug />
            <h2>{text!(keys.empty_title)}</h2>
            <p>{text!(keys.empty_body)}</p>
            <button
                class="btn main"
                type="button"
                aria-haspopup="dialog"
                data-testid="add-key"
                on:click=move |_| page.adding.set(true)
            >
                <Icon icon=icondata_lu::LuPlus />
                {text!(keys.first)}
            </button>
        </section>
    }
}

#[component]
fn List(page: Page, keys: Vec<ApiKey>) -> impl IntoView {
    let rows = keys.into_iter().map(|key| row(page, key)).collect_view();
    view! {
        <section class="group">
            <h2>{text!(keys.list)}</h2>
            <div class="list">
                {rows}
                <button
                    class="row action"
                    type="button"
                    aria-haspopup="dialog"
                    data-testid="add-key"
                    on:click=move |_| page.adding.set(true)
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPlus />
                    </span>
                    <span class="label">{text!(keys.add)}</span>
                </button>
                <a
                    class="row"
                    href="/api/docs"
                    target="_blank"
                    rel="noopener"
                    data-testid="open-docs"
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuBookOpen />
                    </span>
                    <span class="label">{text!(keys.docs)}</span>
                    <Icon icon=icondata_lu::LuExternalLink />
                </a>
            </div>
            <p>{text!(keys.note)}</p>
        </section>
    }
}

fn row(page: Page, key: ApiKey) -> AnyView {
    let ApiKey { name, hint, scopes, expires_at, allowed_addresses, last_used_at, .. } =
        key.clone();
    let may = move || create::summary(&scopes);
    let used = move || match last_used_at {
        Some(at) => t!(keys.used, day = format::full_day(locale(), at)),
        None => t!(keys.never_used).to_owned(),
    };
    let ends = move || {
        expires_at.map(|end| {
            let day = format::full_day(locale(), end);
            if end <= format::now() { t!(keys.ended, day = day) } else { t!(keys.ends, day = day) }
        })
    };
    let from = move || {
        (!allowed_addresses.is_empty())
            .then(|| t!(keys.from, addresses = allowed_addresses.join(", ")))
    };
    let label = {
        let name = name.clone();
        move || t!(keys.delete, name = name.clone())
    };
    view! {
        <div class="row" data-testid="key">
            <span class="label">
                <b>{name}</b>
                " "
                <span class="num">{format!("{hint}…")}</span>
                <small>{may}</small>
                <small>{used}</small>
                {redraw(move || ends().map(|words| view! { <small>{words}</small> }))}
                {redraw(move || from().map(|words| view! { <small class="num">{words}</small> }))}
            </span>
            <button
                class="btn danger"
                type="button"
                aria-haspopup="dialog"
                aria-label=label
                data-testid="delete-key"
                on:click=move |_| page.going.set(Some(key.clone()))
            >
                <Icon icon=icondata_lu::LuTrash2 />
            </button>
        </div>
    }
    .into_any()
}

/// The key, in the one moment in which it can be seen.
#[component]
fn KeyOnce(page: Page, made: ApiKeyCreated) -> impl IntoView {
    let key = made.key;
    let shown = key.clone();
    request_animation_frame(|| focus_first("[data-testid=key-title]"));
    view! {
        <section class="group" data-testid="key-once">
            <div class="list secret">
                <h2 class="secret-title" tabindex="-1" data-testid="key-title">
                    <Icon icon=icondata_lu::LuKeyRound />
                    {text!(keys.made_title)}
                </h2>
                <code data-testid="api-key">{shown}</code>
                <p>{text!(keys.made_body)}</p>
                <div class="buttons">
                    <CopyButton text=Signal::stored(key) />
                    <button
                        class="btn main"
                        type="button"
                        data-testid="key-done"
                        on:click=move |_| page.made.set(None)
                    >
                        {text!(keys.made_done)}
                    </button>
                </div>
            </div>
        </section>
    }
}
