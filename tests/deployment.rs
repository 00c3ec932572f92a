//! What is deployed is what the code is: the template's functions, their variables and their alarms, against the folders
//! and the functions themselves. What they may do is in `rights`; their routes are in `roles`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use quayside_edge::telemetry::Metric;
use quayside_local::functions;
use quayside_template::{Function, Template};
use serde_json::{Value, json};

use crate::support::program;
use crate::support::stage::{project, template};

/// What a function's process reads by itself, before it makes the function: how much to log, and under which namespace
/// to count.
const OF_THE_PROCESS: [&str; 2] = ["METRICS_NAMESPACE", "RUST_LOG"];

pub fn document() -> Value {
    quayside_template::document(&project().join("template.yaml")).unwrap()
}

/// The template in each mode of authentication, as it is read and as a document.
pub fn auth_modes() -> [(Template, Value); 3] {
    let path = project().join("template.yaml");
    ["gateway", "jwks", "secret"].map(|mode| {
        let parameters = [
            ("AuthMode", mode),
            ("AuthIssuer", "https://issuer.example"),
            ("AuthAudience", "quayside"),
            ("AuthJwksUrl", "https://issuer.example/keys"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        (
            Template::read_with(&path, &parameters).unwrap(),
            quayside_template::document_with(&path, &parameters).unwrap(),
        )
    })
}

/// The names of what is in a folder of the project.
fn names_in(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(project().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_function_has_a_folder_of_its_name_and_every_folder_a_function() {
    let template = template();
    let functions: BTreeSet<_> = template.functions.iter().map(|function| function.name.clone()).collect();
    assert_eq!(functions, names_in("functions"));
    for function in &template.functions {
        // `initiate-upload` is `InitiateUpload`.
        let words = function.name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        assert_eq!(function.logical_name, words.collect::<String>());
    }
}

#[test]
fn every_environment_sets_parameters_that_there_are_and_no_secret() {
    let document = document();
    let settings = std::fs::read_to_string(project().join("samconfig.toml")).unwrap();
    let overrides = settings.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once('='));
    let set: Vec<_> = overrides.map(|(parameter, _)| parameter).collect();
    assert!(set.len() > 5, "the overrides are not found: {set:?}");
    for parameter in set {
        assert!(!document["Parameters"][parameter].is_null(), "there is no parameter {parameter}");
    }
    for (name, parameter) in document["Parameters"].as_object().unwrap() {
        // What would hide a secret from the console has no business here.
        assert!(parameter["NoEcho"].is_null(), "{name} is a secret; Secrets Manager is for those");
    }
}

/// What Lambda gives every function, with a table that no test means to ask.
fn of_lambda() -> BTreeMap<String, String> {
    [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// A function's variables, without those of its process: the template's, and good ones where only a deployment knows
/// them, or Secrets Manager.
fn variables(function: &Function) -> BTreeMap<String, String> {
    let read = function.variables.iter().filter(|(name, _)| !OF_THE_PROCESS.contains(&name.as_str()));
    read.map(|(name, value)| {
        let value = match (name.as_str(), value.as_deref()) {
            ("WEBHOOK_KEY", _) => "0f".repeat(32),
            (_, Some(reference)) if reference.starts_with("secretsmanager:") => "secret".repeat(8),
            (_, Some(value)) => value.to_owned(),
            ("S3_ENDPOINT", None) => "http://127.0.0.1:9".to_owned(),
            ("CDN_URL", None) => "https://cdn.example".to_owned(),
            ("S3_BUCKET" | "S3_REGION" | "TABLE_NAME", None) => "name".to_owned(),
            (name, None) => panic!("{name} of {}: what may a deployment make of it?", function.name),
        };
        (name.clone(), value)
    })
    .collect()
}

/// Starts a function with these variables and Lambda's; gives what it says of them if it does not start.
async fn start(function: &Function, variables: &BTreeMap<String, String>) -> Result<(), String> {
    let variables = of_lambda().into_iter().chain(variables.clone()).collect();
    let made = functions::function(&function.name, &variables).await.map_err(|error| error.to_string())?;
    made.map(drop).ok_or_else(|| format!("{} is not built in", function.name))
}

/// No variable may be this.
const WRONG: &str = "wrong!";

#[tokio::test]
async fn every_function_reads_the_variables_that_the_template_gives_it_and_no_others() {
    let modes = auth_modes();
    let functions = || modes.iter().flat_map(|(template, _)| &template.functions);
    let all: BTreeSet<_> = functions().flat_map(|function| variables(function).into_keys()).collect();
    for function in functions() {
        let given = variables(function);
        assert_eq!(start(function, &given).await, Ok(()), "{} needs more", function.name);
        for name in &all {
            let mut wrong = given.clone();
            wrong.insert(name.clone(), WRONG.to_owned());
            let mut missing = given.clone();
            missing.remove(name);
            let stopped = start(function, &wrong).await.is_err() || start(function, &missing).await.is_err();
            let expected = given.contains_key(name);
            assert_eq!(stopped, expected, "whether {} reads {name} is not what the template says", function.name);
        }
    }
}

#[tokio::test]
async fn a_wrong_variable_stops_a_function_with_one_sentence_that_names_it_and_tells_no_secret() {
    for function in auth_modes().iter().flat_map(|(template, _)| &template.functions) {
        let given = variables(function);
        for name in given.keys() {
            let value = function.variables[name].as_deref().unwrap_or_default();
            let (is_secret, is_a_choice) = (value.starts_with("secretsmanager:"), name.ends_with("_SOURCES"));
            let mut missing = given.clone();
            missing.remove(name);
            let is_not_set = Err(format!("{name} is not set"));
            // Which sources files are taken from may be left to what is right for all.
            assert_eq!(
                start(function, &missing).await,
                if is_a_choice { Ok(()) } else { is_not_set },
                "{}",
                function.name
            );
            for bad in [WRONG, "\u{0}", "-1", "99999999999999999999", "http://user:password@host/#fragment"] {
                let mut wrong = given.clone();
                wrong.insert(name.clone(), bad.to_owned());
                let Err(sentence) = start(function, &wrong).await else { continue };
                assert!(sentence.starts_with(&format!("{name} ")), "{} on {name}={bad}: {sentence}", function.name);
                assert!(sentence.len() < 200 && !sentence.contains('\n'), "{sentence}");
                assert!(!is_secret || !sentence.contains(bad), "{} tells {name}: {sentence}", function.name);
            }
        }
    }
}

#[test]
fn in_gateway_mode_the_gateway_asks_for_the_tokens_that_the_functions_verify_in_other_modes() {
    let [(gateway, _), others @ ..] = auth_modes();
    for route in &gateway.routes {
        let function = gateway.function(&route.function).unwrap();
        let verifies = function.variables.contains_key("AUTH_MODE");
        assert_eq!(route.needs_token, verifies, "{} {}", route.method, route.path);
    }
    for (other, document) in others {
        assert!(other.routes.iter().all(|route| !route.needs_token));
        assert_eq!(
            document["Resources"]["Api"]["Properties"]["DefinitionBody"]["components"]["securitySchemes"],
            json!({})
        );
    }
}

#[test]
fn a_process_that_is_told_nothing_ends_with_one_sentence() {
    // One that is told nothing anyway has nothing to miss.
    for function in template().functions.iter().filter(|function| !variables(function).is_empty()) {
        let program = program(&function.name);
        let ended = Command::new(&program).env_clear().output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success(), "{} runs without variables", function.name);
        let lines: Vec<_> = said.lines().collect();
        assert!(matches!(lines[..], [line] if line.ends_with(" is not set")), "{}: {said}", function.name);
    }
}

/// The text of all Rust files in a folder and below, without tests.
fn code_in(folder: &Path) -> String {
    let mut code = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            code += &code_in(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(path).unwrap();
            code += text.split("#[cfg(test)]").next().unwrap();
        }
    }
    code
}

#[test]
fn every_variable_that_the_code_names_is_set_by_the_template_or_by_lambda() {
    let modes = auth_modes();
    let functions = modes.iter().flat_map(|(template, _)| &template.functions);
    let set: BTreeSet<_> = functions.flat_map(|function| function.variables.keys()).collect();
    let crates = ["functions", "shared/domain", "shared/edge", "shared/store"];
    let code = crates.map(|folder| code_in(&project().join(folder))).concat();
    let named: BTreeSet<_> = code
        .split('"')
        .filter(|text| text.contains('_') && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')))
        // What the compiler sets, and Lambda.
        .filter(|name| !name.starts_with("CARGO_") && !name.starts_with("AWS_"))
        .collect();
    assert!(named.contains("INSPECTED_WITHIN_SECONDS"), "the names are not found: {named:?}");
    let unset: Vec<_> = named.iter().filter(|name| !set.contains(&(**name).to_owned())).collect();
    assert!(unset.is_empty(), "the template does not set {unset:?}");
}

#[test]
fn every_function_queue_dead_letter_and_index_has_its_alarm() {
    let document = document();
    let resources = document["Resources"].as_object().unwrap();
    let alarms = resources.values().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let mut watched = BTreeSet::new();
    for alarm in alarms {
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "Alarms", "nobody is told: {alarm}");
        let parts = alarm["Metrics"].as_array().into_iter().flatten().map(|part| &part["MetricStat"]["Metric"]);
        for metric in parts.chain([alarm]) {
            for dimension in metric["Dimensions"].as_array().into_iter().flatten() {
                let value = &dimension["Value"];
                let of =
                    value["Ref"].as_str().or(value["Fn::GetAtt"][0].as_str()).or(value.as_str()).unwrap_or_default();
                watched.insert(format!("{} {of}", metric["MetricName"].as_str().unwrap()));
            }
        }
    }
    let template = template();
    for function in &template.functions {
        assert!(watched.contains(&format!("Errors {}", function.logical_name)), "{}", function.name);
    }
    for queue in &template.queues {
        let is_worked_through = template.queue_sources.iter().any(|source| source.queue == queue.name);
        let metric =
            if is_worked_through { "ApproximateAgeOfOldestMessage" } else { "ApproximateNumberOfMessagesVisible" };
        assert!(watched.contains(&format!("{metric} {}", queue.name)), "{metric} of {}", queue.name);
    }
    for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] {
        assert!(watched.contains(&format!("{metric} Table")), "{metric}");
    }
    for index in document["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"].as_array().unwrap() {
        let index = index["IndexName"].as_str().unwrap();
        for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] {
            assert!(watched.contains(&format!("{metric} {index}")), "{metric} of {index}");
        }
    }
}

/// Metrics that AWS counts, by the services' documentation: alarms and dashboard look at no others.
const AWS_METRICS: [(&str, &str); 19] = [
    ("AWS/ApiGateway", "4xx"),
    ("AWS/ApiGateway", "5xx"),
    ("AWS/ApiGateway", "Count"),
    ("AWS/ApiGateway", "Latency"),
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"),
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"),
    ("AWS/DynamoDB", "ReadThrottleEvents"),
    ("AWS/DynamoDB", "WriteThrottleEvents"),
    ("AWS/EventBridge/Pipes", "EventCount"),
    ("AWS/EventBridge/Pipes", "ExecutionFailed"),
    ("AWS/EventBridge/Pipes", "ExecutionPartiallyFailed"),
    ("AWS/EventBridge/Pipes", "ExecutionThrottled"),
    ("AWS/EventBridge/Pipes", "ExecutionTimeout"),
    ("AWS/Lambda", "ConcurrentExecutions"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Invocations"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
];

/// Whether the code counts such a metric: by itself, or by a dimension.
fn is_counted(name: &str, dimension: Option<&str>) -> bool {
    let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name);
    metric.is_some_and(|metric| dimension.is_none_or(|dimension| metric.dimension() == dimension))
}

#[test]
fn the_price_of_alarms_is_that_of_the_metrics_they_look_at() {
    let document = document();
    let resources = document["Resources"].as_object().unwrap();
    let alarms: Vec<_> = resources.values().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm").collect();
    let metrics = alarms.iter().map(|alarm| match alarm["Properties"]["Metrics"].as_array() {
        Some(parts) => parts.iter().filter(|part| !part["MetricStat"].is_null()).count(),
        None => 1,
    });
    let metrics: usize = metrics.sum();
    let row = format!("| alarms | {}.{}0 | {}, over {metrics} metrics |", metrics / 10, metrics % 10, alarms.len());
    let costs = std::fs::read_to_string(project().join("docs/COST.md")).unwrap();
    assert!(costs.contains(&row), "docs/COST.md has not: {row}");
}

#[test]
fn alarms_and_the_dashboard_look_at_metrics_that_the_functions_write_where_they_write_them() {
    let document = document();
    let written_to = &document["Globals"]["Function"]["Environment"]["Variables"]["METRICS_NAMESPACE"]["Fn::Sub"];
    let mut watched = BTreeSet::new();
    let resources = document["Resources"].as_object().unwrap();
    for alarm in resources.values().filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        let parts = alarm["Metrics"].as_array().into_iter().flatten().map(|part| &part["MetricStat"]["Metric"]);
        for metric in parts.chain([alarm]).filter(|metric| !metric["Namespace"].is_null()) {
            let name = metric["MetricName"].as_str().unwrap();
            let namespace = metric["Namespace"].as_str().or(metric["Namespace"]["Fn::Sub"].as_str()).unwrap();
            if Some(namespace) == written_to.as_str() {
                let dimension = metric["Dimensions"][0]["Name"].as_str();
                assert!(is_counted(name, dimension), "no function counts {name} by {dimension:?}");
                if dimension == Some("Code") {
                    // Every code of a problem is in the description, which a test of its own sees to.
                    let code = &metric["Dimensions"][0]["Value"];
                    assert!(describe_api::DOCUMENT.contains(&code.to_string()), "nothing fails with {code}");
                }
                watched.insert(name);
            } else {
                assert!(AWS_METRICS.contains(&(namespace, name)), "{namespace} has no {name}");
            }
        }
    }
    assert!(watched.contains("AssetsOverdue") && watched.contains("Refusals"), "{watched:?}");

    let dashboard = &resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"];
    let parts = dashboard[1].as_object().unwrap().iter();
    let parts = parts.map(|(name, part)| (format!("${{{name}}}"), part["Fn::Sub"].as_str().unwrap()));
    let body = parts.fold(dashboard[0].as_str().unwrap().to_owned(), |body, (name, part)| body.replace(&name, part));
    let body: Value = serde_json::from_str(&body).unwrap();
    let metrics =
        body["widgets"].as_array().unwrap().iter().filter_map(|widget| widget["properties"]["metrics"].as_array());
    let mut shown = BTreeSet::new();
    for metric in metrics.flatten() {
        if metric[0] == *written_to {
            let name = metric[1].as_str().unwrap();
            assert!(is_counted(name, metric[2].as_str()), "no function counts {name}");
            shown.insert(name.to_owned());
        } else if let Some(search) = metric[0]["expression"].as_str().and_then(|text| text.strip_prefix("SEARCH('{\""))
        {
            // SEARCH('{"namespace",Dimension} MetricName="Name"', …
            let (place, rest) = search.split_once("} MetricName=\"").unwrap();
            let (namespace, dimension) = place.split_once("\",").unwrap();
            let name = rest.split('"').next().unwrap();
            assert_eq!(Some(namespace), written_to.as_str());
            assert!(is_counted(name, Some(dimension)), "no function counts {name} by {dimension}");
            shown.insert(name.to_owned());
        } else if let Some(search) = metric[0]["expression"].as_str() {
            // SEARCH('{AWS/namespace,Dimension} MetricName="Name" …
            let (namespace, rest) = search.strip_prefix("SEARCH('{").and_then(|text| text.split_once(',')).unwrap();
            let name = rest.split_once("MetricName=\"").unwrap().1.split('"').next().unwrap();
            assert!(AWS_METRICS.contains(&(namespace, name)), "{namespace} has no {name}");
        } else {
            let [namespace, name] = [0, 1].map(|part| metric[part].as_str().unwrap());
            assert!(AWS_METRICS.contains(&(namespace, name)), "{namespace} has no {name}");
        }
    }
    let all: BTreeSet<_> = Metric::ALL.map(|metric| metric.name().to_owned()).into();
    assert_eq!(shown, all, "the dashboard does not show all that is counted");
}
