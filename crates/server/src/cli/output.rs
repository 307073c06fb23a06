//! What commands print.

use std::io::Write as _;

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::error::Failure;
use crate::platform::texts::Lang;

/// Prints to standard output. Whoever closed it wants no more, so a failure is none.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}

/// Prints an error to standard error, in one line whatever a library put into it.
pub(super) fn complain(text: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "denwaban: {text}");
}

/// Prints `value` as one line of JSON.
pub(super) fn print_json(value: &impl Serialize) {
    print(&serde_json::to_string(value).unwrap_or_default());
}

/// Lines with their columns under each other, by the width that terminals give to characters.
pub(super) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = heading.map(|text| text.width());
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.width());
        }
    }
    let line = |cells: [&str; N]| {
        let padded = cells
            .iter()
            .zip(widths)
            .map(|(text, width)| format!("{text}{}", " ".repeat(width - text.width())));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(heading)];
    lines.extend(rows.iter().map(|row| line(row.each_ref().map(String::as_str))));
    lines.join("\n")
}

/// What went wrong, as the API would say it.
pub(super) fn sentence(failure: &Failure) -> String {
    if let Failure::Store(_) | Failure::Internal(_) = failure {
        return failure.to_string();
    }
    let problem = failure.problem(Lang::En, "");
    if problem.errors.is_empty() {
        return if problem.detail.is_empty() { problem.title } else { problem.detail };
    }
    let faults = problem
        .errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.message));
    faults.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    #[test]
    fn columns_stand_under_each_other_with_wide_characters_too() {
        let rows = [["代表番号".to_owned(), "9".to_owned()], ["ab".to_owned(), "10".to_owned()]];
        assert_eq!(table(["name", "n"], &rows), "name      n\n代表番号  9\nab        10");
    }

    #[test]
    fn a_failure_is_one_line_that_names_the_field() {
        let text = sentence(&Failure::field("/login_id", FieldCode::Taken));
        assert!(text.starts_with("login_id: ") && !text.contains('\n'), "{text}");
        assert!(!sentence(&Failure::NOT_FOUND).is_empty());
    }
}
