//! The channels, each described once as data. The form of the portal, the checks of credentials,
//! the API's document, the pace, the words of failures and the tests all follow from here; what is
//! sent and how answers are read stands under the same name in the server.
//!
//! A channel is a folder (`mod.rs` and its words, `ja.json` and `en.json`) and a line in the list.

mod chatwork;
mod description;
mod discord;
mod google_chat;
mod line;
mod line_works;
mod mail;
mod slack;
mod teams;
mod webhook;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use description::*;

/// Makes the two enums and what is looked up by them. Mail comes first: it has addresses in its
/// rule where the others are services of their own.
macro_rules! channels {
    ($mail:ident = $mail_module:ident, $($variant:ident = $module:ident,)+) => {
        /// The services that can be told, beside mail.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum ServiceType {
            $(
                #[doc = concat!("See `channels/", stringify!($module), "`.")]
                $variant,
            )+
        }

        /// Where a notice goes.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Channel {
            /// A mail address.
            $mail,
            $(
                #[doc = concat!("See `channels/", stringify!($module), "`.")]
                $variant,
            )+
        }

        impl ServiceType {
            /// All of them, in the order in which they are offered.
            pub const ALL: [ServiceType; [$(stringify!($variant)),+].len()] =
                [$(ServiceType::$variant),+];

            /// Everything that is known of it.
            pub const fn describe(self) -> &'static Description {
                match self {
                    $(ServiceType::$variant => &$module::CHANNEL,)+
                }
            }

            /// As the API and the database write it.
            pub const fn key(self) -> &'static str {
                match self {
                    $(ServiceType::$variant => const { $module::CHANNEL.key },)+
                }
            }

            /// What people call it, in every language.
            pub const fn name(self) -> &'static str {
                match self {
                    $(ServiceType::$variant => const { $module::CHANNEL.name },)+
                }
            }

            /// The inside of its SVG of 24 × 24, drawn as Lucide's icons are.
            pub const fn icon(self) -> &'static str {
                match self {
                    $(ServiceType::$variant => const { $module::CHANNEL.icon },)+
                }
            }

            /// Its credentials, in the order in which a form asks for them.
            pub const fn fields(self) -> &'static [CredentialField] {
                match self {
                    $(ServiceType::$variant => const { $module::CHANNEL.fields },)+
                }
            }
        }

        impl Channel {
            /// All of them: mail, then the services.
            pub const ALL: [Channel; 1 + ServiceType::ALL.len()] =
                [Channel::$mail, $(Channel::$variant),+];

            /// Everything that is known of it.
            pub const fn describe(self) -> &'static Description {
                match self {
                    Channel::$mail => &$mail_module::CHANNEL,
                    $(Channel::$variant => &$module::CHANNEL,)+
                }
            }

            /// The inside of its SVG of 24 × 24, drawn as Lucide's icons are.
            pub const fn icon(self) -> &'static str {
                match self {
                    Channel::$mail => const { $mail_module::CHANNEL.icon },
                    $(Channel::$variant => const { $module::CHANNEL.icon },)+
                }
            }

            /// The service; `None` for mail.
            pub const fn service(self) -> Option<ServiceType> {
                match self {
                    Channel::$mail => None,
                    $(Channel::$variant => Some(ServiceType::$variant),)+
                }
            }
        }

        impl From<ServiceType> for Channel {
            fn from(kind: ServiceType) -> Self {
                match kind {
                    $(ServiceType::$variant => Channel::$variant,)+
                }
            }
        }
    };
}

channels! {
    Mail = mail,
    Slack = slack,
    Chatwork = chatwork,
    Teams = teams,
    GoogleChat = google_chat,
    Discord = discord,
    Line = line,
    LineWorks = line_works,
    Webhook = webhook,
}

impl ServiceType {
    /// The service of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

impl Channel {
    /// The channel of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.describe().key == key)
    }
}

#[cfg(test)]
mod tests;
