//! Effects without a type of their own each: every kind of effect costs about a kilobyte of WASM.

use leptos::prelude::*;

/// Runs `run` now and whenever a signal changes that it read.
pub fn follow(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    // Where the page goes before the first turn of its effects, they still get that turn.
    let page = StoredValue::new(());
    Effect::new(move |_| {
        if !page.is_disposed() {
            run();
        }
    });
}

/// Draws now and whenever a signal changes that `draw` read. In a view it weighs a fraction of
/// what a closure does.
pub fn redraw<V: IntoAny>(mut draw: impl FnMut() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}

/// A value that is computed anew when a signal changes that `compute` read.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    Memo::new(move |_| compute())
}
