//! Compiles the texts of both languages into typed keys.

use std::path::PathBuf;
use std::{env, error::Error, fs};

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

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
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), code.to_string())?;
    Ok(())
}
