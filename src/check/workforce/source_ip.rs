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
              --source-ip-config Cidrs=203.0.113.0/24,198.51.100.7/32",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_workforce(WorkforceName=\"{name}\", SourceIpConfig={\"Cidrs\": [\"203.0.113.0/24\"]})",
        code: "Type: AWS::SageMaker::Workforce\nProperties:\n  SourceIpConfig: { Cidrs: [203.0.113.0/24] }",
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
    let of = |wanted| cidrs.iter().find(|text| range(text) == wanted);
    let verdict = if cidrs.is_empty() {
        Verdict::new(Status::Fail, "source_ip_unrestricted", "people may sign in from every address")
    } else if let Some(open) = of(Range::Everything) {
        Verdict::new(Status::Fail, "source_ip_open", format!("{open} lets people sign in from every address"))
    } else if let Some(unknown) = of(Range::Unknown) {
        Verdict::new(
            Status::Unknown,
            "source_ip_unknown",
            format!("{unknown} is no range of addresses that can be read"),
        )
    } else {
        Verdict::new(Status::Pass, "source_ip_restricted", "people may sign in only from listed addresses")
    };
    verdict.with_evidence(|| json!({ "Cidrs": cidrs, "expected": "ranges, none of which is all addresses" }))
}

/// What a range of addresses lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// All addresses of its kind: whatever stands before `/0`.
    Everything,
    /// Some addresses.
    Some,
    /// Not to be told.
    Unknown,
}

fn range(text: &str) -> Range {
    let parsed = text.split_once('/').and_then(|(address, prefix)| {
        let address = address.parse::<IpAddr>().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        prefix.parse::<u8>().ok().filter(|prefix| *prefix <= longest)
    });
    match parsed {
        Some(0) => Range::Everything,
        Some(_) => Range::Some,
        None => Range::Unknown,
    }
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
