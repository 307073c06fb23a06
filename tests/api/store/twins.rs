//! The two databases are twins: the same tables with the same columns, and what the queries expect.

use std::collections::{BTreeMap, BTreeSet};

use store::{Column, describe_schema, probe_tables};
use tests::{Backend, TestApp, block_on};

/// A column: table and name, type, whether it may be NULL.
type Shape = BTreeMap<(String, String), (String, bool)>;

fn shape(columns: Vec<Column>) -> Shape {
    columns
        .into_iter()
        .map(|column| ((column.table_name, column.column_name), (column.kind, column.nullable)))
        .collect()
}

async fn migrated(backend: Backend) -> Shape {
    let app = TestApp::start(backend).await;
    shape(describe_schema(&app.app.db).await.expect("the database describes itself"))
}

/// The tables as the queries know them.
fn expected() -> Shape {
    let read = |file| tests::source(&format!("crates/store/src/{file}"));
    let sources = [read("platform/schema.rs"), read("numbers/number.rs")].concat();
    let mut found = Shape::new();
    for table in sources.split("diesel::table! {").skip(1) {
        let (head, body) = table.split_once(") {").expect("a table has a key and a body");
        let name = head.split_once('(').expect("a name").0.trim();
        for line in body.lines().map(str::trim).take_while(|line| *line != "}") {
            let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") else {
                continue;
            };
            let inner = kind.strip_prefix("Nullable<").map(|rest| rest.trim_end_matches('>'));
            let text = match inner.unwrap_or(kind) {
                "Text" => "text",
                "Bool" => "boolean",
                "Integer" => "integer",
                "BigInt" => "bigint",
                "Timestamp" => "timestamp",
                "Binary" => "blob",
                other => {
                    panic!("{other} of {name}.{column} does not mean the same on both databases")
                }
            };
            found.insert((name.to_owned(), column.to_owned()), (text.to_owned(), inner.is_some()));
        }
    }
    assert!(found.len() > 80, "only {} columns were found in schema.rs", found.len());
    found
}

#[track_caller]
fn same(left: &Shape, right: &Shape) {
    let only = |one: &Shape, other: &Shape| -> Vec<String> {
        let differs = one.iter().filter(|(column, shape)| other.get(*column) != Some(*shape));
        differs
            .map(|((table, column), (kind, nullable))| {
                format!("{table}.{column} {kind} nullable={nullable}")
            })
            .collect()
    };
    assert_eq!((only(left, right), only(right, left)), (vec![], vec![]));
}

mod both_migrated_databases_are_what_the_queries_expect {
    use super::*;

    #[test]
    fn sqlite() {
        same(&block_on(migrated(Backend::Sqlite)), &expected());
    }

    #[test]
    fn postgres() {
        same(&block_on(migrated(Backend::Postgres)), &expected());
    }
}

mod every_table_can_be_read {
    use super::*;

    fn run(backend: Backend) {
        block_on(async {
            let app = TestApp::start(backend).await;
            let read: BTreeSet<String> = app
                .app
                .db
                .read(probe_tables)
                .await
                .expect("every table loads")
                .into_iter()
                .map(str::to_owned)
                .collect();
            let there: BTreeSet<String> = expected().into_keys().map(|(table, _)| table).collect();
            assert_eq!(read, there);
        });
    }

    #[test]
    fn sqlite() {
        run(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        run(Backend::Postgres);
    }
}

#[test]
fn migrations_come_in_pairs() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = std::fs::read_dir(tests::repository().join("migrations").join(folder))
            .expect("the folder is there");
        folder
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn tables_of_an_account_begin_their_key_with_it() {
    // These belong to nobody, or to all.
    let common = [
        "accounts",
        "sign_in_attempts",
        "service_keys",
        "signing_keys",
        "idempotency_keys",
        "uploads",
        "paces",
        "route_position",
        "switch_reports",
    ];
    let source = tests::source("crates/store/src/platform/schema.rs");
    for head in source
        .split("diesel::table! {")
        .skip(1)
        .filter_map(|table| table.split_once(") {"))
        .map(|(head, _)| head.trim())
    {
        let (name, key) = head.split_once('(').expect("a table has a key");
        let name = name.trim();
        assert!(
            key.trim().starts_with("account_id") || common.contains(&name),
            "{name} has the key ({key})"
        );
    }
}
