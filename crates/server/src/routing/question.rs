//! Questions as switches put them: JSON, or a form.

use std::collections::HashMap;

use actix_web::http::header::Accept;
use api_types::{Caller, FieldCode, RouteQuestion, called_extension, shortened};
use url::form_urlencoded;

use crate::error::Failure;

/// FreeSWITCH's usual context of calls that come in.
pub const PUBLIC: &str = "public";

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For Kamailio and everybody else.
    Json,
    /// For FreeSWITCH's mod_xml_curl.
    Xml,
    /// For Asterisk's `CURL()` with `hashcompat`.
    Form,
}

impl Form {
    /// What `Accept` likes best (RFC 9110, 12.5.1); `None` where it leaves the choice.
    pub fn accepted(accept: &Accept) -> Option<Self> {
        accept.ranked().iter().find_map(|kind| match kind.essence_str() {
            "application/json" => Some(Form::Json),
            "text/xml" | "application/xml" => Some(Form::Xml),
            "application/x-www-form-urlencoded" => Some(Form::Form),
            _ => None,
        })
    }
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// A number, of whatever contract.
    Number(Caller),
    /// An extension, by an ID of the same contract.
    Extension {
        /// What the ID that calls signs in with.
        login_id: String,
        /// The extension.
        extension: String,
    },
}

impl Called {
    /// Reads who is called. From outside there are no extensions.
    ///
    /// # Errors
    /// The field `called`, where it is neither.
    pub fn of(question: &RouteQuestion) -> Result<Self, Failure> {
        let login_id = question.calling_login_id.as_deref().map(|text| text.trim().to_lowercase());
        let login_id = login_id.filter(|login_id| !login_id.is_empty());
        match login_id.zip(called_extension(&question.called)) {
            Some((login_id, extension)) => Ok(Self::Extension { login_id, extension }),
            None => Caller::from_network(&question.called)
                .map(Self::Number)
                .map_err(|_| Failure::field("/called", FieldCode::InvalidFormat)),
        }
    }
}

/// A question and how it is answered unless `Accept` says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub question: RouteQuestion,
    /// The usual form of the answer.
    pub form: Form,
    /// FreeSWITCH's dialplan context, which its answer repeats; `None` where another switch asks,
    /// empty where FreeSWITCH does not look for a dialplan.
    pub context: Option<String>,
}

impl From<RouteQuestion> for Question {
    fn from(question: RouteQuestion) -> Self {
        Self { question, form: Form::Json, context: None }
    }
}

impl Question {
    /// Reads a form: our own names, or the variables of a channel as mod_xml_curl sends them. What
    /// else is in it is read past: switches send hundreds of variables.
    pub fn of_form(bytes: &[u8]) -> Self {
        let mut pairs: HashMap<String, String> =
            form_urlencoded::parse(bytes).into_owned().collect();
        let freeswitch =
            pairs.contains_key("section") || pairs.contains_key("Caller-Destination-Number");
        let mut take = |names: &[&str]| {
            let found = names.iter().find_map(|name| pairs.remove(*name));
            found.filter(|value| !value.is_empty()).map(shortened)
        };
        let hidden = take(&["Caller-Privacy-Hide-Number"])
            .is_some_and(|value| value == "true" || value == "yes");
        let question = RouteQuestion {
            call_id: take(&["call_id", "variable_sip_call_id", "Unique-ID", "Channel-Call-UUID"])
                .unwrap_or_default(),
            // What was dialled, unless the operator says that the trunk has it elsewhere. Never To:
            // a call that was forwarded to us names somebody else there.
            called: take(&[
                "called",
                "variable_denwaban_called",
                "Hunt-Destination-Number",
                "Caller-Destination-Number",
            ])
            .unwrap_or_default(),
            calling_login_id: take(&["calling_login_id", "variable_denwaban_calling_login_id"]),
            from_user: take(&["from_user", "variable_sip_from_user", "Caller-Caller-ID-Number"]),
            from_display: take(&[
                "from_display",
                "variable_sip_from_display",
                "Caller-Caller-ID-Name",
            ]),
            pai: take(&["pai", "variable_sip_P-Asserted-Identity"]),
            privacy: take(&["privacy", "variable_sip_Privacy", "variable_sip_h_Privacy"])
                .or(hidden.then(|| "id".to_owned())),
            diversion: take(&["diversion", "variable_sip_h_Diversion"]),
            // FreeSWITCH knows this header, and so never sets `sip_h_Priority`.
            priority: take(&["priority", "variable_sip_i_priority"]),
            active_calls: take(&["active_calls", "variable_denwaban_active_calls"])
                .and_then(|count| count.trim().parse().ok())
                .unwrap_or_default(),
            at: None,
        };
        let form = if freeswitch { Form::Xml } else { Form::Form };
        let context = freeswitch.then(|| match take(&["section"]).as_deref() {
            None | Some("dialplan") => {
                take(&["Hunt-Context", "Caller-Context"]).unwrap_or_else(|| PUBLIC.to_owned())
            }
            Some(_) => String::new(),
        });
        Self { question, form, context }
    }

    /// Whether FreeSWITCH asks about something else than a call of the carrier, or from one
    /// extension to another.
    pub fn is_elsewhere(&self, contexts: &[String]) -> bool {
        let is_internal = matches!(Called::of(&self.question), Ok(Called::Extension { .. }));
        !is_internal && self.context.as_ref().is_some_and(|context| !contexts.contains(context))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT, Header as _};
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_accept_asks_for() {
        for (accept, form) in [
            ("application/json", Some(Form::Json)),
            ("text/xml", Some(Form::Xml)),
            ("text/html, application/xml;q=0.9, */*", Some(Form::Xml)),
            ("application/x-www-form-urlencoded", Some(Form::Form)),
            ("text/xml;q=0.5, application/json", Some(Form::Json)),
            ("Text/XML; charset=utf-8", Some(Form::Xml)),
            ("nonsense, text/xml", Some(Form::Xml)),
            ("*/*", None),
            ("", None),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT, accept));
            let read = Accept::parse(&request.to_http_request()).unwrap();
            assert_eq!(Form::accepted(&read), form, "{accept}");
        }
    }

    #[test]
    fn freeswitch_and_asterisk_ask_in_their_own_words() {
        let freeswitch = "hostname=fs1&section=dialplan&tag_name=&key_name=&key_value=&Unique-ID=uuid-1&Caller-Destination-Number=0312345678\
            &Caller-Caller-ID-Name=Coin+line%2Fpayphone&Caller-Caller-ID-Number=anonymous&Caller-Context=public&Caller-Privacy-Hide-Number=false\
            &variable_sip_from_user=anonymous&variable_sip_call_id=abc%40fs1&variable_unheard_of=1";
        let read = Question::of_form(freeswitch.as_bytes());
        assert_eq!((read.form, read.context.as_deref()), (Form::Xml, Some("public")));
        let question = read.question;
        assert_eq!(
            (question.call_id.as_str(), question.called.as_str()),
            ("abc@fs1", "0312345678")
        );
        for (more, called) in [
            // The trunk's name, or another number, stands in To.
            ("variable_sip_to_user=trunk-1", "0312345678"),
            ("variable_sip_to_user=%2B81300000000", "0312345678"),
            // What a transfer asks for.
            ("Hunt-Destination-Number=0312345679", "0312345679"),
            // The operator knows that the trunk has it in To.
            (
                "Hunt-Destination-Number=trunk-1&variable_denwaban_called=%2B81312345670",
                "+81312345670",
            ),
        ] {
            let form = format!("{freeswitch}&{more}");
            let read = Question::of_form(form.as_bytes());
            assert_eq!(read.question.called, called, "{more}");
        }
        assert_eq!(
            (question.from_user.as_deref(), question.from_display.as_deref()),
            (Some("anonymous"), Some("Coin line/payphone"))
        );
        assert_eq!(question.privacy, None);

        let asterisk = "call_id=1.2&called=%2B81312345678&from_user=%2B819012345678&active_calls=3";
        let read = Question::of_form(asterisk.as_bytes());
        assert_eq!(
            (read.form, read.question.active_calls, read.question.called.as_str()),
            (Form::Form, 3, "+81312345678")
        );
        assert_eq!(read.context, None);
        for odd in ["many", "-1", ""] {
            let form = format!("called=0312345678&active_calls={odd}");
            assert_eq!(Question::of_form(form.as_bytes()).question.active_calls, 0, "{odd}");
        }
        assert_eq!(
            Question::of_form(b"Caller-Destination-Number=1&Caller-Privacy-Hide-Number=true")
                .question
                .privacy
                .as_deref(),
            Some("id")
        );
    }

    #[test]
    fn freeswitch_is_answered_about_calls_of_the_carrier_only() {
        let contexts = ["public".to_owned(), "carrier-2".to_owned()];
        for (asked, elsewhere) in [
            ("section=dialplan&Hunt-Context=public", false),
            ("section=dialplan&Hunt-Context=carrier-2&Caller-Context=internal", false),
            ("section=dialplan&Hunt-Context=internal&Caller-Context=public", true),
            ("section=dialplan&Caller-Context=internal", true),
            ("section=dialplan", false),
            ("section=directory&Hunt-Context=public", true),
            ("section=configuration", true),
            ("called=0312345678&Hunt-Context=internal", false),
        ] {
            let question = Question::of_form(asked.as_bytes());
            assert_eq!(question.is_elsewhere(&contexts), elsewhere, "{asked}");
        }
    }
}
