//! The contract that every story is about: what a small company has, with names that people would
//! give.

use api_types::AccountOptions;
use serde_json::{Value, json};
use tests::{Client, Holder, PASSWORD, TestApp};

/// The basic ID.
pub const LOGIN_ID: &str = "minato201";

/// Numbers as people write them, their names, and the channels of the contract.
const NUMBERS: [(&str, &str, u8); 3] = [
    ("050-1234-5678", "代表番号", 9),
    ("03-3456-7890", "サポート窓口", 5),
    ("0120-345-678", "フリーダイヤル", 3),
];

struct Id {
    extension: &'static str,
    terminal_name: &'static str,
    device_option: Option<&'static str>,
    /// Kind and name of each terminal that is signed in.
    terminals: &'static [(&'static str, &'static str)],
}

const IDS: [Id; 5] = [
    Id {
        extension: "201",
        terminal_name: "受付 iPhone",
        device_option: None,
        terminals: &[("windows", "受付 PC"), ("ios", "iPhone 17")],
    },
    Id {
        extension: "203",
        terminal_name: "会議室の電話",
        device_option: Some("ip_phone"),
        terminals: &[("ip_phone", "会議室 T54W")],
    },
    Id {
        extension: "204",
        terminal_name: "倉庫",
        device_option: Some("premises_device"),
        terminals: &[("premises_device", "倉庫 アダプタ")],
    },
    Id {
        extension: "205",
        terminal_name: "佐藤 Android",
        device_option: None,
        terminals: &[("android", "Pixel 10")],
    },
    Id {
        extension: "206", terminal_name: "鈴木（未使用）", device_option: None, terminals: &[]
    },
];

/// The holder's hand on the API, as another browser or an integrator would have it.
pub struct Minato(Holder);

impl std::ops::Deref for Minato {
    type Target = Holder;

    fn deref(&self) -> &Holder {
        &self.0
    }
}

fn id_of(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_default().to_owned()
}

impl Minato {
    /// Makes the contract through the operator's API.
    pub async fn provision(app: &TestApp) -> Self {
        let operator = app.operator().header("accept-language", "ja");
        let options =
            AccountOptions { ip_phone: true, premises_device: true, voicemail: true, fax: false };
        let account = json!({"name": "株式会社みなと商会", "contact_mail": "soumu@minato.example",
            "options": options});
        let account_id = id_of(&operator.post("/operator/accounts", account).await.expect(201));
        let base = format!("/operator/accounts/{account_id}");
        let (mut numbers, mut ids) = (Vec::new(), Vec::new());
        for (index, (number, name, max_channels)) in NUMBERS.into_iter().enumerate() {
            let kind = if index == 0 { "primary" } else { "additional" };
            let body =
                json!({"number": number, "kind": kind, "name": name, "max_channels": max_channels});
            numbers.push(id_of(&operator.post(&format!("{base}/numbers"), body).await.expect(201)));
        }
        for (index, Id { extension, terminal_name, device_option, terminals }) in
            IDS.into_iter().enumerate()
        {
            let kind = if index == 0 { "basic" } else { "additional" };
            let body = json!({"login_id": format!("minato{extension}"), "kind": kind,
                "extension": extension,
                              "terminal_name": terminal_name, "device_option": device_option,
                                  "password": PASSWORD});
            let id = id_of(&operator.post(&format!("{base}/ids"), body).await.expect(201));
            for (kind, name) in terminals {
                operator
                    .post(
                        &format!("{base}/ids/{id}/terminals"),
                        json!({"kind": kind, "name": name}),
                    )
                    .await
                    .expect(201);
            }
            ids.push(id);
        }
        let (client, session) =
            app.nobody().header("accept-language", "ja").sign_in(LOGIN_ID, PASSWORD).await;
        Self(Holder { client, session, account_id, login_id: LOGIN_ID.into(), numbers, ids })
    }

    /// Path of the general settings of a number.
    pub fn number_settings(&self, index: usize) -> String {
        format!("{}/general", self.number(index))
    }

    /// Path of the general settings of an ID.
    pub fn id_settings(&self, index: usize) -> String {
        format!("{}/general", self.id(index))
    }

    /// What the API says of a path now.
    pub async fn now(&self, path: &str) -> Value {
        self.client.get(path).await.expect(200)
    }

    /// Changes a path, as somebody else who works on the same contract.
    pub async fn change(&self, path: &str, patch: Value) {
        change(&self.client, path, patch).await;
    }

    /// Gives the contract other options, as the operator does.
    pub async fn set_options(&self, app: &TestApp, options: AccountOptions) {
        let (operator, path) = (app.operator(), format!("{}/options", self.operator_path()));
        let version = operator.get(&path).await.version();
        operator.if_match(version).put(&path, json!(options)).await.expect(200);
    }
}

async fn change(client: &Client, path: &str, patch: Value) {
    let version = client.get(path).await.version();
    client.if_match(version).patch(path, patch).await.expect(200);
}
