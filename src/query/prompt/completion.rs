//! What a word that is begun can become: tables, views, their columns, and the words of SQL.

use std::collections::BTreeSet;

use super::super::views;
use crate::lake::{Table, athena::PARTITION, view::VIEWS};

/// The words of SQL that questions are made of.
const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COUNT",
    "CROSS",
    "CURRENT_DATE",
    "DATE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "ELSE",
    "END",
    "EXISTS",
    "EXPLAIN",
    "FILTER",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INTERVAL",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "SELECT",
    "SHOW",
    "SUM",
    "TABLES",
    "THEN",
    "TIMESTAMP",
    "UNION",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
];

/// The words after which a table or a view is named.
const BEFORE_NAMES: &[&str] = &["FROM", "JOIN", "DESCRIBE"];

/// Where the word at a place of the text begins, and what it can become.
pub(super) fn candidates(text: &str, at: usize) -> (usize, Vec<String>) {
    let before = text.get(..at).unwrap_or(text);
    let begin = before
        .rfind(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map_or(0, |last| last + before.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let (earlier, word) = before.split_at_checked(begin).unwrap_or(("", before));
    let last = earlier.split_whitespace().next_back().unwrap_or_default().to_ascii_uppercase();
    let words: BTreeSet<String> = if BEFORE_NAMES.contains(&last.as_str()) {
        begun(word, views::names())
    } else if earlier.ends_with('.') {
        begun(word, columns(text))
    } else if word.is_empty() {
        // Everything is no help.
        BTreeSet::new()
    } else {
        let is_lower = word.chars().next().is_some_and(char::is_lowercase);
        let keywords = begun(word, KEYWORDS.iter().copied()).into_iter();
        let keywords = keywords.map(|keyword| if is_lower { keyword.to_ascii_lowercase() } else { keyword });
        begun(word, views::names().chain(columns(text))).into_iter().chain(keywords).collect()
    };
    (begin, words.into_iter().collect())
}

fn begun<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> BTreeSet<String> {
    let is_begun = |name: &&str| name.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    names.filter(is_begun).map(ToOwned::to_owned).collect()
}

/// The columns of what the text names; where it names nothing yet, all there are.
fn columns(text: &str) -> impl Iterator<Item = &'static str> + use<> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').map(str::to_ascii_lowercase);
    let words = words.collect::<BTreeSet<_>>();
    let is_named = views::names().any(|name| words.contains(name));
    let is_asked = move |name: &str| !is_named || words.contains(name);
    let mut columns = BTreeSet::new();
    for table in Table::ALL.into_iter().filter(|table| is_asked(table.as_str())) {
        columns.extend(table.columns().iter().map(|column| column.name).chain([PARTITION.name]));
    }
    for view in VIEWS.iter().filter(|view| is_asked(view.name)) {
        columns.extend(view.columns().iter().map(|column| column.name.as_str()));
    }
    columns.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(text: &str) -> (usize, Vec<String>) {
        candidates(text, text.len())
    }

    #[test]
    fn after_from_there_are_tables_and_views() {
        let (begin, words) = completed("SELECT count(*) FROM find");
        assert_eq!(
            (begin, words),
            (21, ["finding_events", "findings", "findings_latest", "findings_published"].map(str::to_owned).to_vec())
        );
        assert_eq!(completed("select * from ").1.len(), views::names().count());
        assert_eq!(completed("select 1 from runs join run_l").1, ["run_latest"]);
    }

    #[test]
    fn elsewhere_there_are_columns_of_what_is_named_and_the_words_of_sql() {
        let text = "SELECT acc FROM findings_latest";
        assert_eq!(candidates(text, 10), (7, vec!["account_id".to_owned(), "account_name".to_owned()]));
        assert_eq!(
            completed("SELECT status FROM findings WHERE excep").1,
            [
                "exception_expires_on",
                "exception_id",
                "exception_owner",
                "exception_reason",
                "exceptions",
                "exceptions_expiring",
                "exceptions_latest"
            ]
        );
        assert_eq!(completed("SELECT 1 FROM runs wh").1, ["when", "where"]);
        assert_eq!(completed("SELECT 1 FROM runs WH").1, ["WHEN", "WHERE"]);
        assert_eq!(completed("SELECT r.sequ").1, ["sequence"]);
        assert_eq!(candidates("SELECT r. FROM run_latest AS r", 9).1.len(), 7);
    }

    #[test]
    fn nothing_is_offered_for_nothing_and_hostile_text_is_no_trouble() {
        assert!(completed("").1.is_empty() && completed("SELECT ").1.is_empty());
        assert_eq!(completed("é漢").1, Vec::<String>::new());
        assert_eq!(candidates("漢", 1).1, Vec::<String>::new());
    }
}
