//! The softphone app, and what the switch decides: where settings are noticed in the end.

use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{Client, PASSWORD};

use crate::stage::Story;

impl Story {
    /// An app that is signed in with the ID of this index.
    pub async fn app_of(&self, id: usize) -> Client {
        let login_id = &self.minato.now(&self.minato.id(id)).await["login_id"];
        self.app_with(login_id.as_str().unwrap_or_default(), PASSWORD).await
    }

    /// An app that is signed in with this login and password.
    pub async fn app_with(&self, login_id: &str, password: &str) -> Client {
        let body = json!({"login_id": login_id, "password": password,
            "terminal": {"kind": "ios", "name": "電車の iPhone"}});
        let tokens = self.app.nobody().post("/tokens", body).await.expect(200);
        self.app.nobody().bearer(tokens["access_token"].as_str().unwrap_or_default())
    }

    /// What the switch is told about a call to the primary number, once that knows the last change.
    /// `more` is added to the question.
    pub async fn decision(&self, more: Value) -> Value {
        let mut call = json!({"call_id": store::new_id(), "called": "050-1234-5678",
            "from_user": "09012345678"});
        for (name, value) in more.as_object().into_iter().flatten() {
            call[name] = value.clone();
        }
        let switch = Switch::of(&self.app).await;
        switch.client.post("/switch/route-decision", call).await.expect(200)
    }

    /// Waits until such a decision is as it should be, and answers it: a change is there after a
    /// moment.
    pub async fn decided(
        &self,
        wanted: &str,
        more: Value,
        is: impl Fn(&Value) -> bool,
    ) -> tests::Outcome<Value> {
        self.wait(wanted, async || {
            let decision = self.decision(more.clone()).await;
            if is(&decision) { Ok(decision) } else { Err(decision.to_string()) }
        })
        .await
    }
}

/// The device of a decision that is this terminal's.
pub fn device<'a>(decision: &'a Value, login_id: &str) -> Option<&'a Value> {
    decision["devices"].as_array()?.iter().find(|device| device["login_id"] == login_id)
}
