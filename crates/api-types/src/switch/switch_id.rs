//! What a switch asks about a terminal that signs in or calls out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a terminal proves with that it is the ID that it says (RFC 8760). Whoever has it can sign
/// in as the terminal: keep it as a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchDigest {
    /// The realm to ask for.
    #[schema(example = "sip.example.jp")]
    pub realm: String,
    /// HA1 with MD5: `MD5(login_id:realm:password)` in lower-case hexadecimal digits.
    #[schema(example = "3d78807defe7de2157e2b0b6573a855f")]
    pub ha1: String,
    /// The same with SHA-256.
    #[schema(example = "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232")]
    pub ha1_sha256: String,
}

impl std::fmt::Debug for SwitchDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SwitchDigest").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Which numbers an ID may present when it calls out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchOutbound {
    /// The number to present where the terminal asks for none that is allowed, in E.164; `null` =
    /// the contract has none.
    #[schema(example = "+81312345678")]
    pub number: Option<String>,
    /// The numbers that it may ask for, in E.164. An IP phone or premises device: the one that the
    /// portal says. The app: all of the contract.
    #[schema(example = json!(["+81312345678"]))]
    pub allowed: Vec<String>,
}

/// An ID, as a switch needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchPhoneId {
    /// The ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// What its terminal signs in with.
    #[schema(example = "minato002")]
    pub login_id: String,
    /// 内線 短縮番号.
    #[schema(example = "202")]
    pub extension: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// Whether it may sign in: false while the contract is suspended.
    #[schema(example = true)]
    pub active: bool,
    /// What it proves itself with. `null` while it may not sign in, and for a basic ID whose
    /// password was set before this was kept and that has not signed in to the portal since.
    pub digest: Option<SwitchDigest>,
    /// Calling out.
    pub outbound: SwitchOutbound,
    /// The account revision that this is made of.
    #[schema(example = 42)]
    pub revision: u64,
}
