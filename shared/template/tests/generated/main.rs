//! What other files repeat of `template.yaml`, what it repeats of itself, and what the browser client repeats of the media
//! types: generated between two marker lines.
//!
//! With `QUAYSIDE_WRITE_DOCS=1` the sections are written; without, compared.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod alarms;
mod programs;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use quayside_domain::media_type::MediaType;
use quayside_template::Template;

const HINT: &str = "QUAYSIDE_WRITE_DOCS=1 cargo test -p quayside-template";

/// A section of a file of the project, between the lines `Begin generated: {name}` and `End generated: {name}`.
struct Section {
    file: &'static str,
    name: &'static str,
    /// Whole lines, each with its end.
    text: String,
}

fn sections(template: &Template) -> Vec<Section> {
    vec![
        Section { file: "Cargo.toml", name: "router", text: programs::router(template) },
        Section { file: "local/Cargo.toml", name: "functions", text: programs::dependencies(template) },
        Section { file: "local/src/functions.rs", name: "functions", text: programs::functions(template) },
        Section {
            file: "functions/describe-api/Cargo.toml",
            name: "functions",
            text: programs::described(template, "describe-api"),
        },
        Section {
            file: "functions/describe-api/tests/document/main.rs",
            name: "operations",
            text: programs::operations(template),
        },
        Section { file: "template.yaml", name: "methods", text: programs::methods(template) },
        Section { file: "template.yaml", name: "errors", text: alarms::errors(template) },
        Section { file: "template.yaml", name: "throttling", text: alarms::throttling(template) },
        Section { file: "template.yaml", name: "dashboard", text: alarms::dashboard(template) },
        Section { file: "template.yaml", name: "queues", text: alarms::outputs(template) },
        Section { file: "web/quayside/content-type.js", name: "extensions", text: extensions() },
    ]
}

/// The properties of an object in JavaScript: extensions with their media types.
fn extensions() -> String {
    let of = |media_type: MediaType| {
        media_type.extensions().iter().map(move |extension| format!("  {extension}: \"{media_type}\",\n"))
    };
    MediaType::all().flat_map(of).collect()
}

/// The text of a file with this section as it should be.
fn with_section(file: &str, section: &Section) -> String {
    let is_marker = |line: &str, kind: &str| {
        let marker = line.trim_start().trim_start_matches(['#', '/']).trim_start();
        let name = marker.strip_prefix(kind).and_then(|rest| rest.strip_prefix(" generated: "));
        name.and_then(|name| name.split_whitespace().next()) == Some(section.name)
    };
    let lines: Vec<_> = file.split_inclusive('\n').collect();
    let place = format!("the section {} of {}", section.name, section.file);
    let begin =
        lines.iter().position(|line| is_marker(line, "Begin")).unwrap_or_else(|| panic!("{place} has no begin"));
    let end = lines.iter().position(|line| is_marker(line, "End")).unwrap_or_else(|| panic!("{place} has no end"));
    assert!(begin < end, "{place} ends before it begins");
    lines[..=begin].concat() + &section.text + &lines[end..].concat()
}

#[test]
fn generated_sections_are_up_to_date() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let template = Template::read(&project.join("template.yaml")).unwrap();
    let sections = sections(&template);
    for section in &sections {
        let path = project.join(section.file);
        let found = fs::read_to_string(&path).unwrap();
        let expected = with_section(&found, section);
        if env::var_os("QUAYSIDE_WRITE_DOCS").is_some() {
            fs::write(path, expected).unwrap();
        } else {
            assert!(found == expected, "{} of {} is not up to date: run {HINT}", section.name, section.file);
        }
    }
    for file in sections.iter().map(|section| section.file).collect::<BTreeSet<_>>() {
        let begun = fs::read_to_string(project.join(file)).unwrap().matches("Begin generated: ").count();
        let known = sections.iter().filter(|section| section.file == file).count();
        assert_eq!(begun, known, "{file} has a section that nothing generates");
    }
}
