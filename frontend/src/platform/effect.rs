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
