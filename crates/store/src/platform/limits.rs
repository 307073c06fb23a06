//! Limits on the client's side, added to what a PostgreSQL URL says: a server that is gone, hangs
//! or was demoted is left within seconds.

/// Parameters of libpq (<https://www.postgresql.org/docs/15/libpq-connect.html>): a server that
/// does not let us in within three seconds, or takes no bytes for five, is none.
const PARAMETERS: &[(&str, &str)] = &[
    ("connect_timeout", "3"),
    ("tcp_user_timeout", "5000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// Settings of a session, in milliseconds where they are times. A query of a request is over long
/// before; who waits for a lock so long waits for somebody who hangs.
const SETTINGS: &[(&str, &str)] = &[("statement_timeout", "60000"), ("lock_timeout", "10000")];

/// What our code relies on, whatever the URL says.
const NEEDED: &[(&str, &str)] = &[("TimeZone", "UTC"), ("synchronous_commit", "on")];

/// Whose session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// A connection of the pool.
    Ours,
    /// Migrations: a change of a large table takes as long as it takes, and who waits for another
    /// process that makes it waits.
    Migration,
    /// Behind a pooler that gives each transaction another session: nothing can be set for it.
    Shared,
}

/// The URL with every limit that it does not set itself.
pub(crate) fn with_limits(url: &str, session: Session) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect();
    let has_several_hosts = |pairs: &[(String, String)]| {
        let authority = address.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        let named = pairs.iter().any(|(name, value)| {
            (name == "host" || name == "hostaddr")
                && (value.contains(',') || value.to_ascii_lowercase().contains("%2c"))
        });
        hosts.contains(',') || named
    };
    let mut add = |name: &str, value: &str| {
        if !pairs.iter().any(|(known, _)| known == name) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    };
    PARAMETERS.iter().for_each(|(name, value)| add(name, value));
    // Of several servers the one that takes changes is meant.
    if has_several_hosts(&pairs) {
        let name = "target_session_attrs";
        if !pairs.iter().any(|(known, _)| known == name) {
            pairs.push((name.to_owned(), "read-write".to_owned()));
        }
    }
    if session != Session::Shared {
        let place = pairs.iter().position(|(name, _)| name == "options");
        let mut options = place.map(|place| pairs.remove(place).1).unwrap_or_default();
        let said = options.to_ascii_lowercase();
        let settings =
            SETTINGS.iter().filter(|(name, _)| !said.contains(name) && session == Session::Ours);
        for (name, value) in settings.chain(NEEDED) {
            if !options.is_empty() {
                options.push_str("%20");
            }
            options.push_str(&format!("-c%20{name}%3D{value}"));
        }
        pairs.push(("options".to_owned(), options));
    }
    let query: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{address}?{}", query.join("&"))
}

/// The same for one transaction, where a session is not ours.
pub(crate) fn begin_shared() -> String {
    let settings = SETTINGS.iter().chain(NEEDED.iter().filter(|(name, _)| *name != "TimeZone"));
    let settings: Vec<String> =
        settings.map(|(name, value)| format!("; SET LOCAL {name} = '{value}'")).collect();
    format!("BEGIN{}", settings.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: &str = "connect_timeout=3&tcp_user_timeout=5000&keepalives_idle=5\
        &keepalives_interval=2&keepalives_count=3";
    const NEEDS: &str = "-c%20TimeZone%3DUTC%20-c%20synchronous_commit%3Don";
    const TIMES: &str = "-c%20statement_timeout%3D60000%20-c%20lock_timeout%3D10000";

    #[test]
    fn what_the_operator_says_stays() {
        for (url, expected) in [
            ("postgres://a/db", format!("?{LIMITS}&options={TIMES}%20{NEEDS}")),
            (
                "postgres://u:p@a:5433,b/db",
                format!("?{LIMITS}&target_session_attrs=read-write&options={TIMES}%20{NEEDS}"),
            ),
            (
                "postgres:///db?host=a,b",
                format!(
                    "?host=a,b&{LIMITS}&target_session_attrs=read-write&options={TIMES}%20{NEEDS}"
                ),
            ),
            (
                "postgres://a,b/db?target_session_attrs=any",
                format!("?target_session_attrs=any&{LIMITS}&options={TIMES}%20{NEEDS}"),
            ),
            (
                "postgres://a/db?connect_timeout=9&options=-c%20statement_timeout%3D5s",
                format!(
                    "?connect_timeout=9&tcp_user_timeout=5000&keepalives_idle=5\
                        &keepalives_interval=2&keepalives_count=3\
                        &options=-c%20statement_timeout%3D5s%20-c%20lock_timeout%3D10000%20{NEEDS}"
                ),
            ),
            // A comma in a password is no second host.
            ("postgres://u:a,b@c/db", format!("?{LIMITS}&options={TIMES}%20{NEEDS}")),
        ] {
            let address = url.split_once('?').map_or(url, |(address, _)| address);
            assert_eq!(with_limits(url, Session::Ours), format!("{address}{expected}"), "{url}");
        }
    }

    #[test]
    fn a_migration_may_take_long_and_a_shared_session_keeps_nothing() {
        assert_eq!(
            with_limits("postgres://a/db", Session::Migration),
            format!("postgres://a/db?{LIMITS}&options={NEEDS}")
        );
        assert_eq!(
            with_limits("postgres://a/db", Session::Shared),
            format!("postgres://a/db?{LIMITS}")
        );
        assert_eq!(
            begin_shared(),
            "BEGIN; SET LOCAL statement_timeout = '60000'; SET LOCAL lock_timeout = '10000'; SET \
                LOCAL synchronous_commit = 'on'"
        );
    }
}
