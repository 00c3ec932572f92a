//! The table: that it is there, with its stream, which is the outbox, and can be restored.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, StreamViewType, TableStatus, TimeToLiveStatus};

use super::{Deployment, Report};
use crate::Result;
use quayside_store::connections::told;

pub(super) async fn examine(deployment: &Deployment, report: &mut Report) -> Result<()> {
    let client = Client::new(&deployment.aws);
    let name = deployment.outputs.get("TableName")?;
    let table = match client.describe_table().table_name(name).send().await {
        Ok(answer) => answer.table,
        Err(error) => {
            report.wrong("table", &format!("{name} cannot be described: {}", told(&error)));
            return Ok(());
        }
    };
    match table.as_ref().and_then(|table| table.table_status()) {
        Some(TableStatus::Active) => report.ok("table", &format!("{name} is active")),
        status => report.wrong("table", &format!("{name} is {}", status.map_or("nowhere", TableStatus::as_str))),
    }
    let stream = table.as_ref().and_then(|table| table.stream_specification());
    match stream.filter(|stream| stream.stream_enabled()).and_then(|stream| stream.stream_view_type()) {
        Some(StreamViewType::NewAndOldImages) => report.ok("table", "its stream has new and old images"),
        _ => report.wrong("table", "it has no stream of new and old images: no work is started; deploy the template"),
    }

    match client.describe_time_to_live().table_name(name).send().await {
        Ok(answer) => {
            let found = answer.time_to_live_description.as_ref();
            let enabled = found.filter(|ttl| ttl.time_to_live_status() == Some(&TimeToLiveStatus::Enabled));
            match enabled.and_then(|ttl| ttl.attribute_name()) {
                Some("expires_at") => report.ok("table", "what has expired goes by itself"),
                _ => report.wrong("table", "its time to live is not on expires_at: deploy the template"),
            }
        }
        Err(error) => report.wrong("table", &format!("its time to live cannot be read: {}", told(&error))),
    }
    match client.describe_continuous_backups().table_name(name).send().await {
        Ok(answer) => {
            let found =
                answer.continuous_backups_description.and_then(|found| found.point_in_time_recovery_description);
            match found.and_then(|found| found.point_in_time_recovery_status) {
                Some(PointInTimeRecoveryStatus::Enabled) => report.ok("table", "it can be restored to a point in time"),
                _ => report.wrong("table", "it cannot be restored to a point in time: deploy the template"),
            }
        }
        Err(error) if error.code() == Some("UnknownOperationException") => {
            report.note("table", "this DynamoDB has no backups");
        }
        Err(error) => report.wrong("table", &format!("its backups cannot be read: {}", told(&error))),
    }
    Ok(())
}
