//! The CDN: that it serves what is signed, whole and in part, and nothing else.

use quayside_domain::Timestamp;
use quayside_domain::keys;
use quayside_store::config::DeliveryConfig;
use quayside_store::connections::told;
use quayside_store::delivery::Cdn;
use reqwest::header::RANGE;

use super::storage::{BYTES, Bucket};
use super::{Deployment, Report, configured};
use crate::web;

pub(super) async fn examine(deployment: &Deployment, bucket: Option<&Bucket>, report: &mut Report) {
    let Some(config) = configured(DeliveryConfig::read(&deployment.variables), "cdn", report) else { return };
    let Some(bucket) = bucket else {
        return report.note("cdn", "not looked at: there is nothing to serve until storage takes a probe");
    };
    let key = keys::original(&deployment.location());
    let probe = match bucket.put(&key).await {
        Ok(probe) => probe,
        Err(error) => return report.wrong("cdn", &format!("storage takes no probe below media/: {}", told(&error))),
    };
    let base = config.url.to_string();
    look(deployment, &base, &key, &Cdn::new(config), report).await;
    if let Err(problem) = bucket.delete(probe).await {
        report.wrong("storage", &format!("the functions' key cannot delete {key}: {problem}"));
    }
}

async fn look(deployment: &Deployment, base: &str, key: &str, cdn: &Cdn, report: &mut Report) {
    let signed = cdn.url(key, Timestamp::now(), false).url;
    let get = async |url: &str, range: Option<&str>| {
        let mut request = deployment.http.get(url);
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        let answer = request.send().await.map_err(web::told)?;
        let status = answer.status().as_u16();
        // What is longer is something else, whatever follows.
        Ok::<_, String>((status, web::body(answer, BYTES.len() + 1).await.map_err(web::told)?))
    };
    let whole = get(&signed, None).await;
    let served = matches!(&whole, Ok((200, bytes)) if bytes == BYTES);
    match whole {
        Ok(_) if served => report.ok("cdn", "a signed URL is served"),
        Ok((200, _)) => report.wrong("cdn", "a signed URL is served as something else: check the CDN's origin"),
        Ok((401 | 403, _)) => report.wrong(
            "cdn",
            "a signed URL is refused: the CDN's token key is not the one in CdnSecret, or the CDN's own key may not read \
             media/ in the bucket",
        ),
        Ok((status, _)) => {
            report.wrong("cdn", &format!("a signed URL is answered with {status}: check the CDN's origin, {base}"));
        }
        Err(problem) => return report.wrong("cdn", &format!("{base} does not answer: {problem}")),
    }
    // What is not served whole is not served in part, which need not be said twice.
    if served {
        match get(&signed, Some("bytes=2-6")).await {
            Ok((206, bytes)) if bytes == BYTES[2..=6] => report.ok("cdn", "ranges are served"),
            Ok((206, _)) => report.wrong("cdn", "a range is answered with other bytes: films cannot be sought"),
            Ok((status, _)) => {
                report.wrong("cdn", &format!("a range is answered with {status}, not 206: films cannot be sought"));
            }
            Err(problem) => report.wrong("cdn", &format!("a range is not answered: {problem}")),
        }
    }
    let unsigned = format!("{}/{key}", base.trim_end_matches('/'));
    let expired = cdn.url(key, Timestamp::from_unix_seconds(1_000_000_000), false).url;
    let altered = signed.replace("token=HS256-", "token=HS256-A");
    for (what, url) in
        [("without a token", unsigned), ("with an altered token", altered), ("that has expired", expired)]
    {
        match get(&url, None).await {
            Ok((401 | 403, _)) => report.ok("cdn", &format!("a URL {what} is refused")),
            Ok((status, _)) => {
                let text = format!("a URL {what} is answered with {status}, not 403: switch token authentication on");
                report.wrong("cdn", &text);
            }
            Err(problem) => report.wrong("cdn", &format!("a URL {what} is not answered: {problem}")),
        }
    }
}
