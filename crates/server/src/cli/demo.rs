//! `denwaban demo`: a sample contract on an embedded database, to look around in and to script
//! against.

mod seed;

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::rt::System;
use api_types::{PhoneIdKind, ServiceKeyCreate};
use serde::{Deserialize, Serialize};
use store::identity::service_key::{self, KeyKind};
use store::numbers::phone_id;
use store::{Conn, EntranceScope, OperatorScope};

use super::{Error, output, serve};
use crate::identity::passwords::PreparedPassword;
use crate::platform::change::{Actor, Ctx};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, private_dir};
use crate::platform::crypto;
use crate::{App, identity};

const HOST: &str = "127.0.0.1";
const USUAL_PORT: u16 = 8080;

/// Where the sign-in and the keys are kept, for the next start.
const FILE: &str = "demo.json";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one line of JSON {url, login_id, password, operator_key, switch_key} and nothing else
    #[arg(long)]
    json: bool,
    /// Port on 127.0.0.1; 8080 when absent, or a free one where that is taken
    #[arg(long)]
    port: Option<u16>,
    /// Where the demo keeps its data; the folder `demo` in the usual data directory when absent
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// A recording to hand in, beside it.
const RECORDING: &str = "voicemail.wav";

/// What one needs to get in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entrance {
    login_id: String,
    password: String,
    operator_key: String,
    switch_key: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    url: &'a str,
    #[serde(flatten)]
    entrance: &'a Entrance,
}

pub(super) fn run(mut config: Config, args: Args) -> Result<(), Error> {
    System::new().block_on(async move {
        let listener = listen(args.port)?;
        config.data_dir = args.data_dir.unwrap_or_else(|| config.data_dir.join("demo"));
        config.database.url = None;
        config.server.public_url = None;
        config.server.bind =
            listener.local_addr().map_err(|error| Error::said(error.to_string()))?.to_string();
        // Whoever tries webhooks receives them on this machine.
        config.egress.allow_private = true;
        // The demo runs beside a server on the same machine.
        config.server.metrics_bind.get_or_insert_default();
        let app = App::build(config, Clock::system())?;
        let entrance = open(&app).await?;
        let url = app.config.public_url();
        let text = if args.json {
            serde_json::to_string(&Answer {
                url: url.as_str().trim_end_matches('/'),
                entrance: &entrance,
            })
            .unwrap_or_default()
        } else {
            welcome(
                url.as_str(),
                &entrance,
                &app.mailer.describe(),
                &app.config.data_dir.join(RECORDING),
            )
        };
        serve::until_stopped(app, listener, || output::print(&text)).await
    })
}

fn listen(port: Option<u16>) -> Result<TcpListener, Error> {
    if let Some(port) = port {
        return serve::listen("--port", &format!("{HOST}:{port}"));
    }
    match TcpListener::bind((HOST, USUAL_PORT)) {
        Ok(listener) => Ok(listener),
        Err(_) => serve::listen("--port", &format!("{HOST}:0")),
    }
}

/// The way in, made where it is missing: at the first start, and after a start that was cut off.
async fn open(app: &Arc<App>) -> Result<Entrance, Error> {
    let path = app.config.data_dir.join(FILE);
    let wrong = |error: io::Error| Error::said(format!("{}: {error}", path.display()));
    let kept = read(&path).map_err(wrong)?;
    let password = match &kept {
        Some(kept) => kept.password.clone(),
        None => crypto::new_password(),
    };
    let known = kept.clone().unwrap_or_default();
    let wanted = password.clone();
    let realm = app.config.switch.sip_domain.clone();
    let basic = app
        .hashing(move || PreparedPassword::new(&realm, PhoneIdKind::Basic, Some(wanted)))
        .await?;
    let is_new = kept.is_none();
    let (planting, now) = (app.clone(), app.clock.now());
    let files =
        seed::files::keep(app, now).await.map_err(|error| Error::said(error.to_string()))?;
    let entrance = app
        .db
        .write(move |conn| {
            let found =
                phone_id::find_by_login_id(conn, EntranceScope::authenticating(), seed::LOGIN_ID)?;
            match found {
                None => seed::plant(conn, &planting, &files, now, &basic)?,
                Some((row, account)) if is_new => {
                    let ctx = Ctx { actor: Actor::operator(seed::ACTOR), now };
                    let scope = OperatorScope::authorised().account(account.id);
                    identity::passwords::set_password(
                        conn,
                        &scope,
                        &ctx,
                        &planting.secrets,
                        &row.id,
                        &basic,
                        None,
                    )?;
                }
                Some(_) => {}
            }
            let ctx = Ctx { actor: Actor::operator(seed::ACTOR), now };
            Ok::<_, Error>(Entrance {
                login_id: seed::LOGIN_ID.to_owned(),
                password,
                operator_key: key(conn, &ctx, KeyKind::Operator, known.operator_key)?,
                switch_key: key(conn, &ctx, KeyKind::Switch, known.switch_key)?,
            })
        })
        .await?;
    std::fs::write(app.config.data_dir.join(RECORDING), seed::files::recording()).map_err(wrong)?;
    if kept.as_ref() != Some(&entrance) {
        write(&app.config.data_dir, &path, &entrance).map_err(wrong)?;
    }
    Ok(entrance)
}

/// The key that is kept, if it still opens something; a new one otherwise.
fn key(conn: &mut Conn, ctx: &Ctx, kind: KeyKind, kept: String) -> Result<String, Error> {
    let hash = crypto::hash_token(&kept);
    if service_key::find_by_hash(conn, EntranceScope::authenticating(), kind, &hash)?.is_some() {
        return Ok(kept);
    }
    let new = ServiceKeyCreate { name: "demo".to_owned() };
    Ok(identity::service_keys::create_service_key(
        conn,
        OperatorScope::authorised(),
        ctx,
        kind,
        new,
    )?
    .key)
}

/// What an earlier start kept; a file that cannot be understood is as good as none.
fn read(path: &Path) -> io::Result<Option<Entrance>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(serde_json::from_str(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(dir: &Path, path: &Path, entrance: &Entrance) -> io::Result<()> {
    private_dir(dir)?;
    // A temporary file is readable by nobody else from the start.
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    serde_json::to_writer_pretty(&mut file, entrance)?;
    writeln!(file)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn welcome(url: &str, entrance: &Entrance, mail: &str, recording: &Path) -> String {
    let Entrance { login_id, password, operator_key, switch_key } = entrance;
    let voicemail = voicemail_line(url, switch_key, recording);
    format!(
        "
電話番のデモが動いています。 The Denwaban demo is running.

  ポータル    Portal        {url}
  ログインID  Login ID      {login_id}
  パスワード  Password      {password}
  メール      Mails go to   {mail}

  API の説明  API document  {url}api/docs
  事業者キー  Operator key  {operator_key}
  交換機キー  Switch key    {switch_key}

留守番電話を 1 件届けるには、次の 1 行を実行してください。通知履歴（{url}notices）に現れ、メールが届きます。
One line makes a voicemail arrive: see it in the log of notices ({url}notices), and its mail.

{voicemail}

データは次の起動でも残ります。終了は Ctrl+C。 The data stays for the next start; Ctrl+C stops.
"
    )
}

/// Hands the recording in and reports a voicemail with it; as often as one likes.
fn voicemail_line(url: &str, switch_key: &str, recording: &Path) -> String {
    let recording = recording.display().to_string().replace('\'', "'\\''");
    let key = format!("-H 'Authorization: Bearer {switch_key}'");
    let hand_in = format!(
        "curl -s {key} -H 'Content-Type: audio/wav' --data-binary '@{recording}' \
            {url}api/v1/switch/attachments | cut -d'\"' -f4"
    );
    let said = "田中です。折り返しお電話ください。";
    format!(
        "curl -s {key} -H 'Content-Type: application/json' {url}api/v1/switch/events -d \
            '[{{\"id\":\"'$(date +%s)'\",\"type\":\"voicemail\",\
         \"call_id\":\"demo-'$(date \
             +%s)'\",\"called\":\"050-1234-5678\",\"caller\":\"090-1234-5678\",\"at\":\"'$(date -u \
             +%FT%TZ)'\",\
         \"duration_s\":3,\"transcript\":\"{said}\",\"attachment_id\":\"'$({hand_in})'\"}}]'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_second_start_keeps_sign_in_keys_and_data() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let app = || App::build(Config::for_tests(dir.path()), Clock::system()).unwrap();
        let first = open(&app()).await.unwrap();
        let second = open(&app()).await.unwrap();
        assert!(first == second);
        assert!(first.operator_key.starts_with("dwo_") && first.switch_key.starts_with("dws_"));
        assert_eq!(
            std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777,
            0o600
        );

        std::fs::remove_file(dir.path().join(FILE)).unwrap();
        let app = app();
        let third = open(&app).await.unwrap();
        assert!(third.password != first.password && third.operator_key != first.operator_key);
        let login_id = third.login_id.clone();
        let find = move |conn: &mut Conn| {
            phone_id::find_by_login_id(conn, EntranceScope::authenticating(), &login_id)
        };
        let (row, _) = app.db.read(find).await.unwrap().unwrap();
        assert!(app.verify_password(third.password, row.password_hash).await.unwrap());
    }
}
