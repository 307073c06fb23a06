//! Effects without a type of their own each: every kind of effect costs about a kilobyte of WASM.

use leptos::prelude::Effect;

/// Runs `run` now and whenever a signal changes that it read.
pub fn follow(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
