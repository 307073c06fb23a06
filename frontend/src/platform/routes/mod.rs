//! Every path of the app, in one place: constants for the route tree, functions for links.

/// The list of numbers and IDs.
pub const HOME: &str = "/";
/// Sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Asking for a password link.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// Setting a new password with the link from the mail.
pub const RESET_PASSWORD: &str = "/reset-password";
/// The contract and the sign-in.
pub const ACCOUNT: &str = "/account";
/// Keys of integrators.
pub const API_KEYS: &str = "/account/api-keys";
/// The change log.
pub const HISTORY: &str = "/history";
/// What happened on the numbers, and who was told.
pub const NOTICES: &str = "/notices";
/// The notices that were sent.
pub const DELIVERIES: &str = "/notices/deliveries";
/// 通知設定: the notify rules.
pub const NOTIFY_RULES: &str = "/notify-rules";

/// Which of the two kinds of rows a settings page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A phone number; the primary one brings its basic ID along.
    Number,
    /// An additional ID.
    PhoneId,
}

/// One row of the selection screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRef {
    /// Number or ID.
    pub kind: RowKind,
    /// Its UUID.
    pub id: String,
}

impl RowRef {
    /// A number's row.
    pub fn number(id: impl Into<String>) -> Self {
        Self { kind: RowKind::Number, id: id.into() }
    }

    /// An additional ID's row.
    pub fn phone_id(id: impl Into<String>) -> Self {
        Self { kind: RowKind::PhoneId, id: id.into() }
    }

    /// The settings home of the row.
    pub fn home(&self) -> String {
        match self.kind {
            RowKind::Number => format!("/numbers/{}", self.id),
            RowKind::PhoneId => format!("/ids/{}", self.id),
        }
    }

    /// The general settings of the row.
    pub fn general(&self) -> String {
        format!("{}/general", self.home())
    }

    /// One of the settings of the row.
    pub fn page(&self, page: RowPage) -> String {
        format!("{}/{}", self.home(), page.name())
    }

    /// The change log of the row.
    pub fn history(&self) -> String {
        let name = match self.kind {
            RowKind::Number => "number",
            RowKind::PhoneId => "id",
        };
        format!("{HISTORY}?{name}={}", self.id)
    }

    /// What happened on a number.
    pub fn notices(&self) -> String {
        format!("{NOTICES}?number={}", self.id)
    }

    /// The block list of a number, with the sheet open that adds this caller.
    pub fn block(&self, caller: &str) -> String {
        format!("{}?add={}", self.page(RowPage::BlockList), escape(caller))
    }
}

/// A service of a notify rule.
pub fn service(rule_id: &str, service_id: &str) -> String {
    format!("{NOTIFY_RULES}/{rule_id}/services/{service_id}")
}

/// Something that happened on a number.
pub fn notice(id: &str) -> String {
    format!("{NOTICES}/{id}")
}

/// A settings page of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPage {
    /// 着信拒否.
    BlockList,
    /// Its import from a CSV file.
    BlockImport,
    /// 着信なりわけ.
    Ringing,
    /// 発信外線番号.
    OutboundNumber,
    /// The password.
    Password,
    /// The terminals that are signed in.
    SignIns,
    /// 「この番号から掛かってきたら?」.
    Preview,
    /// Settings taken over from another number.
    Copy,
}

impl RowPage {
    const ALL: [RowPage; 8] = [
        RowPage::BlockList,
        RowPage::BlockImport,
        RowPage::Ringing,
        RowPage::OutboundNumber,
        RowPage::Password,
        RowPage::SignIns,
        RowPage::Preview,
        RowPage::Copy,
    ];

    fn name(self) -> &'static str {
        match self {
            RowPage::BlockList => "block-list",
            RowPage::BlockImport => "block-import",
            RowPage::Ringing => "ringing",
            RowPage::OutboundNumber => "outbound-number",
            RowPage::Password => "password",
            RowPage::SignIns => "terminals",
            RowPage::Preview => "preview",
            RowPage::Copy => "copy",
        }
    }
}

/// A page of 通知設定.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifyPage {
    /// The rules.
    Rules,
    /// A rule, by its UUID.
    Rule(String),
    /// A service that is added to a rule.
    AddService(String),
    /// A service of a rule: the UUIDs of both.
    Service(String, String),
}

impl NotifyPage {
    /// Its address.
    pub fn path(&self) -> String {
        match self {
            NotifyPage::Rules => NOTIFY_RULES.to_owned(),
            NotifyPage::Rule(rule) => format!("{NOTIFY_RULES}/{rule}"),
            NotifyPage::AddService(rule) => format!("{NOTIFY_RULES}/{rule}/services/new"),
            NotifyPage::Service(rule, id) => service(rule, id),
        }
    }

    /// The page that it belongs to.
    pub fn parent(&self) -> String {
        match self {
            NotifyPage::Rules => HOME.to_owned(),
            NotifyPage::Rule(_) => NOTIFY_RULES.to_owned(),
            NotifyPage::AddService(rule) | NotifyPage::Service(rule, _) => {
                NotifyPage::Rule(rule.clone()).path()
            }
        }
    }

    fn of<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let Some(rule) = parts.next() else { return Some(NotifyPage::Rules) };
        let page = match (parts.next(), parts.next()) {
            (None, _) => NotifyPage::Rule(rule.to_owned()),
            (Some("services"), Some("new")) => NotifyPage::AddService(rule.to_owned()),
            (Some("services"), Some(service)) => {
                NotifyPage::Service(rule.to_owned(), service.to_owned())
            }
            _ => return None,
        };
        parts.next().is_none().then_some(page)
    }
}

/// A page of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The list of numbers and IDs.
    Home,
    /// Sign-in.
    SignIn,
    /// Asking for a password link.
    ForgotPassword,
    /// Setting a new password.
    ResetPassword,
    /// The settings home of a row.
    Row(RowRef),
    /// The general settings of a row.
    General(RowRef),
    /// Another settings page of a row.
    Page(RowRef, RowPage),
    /// The contract and the sign-in.
    Account,
    /// Keys of integrators.
    ApiKeys,
    /// The change log.
    History,
    /// What happened on the numbers.
    Notices,
    /// One of the things that happened, by its UUID.
    Notice(String),
    /// The notices that were sent.
    Deliveries,
    /// 通知設定.
    Notify(NotifyPage),
    /// An address that leads nowhere.
    Unknown,
}

impl Route {
    /// The page at a path.
    pub fn of(path: &str) -> Self {
        let whole = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        match whole {
            HOME => return Route::Home,
            SIGN_IN => return Route::SignIn,
            FORGOT_PASSWORD => return Route::ForgotPassword,
            RESET_PASSWORD => return Route::ResetPassword,
            ACCOUNT => return Route::Account,
            API_KEYS => return Route::ApiKeys,
            HISTORY => return Route::History,
            NOTICES => return Route::Notices,
            DELIVERIES => return Route::Deliveries,
            _ => {}
        }
        if let Some(rest) = whole.strip_prefix(NOTIFY_RULES) {
            let parts = rest.split('/').skip(1);
            let whole = rest.is_empty()
                || rest.starts_with('/') && parts.clone().all(|part| !part.is_empty());
            return whole
                .then(|| NotifyPage::of(parts))
                .flatten()
                .map_or(Route::Unknown, Route::Notify);
        }
        let mut parts = whole.split('/').skip(1);
        let row = match (parts.next(), parts.next().filter(|id| !id.is_empty())) {
            (Some("numbers"), Some(id)) => RowRef::number(id),
            (Some("ids"), Some(id)) => RowRef::phone_id(id),
            (Some("notices"), Some(id)) if parts.next().is_none() => {
                return Route::Notice(id.to_owned());
            }
            _ => return Route::Unknown,
        };
        match (parts.next(), parts.next()) {
            (None, _) => Route::Row(row),
            (Some("general"), None) => Route::General(row),
            (Some(name), None) => match RowPage::ALL.into_iter().find(|page| page.name() == name) {
                Some(page) => Route::Page(row, page),
                None => Route::Unknown,
            },
            _ => Route::Unknown,
        }
    }

    /// Whether it is one of those behind the sign-in.
    pub fn needs_sign_in(&self) -> bool {
        !matches!(
            self,
            Route::SignIn | Route::ForgotPassword | Route::ResetPassword | Route::Unknown
        )
    }

    /// Whether it is behind an entry of the list.
    pub fn is_behind(&self, entry: &Route) -> bool {
        match entry {
            Route::Notices => matches!(self, Route::Notices | Route::Notice(_) | Route::Deliveries),
            Route::Notify(_) => matches!(self, Route::Notify(_)),
            Route::Account => matches!(self, Route::Account | Route::ApiKeys),
            entry => self == entry,
        }
    }
}

/// The sign-in page that leads back to `path` afterwards.
pub fn sign_in_and_return(path: &str) -> String {
    if path == HOME || path.is_empty() {
        SIGN_IN.to_owned()
    } else {
        format!("{SIGN_IN}?next={}", escape(path))
    }
}

/// Where to go after sign-in: only a path of this app, never another site.
pub fn safe_return(next: Option<&str>) -> String {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains('\\')
                && !path.starts_with(SIGN_IN) =>
        {
            path.to_owned()
        }
        _ => HOME.to_owned(),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
