//! Functions with their event sources, and the HTTP API.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::document::{referred, text_of};
use super::{Builder, Cors, Function, QueueSource, Route, Schedule, Section, TemplateError, rights};

/// What of a function's properties the local system either reads or has no use for.
const PROPERTIES: [&str; 15] = [
    "Architectures",
    "CodeUri",
    "Description",
    "Environment",
    "EphemeralStorage",
    "EventInvokeConfig",
    "Events",
    "FunctionName",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "ReservedConcurrentExecutions",
    "Role",
    "Runtime",
    "Timeout",
];

pub(super) fn read(
    builder: &mut Builder,
    logical_name: &str,
    properties: &Section<'_>,
    globals: &Section<'_>,
    resources: &Section<'_>,
) -> Result<(), TemplateError> {
    properties.only(&PROPERTIES)?;
    // A scheduled run that failed is not repeated; the next one comes in its time.
    properties.section("EventInvokeConfig")?.must_be("MaximumRetryAttempts", &json!(0))?;
    let defaults = globals.section("Function")?;
    let code = properties.required("CodeUri")?;
    let path = code.text()?;
    let name = path.strip_prefix("target/lambda/").and_then(|path| path.strip_suffix("/bootstrap.zip"));
    let name = name.ok_or_else(|| code.error("must be target/lambda/<folder>/bootstrap.zip"))?.to_owned();

    // Lambda's own default is 3 seconds.
    let timeout = properties.get("Timeout").or_else(|| defaults.get("Timeout"));
    let timeout = timeout.map_or(Ok(3), |timeout| timeout.number(1..=900))?;

    // And 128 MiB.
    let memory = properties.get("MemorySize").or_else(|| defaults.get("MemorySize"));
    let memory_mb = memory.map_or(Ok(128), |memory| memory.number(128..=10_240))?;

    let mut variables = BTreeMap::new();
    for environment in [defaults.section("Environment")?, properties.section("Environment")?] {
        let section = environment.section("Variables")?;
        for (variable, value) in section.object()? {
            variables.insert(variable.clone(), read_variable(&section, variable, value)?);
        }
    }

    for (event, source) in properties.section("Events")?.object()? {
        let source = Section { place: format!("{logical_name}.Events.{event}"), value: source };
        let kind = source.required("Type")?.text()?;
        let properties = source.section("Properties")?;
        match kind.as_str() {
            "HttpApi" => builder.routes.push(read_route(&name, &properties)?),
            "SQS" => builder.queue_sources.push(read_queue_source(&name, &properties)?),
            "ScheduleV2" => builder.schedules.push(read_schedule(event, &name, &properties)?),
            other => {
                let problem = format!("the local system knows HttpApi, SQS and ScheduleV2 events, not {other}");
                return Err(source.error(problem));
            }
        }
    }

    let timeout = Duration::from_secs(timeout.into());
    let rights = rights::read(properties, resources)?;
    let logical_name = logical_name.to_owned();
    builder.functions.push(Function { logical_name, name, timeout, memory_mb, variables, rights });
    Ok(())
}

fn read_variable(section: &Section<'_>, name: &str, value: &Value) -> Result<Option<String>, TemplateError> {
    match value {
        Value::Object(_) => Ok(None),
        value => text_of(value)
            .map(Some)
            .map_err(|_| section.error(format!("{name} must be a string, a number, a boolean or a reference"))),
    }
}

fn read_route(function: &str, properties: &Section<'_>) -> Result<Route, TemplateError> {
    properties.only(&["ApiId", "Method", "Path"])?;
    let method = properties.required("Method")?;
    let path = properties.required("Path")?;
    let route = Route {
        method: method.text()?.to_uppercase(),
        path: path.text()?,
        function: function.to_owned(),
        // The API's definition says so, and is read beside the functions.
        needs_token: false,
    };
    if !["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].contains(&route.method.as_str()) {
        return Err(method.error(format!("must be one HTTP method, not {}", route.method)));
    }
    if !route.path.starts_with('/') || route.path.contains("+}") {
        return Err(path.error("must start with a slash, and each {name} takes one segment"));
    }
    Ok(route)
}

/// The methods and paths that the definition of the API has behind its authorizer.
pub(super) fn read_secured(api: &Section<'_>) -> Result<Vec<(String, String)>, TemplateError> {
    api.only(&["DefinitionBody"])?;
    let mut secured = Vec::new();
    for (path, methods) in api.required("DefinitionBody")?.section("paths")?.object()? {
        let methods = Section { place: format!("paths.{path}"), value: methods };
        for (method, operation) in methods.object()? {
            let operation = Section { place: format!("{}.{method}", methods.place), value: operation };
            operation.only(&["security"])?;
            if operation.get("security").is_some() {
                operation.must_be("security", &json!([{"Tokens": []}]))?;
                secured.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    Ok(secured)
}

fn read_queue_source(function: &str, properties: &Section<'_>) -> Result<QueueSource, TemplateError> {
    properties.only(&["BatchSize", "Enabled", "FunctionResponseTypes", "Queue", "ScalingConfig"])?;
    properties.must_be("Enabled", &json!(true))?;
    properties.must_be("FunctionResponseTypes", &json!(["ReportBatchItemFailures"]))?;
    let scaling = properties.section("ScalingConfig")?;
    scaling.only(&["MaximumConcurrency"])?;
    let queue = properties.required("Queue")?;
    Ok(QueueSource {
        function: function.to_owned(),
        queue: referred(queue.value).ok_or_else(|| queue.error("must be the Arn of a queue"))?.to_owned(),
        batch_size: properties.get("BatchSize").map_or(Ok(10), |size| size.number(1..=10))?,
        report_batch_item_failures: properties.get("FunctionResponseTypes").is_some(),
        maximum_concurrency: scaling.get("MaximumConcurrency").map(|most| most.number(2..=1000)).transpose()?,
    })
}

fn read_schedule(event: &str, function: &str, properties: &Section<'_>) -> Result<Schedule, TemplateError> {
    properties.only(&[
        "DeadLetterConfig",
        "Description",
        "Input",
        "Name",
        "RetryPolicy",
        "ScheduleExpression",
        "State",
    ])?;
    properties.must_be("State", &json!("ENABLED"))?;
    let expression = properties.required("ScheduleExpression")?;
    let every = read_rate(&expression.text()?)
        .ok_or_else(|| expression.error("must be rate(1 minute), or rate(N minutes), in hours or in days"))?;
    let input = match properties.get("Input") {
        Some(input) => {
            Some(serde_json::from_str(&input.text()?).map_err(|_| input.error("must be a string that holds JSON"))?)
        }
        None => None,
    };
    Ok(Schedule { name: event.to_owned(), function: function.to_owned(), every, input })
}

fn read_rate(expression: &str) -> Option<Duration> {
    let (number, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(seconds) * number)
}

pub(super) fn read_cors(globals: &Section<'_>) -> Result<Option<Cors>, TemplateError> {
    let Some(cors) = globals.section("HttpApi")?.get("CorsConfiguration") else {
        return Ok(None);
    };
    cors.only(&["AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge"])?;
    let list = |key: &str| -> Result<Vec<String>, TemplateError> {
        let Some(list) = cors.get(key) else { return Ok(Vec::new()) };
        list.elements()?.iter().map(Section::text).collect()
    };
    Ok(Some(Cors {
        methods: list("AllowMethods")?,
        headers: list("AllowHeaders")?,
        exposed_headers: list("ExposeHeaders")?,
        max_age: match cors.get("MaxAge") {
            Some(seconds) => Some(Duration::from_secs(seconds.number(0..=86_400)?.into())),
            None => None,
        },
    }))
}
