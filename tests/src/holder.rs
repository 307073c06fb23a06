//! Contracts and their holders.

use serde_json::{Value, json};
use store::numbers::{phone_id, ringing};
use store::{Conn, Scope, StoreError};

use crate::{Client, Session, TestApp};

/// The password of every holder in tests.
pub const PASSWORD: &str = "correct horse battery";

/// What a contract of a test has.
#[derive(Clone, Debug)]
pub struct Contract {
    /// How many numbers: a primary one first, the others additional.
    pub numbers: usize,
    /// How many IDs: a basic one first, the others additional.
    pub ids: usize,
    /// The options, as in the API.
    pub options: Value,
}

impl Default for Contract {
    /// Two numbers, three IDs, the IP-phone option.
    fn default() -> Self {
        Self { numbers: 2, ids: 3, options: json!({"ip_phone": true}) }
    }
}

/// A contract holder who is signed in, with what the contract has.
pub struct Holder {
    /// The client with the session.
    pub client: Client,
    /// The session.
    pub session: Session,
    /// Id of the contract.
    pub account_id: String,
    /// The basic ID's login.
    pub login_id: String,
    /// Ids of the numbers, the primary one first.
    pub numbers: Vec<String>,
    /// Ids of the IDs, the basic one first.
    pub ids: Vec<String>,
}

impl Holder {
    /// Makes a contract through the operator's API and signs its holder in. `name` makes login ids
    /// and phone numbers differ between the contracts of one test: letters only.
    pub async fn provision(app: &TestApp, name: &str, contract: Contract) -> Self {
        let operator = app.operator();
        let account = json!({"name": format!("{name}商会"),
            "contact_mail": format!("{name}@example.jp"), "options": contract.options});
        let account = operator.post("/operator/accounts", account).await.expect(201);
        let account_id = account["id"].as_str().unwrap().to_owned();
        let seed = name.bytes().fold(0u32, |sum, byte| (sum * 31 + u32::from(byte)) % 10_000);
        let (mut numbers, mut ids) = (Vec::new(), Vec::new());
        for index in 0..contract.numbers {
            let kind = if index == 0 { "primary" } else { "additional" };
            let body = json!({"number": format!("03-{seed:04}-{index:04}"), "kind": kind,
                "max_channels": 5});
            let number = operator
                .post(&format!("/operator/accounts/{account_id}/numbers"), body)
                .await
                .expect(201);
            numbers.push(number["id"].as_str().unwrap().to_owned());
        }
        for index in 0..contract.ids {
            let kind = if index == 0 { "basic" } else { "additional" };
            let (login_id, extension) = (format!("{name}{index:03}"), (200 + index).to_string());
            let body = json!({"login_id": login_id, "kind": kind, "extension": extension,
                "password": PASSWORD});
            let id = operator
                .post(&format!("/operator/accounts/{account_id}/ids"), body)
                .await
                .expect(201);
            ids.push(id["id"].as_str().unwrap().to_owned());
        }
        let login_id = format!("{name}000");
        let (client, session) = app.nobody().sign_in(&login_id, PASSWORD).await;
        Self { client, session, account_id, login_id, numbers, ids }
    }

    /// Path of a number.
    pub fn number(&self, index: usize) -> String {
        format!("/numbers/{}", self.numbers[index])
    }

    /// Path of an ID.
    pub fn id(&self, index: usize) -> String {
        format!("/ids/{}", self.ids[index])
    }

    /// Path of the contract for the operator.
    pub fn operator_path(&self) -> String {
        format!("/operator/accounts/{}", self.account_id)
    }

    /// The present revision of the account.
    pub async fn revision(&self) -> u64 {
        self.client.get("/account").await.expect(200)["revision"].as_u64().unwrap()
    }

    /// The change log, the latest change first.
    pub async fn log(&self) -> Vec<Value> {
        let log = self.client.get("/audit-log?limit=200").await.expect(200);
        assert_eq!(log["next_cursor"], Value::Null, "the log is longer than one page");
        log["items"].as_array().unwrap().clone()
    }

    /// Switches an ID off for a number, without a line in the change log.
    pub async fn silence(&self, app: &TestApp, number: usize, id: usize) {
        let (scope, number, id) =
            (Scope::account(&self.account_id), self.numbers[number].clone(), self.ids[id].clone());
        app.app
            .db
            .write(move |conn| ringing::set(conn, &scope, &number, &id, false))
            .await
            .unwrap();
    }

    /// Sets the number that an ID calls out with, without a line in the change log, and whatever
    /// the options are.
    pub async fn call_out_with(&self, app: &TestApp, id: usize, number: usize) {
        let (scope, id, number) =
            (Scope::account(&self.account_id), self.ids[id].clone(), self.numbers[number].clone());
        let now = app.clock.now_naive();
        let changes = phone_id::Changes {
            outbound_number_id: Some(Some(number)),
            ..phone_id::Changes::default()
        };
        let change = move |conn: &mut Conn| -> Result<bool, StoreError> {
            let version = phone_id::find(conn, &scope, &id)?.map_or(0, |row| row.version);
            phone_id::update(conn, &scope, &id, version, &changes, now)
        };
        assert!(app.app.db.write(change).await.unwrap());
    }

    /// Makes a notify rule and answers its id.
    pub async fn notify_rule(&self, _app: &TestApp, name: &str) -> String {
        let rule = self.client.post("/notify-rules", json!({"name": name})).await.expect(201);
        rule["id"].as_str().unwrap().to_owned()
    }
}
