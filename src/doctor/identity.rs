//! Who we are: the caller, the hub role where there is one, and the clock, or why AWS does not know us.

use std::sync::Arc;

use aws_config::SdkConfig;

use super::{
    advice::say,
    clock::{self, Ear},
    observation::{Advice, Group, Observation},
};
use crate::{
    config::Config,
    coverage::Outcome,
    limits::{Memory, OpenFiles},
    outcome::Refusal,
    place::Partition,
    session::{Aws, Clock, ConnectError, GET_CALLER_IDENTITY, clients::Clients, gate::Gate, in_region},
    throttle::Throttle,
};

/// Reaches AWS as somebody, and says as whom and by which clock.
pub(super) async fn look(sdk: &SdkConfig, config: &Config, clock: Clock) -> (Option<Arc<Aws>>, Vec<Observation>) {
    let throttle = Arc::new(Throttle::within(&config.pacing, Arc::default(), OpenFiles::now(), Memory::now()));
    let mut observations = Vec::new();
    let mut answered = true;
    let aws = match Aws::connect(sdk, config, Arc::clone(&throttle)).await {
        Ok(aws) => {
            let caller = aws.caller();
            let text = format!("{} in the partition {}", caller.arn, caller.partition);
            observations.push(Observation::ok(Group::Identity, "caller", text));
            if let Some(arn) = &config.role.hub_role_arn {
                observations.push(Observation::ok(Group::Identity, "hub role", format!("{arn} can be assumed")));
            }
            Some(Arc::new(aws))
        }
        Err(error) => {
            answered = !matches!(&error, ConnectError::Identity(refusal) if is_unanswered(refusal));
            observations.push(refused(&error));
            None
        }
    };
    // Also where AWS knows us not: a clock that is wrong is one of the reasons.
    if answered {
        observations.push(clock::judge(ahead(sdk, throttle, clock).await));
    }
    (aws, observations)
}

/// By how many seconds our clock is ahead, from one call that only wants the date of its answer.
async fn ahead(sdk: &SdkConfig, throttle: Arc<Throttle>, clock: Clock) -> Option<i64> {
    let ear = Ear::new(clock);
    let region = sdk.region().map_or_else(|| Partition::Aws.home_region().to_owned(), ToString::to_string);
    let gate = Gate::new(Arc::new(Clients::new(in_region(sdk, &region))), throttle, Arc::default(), None);
    let client = gate.sts();
    let send = || client.get_caller_identity().customize().interceptor(ear.clone()).send();
    if let Err(refusal) = gate.call(GET_CALLER_IDENTITY, send).await {
        tracing::debug!(%refusal, "the call for the clock got no good answer");
    }
    ear.ahead()
}

fn refused(error: &ConnectError) -> Observation {
    match error {
        ConnectError::Identity(refusal) => {
            let (text, advice) = diagnosis(refusal);
            Observation::fatal(Group::Identity, "caller", text).answered(refusal).advised(advice)
        }
        ConnectError::Hub { arn, refusal } => {
            let advice = vec![
                say(
                    "Look at the role's trust policy, at role.hub_role_arn and at role.hub_external_id; our own policy must allow sts:AssumeRole on it.",
                ),
                Advice::Command(format!("aws sts assume-role --role-arn {arn} --role-session-name sagesweep")),
            ];
            Observation::fatal(Group::Identity, "hub role", format!("{arn} refuses us"))
                .answered(refusal)
                .advised(advice)
        }
        ConnectError::Arn(_) => Observation::fatal(Group::Identity, "caller", error.to_string())
            .advised(vec![say("This version knows the partitions aws, aws-cn and aws-us-gov.")]),
    }
}

/// Whether nothing came back that could have a date.
fn is_unanswered(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "ConnectionFailed" | "DispatchFailure" | "RequestNotSent" | "Timeout")
}

/// What is wrong when not even `sts:GetCallerIdentity` answers, which needs no permission.
fn diagnosis(refusal: &Refusal) -> (&'static str, Vec<Advice>) {
    let lacks_credentials = ["credential", "provider", "profile", "sso"]
        .iter()
        .any(|word| refusal.message.to_ascii_lowercase().contains(word));
    match (is_unanswered(refusal), refusal.outcome) {
        (true, _) if lacks_credentials => (
            "there are no credentials that can be used",
            vec![
                say("Give the task a role, or set AWS_PROFILE, or log in:"),
                Advice::Command("aws sso login".to_owned()),
            ],
        ),
        (true, _) | (_, Outcome::Timeout) => (
            "STS cannot be reached: no network, or no way to AWS",
            vec![say(
                "Check DNS, the route to the internet or the VPC endpoint of STS, HTTPS_PROXY, AWS_REGION and AWS_ENDPOINT_URL.",
            )],
        ),
        _ if refusal.is_expired_token() => ("our credentials have expired", vec![say("Log in again, or renew them.")]),
        (_, Outcome::MalformedAnswer) => (
            "something that is not STS answers",
            vec![say("Look for a portal or a proxy in between, and at AWS_ENDPOINT_URL.")],
        ),
        _ => (
            "STS refuses our credentials",
            vec![say("They are wrong, of another partition, switched off, or our clock is wrong.")],
        ),
    }
}
