//! What the script of the page reads: tables by column as JSON, deflated, in base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use serde::{Deserialize, Serialize};

use super::{PageError, checks, columns::Columns, figures::Count, questions};
use crate::query::{Session, rows};

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
    /// How much of the other tables the page holds, where that is not all.
    pub(super) cut: Cuts,
}

/// The tables that are cut.
#[derive(Debug)]
pub(super) struct Cuts {
    pub(super) origins: Option<Cut>,
    pub(super) keys: Option<Cut>,
    pub(super) resolved: Option<Cut>,
}

/// A table of which the page holds a part.
#[derive(Debug)]
pub(super) struct Cut {
    /// The rows that it holds.
    pub(super) held: Count,
    /// Those that there are.
    pub(super) all: Count,
}

/// How many rows there are.
#[derive(Debug, Deserialize)]
struct Number {
    number: Count,
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
        let origins = Columns::of(session, &questions::origins()).await?;
        let keys = Columns::of(session, &questions::keys()).await?;
        let resolved = Columns::of(session, &questions::resolved()).await?;
        let cut = Cuts {
            origins: part_of(session, &origins, questions::MOST_OF_A_KIND, questions::ALL_ORIGINS).await?,
            keys: part_of(session, &keys, questions::MOST, questions::ALL_KEYS).await?,
            resolved: part_of(session, &resolved, questions::MOST, questions::ALL_RESOLVED).await?,
        };
        let tables = Tables {
            places: Columns::of(session, questions::PLACES).await?,
            heat: Columns::of(session, questions::HEAT).await?,
            checks: of_checks,
            origins,
            keys,
            exceptions: Columns::of(session, questions::EXCEPTIONS).await?,
            gaps: Columns::of(session, questions::GAPS).await?,
            resolved,
            severities: Columns::of(session, questions::TIMES).await?,
        };
        let mut findings = Columns::of(session, &questions::findings(most)).await?;
        let evidence = findings.split("evidence_json");
        Ok(Self {
            tables: packed(&tables)?,
            held: findings.rows(),
            findings: packed(&findings)?,
            evidence: packed(&evidence)?,
            cut,
        })
    }
}

/// How much of a table the page holds; none where that is all. How many rows there are is asked only where the bound may
/// have cut them.
async fn part_of(session: &Session, table: &Columns, most: usize, counted: &str) -> Result<Option<Cut>, PageError> {
    if table.rows() < most {
        return Ok(None);
    }
    let held = Count(Some(i64::try_from(table.rows()).unwrap_or(i64::MAX)));
    let all = rows::all::<Number>(session, counted).await?.first().map_or(Count(None), |row| row.number);
    Ok((held != all).then_some(Cut { held, all }))
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
