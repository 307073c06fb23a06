//! How to prepare a service: what to click there, step by step, and what it cannot do.

use api_types::ServiceType;
use leptos::prelude::*;

use super::words;
use crate::t;
use crate::ui::icon::Icon;

/// What Slack needs to know of the app: who opens the link finds a form that is filled in.
const SLACK_MANIFEST: &str = r#"{"display_information":{"name":"Denwaban"},"features":{"bot_user":{"display_name":"Denwaban","always_online":true}},"oauth_config":{"scopes":{"bot":["chat:write","files:write","channels:read","groups:read"]}},"settings":{"org_deploy_enabled":false,"socket_mode_enabled":false,"token_rotation_enabled":false}}"#;

/// The steps, each a sentence or two.
fn steps(kind: ServiceType) -> Vec<&'static str> {
    match kind {
        ServiceType::Slack => vec![
            t!(guide.slack_1),
            t!(guide.slack_2),
            t!(guide.slack_3),
            t!(guide.slack_4),
            t!(guide.slack_5),
        ],
        ServiceType::Chatwork => vec![
            t!(guide.chatwork_1),
            t!(guide.chatwork_2),
            t!(guide.chatwork_3),
            t!(guide.chatwork_4),
        ],
        ServiceType::Teams => {
            vec![t!(guide.teams_1), t!(guide.teams_2), t!(guide.teams_3), t!(guide.teams_4)]
        }
        ServiceType::GoogleChat => {
            vec![
                t!(guide.google_chat_1),
                t!(guide.google_chat_2),
                t!(guide.google_chat_3),
                t!(guide.google_chat_4),
            ]
        }
        ServiceType::Line => vec![
            t!(guide.line_1),
            t!(guide.line_2),
            t!(guide.line_3),
            t!(guide.line_4),
            t!(guide.line_5),
        ],
        ServiceType::LineWorks => {
            vec![
                t!(guide.line_works_1),
                t!(guide.line_works_2),
                t!(guide.line_works_3),
                t!(guide.line_works_4),
                t!(guide.line_works_5),
            ]
        }
        ServiceType::Webhook => {
            vec![t!(guide.webhook_1), t!(guide.webhook_2), t!(guide.webhook_3), t!(guide.webhook_4)]
        }
    }
}

/// What it cannot do, and what to know before it is in use.
fn limits(kind: ServiceType) -> Vec<&'static str> {
    match kind {
        ServiceType::Slack => vec![t!(guide.slack_limit), t!(guide.slack_scopes)],
        ServiceType::Chatwork => vec![t!(guide.chatwork_limit), t!(guide.chatwork_limit_2)],
        ServiceType::Teams => {
            vec![t!(guide.teams_limit), t!(guide.teams_limit_2), t!(guide.teams_limit_3)]
        }
        ServiceType::GoogleChat => vec![t!(guide.google_chat_limit), t!(guide.google_chat_limit_2)],
        ServiceType::Line => {
            vec![t!(guide.line_limit), t!(guide.line_limit_2), t!(guide.line_limit_3)]
        }
        ServiceType::LineWorks => vec![t!(guide.line_works_limit), t!(guide.line_works_limit_2)],
        ServiceType::Webhook => vec![t!(guide.webhook_limit)],
    }
}

/// Where the steps are taken, and what the link is called.
fn place(kind: ServiceType) -> Option<(String, String)> {
    let named = |address: &str, name: &'static str| {
        Some((address.to_owned(), t!(service.open_console, name = name)))
    };
    match kind {
        ServiceType::Slack => {
            let manifest = String::from(js_sys::encode_uri_component(SLACK_MANIFEST));
            Some((
                format!("https://api.slack.com/apps?new_app=1&manifest_json={manifest}"),
                t!(service.open_slack).to_owned(),
            ))
        }
        ServiceType::Chatwork => named("https://www.chatwork.com/", "Chatwork"),
        ServiceType::Teams => named("https://teams.microsoft.com/", "Microsoft Teams"),
        ServiceType::GoogleChat => named("https://chat.google.com/", "Google Chat"),
        ServiceType::Line => named("https://developers.line.biz/console/", "LINE Developers"),
        ServiceType::LineWorks => {
            named("https://dev.worksmobile.com/console/", "Developer Console")
        }
        ServiceType::Webhook => Some(("/api/docs".to_owned(), t!(guide.webhook_docs).to_owned())),
    }
}

/// The guide of a service: open where it is added, folded where it works already.
#[component]
pub(super) fn Guide(kind: ServiceType, open: bool) -> impl IntoView {
    let link = move || {
        place(kind).map(|(href, label)| {
            view! {
                <a
                    class="btn wide"
                    href=href
                    target="_blank"
                    rel="noopener \
                    noreferrer"
                    data-testid="guide-link"
                >
                    {label}
                    <Icon icon=icondata_lu::LuExternalLink />
                    <span class="sr">{t!(service.opens)}</span>
                </a>
            }
        })
    };
    view! {
        <details class="group guide" open=open data-testid="guide">
            <summary>
                <Icon icon=icondata_lu::LuChevronRight />
                <h2>{move || t!(service.guide)}</h2>
            </summary>
            <div class="guide-card">
                <p class="carries">
                    <span class="sr">{move || t!(service.carries)}</span>
                    {move || chips(kind)}
                </p>
                <ol>
                    {move || {
                        steps(kind).into_iter().map(|step| view! { <li>{step}</li> }).collect_view()
                    }}
                </ol>
                {link}
                <h3>{move || t!(service.limits)}</h3>
                <ul>
                    {move || {
                        limits(kind)
                            .into_iter()
                            .map(|limit| view! { <li>{limit}</li> })
                            .collect_view()
                    }}
                </ul>
            </div>
        </details>
    }
}

/// What arrives there, as small signs.
pub(super) fn chips(kind: ServiceType) -> AnyView {
    words::carries(kind)
        .into_iter()
        .map(|word| view! { <span class="badge">{word}</span> })
        .collect_view()
        .into_any()
}
