//! The process dies at once, as in a power cut: what was answered is there when it comes back.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Client, Denwaban, PASSWORD, TestDatabase, eventually, on_both};

const ROUNDS: usize = 4;
/// Answered changes before each kill.
const CHANGES: usize = 8;

/// Makes a contract with one number and a basic ID; answers the paths of the contract and the
/// number.
pub async fn provision(operator: &Client) -> (String, String) {
    let account = operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    let account = format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default());
    let id =
        json!({"login_id": "minato001", "kind": "basic", "extension": "201", "password": PASSWORD});
    operator.post(&format!("{account}/ids"), id).await.expect(201);
    let number = json!({"number": "03-1234-5678", "kind": "primary", "max_channels": 9});
    let number = operator.post(&format!("{account}/numbers"), number).await.expect(201);
    let path = format!("{account}/numbers/{}", number["id"].as_str().unwrap_or_default());
    (account, path)
}

/// What a caller was told of a number, and what of it must be there after a crash.
#[derive(Debug)]
struct Told {
    version: u64,
    revision: u64,
    name: String,
}

impl Told {
    /// Changes the number, with an answer each time.
    async fn change(&mut self, operator: &Client, number: &str, round: usize) {
        for change in 0..CHANGES {
            self.name = format!("round {round} change {change}");
            let answer =
                operator.if_match(self.version).patch(number, json!({"name": self.name})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            (self.version, self.revision) = (answer.version(), self.revision + 1);
        }
    }

    /// Compares with what is there. One change more was under way when the process died; it came
    /// through whole or not at all.
    async fn compare(
        &mut self,
        operator: &Client,
        account: &str,
        number: &str,
        under_way: &str,
        answered: bool,
    ) {
        let seen = operator.get(number).await;
        let came_through = seen["name"] == under_way;
        assert!(came_through || !answered, "the last change was answered and is gone");
        let expected = (
            self.version + u64::from(came_through),
            if came_through { under_way } else { &self.name },
        );
        assert_eq!(
            (seen.version(), seen["name"].as_str()),
            (expected.0, Some(expected.1)),
            "{self:?}"
        );
        let revision = self.revision + u64::from(came_through);
        assert_eq!(
            operator.get(account).await["revision"],
            revision,
            "a change and its revision come and go together"
        );
        (self.version, self.revision) = (expected.0, revision);
    }
}

on_both!(answered_changes_survive_a_kill, bare, async |backend| {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let database = TestDatabase::create(backend, folder.path());
    let key = Denwaban::operator_key(&data_dir, &database.url);
    let mut server = Denwaban::serve(&data_dir, &database.url, "info").await;
    let (account, number) = provision(&Client::new(&server.url).bearer(&key)).await;

    let mut told = Told { version: 1, revision: 3, name: String::new() };
    for round in 0..ROUNDS {
        let operator = Client::new(&server.url).bearer(&key);
        told.change(&operator, &number, round).await;
        let last = format!("round {round} under way");
        let (client, path, body) =
            (operator.if_match(told.version), number.clone(), json!({"name": last}).to_string());
        let under_way =
            tokio::spawn(async move { client.try_send(Method::PATCH, &path, Some(body)).await });
        for _ in 0..round * 20 {
            tokio::task::yield_now().await;
        }
        server.kill();
        let answered =
            under_way.await.expect("the request ends").is_ok_and(|answer| answer.status == 200);
        server = Denwaban::serve(&data_dir, &database.url, "info").await;
        told.compare(&Client::new(&server.url).bearer(&key), &account, &number, &last, answered)
            .await;
    }
    let (holder, _) = Client::new(&server.url).sign_in("minato001", PASSWORD).await;
    let log = holder.get("/audit-log?limit=200").await.expect(200);
    let entries = log["items"].as_array().expect("items").iter().rev();
    let revisions: Vec<u64> = entries.filter_map(|entry| entry["revision"].as_u64()).collect();
    assert_eq!(
        revisions,
        (1..=told.revision).collect::<Vec<_>>(),
        "a change and its line in the log come and go together"
    );
});

on_both!(secrets_never_reach_the_log, bare, async |backend| {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let database = TestDatabase::create(backend, folder.path());
    let key = Denwaban::operator_key(&data_dir, &database.url);
    let server = Denwaban::serve(&data_dir, &database.url, "trace").await;
    let nobody = Client::new(&server.url);
    let operator = nobody.clone().bearer(&key);
    let (account, _) = provision(&operator).await;
    operator
        .if_match(1)
        .patch(&account, json!({"contact_mail": "soumu@minato.example"}))
        .await
        .expect(200);
    let second = operator.post("/operator/keys", json!({"name": "second"})).await.expect(201);
    let generated = json!({"login_id": "minato002", "kind": "additional", "extension": "202"});
    let generated = operator.post(&format!("{account}/ids"), generated).await.expect(201);

    let (holder, session) = nobody.clone().sign_in("minato001", PASSWORD).await;
    holder.post("/session/confirm", json!({"password": PASSWORD})).await.expect(200);
    nobody
        .post("/session", json!({"login_id": "minato001", "password": "a wrong password"}))
        .await
        .expect_problem(401, "bad_credentials");
    nobody.post("/password-resets", json!({"login_id": "minato001"})).await.expect(202);
    let token = token_of_mail(&data_dir.join("mail")).await;
    let new = json!({"new_password": "a new long password",
        "new_password_confirmation": "a new long password"});
    nobody.post(&format!("/password-resets/{token}"), new).await.expect(204);

    let log = server.kill();
    assert!(
        log.contains("/api/v1/password-resets/{token}") && log.lines().count() > 50,
        "the log tells what happened: {log}"
    );
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let cookie = session.cookie.split_once('=').expect("a value").1.to_owned();
    let passwords = [
        PASSWORD.to_owned(),
        "a wrong password".into(),
        "a new long password".into(),
        text(&generated["generated_password"]),
    ];
    let master_key = std::fs::read_to_string(data_dir.join("master.key"))
        .expect("the generated key")
        .trim()
        .to_owned();
    let tokens = [key, text(&second["key"]), cookie, session.csrf, token, master_key];
    for secret in passwords.iter().chain(&tokens) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} stands in the log");
    }
});

/// Waits for the mail and takes the token out of its link.
async fn token_of_mail(folder: &std::path::Path) -> String {
    let mail = eventually("a mail is written", async || {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mail = files
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "eml"));
        mail.and_then(|mail| std::fs::read_to_string(mail).ok())
    })
    .await;
    let token =
        mail.split("/reset-password#").nth(1).and_then(|rest| rest.split_whitespace().next());
    token.expect("a link stands in the mail").to_owned()
}
