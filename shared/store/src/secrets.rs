//! Secrets, which no variable holds: a variable names one, and the function asks for it when it starts.
//!
//! `secretsmanager:{name}:{key}` stands for the text under `key` in the JSON object that is the secret `name` of AWS
//! Secrets Manager. It is asked for once: who changes a secret replaces the running functions (docs/OPERATIONS.md).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{AppName, BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::future::try_join_all;
use serde_json::{Map, Value};

use crate::config::{AwsConfig, ConfigError, SecretName, Variables};
use crate::connections::{retries, told};
use quayside_domain::error::Cause;

/// The variables with the secrets that they name. Each secret is asked for once, all at the same time; nothing is asked
/// where no variable names one.
///
/// # Errors
/// If a secret cannot be had, or has no such key.
pub async fn resolve(
    variables: &Variables,
    function: &'static str,
    http: &SharedHttpClient,
) -> Result<Variables, ConfigError> {
    let named = variables.secret_names()?;
    if named.is_empty() {
        return Ok(variables.clone());
    }
    let client = client(&AwsConfig::read(variables)?, function, http);
    let names: BTreeSet<_> = named.iter().map(|(_, secret)| secret.name).collect();
    let secrets = try_join_all(names.into_iter().map(async |name| {
        let unreadable = |cause: Cause| ConfigError::secret(name, format!("cannot be read: {cause}"));
        Ok((name, read(&client, name).await.map_err(unreadable)?))
    }));
    let secrets: BTreeMap<_, _> = secrets.await?.into_iter().collect();
    let mut resolved = Vec::with_capacity(named.len());
    for (variable, SecretName { name, key }) in named {
        let value = secrets.get(name).and_then(|secret| secret.get(key)).and_then(Value::as_str);
        let missing = || ConfigError::secret(name, format!("has no text under {key}"));
        resolved.push((variable.to_owned(), value.ok_or_else(missing)?.to_owned()));
    }
    Ok(variables.with(resolved))
}

fn client(aws: &AwsConfig, function: &'static str, http: &SharedHttpClient) -> Client {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(5));
    let mut settings = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(aws.credentials())
        .http_client(http.clone())
        .retry_config(retries())
        .timeout_config(timeouts.build());
    settings.set_endpoint_url(aws.secrets_endpoint.as_ref().map(ToString::to_string));
    settings.set_app_name(AppName::new(function).ok());
    Client::from_conf(settings.build())
}

async fn read(client: &Client, name: &str) -> Result<Map<String, Value>, Cause> {
    let answer = client.get_secret_value().secret_id(name).send().await.map_err(|error| told(&error))?;
    // What is wrong with it is not told: the text of the error might repeat the secret.
    serde_json::from_str(answer.secret_string().unwrap_or_default()).map_err(|_| "it is no JSON object".into())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::sync::{Arc, Mutex};

    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::json;

    use super::*;
    use crate::config::StorageConfig;
    use crate::connections::http_client;

    type Asked = Arc<Mutex<Vec<String>>>;

    /// Secrets Manager's `GetSecretValue`, as its documentation has it, with two secrets; and what it was asked for.
    async fn secrets_manager() -> (String, Asked) {
        let asked = Asked::default();
        let noted = asked.clone();
        let answer = async move |headers: HeaderMap, request: String| {
            assert_eq!(headers["x-amz-target"], "secretsmanager.GetSecretValue");
            let request: Value = serde_json::from_str(&request).unwrap();
            let name = request["SecretId"].as_str().unwrap().to_owned();
            noted.lock().unwrap().push(name.clone());
            let text = match name.as_str() {
                "a/storage" => json!({"keyId": "k1", "applicationKey": "hunter2"}).to_string(),
                "a/text" => "hunter2".to_owned(),
                "a/refused" => {
                    let error = json!({"__type": "AccessDeniedException", "Message": "not authorized"});
                    return (StatusCode::BAD_REQUEST, Json(error));
                }
                "a/unsigned" => {
                    let message =
                        "It does not match.\n\nThe Canonical String should have been\n'x-amz-security-token:session'";
                    let error = json!({"__type": "InvalidSignatureException", "message": message});
                    return (StatusCode::BAD_REQUEST, Json(error));
                }
                _ => {
                    let error = json!({"__type": "ResourceNotFoundException", "Message": "can't find it"});
                    return (StatusCode::BAD_REQUEST, Json(error));
                }
            };
            (StatusCode::OK, Json(json!({"Name": name, "SecretString": text})))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
        (url, asked)
    }

    fn variables(endpoint: &str, key: &str) -> Variables {
        let variables = [
            ("AWS_REGION", "local"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint),
            ("S3_ENDPOINT", "https://s3.example"),
            ("S3_REGION", "local"),
            ("S3_BUCKET", "media"),
            ("S3_KEY_ID", "secretsmanager:a/storage:keyId"),
            ("S3_APPLICATION_KEY", key),
        ];
        variables.into_iter().collect()
    }

    #[tokio::test]
    async fn a_variable_that_names_a_secret_has_its_value_and_each_secret_is_asked_for_once() {
        let (url, asked) = secrets_manager().await;
        let variables = variables(&url, "secretsmanager:a/storage:applicationKey");
        let resolved = resolve(&variables, "test", &http_client().unwrap()).await.unwrap();
        let storage = StorageConfig::read(&resolved).unwrap();
        assert_eq!((storage.key_id.as_str(), storage.application_key.expose()), ("k1", "hunter2"));
        assert_eq!(storage.bucket, "media");
        assert_eq!(*asked.lock().unwrap(), ["a/storage"]);
        assert!(!format!("{resolved:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn a_secret_that_cannot_be_had_stops_the_function_with_a_sentence_that_names_it() {
        let (url, _) = secrets_manager().await;
        for (key, sentence) in [
            ("secretsmanager:a/storage:other", "the secret a/storage has no text under other"),
            ("secretsmanager:a/text:key", "the secret a/text cannot be read: it is no JSON object"),
        ] {
            let refused = resolve(&variables(&url, key), "test", &http_client().unwrap()).await;
            assert_eq!(refused.unwrap_err().to_string(), sentence);
        }
        let nobody = "http://127.0.0.1:9".to_owned();
        for (url, name, cause) in [
            (&url, "a/none", "ResourceNotFoundException: can't find it"),
            (&url, "a/refused", "AccessDeniedException: not authorized"),
            (&url, "a/unsigned", "InvalidSignatureException: It does not match."),
            (&nobody, "a/storage", "refused"),
        ] {
            let variables = variables(url, &format!("secretsmanager:{name}:key"));
            let refused = resolve(&variables, "test", &http_client().unwrap()).await;
            let sentence = refused.unwrap_err().to_string();
            assert!(sentence.starts_with("the secret ") && sentence.contains(cause), "{sentence}");
            assert!(!sentence.contains('\n') && !sentence.contains("session"), "{sentence}");
        }
        for reference in ["secretsmanager:a/storage", "secretsmanager:a/storage:", "secretsmanager::key"] {
            let refused = resolve(&variables(&url, reference), "test", &http_client().unwrap()).await;
            let sentence = "S3_APPLICATION_KEY must name a secret and a key of it, as secretsmanager:name:key";
            assert_eq!(refused.unwrap_err().to_string(), sentence);
        }
    }
}
