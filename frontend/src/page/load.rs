//! What a page reads before it can be drawn: grey rows while it comes, what went wrong where it
//! does not.
//!
//! Every page shares one type of resource and one boundary: what was read is handed on as
//! [`Any`], and only the page itself knows what it is.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

use crate::platform::api::ClientError;
use crate::platform::task::Boxed;
use crate::ui::states::{ErrorState, SkeletonRows};

type Something = Arc<dyn Any + Send + Sync>;
type Outcome = Result<Something, ClientError>;
type Draw = Arc<dyn Fn(Something) -> AnyView + Send + Sync>;

/// Draws what stands in the place of something that did not come. The callback tries again.
pub type Failed = fn(ClientError, Callback<()>) -> AnyView;

/// Something that a page reads from the server.
pub struct Load<T> {
    resource: LocalResource<Outcome>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Load<T> {}

impl<T: Clone + Send + Sync + 'static> Load<T> {
    /// Begins to read. What `read` itself tracks makes it read anew.
    pub fn new<F>(read: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, ClientError>> + 'static,
    {
        let read = move || -> Boxed<Outcome> {
            let request = read();
            Box::pin(async move { request.await.map(|value| Arc::new(value) as Something) })
        };
        Self { resource: resource(Box::new(read)), of: PhantomData }
    }

    /// Reads anew; grey rows stand there until it has come.
    pub fn again(self) {
        self.resource.refetch();
    }

    /// Draws it. `rows` says how many grey rows stand in its place, group by group.
    pub fn show(
        self,
        rows: &'static [usize],
        draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let failed = |error, retry| view! { <ErrorState error retry /> }.into_any();
        self.show_or(rows, draw, failed)
    }

    /// Draws it, or what the page itself says where it does not come.
    pub fn show_or(
        self,
        rows: &'static [usize],
        draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
        failed: Failed,
    ) -> AnyView {
        let draw = move |found: Something| match found.downcast_ref::<T>() {
            Some(value) => draw(value.clone()),
            None => ().into_any(),
        };
        frame(self.resource, rows, Arc::new(draw), failed)
    }
}

fn resource(read: Box<dyn Fn() -> Boxed<Outcome>>) -> LocalResource<Outcome> {
    LocalResource::new(read)
}

fn frame(
    resource: LocalResource<Outcome>,
    rows: &'static [usize],
    draw: Draw,
    failed: Failed,
) -> AnyView {
    let retry = Callback::new(move |()| resource.refetch());
    let content = move || {
        resource.get().map(|outcome| match outcome {
            Ok(found) => draw(found),
            Err(error) => failed(error, retry),
        })
    };
    view! { <Suspense fallback=move || skeleton(rows)>{content}</Suspense> }.into_any()
}

/// Grey rows, group by group.
pub fn skeleton(rows: &'static [usize]) -> AnyView {
    rows.iter().map(|count| view! { <SkeletonRows count=*count /> }).collect_view().into_any()
}
