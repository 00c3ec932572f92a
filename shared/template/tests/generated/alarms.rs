//! Alarms and widgets over every function, index or queue. CloudFormation has no loops.

use std::fmt::Write;

use quayside_template::{Queue, Template};

use crate::programs::{answers_http, by_name};

/// CloudWatch's limit of metrics that one alarm adds up.
const METRICS: usize = 10;

/// A metric of an alarm: its id, namespace and name, and its dimensions in YAML.
struct Metric {
    id: String,
    namespace: &'static str,
    name: &'static str,
    dimensions: String,
}

/// Alarms of the sum of these metrics.
struct Alarm<'a> {
    name: &'a str,
    description: &'a str,
    /// What the sum is called.
    label: &'a str,
    threshold: u32,
    metrics: Vec<Metric>,
}

impl Alarm<'_> {
    /// One alarm, or several with numbers if there are many metrics, with a line between them.
    fn write(&self) -> String {
        let Self { name, description, label, threshold, .. } = self;
        let mut alarms = Vec::new();
        for (index, metrics) in self.metrics.chunks(METRICS).enumerate() {
            let number = if index == 0 { String::new() } else { (index + 1).to_string() };
            let mut text = format!(
                "  {name}{number}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: {description}
      Metrics:
        - {{Id: {label}, Expression: SUM(METRICS()), Label: {label}}}
"
            );
            for Metric { id, namespace, name, dimensions } in metrics {
                _ = write!(
                    text,
                    "        - {{Id: {id}, ReturnData: false, MetricStat: {{Stat: Sum, Period: 300, Metric: {{
            Namespace: {namespace}, MetricName: {name},
            Dimensions: [{dimensions}]}}}}}}
"
                );
            }
            _ = write!(
                text,
                "      Threshold: {threshold}
      ComparisonOperator: GreaterThanOrEqualToThreshold
      EvaluationPeriods: 1
      TreatMissingData: notBreaching
      AlarmActions: [!Ref Alarms]
"
            );
            alarms.push(text);
        }
        alarms.join("\n")
    }
}

/// Alarms of invocations that fail.
pub(crate) fn errors(template: &Template) -> String {
    let of_functions = |answer: bool| -> Vec<_> {
        let functions = by_name(template).into_values();
        let functions = functions.filter(|function| answers_http(template, function) == answer);
        let metric = |name: &str| Metric {
            id: name[..1].to_lowercase() + &name[1..],
            namespace: "AWS/Lambda",
            name: "Errors",
            dimensions: format!("{{Name: FunctionName, Value: !Ref {name}}}"),
        };
        functions.map(|function| metric(&function.logical_name)).collect()
    };
    let answers = Alarm {
        name: "AnswersFail",
        description: "A function that answers HTTP crashes or cannot start",
        label: "errors",
        threshold: 1,
        metrics: of_functions(true),
    };
    let work = Alarm {
        name: "WorkFails",
        description: "A function behind a queue or a schedule crashes, times out or cannot start",
        metrics: of_functions(false),
        ..answers
    };
    format!("{}\n{}", answers.write(), work.write())
}

/// Alarms of requests that the table or an index refuses.
pub(crate) fn throttling(template: &Template) -> String {
    let indexes = template.table.global_secondary_indexes.as_array().unwrap();
    let indexes = indexes.iter().map(|index| index["IndexName"].as_str().unwrap());
    let of_table = "{Name: TableName, Value: !Ref Table}".to_owned();
    let mut watched = vec![(String::new(), of_table.clone())];
    watched.extend(indexes.map(|index| {
        let words = index.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
        (words.collect(), format!("{of_table}, {{Name: GlobalSecondaryIndexName, Value: {index}}}"))
    }));
    // An alarm takes ten metrics: the table and nine indexes.
    assert!(watched.len() <= 10, "more indexes than one alarm can watch");
    let alarm = |name, description, id: &str, metric| Alarm {
        name,
        description,
        label: "refused",
        threshold: 100,
        metrics: watched
            .iter()
            .map(|(suffix, dimensions)| Metric {
                id: format!("{id}{suffix}"),
                namespace: "AWS/DynamoDB",
                name: metric,
                dimensions: dimensions.clone(),
            })
            .collect(),
    };
    let reads = "The table or one of its indexes has refused reads a hundred times in five minutes";
    let writes = "The table or one of its indexes has refused writes a hundred times in five minutes";
    alarm("ReadsThrottled", reads, "reads", "ReadThrottleEvents").write()
        + "\n"
        + &alarm("WritesThrottled", writes, "writes", "WriteThrottleEvents").write()
}

/// The queues that functions work through, or the others: dead letters.
fn queues(template: &Template, are_worked_through: bool) -> Vec<&Queue> {
    let is_source = |queue: &Queue| template.queue_sources.iter().any(|source| source.queue == queue.name);
    let mut queues: Vec<_> = template.queues.iter().filter(|queue| is_source(queue) == are_worked_through).collect();
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    queues
}

/// The metrics of the dashboard's widgets that have one for each function or queue.
pub(crate) fn dashboard(template: &Template) -> String {
    let of_queues = |name: &str, are_worked_through| -> Vec<_> {
        let queues = queues(template, are_worked_through).into_iter();
        queues.map(|queue| format!(r#"["AWS/SQS", "{name}", "QueueName", "${{{}.QueueName}}"]"#, queue.name)).collect()
    };
    let functions = by_name(template).into_values().map(|function| &function.logical_name);
    let errors = functions.map(|name| format!(r#"["AWS/Lambda", "Errors", "FunctionName", "${{{name}}}"]"#)).collect();
    let mut text = String::new();
    for (name, metrics) in [
        ("FunctionErrors", errors),
        ("OldestMessages", of_queues("ApproximateAgeOfOldestMessage", true)),
        ("DeadLetters", of_queues("ApproximateNumberOfMessagesVisible", false)),
    ] {
        let metrics: Vec<String> = metrics;
        let indent = if text.is_empty() { "        - " } else { "          " };
        _ = writeln!(text, "{indent}{name}: !Sub |-\n            {}", metrics.join(",\n            "));
    }
    text
}

/// The queues' addresses among what the stack puts out.
pub(crate) fn outputs(template: &Template) -> String {
    let all = queues(template, true).into_iter().chain(queues(template, false)).map(|queue| &queue.name);
    all.map(|name| format!("  {name}Url:\n    Value: !Ref {name}\n")).collect()
}
