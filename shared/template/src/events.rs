//! The way of an event: pipe, rules and queues.

use std::time::Duration;

use serde_json::{Value, json};

use super::document::referred;
use super::{InputTemplate, Pattern, Pipe, Queue, Redrive, Rule, Section, TemplateError};

pub(super) fn read_pipe(properties: &Section<'_>) -> Result<Pipe, TemplateError> {
    properties.only(&[
        "Description",
        "DesiredState",
        "LogConfiguration",
        "Name",
        "RoleArn",
        "Source",
        "SourceParameters",
        "Tags",
        "Target",
        "TargetParameters",
    ])?;
    properties.must_be("DesiredState", &json!("RUNNING"))?;
    let parameters = properties.section("SourceParameters")?;
    parameters.only(&["DynamoDBStreamParameters", "FilterCriteria"])?;
    let stream = parameters.required("DynamoDBStreamParameters")?;
    stream.only(&[
        "BatchSize",
        "DeadLetterConfig",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "OnPartialBatchItemFailure",
        "ParallelizationFactor",
        "StartingPosition",
    ])?;
    stream.must_be("StartingPosition", &json!("TRIM_HORIZON"))?;
    let target = properties.section("TargetParameters")?;
    target.only(&["EventBridgeEventBusParameters", "InputTemplate"])?;
    let input = target.required("InputTemplate")?;
    let input = InputTemplate::parse(&input.text()?).map_err(|error| input.error(error.to_string()))?;
    let target = target.required("EventBridgeEventBusParameters")?;
    target.only(&["DetailType", "Source"])?;

    let mut filters = Vec::new();
    if let Some(list) = parameters.section("FilterCriteria")?.get("Filters") {
        for filter in list.elements()? {
            let pattern = filter.required("Pattern")?;
            let json: Value = serde_json::from_str(&pattern.text()?)
                .map_err(|error| pattern.error(format!("must be a string that holds JSON: {error}")))?;
            filters.push(Pattern::parse(&json).map_err(|error| pattern.error(error.to_string()))?);
        }
    }
    Ok(Pipe {
        filters,
        input,
        batch_size: stream.get("BatchSize").map_or(Ok(100), |size| size.number(1..=10_000))?,
        source: target.required("Source")?.text()?,
        detail_type: target.required("DetailType")?.text()?,
    })
}

pub(super) fn read_rule(name: &str, properties: &Section<'_>) -> Result<Rule, TemplateError> {
    properties.only(&["Description", "EventBusName", "EventPattern", "Name", "State", "Targets"])?;
    properties.must_be("State", &json!("ENABLED"))?;
    let pattern = properties.required("EventPattern")?;
    let mut queues = Vec::new();
    for target in properties.required("Targets")?.elements()? {
        target.only(&["Arn", "DeadLetterConfig", "Id", "RetryPolicy"])?;
        let arn = target.required("Arn")?;
        let queue = referred(arn.value).ok_or_else(|| arn.error("must be the Arn of a queue of the template"))?;
        queues.push(queue.to_owned());
    }
    Ok(Rule {
        name: name.to_owned(),
        pattern: Pattern::parse(pattern.value).map_err(|error| pattern.error(error.to_string()))?,
        queues,
    })
}

pub(super) fn read_queue(name: &str, properties: &Section<'_>) -> Result<Queue, TemplateError> {
    properties.only(&[
        "DelaySeconds",
        "KmsMasterKeyId",
        "MessageRetentionPeriod",
        "QueueName",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "Tags",
        "VisibilityTimeout",
    ])?;
    properties.must_be("DelaySeconds", &json!(0))?;
    let redrive = match properties.get("RedrivePolicy") {
        Some(policy) => {
            let dead_letters = policy.required("deadLetterTargetArn")?;
            Some(Redrive {
                dead_letters: referred(dead_letters.value)
                    .ok_or_else(|| dead_letters.error("must be the Arn of a queue"))?
                    .to_owned(),
                max_receive_count: policy.required("maxReceiveCount")?.number(1..=1000)?,
            })
        }
        None => None,
    };
    // SQS's own default is 30 seconds.
    let visibility_timeout =
        properties.get("VisibilityTimeout").map_or(Ok(30), |timeout| timeout.number(0..=43_200))?;
    Ok(Queue { name: name.to_owned(), visibility_timeout: Duration::from_secs(visibility_timeout.into()), redrive })
}
