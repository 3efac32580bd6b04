//! Logs that lie in S3, against a server that speaks its protocol: they are told as the same files
//! in a folder are, and what cannot be had is named.

use std::path::Path;

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::crashcart;
use crate::binary::{assert_same, run, run_with};
use crate::material::{call, delivered, demo, folder};

const LOGS: &str = "crashcart-demo/AWSLogs";

/// Puts what lies below a folder into a bucket, each under its path there.
fn upload(moto: &Moto, root: &Path, bucket: &str) {
    moto.run(&format!(
        "import os\nfrom concurrent.futures import ThreadPoolExecutor\ns3 = client('s3')\n\
         s3.create_bucket(Bucket='{bucket}')\nroot = {root:?}\n\
         files = [os.path.join(d, f) for d, _, fs in os.walk(root) for f in fs]\n\
         put = lambda f: s3.put_object(Bucket='{bucket}', Key=os.path.relpath(f, root), Body=open(f, 'rb').read())\n\
         list(ThreadPoolExecutor(8).map(put, files))"
    ));
}

/// One event in a file of its own, as CloudTrail names it.
fn log(day: &str, number: usize) -> (String, String) {
    let key = format!(
        "AWSLogs/111122223333/CloudTrail/us-east-1/{}/111122223333_CloudTrail_us-east-1_{}T1200Z_{number:016}.json",
        day.replace('-', "/"),
        day.replace('-', "")
    );
    let event =
        call("ListUsers", &format!("{day}-{number}"), &format!("{day}T11:55:00Z"), json!({}));
    (key, delivered(&[event]))
}

fn bucket_of(logs: &[(String, String)]) -> tempfile::TempDir {
    let files: Vec<(&str, &str)> = logs.iter().map(|(key, text)| (&**key, &**text)).collect();
    folder(&files)
}

/// Keys of the objects that were fetched, sorted.
fn fetched(moto: &Moto) -> Vec<String> {
    let asked = moto.asked("s3:GetObject");
    let mut keys: Vec<String> = asked.into_iter().map(|(_, path)| path).collect();
    keys.sort();
    keys
}

/// Reason and detail of each gap, by the end of its path.
fn gap<'d>(document: &'d Value, end: &str) -> (&'d str, &'d str) {
    let gaps = document["coverage"]["gaps"].as_array().expect("a list of gaps");
    let ends = |gap: &&Value| gap["path"].as_str().is_some_and(|path| path.ends_with(end));
    let gap = gaps.iter().find(ends).unwrap_or_else(|| panic!("no gap at {end}: {gaps:#?}"));
    (gap["reason"].as_str().unwrap_or_default(), gap["detail"].as_str().unwrap_or_default())
}

#[test]
fn a_bucket_is_told_as_the_same_files_in_a_folder_and_a_folder_asks_nobody() {
    let Some(moto) = Moto::start() else { return };
    let folder = demo();
    upload(&moto, &folder.path().join("crashcart-demo"), "trail.logs");
    let here = crashcart(&moto, folder.path(), &["investigate", LOGS, "--json"]);
    assert_eq!(moto.asked("s3:ListObjectsV2"), [], "a folder is read without any network");
    for threads in ["1", "5"] {
        let words = ["investigate", "s3://trail.logs/AWSLogs", "--json", "--threads", threads];
        let there = crashcart(&moto, folder.path(), &words);
        let (there_out, here_out) = (there.out(0), here.out(0));
        let as_here = there_out.replace("s3://trail.logs/AWSLogs", LOGS);
        assert_same(&as_here, here_out, "from a bucket");
        assert!(
            there.stderr.starts_with("s3://trail.logs/AWSLogs: 487 objects, "),
            "{}",
            there.stderr
        );
    }
    let rows = |place: &str| crashcart(&moto, folder.path(), &["timeline", place, "--csv", "-q"]);
    let as_here = rows("s3://trail.logs/AWSLogs/").out(0).replace("s3://trail.logs/AWSLogs", LOGS);
    assert_same(&as_here, rows(LOGS).out(0), "timeline");
}

#[test]
fn only_the_days_of_delivery_that_the_time_needs_are_fetched_and_a_day_more() {
    let Some(moto) = Moto::start() else { return };
    let days = ["2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"];
    let mut logs: Vec<_> = days.iter().map(|day| log(day, 1)).collect();
    let other = call("ListRoles", "elsewhere", "2026-05-04T11:00:00Z", json!({}));
    logs.push(("AWSLogs/111122223333/exports/all.json".to_owned(), delivered(&[other])));
    let folder = bucket_of(&logs);
    upload(&moto, folder.path(), "logs");
    let words = ["stats", "s3://logs", "--since", "2026-05-04", "--until", "2026-05-04", "--json"];
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.json(0)["coverage"]["events"], 3);
    let keys = fetched(&moto);
    let days: Vec<&str> =
        keys.iter().filter_map(|key| key.split("us-east-1/").nth(1)?.get(..10)).collect();
    assert_eq!(days, ["2026/05/04", "2026/05/05"]);
    for part in [
        "3 objects, ",
        "delivered from 2026-05-04 to 2026-05-05",
        "--redelivery-days N reads on N days after --until",
        "not laid out by day, so all of it is read: AWSLogs/111122223333/exports/",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    let more = [&words[..], &["--redelivery-days", "3"]].concat();
    let ran = crashcart(&moto, folder.path(), &more);
    assert_eq!(ran.json(0)["coverage"]["events"], 5, "{}", ran.stderr);
    let narrow = [
        "stats",
        "s3://logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/",
        "--since",
        "2026-05-06",
        "--json",
    ];
    let ran = crashcart(&moto, folder.path(), &narrow);
    assert_eq!(ran.json(0)["coverage"]["events"], 2, "{}", ran.stderr);
}

#[test]
fn what_cannot_be_had_is_a_gap_with_what_to_do_and_the_rest_is_read() {
    let Some(moto) = Moto::start() else { return };
    let logs: Vec<_> = (1..=7).map(|number| log("2026-05-04", number)).collect();
    let folder = bucket_of(&logs);
    upload(&moto, folder.path(), "logs");
    let name = |number: usize| logs[number - 1].0.clone();
    let fail = |number: usize, status: u16, code: &str, message: &str| {
        moto.fail(json!({"operation": "s3:GetObject", "path": name(number), "status": status,
            "code": code, "message": message}));
    };
    fail(1, 403, "AccessDenied", "Access Denied");
    fail(
        2,
        403,
        "AccessDenied",
        "User: arn:aws:iam::1:user/ir is not authorized to perform: kms:Decrypt on resource: k",
    );
    fail(3, 403, "InvalidObjectState", "The operation is not valid for the object's storage class");
    fail(4, 412, "PreconditionFailed", "At least one of the pre-conditions did not hold");
    fail(5, 404, "NoSuchKey", "The specified key does not exist.");
    moto.fail(
        json!({"operation": "s3:GetObject", "path": name(6), "status": 206, "body": "{\"Rec",
        "headers": {"ETag": "\"x\"", "Content-Range": "bytes 0-4/5"}}),
    );
    let ran = crashcart(&moto, folder.path(), &["investigate", "s3://logs", "--json", "-q"]);
    let document = ran.json(4);
    assert_eq!(document["coverage"]["gap_count"], 6, "{}", ran.stderr);
    assert_eq!(document["coverage"]["events"], 1);
    for (number, reason, part) in [
        (
            1,
            "unreadable",
            "the caller needs s3:GetObject on it, and kms:Decrypt where a key of KMS",
        ),
        (2, "unreadable", "the caller needs kms:Decrypt on it"),
        (3, "unreadable", "it is archived: restore it"),
        (4, "changed", "it was replaced since it was listed: run again"),
        (5, "changed", "it was deleted since it was listed"),
        (6, "changed", "it has 5 bytes, not "),
    ] {
        let (told, detail) = gap(&document, &name(number));
        assert_eq!(told, reason, "{detail}");
        assert!(detail.contains(part), "{detail}");
    }
}

#[test]
fn a_listing_that_is_denied_is_a_gap_and_a_bucket_that_is_not_there_an_error() {
    let Some(moto) = Moto::start() else { return };
    let folder = bucket_of(&[log("2026-05-04", 1)]);
    upload(&moto, folder.path(), "logs");
    let ran = crashcart(&moto, folder.path(), &["stats", "s3://nowhere"]);
    ran.out(2);
    assert!(ran.stderr.contains("The specified bucket does not exist"), "{}", ran.stderr);
    let ran = crashcart(&moto, folder.path(), &["stats", "s3://logs/logs/"]);
    ran.out(2);
    assert!(ran.stderr.contains("nothing is there: s3://logs/logs/"), "{}", ran.stderr);
    moto.fail(json!({"operation": "s3:ListObjectsV2", "status": 403, "code": "AccessDenied",
        "message": "Access Denied"}));
    let ran = crashcart(&moto, folder.path(), &["investigate", "s3://logs", "AWSLogs", "--json"]);
    let document = ran.json(4);
    assert_eq!(document["coverage"]["events"], 1, "the folder is read all the same");
    assert!(gap(&document, "s3://logs/").1.contains("the caller needs s3:ListBucket"));
}

#[test]
fn who_has_no_credentials_is_told_at_once() {
    let Some(moto) = Moto::start() else { return };
    let folder = folder(&[]);
    let settings = [
        ("AWS_ENDPOINT_URL", moto.url.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let ran = run_with(folder.path(), &["investigate", "s3://logs"], &settings);
    ran.out(3);
    assert!(ran.stderr.contains("name a profile with --profile"), "{}", ran.stderr);
    let here = run(folder.path(), &["investigate", "s3://"]);
    assert!(here.stderr.contains("this names no bucket: s3://"), "{}", here.stderr);
}

#[test]
fn a_bucket_elsewhere_is_followed_into_its_region() {
    let Some(moto) = Moto::start() else { return };
    let folder = bucket_of(&[log("2026-05-04", 1), log("2026-05-04", 2)]);
    upload(&moto, folder.path(), "logs");
    for (operation, status, code) in [
        ("s3:ListObjectsV2", 301, "PermanentRedirect"),
        ("s3:GetObject", 400, "AuthorizationHeaderMalformed"),
    ] {
        moto.fail(json!({"operation": operation, "region": "us-east-1", "status": status,
            "code": code, "headers": {"x-amz-bucket-region": "eu-west-1"}}));
    }
    let ran = crashcart(&moto, folder.path(), &["stats", "s3://logs", "--json"]);
    assert_eq!(ran.json(0)["coverage"]["events"], 2, "{}", ran.stderr);
    let elsewhere = |(region, _): &(String, String)| region == "us-east-1";
    let listed = moto.asked("s3:ListObjectsV2");
    assert_eq!(listed.iter().filter(|asked| elsewhere(asked)).count(), 1, "asked there once");
}

#[test]
fn more_than_a_page_of_objects_is_read_whatever_their_names() {
    let Some(moto) = Moto::start() else { return };
    let folder = folder(&[]);
    let event = call("ListUsers", "ID", "2026-05-04T11:55:00Z", json!({}));
    moto.run(&format!(
        "from concurrent.futures import ThreadPoolExecutor\ns3 = client('s3')\n\
         s3.create_bucket(Bucket='logs')\ntext = {:?}\n\
         names = [f'a b+c&d/ä//{{n:05}}.json' for n in range(1003)] + ['a b+c&d/%41 .json', 'a b+c&d/']\n\
         put = lambda k: s3.put_object(Bucket='logs', Key=k, Body=b'' if k.endswith('/') else text.replace('ID', k).encode())\n\
         list(ThreadPoolExecutor(8).map(put, names))\n\
         put('a b+c&d-other.json')",
        delivered(&[event])
    ));
    let ran = crashcart(&moto, folder.path(), &["stats", "s3://logs/a b+c&d", "--json"]);
    assert_eq!(ran.json(0)["coverage"]["events"], 1004, "{}", ran.stderr);
    let ran = crashcart(&moto, folder.path(), &["stats", "s3://logs/a b+c&d-o", "--json"]);
    assert_eq!(ran.json(0)["coverage"]["events"], 1, "the beginning of a name: {}", ran.stderr);
    let exact = ["stats", "s3://logs/a b+c&d/%41 .json", "--json"];
    assert_eq!(crashcart(&moto, folder.path(), &exact).json(0)["coverage"]["events"], 1);
}

#[test]
fn large_objects_are_read_in_ranges_and_an_archive_by_seeking() {
    let Some(moto) = Moto::start() else { return };
    let event = call("ListUsers", "ID", "2026-05-04T11:55:00Z", json!({})).to_string();
    let lines: Vec<String> = (0..14000).map(|n| event.replace("ID", &n.to_string())).collect();
    let folder = folder(&[("logs/large.jsonl", &lines.join("\n"))]);
    moto.run(&format!(
        "import zipfile\nroot = {:?}\n\
         lines = open(root + '/large.jsonl').read().replace('ListUsers', 'ListRoles')\n\
         with zipfile.ZipFile(root + '/large.zip', 'w') as archive:\n    \
         archive.writestr('in.jsonl', lines)",
        folder.path().join("logs")
    ));
    upload(&moto, &folder.path().join("logs"), "logs");
    let told = |place: &str| {
        crashcart(&moto, folder.path(), &["detect", place, "--json", "--max-held", "1", "-q"])
    };
    let (here, there) = (told("logs"), told("s3://logs"));
    assert_eq!(here.json(0)["coverage"]["events"], 28000);
    let as_here = there.out(0).replace("s3://logs", "logs");
    assert_same(&as_here, here.out(0), "large objects");
    assert!(fetched(&moto).len() > 5, "in ranges");
}

#[test]
fn a_case_reads_its_bucket_again_until_it_holds_copies() {
    let Some(moto) = Moto::start() else { return };
    let folder = bucket_of(&[log("2026-05-04", 1), log("2026-05-04", 2)]);
    upload(&moto, folder.path(), "logs");
    let first = ["investigate", "s3://logs", "--case", "case", "--json", "-q"];
    let first = crashcart(&moto, folder.path(), &first);
    let again = ["investigate", "--case", "case", "--json", "-q"];
    assert_same(crashcart(&moto, folder.path(), &again).out(0), first.out(0), "again");
    crashcart(
        &moto,
        folder.path(),
        &["investigate", "s3://logs", "--case", "case", "--copy-evidence"],
    )
    .out(0);
    let before = fetched(&moto).len();
    assert_same(crashcart(&moto, folder.path(), &again).out(0), first.out(0), "from copies");
    let with_address = ["investigate", "s3://logs", "--case", "case", "--json", "-q"];
    assert_same(crashcart(&moto, folder.path(), &with_address).out(0), first.out(0), "named too");
    assert_eq!(fetched(&moto).len(), before, "the copies are read");
    run(folder.path(), &["case", "verify", "case"]).out(0);
}
