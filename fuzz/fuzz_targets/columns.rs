//! Edits on tables with CloudTrail columns: no panic, and every byte in the accounts.

#![no_main]

/// As Athena writes it: names in lower case, the identity as text.
const TABLE: &str = "eventversion,useridentity,eventtime,eventsource,eventname,errorcode\n\
    1.08,\"{type=IAMUser, username=nina}\",2026-05-04T02:13:00Z,iam.amazonaws.com,ListUsers,\n\
    1.08,,2026-05-04T02:14:00Z,s3.amazonaws.com,ListBuckets,\"Access\"\"Denied\"\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    crashcart_fuzz::decode_text(&crashcart_fuzz::edited(TABLE.as_bytes(), bytes));
});
