//! Expiries as people write them, in Japan's time.

use std::borrow::Cow;

use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta,
    Timelike, Utc,
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

/// The years before the first of each era, by the names that calendars and forms use.
const ERAS: [(&[&str], i32); 3] = [
    (&["令和", "令", "㋿", "R", "r"], 2018),
    (&["平成", "平", "㍻", "H", "h"], 1988),
    (&["昭和", "昭", "㍼", "S", "s"], 1925),
];

/// The days of spreadsheets: 2000-01-01 to 2199-12-31, counted from 1899-12-30. What lies outside is
/// no expiry but some other number.
const SERIALS: std::ops::RangeInclusive<u32> = 36_526..=109_574;

/// Reads `2026-12-31`, `2026/1/5 18:30`, `2026年12月31日 18時30分`, `令和8年12月31日`, `R8.12.31`,
/// `20261231`, the number of a day in a spreadsheet, RFC 3339. A day alone means until its end;
/// `None` when it is no date.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let text = if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(half_width).collect())
    };
    if text.len() > 60 {
        return None;
    }
    // The shortest is 2026-12-31T18:30:00Z.
    if text.len() >= 20
        && let Some(instant) = with_offset(&text)
    {
        return instant
            .with_timezone(&Utc)
            .with_nanosecond(0)
            .filter(|instant| instant.timestamp() <= EXPIRES_LAST);
    }
    let text = without_words(&text);
    let local = by_serial(&text).or_else(|| by_calendar(&text))?;
    Some(local.and_local_timezone(tokyo()?).single()?.with_timezone(&Utc))
}

/// RFC 3339, and what databases make of it: `2026-12-31 18:30:00.000+09`.
fn with_offset(text: &str) -> Option<DateTime<FixedOffset>> {
    let ours = || DateTime::parse_from_rfc3339(text).ok();
    let of_databases = |pattern| DateTime::parse_from_str(text, pattern).ok();
    ours()
        .or_else(|| of_databases("%Y-%m-%d %H:%M:%S%.f%#z"))
        .or_else(|| of_databases("%Y-%m-%d %H:%M:%S%.f %#z"))
}

/// Without the day of the week, `まで`, and the blanks that forms leave between signs of a date.
fn without_words(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('(') {
        return Cow::Borrowed(text);
    }
    let mut text = text.trim_end_matches("まで").trim_end_matches('迄').to_owned();
    if let (Some(open), Some(close)) = (text.find('('), text.find(')'))
        && open < close
        && is_weekday(&text[open + 1..close])
    {
        text.replace_range(open..=close, " ");
    }
    while let Some(blank) = blank_at_sign(&text) {
        text.remove(blank);
    }
    Cow::Owned(text.trim().to_owned())
}

fn is_weekday(text: &str) -> bool {
    let text = text.trim().trim_end_matches("曜日").trim_end_matches('曜').to_ascii_lowercase();
    ["月", "火", "水", "木", "金", "土", "日", "祝"].contains(&text.as_str())
        || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| text.starts_with(day))
}

/// Where a blank stands in `令和 9年 3月31日` that separates nothing.
fn blank_at_sign(text: &str) -> Option<usize> {
    text.match_indices(' ').map(|(at, _)| at).find(|&at| {
        let signs = ["年", "月", "令和", "平成", "昭和"];
        let (before, after) = (&text[..at], &text[at + 1..]);
        signs.iter().any(|sign| before.ends_with(sign))
            || ["年", "月", "日", " "].iter().any(|sign| after.starts_with(sign))
    })
}

/// `46477` or `46477.75`: days since 1899-12-30, as spreadsheets count and as they show a date in a
/// cell that is not formatted as one.
fn by_serial(text: &str) -> Option<NaiveDateTime> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(5..=6).contains(&days.len()) || fraction.len() > 12 || !is_number(days) {
        return None;
    }
    let days = days.parse().ok().filter(|days| SERIALS.contains(days) && is_number(fraction))?;
    let day =
        NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(u64::from(days)))?;
    let part: f64 = format!("0.{fraction}0").parse().ok()?;
    match (part * 86_400.0).round() as u32 {
        0 => Some(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN)),
        seconds => {
            day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(seconds.into()))
        }
    }
}

fn by_calendar(text: &str) -> Option<NaiveDateTime> {
    let mut rest = text;
    let (day, is_worded) = match compact(&mut rest) {
        Some(day) => (day, false),
        None => separated(&mut rest)?,
    };
    match rest.strip_prefix('T').unwrap_or(rest).trim() {
        "" if rest.is_empty() => Some(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN)),
        time if rest.starts_with(['T', ' ']) || is_worded => at(day, time),
        _ => None,
    }
}

/// `20261231`.
fn compact(rest: &mut &str) -> Option<NaiveDate> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 8 {
        return None;
    }
    let mut text = *rest;
    let (year, month, day) = (number(&mut text, 4)?, number(&mut text, 2)?, number(&mut text, 2)?);
    *rest = text;
    calendar_day(i32::try_from(year).ok()?, month, day)
}

/// `2026-12-31`, `2026年12月31日`, `R8.12.31`; and whether it is written with words.
fn separated(rest: &mut &str) -> Option<(NaiveDate, bool)> {
    let era = ERAS.iter().find_map(|(names, before)| {
        names.iter().find_map(|name| Some((rest.strip_prefix(name)?, *before)))
    });
    let year = match era {
        Some((behind, before)) => {
            *rest = behind.trim_start_matches(['.', ' ']);
            // The first year of an era has a name of its own.
            let year = match skip(rest, '元') {
                Some(()) => 1,
                None => number(rest, 2).filter(|year| *year > 0)?,
            };
            before + i32::try_from(year).ok()?
        }
        None => i32::try_from(number(rest, 4)?).ok()?,
    };
    let separator = rest.chars().next()?;
    let (after_month, after_day) = match separator {
        '-' | '/' | '.' => (separator, None),
        '年' => ('月', Some('日')),
        _ => return None,
    };
    skip(rest, separator)?;
    let month = number(rest, 2)?;
    skip(rest, after_month)?;
    let day = number(rest, 2)?;
    if let Some(sign) = after_day {
        skip(rest, sign)?;
    }
    Some((calendar_day(year, month, day)?, after_day.is_some()))
}

fn calendar_day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| year >= 1000)
}

/// A time of a day: `18:30`, `18:30:00`, `18時30分`, `18時`; 24:00 is how the end of a day is written
/// in Japan.
fn at(day: NaiveDate, time: &str) -> Option<NaiveDateTime> {
    let mut rest = time;
    let hour = number(&mut rest, 2)?;
    let (minute, second) = if skip(&mut rest, ':').is_some() {
        let minute = number(&mut rest, 2)?;
        let second = if skip(&mut rest, ':').is_some() { number(&mut rest, 2)? } else { 0 };
        // What databases write behind the second.
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        (minute, second)
    } else {
        skip(&mut rest, '時')?;
        let minute = if rest.is_empty() { 0 } else { number(&mut rest, 2)? };
        let _ = skip(&mut rest, '分');
        let second = if rest.is_empty() { 0 } else { number(&mut rest, 2)? };
        let _ = skip(&mut rest, '秒');
        (minute, second)
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
