//! The table's own promises, whatever happens in whatever order: usage, entries, lists and events agree with the records,
//! and an attribute that this version does not know outlives every transition.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use quayside_domain::asset::{Declaration, Ingestion, Source};
use quayside_domain::event::Event;
use quayside_domain::index::tag_entries;
use quayside_domain::listing::Filter;
use quayside_domain::rights::ViewHistory;
use quayside_domain::upload::Parts;
use quayside_domain::usage::Allowance;
use quayside_domain::{
    Asset, AssetId, Authorized, ByteSize, Caller, Edit, Error, EventKind, Failure, FailureCode, FileName, Kind,
    MediaType, Message, Metadata, Result, Sha256, SourceUrl, Status, Strategy, Subject, Tags, Timestamp, Upload, Work,
    rights,
};
use quayside_store::config::{TableConfig, Variables};
use quayside_store::connections::http_client;
use quayside_store::table::{Begun, NewIngestion, Table};
use rand::rngs::StdRng;
use rand::seq::{IndexedMutRandom, IndexedRandom};
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::support::stage::{Stage, project};

const ALLOWANCE: Allowance = Allowance { quota_bytes: 1 << 40, active_uploads: 1_000, active_ingestions: 1_000 };
const HOUR: u64 = 3_600;

type Item = HashMap<String, AttributeValue>;

/// A table of its own, asked as the functions ask it.
struct World {
    stage: Stage,
    table: Table,
}

impl World {
    async fn start() -> Self {
        let stage = Stage::start().await;
        let variables: Variables = stage.variables.clone().into_iter().collect();
        let config = TableConfig::read(&variables).unwrap();
        let table = Table::new(&config, "histories", &http_client().unwrap());
        Self { stage, table }
    }

    async fn items(&self) -> Vec<Item> {
        let found = self.stage.ask_table("Scan", json!({"ConsistentRead": true})).await;
        found["Items"].as_array().unwrap().iter().map(item).collect()
    }

    async fn begin(&self, caller: &Caller, kind: Kind, tags: Tags) -> Authorized<Asset, rights::Upload> {
        let name = if kind == Kind::Image { "a.png" } else { "a.mp4" };
        let declared = Declaration {
            name: FileName::parse(name).unwrap(),
            content_type: MediaType::of_name(name).unwrap(),
            size: ByteSize::new(1_000).unwrap(),
            sha256: None,
            tags,
            keep_location: false,
        };
        let now = Timestamp::now();
        let upload = Upload { strategy: Strategy::Single, expires_at: now.plus_seconds(HOUR) };
        let asset = Asset::begin(caller, AssetId::generate(), None, declared, upload, now);
        match self.table.begin(caller, asset, None, ALLOWANCE, now).await.unwrap() {
            Begun::New(asset) => asset,
            Begun::Existing(_) => panic!("nothing was begun with a key"),
        }
    }
}

fn item(value: &Value) -> Item {
    let attribute = |value: &Value| -> AttributeValue { attribute(value) };
    value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// An attribute of DynamoDB's JSON.
fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "S" => AttributeValue::S(value.as_str().unwrap().to_owned()),
        "N" => AttributeValue::N(value.as_str().unwrap().to_owned()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(item(value)),
        other => panic!("no attribute of ours is {other}"),
    }
}

fn text(item: &Item, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

fn number(item: &Item, name: &str) -> i64 {
    item.get(name).map_or(0, |value| value.as_n().unwrap().parse().unwrap())
}

fn caller(sub: &str, roles: &[&str]) -> Caller {
    let roles: Vec<_> = roles.iter().map(|&role| role.to_owned()).collect();
    Caller::from_verified_claims(Subject::parse(sub).unwrap(), &roles)
}

/// The message that an event leads to, as a queue brings it.
fn message(id: &str, attempt: u64, asset: AssetId, stage: u64) -> Message {
    let body = json!({"detail": {"asset": {"id": asset, "stage": stage.to_string()}, "trace": ""}});
    Message::parse(id, attempt, &body.to_string()).unwrap()
}

fn tags(names: &[&str]) -> Tags {
    Tags::parse(names.iter().map(|&name| name.to_owned()).collect()).unwrap()
}

fn failure(code: FailureCode) -> Failure {
    Failure { code, detail: "A test made it fail.".to_owned() }
}

// ---------------------------------------------------------------- random histories

/// What goes on in one history. Each actor holds what it has read for a while, and acts on it when it is old.
struct History<'a> {
    world: &'a World,
    random: StdRng,
    people: [Caller; 2],
    ids: Vec<AssetId>,
    /// Messages of the queue, each of which may come again.
    messages: Vec<(String, u64, AssetId, u64)>,
    works: Vec<Work<Asset>>,
    edits: Vec<Authorized<Asset, rights::Edit>>,
    deletes: Vec<Authorized<Asset, rights::Delete>>,
    uploads: Vec<Authorized<Asset, rights::Upload>>,
}

impl History<'_> {
    async fn step(&mut self) {
        let (table, now) = (&self.world.table, Timestamp::now());
        let person = self.people.choose(&mut self.random).unwrap().clone();
        let id = self.ids.choose(&mut self.random).copied();
        match (self.random.random_range(0..16), id) {
            (0, _) | (_, None) if self.ids.len() < 3 => {
                let kind = if self.random.random() { Kind::Image } else { Kind::Video };
                let asset = self.world.begin(&self.people[0].clone(), kind, tags(&["a", "b"])).await;
                self.ids.push(asset.id);
                self.uploads.push(asset);
            }
            (1 | 2, _) => {
                if let Some(asset) = take(&mut self.uploads, &mut self.random) {
                    let seconds = HOUR;
                    if self.random.random_ratio(1, 4) {
                        self.uploads.extend(passing(table.extend(asset, now, seconds).await));
                    } else {
                        passing(table.mark_uploaded(asset, now, seconds).await);
                    }
                }
            }
            (3, Some(id)) => self.edits.extend(found(table.authorize(&person, id).await)),
            (4 | 5, _) => {
                if let Some(asset) = take(&mut self.edits, &mut self.random) {
                    let name = format!("{}.png", self.random.random_range(0..3));
                    let edit = Edit {
                        name: self.random.random::<bool>().then(|| FileName::parse(&name).unwrap()),
                        tags: self.random.random::<bool>().then(|| tags(&["b", "c"][..self.random.random_range(0..3)])),
                    };
                    passing(table.edit(asset, now, edit).await);
                }
            }
            (6, Some(id)) if self.random.random_ratio(1, 2) => {
                self.deletes.extend(found(table.authorize(&person, id).await));
            }
            (7, _) => {
                if let Some(asset) = take(&mut self.deletes, &mut self.random) {
                    passing(table.delete(asset, now, HOUR).await);
                }
            }
            (8, Some(id)) => {
                if let Some(asset) = found(table.authorize::<rights::Process>(&person, id).await)
                    && asset.may_be_reprocessed()
                {
                    passing(table.reprocess(asset, now, HOUR).await);
                }
            }
            (9 | 10, _) => self.receive(now).await,
            (11..=13, _) => {
                if let Some(work) = take(&mut self.works, &mut self.random) {
                    let ended = match self.random.random_range(0..4) {
                        0 => table.mark_failed(&work, now, failure(FailureCode::Unreadable)).await.map(drop),
                        1 => table.mark_failed(&work, now, failure(FailureCode::ProcessingGaveUp)).await.map(drop),
                        _ => table.mark_ready(&work, now, None, Metadata::default(), Vec::new()).await,
                    };
                    passing(ended);
                    if self.random.random_ratio(1, 4) {
                        self.works.push(work);
                    }
                }
            }
            (14, _) => self.sweep(now.plus_seconds(2 * HOUR)).await,
            _ => {}
        }
    }

    /// The queue brings a new message, or one that came before: the same one again, or a copy of its event.
    async fn receive(&mut self, now: Timestamp) {
        let mut events = BTreeSet::new();
        for item in self.world.items().await {
            if let Some(event) = event_of(item)
                && event.status == Status::Uploaded
                && matches!(event.what, EventKind::Created | EventKind::Uploaded | EventKind::Reprocessed)
            {
                events.insert((event.id, event.asset, event.stage));
            }
        }
        for (id, asset, stage) in events {
            if !self.messages.iter().any(|(message, ..)| *message == id.to_string()) {
                self.messages.push((id.to_string(), 0, asset, stage));
            }
        }
        let copied = self.random.random_ratio(1, 4);
        let Some(received) = self.messages.choose_mut(&mut self.random) else { return };
        received.1 += 1;
        let id = if copied { format!("{} again", received.0) } else { received.0.clone() };
        let message = message(&id, received.1, received.2, received.3);
        self.works.extend(passing(self.world.table.claim(&message, now).await).flatten());
    }

    async fn sweep(&mut self, now: Timestamp) {
        let table = &self.world.table;
        for work in table.due(now, 100).await.unwrap() {
            match work.status() {
                Status::AwaitingUpload => {
                    passing(table.give_up(&work, now, failure(FailureCode::UploadExpired)).await);
                }
                Status::Uploaded => {
                    passing(table.give_up(&work, now, failure(FailureCode::ProcessingGaveUp)).await);
                }
                Status::Failed => drop(passing(table.mark_cleaned(&work, now).await)),
                Status::Deleted => drop(passing(table.mark_purged(&work, now).await)),
                status => panic!("nothing makes a {status} asset due"),
            }
        }
    }

    /// Everything that is said of the records agrees with them.
    async fn agrees(&self, seed: u64) {
        let items = self.world.items().await;
        let (mut assets, mut events, mut entries) =
            (Vec::new(), BTreeMap::<AssetId, Vec<Event>>::new(), BTreeSet::new());
        let mut usage = Item::new();
        for item in items {
            let (pk, sk) = (text(&item, "pk"), text(&item, "sk"));
            match sk.as_str() {
                "ASSET" => assets.push(serde_dynamo::from_item::<_, Asset>(item).unwrap()),
                "USAGE" => usage = item,
                _ if pk.starts_with("TAG#") => drop(entries.insert((pk, sk))),
                _ => {
                    if let Some(event) = event_of(item) {
                        events.entry(event.asset).or_default().push(event);
                    }
                }
            }
        }

        let sum = |part: &dyn Fn(&Asset) -> i64| assets.iter().map(part).sum::<i64>();
        let total = sum(&|asset| asset.footprint().reserved_bytes + asset.footprint().stored_bytes);
        assert_eq!(number(&usage, "total_bytes"), total, "history {seed}");
        assert_eq!(number(&usage, "active_uploads"), sum(&|asset| asset.footprint().active_uploads), "history {seed}");

        let expected: BTreeSet<_> = assets.iter().flat_map(tag_entries).collect();
        assert_eq!(entries, expected, "history {seed}");

        for asset in &assets {
            let events = &events[&asset.id];
            let count = |kinds: &[EventKind]| events.iter().filter(|event| kinds.contains(&event.what)).count() as u64;
            use EventKind::{Created, Deleted, Edited, Failed, Purged, Ready, Reprocessed, Uploaded};
            assert_eq!(asset.stage, count(&[Created, Uploaded, Reprocessed, Ready, Failed, Deleted]), "history {seed}");
            assert_eq!(asset.revision, 1 + count(&[Edited, Deleted]), "history {seed}");
            assert_eq!(u64::from(asset.purged_at.is_some()), count(&[Purged]), "history {seed}");
            let stages: BTreeSet<_> =
                events.iter().filter(|event| event.what != Edited).map(|event| event.stage).collect();
            assert_eq!(stages.len() as u64, asset.stage, "one event for each stage in history {seed}");
        }

        let ada = &self.people[0];
        for kind in [None, Some(Kind::Image), Some(Kind::Video)] {
            for status in std::iter::once(None).chain(Status::ALL.map(Some)) {
                for tag in [None, Some("b".to_owned()), Some("c".to_owned())] {
                    let filter = Filter { kind, status, tag, ..Filter::default() };
                    let page = self.world.table.list(ada, None, &filter, 100, None).await.unwrap();
                    let listed: BTreeSet<_> = page.items.iter().map(|asset| asset.id).collect();
                    let there = assets.iter().filter(|asset| asset.purged_at.is_none() && filter.admits(asset));
                    assert_eq!(listed, there.map(|asset| asset.id).collect(), "{filter:?} in history {seed}");
                }
            }
        }
    }
}

fn event_of(mut item: Item) -> Option<Event> {
    text(&item, "sk").starts_with("EVENT#").then(|| {
        item.remove("project");
        serde_dynamo::from_item(item).unwrap()
    })
}

fn take<T>(from: &mut Vec<T>, random: &mut StdRng) -> Option<T> {
    (!from.is_empty()).then(|| from.swap_remove(random.random_range(0..from.len())))
}

/// What was refused because something else has happened meanwhile is no fault.
fn passing<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Error::Conflict) => None,
        Err(error) => panic!("{}", error.causes()),
    }
}

fn found<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Error::NotFound) => None,
        Err(error) => panic!("{}", error.causes()),
    }
}

#[tokio::test]
async fn whatever_people_a_worker_and_a_sweeper_do_in_whatever_order_all_that_is_kept_agrees() {
    const HISTORIES: u64 = 24;
    const STEPS: usize = 60;
    let first = std::env::var("HISTORY_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in first.map_or(0..HISTORIES, |seed| seed..seed + 1) {
        let world = World::start().await;
        let mut history = History {
            world: &world,
            random: StdRng::seed_from_u64(seed),
            people: [caller("ada", &[]), caller("mona", &["media:admin"])],
            ids: Vec::new(),
            messages: Vec::new(),
            works: Vec::new(),
            edits: Vec::new(),
            deletes: Vec::new(),
            uploads: Vec::new(),
        };
        for _ in 0..STEPS {
            history.step().await;
        }
        history.agrees(seed).await;
    }
}

// ---------------------------------------------------------------- what this version does not know

/// A record to which a later version has added something.
struct Watched<'a> {
    world: &'a World,
    id: AssetId,
    seen: BTreeSet<&'static str>,
}

impl Watched<'_> {
    /// Adds to the record what only a later version knows.
    async fn of_a_later_version(&self) {
        let input = json!({
            "Key": self.key(), "UpdateExpression": "SET later = :later",
            "ExpressionAttributeValues": {":later": {"M": {"kept": {"BOOL": true}}}},
        });
        self.world.stage.ask_table("UpdateItem", input).await;
    }

    fn key(&self) -> Value {
        json!({"pk": {"S": format!("ASSET#{}", self.id)}, "sk": {"S": "ASSET"}})
    }

    async fn keeps_it_through(&mut self, transition: &'static str) {
        let item = self.world.stage.item(&self.key()).await;
        assert_eq!(item["later"]["M"]["kept"]["BOOL"], true, "{transition} has lost what a later version wrote");
        self.seen.insert(transition);
    }

    async fn authorized<A: rights::Right>(&self) -> Authorized<Asset, A> {
        self.world.table.authorize_even_deleted(&caller("ada", &[]), self.id).await.unwrap()
    }

    async fn claimed(&self) -> Work<Asset> {
        let asset = self.authorized::<rights::View>().await;
        let message = message("m", 1, self.id, asset.stage);
        self.world.table.claim(&message, Timestamp::now()).await.unwrap().unwrap()
    }

    async fn due(&self) -> Work<Asset> {
        let due = self.world.table.due(Timestamp::now().plus_seconds(30 * 24 * HOUR), 100).await.unwrap();
        due.into_iter().find(|work| work.id == self.id).unwrap()
    }
}

#[tokio::test]
async fn an_attribute_that_this_version_does_not_know_outlives_every_transition() {
    let world = World::start().await;
    let (table, ada) = (&world.table, caller("ada", &[]));
    let now = Timestamp::now;

    let id = world.begin(&ada, Kind::Image, tags(&["a"])).await.id;
    let mut upload = Watched { world: &world, id, seen: BTreeSet::new() };
    upload.of_a_later_version().await;
    table.extend(upload.authorized().await, now(), HOUR).await.unwrap();
    upload.keeps_it_through("extended").await;
    let edit = Edit { name: Some(FileName::parse("b.png").unwrap()), tags: Some(tags(&["b"])) };
    table.edit(upload.authorized().await, now(), edit).await.unwrap();
    upload.keeps_it_through("edited").await;
    table.mark_uploaded(upload.authorized().await, now(), HOUR).await.unwrap();
    upload.keeps_it_through("uploaded").await;
    let work = upload.claimed().await;
    table.mark_ready(&work, now(), None, Metadata::default(), Vec::new()).await.unwrap();
    upload.keeps_it_through("ready").await;
    table.reprocess(upload.authorized().await, now(), HOUR).await.unwrap();
    upload.keeps_it_through("reprocessed").await;
    let work = upload.claimed().await;
    table.mark_failed(&work, now(), failure(FailureCode::Unreadable)).await.unwrap();
    upload.keeps_it_through("failed").await;
    table.reprocess(upload.authorized().await, now(), HOUR).await.unwrap();
    table.give_up(&upload.due().await, now(), failure(FailureCode::ProcessingGaveUp)).await.unwrap();
    upload.keeps_it_through("given_up").await;
    table.delete(upload.authorized().await, now(), HOUR).await.unwrap();
    upload.keeps_it_through("deleted").await;
    table.postpone(&upload.due().await, now(), HOUR).await.unwrap();
    upload.keeps_it_through("postponed").await;
    table.mark_purged(&upload.due().await, now()).await.unwrap();
    upload.keeps_it_through("purged").await;
    table.purge_again(&message("m", 2, id, 1), now()).await.unwrap();
    upload.keeps_it_through("due_again").await;

    let source = Source { url: "https://media.example/a.mp4".to_owned(), reference: None };
    let rules = quayside_domain::SourceRules { ports: vec![443], allowed: vec![], denied: vec![], loopback: false };
    let url = SourceUrl::parse(&source.url, &rules).unwrap();
    let ingestion = Ingestion {
        declared: Declaration {
            name: FileName::parse("a.mp4").unwrap(),
            content_type: MediaType::UNKNOWN,
            size: ByteSize::UNKNOWN,
            sha256: None,
            tags: tags(&["a"]),
            keep_location: false,
        },
        source,
    };
    let new = NewIngestion { project: None, ingestion, url, expected: None };
    let begun = table.ingest(&ada, &[Some(new)], None, ALLOWANCE, HOUR, now()).await.unwrap();
    let id = begun.into_iter().next().unwrap().unwrap().unwrap().id;
    let mut fetch = Watched { world: &world, id, seen: upload.seen };
    fetch.of_a_later_version().await;
    let (work, _) = table.claim_ingestion(&message("f", 1, id, 1), now()).await.unwrap().unwrap();
    let mp4 = MediaType::of_name("a.mp4").unwrap();
    let work = table.mark_answered(&work, now(), (mp4, None, None), ALLOWANCE.quota_bytes).await.unwrap();
    fetch.keeps_it_through("answered").await;
    let parts = Parts::cut(ByteSize::new(1 << 30).unwrap(), 8 << 20);
    let strategy = Strategy::Multipart { multipart_id: "m".to_owned(), parts };
    let upload = Upload { strategy: strategy.clone(), expires_at: now() };
    let work = table.mark_in_parts(&work, now(), (17 << 20, upload), ALLOWANCE.quota_bytes).await.unwrap();
    fetch.keeps_it_through("in_parts").await;
    let work = table.mark_received(&work, now(), 18 << 20, ALLOWANCE.quota_bytes).await.unwrap();
    fetch.keeps_it_through("received").await;
    let file = (ByteSize::new(18 << 20).unwrap(), Sha256::from([7; 32]), strategy);
    table.mark_fetched(&work, now(), file, ALLOWANCE.quota_bytes, HOUR).await.unwrap();
    fetch.keeps_it_through("fetched").await;
    table.mark_failed(&fetch.claimed().await, now(), failure(FailureCode::Unreadable)).await.unwrap();
    table.mark_cleaned(&fetch.due().await, now()).await.unwrap();
    fetch.keeps_it_through("cleaned").await;

    // All that the domain has: whoever adds a transition adds it here.
    let life = std::fs::read_to_string(project().join("shared/domain/src/life.rs")).unwrap();
    let transitions = life.split("pub fn ").skip(1).filter(|text| {
        let signature = text.split('{').next().unwrap_or_default();
        signature.contains("&self") && signature.contains("Change")
    });
    let transitions: BTreeSet<_> = transitions.map(|text| text.split('(').next().unwrap_or_default()).collect();
    assert_eq!(fetch.seen, transitions);
}

#[tokio::test]
async fn a_table_of_a_later_version_is_not_opened() {
    let world = World::start().await;
    world.table.open().await.unwrap();
    let marker = |schema: u32| json!({"Item": {"pk": {"S": "ASSET#"}, "sk": {"S": "SCHEMA"}, "schema": {"N": schema.to_string()}}});
    world.stage.ask_table("PutItem", marker(1)).await;
    world.table.open().await.unwrap();
    world.stage.ask_table("PutItem", marker(2)).await;
    let refusal = world.table.open().await.unwrap_err().to_string();
    assert!(refusal.starts_with("TABLE_NAME names a table of schema 2"), "{refusal}");
}

#[tokio::test]
async fn the_largest_event_is_far_from_what_the_bus_takes() {
    const BUS_BYTES: usize = 256 << 10;
    let world = World::start().await;
    let sub = "\u{1f3b7}".repeat(63);
    let asset = world.begin(&caller(&sub, &[]), Kind::Image, Tags::default()).await;
    let asset: Authorized<Asset, ViewHistory> = world.table.authorize(&caller(&sub, &[]), asset.id).await.unwrap();
    let page = world.table.history(&asset, 1, None).await.unwrap();
    let event = page.events.first().unwrap();
    // With every character written as an escape, and the pipe's own words around it.
    let bytes = serde_json::to_string(event).unwrap().len() * 6;
    assert!(bytes < BUS_BYTES / 16, "{bytes}");
}
