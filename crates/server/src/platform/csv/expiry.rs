//! Expiries as people write them, in Japan's time.

use std::borrow::Cow;

use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc,
};

use super::half_width;

/// The end of 9999-12-31 in Tokyo, in seconds: the last expiry that is written with a year of four
/// digits.
pub const EXPIRES_LAST: i64 = 253_402_268_400;

/// Asia/Tokyo has known no summer time since 1951.
const TOKYO: i32 = 9 * 3600;

fn tokyo() -> Option<FixedOffset> {
    FixedOffset::east_opt(TOKYO)
}

/// Reads `2026-12-31`, `2026/1/5 18:30`, `2026年12月31日 18時30分`, RFC 3339. A day alone means until
/// its end; `None` when it is no date.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let text = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(half_width).collect())
    };
    if text.len() > 40 {
        return None;
    }
    // The shortest is 2026-12-31T18:30:00Z.
    if text.len() >= 20
        && let Ok(instant) = DateTime::parse_from_rfc3339(&text)
    {
        return instant
            .with_timezone(&Utc)
            .with_nanosecond(0)
            .filter(|instant| instant.timestamp() <= EXPIRES_LAST);
    }
    let mut rest = text.as_ref();
    let year = number(&mut rest, 4)?;
    let separator = rest.chars().next()?;
    let (after_month, after_day) = match separator {
        '-' | '/' | '.' => (separator, None),
        '年' => ('月', Some('日')),
        _ => return None,
    };
    skip(&mut rest, separator)?;
    let month = number(&mut rest, 2)?;
    skip(&mut rest, after_month)?;
    let day = number(&mut rest, 2)?;
    if let Some(sign) = after_day {
        skip(&mut rest, sign)?;
    }
    let day =
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| year >= 1000)?;
    let local = match rest.strip_prefix('T').unwrap_or(rest).trim() {
        "" if rest.is_empty() => day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN),
        time if rest.starts_with(['T', ' ']) || after_day.is_some() => at(day, time)?,
        _ => return None,
    };
    Some(local.and_local_timezone(tokyo()?).single()?.with_timezone(&Utc))
}

/// A time of a day: `18:30`, `18:30:00`, `18時30分`, `18時`; 24:00 is how the end of a day is written
/// in Japan.
fn at(day: NaiveDate, time: &str) -> Option<NaiveDateTime> {
    let mut rest = time;
    let hour = number(&mut rest, 2)?;
    let (minute, second) = if skip(&mut rest, ':').is_some() {
        let minute = number(&mut rest, 2)?;
        (minute, if skip(&mut rest, ':').is_some() { number(&mut rest, 2)? } else { 0 })
    } else {
        skip(&mut rest, '時')?;
        let minute = if rest.is_empty() { 0 } else { number(&mut rest, 2)? };
        let _ = skip(&mut rest, '分');
        (minute, 0)
    };
    match (rest, hour, minute, second) {
        ("", 24, 0, 0) => Some(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN)),
        ("", ..) => day.and_hms_opt(hour, minute, second),
        _ => None,
    }
}

/// Takes digits from the front, at most so many.
fn number(rest: &mut &str, most: usize) -> Option<u32> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (front, back) = rest.split_at(digits);
    *rest = back;
    front.parse().ok()
}

fn skip(rest: &mut &str, sign: char) -> Option<()> {
    *rest = rest.strip_prefix(sign)?;
    Some(())
}

/// Writes an expiry so that [`parse`] gives the same second: midnight as the day that ends with it,
/// everything else with its time.
pub(super) fn print(instant: DateTime<Utc>) -> String {
    let Some(tokyo) = tokyo() else { return instant.to_rfc3339() };
    let local = instant.with_timezone(&tokyo).naive_local();
    let ending = local.date().pred_opt().filter(|_| local.time().num_seconds_from_midnight() == 0);
    // By hand: chrono's patterns are read again for every row.
    let day = ending.unwrap_or(local.date());
    let mut text = format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
    if ending.is_none() {
        text.push_str(&format!(" {:02}:{:02}", local.hour(), local.minute()));
        if local.second() != 0 {
            text.push_str(&format!(":{:02}", local.second()));
        }
    }
    text
}
