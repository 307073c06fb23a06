//! The contract, the screen, and the way out.

mod contact;

use api_types::{Account, AccountOptions, PhoneIdKind};
use leptos::prelude::*;

use self::contact::Contact;
use super::api;
use crate::identity::sign_out::SignOut;
use crate::numbers::directory::{Rows, use_directory};
use crate::page::load::Load;
use crate::platform::api::use_client;
use crate::platform::effect::{memo, redraw};
use crate::platform::i18n::{self, Locale, locale, tag_of};
use crate::platform::routes::{self, RowPage, RowRef};
use crate::platform::session::use_session;
use crate::platform::theme::Theme;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::notes::FieldState;
use crate::ui::segment::SegmentRow;
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// The page. Language, theme and sign-out work even where the contract cannot be read.
#[component]
pub fn AccountPage() -> impl IntoView {
    let client = use_client();
    let load = Load::new(move || api::get(client));
    view! {
        <TitleBar title=text!(account.title) back=routes::HOME />
        {load.show(&[4], |account: Account| view! { <Contract account /> }.into_any())}
        <Screen />
        <SignOut />
    }
}

#[component]
fn Contract(account: Account) -> impl IntoView {
    let login_id = use_session()
        .with_untracked(|state| state.signed_in().map(|session| session.login_id.clone()));
    let Account { name, options, number_count, id_count, .. } = account.clone();
    view! {
        <p class="big" data-testid="account-name">
            {name}
        </p>
        <section class="group first">
            <h2>{text!(account.contract)}</h2>
            <dl class="list">
                <Fact
                    label=text!(account.login_id)
                    value=Signal::stored(login_id.unwrap_or_default())
                />
                <Fact
                    label=text!(account.numbers)
                    value=text!(account.number_count, count = number_count)
                />
                <Fact
                    label=text!(account.ids)
                    value=text!(account.id_count,
                    count = id_count)
                />
            </dl>
        </section>
        <Password />
        <section class="group">
            <div class="list">
                <a class="row" href=routes::API_KEYS data-testid="open-api-keys">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPlug />
                    </span>
                    <span class="label">
                        {text!(keys.title)}<small>{text!(keys.hint)}</small>
                    </span>
                    <Chevron />
                </a>
            </div>
        </section>
        <Options options />
        <Contact account />
    }
}

/// The way to the password of the basic ID, once the list says which one that is.
#[component]
fn Password() -> impl IntoView {
    let directory = use_directory();
    let basic = memo(move || {
        let find = |rows: &Rows| {
            rows.ids
                .iter()
                .find(|phone_id| phone_id.kind == PhoneIdKind::Basic)
                .map(|phone_id| phone_id.id.clone())
        };
        directory.rows().with(|rows| rows.ready().and_then(find))
    });
    move || {
        basic.get().map(|id| {
            view! {
                <section class="group">
                    <div class="list">
                        <a
                            class="row"
                            href=RowRef::phone_id(id).page(RowPage::Password)
                            data-testid="open-password"
                        >
                            <span class="lead">
                                <Icon icon=icondata_lu::LuKeyRound />
                            </span>
                            <span class="label">
                                {text!(account.password)}
                                <small>{text!(account.password_hint)}</small>
                            </span>
                            <Chevron />
                        </a>
                    </div>
                </section>
            }
        })
    }
}

#[component]
fn Fact(label: Signal<String>, value: Signal<String>) -> impl IntoView {
    view! {
        <div class="row">
            <dt class="label">{label}</dt>
            <dd class="value num">{value}</dd>
        </div>
    }
}

#[component]
fn Options(options: AccountOptions) -> impl IntoView {
    let rows = [
        (options.ip_phone, text!(option.ip_phone)),
        (options.premises_device, text!(option.premises_device)),
        (options.voicemail, text!(option.voicemail)),
        (options.fax, text!(option.fax)),
    ];
    let rows = rows.map(|(on, label)| {
        let icon = if on { icondata_lu::LuCheck } else { icondata_lu::LuMinus };
        view! {
            <div class="row">
                <dt class="label">{label}</dt>
                <dd class="badge" class:on=on>
                    <Icon icon />
                    {redraw(move || if on { t!(option.on) } else { t!(option.off) })}
                </dd>
            </div>
        }
    });
    view! {
        <section class="group">
            <h2>{text!(account.options)}</h2>
            <dl class="list">{rows.collect_view()}</dl>
            <p>{text!(account.options_note)}</p>
        </section>
    }
}

#[component]
fn Screen() -> impl IntoView {
    let theme = RwSignal::new(Theme::remembered());
    let none = Signal::stored(None);
    let key_of = |theme: Theme| match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    view! {
        <section class="group">
            <h2>{text!(account.screen)}</h2>
            <div class="list">
                <SegmentRow
                    state=FieldState::plain("language", none)
                    label=text!(account.language)
                    choices=vec![
                        ("ja", Signal::stored("日本語".to_owned())),
                        ("en", Signal::stored("English".to_owned())),
                    ]
                    selected=Signal::derive(|| tag_of(locale()))
                    pick=Callback::new(|key| i18n::choose(
                        if key == "en" { Locale::En } else { Locale::Ja },
                    ))
                />
                <SegmentRow
                    state=FieldState::plain("theme", none)
                    label=text!(account.theme)
                    choices=vec![
                        ("auto", text!(account.theme_auto)),
                        ("light", text!(account.theme_light)),
                        ("dark", text!(account.theme_dark)),
                    ]
                    selected=Signal::derive(move || key_of(theme.get()))
                    pick=Callback::new(move |key| {
                        let chosen = match key {
                            "light" => Theme::Light,
                            "dark" => Theme::Dark,
                            _ => Theme::Auto,
                        };
                        theme.set(chosen);
                        chosen.choose();
                    })
                />
            </div>
        </section>
    }
}
