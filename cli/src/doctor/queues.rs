//! The queues: how much waits in each, and whether anything was given up.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};

use super::{Deployment, Report};
use quayside_store::connections::told;

/// So many waiting messages are more than a moment's work, and worth a look.
const MANY: u64 = 1_000;

const GIVEN_UP: &str = "the function's log says why; reprocess the assets, then purge the queue";
const UNDELIVERED: &str = "their attributes say why; sweep gives their assets up, then purge the queue";

pub(super) async fn examine(deployment: &Deployment, report: &mut Report) {
    let client = Client::new(&deployment.aws);
    let mut any = false;
    for (name, url) in deployment.outputs.ending_in("QueueUrl") {
        any = true;
        match counts(&client, url).await {
            Ok((waiting, under_way)) => {
                let text = format!("{name}: {waiting} waiting, {under_way} under way");
                if waiting > MANY {
                    report.note(
                        "queues",
                        &format!("{text}: more than its function soon works off; see its log and its concurrency"),
                    );
                } else {
                    report.ok("queues", &text);
                }
            }
            Err(problem) => report.wrong("queues", &format!("{name} cannot be looked at: {problem}")),
        }
    }
    let dead = deployment.outputs.ending_in("DeadLettersUrl").map(|(name, url)| (name, url, GIVEN_UP));
    // What pipe, rules and schedule could not deliver.
    let undelivered = deployment.outputs.find("UndeliveredUrl").map(|url| ("Undelivered", url, UNDELIVERED));
    for (name, url, advice) in dead.chain(undelivered) {
        match counts(&client, url).await {
            Ok((0, 0)) => report.ok("queues", &format!("{name}: no dead letters")),
            Ok((waiting, under_way)) => {
                let letters = if waiting + under_way == 1 { "letter" } else { "letters" };
                report.wrong("queues", &format!("{name}: {} dead {letters}: {advice}", waiting + under_way));
            }
            Err(problem) => report.wrong("queues", &format!("{name}'s dead letters cannot be looked at: {problem}")),
        }
    }
    if !any {
        report.wrong("queues", "the stack has no output that ends in QueueUrl: deploy this version's template");
    }
}

/// Messages that wait, and that are under way. SQS counts approximately.
async fn counts(client: &Client, url: &str) -> Result<(u64, u64), String> {
    let request = client.get_queue_attributes().queue_url(url);
    let request = request.attribute_names(ApproximateNumberOfMessages);
    let request = request.attribute_names(ApproximateNumberOfMessagesNotVisible);
    let attributes = request.send().await.map_err(|error| told(&error))?.attributes.unwrap_or_default();
    let count = |name| attributes.get(name).and_then(|count| count.parse().ok()).ok_or("a count is missing");
    Ok((count(&ApproximateNumberOfMessages)?, count(&ApproximateNumberOfMessagesNotVisible)?))
}
