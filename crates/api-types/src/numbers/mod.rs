//! Numbers and IDs.

pub(crate) mod capability;
pub(crate) mod copy;
pub(crate) mod number;
pub(crate) mod outbound_number;
pub(crate) mod phone_id;
pub(crate) mod ring_plan;
pub(crate) mod ringing;
pub mod settings;

pub use capability::*;
pub use copy::*;
pub use number::*;
pub use outbound_number::*;
pub use phone_id::*;
pub use ring_plan::*;
pub use ringing::*;
pub use settings::*;
