//! The list on the screen: search, actions, rows.

use std::time::Duration;

use api_types::{BlockEntry, BlockMatch};
use leptos::prelude::*;

use super::add::AddSheet;
use super::detail::DetailSheet;
use super::list::{List, Selection};
use crate::block_list::api::{export_href, sample_href};
use crate::block_list::words::until_text;
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::later::Later;
use crate::platform::router::use_router;
use crate::platform::routes::{RowPage, RowRef};
use crate::ui::icon::{Chevron, Icon};
use crate::ui::long_list::LongList;
use crate::ui::sheet::Sheet;
use crate::ui::states::{EmptyState, ErrorState, SkeletonRows};
use crate::{t, text};

/// So long nothing was typed before a search is sent.
const PAUSE: Duration = Duration::from_millis(250);

/// Everything about the entries.
#[component]
pub(super) fn Entries(list: List, row: RowRef) -> impl IntoView {
    // Who comes from a call brings its caller along.
    let router = use_router();
    let brought = untrack(|| router.query("add"));
    if brought.is_some() {
        router.replace(&row.page(RowPage::BlockList));
    }
    let adding = RwSignal::new(brought.is_some());
    let exporting = RwSignal::new(false);
    let open = RwSignal::new(None::<BlockEntry>);
    let number_id = StoredValue::new(row.id.clone());
    view! {
        <section class="group block-list">
            <h2 data-testid="entry-total">
                {text!(
                        block.entries,
                count = format::count(list.total.get().into())
                    )}
            </h2>
            <div class="tools">
                <Search list />
                <button
                    class="btn main"
                    type="button"
                    data-testid="add-entry"
                    aria-haspopup="dialog"
                    on:click=move |_| adding.set(true)
                >
                    <Icon icon=icondata_lu::LuPlus />
                    {text!(block.add)}
                </button>
            </div>
            <div class="tools even">
                <a class="btn" href=row.page(RowPage::BlockImport) data-testid="open-import">
                    <Icon icon=icondata_lu::LuFileUp />
                    {text!(block.import)}
                </a>
                <button
                    class="btn"
                    type="button"
                    data-testid="open-export"
                    aria-haspopup="dialog"
                    on:click=move |_| exporting.set(true)
                >
                    <Icon icon=icondata_lu::LuFileDown />
                    {text!(block.export)}
                </button>
            </div>
            <Rows list open />
        </section>
        <AddSheet open=adding list brought />
        <DetailSheet open list />
        <Sheet open=exporting title=text!(block.export_title) test_id="export-sheet">
            <div class="list">
                {[
                    ("utf-8", text!(block.export_utf8), text!(block.export_utf8_hint)),
                    ("shift_jis", text!(block.export_sjis), text!(block.export_sjis_hint)),
                ]
                    .map(|(encoding, label, hint)| {
                        view! {
                            <a
                                class="row"
                                href=number_id.with_value(|id| export_href(id, encoding))
                                download=""
                                data-testid=format!("export-{encoding}")
                                on:click=move |_| exporting.set(false)
                            >
                                <span class="lead">
                                    <Icon icon=icondata_lu::LuDownload />
                                </span>
                                <span class="label">{label}<small>{hint}</small></span>
                            </a>
                        }
                    })
                    .into_iter()
                    .collect_view()}
                <a
                    class="row"
                    href=number_id.with_value(|id| sample_href(id, "utf-8"))
                    download=""
                    data-testid="export-sample"
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuFileText />
                    </span>
                    <span class="label">{text!(block.sample)}</span>
                </a>
            </div>
        </Sheet>
    }
}

#[component]
fn Search(list: List) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let later = Later::default();
    let ask = move |text: String, pause: Duration| {
        typed.set(text);
        later.run(pause, move || list.restart(typed.get_untracked().trim().to_owned()));
    };
    view! {
        <div class="search">
            <Icon icon=icondata_lu::LuSearch />
            <input
                type="search"
                class="field"
                name="search"
                autocomplete="off"
                enterkeyhint="search"
                maxlength="100"
                data-testid="search"
                aria-label=text!(block.search)
                placeholder=text!(block.search)
                prop:value=typed
                on:input:target=move |event| ask(event.target().value(), PAUSE)
            />
            {redraw(move || {
                typed
                    .with(|typed| !typed.is_empty())
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                data-testid="clear-search"
                                aria-label=text!(block.clear_search)
                                on:click=move |_| {
                                    ask(String::new(), Duration::ZERO);
                                    crate::platform::focus::focus_first("[data-testid=search]");
                                }
                            >
                                <Icon icon=icondata_lu::LuX />
                            </button>
                        }
                    })
            })}
        </div>
    }
}

#[component]
fn Rows(list: List, open: RwSignal<Option<BlockEntry>>) -> impl IntoView {
    let count = Signal::derive(move || list.entries.with(Vec::len));
    let empty = memo(move || count.get() == 0);
    let loading = list.reading.busy();
    let failed = move || list.reading.error().get();
    // Drawn anew when the entry changed; its place is part of the key of the list itself.
    let key = Callback::new(move |index: usize| {
        list.entries.with(|entries| {
            entries
                .get(index)
                .map(|entry| format!("{} {}", entry.id, entry.version))
                .unwrap_or_default()
        })
    });
    let row = Callback::new(move |index: usize| {
        list.entries
            .with_untracked(|entries| entries.get(index).cloned())
            .map(|entry| entry_row(list, entry, open))
            .into_any()
    });
    view! {
        <div
            class="list"
            class:waiting=move || loading.get() && !empty.get()
            class:none=empty
            data-testid="entries"
        >
            <label class="row tick-all">
                <input
                    type="checkbox"
                    class="check"
                    data-testid="select-all"
                    prop:checked=move || {
                        list.selection.with(|selection| selection.all && selection.ids.is_empty())
                    }
                    prop:indeterminate=move || {
                        list.selection.with(|selection| !selection.ids.is_empty())
                    }
                    on:change:target=move |event| list.select_all(event.target().checked())
                />
                <span class="label">
                    {redraw(move || {
                        if list.search.with(String::is_empty) {
                            t!(block.select_all)
                        } else {
                            t!(block.select_found)
                        }
                    })}
                </span>
            </label>
            <LongList
                count
                label=text!(block.list)
                key
                row
                more=Callback::new(move |()| list.more())
            />
        </div>
        {redraw(move || match failed() {
            Some(error) => {
                view! { <ErrorState error retry=Callback::new(move |()| list.again()) /> }
                    .into_any()
            }
            None if loading.get() && empty.get() => view! { <SkeletonRows count=5 /> }.into_any(),
            None if loading.get() => {
                view! {
                    <p class="end" data-testid="searching">
                        {text!(block.searching)}
                    </p>
                }
                    .into_any()
            }
            None if !empty.get() => ().into_any(),
            None if list.search.with(String::is_empty) => {
                view! {
                    <EmptyState
                        icon=icondata_lu::LuShieldCheck
                        title=text!(block.empty_title)
                        body=text!(block.empty_body)
                    />
                }
                    .into_any()
            }
            None => {
                let body = text!(block.none_body, text = list.search.get());
                view! {
                    <EmptyState icon=icondata_lu::LuSearchX title=text!(block.none_title) body />
                }
                    .into_any()
            }
        })}
    }
}

/// The digits as they are refused: a prefix with the sign that more follow.
pub(super) fn caller_text(entry: &BlockEntry) -> String {
    match entry.matching {
        BlockMatch::Exact => entry.caller_text.clone(),
        BlockMatch::Prefix => t!(block.begins, caller = entry.caller_text.clone()),
    }
}

fn details(entry: &BlockEntry) -> String {
    let prefix = (entry.matching == BlockMatch::Prefix).then(|| t!(block.prefix).to_owned());
    let until = entry.expires_at.filter(|_| !entry.expired).map(until_text);
    let note = Some(entry.note.clone()).filter(|note| !note.is_empty());
    [prefix, until, note].into_iter().flatten().collect::<Vec<_>>().join(" ・ ")
}

fn hits(entry: &BlockEntry) -> String {
    match entry.last_hit_at {
        Some(at) => t!(
            block.hits_last,
            count = format::count(entry.hits),
            day = format::short_day(locale(), at)
        ),
        None if entry.hits > 0 => t!(block.hits, count = format::count(entry.hits)),
        None => "—".to_owned(),
    }
}

fn entry_row(list: List, entry: BlockEntry, open: RwSignal<Option<BlockEntry>>) -> AnyView {
    let entry = StoredValue::new(entry);
    let caller = entry.with_value(|entry| entry.caller.clone());
    let selected = move || {
        entry.with_value(|entry| {
            list.selection.with(|selection: &Selection| selection.has(&entry.id))
        })
    };
    let expired = entry.with_value(|entry| entry.expired);
    view! {
        <div class="entry-row" class:picked=selected class:expired=expired data-testid="entry">
            <label class="tick">
                <input
                    type="checkbox"
                    class="check"
                    data-testid=format!("tick-{caller}")
                    aria-label=move || {
                        entry
                            .with_value(|entry| {
                                t!(
                                    block.select,
                        caller = caller_text(entry)
                                )
                            })
                    }
                    prop:checked=selected
                    on:change=move |_| entry.with_value(|entry| list.flip(&entry.id))
                />
            </label>
            <button
                class="what"
                type="button"
                aria-haspopup="dialog"
                data-testid=format!("open-{caller}")
                on:click=move |_| open.set(Some(entry.get_value()))
            >
                <span class="who">
                    <b class="num">{redraw(move || entry.with_value(caller_text))}</b>
                    <small>
                        {expired.then(|| view! { <em>{text!(block.expired)}</em> })}
                        {redraw(move || entry.with_value(details))}
                    </small>
                </span>
                <span class="hits num">{redraw(move || entry.with_value(hits))}</span>
                <Chevron />
            </button>
        </div>
    }
    .into_any()
}
