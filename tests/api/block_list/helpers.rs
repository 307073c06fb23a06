//! A block list as its holder uses it: entries over JSON, files as bytes.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use store::calls::call_event::{self, Direction, Outcome};
use store::{Kind as _, Scope, StoreError, new_id};
use tests::{Answer, Client, Holder, TestApp};

/// The header of our own files.
pub const HEADER: &str = "電話番号,メモ,一致,有効期限\r\n";

/// The block list of one number.
pub struct List {
    /// Its holder.
    pub client: Client,
    /// `/numbers/…/block-list`.
    pub path: String,
    files: reqwest::Client,
    url: String,
    session: tests::Session,
}

/// An answer whose body need not be text.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl List {
    pub fn of(app: &TestApp, holder: &Holder, index: usize) -> Self {
        Self::seen_by(app, holder, &holder.numbers[index])
    }

    /// The list of a number that need not be the holder's.
    pub fn seen_by(app: &TestApp, holder: &Holder, number_id: &str) -> Self {
        #[expect(
            clippy::allow_attributes,
            reason = "the lint only knows it once the server has its own client"
        )]
        #[allow(clippy::disallowed_methods, reason = "tests are clients")]
        let files = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        // A long file keeps one connection busy for so long that the server closes another that
        // waits.
        let client = holder.client.clone().header("connection", "close");
        let path = format!("/numbers/{number_id}/block-list");
        Self { client, path, files, url: app.url.clone(), session: holder.session.clone() }
    }

    /// The same in another session.
    pub fn with(self, client: Client) -> Self {
        Self { client, ..self }
    }

    pub fn entries_path(&self) -> String {
        format!("{}/entries", self.path)
    }

    pub fn entry_path(&self, entry: &Value) -> String {
        format!("{}/entries/{}", self.path, id_of(entry))
    }

    /// Adds an entry, or is refused.
    pub async fn try_add(&self, body: Value) -> Answer {
        self.client.post(&self.entries_path(), body).await
    }

    /// Adds an entry.
    pub async fn add(&self, body: Value) -> Value {
        self.try_add(body).await.expect(201)
    }

    /// Adds a whole number without anything beside it.
    pub async fn block(&self, caller: &str) -> Value {
        self.add(json!({"caller": caller})).await
    }

    /// Says what an entry would mean.
    pub async fn check(&self, matching: &str, caller: &str) -> Value {
        self.client
            .post(
                &format!("{}/check", self.entries_path()),
                json!({"caller": caller, "match": matching}),
            )
            .await
            .expect(200)
    }

    /// Every entry that a query finds, page by page, each page with the same total.
    pub async fn entries(&self, query: &str) -> Vec<Value> {
        let (mut found, mut next) = (Vec::new(), String::new());
        loop {
            let page = self
                .client
                .get(&format!("{}?{query}{next}", self.entries_path()))
                .await
                .expect(200);
            found.extend(page["items"].as_array().expect("items").clone());
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return found,
            }
        }
    }

    /// The callers of all entries that a query finds, as they are written in Japan.
    pub async fn callers(&self, query: &str) -> Vec<String> {
        column(&self.entries(query).await, "caller_text")
    }

    /// How many entries there are: what the switches say, what a page says, and what is there are
    /// the same.
    pub async fn count(&self) -> usize {
        let said = self.client.get(&self.path).await.expect(200)["entry_count"].as_u64();
        let page = self.client.get(&format!("{}?limit=1", self.entries_path())).await.expect(200);
        let there = self.entries("limit=200").await.len();
        assert_eq!(
            (said, page["total"].as_u64()),
            (Some(there as u64), Some(there as u64)),
            "the totals are those of {there} entries"
        );
        there
    }

    pub async fn delete(&self, body: Value) -> Value {
        self.client.post(&format!("{}/delete", self.entries_path()), body).await.expect(200)
    }

    pub async fn undo_deletion(&self, deletion_id: &Value) -> Answer {
        self.client
            .post(&format!("{}/deletions/{}/undo", self.path, text(deletion_id)), json!({}))
            .await
    }

    /// Sends a file as a body of its own.
    pub async fn import(&self, query: &str, file: impl Into<Vec<u8>>) -> Reply {
        self.upload(query, Some("text/csv"), file.into()).await
    }

    /// Sends a file that is only to be read.
    pub async fn preview(&self, file: impl Into<Vec<u8>>) -> Value {
        self.import("?dry_run=true", file).await.expect(200)
    }

    /// Sends a body of any kind to the imports.
    pub async fn upload(&self, query: &str, content_type: Option<&str>, body: Vec<u8>) -> Reply {
        self.request(Method::POST, &format!("/imports{query}"), content_type, None, body).await
    }

    /// GET of a file under the list.
    pub async fn download(&self, path: &str) -> Reply {
        self.request(Method::GET, path, None, None, Vec::new()).await
    }

    pub async fn download_in(&self, language: &str, path: &str) -> Reply {
        self.request(Method::GET, path, None, Some(language), Vec::new()).await
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        language: Option<&str>,
        body: Vec<u8>,
    ) -> Reply {
        let mut request =
            self.files.request(method, format!("{}/api/v1{}{path}", self.url, self.path));
        request = request
            .header("cookie", &self.session.cookie)
            .header("x-csrf-token", &self.session.csrf);
        for (name, value) in [("content-type", content_type), ("accept-language", language)] {
            request = value
                .map(|value| request.try_clone().expect("no stream").header(name, value))
                .unwrap_or(request);
        }
        let response = request.body(body).send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, bytes: response.bytes().await.expect("a body").to_vec() }
    }

    pub fn import_path(&self, import: &Value) -> String {
        format!("{}/imports/{}", self.path, text(&import["import_id"]))
    }

    pub async fn apply(&self, import: &Value, options: Value) -> Answer {
        self.client.post(&format!("{}/apply", self.import_path(import)), options).await
    }

    pub async fn undo_import(&self, import: &Value) -> Answer {
        self.client.post(&format!("{}/undo", self.import_path(import)), json!({})).await
    }
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The JSON body, when the status is as expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// Checks a problem document.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// Checks a 422: exactly these pointers and codes.
    #[track_caller]
    pub fn expect_fields(self, expected: &[(&str, &str)]) -> Value {
        let problem = self.expect_problem(422, "invalid");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> =
            errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
        assert_eq!(found, expected);
        assert!(
            errors.iter().all(|error| !text(&error["message"]).is_empty()
                && !text(&error["message"]).contains("%{")),
            "{problem}"
        );
        problem
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The bytes of a file that was answered.
    #[track_caller]
    pub fn file(self) -> Vec<u8> {
        assert_eq!(self.status, 200, "{}", self.text());
        assert!(
            self.header("content-disposition").starts_with("attachment; filename=\"block-list"),
            "{:?}",
            self.headers
        );
        assert_eq!(self.header("cache-control"), "no-store");
        self.bytes
    }
}

/// A text of an answer.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

pub fn id_of(entry: &Value) -> &str {
    text(&entry["id"])
}

pub fn column(items: &[Value], name: &str) -> Vec<String> {
    items.iter().map(|item| text(&item[name]).to_owned()).collect()
}

/// A text as a query has it.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A time after, or with a minus before, the present one of the server.
pub fn at(app: &TestApp, after: TimeDelta) -> DateTime<Utc> {
    app.clock.now() + after
}

/// A call that a switch reported, some time ago.
pub async fn call(
    app: &TestApp,
    holder: &Holder,
    number: usize,
    (direction, party, outcome): (&str, &str, &str),
    ago: TimeDelta,
) {
    let scope = Scope::account(&holder.account_id);
    let row = call_event::Row {
        account_id: holder.account_id.clone(),
        id: new_id(),
        number_id: holder.numbers[number].clone(),
        call_id: new_id(),
        direction: Direction::from_text(direction).expect("a direction").into(),
        party: Some(party.to_owned()),
        no_number: None,
        outcome: Outcome::from_text(outcome).expect("an outcome").into(),
        at: app.clock.now_naive() - ago,
        ..call_event::Row::default()
    };
    app.app
        .db
        .write(move |conn| -> Result<(), StoreError> { call_event::insert(conn, &scope, row) })
        .await
        .expect("a call");
}

/// Whole numbers that nobody in these tests has: `090` and a count.
pub fn mobile(index: usize) -> String {
    format!("090{index:08}")
}

/// A file of so many rows, the first of which counts from `first`.
pub fn long_file(first: usize, rows: usize) -> String {
    let mut file = String::from(HEADER);
    for index in first..first + rows {
        file.push_str(&mobile(index));
        file.push_str(",,,\r\n");
    }
    file
}

/// The lines of the log about a number's block list, the latest first.
pub async fn log_of(holder: &Holder, number: usize) -> Vec<Value> {
    let path =
        format!("/audit-log?limit=200&object_kind=block_list&object_id={}", holder.numbers[number]);
    holder.client.get(&path).await.expect(200)["items"].as_array().expect("items").clone()
}
