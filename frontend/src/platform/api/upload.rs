//! Sending a file: the one request whose progress can be watched, which `fetch` does not tell.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, ProgressEvent, XmlHttpRequest};

use super::{BASE, Client, ClientError, Received, Request, i18n, refusal, versioned};

/// A file on its way.
#[derive(Clone)]
pub struct Upload {
    request: XmlHttpRequest,
    file: File,
    /// How much of it has left, of 100.
    percent: RwSignal<u8>,
    /// Not a signal: it outlives the page that the file was chosen on.
    cancelled: Rc<Cell<bool>>,
}

impl Upload {
    /// A file that is about to be sent.
    pub fn new(file: File, percent: RwSignal<u8>) -> Option<Self> {
        Some(Self { request: XmlHttpRequest::new().ok()?, file, percent, cancelled: Rc::default() })
    }

    /// Ends it; what was sent is forgotten.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        // It may be over already.
        _ = self.request.abort();
    }
}

impl Client {
    /// Sends a file and takes what comes back.
    pub fn upload<T: DeserializeOwned>(self, path: &str, upload: &Upload) -> Request<T> {
        let (path, upload) = (path.to_owned(), upload.clone());
        let answer = async move {
            let outcome = exchange(&path, &upload, self.token()).await;
            self.heed(outcome)
        };
        Request::new(answer, versioned).body()
    }
}

async fn exchange(
    path: &str,
    upload: &Upload,
    csrf_token: Option<String>,
) -> Result<Received, ClientError> {
    let Upload { request, file, percent, cancelled } = upload;
    let percent = *percent;
    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.total() > 0.0 {
            percent.try_set((event.loaded() / event.total() * 100.0) as u8);
        }
    });
    let sent = (|| {
        request.open("POST", &format!("{BASE}{path}"))?;
        request.set_request_header("Accept", "application/json")?;
        request.set_request_header("Accept-Language", i18n::tag())?;
        request.set_request_header("Content-Type", "text/csv")?;
        if let Some(token) = &csrf_token {
            request.set_request_header("X-CSRF-Token", token)?;
        }
        request.upload()?.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(file))
    })();
    sent.map_err(|_| ClientError::Malformed)?;
    // It ends in every case: answered, failed, cancelled.
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    JsFuture::from(ended).await.map_err(|_| ClientError::Malformed)?;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match request.status() {
        Ok(200..=299) => Ok(Received { text, version: None, kept_at: None }),
        // The person's own decision says nothing about the way to the server.
        _ if cancelled.get() => Err(ClientError::Timeout),
        Ok(0) | Err(_) => Err(ClientError::Offline),
        Ok(_) => Err(refusal(&text, request.get_response_header("Retry-After").ok().flatten())),
    }
}
