//! The change log: who changed what, when, from what to what.

mod restore;
mod timeline;
mod words;

use api_types::AuditEntry;
use leptos::prelude::*;

use self::restore::Restore;
use self::timeline::{Source, Timeline};
use super::api;
use crate::numbers::directory::{Rows, id_label, number_label, use_directory};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::remote::Remote;
use crate::platform::router::use_router;
use crate::platform::routes::{self, RowKind, RowRef};
use crate::platform::task::Task;
use crate::ui::change::change_line;
use crate::ui::states::{EmptyState, ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// Which part of the log is shown.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    General,
    Ringing,
    BlockList,
    /// Rules and services; they belong to no row.
    Notify,
}

impl Part {
    const ALL: [Part; 5] = [Part::All, Part::General, Part::Ringing, Part::BlockList, Part::Notify];

    fn key(self) -> &'static str {
        match self {
            Part::All => "",
            Part::General => "general",
            Part::Ringing => "ringing",
            Part::BlockList => "block_list",
            Part::Notify => "notify",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Part::All => t!(history.all),
            Part::General => t!(general.title),
            Part::Ringing => t!(audit.ringing),
            Part::BlockList => t!(audit.block_list),
            Part::Notify => t!(notify.title),
        }
    }

    /// The logs to read: of the whole account, or of a row and the basic ID that belongs to it.
    fn sources(self, row: Option<&str>, basic: Option<String>) -> Vec<Source> {
        let of = |object_id: Option<&str>, kind| Source {
            object_id: object_id.map(str::to_owned),
            kind,
        };
        match (self, row) {
            (Part::All, _) => {
                std::iter::once(of(row, None)).chain(basic.map(|id| of(Some(&id), None))).collect()
            }
            (Part::General, Some(_)) => std::iter::once(of(row, Some("number")))
                .chain(basic.map(|id| of(Some(&id), Some("phone_id"))))
                .collect(),
            (Part::General, None) => ["number", "phone_id"].map(|kind| of(None, Some(kind))).into(),
            (Part::Ringing, _) => vec![of(row, Some("ringing"))],
            (Part::BlockList, _) => vec![of(row, Some("block_list"))],
            (Part::Notify, _) => {
                ["notify_rule", "notify_service"].map(|kind| of(None, Some(kind))).into()
            }
        }
    }
}

/// The page: of everything, or of one row with `?number=` or `?id=`; `kind=` names a part of it.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let router = use_router();
    let row = memo(move || router.row());
    let part = memo(move || {
        let kind = router.query("kind").unwrap_or_default();
        Part::ALL.into_iter().find(|part| part.key() == kind).unwrap_or(Part::All)
    });
    // Another row is another page.
    move || {
        let row = row.get();
        let back = row.as_ref().map_or_else(|| routes::HOME.to_owned(), RowRef::home);
        let name = StoredValue::new(row.clone());
        let directory = use_directory();
        let name = move || {
            let row = name.get_value()?;
            directory.rows().with(|rows| {
                rows.ready().and_then(|rows| {
                    rows.number(&row.id)
                        .map(number_label)
                        .or_else(|| rows.phone_id(&row.id).map(id_label))
                })
            })
        };
        let parts = row
            .as_ref()
            .is_none_or(|row| row.kind == RowKind::Number)
            .then(|| view! { <Parts row=row.clone() part /> });
        let row = StoredValue::new(row);
        view! {
            <TitleBar title=text!(history.title) back />
            {redraw(move || name().map(|name| view! { <p class="big num">{name}</p> }))}
            {parts}
            {redraw(move || view! { <Log row=row.get_value() part=part.get() /> })}
        }
    }
}

/// The parts to choose from; the choice stands in the address.
#[component]
fn Parts(row: Option<RowRef>, part: Memo<Part>) -> impl IntoView {
    let router = use_router();
    let base = row.as_ref().map_or_else(|| routes::HISTORY.to_owned(), RowRef::history);
    let of_account = row.is_none();
    let chips =
        Part::ALL.into_iter().filter(|this| of_account || *this != Part::Notify).map(|this| {
            let address = match this {
                Part::All => base.clone(),
                this => {
                    format!("{base}{}kind={}", if row.is_some() { '&' } else { '?' }, this.key())
                }
            };
            view! {
                <label data-testid=format!(
                    "part-{}",
                    if this == Part::All { "all" } else { this.key() },
                )>
                    <input
                        type="radio"
                        name="part"
                        value=this.key()
                        prop:checked=move || part.get() == this
                        on:change=move |_| router.replace(&address)
                    />
                    <span>{redraw(move || this.name())}</span>
                </label>
            }
        });
    view! {
        <div
            class="chips \
            bare"
            role="radiogroup"
            aria-label=text!(history.filter)
        >
            {chips.collect_view()}
        </div>
    }
}

#[derive(Clone, Copy)]
struct Page {
    client: Client,
    timeline: StoredValue<Timeline>,
    entries: RwSignal<Vec<AuditEntry>>,
    task: Task,
    done: RwSignal<bool>,
    /// The entry whose former values are to be put back.
    restoring: RwSignal<Option<AuditEntry>>,
}

#[component]
fn Log(row: Option<RowRef>, part: Part) -> impl IntoView {
    let directory = use_directory();
    // The log of the primary number includes its basic ID, which only the directory knows.
    let sources = memo(move || {
        directory.rows().with(|rows| match (&row, rows) {
            (None, _) => Some(part.sources(None, None)),
            (Some(row), Remote::Ready(rows)) => {
                let basic = rows
                    .number(&row.id)
                    .and_then(|number| rows.basic_id_of(number))
                    .map(|phone_id| phone_id.id.clone());
                Some(part.sources(Some(&row.id), basic))
            }
            (Some(row), Remote::Failed(_)) => Some(part.sources(Some(&row.id), None)),
            (Some(_), Remote::Loading) => None,
        })
    });
    let page = Page {
        client: use_client(),
        timeline: StoredValue::new(Timeline::new(Vec::new())),
        entries: RwSignal::default(),
        task: Task::default(),
        done: RwSignal::new(false),
        restoring: RwSignal::new(None),
    };
    let begin = Callback::new(move |()| {
        if let Some(sources) = sources.get_untracked() {
            page.timeline.set_value(Timeline::new(sources));
            page.entries.set(Vec::new());
            more(page);
        }
    });
    follow(move || {
        if sources.with(Option::is_some) {
            begin.run(());
        }
    });
    let again = Callback::new(move |()| more(page));
    let empty =
        if part == Part::All { text!(history.empty_body) } else { text!(history.empty_filtered) };
    view! {
        <Days page />
        {redraw(move || match page.task.state() {
            Remote::Loading => view! { <SkeletonRows count=4 /> }.into_any(),
            Remote::Failed(error) => view! { <ErrorState error retry=again /> }.into_any(),
            // Nothing has been asked for yet.
            Remote::Ready(()) if page.entries.with(Vec::is_empty) && !page.done.get() => {
                view! { <SkeletonRows count=4 /> }.into_any()
            }
            Remote::Ready(()) if page.entries.with(Vec::is_empty) => {
                view! {
                    <EmptyState
                        icon=icondata_lu::LuHistory
                        title=text!(history.empty_title)
                        body=empty
                    />
                }
                    .into_any()
            }
            Remote::Ready(()) if page.done.get() => {
                view! { <p class="end">{text!(history.end)}</p> }.into_any()
            }
            Remote::Ready(()) => {
                view! {
                    <button
                        class="btn wide \
                        more"
                        type="button"
                        data-testid="more"
                        on:click=move |_| again.run(())
                    >
                        {text!(history.more)}
                    </button>
                }
                    .into_any()
            }
        })}
        <Restore restoring=page.restoring restored=begin />
    }
}

/// Reads what is missing until something more can be shown.
fn more(page: Page) {
    page.task.latest(read(page), |outcome| outcome);
}

async fn read(page: Page) -> Result<(), ClientError> {
    loop {
        let Some(wanted) = page.timeline.try_with_value(Timeline::wanted) else { return Ok(()) };
        for (index, source, cursor) in wanted {
            let fresh =
                api::list(page.client, source.object_id.as_deref(), source.kind, cursor.as_deref())
                    .await?;
            page.timeline.try_update_value(|timeline| timeline.feed(index, fresh));
        }
        let Some((shown, done)) =
            page.timeline.try_update_value(|timeline| (timeline.drain(), timeline.is_done()))
        else {
            return Ok(());
        };
        page.done.try_set(done);
        let any = !shown.is_empty();
        page.entries.try_update(|entries| entries.extend(shown));
        if any || done {
            return Ok(());
        }
    }
}

#[component]
fn Days(page: Page) -> impl IntoView {
    let rows = use_directory().rows();
    move || {
        let locale = locale();
        let mut days: Vec<(String, Vec<AuditEntry>)> = Vec::new();
        for entry in page.entries.get() {
            let day = format::day(locale, entry.at);
            match days.last_mut() {
                Some((last, list)) if *last == day => list.push(entry),
                _ => days.push((day, vec![entry])),
            }
        }
        rows.with(|rows| {
            let groups = days.into_iter().map(|(day, list)| {
                let list = list
                    .into_iter()
                    .map(|entry| entry_row(page, entry, rows.ready()))
                    .collect_view();
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

fn entry_row(page: Page, entry: AuditEntry, rows: Option<&Rows>) -> AnyView {
    let object = words::object(&entry, rows);
    let changes = words::changes(&entry, rows).into_iter().map(change_line).collect_view();
    let (action, actor, at) = (words::action(&entry), words::actor(&entry), entry.at);
    let restorable = entry.restorable;
    let entry = StoredValue::new(entry);
    view! {
        <li class="entry" data-testid="history-entry">
            <p class="what">
                <b class="num">{object}</b>
                <span>{action}</span>
                <time class="num" datetime=at.to_rfc3339()>
                    {format::time(at)}
                </time>
            </p>
            <dl>{changes}</dl>
            <p class="who">{actor}</p>
            {restorable
                .then(|| {
                    view! {
                        <button
                            class="restore"
                            type="button"
                            aria-haspopup="dialog"
                            data-testid="restore"
                            on:click=move |_| page.restoring.set(entry.try_get_value())
                        >
                            {text!(history.restore)}
                        </button>
                    }
                })}
        </li>
    }
    .into_any()
}
