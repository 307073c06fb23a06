//! Who is told of what happened on a call, and which notices are not needed any more.
//!
//! One notice per call and destination, however many terminals rang. A missed call waits a little,
//! since the news that somebody answered, or that the caller left a message, may be on its way.

use api_types::{Channel, DeliveryState, NotifyEvent};
use store::calls::call_event::EventKind;
use store::notify::delivery::{Progress, Purpose};

use crate::calls::rules::call_log::{Entry, News};

/// The rule of a number, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: String,
    /// What it tells of.
    pub events: Vec<NotifyEvent>,
    /// Whom it tells, each once.
    pub destinations: Vec<Destination>,
}

/// One whom a rule tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// How.
    pub channel: Channel,
    /// The service; `None` for mail.
    pub service_id: Option<String>,
    /// The mail address, or what its owner calls the service.
    pub label: String,
    /// What its pace is counted under.
    pub pace_key: Option<String>,
    /// Whether it takes nothing at present.
    pub is_off: bool,
}

/// A notice that was planned before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The delivery.
    pub id: String,
    /// The event that it tells of.
    pub call_event_id: String,
    /// The service; `None` for mail.
    pub service_id: Option<String>,
    /// The mail address, or the label of the service at that time.
    pub label: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What has become of it.
    pub state: DeliveryState,
    /// What is done already.
    pub progress: Option<Progress>,
}

/// A notice that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New<'r> {
    /// The event.
    pub call_event_id: String,
    /// To whom.
    pub destination: &'r Destination,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether it waits for what may still be on its way.
    pub settles: bool,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan<'r> {
    /// To be sent.
    pub new: Vec<New<'r>>,
    /// Ids of those that are not needed any more.
    pub canceled: Vec<String>,
}

impl Planned {
    fn waits(&self) -> bool {
        matches!(self.state, DeliveryState::Waiting | DeliveryState::Held)
    }

    /// Whether people have read its text, or are about to.
    fn text_is_out(&self) -> bool {
        let sent = |progress: &Progress| progress.text_sent.is_some();
        match self.state {
            DeliveryState::Delivered | DeliveryState::HandedOver | DeliveryState::Sending => true,
            DeliveryState::Waiting | DeliveryState::Held => {
                self.progress.as_ref().is_some_and(sent)
            }
            DeliveryState::Failed | DeliveryState::Canceled | DeliveryState::Skipped => false,
        }
    }

    fn goes_to(&self, destination: &Destination) -> bool {
        match (&self.service_id, &destination.service_id) {
            (Some(planned), Some(service)) => planned == service,
            (None, None) => self.label == destination.label,
            _ => false,
        }
    }
}

/// Plans what follows from `news` about the call whose log is `entries`. `rule` is the present one;
/// `None` where nobody is told.
pub fn plan_notices<'r>(
    entries: &[Entry],
    news: &News,
    rule: Option<&'r Rule>,
    planned: &[Planned],
) -> Plan<'r> {
    let missed = |notice: &&Planned| {
        notice.waits()
            && entries.iter().any(|entry| {
                entry.row.id == notice.call_event_id && entry.row.kind == EventKind::MissedCall
            })
    };
    let missed_calls =
        || planned.iter().filter(missed).map(|notice| notice.id.clone()).collect::<Vec<_>>();
    let tell = |id: &str, settles: bool| {
        let destinations = rule.map(|rule| rule.destinations.iter()).into_iter().flatten();
        destinations
            .map(move |destination| New {
                call_event_id: id.to_owned(),
                destination,
                purpose: Purpose::Event,
                settles,
            })
            .collect::<Vec<_>>()
    };
    let tells = |kind: NotifyEvent| rule.is_some_and(|rule| rule.events.contains(&kind));
    match news {
        News::Nothing => Plan::default(),
        News::Answered | News::Refused { .. } => Plan { new: Vec::new(), canceled: missed_calls() },
        News::Missed(id) => {
            // What says more has come before it.
            let is_told = entries
                .iter()
                .filter_map(|entry| entry.row.kind.told())
                .any(|kind| supersedes(kind) && tells(kind));
            let new = if tells(NotifyEvent::MissedCall) && !is_told {
                tell(id, true)
            } else {
                Vec::new()
            };
            Plan { new, canceled: Vec::new() }
        }
        News::Happened(id) => {
            let kind = entries
                .iter()
                .find(|entry| entry.row.id == *id)
                .and_then(|entry| entry.row.kind.told());
            match kind.filter(|kind| tells(*kind)) {
                None => Plan::default(),
                Some(kind) => {
                    let canceled = if supersedes(kind) { missed_calls() } else { Vec::new() };
                    Plan { new: tell(id, false), canceled }
                }
            }
        }
        News::Transcribed(id) => Plan { new: follow_ups(id, rule, planned), canceled: Vec::new() },
    }
}

/// Where the notice still waits, what was said goes along with it; elsewhere it follows.
fn follow_ups<'r>(id: &str, rule: Option<&'r Rule>, planned: &[Planned]) -> Vec<New<'r>> {
    let of_event = |purpose: Purpose| {
        planned.iter().filter(move |notice| notice.call_event_id == id && notice.purpose == purpose)
    };
    let destinations = rule.map(|rule| rule.destinations.iter()).into_iter().flatten();
    destinations
        .filter(|destination| {
            of_event(Purpose::Event)
                .any(|notice| notice.goes_to(destination) && notice.text_is_out())
        })
        .filter(|destination| {
            !of_event(Purpose::Transcript).any(|notice| notice.goes_to(destination))
        })
        .map(|destination| New {
            call_event_id: id.to_owned(),
            destination,
            purpose: Purpose::Transcript,
            settles: false,
        })
        .collect()
}

/// Whether it makes the notice of the missed call needless: the caller left something.
fn supersedes(kind: NotifyEvent) -> bool {
    matches!(kind, NotifyEvent::Voicemail | NotifyEvent::Fax)
}

#[cfg(test)]
mod tests;
