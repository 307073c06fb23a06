//! Reading what was sent: every field that does not fit is named by its pointer.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use api_types::{ErrorCode, FieldCode, FieldFault};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use url::form_urlencoded;

use super::problem::problem;
use crate::error::Failure;

/// Middleware: PostgreSQL cannot hold a NUL character, so nothing is there under a path with one.
///
/// # Errors
/// Never one of its own; a refusal is an answer.
pub async fn without_nul<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.uri().path().contains("%00") {
        let refusal = problem(request.request(), &Failure::NOT_FOUND);
        return Ok(request.into_response(refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// A body without the byte order mark that some write before it, which JSON doesn't have (RFC 8259,
/// 8.1, lets us read past it).
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Reads a JSON object.
///
/// # Errors
/// `malformed_request` for what is no JSON, else the field that does not fit.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let bytes = without_mark(bytes);
    // Serde would take an array for an object, field by field.
    if bytes.trim_ascii_start().first() != Some(&b'{') && is_json(bytes) {
        return Err(Failure::field("", FieldCode::WrongType));
    }
    refuse_nul(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = pointer(error.path());
        match error.inner().classify() {
            serde_json::error::Category::Data => {
                Failure::Fields(vec![data_fault(&path, &error.inner().to_string())])
            }
            // A number where a choice is wanted counts as syntax there.
            _ if is_json(bytes) => Failure::field(&path, FieldCode::WrongType),
            _ => Failure::Code(ErrorCode::MalformedRequest),
        }
    })?;
    deserializer.end().map_err(|_| Failure::Code(ErrorCode::MalformedRequest))?;
    Ok(value)
}

/// Reads one of several values of a body that was read before.
///
/// # Errors
/// The field that does not fit.
pub fn value<T: DeserializeOwned>(value: Value) -> Result<T, FieldFault> {
    if !value.is_object() {
        return Err(FieldFault::new("", FieldCode::WrongType));
    }
    if let Some(pointer) = with_nul(&value, "") {
        return Err(FieldFault::new(pointer, FieldCode::ControlCharacter));
    }
    serde_path_to_error::deserialize(value)
        .map_err(|error| data_fault(&pointer(error.path()), &error.inner().to_string()))
}

/// A path as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
            serde_path_to_error::Segment::Map { key } => {
                Some(format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            _ => None,
        })
        .collect()
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Serde says what is wrong in words; this takes the field and the kind out of them.
fn data_fault(path: &str, message: &str) -> FieldFault {
    let quoted = || message.split('`').nth(1).unwrap_or("");
    let at = |name: &str| {
        if path.rsplit('/').next() == Some(name) {
            path.to_owned()
        } else {
            format!("{path}/{name}")
        }
    };
    if message.starts_with("unknown field") {
        return FieldFault::new(at(quoted()), FieldCode::UnknownField);
    }
    if message.starts_with("missing field") {
        return FieldFault::new(at(quoted()), FieldCode::Required);
    }
    if let Some(allowed) = choices(message) {
        return FieldFault::new(path, FieldCode::WrongType).allowed(allowed);
    }
    if message.starts_with("invalid value: integer") {
        return FieldFault::new(path, FieldCode::OutOfRange);
    }
    FieldFault::new(path, FieldCode::WrongType)
}

/// The choices in serde's words: "unknown variant `x`, expected one of `a`, `b`".
fn choices(message: &str) -> Option<Vec<String>> {
    let (_, expected) = message.strip_prefix("unknown variant")?.rsplit_once("expected ")?;
    Some(expected.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

/// Where a text with a NUL character stands: PostgreSQL cannot hold one.
fn with_nul(value: &Value, pointer: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| pointer.to_owned()),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| with_nul(item, &format!("{pointer}/{index}"))),
        Value::Object(fields) => {
            fields.iter().find_map(|(name, field)| with_nul(field, &format!("{pointer}/{name}")))
        }
        _ => None,
    }
}

/// The same for a body.
fn refuse_nul(bytes: &[u8]) -> Result<(), Failure> {
    if !bytes.windows(6).any(|window| window == br"\u0000") {
        return Ok(());
    }
    match serde_json::from_slice(bytes).ok().and_then(|value| with_nul(&value, "")) {
        Some(pointer) => Err(Failure::field(&pointer, FieldCode::ControlCharacter)),
        None => Ok(()),
    }
}

/// Reads the query of a URL.
///
/// # Errors
/// The parameter that does not fit, as `?name`.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    if let Some((name, _)) =
        form_urlencoded::parse(text.as_bytes()).find(|(_, value)| value.contains('\0'))
    {
        return Err(Failure::field(&format!("?{name}"), FieldCode::InvalidFormat));
    }
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let message = error.inner().to_string();
        let code = match message.as_str() {
            unknown if unknown.starts_with("unknown field") => FieldCode::UnknownField,
            missing if missing.starts_with("missing field") => FieldCode::Required,
            _ => FieldCode::InvalidFormat,
        };
        // Serde quotes the name where it is the name that is wrong; else the path leads to the
        // value, which it may quote.
        let is_of_name = ["unknown field", "missing field", "duplicate field"]
            .iter()
            .any(|kind| message.starts_with(kind));
        let name = message
            .split('`')
            .nth(1)
            .filter(|_| is_of_name)
            .map_or_else(|| error.path().to_string(), str::to_owned);
        let allowed = choices(&message).unwrap_or_default();
        Failure::Fields(vec![FieldFault::new(format!("?{name}"), code).allowed(allowed)])
    })
}

#[cfg(test)]
mod tests {
    use api_types::{NumberPatch, OperatorNumberCreate};

    use super::*;

    fn faults<T: DeserializeOwned + std::fmt::Debug>(
        text: &str,
    ) -> Result<Vec<(String, FieldCode)>, ErrorCode> {
        match json::<T>(text.as_bytes()) {
            Ok(value) => panic!("{text} was read as {value:?}"),
            Err(Failure::Fields(faults)) => {
                Ok(faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
            }
            Err(failure) => Err(failure.code()),
        }
    }

    #[test]
    fn wrong_json_is_named_by_field() {
        use FieldCode::*;
        let table = [
            (r#"{"nmae":"x"}"#, "/nmae", UnknownField),
            (r#"{"name":5}"#, "/name", WrongType),
            (r#"{"ringtone":"ringtone_3"}"#, "/ringtone", WrongType),
            (r#"{"ringtone":3}"#, "/ringtone", WrongType),
            (r#"{"ringtone":null}"#, "/ringtone", WrongType),
            (r#"{"name":null}"#, "/name", WrongType),
            ("[]", "", WrongType),
            (r#" ["x"]"#, "", WrongType),
            ("null", "", WrongType),
            (r#"{"name":"a\u0000b"}"#, "/name", ControlCharacter),
            (r#"{"priority_phone_id":"\u0000"}"#, "/priority_phone_id", ControlCharacter),
        ];
        for (text, pointer, code) in table {
            assert_eq!(faults::<NumberPatch>(text), Ok(vec![(pointer.to_owned(), code)]), "{text}");
        }
        // A backslash before it makes it an ordinary text.
        assert_eq!(
            json::<NumberPatch>(br#"{"name":"\\u0000"}"#).unwrap().name.as_deref(),
            Some("\\u0000")
        );
        let missing = r#"{"number":"0312345678","kind":"primary"}"#;
        assert_eq!(
            faults::<OperatorNumberCreate>(missing),
            Ok(vec![("/max_channels".into(), Required)])
        );
        let large = r#"{"number":"0312345678","kind":"primary","max_channels":999}"#;
        assert_eq!(
            faults::<OperatorNumberCreate>(large),
            Ok(vec![("/max_channels".into(), OutOfRange)])
        );
        for broken in ["", "{", "{\"name\":\"x\"} x", "{'name':1}"] {
            assert_eq!(faults::<NumberPatch>(broken), Err(ErrorCode::MalformedRequest), "{broken}");
        }
    }

    #[test]
    fn wrong_queries_are_named_by_parameter() {
        use FieldCode::*;
        let table = [
            ("limit=many", "?limit", InvalidFormat),
            ("limit=", "?limit", InvalidFormat),
            ("limit=-1", "?limit", InvalidFormat),
            ("cursor=a&limit=1&limit=2", "?limit", InvalidFormat),
            ("cursor=a%00b", "?cursor", InvalidFormat),
            ("page=2", "?page", UnknownField),
        ];
        for (text, pointer, code) in table {
            let Err(Failure::Fields(faults)) = query::<api_types::PageQuery>(text) else {
                panic!("{text} was read")
            };
            assert_eq!(faults, [FieldFault::new(pointer, code)], "{text}");
        }
    }
}
