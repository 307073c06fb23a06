//! Texts for people, from `locales/`: Japanese first, English second.

use actix_web::dev::Payload;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, HeaderMap, LanguageTag, Preference, Quality, QualityItem, from_comma_delimited,
};
use actix_web::{FromRequest, HttpRequest};
use api_types::{ErrorCode, FieldCode, FieldError, FieldFault, PhoneNumber, UsedBy};

/// The words of the channels, which lie beside their descriptions.
#[allow(missing_docs, unused_imports, dead_code, reason = "written by the macro")]
mod channels {
    rust_i18n::i18n!("../api-types/src/notify/channels");
}

/// The language of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The language tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Ja => "ja",
            Lang::En => "en",
        }
    }

    /// The best of our languages for an `Accept-Language` header (RFC 9110, 12.5.4); Japanese when
    /// it names neither.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        type Item = QualityItem<Preference<LanguageTag>>;
        // What cannot be read of it is passed over.
        let items: Vec<Item> =
            from_comma_delimited(headers.get_all(ACCEPT_LANGUAGE)).unwrap_or_default();
        let mut best = (Quality::ZERO, Lang::Ja);
        for item in items {
            let lang = match &item.item {
                Preference::Any => Lang::Ja,
                Preference::Specific(tag) => match tag.primary_language() {
                    tag if tag.eq_ignore_ascii_case("ja") => Lang::Ja,
                    tag if tag.eq_ignore_ascii_case("en") => Lang::En,
                    _ => continue,
                },
            };
            if item.quality > best.0 {
                best = (item.quality, lang);
            }
        }
        best.1
    }
}

impl FromRequest for Lang {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::from_headers(request.headers())))
    }
}

/// The text under `key`, with `%{name}` replaced from `values`. A missing key shows itself, and a
/// test finds it.
pub fn text(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    let text = crate::_rust_i18n_try_translate(lang.tag(), key).unwrap_or(key.into());
    values
        .iter()
        .fold(text.into_owned(), |text, (name, value)| text.replace(&format!("%{{{name}}}"), value))
}

/// The text under `key`, if there is one.
pub fn known_text(lang: Lang, key: &str) -> Option<String> {
    crate::_rust_i18n_try_translate(lang.tag(), key).map(std::borrow::Cow::into_owned)
}

/// A text of a channel: `slack.doctor.invalid_auth.message`.
pub fn channel_text(lang: Lang, key: &str) -> Option<String> {
    channels::_rust_i18n_try_translate(lang.tag(), key).map(std::borrow::Cow::into_owned)
}

/// Title of a problem.
pub fn problem_title(lang: Lang, code: ErrorCode) -> String {
    text(lang, &format!("problem.{}.title", code.as_str()), &[])
}

/// What happened and what to do next.
pub fn problem_detail(lang: Lang, code: ErrorCode, values: &[(&str, &str)]) -> String {
    text(lang, &format!("problem.{}.detail", code.as_str()), values)
}

/// What a code of a notify service means, and what to do. Providers make new codes without notice:
/// one that we have no words for is named.
pub fn explained(lang: Lang, code: &str) -> (String, String) {
    let of_channel = |what: &str| {
        let (channel, name) = code.split_once('.')?;
        channel_text(lang, &format!("{channel}.doctor.{name}.{what}"))
    };
    let words = |what: &str| {
        of_channel(what)
            .or_else(|| known_text(lang, &format!("doctor.{code}.{what}")))
            .unwrap_or_else(|| text(lang, &format!("doctor.unknown.{what}"), &[("code", code)]))
    };
    (words("message"), words("advice"))
}

/// What is wrong with a field and how to mend it: the text for this very field if there is one,
/// else the one for the code.
pub fn field_message(lang: Lang, fault: &FieldFault) -> String {
    if let (FieldCode::ServiceRefused, Some(code)) = (fault.code, &fault.value) {
        let (message, advice) = explained(lang, code);
        let values = [("message", message.as_str()), ("advice", &advice)];
        return text(lang, "field.service_refused", &values);
    }
    let value = fault.value.as_deref().unwrap_or_default();
    if let Some(key) = fault.words_key()
        && let Some(text) = channel_text(lang, &key)
    {
        return text.replace("%{value}", value);
    }
    let field = fault.pointer.trim_start_matches(['/', '?', '#']);
    let special = format!("field_at.{field}.{}", fault.code.as_str());
    let limit = fault.limit.map(|limit| limit.to_string()).unwrap_or_default();
    let key = match crate::_rust_i18n_try_translate(lang.tag(), &special) {
        // A value that does not even fit into the type is refused before anyone knows the limit.
        Some(text) if fault.limit.is_some() || !text.contains("%{limit}") => special,
        _ => format!("field.{}", fault.code.as_str()),
    };
    let message = text(lang, &key, &[("limit", &limit), ("value", value)]);
    match &fault.hint {
        Some(hint) if !hint.allowed.is_empty() => {
            message + &text(lang, "field.allowed", &[("values", &hint.allowed.join(", "))])
        }
        _ => message,
    }
}

/// What is wrong with one item of a list that was sent, for its own answer.
pub fn item_errors(lang: Lang, index: usize, faults: &[FieldFault]) -> Vec<FieldError> {
    let error = |fault: &FieldFault| {
        let error = field_error(lang, fault);
        FieldError { pointer: format!("/{index}{}", error.pointer), ..error }
    };
    faults.iter().map(error).collect()
}

/// Numbers in a sentence: the first few, and how many more there are.
pub fn numbers(lang: Lang, all: &[UsedBy]) -> String {
    const NAMED: usize = 5;
    let printed = |one: &UsedBy| {
        let number = PhoneNumber::parse(&one.number)
            .map_or_else(|_| one.number.clone(), |number| number.japanese());
        match one.number_name.as_str() {
            "" => number,
            name => text(lang, "problem_numbers.named", &[("number", &number), ("name", name)]),
        }
    };
    let named: Vec<String> = all.iter().take(NAMED).map(printed).collect();
    let mut words = named.join(&text(lang, "problem_numbers.and", &[]));
    if all.len() > NAMED {
        let more = (all.len() - NAMED).to_string();
        words.push_str(&text(lang, "problem_numbers.more", &[("count", &more)]));
    }
    words
}

/// What is wrong with a field, for an answer.
pub fn field_error(lang: Lang, fault: &FieldFault) -> FieldError {
    let hint = fault.hint.as_deref().cloned().unwrap_or_default();
    FieldError {
        pointer: fault.pointer.clone(),
        code: fault.code,
        message: field_message(lang, fault),
        allowed: hint.allowed,
        existing_id: hint.existing_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use api_types::ServiceType;

    #[test]
    fn every_code_has_its_texts_in_both_languages() {
        for lang in [Lang::Ja, Lang::En] {
            for code in ErrorCode::ALL {
                for key in [problem_title(lang, *code), problem_detail(lang, *code, &[])] {
                    assert!(!key.starts_with("problem."), "{} lacks {key}", lang.tag());
                }
            }
            for code in FieldCode::ALL {
                let general = field_message(lang, &FieldFault::new("/x", *code));
                let of_a_channel = ServiceType::ALL.into_iter().any(|kind| {
                    kind.fields().iter().any(|field| {
                        let fault = FieldFault::new(format!("/credentials/{}", field.name), *code);
                        let key = fault.of_channel(kind.key()).words_key().unwrap_or_default();
                        channel_text(lang, &key).is_some()
                    })
                });
                let has_words = !general.starts_with("field.") || of_a_channel;
                assert!(has_words, "{} lacks {general}", lang.tag());
            }
        }
    }

    #[test]
    fn the_language_follows_accept_language() {
        let table = [
            ("", Lang::Ja),
            ("en", Lang::En),
            ("en-US,en;q=0.9,ja;q=0.8", Lang::En),
            ("ja,en;q=0.9", Lang::Ja),
            ("fr", Lang::Ja),
            ("fr, en;q=0.3", Lang::En),
            ("en;q=0.1, ja;q=0.2", Lang::Ja),
            ("EN-gb", Lang::En),
            ("*, en;q=0.9", Lang::Ja),
            ("ja;q=0, en;q=0.1", Lang::En),
            ("en;q=0", Lang::Ja),
            ("!!, en", Lang::En),
        ];
        for (header, lang) in table {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(Lang::from_headers(&headers), lang, "{header}");
        }
    }
}
