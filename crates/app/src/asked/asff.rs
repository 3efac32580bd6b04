//! Findings of Security Hub in its own format (Security Hub user guide, "AWS Security Finding
//! Format").

use super::Form;
use super::taking::{Person, Take, Taking};

pub(super) const FORM: Form = Form {
    name: "Security Hub (ASFF)",
    members: &["awsaccountid", "productarn", "resources"],
    table: &TABLE,
    more,
};

const OWN: Take = Take::Known("the machine's own address");

const TABLE: [(&str, Take); 34] = [
    ("title", Take::Title),
    ("awsaccountid", Take::Account),
    ("region", Take::Region),
    ("sample", Take::Sample),
    ("productfields.aws/guardduty/service/eventfirstseen", Take::First),
    ("productfields.aws/guardduty/service/eventlastseen", Take::Last),
    ("firstobservedat", Take::First),
    ("lastobservedat", Take::Last),
    ("resources[].id", Take::Id),
    ("resources[].details.awsiamaccesskey.accesskeyid", Take::Key),
    ("resources[].details.awsiamaccesskey.accountid", Take::Known("the account")),
    ("resources[].details.awsiamaccesskey.sessioncontext.*", Take::Known("who issued the session")),
    ("resources[].details.awsec2instance.ipv4addresses[]", OWN),
    ("resources[].details.awsec2instance.ipv6addresses[]", OWN),
    ("resources[].details.awsec2instance.networkinterfaces[].*", OWN),
    ("resources[].details.awsec2instance.iaminstanceprofilearn", Take::Known("its profile")),
    ("resources[].details.awslambdafunction.role", Take::Arn),
    ("resources[].details.awss3bucket.ownerid", Take::Known("the bucket's owner")),
    ("action.awsapicallaction.remoteipdetails.ipaddressv4", Take::Address),
    ("action.awsapicallaction.firstseen", Take::First),
    ("action.awsapicallaction.lastseen", Take::Last),
    ("action.networkconnectionaction.remoteipdetails.ipaddressv4", Take::Address),
    ("action.portprobeaction.portprobedetails[].remoteipdetails.ipaddressv4", Take::Address),
    ("action.portprobeaction.portprobedetails[].localipdetails.*", OWN),
    (
        "productfields.aws/guardduty/service/action/awsapicallaction/remoteipdetails/ipaddressv4",
        Take::Address,
    ),
    (
        "productfields.aws/guardduty/service/action/networkconnectionaction/remoteipdetails/ipaddressv4",
        Take::Address,
    ),
    (
        "productfields.aws/guardduty/service/action/networkconnectionaction/localipdetails/ipaddressv4",
        OWN,
    ),
    (
        "productfields.aws/guardduty/service/action/portprobeaction/portprobedetails:0/remoteipdetails/ipaddressv4",
        Take::Address,
    ),
    ("productfields.resources:0/id", Take::Known("the resource once more")),
    ("productfields.aws/securityhub/*", Take::Known("the finding itself")),
    ("networkpath[].*", Take::Known("the way of a packet")),
    ("process.*", Take::Known("a process")),
    ("remediation.*", Take::Known("advice")),
    ("id", Take::Known("the finding itself")),
];

fn more(taking: &mut Taking) {
    let names = Person {
        kind: "principaltype",
        name: "principalname",
        id: "principalid",
        account: Some("accountid"),
    };
    taking.person("resources[].details.awsiamaccesskey.", &names);
    // The other end: of what came in the source, of what went out the destination.
    let outwards = taking.value("network.direction") == Some("OUT");
    let (far, near) = if outwards { (Take::Address, OWN) } else { (OWN, Take::Address) };
    taking.take(&[
        ("network.destinationipv4", far),
        ("network.destinationipv6", far),
        ("network.sourceipv4", near),
        ("network.sourceipv6", near),
    ]);
}
