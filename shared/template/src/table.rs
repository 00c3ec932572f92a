//! The table.

use serde_json::json;

use super::{Section, Table, TemplateError};

pub(super) fn read(properties: &Section<'_>) -> Result<Table, TemplateError> {
    properties.only(&[
        "AttributeDefinitions",
        "BillingMode",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "PointInTimeRecoverySpecification",
        "SSESpecification",
        "StreamSpecification",
        "TableName",
        "Tags",
        "TimeToLiveSpecification",
    ])?;
    properties.must_be("BillingMode", &json!("PAY_PER_REQUEST"))?;
    let list = |key: &str| {
        let section = properties.required(key)?;
        section.elements()?;
        Ok(section.value.clone())
    };
    let time_to_live = properties.section("TimeToLiveSpecification")?;
    time_to_live.must_be("Enabled", &json!(true))?;
    Ok(Table {
        attribute_definitions: list("AttributeDefinitions")?,
        key_schema: list("KeySchema")?,
        global_secondary_indexes: match properties.get("GlobalSecondaryIndexes") {
            Some(_) => list("GlobalSecondaryIndexes")?,
            None => json!([]),
        },
        stream_view_type: properties.required("StreamSpecification")?.required("StreamViewType")?.text()?,
        time_to_live_attribute: time_to_live.get("AttributeName").map(|name| name.text()).transpose()?,
    })
}
