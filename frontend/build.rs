//! Compiles the texts of both languages into typed keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, error::Error, fs};

use serde_json::Value;

/// A text of every room, by its key.
type Texts = BTreeMap<String, BTreeMap<String, String>>;

/// The languages, in the order in which a text holds them.
const LANGUAGES: [&str; 2] = ["ja", "en"];

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo names the folder for generated code in the environment"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let [ja, en] = LANGUAGES.map(read);
    let (ja, en) = (ja?, en?);
    let code = code(&ja, &en)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("texts.rs"), code)?;
    fs::write(out.join("channel_words.rs"), channel_words()?)?;
    // Settings are found by the names that they are declared under.
    let names = ja.get("setting").ok_or("no words of settings")?.keys();
    let arms: String =
        names.map(|name| format!("{name:?} => crate::t!(setting.{name}),")).collect();
    fs::write(out.join("settings.rs"), format!("match name {{ {arms} _ => return None }}"))?;
    Ok(())
}

fn read(language: &str) -> Result<Texts, Box<dyn Error>> {
    let path = format!("locales/{language}.json");
    let texts = serde_json::from_str(&fs::read_to_string(&path)?);
    texts.map_err(|error| format!("frontend/{path}: {error}").into())
}

/// A module for every room. In it a text without values is a constant, and one with values is a
/// struct of them, so that neither a text nor a value can be forgotten.
fn code(ja: &Texts, en: &Texts) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    same("both languages", ja.keys(), en.keys())?;
    for ((room, ja), en) in ja.iter().zip(en.values()) {
        same(room, ja.keys(), en.keys())?;
        writeln!(code, "pub mod {room} {{ use super::*;")?;
        for ((key, ja), en) in ja.iter().zip(en.values()) {
            let (names, others) = (values(ja), values(en));
            same(&format!("{room}.{key}"), names.iter(), others.iter())?;
            let both = format!("{}\u{1f}{}", numbered(ja, &names), numbered(en, &names));
            if names.is_empty() {
                writeln!(code, "pub const {key}: Key = Key({both:?});")?;
                continue;
            }
            let fields: String =
                names.iter().map(|name| format!("pub {name}: Value<'a>,")).collect();
            let list: String = names.iter().map(|name| format!("self.{name},")).collect();
            writeln!(
                code,
                "pub struct {key}<'a> {{ {fields} }} impl {key}<'_> {{ pub fn say(&self) -> String \
                 {{ Key({both:?}).fill(&[{list}]) }} }}"
            )?;
        }
        code.push_str("}\n");
    }
    Ok(code)
}

/// Fails where one language has something that the other lacks.
fn same<'a>(
    place: &str,
    ja: impl Iterator<Item = &'a String>,
    en: impl Iterator<Item = &'a String>,
) -> Result<(), Box<dyn Error>> {
    let (ja, en): (BTreeSet<_>, BTreeSet<_>) = (ja.collect(), en.collect());
    let only: Vec<_> = ja.symmetric_difference(&en).collect();
    if only.is_empty() { Ok(()) } else { Err(format!("{place}: not in both: {only:?}").into()) }
}

/// The names of the values in a text, `{{ name }}` each.
fn values(text: &str) -> BTreeSet<String> {
    let parts = text.split("{{").skip(1);
    parts.filter_map(|part| Some(part.split_once("}}")?.0.trim().to_owned())).collect()
}

/// The text with a control character in the place of each value: 1 for the first one, and so on.
fn numbered(text: &str, names: &BTreeSet<String>) -> String {
    let mut text = text.to_owned();
    for (number, name) in (1_u8..).zip(names) {
        text = text.replace(&format!("{{{{ {name} }}}}"), &char::from(number).to_string());
    }
    text
}

/// The words of the channels as sorted tables by language: the names of credentials, which other
/// pages show as well, apart from the rest. What only the server says is left out.
fn channel_words() -> Result<String, Box<dyn Error>> {
    const CHANNELS: &str = "../crates/api-types/src/notify/channels";
    println!("cargo::rerun-if-changed={CHANNELS}");
    let mut code = String::new();
    for lang in ["ja", "en"] {
        let mut texts = BTreeMap::new();
        for entry in fs::read_dir(CHANNELS)? {
            let path = entry?.path().join(format!("{lang}.json"));
            if path.is_file() {
                flatten(&serde_json::from_str(&fs::read_to_string(path)?)?, "", &mut texts);
            }
        }
        texts.retain(|key, _| !key.contains(".doctor."));
        let (labels, words): (Vec<_>, Vec<_>) =
            texts.into_iter().partition(|(key, _)| key.contains(".label."));
        for (name, table) in [("LABELS", labels), ("WORDS", words)] {
            let name = format!("{name}_{}", lang.to_uppercase());
            code.push_str(&format!("pub static {name}: super::Table = &{table:?};\n"));
        }
    }
    Ok(code)
}

fn flatten(value: &Value, path: &str, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            flatten(value, &format!("{path}{dot}{key}"), texts);
        }),
        Value::String(text) => _ = texts.insert(path.to_owned(), text.clone()),
        other => panic!("{path}: {other} is no text"),
    }
}
