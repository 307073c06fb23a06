//! A rule or a service that did not come, or is there no more.

use leptos::prelude::*;

use crate::platform::api::ClientError;
use crate::platform::routes;
use crate::text;
use crate::ui::icon::Icon;
use crate::ui::states::ErrorState;

/// What went wrong; of one that is gone, the way to the others.
pub(super) fn failed(error: ClientError, retry: Callback<()>) -> AnyView {
    if !matches!(&error, ClientError::Problem(problem) if problem.status == 404) {
        return view! { <ErrorState error retry /> }.into_any();
    }
    view! {
        <section class="state" role="alert" data-testid="not-found">
            <Icon icon=icondata_lu::LuSearchX />
            <h2>{text!(notify.gone_title)}</h2>
            <p>{text!(notify.gone_body)}</p>
            <a class="btn main" href=routes::NOTIFY_RULES>
                {text!(notify.to_rules)}
            </a>
        </section>
    }
    .into_any()
}
