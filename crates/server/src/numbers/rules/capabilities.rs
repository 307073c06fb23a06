//! Which settings apply to a number or an ID: the one place that knows.
//!
//! The rows are those of the selection screen: the primary number with the basic ID, additional
//! numbers, additional IDs.

use api_types::{Applies, Capability, DeviceOption, Owner, Setting};
use store::Stored;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;

/// The settings that apply to a number.
pub fn of_number(contract: &Contract, number: &number::Row) -> Vec<Capability> {
    list(Owner::Number, &[(Capability::Ringing, Applies::Always)], |applies| match applies {
        Applies::Always => true,
        Applies::IpPhoneOption => contract.account.option_ip_phone,
        Applies::TwoNumbers => contract.numbers.len() >= 2,
        Applies::TwoRinging => contract.ringing(&number.id).take(2).count() == 2,
        Applies::DeviceOption | Applies::AdditionalId => false,
    })
}

/// The settings that apply to an ID.
pub fn of_phone_id(contract: &Contract, phone_id: &phone_id::Row) -> Vec<Capability> {
    let more = [
        (Capability::Extension, Applies::Always),
        (Capability::PasswordChange, Applies::Always),
        (Capability::PasswordReveal, Applies::AdditionalId),
    ];
    list(Owner::PhoneId, &more, |applies| match applies {
        Applies::Always => true,
        Applies::DeviceOption => {
            device_option_in_force(contract, phone_id) && contract.numbers.len() >= 2
        }
        Applies::AdditionalId => !phone_id.is_basic(),
        Applies::IpPhoneOption | Applies::TwoNumbers | Applies::TwoRinging => false,
    })
}

/// The capabilities of the declared settings, and `more`, as far as they apply.
fn list(
    owner: Owner,
    more: &[(Capability, Applies)],
    applies: impl Fn(Applies) -> bool,
) -> Vec<Capability> {
    let declared =
        Setting::of(owner).filter_map(|setting| Some((setting.capability?, setting.applies)));
    let mut capabilities: Vec<_> = declared
        .chain(more.iter().copied())
        .filter(|(_, when)| applies(*when))
        .map(|(capability, _)| capability)
        .collect();
    capabilities.sort();
    capabilities.dedup();
    capabilities
}

fn device_option_in_force(contract: &Contract, phone_id: &phone_id::Row) -> bool {
    match phone_id.device_option {
        Some(Stored(DeviceOption::IpPhone)) => contract.account.option_ip_phone,
        Some(Stored(DeviceOption::PremisesDevice)) => contract.account.option_premises_device,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sample::{Sample, contract};

    #[test]
    fn number_settings_follow_the_contract() {
        use Capability::*;
        let always = [Name, ChannelLimit, NotifyRule, BlockList, Ringing, BusyAnnouncement];
        let table: [(&str, Sample, &[Capability]); 5] = [
            ("one number, one ID", Sample { numbers: 1, ids: 1, ..Sample::default() }, &[]),
            ("two numbers", Sample { numbers: 2, ids: 1, ..Sample::default() }, &[Ringtone]),
            ("two IDs", Sample { numbers: 1, ids: 2, ..Sample::default() }, &[Priority]),
            (
                "two IDs, one silent",
                Sample { numbers: 1, ids: 2, silent: &[(0, 1)], ..Sample::default() },
                &[],
            ),
            (
                "IP phones",
                Sample { numbers: 1, ids: 1, ip_phone: true, ..Sample::default() },
                &[DisplayName],
            ),
        ];
        for (name, sample, more) in table {
            let contract = contract(&sample);
            let mut expected: Vec<_> = always.iter().chain(more).copied().collect();
            let mut found = of_number(&contract, &contract.numbers[0]);
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn id_settings_follow_the_contract() {
        use Capability::*;
        let with_option = Sample {
            numbers: 2,
            ids: 2,
            ip_phone: true,
            device_option: Some(DeviceOption::IpPhone),
            ..Sample::default()
        };
        let table: [(&str, Sample, usize, &[Capability]); 5] = [
            (
                "basic",
                Sample { numbers: 2, ids: 2, ..Sample::default() },
                0,
                &[TerminalName, Extension, PasswordChange],
            ),
            (
                "additional",
                Sample { numbers: 2, ids: 2, ..Sample::default() },
                1,
                &[TerminalName, Extension, PasswordChange, PasswordReveal],
            ),
            (
                "with option",
                with_option.clone(),
                1,
                &[TerminalName, Extension, OutboundNumber, PasswordChange, PasswordReveal],
            ),
            (
                "one number only",
                Sample { numbers: 1, ..with_option.clone() },
                1,
                &[TerminalName, Extension, PasswordChange, PasswordReveal],
            ),
            (
                "option ended",
                Sample { ip_phone: false, ..with_option },
                1,
                &[TerminalName, Extension, PasswordChange, PasswordReveal],
            ),
        ];
        for (name, sample, index, expected) in table {
            let contract = contract(&sample);
            assert_eq!(of_phone_id(&contract, &contract.phone_ids[index]), expected, "{name}");
        }
    }
}
