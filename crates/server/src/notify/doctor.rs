//! What is wrong with a service and what to do about it, in words.

use api_types::ServiceProblem;
use chrono::{DateTime, Utc};

use crate::texts::{Lang, text};

/// The words for a code of a [`super::Report`].
pub fn explain(lang: Lang, code: &str, since: Option<DateTime<Utc>>) -> ServiceProblem {
    ServiceProblem {
        code: code.to_owned(),
        message: text(lang, &format!("doctor.{code}.message"), &[]),
        advice: text(lang, &format!("doctor.{code}.advice"), &[]),
        since,
    }
}
