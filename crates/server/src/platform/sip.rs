//! What the switch answers a refused call with.

use serde::Deserialize;

/// The status codes of refused calls (RFC 3261, 21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SipCodes {
    /// A switch refuses calls without a number.
    pub no_number: u16,
    /// An entry of the block list refuses the caller.
    pub blocked: u16,
    /// Every channel of the number is in use.
    pub busy: u16,
    /// No ID rings for the number.
    pub no_terminal: u16,
    /// The number belongs to no contract.
    pub unknown_number: u16,
    /// The contract is suspended.
    pub suspended: u16,
}

impl Default for SipCodes {
    /// 433 tells the caller to show the number (RFC 5079), 603 not to try elsewhere; 486 and 480
    /// that a later call may get through; 404 that there is no such number.
    fn default() -> Self {
        Self {
            no_number: 433,
            blocked: 603,
            busy: 486,
            no_terminal: 480,
            unknown_number: 404,
            suspended: 480,
        }
    }
}

/// The reason phrase of a status code that ends a call: RFC 3261, 21.4 to 21.6, and the RFC that
/// stands beside it. What is unknown is read as the first code of its class (RFC 3261, 8.1.3.2).
pub fn reason_phrase(code: u16) -> &'static str {
    match code {
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        410 => "Gone",
        433 => "Anonymity Disallowed", // RFC 5079
        480 => "Temporarily Unavailable",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        607 => "Unwanted", // RFC 8197
        608 => "Rejected", // RFC 8688
        500..=599 => "Server Internal Error",
        600..=699 => "Busy Everywhere",
        _ => "Bad Request",
    }
}
