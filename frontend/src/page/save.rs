//! A save: what went through becomes what is loaded, what did not stays an edit with its message.

use std::cell::RefCell;
use std::rc::Rc;

use api_types::ErrorCode;
use leptos::prelude::*;

use super::draft::Draft;
use super::editor::Editor;
use super::values::{Name, Values};
use crate::platform::api::ClientError;
use crate::platform::task::Boxed;
use crate::t;

/// A page whose draft can be saved.
pub trait Saves: 'static {
    /// Takes what stands in fields that are no part of the draft yet; says itself what is wrong.
    fn is_ready(&self) -> bool {
        true
    }

    /// Sends what differs and accepts what went through.
    fn send(&self, round: Round) -> Boxed<Result<(), ClientError>>;

    /// Reads what the server has now.
    fn reread(&self) -> Boxed<Result<Values, ClientError>>;
}

/// One try to save.
#[derive(Clone)]
pub struct Round {
    editor: Editor,
    /// What is sent.
    pub draft: Draft,
    /// Whether former values are put back.
    pub undoing: bool,
    saved: Rc<RefCell<Vec<Name>>>,
}

impl Round {
    /// These fields went through; the server now has `fresh`.
    pub fn accept(&self, fresh: &Values, names: &[Name]) {
        self.editor.accept(self.draft.edited(), fresh, names);
        self.saved.borrow_mut().extend(names);
    }
}

/// Saves every change, or with `undoing` puts former values back.
pub(super) fn start(editor: Editor, undoing: bool) {
    let Some(page) = editor.page.get_value() else { return };
    if (!undoing && !page.is_ready()) || !editor.begin() {
        return;
    }
    editor.task.run(
        async move {
            save(editor, page, undoing).await;
            Ok(())
        },
        |outcome| outcome,
    );
}

async fn save(editor: Editor, page: Rc<dyn Saves>, undoing: bool) {
    let before = editor.snapshot().loaded().clone();
    let saved = Rc::<RefCell<Vec<Name>>>::default();
    // When somebody else changed other fields than these, the second round saves on top of theirs.
    for last in [false, true] {
        let draft = editor.snapshot();
        let round = Round { editor, draft, undoing, saved: saved.clone() };
        let outcome = page.send(round).await;
        if editor.is_gone() {
            return;
        }
        let Err(error) = outcome else {
            let saved = saved.take();
            editor.finish((!undoing && !saved.is_empty()).then_some((before, saved)));
            if undoing {
                editor.live.toast(t!(save.undone));
            }
            return;
        };
        if error.code() != Some(ErrorCode::Stale) {
            return editor.fail(&error);
        }
        match page.reread().await {
            _ if editor.is_gone() => return,
            Ok(fresh) if editor.rebase(&fresh) => return,
            Ok(_) if !last => {}
            Ok(_) => return editor.fail(&error),
            Err(error) => return editor.fail(&error),
        }
    }
}
