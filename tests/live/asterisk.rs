//! The shipped files of Asterisk, where there is one: it is no package of every system.

use std::fs::{self, File};
use std::future::ready;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tests::{Client, block_on, eventually};

use crate::phones::{DOMAIN, tone};
use crate::scene::{CALLER, Scene, Stage, text};
use crate::switch::{Switch, end, free_port};
use crate::{refusals, reports};

/// The program, or why nothing is tested here.
fn asterisk() -> Option<PathBuf> {
    let found = tests::program("asterisk");
    if found.is_none() {
        println!("skipped: there is no asterisk on the PATH");
    }
    found
}

/// A running Asterisk; dropping it ends it.
struct Asterisk {
    program: PathBuf,
    port: u16,
    folder: PathBuf,
    process: Option<Child>,
}

impl Switch for Asterisk {
    fn trunk(&self) -> u16 {
        self.port
    }

    fn phones(&self) -> u16 {
        self.port
    }
}

impl Asterisk {
    /// Puts the shipped files where they belong, with addresses of the test, and starts it.
    async fn start(program: PathBuf, stage: Stage) -> Self {
        let mut this =
            Self { program, port: free_port(), folder: stage.folder.clone(), process: None };
        for name in ["etc", "db", "run", "log", "spool", "reports"] {
            fs::create_dir_all(this.folder.join(name)).unwrap();
        }
        let digests = digests(&stage).await;
        this.configure(&stage, &digests);
        let log = File::create(this.folder.join("asterisk.log")).unwrap();
        let mut command = this.command();
        command.arg("-f").env("DENWABAN_CONFIG", this.folder.join("switch.conf"));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        this.process = Some(command.spawn().unwrap());
        eventually("asterisk has booted", || {
            if let Some(status) = this.process.as_mut().unwrap().try_wait().unwrap() {
                panic!("asterisk ended with {status}: {}", this.log());
            }
            let said = this.command().args(["-rx", "core waitfullybooted"]).output().unwrap();
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            ready(if said.contains("fully booted") { Ok(()) } else { Err(said) })
        })
        .await;
        this
    }

    /// With what each terminal proves its password by.
    fn configure(&self, stage: &Stage, digests: &[String]) {
        let own = |name: &str| self.folder.join(name).display().to_string();
        let write = |name: &str, text: String| fs::write(self.folder.join(name), text).unwrap();
        let directories = [("etc", "etc"), ("db", "db"), ("run", "run"), ("log", "log")]
            .map(|(kind, name)| format!("ast{kind}dir => {}\n", own(name)))
            .concat();
        let spool = own("spool");
        write("etc/asterisk.conf", format!("[directories]\n{directories}astspooldir => {spool}\n"));
        write("etc/modules.conf", "[modules]\nautoload=yes\n".into());
        write("etc/logger.conf", "[logfiles]\nfull => notice,warning,error,verbose(5)\n".into());
        let settings = [
            ("https://portal.example.jp", stage.url.clone()),
            ("dws_", stage.key.clone()),
            ("/var/spool/denwaban", own("reports")),
            ("VOICEMAIL=no", "VOICEMAIL=yes".into()),
        ];
        write("switch.conf", changed("reports/switch.conf", &settings));
        let send = [("/usr/local/bin/denwaban-send", sender().display().to_string())];
        write("etc/denwaban.conf", changed("asterisk/extensions_denwaban.conf", &send));
        let includes = ["switch.conf", "etc/denwaban.conf"]
            .map(|name| format!("#include \"{}\"\n", own(name)))
            .concat();
        let terminals = "[from-terminal]\ninclude => denwaban-extensions\n";
        write("etc/extensions.conf", format!("[globals]\n{includes}{terminals}"));
        let addresses = [
            ("bind=0.0.0.0:5060", format!("bind=127.0.0.1:{}", self.port)),
            ("match=203.0.113.0/24", "match=127.0.0.1".into()),
            ("realm=sip.example.jp", format!("realm={DOMAIN}")),
        ];
        let pjsip = changed("asterisk/pjsip_denwaban.conf", &addresses);
        // Everybody is at 127.0.0.1: who names no terminal there is the carrier.
        let order = "[global]\ntype=global\nendpoint_identifier_order=username,ip\n";
        let (common, terminal) = pjsip.split_once("[minato000]").unwrap();
        let terminals = stage.terminals.iter().zip(digests).enumerate();
        let terminals = terminals.map(|(index, (port, digest))| {
            let login = format!("minato{index:03}");
            let text = format!("[minato000]{terminal}")
                .replace("minato000", &login)
                .replace("0123456789abcdef0123456789abcdef", digest);
            // The first two are there from the beginning, the third has to register.
            let contact = format!("contact=sip:{login}@127.0.0.1:{port}\nmax_contacts=1");
            if index < 2 { text.replace("max_contacts=1", &contact) } else { text }
        });
        write("etc/pjsip.conf", format!("{order}{common}{}", terminals.collect::<String>()));
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-C").arg(self.folder.join("etc/asterisk.conf"));
        command
    }

    /// Events that wait for the portal.
    fn waiting(&self) -> usize {
        let files = fs::read_dir(self.folder.join("reports")).unwrap().flatten();
        files.filter(|file| file.path().extension().is_some_and(|kind| kind == "event")).count()
    }

    /// Sends what waits, as cron would.
    fn send(&self) {
        assert!(self.run(sender(), &[]));
    }

    /// Tells which telephones are registered, as cron would; whether all was told.
    fn tell_registrations(&self) -> bool {
        let script = "integrations/reports/denwaban-registrations";
        self.run(tests::repository().join(script), &["asterisk"])
    }

    fn run(&self, script: PathBuf, arguments: &[&str]) -> bool {
        let mut command = Command::new(script);
        command.args(arguments);
        command.env("PATH", tests::path_after(self.program.parent().unwrap()));
        command.env("DENWABAN_CONFIG", self.folder.join("switch.conf"));
        command.env("ASTERISK_CONFIG", self.folder.join("etc/asterisk.conf"));
        command.status().unwrap().success()
    }

    fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        format!("{}{}", read("asterisk.log"), read("log/full"))
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        end(&mut self.process);
        if std::thread::panicking() {
            let log = self.log();
            let last: Vec<&str> = log.lines().rev().take(200).collect();
            println!("--- the switch's log, last line first\n{}", last.join("\n"));
        }
    }
}

/// What the portal says of the terminals' passwords.
async fn digests(stage: &Stage) -> Vec<String> {
    let portal = Client::new(&stage.url).bearer(&stage.key);
    let mut digests = Vec::new();
    for index in 0..stage.terminals.len() {
        let path = format!("/switch/ids/minato{index:03}");
        let answer = portal.get(&path).await.expect(200);
        assert_eq!(answer["digest"]["realm"], DOMAIN);
        digests.push(text(&answer["digest"]["ha1"]));
    }
    digests
}

fn sender() -> PathBuf {
    tests::repository().join("integrations/reports/denwaban-send")
}

/// A shipped file with other values; each must be there.
fn changed(path: &str, values: &[(&str, String)]) -> String {
    let path = tests::repository().join("integrations").join(path);
    let text = fs::read_to_string(&path).unwrap();
    values.iter().fold(text, |text, (shipped, ours)| {
        assert!(text.contains(shipped), "{} has no {shipped}", path.display());
        text.replace(shipped, ours)
    })
}

async fn scene(program: PathBuf) -> Scene<Asterisk> {
    Scene::with(async |stage| Asterisk::start(program, stage).await).await
}

const HOLD: (&str, &str) = ("HOLD_MS", "200");

#[test]
fn asterisk_does_as_the_portal_says() {
    let Some(program) = asterisk() else { return };
    block_on(async {
        let scene = scene(program).await;
        {
            let (answers, rings) = (
                scene.terminal(0, "answers", &[("RING_MS", "300")]).await,
                scene.terminal(1, "rings", &[]).await,
            );
            scene.call("call", CALLER, &[HOLD]).await;
            let ring = answers.wait_for(1).await.remove(0);
            rings.wait_for(1).await;
            assert!(ring.from.contains("09012345678"), "{ring:?}");
            assert!(ring.alert.contains("ringtone_1"), "{ring:?}");
            // Who hides the number is let in here, and the number is not shown.
            scene.call("call", CALLER, &[HOLD, ("HEADERS", refusals::HIDDEN)]).await;
            let ring = answers.wait_for(2).await.remove(1);
            let shown = format!("{}{}", ring.from, ring.asserted);
            assert!(shown.contains("anonymous") && !shown.contains("9012345678"), "{ring:?}");
        }
        scene.patch(&scene.numbers[0], json!({"priority_phone_id": scene.ids[1]})).await;
        scene.promised_second().await;
        {
            let (first, later) = (
                scene.terminal(1, "rings", &[]).await,
                scene.terminal(0, "answers", &[("RING_MS", "200")]).await,
            );
            scene.call("call", CALLER, &[HOLD]).await;
            let head_start = later.wait_for(1).await[0].at - first.wait_for(1).await[0].at;
            println!("asterisk: the other rings {head_start:.1} s later");
            assert!((9.0..15.0).contains(&head_start), "{head_start}");
        }
        scene.patch(&scene.numbers[0], json!({"priority_phone_id": null})).await;
        refusals::refuse(&scene).await;
        scene.promised_second().await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "50")]).await;
        let figures = refusals::make_all(&scene).await;
        println!("asterisk: refusals: {figures}");
        let rings = refusals::TABLE.iter().filter(|(_, _, _, code)| *code == "200").count();
        assert_eq!(terminal.rings().len(), rings, "who is refused does not ring");
        scene.call("refused", CALLER, &[("CODE", "404"), ("CALLED", "0399999999")]).await;

        // However a number is written, its channels are the same.
        scene.put(&format!("{}/channel-limit", scene.numbers[0]), json!({"limit": 2})).await;
        scene.promised_second().await;
        let two =
            [("CALLED", "0312345678"), ("CALLED", "+81312345678;npdi;user=phone")].map(|called| {
                let calls = scene.calls("call", CALLER, &[called, ("HOLD_MS", "4000")]);
                calls.start(scene.folder(), scene.switch.trunk())
            });
        terminal.wait_for(rings + 2).await;
        for called in ["0312345678", "+81312345678", "81312345678"] {
            scene.call("refused", CALLER, &[("CODE", "486"), ("CALLED", called)]).await;
        }
        scene.rings(&[0, 1], true).await;
        scene.promised_second().await;
        // The announcement is no answer, and takes no channel.
        scene.call("refused", CALLER, &[("CODE", "486")]).await;
        for calls in two {
            calls.finish().await;
        }
        scene.call("call", CALLER, &[HOLD]).await;
    });
}

#[test]
fn asterisk_rings_what_rang_last_while_the_portal_is_away() {
    let Some(program) = asterisk() else { return };
    block_on(async {
        let mut scene = scene(program).await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "50")]).await;
        scene.call("call", CALLER, &[HOLD]).await;
        scene.portal.take().unwrap().kill();
        for called in ["0312345678", "+81312345678"] {
            scene.call("call", CALLER, &[HOLD, ("CALLED", called)]).await;
        }
        terminal.wait_for(3).await;
        // A number that nobody has called yet.
        scene.call("refused", CALLER, &[("CODE", "503"), ("CALLED", "0312345679")]).await;
        drop(terminal);
        let silent = scene.terminal(0, "rings", &[]).await;
        scene.call("hangs_up", "<sip:0611112222@carrier.invalid>", &[("HOLD_MS", "800")]).await;
        silent.wait_for(1).await;
        eventually("events wait", async || scene.switch.waiting() >= 4).await;

        scene.serve_again().await;
        scene.switch.send();
        let is_it = |item: &Value| item["caller"]["text"] == "06-1111-2222";
        let items =
            reports::log(&scene, "who called while it was away", |items| items.iter().any(is_it))
                .await;
        let missed = items.iter().find(|item| is_it(item)).unwrap();
        assert_eq!(missed["reason"], "hung_up", "{missed}");
        assert_eq!(scene.switch.waiting(), 0, "what was sent does not stay");
    });
}

#[test]
fn what_happened_at_asterisk_comes_to_the_portal() {
    let Some(program) = asterisk() else { return };
    block_on(async {
        let scene = scene(program).await;
        scene.options(json!({"voicemail": true})).await;
        let hidden = [("HOLD_MS", "800"), ("HEADERS", refusals::HIDDEN)];
        {
            let rings = scene.terminal(0, "rings", &[]).await;
            scene.call("hangs_up", CALLER, &hidden).await;
            rings.wait_for(1).await;
        }
        let missed = |item: &Value| item["type"] == "missed_call";
        let items = reports::log(&scene, "the missed call", |items| items.iter().any(missed)).await;
        assert_eq!(
            (&items[0]["reason"], &items[0]["caller"]["text"]),
            (&json!("hung_up"), &json!("非通知"))
        );
        // Both decline, and the caller leaves a message; its name would break out of JSON.
        let _declines = (
            scene.terminal(0, "declines", &[("CODE", "603")]).await,
            scene.terminal(1, "declines", &[("CODE", "486")]).await,
        );
        let file = tone(scene.folder());
        let speaks = [("HOLD_MS", "4000"), ("FILE", file.as_str())];
        let name = "\"x,&type=fax&z=\" <sip:0611113333@carrier.invalid>";
        scene.call("speaks", name, &speaks).await;
        let voicemail = |item: &Value| item["type"] == "voicemail";
        let items = reports::log(&scene, "the message", |items| items.iter().any(voicemail)).await;
        let message = items.iter().find(|item| voicemail(item)).unwrap();
        assert_eq!(message["caller"]["text"], "06-1111-3333", "{message}");
        assert!(message["attachment"]["size"].as_u64() > Some(16_000), "{message}");
        assert_eq!(
            message["duration_s"].as_u64().map(|seconds| seconds > 0),
            Some(true),
            "{message}"
        );
        // A caller who says nothing has left no message.
        let silence = [("HOLD_MS", "100"), ("FILE", file.as_str())];
        scene.call("speaks", "<sip:0611114444@carrier.invalid>", &silence).await;
        let is_it = |item: &Value| item["caller"]["text"] == "06-1111-4444";
        let items = reports::log(&scene, "no message", |items| items.iter().any(is_it)).await;
        let last = items.iter().find(|item| is_it(item)).unwrap();
        assert_eq!(last["type"], "missed_call", "{last}");
    });
}

#[test]
fn telephones_sign_in_at_asterisk_and_call_each_other() {
    const DESK: &str = "Yealink SIP-T46U 108.86.0.20";
    let Some(program) = asterisk() else { return };
    block_on(async {
        let mut scene = scene(program).await;
        scene.register_with(2, "a-wrong-password", "401").await;
        scene.register_for(2, scene.terminals[2], DESK, 600).await;
        assert!(scene.switch.tell_registrations());
        let shown = scene.soon_shown(2, &["ip_phone Yealink SIP-T46U"]).await;
        assert_eq!(shown[0]["registered"], true, "{shown:?}");

        // Who calls is the one who has signed in.
        let called = scene.terminal(0, "answers", &[("RING_MS", "50")]).await;
        let asked = [("CHALLENGE", "401")];
        scene.dial("minato002", "200", "call_out", &asked).await;
        let ring = called.wait_for(1).await.remove(0);
        assert!(ring.from.contains("sip:202@"), "{ring:?}");
        let refused = |code| [("CHALLENGE", "401"), ("CODE", code)];
        scene.dial("minato002", "299", "call_out_refused", &refused("404")).await;

        // While the portal is away an extension rings that was called before, and what telephones
        // do is told when it is back.
        scene.portal.take().unwrap().kill();
        scene.dial("minato002", "200", "call_out", &asked).await;
        called.wait_for(2).await;
        scene.dial("minato002", "201", "call_out_refused", &refused("503")).await;
        scene.register_for(2, scene.terminals[2], DESK, 0).await;
        assert!(!scene.switch.tell_registrations());
        scene.serve_again().await;
        assert!(scene.switch.tell_registrations());
        scene.soon_shown(2, &[]).await;
    });
}
