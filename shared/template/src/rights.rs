//! What functions may do with the table, from the roles of the template.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::referred;
use super::{Section, TemplateError};

/// The names of a condition that binds a right to the keys of items.
const KEYS: [&str; 3] = ["ForAllValues:StringLike", "Null", "dynamodb:LeadingKeys"];

/// The rights of the function's role, as [`super::Function::rights`] has them.
pub(super) fn read(function: &Section<'_>, resources: &Section<'_>) -> Result<BTreeSet<String>, TemplateError> {
    let mut rights = BTreeSet::new();
    let Some(role) = function.get("Role") else { return Ok(rights) };
    let name = referred(role.value).ok_or_else(|| role.error("must be the Arn of a role of the template"))?;
    for policy in resources.required(name)?.required("Properties")?.required("Policies")?.elements()? {
        for statement in policy.required("PolicyDocument")?.required("Statement")?.elements()? {
            let actions = one_or_more(&statement.required("Action")?)?;
            let actions = actions.iter().map(Section::text).collect::<Result<Vec<_>, _>>()?;
            let of_table: Vec<_> = actions.iter().filter_map(|action| action.strip_prefix("dynamodb:")).collect();
            if of_table.is_empty() {
                continue;
            }
            statement.only(&["Action", "Condition", "Effect", "Resource"])?;
            statement.must_be("Effect", &json!("Allow"))?;
            for resource in one_or_more(&statement.required("Resource")?)? {
                for on in objects(&resource, &statement)? {
                    rights.extend(of_table.iter().map(|action| format!("{action} {on}")));
                }
            }
        }
    }
    Ok(rights)
}

fn one_or_more<'a>(section: &Section<'a>) -> Result<Vec<Section<'a>>, TemplateError> {
    match section.value {
        Value::Array(_) => section.elements(),
        value => Ok(vec![Section { place: section.place.clone(), value }]),
    }
}

/// What of the table a statement is about: kinds of items, or an index.
fn objects(resource: &Section<'_>, statement: &Section<'_>) -> Result<Vec<String>, TemplateError> {
    let index = resource.value.get("Fn::Sub").and_then(Value::as_str).and_then(|arn| arn.split_once(".Arn}/index/"));
    if let Some((_, index)) = index {
        return Ok(vec![format!("index/{index}")]);
    }
    if referred(resource.value).is_none() {
        return Err(resource.error("must be the Arn of the table, or that with /index/ and a name"));
    }
    let condition = statement.required("Condition")?;
    let [like, null, keys] = KEYS;
    condition.only(&[like, null])?;
    condition.required(null)?.must_be(keys, &json!("false"))?;
    let patterns = condition.required(like)?.required(keys)?;
    let kind = |pattern: Section<'_>| {
        let text = pattern.text()?;
        let kind = text.strip_suffix('*').filter(|kind| kind.ends_with('#') && !kind.contains(['*', '?']));
        kind.map(str::to_owned).ok_or_else(|| pattern.error("must be the beginning of a key, as ASSET#*"))
    };
    patterns.elements()?.into_iter().map(kind).collect()
}
