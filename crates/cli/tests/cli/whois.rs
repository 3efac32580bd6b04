//! `whois`: what an id tells by itself, and what the material shows of it.

use serde_json::json;

use crate::binary::run;
use crate::material::{call, delivered, folder};

#[test]
fn a_key_id_tells_its_account_without_any_network() {
    let folder = folder(&[]);
    // The vector is the one that is published with the method; 029608264753 keeps its zero.
    let ran = run(folder.path(), &["whois", "ASIAQNZGKIQY56JQ7WML"]);
    assert_eq!(
        ran.shown(),
        "exit 0\n--- stdout\n\
         ASIAQNZGKIQY56JQ7WML  temporary access key (of an STS session)\n\
         account   029608264753\n\
         note      works only with its session token, and for 36 hours at most after it\n          \
         was issued\n--- stderr\n"
    );
    let whois = |id: &str| run(folder.path(), &["whois", id, "--json"]).json(0)["whois"].clone();
    let of = |id: &str| whois(id)["account"].clone();
    assert_eq!(of("AKIAQNZGKIQY56JQ7WML"), "029608264753");
    assert_eq!(of("AROAQNZGKIQY56JQ7WML"), "029608264753");
    assert_eq!(of("AROAQNZGKIQY56JQ7WML:session"), "029608264753");
    assert_eq!(of("arn:aws:iam::111122223333:user/nina"), "111122223333");
    assert_eq!(of("AKIAIOSFODNN7EXAMPLE"), json!(null), "the older form carries none");
    assert_eq!(of("nina"), json!(null));
}

#[test]
fn the_account_has_the_name_that_the_environment_gives_it() {
    let known = "[accounts]\n\"029608264753\" = { name = \"payments\" }\n";
    let folder = folder(&[("environment.toml", known)]);
    let ran = run(folder.path(), &["whois", "ASIAQNZGKIQY56JQ7WML"]);
    assert!(ran.out(0).contains("\naccount   029608264753 (payments)\n"), "{}", ran.shown());
}

#[test]
fn with_material_it_tells_who_made_a_key_what_it_did_and_what_became_of_it() {
    let made = json!({
        "requestParameters": {"userName": "reports"},
        "responseElements": {"accessKey": {"userName": "reports", "accessKeyId": "AKIAEXAMPLEMADEKEY77"}},
    });
    let by_it = |name: &str, id: &str, time: &str, more| {
        let mut event = call(name, id, time, more);
        event["userIdentity"]["accessKeyId"] = json!("AKIAEXAMPLEMADEKEY77");
        event["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/reports");
        event
    };
    let denied = json!({"errorCode": "AccessDenied"});
    let off =
        json!({"requestParameters": {"accessKeyId": "AKIAEXAMPLEMADEKEY77", "status": "Inactive"}});
    let events = [
        call("CreateAccessKey", "1", "2026-05-04T02:24:00Z", made),
        by_it("ListUsers", "2", "2026-05-04T02:25:00Z", json!({})),
        by_it("ListRoles", "3", "2026-05-04T02:26:00Z", denied),
        call("UpdateAccessKey", "4", "2026-05-04T03:00:00Z", off),
        call("ListUsers", "5", "2026-05-04T03:01:00Z", json!({})),
    ];
    let folder = folder(&[("a.json", &delivered(&events))]);
    let document = run(folder.path(), &["whois", "AKIAEXAMPLEMADEKEY77", "a.json", "--json", "-q"]);
    let seen = document.json(0)["whois"]["seen"].clone();
    assert_eq!((&seen["used"]["count"], &seen["used"]["denied"]), (&json!(2), &json!(1)));
    assert_eq!(seen["used"]["first"], "2026-05-04T02:25:00Z");
    assert_eq!(seen["issued_by"]["events"][0]["origin"]["event_id"], "1");
    assert_eq!(seen["issued_to"], json!(["reports"]));
    assert_eq!(seen["mentioned"]["events"][0]["origin"]["event_id"], "4");
    assert_eq!(seen["mentioned"]["count"], 1);
    let text = run(folder.path(), &["whois", "AKIAEXAMPLEMADEKEY77", "a.json", "-q"]);
    for part in [
        "USED      2 calls: 1 done, 1 denied, 0 failed, 0 unknown",
        "2026-05-04T02:25:00Z to 2026-05-04T02:26:00Z",
        "issued to reports",
        "ISSUED OR CREATED BY (1 event",
        "NAMED IN (1 event",
        "iam:UpdateAccessKey",
    ] {
        assert!(text.out(0).contains(part), "{part:?} is not in {}", text.shown());
    }
    let other = run(folder.path(), &["whois", "AKIAEXAMPLEOTHERKEY7", "a.json", "-q"]);
    assert!(other.out(0).contains("No call by it in this material."), "{}", other.shown());
}
