//! The description of a training job as the service gives it now, read with the role of the audit.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use thiserror::Error;

use super::recorded::Recorded;
use crate::{
    config::Config,
    limits::{Memory, OpenFiles},
    outcome::{Refusal, causes},
    resource::training_job::DESCRIBE,
    session::{Aws, ConnectError},
    throttle::Throttle,
};

/// How long somebody waits in front of a terminal, also for credentials.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why there is no description.
#[derive(Debug, Error)]
pub enum LiveError {
    /// Nobody to be.
    #[error("{}", causes(.0))]
    Connect(#[from] ConnectError),
    /// The account or the job refused.
    #[error("account {account}: {refusal}")]
    Refused {
        /// The account.
        account: String,
        /// Its refusal.
        refusal: Refusal,
    },
    /// The account or region of the resource is none.
    #[error("{0} is no place that can be asked")]
    NoPlace(String),
    /// The answer cannot be read.
    #[error("the answer of {} is no object", DESCRIBE)]
    Malformed,
    /// The name was used again.
    #[error("the job of that name is another one by now, created at {0}")]
    AnotherJob(Timestamp),
    /// It took too long.
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Late,
}

impl LiveError {
    /// Whether it is no matter of one account or job, so that it would meet every other one too.
    pub fn is_of_all(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Late => true,
            Self::Refused { .. } | Self::NoPlace(_) | Self::Malformed | Self::AnotherJob(_) => false,
        }
    }
}

/// One connection for all jobs.
#[derive(Debug)]
pub struct Live<'c> {
    sdk: SdkConfig,
    config: &'c Config,
    aws: Aws,
}

impl<'c> Live<'c> {
    /// Finds out who we are.
    pub async fn connect(sdk: SdkConfig, config: &'c Config) -> Result<Self, LiveError> {
        let connecting = connected(&sdk, config);
        let aws = tokio::time::timeout(PATIENCE, connecting).await.map_err(|_elapsed| LiveError::Late)??;
        Ok(Self { sdk, config, aws })
    }

    /// The answer of `DescribeTrainingJob`, as it came.
    pub async fn describe(&mut self, job: &Recorded) -> Result<Map<String, Value>, LiveError> {
        tokio::time::timeout(PATIENCE, self.asked(job)).await.map_err(|_elapsed| LiveError::Late)?
    }

    async fn asked(&mut self, job: &Recorded) -> Result<Map<String, Value>, LiveError> {
        let place = || LiveError::NoPlace(format!("{} {}", job.account_id, job.region));
        let (account, region) = job.account_id.parse().ok().zip(job.region.parse().ok()).ok_or_else(place)?;
        let refused = |refusal| LiveError::Refused { account: job.account_id.clone(), refusal };
        let is_own = self.aws.caller().account == account;
        let mut session = self.aws.session(account, is_own && self.config.role.own_account_directly).await;
        if session.is_err() && is_own {
            // The management account has no role of the audit, and is audited with our own credentials.
            self.aws = connected(&self.sdk, self.config).await?;
            session = self.aws.session(account, true).await;
        }
        let gate = self.aws.gate(&*session.map_err(refused)?, &region);
        let (client, verbatim) = (gate.sagemaker(), Verbatim::default());
        let describe = || client.describe_training_job().training_job_name(&job.name);
        let send = || describe().customize().interceptor(verbatim.clone()).send();
        gate.call(DESCRIBE, send).await.map_err(refused)?;
        let body = verbatim.body.lock().take().unwrap_or_default();
        let answer: Map<String, Value> = serde_json::from_slice(&body).map_err(|_no_object| LiveError::Malformed)?;
        match created_at(&answer).zip(job.created_at) {
            Some((now, then)) if now.duration_since(then).abs() > SignedDuration::from_secs(1) => {
                Err(LiveError::AnotherJob(now))
            }
            _ => Ok(answer),
        }
    }
}

async fn connected(sdk: &SdkConfig, config: &Config) -> Result<Aws, ConnectError> {
    let throttle = Throttle::within(&config.pacing, Arc::default(), OpenFiles::now(), Memory::now());
    Aws::connect(sdk, config, Arc::new(throttle)).await
}

fn created_at(answer: &Map<String, Value>) -> Option<Timestamp> {
    let seconds = answer.get("CreationTime")?.as_f64()?;
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
}

/// Keeps the text of an answer: the types of the SDK cannot be written down again, and lack what it does not know yet.
#[derive(Debug, Clone, Default)]
struct Verbatim {
    body: Arc<Mutex<Option<Vec<u8>>>>,
}

#[dyn_dispatch_hint]
impl Intercept for Verbatim {
    fn name(&self) -> &'static str {
        "Verbatim"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().status().is_success() {
            *self.body.lock() = context.response().body().bytes().map(<[u8]>::to_vec);
        }
        Ok(())
    }
}
