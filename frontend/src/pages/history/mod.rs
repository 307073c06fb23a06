//! The change log: who changed what, when, from what to what.

mod timeline;
mod words;

use api_types::AuditEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::timeline::Timeline;
use crate::api::{self, Client, ClientError, use_client};
use crate::directory::{Remote, Rows, id_label, number_label, use_directory};
use crate::effect::follow;
use crate::format;
use crate::i18n::locale;
use crate::router::use_router;
use crate::routes::{self, RowRef};
use crate::ui::icon::Icon;
use crate::ui::states::{EmptyState, ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// The page: of everything, or of one row with `?number=` or `?id=`.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let router = use_router();
    let row = Memo::new(move |_| router.row());
    // Another row is another page.
    move || {
        let row = row.get();
        let back = row.as_ref().map_or_else(|| routes::HOME.to_owned(), RowRef::home);
        view! {
            <TitleBar title=text!(history.title) back/>
            <Log row/>
        }
    }
}

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    timeline: StoredValue<Timeline>,
    entries: RwSignal<Vec<AuditEntry>>,
    state: RwSignal<Remote<()>>,
    done: RwSignal<bool>,
}

#[component]
fn Log(row: Option<RowRef>) -> impl IntoView {
    let directory = use_directory();
    let of_row = row.clone();
    // The log of the primary number includes its basic ID, which only the directory knows.
    let ids = Memo::new(move |_| {
        directory.rows().with(|rows| match (&of_row, rows) {
            (None, _) => Some(Vec::new()),
            (Some(row), Remote::Ready(rows)) => {
                let basic = rows.number(&row.id).and_then(|number| rows.basic_id_of(number)).map(|phone_id| phone_id.id.clone());
                Some(std::iter::once(row.id.clone()).chain(basic).collect::<Vec<_>>())
            }
            (Some(row), Remote::Failed(_)) => Some(vec![row.id.clone()]),
            (Some(_), Remote::Loading) => None,
        })
    });
    let page = Page {
        client: use_client(),
        timeline: StoredValue::new(Timeline::new(&[])),
        entries: RwSignal::default(),
        state: RwSignal::new(Remote::Loading),
        done: RwSignal::new(false),
    };
    follow(move || {
        if let Some(ids) = ids.get() {
            page.timeline.set_value(Timeline::new(&ids));
            page.entries.set(Vec::new());
            more(page);
        }
    });
    let name = move || {
        let row = row.as_ref()?;
        directory.rows().with(|rows| {
            rows.ready().and_then(|rows| rows.number(&row.id).map(number_label).or_else(|| rows.phone_id(&row.id).map(id_label)))
        })
    };
    let again = Callback::new(move |()| more(page));
    view! {
        {move || name().map(|name| view! { <p class="big num">{name}</p> })}
        <Days entries=page.entries/>
        {move || match page.state.get() {
            Remote::Loading => view! { <SkeletonRows count=4/> }.into_any(),
            Remote::Failed(error) => view! { <ErrorState error retry=again/> }.into_any(),
            Remote::Ready(()) if page.entries.with(Vec::is_empty) => {
                view! { <EmptyState icon=icondata_lu::LuHistory title=text!(history.empty_title) body=text!(history.empty_body)/> }.into_any()
            }
            Remote::Ready(()) if page.done.get() => view! { <p class="end">{move || t!(history.end)}</p> }.into_any(),
            Remote::Ready(()) => view! { <button class="btn wide more" type="button" data-testid="more" on:click=move |_| again.run(())>{move || t!(history.more)}</button> }.into_any(),
        }}
    }
}

/// Reads what is missing until something more can be shown.
fn more(page: Page) {
    page.state.set(Remote::Loading);
    spawn_local(async move {
        let outcome = read(page).await;
        page.state.try_set(outcome.into());
    });
}

async fn read(page: Page) -> Result<(), ClientError> {
    loop {
        let Some(wanted) = page.timeline.try_with_value(Timeline::wanted) else { return Ok(()) };
        for (index, object_id, cursor) in wanted {
            let fresh = api::audit::list(page.client, object_id.as_deref(), cursor.as_deref()).await?;
            page.timeline.try_update_value(|timeline| timeline.feed(index, fresh));
        }
        let Some((shown, done)) = page.timeline.try_update_value(|timeline| (timeline.drain(), timeline.is_done())) else { return Ok(()) };
        page.done.try_set(done);
        let any = !shown.is_empty();
        page.entries.try_update(|entries| entries.extend(shown));
        if any || done {
            return Ok(());
        }
    }
}

#[component]
fn Days(entries: RwSignal<Vec<AuditEntry>>) -> impl IntoView {
    let rows = use_directory().rows();
    move || {
        let locale = locale();
        let mut days: Vec<(String, Vec<AuditEntry>)> = Vec::new();
        for entry in entries.get() {
            let day = format::day(locale, entry.at);
            match days.last_mut() {
                Some((last, list)) if *last == day => list.push(entry),
                _ => days.push((day, vec![entry])),
            }
        }
        rows.with(|rows| {
            let groups = days.into_iter().map(|(day, list)| {
                let list = list.into_iter().map(|entry| entry_row(&entry, rows.ready())).collect_view();
                view! {
                    <section class="group">
                        <h2>{day}</h2>
                        <ul class="list entries">{list}</ul>
                    </section>
                }
            });
            groups.collect_view()
        })
    }
}

fn entry_row(entry: &AuditEntry, rows: Option<&Rows>) -> AnyView {
    let object = words::object(entry, rows);
    let changes = words::changes(entry, rows).into_iter().map(|change| {
        let both = change.before.is_some() && change.after.is_some();
        view! {
            <div class="change">
                <dt>{change.field}</dt>
                <dd>
                    {change.before.map(|before| view! { <del>{before}</del> })}
                    {both.then(|| view! { <span class="arrow" role="img" aria-label=t!(history.becomes).to_string()><Icon icon=icondata_lu::LuArrowRight/></span> })}
                    {change.after.map(|after| view! { <ins>{after}</ins> })}
                </dd>
            </div>
        }
    });
    let changes = changes.collect_view();
    view! {
        <li class="entry" data-testid="history-entry">
            <p class="what">
                <b class="num">{object}</b>
                <span>{words::action(entry)}</span>
                <time class="num" datetime=entry.at.to_rfc3339()>{format::time(entry.at)}</time>
            </p>
            <dl>{changes}</dl>
            <p class="who">{words::actor(entry)}</p>
        </li>
    }
    .into_any()
}
