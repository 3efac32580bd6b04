//! `timeline`, `search` and `stats` on a real incident, filter by filter. The figures were counted
//! with Python over the 55 files of story-invictus: 2,900 records, all ids distinct, one region.

use serde_json::{Value, json};

use crate::binary::{Ran, run};
use crate::material::folder;

const ATTACKER: &str = "AKIATFQR7NSC8Q4X20BJ";
const ADMINISTRATOR: &str = "AKIATFQR7NSCUXC3DDDP";
const INSTANCE: &str = "i-0dbc91f429e48eeed";

/// A filter and how many events pass it.
const FILTERS: [(&[&str], usize); 17] = [
    (&[], 2900),
    (&["--since", "2023-07-10T12:00:00Z"], 2102),
    (&["--since", "2023-07-10", "--until", "2023-07-10"], 2900),
    (&["--until", "2023-07-10T11:54:33Z"], 85),
    (&["--since", "2023-07-10T14:00:00+02:00", "--until", "2023-07-10T12:10:00Z"], 1114),
    (&["--key", ADMINISTRATOR], 43),
    (&["--key", ADMINISTRATOR, "--key", ATTACKER], 43 + 2104),
    (&["--principal", "user/benjamin"], 105),
    (&["--principal", "steal-credentials"], 15),
    (&["--address", "3.225.16.109"], 13),
    (&["--address", "secretsmanager.amazonaws.com"], 116),
    (&["--region", "eu-west-1"], 0),
    (&["--account", "123837392027"], 2900),
    (&["--event", "AssumeRole"], 49),
    (&["--event", "iam:GetUser"], 130),
    (&["--event", "AssumeRole", "--principal", "user/bert-jan"], 23),
    (&["--key", ATTACKER, "--errors"], 224),
];

/// The logs of the incident; none where the shared data is not there.
fn logs() -> Option<String> {
    let path = crashcart_testkit::shared_data("story-invictus/CloudTrail")?;
    Some(path.to_str().expect("UTF-8").to_owned())
}

fn shown(arguments: &[&str]) -> Ran {
    run(folder(&[]).path(), &[arguments, &["-q"]].concat())
}

#[test]
fn a_timeline_has_the_events_that_pass_and_no_other() {
    let Some(logs) = logs() else { return };
    for (filter, count) in FILTERS {
        let rows = shown(&[&["timeline", &logs, "--jsonl"], filter].concat()).lines(0);
        assert_eq!(rows.len(), count, "{filter:?}");
        let times: Vec<&str> =
            rows.iter().map(|row| row["time"].as_str().expect("a time")).collect();
        assert!(times.is_sorted(), "{filter:?}");
    }
}

#[test]
fn stats_count_what_the_timeline_lists() {
    let Some(logs) = logs() else { return };
    for (filter, count) in FILTERS {
        let document = shown(&[&["stats", &logs, "--json"], filter].concat()).json(0);
        assert_eq!(document["stats"]["events"], count, "{filter:?}");
        assert_eq!(document["coverage"]["events"], 2900, "all that was read: {filter:?}");
    }
}

#[test]
fn stats_are_exact_in_every_column() {
    let Some(logs) = logs() else { return };
    let document = shown(&["stats", &logs, "--json", "--top", "5"]).json(0);
    let column = |name: &str| -> Value {
        let columns = document["stats"]["columns"].as_array().expect("columns");
        columns.iter().find(|column| column["name"] == name).expect("a column").clone()
    };
    // Name, different values, the first of them and its count.
    for (name, distinct, value, count) in [
        ("event", 262, "kms:Decrypt", 178),
        ("access_key", 133, ATTACKER, 2104),
        ("address", 16, "192.168.10.20", 2154),
        ("region", 1, "us-east-1", 2900),
        ("account", 1, "123837392027", 2900),
        ("error", 32, "ThrottlingException", 102),
        ("user_agent", 155, "", 768),
        ("hour", 2, "2023-07-10T11:00:00Z", 798),
    ] {
        let column = column(name);
        assert_eq!(column["distinct"], distinct, "{name}");
        assert_eq!(column["rows"][0]["count"], count, "{name}");
        if !value.is_empty() {
            assert_eq!(column["rows"][0]["value"], value, "{name}");
        }
        let rows = column["rows"].as_array().expect("rows");
        assert!(rows.len() <= 5, "--top 5");
        let listed: u64 = rows.iter().filter_map(|row| row["count"].as_u64()).sum();
        assert_eq!(json!(listed + column["others"].as_u64().expect("a count")), column["total"]);
    }
    assert_eq!(column("error")["total"], 300);
    let csv = shown(&["stats", &logs, "--csv", "--key", ADMINISTRATOR]);
    let rows: Vec<&str> = csv.out(0).lines().filter(|line| line.starts_with("event,s3:")).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows.iter().all(|row| row.contains(",8,2023-07-10T11:")), "{rows:?}");
}

#[test]
fn a_search_finds_text_wherever_it_stands_and_takes_the_same_filters() {
    let Some(logs) = logs() else { return };
    let search = |terms: &[&str], more: &[&str]| {
        shown(&[&["search"], terms, &["--in", &logs, "--jsonl"], more].concat()).lines(0).len()
    };
    assert_eq!(search(&[INSTANCE], &[]), 66);
    assert_eq!(search(&["RunInstances"], &[]), 8);
    assert_eq!(search(&[INSTANCE, "SendCommand"], &[]), 1, "all terms must be there");
    assert_eq!(search(&["sendcommand"], &[]), 0, "case counts");
    assert!(search(&["sendcommand"], &["--ignore-case"]) > 0);
    assert_eq!(search(&["no-such-text-anywhere"], &[]), 0);
    // Every record holds its own version, so only the filter decides.
    for (filter, count) in FILTERS.into_iter().skip(1).step_by(4) {
        assert_eq!(search(&["eventVersion"], filter), count, "{filter:?}");
    }
}

#[test]
fn a_search_for_records_gives_the_records() {
    let Some(logs) = logs() else { return };
    let rows = shown(&["search", "SendCommand", INSTANCE, "--in", &logs, "--records"]).lines(0);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["eventName"], "SendCommand");
    assert_eq!(rows[0]["requestParameters"]["documentName"], "AWS-RunShellScript");
}

#[test]
fn whois_tells_a_key_s_use_and_who_asked_for_it() {
    let Some(logs) = logs() else { return };
    let whois = |arguments: &[&str]| {
        shown(&[&["whois"], arguments, &["--json"]].concat()).json(0)["whois"].clone()
    };
    let key = whois(&["ASIATFQR7NSCWLLE7IWW", &logs]);
    assert_eq!(key["seen"]["used"]["count"], 29);
    assert_eq!(key["seen"]["issued_by"]["count"], 1);
    let issued = &key["seen"]["issued_by"]["events"][0];
    assert_eq!(issued["origin"]["event_id"], "bbe86c7c-5981-4ac8-ad20-9248612b16c1");
    assert_eq!(issued["principal"], "arn:aws:iam::123837392027:user/bert-jan");
    let benjamin = whois(&[ADMINISTRATOR, &logs]);
    assert_eq!(benjamin["seen"]["used"]["count"], 43);
    assert_eq!(benjamin["seen"]["used"]["first"], "2023-07-10T11:42:18Z");
    let elsewhere = whois(&["3.225.16.109", &logs, "--region", "eu-west-1"]);
    assert_eq!(elsewhere["seen"]["used"], Value::Null);
    assert_eq!(whois(&["3.225.16.109", &logs])["seen"]["used"]["count"], 13);
    // From 11:57:16 to 12:07:39; three calls at noon or later.
    let late = whois(&["3.225.16.109", &logs, "--since", "2023-07-10T12:00:00Z"]);
    assert_eq!(late["seen"]["used"]["count"], 3);
    assert_eq!(late["seen"]["used"]["last"], "2023-07-10T12:07:39Z");
}
