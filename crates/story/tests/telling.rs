//! How it is told: short, one thing a line, with honest counts.

mod material;

use crashcart_model::{Incident, Level, LogText, Outcome};
use crashcart_story::{Pivot, Told};
use material::{Tale, event, session};
use serde_json::{Value, json};

fn about_mallory(records: Vec<Value>) -> Tale {
    let pivot = Pivot { principals: vec!["mallory".to_owned()], ..Pivot::default() };
    Tale { pivot, ..Tale::of(records) }
}

fn secret(second: u32, name: &str) -> Value {
    let request = json!({"secretId": name});
    event(second, "secretsmanager:GetSecretValue", json!({"requestParameters": request}))
}

fn targets(told: &Told, what: &str) -> Vec<(Outcome, u64, String)> {
    let mine = told.story.steps.iter().filter(|step| step.what.raw() == what);
    mine.map(|step| {
        let target = step.target.as_ref().map(|t| t.raw().to_owned()).unwrap_or_default();
        (step.outcome, step.count, target)
    })
    .collect()
}

#[test]
fn one_call_with_one_outcome_is_one_step_and_done_and_denied_stay_apart() {
    let mut denied = secret(9, "c");
    denied["errorCode"] = json!("AccessDenied");
    let records = vec![secret(1, "b"), secret(2, "a"), secret(3, "a"), denied];
    let told = about_mallory(records).tell();
    assert_eq!(
        targets(&told, "secretsmanager:GetSecretValue"),
        [(Outcome::Done, 3, "2 targets: a, b".to_owned()), (Outcome::Denied, 1, "c".to_owned())]
    );
}

#[test]
fn sharing_and_taking_the_share_back_are_two_steps_and_only_the_first_is_exfiltration() {
    let share = |second, change: &str| {
        let permission = json!({change: {"items": [{"userId": "999999999999"}]}});
        let request = json!({"snapshotId": "snap-1", "createVolumePermission": permission});
        event(second, "ec2:ModifySnapshotAttribute", json!({"requestParameters": request}))
    };
    let told = about_mallory(vec![share(1, "add"), share(2, "remove")])
        .tell()
        .story
        .steps
        .into_iter()
        .map(|step| (step.count, step.tactic, step.technique))
        .collect::<Vec<_>>();
    let exfiltration = (1, Some("exfiltration".to_owned()), Some("T1537".to_owned()));
    assert_eq!(told, [exfiltration, (1, None, None)]);
}

#[test]
fn to_take_away_ones_own_is_cleaning_up_and_to_take_away_anothers_is_not() {
    let request = json!({"groupId": "sg-1", "cidrIp": "203.0.113.9/32", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22});
    let group = |second, name: &str| {
        event(second, &format!("ec2:{name}"), json!({"requestParameters": request}))
    };
    let revoke = "RevokeSecurityGroupIngress";
    let tactic = |records: Vec<Value>| {
        let told = about_mallory(records).tell().story.steps;
        let step = told.into_iter().find(|step| step.what.raw().ends_with(revoke)).unwrap();
        step.tactic
    };
    let opened = group(1, "AuthorizeSecurityGroupIngress");
    assert_eq!(tactic(vec![opened.clone(), group(2, revoke)]), None);
    assert_eq!(tactic(vec![group(2, revoke)]).as_deref(), Some("defense-evasion"));
    let mut other_rule = group(2, revoke);
    other_rule["requestParameters"]["fromPort"] = json!(443);
    let told = tactic(vec![opened.clone(), other_rule]);
    assert_eq!(told.as_deref(), Some("defense-evasion"), "another rule of the same group");
    let mut anothers = opened;
    anothers["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/owner");
    assert_eq!(tactic(vec![anothers, group(2, revoke)]).as_deref(), Some("defense-evasion"));
}

#[test]
fn a_backdoor_that_is_put_back_is_told_by_the_record_of_the_backdoor() {
    let trust = |second, who: Value| {
        let statement = json!({"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"});
        let policy = json!({"Statement": [statement]}).to_string();
        let request = json!({"roleName": "app", "policyDocument": policy});
        event(second, "iam:UpdateAssumeRolePolicy", json!({"requestParameters": request}))
    };
    let back = trust(9, json!({"Service": "ec2.amazonaws.com"}));
    let door = trust(1, json!({"AWS": "arn:aws:iam::999999999999:root"}));
    let steps = about_mallory(vec![back, door]).tell().story.steps;
    assert_eq!(steps.len(), 2, "{steps:#?}");
    let first = steps[0].origins[0].event_id.as_ref().map(LogText::raw);
    assert_eq!(first, Some("00000000-0000-4000-8000-000000000001"));
    assert_eq!(steps[0].tactic.as_deref(), Some("persistence"));
    assert_eq!(steps[1].tactic, None, "{:?}", steps[1]);
}

#[test]
fn what_a_finding_cites_is_the_first_target_that_is_named() {
    let user = |second, name: &str| {
        event(second, "iam:CreateUser", json!({"requestParameters": {"userName": name}}))
    };
    let mut records: Vec<Value> =
        (1..8).map(|number| user(number, &format!("a-{number}"))).collect();
    records.push(user(9, "z"));
    let mut tale = about_mallory(records);
    tale.only = Some(("CreateUser", 7));
    let told = tale.rule("CreateUser", Level::High).tell();
    let (_, _, target) = targets(&told, "iam:CreateUser").remove(0);
    assert_eq!(target, "8 targets: z, a-1, a-2, a-3, a-4, and 3 more");
}

#[test]
fn taking_up_a_role_many_times_is_one_step_on_the_role() {
    let asked = |second: u32| {
        let arn = format!("arn:aws:sts::111122223333:assumed-role/admin/run-{second}");
        let key = format!("ASIAEXAMPLESESSION{second:02}");
        let request = json!({"roleArn": "arn:aws:iam::111122223333:role/admin",
            "roleSessionName": format!("run-{second}")});
        let response =
            json!({"assumedRoleUser": {"arn": arn}, "credentials": {"accessKeyId": key}});
        let more = json!({"requestParameters": request, "responseElements": response});
        event(second, "sts:AssumeRole", more)
    };
    let told = about_mallory((1..21).map(asked).collect()).tell();
    assert_eq!(
        targets(&told, "sts:AssumeRole"),
        [(Outcome::Done, 20, "arn:aws:iam::111122223333:role/admin".to_owned())]
    );
    let reached = &told.story.blast_radius.principals;
    assert_eq!(reached.len(), 21, "mallory and the twenty sessions: {reached:?}");
}

fn terraform(mut record: Value) -> Value {
    record["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://t.io)");
    record
}

#[test]
fn scaffolding_without_a_tactic_is_a_step_only_where_a_finding_cites_it() {
    let tags = terraform(event(1, "ec2:CreateTags", json!({"requestParameters": {"id": "x"}})));
    let told = about_mallory(vec![tags.clone(), secret(2, "a")]).tell();
    assert!(targets(&told, "ec2:CreateTags").is_empty());
    let note = "1 call of infrastructure as code left out of the steps: no finding cites them";
    assert!(told.blind_spots.iter().any(|spot| spot == note), "{:?}", told.blind_spots);
    let told = about_mallory(vec![tags, secret(2, "a")]).rule("CreateTags", Level::Low).tell();
    assert_eq!(targets(&told, "ec2:CreateTags").len(), 1);
}

#[test]
fn a_call_made_by_hand_too_is_told_at_the_time_and_with_the_count_of_the_hand() {
    let user = |second, name: &str| {
        event(second, "iam:CreateUser", json!({"requestParameters": {"userName": name}}))
    };
    let told = about_mallory(vec![terraform(user(1, "scaffold")), user(30, "backdoor")]).tell();
    assert_eq!(
        targets(&told, "iam:CreateUser"),
        [(Outcome::Done, 1, "backdoor".to_owned())],
        "the scaffold is counted among what is left out"
    );
    assert_eq!(told.story.steps[0].at.map(|t| t.to_string()).unwrap(), "2024-05-04T02:00:30Z");
}

#[test]
fn what_is_in_reach_is_named_one_by_one_and_a_cut_list_is_said_to_be_one() {
    let many: Vec<String> = (0..12).map(|number| format!("name-{number:02}")).collect();
    let read = event(1, "ssm:GetParameters", json!({"requestParameters": {"names": many}}));
    let told = about_mallory(vec![read]).tell();
    let reached: Vec<&str> = told.story.blast_radius.resources.iter().map(LogText::raw).collect();
    let expected: Vec<&str> = many.iter().take(10).map(String::as_str).collect();
    assert_eq!(reached, expected);
    let note = "some calls name more than ten things: only ten of each are told";
    assert!(told.blind_spots.iter().any(|spot| spot == note), "{:?}", told.blind_spots);

    let records = (0..310).map(|number| secret(number, &format!("secret-{number:03}"))).collect();
    let told = about_mallory(records).tell();
    assert_eq!(told.story.blast_radius.resources.len(), 300);
    let note = "10 rows of resources in reach left out: the first 300 are shown";
    assert!(told.blind_spots.iter().any(|spot| spot == note), "{:?}", told.blind_spots);
}

#[test]
fn a_bucket_that_was_only_listed_is_in_reach_unless_that_was_refused() {
    let list = |second, bucket: &str| {
        event(second, "s3:ListObjects", json!({"requestParameters": {"bucketName": bucket}}))
    };
    let mut refused = list(2, "payroll");
    refused["errorCode"] = json!("AccessDenied");
    let told = about_mallory(vec![list(1, "notes"), refused]).tell();
    let reached: Vec<&str> = told.story.blast_radius.resources.iter().map(LogText::raw).collect();
    assert_eq!(reached, ["notes"]);
}

#[test]
fn more_keys_than_are_kept_are_said_to_be_at_least_so_many() {
    let call = |number: u32| {
        let mut record = event(number, "iam:ListUsers", json!({}));
        record["userIdentity"]["accessKeyId"] = json!(format!("ASIAEXAMPLE{number:09}"));
        record
    };
    let tell = |keys| {
        let mut tale = Tale::of((0..keys).map(call).collect());
        tale.pivot.principals.push("mallory".to_owned());
        tale.tell().story
    };
    let whole = tell(64);
    assert_eq!(whole.suspects[0].access_keys.len(), 64);
    assert!(whole.suspects[0].incomplete.is_empty());
    let cut = tell(70);
    assert_eq!(cut.suspects[0].incomplete, ["access_keys"]);
    let whose = &cut.answers[0].answer;
    assert!(whose.raw().ends_with("and at least 62 more"), "{}", whose.raw());
}

fn attack() -> Vec<Value> {
    let user = |second, name: &str| {
        event(second, "iam:CreateUser", json!({"requestParameters": {"userName": name}}))
    };
    let trail = json!({"requestParameters": {"name": "main"}});
    let mut records = vec![
        user(1, "one"),
        event(2, "cloudtrail:StopLogging", trail),
        secret(3, "a"),
        secret(4, "b"),
    ];
    records.iter_mut().for_each(|record| record["userAgent"] = json!("stratus-red-team_0d2c1f"));
    records
}

#[test]
fn the_verdict_is_three_to_six_short_sentences_of_one_reason_each() {
    let told = Tale::of(attack())
        .rule("CreateUser", Level::High)
        .rule("StopLogging", Level::High)
        .rule("GetSecretValue", Level::Medium)
        .tell();
    assert_eq!(told.verdict.incident, Incident::Yes);
    let because = &told.verdict.because;
    assert!((3..=6).contains(&because.len()), "{because:#?}");
    assert!(because.iter().all(|reason| reason.len() <= 160), "{because:#?}");
    assert_eq!(because[0], "user mallory has a score of 100 of 100: cut it off now");
    let rules = "2 high rules fired: rule on CreateUser; rule on StopLogging";
    assert_eq!(because[1], rules, "the weightiest reason first");
    let quiet = (0..150).map(|second| event(second, "ec2:DescribeInstances", json!({})));
    let told = Tale::of(quiet.collect()).tell();
    assert_eq!(told.verdict.incident, Incident::No);
    assert!((3..=6).contains(&told.verdict.because.len()), "{:#?}", told.verdict);
}

#[test]
fn a_session_that_read_data_for_one_who_is_cut_off_now_is_cut_off_now_too() {
    let mut asked = event(
        9,
        "sts:AssumeRole",
        json!({"requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/admin",
            "roleSessionName": "x"}}),
    );
    asked["responseElements"] = json!({"assumedRoleUser":
        {"arn": "arn:aws:sts::111122223333:assumed-role/admin/x"}});
    let session_used = |more: Value| {
        let mut record = secret(10, "c");
        record["userIdentity"] = session("admin", "x");
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let told = Tale::of([attack(), vec![asked.clone(), record]].concat())
            .rule("CreateUser", Level::High)
            .rule("StopLogging", Level::High)
            .tell();
        let found = told.story.suspects.iter().find(|s| s.principal.raw().ends_with("admin/x"));
        found.map(|suspect| suspect.act_now)
    };
    assert_eq!(session_used(json!({})), Some(true));
    assert_eq!(session_used(json!({"errorCode": "AccessDenied"})), Some(false));
}

#[test]
fn a_high_rule_on_looking_around_weighs_less_than_what_was_read() {
    let of = |name: &str, call: &str, more: Value| {
        let mut record = event(1, call, more);
        record["userIdentity"] = session("app", name);
        record["userAgent"] = json!("aws-cli/1.16.19 Python/2.7.10 Darwin/17.7.0");
        record
    };
    let image = json!({"requestParameters": {"repositoryName": "level2"}});
    let told = Tale::of(vec![
        of("i-0aaaaaaaaaaaaaaaa", "s3:ListBuckets", json!({})),
        of("i-0bbbbbbbbbbbbbbbb", "ecr:BatchGetImage", image),
    ])
    .rule("ListBuckets", Level::High)
    .tell();
    let names: Vec<&str> = told.story.suspects.iter().map(|s| s.principal.raw()).collect();
    assert!(names[0].ends_with("i-0bbbbbbbbbbbbbbbb"), "{:#?}", told.story.suspects);
    assert!(names[1].ends_with("i-0aaaaaaaaaaaaaaaa"));
}

#[test]
fn a_suspects_programs_are_folded_to_tool_and_version_and_its_lasting_keys_come_first() {
    let agents = [
        "aws-cli/2.31.4 ua/2.1 md/command#iam.list-users",
        "aws-cli/2.31.4 ua/2.1 md/command#s3.ls",
        "Boto3/1.26.165 Python/3.10.6",
        "[Boto3/1.26.165 Python/3.10.6]",
    ];
    let mut records: Vec<Value> = (1_u32..)
        .zip(agents)
        .map(|(second, agent)| event(second, "iam:ListUsers", json!({"userAgent": agent})))
        .collect();
    records[0]["userIdentity"]["accessKeyId"] = json!("ASIAAAAAEXAMPLE");
    let told = about_mallory(records).tell();
    let suspect = &told.story.suspects[0];
    let shown = |texts: &[LogText]| texts.iter().map(|t| t.raw().to_owned()).collect::<Vec<_>>();
    assert_eq!(shown(&suspect.user_agents), ["aws-cli/2.31.4", "Boto3/1.26.165"]);
    assert_eq!(shown(&suspect.access_keys), ["AKIAEXAMPLEMALLORY00", "ASIAAAAAEXAMPLE"]);
}

#[test]
fn the_answer_on_use_leaves_out_what_is_not_there_and_knows_the_singular() {
    let told = about_mallory(vec![secret(1, "a")]).tell();
    let used = told.story.answers.iter().find(|a| a.question == "How was it used?").unwrap();
    assert_eq!(
        used.answer.raw(),
        "user mallory: 1 call (1 done) at 2024-05-04T02:00:01Z, of 1 service, \
         from 198.51.100.7, with aws-cli/2.15.0"
    );
}

#[test]
fn what_is_lost_soonest_is_kept_first_and_the_deny_comes_after_the_memory() {
    let mut read = secret(1, "a");
    read["userIdentity"] = session("web", "i-0dbc91f429e48eeed");
    read["userAgent"] = json!("aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0");
    let told = Tale::of(vec![read]).rule("GetSecretValue", Level::High).tell();
    let order: Vec<&str> = told.containment.iter().map(|action| action.action.as_str()).collect();
    assert_eq!(
        order,
        ["save the state", "take memory and disks of the instance", "revoke the role's sessions"]
    );
    assert_eq!(told.containment[1].target.raw(), "i-0dbc91f429e48eeed");
    let cut = told.story.answers.iter().find(|a| a.question == "What must be cut first?").unwrap();
    assert!(cut.answer.raw().contains("revoke the role's sessions: "), "{cut:?}");
}

fn suspect_on(records: Vec<Value>, rule: &'static str) -> crashcart_model::Suspect {
    about_mallory(records).rule(rule, Level::High).tell().story.suspects.remove(0)
}

#[test]
fn a_rule_on_calls_that_were_all_refused_weighs_little_and_says_so() {
    let ask = |second, refused: bool| {
        let mut record = secret(second, &format!("secret-{second}"));
        if refused {
            record["errorCode"] = json!("AccessDenied");
        }
        record
    };
    let rule = "GetSecretValue";
    let refused = suspect_on(vec![ask(1, true), ask(2, true)], rule);
    let words = "1 high rule fired: rule on GetSecretValue: all refused";
    assert!(refused.because.iter().any(|reason| reason == words), "{refused:#?}");
    assert!(refused.score < 20, "{refused:#?}");
    let partly = suspect_on(vec![ask(1, true), ask(2, false)], rule);
    assert!(!partly.because.iter().any(|reason| reason.contains("refused")), "{partly:#?}");
    assert!(partly.score >= 30, "{partly:#?}");
}

#[test]
fn a_role_that_could_be_assumed_a_moment_later_was_not_probed() {
    let assume = |second, denied: bool| {
        let request = json!({"roleArn": "arn:aws:iam::111122223333:role/new",
            "roleSessionName": "x"});
        let mut record = event(second, "sts:AssumeRole", json!({"requestParameters": request}));
        if denied {
            record["errorCode"] = json!("AccessDenied");
        }
        record
    };
    let tried: Vec<Value> = (1..16).map(|second| assume(second, true)).collect();
    let probing = |records: Vec<Value>| {
        let told = about_mallory(records).tell();
        told.story.suspects[0].because.iter().any(|reason| reason.contains("kept trying"))
    };
    assert!(probing(tried.clone()));
    assert!(!probing([tried.clone(), vec![assume(20, false)]].concat()));
    assert!(probing([tried, vec![assume(100, false)]].concat()), "more than a minute later");
}

#[test]
fn objects_that_were_read_are_named_up_to_five_and_a_listing_names_its_bucket() {
    let read = |second, key: &str| {
        let request = json!({"bucketName": "exports", "key": key});
        event(second, "s3:GetObject", json!({"requestParameters": request}))
    };
    let mut records: Vec<Value> = (1..8).map(|n| read(10 - n, &format!("{n}.csv"))).collect();
    records.push(event(
        1,
        "s3:ListObjects",
        json!({"requestParameters": {"bucketName": "exports"}}),
    ));
    let told = about_mallory(records).tell();
    let read = &told.story.accessed[0];
    let names: Vec<&str> = read.names.iter().map(LogText::raw).collect();
    assert_eq!(names, ["7.csv", "6.csv", "5.csv", "4.csv", "3.csv"], "the earliest");
    assert_eq!((read.things, read.made_at), (Some(7), None));
    assert_eq!(targets(&told, "s3:ListObjects"), [(Outcome::Done, 1, "exports".to_owned())]);
}

#[test]
fn ones_own_props_are_said_to_be_and_come_after_what_is_anothers() {
    let trail = |second, name: &str, trail: &str| {
        event(second, &format!("cloudtrail:{name}"), json!({"requestParameters": {"name": trail}}))
    };
    let records = vec![
        trail(1, "CreateTrail", "prop"),
        trail(2, "StopLogging", "prop"),
        trail(3, "StopLogging", "main"),
    ];
    let told = about_mallory(records).tell();
    let changes: Vec<_> =
        told.story.changes.iter().map(|c| (c.resource.raw(), c.made_at)).collect();
    let made = told.story.steps[0].at;
    assert_eq!(changes, [("main", None), ("prop", made)]);
    let spot = "logging stopped: trail prop (made at 2024-05-04T02:00:01Z by the same user mallory) was off";
    assert!(told.blind_spots.iter().any(|text| text.starts_with(spot)), "{:?}", told.blind_spots);
    let spot = "logging stopped: trail main was off";
    assert!(told.blind_spots.iter().any(|text| text.starts_with(spot)), "{:?}", told.blind_spots);
}

#[test]
fn whoever_shares_a_suspects_address_is_named_and_not_accused() {
    let mut other = event(2, "signin:ConsoleLogin", json!({}));
    other["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/pedro");
    other["userIdentity"]["accessKeyId"] = Value::Null;
    let affected = |told: &Told| {
        let question = "Who else is affected and must be told?";
        let answer = told.story.answers.iter().find(|a| a.question == question).unwrap();
        answer.answer.raw().to_owned()
    };
    let told = about_mallory(vec![secret(1, "a"), other.clone()]).tell();
    let sentence = "user pedro used the same address 198.51.100.7: same person, same network, or anonymised logs: unknown";
    assert!(affected(&told).contains(sentence), "{}", affected(&told));
    assert!(told.story.suspects.iter().all(|s| !s.principal.raw().ends_with("pedro")));
    other["sourceIPAddress"] = json!("203.0.113.50");
    let told = about_mallory(vec![secret(1, "a"), other]).tell();
    assert!(!affected(&told).contains("pedro"), "{}", affected(&told));
}

#[test]
fn a_key_id_that_names_another_account_than_its_records_is_a_blind_spot() {
    let spot = |account: &str| {
        let mut record = secret(1, "a");
        // This id encodes the account 609629065308, as its issuer published it.
        record["userIdentity"]["accessKeyId"] = json!("ASIAY34FZKBOKMUTVV7A");
        record["userIdentity"]["accountId"] = json!(account);
        let spots = about_mallory(vec![record]).tell().blind_spots;
        spots.into_iter().find(|spot| spot.starts_with("key ids say"))
    };
    let told = "key ids say account 609629065308, records say 111122223333: logs may be anonymised or altered";
    assert_eq!(spot("111122223333").as_deref(), Some(told));
    assert_eq!(spot("609629065308"), None);
}
