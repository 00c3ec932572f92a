//! Event patterns, as EventBridge rules and pipe filters write them.
//!
//! Follows the EventBridge user guide, "Creating event patterns" and "Comparison operators". A pattern names the
//! fields it cares for; each holds a list of what is accepted, and one of them has to fit. Understood are exact
//! values, `prefix`, `anything-but` (a string or number, or a list of them), `exists` and `$or`. Every other operator
//! is refused when the pattern is read, so that no rule means something else here than where it is deployed.

use serde_json::{Map, Value};

/// A pattern that has been read and can be matched against events.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Node);

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern {}: {problem}", place(.path))]
pub struct PatternError {
    path: Vec<String>,
    problem: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Node {
    fields: Vec<(String, Field)>,
    /// Of each group of alternatives one has to match as well.
    alternatives: Vec<Vec<Node>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Field {
    Object(Node),
    AnyOf(Vec<Matcher>),
}

#[derive(Debug, Clone, PartialEq)]
enum Matcher {
    Equals(Value),
    AnythingBut(Vec<Value>),
    Prefix(String),
    Exists(bool),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// With the field's path, if the pattern is no object, is empty somewhere, holds a bare value where a list is
    /// needed, or uses an operator that is not understood.
    pub fn parse(pattern: &Value) -> Result<Self, PatternError> {
        let Value::Object(fields) = pattern else {
            return Err(error(&[], "must be an object"));
        };
        Ok(Self(parse_object(fields, &mut Vec::new())?))
    }

    /// Whether the event fits.
    pub fn matches(&self, event: &Value) -> bool {
        self.0.matches(Some(event))
    }
}

fn parse_object(fields: &Map<String, Value>, path: &mut Vec<String>) -> Result<Node, PatternError> {
    if fields.is_empty() {
        return Err(error(path, "is an empty object, which matches nothing that could be meant"));
    }
    let mut node = Node { fields: Vec::new(), alternatives: Vec::new() };
    for (name, value) in fields {
        path.push(name.clone());
        match value {
            Value::Array(patterns) if name == "$or" => node.alternatives.push(parse_or(patterns, path)?),
            _ if name == "$or" => return Err(error(path, "must be a list of at least two patterns")),
            Value::Object(nested) => node.fields.push((name.clone(), Field::Object(parse_object(nested, path)?))),
            Value::Array(accepted) if accepted.is_empty() => return Err(error(path, "is an empty list")),
            Value::Array(accepted) => {
                let matchers = accepted.iter().map(|one| parse_matcher(one, path)).collect::<Result<_, _>>()?;
                node.fields.push((name.clone(), Field::AnyOf(matchers)));
            }
            _ => return Err(error(path, "must be a list of accepted values, or an object")),
        }
        path.pop();
    }
    Ok(node)
}

fn parse_or(patterns: &[Value], path: &mut Vec<String>) -> Result<Vec<Node>, PatternError> {
    if patterns.len() < 2 {
        return Err(error(path, "must be a list of at least two patterns"));
    }
    let mut alternatives = Vec::new();
    for pattern in patterns {
        let Value::Object(fields) = pattern else {
            return Err(error(path, "must list objects only"));
        };
        alternatives.push(parse_object(fields, path)?);
    }
    Ok(alternatives)
}

fn parse_matcher(accepted: &Value, path: &[String]) -> Result<Matcher, PatternError> {
    let operation = match accepted {
        Value::Object(operation) => operation,
        Value::Array(_) => return Err(error(path, "holds a list inside of a list")),
        value => return Ok(Matcher::Equals(value.clone())),
    };
    let mut operations = operation.iter();
    let (Some((operator, operand)), None) = (operations.next(), operations.next()) else {
        return Err(error(path, "must have exactly one operator in each object of its list"));
    };
    match (operator.as_str(), operand) {
        ("prefix", Value::String(prefix)) => Ok(Matcher::Prefix(prefix.clone())),
        ("exists", Value::Bool(exists)) => Ok(Matcher::Exists(*exists)),
        ("anything-but", Value::String(_) | Value::Number(_)) => Ok(Matcher::AnythingBut(vec![operand.clone()])),
        ("anything-but", Value::Array(values))
            if !values.is_empty() && values.iter().all(|value| value.is_string() || value.is_number()) =>
        {
            Ok(Matcher::AnythingBut(values.clone()))
        }
        ("prefix" | "exists" | "anything-but", _) => {
            Err(error(path, &format!("gives `{operator}` the operand {operand}, which is not understood")))
        }
        _ => Err(error(
            path,
            &format!("uses the operator `{operator}`; understood are anything-but, exists, prefix and $or"),
        )),
    }
}

impl Node {
    fn matches(&self, event: Option<&Value>) -> bool {
        // In a list of objects, one object has to fit in all of its fields.
        if let Some(Value::Array(elements)) = event
            && !elements.is_empty()
        {
            return elements.iter().any(|element| self.matches(Some(element)));
        }
        let object = event.and_then(Value::as_object);
        self.fields.iter().all(|(name, field)| field.matches(object.and_then(|object| object.get(name))))
            && self.alternatives.iter().all(|group| group.iter().any(|node| node.matches(event)))
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Object(node) => node.matches(value),
            Self::AnyOf(matchers) => matchers.iter().any(|matcher| matcher.matches(value)),
        }
    }
}

impl Matcher {
    /// A field that holds an object is none: patterns look at values, and `exists` at leaves.
    fn matches(&self, value: Option<&Value>) -> bool {
        match value {
            // A list fits if one of its elements does; an empty one is as good as none.
            Some(Value::Array(elements)) if !elements.is_empty() => {
                if *self == Self::Exists(false) {
                    return false;
                }
                elements.iter().any(|element| self.matches(Some(element)))
            }
            None | Some(Value::Array(_) | Value::Object(_)) => *self == Self::Exists(false),
            Some(leaf) => self.accepts(leaf),
        }
    }

    fn accepts(&self, leaf: &Value) -> bool {
        match self {
            // As the guide says, 300 and 300.0 are not the same.
            Self::Equals(wanted) => wanted == leaf,
            Self::AnythingBut(refused) => !refused.contains(leaf),
            Self::Prefix(prefix) => leaf.as_str().is_some_and(|text| text.starts_with(prefix)),
            Self::Exists(exists) => *exists,
        }
    }
}

fn error(path: &[String], problem: &str) -> PatternError {
    PatternError { path: path.to_vec(), problem: problem.to_owned() }
}

fn place(path: &[String]) -> String {
    if path.is_empty() { "as a whole".to_owned() } else { format!("at `{}`", path.join(".")) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use serde_json::json;

    use super::*;

    fn matches(pattern: &Value, event: &Value) -> bool {
        Pattern::parse(pattern).unwrap().matches(event)
    }

    #[test]
    fn every_named_field_has_to_hold_one_of_the_values() {
        let pattern = json!({"source": ["shop", "till"], "detail": {"order": {"paid": [true], "items": [3, null]}}});
        let event = |paid: Value, items: Value| {
            let order = json!({"paid": paid, "items": items, "note": "x"});
            json!({"source": "till", "id": "7", "detail": {"order": order}})
        };
        assert!(matches(&pattern, &event(json!(true), json!(3))));
        assert!(matches(&pattern, &event(json!(true), json!(null))));
        assert!(!matches(&pattern, &event(json!("true"), json!(3))));
        assert!(!matches(&pattern, &event(json!(true), json!("3"))));
        assert!(!matches(&pattern, &json!({"source": "till", "detail": {"order": {"paid": true}}})));
        assert!(!matches(&pattern, &json!({"source": "till", "detail": "order"})));
    }

    #[test]
    fn a_list_in_the_event_fits_if_one_of_its_elements_does() {
        assert!(matches(&json!({"tags": ["red", "blue"]}), &json!({"tags": ["green", "blue"]})));
        assert!(!matches(&json!({"tags": ["red"]}), &json!({"tags": []})));
        let pattern = json!({"boxes": {"colour": ["red"], "size": [1]}});
        assert!(matches(&pattern, &json!({"boxes": [{"colour": "blue"}, {"colour": "red", "size": 1}]})));
        assert!(!matches(&pattern, &json!({"boxes": [{"colour": "red", "size": 2}, {"colour": "blue", "size": 1}]})));
    }

    #[test]
    fn anything_but_needs_a_value_and_one_that_is_not_listed() {
        let one = json!({"status": [{"anything-but": "done"}]});
        assert!(matches(&one, &json!({"status": "open"})));
        assert!(!matches(&one, &json!({"status": "done"})));
        assert!(!matches(&one, &json!({})));
        let several = json!({"status": [{"anything-but": ["done", "lost"]}]});
        assert!(matches(&several, &json!({"status": "open"})));
        assert!(!matches(&several, &json!({"status": "lost"})));
        let number = json!({"code": [{"anything-but": [200, 204]}]});
        assert!(matches(&number, &json!({"code": 404})));
        assert!(!matches(&number, &json!({"code": 204})));
    }

    #[test]
    fn prefix_looks_at_strings_only() {
        let pattern = json!({"region": [{"prefix": "eu-"}]});
        assert!(matches(&pattern, &json!({"region": "eu-north-1"})));
        assert!(!matches(&pattern, &json!({"region": "us-east-1"})));
        assert!(!matches(&pattern, &json!({"region": 7})));
        assert!(matches(&json!({"code": [{"prefix": "a"}, 7]}), &json!({"code": 7})));
    }

    #[test]
    fn exists_looks_at_leaves_and_a_missing_parent_is_a_missing_leaf() {
        let present = json!({"detail": {"old": [{"exists": true}]}});
        let absent = json!({"detail": {"old": [{"exists": false}]}});
        for (event, is_there) in [
            (json!({"detail": {"old": "x"}}), true),
            (json!({"detail": {"old": null}}), true),
            (json!({"detail": {"old": ["x"]}}), true),
            (json!({"detail": {"old": []}}), false),
            (json!({"detail": {"old": {"a": 1}}}), false),
            (json!({"detail": {}}), false),
            (json!({}), false),
        ] {
            assert_eq!(matches(&present, &event), is_there, "{event}");
            assert_eq!(matches(&absent, &event), !is_there, "{event}");
        }
        let either = json!({"old": [{"exists": false}, "open"]});
        assert!(matches(&either, &json!({})));
        assert!(matches(&either, &json!({"old": "open"})));
        assert!(!matches(&either, &json!({"old": "done"})));
    }

    #[test]
    fn or_holds_beside_the_fields_at_its_place() {
        let pattern =
            json!({"detail": {"kind": ["a"], "$or": [{"size": [1]}, {"colour": ["red"], "shape": ["round"]}]}});
        let event = |detail: Value| json!({"detail": detail});
        assert!(matches(&pattern, &event(json!({"kind": "a", "size": 1}))));
        assert!(matches(&pattern, &event(json!({"kind": "a", "colour": "red", "shape": "round"}))));
        assert!(!matches(&pattern, &event(json!({"kind": "a", "colour": "red"}))));
        assert!(!matches(&pattern, &event(json!({"kind": "b", "size": 1}))));
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_place() {
        for (pattern, sentence) in [
            (json!([]), "the pattern as a whole: must be an object"),
            (json!({}), "the pattern as a whole: is an empty object, which matches nothing that could be meant"),
            (json!({"a": {"b": []}}), "the pattern at `a.b`: is an empty list"),
            (json!({"a": "b"}), "the pattern at `a`: must be a list of accepted values, or an object"),
            (
                json!({"a": {"b": [{"wildcard": "*x"}]}}),
                "the pattern at `a.b`: uses the operator `wildcard`; understood are anything-but, exists, prefix and \
                 $or",
            ),
            (
                json!({"a": [{"anything-but": {"prefix": "x"}}]}),
                "the pattern at `a`: gives `anything-but` the operand {\"prefix\":\"x\"}, which is not understood",
            ),
            (
                json!({"a": [{"exists": "yes"}]}),
                "the pattern at `a`: gives `exists` the operand \"yes\", which is not understood",
            ),
            (json!({"a": [{}]}), "the pattern at `a`: must have exactly one operator in each object of its list"),
            (json!({"a": [["b"]]}), "the pattern at `a`: holds a list inside of a list"),
            (json!({"$or": [{"a": [1]}]}), "the pattern at `$or`: must be a list of at least two patterns"),
        ] {
            assert_eq!(Pattern::parse(&pattern).unwrap_err().to_string(), sentence);
        }
    }
}
