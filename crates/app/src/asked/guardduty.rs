//! Findings of GuardDuty, as the API and EventBridge write them (GuardDuty API reference,
//! "Finding").

use super::Form;
use super::taking::{Person, Take, Taking};

pub(super) const FORM: Form =
    Form { name: "GuardDuty", members: &["resource", "service", "type"], table: &TABLE, more };

const OWN: Take = Take::Known("the machine's own address");

const TABLE: [(&str, Take); 42] = [
    ("title", Take::Title),
    ("type", Take::Title),
    ("accountid", Take::Account),
    ("region", Take::Region),
    ("service.eventfirstseen", Take::First),
    ("service.eventlastseen", Take::Last),
    ("service.additionalinfo.sample", Take::Sample),
    ("service.additionalinfo.value", Take::Sample),
    ("resource.accesskeydetails.accesskeyid", Take::Key),
    ("resource.instancedetails.instanceid", Take::Instance),
    ("resource.instancedetails.networkinterfaces[].publicip", OWN),
    ("resource.instancedetails.networkinterfaces[].privateipaddress", OWN),
    ("resource.instancedetails.networkinterfaces[].privateipaddresses[].privateipaddress", OWN),
    ("resource.instancedetails.networkinterfaces[].ipv6addresses[]", OWN),
    ("resource.instancedetails.iaminstanceprofile.*", Take::Known("the machine's profile")),
    ("resource.s3bucketdetails[].name", Take::Resource),
    ("resource.s3bucketdetails[].arn", Take::Known("the same by its ARN")),
    ("resource.lambdadetails.functionname", Take::Resource),
    ("resource.lambdadetails.functionarn", Take::Known("the same by its ARN")),
    ("resource.lambdadetails.role", Take::Arn),
    ("resource.rdsdbinstancedetails.dbinstanceidentifier", Take::Resource),
    ("resource.rdsdbinstancedetails.dbinstancearn", Take::Known("the same by its ARN")),
    ("resource.eksclusterdetails.name", Take::Resource),
    ("resource.eksclusterdetails.arn", Take::Known("the same by its ARN")),
    ("resource.ecsclusterdetails.name", Take::Resource),
    ("resource.ecsclusterdetails.arn", Take::Known("the same by its ARN")),
    ("service.action.awsapicallaction.remoteipdetails.ipaddressv4", Take::Address),
    ("service.action.awsapicallaction.remoteipdetails.ipaddressv6", Take::Address),
    ("service.action.awsapicallaction.affectedresources.aws::s3::bucket", Take::Resource),
    ("service.action.networkconnectionaction.remoteipdetails.ipaddressv4", Take::Address),
    ("service.action.networkconnectionaction.remoteipdetails.ipaddressv6", Take::Address),
    ("service.action.networkconnectionaction.localipdetails.*", OWN),
    (
        "service.action.portprobeaction.portprobedetails[].remoteipdetails.ipaddressv4",
        Take::Address,
    ),
    (
        "service.action.portprobeaction.portprobedetails[].remoteipdetails.ipaddressv6",
        Take::Address,
    ),
    ("service.action.portprobeaction.portprobedetails[].localipdetails.*", OWN),
    ("service.action.kubernetesapicallaction.remoteipdetails.ipaddressv4", Take::Address),
    ("service.action.kubernetesapicallaction.sourceips[]", Take::Address),
    ("service.action.rdsloginattemptaction.remoteipdetails.ipaddressv4", Take::Address),
    ("service.detection.sequence.actors[].user.credentialuid", Take::Key),
    ("service.detection.sequence.actors[].user.uid", Take::PrincipalId),
    ("service.detection.sequence.endpoints[].ip", Take::Address),
    ("service.detection.sequence.resources[].uid", Take::Id),
];

fn more(taking: &mut Taking) {
    let names = Person { kind: "usertype", name: "username", id: "principalid", account: None };
    taking.person("resource.accesskeydetails.", &names);
    if taking.value("resource.resourcetype") == Some("AttackSequence")
        && taking.value("service.detection.sequence.uid").is_none()
    {
        taking
            .note("its sequence of actors and resources is not in this copy: get the finding anew");
    }
}
