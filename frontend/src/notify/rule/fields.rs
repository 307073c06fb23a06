//! The fields of a rule, and the requests that they become.

use api_types::{Capability, NotifyEvent, NotifyLanguage, NotifyRule, NotifyRulePatch, Number};

use crate::page::draft::Draft;
use crate::page::faults::{Checks, faults_of};
use crate::page::values::{Field, Name, Values};

/// What the rule is called.
pub(super) const NAME: Field<String> = Field::new("name");
/// The mail addresses.
pub(super) const EMAILS: Field<Vec<String>> = Field::new("emails");
/// In which language it tells what happened.
pub(super) const LANGUAGE: Field<NotifyLanguage> = Field::new("language");
/// Whether its mails leave the caller out of their subjects.
pub(super) const PRIVATE_SUBJECT: Field<bool> = Field::new("private_subject");

const PICKS: &str = "picks:";

/// Whether the rule tells of this.
pub(super) const fn event(event: NotifyEvent) -> Field<bool> {
    Field::new(match event {
        NotifyEvent::MissedCall => "missed_call",
        NotifyEvent::Voicemail => "voicemail",
        NotifyEvent::Fax => "fax",
        NotifyEvent::ForwardedCall => "forwarded_call",
    })
}

/// Which rule a number uses.
pub(super) fn pick(number_id: &str) -> Field<Option<String>> {
    Field::of_each(PICKS, number_id)
}

/// Each number, and the rule that it uses.
pub(super) fn picks(values: &Values) -> impl Iterator<Item = (&str, Option<String>)> {
    values.each(PICKS)
}

pub(super) static CHECKS: Checks = Checks {
    faults: |draft| faults_of(&notify_rule_patch(draft)),
    // Of a list that goes as a whole the first stands for all.
    aliases: &[("events", event(NotifyEvent::MissedCall).name)],
};

/// A rule, and which rule each number uses.
pub(super) fn values(rule: &NotifyRule, numbers: &[Number]) -> Values {
    let mut values = Values::default().with(NAME, &rule.name).with(EMAILS, &rule.emails);
    for kind in NotifyEvent::ALL {
        values = values.with(event(kind), &rule.events.contains(&kind));
    }
    values = values.with(LANGUAGE, &rule.language).with(PRIVATE_SUBJECT, &rule.private_subject);
    for number in numbers.iter().filter(|number| number.can(Capability::NotifyRule)) {
        values = values.with(pick(&number.id), &number.notify_rule_id);
    }
    values
}

/// The fields of the rule itself.
pub(super) fn of_rule() -> Vec<Name> {
    let events = NotifyEvent::ALL.map(|kind| event(kind).name);
    [NAME.name, EMAILS.name, LANGUAGE.name, PRIVATE_SUBJECT.name]
        .into_iter()
        .chain(events)
        .collect()
}

/// The changes to the rule; its events go as a whole.
pub(super) fn notify_rule_patch(draft: &Draft) -> NotifyRulePatch {
    let events = NotifyEvent::ALL.into_iter();
    NotifyRulePatch {
        name: draft.change(NAME),
        emails: draft.change(EMAILS),
        events: events
            .clone()
            .any(|kind| draft.is_changed(event(kind).name))
            .then(|| events.filter(|kind| draft.edited().get(event(*kind))).collect()),
        language: draft.change(LANGUAGE),
        private_subject: draft.change(PRIVATE_SUBJECT),
    }
}

#[cfg(test)]
mod tests {
    use api_types::FieldCode;

    use super::*;

    #[test]
    fn a_rule_sends_what_changed_and_its_name_is_more_than_nothing() {
        let mut loaded = Values::default().with(NAME, &"営業".to_owned()).with(EMAILS, &Vec::new());
        for kind in NotifyEvent::ALL {
            loaded = loaded.with(event(kind), &(kind == NotifyEvent::MissedCall));
        }
        let mut draft = Draft::new(loaded.with(pick("n1"), &Some("other".into())));
        draft.edit(|it| {
            it.set(event(NotifyEvent::Voicemail), &true);
            it.set(pick("n1"), &Some("mine".into()));
        });
        let patch = notify_rule_patch(&draft);
        assert_eq!(
            patch.events.as_deref(),
            Some(&[NotifyEvent::MissedCall, NotifyEvent::Voicemail][..])
        );
        assert_eq!(draft.changed_of(&of_rule()), ["voicemail"]);
        assert_eq!(draft.changed(), ["voicemail", "picks:n1"]);
        assert_eq!(CHECKS.of(&draft), []);
        draft.edit(|it| it.set(NAME, &" ".to_owned()));
        let codes: Vec<_> =
            CHECKS.of(&draft).into_iter().map(|(name, fault)| (name, fault.code)).collect();
        assert_eq!(codes, [(NAME.name, FieldCode::Required)]);
        assert_eq!(CHECKS.field(&draft, "/emails/2"), Some(EMAILS.name));
        assert_eq!(CHECKS.field(&draft, "/events/0"), Some("missed_call"));
    }
}
