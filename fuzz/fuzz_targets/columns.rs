//! Edits on tables with CloudTrail columns, and with others that are mapped: no panic, and every
//! byte in the accounts.

#![no_main]

use crashcart_decode::{ColumnMap, FieldSource};

/// As Athena writes it: names in lower case, the identity as text.
const TABLE: &str = "eventversion,useridentity,eventtime,eventsource,eventname,errorcode\n\
    1.08,\"{type=IAMUser, username=nina}\",2026-05-04T02:13:00Z,iam.amazonaws.com,ListUsers,\n\
    1.08,,2026-05-04T02:14:00Z,s3.amazonaws.com,ListBuckets,\"Access\"\"Denied\"\n";

/// As a program wrote it that knows nothing of CloudTrail's names.
const OTHER: &str = "Action,Time,Who,Event ID,Ticket\n\
    ListUsers,04/May/2026:02:13:00 +0000,\"{'type': 'IAMUser', 'userName': 'ni\\'na'}\",1,T-1\n\
    ListBuckets,1777860780,\"[None, True, -1.5]\",,\"T\n2\"\n";

/// What the columns of [`OTHER`] hold.
fn columns() -> ColumnMap {
    let column = |field: &str, heading: &str| {
        let source = FieldSource::Column { heading: heading.to_owned(), time_form: None };
        (field.to_owned(), source)
    };
    let given = ("eventSource".to_owned(), FieldSource::Always("iam.amazonaws.com".to_owned()));
    let fields = [
        column("eventName", "Action"),
        column("eventTime", "Time"),
        column("userIdentity", "who"),
        given,
    ];
    ColumnMap::new(fields).unwrap_or_default()
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    crashcart_fuzz::decode_text(&crashcart_fuzz::edited(TABLE.as_bytes(), bytes));
    crashcart_fuzz::decode_table(&crashcart_fuzz::edited(OTHER.as_bytes(), bytes), &columns());
});
