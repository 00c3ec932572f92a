//! Whose token is accepted, in each mode of authentication; `roles` has the mode `gateway` on every route.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::stage::template;
use crate::support::{BUCKET, Options, System, files};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "the-application";

const NO_TOKEN: &str = "Send a bearer token in the Authorization header.";
const INVALID: &str = "The token is invalid.";
const NO_SUBJECT: &str = "The token needs a sub that is a string.";
const WRONG_ALGORITHM: &str = "The token's algorithm is not accepted.";
const WRONG_SIGNATURE: &str = "The token's signature is invalid.";

/// An issuer's RSA key.
struct Key {
    id: &'static str,
    private: EncodingKey,
    /// An `RSAPublicKey` (RFC 8017, appendix A.1.1).
    public: Vec<u8>,
    jwk: Value,
}

impl Key {
    fn generate(id: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let public = pair.public_key();
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (modulus, exponent) = (public.modulus(), public.exponent());
        let jwk = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
            "n": part(modulus.big_endian_without_leading_zero()),
            "e": part(exponent.big_endian_without_leading_zero()),
        });
        // The RSA key itself follows 26 bytes that say that it is one (RFC 5958).
        Self { id, private: EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..]), public: public.as_ref().to_vec(), jwk }
    }

    fn sign(&self, claims: &Value) -> String {
        sign(Algorithm::RS256, Some(self.id), claims, &self.private)
    }
}

fn sign(algorithm: Algorithm, key_id: Option<&str>, claims: &Value, key: &EncodingKey) -> String {
    let header = Header { kid: key_id.map(ToOwned::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

/// Claims of ada's that are accepted.
fn claims() -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 600})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// Claims that are refused whoever signs them, each with the reason.
fn refused_claims() -> Vec<(Value, &'static str)> {
    let now = claims()["iat"].as_u64().unwrap();
    let mut refused = vec![
        (with("exp", json!(now - 60)), "The token has expired."),
        (with("nbf", json!(now + 60)), "The token is not valid yet."),
        (with("iss", json!("https://other.example")), "The token has the wrong issuer (iss)."),
        (with("aud", json!("another-application")), "The token has the wrong audience (aud)."),
        (without("exp"), "The token needs exp, iss and aud."),
        (without("iss"), "The token needs exp, iss and aud."),
        (without("aud"), "The token needs exp, iss and aud."),
        (without("sub"), NO_SUBJECT),
        (with("sub", json!([])), INVALID),
        (with("sub", json!({})), INVALID),
        (with("sub", json!("")), "The token's sub must have 1 to 255 bytes and no control characters."),
    ];
    refused.extend([json!(null), json!(7), json!(7.0), json!(true)].map(|sub| (with("sub", sub), NO_SUBJECT)));
    refused
}

/// Tokens that nobody has signed.
fn unsigned() -> Vec<(String, &'static str)> {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let none = part(&json!({"alg": "none", "typ": "JWT", "kid": "one"}));
    vec![
        (format!("{none}.{}.", part(&claims())), INVALID),
        (format!("{none}.{}.c2lnbmF0dXJl", part(&claims())), INVALID),
        ("a.b.c".to_owned(), INVALID),
        ("nonsense".to_owned(), INVALID),
    ]
}

async fn start(mode: &str, more: &[(&'static str, &str)]) -> System {
    let parameters = [("AuthMode", mode), ("AuthIssuer", ISSUER), ("AuthAudience", AUDIENCE)];
    let parameters = parameters.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect();
    System::start_with(Options { parameters, ..Options::default() }).await
}

/// Serves these keys over HTTP as an issuer does; gives the URL.
async fn publish(keys: &[&Key]) -> String {
    let set = json!({"keys": keys.iter().map(|key| key.jwk.clone()).collect::<Vec<_>>()}).to_string();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let routes = Router::new().route("/keys", get(async move || set));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

async fn accepts(system: &System, token: &str) {
    system.bearer(Some(token)).get("/v1/assets").await.expect(200);
}

/// Checks that a function refuses the token, for that reason.
async fn refuses(system: &System, token: Option<&str>, reason: &str) {
    let problem = system.bearer(token).get("/v1/assets").await.expect_problem(401, "unauthenticated");
    assert_eq!(problem["detail"], reason, "{token:?}");
}

/// Checks that each route that needs a token in the mode `gateway` is refused by its function without one.
async fn every_route_refuses_callers_without_a_token(system: &System) {
    let nobody = system.bearer(None);
    for route in template().routes.iter().filter(|route| route.needs_token) {
        let path = route.path.replace("{id}", "019aa7a0-0000-7000-8000-000000000007");
        let answer = nobody.send(nobody.request(route.method.parse().unwrap(), &path)).await;
        let challenge = answer.headers["www-authenticate"].to_str().unwrap().to_owned();
        assert_eq!((answer.status, challenge.as_str()), (401, "Bearer"), "{} {path}", route.method);
        if route.method != "HEAD" {
            assert_eq!(answer.expect_problem(401, "unauthenticated")["detail"], NO_TOKEN, "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn in_jwks_mode_functions_verify_tokens_with_the_issuers_keys() {
    let (one, two) = (Key::generate("one"), Key::generate("two"));
    let system = start("jwks", &[("AuthJwksUrl", &publish(&[&one, &two]).await)]).await;
    for token in [
        one.sign(&claims()),
        two.sign(&claims()),
        one.sign(&with("aud", json!(["another-application", AUDIENCE]))),
        one.sign(&with("sub", json!("7"))),
    ] {
        accepts(&system, &token).await;
    }
    for (claims, reason) in refused_claims() {
        refuses(&system, Some(&one.sign(&claims)), reason).await;
    }
    for (token, reason) in unsigned() {
        refuses(&system, Some(&token), reason).await;
    }
    refuses(&system, None, NO_TOKEN).await;

    // Signed with a key that is not the issuer's, under a name that is, and under one that is not.
    let stranger = Key::generate("one");
    refuses(&system, Some(&stranger.sign(&claims())), WRONG_SIGNATURE).await;
    let of_unknown_key = sign(Algorithm::RS256, Some("three"), &claims(), &one.private);
    refuses(&system, Some(&of_unknown_key), "The token is signed with an unknown key (kid).").await;
    let of_no_key = sign(Algorithm::RS256, None, &claims(), &one.private);
    refuses(&system, Some(&of_no_key), "The token does not name its key (kid).").await;
    let of_other_algorithm = sign(Algorithm::RS512, Some("one"), &claims(), &one.private);
    refuses(&system, Some(&of_other_algorithm), WRONG_ALGORITHM).await;

    // The public key is known to all, so it must not work as a shared secret, in none of its forms.
    let pem = format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(&one.public)
    );
    let modulus = one.jwk["n"].as_str().unwrap();
    for secret in [&one.public[..], pem.as_bytes(), modulus.as_bytes(), system.secrets.token_secret.as_bytes()] {
        let token = sign(Algorithm::HS256, Some("one"), &claims(), &EncodingKey::from_secret(secret));
        refuses(&system, Some(&token), WRONG_ALGORITHM).await;
    }

    let admin = system.bearer(Some(&one.sign(&with("roles", json!(["media:admin"])))));
    let id = system.bearer(Some(&two.sign(&with("sub", json!("bob"))))).begin("dot.png", "image/png", 100).await;
    let path = format!("/v1/assets/{}", id["assetId"].as_str().unwrap());
    admin.get(&path).await.expect(200);
    system.bearer(Some(&one.sign(&claims()))).get(&path).await.expect_problem(404, "not_found");
    every_route_refuses_callers_without_a_token(&system).await;
}

#[tokio::test]
async fn while_the_issuers_keys_cannot_be_fetched_no_token_is_accepted_or_called_invalid() {
    let system = start("jwks", &[("AuthJwksUrl", "http://127.0.0.1:9/keys")]).await;
    let key = Key::generate("one");
    system.bearer(Some(&key.sign(&claims()))).get("/v1/assets").await.expect_problem(503, "unavailable");
    refuses(&system, None, NO_TOKEN).await;
}

#[tokio::test]
async fn in_secret_mode_functions_verify_tokens_with_the_shared_secret() {
    let system = start("secret", &[]).await;
    let hs256 = |claims: &Value, secret: &[u8]| sign(Algorithm::HS256, None, claims, &EncodingKey::from_secret(secret));
    let secret = system.secrets.token_secret.as_bytes();
    for claims in [claims(), with("aud", json!(["another-application", AUDIENCE])), with("sub", json!("7"))] {
        accepts(&system, &hs256(&claims, secret)).await;
    }
    for (claims, reason) in refused_claims() {
        refuses(&system, Some(&hs256(&claims, secret)), reason).await;
    }
    for (token, reason) in unsigned() {
        refuses(&system, Some(&token), reason).await;
    }
    refuses(&system, None, NO_TOKEN).await;
    refuses(&system, Some(&hs256(&claims(), b"another secret, and quite as long as it")), WRONG_SIGNATURE).await;
    refuses(&system, Some(&Key::generate("one").sign(&claims())), WRONG_ALGORITHM).await;
    let hs512 = sign(Algorithm::HS512, None, &claims(), &EncodingKey::from_secret(secret));
    refuses(&system, Some(&hs512), WRONG_ALGORITHM).await;
    every_route_refuses_callers_without_a_token(&system).await;
}

#[tokio::test]
async fn the_subject_of_a_token_may_be_as_long_as_it_is_strange() {
    let system = System::start().await;
    // Escaped, each of these bytes is three.
    let sub = "|é/".repeat(63);
    let user = system.user(&sub).await;
    let asset = user.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let data = user.get(&format!("/v1/assets/{}/data", asset["id"].as_str().unwrap())).await;
    let served = system.http.get(data.headers["location"].to_str().unwrap()).send().await.unwrap();
    assert_eq!((data.status, served.status().as_u16()), (302, 200));

    let listed = system.s3().list_objects_v2().bucket(BUCKET).prefix("media/").send().await.unwrap();
    let key =
        listed.contents().iter().find_map(|object| object.key().filter(|key| key.ends_with("/original"))).unwrap();
    let segment = key.split('/').nth(1).unwrap();
    assert!(segment.starts_with("~~") && segment.len() == 66, "{key}");
    let object = system.s3().head_object().bucket(BUCKET).key(key).send().await.unwrap();
    assert_eq!(object.metadata().unwrap()["owner"], segment);
    let state = system.state().await;
    let record = state.assets().next().unwrap();
    assert_eq!(record["owner"].as_s().unwrap(), &sub, "the record says who it is");
}
