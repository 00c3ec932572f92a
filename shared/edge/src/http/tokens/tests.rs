#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::config::AuthConfig;
use quayside_store::config::Variables;

const SECRET: &str = "a secret of thirty-two bytes, yes";

fn now() -> i64 {
    quayside_domain::Timestamp::now().unix_seconds().try_into().unwrap()
}

fn claims() -> Value {
    json!({"sub": "ada", "iss": "https://issuer.example", "aud": "quayside", "exp": now() + 60, "roles": ["media:admin"]})
}

fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn by_secret(claims: &Value) -> String {
    encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

fn verifier() -> Verifier {
    let variables = [
        ("AUTH_MODE", "secret"),
        ("AUTH_SECRET", SECRET),
        ("AUTH_ISSUER", "https://issuer.example"),
        ("AUTH_AUDIENCE", "quayside"),
    ];
    match AuthConfig::read(&variables.into_iter().collect::<Variables>()).unwrap() {
        AuthConfig::Secret { secret, expected } => Verifier::of_secret(&secret, &expected),
        other => panic!("{other:?}"),
    }
}

fn refusal(result: Result<Claims>) -> &'static str {
    match result {
        Err(Error::Unauthenticated(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_valid_token_names_its_subject_and_roles() {
    let claims = verifier().verify(&by_secret(&claims())).unwrap();
    assert_eq!((claims.sub.as_str(), claims.roles.as_slice()), ("ada", ["media:admin".to_owned()].as_slice()));
    let one = verifier().verify(&by_secret(&with(json!({"roles": "editor"})))).unwrap();
    assert_eq!(one.roles, ["editor"]);
    for roles in
        [json!(null), json!(7), json!({"media:admin": true}), json!(["media:admin", 7]), json!([["media:admin"]])]
    {
        let none = verifier().verify(&by_secret(&with(json!({"roles": roles})))).unwrap();
        assert_eq!(none.roles, Vec::<String>::new(), "{roles}");
    }
}

#[test]
fn a_token_must_be_in_its_time_and_for_us() {
    let verifier = verifier();
    let refused = |changes| refusal(verifier.verify(&by_secret(&with(changes))));
    assert_eq!(refused(json!({"exp": now() - 60})), "The token has expired.");
    assert_eq!(refused(json!({"nbf": now() + 60})), "The token is not valid yet.");
    assert_eq!(refused(json!({"iss": "https://other.example"})), "The token has the wrong issuer (iss).");
    for audience in [json!("other"), json!(["a", "b"])] {
        assert_eq!(refused(json!({"aud": audience})), "The token has the wrong audience (aud).");
    }
    for missing in ["exp", "iss", "aud"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(missing);
        assert_eq!(refusal(verifier.verify(&by_secret(&claims))), "The token needs exp, iss and aud.");
    }
    assert!(verifier.verify(&by_secret(&with(json!({"aud": ["other", "quayside"]})))).is_ok());
}

#[test]
fn a_sub_must_be_a_string() {
    let refused = |claims: &Value| refusal(verifier().verify(&by_secret(claims)));
    for sub in [json!(null), json!(7), json!(7.0), json!(true)] {
        assert_eq!(refused(&with(json!({"sub": sub}))), "The token needs a sub that is a string.", "{sub}");
    }
    for sub in [json!([]), json!(["ada"]), json!({})] {
        assert_eq!(refused(&with(json!({"sub": sub}))), "The token is invalid.", "{sub}");
    }
    let mut missing = claims();
    missing.as_object_mut().unwrap().remove("sub");
    assert_eq!(refused(&missing), "The token needs a sub that is a string.");
}

#[test]
fn a_token_does_not_choose_how_it_is_checked() {
    let verifier = verifier();
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims().to_string());
    let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    refusal(verifier.verify(&format!("{none}.{payload}.")));
    let longer = encode(&Header::new(Algorithm::HS512), &claims(), &EncodingKey::from_secret(SECRET.as_bytes()));
    assert_eq!(refusal(verifier.verify(&longer.unwrap())), "The token's algorithm is not accepted.");
    let other = encode(&Header::new(Algorithm::HS256), &claims(), &EncodingKey::from_secret(b"another"));
    assert_eq!(refusal(verifier.verify(&other.unwrap())), "The token's signature is invalid.");
    for garbage in ["", "a.b.c", "....", &"x".repeat(100_000)] {
        refusal(verifier.verify(garbage));
    }
}

/// An issuer with one key, which publishes it over HTTP and counts how often it is asked.
struct Issuer {
    id: &'static str,
    key: EncodingKey,
    jwk: Value,
}

impl Issuer {
    fn new(id: &'static str) -> Self {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &aws_lc_rs::rand::SystemRandom::new());
        let document = document.unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        // Uncompressed: 4, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let part = |range| BASE64_URL_SAFE_NO_PAD.encode(&point[range]);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "x": part(1..33), "y": part(33..65),
        });
        Self { id, key: EncodingKey::from_ec_der(document.as_ref()), jwk }
    }

    fn token(&self) -> String {
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims(), &self.key).unwrap()
    }
}

/// Serves what `keys` holds at each moment; counts the requests.
async fn publish(keys: Arc<Mutex<Vec<Value>>>) -> (Url, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let answer = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let keys = Arc::clone(&keys);
        async move { axum::Json(json!({"keys": *keys.lock().await})) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap()).parse().unwrap();
    let app = axum::Router::new().route("/jwks", axum::routing::get(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, asked)
}

fn jwks(url: Url) -> Jwks {
    let expected = ExpectedClaims { issuer: "https://issuer.example".to_owned(), audience: "quayside".to_owned() };
    Jwks::new(url, Algorithm::ES256, expected)
}

#[tokio::test]
async fn many_tokens_at_once_fetch_the_keys_once() {
    let issuer = Issuer::new("one");
    let (url, asked) = publish(Arc::new(Mutex::new(vec![issuer.jwk.clone()]))).await;
    let jwks = jwks(url);
    let token = issuer.token();
    let all = futures::future::join_all((0..20).map(|_| jwks.verify(&token))).await;
    assert!(all.iter().all(|claims| claims.as_ref().unwrap().sub == "ada"));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unknown_key_is_fetched_but_not_for_everybody_who_asks() {
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = Arc::new(Mutex::new(vec![old.jwk.clone()]));
    let (url, asked) = publish(Arc::clone(&keys)).await;
    let jwks = jwks(url);
    jwks.verify(&old.token()).await.unwrap();
    keys.lock().await.push(new.jwk.clone());
    // Within the half minute after the last try, an unknown key is just unknown.
    for _ in 0..2 {
        assert_eq!(refusal(jwks.verify(&new.token()).await), "The token is signed with an unknown key (kid).");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    jwks.keys.lock().await.try_again_at = Some(Instant::now());
    jwks.verify(&new.token()).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn known_keys_stay_in_use_while_the_issuer_cannot_be_reached() {
    let issuer = Issuer::new("one");
    let (url, _) = publish(Arc::new(Mutex::new(vec![issuer.jwk.clone()]))).await;
    let mut jwks = jwks(url);
    jwks.verify(&issuer.token()).await.unwrap();
    jwks.url = "http://127.0.0.1:1/".parse().unwrap();
    {
        let mut keys = jwks.keys.lock().await;
        keys.try_again_at = Some(Instant::now());
        keys.stale_at = Some(Instant::now());
    }
    jwks.verify(&issuer.token()).await.unwrap();
}

#[tokio::test]
async fn without_any_keys_the_service_is_unavailable_and_no_token_is_called_invalid() {
    let jwks = jwks("http://127.0.0.1:1/".parse().unwrap());
    assert!(matches!(jwks.verify(&Issuer::new("one").token()).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let issuer = Issuer::new("one");
    let (url, _) = publish(Arc::new(Mutex::new(vec![issuer.jwk.clone()]))).await;
    let jwks = jwks(url);
    let public = BASE64_URL_SAFE_NO_PAD.decode(issuer.jwk["x"].as_str().unwrap()).unwrap();
    let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
    let forged = encode(&header, &claims(), &EncodingKey::from_secret(&public)).unwrap();
    assert_eq!(refusal(jwks.verify(&forged).await), "The token's algorithm is not accepted.");
    refusal(jwks.verify(&by_secret(&claims())).await);
    let stranger = Issuer { key: Issuer::new("one").key, ..issuer };
    assert_eq!(refusal(jwks.verify(&stranger.token()).await), "The token's signature is invalid.");
}
