//! Which settings apply to a number or an ID.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A setting that applies to a number or an ID. The server computes the list once, enforces it and
/// sends it along; clients draw from it and know no rule of their own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// 番号名称.
    Name,
    /// IP電話機表示名; needs the IP-phone option.
    DisplayName,
    /// 着信音; in accounts with two or more numbers.
    Ringtone,
    /// 優先着信; where two or more IDs ring.
    Priority,
    /// チャネル数.
    ChannelLimit,
    /// 通知ルール.
    NotifyRule,
    /// 着信拒否.
    BlockList,
    /// 着信なりわけ.
    Ringing,
    /// 話中アナウンス.
    BusyAnnouncement,
    /// 端末名称.
    TerminalName,
    /// 内線 短縮番号, shown only.
    Extension,
    /// 発信外線番号.
    OutboundNumber,
    /// The password can be changed.
    PasswordChange,
    /// The present password can be shown after step-up.
    PasswordReveal,
}
