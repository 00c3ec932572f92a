//! Backblaze B2's native API, version 4, as far as a bucket's setup and examination need it
//! (<https://www.backblaze.com/apidocs/introduction-to-the-b2-native-api>).

use quayside_store::config::Secret;
use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::web::told;
use crate::{Result, web};

/// Where accounts are authorized.
pub(crate) const ADDRESS: &str = "https://api.backblazeb2.com";

/// An authorized account.
pub(crate) struct B2 {
    http: reqwest::Client,
    token: Secret,
    account: String,
    api: String,
    /// Address of its S3 interface.
    pub(crate) s3: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorization {
    account_id: String,
    authorization_token: Secret,
    api_info: ApiInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiInfo {
    storage_api: StorageApi,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StorageApi {
    api_url: String,
    s3_api_url: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    message: String,
}

/// A bucket.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bucket {
    /// Its id.
    pub(crate) bucket_id: String,
    bucket_name: String,
    /// `allPrivate` or `allPublic`, among others.
    pub(crate) bucket_type: String,
    /// Its CORS rules.
    #[serde(default)]
    pub(crate) cors_rules: Vec<CorsRule>,
    /// Its lifecycle rules.
    #[serde(default)]
    pub(crate) lifecycle_rules: Vec<LifecycleRule>,
    /// Counts its changes.
    pub(crate) revision: u64,
}

/// A CORS rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CorsRule {
    /// 6 to 50 letters, digits and `-`.
    pub(crate) cors_rule_name: String,
    /// Origins of pages.
    pub(crate) allowed_origins: Vec<String>,
    /// Headers that they may send.
    #[serde(default)]
    pub(crate) allowed_headers: Vec<String>,
    /// What they may do: `s3_put`.
    pub(crate) allowed_operations: Vec<String>,
    /// Headers that they may read.
    #[serde(default)]
    pub(crate) expose_headers: Vec<String>,
    /// How long a browser remembers it.
    pub(crate) max_age_seconds: i32,
}

/// A lifecycle rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifecycleRule {
    /// The keys that it is about begin with this.
    pub(crate) file_name_prefix: String,
    /// Objects are hidden this many days after they were written.
    pub(crate) days_from_uploading_to_hiding: Option<i32>,
    /// And deleted this many days after they were hidden.
    pub(crate) days_from_hiding_to_deleting: Option<i32>,
    /// Multipart uploads are aborted this many days after they were begun.
    pub(crate) days_from_starting_to_canceling_unfinished_large_files: Option<i32>,
}

/// An application key, without its secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    /// Its id.
    pub(crate) application_key_id: String,
    /// Its name, which need not be its alone.
    pub(crate) key_name: String,
    /// What it may do.
    pub(crate) capabilities: Vec<String>,
    /// The buckets that it is limited to.
    #[serde(default)]
    pub(crate) bucket_ids: Option<Vec<String>>,
    /// The keys that it is limited to begin with this.
    #[serde(default)]
    pub(crate) name_prefix: Option<String>,
}

/// What a key is to be limited to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Limits {
    /// What it may do.
    pub(crate) capabilities: Vec<String>,
    /// The keys that it may do it with begin with this.
    pub(crate) name_prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    application_key_id: String,
    application_key: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    keys: Vec<Key>,
    next_application_key_id: Option<String>,
}

#[derive(Deserialize)]
struct Buckets {
    buckets: Vec<Bucket>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    event_notification_rules: Vec<Value>,
}

impl B2 {
    /// Authorizes with an application key, at [`ADDRESS`] or another address.
    ///
    /// # Errors
    /// If B2 refuses the key, or cannot be reached.
    pub(crate) async fn authorize(address: &str, key_id: &str, application_key: &Secret) -> Result<Self> {
        let http = web::client()?;
        let url = format!("{address}/b2api/v4/b2_authorize_account");
        let request = http.get(url).basic_auth(key_id, Some(application_key.expose()));
        let answer: Authorization = ask("b2_authorize_account", request).await?;
        let StorageApi { api_url, s3_api_url } = answer.api_info.storage_api;
        let (token, account) = (answer.authorization_token, answer.account_id);
        Ok(Self { http, token, account, api: api_url, s3: s3_api_url })
    }

    /// The bucket of that name; `None` if the account has none.
    pub(crate) async fn find_bucket(&self, name: &str) -> Result<Option<Bucket>> {
        let body = json!({"accountId": self.account, "bucketName": name});
        let answer: Buckets = self.post("b2_list_buckets", &body).await?;
        Ok(answer.buckets.into_iter().find(|bucket| bucket.bucket_name == name))
    }

    /// Makes a private bucket.
    pub(crate) async fn create_bucket(&self, name: &str) -> Result<Bucket> {
        let body = json!({"accountId": self.account, "bucketName": name, "bucketType": "allPrivate"});
        self.post("b2_create_bucket", &body).await
    }

    /// Changes a bucket, unless it has been changed since it was read. Gives it as it is then.
    pub(crate) async fn update_bucket(&self, bucket: &Bucket, change: Value) -> Result<Bucket> {
        let mut body = change;
        body["accountId"] = json!(self.account);
        body["bucketId"] = json!(bucket.bucket_id);
        body["ifRevisionIs"] = json!(bucket.revision);
        self.post("b2_update_bucket", &body).await
    }

    /// All keys of the account.
    pub(crate) async fn keys(&self) -> Result<Vec<Key>> {
        const MOST: u32 = 1000;
        let mut all = Vec::new();
        let mut start = None;
        loop {
            let mut body = json!({"accountId": self.account, "maxKeyCount": MOST});
            if let Some(start) = start {
                body["startApplicationKeyId"] = json!(start);
            }
            let Keys { keys, next_application_key_id } = self.post("b2_list_keys", &body).await?;
            all.extend(keys);
            match next_application_key_id {
                Some(next) => start = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Makes a key for one bucket. Gives its id and its secret, which B2 tells this once.
    pub(crate) async fn create_key(&self, name: &str, bucket: &Bucket, limits: &Limits) -> Result<(String, Secret)> {
        let mut body = json!({
            "accountId": self.account,
            "keyName": name,
            "capabilities": limits.capabilities,
            "bucketIds": [bucket.bucket_id],
        });
        if let Some(prefix) = &limits.name_prefix {
            body["namePrefix"] = json!(prefix);
        }
        let key: NewKey = self.post("b2_create_key", &body).await?;
        Ok((key.application_key_id, key.application_key))
    }

    /// The bucket's event rules, as B2 has them.
    pub(crate) async fn event_rules(&self, bucket: &Bucket) -> Result<Vec<Value>> {
        const OPERATION: &str = "b2_get_bucket_notification_rules";
        let url = Url::parse_with_params(&self.url(OPERATION), [("bucketId", &bucket.bucket_id)])?;
        let answer: Rules = ask(OPERATION, self.http.get(url).header("authorization", self.token.expose())).await?;
        Ok(answer.event_notification_rules)
    }

    /// Replaces all event rules of the bucket.
    pub(crate) async fn set_event_rules(&self, bucket: &Bucket, rules: &[Value]) -> Result<()> {
        let body = json!({"bucketId": bucket.bucket_id, "eventNotificationRules": rules});
        self.post::<Value>("b2_set_bucket_notification_rules", &body).await.map(drop)
    }

    fn url(&self, operation: &str) -> String {
        format!("{}/b2api/v4/{operation}", self.api)
    }

    async fn post<T: DeserializeOwned>(&self, operation: &str, body: &Value) -> Result<T> {
        let request = self.http.post(self.url(operation)).header("authorization", self.token.expose());
        ask(operation, request.json(body)).await
    }
}

/// A thousand keys are less than one megabyte.
const LONGEST_ANSWER: usize = 16 << 20;

async fn ask<T: DeserializeOwned>(operation: &str, request: RequestBuilder) -> Result<T> {
    let failed = |text: String| format!("B2 ({operation}): {text}");
    let answer = request.send().await.map_err(|error| failed(told(error)))?;
    let status = answer.status();
    let body = web::body(answer, LONGEST_ANSWER).await.map_err(|error| failed(told(error)))?;
    if status.is_success() {
        // Of an answer that is not understood nothing is shown: it may hold a key.
        return Ok(serde_json::from_slice(&body).map_err(|error| {
            failed(format!("its answer is not understood (line {}, column {})", error.line(), error.column()))
        })?);
    }
    let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
    let told = refusal.map_or_else(|| status.to_string(), |Refusal { code, message }| format!("{code}: {message}"));
    Err(failed(told).into())
}
