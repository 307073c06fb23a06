//! Every setting that the portal edits in drafts, and how they become requests. One type for all
//! pages: an editor of a type of its own would cost each page as much WASM again.

use std::sync::Mutex;

use api_types::{
    Account, AccountPatch, BlockList, BlockListPatch, Capability, ChannelLimitPut, FieldFault,
    NoNumber, NotifyEvent, NotifyLanguage, NotifyRule, NotifyRulePatch, Number, NumberPatch,
    PhoneId, PhoneIdPatch, Ringing, RingingPut, RingingTargetPut, Ringtone, field_faults,
};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::draft::{Draft, Settings};

/// Every setting of the page. What does not apply to the row stays at its default and is never
/// sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// 番号名称.
    pub name: String,
    /// IP電話機の表示名.
    pub display_name: String,
    /// 端末名称.
    pub terminal_name: String,
    /// 着信音.
    pub ringtone: Ringtone,
    /// 優先着信; `None` = 優先しない.
    pub priority_phone_id: Option<String>,
    /// チャネル数.
    pub channel_limit: u8,
    /// 通知ルール; `None` = no notices.
    pub notify_rule_id: Option<String>,
    /// 連絡先メールアドレス.
    pub contact_mail: String,
    /// 着信なりわけ: each ID, and whether it rings.
    pub rings: Vec<(String, bool)>,
    /// 話中アナウンス.
    pub busy_announcement: bool,
    /// 発信外線番号; `None` = the primary number.
    pub outbound_number_id: Option<String>,
    /// 着信拒否 of calls without a number, in the order of [`NoNumber::ALL`].
    pub reject: [bool; 4],
    /// Whether these are the settings of a notify rule: its name has to be more than nothing.
    pub of_rule: bool,
    /// The mail addresses of a rule.
    pub emails: Vec<String>,
    /// What a rule tells of, in the order of [`NotifyEvent::ALL`].
    pub events: [bool; 4],
    /// In which language a rule tells it.
    pub notice_language: NotifyLanguage,
    /// Whether its mails leave the caller out of their subjects.
    pub private_subject: bool,
    /// Each number, and the rule that it picks.
    pub picks: Vec<(String, Option<String>)>,
}

/// Names a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// 番号名称.
    Name,
    /// IP電話機の表示名.
    DisplayName,
    /// 端末名称.
    TerminalName,
    /// 着信音.
    Ringtone,
    /// 優先着信.
    Priority,
    /// チャネル数.
    ChannelLimit,
    /// 通知ルール.
    NotifyRule,
    /// 連絡先メールアドレス.
    ContactMail,
    /// Whether one of the IDs rings, by the name that [`Field::rings`] gives it.
    Rings(&'static str),
    /// 話中アナウンス.
    BusyAnnouncement,
    /// 発信外線番号.
    OutboundNumber,
    /// 着信拒否 of calls that come without a number in this way.
    Reject(NoNumber),
    /// The mail addresses of a rule.
    Emails,
    /// Whether a rule tells of this.
    Event(NotifyEvent),
    /// In which language a rule tells it.
    NoticeLanguage,
    /// Whether its mails leave the caller out of their subjects.
    PrivateSubject,
    /// Which rule one of the numbers picks, by the name that [`Field::picks`] gives it.
    Picks(&'static str),
}

const RINGS: &str = "rings:";
const PICKS: &str = "picks:";

impl Form {
    /// The settings of a row: a number, an ID, or the primary number with its basic ID.
    pub fn of_row(number: Option<&Number>, phone_id: Option<&PhoneId>) -> Self {
        let mut form = Self::default();
        if let Some(number) = number {
            form.name = number.name.clone();
            form.display_name = number.display_name.clone();
            form.ringtone = number.ringtone;
            form.priority_phone_id = number.priority_phone_id.clone();
            form.channel_limit = number.channel_limit;
            form.notify_rule_id = number.notify_rule_id.clone();
        }
        // A basic ID whose terminal name may not be set is not edited here.
        if let Some(phone_id) = phone_id.filter(|phone_id| phone_id.can(Capability::TerminalName)) {
            form.terminal_name = phone_id.terminal_name.clone();
        }
        form
    }

    /// The settings of the contract.
    pub fn of_account(account: &Account) -> Self {
        Self { contact_mail: account.contact_mail.clone().unwrap_or_default(), ..Self::default() }
    }

    /// 着信なりわけ of a number.
    pub fn of_ringing(ringing: &Ringing) -> Self {
        let rings =
            ringing.targets.iter().map(|target| (target.phone_id.clone(), target.rings)).collect();
        Self { rings, busy_announcement: ringing.busy_announcement, ..Self::default() }
    }

    /// 発信外線番号 of an ID.
    pub fn of_outbound(number_id: Option<String>) -> Self {
        Self { outbound_number_id: number_id, ..Self::default() }
    }

    /// The switches of a block list.
    pub fn of_block_list(list: &BlockList) -> Self {
        let reject = [
            list.reject_withheld,
            list.reject_pay_phone,
            list.reject_out_of_range,
            list.reject_service_conflict,
        ];
        Self { reject, ..Self::default() }
    }

    /// A notify rule, and which rule each number picks.
    pub fn of_notify_rule(rule: &NotifyRule, numbers: &[Number]) -> Self {
        let picks = numbers.iter().filter(|number| number.can(Capability::NotifyRule));
        Self {
            of_rule: true,
            name: rule.name.clone(),
            emails: rule.emails.clone(),
            events: NotifyEvent::ALL.map(|event| rule.events.contains(&event)),
            notice_language: rule.language,
            private_subject: rule.private_subject,
            picks: picks.map(|number| (number.id.clone(), number.notify_rule_id.clone())).collect(),
            ..Self::default()
        }
    }

    /// Which rule a number picks, as far as the form knows it.
    pub fn pick(&self, number_id: &str) -> Option<&Option<String>> {
        self.picks.iter().find(|(id, _)| id == number_id).map(|(_, rule)| rule)
    }

    /// Has a number pick another rule.
    pub fn set_pick(&mut self, number_id: &str, rule: Option<String>) {
        match self.picks.iter_mut().find(|(id, _)| id == number_id) {
            Some(pick) => pick.1 = rule,
            None => self.picks.push((number_id.to_owned(), rule)),
        }
    }

    /// Whether an ID rings, as far as the form knows it.
    pub fn rings(&self, phone_id: &str) -> Option<bool> {
        self.rings.iter().find(|(id, _)| id == phone_id).map(|(_, rings)| *rings)
    }

    /// Switches an ID.
    pub fn set_rings(&mut self, phone_id: &str, rings: bool) {
        match self.rings.iter_mut().find(|(id, _)| id == phone_id) {
            Some(target) => target.1 = rings,
            None => self.rings.push((phone_id.to_owned(), rings)),
        }
    }

    /// What the shared validators say of the changed fields.
    pub fn faults(draft: &Draft<Self>) -> Vec<(Field, FieldFault)> {
        let names = if draft.loaded().of_rule {
            notify_rule_patch(draft).0.validate()
        } else {
            number_patch(draft).0.validate()
        };
        let found = [names, phone_id_patch(draft).0.validate(), account_patch(draft).validate()];
        let faults =
            found.into_iter().filter_map(Result::err).flat_map(|errors| field_faults(&errors));
        faults.filter_map(|fault| Some((Field::of_pointer(&fault.pointer)?, fault))).collect()
    }
}

impl Field {
    /// Name of the field: its place in the page, in the request and in the tests.
    pub fn name(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::DisplayName => "display_name",
            Field::TerminalName => "terminal_name",
            Field::Ringtone => "ringtone",
            Field::Priority => "priority_phone_id",
            Field::ChannelLimit => "channel_limit",
            Field::NotifyRule => "notify_rule_id",
            Field::ContactMail => "contact_mail",
            Field::Rings(name) => name,
            Field::BusyAnnouncement => "busy_announcement",
            Field::OutboundNumber => "number_id",
            Field::Reject(NoNumber::Withheld) => "reject_withheld",
            Field::Reject(NoNumber::PayPhone) => "reject_pay_phone",
            Field::Reject(NoNumber::OutOfRange) => "reject_out_of_range",
            Field::Reject(NoNumber::ServiceConflict) => "reject_service_conflict",
            Field::Emails => "emails",
            Field::Event(NotifyEvent::MissedCall) => "missed_call",
            Field::Event(NotifyEvent::Voicemail) => "voicemail",
            Field::Event(NotifyEvent::Fax) => "fax",
            Field::Event(NotifyEvent::ForwardedCall) => "forwarded_call",
            Field::NoticeLanguage => "language",
            Field::PrivateSubject => "private_subject",
            Field::Picks(name) => name,
        }
    }

    /// The switch of an ID.
    pub fn rings(phone_id: &str) -> Self {
        Field::Rings(lasting(RINGS, phone_id))
    }

    /// The rule of a number.
    pub fn picks(number_id: &str) -> Self {
        Field::Picks(lasting(PICKS, number_id))
    }

    /// The field that the server means with this JSON pointer.
    pub fn of_pointer(pointer: &str) -> Option<Self> {
        match pointer {
            "/limit" => Some(Field::ChannelLimit),
            other if other.starts_with("/rings:") => Some(Field::rings(&other[1 + RINGS.len()..])),
            other if other.starts_with("/emails/") => Some(Field::Emails),
            other if other.starts_with("/events") => Some(Field::Event(NotifyEvent::MissedCall)),
            other => Form::FIELDS
                .iter()
                .copied()
                .find(|field| other.strip_prefix('/') == Some(field.name())),
        }
    }
}

/// The name of a field that there is once for each of several things.
fn lasting(prefix: &'static str, id: &str) -> &'static str {
    static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut names = NAMES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(known) = names.iter().find(|name| name.strip_prefix(prefix) == Some(id)) {
        return known;
    }
    // An account has a few IDs and numbers: their names may live as long as the window.
    let name: &'static str = format!("{prefix}{id}").leak();
    names.push(name);
    name
}

impl Settings for Form {
    type Field = Field;

    const FIELDS: &'static [Field] = &[
        Field::Name,
        Field::DisplayName,
        Field::TerminalName,
        Field::Ringtone,
        Field::Priority,
        Field::ChannelLimit,
        Field::NotifyRule,
        Field::ContactMail,
        Field::BusyAnnouncement,
        Field::OutboundNumber,
        Field::Reject(NoNumber::Withheld),
        Field::Reject(NoNumber::PayPhone),
        Field::Reject(NoNumber::OutOfRange),
        Field::Reject(NoNumber::ServiceConflict),
        Field::Emails,
        Field::Event(NotifyEvent::MissedCall),
        Field::Event(NotifyEvent::Voicemail),
        Field::Event(NotifyEvent::Fax),
        Field::Event(NotifyEvent::ForwardedCall),
        Field::NoticeLanguage,
        Field::PrivateSubject,
    ];

    fn fields(&self) -> Vec<Field> {
        let rings = self.rings.iter().map(|(id, _)| Field::rings(id));
        let picks = self.picks.iter().map(|(id, _)| Field::picks(id));
        rings.chain(Self::FIELDS.iter().copied()).chain(picks).collect()
    }

    fn same(&self, other: &Self, field: Field) -> bool {
        match field {
            Field::Name => self.name == other.name,
            Field::DisplayName => self.display_name == other.display_name,
            Field::TerminalName => self.terminal_name == other.terminal_name,
            Field::Ringtone => self.ringtone == other.ringtone,
            Field::Priority => self.priority_phone_id == other.priority_phone_id,
            Field::ChannelLimit => self.channel_limit == other.channel_limit,
            Field::NotifyRule => self.notify_rule_id == other.notify_rule_id,
            Field::ContactMail => self.contact_mail == other.contact_mail,
            Field::Rings(name) => {
                self.rings(&name[RINGS.len()..]) == other.rings(&name[RINGS.len()..])
            }
            Field::BusyAnnouncement => self.busy_announcement == other.busy_announcement,
            Field::OutboundNumber => self.outbound_number_id == other.outbound_number_id,
            Field::Reject(kind) => self.reject[kind as usize] == other.reject[kind as usize],
            Field::Emails => self.emails == other.emails,
            Field::Event(event) => self.events[event as usize] == other.events[event as usize],
            Field::NoticeLanguage => self.notice_language == other.notice_language,
            Field::PrivateSubject => self.private_subject == other.private_subject,
            Field::Picks(name) => {
                self.pick(&name[PICKS.len()..]) == other.pick(&name[PICKS.len()..])
            }
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
            Field::ContactMail => self.contact_mail.clone_from(&from.contact_mail),
            Field::Rings(name) => {
                let id = &name[RINGS.len()..];
                if let Some(rings) = from.rings(id) {
                    self.set_rings(id, rings);
                }
            }
            Field::BusyAnnouncement => self.busy_announcement = from.busy_announcement,
            Field::OutboundNumber => self.outbound_number_id.clone_from(&from.outbound_number_id),
            Field::Reject(kind) => self.reject[kind as usize] = from.reject[kind as usize],
            Field::Emails => self.emails.clone_from(&from.emails),
            Field::Event(event) => self.events[event as usize] = from.events[event as usize],
            Field::NoticeLanguage => self.notice_language = from.notice_language,
            Field::PrivateSubject => self.private_subject = from.private_subject,
            Field::Picks(name) => {
                let id = &name[PICKS.len()..];
                if let Some(rule) = from.pick(id) {
                    self.set_pick(id, rule.clone());
                }
            }
        }
    }
}

/// A request with the fields that it carries.
pub type Carrying<T> = (T, Vec<Field>);

/// The changes to the number itself.
pub fn number_patch(draft: &Draft<Form>) -> Carrying<NumberPatch> {
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
            _ => continue,
        }
        fields.push(field);
    }
    (patch, fields)
}

/// The change of the channel limit, if there is one.
pub fn channel_limit_put(draft: &Draft<Form>) -> Option<ChannelLimitPut> {
    draft
        .is_changed(Field::ChannelLimit)
        .then(|| ChannelLimitPut { limit: draft.edited().channel_limit })
}

/// The changes to the ID.
pub fn phone_id_patch(draft: &Draft<Form>) -> Carrying<PhoneIdPatch> {
    if !draft.is_changed(Field::TerminalName) {
        return (PhoneIdPatch::default(), Vec::new());
    }
    (
        PhoneIdPatch { terminal_name: Some(draft.edited().terminal_name.clone()) },
        vec![Field::TerminalName],
    )
}

/// The change of the contract. A space at either end is a slip of the thumb.
pub fn account_patch(draft: &Draft<Form>) -> AccountPatch {
    AccountPatch {
        contact_mail: draft
            .is_changed(Field::ContactMail)
            .then(|| draft.edited().contact_mail.trim().to_owned()),
    }
}

/// The changes to the switches of a block list.
pub fn block_list_patch(draft: &Draft<Form>) -> Carrying<BlockListPatch> {
    let change = |kind: NoNumber| {
        draft.is_changed(Field::Reject(kind)).then(|| draft.edited().reject[kind as usize])
    };
    let patch = BlockListPatch {
        reject_withheld: change(NoNumber::Withheld),
        reject_pay_phone: change(NoNumber::PayPhone),
        reject_out_of_range: change(NoNumber::OutOfRange),
        reject_service_conflict: change(NoNumber::ServiceConflict),
    };
    (patch, draft.changed().into_iter().filter(|field| matches!(field, Field::Reject(_))).collect())
}

/// The switches that differ, and the announcement.
pub fn ringing_put(draft: &Draft<Form>) -> Carrying<RingingPut> {
    let now = draft.edited();
    let changed = |field: &Field| matches!(field, Field::Rings(_) | Field::BusyAnnouncement);
    let fields: Vec<_> = draft.changed().into_iter().filter(changed).collect();
    let targets = now.rings.iter().filter(|(id, _)| fields.contains(&Field::rings(id)));
    let targets = targets
        .map(|(id, rings)| RingingTargetPut { phone_id: id.clone(), rings: *rings })
        .collect();
    (RingingPut { targets, busy_announcement: now.busy_announcement }, fields)
}

/// The changes to a notify rule.
pub fn notify_rule_patch(draft: &Draft<Form>) -> Carrying<NotifyRulePatch> {
    let now = draft.edited();
    let mut patch = NotifyRulePatch::default();
    let mut fields = Vec::new();
    for field in draft.changed() {
        match field {
            Field::Name => patch.name = Some(now.name.clone()),
            Field::Emails => patch.emails = Some(now.emails.clone()),
            // The list goes as a whole.
            Field::Event(_) => {
                patch.events = Some(
                    NotifyEvent::ALL
                        .into_iter()
                        .filter(|event| now.events[*event as usize])
                        .collect(),
                )
            }
            Field::NoticeLanguage => patch.language = Some(now.notice_language),
            Field::PrivateSubject => patch.private_subject = Some(now.private_subject),
            _ => continue,
        }
        fields.push(field);
    }
    (patch, fields)
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    fn draft(change: impl FnOnce(&mut Form)) -> Draft<Form> {
        let loaded = Form {
            name: "代表".into(),
            priority_phone_id: Some("p1".into()),
            channel_limit: 3,
            ..Form::default()
        };
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
        assert_eq!(
            patch,
            NumberPatch {
                name: Some("代表（東京）".into()),
                priority_phone_id: Some(None),
                ..NumberPatch::default()
            }
        );
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
        let found: Vec<_> = Form::faults(&draft)
            .into_iter()
            .map(|(field, fault)| (field, fault.code, fault.limit))
            .collect();
        assert_eq!(
            found,
            [
                (Field::Name, FieldCode::TooLong, Some(40)),
                (Field::TerminalName, FieldCode::ControlCharacter, None)
            ]
        );
    }

    #[test]
    fn every_field_is_found_by_the_pointer_of_its_name() {
        for field in Form::FIELDS.iter().copied() {
            assert_eq!(Field::of_pointer(&format!("/{}", field.name())), Some(field));
        }
        assert_eq!(Field::of_pointer("/limit"), Some(Field::ChannelLimit));
        assert_eq!(Field::of_pointer("/unknown"), None);
    }

    #[test]
    fn every_switch_is_a_field_of_its_own() {
        let rings = |list: &[(&str, bool)]| Form {
            rings: list.iter().map(|(id, on)| ((*id).to_owned(), *on)).collect(),
            ..Form::default()
        };
        let mut draft = Draft::new(rings(&[("a", true), ("b", true)]));
        draft.edit(|it| it.set_rings("b", false));
        let (put, fields) = ringing_put(&draft);
        assert_eq!(fields, [Field::rings("b")]);
        assert_eq!(put.targets, [RingingTargetPut { phone_id: "b".into(), rings: false }]);
        // Somebody else switched another one, and an ID has come.
        assert_eq!(draft.rebase(&rings(&[("a", false), ("b", true), ("c", true)])), []);
        assert_eq!(draft.changed(), [Field::rings("b")]);
        assert_eq!(
            (draft.edited().rings("a"), draft.edited().rings("c")),
            (Some(false), Some(true))
        );
        assert_eq!(Field::of_pointer("/rings:b"), Some(Field::rings("b")));
    }

    #[test]
    fn a_rule_sends_what_changed_and_its_name_is_more_than_nothing() {
        let loaded = Form {
            of_rule: true,
            name: "営業".into(),
            events: [true, false, false, false],
            ..Form::default()
        };
        let mut draft =
            Draft::new(Form { picks: vec![("n1".into(), Some("other".into()))], ..loaded });
        draft.edit(|it| {
            it.events[1] = true;
            it.set_pick("n1", Some("mine".into()));
        });
        let (patch, fields) = notify_rule_patch(&draft);
        assert_eq!(
            patch.events.as_deref(),
            Some(&[NotifyEvent::MissedCall, NotifyEvent::Voicemail][..])
        );
        assert_eq!(fields, [Field::Event(NotifyEvent::Voicemail)]);
        assert_eq!(draft.changed(), [Field::Event(NotifyEvent::Voicemail), Field::picks("n1")]);
        assert_eq!(Form::faults(&draft), []);
        draft.edit(|it| it.name = " ".into());
        let codes: Vec<_> =
            Form::faults(&draft).into_iter().map(|(field, fault)| (field, fault.code)).collect();
        assert_eq!(codes, [(Field::Name, FieldCode::Required)]);
        assert_eq!(Field::of_pointer("/emails/2"), Some(Field::Emails));
    }

    #[test]
    fn a_mail_address_is_checked_before_it_is_sent() {
        for (typed, code) in [
            ("a@b.example", None),
            (" a@b.example ", None),
            ("nonsense", Some(FieldCode::InvalidFormat)),
        ] {
            let draft = draft(|it| it.contact_mail = typed.to_owned());
            assert_eq!(Form::faults(&draft).first().map(|(_, fault)| fault.code), code, "{typed}");
        }
    }
}
