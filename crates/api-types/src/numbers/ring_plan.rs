//! Which terminals ring for a call, as switches take it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a call goes: the document that Kamailio's module rtjson takes as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"version": "1.0", "routing": "parallel",
    "routes": [{"uri": "sip:minato002@sip.example.jp"}]}))]
pub struct RtJson {
    /// `1.0`.
    #[schema(example = "1.0")]
    pub version: String,
    /// `parallel`.
    #[schema(example = "parallel")]
    pub routing: String,
    /// Where to.
    pub routes: Vec<RtJsonRoute>,
}

/// One of the places where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RtJsonRoute {
    /// Address of record of an ID.
    #[schema(example = "sip:minato002@sip.example.jp")]
    pub uri: String,
}

/// What is done when the terminals that ring first have not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteLater {
    /// Seconds after the beginning.
    #[schema(example = 10)]
    pub after_s: u32,
    /// All that ring by then, those that rang first among them.
    pub rtjson: RtJson,
}
