//! What right to the table a request needs, in the words of [`quayside_template::Function::rights`].
//!
//! A write of several items needs the rights of its parts, as in AWS. Whoever is no function of the template may do
//! everything.

use std::collections::{BTreeSet, HashMap};

use http::HeaderMap;
use serde_json::{Value, json};

/// What each function may do, by its name.
pub type Rights = HashMap<String, BTreeSet<String>>;

/// The rights that a request needs: `GetItem ASSET#`, `Query index/by_owner`. What is asked of another service than
/// DynamoDB needs none.
pub(super) fn needed(headers: &HeaderMap, request: &[u8]) -> BTreeSet<String> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.split_once('.'));
    let Some(("DynamoDB_20120810", operation)) = target else { return BTreeSet::new() };
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    if operation == "BatchGetItem" {
        let tables = request["RequestItems"].as_object().into_iter().flatten();
        let keys = tables.flat_map(|(_, table)| table["Keys"].as_array().into_iter().flatten());
        return keys.map(|key| right(operation, &json!({"Key": key}))).collect();
    }
    if operation != "TransactWriteItems" {
        return BTreeSet::from([right(operation, &request)]);
    }
    let items = request["TransactItems"].as_array().into_iter().flatten();
    let parts = items.filter_map(Value::as_object).flatten();
    parts
        .map(|(part, request)| match part.as_str() {
            "ConditionCheck" => right("ConditionCheckItem", request),
            part => right(&format!("{part}Item"), request),
        })
        .collect()
}

/// The first of them that the function does not have.
pub(super) fn lacking<'a>(rights: &Rights, function: &str, needed: &'a BTreeSet<String>) -> Option<&'a String> {
    let has = rights.get(function)?;
    needed.iter().find(|right| !has.contains(*right))
}

fn right(action: &str, request: &Value) -> String {
    if let Some(index) = request["IndexName"].as_str() {
        return format!("{action} index/{index}");
    }
    let key =
        [&request["Key"]["pk"], &request["Item"]["pk"], queried(request)].into_iter().find_map(|key| key["S"].as_str());
    let kind = key.and_then(|key| key.split_once('#')).map_or("", |(kind, _)| kind);
    format!("{action} {kind}#")
}

/// The partition key that a query of the table is for: what `pk = :name` stands for, or `#name = :name` where that is `pk`.
fn queried(request: &Value) -> &Value {
    let condition = request["KeyConditionExpression"].as_str().and_then(|condition| condition.split_once(" = "));
    let Some((attribute, rest)) = condition else { return &Value::Null };
    let attribute = request["ExpressionAttributeNames"][attribute].as_str().unwrap_or(attribute);
    let name = rest.split_whitespace().next().filter(|_| attribute == "pk");
    name.map_or(&Value::Null, |name| &request["ExpressionAttributeValues"][name])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use http::HeaderName;

    fn target(name: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("x-amz-target"), name.parse().unwrap())])
    }

    #[test]
    fn a_request_needs_the_right_to_each_item_or_index_that_it_names() {
        let asset = json!({"pk": {"S": "ASSET#7"}, "sk": {"S": "ASSET"}});
        let owner = json!({"pk": {"S": "OWNER#ada#x"}, "sk": {"S": "USAGE"}});
        for (operation, request, expected) in [
            ("GetItem", json!({"Key": asset}), vec!["GetItem ASSET#"]),
            ("PutItem", json!({"Item": owner}), vec!["PutItem OWNER#"]),
            (
                "TransactWriteItems",
                json!({"TransactItems": [{"Put": {"Item": asset}}, {"Update": {"Key": owner}}, {"Put": {"Item": asset}},
                                         {"Delete": {"Key": asset}}, {"ConditionCheck": {"Key": owner}}]}),
                vec!["ConditionCheckItem OWNER#", "DeleteItem ASSET#", "PutItem ASSET#", "UpdateItem OWNER#"],
            ),
            ("Query", json!({"IndexName": "due"}), vec!["Query index/due"]),
            (
                "Query",
                json!({"KeyConditionExpression": "pk = :a AND sk > :b",
                       "ExpressionAttributeValues": {":a": {"S": "OWNER#ada"}, ":b": {"S": "ASSET#"}}}),
                vec!["Query OWNER#"],
            ),
            ("Scan", json!({}), vec!["Scan #"]),
        ] {
            let found = needed(&target(&format!("DynamoDB_20120810.{operation}")), request.to_string().as_bytes());
            assert!(found.iter().eq(expected), "{operation}: {found:?}");
        }
        assert!(needed(&target("secretsmanager.GetSecretValue"), b"{}").is_empty());
    }

    #[test]
    fn only_functions_are_held_to_rights() {
        let rights = Rights::from([("sweep".to_owned(), BTreeSet::from(["Query index/due".to_owned()]))]);
        let scan = BTreeSet::from(["Query index/due".to_owned(), "Scan #".to_owned()]);
        assert_eq!(lacking(&rights, "sweep", &scan).map(String::as_str), Some("Scan #"));
        assert_eq!(lacking(&rights, "client", &scan), None);
    }
}
