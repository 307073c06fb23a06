//! The fields of the page and how they become requests.

use api_types::{Capability, ChannelLimitPut, FieldFault, NumberPatch, PhoneIdPatch, Ringtone, field_faults};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::Subject;
use crate::draft::{Draft, Settings};
use crate::editor::Editable;

/// Every setting of the page. What does not apply to the row stays at its default and is never sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct General {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) terminal_name: String,
    pub(super) ringtone: Ringtone,
    pub(super) priority_phone_id: Option<String>,
    pub(super) channel_limit: u8,
    pub(super) notify_rule_id: Option<String>,
}

/// Names a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    DisplayName,
    TerminalName,
    Ringtone,
    Priority,
    ChannelLimit,
    NotifyRule,
}

impl General {
    pub(super) fn of(subject: &Subject) -> Self {
        let mut general = Self::default();
        if let Some(number) = &subject.number {
            general.name = number.name.clone();
            general.display_name = number.display_name.clone();
            general.ringtone = number.ringtone;
            general.priority_phone_id = number.priority_phone_id.clone();
            general.channel_limit = number.channel_limit;
            general.notify_rule_id = number.notify_rule_id.clone();
        }
        // A basic ID whose terminal name may not be set is not edited here.
        if let Some(phone_id) = subject.phone_id.as_ref().filter(|phone_id| phone_id.can(Capability::TerminalName)) {
            general.terminal_name = phone_id.terminal_name.clone();
        }
        general
    }
}

impl Settings for General {
    type Field = Field;

    const FIELDS: &'static [Field] =
        &[Field::Name, Field::DisplayName, Field::TerminalName, Field::Ringtone, Field::Priority, Field::ChannelLimit, Field::NotifyRule];

    fn same(&self, other: &Self, field: Field) -> bool {
        match field {
            Field::Name => self.name == other.name,
            Field::DisplayName => self.display_name == other.display_name,
            Field::TerminalName => self.terminal_name == other.terminal_name,
            Field::Ringtone => self.ringtone == other.ringtone,
            Field::Priority => self.priority_phone_id == other.priority_phone_id,
            Field::ChannelLimit => self.channel_limit == other.channel_limit,
            Field::NotifyRule => self.notify_rule_id == other.notify_rule_id,
        }
    }

    fn take(&mut self, from: &Self, field: Field) {
        match field {
            Field::Name => self.name.clone_from(&from.name),
            Field::DisplayName => self.display_name.clone_from(&from.display_name),
            Field::TerminalName => self.terminal_name.clone_from(&from.terminal_name),
            Field::Ringtone => self.ringtone = from.ringtone,
            Field::Priority => self.priority_phone_id.clone_from(&from.priority_phone_id),
            Field::ChannelLimit => self.channel_limit = from.channel_limit,
            Field::NotifyRule => self.notify_rule_id.clone_from(&from.notify_rule_id),
        }
    }
}

impl Editable for General {
    fn faults(draft: &Draft<Self>) -> Vec<(Field, FieldFault)> {
        let (number, _) = number_patch(draft);
        let (phone_id, _) = phone_id_patch(draft);
        let found = [number.validate(), phone_id.validate()];
        let faults = found.into_iter().filter_map(Result::err).flat_map(|errors| field_faults(&errors));
        faults.filter_map(|fault| Some((Self::field_of(&fault.pointer)?, fault))).collect()
    }

    fn name(field: Field) -> &'static str {
        match field {
            Field::Name => "name",
            Field::DisplayName => "display_name",
            Field::TerminalName => "terminal_name",
            Field::Ringtone => "ringtone",
            Field::Priority => "priority_phone_id",
            Field::ChannelLimit => "channel_limit",
            Field::NotifyRule => "notify_rule_id",
        }
    }

    fn field_of(pointer: &str) -> Option<Field> {
        match pointer {
            "/limit" => Some(Field::ChannelLimit),
            other => Self::FIELDS.iter().copied().find(|field| other.strip_prefix('/') == Some(Self::name(*field))),
        }
    }
}

/// A request with the fields that it carries.
pub(super) type Carrying<T> = (T, Vec<Field>);

/// The changes to the number itself.
pub(super) fn number_patch(draft: &Draft<General>) -> Carrying<NumberPatch> {
    let now = draft.edited();
    let mut patch = NumberPatch::default();
    let mut fields = Vec::new();
    for field in draft.changed() {
        match field {
            Field::Name => patch.name = Some(now.name.clone()),
            Field::DisplayName => patch.display_name = Some(now.display_name.clone()),
            Field::Ringtone => patch.ringtone = Some(now.ringtone),
            Field::Priority => patch.priority_phone_id = Some(now.priority_phone_id.clone()),
            Field::NotifyRule => patch.notify_rule_id = Some(now.notify_rule_id.clone()),
            Field::TerminalName | Field::ChannelLimit => continue,
        }
        fields.push(field);
    }
    (patch, fields)
}

/// The change of the channel limit, if there is one.
pub(super) fn channel_limit_put(draft: &Draft<General>) -> Option<ChannelLimitPut> {
    draft.is_changed(Field::ChannelLimit).then(|| ChannelLimitPut { limit: draft.edited().channel_limit })
}

/// The changes to the ID.
pub(super) fn phone_id_patch(draft: &Draft<General>) -> Carrying<PhoneIdPatch> {
    if !draft.is_changed(Field::TerminalName) {
        return (PhoneIdPatch::default(), Vec::new());
    }
    (PhoneIdPatch { terminal_name: Some(draft.edited().terminal_name.clone()) }, vec![Field::TerminalName])
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    fn draft(change: impl FnOnce(&mut General)) -> Draft<General> {
        let loaded = General { name: "代表".into(), priority_phone_id: Some("p1".into()), channel_limit: 3, ..General::default() };
        let mut draft = Draft::new(loaded);
        draft.edit(change);
        draft
    }

    #[test]
    fn only_changed_fields_are_sent_and_cleared_ones_as_null() {
        let draft = draft(|it| {
            it.name = "代表（東京）".into();
            it.priority_phone_id = None;
        });
        let (patch, fields) = number_patch(&draft);
        assert_eq!(patch, NumberPatch { name: Some("代表（東京）".into()), priority_phone_id: Some(None), ..NumberPatch::default() });
        assert_eq!(fields, [Field::Name, Field::Priority]);
        assert_eq!(channel_limit_put(&draft), None);
        assert!(phone_id_patch(&draft).0.is_empty());
    }

    #[test]
    fn each_resource_gets_its_own_fields() {
        let draft = draft(|it| {
            it.channel_limit = 5;
            it.terminal_name = "受付".into();
        });
        assert!(number_patch(&draft).0.is_empty());
        assert_eq!(channel_limit_put(&draft), Some(ChannelLimitPut { limit: 5 }));
        assert_eq!(phone_id_patch(&draft).0.terminal_name.as_deref(), Some("受付"));
    }

    #[test]
    fn faults_stand_at_their_fields_while_typing() {
        let draft = draft(|it| {
            it.name = "あ".repeat(41);
            it.terminal_name = "a\nb".into();
        });
        let found: Vec<_> = General::faults(&draft).into_iter().map(|(field, fault)| (field, fault.code, fault.limit)).collect();
        assert_eq!(found, [(Field::Name, FieldCode::TooLong, Some(40)), (Field::TerminalName, FieldCode::ControlCharacter, None)]);
    }

    #[test]
    fn every_field_is_found_by_the_pointer_of_its_name() {
        for field in General::FIELDS.iter().copied() {
            assert_eq!(General::field_of(&format!("/{}", General::name(field))), Some(field));
        }
        assert_eq!(General::field_of("/limit"), Some(Field::ChannelLimit));
        assert_eq!(General::field_of("/unknown"), None);
    }
}
