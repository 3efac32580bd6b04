//! Edited records against the built-in pack: no panic, and a second look gives the same hits.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use crashcart_fuzz::{edited, match_twice};
use crashcart_sigma::{RuleFile, RuleSet, Selection};

/// With what rules look at: an identity, parameters, a policy inside a string, an error, a time.
const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/nina","userName":"nina","accessKeyId":"AKIAIOSFODNN7EXAMPLE","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"eventTime":"2026-05-04T02:24:00Z","eventSource":"iam.amazonaws.com","eventName":"PutUserPolicy","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.31","errorCode":"AccessDenied","requestParameters":{"userName":"nina","policyName":"tmp","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}","ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}},"responseElements":null,"readOnly":false,"recipientAccountId":"111122223333"}"#;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/aws");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<RuleFile> = paths
        .map(|path| RuleFile {
            text: fs::read_to_string(&path).unwrap(),
            path: path.display().to_string(),
        })
        .collect();
    let (rules, problems) = RuleSet::compile(&files, &Selection::default());
    assert!(problems.is_empty(), "{problems:?}");
    rules
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A few records in a row, so that correlations take some in.
    let records: Vec<Vec<u8>> =
        bytes.chunks(64).take(8).map(|edits| edited(RECORD.as_bytes(), edits)).collect();
    let texts = records.iter().filter_map(|record| std::str::from_utf8(record).ok());
    match_twice(&RULES, texts);
});
