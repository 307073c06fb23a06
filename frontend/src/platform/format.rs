//! Numbers and times as people here write them.

use api_types::PhoneNumber;
use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};

use super::i18n::Locale;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A number in Japanese style; whatever cannot be read stays as it is.
pub fn phone(e164: &str) -> String {
    PhoneNumber::parse(e164).map_or_else(|_| e164.to_owned(), |number| number.japanese())
}

/// Now, by the browser's clock.
pub fn now() -> DateTime<Utc> {
    at(js_sys::Date::now() as u64)
}

/// A time as browsers give it, in milliseconds since 1970. They fit for eight thousand years, so it
/// is always a time.
pub fn at(milliseconds: u64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds as i64).unwrap_or_default()
}

/// Japan has no daylight saving, so the fixed offset is exact and spares the app a time zone
/// database.
fn tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(9 * 3600) {
        Some(offset) => at.with_timezone(&offset),
        None => at.fixed_offset(),
    }
}

/// The day in Tokyo: `2026年11月22日（日）`, `Sunday, 22 November 2026`.
pub fn day(locale: Locale, at: DateTime<Utc>) -> String {
    const DAYS: [(&str, &str); 7] = [
        ("月", "Monday"),
        ("火", "Tuesday"),
        ("水", "Wednesday"),
        ("木", "Thursday"),
        ("金", "Friday"),
        ("土", "Saturday"),
        ("日", "Sunday"),
    ];
    let at = tokyo(at);
    let (ja, en) = DAYS[at.weekday().num_days_from_monday() as usize];
    match locale {
        Locale::Ja => format!("{}年{}月{}日（{ja}）", at.year(), at.month(), at.day()),
        Locale::En => format!("{en}, {} {} {}", at.day(), MONTHS[at.month0() as usize], at.year()),
    }
}

/// The day in Tokyo where there is little room: `11月22日`, `22 Nov`.
pub fn short_day(locale: Locale, at: DateTime<Utc>) -> String {
    let at = tokyo(at);
    match locale {
        Locale::Ja => format!("{}月{}日", at.month(), at.day()),
        Locale::En => format!("{} {}", at.day(), &MONTHS[at.month0() as usize][..3]),
    }
}

/// The day in Tokyo in full, without its weekday: `2026年11月22日`, `22 Nov 2026`.
pub fn full_day(locale: Locale, at: DateTime<Utc>) -> String {
    let year = tokyo(at).year();
    match locale {
        Locale::Ja => format!("{year}年{}", short_day(locale, at)),
        Locale::En => format!("{} {year}", short_day(locale, at)),
    }
}

/// The day in Tokyo as date fields hold it: `2026-11-22`.
pub fn iso_day(at: DateTime<Utc>) -> String {
    let at = tokyo(at);
    format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
}

/// The end of a day in Tokyo, of which `day` is as date fields hold it.
pub fn end_of_day(day: &str) -> Option<DateTime<Utc>> {
    // Midnight in Tokyo is three in the afternoon of the day that ends there.
    format!("{day}T15:00:00Z").parse().ok()
}

/// A moment of the last day before `end`: what ends at midnight lasted the day before.
pub fn last_day(end: DateTime<Utc>) -> DateTime<Utc> {
    end - chrono::TimeDelta::seconds(1)
}

/// A count with its thousands set apart: `1,284`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The time of day in Tokyo: `18:04`.
pub fn time(at: DateTime<Utc>) -> String {
    let at = tokyo(at);
    format!("{}:{:02}", at.hour(), at.minute())
}

/// The time of day in Tokyo, with its day where that is not today: `18:04`, `11月22日 18:04`.
pub fn moment(locale: Locale, at: DateTime<Utc>) -> String {
    let time = time(at);
    if iso_day(at) == iso_day(now()) {
        return time;
    }
    format!("{} {time}", short_day(locale, at))
}

/// The moment that the browser's own field for a day and a time holds, in Tokyo; nothing while it is
/// not filled in.
pub fn of_field_time(text: &str) -> Option<DateTime<Utc>> {
    format!("{text}:00+09:00").parse().ok()
}

/// As the browser's own field for a day and a time writes it, in Tokyo: `2026-11-22T18:04`.
pub fn field_time(at: DateTime<Utc>) -> String {
    let at = tokyo(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_tokyo() {
        let at: DateTime<Utc> = "2026-11-22T15:04:12Z".parse().expect("a time");
        assert_eq!(day(Locale::Ja, at), "2026年11月23日（月）");
        assert_eq!(day(Locale::En, at), "Monday, 23 November 2026");
        assert_eq!(time(at), "0:04");
    }

    #[test]
    fn a_last_day_ends_at_midnight_in_tokyo() {
        let end = end_of_day("2026-12-31").expect("a day");
        assert_eq!(end.to_rfc3339(), "2026-12-31T15:00:00+00:00");
        assert_eq!(iso_day(last_day(end)), "2026-12-31");
        assert_eq!(full_day(Locale::Ja, last_day(end)), "2026年12月31日");
        assert_eq!(full_day(Locale::En, last_day(end)), "31 Dec 2026");
        assert_eq!(end_of_day(""), None);
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1284, "1,284"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn numbers_are_written_japanese_style() {
        assert_eq!(phone("+815012345678"), "050-1234-5678");
        assert_eq!(phone("not a number"), "not a number");
    }
}
