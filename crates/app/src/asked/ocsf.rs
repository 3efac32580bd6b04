//! Findings in the Open Cybersecurity Schema Framework, as Security Hub and Security Lake write
//! them (schema.ocsf.io, category Findings).

use super::Form;
use super::taking::{Person, Take, Taking};

pub(super) const FORM: Form =
    Form { name: "OCSF", members: &["class_uid", "finding_info"], table: &TABLE, more };

const TABLE: [(&str, Take); 27] = [
    ("finding_info.title", Take::Title),
    ("cloud.account.uid", Take::Account),
    ("cloud.account_uid", Take::Account),
    ("cloud.region", Take::Region),
    ("finding_info.first_seen_time_dt", Take::First),
    ("finding_info.last_seen_time_dt", Take::Last),
    ("finding_info.first_seen_time", Take::First),
    ("finding_info.last_seen_time", Take::Last),
    ("actor.user.credential_uid", Take::Key),
    ("actor.user.uid_alt", Take::Arn),
    ("evidences[].actor.user.credential_uid", Take::Key),
    ("evidences[].actor.user.uid_alt", Take::Arn),
    ("evidences[].actor.user.uid", Take::PrincipalId),
    ("src_endpoint.ip", Take::Address),
    ("evidences[].src_endpoint.ip", Take::Address),
    ("evidences[].src_endpoint.instance_uid", Take::Instance),
    ("evidences[].dst_endpoint.ip", Take::Known("the other end")),
    ("evidences[].connection_info.*", Take::Known("a connection")),
    ("resources[].uid", Take::Id),
    ("resource.uid", Take::Id),
    ("resources[].data.*", Take::Known("details of a resource")),
    ("resources[].data", Take::Known("details of a resource")),
    ("observables[].value", Take::Known("a value that stands elsewhere as well")),
    ("unmapped.*", Take::Known("the product's own fields")),
    ("metadata.*", Take::Known("the finding itself")),
    ("remediation.*", Take::Known("advice")),
    ("finding_info.uid", Take::Known("the finding itself")),
];

fn more(taking: &mut Taking) {
    let names = Person { kind: "type", name: "name", id: "uid", account: Some("account.uid") };
    if taking.value("actor.user.uid_alt").is_none() {
        taking.person("actor.user.", &names);
    }
}
