//! The columns of events for Security Lake: what an event has in the versions of the schema that it takes.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::export::ocsf::Version;

/// The columns of events of a version up to 1.3.
pub(super) fn of(version: Version) -> SchemaRef {
    let resource = if version >= Version::V1_3 {
        list("resources", object(&resource()))
    } else {
        Field::new("resource", object(&resource()), true)
    };
    let columns = [
        texts(&["activity_name", "category_name", "class_name", "type_name", "severity", "status", "status_code"]),
        texts(&["status_detail", "confidence", "message", "comment"]),
        numbers(&["activity_id", "category_uid", "class_uid", "timezone_offset", "severity_id", "status_id"]),
        numbers(&["confidence_id"]),
        longs(&["type_uid", "time"]),
        vec![
            Field::new("metadata", object(&metadata()), true),
            Field::new("finding_info", object(&finding_info()), true),
            Field::new("compliance", object(&compliance()), true),
            Field::new("remediation", object(&[texts(&["desc"]), vec![text_list("references")]].concat()), true),
            resource,
            list("observables", object(&[texts(&["name", "type", "value"]), numbers(&["type_id"])].concat())),
            Field::new("cloud", object(&cloud()), true),
            Field::new_map(
                "unmapped",
                "key_value",
                Field::new("key", DataType::Utf8, false),
                Field::new("value", DataType::Utf8, true),
                false,
                true,
            ),
        ],
    ];
    Arc::new(Schema::new(columns.concat()))
}

fn metadata() -> Vec<Field> {
    let product = object(&texts(&["uid", "name", "vendor_name", "version"]));
    let own = vec![Field::new("product", product, true), text_list("profiles")];
    [texts(&["version", "event_code", "correlation_uid", "tenant_uid"]), longs(&["logged_time"]), own].concat()
}

fn finding_info() -> Vec<Field> {
    let analytic = [texts(&["uid", "name", "category", "type", "version"]), numbers(&["type_id"])].concat();
    let times = longs(&["created_time", "first_seen_time", "last_seen_time", "modified_time"]);
    let own = vec![text_list("types"), Field::new("analytic", object(&analytic), true)];
    [texts(&["uid", "title", "desc"]), times, own].concat()
}

fn compliance() -> Vec<Field> {
    let own = vec![text_list("standards"), text_list("requirements")];
    [texts(&["control", "status", "status_code", "status_detail"]), numbers(&["status_id"]), own].concat()
}

fn resource() -> Vec<Field> {
    let own = vec![Field::new("owner", object(&texts(&["name"])), true), text_list("labels")];
    [texts(&["uid", "name", "type", "region", "cloud_partition", "data"]), own].concat()
}

fn cloud() -> Vec<Field> {
    let account = [texts(&["uid", "name", "type"]), numbers(&["type_id"])].concat();
    let own = vec![
        Field::new("account", object(&account), true),
        Field::new("org", object(&texts(&["uid", "ou_uid", "ou_name"])), true),
    ];
    [texts(&["provider", "region"]), own].concat()
}

fn texts(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect()
}

fn numbers(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::new(*name, DataType::Int32, true)).collect()
}

fn longs(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::new(*name, DataType::Int64, true)).collect()
}

fn object(fields: &[Field]) -> DataType {
    DataType::Struct(Fields::from(fields.to_vec()))
}

fn list(name: &str, of: DataType) -> Field {
    Field::new_list(name, Field::new("element", of, true), true)
}

fn text_list(name: &str) -> Field {
    list(name, DataType::Utf8)
}
