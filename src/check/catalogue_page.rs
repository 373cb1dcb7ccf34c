//! `CATALOGUE.md`: the catalogue as a page, made from the checks. This test holds the file against them;
//! `INSTA_UPDATE=always cargo test --lib check::catalogue_page` writes it anew.

use std::fmt::{self, Write as _};

use super::{
    CHECKS, Check,
    catalogue::by_framework,
    compatibility::{Catalogue, EQUIVALENTS, equivalents},
    prowler,
};
use crate::{generated, resource::ResourceType};

fn page() -> String {
    let mut out = String::new();
    write_page(&mut out).unwrap();
    out
}

fn write_page(out: &mut String) -> fmt::Result {
    let types = ResourceType::ALL.iter().filter(|kind| CHECKS.iter().any(|check| check.resource_type() == **kind));
    let mut types = types.copied().collect::<Vec<_>>();
    types.sort_unstable_by_key(|kind| kind.slug());
    writeln!(out, "# Catalogue\n")?;
    writeln!(out, "<!-- Made from the files of the checks: see `catalogue_page.rs`. -->\n")?;
    writeln!(
        out,
        "{} checks of {} resource types. `sagesweep explain ID` shows one with the commands that mend a FAIL, and",
        CHECKS.len(),
        types.len()
    )?;
    writeln!(out, "`sagesweep checks --format json` all of them. Those marked * are off by default.\n")?;
    writeln!(out, "| resource type | check | severity |\n| --- | --- | --- |")?;
    for kind in &types {
        for (index, check) in of_type(*kind).enumerate() {
            let name = if index == 0 { kind.as_str() } else { "" };
            let mark = if check.by_default { "" } else { " *" };
            writeln!(out, "| {name} | [{0}](#{0}){mark} | {1} |", check.id, check.severity.as_str())?;
        }
    }
    for kind in &types {
        writeln!(out, "\n## {}", kind.as_str())?;
        for check in of_type(*kind) {
            write_check(out, check)?;
        }
    }
    writeln!(out, "\n## Compatibility\n")?;
    writeln!(out, "What other catalogues have, what stands for it here, and where the judgements differ.")?;
    for catalogue in [Catalogue::Prowler, Catalogue::SecurityHub, Catalogue::Config] {
        writeln!(out, "\n### {catalogue}\n\n| id | here | difference |\n| --- | --- | --- |")?;
        for one in EQUIVALENTS.iter().filter(|one| one.catalogue == catalogue) {
            let here = one.checks.iter().map(|id| format!("[{id}](#{id})")).collect::<Vec<_>>();
            let here = if here.is_empty() { "none".to_owned() } else { here.join(", ") };
            writeln!(out, "| {} | {here} | {} |", one.id, one.difference)?;
        }
    }
    writeln!(
        out,
        "\nWith `checks.profile = \"prowler\"` or `\"both\"`, the {} checks of Prowler are put to the same facts under their own ids, as\n\
         Prowler judges.",
        prowler::RULES.len()
    )
}

fn of_type(kind: ResourceType) -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().copied().filter(move |check| check.resource_type() == kind)
}

fn write_check(out: &mut String, check: &'static Check) -> fmt::Result {
    writeln!(out, "\n### {}\n\n{}.\n", check.id, check.title)?;
    let default = if check.by_default { "on" } else { "off" };
    let (severity, control) = (check.severity.as_str(), check.control.as_str());
    writeln!(out, "Severity {severity}, a control of {control}, {default} by default, version {}.\n", check.version)?;
    writeln!(out, "{}\n", check.rationale)?;
    writeln!(out, "**Mend:** {}\n", check.remediation.summary)?;
    writeln!(
        out,
        "**Reads:** {}\n",
        check.reads.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", ")
    )?;
    let requirements = by_framework(check);
    let requirements = requirements.iter().map(|(framework, ids)| format!("{} {}", framework.title(), ids.join(", ")));
    writeln!(out, "**Serves:** {}.", requirements.collect::<Vec<_>>().join("; "))?;
    let elsewhere = equivalents(check.id).map(|one| format!("{} {}", one.catalogue, one.id)).collect::<Vec<_>>();
    if !elsewhere.is_empty() {
        writeln!(out, "\n**Elsewhere:** {}.", elsewhere.join(", "))?;
    }
    Ok(())
}

#[test]
fn the_page_is_made_from_the_checks() {
    generated::hold("src/check/CATALOGUE.md", &page(), "check::catalogue_page");
}
