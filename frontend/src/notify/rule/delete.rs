//! Deleting a rule, after asking; who uses it is named.

use api_types::ErrorCode;
use leptos::prelude::*;

use super::Page;
use crate::notify::api;
use crate::numbers::directory::number_label;
use crate::platform::api::{Client, ClientError};
use crate::platform::effect::{memo, redraw};
use crate::platform::router::use_router;
use crate::platform::routes;
use crate::platform::task::Task;
use crate::ui::ask::AskSheet;
use crate::ui::icon::Icon;
use crate::{t, text};

/// Whatever changed meanwhile, it is to go: a stale version is read anew once.
async fn delete(client: Client, id: &str, version: u64, detach: bool) -> Result<(), ClientError> {
    match api::rules::delete(client, id, version, detach).await {
        Err(error) if error.code() == Some(ErrorCode::Stale) => {
            let now = api::rules::get(client, id).await?;
            api::rules::delete(client, id, now.version, detach).await
        }
        outcome => outcome,
    }
}

#[component]
pub(super) fn Delete(page: Page) -> impl IntoView {
    let router = use_router();
    let open = RwSignal::new(false);
    let task = Task::default();
    let users = move || {
        let id = page.id();
        page.directory.rows().with(|rows| {
            let numbers = rows.ready().map(|rows| rows.numbers.as_slice()).unwrap_or_default();
            let mine = numbers.iter().filter(|number| number.notify_rule_id.as_ref() == Some(&id));
            mine.map(|number| (number_label(number), number.name.clone())).collect::<Vec<_>>()
        })
    };
    let used = memo(move || !users().is_empty());
    let go = Callback::new(move |()| {
        let (id, version, name) =
            page.rule.with_untracked(|rule| (rule.id.clone(), rule.version, rule.name.clone()));
        let detach = used.get_untracked();
        let request = async move {
            let outcome = delete(page.client, &id, version, detach).await;
            // The numbers have changed with it, or others use it by now.
            page.directory.load();
            outcome
        };
        task.run(request, move |outcome| {
            outcome?;
            page.editor.revert();
            open.set(false);
            page.live.toast(t!(notify.deleted, name = name));
            router.replace(routes::NOTIFY_RULES);
            Ok(())
        });
    });
    let label = move || {
        match (task.is_busy(), used.get()) {
            (true, _) => t!(notify.deleting),
            (false, true) => t!(notify.delete_detach),
            (false, false) => t!(notify.delete_confirm),
        }
        .to_owned()
    };
    view! {
        <div class="cell">
            <button
                class="row danger"
                type="button"
                aria-haspopup="dialog"
                data-testid="delete-rule"
                on:click=move |_| open.set(true)
            >
                <span class="lead">
                    <Icon icon=icondata_lu::LuTrash2 />
                </span>
                <span class="label">{text!(notify.delete)}</span>
            </button>
            <AskSheet
                open
                title=text!(notify.delete_title)
                test_id="delete-sheet"
                name="delete"
                task
                label=Signal::derive(label)
                go
            >
                <p class="say">
                    {text!(
                            notify.delete_body,
                    name = page.rule.with(|rule| rule.name.clone())
                        )}
                </p>
                {redraw(move || {
                    used
                        .get()
                        .then(|| {
                            view! {
                                <p class="say">{t!(notify.delete_used)}</p>
                                <ul class="list put-apart" data-testid="users">
                                    {users()
                                        .into_iter()
                                        .map(|(label, name)| {
                                            view! {
                                                <li class="row">
                                                    <span class="label">
                                                        <b class="num">{label}</b>
                                                        <small>{name}</small>
                                                    </span>
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            }
                        })
                })}
            </AskSheet>
        </div>
    }
}
