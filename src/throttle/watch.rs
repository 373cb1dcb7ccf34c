//! Sees every attempt of a client: counts it, and tells the limiter when the service throttled.

use std::sync::Arc;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef, InterceptorContext},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, Metadata},
        retries::{
            RequestAttempts,
            classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

use super::{counters::Counters, pace::Pace};
use crate::effort::Cost;

/// Sees every attempt of a client: counts it, and tells the limiter when the service throttled.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The service as in `service:Operation`.
    pub service: &'static str,
    /// The counters of the run.
    pub counters: Arc<Counters>,
}

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(retries) = Pace::here(|pace| pace.retries().clone()) {
            settings.interceptor_state().store_put(retries);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = settings.load::<Metadata>().map_or("", |metadata| metadata.name());
        let repeated = settings.load::<RequestAttempts>().is_some_and(|attempts| attempts.attempts() > 1);
        let throttled = context.response().is_some_and(throttles);
        let cost = Cost {
            calls: 1,
            throttles: u64::from(throttled),
            retries: u64::from(repeated),
            bytes_received: bytes_received(context),
        };
        self.counters.add(self.service, operation, cost);
        if throttled {
            Pace::here(|pace| pace.slow_down(self.service, operation));
        }
        Ok(())
    }
}

/// The size of an answer's body: of one that was read, itself; of one that is handed on as a stream, what it says to be.
/// A body that broke off counts as nothing.
fn bytes_received(context: &FinalizerInterceptorContextRef<'_>) -> u64 {
    let Some(response) = context.response() else { return 0 };
    match response.body().bytes() {
        Some(body) => u64::try_from(body.len()).unwrap_or(u64::MAX),
        None if matches!(context.output_or_error(), Some(Ok(_))) => {
            response.headers().get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default()
        }
        None => 0,
    }
}

/// Keeps the SDK from sending a throttled call again: whoever made it waits for the limiter once more, so that the next
/// attempt is within the pace too, and no permit is held meanwhile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeaveThrottles;

impl ClassifyRetry for LeaveThrottles {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if throttles(response) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "LeaveThrottles"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}

/// Whether an answer throttles: by its status, or by one of the codes at the beginning of its body.
fn throttles(response: &HttpResponse) -> bool {
    match response.status().as_u16() {
        429 => true,
        400 | 503 => {
            let body = response.body().bytes().unwrap_or_default();
            let head = String::from_utf8_lossy(body.get(..body.len().min(512)).unwrap_or_default());
            ["Throttl", "TooManyRequests", "SlowDown", "LimitExceeded", "TransactionInProgress"]
                .iter()
                .any(|code| head.contains(code))
        }
        _ => false,
    }
}
