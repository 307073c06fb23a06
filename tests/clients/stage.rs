//! A server with a contract in it, and a key that opens all of it.

use api_types::ApiScope;
use serde_json::{Value, json};
use server::platform::clock::Clock;
use server::platform::config::Config;
use tests::{Backend, Contract, Holder, TestApp};

/// What the programs meet.
pub struct Stage {
    /// The server. Its clock stands still, at the time of the machine: the programs have no other
    /// one.
    pub app: TestApp,
    /// The contract: two numbers and three IDs.
    pub holder: Holder,
    /// A key of an integrator, with every scope.
    pub key: String,
}

impl Stage {
    /// Starts the server and makes the contract.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with a configuration that is changed in something.
    pub async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::start_with(Backend::Sqlite, |config| {
            config.server.workers = 2;
            adjust(config);
        })
        .await;
        app.clock.advance(Clock::system().now() - app.clock.now());
        let contract = Contract {
            options: json!({"ip_phone": true, "premises_device": true}),
            ..Contract::default()
        };
        let holder = Holder::provision(&app, "minato", contract).await;
        let made = holder
            .client
            .post("/api-keys", json!({"name": "顧客管理", "scopes": ApiScope::ALL}))
            .await
            .expect(201);
        let key = made["key"].as_str().unwrap().to_owned();
        Self { app, holder, key }
    }

    /// What the programs know: where the server is, and the key.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("DENWABAN_URL", self.app.url.clone()), ("DENWABAN_API_KEY", self.key.clone())]
    }

    /// The entries of a number's block list, the latest first: caller and note.
    pub async fn entries(&self, number: usize) -> Vec<(String, String)> {
        let path = format!("{}/block-list/entries?limit=200", self.holder.number(number));
        let page = self.holder.client.get(&path).await.expect(200);
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (text(&entry["caller"]), text(&entry["note"])))
            .collect()
    }
}
