//! The Glue catalog as CloudFormation: the database, the tables with their computed partitions, and the views as Athena itself
//! would store them.
//!
//! The tests hold `infra/athena/glue.json` against it; `INSTA_UPDATE=always cargo test --lib lake::glue` writes it anew.

use serde_json::{Map, Value, json};

use super::{
    Table,
    athena::PARTITION,
    column::Described,
    view::{VIEWS, View},
};

/// The parameter of the template that holds the destination of the lake, `s3://bucket/prefix`.
const LAKE: &str = "${Lake}";

/// A template of its own, which another one can nest: parameters and [`resources`].
pub fn template() -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "sagesweep: the database, the tables and the views of the lake in the Glue catalog, for Athena.",
        "Parameters": parameters(),
        "Resources": resources(),
        "Outputs": { "Database": { "Description": "The database.", "Value": { "Ref": "GlueDatabase" } } },
    })
}

/// The parameters that the resources refer to.
pub fn parameters() -> Value {
    json!({
        "Lake": {
            "Type": "String",
            "Description": "The destination of the lake, s3://bucket/prefix, without a slash at its end.",
            "AllowedPattern": "s3://[a-z0-9][a-z0-9.-]+(/[^/]+)*",
        },
        "Database": {
            "Type": "String",
            "Description": "The name of the database.",
            "Default": "sagesweep",
            "AllowedPattern": "[a-z][a-z0-9_]*",
        },
    })
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
        "StorageDescriptor": { "Columns": hive.collect::<Vec<_>>() },
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
    fn the_template_is_made_from_the_tables_and_the_views() {
        let mut text = serde_json::to_string_pretty(&template()).unwrap();
        text.push('\n');
        generated::hold("infra/athena/glue.json", &text, "lake::glue");
    }

    #[test]
    fn the_only_parameter_in_a_view_is_its_database() {
        for view in VIEWS {
            assert_eq!(definition(view).matches("${").count(), 1, "{}", view.name);
        }
    }
}
