//! What the next request to one path meets: everything else is answered as usual meanwhile.

use std::sync::Mutex;

use super::Reply;

/// Replies by the end of a path.
#[derive(Default)]
pub struct Turns(Mutex<Vec<(String, Reply)>>);

impl Turns {
    /// The next request whose path ends so meets this.
    pub fn push(&self, path: &str, reply: Reply) {
        self.0.lock().unwrap().push((path.to_owned(), reply));
    }

    /// What this request meets out of turn.
    pub fn take(&self, path: &str) -> Option<Reply> {
        let mut turns = self.0.lock().unwrap();
        let at = turns.iter().position(|(end, _)| path.ends_with(end.as_str()))?;
        Some(turns.remove(at).1)
    }
}
