//! The story on real logs. The facts were read from the logs with jq; rules are made up here, as
//! this crate has none.

mod material;

use std::collections::BTreeSet;

use crashcart_model::{Incident, Level, LogText, Outcome, PersistenceState};
use crashcart_story::Told;
use crashcart_testkit::shared_data;
use material::{Tale, records_of};

fn suspect<'t>(told: &'t Told, end: &str) -> Option<&'t crashcart_model::Suspect> {
    told.story.suspects.iter().find(|suspect| suspect.principal.raw().ends_with(end))
}

#[test]
fn invictus_the_simulators_user_is_found_and_the_administrator_is_left_alone() {
    let Some(path) = shared_data("story-invictus") else { return };
    let tale = Tale::of(records_of(&path))
        .rule("CreateUser", Level::High)
        .rule("GetBucketAcl", Level::Low)
        .rule("GetAccountAuthorizationDetails", Level::Medium);
    assert_eq!(tale.records.len(), 2900);
    let told = tale.tell();
    assert_eq!(told.verdict.incident, Incident::Yes);
    let first = &told.story.suspects[0];
    assert_eq!(first.principal.raw(), "arn:aws:iam::123837392027:user/bert-jan");
    assert!(first.act_now);
    assert!(first.addresses.iter().any(|address| address.raw() == "192.168.10.20"));
    assert!(first.access_keys.iter().any(|key| key.raw() == "AKIATFQR7NSC8Q4X20BJ"));
    assert!(suspect(&told, "user/benjamin").is_none());
    let stolen = suspect(&told, "ec2-steal-credentials-role/i-0dbc91f429e48eeed").unwrap();
    assert!(!stolen.act_now && stolen.score >= 40);
}

#[test]
fn invictus_every_way_back_in_made_by_hand_was_removed_again() {
    let Some(path) = shared_data("story-invictus") else { return };
    let told = Tale::of(records_of(&path)).tell();
    let made: BTreeSet<&str> = told.story.persistence.iter().map(|p| p.what.raw()).collect();
    for expected in [
        "AKIATFQR7NSC3ZO6PKAZ of stratus-red-team-backdoor-u-user",
        "AKIATFQR7NSCQLA2F4OD of malicious-iam-user",
        "malicious-iam-user",
        "arn:aws:iam::aws:policy/AdministratorAccess of malicious-iam-user",
        "stratus-red-team-login-profile-user",
        "stratus-red-team-backdoor-r-role (arn:aws:iam::193672423079:root)",
        "backdoor of stratus-red-team-backdoor-f-func (*)",
        "sg-04cfb7a4712d75b00 (tcp 22 from 0.0.0.0/0)",
        "ami-0aa1d83d0b0985c86 (012345678901)",
        "snap-083d3b857c13988bc (012345678912)",
        "exfiltration (193672423079)",
        "stratus-red-team-bdbp-lhfzvgcamn (arn:aws:iam::193672423079:root)",
        "49e25ec3-bdfe-4150-8683-b4ea4ee85cfd",
    ] {
        assert!(made.contains(expected), "{expected} in {made:#?}");
    }
    let left: Vec<_> =
        told.story.persistence.iter().filter(|p| p.state == PersistenceState::InPlace).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn invictus_what_failed_is_not_told_as_done() {
    let Some(path) = shared_data("story-invictus") else { return };
    let told = Tale::of(records_of(&path)).tell();
    let outcomes = |what: &str| -> BTreeSet<Outcome> {
        told.story.steps.iter().filter(|s| s.what.raw() == what).map(|s| s.outcome).collect()
    };
    // The trail was not there: three StopLogging and one DeleteTrail failed. The two trails that
    // Terraform made and deleted are its own.
    assert_eq!(outcomes("cloudtrail:StopLogging"), BTreeSet::from([Outcome::Failed]));
    assert_eq!(outcomes("organizations:LeaveOrganization"), BTreeSet::from([Outcome::Denied]));
    assert_eq!(outcomes("ec2:GetPasswordData"), BTreeSet::from([Outcome::Denied]));
    let passwords = told.story.failed.iter().find(|f| f.what.raw() == "ec2:GetPasswordData");
    assert_eq!(passwords.map(|f| f.count), Some(29));
    assert_eq!(passwords.map(|f| f.error.raw()), Some("Client.UnauthorizedOperation"));
    assert!(!told.story.accessed.iter().any(|row| row.kind == "password data"));
    let stop = told.story.steps.iter().find(|s| s.what.raw() == "cloudtrail:StopLogging").unwrap();
    assert_eq!(stop.count, 3);
    assert_eq!(stop.at.map(|at| at.to_string()).as_deref(), Some("2023-07-10T12:00:42Z"));
}

#[test]
fn invictus_twenty_secrets_were_read_and_named() {
    let Some(path) = shared_data("story-invictus") else { return };
    let told = Tale::of(records_of(&path)).tell();
    let secrets: Vec<_> = told.story.accessed.iter().filter(|row| row.kind == "secret").collect();
    assert_eq!(secrets.len(), 20);
    let parameters = told.story.accessed.iter().filter(|row| row.kind == "parameter").count();
    assert_eq!(parameters, 42);
    assert!(told.blind_spots.iter().any(|spot| spot.starts_with("no S3 data events seen")));
}

#[test]
fn otrf_the_web_servers_credentials_took_an_object_and_pedro_is_left_alone() {
    let Some(path) = shared_data("story-otrf-ec2-proxy-s3-exfiltration") else { return };
    let told = Tale::of(records_of(&path)).tell();
    let names: Vec<&str> = told.story.suspects.iter().map(|s| s.principal.raw()).collect();
    let role = "arn:aws:sts::123456789123:assumed-role/MordorNginxStack-BankingWAFRole-9S3E0UAE1MM0/i-0317f6c6b66ae9c40";
    assert_eq!(names, [role]);
    assert_eq!(told.verdict.incident, Incident::Yes);
    let row = &told.story.accessed[0];
    assert_eq!(row.what.raw(), "mordors3stack-s3bucket-llp2yingx64a");
    assert_eq!((row.count, row.bytes), (2, Some(178)));
    assert!(told.story.persistence.is_empty());
}

#[test]
fn flaws2_the_functions_and_the_containers_credentials_are_the_suspects() {
    let Some(path) = shared_data("story-flaws2") else { return };
    let told = Tale::of(records_of(&path)).tell();
    let names: Vec<&str> = told.story.suspects.iter().map(|s| s.principal.raw()).collect();
    assert_eq!(names.len(), 2);
    assert!(names[0].ends_with("assumed-role/level1/level1"), "{names:?}");
    assert!(names[1].ends_with("assumed-role/level3/d190d14a-2404-45d6-9113-4eda22d7f2c7"));
    let level1 = &told.story.suspects[0];
    let from: Vec<&str> = level1.addresses.iter().map(LogText::raw).collect();
    assert_eq!(from, ["104.102.221.250"], "the function's own address is not the thief's");
    let own = |reason: &String| reason.contains("the workload's own calls left out");
    assert!(level1.because.iter().any(own), "{level1:#?}");
    let image = told.story.accessed.iter().find(|row| row.kind == "container image").unwrap();
    assert_eq!((image.what.raw(), image.count), ("level2", 2));
}

#[test]
fn noise_accuses_nobody_of_what_services_do() {
    let Some(path) = shared_data("noise-opensearch-catalog/cloudtrail_347283850106.json.gz") else {
        return;
    };
    let tale = Tale::of(records_of(&path))
        .rule("SendCommand", Level::High)
        .rule("GetBucketPolicy", Level::Medium);
    assert_eq!(tale.records.len(), 793);
    let told = tale.tell();
    assert!(told.story.suspects.iter().all(|suspect| !suspect.act_now));
    assert_ne!(told.verdict.incident, Incident::Yes);
    let config = |name: &LogText| name.raw().contains("AWSServiceRoleForConfig");
    assert!(!told.story.suspects.iter().any(|suspect| config(&suspect.principal)));
}
