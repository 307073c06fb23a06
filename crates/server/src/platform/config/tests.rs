use std::fs;
use std::os::unix::fs::PermissionsExt;

use api_types::ServiceType;

use super::*;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn env(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect::<Vec<_>>()
        .into_iter()
}

fn load(toml: &str, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("denwaban.toml");
    fs::write(&path, toml).unwrap();
    Config::load(Some(&path), env(pairs))
}

#[test]
fn without_anything_the_defaults_hold() {
    let config = Config::load(None, env(&[("PATH", "/bin"), ("DENWABAN", "x")])).unwrap();
    assert_eq!(config.server.bind, "127.0.0.1:8080");
    assert_eq!(config.public_url().as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.database_url().expose_secret(), "sqlite://./data/denwaban.db");
    assert_eq!(config.metrics_bind(), Some(("127.0.0.1:9464", false)));
    assert!(!config.is_https());
}

#[test]
fn the_environment_overrides_the_file_and_the_file_the_defaults() {
    let toml = "data_dir = '/var/lib/denwaban'\n[server]\nbind = '0.0.0.0:80'\nworkers = \
        3\n[log]\nformat = 'json'\n";
    let pairs = [
        ("DENWABAN__SERVER__WORKERS", "4"),
        ("DENWABAN__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1"),
        ("DENWABAN__SERVER__FORWARDED_HEADER", "forwarded"),
        ("DENWABAN__SERVER__METRICS_BIND", ""),
        ("DENWABAN__SMTP__FROM", "007 <a@example.jp>"),
    ];
    let config = load(toml, &pairs).unwrap();
    assert_eq!(
        (config.server.bind.as_str(), config.server.workers, config.server.forwarded_header),
        ("0.0.0.0:80", 4, ForwardedHeader::Forwarded)
    );
    assert_eq!(config.server.trusted_proxies, ["10.0.0.0/8", "2001:db8::1"]);
    assert_eq!(config.public_url().as_str(), "http://localhost/");
    assert_eq!(config.metrics_bind(), None);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.smtp.from, "007 <a@example.jp>");
    assert_eq!(config.database_url().expose_secret(), "sqlite:///var/lib/denwaban/denwaban.db");
}

#[test]
fn a_list_is_written_as_one_or_with_commas() {
    let contexts = |toml: &str, pairs| load(toml, pairs).unwrap().switch.freeswitch_contexts;
    assert_eq!(contexts("", &[]), ["public"]);
    let toml = "[switch]\nfreeswitch_contexts = ['public', 'carrier-2']";
    assert_eq!(contexts(toml, &[]), ["public", "carrier-2"]);
    let env = [("DENWABAN__SWITCH__FREESWITCH_CONTEXTS", "public, carrier-2,")];
    assert_eq!(contexts("", &env), ["public", "carrier-2"]);
    let none: [&str; 0] = [];
    assert_eq!(contexts("[switch]\nfreeswitch_contexts = []", &[]), none);
}

#[test]
fn what_is_wrong_is_said_in_one_sentence_that_names_the_key() {
    let file = [
        ("[server]\nbind = 'x'", "server.bind: \"x\" is not an address such as 127.0.0.1:8080"),
        (
            "[server]\nbnid = 'x'",
            "server.bnid: there is no setting `bnid`; there is one of `bind`, `public_url`",
        ),
        ("[sever]\nbind = 'x'", "sever: there is no setting `sever`; there is one of `server`"),
        ("[server]\nworkers = 'many'", "server.workers: string \"many\" is not an integer"),
        ("[server]\nworkers = 0", "server.workers: 0 is not between 1 and 256"),
        ("[server]\nworkers = -1", "server.workers: "),
        (
            "[server]\ntrust_forwarded = true",
            "server.trust_forwarded: was replaced: give the addresses of your proxies in \
                server.trusted_proxies",
        ),
        (
            "[server]\ntrusted_proxies = ['10.0.0.0/8', 'proxy']",
            "server.trusted_proxies: \"proxy\" is no address or network such as 10.0.0.0/8",
        ),
        ("[server]\nforwarded_header = 'x-real-ip'", "server.forwarded_header: "),
        (
            "[server]\npublic_url = 'portal'",
            "server.public_url: \"portal\" is not a URL such as https://portal.example.jp",
        ),
        (
            "[server]\npublic_url = 'https://a.jp/app'",
            "server.public_url: \"https://a.jp/app\" is not a URL such as",
        ),
        ("[log]\nformat = 'xml'", "log.format: "),
        (
            "[server]\ncors_origins = 'https://a.jp, b.jp'",
            "server.cors_origins: \"b.jp\" is not an origin such as",
        ),
        ("[tokens]\nlink_s = 5", "tokens.link_s: 5 is not between 30 and 3600"),
        ("[log]\nfilter = 'a=b=c'", "log.filter: \"a=b=c\" is not a filter such as info"),
        ("[secrets]\nmaster_key = 'aGVsbG8='", "secrets.master_key: is not 32 bytes in base64"),
        ("[secrets]\nmaster_key = ['x']", "secrets.master_key"),
        (
            "[secrets]\nmaster_key_file = '/nowhere/key'",
            "secrets.master_key_file: /nowhere/key: No such file",
        ),
        ("[smtp]\nurl = 'http://u:p@h'", "smtp.url: is not a URL such as smtps://"),
        ("[smtp]\nfrom = 'nobody'", "smtp.from: \"nobody\" is not a mail address"),
        (
            "[database]\nurl = 'mysql://u:p@h'",
            "database.url: does not begin with sqlite:// or postgres://",
        ),
        ("[sign_in]\nsession_max_s = 60", "sign_in.session_max_s: 60 is not between"),
        ("server = 1", "server: "),
    ];
    for (toml, expected) in file {
        let error = load(toml, &[]).expect_err(toml).to_string();
        assert!(error.starts_with(expected), "{toml}\n{error}");
        assert!(!error.contains('\n') && !error.contains("u:p"), "{toml}\n{error}");
    }
    let environment = [
        (
            "DENWABAN__SERVER__BIND",
            "x",
            "server.bind: \"x\" is not an address such as 127.0.0.1:8080",
        ),
        ("DENWABAN__SERVER__BNID", "x", "server.bnid: there is no setting `bnid`"),
        ("DENWABAN__SEVER__BIND", "x", "sever: there is no setting `sever`"),
        ("DENWABAN__SERVER__WORKERS", "many", "server.workers: string \"many\" is not an integer"),
        ("DENWABAN__SERVER__PUBLIC_URL", "portal", "server.public_url: \"portal\" is not a URL"),
        ("DENWABAN__LOG__FORMAT", "xml", "log.format: "),
        (
            "DENWABAN__SECRETS__MASTER_KEY",
            "c2VjcmV0",
            "secrets.master_key: is not 32 bytes in base64",
        ),
        ("DENWABAN__SMTP__URL_FILE", "/nowhere/smtp", "smtp.url_file: /nowhere/smtp: No such file"),
    ];
    for (name, value, expected) in environment {
        let error = load("", &[(name, value)]).expect_err(name).to_string();
        assert!(error.starts_with(expected), "{name}\n{error}");
        assert!(!error.contains('\n') && !error.contains("c2VjcmV0"), "{name}\n{error}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_named_without_showing_its_lines() {
    let error = load("[smtp]\nurl = smtps://u:p@h", &[]).unwrap_err().to_string();
    assert!(error.starts_with("configuration file ") && error.contains("line 2"), "{error}");
    assert!(!error.contains('\n') && !error.contains("u:p"), "{error}");
    let error =
        Config::load(Some(Path::new("/nowhere/denwaban.toml")), env(&[])).unwrap_err().to_string();
    assert!(
        error.starts_with("configuration file /nowhere/denwaban.toml: No such file"),
        "{error}"
    );
}

#[test]
fn secrets_come_from_files_too_and_are_never_printed() {
    let dir = tempfile::tempdir().unwrap();
    let (key, smtp) = (dir.path().join("key"), dir.path().join("smtp"));
    fs::write(&key, format!("{KEY}\n")).unwrap();
    fs::write(&smtp, "smtps://user:pass@mail.example.jp\n").unwrap();
    let pairs = [
        ("DENWABAN__SECRETS__MASTER_KEY_FILE", key.to_str().unwrap()),
        ("DENWABAN__SMTP__URL_FILE", smtp.to_str().unwrap()),
        ("DENWABAN__DATABASE__URL", "postgres://user:pass@db/denwaban"),
    ];
    let config = load("[smtp]\nurl = 'smtp://localhost'", &pairs).unwrap();
    assert_eq!(
        config.smtp.url.as_ref().unwrap().expose_secret(),
        "smtps://user:pass@mail.example.jp"
    );
    assert_eq!(config.master_keys().unwrap()[0].expose(), b"01234567890123456789012345678901");
    let printed = format!("{config:?}");
    assert!(!printed.contains("pass") && !printed.contains("0123"), "{printed}");

    let pairs = [
        ("DENWABAN__SMTP__URL", "smtp://localhost"),
        ("DENWABAN__SMTP__URL_FILE", smtp.to_str().unwrap()),
    ];
    let error = load("", &pairs).unwrap_err().to_string();
    assert_eq!(error, "smtp.url_file: smtp.url is given beside it; give one of the two");
}

#[test]
fn several_master_keys_are_a_list_in_the_file_and_commas_in_the_environment() {
    let other = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";
    let file = load(&format!("[secrets]\nmaster_key = ['{KEY}', '{other}']"), &[]).unwrap();
    let environment =
        load("", &[("DENWABAN__SECRETS__MASTER_KEY", &format!("{KEY},{other}"))]).unwrap();
    for config in [file, environment] {
        let keys = config.master_keys().unwrap();
        assert_eq!((keys.len(), keys[0].expose()[0], keys[1].expose()[0]), (2, b'0', b'a'));
    }
}

#[test]
fn a_key_is_made_once_and_only_for_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::for_tests(dir.path().join("data"));
    let first = config.master_keys().unwrap();
    assert_eq!(first[0].expose(), config.master_keys().unwrap()[0].expose());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&config.data_dir), mode(&config.data_dir.join("master.key"))), (0o700, 0o600));
    fs::write(config.data_dir.join("master.key"), "short").unwrap();
    assert!(config.master_keys().unwrap_err().to_string().starts_with("secrets.master_key: "));
}

#[test]
fn where_browsers_reach_us_follows_the_listener() {
    for (bind, url) in [
        ("0.0.0.0:8080", "http://localhost:8080/"),
        ("[::]:80", "http://localhost/"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("portal:81", "http://portal:81/"),
    ] {
        let mut config = Config::default();
        config.server.bind = bind.into();
        assert_eq!(config.public_url().as_str(), url, "{bind}");
    }
    assert_eq!(local_url().as_str(), "http://localhost/");
}

#[test]
fn s3_is_reached_by_the_environment_that_every_program_reads() {
    let pairs = [
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_REGION", "ap-northeast-1"),
        ("PATH", "/bin"),
        ("DENWABAN__ATTACHMENTS__URL", "s3://files/x"),
    ];
    let config = load("", &pairs).unwrap();
    let mut names: Vec<&str> =
        config.attachments.aws.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["AWS_REGION", "AWS_SECRET_ACCESS_KEY"]);
    assert!(!format!("{config:?}").contains("hush"));
    assert!(load("[attachments]\naws = []", &[]).is_err(), "a file is no place for them");
}

#[test]
fn a_list_is_written_in_the_file_or_with_commas_in_the_environment() {
    let schedule = |toml: &str, env: &[(&str, &str)]| {
        load(toml, env).map(|config| config.outbox.retry_schedule_s)
    };
    let variable = "DENWABAN__OUTBOX__RETRY_SCHEDULE_S";
    assert_eq!(schedule("[outbox]\nretry_schedule_s = [1, 20]", &[]).unwrap(), [1, 20]);
    assert_eq!(schedule("", &[(variable, "5, 30,300")]).unwrap(), [5, 30, 300]);
    assert_eq!(schedule("", &[(variable, "7")]).unwrap(), [7]);
    for wrong in ["5;30", "5,-1", "soon"] {
        let error = schedule("", &[(variable, wrong)]).unwrap_err().to_string();
        assert!(error.starts_with("outbox.retry_schedule_s: "), "{error}");
        assert!(error.contains("is no whole number of seconds"), "{error}");
    }
}

#[test]
fn one_setting_of_a_provider_leaves_its_others_as_they_are() {
    for kind in ServiceType::ALL {
        for (name, _) in kind.describe().settings {
            let key = format!("DENWABAN__PROVIDERS__{}__{name}", kind.key()).to_uppercase();
            let config = Config::load(None, env(&[(key.as_str(), "http://127.0.0.1:1")])).unwrap();
            for (other, default) in kind.describe().settings {
                let expected = if other == name { "http://127.0.0.1:1" } else { default };
                assert_eq!(config.providers.get(kind, other), expected, "{key} {other}");
            }
        }
    }
}
