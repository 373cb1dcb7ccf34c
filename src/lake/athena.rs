//! Athena's DDL, made from the columns of the tables and from the files of the views, so that it cannot differ from them.
//!
//! The tests hold `infra/athena/*.sql` against it; `INSTA_UPDATE=always cargo test --lib lake::athena` writes them anew.

use std::fmt::{self, Write as _};

use super::{Table, column::Described, view::VIEWS};

/// Stands in the DDL for the destination of the lake, `s3://bucket/prefix`, and has to be replaced.
pub const LAKE: &str = "s3://LAKE";
/// The partition of every table.
pub const PARTITION: Described = Described {
    name: "run_date",
    athena: "string",
    meaning: "The day on which the run started, in UTC, as YYYY-MM-DD.",
};
/// The first day that a lake can hold; days before it are not looked for.
const FIRST_DAY: &str = "2026-11-01";

impl Table {
    /// What one row of it is.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Findings => "One row for each resource and check.",
            Self::Resources => "One row for each resource that was seen, with the facts that were judged.",
            Self::Coverage => "One row for each account, region and resource type in scope, whatever happened there.",
            Self::FindingEvents => "One row for each change of a finding since the run that was published before.",
            Self::PostureDaily => "Findings counted: one row for each place, check and status.",
            Self::Checks => "The catalogue as it was in the run: one row for each check.",
            Self::CheckRequirements => "One row for each requirement of a framework that a check serves.",
            Self::Exceptions => "One row for each exception of the file by which the run judged, with what it covered.",
            Self::Runs => "One row for each run, whose object is the commit of all its tables.",
            Self::Standing => "What a run hands on to the next one: one row for each finding that failed.",
        }
    }

    /// Its properties: nights are computed from the range of days, so that no partition is ever added. `location` is the
    /// destination of the lake.
    pub fn properties(self, location: &str) -> Vec<(&'static str, String)> {
        vec![
            ("classification", "parquet".to_owned()),
            ("projection.enabled", "true".to_owned()),
            ("projection.run_date.type", "date".to_owned()),
            ("projection.run_date.format", "yyyy-MM-dd".to_owned()),
            ("projection.run_date.range", format!("{FIRST_DAY},NOW")),
            ("projection.run_date.interval", "1".to_owned()),
            ("projection.run_date.interval.unit", "DAYS".to_owned()),
            ("storage.location.template", format!("{}run_date=${{run_date}}/", self.location(location))),
        ]
    }

    /// Where its objects are, with a slash at the end; `lake` is the destination of the lake.
    pub fn location(self, lake: &str) -> String {
        format!("{lake}/v1/{self}/")
    }
}

/// The statements that create the tables in the database of the session.
pub fn tables() -> String {
    let mut out =
        "-- The tables. Replace s3://LAKE by the destination of the lake; Athena takes one statement at a time.\n"
            .to_owned();
    for table in Table::ALL {
        // Writing to a String does not fail.
        let _ = write_table(&mut out, table);
    }
    out
}

fn write_table(out: &mut String, table: Table) -> fmt::Result {
    writeln!(out, "\nCREATE EXTERNAL TABLE IF NOT EXISTS {table} (")?;
    let columns = table.columns().iter().map(column).collect::<Vec<_>>();
    writeln!(out, "{}\n)\nCOMMENT '{}'", columns.join(",\n"), table.meaning())?;
    writeln!(out, "PARTITIONED BY (\n{}\n)\nSTORED AS PARQUET", column(&PARTITION))?;
    writeln!(out, "LOCATION '{}'\nTBLPROPERTIES (", table.location(LAKE))?;
    let properties = table.properties(LAKE);
    let properties = properties.iter().map(|(key, value)| format!("    '{key}' = '{value}'")).collect::<Vec<_>>();
    writeln!(out, "{}\n);", properties.join(",\n"))
}

fn column(column: &Described) -> String {
    // Of the names of our columns and fields this one is reserved in the DDL.
    let kind = column.athena.replace("rows:", "`rows`:");
    format!("    {} {kind} COMMENT '{}'", column.name, column.meaning)
}

/// The statements that create the views, after the tables.
pub fn views() -> String {
    let mut out =
        "-- The views, in an order in which each finds those that it reads; Athena takes one statement at a time.\n"
            .to_owned();
    for view in VIEWS {
        let _ = writeln!(out, "\nCREATE OR REPLACE VIEW {} AS\n{};", view.name, view.query());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_ddl_of_the_tables_is_made_from_their_columns() {
        generated::hold("infra/athena/tables.sql", &tables(), "lake::athena");
    }

    #[test]
    fn the_ddl_of_the_views_is_made_from_their_files() {
        generated::hold("infra/athena/views.sql", &views(), "lake::athena");
    }

    #[test]
    fn comments_are_short_enough_for_the_catalog() {
        for table in Table::ALL {
            assert!(table.columns().iter().all(|column| column.meaning.len() <= 255), "{table}");
        }
    }
}
