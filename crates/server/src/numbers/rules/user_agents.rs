//! What a terminal is, from what it calls itself when it registers.

use api_types::TerminalKind;
use api_types::TerminalKind::{Android, Ios, IpPhone, Macos, PremisesDevice, Windows};

/// The longest name, in characters.
const NAME_MAX: usize = 40;

/// Parts of user agents in small letters, and what they stand for; the first that is found counts.
/// Boxes stand first, since their makers make telephones as well.
const KNOWN: &[(TerminalKind, &[&str])] = &[
    (
        PremisesDevice,
        &[
            "ht5",
            "ht7",
            "ht8",
            "handytone",
            "gxw",
            "spa112",
            "spa122",
            "spa2102",
            "spa3102",
            "spa8000",
            "pap2",
            "ata19",
            "ata 19",
            "sipgateway",
            "yamaha",
            "nvr",
            "rtx",
            "obihai",
            "mediant",
            "mediapack",
            "mp-1",
            "mediatrix",
            "patton",
            "smartnode",
            "fritz!box",
            "speedport",
            "vega",
            "asterisk",
            "freepbx",
            "freeswitch",
            "3cxphonesystem",
            "pbx",
            "gateway",
            "router",
        ],
    ),
    (Ios, &["iphone", "ipad"]),
    (Android, &["android"]),
    (Windows, &["windows", "microsip", "phonerlite", "phoner/", "x-lite", "3cxphone"]),
    (Macos, &["macos", "mac os", "macintosh"]),
    (
        IpPhone,
        &[
            "yealink",
            "panasonic",
            "kx-",
            "grandstream",
            "polycom",
            "poly ",
            "polyedge",
            "snom",
            "cisco",
            "linksys",
            "fanvil",
            "gigaset",
            "aastra",
            "mitel",
            "avaya",
            "alcatel",
            "htek",
            "vtech",
            "akuvox",
            "helios",
            "saxa",
            "nakayo",
            "iwatsu",
            "escene",
            "flyingvoice",
            "sangoma",
            "digium",
            "unidata",
        ],
    ),
    // Without a word about the system: these are used on PCs more than elsewhere.
    (Windows, &["zoiper", "bria", "eyebeam", "jitsi"]),
];

/// Apps that don't name their system otherwise.
const APPS: &[(&str, TerminalKind)] = &[("Groundwire", Ios), ("Acrobits", Ios)];

/// What the user agent says that it is; `None` = nothing that is known.
pub fn kind_of(user_agent: &str) -> Option<TerminalKind> {
    let small = user_agent.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| small.contains(word));
    let kind = |of: &[(TerminalKind, &[&str])]| {
        of.iter().find(|(_, words)| named(words)).map(|(kind, _)| *kind)
    };
    let (boxes, others) = KNOWN.split_at(1);
    kind(boxes)
        // "LinphoneiOS", "iOS 18.1"; but neither "Helios" nor "kiosk".
        .or_else(|| user_agent.contains("iOS").then_some(Ios))
        .or_else(|| kind(others))
        .or_else(|| APPS.iter().find(|(app, _)| user_agent.contains(app)).map(|(_, kind)| *kind))
}

/// Maker and model: what stands before the version, serial number and the like, at most 40
/// characters. Empty where nothing can be read.
pub fn name_of(user_agent: &str) -> String {
    let mut name = String::new();
    let plain = user_agent.replace(|c: char| c.is_control() || c == '_', " ");
    for word in plain.split_whitespace() {
        let (word, ends) = model(word);
        if !word.is_empty() {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(word);
        }
        if ends {
            break;
        }
    }
    name.chars().take(NAME_MAX).collect::<String>().trim_end().to_owned()
}

/// What of a word belongs to the model, and whether nothing more does.
fn model(word: &str) -> (&str, bool) {
    const NO_MODEL: [&str; 7] =
        ["release", "rev", "stamp", "build", "version", "ver", "user-agent:"];
    let small = word.to_ascii_lowercase();
    if word.starts_with('(') || is_version(word) || NO_MODEL.contains(&small.as_str()) {
        return ("", true);
    }
    // A serial number or MAC address.
    if word.len() >= 12 && word.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || c == '-') {
        return ("", true);
    }
    let cut = word.char_indices().find(|(at, c)| match c {
        '/' => word[at + 1..].starts_with(|c: char| c.is_ascii_digit()),
        '-' => is_version(&word[at + 1..]),
        '(' | ';' => true,
        _ => false,
    });
    match cut {
        Some((at, _)) => (&word[..at], true),
        None => (word, false),
    }
}

/// `5.2.3`, `v5.2`, `rv2.10.19`, `Rev.15.01`, `16.0(18.9)`.
fn is_version(text: &str) -> bool {
    let text = text.split('(').next().unwrap_or_default();
    let digits = text.trim_start_matches(['r', 'e', 'v', 'R', 'E', 'V', '.']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains('.')
        && digits.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_call_themselves_says_what_they_are() {
        let rows = [
            ("Yealink SIP-T46U 108.86.0.20", Some(IpPhone), "Yealink SIP-T46U"),
            ("Yealink W60B 77.85.0.20 805ec01234ab", Some(IpPhone), "Yealink W60B"),
            ("Panasonic_KX-HDV230N/12.004 (0080f0a1b2c3)", Some(IpPhone), "Panasonic KX-HDV230N"),
            ("Panasonic-KX-UT136/01.302", Some(IpPhone), "Panasonic-KX-UT136"),
            ("Grandstream GXP2170 1.0.11.64", Some(IpPhone), "Grandstream GXP2170"),
            ("Grandstream HT802 1.0.27.2", Some(PremisesDevice), "Grandstream HT802"),
            ("PolycomVVX-VVX_410-UA/5.9.5.0614", Some(IpPhone), "PolycomVVX-VVX 410-UA"),
            ("snomD785/10.1.64.14", Some(IpPhone), "snomD785"),
            ("Cisco-CP8845-3PCC/11.3.2_abcdef123456", Some(IpPhone), "Cisco-CP8845-3PCC"),
            ("Cisco/SPA504G-7.6.2b", Some(IpPhone), "Cisco/SPA504G"),
            ("Cisco/SPA112-1.4.1(002)", Some(PremisesDevice), "Cisco/SPA112"),
            ("YAMAHA NVR510 Rev.15.01.18", Some(PremisesDevice), "YAMAHA NVR510"),
            ("FPBX-16.0.40(18.9)", Some(PremisesDevice), "FPBX"),
            ("LinphoneiOS/5.2.3 (iPhone) LinphoneSDK/5.3.26", Some(Ios), "LinphoneiOS"),
            ("LinphoneAndroid/5.1 (Pixel 8) LinphoneSDK/5.3", Some(Android), "LinphoneAndroid"),
            ("Linphone-Desktop/5.2.6 (PC) windows/11", Some(Windows), "Linphone-Desktop"),
            ("Groundwire/24.10.5 (build 2053712; iOS 18.1; arm64)", Some(Ios), "Groundwire"),
            ("Groundwire/24.2 (build 1; Android 14; arm64)", Some(Android), "Groundwire"),
            ("MicroSIP/3.21.3", Some(Windows), "MicroSIP"),
            ("X-Lite release 4.9.8 stamp 84253", Some(Windows), "X-Lite"),
            ("Zoiper rv2.10.19.7", Some(Windows), "Zoiper"),
            ("Telephone 1.6 (macOS 15)", Some(Macos), "Telephone"),
            ("2N Helios IP Vario 2.30", Some(IpPhone), "2N Helios IP Vario"),
            ("baresip v3.5.0", None, "baresip"),
            ("", None, ""),
            ("\u{7}\u{0}", None, ""),
            ("(only a remark)", None, ""),
        ];
        for (user_agent, kind, name) in rows {
            assert_eq!(
                (kind_of(user_agent), name_of(user_agent).as_str()),
                (kind, name),
                "{user_agent}"
            );
        }
        assert_eq!(name_of(&"字".repeat(2_000)).chars().count(), NAME_MAX);
    }
}
