//! Somebody who uses the API.

use std::str::FromStr;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::description;
use super::system::{System, eventually};

/// Somebody with a token, or without.
#[derive(Clone)]
pub struct User {
    pub sub: String,
    token: Option<String>,
    /// For whom a service acts.
    owner: Option<String>,
    gateway: String,
    http: reqwest::Client,
}

/// An answer of the API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    /// The body, to the byte.
    pub body: Vec<u8>,
    /// Null where there is no JSON.
    pub json: Value,
}

impl Answer {
    /// The problem's code.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The body, if the status is what is expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }

    /// Checks that this is a problem document of that status and code, and gives it.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.headers["cache-control"], "no-store");
        assert_eq!(self.json["status"], status);
        assert!(!self.json["detail"].as_str().unwrap().is_empty());
        self.json
    }

    fn new(status: u16, headers: reqwest::header::HeaderMap, body: Vec<u8>) -> Self {
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Self { status, headers, body, json }
    }
}

impl User {
    pub(super) fn new(system: &System, sub: &str, token: Option<String>) -> Self {
        Self { sub: sub.to_owned(), token, owner: None, gateway: system.gateway.clone(), http: system.http.clone() }
    }

    /// The same, acting for an owner of assets.
    pub fn acting_for(&self, owner: &str) -> Self {
        Self { owner: Some(owner.to_owned()), ..self.clone() }
    }

    /// A request with this user's token, to be added to and sent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.gateway));
        let request = match &self.owner {
            Some(owner) => request.header("quayside-owner", owner),
            None => request,
        };
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request, and checks that the API's description knows of the answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = self.http.execute(request).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let answer = Answer::new(status, headers, answer.bytes().await.unwrap().to_vec());
        description::check(method.as_str(), &path, &answer);
        answer
    }

    /// Sends a request whose path goes out as it stands, which no ordinary client does with `%2e%2e`.
    pub async fn send_raw(&self, method: &str, path: &str, body: &str) -> Answer {
        let host = self.gateway.strip_prefix("http://").unwrap();
        let authorization = self.token.as_ref().map(|token| format!("authorization: Bearer {token}\r\n"));
        let authorization = authorization.unwrap_or_default();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{authorization}\
             content-length: {length}\r\n\r\n{body}"
        );
        let mut connection = tokio::net::TcpStream::connect(host).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (HeaderName::from_str(name).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        Answer::new(status, headers.collect(), answer[end + 4..].to_vec())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Begins an upload and gives the instructions.
    pub async fn begin(&self, filename: &str, content_type: &str, size: usize) -> Value {
        let body = json!({"filename": filename, "contentType": content_type, "size": size});
        self.post("/v1/uploads", &body).await.expect(201)
    }

    /// Begins an upload into a project and gives the instructions.
    pub async fn begin_in(&self, project: &str, filename: &str, content_type: &str, size: usize) -> Value {
        let body = json!({"filename": filename, "contentType": content_type, "size": size, "projectId": project});
        self.post("/v1/uploads", &body).await.expect(201)
    }

    /// Puts bytes to a presigned URL with the headers of the instructions, and gives status and etag.
    pub async fn put(&self, url: &Value, headers: &Value, bytes: Vec<u8>) -> (u16, String) {
        let mut request = self.http.put(url.as_str().unwrap()).body(bytes);
        for (name, value) in headers.as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap());
        }
        let answer = request.send().await.unwrap();
        let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned());
        (answer.status().as_u16(), etag.unwrap_or_default())
    }

    /// Brings the bytes as the instructions say, whole or in parts, and gives number and etag of each part.
    pub async fn bring(&self, instructions: &Value, bytes: &[u8]) -> Vec<Value> {
        if instructions["strategy"] == "single" {
            let (status, _) = self.put(&instructions["url"], &instructions["headers"], bytes.to_vec()).await;
            assert_eq!(status, 200);
            return Vec::new();
        }
        let part_size = usize::try_from(instructions["partSize"].as_u64().unwrap()).unwrap();
        let mut parts = Vec::new();
        for (part, piece) in instructions["parts"].as_array().unwrap().iter().zip(bytes.chunks(part_size)) {
            let (status, etag) = self.put(&part["url"], &Value::Null, piece.to_vec()).await;
            assert_eq!(status, 200);
            parts.push(json!({"partNumber": part["partNumber"], "etag": etag}));
        }
        parts
    }

    /// Uploads a file and completes it. Gives the asset's id.
    pub async fn upload(&self, filename: &str, content_type: &str, bytes: &[u8]) -> String {
        let instructions = self.begin(filename, content_type, bytes.len()).await;
        let id = instructions["assetId"].as_str().unwrap().to_owned();
        self.bring(&instructions, bytes).await;
        self.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
        id
    }

    /// The asset once it is inspected, be it `ready` or `failed`.
    pub async fn inspected(&self, id: &str) -> Value {
        eventually("the asset is inspected", async || {
            let asset = self.get(&format!("/v1/assets/{id}")).await.expect(200);
            (asset["status"] == "ready" || asset["status"] == "failed").then_some(asset)
        })
        .await
    }

    /// Uploads a file that is sound and waits until it is ready.
    pub async fn upload_ready(&self, filename: &str, content_type: &str, bytes: &[u8]) -> Value {
        let id = self.upload(filename, content_type, bytes).await;
        let asset = self.inspected(&id).await;
        assert_eq!(asset["status"], "ready", "{asset}");
        asset
    }
}
