//! Whether the people of a private workforce may sign in only from addresses that are listed.

use std::net::IpAddr;

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::workforce::Workforce,
};

/// The check.
pub static CHECK: Check = Check {
    id: "workforce-source-ip",
    version: 1,
    title: "Private workforces may sign in only from listed addresses",
    severity: Severity::Medium,
    rationale: "Whoever has the password of one worker sees the data that is to be labeled or reviewed. Where only the \
                addresses of your network are let in, a stolen password alone opens nothing. A VPC that is configured \
                does not close the portal to the internet: only the list of addresses does.",
    remediation: Remediation {
        summary: "Set SourceIpConfig.Cidrs to at most ten ranges from which your people work, none of which is all \
                  addresses.",
        console: "SageMaker AI > Ground Truth > Labeling workforces > Private shows the workforce; its addresses are \
                  set with the API, so use the command.",
        cli: "aws sagemaker update-workforce --region {region} --workforce-name {name} \\\n  \
              --source-ip-config Cidrs=…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_workforce(WorkforceName=\"{name}\", SourceIpConfig={\"Cidrs\": [\"…\"]})",
        code: "Type: AWS::SageMaker::Workforce\nProperties:\n  SourceIpConfig: { Cidrs: [\"…\"] }",
    },
    reads: &["ListWorkforces.Workforces[].SourceIpConfig.Cidrs"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Workforce(evaluate),
};

fn evaluate(workforce: &Workforce, _context: Context<'_>) -> Verdict {
    let cidrs = &workforce.source_cidrs;
    let ranges = cidrs.iter().filter_map(|text| range(text)).collect::<Vec<_>>();
    let is_open = |kind| is_everything(ranges.iter().filter(|range| range.kind == kind));
    let verdict = if cidrs.is_empty() {
        Verdict::new(Status::Fail, "source_ip_unrestricted", "people may sign in from every address")
    } else if is_open(Kind::V4) || is_open(Kind::V6) {
        let text = format!("people may sign in from every address, which these ranges are: {}", cidrs.join(", "));
        Verdict::new(Status::Fail, "source_ip_open", text)
    } else if let Some(unknown) = cidrs.iter().find(|text| range(text).is_none()) {
        Verdict::new(
            Status::Unknown,
            "source_ip_unknown",
            format!("{unknown} is no range of addresses that can be read"),
        )
    } else {
        Verdict::new(Status::Pass, "source_ip_restricted", "people may sign in only from listed addresses")
    };
    verdict.with_evidence(|| json!({ "Cidrs": cidrs, "expected": "ranges, which are not all addresses together" }))
}

/// The kind of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    V4,
    V6,
}

/// A range of addresses; those of IPv4 stand in the upper bits, so that both kinds are counted alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    kind: Kind,
    first: u128,
    last: u128,
}

/// The range that a text means, whatever its address has behind the prefix; none where it is not to be told.
fn range(text: &str) -> Option<Range> {
    let (address, prefix) = text.split_once('/')?;
    let (kind, longest, bits) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (Kind::V4, 32, u128::from(u32::from(address)) << 96),
        IpAddr::V6(address) => (Kind::V6, 128, u128::from(address)),
    };
    let prefix = prefix.parse::<u32>().ok().filter(|prefix| *prefix <= longest)?;
    let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or_default();
    Some(Range { kind, first: bits & mask, last: bits | !mask })
}

/// Whether ranges of one kind are together all addresses of it.
fn is_everything<'r>(ranges: impl Iterator<Item = &'r Range>) -> bool {
    let mut ranges = ranges.collect::<Vec<_>>();
    ranges.sort_unstable_by_key(|range| range.first);
    // The first address that none of the ranges so far has; none when they have all.
    let mut open = Some(0_u128);
    for range in ranges {
        open = open.and_then(|open| {
            if (range.first..=range.last).contains(&open) { range.last.checked_add(1) } else { Some(open) }
        });
    }
    open.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn listed_addresses_pass_and_none_or_all_of_them_fail() {
        for (cidrs, status, code) in [
            (&[][..], Status::Fail, "source_ip_unrestricted"),
            (&["0.0.0.0/0"], Status::Fail, "source_ip_open"),
            (&["203.0.113.0/24", "::/0"], Status::Fail, "source_ip_open"),
            (&["10.0.0.0/0"], Status::Fail, "source_ip_open"),
            (&["office", "0.0.0.0/0"], Status::Fail, "source_ip_open"),
            (&["0.0.0.0/1", "128.0.0.0/1"], Status::Fail, "source_ip_open"),
            (&["192.0.0.0/2", "0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/2"], Status::Fail, "source_ip_open"),
            (&["8000::/1", "::/1"], Status::Fail, "source_ip_open"),
            (&["0.0.0.0/1", "128.0.0.0/2"], Status::Pass, "source_ip_restricted"),
            (&["128.0.0.0/1"], Status::Pass, "source_ip_restricted"),
            (&["0.0.0.0/1", "8000::/1"], Status::Pass, "source_ip_restricted"),
            (&["203.0.113.0/24"], Status::Pass, "source_ip_restricted"),
            (&["203.0.113.7/32", "2001:db8::/32"], Status::Pass, "source_ip_restricted"),
            (&["203.0.113.0"], Status::Unknown, "source_ip_unknown"),
            (&["203.0.113.0/33"], Status::Unknown, "source_ip_unknown"),
        ] {
            let source_cidrs = cidrs.iter().map(|text| (*text).to_owned()).collect();
            let workforce = Workforce { source_cidrs, ..Workforce::default() };
            assert_eq!(alone::told(&CHECK, workforce, alone::context()), (status, code.to_owned()), "{cidrs:?}");
        }
    }

    #[test]
    fn a_vpc_alone_does_not_close_the_portal() {
        let workforce = Workforce { vpc: Some("vpc-1".to_owned()), ..Workforce::default() };
        assert_eq!(alone::told(&CHECK, workforce, alone::context()).0, Status::Fail);
    }
}
