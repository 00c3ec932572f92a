//! The API: that it answers, refuses callers without a valid token, allows its pages, and accepts storage's signature.

use std::fmt;

use quayside_edge::b2_signature;
use quayside_edge::config::b2_webhook_secret;

use super::{Deployment, Report, clock, configured, cors};
use crate::Result;
use crate::web::told;

/// A token that nobody has signed: `{"alg":"HS256","typ":"JWT"}`, `{"sub":"quayside-doctor","exp":4102444800}` and 32
/// bytes that are no signature.
const FORGED_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJxdWF5c2lkZS1kb2N0b3IiLCJleHAiOjQxMDI0NDQ4MDB9.bm90IHRoZSBzaWduYXR1cmUgb2YgdGhlIGlzc3VlciE";

/// What the page sends with its requests.
const HEADERS: [&str; 3] = ["authorization", "content-type", "idempotency-key"];

pub(super) async fn examine(deployment: &Deployment, report: &mut Report) -> Result<()> {
    let api = deployment.outputs.get("ApiUrl")?.trim_end_matches('/');
    match deployment.http.get(format!("{api}/v1/health")).send().await {
        Ok(answer) if answer.status() == 200 => {
            report.ok("api", &format!("{api} is well"));
            clock::compare("the API", answer.headers(), report);
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            report.wrong("api", &format!("{api}/v1/health answers {status}: see the log of describe-api"));
            clock::compare("the API", answer.headers(), report);
        }
        Err(error) => {
            report.wrong("api", &format!("{api} does not answer: {}", told(error)));
            return Ok(());
        }
    }

    tokens(deployment, api, report).await?;
    for origin in &deployment.origins {
        let asked = cors::preflight(&deployment.http, &format!("{api}/v1/uploads"), origin, "POST", &HEADERS).await;
        match asked {
            Ok(_) => report.ok("api cors", &format!("pages of {origin} may call it")),
            Err(problem) => {
                let text = format!("pages of {origin} may not call it: {problem}; check the stack's AllowedOrigins");
                report.wrong("api cors", &text);
            }
        }
    }
    webhooks(deployment, api, report).await;
    Ok(())
}

/// Who has refused a caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verifier {
    Gateway,
    Functions,
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gateway => "the gateway",
            Self::Functions => "the functions",
        })
    }
}

/// A route that needs a token is asked without one and with a forged one. Whoever verifies tokens, by the stack's
/// `AuthMode`, must refuse both.
async fn tokens(deployment: &Deployment, api: &str, report: &mut Report) -> Result<()> {
    let mode = deployment.outputs.get("AuthMode")?;
    let expected = if mode == "gateway" { Verifier::Gateway } else { Verifier::Functions };
    for (caller, token) in [("a caller without a token", None), ("a caller with a forged token", Some(FORGED_TOKEN))] {
        let mut request = deployment.http.get(format!("{api}/v1/assets"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                report.wrong("api", &format!("{api} does not answer: {}", told(error)));
                continue;
            }
        };
        let status = answer.status().as_u16();
        if status != 401 {
            let text = format!("{caller} gets {status}, not 401: check the log of manage-assets and the AuthMode");
            report.wrong("api", &text);
            continue;
        }
        // The functions refuse with a problem document, the gateway with a message.
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let is_problem = content_type.is_some_and(|value| value.starts_with("application/problem+json"));
        let by = if is_problem { Verifier::Functions } else { Verifier::Gateway };
        if by == expected {
            report.ok("api", &format!("{caller} is refused by {by} (AuthMode {mode})"));
        } else {
            let text = format!(
                "{caller} is refused by {by}, but in AuthMode {mode} {expected} should verify tokens: deploy the \
                 template again"
            );
            report.wrong("api", &text);
        }
    }
    Ok(())
}

/// A notification without events changes nothing, and is accepted if its signature is good.
async fn webhooks(deployment: &Deployment, api: &str, report: &mut Report) {
    const BODY: &str = r#"{"events":[]}"#;
    let Some(secret) = configured(b2_webhook_secret(&deployment.variables), "webhooks", report) else { return };
    let send = async |signature: String| {
        let request = deployment.http.post(format!("{api}/v1/webhooks/b2")).header("content-type", "application/json");
        let answer = request.header(b2_signature::SIGNATURE, signature).body(BODY).send().await;
        answer.map(|answer| answer.status().as_u16()).map_err(told)
    };
    match send(b2_signature::sign(secret.expose(), BODY.as_bytes())).await {
        Ok(200..=299) => report.ok("webhooks", "a notification of storage's is known by its signature"),
        Ok(401) => report.wrong(
            "webhooks",
            "a notification signed with the secret is refused: receive-webhook has another one. Functions read their \
             secrets when they start: deploy again, or wait until they start anew",
        ),
        Ok(status) => {
            report.wrong(
                "webhooks",
                &format!("a signed notification is answered with {status}: see receive-webhook's log"),
            );
        }
        Err(problem) => report.wrong("webhooks", &format!("a signed notification is not answered: {problem}")),
    }
    match send(b2_signature::sign("another secret", BODY.as_bytes())).await {
        Ok(401) => report.ok("webhooks", "a notification with another signature is refused"),
        Ok(status) => {
            report.wrong("webhooks", &format!("a notification with another signature gets {status}, not 401"));
        }
        Err(problem) => report.wrong("webhooks", &format!("a notification is not answered: {problem}")),
    }
}
