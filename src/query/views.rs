//! The views for the engine, planned when a question names them: the same text as on Athena, with the types that it has there.

use std::{collections::BTreeSet, sync::Arc};

use arrow_schema::{DataType, TimeUnit};
use datafusion::{
    catalog::{SchemaProvider, view::ViewTable},
    common::{Column, Result, TableReference},
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast},
    sql::parser::Statement,
};

use super::{
    QueryError,
    error::unknown,
    statement::{Question, questions},
};
use crate::lake::{
    Table,
    view::{Scalar, VIEWS, View},
};

/// The names of Athena's catalog and of the database, so that a name in full is the same name here.
pub(super) const CATALOG: &str = "awsdatacatalog";
pub(super) const DATABASE: &str = "sagesweep";
/// The schema that tells of the others.
const INFORMATION_SCHEMA: &str = "information_schema";

/// The names of everything that can be asked, tables first.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    Table::ALL.into_iter().map(Table::as_str).chain(VIEWS.iter().map(|view| view.name))
}

/// Plans the views that a statement reads, by way of others too; refuses it where it names what is not there.
pub(super) async fn plan(
    state: &SessionState,
    schema: &dyn SchemaProvider,
    question: &Question,
) -> Result<(), QueryError> {
    let mut needed = BTreeSet::new();
    for reference in state.resolve_table_references(&question.statement)? {
        if reference.schema() == Some(INFORMATION_SCHEMA) {
            // It tells of all of them.
            needed.extend(VIEWS.iter().map(|view| view.name));
        } else {
            needed.insert(known(&reference)?);
        }
    }
    let mut views = Vec::new();
    // Those that a view reads stand before it.
    for view in VIEWS.iter().rev().filter(|view| !schema.table_exist(view.name)) {
        if needed.contains(view.name) {
            let statement = statement(view)?;
            for reference in state.resolve_table_references(&statement)? {
                needed.insert(known(&reference)?);
            }
            views.push((view, statement));
        }
    }
    for (view, statement) in views.into_iter().rev() {
        let plan = typed(view, state.statement_to_plan(statement).await?)?;
        let table = ViewTable::new(plan, Some(view.query().to_owned()));
        schema.register_table(view.name.to_owned(), Arc::new(table))?;
    }
    Ok(())
}

/// The table or view of a name.
fn known(reference: &TableReference) -> Result<&'static str, QueryError> {
    let is_ours = reference.catalog().is_none_or(|catalog| catalog == CATALOG)
        && reference.schema().is_none_or(|schema| schema == DATABASE);
    names().find(|name| is_ours && *name == reference.table()).ok_or_else(|| {
        QueryError::Statement(unknown("table or view", &reference.to_string(), reference.table(), names()))
    })
}

fn statement(view: &View) -> Result<Statement, QueryError> {
    let mut questions = questions(view.query())?;
    let question = questions.pop().ok_or_else(|| QueryError::Engine(format!("the view {} is empty", view.name)))?;
    Ok(question.statement)
}

/// The plan of a view with the columns that it is known to have.
fn typed(view: &View, plan: LogicalPlan) -> Result<LogicalPlan> {
    let columns = view.columns().iter().map(|column| {
        let found = Expr::Column(Column::new_unqualified(&column.name));
        cast(found, kind(column.scalar)).alias(&column.name)
    });
    LogicalPlanBuilder::from(plan).project(columns.collect::<Vec<_>>())?.build()
}

fn kind(scalar: Scalar) -> DataType {
    match scalar {
        Scalar::Varchar => DataType::Utf8,
        Scalar::Integer => DataType::Int32,
        Scalar::Bigint => DataType::Int64,
        Scalar::Double => DataType::Float64,
        Scalar::Boolean => DataType::Boolean,
        Scalar::Date => DataType::Date32,
        Scalar::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
    }
}
