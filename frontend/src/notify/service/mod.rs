//! 通知サービス: one is added, and one is looked after.

mod add;
mod delete;
mod fields;
mod guide;
mod line;
mod page;
mod paste;
mod save;
mod secret;
mod switch;
mod test;
mod trouble;
pub(crate) mod words;

pub use add::AddServicePage;
pub use page::ServicePage;
