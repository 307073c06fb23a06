//! Contracts for the tables of the rules.

use api_types::{AccountStatus, DeviceOption, NumberKind, PhoneIdKind};
use chrono::{DateTime, NaiveDateTime};
use store::accounts::account;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::{Scope, Stored};

#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) numbers: usize,
    pub(crate) ids: usize,
    pub(crate) ip_phone: bool,
    pub(crate) device_option: Option<DeviceOption>,
    /// `(number, id)` by index.
    pub(crate) silent: &'static [(usize, usize)],
}

fn at() -> NaiveDateTime {
    DateTime::UNIX_EPOCH.naive_utc()
}

pub(crate) fn contract(sample: &Sample) -> Contract {
    let account = account::Row {
        id: "account".into(),
        name: "株式会社みなと商会".into(),
        contact_mail: None,
        status: AccountStatus::Active.into(),
        suspended_reason: None,
        forwarding_number: None,
        option_ip_phone: sample.ip_phone,
        option_premises_device: false,
        option_voicemail: false,
        option_fax: false,
        revision: 1,
        version: 1,
        created_at: at(),
        updated_at: at(),
        callbacks_until: None,
        reference: None,
    };
    let numbers = (0..sample.numbers)
        .map(|i| number::Row {
            kind: if i == 0 { NumberKind::Primary } else { NumberKind::Additional }.into(),
            channel_limit: 3,
            ..number::Row::new(
                &Scope::account("account"),
                format!("number{i}"),
                format!("+8131234567{i}"),
                5,
                at(),
            )
        })
        .collect();
    let phone_ids = (0..sample.ids)
        .map(|i| phone_id::Row {
            account_id: "account".into(),
            id: format!("id{i}"),
            login_id: format!("minato00{i}"),
            kind: if i == 0 { PhoneIdKind::Basic } else { PhoneIdKind::Additional }.into(),
            extension: format!("20{i}"),
            terminal_name: String::new(),
            device_option: sample.device_option.map(Stored),
            outbound_number_id: None,
            password_hash: None,
            sealed_password: None,
            sealed_digest: None,
            version: 1,
            created_at: at(),
            updated_at: at(),
            reference: None,
        })
        .collect();
    let silent = sample
        .silent
        .iter()
        .map(|(number, id)| (format!("number{number}"), format!("id{id}")))
        .collect();
    Contract { account, numbers, phone_ids, notify_rules: Vec::new(), silent }
}
