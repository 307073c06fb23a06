//! 通知ルール: who is told about what happens on a number.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::platform::validation::{
    MAIL_MAX, NAME_MAX, mail_address, no_control_characters, not_blank,
};
use crate::{FieldCode, FieldFault, NotifyEvent, ServiceProblem, ServiceType, given};

/// The most mail addresses of a rule.
pub const RULE_EMAILS_MAX: usize = 20;
/// The most rules of an account.
pub const RULES_MAX: usize = 100;

/// The language in which a rule's notices are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotifyLanguage {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

/// A service of a rule, as far as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceSummary {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b28")]
    pub id: String,
    /// Which service.
    #[serde(rename = "type")]
    #[schema(example = "slack")]
    pub kind: ServiceType,
    /// What its owner calls it.
    #[schema(example = "#営業")]
    pub label: String,
    /// What tells it from another of its kind: the host, room or channel that it sends to; `null`
    /// where that is a secret or not known yet.
    #[schema(example = "C0123456789")]
    pub destination: Option<String>,
    /// Whether its owner wants it.
    #[schema(example = true)]
    pub enabled: bool,
    /// What is wrong with it; `null` while nothing is.
    #[schema(example = json!(null))]
    pub problem: Option<ServiceProblem>,
}

/// A notify rule that numbers can pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotifyRule {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub id: String,
    /// Name of the rule.
    #[schema(example = "営業チーム")]
    pub name: String,
    /// Mail addresses that are told.
    #[schema(example = json!(["soumu@minato.example"]))]
    pub emails: Vec<String>,
    /// What is told.
    #[schema(example = json!(["missed_call", "voicemail"]))]
    pub events: Vec<NotifyEvent>,
    /// The language of its notices.
    #[schema(example = "ja")]
    pub language: NotifyLanguage,
    /// Whether subjects of mails leave out the caller's number, for mailboxes that several people
    /// see.
    #[schema(example = false)]
    pub private_subject: bool,
    /// Its services, in the order of their making.
    pub services: Vec<ServiceSummary>,
    /// The numbers that use it.
    #[schema(example = json!(["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22"]))]
    pub number_ids: Vec<String>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 3)]
    pub version: u64,
}

fn so_many_addresses(values: &[String]) -> Result<(), ValidationError> {
    if values.len() <= RULE_EMAILS_MAX {
        return Ok(());
    }
    let mut error = ValidationError::new("limit_reached");
    error.add_param("max".into(), &RULE_EMAILS_MAX);
    Err(error)
}

/// Mail addresses as they are kept: without space around them, and each once, however it is
/// capitalised.
///
/// # Errors
/// Every one that is none, as `/emails/2`.
pub fn read_emails(values: &[String]) -> Result<Vec<String>, Vec<FieldFault>> {
    let (mut kept, mut faults) = (Vec::<String>::new(), Vec::new());
    for (index, value) in values.iter().enumerate() {
        let value = value.trim();
        let fault = |code| FieldFault::new(format!("/emails/{index}"), code);
        if value.is_empty() {
            faults.push(fault(FieldCode::Required));
        } else if value.chars().count() as u64 > MAIL_MAX {
            faults.push(FieldFault {
                limit: i64::try_from(MAIL_MAX).ok(),
                ..fault(FieldCode::TooLong)
            });
        } else if mail_address(value).is_err() {
            faults.push(fault(FieldCode::InvalidFormat));
        } else if has_stray_dots(value) {
            faults.push(fault(FieldCode::CarrierAddress));
        } else if !kept.iter().any(|known| known.to_lowercase() == value.to_lowercase()) {
            kept.push(value.to_owned());
        }
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// Mobile carriers once gave out addresses with dots in a row or before the `@`; RFC 5322 has no
/// such local part, and mail servers refuse it.
fn has_stray_dots(value: &str) -> bool {
    let local = value.split('@').next().unwrap_or_default();
    local.starts_with('.') || local.ends_with('.') || local.contains("..")
}

/// A new notify rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotifyRuleCreate {
    /// Name of the rule, 1 to 40 characters.
    #[validate(length(min = 1, max = "NAME_MAX"), custom(function = no_control_characters),
        custom(function = not_blank))]
    #[schema(example = "営業チーム", min_length = 1, max_length = 40)]
    pub name: String,
    /// Mail addresses that are told, at most 20.
    #[serde(default)]
    #[validate(custom(function = so_many_addresses))]
    #[schema(example = json!(["soumu@minato.example"]), max_items = 20)]
    pub emails: Vec<String>,
    /// What is told; with none, which is the default, the rule tells of nothing yet.
    #[serde(default)]
    #[schema(example = json!(["missed_call", "voicemail"]))]
    pub events: Vec<NotifyEvent>,
    /// The language of its notices.
    #[serde(default)]
    #[schema(example = "ja")]
    pub language: NotifyLanguage,
    /// Whether subjects of mails leave out the caller's number.
    #[serde(default)]
    #[schema(example = false)]
    pub private_subject: bool,
}

/// Changes to a notify rule. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NotifyRulePatch {
    /// Name of the rule, 1 to 40 characters.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "NAME_MAX"), custom(function = no_control_characters),
        custom(function = not_blank))]
    #[schema(value_type = String, example = "営業チーム", min_length = 1, max_length = 40)]
    pub name: Option<String>,
    /// Mail addresses that are told, at most 20; the whole list.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = so_many_addresses))]
    #[schema(value_type = Vec<String>, example = json!(["soumu@minato.example"]), max_items = 20)]
    pub emails: Option<Vec<String>>,
    /// What is told; the whole list.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<NotifyEvent>, example = json!(["missed_call", "voicemail", "fax"]))]
    pub events: Option<Vec<NotifyEvent>>,
    /// The language of its notices.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = NotifyLanguage, example = "en")]
    pub language: Option<NotifyLanguage>,
    /// Whether subjects of mails leave out the caller's number.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = true)]
    pub private_subject: Option<bool>,
}

/// How a rule is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotifyRuleDelete {
    /// `true` also takes it away from the numbers that use it; else that is refused with `in_use`.
    #[serde(default)]
    #[param(example = false)]
    pub detach: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_kept_once_and_faulty_ones_are_named() {
        let read = |values: &[&str]| {
            read_emails(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(read(&[]), Ok(vec![]));
        let kept =
            read(&[" soumu@minato.example ", "Soumu@Minato.example", "eigyo@minato.example"]);
        assert_eq!(kept, Ok(vec!["soumu@minato.example".into(), "eigyo@minato.example".into()]));
        let long = format!("a@{}.example", "b".repeat(250));
        let faults = read(&[
            "soumu@minato.example",
            "",
            "soumu",
            "hana..ko@docomo.example",
            "hanako.@docomo.example",
            &long,
        ])
        .unwrap_err();
        let faults: Vec<_> =
            faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        let expected = [
            ("/emails/1", FieldCode::Required),
            ("/emails/2", FieldCode::InvalidFormat),
            ("/emails/3", FieldCode::CarrierAddress),
            ("/emails/4", FieldCode::CarrierAddress),
            ("/emails/5", FieldCode::TooLong),
        ];
        assert_eq!(faults, expected);
    }
}
