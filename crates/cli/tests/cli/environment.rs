//! `environment.toml`: written once from the material, and whom it keeps from being accused.

use serde_json::{Value, json};

use crate::binary::run;
use crate::material::{call, delivered, folder, write};

const ROLE: &str = "arn:aws:iam::111122223333:role/deployer";

/// A role that hands out all permissions, and calls itself what `agent` says.
fn deployment(agent: &str) -> String {
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let identity = json!({
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/deployer/run",
        "principalId": "AROAEXAMPLEDEPLOY:run",
        "accountId": "111122223333",
        "accessKeyId": "ASIAEXAMPLEDEPLOY",
        "sessionContext": {"sessionIssuer": {
            "type": "Role", "arn": ROLE, "accountId": "111122223333", "userName": "deployer",
        }},
    });
    let event = |name: &str, id: &str, request: Value| {
        let more = json!({
            "userAgent": agent, "userIdentity": identity, "requestParameters": request,
        });
        call(name, id, "2026-05-04T02:13:00Z", more)
    };
    delivered(&[
        event("CreateUser", "1", json!({"userName": "x"})),
        event(
            "PutUserPolicy",
            "2",
            json!({"userName": "x", "policyName": "p", "policyDocument": policy}),
        ),
        event("CreateAccessKey", "3", json!({"userName": "x"})),
    ])
}

/// Who is suspected, and the reasons of the verdict.
fn accused(folder: &tempfile::TempDir, logs: &str) -> (Vec<Value>, String) {
    let document = run(folder.path(), &["investigate", logs, "--json", "-q"]).json(0);
    let suspects = document["story"]["suspects"].as_array().expect("suspects").iter();
    let suspects = suspects.map(|suspect| suspect["principal"].clone()).collect();
    (suspects, document["verdict"]["because"].to_string())
}

#[test]
fn a_first_file_is_written_once_and_never_overwritten() {
    let terraform = "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io)";
    let folder = folder(&[("a.json", &deployment(terraform))]);
    let init = ["environment", "init", "a.json", "-q"];
    let ran = run(folder.path(), &init);
    assert_eq!(
        ran.shown(),
        "exit 0\n--- stdout\n--- stderr\n\
         wrote environment.toml: read it and correct it before you rely on it\n"
    );
    let path = folder.path().join("environment.toml");
    let written = std::fs::read_to_string(&path).expect("it was written");
    assert!(written.contains(&format!("\"{ROLE}\", # 3 changes by ")), "{written}");
    assert!(written.contains("\"111122223333\" = { name = \"\" }"), "{written}");
    assert!(written.contains("responders = []"), "nobody is trusted unasked: {written}");
    write(folder.path(), "environment.toml", "# ours\n");
    let refused = run(folder.path(), &init);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.shown());
    assert!(refused.stderr.contains("environment.toml"), "{}", refused.shown());
    assert!(refused.stderr.contains("\n  hint: "), "{}", refused.shown());
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "# ours\n");
    let elsewhere = [&init[..], &["--output", "other.toml"]].concat();
    run(folder.path(), &elsewhere).out(0);
    let other = std::fs::read_to_string(folder.path().join("other.toml")).expect("written");
    assert_eq!(other, written);
}

#[test]
fn infrastructure_as_code_is_not_accused_once_it_is_known() {
    let folder = folder(&[("a.json", &deployment("aws-cli/2.31"))]);
    let (before, _) = accused(&folder, "a.json");
    assert!(before.iter().any(|who| who.as_str().is_some_and(|arn| arn.contains("deployer"))));
    write(folder.path(), "environment.toml", &format!("infrastructure_as_code = [\"{ROLE}\"]\n"));
    let (after, because) = accused(&folder, "a.json");
    assert!(after.is_empty(), "{after:?}");
    assert!(because.contains("not accused") && because.contains("deployer"), "{because}");
    let ran = run(folder.path(), &["investigate", "a.json", "-q"]);
    assert!(ran.stderr.contains("environment.toml"), "which file is used is told");
    let (other, _) = accused(&folder, "a.json");
    assert!(other.is_empty(), "rules fire all the same: {other:?}");
    let findings = run(folder.path(), &["detect", "a.json", "-q", "--json"]).json(0);
    assert!(findings["findings"].as_array().is_some_and(|findings| findings.len() > 2));
}

#[test]
fn a_responder_is_not_accused_and_what_the_responder_made_is_not_to_be_removed() {
    let policy = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let request = json!({"userName": "x", "policyName": "stop", "policyDocument": policy});
    let events = [
        call("PutUserPolicy", "1", "2026-05-04T02:13:00Z", json!({"requestParameters": request})),
        call("CreateUser", "2", "2026-05-04T02:14:00Z", json!({})),
        call("CreateAccessKey", "3", "2026-05-04T02:15:00Z", json!({})),
        call(
            "StopLogging",
            "4",
            "2026-05-04T02:16:00Z",
            json!({
                "eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"name": "org"},
            }),
        ),
    ];
    let folder = folder(&[("a.json", &delivered(&events))]);
    let nina = "arn:aws:iam::111122223333:user/nina";
    assert_eq!(accused(&folder, "a.json").0, [json!(nina)]);
    for part in ["responders", "break_glass"] {
        write(folder.path(), "environment.toml", &format!("{part} = [\"{nina}\"]\n"));
        let (suspects, because) = accused(&folder, "a.json");
        assert!(suspects.is_empty(), "{part}: {suspects:?}");
        assert!(because.contains("not accused"), "{part}: {because}");
        let document = run(folder.path(), &["investigate", "a.json", "--json", "-q"]).json(0);
        let cut = document["containment"].to_string();
        assert!(!cut.contains("user/nina") && !cut.contains("'nina'"), "{part}: {cut}");
    }
}

#[test]
fn a_file_that_is_read_is_not_written_to_whatever_it_is_called() {
    let logs = delivered(&[call("ListUsers", "1", "2026-05-04T02:13:00Z", json!({}))]);
    let folder = folder(&[("logs/a.json", &logs), ("columns.toml", "eventName = \"A\"\n")]);
    for (output, told) in [
        ("logs/../logs/a.json", "which is logs/a.json: it is among what is read"),
        ("columns.toml", "--output would overwrite columns.toml: it is among what is read"),
    ] {
        let arguments =
            ["environment", "init", "logs", "--columns", "columns.toml", "--output", output];
        let ran = run(folder.path(), &arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.shown());
        assert!(ran.stderr.contains(told), "{}", ran.shown());
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("logs/a.json")).ok(), Some(logs));
}
