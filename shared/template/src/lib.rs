//! Reads what `template.yaml` says about the system: functions, routes, table, pipe, rules, queues and schedules.
//!
//! The template is read as AWS SAM and CloudFormation understand it. What would work differently here than where it is
//! deployed (an event source, a resource or a property that is not known, an operator of a pattern) is an error that
//! names the resource: nothing in it is passed over silently.

mod document;
mod events;
mod functions;
mod input_template;
mod parameters;
mod pattern;
mod rights;
mod table;
#[cfg(test)]
mod tests;

pub use input_template::{InputTemplate, InputTemplateError};
pub use parameters::Parameters;
pub use pattern::{Pattern, PatternError};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

/// Everything that the local system takes from the template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// All lists here are in no particular order.
    pub functions: Vec<Function>,
    /// What of the HTTP API leads to which function.
    pub routes: Vec<Route>,
    /// Cross-origin requests that the HTTP API allows.
    pub cors: Option<Cors>,
    /// Which function works through which queue.
    pub queue_sources: Vec<QueueSource>,
    /// Which function runs when.
    pub schedules: Vec<Schedule>,
    /// The table.
    pub table: Table,
    /// The pipe from the table's stream to the bus.
    pub pipe: Pipe,
    /// The bus's rules.
    pub rules: Vec<Rule>,
    /// The queues, dead-letter queues included.
    pub queues: Vec<Queue>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Logical name, `InitiateUpload`.
    pub logical_name: String,
    /// Name of its folder, which is its crate's: `initiate-upload`. Routes, queues and schedules refer to it by this.
    pub name: String,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// What an invocation may take, in MiB.
    pub memory_mb: u32,
    /// Environment variables, the global ones included. `None` where only a deployment knows the value, as for a `Ref`
    /// to a resource or to a parameter without a default.
    pub variables: BTreeMap<String, Option<String>>,
    /// What its role lets it do with the table: an action with the beginning of the keys of items, `GetItem ASSET#`, or
    /// with an index, `Query index/by_owner`.
    pub rights: BTreeSet<String>,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`.
    pub method: String,
    /// `/v1/assets/{id}`: a segment in braces takes one segment of any text.
    pub path: String,
    /// The function's [`Function::name`].
    pub function: String,
    /// Whether the gateway's authorizer asks for a token. If not, the function may still do so.
    pub needs_token: bool,
}

impl Route {
    /// The route's key in events: `GET /v1/assets/{id}`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// `CorsConfiguration` of the HTTP API, but for its origins, which only a deployment knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Allowed methods.
    pub methods: Vec<String>,
    /// Allowed request headers.
    pub headers: Vec<String>,
    /// Response headers that a page may read.
    pub exposed_headers: Vec<String>,
    /// How long a browser may keep the answer to a preflight.
    pub max_age: Option<Duration>,
}

/// An SQS event source: what feeds a function from a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSource {
    /// The function's [`Function::name`].
    pub function: String,
    /// The [`Queue::name`].
    pub queue: String,
    /// Messages per invocation, at most; 1 to 10.
    pub batch_size: u32,
    /// Whether the function names the messages that failed. If not, a batch fails or succeeds as a whole.
    pub report_batch_item_failures: bool,
    /// Invocations at once, at most.
    pub maximum_concurrency: Option<u32>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Logical name of the event, `Minute`.
    pub name: String,
    /// The function's [`Function::name`].
    pub function: String,
    /// Time from one start to the next.
    pub every: Duration,
    /// The event to send; `None` for the scheduler's own.
    pub input: Option<Value>,
}

/// The table, its parts in DynamoDB's own JSON, which `CreateTable` takes as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `AttributeDefinitions`.
    pub attribute_definitions: Value,
    /// `KeySchema`.
    pub key_schema: Value,
    /// `GlobalSecondaryIndexes`; an empty list if there are none.
    pub global_secondary_indexes: Value,
    /// What a stream record holds: `NEW_AND_OLD_IMAGES`.
    pub stream_view_type: String,
    /// Attribute with the time of expiry, in seconds since 1970.
    pub time_to_live_attribute: Option<String>,
}

/// The pipe from the table's stream to the bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipe {
    /// What it makes of a record that passes.
    pub input: InputTemplate,
    /// A record passes if it fits one of these, or if there are none.
    pub filters: Vec<Pattern>,
    /// Records read at once, at most.
    pub batch_size: u32,
    /// The events' `source`.
    pub source: String,
    /// The events' `detail-type`.
    pub detail_type: String,
}

/// A rule of the bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Logical name, `UploadedRule`.
    pub name: String,
    /// Which events it takes.
    pub pattern: Pattern,
    /// The queues that get them, by [`Queue::name`].
    pub queues: Vec<String>,
}

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Logical name, `UploadedQueue`.
    pub name: String,
    /// How long a message that was received is hidden from others.
    pub visibility_timeout: Duration,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
}

/// `RedrivePolicy` of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The [`Queue::name`] of the dead letters.
    pub dead_letters: String,
    /// How often a message is received before it goes there; at least 1.
    pub max_receive_count: u32,
}

/// Why the template cannot be run here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml, {place}: {problem}")]
pub struct TemplateError {
    place: String,
    problem: String,
}

impl TemplateError {
    fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// The template at `path` as JSON, with short tags in their long form and parameters at their defaults, for what
/// [`Template`] does not tell.
///
/// # Errors
///
/// If the file cannot be read, or is no YAML.
pub fn document(path: &Path) -> Result<Value, TemplateError> {
    document_with(path, &Parameters::new())
}

/// [`document`] with these values of parameters, and the branches that they choose in the place of each `Fn::If`.
///
/// # Errors
///
/// As [`document`]; and if the template has no such parameter, or does not allow the value.
pub fn document_with(path: &Path, parameters: &Parameters) -> Result<Value, TemplateError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| TemplateError::new("the file", format!("{} cannot be read: {error}", path.display())))?;
    parse(&text, parameters)
}

fn parse(text: &str, parameters: &Parameters) -> Result<Value, TemplateError> {
    let mut document = document::parse(text)?;
    parameters::resolve(&mut document, parameters)?;
    Ok(document)
}

impl Template {
    /// Reads the template at `path`.
    ///
    /// # Errors
    ///
    /// With the resource and the property, if the file cannot be read, is no YAML, or holds what cannot be run here.
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        Self::read_with(path, &Parameters::new())
    }

    /// [`Template::read`] with these values of parameters.
    ///
    /// # Errors
    ///
    /// As [`Template::read`]; and if the template has no such parameter, or does not allow the value.
    pub fn read_with(path: &Path, parameters: &Parameters) -> Result<Self, TemplateError> {
        Self::of_document(&document_with(path, parameters)?)
    }

    fn of_document(document: &Value) -> Result<Self, TemplateError> {
        let whole = Section { place: "the template".to_owned(), value: document };
        let globals = whole.section("Globals")?;
        let mut builder = Builder::default();
        let resources = whole.required("Resources")?;
        for (name, resource) in resources.object()? {
            let resource = Section { place: name.clone(), value: resource };
            builder.add(&resource, name, &globals, &resources)?;
        }
        builder.cors = functions::read_cors(&globals)?;
        builder.finish()
    }

    /// The function of that [`Function::name`].
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

#[derive(Default)]
struct Builder {
    functions: Vec<Function>,
    routes: Vec<Route>,
    /// Methods with paths of which the API's definition says that a token is needed.
    secured: BTreeSet<(String, String)>,
    cors: Option<Cors>,
    queue_sources: Vec<QueueSource>,
    schedules: Vec<Schedule>,
    tables: Vec<Table>,
    pipes: Vec<Pipe>,
    rules: Vec<Rule>,
    queues: Vec<Queue>,
}

impl Builder {
    fn add(
        &mut self,
        resource: &Section<'_>,
        name: &str,
        globals: &Section<'_>,
        resources: &Section<'_>,
    ) -> Result<(), TemplateError> {
        let kind = resource.required("Type")?.text()?;
        let properties = resource.section("Properties")?;
        match kind.as_str() {
            "AWS::Serverless::Function" => functions::read(self, name, &properties, globals, resources)?,
            "AWS::Serverless::HttpApi" => self.secured.extend(functions::read_secured(&properties)?),
            "AWS::DynamoDB::Table" => self.tables.push(table::read(&properties)?),
            "AWS::Pipes::Pipe" => self.pipes.push(events::read_pipe(&properties)?),
            "AWS::Events::Rule" => self.rules.push(events::read_rule(name, &properties)?),
            "AWS::SQS::Queue" => self.queues.push(events::read_queue(name, &properties)?),
            // There is one bus here and nobody to keep from a queue; roles are read with their functions; logs and alarms
            // change no behaviour.
            "AWS::Events::EventBus" | "AWS::SQS::QueuePolicy" | "AWS::SecretsManager::Secret" => {}
            other
                if ["AWS::IAM::", "AWS::Logs::", "AWS::CloudWatch::", "AWS::SNS::"]
                    .iter()
                    .any(|known| other.starts_with(known)) => {}
            other => return Err(resource.error(format!("the local system has nothing that works as {other} does"))),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Template, TemplateError> {
        for route in &mut self.routes {
            route.needs_token = self.secured.remove(&(route.method.clone(), route.path.clone()));
        }
        if let Some((method, path)) = self.secured.pop_first() {
            return Err(TemplateError::new("the API's DefinitionBody", format!("no function has {method} {path}")));
        }
        let is_queue = |wanted: &str| self.queues.iter().any(|queue| queue.name == wanted);
        for rule in &self.rules {
            if let Some(unknown) = rule.queues.iter().find(|queue| !is_queue(queue)) {
                return Err(TemplateError::new(
                    &rule.name,
                    format!("its target {unknown} is no queue of the template"),
                ));
            }
        }
        for source in &self.queue_sources {
            if !is_queue(&source.queue) {
                let problem = format!("its event source {} is no queue of the template", source.queue);
                return Err(TemplateError::new(&source.function, problem));
            }
        }
        for queue in &self.queues {
            if let Some(redrive) = queue.redrive.as_ref().filter(|redrive| !is_queue(&redrive.dead_letters)) {
                let problem = format!("its dead-letter queue {} is no queue of the template", redrive.dead_letters);
                return Err(TemplateError::new(&queue.name, problem));
            }
        }
        for (index, function) in self.functions.iter().enumerate() {
            if self.functions[..index].iter().any(|earlier| earlier.name == function.name) {
                let problem = format!("another function has the folder {} already", function.name);
                return Err(TemplateError::new(&function.logical_name, problem));
            }
        }
        Ok(Template {
            functions: self.functions,
            routes: self.routes,
            cors: self.cors,
            queue_sources: self.queue_sources,
            schedules: self.schedules,
            table: only_one(self.tables, "AWS::DynamoDB::Table")?,
            pipe: only_one(self.pipes, "AWS::Pipes::Pipe")?,
            rules: self.rules,
            queues: self.queues,
        })
    }
}

fn only_one<T>(mut resources: Vec<T>, kind: &str) -> Result<T, TemplateError> {
    match (resources.pop(), resources.is_empty()) {
        (Some(resource), true) => Ok(resource),
        _ => Err(TemplateError::new("Resources", format!("there must be exactly one {kind}"))),
    }
}

/// A part of the template and where it is.
struct Section<'a> {
    place: String,
    value: &'a Value,
}

/// Stands for a section that the template leaves out.
static NOTHING: Value = Value::Null;

impl<'a> Section<'a> {
    fn error(&self, problem: impl Into<String>) -> TemplateError {
        TemplateError::new(&self.place, problem)
    }

    /// The part under `key`, which may be missing.
    fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self { place: format!("{}.{key}", self.place), value })
    }

    fn required(&self, key: &str) -> Result<Self, TemplateError> {
        self.get(key).ok_or_else(|| self.error(format!("{key} is missing")))
    }

    /// The object under `key`; an empty one if it is missing.
    fn section(&self, key: &str) -> Result<Self, TemplateError> {
        let section = self.get(key).unwrap_or(Self { place: format!("{}.{key}", self.place), value: &NOTHING });
        section.object().map(|_| ())?;
        Ok(section)
    }

    fn object(&self) -> Result<impl Iterator<Item = (&'a String, &'a Value)> + use<'a>, TemplateError> {
        match self.value {
            Value::Object(object) => Ok(Some(object).into_iter().flat_map(Map::iter)),
            Value::Null => Ok(None.into_iter().flat_map(Map::iter)),
            _ => Err(self.error("must be an object")),
        }
    }

    /// The elements of a list.
    fn elements(&self) -> Result<Vec<Self>, TemplateError> {
        let list = self.value.as_array().ok_or_else(|| self.error("must be a list"))?;
        let element = |(index, value)| Self { place: format!("{}[{index}]", self.place), value };
        Ok(list.iter().enumerate().map(element).collect())
    }

    fn text(&self) -> Result<String, TemplateError> {
        self.value.as_str().map(str::to_owned).ok_or_else(|| self.error("must be a string"))
    }

    /// A whole number in the range, given as a number or as a string of digits, as CloudFormation takes it.
    fn number(&self, range: std::ops::RangeInclusive<u32>) -> Result<u32, TemplateError> {
        let number = match self.value {
            Value::String(digits) => digits.parse().ok(),
            value => value.as_u64(),
        };
        number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number)).ok_or_else(|| {
            self.error(format!("must be a whole number from {} to {}, not {}", range.start(), range.end(), self.value))
        })
    }

    /// Refuses keys that are not listed.
    fn only(&self, known: &[&str]) -> Result<(), TemplateError> {
        match self.object()?.find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, _)) => Err(self.error(format!("the local system does not know what to do with {key}"))),
            None => Ok(()),
        }
    }

    /// Refuses a value other than the one that the local system behaves as.
    fn must_be(&self, key: &str, wanted: &Value) -> Result<(), TemplateError> {
        match self.get(key) {
            Some(found) if found.value != wanted => {
                Err(found.error(format!("the local system knows only {wanted}, not {}", found.value)))
            }
            _ => Ok(()),
        }
    }
}
