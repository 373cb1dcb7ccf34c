//! What the script of the page reads: tables by column as JSON, deflated, in base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;

use super::{PageError, checks, columns::Columns, questions};
use crate::query::Session;

/// The blocks of a page.
#[derive(Debug)]
pub(super) struct Blocks {
    /// All that is opened at once.
    pub(super) tables: String,
    /// The failing findings.
    pub(super) findings: String,
    /// Their evidence, which is opened when it is asked for.
    pub(super) evidence: String,
    /// How many findings there are.
    pub(super) held: usize,
}

/// The tables that are opened at once.
#[derive(Debug, Serialize)]
struct Tables {
    places: Columns,
    heat: Columns,
    checks: Columns,
    origins: Columns,
    keys: Columns,
    exceptions: Columns,
    gaps: Columns,
    resolved: Columns,
    severities: Columns,
}

impl Blocks {
    /// Asks for them.
    pub(super) async fn ask(session: &Session, most: u32) -> Result<Self, PageError> {
        let mut of_checks = Columns::of(session, questions::CHECKS).await?;
        checks::add_ways(&mut of_checks);
        let tables = Tables {
            places: Columns::of(session, questions::PLACES).await?,
            heat: Columns::of(session, questions::HEAT).await?,
            checks: of_checks,
            origins: Columns::of(session, questions::ORIGINS).await?,
            keys: Columns::of(session, questions::KEYS).await?,
            exceptions: Columns::of(session, questions::EXCEPTIONS).await?,
            gaps: Columns::of(session, questions::GAPS).await?,
            resolved: Columns::of(session, questions::RESOLVED).await?,
            severities: Columns::of(session, questions::SEVERITIES).await?,
        };
        let mut findings = Columns::of(session, &questions::findings(most)).await?;
        let evidence = findings.split("evidence_json");
        Ok(Self {
            tables: packed(&tables)?,
            held: findings.rows(),
            findings: packed(&findings)?,
            evidence: packed(&evidence)?,
        })
    }
}

fn packed(content: &impl Serialize) -> Result<String, PageError> {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    let failed = |error: &dyn std::fmt::Display| PageError::Answer(error.to_string());
    serde_json::to_writer(std::io::BufWriter::new(&mut deflated), content).map_err(|error| failed(&error))?;
    Ok(STANDARD.encode(deflated.finish().map_err(|error| failed(&error))?))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_packed_holds_no_markup_and_is_read_back() {
        let text = "</script><!-- \" & '".repeat(1_000);
        let block = packed(&text).unwrap();
        assert!(block.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
        assert!(block.len() < 1_000);
        let mut read = String::new();
        let deflated = STANDARD.decode(block).unwrap();
        flate2::read::DeflateDecoder::new(&*deflated).read_to_string(&mut read).unwrap();
        assert_eq!(serde_json::from_str::<String>(&read).unwrap(), text);
    }
}
