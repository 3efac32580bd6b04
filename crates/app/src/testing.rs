//! For this crate's tests: small material on disk, and how to read it.

use std::path::Path;

use crashcart_collect::Listing;
use crashcart_decode::{Caps, ColumnMap};
use serde_json::{Value, json};

use crate::filter::Filter;
use crate::reading::ReadOptions;

/// A folder of files, each `{"Records": [...]}`.
pub(crate) fn folder(files: &[(&str, Vec<Value>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, records) in files {
        let text = json!({ "Records": records }).to_string();
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What is below the folder.
pub(crate) fn listing(folder: &Path) -> Listing {
    crashcart_collect::find(&[folder.to_owned()])
}

/// Default caps.
pub(crate) fn options(threads: usize, filter: Filter) -> ReadOptions {
    ReadOptions {
        caps: Caps::default(),
        threads,
        filter,
        columns: ColumnMap::default(),
        given: Vec::new(),
    }
}

/// A call by user nina, with further fields; a field of the same name is replaced.
pub(crate) fn call(name: &str, id: &str, time: &str, more: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.08",
        "eventTime": time,
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "eventID": id,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/nina",
            "principalId": "AIDAEXAMPLENINA",
            "accountId": "111122223333",
            "accessKeyId": "AKIAEXAMPLENINA",
            "userName": "nina",
        },
    });
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}
