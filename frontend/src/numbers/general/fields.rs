//! The fields of the page, and the requests that they become.

use api_types::{
    Capability, ChannelLimitPut, Number, NumberPatch, Owner, PhoneId, PhoneIdPatch, Ringtone,
    Setting, SettingType,
};
use serde_json::Value;

use crate::page::draft::Draft;
use crate::page::faults::{Checks, faults_of};
use crate::page::values::{Field, Held as _, Name, Values};

/// 番号名称.
pub(super) const NAME: Field<String> = Field::new("name");
/// IP電話機の表示名.
pub(super) const DISPLAY_NAME: Field<String> = Field::new("display_name");
/// 端末名称.
pub(super) const TERMINAL_NAME: Field<String> = Field::new("terminal_name");
/// 着信音.
pub(super) const RINGTONE: Field<Ringtone> = Field::new("ringtone");
/// 優先着信; `None` = 優先しない.
pub(super) const PRIORITY: Field<Option<String>> = Field::new("priority_phone_id");
/// チャネル数.
pub(super) const CHANNEL_LIMIT: Field<u8> = Field::new("channel_limit");
/// 通知ルール; `None` = no notices.
pub(super) const NOTIFY_RULE: Field<Option<String>> = Field::new("notify_rule_id");

/// What goes with a change of the number itself; counts have requests of their own.
pub(super) fn of_number() -> Vec<Name> {
    let own = |setting: &&Setting| setting.holds != SettingType::Count;
    Setting::of(Owner::Number).filter(own).map(|setting| setting.name).collect()
}

pub(super) static CHECKS: Checks = Checks {
    faults: |draft| {
        let mut found = faults_of(&number_patch(draft));
        found.extend(faults_of(&phone_id_patch(draft)));
        found
    },
    aliases: &[("limit", CHANNEL_LIMIT.name)],
};

/// The settings of a row: a number, an ID, or the primary number with its basic ID.
pub(super) fn values(number: Option<&Number>, phone_id: Option<&PhoneId>) -> Values {
    let mut values = Values::default();
    if let Some(number) = number {
        values = values
            .with(NAME, &number.name)
            .with(DISPLAY_NAME, &number.display_name)
            .with(RINGTONE, &number.ringtone)
            .with(PRIORITY, &number.priority_phone_id)
            .with(CHANNEL_LIMIT, &number.channel_limit)
            .with(NOTIFY_RULE, &number.notify_rule_id);
    }
    // A basic ID whose terminal name may not be set is not edited here.
    if let Some(phone_id) = phone_id.filter(|phone_id| phone_id.can(Capability::TerminalName)) {
        values = values.with(TERMINAL_NAME, &phone_id.terminal_name);
    }
    values
}

/// The changes to the number itself.
pub(super) fn number_patch(draft: &Draft) -> NumberPatch {
    let value = |setting: &Setting| {
        let text = draft.edited().text(setting.name)?;
        Some(match setting.holds {
            SettingType::Reference(_) | SettingType::Instant { .. } if text.is_empty() => {
                Value::Null
            }
            SettingType::Switch => Value::Bool(bool::of_text(text)),
            _ => Value::String(text.to_owned()),
        })
    };
    let changed = draft.changed_of(&of_number());
    let fields = changed
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), value(Setting::find(Owner::Number, name)?)?)));
    serde_json::from_value(Value::Object(fields.collect())).unwrap_or_default()
}

/// The change of the channel limit, if there is one.
pub(super) fn channel_limit_put(draft: &Draft) -> Option<ChannelLimitPut> {
    draft.change(CHANNEL_LIMIT).map(|limit| ChannelLimitPut { limit })
}

/// The changes to the ID.
pub(super) fn phone_id_patch(draft: &Draft) -> PhoneIdPatch {
    PhoneIdPatch { terminal_name: draft.change(TERMINAL_NAME) }
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    fn draft(change: impl FnOnce(&mut Values)) -> Draft {
        let loaded = Values::default()
            .with(NAME, &"代表".to_owned())
            .with(PRIORITY, &Some("p1".to_owned()))
            .with(CHANNEL_LIMIT, &3)
            .with(TERMINAL_NAME, &String::new());
        let mut draft = Draft::new(loaded);
        draft.edit(change);
        draft
    }

    #[test]
    fn only_changed_fields_are_sent_and_cleared_ones_as_null() {
        let draft = draft(|it| {
            it.set(NAME, &"代表（東京）".to_owned());
            it.set(PRIORITY, &None);
        });
        assert_eq!(
            number_patch(&draft),
            NumberPatch {
                name: Some("代表（東京）".into()),
                priority_phone_id: Some(None),
                ..NumberPatch::default()
            }
        );
        assert_eq!(draft.changed_of(&of_number()), [NAME.name, PRIORITY.name]);
        assert_eq!(channel_limit_put(&draft), None);
        assert!(phone_id_patch(&draft).is_empty());
    }

    #[test]
    fn each_resource_gets_its_own_fields() {
        let draft = draft(|it| {
            it.set(CHANNEL_LIMIT, &5);
            it.set(TERMINAL_NAME, &"受付".to_owned());
        });
        assert!(number_patch(&draft).is_empty());
        assert_eq!(channel_limit_put(&draft), Some(ChannelLimitPut { limit: 5 }));
        assert_eq!(phone_id_patch(&draft).terminal_name.as_deref(), Some("受付"));
    }

    #[test]
    fn faults_stand_at_their_fields_while_typing() {
        let draft = draft(|it| {
            it.set(NAME, &"あ".repeat(41));
            it.set(TERMINAL_NAME, &"a\nb".to_owned());
        });
        let found: Vec<_> = CHECKS
            .of(&draft)
            .into_iter()
            .map(|(name, fault)| (name, fault.code, fault.limit))
            .collect();
        assert_eq!(
            found,
            [
                (NAME.name, FieldCode::TooLong, Some(40)),
                (TERMINAL_NAME.name, FieldCode::ControlCharacter, None)
            ]
        );
    }

    #[test]
    fn a_field_is_found_by_its_place_in_the_request() {
        let draft = draft(|_| ());
        for (pointer, field) in [
            ("/name", Some(NAME.name)),
            ("/priority_phone_id", Some(PRIORITY.name)),
            ("/limit", Some(CHANNEL_LIMIT.name)),
            ("/unknown", None),
        ] {
            assert_eq!(CHECKS.field(&draft, pointer), field, "{pointer}");
        }
    }
}
