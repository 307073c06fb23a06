//! Something that comes from the server.

use super::api::ClientError;

/// Something that comes from the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Remote<T> {
    /// On its way.
    Loading,
    /// Here.
    Ready(T),
    /// Did not come.
    Failed(ClientError),
}

impl<T> Remote<T> {
    /// The thing, when it is here.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Remote::Ready(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<Result<T, ClientError>> for Remote<T> {
    fn from(result: Result<T, ClientError>) -> Self {
        match result {
            Ok(value) => Remote::Ready(value),
            Err(error) => Remote::Failed(error),
        }
    }
}
