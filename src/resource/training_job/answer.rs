//! The answers of `Search`, read leanly: the SDK makes 19 KB of each record, of which we keep some hundred bytes.

use std::sync::Arc;

use aws_sdk_sagemaker::operation::search::{SearchError, SearchOutput};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeSerializationInterceptorContextMut, Error, Output, OutputOrError},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, OrchestratorError},
        runtime_components::RuntimeComponents,
        ser_de::{DeserializeResponse, SharedResponseDeserializer},
    },
};
use aws_smithy_schema::protocol::SharedClientProtocol;
use aws_smithy_types::config_bag::ConfigBag;
use parking_lot::Mutex;
use serde::Deserialize;
use thiserror::Error;

use super::{
    project::from_search,
    record::{Object, Record, Text, object, objects},
};
use crate::{organization::Target, resource::Resource, session::Clock};

/// How many records a search has in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) hits: u64,
    /// False where the service only says "at least".
    pub(super) exact: bool,
}

/// What one answer holds.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Whether it has a list of results at all.
    pub(super) has_results: bool,
    /// Records on the page, those included that do not even name their job.
    pub(super) records: usize,
    pub(super) jobs: Vec<Resource>,
    pub(super) total: Option<Total>,
    pub(super) next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body<'a> {
    #[serde(borrow, deserialize_with = "objects")]
    results: Option<Vec<Found<'a>>>,
    #[serde(borrow)]
    next_token: Text<'a>,
    #[serde(borrow, deserialize_with = "object")]
    total_hits: Option<TotalHits<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Found<'a> {
    #[serde(borrow, deserialize_with = "object")]
    training_job: Option<Record<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TotalHits<'a> {
    value: Option<i64>,
    #[serde(borrow)]
    relation: Text<'a>,
}

/// Where and how the text of an answer is wrong, without quoting it.
#[derive(Debug, Error)]
#[error("the answer is no search result: {what} error at byte {column} of line {line}")]
struct Unreadable {
    what: &'static str,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Data => "type",
            serde_json::error::Category::Eof => "end of text",
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => "syntax",
        };
        Self { what, line: error.line(), column: error.column() }
    }
}

impl Answer {
    fn read(body: &[u8], target: &Target, clock: Clock) -> Result<Self, Unreadable> {
        let Object::<Body<'_>>(body) = serde_json::from_slice(body)?;
        let now = clock.now();
        let total = body.total_hits.and_then(|total| {
            let hits = u64::try_from(total.value?).ok()?;
            Some(Total { hits, exact: total.relation.as_str() != Some("GreaterThanOrEqualTo") })
        });
        let has_results = body.results.is_some();
        let results = body.results.unwrap_or_default();
        let records = results.len();
        let jobs = results.into_iter().filter_map(|found| from_search(found.training_job?, target, now)).collect();
        Ok(Self { has_results, records, jobs, total, next: body.next_token.said() })
    }
}

/// Reads the successful answers of one call in the place of the SDK, which still signs, sends, repeats, and reads what
/// is no success.
#[derive(Debug, Clone)]
pub(super) struct Lean {
    target: Arc<Target>,
    clock: Clock,
    /// The last answer that could be read.
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Lean {
    pub(super) fn new(target: &Arc<Target>, clock: Clock) -> Self {
        Self { target: Arc::clone(target), clock, answer: Arc::default() }
    }

    /// The answer, once the call has come back well.
    pub(super) fn take(&self) -> Option<Answer> {
        self.answer.lock().take()
    }
}

#[dyn_dispatch_hint]
impl Intercept for Lean {
    fn name(&self) -> &'static str {
        "Lean"
    }

    fn modify_before_serialization(
        &self,
        _context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        settings.interceptor_state().store_put(SharedResponseDeserializer::new(self.clone()));
        Ok(())
    }
}

impl DeserializeResponse for Lean {
    fn deserialize_nonstreaming_with_config(&self, response: &HttpResponse, settings: &ConfigBag) -> OutputOrError {
        if !response.status().is_success() {
            return Err(refused(response, settings));
        }
        let body = response.body().bytes().unwrap_or_default();
        let answer = Answer::read(body, &self.target, self.clock).map_err(OrchestratorError::other)?;
        *self.answer.lock() = Some(answer);
        Ok(Output::erase(SearchOutput::builder().build()))
    }
}

/// The error of the service, as the SDK's own deserializer makes it.
fn refused(response: &HttpResponse, settings: &ConfigBag) -> OrchestratorError<Error> {
    let Some(protocol) = settings.load::<SharedClientProtocol>() else {
        return OrchestratorError::other("the client has no protocol");
    };
    match protocol.parse_error_metadata(response, settings) {
        Ok(metadata) => OrchestratorError::operation(Error::erase(SearchError::generic(metadata.build()))),
        Err(error) => OrchestratorError::other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::samples::target;

    fn read(body: &str) -> Result<Answer, Unreadable> {
        Answer::read(body.as_bytes(), &target(1, "eu-central-1"), Clock::System)
    }

    #[test]
    fn what_names_no_job_is_counted_and_what_is_left_out_is_absent() {
        let answer = read(
            r#"{"NextToken":"","TotalHits":{"Value":4,"Relation":"EqualTo"},"Results":[{"TrainingJob":{"TrainingJobName":"a"}},
                {"TrainingJob":{"TrainingJobName":""}},{"TrainingJob":null},{"Endpoint":{"EndpointName":"e"}}]}"#,
        );
        let answer = answer.unwrap();
        assert_eq!((answer.records, answer.jobs.len(), answer.next), (4, 1, None));
        assert_eq!(answer.total, Some(Total { hits: 4, exact: true }));
        let answer = read(r#"{"TotalHits":{"Value":10000,"Relation":"GreaterThanOrEqualTo"},"Results":null}"#).unwrap();
        assert!(!answer.has_results && answer.total.is_some_and(|total| !total.exact));
        let answer = read(r#"{"TotalHits":{"Value":-1}}"#).unwrap();
        assert!(!answer.has_results && answer.total.is_none());
    }

    #[test]
    fn what_is_no_answer_is_refused_without_being_quoted() {
        for wrong in ["", "[]", "<html>secret</html>", r#"{"Results":[["secret"]]}"#, r#"{"Results":"secret"}"#, "{}{}"]
        {
            let error = read(wrong).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
