//! A player for recordings: play, place, speed.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::platform::effect::redraw;
use crate::platform::task::background;
use crate::ui::icon::Icon;
use crate::{t, text};

const SPEEDS: [(f64, &str); 4] = [(1.0, "1"), (1.25, "1.25"), (1.5, "1.5"), (2.0, "2")];

/// `0:23`, `12:05`.
fn clock(seconds: f64) -> String {
    let seconds = if seconds.is_finite() { seconds.max(0.0) as u32 } else { 0 };
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A number as the browser writes it. Rust's own way brings tables of 10 KB along.
fn decimal(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}

/// The player of one recording.
#[component]
pub(super) fn Player(
    /// Where the recording is.
    src: String,
    /// What it is called when it is saved.
    name: String,
    /// How long it is, as far as the switch knows; the file itself knows better, once it has come.
    length: Option<u32>,
) -> impl IntoView {
    let audio = NodeRef::<html::Audio>::new();
    let playing = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let at = RwSignal::new(0.0_f64);
    let length = RwSignal::new(length.map(f64::from).unwrap_or_default());
    let speed = RwSignal::new(0_usize);
    let toggle = move |_| {
        let Some(audio) = audio.get_untracked() else { return };
        if playing.get_untracked() {
            _ = audio.pause();
            return;
        }
        if failed.get_untracked() {
            failed.set(false);
            audio.load();
        }
        audio.set_playback_rate(SPEEDS[speed.get_untracked()].0);
        if let Ok(begun) = audio.play() {
            background(async move {
                // Why it did not begin the element itself says, by its error.
                _ = JsFuture::from(begun).await;
            });
        }
    };
    let seek = move |to: f64| {
        if let Some(audio) = audio.get_untracked().filter(|_| to.is_finite()) {
            audio.set_current_time(to);
            at.set(to);
        }
    };
    let faster = move |_| {
        let next = (speed.get_untracked() + 1) % SPEEDS.len();
        speed.set(next);
        if let Some(audio) = audio.get_untracked() {
            audio.set_playback_rate(SPEEDS[next].0);
        }
    };
    let measured = move |_| {
        if let Some(seconds) = audio
            .get_untracked()
            .map(|audio| audio.duration())
            .filter(|seconds| seconds.is_finite())
        {
            length.set(seconds);
        }
    };
    let moved = move |_| {
        at.set(audio.get_untracked().map(|audio| audio.current_time()).unwrap_or_default())
    };
    let rate = move || SPEEDS[speed.get()].1;
    view! {
        <section class="group" aria-label=text!(notices.recording)>
            <div class="list player" data-testid="player">
                <audio
                    node_ref=audio
                    src=src.clone()
                    preload="metadata"
                    on:play=move |_| playing.set(true)
                    on:pause=move |_| playing.set(false)
                    on:timeupdate=moved
                    on:durationchange=measured
                    on:error=move |_| {
                        playing.set(false);
                        failed.set(true);
                    }
                ></audio>
                <button class="play" type="button" data-testid="play" aria-label=move || if playing.get() { t!(notices.pause) } else { t!(notices.play) } on:click=toggle>
                    {redraw(move || if playing.get() { view! { <Icon icon=icondata_lu::LuPause/> } } else { view! { <Icon icon=icondata_lu::LuPlay/> } })}
                </button>
                <div class="place">
                    <input
                        type="range"
                        min="0"
                        step="0.1"
                        data-testid="place"
                        max=move || decimal(length.get().max(0.1))
                        prop:value=move || at.get()
                        style:--done=move || format!("{}%",
                            decimal((at.get() / length.get().max(0.1) * 100.0).min(100.0)))
                        aria-label=text!(notices.place)
                        aria-valuetext=text!(notices.place_of, at = clock(at.get()),
                            length = clock(length.get()))
                        on:input:target=move |event| seek(event.target().value_as_number())
                    />
                    <p class="num" aria-hidden="true"><span data-testid="played">{redraw(move || clock(at.get()))}</span><span>{redraw(move || clock(length.get()))}</span></p>
                </div>
                <button class="speed \
                    num" type="button" data-testid="speed" aria-label=text!(notices.speed,
                    speed = rate()) on:click=faster>{redraw(move || format!("{}×", rate()))}</button>
            </div>
            <div role="alert">{redraw(move || failed.get().then(|| view! { <p class="fault" data-testid="audio-failed">{t!(notices.audio_failed)}</p> }))}</div>
            <a class="save-audio" href=src download=name data-testid="save-audio"><Icon icon=icondata_lu::LuDownload/>{text!(notices.save_audio)}</a>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_place_in_a_recording() {
        for (seconds, text) in [
            (0.0, "0:00"),
            (23.9, "0:23"),
            (725.0, "12:05"),
            (f64::INFINITY, "0:00"),
            (f64::NAN, "0:00"),
            (-1.0, "0:00"),
        ] {
            assert_eq!(clock(seconds), text);
        }
    }
}
