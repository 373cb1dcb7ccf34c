//! What can go wrong on the wire, and which calls it befalls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::draw::mix;
use super::operation::Operation;
use crate::place::{AccountId, Region};

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// No identity-based policy allows the action.
    Denied,
    /// A service control policy denies the action explicitly.
    DeniedByScp,
    /// No service control policy allows the action.
    DeniedByScpImplicitly,
    /// An operation that the service does not have there.
    UnknownOperation,
    /// Throttled, in the service's own words.
    Throttled,
    /// An error of the service with this status, such as 500 or 503.
    Status(u16),
    /// An answer of something in front of the service: HTML with this status.
    HtmlError(u16),
    /// Connection closed before an answer.
    Reset,
    /// The call takes effect, then the connection closes without an answer.
    DoneThenReset,
    /// The call takes effect, then the answer is an error of the service with this status.
    DoneThenStatus(u16),
    /// Connection closed in the middle of the body.
    CutBody,
    /// A body in many small pieces, with a pause after each.
    SlowBody(Duration),
    /// Half of the body, and then nothing, for ever.
    StalledBody,
    /// A body that is complete by its length but is not JSON or XML to its end.
    MalformedBody,
    /// A body of the right length with some bytes changed, drawn from this number.
    FlippedBytes(u64),
    /// A JSON object of something in between, with status 200, such as a portal's.
    ForeignBody,
    /// A good body that calls itself HTML.
    WrongContentType,
    /// Credentials whose time is over.
    ExpiredToken,
    /// Credentials that the region does not know.
    UnrecognizedClient,
    /// The same in the words of STS, whatever the service.
    InvalidClientToken,
    /// The caller's clock is wrong.
    ClockSkewed,
    /// No answer, ever.
    Hang,
    /// A page whose token is the one that it was asked for with.
    RepeatToken,
    /// A page without items, whose token leads to the items.
    EmptyPage,
    /// A page with its first item twice.
    DuplicateRecord,
}

/// Which calls a fault befalls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// `service:Operation`, or the IAM action that some operations share; none for all.
    pub operation: Option<String>,
    /// The account whose credentials make the call; none for all.
    pub account: Option<AccountId>,
    /// The region of the call; none for all.
    pub region: Option<Region>,
    /// Matching calls that are spared first.
    pub after: u64,
    /// Matching calls that are befallen; none for all.
    pub times: Option<u64>,
    /// Of the matching calls only one in so many, by chance; 1 for each.
    pub one_in: u64,
    /// What goes wrong.
    pub fault: Fault,
}

impl FaultRule {
    /// A fault at every call of `service:Operation`.
    pub fn at(operation: &str, fault: Fault) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::everywhere(fault) }
    }

    /// A fault at every call of any operation.
    pub fn everywhere(fault: Fault) -> Self {
        Self { operation: None, account: None, region: None, after: 0, times: None, one_in: 1, fault }
    }

    /// The same rule for one region.
    #[must_use]
    pub fn in_region(self, region: Region) -> Self {
        Self { region: Some(region), ..self }
    }

    /// The same rule, sparing the first `calls`.
    #[must_use]
    pub fn after(self, calls: u64) -> Self {
        Self { after: calls, ..self }
    }

    /// The same rule, befalling `calls` only.
    #[must_use]
    pub fn times(self, calls: u64) -> Self {
        Self { times: Some(calls), ..self }
    }

    /// The same rule, befalling one call in `calls` by chance.
    #[must_use]
    pub fn one_in(self, calls: u64) -> Self {
        Self { one_in: calls, ..self }
    }

    fn matches(&self, account: AccountId, region: &Region, operation: Operation) -> bool {
        self.operation.as_deref().is_none_or(|wanted| operation.is_called(wanted))
            && self.account.is_none_or(|wanted| wanted == account)
            && self.region.as_ref().is_none_or(|wanted| wanted == region)
    }
}

/// A rule with the calls that it has matched, and those of them that it has befallen.
#[derive(Debug)]
struct Counted {
    rule: FaultRule,
    matched: AtomicU64,
    befallen: AtomicU64,
}

/// The rules of a simulator.
#[derive(Debug)]
pub(super) struct Faults {
    seed: u64,
    rules: Vec<Counted>,
}

impl Faults {
    pub(super) fn new(seed: u64, rules: &[FaultRule]) -> Self {
        let counted =
            |rule: &FaultRule| Counted { rule: rule.clone(), matched: AtomicU64::new(0), befallen: AtomicU64::new(0) };
        Self { seed, rules: rules.iter().map(counted).collect() }
    }

    /// What befalls this call.
    pub(super) fn befalling(&self, account: AccountId, region: &Region, operation: Operation) -> Option<&Fault> {
        (0_u64..).zip(&self.rules).find_map(|(number, Counted { rule, matched, befallen })| {
            if !rule.matches(account, region, operation) {
                return None;
            }
            let call = matched.fetch_add(1, Ordering::Relaxed);
            let due = call.checked_sub(rule.after).is_some_and(|late| rule.times.is_none_or(|times| late < times));
            let chosen =
                mix(&[self.seed, 0x6661_756c, number, call]).checked_rem(rule.one_in).is_none_or(|rest| rest == 0);
            befallen.fetch_add(u64::from(due && chosen), Ordering::Relaxed);
            (due && chosen).then_some(&rule.fault)
        })
    }

    /// How many calls each rule has befallen.
    pub(super) fn befallen(&self) -> Vec<(&FaultRule, u64)> {
        self.rules.iter().map(|counted| (&counted.rule, counted.befallen.load(Ordering::Relaxed))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_spares_then_befalls_then_rests() {
        let faults = Faults::new(1, &[FaultRule::at("kms:DescribeKey", Fault::Reset).after(2).times(3)]);
        let (account, region) = ("123456789012".parse().unwrap(), "eu-central-1".parse().unwrap());
        assert_eq!(faults.befalling(account, &region, Operation::Search), None);
        let befallen: Vec<_> =
            (0..7).map(|_| faults.befalling(account, &region, Operation::DescribeKey).is_some()).collect();
        assert_eq!(befallen, [false, false, true, true, true, false, false]);
    }

    #[test]
    fn chance_befalls_its_share() {
        let faults = Faults::new(1, &[FaultRule::everywhere(Fault::Hang).one_in(10)]);
        let (account, region) = ("123456789012".parse().unwrap(), "eu-central-1".parse().unwrap());
        let befallen = (0..10_000).filter(|_| faults.befalling(account, &region, Operation::Search).is_some()).count();
        assert!((800..1_200).contains(&befallen), "{befallen}");
    }
}
