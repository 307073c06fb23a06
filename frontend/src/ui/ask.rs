//! A question before something happens that is hard to take back.

use leptos::prelude::*;

use super::Text;
use super::sheet::Sheet;
use super::states::FormError;
use crate::platform::effect::follow;
use crate::platform::task::Task;
use crate::text;

/// The question with its two answers.
#[component]
pub fn AskSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its title.
    title: Text,
    /// What it is called in tests.
    test_id: &'static str,
    /// What its buttons are called in tests: `…-confirm` and `…-cancel`.
    name: &'static str,
    /// What the answer starts.
    task: Task,
    /// What the answer says; while it is under way, something else.
    label: Text,
    /// Whether something is lost.
    #[prop(default = true)]
    danger: bool,
    /// Does it.
    go: Callback<()>,
    /// What it is about.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    follow(move || {
        if open.get() {
            task.error().set(None);
        }
    });
    view! {
        <Sheet open title test_id>
            {children.with_value(|children| children())}
            <FormError error=task.error().into() />
            <div class="stack">
                <button
                    class="btn wide"
                    class:danger=danger
                    class:main=!danger
                    type="button"
                    data-testid=format!("{name}-confirm")
                    aria-disabled=move || task.is_busy().to_string()
                    on:click=move |_| go.run(())
                >
                    {label}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid=format!("{name}-cancel")
                    on:click=move |_| open.set(false)
                >
                    {text!(app.cancel)}
                </button>
            </div>
        </Sheet>
    }
}
