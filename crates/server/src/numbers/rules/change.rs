//! From a patch and the contract to what changes, or to what is wrong with it.

use api_types::{
    BlockListPatch, Capability, FieldCode, FieldFault, NotifyEvent, NotifyRulePatch, NumberPatch,
    PhoneIdPatch, RingingPut, read_emails,
};
use store::notify::notify_rule;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::{Json, Stored};

use crate::numbers::rules::capabilities;

/// What a patch changes of a number. Texts are trimmed.
///
/// # Errors
/// Every field that the contract or the other settings do not allow.
pub fn number(
    contract: &Contract,
    row: &number::Row,
    patch: &NumberPatch,
) -> Result<number::Changes, Vec<FieldFault>> {
    let capabilities = capabilities::of_number(contract, row);
    let can = |capability| capabilities.contains(&capability);
    let mut faults = Vec::new();
    let mut refuse = |pointer: &str, code| faults.push(FieldFault::new(pointer, code));

    let display_name = patch.display_name.as_deref().map(str::trim);
    if display_name.is_some_and(|name| !name.is_empty()) && !can(Capability::DisplayName) {
        refuse("/display_name", FieldCode::NotContracted);
    }
    if patch.ringtone.is_some_and(|ringtone| row.ringtone != ringtone) && !can(Capability::Ringtone)
    {
        refuse("/ringtone", FieldCode::NotApplicable);
    }
    if let Some(Some(phone_id)) = &patch.priority_phone_id {
        if contract.phone_id(phone_id).is_none() {
            refuse("/priority_phone_id", FieldCode::NotFound);
        } else if !contract.ringing(&row.id).any(|ringing| ringing.id == *phone_id) {
            refuse("/priority_phone_id", FieldCode::DoesNotRing);
        } else if !can(Capability::Priority) {
            refuse("/priority_phone_id", FieldCode::NotApplicable);
        }
    }
    if let Some(Some(rule)) = &patch.notify_rule_id
        && !contract.notify_rules.iter().any(|known| known.id == *rule)
    {
        refuse("/notify_rule_id", FieldCode::NotFound);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(number::Changes {
        name: patch.name.as_deref().map(|name| name.trim().to_owned()),
        display_name: display_name.map(str::to_owned),
        ringtone: patch.ringtone.map(Stored),
        priority_phone_id: patch.priority_phone_id.clone(),
        notify_rule_id: patch.notify_rule_id.clone(),
        ..number::Changes::default()
    })
}

/// What a new channel limit changes of a number.
///
/// # Errors
/// A limit outside 1 to the contract's maximum.
pub fn channel_limit(row: &number::Row, limit: u8) -> Result<number::Changes, Vec<FieldFault>> {
    if (1..=row.max_channels).contains(&i32::from(limit)) {
        return Ok(number::Changes {
            channel_limit: Some(i32::from(limit)),
            ..number::Changes::default()
        });
    }
    Err(vec![FieldFault::new("/limit", FieldCode::OutOfRange).limit(i64::from(row.max_channels))])
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

/// What a patch changes of an ID. Texts are trimmed.
pub fn phone_id(patch: &PhoneIdPatch) -> phone_id::Changes {
    phone_id::Changes {
        terminal_name: patch.terminal_name.as_deref().map(|name| name.trim().to_owned()),
        ..phone_id::Changes::default()
    }
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
            let found =
                number(&contract, &contract.numbers[0], &json(patch)).err().unwrap_or_default();
            let found: Vec<_> =
                found.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
            assert_eq!(found, expected, "{patch}");
        }
    }

    #[test]
    fn absent_null_and_value_are_three_things_and_texts_are_trimmed() {
        let contract = contract(&Sample { numbers: 2, ids: 2, ..Sample::default() });
        let change = |patch| number(&contract, &contract.numbers[0], &json(patch)).unwrap();
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
            assert_eq!(channel_limit(&contract.numbers[0], limit).is_ok(), allowed, "{limit}");
        }
    }
}
