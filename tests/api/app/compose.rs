//! `docker-compose.yml` and the Dockerfile say what Docker and our configuration understand.

use serde_json::{Value, json};
use server::platform::config::Config;
use tests::repository;

fn file(name: &str) -> String {
    std::fs::read_to_string(repository().join(name))
        .unwrap_or_else(|error| panic!("{name} cannot be read: {error}"))
}

fn compose() -> Value {
    serde_yaml::from_str(&file("docker-compose.yml")).expect("docker-compose.yml is YAML")
}

/// What the Compose Specification says against it.
fn complaints(compose: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(&file("tests/vendor/compose-spec/compose-spec.json"))
        .expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is one");
    schema.iter_errors(compose).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_compose_file_follows_the_specification() {
    assert_eq!(complaints(&compose()), Vec::<String>::new());
}

#[test]
fn a_compose_file_with_a_mistake_is_refused() {
    for (place, value) in [
        ("/services/server/port", json!(["8080"])),
        ("/services/server/depends_on/mail/condition", json!(true)),
        ("/services/postgres/healthcheck/retries", json!({})),
        ("/services/server/environment", json!("DENWABAN__DATA_DIR")),
        ("/volume", json!({"data": null})),
    ] {
        let mut compose = compose();
        let (parent, name) = place.rsplit_once('/').expect("a place");
        compose.pointer_mut(parent).expect("it is there")[name] = value;
        assert!(!complaints(&compose).is_empty(), "{place} passes");
    }
}

#[test]
fn what_the_compose_file_refers_to_is_there() {
    let compose = compose();
    let services = compose["services"].as_object().expect("services");
    for (name, service) in services {
        for (other, _) in service["depends_on"].as_object().into_iter().flatten() {
            assert!(services.contains_key(other), "{name} depends on {other}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let volume = volume.as_str().unwrap_or_default().split(':').next().unwrap_or_default();
            assert!(compose["volumes"].get(volume).is_some(), "{name} mounts {volume}");
        }
        let built = service["build"].as_str();
        assert!(built.is_none_or(|folder| repository().join(folder).join("Dockerfile").is_file()));
    }
}

/// `${NAME:-default}` becomes the default.
fn interpolated(text: &str) -> String {
    let mut parts = text.split("${");
    let mut value = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (variable, after) = part.split_once('}').expect("the variable ends");
        value += variable.split_once(":-").map_or("", |(_, default)| default);
        value += after;
    }
    value
}

/// The variables that the image sets for itself.
fn image_environment() -> Vec<(String, String)> {
    let text = file("Dockerfile").replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix("ENV "));
    lines
        .flat_map(str::split_whitespace)
        .map(|pair| pair.split_once('=').expect("a name and a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_environments_are_configurations() {
    let compose = compose();
    let of_compose = compose["services"]["server"]["environment"].as_object().expect("variables");
    let mut environment = image_environment();
    assert!(environment.len() >= 3, "the image sets {environment:?}");
    environment.extend(
        of_compose
            .iter()
            .map(|(name, value)| (name.clone(), interpolated(value.as_str().expect("a text")))),
    );
    assert!(environment.iter().all(|(name, _)| name.starts_with("DENWABAN__")), "{environment:?}");

    let config = Config::load(None, environment.clone().into_iter()).expect("a configuration");
    assert_eq!(config.server.bind, "0.0.0.0:8080", "the port that is published");
    assert_eq!(config.data_dir.to_string_lossy(), "/data", "the volume");

    // A name that the configuration does not know is an error, so the check above can fail.
    environment.push(("DENWABAN__SERVER__BINT".into(), "x".into()));
    assert!(Config::load(None, environment.into_iter()).is_err());
}
