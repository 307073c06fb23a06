//! Callers, times and lengths of time in words.

use api_types::{Caller, NoNumber};
use chrono::{DateTime, Datelike as _, FixedOffset, Timelike as _, Utc};

use crate::platform::texts::{Lang, text};

/// The caller as people write it: `090-1234-5678`, `非通知`.
pub fn caller(lang: Lang, caller: &Caller) -> String {
    match caller {
        Caller::NoNumber(kind) => {
            let key = match kind {
                NoNumber::Withheld => "withheld",
                NoNumber::PayPhone => "pay_phone",
                NoNumber::OutOfRange => "out_of_range",
                NoNumber::ServiceConflict => "service_conflict",
            };
            text(lang, &format!("notices.caller.{key}"), &[])
        }
        Caller::Extension(extension) => {
            text(lang, "notices.caller.extension", &[("extension", extension)])
        }
        Caller::Number { .. } | Caller::Service(_) => caller.japanese(),
    }
}

/// A time as people in Japan read it: `2026年11月22日(日) 18:04`.
pub fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    date(lang, "at", at)
}

/// A time in the words of `notices.<key>`, on the clock of Japan.
pub fn date(lang: Lang, key: &str, at: DateTime<Utc>) -> String {
    // Japan has had no summer time since 1951.
    let tokyo = FixedOffset::east_opt(9 * 3600)
        .map_or_else(|| at.fixed_offset(), |offset| at.with_timezone(&offset));
    let weekday = tokyo.weekday().num_days_from_monday() as usize;
    let weekdays = text(lang, "notices.weekday", &[]);
    let (weekday, month_name) = match lang {
        Lang::Ja => (weekdays.chars().nth(weekday).unwrap_or_default().to_string(), String::new()),
        Lang::En => {
            let months = text(lang, "notices.month", &[]);
            let nth = |names: &str, index: usize| {
                names.split(' ').nth(index).unwrap_or_default().to_owned()
            };
            (nth(&weekdays, weekday), nth(&months, tokyo.month0() as usize))
        }
    };
    let (year, month, day) =
        (tokyo.year().to_string(), tokyo.month().to_string(), tokyo.day().to_string());
    let time = format!("{:02}:{:02}", tokyo.hour(), tokyo.minute());
    let values = [
        ("year", year.as_str()),
        ("month", &month),
        ("day", &day),
        ("weekday", &weekday),
        ("month_name", &month_name),
        ("time", &time),
    ];
    text(lang, &format!("notices.{key}"), &values)
}

/// A length of time: `1分23秒`.
pub fn duration(lang: Lang, seconds: u32) -> String {
    let parts =
        [("hours", seconds / 3600), ("minutes", seconds / 60 % 60), ("seconds", seconds % 60)];
    let shown: Vec<String> = parts
        .into_iter()
        .filter(|(unit, count)| *count > 0 || (*unit == "seconds" && seconds == 0))
        .map(|(unit, count)| {
            text(lang, &format!("notices.duration.{unit}"), &[("count", &count.to_string())])
        })
        .collect();
    shown.join(&text(lang, "notices.duration.between", &[]))
}
