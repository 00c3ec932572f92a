//! The API: that it answers, refuses who has no token, lets its pages in, and knows storage by its signature.

use quayside_edge::b2_signature;
use quayside_edge::config::b2_webhook_secret;

use super::{Deployment, Report, clock, configured, cors};
use crate::Result;
use crate::web::told;

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

    match deployment.http.get(format!("{api}/v1/assets")).send().await.map(|answer| answer.status().as_u16()) {
        Ok(401) => report.ok("api", "a caller without a token is refused"),
        Ok(status) => {
            report
                .wrong("api", &format!("a caller without a token gets {status}, not 401: check the API's authorizer"));
        }
        Err(error) => report.wrong("api", &format!("{api} does not answer: {}", told(error))),
    }

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
