//! The text of a question as statements; what would change something is refused before anything is planned.

use datafusion::{
    config::Dialect,
    sql::{
        parser::{DFParserBuilder, Statement},
        sqlparser::{ast, dialect::dialect_from_str},
    },
};

use super::QueryError;

/// A statement that only reads.
#[derive(Debug, Clone)]
pub struct Question {
    pub(super) statement: Statement,
}

/// Takes a text apart into its statements.
pub fn questions(text: &str) -> Result<Vec<Question>, QueryError> {
    let dialect = dialect_from_str(Dialect::default())
        .ok_or_else(|| QueryError::Engine("the engine does not know its own dialect".to_owned()))?;
    let statements = DFParserBuilder::new(text).with_dialect(&*dialect).build()?.parse_statements()?;
    let mut questions = Vec::with_capacity(statements.len());
    for statement in statements {
        if !reads(&statement) {
            return Err(QueryError::Changes(verb(&statement)));
        }
        questions.push(Question { statement });
    }
    Ok(questions)
}

/// Whether a statement is one of those that read. What a query hides inside is refused once it is planned.
fn reads(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => {
            if let ast::Statement::Explain { statement, .. } = &**statement {
                return matches!(&**statement, ast::Statement::Query(query) if !changes(query));
            }
            if let ast::Statement::Query(query) = &**statement {
                return !changes(query);
            }
            matches!(
                **statement,
                ast::Statement::ExplainTable { .. }
                    | ast::Statement::ShowTables { .. }
                    | ast::Statement::ShowViews { .. }
                    | ast::Statement::ShowColumns { .. }
                    | ast::Statement::ShowCreate { .. }
                    | ast::Statement::ShowFunctions { .. }
                    | ast::Statement::ShowVariable { .. }
            )
        }
        Statement::Explain(explained) => reads(&explained.statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}

/// Whether the body of a query changes something, as in `WITH … INSERT`.
fn changes(query: &ast::Query) -> bool {
    matches!(
        *query.body,
        ast::SetExpr::Insert(_) | ast::SetExpr::Update(_) | ast::SetExpr::Delete(_) | ast::SetExpr::Merge(_)
    )
}

/// The words in capitals with which a statement begins: two of them, where one alone would not say it.
fn verb(statement: &Statement) -> String {
    let text = match statement {
        Statement::Statement(of_all) if let ast::Statement::Query(query) = &**of_all => query.body.to_string(),
        Statement::Statement(_)
        | Statement::Explain(_)
        | Statement::CreateExternalTable(_)
        | Statement::CopyTo(_)
        | Statement::Reset(_) => statement.to_string(),
    };
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next().filter(|_| matches!(first, "CREATE" | "DROP" | "ALTER" | "EXPLAIN")) {
        Some(second) => format!("{first} {second}"),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_is_taken() {
        for text in [
            "SELECT 1",
            "WITH x AS (SELECT 1) SELECT * FROM x;",
            "VALUES (1), (2)",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE SELECT 1",
            "SHOW TABLES",
            "SHOW COLUMNS FROM findings",
            "SHOW FUNCTIONS",
            "DESCRIBE findings",
            "SHOW CREATE TABLE findings_latest",
            "-- a remark\nSELECT ';'",
        ] {
            assert_eq!(
                questions(text).map(|questions| questions.len()).map_err(|error| error.to_string()),
                Ok(1),
                "{text}"
            );
        }
        assert_eq!(questions("SELECT 1; SELECT 2;").unwrap().len(), 2);
        assert_eq!(questions(" -- nothing\n").unwrap().len(), 0);
    }

    #[test]
    fn what_changes_something_is_refused_with_its_name() {
        for (text, verb) in [
            ("CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '/etc/'", "CREATE EXTERNAL"),
            ("CREATE TABLE x AS SELECT 1", "CREATE TABLE"),
            ("CREATE VIEW x AS SELECT 1", "CREATE VIEW"),
            ("COPY (SELECT 1) TO '/tmp/x.parquet'", "COPY"),
            ("COPY findings TO 's3://x/y' STORED AS CSV", "COPY"),
            ("INSERT INTO findings VALUES (1)", "INSERT"),
            ("UPDATE findings SET status = 'PASS'", "UPDATE"),
            ("DELETE FROM findings", "DELETE"),
            ("DROP TABLE findings", "DROP TABLE"),
            ("TRUNCATE TABLE findings", "TRUNCATE"),
            ("SET datafusion.execution.batch_size = 1", "SET"),
            ("RESET datafusion.execution.batch_size", "RESET"),
            ("EXPLAIN INSERT INTO findings VALUES (1)", "EXPLAIN INSERT"),
            ("EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x'", "EXPLAIN ANALYZE"),
            ("BEGIN", "BEGIN"),
            ("PREPARE p AS SELECT 1", "PREPARE"),
            ("WITH x AS (SELECT 1) INSERT INTO findings SELECT * FROM x", "INSERT"),
            ("SELECT 1; DROP TABLE findings", "DROP TABLE"),
        ] {
            match questions(text) {
                Err(QueryError::Changes(named)) => assert_eq!(named, verb, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_sql_is_told_with_its_place() {
        let error = questions("SELECT 1\nFORM x y").unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("Line: 2"), "{error}");
    }
}
