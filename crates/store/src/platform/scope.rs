//! Whose data a query may touch.

/// One account: what its holder, its app or its keys may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    account_id: String,
}

impl Scope {
    /// The scope of an account whose caller was authenticated.
    pub fn account(account_id: impl Into<String>) -> Self {
        Self { account_id: account_id.into() }
    }

    /// The account.
    pub fn account_id(&self) -> &str {
        &self.account_id
    }
}

/// All accounts: the operator, by key or at the command line.
#[derive(Clone, Copy, Debug)]
pub struct OperatorScope(());

impl OperatorScope {
    /// Only for a caller that showed an operator key, or for a command on the operator's own
    /// machine.
    pub fn authorised() -> Self {
        Self(())
    }

    /// The scope of one of the accounts.
    pub fn account(self, account_id: impl Into<String>) -> Scope {
        Scope::account(account_id)
    }
}

/// The operator's switches: calls to the numbers of all accounts, and files that are not yet known
/// to belong to one.
#[derive(Clone, Copy, Debug)]
pub struct SwitchScope(());

impl SwitchScope {
    /// Only for a caller that showed a switch key.
    pub fn authorised() -> Self {
        Self(())
    }

    /// The scope of the account whose number was called.
    pub fn account(self, account_id: impl Into<String>) -> Scope {
        Scope::account(account_id)
    }
}

/// The entrance: look-ups by a secret or a login id, before it is known whose data they lead to.
#[derive(Clone, Copy, Debug)]
pub struct EntranceScope(());

impl EntranceScope {
    /// Only for signing in, and for finding the owner of a cookie, key or link.
    pub fn authenticating() -> Self {
        Self(())
    }
}

/// The outbox: notices of all accounts, as far as they are to be sent.
#[derive(Clone, Copy, Debug)]
pub struct WorkerScope(());

impl WorkerScope {
    /// Only for what sends notices.
    pub fn sending() -> Self {
        Self(())
    }
}

/// Those who wait for changes: which accounts have which revision, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct FollowerScope(());

impl FollowerScope {
    /// Only for telling the owners of an account that it has changed.
    pub fn following() -> Self {
        Self(())
    }
}
