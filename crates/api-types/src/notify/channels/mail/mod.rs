//! Mail: to the addresses of a rule. It has no service, so no form and no guide.

use super::description::*;

pub(super) const CHANNEL: Description = Description {
    key: "mail",
    name: "Mail",
    icon: r#"<path d="m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7"/><rect x="2" y="4" width="20" height="16" rx="2"/>"#,
    fields: &[],
    one_of: &[],
    added: Added::Nothing,
    destination: |_| "",
    warning: no_warning,
    blames: &[],
    // Many receivers take no mail beyond 10 to 25 MB, and base64 adds 37 %.
    carries: Carries { json: false, audio: Carried::File(10 << 20), fax: Carried::File(10 << 20) },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    pace: None,
    text_max: usize::MAX,
    settings: &[],
    place: Place { url: "", query: "", name: "" },
};
