//! A signing secret, in the one moment in which it can be seen.

use leptos::prelude::*;

use crate::platform::focus::focus_first;
use crate::text;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::Icon;

/// The secret, and the button that says that it is noted down.
#[component]
pub(super) fn SecretOnce(secret: String, done: Callback<()>) -> impl IntoView {
    let shown = secret.clone();
    request_animation_frame(|| focus_first("[data-testid=secret-title]"));
    view! {
        <section class="group" data-testid="secret-once">
            <div class="list secret">
                <h2 class="secret-title" tabindex="-1" data-testid="secret-title">
                    <Icon icon=icondata_lu::LuKeyRound />
                    {text!(service.secret_title)}
                </h2>
                <code data-testid="signing-secret">{shown}</code>
                <p>{text!(service.secret_body)}</p>
                <div class="buttons">
                    <CopyButton text=Signal::stored(secret) />
                    <button
                        class="btn main"
                        type="button"
                        data-testid="secret-done"
                        on:click=move |_| done.run(())
                    >
                        {text!(service.secret_done)}
                    </button>
                </div>
            </div>
        </section>
    }
}
