//! The Glue catalog as CloudFormation: the database, the tables with their computed partitions, and the views as Athena itself
//! would store them.
//!
//! They are the greater part of `infra/lake.yaml`. The tests hold it against them; `INSTA_UPDATE=always cargo test --lib lake::glue`
//! writes them anew.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    Table,
    athena::PARTITION,
    column::Described,
    view::{VIEWS, View},
};

/// The destination of the lake in the words of the template, whose parameters these are.
const LAKE: &str = "s3://${BucketName}/${LakePrefix}";
/// How long a line may be before what it holds is written over several.
const WIDTH: usize = 130;

/// The resources as lines of YAML, indented as members of `Resources`.
pub fn yaml() -> String {
    let mut lines = String::new();
    for (id, resource) in resources() {
        put(&mut lines, 2, &format!("{id}:"), &resource);
    }
    lines
}

/// Writes a value after its key or dash: in the same line where it fits, else below.
fn put(lines: &mut String, indent: usize, key: &str, value: &Value) {
    let flow = flow(value);
    let fits = indent + key.len() + flow.len() < WIDTH;
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) if !fits => members.iter().map(|(name, value)| (format!("{name}:"), value)).collect(),
        Value::Array(items) if !fits => items.iter().map(|item| ("-".to_owned(), item)).collect(),
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
            Vec::new()
        }
    };
    let held = if below.is_empty() { format!(" {flow}") } else { String::new() };
    // Writing to a String does not fail.
    let _ = writeln!(lines, "{:indent$}{key}{held}", "");
    for (key, value) in below {
        put(lines, indent + 2, &key, value);
    }
}

/// The value in one line. A text is quoted as in JSON, of which YAML is a superset.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(members) => short(members).unwrap_or_else(|| {
            let members = members.iter().map(|(name, member)| format!("{name}: {}", flow(member)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// The short form of a function of CloudFormation.
fn short(members: &Map<String, Value>) -> Option<String> {
    let (name, argument) = members.iter().next().filter(|_| members.len() == 1)?;
    let name = name.strip_prefix("Fn::").unwrap_or(name);
    matches!(name, "Ref" | "Sub").then(|| format!("!{name} {}", flow(argument)))
}

/// The resources by their logical ids.
pub fn resources() -> Map<String, Value> {
    let mut resources = Map::new();
    let input = json!({ "Name": { "Ref": "Database" }, "Description": "SageMaker audited by sagesweep." });
    let database = json!({ "CatalogId": { "Ref": "AWS::AccountId" }, "DatabaseInput": input });
    resources.insert("GlueDatabase".to_owned(), json!({ "Type": "AWS::Glue::Database", "Properties": database }));
    for table in Table::ALL {
        resources.insert(format!("{}Table", camel_case(table.as_str())), glue_table(&table_input(table)));
    }
    for view in VIEWS {
        resources.insert(format!("{}View", camel_case(view.name)), glue_table(&view_input(view)));
    }
    resources
}

fn glue_table(input: &Value) -> Value {
    let properties = json!({
        "CatalogId": { "Ref": "AWS::AccountId" },
        "DatabaseName": { "Ref": "GlueDatabase" },
        "TableInput": input,
    });
    json!({ "Type": "AWS::Glue::Table", "Properties": properties })
}

fn table_input(table: Table) -> Value {
    let properties = table.properties(LAKE).into_iter().map(|(key, value)| {
        let value = if value.starts_with(LAKE) { sub(&escape(&value)) } else { Value::String(value) };
        (key.to_owned(), value)
    });
    json!({
        "Name": table.as_str(),
        "Description": table.meaning(),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": properties.chain([("EXTERNAL".to_owned(), json!("TRUE"))]).collect::<Map<_, _>>(),
        "PartitionKeys": [column(&PARTITION)],
        "StorageDescriptor": {
            "Location": sub(&table.location(LAKE)),
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": { "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
            "Columns": table.columns().iter().map(column).collect::<Vec<_>>(),
        },
    })
}

fn column(column: &Described) -> Value {
    json!({ "Name": column.name, "Type": column.athena, "Comment": column.meaning })
}

fn view_input(view: &View) -> Value {
    let columns = view.columns();
    let hive = columns.iter().map(|column| json!({ "Name": column.name, "Type": column.scalar.hive() }));
    json!({
        "Name": view.name,
        "Description": view.meaning(),
        "TableType": "VIRTUAL_VIEW",
        "Parameters": { "presto_view": "true", "comment": "Presto View" },
        "PartitionKeys": [],
        // Athena refuses a view without one, though there is nothing to read.
        "StorageDescriptor": {
            "SerdeInfo": { "Name": "-", "SerializationLibrary": "-" },
            "Columns": hive.collect::<Vec<_>>(),
        },
        "ViewOriginalText": { "Fn::Sub": ["/* Presto View: ${Encoded} */", { "Encoded": { "Fn::Base64": sub(&definition(view)) } }] },
        "ViewExpandedText": "/* Presto View */",
    })
}

/// A view as Presto writes it down, but for the encoding in base 64, which CloudFormation does.
fn definition(view: &View) -> String {
    let columns = view.columns().iter().map(|column| json!({ "name": column.name, "type": column.scalar.trino() }));
    json!({
        "originalSql": view.query(),
        "catalog": "awsdatacatalog",
        "schema": "${Database}",
        "columns": columns.collect::<Vec<_>>(),
    })
    .to_string()
}

fn sub(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// What belongs to Athena is no parameter of the template.
fn escape(text: &str) -> String {
    text.replace("${run_date}", "${!run_date}")
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    #[test]
    fn the_template_holds_the_tables_and_the_views() {
        let (first, last) = ("  # The database, the tables and the views", "Outputs:");
        generated::hold_between("infra/lake.yaml", first, last, &format!("{}\n", yaml()), "lake::glue");
    }

    #[test]
    fn the_only_parameter_in_a_view_is_its_database() {
        for view in VIEWS {
            assert_eq!(definition(view).matches("${").count(), 1, "{}", view.name);
        }
    }
}
