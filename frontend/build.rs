//! Compiles the texts of both languages into typed keys.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, error::Error, fs};

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo names the folder for generated code in the environment"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let options = ParseOptions::default().interpolate_display(true);
    let config = Config::new("ja")
        .and_then(|config| config.add_locale("en"))
        .map_err(|error| error.to_string())?
        .parse_options(options);
    let locales = parse_locales(None, config).map_err(|error| error.to_string())?;
    let code = leptos_i18n_codegen::gen_code(&locales, None, false, None, false)
        .map_err(|error| error.to_string())?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("i18n.rs"), code.to_string())?;
    fs::write(out.join("channel_words.rs"), channel_words()?)?;
    // Settings are found by the names that they are declared under.
    let ja: Value = serde_json::from_str(&fs::read_to_string("locales/ja.json")?)?;
    let names = ja["setting"].as_object().ok_or("no words of settings")?.keys();
    let arms: String =
        names.map(|name| format!("{name:?} => crate::t!(setting.{name}),")).collect();
    fs::write(out.join("settings.rs"), format!("match name {{ {arms} _ => return None }}"))?;
    Ok(())
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
