//! What every room stands on.

pub(crate) mod caller;
pub(crate) mod error;
pub(crate) mod header;
pub(crate) mod number_plan;
pub(crate) mod page;
pub(crate) mod patch;
pub(crate) mod phone_number;
pub(crate) mod validation;

pub use caller::*;
pub use error::*;
pub use header::*;
pub use page::*;
pub use patch::*;
pub use phone_number::*;
pub use validation::*;
