#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use serde_json::json;

use super::*;

fn parsed(text: &str) -> Result<Template, TemplateError> {
    Template::of_document(&parse(text, &Parameters::new())?)
}

/// The least that is a template, with `more` among its resources.
fn with(more: &str) -> Result<Template, TemplateError> {
    parsed(&least(more))
}

fn least(more: &str) -> String {
    format!(
        r"
Parameters:
  Attempts: {{Type: Number, Default: 7}}
  Chosen: {{Type: String}}
  Origins: {{Type: CommaDelimitedList}}
Globals:
  Function:
    Timeout: 10
    Environment:
      Variables: {{LEVEL: info, SIZE: 16, ATTEMPTS: !Ref Attempts, TABLE: !Ref Table}}
  HttpApi:
    CorsConfiguration: {{AllowOrigins: !Ref Origins, AllowMethods: [GET], MaxAge: 600}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{{AttributeName: pk, AttributeType: S}}]
      KeySchema: [{{AttributeName: pk, KeyType: HASH}}]
      StreamSpecification: {{StreamViewType: NEW_IMAGE}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      SourceParameters: {{DynamoDBStreamParameters: {{StartingPosition: TRIM_HORIZON}}}}
      TargetParameters:
        EventBridgeEventBusParameters: {{Source: shop, DetailType: order}}
        InputTemplate: <$.dynamodb.NewImage.id.S>
{more}"
    )
}

fn function(events: &str) -> Result<Template, TemplateError> {
    with(&format!(
        r"
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/work/bootstrap.zip
      Environment:
        Variables:
          LEVEL: debug
          FAST: true
          NAME: !Sub '${{AWS::StackName}}-x'
          KEY: !Sub 'secret:${{Attempts}}:${{Attempts}}!'
          CHOSEN: !Ref Chosen
          CHOSEN_TOO: !Sub 'secret:${{Chosen}}'
      Events: {events}"
    ))
}

#[test]
fn the_projects_own_template_is_understood_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let template = Template::read(&path).unwrap();

    let process = template.function("process-metadata").unwrap();
    assert_eq!((process.logical_name.as_str(), process.timeout), ("ProcessMetadata", Duration::from_secs(300)));
    assert_eq!((process.memory_mb, template.function("sweep").unwrap().memory_mb), (1769, 256));
    assert_eq!(process.variables["MAX_MEGAPIXELS"].as_deref(), Some("100"));
    assert_eq!(process.variables["PROCESSING_ATTEMPTS"].as_deref(), Some("5"));
    assert_eq!(process.variables["TABLE_NAME"], None);
    assert_eq!(process.variables["S3_KEY_ID"].as_deref(), Some("secretsmanager:quayside/storage:keyId"));
    assert_eq!(process.variables["S3_BUCKET"], None);
    let initiate = template.function("initiate-upload").unwrap();
    assert!(initiate.variables["ALLOWED_TYPES"].as_deref().unwrap().contains("image/gif image/svg+xml video/mp4"));

    let rights = |name: &str| template.function(name).unwrap().rights.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(rights("serve-data"), ["GetItem ASSET#", "GetItem PROJECT#"]);
    assert!(rights("sweep").contains(&"Query index/due"));

    let complete = template.routes.iter().find(|route| route.path == "/v1/uploads/{id}/complete").unwrap();
    assert_eq!((complete.method.as_str(), complete.function.as_str()), ("POST", "complete-upload"));
    assert!(complete.needs_token);
    assert!(template.cors.as_ref().unwrap().headers.contains(&"idempotency-key".to_owned()));

    for (function, queue, dead_letters, tries, within) in [
        ("process-metadata", "UploadedQueue", "UploadedDeadLetters", 5, "INSPECTED_WITHIN_SECONDS"),
        ("fetch-url", "IngestingQueue", "IngestingDeadLetters", 3, "INGESTED_WITHIN_SECONDS"),
    ] {
        let source = template.queue_sources.iter().find(|source| source.function == function).unwrap();
        assert_eq!(source.queue, queue);
        assert!(source.report_batch_item_failures);
        let queue = template.queues.iter().find(|queue| queue.name == source.queue).unwrap();
        assert_eq!(queue.visibility_timeout, template.function(function).unwrap().timeout * 2);
        let redrive = queue.redrive.as_ref().unwrap();
        assert_eq!((redrive.dead_letters.as_str(), redrive.max_receive_count), (dead_letters, tries));
        // An asset is given up only when its message cannot be tried any more.
        let seconds: u64 = template
            .functions
            .iter()
            .find_map(|function| function.variables.get(within))
            .and_then(|seconds| seconds.as_ref()?.parse().ok())
            .unwrap();
        assert!(queue.visibility_timeout * redrive.max_receive_count < Duration::from_secs(seconds));
    }
    let fetch = template.function("fetch-url").unwrap();
    let total: u64 = fetch.variables["SOURCE_TOTAL_SECONDS"].as_ref().unwrap().parse().unwrap();
    // What is left of the time is for the last parts, and for storage to put them together.
    assert!(fetch.timeout >= Duration::from_secs(total + 120));

    assert_eq!(template.schedules[0].function, "sweep");
    assert_eq!(template.schedules[0].every, Duration::from_secs(60));
    assert_eq!(template.table.key_schema[0], json!({"AttributeName": "pk", "KeyType": "HASH"}));
    assert_eq!(template.table.time_to_live_attribute.as_deref(), Some("expires_at"));
    assert_eq!((template.pipe.source.as_str(), template.pipe.detail_type.as_str()), ("quayside", "asset"));

    let text = |text: &str| json!({"S": text});
    let names = ["id", "at", "by", "asset", "owner", "project", "kind", "trace"];
    let mut image: Map<_, _> = names.map(|name| (name.to_owned(), text(name))).into_iter().collect();
    image.extend([("sk".to_owned(), text("EVENT#1")), ("status".to_owned(), text("uploaded"))]);
    image.extend([("what".to_owned(), text("asset.uploaded")), ("stage".to_owned(), json!({"N": "2"}))]);
    image.insert("revision".to_owned(), json!({"N": "1"}));
    let record = json!({"eventName": "INSERT", "dynamodb": {"NewImage": image}});
    assert!(template.pipe.filters[0].matches(&record));
    let detail = template.pipe.input.apply(&record).unwrap();
    assert_eq!(detail["asset"]["stage"], "2");
    let rule = template.rules.iter().find(|rule| rule.queues == ["UploadedQueue"]).unwrap();
    assert!(rule.pattern.matches(&json!({"source": "quayside", "detail-type": "asset", "detail": detail})));
}

#[test]
fn a_functions_own_variables_come_before_the_global_ones() {
    let template = function("{}").unwrap();
    let work = template.function("work").unwrap();
    assert_eq!((work.timeout, work.memory_mb), (Duration::from_secs(10), 128));
    let expected = [
        ("ATTEMPTS", Some("7")),
        ("CHOSEN", None),
        ("CHOSEN_TOO", None),
        ("FAST", Some("true")),
        ("KEY", Some("secret:7:7!")),
        ("LEVEL", Some("debug")),
        ("NAME", None),
        ("SIZE", Some("16")),
        ("TABLE", None),
    ];
    assert!(work.variables.iter().map(|(name, value)| (name.as_str(), value.as_deref())).eq(expected));
    assert_eq!(template.cors.unwrap().methods, ["GET"]);
}

#[test]
fn event_sources_are_read_with_what_they_leave_out() {
    let template = with(
        r#"
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Attempts}}
  Dead: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/work/bootstrap.zip
      Events:
        Health: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: /health}}
        Job: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
        Hourly: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(2 hours), Input: '{"deep": true}'}}"#,
    )
    .unwrap();
    assert_eq!((template.routes[0].method.as_str(), template.routes[0].needs_token), ("GET", false));
    let source = &template.queue_sources[0];
    assert_eq!((source.batch_size, source.report_batch_item_failures, source.maximum_concurrency), (10, false, None));
    assert_eq!(template.schedules[0].every, Duration::from_secs(7200));
    assert_eq!(template.schedules[0].input, Some(json!({"deep": true})));
    let jobs = template.queues.iter().find(|queue| queue.name == "Jobs").unwrap();
    assert_eq!(jobs.visibility_timeout, Duration::from_secs(30));
    assert_eq!(jobs.redrive.as_ref().unwrap().max_receive_count, 7);
    assert_eq!(template.table.global_secondary_indexes, json!([]));
}

/// A template whose conditions depend on the parameter `Mode`.
const WITH_MODES: &str = r#"
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /things:
            get: {security: !If [ByGateway, [{Tokens: []}], !Ref "AWS::NoValue"]}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/work/bootstrap.zip
      Environment:
        Variables:
          MODE: !Ref Mode
          KEY: !If [ByFunction, !Sub "secret:${Mode}", !Ref "AWS::NoValue"]
          OTHER: !If [Undecided, a, b]
      Events:
        List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /things}}
        Add: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /things}}
Conditions:
  ByFunction: !Not [!Condition ByGateway]
  ByGateway: !Equals [!Ref Mode, gateway]
  Undecided: !Equals [!Ref Chosen, gateway]
"#;

fn with_mode(mode: Option<(&str, &str)>) -> Result<Template, TemplateError> {
    let parameters = mode.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let text = least(WITH_MODES).replace(
        "\nParameters:\n",
        "\nParameters:\n  Mode: {Type: String, AllowedValues: [gateway, function], Default: gateway}\n",
    );
    Template::of_document(&parse(&text, &parameters)?)
}

#[test]
fn parameters_decide_conditions_and_what_depends_on_them() {
    let secured = |template: &Template| {
        let routes = template.routes.iter();
        routes.map(|route| (route.method.clone(), route.needs_token)).collect::<BTreeMap<_, _>>()
    };
    let routes = |get: bool| BTreeMap::from([("GET".to_owned(), get), ("POST".to_owned(), false)]);
    let by_default = with_mode(None).unwrap();
    let variables = &by_default.function("work").unwrap().variables;
    assert_eq!((variables["MODE"].as_deref(), variables.get("KEY")), (Some("gateway"), None));
    assert_eq!(variables["OTHER"], None, "only a deployment knows");
    assert_eq!(secured(&by_default), routes(true));

    let by_function = with_mode(Some(("Mode", "function"))).unwrap();
    let variables = &by_function.function("work").unwrap().variables;
    assert_eq!(
        (variables["MODE"].as_deref(), variables["KEY"].as_deref()),
        (Some("function"), Some("secret:function"))
    );
    assert_eq!(secured(&by_function), routes(false));

    for (name, value, error) in [
        ("Mode", "none", "template.yaml, Parameters.Mode: \"none\" is not an allowed value"),
        ("Moda", "gateway", "template.yaml, Parameters: there is no parameter Moda"),
    ] {
        assert_eq!(with_mode(Some((name, value))).unwrap_err().to_string(), error);
    }
}

#[test]
fn an_operation_of_the_api_that_no_function_has_is_an_error() {
    let api = "
  Api:
    Type: AWS::Serverless::HttpApi
    Properties: {DefinitionBody: {paths: {/things: {get: {security: [{Tokens: []}]}}}}}";
    let error = "template.yaml, the API's DefinitionBody: no function has GET /things";
    assert_eq!(with(api).unwrap_err().to_string(), error);
}

#[test]
fn rights_to_the_table_name_their_items_or_their_index() {
    let rights = |statement: &str| {
        let statements = format!(r#"[{{Action: "logs:PutLogEvents", Resource: !GetAtt Log.Arn}}, {statement}]"#);
        let policies = format!("[{{PolicyName: work, PolicyDocument: {{Statement: {statements}}}}}]");
        let work = "{CodeUri: target/lambda/work/bootstrap.zip, Role: !GetAtt Role.Arn}";
        with(&format!(
            "  Work: {{Type: AWS::Serverless::Function, Properties: {work}}}\n  \
             Role: {{Type: AWS::IAM::Role, Properties: {{Policies: {policies}}}}}"
        ))
        .map(|template| template.function("work").unwrap().rights.iter().cloned().collect::<Vec<_>>())
    };
    let keys = r#""dynamodb:LeadingKeys""#;
    let null = format!(r#""Null": {{{keys}: "false"}}"#);
    let like = |patterns: &str| format!("ForAllValues:StringLike: {{{keys}: [{patterns}]}}");
    let on_items = |condition: &str| {
        let action = r#"["dynamodb:GetItem", "dynamodb:PutItem"]"#;
        format!("{{Effect: Allow, Action: {action}, Resource: !GetAtt Table.Arn, Condition: {{{condition}}}}}")
    };
    let both = rights(&on_items(&format!(r##"{}, {null}"##, like(r##""A#*", "B#*""##)))).unwrap();
    assert_eq!(both, ["GetItem A#", "GetItem B#", "PutItem A#", "PutItem B#"]);
    let index = r#"{Effect: Allow, Action: "dynamodb:Query", Resource: [!Sub "${Table.Arn}/index/due"]}"#;
    assert_eq!(rights(index).unwrap(), ["Query index/due"]);

    let place = "template.yaml, the template.Resources.Role.Properties.Policies[0].PolicyDocument.Statement[1]";
    for (statement, problem) in [
        (on_items(&null), ".Condition: ForAllValues:StringLike is missing"),
        (on_items(&like(r##""A#*""##)), ".Condition: Null is missing"),
        (
            on_items(&format!("{}, {null}", like(r#""*""#))),
            ".Condition.ForAllValues:StringLike.dynamodb:LeadingKeys[0]: must be the beginning of a key, as ASSET#*",
        ),
        (
            r#"{Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}"#.to_owned(),
            ".Resource: must be the Arn of the table, or that with /index/ and a name",
        ),
        (
            r#"{Effect: Deny, Action: "dynamodb:GetItem", Resource: "*"}"#.to_owned(),
            r#".Effect: the local system knows only "Allow", not "Deny""#,
        ),
    ] {
        assert_eq!(rights(&statement).unwrap_err().to_string(), format!("{place}{problem}"));
    }
}

#[test]
fn what_cannot_be_run_here_is_named_with_its_resource() {
    let queue = |properties: &str| with(&format!("  Jobs: {{Type: AWS::SQS::Queue, Properties: {properties}}}"));
    let rule = |properties: &str| with(&format!("  Rule: {{Type: AWS::Events::Rule, Properties: {properties}}}"));
    for (template, sentence) in [
        (
            with("  Steps: {Type: AWS::StepFunctions::StateMachine}"),
            "template.yaml, Steps: the local system has nothing that works as AWS::StepFunctions::StateMachine does",
        ),
        (
            with("  Work: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/work}}"),
            "template.yaml, Work.Properties.CodeUri: must be target/lambda/<folder>/bootstrap.zip",
        ),
        (
            function("{Changed: {Type: DynamoDB, Properties: {}}}"),
            "template.yaml, Work.Events.Changed: the local system knows HttpApi, SQS and ScheduleV2 events, not \
             DynamoDB",
        ),
        (
            function("{All: {Type: HttpApi, Properties: {Method: ANY, Path: /}}}"),
            "template.yaml, Work.Events.All.Properties.Method: must be one HTTP method, not ANY",
        ),
        (
            function("{Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: cron(0 0 * * ? *)}}}"),
            "template.yaml, Work.Events.Daily.Properties.ScheduleExpression: must be rate(1 minute), or \
             rate(N minutes), in hours or in days",
        ),
        (
            function("{Job: {Type: SQS, Properties: {Queue: !GetAtt Table.Arn}}}"),
            "template.yaml, work: its event source Table is no queue of the template",
        ),
        (
            function("{Job: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, BatchSize: 100}}}"),
            "template.yaml, Work.Events.Job.Properties.BatchSize: must be a whole number from 1 to 10, not 100",
        ),
        (
            queue("{FifoQueue: true}"),
            "template.yaml, Jobs.Properties: the local system does not know what to do with FifoQueue",
        ),
        (
            queue("{DelaySeconds: 5}"),
            "template.yaml, Jobs.Properties.DelaySeconds: the local system knows only 0, not 5",
        ),
        (
            queue("{RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}"),
            "template.yaml, Jobs: its dead-letter queue Dead is no queue of the template",
        ),
        (
            rule("{EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !GetAtt Work.Arn}]}"),
            "template.yaml, Rule: its target Work is no queue of the template",
        ),
        (
            rule("{EventPattern: {source: [{suffix: p}]}, Targets: []}"),
            "template.yaml, Rule.Properties.EventPattern: the pattern at `source`: uses the operator `suffix`; \
             understood are anything-but, exists, prefix and $or",
        ),
        (
            rule("{EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !GetAtt Jobs.Arn, Input: x}]}"),
            "template.yaml, Rule.Properties.Targets[0]: the local system does not know what to do with Input",
        ),
        (
            with("  Second: {Type: AWS::Pipes::Pipe}"),
            "template.yaml, Second.Properties.SourceParameters: DynamoDBStreamParameters is missing",
        ),
        (parsed("Resources: {}"), "template.yaml, Resources: there must be exactly one AWS::DynamoDB::Table"),
    ] {
        assert_eq!(template.unwrap_err().to_string(), sentence);
    }
    let twice = with("  Jobs: {Type: AWS::SQS::Queue}\n  Jobs: {Type: AWS::SQS::Queue}").unwrap_err().to_string();
    assert!(twice.starts_with("template.yaml, the file: "), "{twice}");
}
