//! From a patch and the contract to what changes, or to what is wrong with it.

use api_types::{
    BlockListPatch, Capability, FieldCode, FieldFault, FieldValue, FieldValues, NotifyEvent,
    NotifyRulePatch, NumberPatch, Owner, PhoneIdPatch, Referent, RingingPut, Setting, SettingType,
    read_emails,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use store::notify::notify_rule;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::{Json, Stored};

use crate::numbers::rules::capabilities;

/// What a patch changes of a number.
///
/// # Errors
/// Every field that the contract or the other settings do not allow.
pub fn number(
    contract: &Contract,
    row: &number::Row,
    patch: &NumberPatch,
    now: DateTime<Utc>,
) -> Result<number::Changes, Vec<FieldFault>> {
    number_settings(contract, row, &values_of(patch), now)
}

/// The fields of a patch that are given.
fn values_of(patch: &impl Serialize) -> FieldValues {
    serde_json::to_value(patch)
        .and_then(serde_json::from_value)
        .unwrap_or_else(|error| unreachable!("a patch holds more than plain values: {error}"))
}

/// What new values of its settings change of a number. Texts are trimmed.
///
/// # Errors
/// Every value that the contract or the other settings do not allow.
pub fn number_settings(
    contract: &Contract,
    row: &number::Row,
    values: &FieldValues,
    now: DateTime<Utc>,
) -> Result<number::Changes, Vec<FieldFault>> {
    let capabilities = capabilities::of_number(contract, row);
    let present = row.values();
    let (mut changes, mut faults) = (number::Changes::default(), Vec::new());
    for setting in Setting::of(Owner::Number) {
        let Some(value) = values.get(setting.name).map(trimmed) else { continue };
        let applies = setting.capability.is_none_or(|needed| capabilities.contains(&needed));
        let pointer = format!("/{}", setting.name);
        let fault = match (setting.holds, &value) {
            (SettingType::Text { .. }, FieldValue::Text(text)) => {
                (!applies && !text.is_empty()).then(|| FieldFault::new(pointer, setting.refusal))
            }
            (SettingType::Choice(_), value) => {
                let is_new = present.get(setting.name) != Some(value);
                (!applies && is_new).then(|| FieldFault::new(pointer, setting.refusal))
            }
            (SettingType::Reference(referent), FieldValue::Text(id)) => {
                let fault = reference(contract, row, referent, id);
                let fault = fault.or((!applies).then_some(setting.refusal));
                fault.map(|code| FieldFault::new(pointer, code))
            }
            (SettingType::Count, FieldValue::Integer(count)) => {
                let most = i64::from(row.max_channels);
                // It is sent as the `limit` of a request of its own.
                let fault = || FieldFault::new("/limit", FieldCode::OutOfRange).limit(most);
                (!(1..=most).contains(count)).then(fault)
            }
            (SettingType::Instant { max_days }, FieldValue::Text(text)) => {
                ahead(text, now, max_days, pointer)
            }
            _ => None,
        };
        if let Some(fault) = fault {
            faults.push(fault);
        } else if changes.set(setting.name, &value).is_none() {
            faults.push(FieldFault::new(format!("/{}", setting.name), FieldCode::WrongType));
        }
    }
    if faults.is_empty() { Ok(changes) } else { Err(faults) }
}

fn trimmed(value: &FieldValue) -> FieldValue {
    if let FieldValue::Text(text) = value {
        FieldValue::Text(text.trim().to_owned())
    } else {
        value.clone()
    }
}

/// Whether `text` is an instant that lies ahead, but not further than allowed.
fn ahead(text: &str, now: DateTime<Utc>, max_days: i64, pointer: String) -> Option<FieldFault> {
    let Ok(at) = text.parse::<DateTime<Utc>>() else {
        return Some(FieldFault::new(pointer, FieldCode::InvalidDate));
    };
    if at <= now {
        return Some(FieldFault::new(pointer, FieldCode::InThePast));
    }
    let is_too_far = at > now + TimeDelta::days(max_days);
    is_too_far.then(|| FieldFault::new(pointer, FieldCode::OutOfRange).limit(max_days))
}

fn reference(
    contract: &Contract,
    row: &number::Row,
    referent: Referent,
    id: &str,
) -> Option<FieldCode> {
    let is_there = match referent {
        Referent::RingingId => contract.phone_id(id).is_some(),
        Referent::NotifyRule => contract.notify_rules.iter().any(|known| known.id == *id),
        Referent::Number => contract.number(id).is_some(),
    };
    if !is_there {
        return Some(FieldCode::NotFound);
    }
    let rings = || contract.ringing(&row.id).any(|ringing| ringing.id == *id);
    (referent == Referent::RingingId && !rings()).then_some(FieldCode::DoesNotRing)
}

/// What a new channel limit changes of a number.
///
/// # Errors
/// A limit outside 1 to the contract's maximum.
pub fn channel_limit(
    contract: &Contract,
    row: &number::Row,
    limit: u8,
    now: DateTime<Utc>,
) -> Result<number::Changes, Vec<FieldFault>> {
    let limit = FieldValue::Integer(limit.into());
    number_settings(contract, row, &FieldValues::from([("channel_limit".into(), limit)]), now)
}

/// What a patch changes of the switches for calls without a number.
pub fn block_list(patch: &BlockListPatch) -> number::Changes {
    number::Changes {
        reject_withheld: patch.reject_withheld,
        reject_pay_phone: patch.reject_pay_phone,
        reject_out_of_range: patch.reject_out_of_range,
        reject_service_conflict: patch.reject_service_conflict,
        ..number::Changes::default()
    }
}

/// Which IDs a new setting switches, and to what; those that stay as they are are not named.
///
/// # Errors
/// An ID that is not there or is named twice; the one that rings first switched off.
pub fn ringing(
    contract: &Contract,
    row: &number::Row,
    put: &RingingPut,
) -> Result<Vec<(String, bool)>, Vec<FieldFault>> {
    let (mut switched, mut faults) = (Vec::new(), Vec::new());
    for (index, target) in put.targets.iter().enumerate() {
        let mut refuse = |field: &str, code| {
            faults.push(FieldFault::new(format!("/targets/{index}/{field}"), code))
        };
        if contract.phone_id(&target.phone_id).is_none() {
            refuse("phone_id", FieldCode::NotFound);
        } else if put.targets[..index].iter().any(|earlier| earlier.phone_id == target.phone_id) {
            refuse("phone_id", FieldCode::Duplicate);
        } else if !target.rings && row.priority_phone_id.as_ref() == Some(&target.phone_id) {
            refuse("rings", FieldCode::RingsFirst);
        } else if contract.ringing(&row.id).any(|ringing| ringing.id == target.phone_id)
            != target.rings
        {
            switched.push((target.phone_id.clone(), target.rings));
        }
    }
    if faults.is_empty() { Ok(switched) } else { Err(faults) }
}

/// What a new outbound number changes of an ID.
///
/// # Errors
/// A number that is not there; an ID that calls out with what its app says.
pub fn outbound_number(
    contract: &Contract,
    row: &phone_id::Row,
    number_id: Option<String>,
) -> Result<phone_id::Changes, Vec<FieldFault>> {
    let fault = |code| Err(vec![FieldFault::new("/number_id", code)]);
    if number_id.as_ref().is_some_and(|id| contract.number(id).is_none()) {
        return fault(FieldCode::NotFound);
    }
    let can = capabilities::of_phone_id(contract, row).contains(&Capability::OutboundNumber);
    // Taking away what is left from an option that has ended is always allowed.
    if number_id.is_some() && number_id != row.outbound_number_id && !can {
        let contracted = row.device_option.is_some() && contract.numbers.len() >= 2;
        return fault(if contracted { FieldCode::NotContracted } else { FieldCode::NotApplicable });
    }
    Ok(phone_id::Changes { outbound_number_id: Some(number_id), ..phone_id::Changes::default() })
}

/// What an app changes by choosing the number that its ID calls out with: any of the contract's.
///
/// # Errors
/// A number that is not there.
pub fn own_outbound_number(
    contract: &Contract,
    number_id: Option<String>,
) -> Result<phone_id::Changes, Vec<FieldFault>> {
    if number_id.as_ref().is_some_and(|id| contract.number(id).is_none()) {
        return Err(vec![FieldFault::new("/number_id", FieldCode::NotFound)]);
    }
    Ok(phone_id::Changes { outbound_number_id: Some(number_id), ..phone_id::Changes::default() })
}

/// What a patch changes of an ID.
///
/// # Errors
/// Every field that the contract does not allow.
pub fn phone_id(
    contract: &Contract,
    row: &phone_id::Row,
    patch: &PhoneIdPatch,
) -> Result<phone_id::Changes, Vec<FieldFault>> {
    phone_id_settings(contract, row, &values_of(patch))
}

/// What new values of its settings change of an ID. Texts are trimmed.
///
/// # Errors
/// Every value that the contract does not allow.
pub fn phone_id_settings(
    contract: &Contract,
    row: &phone_id::Row,
    values: &FieldValues,
) -> Result<phone_id::Changes, Vec<FieldFault>> {
    let mut changes = phone_id::Changes::default();
    for setting in Setting::of(Owner::PhoneId) {
        let Some(value) = values.get(setting.name).map(trimmed) else { continue };
        if let SettingType::Reference(_) = setting.holds {
            let id = if let FieldValue::Text(id) = &value { Some(id.clone()) } else { None };
            outbound_number(contract, row, id)?;
        }
        if changes.set(setting.name, &value).is_none() {
            let pointer = format!("/{}", setting.name);
            return Err(vec![FieldFault::new(pointer, FieldCode::WrongType)]);
        }
    }
    Ok(changes)
}

/// What a patch changes of a notify rule. Texts are trimmed, lists have everything once and in
/// order.
///
/// # Errors
/// Mail addresses that are none.
pub fn notify_rule(patch: &NotifyRulePatch) -> Result<notify_rule::Changes, Vec<FieldFault>> {
    let emails = patch.emails.as_deref().map(read_emails).transpose()?;
    let events = patch.events.as_ref().map(|events| {
        NotifyEvent::ALL.into_iter().filter(|event| events.contains(event)).collect::<Vec<_>>()
    });
    Ok(notify_rule::Changes {
        name: patch.name.as_deref().map(|name| name.trim().to_owned()),
        emails: emails.map(Json::from),
        events: events.map(Json::from),
        language: patch.language.map(Stored),
        private_subject: patch.private_subject,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sample::{Sample, contract};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn json(text: &str) -> NumberPatch {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused_at_its_field() {
        use FieldCode::*;
        let small = Sample { numbers: 1, ids: 1, ..Sample::default() };
        let full =
            Sample { numbers: 2, ids: 3, ip_phone: true, silent: &[(0, 2)], ..Sample::default() };
        type Row<'a> = (&'a Sample, &'a str, &'a [(&'a str, FieldCode)]);
        let table: [Row; 15] = [
            (&small, "{}", &[]),
            (&small, r#"{"name":"代表"}"#, &[]),
            (&small, r#"{"display_name":""}"#, &[]),
            (&small, r#"{"display_name":"  "}"#, &[]),
            (&small, r#"{"display_name":"東京"}"#, &[("/display_name", NotContracted)]),
            (&full, r#"{"display_name":"東京"}"#, &[]),
            (&small, r#"{"ringtone":"ringtone_1"}"#, &[]),
            (&small, r#"{"ringtone":"ringtone_2"}"#, &[("/ringtone", NotApplicable)]),
            (&full, r#"{"ringtone":"ringtone_2"}"#, &[]),
            (&small, r#"{"priority_phone_id":null}"#, &[]),
            (&small, r#"{"priority_phone_id":"id0"}"#, &[("/priority_phone_id", NotApplicable)]),
            (&full, r#"{"priority_phone_id":"id1"}"#, &[]),
            (&full, r#"{"priority_phone_id":"id2"}"#, &[("/priority_phone_id", DoesNotRing)]),
            (&full, r#"{"priority_phone_id":"stranger"}"#, &[("/priority_phone_id", NotFound)]),
            (
                &small,
                r#"{"display_name":"東京","ringtone":"ringtone_2","notify_rule_id":"gone"}"#,
                &[
                    ("/display_name", NotContracted),
                    ("/ringtone", NotApplicable),
                    ("/notify_rule_id", NotFound),
                ],
            ),
        ];
        for (sample, patch, expected) in table {
            let contract = contract(sample);
            let found = number(&contract, &contract.numbers[0], &json(patch), NOW)
                .err()
                .unwrap_or_default();
            let found: Vec<_> =
                found.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
            assert_eq!(found, expected, "{patch}");
        }
    }

    #[test]
    fn absent_null_and_value_are_three_things_and_texts_are_trimmed() {
        let contract = contract(&Sample { numbers: 2, ids: 2, ..Sample::default() });
        let change = |patch| number(&contract, &contract.numbers[0], &json(patch), NOW).unwrap();
        assert_eq!(change("{}"), number::Changes::default());
        assert_eq!(change(r#"{"priority_phone_id":null}"#).priority_phone_id, Some(None));
        assert_eq!(
            change(r#"{"priority_phone_id":"id1"}"#).priority_phone_id,
            Some(Some("id1".into()))
        );
        assert_eq!(change(r#"{"name":" 代表　"}"#).name.as_deref(), Some("代表"));
    }

    #[test]
    fn the_channel_limit_stays_within_the_contract() {
        let contract = contract(&Sample { numbers: 1, ids: 1, ..Sample::default() });
        for (limit, allowed) in
            [(0, false), (1, true), (5, true), (6, false), (9, false), (255, false)]
        {
            let found = channel_limit(&contract, &contract.numbers[0], limit, NOW);
            assert_eq!(found.is_ok(), allowed, "{limit}");
        }
    }

    #[test]
    fn an_instant_lies_ahead_but_not_too_far() {
        let codes = [
            ("1969-12-31T23:59:59Z", Some(FieldCode::InThePast)),
            ("1970-01-01T00:00:00Z", Some(FieldCode::InThePast)),
            ("1970-01-01T09:00:01+09:00", None),
            ("1970-01-03T00:00:00Z", None),
            ("1970-01-03T00:00:01Z", Some(FieldCode::OutOfRange)),
            ("tomorrow", Some(FieldCode::InvalidDate)),
        ];
        for (text, code) in codes {
            let fault = ahead(text, NOW, 2, "/until".into());
            assert_eq!(fault.map(|fault| fault.code), code, "{text}");
        }
    }
}
