//! A request to the server.

use std::pin::Pin;
use std::task::{Context, Poll};

use api_types::Page;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use super::{ClientError, Versioned};
use crate::platform::json;

/// What the server said.
pub(super) struct Received {
    pub text: String,
    pub version: Option<u64>,
    /// Where it was not the server that said it, but its kept answer: of when that is.
    pub kept_at: Option<DateTime<Utc>>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Received, ClientError>>>>;

/// A request, sent when somebody waits for it. How it is sent is the same code for all, however
/// the answer is read.
#[must_use = "a request is not sent before somebody waits for it"]
pub struct Request<T> {
    answer: Answer,
    read: fn(Received) -> Result<T, ClientError>,
}

impl<T> Request<T> {
    pub(super) fn new(
        answer: impl Future<Output = Result<Received, ClientError>> + 'static,
        read: fn(Received) -> Result<T, ClientError>,
    ) -> Self {
        Self { answer: Box::pin(answer), read }
    }
}

impl<T: DeserializeOwned> Request<Versioned<T>> {
    /// Only the object itself.
    pub fn body(self) -> Request<T> {
        Request { answer: self.answer, read: body }
    }
}

impl<T: DeserializeOwned> Request<Versioned<Page<T>>> {
    /// Only what the page holds.
    pub fn items(self) -> Request<Vec<T>> {
        Request {
            answer: self.answer,
            read: |received| body::<Page<T>>(received).map(|page| page.items),
        }
    }
}

impl<T> Future for Request<T> {
    type Output = Result<T, ClientError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer.as_mut().poll(context).map(|received| received.and_then(self.read))
    }
}

/// The object that was received.
fn body<T: DeserializeOwned>(received: Received) -> Result<T, ClientError> {
    json::read(&received.text).ok_or(ClientError::Malformed)
}

/// The object that was received, with its version.
pub(super) fn versioned<T: DeserializeOwned>(
    received: Received,
) -> Result<Versioned<T>, ClientError> {
    let version = received.version;
    body(received).map(|body| Versioned { body, version })
}
