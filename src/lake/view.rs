//! The views: questions that people ask of the lake. Each is a file of SQL that runs as it stands on Athena and in the embedded
//! engine; its opening comment says what it answers and what one row is.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// A view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Its name in SQL.
    pub name: &'static str,
    /// The file.
    text: &'static str,
}

macro_rules! views {
    ($($name:literal),* $(,)?) => {
        &[$(View { name: $name, text: include_str!(concat!("sql/", $name, ".sql")) }),*]
    };
}

/// Every view, after those that it reads.
pub static VIEWS: &[View] = views![
    "runs_published",
    "run_latest",
    "run_health",
    "findings_published",
    "findings_latest",
    "coverage_latest",
    "coverage_gaps",
    "resources_latest",
    "posture_published",
    "posture_by_cell",
    "posture_by_ou",
    "posture_by_account",
    "posture_by_region",
    "posture_by_check",
    "posture_by_requirement",
    "requirements_published",
    "posture_trend",
    "events_published",
    "new_and_resolved",
    "time_to_remediate",
    "open_findings_age",
    "exceptions_expiring",
    "exceptions_latest",
    "top_origins",
    "keys_in_use",
];

/// The columns of the views, as the tests of the views read them from an engine.
const COLUMNS: &str = include_str!("sql/columns.json");

/// The columns by view.
static BY_VIEW: LazyLock<BTreeMap<String, Vec<ViewColumn>>> =
    LazyLock::new(|| serde_json::from_str(COLUMNS).unwrap_or_default());

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub scalar: Scalar,
}

/// The types that a column of a view can have: what every tool that shows tables knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// Text.
    Varchar,
    /// A small number.
    Integer,
    /// A count.
    Bigint,
    /// A share or a duration.
    Double,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// An instant, in milliseconds.
    Timestamp,
}

impl Scalar {
    /// The type in Athena's queries, which are Trino's.
    pub fn trino(self) -> &'static str {
        match self {
            Self::Varchar => "varchar",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp(3)",
        }
    }

    /// The type in the Glue catalog, which is Hive's.
    pub fn hive(self) -> &'static str {
        match self {
            Self::Varchar => "string",
            Self::Integer => "int",
            Self::Bigint => "bigint",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }
}

impl View {
    /// What it answers and what one row is.
    pub fn meaning(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("-- "));
        comment.collect::<Vec<_>>().join(" ")
    }

    /// The query, without the comment.
    pub fn query(&self) -> &'static str {
        let comment = self.text.split_inclusive('\n').take_while(|line| line.starts_with("--"));
        self.text.get(comment.map(str::len).sum()..).unwrap_or_default().trim_end()
    }

    /// Its columns.
    pub fn columns(&self) -> &'static [ViewColumn] {
        BY_VIEW.get(self.name).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{coverage::Outcome, lake::Table};

    #[test]
    fn every_file_is_a_view_and_every_view_has_columns() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lake/sql");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let files = files.filter_map(|file| file.strip_suffix(".sql").map(ToOwned::to_owned)).collect::<BTreeSet<_>>();
        let views = VIEWS.iter().map(|view| view.name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(views, files);
        let described = serde_json::from_str::<BTreeMap<String, Vec<ViewColumn>>>(COLUMNS).unwrap();
        assert_eq!(views, described.into_keys().collect());
    }

    #[test]
    fn every_view_says_what_it_answers_and_what_a_row_is() {
        for view in VIEWS {
            let meaning = view.meaning();
            assert!(
                meaning.contains("? ") && meaning.contains(" One row: ") && meaning.ends_with('.'),
                "{}",
                view.name
            );
            assert!(view.query().starts_with("SELECT"), "{}", view.name);
        }
    }

    #[test]
    fn a_view_reads_tables_and_earlier_views_only() {
        let mut known = Table::ALL.iter().map(|table| table.as_str()).collect::<BTreeSet<_>>();
        for view in VIEWS {
            let words = view.query().split_whitespace().collect::<Vec<_>>();
            for pair in words.windows(2).filter(|pair| matches!(pair[0], "FROM" | "JOIN") && !pair[1].starts_with('('))
            {
                let name = pair[1].trim_end_matches(')');
                assert!(known.contains(name), "{} reads {name}", view.name);
            }
            assert!(known.insert(view.name), "{} stands twice", view.name);
        }
    }

    #[test]
    fn what_reads_the_present_reads_the_same_seven_days() {
        let bound = "run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')";
        let bound_of_views = bound.replace("run_date", "run_partition");
        for view in VIEWS {
            let bounds = view.query().matches("current_date").count();
            let same = view.query().matches(bound).count() + view.query().matches(&bound_of_views).count();
            assert_eq!(bounds, same, "{}", view.name);
            // A night is unread only where the bound stands beside the table or the view that reads all nights.
            let reads_nights =
                ["_published AS", "coverage AS", "resources AS", "checks AS", "check_requirements AS", "exceptions AS"];
            let is_present = view.query().contains("JOIN run_latest");
            if is_present && reads_nights.iter().any(|text| view.query().contains(text)) {
                assert!(bounds > 0, "{} reads every night", view.name);
            }
        }
    }

    #[test]
    fn the_cells_that_count_are_those_of_the_coverage() {
        let coverage = VIEWS.iter().find(|view| view.name == "coverage_latest").unwrap();
        let (_, list) = coverage.query().split_once("NOT IN (").unwrap();
        let (list, _) = list.split_once(')').unwrap();
        let left_out = list.split(',').map(|name| name.trim().trim_matches('\'')).collect::<BTreeSet<_>>();
        let all = Outcome::ALL.iter().filter(|outcome| !outcome.counts());
        assert_eq!(left_out, all.map(|outcome| outcome.as_str()).collect());
    }
}
