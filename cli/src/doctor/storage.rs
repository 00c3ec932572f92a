//! Storage: that the functions' key can do what they do and no more, that strangers get nothing, and that pages can
//! upload.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use quayside_domain::keys;
use quayside_store::config::StorageConfig;
use quayside_store::connections::{for_sdk, told};
use quayside_store::storage::client;
use reqwest::header::{ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderMap, ORIGIN};

use super::{Deployment, Report, clock, configured, cors};
use crate::web;

/// How long storage's answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is in a probe.
pub(super) const BYTES: &[u8] = b"A probe of quayside doctor. It may be deleted.\n";

/// The bucket, opened with the functions' key, which works.
pub(super) struct Bucket {
    client: Client,
    name: String,
}

/// An object that was put, with its version where the store keeps several.
pub(super) struct Put {
    key: String,
    version: Option<String>,
}

/// Examines storage. Gives the bucket if the functions' key works.
pub(super) async fn examine(deployment: &Deployment, report: &mut Report) -> Option<Bucket> {
    let config = configured(StorageConfig::read(&deployment.variables), "storage", report)?;
    let http = for_sdk(deployment.http.clone());
    let bucket = Bucket { client: client(&config, "doctor", PATIENCE, &http), name: config.bucket.clone() };
    let key = keys::incoming(&deployment.location());

    // Before anything is signed, which a wrong clock spoils. What does not answer at all is told of by what follows.
    if let Ok(answer) = deployment.http.get(plain_url(&config, &key)).send().await {
        clock::compare("storage", answer.headers(), report);
    }
    let probe = match bucket.put(&key).await {
        Ok(probe) => probe,
        Err(error) => {
            report.wrong("storage", &format!("the functions' key cannot put an object: {}", advice(&error, &config)));
            return None;
        }
    };
    match bucket.get(&key).await {
        Ok(bytes) if bytes == BYTES => report.ok("storage", "the functions' key puts and gets objects"),
        Ok(_) => report.wrong("storage", "an object that was put comes back as another"),
        Err(problem) => report.wrong("storage", &format!("an object that was put cannot be got: {problem}")),
    }
    versions(&bucket, &key, report).await;
    parts(deployment, &bucket, report).await;
    strangers(deployment, &config, &key, report).await;
    pages(deployment, &bucket, &key, report).await;
    match bucket.delete(probe).await {
        Ok(()) => report.ok("storage", "the functions' key deletes objects"),
        Err(problem) => {
            let text = format!("the functions' key cannot delete {key}: {problem}; sweep cannot free what was deleted");
            report.wrong("storage", &text);
        }
    }
    elsewhere(deployment, &bucket, report).await;
    Some(bucket)
}

impl Bucket {
    /// Puts a probe.
    pub(super) async fn put(
        &self,
        key: &str,
    ) -> Result<Put, SdkError<aws_sdk_s3::operation::put_object::PutObjectError>> {
        let put = self.client.put_object().bucket(&self.name).key(key).content_type("text/plain");
        let answer = put.body(ByteStream::from_static(BYTES)).send().await?;
        Ok(Put { key: key.to_owned(), version: answer.version_id })
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, String> {
        let answer = self.client.get_object().bucket(&self.name).key(key).send().await.map_err(|error| told(&error))?;
        Ok(answer.body.collect().await.map_err(|error| error.to_string())?.to_vec())
    }

    /// Deletes what was put, its version if it has one: a store that keeps versions would only hide it.
    pub(super) async fn delete(&self, put: Put) -> Result<(), String> {
        let request = self.client.delete_object().bucket(&self.name).key(put.key).set_version_id(put.version);
        request.send().await.map(drop).map_err(|error| told(&error))
    }
}

/// What storage says, and what to do about it.
fn advice<E: ProvideErrorMetadata + std::error::Error + 'static>(
    error: &SdkError<E>,
    config: &StorageConfig,
) -> String {
    let advice = match error.code().unwrap_or_default() {
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" => {
            "the key in StorageSecret is none of this store's: `quayside setup-bucket` makes a new one"
        }
        "AccessDenied" | "Unauthorized" | "AllAccessDisabled" => {
            "the key in StorageSecret may not write to this bucket"
        }
        "NoSuchBucket" => "there is no such bucket: `quayside setup-bucket` makes it",
        "RequestTimeTooSkewed" => "this machine's clock is wrong",
        _ => "check StorageEndpoint, StorageRegion and StorageBucket",
    };
    format!("{} ({}, bucket {}): {advice}", told(error), config.endpoint, config.bucket)
}

/// Where anybody would look for an object.
fn plain_url(config: &StorageConfig, key: &str) -> String {
    format!("{}/{}/{key}", config.endpoint.as_str().trim_end_matches('/'), config.bucket)
}

/// What `sweep` asks before it deletes: a store that keeps versions frees nothing before all of them are gone.
async fn versions(bucket: &Bucket, key: &str, report: &mut Report) {
    match bucket.client.list_object_versions().bucket(&bucket.name).prefix(key).send().await {
        Ok(page) if page.versions().iter().any(|version| version.key() == Some(key)) => {
            report.ok("storage", "the functions' key lists versions of objects");
        }
        Ok(_) => report.wrong("storage", "an object that was put is not among the versions that are listed"),
        Err(error) => {
            let problem = told(&error);
            let text = format!("the functions' key cannot list versions of objects: {problem}; nothing is ever freed");
            report.wrong("storage", &text);
        }
    }
}

/// A large upload is begun, asked after and aborted. Its parts are put as objects are.
async fn parts(deployment: &Deployment, bucket: &Bucket, report: &mut Report) {
    let (client, name, key) = (&bucket.client, &bucket.name, keys::original(&deployment.location()));
    let id = match client.create_multipart_upload().bucket(name).key(&key).send().await {
        Ok(upload) => upload.upload_id.unwrap_or_default(),
        Err(error) => {
            let problem = told(&error);
            let text = format!("the functions' key cannot begin a large upload: {problem}; nobody can upload a film");
            return report.wrong("storage", &text);
        }
    };
    let listed = client.list_parts().bucket(name).key(&key).upload_id(&id).send().await;
    let aborted = client.abort_multipart_upload().bucket(name).key(&key).upload_id(&id).send().await;
    if let Err(error) = &listed {
        let problem = told(error);
        let text = format!("the functions' key cannot list parts of a large upload: {problem}; none can be completed");
        report.wrong("storage", &text);
    }
    if let Err(error) = &aborted {
        let problem = told(error);
        let text = format!("the functions' key cannot abort a large upload: {problem}; its parts stay for a week");
        report.wrong("storage", &text);
    }
    if listed.is_ok() && aborted.is_ok() {
        report.ok("storage", "the functions' key begins large uploads, lists their parts and aborts them");
    }
}

/// An object is there for nobody who has no key.
async fn strangers(deployment: &Deployment, config: &StorageConfig, key: &str, report: &mut Report) {
    match deployment.http.get(plain_url(config, key)).send().await {
        Ok(answer) if matches!(answer.status().as_u16(), 401 | 403) => {
            report.ok("storage", "the bucket is private");
        }
        Ok(answer) if answer.status().is_success() => {
            report.wrong("storage", "anybody may read the bucket: `quayside setup-bucket` makes it private");
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            let text =
                format!("a stranger is answered with {status}, not 403: nobody knows whether the bucket is private");
            report.wrong("storage", &text);
        }
        Err(error) => report.wrong("storage", &format!("storage does not answer: {}", web::told(error))),
    }
}

/// A page uploads: it asks, it puts to a presigned URL, and it reads the etag.
async fn pages(deployment: &Deployment, bucket: &Bucket, key: &str, report: &mut Report) {
    let part = "cors";
    let presigned = match PresigningConfig::expires_in(PATIENCE * 3) {
        Ok(validity) => {
            let put = bucket.client.put_object().bucket(&bucket.name).key(key).content_type("text/plain");
            let put = put.content_length(i64::try_from(BYTES.len()).unwrap_or_default());
            put.presigned(validity).await.map_err(|error| told(&error))
        }
        Err(error) => Err(error.to_string()),
    };
    let url = match presigned {
        Ok(request) => request.uri().to_owned(),
        Err(problem) => return report.wrong(part, &format!("a URL cannot be presigned: {problem}")),
    };
    let advice = "`quayside setup-bucket` with all origins sets the rules";
    for origin in &deployment.origins {
        if let Err(problem) = cors::preflight(&deployment.http, &url, origin, "PUT", &["content-type"]).await {
            report.wrong(part, &format!("pages of {origin} may not upload to the bucket: {problem}; {advice}"));
            continue;
        }
        let put = deployment.http.put(&url).header(ORIGIN, origin).header(CONTENT_TYPE, "text/plain").body(BYTES);
        match put.send().await {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers());
                if !status.is_success() {
                    let status = status.as_u16();
                    report.wrong(part, &format!("a presigned upload is answered with {status}"));
                } else if !cors::allows_origin(headers, origin) || !exposes_etag(headers) {
                    report
                        .wrong(part, &format!("pages of {origin} cannot read the etag of what they upload; {advice}"));
                } else {
                    report.ok(part, &format!("pages of {origin} may upload to the bucket and read the etag"));
                }
                let version = headers.get("x-amz-version-id").and_then(|version| version.to_str().ok());
                let put = Put { key: key.to_owned(), version: version.map(ToOwned::to_owned) };
                // Without versions there is one object, which is deleted at the end.
                if put.version.is_some()
                    && let Err(problem) = bucket.delete(put).await
                {
                    report.wrong("storage", &format!("the functions' key cannot delete {key}: {problem}"));
                }
            }
            Err(error) => report.wrong(part, &format!("a presigned upload is not answered: {}", web::told(error))),
        }
    }
}

fn exposes_etag(headers: &HeaderMap) -> bool {
    cors::words(headers, &ACCESS_CONTROL_EXPOSE_HEADERS).any(|word| word == "*" || word.eq_ignore_ascii_case("etag"))
}

/// The key should end where the functions' work ends.
async fn elsewhere(deployment: &Deployment, bucket: &Bucket, report: &mut Report) {
    let key = format!("quayside-doctor/{}", deployment.probe);
    match bucket.put(&key).await {
        Err(error) if matches!(error.raw_response().map(|answer| answer.status().as_u16()), Some(401 | 403)) => {
            report.ok("storage", "the functions' key may not write outside incoming/ and media/");
        }
        Err(error) => report.wrong("storage", &format!("storage fails outside incoming/ and media/: {}", told(&error))),
        Ok(put) => {
            report.note(
                "storage",
                "the functions' key may write outside incoming/ and media/: B2 limits a key to one prefix, AWS to both \
                 (deploy/iam/functions.json)",
            );
            if let Err(problem) = bucket.delete(put).await {
                report.wrong("storage", &format!("the functions' key cannot delete {key}: {problem}"));
            }
        }
    }
}
