//! Choosing a file, and watching it leave.

use leptos::prelude::*;
use web_sys::DragEvent;

use super::Page;
use crate::block_list::api::sample_href;
use crate::platform::effect::{memo, redraw};
use crate::ui::icon::Icon;
use crate::{t, text};

/// What the file may look like, and the field for it; why the last one was not taken.
#[component]
pub(super) fn Choose(page: Page, faults: Vec<String>) -> impl IntoView {
    let samples = [("utf-8", text!(import.sample_utf8)), ("shift_jis", text!(import.sample_sjis))]
        .map(|(encoding, label)| {
            view! {
                <a
                    class="row"
                    href=page.number_id.with_value(|id| sample_href(id, encoding))
                    download=""
                    data-testid=format!("sample-{encoding}")
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuDownload />
                    </span>
                    <span class="label">{label}</span>
                </a>
            }
        });
    let any = !faults.is_empty();
    let faults = faults.into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    view! {
        <section class="group">
            <h2>{text!(import.intro_title)}</h2>
            {any
                .then(|| {
                    view! {
                        <div class="file-faults" data-testid="file-faults">
                            <Icon icon=icondata_lu::LuCircleAlert />
                            <div>{faults}</div>
                        </div>
                    }
                })}
            <FileField page />
            <p>{text!(import.intro)}</p>
            <p>{text!(import.encodings)}</p>
        </section>
        <section class="group">
            <div class="list">{samples.into_iter().collect_view()}</div>
            <p>{text!(import.columns)}</p>
        </section>
    }
}

/// A place to drop a file on, with a button for those who have nothing to drop.
#[component]
pub(super) fn FileField(page: Page) -> impl IntoView {
    let over = RwSignal::new(false);
    let first = |files: Option<web_sys::FileList>| files.and_then(|files| files.get(0));
    let drag = move |event: DragEvent, is_over: bool| {
        event.prevent_default();
        over.set(is_over);
    };
    view! {
        <div
            class="drop"
            class:over=over
            data-testid="drop"
            on:dragenter=move |event| drag(event, true)
            on:dragover=move |event| drag(event, true)
            on:dragleave=move |event| drag(event, false)
            on:drop=move |event| {
                let file = first(event.data_transfer().and_then(|data| data.files()));
                drag(event, false);
                file.into_iter().for_each(|file| page.take(file));
            }
        >
            <label class="btn main wide">
                <Icon icon=icondata_lu::LuFileUp />
                <span>{text!(import.choose)}</span>
                <input
                    type="file"
                    class="sr"
                    accept=".csv,.txt,.tsv,.vcf,text/csv,text/plain,text/vcard,text/x-vcard"
                    data-testid="file"
                    on:change:target=move |event| {
                        let input = event.target();
                        let file = first(input.files());
                        input.set_value("");
                        file.into_iter().for_each(|file| page.take(file));
                    }
                />
            </label>
            <p class="drop-hint">
                {redraw(move || if over.get() { t!(import.drop_now) } else { t!(import.drop) })}
            </p>
        </div>
    }
}

/// How much has left, and the way to stop it.
#[component]
pub(super) fn Sending(page: Page, name: String) -> impl IntoView {
    let percent = page.percent;
    let whole = memo(move || percent.get() >= 100);
    let words = move || {
        if whole.get() {
            t!(import.reading, name = name.clone())
        } else {
            t!(import.sending, name = name.clone())
        }
    };
    view! {
        <section class="group">
            <div class="list sending" data-testid="sending">
                <p role="status">{words}</p>
                <div class="with-percent">
                    <progress
                        max="100"
                        aria-label=text!(import.title)
                        data-testid="progress"
                        prop:value=move || f64::from(percent.get())
                    />
                    <span class="num">{text!(import.percent, percent = percent.get())}</span>
                </div>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="cancel-upload"
                    on:click=move |_| page.cancel()
                >
                    {text!(import.cancel)}
                </button>
            </div>
        </section>
    }
}
