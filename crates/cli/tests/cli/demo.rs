//! `demo`: what a new user sees first.

use std::collections::BTreeMap;
use std::path::Path;

use crate::binary::{assert_same, run};
use crate::material::{demo, folder, write};

/// Every file below a folder with its bytes.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut waiting) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below it").display().to_string();
                files.insert(name, std::fs::read(&path).expect("it is read"));
            }
        }
    }
    files
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let (one, two, other) = (folder(&[]), folder(&[]), folder(&[]));
    let first = run(one.path(), &["demo"]);
    let again = run(two.path(), &["demo", "--seed", "1"]);
    let differs = run(other.path(), &["demo", "--seed", "2"]);
    assert_same(again.out(0), first.out(0), "what is printed");
    let [one, two, other] = [&one, &two, &other].map(|folder| tree(folder.path()));
    assert!(one.len() > 100);
    assert!(one == two, "every file has the same bytes");
    assert_ne!(differs.out(0), first.stdout);
    let same = one.iter().filter(|(name, bytes)| other.get(*name) == Some(*bytes)).count();
    assert_eq!(same, 0, "logs, report and the mark with their digests");
}

#[test]
fn it_tells_the_leaked_key_what_to_do_now_and_where_all_is() {
    let folder = folder(&[]);
    let ran = run(folder.path(), &["demo"]);
    for part in [
        "\nINCIDENT  high\n",
        "\nACT NOW   arn:aws:iam::111122223333:user/build-agent, score ",
        "          keys      AKIARTX3GSDSVF24GLFA\n",
        "iam:PutUserPolicy tmp of build-agent",
        "\nSTILL IN PLACE\n",
        "\nUNDONE\n",
        "aws iam put-user-policy --user-name='build-agent' \\\n",
        "aws iam update-access-key --user-name='build-agent' \\\n        \
         --access-key-id='AKIARTX3GSDSVF24GLFA' --status='Inactive'\n",
        "\nlogs    crashcart-demo/AWSLogs\n",
        "\nreport  crashcart-demo/report.html\n",
    ] {
        assert!(ran.out(0).contains(part), "{part:?} is not in {}", ran.shown());
    }
    let report = folder.path().join("crashcart-demo/report.html");
    let report = std::fs::read_to_string(report).expect("the report is written");
    assert!(report.contains("AKIARTX3GSDSVF24GLFA") && report.contains("Act now"));
}

#[test]
fn its_logs_lie_as_aws_lays_them_out() {
    let folder = demo();
    let files = tree(&folder.path().join("crashcart-demo/AWSLogs"));
    let trail = files.keys().filter(|name| name.contains("/CloudTrail/")).collect::<Vec<_>>();
    assert!(trail.len() > 100);
    for name in trail {
        let parts: Vec<&str> = name.split('/').collect();
        let [_, account, _, region, year, month, day, file] = parts.as_slice() else {
            panic!("{name}")
        };
        let start = format!("{account}_CloudTrail_{region}_{year}{month}{day}T");
        assert!(file.starts_with(&start) && file.ends_with(".json.gz"), "{name}");
    }
    assert!(files.values().all(|bytes| bytes.starts_with(&[0x1f, 0x8b])), "all are gzip");
}

#[test]
fn it_replaces_what_it_made_itself_and_nothing_else() {
    let folder = demo();
    run(folder.path(), &["demo", "--seed", "2"]).out(0);
    let made = tree(folder.path());
    let fresh = self::folder(&[]);
    run(fresh.path(), &["demo", "--seed", "2"]).out(0);
    assert!(made == tree(fresh.path()), "nothing is left of the first seed");
    let some = made.keys().find(|name| name.ends_with(".gz")).expect("a log").as_str();
    for (name, text) in [
        ("crashcart-demo/case/notes.txt", "mine"),
        ("crashcart-demo/AWSLogs/real.json.gz", "evidence"),
        ("crashcart-demo/report.html", "with my remarks"),
        (some, "another log under the name of one of ours"),
    ] {
        write(folder.path(), name, text);
        let before = tree(folder.path());
        let refused = run(folder.path(), &["demo"]);
        let what = format!("holds something else: {}\n", &name["crashcart-demo/".len()..]);
        assert_eq!(refused.code, Some(2), "{}", refused.shown());
        assert!(refused.stderr.contains(&what), "{}", refused.shown());
        assert!(tree(folder.path()) == before, "nothing was touched");
        match made.get(name) {
            Some(bytes) => std::fs::write(folder.path().join(name), bytes).expect("put back"),
            None => std::fs::remove_file(folder.path().join(name)).expect("taken away"),
        }
    }
    run(folder.path(), &["demo"]).out(0);
    write(folder.path(), "precious/thesis.txt", "years of work");
    let refused = run(folder.path(), &["demo", "--output", "precious"]);
    assert_eq!(
        refused.shown(),
        "exit 2\n--- stdout\n--- stderr\nerror: precious holds something else: thesis.txt\n  \
         hint: name another folder with --output: a demo replaces only what it made itself\n"
    );
    let kept = std::fs::read_to_string(folder.path().join("precious/thesis.txt"));
    assert_eq!(kept.expect("it is there"), "years of work");
    write(folder.path(), "file", "");
    let file = run(folder.path(), &["demo", "--output", "file"]);
    assert_eq!(file.code, Some(2), "{}", file.shown());
}
