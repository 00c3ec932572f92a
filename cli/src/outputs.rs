//! What a stack puts out, as `sam list stack-outputs --output json` prints it and `GET /_local/outputs` answers.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::Result;

/// The outputs by their names.
#[derive(Debug)]
pub(crate) struct Outputs(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

impl Outputs {
    /// Those in a file; `-` is the standard input.
    ///
    /// # Errors
    /// If it cannot be read, or is no such list.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let mut text = String::new();
        let read = if file == Path::new("-") {
            std::io::stdin().read_to_string(&mut text).map(drop)
        } else {
            fs::read_to_string(file).map(|read| text = read)
        };
        read.map_err(|error| format!("the outputs in {} cannot be read: {error}", file.display()))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let outputs: Vec<Output> = serde_json::from_str(text).map_err(|error| {
            format!("the outputs are not what `sam list stack-outputs --output json` prints: {error}")
        })?;
        Ok(Self(outputs.into_iter().map(|output| (output.output_key, output.output_value)).collect()))
    }

    /// One that every stack has.
    ///
    /// # Errors
    /// If this one has not.
    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        Ok(self.find(name).ok_or_else(|| format!("the stack has no output {name}: deploy this version's template"))?)
    }

    /// One that a stack may have.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The outputs whose names end in `suffix`, each without it, in the order of their names.
    pub(crate) fn ending_in<'a>(&'a self, suffix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_suffix(suffix)?, value.as_str())))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn outputs_are_read_as_sam_prints_them() {
        let text = r#"[
            {"OutputKey": "ApiUrl", "OutputValue": "https://api.example", "Description": "Base URL of the API"},
            {"OutputKey": "UploadedQueueUrl", "OutputValue": "https://sqs.example/1/a", "ExportName": "x"}
        ]"#;
        let outputs = Outputs::parse(text).unwrap();
        assert_eq!(outputs.get("ApiUrl").unwrap(), "https://api.example");
        assert_eq!(outputs.ending_in("QueueUrl").collect::<Vec<_>>(), [("Uploaded", "https://sqs.example/1/a")]);
        let missing = outputs.get("Region").unwrap_err().to_string();
        assert_eq!(missing, "the stack has no output Region: deploy this version's template");
        assert!(Outputs::parse("{}").unwrap_err().to_string().contains("sam list stack-outputs"));
    }
}
