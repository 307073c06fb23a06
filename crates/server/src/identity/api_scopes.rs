//! What a key must open for each operation: one rule, for the door and for the document.

use api_types::ApiScope;

/// The scope that an operation needs, by its method and its path as it is registered; `None` = no
/// key opens it.
pub fn needed(method: &str, path: &str) -> Option<ApiScope> {
    use ApiScope::*;
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let mut segments = path.split('/').skip(1);
    // What is only asked is read, also where the question is a body.
    let reads = matches!(method, "GET" | "HEAD" | "get" | "head")
        || path.ends_with("/route-preview")
        || path.ends_with("/entries/check");
    let (read, write) = match segments.next()? {
        "account" => (AccountRead, AccountWrite),
        "numbers" if path.contains("/block-list") => (BlockListRead, BlockListWrite),
        "numbers" => (NumbersRead, NumbersWrite),
        "ids" if path.contains("/password") || path.ends_with("/sign-in-links") => return None,
        "ids" => (IdsRead, IdsWrite),
        "notify-rules" => (NotifyRulesRead, NotifyRulesWrite),
        "call-events" => (CallEventsRead, CallEventsWrite),
        "deliveries" => (DeliveriesRead, DeliveriesWrite),
        "audit-log" if reads => return Some(AuditLogRead),
        _ => return None,
    };
    Some(if reads { read } else { write })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_operations_need() {
        for (method, path, scope) in [
            ("GET", "/api/v1/account", Some("account:read")),
            ("PATCH", "/api/v1/numbers/{number_id}", Some("numbers:write")),
            ("POST", "/api/v1/numbers/{number_id}/route-preview", Some("numbers:read")),
            ("POST", "/api/v1/numbers/{number_id}/block-list/entries", Some("block_list:write")),
            (
                "POST",
                "/api/v1/numbers/{number_id}/block-list/entries/check",
                Some("block_list:read"),
            ),
            ("GET", "/api/v1/call-events/{event_id}", Some("call_events:read")),
            ("GET", "/api/v1/call-events/stream", Some("call_events:read")),
            ("GET", "/api/v1/audit-log", Some("audit_log:read")),
            ("POST", "/api/v1/audit-log/{audit_id}/restore", None),
            ("PUT", "/api/v1/ids/{phone_id}/password", None),
            ("POST", "/api/v1/ids/{phone_id}/sign-in-links", None),
            ("DELETE", "/api/v1/ids/{phone_id}/terminals/{terminal_id}", Some("ids:write")),
            ("GET", "/api/v1/me/numbers", None),
            ("POST", "/api/v1/api-keys", None),
            ("POST", "/api/v1/session", None),
            ("GET", "/api/v1/operator/accounts", None),
        ] {
            assert_eq!(needed(method, path).map(ApiScope::as_str), scope, "{method} {path}");
        }
    }
}
