//! Endpoints for webhooks that come in: made, listed, revoked, and found by who sends to them.
//!
//! An endpoint is an item under its own id, which is all that a webhook names. Beside its owner's usage is a second
//! item for each, by which the owner's are listed; both are written together. One that was revoked leaves a tombstone
//! without its secret, so that revoking it again answers the same.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::transaction::Outcome;
use super::{IdempotencyKey, Item, Table, key, malformed, text, unexpected};
use quayside_domain::rights::Revoke;
use quayside_domain::webhook::MAX_ENDPOINTS;
use quayside_domain::{Authorized, Caller, Endpoint, EndpointId, Error, Provider, Result, Subject, Timestamp};

/// An endpoint in its owner's list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListedEndpoint {
    /// Its id.
    pub id: EndpointId,
    /// Who sends to it.
    pub provider: Provider,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Table {
    /// Records a new endpoint of the caller's. The same request again, by its key, gives the endpoint that it made
    /// before. Two round trips.
    ///
    /// # Errors
    /// `TooManyEndpoints`; `IdempotencyKeyReused`; `NotFound` if the endpoint that the request made before was revoked;
    /// `Unavailable` or `Internal`.
    pub async fn create_endpoint(
        &self,
        caller: &Caller,
        endpoint: Endpoint,
        idempotency: Option<&IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Authorized<Endpoint, Revoke>> {
        let remembered = async {
            match idempotency {
                Some(idempotency) => self.remembered(caller.owner(), idempotency, now).await,
                None => Ok(None),
            }
        };
        let (listed, remembered) = tokio::try_join!(self.endpoints(caller), remembered)?;
        if let (Some(idempotency), Some(found)) = (idempotency, remembered) {
            return self.made_before(caller, idempotency, Some(&found)).await;
        }
        if listed.len() >= MAX_ENDPOINTS {
            return Err(Error::TooManyEndpoints { limit: MAX_ENDPOINTS });
        }
        let Endpoint { id, provider, created_at, .. } = endpoint;
        let mut entry: Item = serde_dynamo::to_item(ListedEndpoint { id, provider, created_at }).map_err(malformed)?;
        entry.extend(entry_key(&endpoint.owner, id));
        let mut writes = vec![
            put(self.endpoint_put(&endpoint)?.condition_expression("attribute_not_exists(pk)"))?,
            put(Put::builder().table_name(&self.name).set_item(Some(entry)))?,
        ];
        if let Some(idempotency) = idempotency {
            writes.push(self.remember(&endpoint.owner, idempotency, &[id], now)?);
        }
        let Outcome::Refused(refusals) = self.transact(writes).await? else {
            return caller.authorize_endpoint(endpoint);
        };
        match (idempotency, refusals.get(2)) {
            (Some(idempotency), Some(refusal)) if refusal.failed => {
                self.made_before(caller, idempotency, refusal.item.as_ref()).await
            }
            _ => Err(malformed("an id that was generated is in use")),
        }
    }

    async fn made_before(
        &self,
        caller: &Caller,
        idempotency: &IdempotencyKey,
        found: Option<&Item>,
    ) -> Result<Authorized<Endpoint, Revoke>> {
        let [id] = idempotency.ids_of(found, EndpointId::parse)?[..] else { return Err(Error::IdempotencyKeyReused) };
        let endpoint = self.authorize_endpoint(caller, id).await?;
        if endpoint.is_revoked() { Err(Error::NotFound) } else { Ok(endpoint) }
    }

    /// The caller's endpoints, oldest first. One round trip.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn endpoints(&self, caller: &Caller) -> Result<Vec<ListedEndpoint>> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(owner_pk(caller.owner())))
            .expression_attribute_values(":sk", text(ENTRY));
        let page = query.send().await.map_err(unexpected)?;
        serde_dynamo::from_items(page.items.unwrap_or_default()).map_err(malformed)
    }

    /// The endpoint, with the proof that the caller may revoke it, also if that has happened. One round trip.
    ///
    /// # Errors
    /// `NotFound` if there is none or it is somebody else's; `Unavailable` or `Internal`.
    pub async fn authorize_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<Authorized<Endpoint, Revoke>> {
        caller.authorize_endpoint(self.find_endpoint(id).await?.ok_or(Error::NotFound)?)
    }

    /// The endpoint that a webhook names, to check the webhook's signature with its secret. Until then it is nobody's.
    /// One round trip.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn find_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>> {
        self.get(pk(id), SK.to_owned()).await?.map(serde_dynamo::from_item).transpose().map_err(malformed)
    }

    /// Revokes the endpoint: nothing is taken from it any more, and its secret is forgotten. Again changes nothing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn revoke_endpoint(&self, endpoint: Authorized<Endpoint, Revoke>, now: Timestamp) -> Result<()> {
        if endpoint.is_revoked() {
            return Ok(());
        }
        let unchanged = self
            .endpoint_put(&endpoint.revoked(now, endpoint.actor()))?
            .condition_expression("#owner = :owner AND attribute_exists(sealed_secret)")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(&endpoint.owner));
        let entry = Delete::builder().table_name(&self.name).set_key(Some(entry_key(&endpoint.owner, endpoint.id)));
        let entry = entry.build().map_err(|error| Error::Internal(error.into()))?;
        let writes = vec![put(unchanged)?, TransactWriteItem::builder().delete(entry).build()];
        match self.transact(writes).await? {
            // Refused, because another request has revoked it at this moment.
            Outcome::Written | Outcome::Refused(_) => Ok(()),
        }
    }

    fn endpoint_put(&self, endpoint: &Endpoint) -> Result<aws_sdk_dynamodb::types::builders::PutBuilder> {
        let mut item: Item = serde_dynamo::to_item(endpoint).map_err(malformed)?;
        item.extend(key(pk(endpoint.id), SK.to_owned()));
        Ok(Put::builder().table_name(&self.name).set_item(Some(item)))
    }
}

const SK: &str = "ENDPOINT";
const ENTRY: &str = "WEBHOOK#";

fn pk(id: EndpointId) -> String {
    format!("WEBHOOK#{id}")
}

fn owner_pk(owner: &Subject) -> String {
    format!("OWNER#{owner}")
}

fn entry_key(owner: &Subject, id: EndpointId) -> Item {
    key(owner_pk(owner), format!("{ENTRY}{id}"))
}

fn put(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Result<TransactWriteItem> {
    let put = put.build().map_err(|error| Error::Internal(error.into()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}
