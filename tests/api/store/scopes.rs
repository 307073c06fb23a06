//! What cannot be scoped cannot be read: the source of every query is looked through.

use std::collections::BTreeSet;

/// Functions without a scope, and why they need none.
const EXCEPTIONS: &[(&str, &str)] =
    &[("ping", "reads nothing"), ("probe_tables", "answers names of tables, no rows")];

/// The functions of a source that others can call and that take a connection: name and parameters.
fn queries(source: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for rest in source.split("pub ").skip(1) {
        let rest = rest.strip_prefix("async ").unwrap_or(rest);
        let Some(rest) = rest.strip_prefix("fn ") else { continue };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let parameters = parameters(&rest[rest.find('(').expect("a function has parameters")..]);
        if parameters.iter().any(|parameter| parameter.replace(' ', "").contains(":&mutConn")) {
            found.push((name, parameters));
        }
    }
    found
}

/// The parameters between the bracket at the beginning and its partner.
fn parameters(text: &str) -> Vec<String> {
    let (mut depth, mut list) = (0, vec![String::new()]);
    for c in text.chars() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' | '>' | ']' => depth -= 1,
            _ => {}
        }
        match c {
            '(' if depth == 1 => {}
            ',' if depth == 1 => list.push(String::new()),
            _ if depth == 0 => break,
            c => list.last_mut().expect("a parameter").push(c),
        }
    }
    list.into_iter()
        .map(|parameter| parameter.trim().to_owned())
        .filter(|parameter| !parameter.is_empty())
        .collect()
}

fn is_scope(parameter: &str) -> bool {
    let kind = parameter.split_once(':').map_or("", |(_, kind)| kind.trim());
    matches!(
        kind,
        "&Scope"
            | "OperatorScope"
            | "SwitchScope"
            | "EntranceScope"
            | "WorkerScope"
            | "FollowerScope"
    )
}

#[test]
fn every_query_says_whose_data_it_may_touch() {
    let (mut seen, mut excused) = (0, BTreeSet::new());
    for path in tests::sources("crates/store/src") {
        let source = std::fs::read_to_string(&path).expect("a source is a text");
        for (name, parameters) in queries(&source) {
            seen += 1;
            if EXCEPTIONS.iter().any(|(exception, _)| *exception == name) {
                excused.insert(name);
                continue;
            }
            let place = path.file_name().unwrap_or_default().display();
            assert!(
                parameters[0].ends_with("&mut Conn"),
                "{place}: {name} takes the connection first"
            );
            assert!(
                parameters.get(1).is_some_and(|next| is_scope(next)),
                "{place}: {name} needs a scope behind the connection: {parameters:?}"
            );
        }
    }
    assert!(seen > 40, "only {seen} queries were found");
    let exceptions: BTreeSet<String> =
        EXCEPTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(excused, exceptions, "an exception that is needed no more goes");
}

#[test]
fn a_query_without_a_scope_would_be_found() {
    let source = "
        pub fn good(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<(Row, u8)>, \
            StoreError> {}
        pub fn generic<T: Into<String>>(conn: &mut Conn, _scope: OperatorScope, limits: &[(T, \
            u8)]) {}
        pub fn bad(
            conn: &mut Conn,
            account_id: &str,
        ) -> u8 {}
        pub async fn worse(conn: &mut Conn) {}
        pub fn late(id: &str, conn: &mut Conn, scope: &Scope) {}
        pub(crate) fn inner(conn: &mut Conn) {}
        pub fn other(text: &str) {}
    ";
    let found: Vec<(String, bool)> = queries(source)
        .into_iter()
        .map(|(name, parameters)| {
            (
                name,
                parameters[0].ends_with("&mut Conn")
                    && parameters.get(1).is_some_and(|next| is_scope(next)),
            )
        })
        .collect();
    let expected =
        [("good", true), ("generic", true), ("bad", false), ("worse", false), ("late", false)];
    assert_eq!(found, expected.map(|(name, good)| (name.to_owned(), good)));
}

#[test]
fn only_the_store_knows_the_database() {
    let root = tests::repository();
    for package in ["crates/api-types", "crates/server", "crates/xtask", "frontend", "tests"] {
        let manifest = std::fs::read_to_string(root.join(package).join("Cargo.toml"))
            .expect("a package has a manifest");
        assert!(
            !manifest.lines().any(|line| line.starts_with("diesel")),
            "{package} depends on diesel"
        );
    }
}
