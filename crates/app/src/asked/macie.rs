//! Findings of Macie (Macie API reference, "Finding").

use super::Form;
use super::taking::{Person, Take, Taking};

pub(super) const FORM: Form =
    Form { name: "Macie", members: &["resourcesaffected", "type"], table: &TABLE, more };

const TABLE: [(&str, Take); 22] = [
    ("title", Take::Title),
    ("type", Take::Title),
    ("accountid", Take::Account),
    ("region", Take::Region),
    ("sample", Take::Sample),
    ("policydetails.action.apicalldetails.firstseen", Take::First),
    ("policydetails.action.apicalldetails.lastseen", Take::Last),
    ("createdat", Take::First),
    ("updatedat", Take::Last),
    ("resourcesaffected.s3bucket.name", Take::Resource),
    ("resourcesaffected.s3bucket.arn", Take::Known("the same by its ARN")),
    ("resourcesaffected.s3object.bucketarn", Take::Known("the same by its ARN")),
    ("policydetails.actor.ipaddressdetails.ipaddressv4", Take::Address),
    ("policydetails.actor.useridentity.assumedrole.accesskeyid", Take::Key),
    ("policydetails.actor.useridentity.assumedrole.arn", Take::Arn),
    ("policydetails.actor.useridentity.federateduser.accesskeyid", Take::Key),
    ("policydetails.actor.useridentity.federateduser.arn", Take::Arn),
    ("policydetails.actor.useridentity.iamuser.arn", Take::Arn),
    ("policydetails.actor.useridentity.root.arn", Take::Arn),
    (
        "policydetails.actor.useridentity.assumedrole.sessioncontext.*",
        Take::Known("who issued the session"),
    ),
    (
        "policydetails.actor.useridentity.federateduser.sessioncontext.*",
        Take::Known("who issued the session"),
    ),
    ("policydetails.actor.useridentity.awsservice.invokedby", Take::Known("a service")),
];

fn more(taking: &mut Taking) {
    // A user's identity names no ARN in findings of older form.
    if taking.value("policydetails.actor.useridentity.iamuser.arn").is_none() {
        let names = Person {
            kind: "type",
            name: "iamuser.username",
            id: "iamuser.principalid",
            account: Some("iamuser.accountid"),
        };
        taking.person("policydetails.actor.useridentity.", &names);
    }
}
