//! An event bus of EventBridge: one event whose detail is the digest.

use aws_config::{Region, SdkConfig};
use aws_sdk_eventbridge::{
    Client,
    primitives::DateTime,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};

use super::{Digest, Patience, SendError, patience::Miss};
use crate::{config::Arn, outcome::Refusal};

/// The IAM action, on the bus alone.
pub const PUT_EVENTS: &str = "events:PutEvents";

/// By what rules know our events.
const SOURCE: &str = "sagesweep";
/// What kind of event it is.
const DETAIL_TYPE: &str = "sagesweep Run Published";

/// What a detail may have, so that the entry stays below 256 KiB: its source, its type, 14 bytes for its time, and the detail.
const LIMIT: usize = (256 << 10) - 1 - SOURCE.len() - DETAIL_TYPE.len() - 14;

/// Puts the event, and says what EventBridge calls it.
pub(super) async fn put(
    sdk: &SdkConfig,
    bus: &Arn,
    digest: &Digest,
    patience: &Patience,
) -> Result<Option<String>, SendError> {
    let settings = aws_sdk_eventbridge::config::Builder::from(sdk)
        .region(Region::new(bus.region().to_string()))
        .retry_config(patience.retries())
        .timeout_config(patience.timeouts());
    let client = Client::from_conf(settings.build());
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(bus.as_str())
        .source(SOURCE)
        .detail_type(DETAIL_TYPE)
        .detail(digest.shortened(LIMIT, Digest::to_json))
        .time(DateTime::from_secs(digest.run.published_at.as_second()))
        .build();
    patience
        .keep_trying(async |_attempt| {
            let request = client.put_events().entries(entry.clone());
            let answer = Box::pin(request.send()).await.map_err(|error| {
                // The SDK has tried again by itself.
                let refusal = Refusal::from_sdk(PUT_EVENTS, &error);
                Miss::Lasting(SendError::Refused { key: "the event bus of notify.event_bus", refusal })
            })?;
            judged(answer.entries().first())
        })
        .await
}

/// A call that succeeds may hold an entry that failed.
fn judged(entry: Option<&PutEventsResultEntry>) -> Result<Option<String>, Miss<SendError>> {
    let Some(entry) = entry else { return Ok(None) };
    let Some(code) = entry.error_code() else { return Ok(entry.event_id().map(str::to_owned)) };
    let message = entry.error_message().unwrap_or_default().to_owned();
    let error = SendError::Entry { code: code.to_owned(), message };
    match code {
        "ThrottlingException" | "InternalFailure" | "InternalException" => Err(Miss::Passing(error, None)),
        _ => Err(Miss::Lasting(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_failed_in_a_call_that_did_not_is_tried_again_where_that_helps() {
        let failed = |code: &str| PutEventsResultEntry::builder().error_code(code).error_message("m").build();
        assert!(matches!(judged(Some(&failed("ThrottlingException"))), Err(Miss::Passing(..))));
        assert!(matches!(judged(Some(&failed("NotAuthorizedForSource"))), Err(Miss::Lasting(_))));
        let taken = PutEventsResultEntry::builder().event_id("e").build();
        assert!(matches!(judged(Some(&taken)), Ok(Some(id)) if id == "e"));
    }
}
