//! What the functions' roles allow: nothing that is wider than the function's work, and all of that. `cargo local` holds
//! the functions to their rights to the table, so that any other test fails where one is missing; here none is too many.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use quayside_template::Template;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deployment::{auth_modes, document};
use crate::support::stage::template;
use crate::support::{Hook, Options, Reply, Source, System, User, eventually, files, ingestion};

/// One value or a list of them.
fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

/// A resource's ARN as far as the template knows it; parameters are at their defaults.
fn arn(document: &Value, resource: &Value) -> String {
    if let Some(text) = resource.as_str().or(resource["Fn::Sub"].as_str()) {
        let parameters = document["Parameters"].as_object().unwrap().iter();
        let defaults = parameters.filter_map(|(name, parameter)| Some((name, parameter["Default"].as_str()?)));
        return defaults.fold(text.to_owned(), |text, (name, default)| text.replace(&format!("${{{name}}}"), default));
    }
    let [of, attribute] = [0, 1].map(|index| resource["Fn::GetAtt"][index].as_str());
    format!("{}.{}", of.unwrap(), attribute.unwrap())
}

/// What the statements of a role or of a policy of queues allow: actions with the resources that they are allowed on.
fn allowed(document: &Value, resource: &Value) -> BTreeSet<(String, String)> {
    let properties = &resource["Properties"];
    let inline = properties["Policies"].as_array().into_iter().flatten().map(|policy| &policy["PolicyDocument"]);
    let statements = inline.chain([&properties["PolicyDocument"]]).flat_map(|policy| each(&policy["Statement"]));
    let statements = statements.filter(|statement| !statement.is_null());
    let pairs = statements.flat_map(|statement| {
        assert!(statement["NotAction"].is_null() && statement["NotResource"].is_null(), "{statement}");
        let resources = each(&statement["Resource"]).into_iter().map(|resource| arn(document, resource));
        let resources: Vec<_> = resources.collect();
        each(&statement["Action"]).into_iter().flat_map(move |action| {
            let action = action.as_str().unwrap().to_owned();
            resources.clone().into_iter().map(move |resource| (action.clone(), resource))
        })
    });
    pairs.collect()
}

#[test]
fn no_policy_allows_every_action_and_none_every_resource_without_saying_why() {
    let document = document();
    let mut statements = 0;
    for (name, resource) in document["Resources"].as_object().unwrap() {
        let kind = resource["Type"].as_str().unwrap();
        assert_ne!(kind, "AWS::IAM::ManagedPolicy", "{name} is no function's own");
        for policies in ["Policies", "ManagedPolicyArns"] {
            let is_role = kind == "AWS::IAM::Role" && policies == "Policies";
            let properties = &resource["Properties"];
            assert!(is_role || properties[policies].is_null(), "{name} has {policies}, which nobody reads here");
        }
        for (action, on) in allowed(&document, resource) {
            statements += 1;
            assert!(!action.contains(['*', '?']), "{name} allows {action}");
            // A reason stands in the resource's metadata, beside the policy.
            let reason = resource["Metadata"]["WhyAnyResource"].as_str().unwrap_or_default();
            assert!(!on.contains('*') || reason.len() > 20, "{name} allows {action} on {on}, and does not say why");
        }
    }
    assert!(statements > 50, "the policies are not found");
}

#[test]
fn every_function_has_a_role_of_its_own_that_opens_its_own_log_queue_and_secrets_and_nothing_else() {
    auth_modes().iter().for_each(|(template, document)| assert_roles_of_functions(template, document));
}

fn assert_roles_of_functions(template: &Template, document: &Value) {
    let resources = &document["Resources"];
    let mut roles = BTreeSet::new();
    for function in &template.functions {
        let properties = &resources[&function.logical_name]["Properties"];
        let role = properties["Role"]["Fn::GetAtt"][0].as_str().unwrap();
        assert!(roles.insert(role.to_owned()), "{role} is of two functions");
        let trusted = &resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        let expected = json!([{"Effect": "Allow", "Action": "sts:AssumeRole",
                               "Principal": {"Service": "lambda.amazonaws.com"}}]);
        assert_eq!(*trusted, expected, "{role}");

        let log = format!("{}.Arn", properties["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap());
        let mut expected = BTreeSet::from([("logs:CreateLogStream", log.clone()), ("logs:PutLogEvents", log)]);
        for source in template.queue_sources.iter().filter(|source| source.function == function.name) {
            let queue = format!("{}.Arn", source.queue);
            for action in ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"] {
                expected.insert((action, queue.clone()));
            }
        }
        for value in function.variables.values().flatten() {
            // Secrets Manager puts six characters of its own behind a name.
            if let Some((name, _key)) = value.strip_prefix("secretsmanager:").and_then(|named| named.rsplit_once(':')) {
                let place = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret";
                expected.insert(("secretsmanager:GetSecretValue", format!("{place}:{name}-??????")));
            }
        }
        let allowed = allowed(document, &resources[role]);
        let beside_the_table = allowed.iter().filter(|(action, _)| !action.starts_with("dynamodb:"));
        let beside_the_table = beside_the_table.map(|(action, on)| (action.as_str(), on.clone()));
        assert_eq!(beside_the_table.collect::<BTreeSet<_>>(), expected, "{}", function.name);
    }
}

#[test]
fn a_queue_takes_messages_from_its_rules_alone() {
    let document = document();
    let resources = document["Resources"].as_object().unwrap();
    let of_type = |kind: &'static str| resources.iter().filter(move |(_, resource)| resource["Type"] == kind);
    // What rules send to a queue, as their target or as what they could not deliver.
    let mut senders = BTreeMap::<String, BTreeSet<String>>::new();
    for (name, rule) in of_type("AWS::Events::Rule") {
        for target in rule["Properties"]["Targets"].as_array().unwrap() {
            for queue in [&target["Arn"], &target["DeadLetterConfig"]["Arn"]] {
                senders.entry(arn(&document, queue)).or_default().insert(format!("{name}.Arn"));
            }
        }
    }
    let mut allowed = BTreeMap::new();
    for (name, policy) in of_type("AWS::SQS::QueuePolicy") {
        let properties = &policy["Properties"];
        let [queue] = &properties["Queues"].as_array().unwrap()[..] else { panic!("{name} is of one queue") };
        let [statement] = &properties["PolicyDocument"]["Statement"].as_array().unwrap()[..] else {
            panic!("{name} has one statement")
        };
        let sources = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
        let queue = queue["Ref"].as_str().unwrap();
        let expected = json!({"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                              "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": [queue, "Arn"]},
                              "Condition": {"ArnEquals": {"aws:SourceArn": sources}}});
        assert_eq!(*statement, expected, "{name}");
        let sources: BTreeSet<_> = each(sources).into_iter().map(|source| arn(&document, source)).collect();
        allowed.insert(format!("{queue}.Arn"), sources);
    }
    assert_eq!(allowed, senders);
}

#[test]
fn the_pipe_reads_the_stream_and_writes_to_the_bus_and_to_what_is_left_over() {
    let document = document();
    let role = &document["Resources"]["PipeRole"];
    let trusted = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trusted[0]["Principal"], json!({"Service": "pipes.amazonaws.com"}));
    assert_eq!(trusted.as_array().unwrap().len(), 1);
    let mut expected = vec![("events:PutEvents", "Bus.Arn"), ("sqs:SendMessage", "Undelivered.Arn")];
    let reads =
        ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(|read| format!("dynamodb:{read}"));
    expected.extend(reads.iter().map(|read| (read.as_str(), "Table.StreamArn")));
    let allowed = allowed(&document, role);
    let allowed: BTreeSet<_> = allowed.iter().map(|(action, on)| (action.as_str(), on.as_str())).collect();
    assert_eq!(allowed, expected.into_iter().collect());
}

/// The rights to the table that each function has used.
type Used = BTreeMap<String, BTreeSet<String>>;

async fn used(system: &System, used: &mut Used) {
    for asked in system.asked_since(0).await {
        used.entry(asked.by).or_default().extend(asked.rights);
    }
}

async fn send(user: &User, method: Method, path: &str, key: &str, body: Vec<u8>, kind: &str) -> crate::support::Answer {
    let request = user.request(method, path).header("idempotency-key", key).header("content-type", kind);
    user.send(request.body(body)).await
}

#[tokio::test]
async fn functions_use_every_right_to_the_table_that_they_have() {
    let mut all = Used::new();
    // Nothing comes from a silent source for as long as the test runs.
    let variables = [("SOURCE_IDLE_SECONDS", "600"), ("SOURCE_TOTAL_SECONDS", "600"), ("UPLOAD_TTL_SECONDS", "16")];
    let system = ingestion::start_with(&variables).await;
    let source = Source::start().await;
    let project = Uuid::now_v7().to_string();
    for (sub, role) in [("ada", "contributor"), ("vera", "viewer"), ("mona", "manager")] {
        system.add_member(&project, sub, role).await;
    }
    let [ada, vera, mona] = [system.user("ada").await, system.user("vera").await, system.user("mona").await];
    let picture = files::png(8, 8);
    let id_of = |json: &Value| json["id"].as_str().or(json["assetId"].as_str()).unwrap().to_owned();

    uploads(&ada, &vera, &mona, &project).await;

    // One that somebody else completes, sees and deletes.
    let begun = ada.begin_in(&project, "dot.png", "image/png", picture.len()).await;
    ada.bring(&begun, &picture).await;
    let id = id_of(&begun);
    mona.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    assert_eq!(ada.inspected(&id).await["status"], "ready");
    for path in [format!("/v1/assets/{id}/data"), format!("/v1/assets/{id}")] {
        assert!(vera.get(&path).await.status < 400);
    }
    // By each index, and by the entries of a tag.
    for query in ["limit=1", "type=image", "sort=name", "tag=a"] {
        for scope in [String::new(), format!("&projectId={project}")] {
            ada.get(&format!("/v1/assets?{query}{scope}")).await.expect(200);
        }
    }
    for tags in [["b", "c"], ["c", "d"]] {
        mona.patch(&format!("/v1/assets/{id}"), &json!({"tags": tags})).await.expect(200);
    }
    mona.get(&format!("/v1/assets/{id}/history")).await.expect(200);
    mona.delete(&format!("/v1/assets/{id}")).await.expect(204);

    // One that is not what it says; its bytes go with it.
    let broken = ada.upload("dot.png", "image/png", &[7; 100]).await;
    assert_eq!(ada.inspected(&broken).await["status"], "failed");

    // One whose bytes came with the request, twice.
    let path = format!("/v1/assets?tags=a&projectId={project}");
    for _ in 0..2 {
        send(&ada, Method::POST, &path, "direct", picture.clone(), "image/png").await.expect(201);
    }

    // Files of URLs: one that comes, and three that never do, each with another end.
    let url = source.serve("/dot.png", [Reply::file("image/png", &picture)]);
    // The source says of which kind it is, which moves the entry of its tag.
    let unnamed = source.serve("/unnamed", [Reply::file("image/png", &picture)]);
    let unnamed = json!({"url": unnamed, "name": "unnamed", "tags": ["a"], "projectId": project});
    for file in [json!({"url": url}), unnamed] {
        assert_eq!(ingestion::ingested(&ada, file).await["status"], "ready");
    }
    let silence = || [Reply::garbage(b"").then_waits(Duration::from_secs(600))];
    let silent = source.serve("/silent", silence());
    for path in ["/v1/uploads/", "/v1/assets/"] {
        let id = ingestion::ingest(&ada, json!({"url": silent})).await;
        ada.delete(&format!("{path}{id}")).await.expect(204);
    }
    let stuck = ingestion::ingest(&ada, json!({"url": source.serve("/stuck", silence())})).await;
    // From then on nobody writes its record but sweep.
    eventually("the source is asked", async || source.got("/stuck").first().cloned()).await;
    system.make_due(&stuck).await;
    system.sweep().await;
    assert_eq!(ada.inspected(&stuck).await["failure"]["code"], "ingestion_gave_up");

    // Webhooks, told twice; and storage's.
    let body = json!({"provider": "replicate"}).to_string().into_bytes();
    for _ in 0..2 {
        send(&ada, Method::POST, "/v1/webhook-endpoints", "hook", body.clone(), "application/json").await.expect(201);
    }
    let hook = Hook::make(&system, &ada).await;
    for _ in 0..2 {
        hook.send(&json!({"id": "made", "status": "succeeded", "output": url})).await.expect(202);
    }
    ada.delete(&format!("/v1/webhook-endpoints/{}", hook.id)).await.expect(204);
    let awaited = ada.begin("dot.png", "image/png", picture.len()).await;
    ada.bring(&awaited, &picture).await;
    let object = format!("incoming/ada/{}", id_of(&awaited));
    let event = json!({"eventType": "b2:ObjectCreated:Upload", "bucketName": "quayside-media", "objectName": object,
                       "objectSize": picture.len(), "eventVersion": 1});
    system.notify(&json!([event])).await.expect(202);
    assert_eq!(ada.inspected(&id_of(&awaited)).await["status"], "ready");
    used(&system, &mut all).await;

    // What is larger than the whole quota is refused with the usage.
    let small =
        System::start_with(Options { variables: vec![("QUOTA_MB", "1".to_owned())], ..Options::default() }).await;
    let ada = small.user("ada").await;
    let large = json!({"filename": "a.png", "contentType": "image/png", "size": 2 << 20});
    ada.post("/v1/uploads", &large).await.expect_problem(409, "quota_exceeded");
    let bytes = vec![0; 2 << 20];
    send(&ada, Method::POST, "/v1/assets", "large", bytes, "image/png").await.expect_problem(409, "quota_exceeded");
    used(&small, &mut all).await;

    for function in template().functions {
        let used = all.remove(&function.name).unwrap_or_default();
        assert_eq!(used, function.rights, "used (left) and allowed (right) of {}", function.name);
    }
}

/// Uploads in parts, by their owner and by others of the project.
async fn uploads(ada: &User, vera: &User, mona: &User, project: &str) {
    let film = json!({"filename": "a.mp4", "contentType": "video/mp4", "size": 20 << 20, "projectId": project,
                      "tags": ["a"]});
    let film = film.to_string().into_bytes();
    let begun = send(ada, Method::POST, "/v1/uploads", "film", film, "application/json").await.expect(201);
    let id = begun["assetId"].as_str().unwrap();
    // After an eighth of its time, signing keeps the upload alive.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    mona.post(&format!("/v1/uploads/{id}/parts"), &json!({"partNumbers": [1]})).await.expect(200);
    vera.get(&format!("/v1/uploads/{id}")).await.expect(200);
    mona.delete(&format!("/v1/uploads/{id}")).await.expect(204);
}
