//! Input templates of pipes: text with `<$.path>` in it, for each of which the value at that path is put, as JSON.
//!
//! Follows the EventBridge user guide, "Amazon EventBridge Pipes input transformation". What AWS puts for a path that is not
//! there is not documented, so here that is an error, and no template of ours has one.

use serde_json::Value;

/// A template that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputTemplate(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Path(Vec<String>),
}

/// Why a template cannot be used, or a record is not what it is for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InputTemplateError(String);

impl InputTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// If a path does not end, or is none of names joined by dots; if what comes of it is no JSON.
    pub fn parse(text: &str) -> Result<Self, InputTemplateError> {
        let error = |problem: &str| InputTemplateError(problem.to_owned());
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("<$.") {
            let (path, behind) = after.split_once('>').ok_or_else(|| error("has a path without its end"))?;
            let names: Vec<_> = path.split('.').map(ToOwned::to_owned).collect();
            let is_name = |name: &String| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            };
            if !names.iter().all(is_name) {
                return Err(error("has a path that is not of names joined by dots"));
            }
            pieces.extend([Piece::Text(before.to_owned()), Piece::Path(names)]);
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        let template = Self(pieces);
        let trial = template.fill(|_| Some("null".to_owned()))?;
        serde_json::from_str::<Value>(&trial).map_err(|cause| error(&format!("does not make JSON: {cause}")))?;
        Ok(template)
    }

    /// What the template makes of a record.
    ///
    /// # Errors
    /// If the record has nothing at one of the paths.
    pub fn apply(&self, record: &Value) -> Result<Value, InputTemplateError> {
        let at = |names: &[String]| names.iter().try_fold(record, |value, name| value.get(name)).map(Value::to_string);
        let text = self.fill(at)?;
        serde_json::from_str(&text).map_err(|cause| InputTemplateError(format!("does not make JSON: {cause}")))
    }

    fn fill(&self, at: impl Fn(&[String]) -> Option<String>) -> Result<String, InputTemplateError> {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Path(names) => {
                at(names).ok_or_else(|| InputTemplateError(format!("the record has no {}", names.join("."))))
            }
        });
        pieces.collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_put_as_json_whatever_it_holds() {
        let template = InputTemplate::parse(r#"{"a": <$.new.a.S>, "b": {"c": <$.new.b>}}"#).unwrap();
        let record = json!({"new": {"a": {"S": "x\"y\\z"}, "b": [1, null]}});
        assert_eq!(template.apply(&record).unwrap(), json!({"a": "x\"y\\z", "b": {"c": [1, null]}}));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error_that_names_it() {
        let template = InputTemplate::parse("<$.new.a.S>").unwrap();
        assert_eq!(template.apply(&json!({"new": {}})).unwrap_err().to_string(), "the record has no new.a.S");
    }

    #[test]
    fn a_template_that_makes_no_json_is_refused() {
        for wrong in ["", "{", "<$.a", "<$.>", "<$.a[0]>", r#"{"a": <$.b> <$.c>}"#] {
            assert!(InputTemplate::parse(wrong).is_err(), "{wrong}");
        }
    }
}
