//! Real calls: the shipped configuration of Kamailio asks the real server, and SIPp plays the
//! telephones, the carrier and what plays announcements. Where Asterisk is found, its shipped files
//! take the place of Kamailio's. Everything stays on 127.0.0.1; each test
//! has a server, a switch and telephones of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![expect(
    clippy::print_stdout,
    reason = "what the tests say of calls and latencies is half of their worth"
)]

mod asterisk;
mod busy;
mod configuration;
mod extensions;
mod figures;
mod media;
mod messages;
mod outage;
mod outbound;
mod phones;
mod refusals;
mod registration;
mod reports;
mod ringing;
mod scene;
mod switch;
