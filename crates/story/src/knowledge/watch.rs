//! Calls about what watches the account: CloudTrail, GuardDuty, Config, alarms, firewalls. Rows are
//! sorted by name and variant; this file must hold nothing but rows.

use super::Effect::{Act, Change, Look, Make, Remove, Replace};
use super::{By, Call, DISCOVERY, EVASION, EXFILTRATION, IMPACT, NO_TARGET, Target, thing};

const TRAIL: Target = thing(&["q.name", "q.trailName", "q.trailNameList"]);
const DETECTOR: Target = thing(&["q.detectorId", "r.detectorId"]);
const RECORDER: Target = thing(&["q.configurationRecorderName", "q.configurationRecorder.name"]);
const LOG_GROUP: Target = thing(&["q.logGroupName"]);
const OF_TRAIL: &[(&str, By)] = &[("trail deleted", By::Thing), ("trail logging", By::Thing)];

#[rustfmt::skip]
pub(super) static CLOUDTRAIL: &[Call] = &[
    Call("CreateTrail", "", "made a trail", EVASION, "T1562.008", Remove(&[("trail deleted", By::Thing)]), TRAIL),
    Call("DeleteEventDataStore", "", "deleted an event data store", EVASION, "T1562.008", Change("event data store"), thing(&["q.eventDataStore"])),
    Call("DeleteTrail", "", "deleted a trail", EVASION, "T1562.008", Change("trail deleted"), TRAIL),
    Call("LookupEvents", "", "looked up the event history", DISCOVERY, "T1654", Look, NO_TARGET),
    Call("PutEventSelectors", "", "thinned out what a trail records", EVASION, "T1562.008", Change("event selectors"), TRAIL),
    Call("PutEventSelectors", "all", "let a trail record all management events", EVASION, "T1562.008", Remove(&[("event selectors", By::Thing)]), TRAIL),
    Call("PutInsightSelectors", "", "changed a trail's insights", EVASION, "T1562.008", Change("insight selectors"), TRAIL),
    Call("RestoreEventDataStore", "", "restored an event data store", EVASION, "T1562.008", Remove(&[("event data store", By::Thing)]), thing(&["q.eventDataStore"])),
    Call("StartEventDataStoreIngestion", "", "let an event data store take in events again", EVASION, "T1562.008", Remove(&[("event data store", By::Thing)]), thing(&["q.eventDataStore"])),
    Call("StartLogging", "", "switched a trail on", EVASION, "T1562.008", Remove(OF_TRAIL), TRAIL),
    Call("StopEventDataStoreIngestion", "", "stopped an event data store", EVASION, "T1562.008", Change("event data store"), thing(&["q.eventDataStore"])),
    Call("StopLogging", "", "switched a trail off", EVASION, "T1562.008", Change("trail logging"), TRAIL),
    Call("UpdateTrail", "", "changed a trail", EVASION, "T1562.008", Change("trail settings"), TRAIL),
];

#[rustfmt::skip]
pub(super) static GUARDDUTY: &[Call] = &[
    Call("ArchiveFindings", "", "hid findings", EVASION, "T1562.001", Change("GuardDuty findings"), DETECTOR),
    Call("CreateDetector", "", "switched GuardDuty on", EVASION, "T1562.001", Remove(&[("GuardDuty detector", By::Thing)]), DETECTOR),
    Call("CreateFilter", "", "made a filter over findings", EVASION, "T1562.001", Change("GuardDuty filter"), thing(&["q.name", "q.detectorId"])),
    Call("CreateIPSet", "", "made a list of trusted addresses", EVASION, "T1562.001", Change("GuardDuty trusted addresses"), DETECTOR),
    Call("DeleteDetector", "", "deleted GuardDuty's detector", EVASION, "T1562.001", Change("GuardDuty detector"), DETECTOR),
    Call("DeleteFilter", "", "deleted a filter over findings", EVASION, "T1562.001", Remove(&[("GuardDuty filter", By::Thing)]), thing(&["q.filterName", "q.detectorId"])),
    Call("DeleteMembers", "", "removed GuardDuty members", EVASION, "T1562.001", Change("GuardDuty members"), DETECTOR),
    Call("DeletePublishingDestination", "", "deleted where findings go", EVASION, "T1562.001", Change("GuardDuty destination"), DETECTOR),
    Call("DeleteThreatIntelSet", "", "deleted a list of bad addresses", EVASION, "T1562.001", Change("GuardDuty threat list"), DETECTOR),
    Call("DisassociateFromAdministratorAccount", "", "left GuardDuty's administrator", EVASION, "T1562.001", Change("GuardDuty members"), DETECTOR),
    Call("DisassociateFromMasterAccount", "", "left GuardDuty's administrator", EVASION, "T1562.001", Change("GuardDuty members"), DETECTOR),
    Call("DisassociateMembers", "", "removed GuardDuty members", EVASION, "T1562.001", Change("GuardDuty members"), DETECTOR),
    Call("GetFindings", "", "asked for findings", DISCOVERY, "T1526", Look, NO_TARGET),
    Call("GetFindings", "named", "read findings by their ids", DISCOVERY, "T1526", Look, NO_TARGET),
    Call("StopMonitoringMembers", "", "stopped watching GuardDuty members", EVASION, "T1562.001", Change("GuardDuty members"), DETECTOR),
    Call("UnarchiveFindings", "", "brought hidden findings back", EVASION, "T1562.001", Remove(&[("GuardDuty findings", By::Thing)]), DETECTOR),
    Call("UpdateDetector", "", "changed GuardDuty's detector", EVASION, "T1562.001", Change("GuardDuty settings"), DETECTOR),
    Call("UpdateDetector", "off", "switched GuardDuty off", EVASION, "T1562.001", Change("GuardDuty detector"), DETECTOR),
    Call("UpdateDetector", "on", "switched GuardDuty on", EVASION, "T1562.001", Remove(&[("GuardDuty detector", By::Thing)]), DETECTOR),
    Call("UpdateIPSet", "", "changed a list of trusted addresses", EVASION, "T1562.001", Change("GuardDuty trusted addresses"), DETECTOR),
    Call("UpdatePublishingDestination", "", "changed where findings go", EVASION, "T1562.001", Change("GuardDuty destination"), DETECTOR),
];

#[rustfmt::skip]
pub(super) static CONFIG: &[Call] = &[
    Call("DeleteConfigRule", "", "deleted a Config rule", EVASION, "T1562.001", Change("Config rule"), thing(&["q.configRuleName"])),
    Call("DeleteConfigurationRecorder", "", "deleted Config's recorder", EVASION, "T1562.001", Change("Config recorder"), RECORDER),
    Call("DeleteConformancePack", "", "deleted a conformance pack", EVASION, "T1562.001", Change("Config rule"), thing(&["q.conformancePackName"])),
    Call("DeleteDeliveryChannel", "", "deleted Config's delivery channel", EVASION, "T1562.001", Change("Config delivery"), thing(&["q.deliveryChannelName"])),
    Call("PutConfigurationRecorder", "", "changed Config's recorder", EVASION, "T1562.001", Change("Config settings"), RECORDER),
    Call("PutDeliveryChannel", "", "set Config's delivery channel", EVASION, "T1562.001", Replace("Config settings", &[("Config delivery", By::Thing)]), thing(&["q.deliveryChannel.name"])),
    Call("PutRetentionConfiguration", "", "changed how long Config keeps its records", EVASION, "T1562.001", Change("Config retention"), NO_TARGET),
    Call("StartConfigurationRecorder", "", "switched Config on", EVASION, "T1562.001", Remove(&[("Config recorder", By::Thing)]), RECORDER),
    Call("StopConfigurationRecorder", "", "switched Config off", EVASION, "T1562.001", Change("Config recorder"), RECORDER),
];

#[rustfmt::skip]
pub(super) static SECURITYHUB: &[Call] = &[
    Call("BatchDisableStandards", "", "switched off Security Hub standards", EVASION, "T1562.001", Change("Security Hub"), NO_TARGET),
    Call("BatchUpdateFindings", "", "changed findings", EVASION, "T1562.001", Act, NO_TARGET),
    Call("CreateAutomationRule", "", "made a rule that changes findings", EVASION, "T1562.001", Change("Security Hub findings"), thing(&["q.ruleName"])),
    Call("DeleteInsight", "", "deleted an insight", EVASION, "T1562.001", Act, thing(&["q.insightArn"])),
    Call("DisableSecurityHub", "", "switched Security Hub off", EVASION, "T1562.001", Change("Security Hub"), NO_TARGET),
    Call("DisassociateFromAdministratorAccount", "", "left Security Hub's administrator", EVASION, "T1562.001", Change("Security Hub"), NO_TARGET),
    Call("DisassociateMembers", "", "removed Security Hub members", EVASION, "T1562.001", Change("Security Hub"), NO_TARGET),
    Call("EnableSecurityHub", "", "switched Security Hub on", EVASION, "T1562.001", Remove(&[("Security Hub", By::Thing)]), NO_TARGET),
    Call("UpdateStandardsControl", "", "changed a Security Hub control", EVASION, "T1562.001", Change("Security Hub"), thing(&["q.standardsControlArn"])),
];

#[rustfmt::skip]
pub(super) static LOGS: &[Call] = &[
    Call("CreateExportTask", "", "exported a log group to S3", EXFILTRATION, "T1537", Act, LOG_GROUP),
    Call("DeleteDestination", "", "deleted a log destination", EVASION, "T1562.008", Change("log destination"), thing(&["q.destinationName"])),
    Call("DeleteLogGroup", "", "deleted a log group", EVASION, "T1562.008", Change("log group"), LOG_GROUP),
    Call("DeleteLogStream", "", "deleted a log stream", EVASION, "T1562.008", Change("log stream"), thing(&["q.logStreamName"])),
    Call("DeleteMetricFilter", "", "deleted a metric filter", EVASION, "T1562.001", Change("metric filter"), thing(&["q.filterName"])),
    Call("DeleteResourcePolicy", "", "deleted a policy of the logs", EVASION, "T1562.008", Change("log policy"), thing(&["q.policyName"])),
    Call("DeleteRetentionPolicy", "", "deleted a log group's retention", EVASION, "T1562.008", Change("log retention"), LOG_GROUP),
    Call("DeleteSubscriptionFilter", "", "deleted a log subscription", EVASION, "T1562.008", Change("log subscription"), LOG_GROUP),
    Call("PutRetentionPolicy", "", "changed how long a log is kept", EVASION, "T1562.008", Change("log retention"), LOG_GROUP),
    Call("PutSubscriptionFilter", "", "sent a log elsewhere", EXFILTRATION, "T1537", Make("log subscription"), LOG_GROUP),
];

#[rustfmt::skip]
pub(super) static MONITORING: &[Call] = &[
    Call("DeleteAlarms", "", "deleted alarms", EVASION, "T1562.001", Change("alarm"), thing(&["q.alarmNames"])),
    Call("DisableAlarmActions", "", "silenced alarms", EVASION, "T1562.001", Change("alarm actions"), thing(&["q.alarmNames"])),
    Call("EnableAlarmActions", "", "let alarms sound again", EVASION, "T1562.001", Remove(&[("alarm actions", By::Thing)]), thing(&["q.alarmNames"])),
];

#[rustfmt::skip]
pub(super) static OTHER: &[Call] = &[
    Call("CreateArchiveRule", "", "hid findings of an access analyzer", EVASION, "T1562.001", Change("findings filter"), thing(&["q.ruleName"])),
    Call("CreateFilter", "", "made a filter over findings", EVASION, "T1562.001", Change("findings filter"), thing(&["q.name"])),
    Call("CreateFindingsFilter", "", "made a filter over findings", EVASION, "T1562.001", Change("findings filter"), thing(&["q.name"])),
    Call("DeleteAnalyzer", "", "deleted an access analyzer", EVASION, "T1562.001", Change("access analyzer"), thing(&["q.analyzerName"])),
    Call("DeleteFilter", "", "deleted a filter over findings", EVASION, "T1562.001", Remove(&[("findings filter", By::Thing)]), thing(&["q.arn", "q.filterArn"])),
    Call("DeleteGraph", "", "deleted Detective's graph", EVASION, "T1562.001", Change("Detective"), thing(&["q.graphArn"])),
    Call("Disable", "", "switched Inspector off", EVASION, "T1562.001", Change("Inspector"), NO_TARGET),
    Call("DisableMacie", "", "switched Macie off", EVASION, "T1562.001", Change("Macie"), NO_TARGET),
    Call("Enable", "", "switched Inspector on", EVASION, "T1562.001", Remove(&[("Inspector", By::Thing)]), NO_TARGET),
    Call("EnableMacie", "", "switched Macie on", EVASION, "T1562.001", Remove(&[("Macie", By::Thing)]), NO_TARGET),
    Call("UpdateMacieSession", "on", "let Macie go on", EVASION, "T1562.001", Remove(&[("Macie", By::Thing)]), NO_TARGET),
    Call("UpdateMacieSession", "paused", "paused Macie", EVASION, "T1562.001", Change("Macie"), NO_TARGET),
];

#[rustfmt::skip]
pub(super) static WAF: &[Call] = &[
    Call("DeleteIPSet", "", "deleted a firewall's list of addresses", EVASION, "T1562.007", Change("web firewall"), thing(&["q.name", "q.iPSetId"])),
    Call("DeleteLoggingConfiguration", "", "switched off a web firewall's log", EVASION, "T1562.008", Change("web firewall log"), thing(&["q.resourceArn"])),
    Call("DeleteRuleGroup", "", "deleted a web firewall's rules", EVASION, "T1562.007", Change("web firewall"), thing(&["q.name"])),
    Call("DeleteWebACL", "", "deleted a web firewall", EVASION, "T1562.007", Change("web firewall"), thing(&["q.name", "q.webACLId"])),
    Call("DisassociateWebACL", "", "took a web firewall off", EVASION, "T1562.007", Change("web firewall"), thing(&["q.resourceArn"])),
    Call("UpdateIPSet", "", "changed a firewall's list of addresses", EVASION, "T1562.007", Change("web firewall"), thing(&["q.name", "q.iPSetId"])),
    Call("UpdateWebACL", "", "changed a web firewall", EVASION, "T1562.007", Change("web firewall"), thing(&["q.name", "q.webACLId"])),
];

#[rustfmt::skip]
pub(super) static RESOLVER: &[Call] = &[
    Call("DeleteFirewallRule", "", "deleted a DNS firewall rule", EVASION, "T1562.007", Change("DNS firewall"), thing(&["q.firewallRuleGroupId"])),
    Call("DeleteResolverQueryLogConfig", "", "deleted the log of DNS queries", EVASION, "T1562.008", Change("DNS query log"), thing(&["q.resolverQueryLogConfigId"])),
    Call("DisassociateResolverQueryLogConfig", "", "took the log of DNS queries off", EVASION, "T1562.008", Change("DNS query log"), thing(&["q.resolverQueryLogConfigId"])),
];

#[rustfmt::skip]
pub(super) static NETWORK_FIREWALL: &[Call] = &[
    Call("DeleteFirewall", "", "deleted a network firewall", IMPACT, "T1485", Change("network firewall"), thing(&["q.firewallName"])),
    Call("DeleteFirewallPolicy", "", "deleted a network firewall's policy", EVASION, "T1562.007", Change("network firewall"), thing(&["q.firewallPolicyName"])),
    Call("UpdateLoggingConfiguration", "", "changed a network firewall's log", EVASION, "T1562.008", Change("network firewall log"), thing(&["q.firewallName"])),
];
