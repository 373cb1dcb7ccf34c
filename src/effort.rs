//! What an audit cost: calls, throttling answers, retries and bytes, of each API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The cost by API. Costs of shards add up with [`Effort::merge`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Effort {
    apis: BTreeMap<String, Cost>,
}

/// The cost of one API, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cost {
    /// Requests sent, retries included.
    pub calls: u64,
    /// Answers that throttled.
    pub throttles: u64,
    /// Requests that were a second or later attempt.
    pub retries: u64,
    /// Bytes of the bodies of answers, without headers and encryption.
    pub bytes_received: u64,
}

impl Cost {
    pub(crate) fn add(&mut self, other: Self) {
        let sums = [
            (&mut self.calls, other.calls),
            (&mut self.throttles, other.throttles),
            (&mut self.retries, other.retries),
            (&mut self.bytes_received, other.bytes_received),
        ];
        for (sum, count) in sums {
            *sum = sum.saturating_add(count);
        }
    }

    fn less(self, before: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(before.calls),
            throttles: self.throttles.saturating_sub(before.throttles),
            retries: self.retries.saturating_sub(before.retries),
            bytes_received: self.bytes_received.saturating_sub(before.bytes_received),
        }
    }
}

impl Effort {
    /// Adds a cost of `api`, named `service:Operation`.
    pub fn add(&mut self, api: &str, cost: Cost) {
        match self.apis.get_mut(api) {
            Some(known) => known.add(cost),
            None => drop(self.apis.insert(api.to_owned(), cost)),
        }
    }

    /// Adds the cost of another shard or attempt.
    pub fn merge(&mut self, other: &Self) {
        for (api, cost) in &other.apis {
            self.add(api, *cost);
        }
    }

    /// What came after `before`, an earlier state of the same counters.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let less = |(api, cost): (&String, &Cost)| {
            let cost = cost.less(before.apis.get(api).copied().unwrap_or_default());
            (cost != Cost::default()).then(|| (api.clone(), cost))
        };
        Self { apis: self.apis.iter().filter_map(less).collect() }
    }

    /// The cost of all APIs.
    pub fn total(&self) -> Cost {
        let mut total = Cost::default();
        self.apis.values().for_each(|cost| total.add(*cost));
        total
    }

    /// The cost of each API, by its name.
    pub fn apis(&self) -> impl Iterator<Item = (&str, Cost)> {
        self.apis.iter().map(|(api, cost)| (api.as_str(), *cost))
    }

    /// One count of each API for which it is not zero.
    pub fn by_api(&self, count: fn(Cost) -> u64) -> BTreeMap<&str, u64> {
        self.apis().map(|(api, cost)| (api, count(cost))).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effort<const N: usize>(apis: [(&str, u64, u64); N]) -> Effort {
        let mut effort = Effort::default();
        for (api, calls, bytes_received) in apis {
            effort.add(api, Cost { calls, bytes_received, ..Cost::default() });
        }
        effort
    }

    #[test]
    fn shards_add_up_api_by_api() {
        let mut sum = effort([("sagemaker:Search", 2, 10), ("kms:DescribeKey", 1, 1)]);
        sum.merge(&effort([("sagemaker:Search", 3, 5), ("sts:AssumeRole", 1, 7)]));
        assert_eq!(sum, effort([("kms:DescribeKey", 1, 1), ("sagemaker:Search", 5, 15), ("sts:AssumeRole", 1, 7)]));
        assert_eq!((sum.total().calls, sum.total().bytes_received), (7, 23));
        assert_eq!(sum.by_api(|cost| cost.throttles), BTreeMap::new());
    }

    #[test]
    fn what_came_after_a_state_leaves_out_what_was_idle() {
        let before = effort([("sagemaker:Search", 2, 10), ("kms:DescribeKey", 1, 1)]);
        let mut after = before.clone();
        after.merge(&effort([("s3:PutObject", 4, 0), ("kms:DescribeKey", 1, 2)]));
        assert_eq!(after.since(&before), effort([("s3:PutObject", 4, 0), ("kms:DescribeKey", 1, 2)]));
    }

    #[test]
    fn an_effort_survives_json_and_always_writes_the_same() {
        let text = r#"{"kms:DescribeKey":{"calls":1,"throttles":0,"retries":0,"bytes_received":1},"s3:GetObject":{"calls":2,"throttles":0,"retries":0,"bytes_received":9}}"#;
        let read: Effort = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert_eq!(read, effort([("s3:GetObject", 2, 9), ("kms:DescribeKey", 1, 1)]));
    }
}
