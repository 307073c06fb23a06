//! Words about entries that several pages show.

use chrono::{DateTime, Utc};

use crate::platform::format;
use crate::platform::i18n::locale;
use crate::t;

/// Until when an entry refuses.
pub fn until_text(at: DateTime<Utc>) -> String {
    match format::time(at).as_str() {
        "0:00" => t!(block.until, day = format::full_day(locale(), format::last_day(at))),
        time => t!(block.until_time, day = format::full_day(locale(), at), time = time.to_owned()),
    }
}
