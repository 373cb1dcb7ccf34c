//! What every answer is made from: the organization, how it behaves, and the invocation.

use std::sync::atomic::AtomicU64;

use hyper::http::request::Parts;
use serde::de::DeserializeOwned;

use super::behaviour::Behaviour;
use super::bucket::Buckets;
use super::caller::Caller;
use super::fault::Faults;
use super::operation::{Operation, Service};
use super::organization::Organization;
use super::quota::Ledger;
use super::refusal::Refusal;
use super::region::Enablement;
use super::reply::Reply;
use super::signing_key::SigningKey;
use super::{account_api, kms_api, organizations_api, s3_api, sagemaker_api, sts_api};

/// The state behind the server; only the ledger, the counters and the buckets change.
#[derive(Debug)]
pub(super) struct World {
    pub(super) organization: Organization,
    pub(super) behaviour: Behaviour,
    pub(super) ledger: Ledger,
    pub(super) faults: Faults,
    /// Descriptions of `alias/aws/…`, which on AWS create the key that they name.
    pub(super) aws_alias_descriptions: AtomicU64,
    pub(super) buckets: Buckets,
    /// The key that signs.
    pub(super) signing_key: SigningKey,
    /// Connections that were accepted.
    pub(super) connections: AtomicU64,
    /// Sessions that no session policy narrows.
    pub(super) sessions_at_large: AtomicU64,
}

/// One invocation.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) operation: Operation,
    pub(super) caller: Caller,
    /// Method, path and headers, which say in S3 what is asked for.
    pub(super) head: Parts,
    pub(super) body: Vec<u8>,
}

impl Invocation {
    /// The members of a JSON request. What the model forbids (a missing member, an unknown value of an enumeration) is refused.
    pub(super) fn members<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = if self.body.is_empty() { b"{}".as_slice() } else { self.body.as_slice() };
        serde_json::from_slice(body)
            .map_err(|error| Refusal::validation(format!("1 validation error detected: {error}")))
    }

    /// A refusal in the words of identity and access management.
    pub(super) fn denied(&self, reason: &str) -> Refusal {
        Refusal::denied(self.operation.service(), &self.caller.arn(), self.operation.action(), reason)
    }

    /// A refusal by a service control policy, in one of the two wordings.
    pub(super) fn denied_by_scp(&self, explicit: bool) -> Refusal {
        if explicit {
            self.denied("with an explicit deny in a service control policy")
        } else {
            self.denied(&format!("because no service control policy allows the {} action", self.operation.action()))
        }
    }
}

impl World {
    /// The answer.
    pub(super) fn answer(&self, invocation: &Invocation) -> Result<Reply, Refusal> {
        let action = invocation.operation.action();
        // Nobody is ever refused to be told who he is.
        if invocation.operation != Operation::GetCallerIdentity && !invocation.caller.may(action) {
            return Err(invocation.denied(&format!("because no session policy allows the {action} action")));
        }
        let service = invocation.operation.service();
        let body = match service {
            Service::Account => account_api::answer(self, invocation),
            Service::Kms => self.enabled(invocation).and_then(|()| kms_api::answer(self, invocation)),
            Service::Organizations => organizations_api::answer(self, invocation),
            Service::S3 => return s3_api::answer(self, invocation),
            Service::SageMaker => self.enabled(invocation).and_then(|()| sagemaker_api::answer(self, invocation)),
            Service::Sts => sts_api::answer(self, invocation),
        };
        body.map(|body| Reply::good(service, body))
    }

    /// Whether the caller's account has enabled a region.
    pub(super) fn has_enabled(&self, invocation: &Invocation, region: &str) -> bool {
        match self.organization.enablement(region) {
            Some(Enablement::ByDefault) => true,
            Some(Enablement::OptIn) => {
                self.organization.account(invocation.caller.account).is_some_and(|account| account.opted_in)
            }
            None => false,
        }
    }

    fn enabled(&self, invocation: &Invocation) -> Result<(), Refusal> {
        if self.has_enabled(invocation, invocation.caller.region.as_str()) {
            Ok(())
        } else {
            Err(Refusal::unrecognized(invocation.operation.service()))
        }
    }
}
