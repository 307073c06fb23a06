//! The files that operators copy say what the portal takes and answers, and nothing else.

use std::collections::BTreeSet;

use api_types::{RouteAction, RouteQuestion, SwitchEvent};
use serde_json::{Value, json};
use server::routing::Question;
use url::form_urlencoded;

fn file(path: &str) -> String {
    let path = tests::repository().join("integrations").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dialplan() -> String {
    file("asterisk/extensions_denwaban.conf")
}

/// What a dialplan does, without its comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with(';') && !line.trim().is_empty())
}

/// The lines of a context.
fn context<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let head = format!("[{name}]");
    let rest = lines(text).skip_while(move |line| *line != head).skip(1);
    rest.take_while(|line| !line.starts_with('[')).collect()
}

/// Answers in the form that Asterisk reads, by the names of their fixtures.
fn answers() -> Vec<(String, String)> {
    let folder = tests::repository().join("integrations/asterisk/fixtures");
    let files = std::fs::read_dir(folder).expect("fixtures").flatten().map(|file| file.path());
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let (head, body) = text.split_once("\n\n")?;
        let name = path.display().to_string();
        head.contains("x-www-form-urlencoded").then(|| (name, body.trim().to_owned()))
    };
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "answer"))
        .filter_map(read)
        .collect()
}

fn fields(form: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

fn field(form: &str, name: &str) -> String {
    let found = fields(form).into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

/// Names that stand in a form which the dialplan puts together in one of these variables.
fn written(text: &str, variables: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in lines(text) {
        for variable in variables {
            let Some((_, form)) = line.split_once(&format!("Set({variable}=")) else { continue };
            let names_in = form.split('&').filter_map(|part| part.split_once("=$"));
            names.extend(names_in.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// What an event may have.
fn event_names() -> BTreeSet<String> {
    let event = json!({"id": "1", "type": "missed_call", "call_id": "1", "called": "2",
        "at": "2026-11-22T00:15:00Z"});
    let event: SwitchEvent = serde_json::from_value(event).expect("an event");
    names(&serde_json::to_value(event).expect("JSON"))
}

#[test]
fn asterisk_reads_what_the_portal_answers() {
    let text = dialplan();
    let all = answers();
    assert!(all.len() >= 8, "{all:?}");
    for (name, form) in &all {
        let fields = fields(form);
        assert_eq!(fields.last().map(|(name, _)| name.as_str()), Some("channel_limit"), "{name}");
        assert!(!form.contains('+'), "{name}: hashcompat=yes leaves + as it is");
        for part in text.split("HASH(denwaban,").skip(1) {
            let asked = part.split(')').next().unwrap_or_default();
            assert!(fields.iter().any(|(name, _)| name == asked), "{name} has no {asked}");
        }
    }
    // An action without words of its own would ring what rang last, which is no accident here.
    for action in [RouteAction::Ring, RouteAction::Reject, RouteAction::Announce] {
        assert!(text.contains(&format!("= {}", json!(action))), "{action:?}");
    }
}

#[test]
fn an_answer_that_was_cut_off_is_recognised() {
    for (name, whole) in answers() {
        for (end, _) in whole.char_indices() {
            let part = &whole[..end];
            if field(part, "channel_limit").is_empty() {
                continue;
            }
            for (field_name, value) in fields(&whole) {
                if field_name != "channel_limit" {
                    assert_eq!(field(part, &field_name), value, "{name}: {part}");
                }
            }
        }
    }
}

#[test]
fn asterisk_asks_with_every_name_that_a_question_has() {
    let question = json!({"call_id": "1", "called": "2"});
    let question: RouteQuestion = serde_json::from_value(question).expect("a question");
    let mut taken = names(&serde_json::to_value(question).expect("JSON"));
    // A dialplan asks at once.
    taken.remove("at");
    assert_eq!(written(&dialplan(), &["call", "asked"]), taken);
    for name in taken {
        let read = Question::of_form(format!("{name}=7").as_bytes());
        let read = serde_json::to_value(read.question).expect("JSON");
        assert!(read[&name] == "7" || read[&name] == 7, "{name} is not read: {read}");
    }
}

#[test]
fn asterisk_reports_with_names_that_an_event_has() {
    let taken = event_names();
    let reported = written(&dialplan(), &["call", "event"]);
    assert!(reported.is_subset(&taken), "{:?}", reported.difference(&taken));
    for name in ["id", "type", "call_id", "called", "at", "reason", "duration_s", "from_user"] {
        assert!(reported.contains(name), "{name} is not reported");
    }
}

#[test]
fn asterisk_does_what_was_seen_to_work() {
    let text = dialplan();
    for line in lines(&text) {
        assert!(!line.contains("exten => _.,"), "it would catch h as well: {line}");
        // Channels are counted, and legs are kept, by one name of the number.
        for (begins, may_be) in [
            ("GROUP(denwaban)=", ["${number}", ")"]),
            ("GROUP_COUNT(", ["${number}@denwaban", "${number}@denwaban"]),
            ("DB(denwaban/", ["${number}", "${number}"]),
        ] {
            for part in line.split(begins).skip(1) {
                assert!(may_be.iter().any(|right| part.starts_with(right)), "{line}");
            }
        }
    }
    // Hangup() cannot say a SIP code: 21 becomes 403.
    for name in ["from-carrier", "denwaban-away"] {
        let context = context(&text, name);
        assert!(!context.is_empty(), "{name}");
        for line in context {
            assert!(!line.replace("PJSIPHangup(", "").contains("Hangup("), "{line}");
            assert!(!line.contains("Busy(") && !line.contains("Congestion("), "{line}");
        }
    }
}

/// Fixtures of FreeSWITCH's answers, one after the other.
fn answers_of_freeswitch() -> String {
    let folder = tests::repository().join("integrations/freeswitch/fixtures");
    let files = std::fs::read_dir(folder).expect("fixtures").flatten().map(|file| file.path());
    let answers = files.filter(|path| path.extension().is_some_and(|kind| kind == "answer"));
    answers.map(|path| std::fs::read_to_string(path).expect("a fixture")).collect()
}

#[test]
fn freeswitch_reads_variables_that_somebody_sets() {
    let (carrier, public) =
        (file("freeswitch/denwaban_carrier.xml"), file("freeswitch/denwaban_public.xml"));
    let script = file("freeswitch/denwaban_ended.lua");
    let extensions = file("freeswitch/denwaban_extensions.xml");
    let set = format!("{carrier}{public}{extensions}{}", answers_of_freeswitch());
    let read = script.split("variable(\"").skip(1).map(|part| part.split('"').next());
    let expanded =
        [&carrier, &public, &extensions].into_iter().flat_map(|text| text.split("${").skip(1));
    let expanded = expanded.map(|part| part.split('}').next());
    for name in read.chain(expanded).flatten().filter(|name| name.starts_with("denwaban_")) {
        assert!(set.contains(&format!("data=\"{name}=")), "nobody sets {name}");
    }
    for name in ["denwaban_legs", "denwaban_action", "denwaban_matched", "denwaban_number"] {
        assert!(script.contains(&format!("\"{name}\"")), "{name} is used by nothing");
    }
    // Channels are counted, and legs are kept, by one name of the number.
    for text in [&carrier, &public] {
        for begins in ["hash denwaban ", "select/denwaban/"] {
            for part in text.split(begins).skip(1) {
                assert!(part.starts_with("${denwaban_number}"), "{part}");
            }
        }
    }
    assert!(script.contains("\"denwaban/\" .. number"));
    // The portal answers about the one context, and is not asked about the other.
    let contexts = server::platform::config::Config::default().switch.freeswitch_contexts;
    let answered = |name: &str| contexts.iter().any(|context| context == name);
    assert!(public.contains("<context name=\"public\">") && answered("public"));
    assert!(carrier.contains("<context name=\"carrier\">") && !answered("carrier"));
}

#[test]
fn freeswitch_reports_with_names_that_an_event_has() {
    let script = file("freeswitch/denwaban_ended.lua");
    let (taken, mut count) = (event_names(), 0);
    for part in script.split("{ \"").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(taken.contains(name), "{name} is no name of an event");
        count += 1;
    }
    assert_eq!(count, 13, "the script names its fields in another way");
}

#[test]
fn the_files_name_variables_of_one_configuration() {
    let settings = file("reports/switch.conf");
    let known: Vec<&str> =
        settings.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    // Asterisk and a shell both read it: neither knows the comments of the other.
    assert_eq!(settings.lines().count(), known.len(), "{settings}");
    for path in [
        "asterisk/extensions_denwaban.conf",
        "reports/denwaban-registrations",
        "reports/denwaban-send",
    ] {
        let text = file(path).replace("${DENWABAN_CONFIG", "").replace("${", "$");
        for part in text.split("$DENWABAN").skip(1) {
            let end = part.find(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            let name = format!("DENWABAN{}", &part[..end.unwrap_or(part.len())]);
            assert!(known.contains(&name.as_str()), "{path}: {name}");
        }
    }
}
