//! Private keys as they are pasted: with their line breaks, without them, or with `\n` in their
//! place as in a JSON file.

use crate::{Fault, FieldCode};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The key in the one form in which it is kept: PKCS#8, 64 characters a line.
pub(super) fn read(value: &str) -> Result<String, Fault> {
    let refuse = |code| Err((code, None));
    let text = value.replace("\\r", "").replace("\\n", "\n");
    let text = text.trim().trim_matches(['"', '\'', ',']);
    if text.contains("BEGIN RSA PRIVATE KEY") {
        return refuse(FieldCode::Pkcs1Key);
    }
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        return refuse(FieldCode::EncryptedKey);
    }
    let Some((before, rest)) = text.split_once(BEGIN) else {
        return refuse(FieldCode::NotPrivateKey);
    };
    let Some((inner, after)) = rest.split_once(END) else {
        return refuse(FieldCode::NotPrivateKey);
    };
    let inner: String = inner.split_whitespace().collect();
    let is_base64 = inner
        .trim_end_matches('=')
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'));
    // The shortest RSA key that anybody still makes, of 1,024 bits, has 848 characters.
    let whole = is_base64 && inner.len() >= 800 && inner.len().is_multiple_of(4);
    if !whole || !before.trim().is_empty() || !after.trim().is_empty() {
        return refuse(FieldCode::NotPrivateKey);
    }
    let mut pem = BEGIN.to_owned();
    for (index, c) in inner.chars().enumerate() {
        if index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    Ok(format!("{pem}\n{END}\n"))
}
