//! Changes of assets, written: exactly the attributes that differ, with what the change means for usage, entries and
//! history, in one transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use super::record::{SK, item_of, pk};
use super::transaction::{Outcome, Refusal};
use super::{Item, Table, key, malformed, number, text, unexpected, usage};
use quayside_domain::event::Event;
use quayside_domain::index::tag_entries;
use quayside_domain::rights::Membership;
use quayside_domain::{Actor, Asset, Authorized, Change, Error, EventKind, Guard, Result, Role, Status, Work, rights};

/// A worker's change is computed anew where the record has changed meanwhile, so many times: the message of one that
/// cannot be written comes back only after its visibility timeout.
pub(super) const ATTEMPTS: u32 = 8;

/// What a change's write needs to be allowed to do.
#[derive(Default)]
struct Terms {
    membership: Option<Membership>,
    quota_bytes: Option<u64>,
}

impl Table {
    /// Writes a change that the caller has the right to make.
    pub(super) async fn write<A: rights::Right>(
        &self,
        asset: Authorized<Asset, A>,
        change: Change,
    ) -> Result<Authorized<Asset, A>> {
        let terms = Terms { membership: asset.membership(), quota_bytes: None };
        self.write_change(&change, asset.actor(), terms).await?;
        Ok(asset.after(change))
    }

    /// Writes a worker's change, made anew of the record as it is where something else has changed it meanwhile.
    ///
    /// # Errors
    /// `Conflict` if the asset is not the worker's any more; `Unavailable`, also if the record changes again and again;
    /// `Internal`.
    pub(super) async fn advance(
        &self,
        work: &Work<Asset>,
        transition: impl Fn(&Asset) -> Change,
    ) -> Result<Work<Asset>> {
        self.advance_within(work, None, transition).await
    }

    /// The same, within the owner's quota.
    ///
    /// # Errors
    /// `QuotaExceeded`, or as [`Table::advance`].
    pub(super) async fn advance_within(
        &self,
        work: &Work<Asset>,
        quota_bytes: Option<u64>,
        transition: impl Fn(&Asset) -> Change,
    ) -> Result<Work<Asset>> {
        let actor = self.worker(work.trace());
        let mut again = None;
        for _ in 0..ATTEMPTS {
            let work = again.as_ref().unwrap_or(work);
            let change = transition(work);
            match Box::pin(self.write_change(&change, &actor, Terms { membership: None, quota_bytes })).await {
                Err(Error::Conflict) => {}
                written => return written.map(|()| work.after(change)),
            }
            let now = self.asset(work.id).await?.ok_or(Error::Conflict)?;
            again = Some(work.again(now).ok_or(Error::Conflict)?);
        }
        // Still the worker's: its message is to come again.
        Err(Error::Unavailable("a record changes again and again".into()))
    }

    /// Writes a worker's change of the record as it was found, once.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub(super) async fn write_once(&self, change: &Change, actor: &Actor) -> Result<()> {
        self.write_change(change, actor, Terms::default()).await
    }

    /// Writes a change that no event tells of.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub(super) async fn write_housekeeping(&self, change: &Change) -> Result<()> {
        self.write_once(change, &self.worker(None)).await
    }

    async fn write_change(&self, change: &Change, actor: &Actor, terms: Terms) -> Result<()> {
        let (before, after) = (change.before(), change.after());
        let footprint = after.footprint().minus(before.footprint());
        let update = self.update(change)?;
        let mut writes = Vec::new();
        if !footprint.is_nothing() {
            writes.push(match terms.quota_bytes {
                Some(quota) => self.add_within_quota(&before.owner, footprint, quota)?,
                None => self.add_to_usage(&before.owner, footprint)?,
            });
        }
        let membership_at = 1 + writes.len();
        if let Some(membership) = &terms.membership {
            writes.push(self.membership_check(membership)?);
        }
        if let Some(event) = change.event() {
            writes.push(self.event_write(event, after, before.revision, actor)?);
        }
        writes.extend(self.entry_writes(Some(before), after)?);
        if before.status() == Status::Ingesting && after.status() != Status::Ingesting {
            writes.push(self.forget_source(before.id)?);
        }
        if writes.is_empty() {
            return Box::pin(self.write_alone(update)).await;
        }
        writes.insert(0, build(update)?);
        // Boxed, since the SDK's futures are deep and a worker's own come on top of them.
        let Outcome::Refused(refusals) = Box::pin(self.transact(writes)).await? else { return Ok(()) };
        let failed = |index: usize| refusals.get(index).filter(|refusal| refusal.failed);
        if let (Some(membership), Some(refusal)) = (&terms.membership, failed(membership_at)) {
            return Err(membership.refusal(role_of(refusal)?));
        }
        match (failed(0), failed(1), terms.quota_bytes) {
            (None, Some(refusal), Some(quota)) => Err(usage::quota_exceeded(refusal.item.as_ref(), after.size, quota)),
            _ => Err(Error::Conflict),
        }
    }

    /// What a new asset is written with, besides its place in the usage.
    pub(super) fn creation(&self, asset: &Asset, actor: &Actor) -> Result<Vec<TransactWriteItem>> {
        let put = Put::builder().table_name(&self.name).set_item(Some(item_of(asset)?));
        let put = put.condition_expression("attribute_not_exists(pk)").build().map_err(internal)?;
        let event = self.event_write(EventKind::Created, asset, asset.revision, actor)?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build(), event];
        writes.extend(self.entry_writes(None, asset)?);
        Ok(writes)
    }

    /// The update of the attributes that differ, on the change's condition.
    fn update(&self, change: &Change) -> Result<Expressions> {
        let (mut before, after) = (item_of(change.before())?, item_of(change.after())?);
        let mut update = Expressions::default();
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        for (name, value) in after {
            if name != "version" && before.get(&name) != Some(&value) {
                sets.push(format!("{} = {}", update.name(&name), update.value(value.clone())));
                update.set.insert(name.clone(), value);
            }
            before.remove(&name);
        }
        for name in before.into_keys() {
            removes.push(update.name(&name));
            update.removed.push(name);
        }
        let mut clauses = Vec::new();
        if !sets.is_empty() {
            clauses.push(format!("SET {}", sets.join(", ")));
        }
        if !removes.is_empty() {
            clauses.push(format!("REMOVE {}", removes.join(", ")));
        }
        clauses.push(format!("ADD {} {}", update.name("version"), update.value(number(1))));
        update.update = clauses.join(" ");
        update.condition = condition(change, &mut update)?;
        update.key = key(pk(change.before().id), SK.to_owned());
        update.table.clone_from(&self.name);
        Ok(update)
    }

    /// A single update. An answer that was lost on its way makes the SDK write again; then what is there is what we wrote.
    /// (A transaction is known by its token and needs no such look.)
    async fn write_alone(&self, update: Expressions) -> Result<()> {
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(update.key.clone()))
            .update_expression(&update.update)
            .condition_expression(&update.condition)
            .set_expression_attribute_names(Some(update.names.clone()))
            .set_expression_attribute_values(Some(update.values.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
                let error = error.into_service_error();
                let UpdateItemError::ConditionalCheckFailedException(failed) = &error else {
                    return Err(Error::Conflict);
                };
                let is_ours = failed.item().is_some_and(|found| update.has_made(found));
                if is_ours { Ok(()) } else { Err(Error::Conflict) }
            }
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Puts the entries that `after` has and `before` has not, and deletes the others.
    fn entry_writes(&self, before: Option<&Asset>, after: &Asset) -> Result<Vec<TransactWriteItem>> {
        let (before, after_entries) = (before.map(tag_entries).unwrap_or_default(), tag_entries(after));
        let mut writes = Vec::new();
        for (pk, sk) in after_entries.difference(&before) {
            let mut item = key(pk.clone(), sk.clone());
            item.insert("asset".to_owned(), text(after.id));
            let put = Put::builder().table_name(&self.name).set_item(Some(item)).build().map_err(internal)?;
            writes.push(TransactWriteItem::builder().put(put).build());
        }
        for (pk, sk) in before.difference(&after_entries) {
            let delete = Delete::builder().table_name(&self.name).set_key(Some(key(pk.clone(), sk.clone())));
            let delete = delete.build().map_err(internal)?;
            writes.push(TransactWriteItem::builder().delete(delete).build());
        }
        Ok(writes)
    }

    fn event_write(&self, what: EventKind, asset: &Asset, revision: u64, actor: &Actor) -> Result<TransactWriteItem> {
        let event = Event::new(what, asset, revision, actor);
        let put = Put::builder().table_name(&self.name).set_item(Some(self.event_item(&event)?));
        Ok(TransactWriteItem::builder().put(put.build().map_err(internal)?).build())
    }

    /// The write that holds only while the member's role allows the action.
    pub(super) fn membership_check(&self, membership: &Membership) -> Result<TransactWriteItem> {
        let roles: Vec<_> = membership.action.roles().collect();
        let names: Vec<_> = (0..roles.len()).map(|n| format!(":role{n}")).collect();
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(super::members::member_key(membership.project, &membership.member)))
            .condition_expression(format!("#role IN ({})", names.join(", ")))
            .expression_attribute_names("#role", "role")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let check = names
            .into_iter()
            .zip(roles)
            .fold(check, |check, (name, role)| check.expression_attribute_values(name, text(role.as_str())));
        Ok(TransactWriteItem::builder().condition_check(check.build().map_err(internal)?).build())
    }
}

/// The role that a refused membership check has found.
pub(super) fn role_of(refusal: &Refusal) -> Result<Option<Role>> {
    refusal.item.clone().map(super::members::role_of).transpose()
}

/// An update with its condition, in the table's own words.
#[derive(Default)]
struct Expressions {
    table: String,
    key: Item,
    update: String,
    condition: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
    set: Item,
    removed: Vec<String>,
}

impl Expressions {
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// Whether `found` is what this update makes.
    fn has_made(&self, found: &Item) -> bool {
        self.set.iter().all(|(name, value)| found.get(name) == Some(value))
            && !self.removed.iter().any(|name| found.contains_key(name))
    }
}

/// What the write has to find: the owner and the project, of which the keys of indexes are made, and what the change rests
/// on.
fn condition(change: &Change, update: &mut Expressions) -> Result<String> {
    let before = change.before();
    let mut terms = Vec::new();
    let mut equals = |update: &mut Expressions, name: &str, value: Option<AttributeValue>| {
        let name = update.name(name);
        terms.push(match value {
            Some(value) => format!("{name} = {}", update.value(value)),
            None => format!("attribute_not_exists({name})"),
        });
    };
    equals(update, "owner", Some(text(&before.owner)));
    equals(update, "project", before.project.map(text));
    match change.guard() {
        Guard::Version => equals(update, "version", Some(number(before.version))),
        Guard::Stage | Guard::Revision => equals(update, "stage", Some(number(before.stage))),
        Guard::Claim => {
            equals(update, "stage", Some(number(before.stage)));
            let claim = before.claim.as_ref().map(serde_dynamo::to_attribute_value).transpose().map_err(malformed)?;
            equals(update, "claim", claim);
        }
    }
    if change.guard() == Guard::Revision || change.moves_entries() {
        equals(update, "revision", Some(number(before.revision)));
    }
    Ok(terms.join(" AND "))
}

fn build(expressions: Expressions) -> Result<TransactWriteItem> {
    let update: UpdateBuilder = Update::builder()
        .table_name(expressions.table)
        .set_key(Some(expressions.key))
        .update_expression(expressions.update)
        .condition_expression(expressions.condition)
        .set_expression_attribute_names(Some(expressions.names))
        .set_expression_attribute_values(Some(expressions.values));
    Ok(TransactWriteItem::builder().update(update.build().map_err(internal)?).build())
}

fn internal(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::Internal(error.into())
}
