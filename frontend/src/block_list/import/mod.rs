//! 着信拒否 from a CSV file: chosen, judged, looked at, added, and taken back where it was a mistake.

mod choose;
mod done;
mod preview;
mod rows;

use api_types::{BlockImport, Capability, ErrorCode};
use leptos::prelude::*;
use web_sys::File;

use self::choose::{Choose, Sending};
use self::done::Done;
use self::preview::Preview;
use super::api;
use crate::numbers::subject::{NotHere, RowFrame, Subject};
use crate::platform::api::upload::Upload;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::task::Task;
use crate::ui::live::{Live, use_live};
use crate::ui::states;
use crate::{t, text};

/// The server takes no larger file.
const LARGEST: f64 = 10.0 * 1024.0 * 1024.0;

/// Where the person is.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// A file is to be chosen; why the last one was not taken.
    Choose(Vec<String>),
    /// The file of this name is on its way.
    Sending(String),
    /// It was judged.
    Preview(Box<BlockImport>),
    /// It was added.
    Done(Box<BlockImport>),
}

/// The page.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    live: Live,
    number_id: StoredValue<String>,
    list_href: StoredValue<String>,
    step: RwSignal<Step>,
    percent: RwSignal<u8>,
    sending: Task,
    upload: StoredValue<Option<Upload>, LocalStorage>,
}

impl Page {
    /// Takes a file, unless it is known to be refused.
    fn take(self, file: File) {
        if file.size() > LARGEST {
            // One decimal, rounded up: 10.04 MB must not read as 10.0.
            let tenths = (file.size() / LARGEST * 100.0).ceil() as u32;
            return self.refuse(vec![t!(
                import.too_large,
                size = format!("{}.{}", tenths / 10, tenths % 10)
            )]);
        }
        if file.size() == 0.0 {
            return self.refuse(vec![t!(import.empty_file).to_owned()]);
        }
        let name = file.name();
        self.percent.set(0);
        let Some(upload) = Upload::new(file, self.percent) else { return };
        self.upload.set_value(Some(upload.clone()));
        self.step.set(Step::Sending(name));
        focus_first("[data-testid=cancel-upload]");
        let id = self.number_id.get_value();
        let request = api::preview(self.client, &id, &upload);
        self.sending.latest(request, move |outcome| {
            self.upload.set_value(None);
            match outcome {
                Ok(import) => {
                    self.step.set(Step::Preview(Box::new(import)));
                    focus_first("[data-testid=import-heading]");
                }
                Err(error) => self.refuse(faults(&error)),
            }
            Ok(())
        });
    }

    fn cancel(self) {
        self.step.set(Step::Choose(vec![t!(import.cancelled).to_owned()]));
        self.abort();
        focus_first("[data-testid=file]");
    }

    /// Whoever cancelled, or left, waits for no answer.
    fn abort(self) {
        self.sending.stop();
        if let Some(upload) = self.upload.try_update_value(Option::take).flatten() {
            upload.cancel();
        }
    }

    fn refuse(self, why: Vec<String>) {
        self.live.say(why.join(" "));
        self.step.set(Step::Choose(why));
        focus_first("[data-testid=file]");
    }
}

/// What is wrong with a file, with the line where it is.
fn faults(error: &ClientError) -> Vec<String> {
    match error {
        ClientError::Problem(problem) if problem.code == ErrorCode::Gone => {
            vec![t!(import.expired).to_owned()]
        }
        ClientError::Problem(problem) if !problem.errors.is_empty() => {
            let words =
                problem.errors.iter().map(|fault| match fault.pointer.strip_prefix("#line=") {
                    Some(line) => {
                        format!("{} {}", t!(import.line, line = line.to_owned()), fault.message)
                    }
                    None => fault.message.clone(),
                });
            words.collect()
        }
        error => vec![states::words(error).1],
    }
}

/// The page.
#[component]
pub fn BlockImportPage(
    /// Whose settings.
    row: RowRef,
) -> impl IntoView {
    let back = row.page(RowPage::BlockList);
    view! { <RowFrame title=text!(import.title) row back page=body /> }
}

fn body(subject: Subject) -> AnyView {
    let Some(number) = subject.number.as_ref().filter(|number| number.can(Capability::BlockList))
    else {
        return view! { <NotHere body=text!(block.not_here) /> }.into_any();
    };
    let page = Page {
        client: use_client(),
        live: use_live(),
        number_id: StoredValue::new(number.id.clone()),
        list_href: StoredValue::new(subject.row.page(RowPage::BlockList)),
        step: RwSignal::new(Step::Choose(Vec::new())),
        percent: RwSignal::new(0),
        sending: Task::default(),
        upload: StoredValue::new_local(None),
    };
    on_cleanup(move || page.abort());
    view! {
        {subject.heading()}
        {redraw(move || match page.step.get() {
            Step::Choose(faults) => view! { <Choose page faults /> }.into_any(),
            Step::Sending(name) => view! { <Sending page name /> }.into_any(),
            Step::Preview(import) => view! { <Preview page import=*import /> }.into_any(),
            Step::Done(import) => view! { <Done page import=*import /> }.into_any(),
        })}
    }
    .into_any()
}
