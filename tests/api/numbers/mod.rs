//! Numbers and IDs, and their settings.

mod copies;
mod general;
mod ids;
mod operator_ids;
mod operator_numbers;
mod outbound;
mod ringing;
mod wrong_fields;
