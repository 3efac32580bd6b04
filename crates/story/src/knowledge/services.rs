//! Calls of services of which a story knows only a few. Rows are sorted by name and variant; this
//! file must hold nothing but rows and their list.

use super::Effect::{Act, Change, Make, Read, Remove, Replace};
use super::{
    By, COLLECTION, CREDENTIALS, Call, ESCALATION, EVASION, EXECUTION, EXFILTRATION, IMPACT,
    NO_TARGET, PERSISTENCE, owned, thing,
};

/// The services in this file.
#[cfg(test)]
pub(super) const NAMES: &[&str] = &[
    "events",
    "scheduler",
    "states",
    "bedrock",
    "ses",
    "sns",
    "sqs",
    "cloudformation",
    "glue",
    "sagemaker",
    "codebuild",
    "cloudshell",
    "servicequotas",
    "apigateway",
    "appsync",
    "route53",
    "route53domains",
    "elasticloadbalancing",
    "athena",
    "agreement-marketplace",
    "account",
    "cloudfront",
    "datasync",
    "transfer",
    "amplify",
];

pub(super) fn table(service: &str) -> &'static [Call] {
    match service {
        "events" => EVENTS,
        "scheduler" => SCHEDULER,
        "states" => STATES,
        "bedrock" => BEDROCK,
        "ses" | "email" => SES,
        "sns" => SNS,
        "sqs" => SQS,
        "cloudformation" => CLOUDFORMATION,
        "glue" => GLUE,
        "sagemaker" => SAGEMAKER,
        "codebuild" => CODEBUILD,
        "cloudshell" => CLOUDSHELL,
        "servicequotas" => QUOTAS,
        "apigateway" => APIGATEWAY,
        "appsync" => APPSYNC,
        "route53" | "route53domains" => ROUTE53,
        "elasticloadbalancing" => BALANCER,
        "athena" => ATHENA,
        "agreement-marketplace" => MARKETPLACE,
        "account" => ACCOUNT,
        "cloudfront" => CLOUDFRONT,
        "datasync" | "transfer" => TRANSFER,
        "amplify" => AMPLIFY,
        _ => &[],
    }
}

#[rustfmt::skip]
static EVENTS: &[Call] = &[
    Call("CreateApiDestination", "", "made an outside destination for events", PERSISTENCE, "T1546", Make("event destination"), thing(&["q.name"])),
    Call("DeleteApiDestination", "", "deleted an outside destination for events", EVASION, "T1070", Remove(&[("event destination", By::Thing)]), thing(&["q.name"])),
    Call("DeleteRule", "", "deleted an event rule", EVASION, "T1562.001", Remove(&[("event rule", By::Thing), ("event rule disabled", By::Thing)]), thing(&["q.name"])),
    Call("DisableRule", "", "disabled an event rule", EVASION, "T1562.001", Change("event rule disabled"), thing(&["q.name"])),
    Call("EnableRule", "", "enabled an event rule", PERSISTENCE, "T1546", Remove(&[("event rule disabled", By::Thing)]), thing(&["q.name"])),
    Call("PutPermission", "", "let another account send events", PERSISTENCE, "T1098.003", Make("event bus permission"), owned(&["q.statementId"], &["q.eventBusName"])),
    Call("PutRule", "", "made an event rule", PERSISTENCE, "T1546", Make("event rule"), thing(&["q.name"])),
    Call("PutTargets", "", "gave an event rule a target", PERSISTENCE, "T1546", Make("event target"), owned(&["q.targets.id"], &["q.rule"])),
    Call("RemovePermission", "", "took back who may send events", EVASION, "T1070", Remove(&[("event bus permission", By::Thing)]), owned(&["q.statementId"], &["q.eventBusName"])),
    Call("RemoveTargets", "", "took a target from an event rule", EVASION, "T1562.001", Remove(&[("event target", By::Thing)]), owned(&["q.ids"], &["q.rule"])),
];

#[rustfmt::skip]
static SCHEDULER: &[Call] = &[
    Call("CreateSchedule", "", "made a schedule", PERSISTENCE, "T1053", Make("schedule"), thing(&["q.name"])),
    Call("DeleteSchedule", "", "deleted a schedule", EVASION, "T1070", Remove(&[("schedule", By::Thing)]), thing(&["q.name"])),
    Call("UpdateSchedule", "", "changed a schedule", PERSISTENCE, "T1053", Make("schedule"), thing(&["q.name"])),
];

#[rustfmt::skip]
static STATES: &[Call] = &[
    Call("CreateStateMachine", "", "made a state machine", EXECUTION, "T1648", Make("state machine"), thing(&["r.stateMachineArn", "q.name"])),
    Call("DeleteStateMachine", "", "deleted a state machine", EVASION, "T1070", Remove(&[("state machine", By::Thing)]), thing(&["q.stateMachineArn"])),
    Call("UpdateStateMachine", "", "changed a state machine", EXECUTION, "T1648", Make("state machine"), thing(&["q.stateMachineArn"])),
];

#[rustfmt::skip]
static BEDROCK: &[Call] = &[
    Call("Converse", "", "invoked a model", IMPACT, "T1496.004", Act, thing(&["q.modelId"])),
    Call("ConverseStream", "", "invoked a model", IMPACT, "T1496.004", Act, thing(&["q.modelId"])),
    Call("CreateFoundationModelAgreement", "", "accepted a model's agreement", IMPACT, "T1496", Act, thing(&["q.modelId"])),
    Call("DeleteModelInvocationLoggingConfiguration", "", "switched off the log of model invocations", EVASION, "T1562.008", Change("model invocation log"), NO_TARGET),
    Call("InvokeModel", "", "invoked a model", IMPACT, "T1496.004", Act, thing(&["q.modelId"])),
    Call("InvokeModelWithResponseStream", "", "invoked a model", IMPACT, "T1496.004", Act, thing(&["q.modelId"])),
    Call("PutFoundationModelEntitlement", "", "asked for access to a model", IMPACT, "T1496", Act, thing(&["q.modelId"])),
    Call("PutModelInvocationLoggingConfiguration", "", "changed the log of model invocations", EVASION, "T1562.008", Change("model invocation log"), NO_TARGET),
    Call("PutUseCaseForModelAccess", "", "asked for access to models", IMPACT, "T1496", Act, NO_TARGET),
];

#[rustfmt::skip]
static SES: &[Call] = &[
    Call("CreateEmailIdentity", "", "made a mail identity", IMPACT, "T1496.004", Make("mail identity"), thing(&["q.emailIdentity"])),
    Call("DeleteIdentity", "", "deleted a mail identity", EVASION, "T1070", Remove(&[("mail identity", By::Thing)]), thing(&["q.identity"])),
    Call("SendEmail", "", "sent mail", IMPACT, "T1496.004", Act, NO_TARGET),
    Call("SendRawEmail", "", "sent mail", IMPACT, "T1496.004", Act, NO_TARGET),
    Call("UpdateAccountSendingEnabled", "", "changed whether mail may be sent", IMPACT, "T1496.004", Act, NO_TARGET),
    Call("VerifyDomainIdentity", "", "verified a mail domain", IMPACT, "T1496.004", Make("mail identity"), thing(&["q.domain"])),
    Call("VerifyEmailIdentity", "", "verified a mail address", IMPACT, "T1496.004", Make("mail identity"), thing(&["q.emailAddress"])),
];

#[rustfmt::skip]
static SNS: &[Call] = &[
    Call("AddPermission", "", "let others use a topic", PERSISTENCE, "T1098.003", Make("topic policy"), thing(&["q.topicArn"])),
    Call("DeleteTopic", "", "deleted a topic", IMPACT, "T1489", Remove(&[("topic policy", By::Thing), ("topic subscription", By::Owner)]), thing(&["q.topicArn"])),
    Call("Publish", "", "sent messages", IMPACT, "T1496.003", Act, thing(&["q.topicArn"])),
    Call("RemovePermission", "", "took back who may use a topic", EVASION, "T1070", Act, thing(&["q.topicArn"])),
    Call("SetTopicAttributes", "", "changed a topic", PERSISTENCE, "T1098.003", Change("topic policy"), thing(&["q.topicArn"])),
    Call("SetTopicAttributes", "inside", "let nobody outside use a topic by its policy", PERSISTENCE, "T1098.003", Replace("topic policy", &[("topic policy", By::Thing)]), thing(&["q.topicArn"])),
    Call("SetTopicAttributes", "outside", "let others use a topic", PERSISTENCE, "T1098.003", Make("topic policy"), thing(&["q.topicArn"])),
    Call("Subscribe", "", "subscribed to a topic", COLLECTION, "T1530", Make("topic subscription"), owned(&["r.subscriptionArn", "q.endpoint"], &["q.topicArn"])),
    Call("Unsubscribe", "", "ended a subscription", EVASION, "T1070", Remove(&[("topic subscription", By::Thing)]), thing(&["q.subscriptionArn"])),
];

#[rustfmt::skip]
static SQS: &[Call] = &[
    Call("AddPermission", "", "let others use a queue", PERSISTENCE, "T1098.003", Make("queue policy"), thing(&["q.queueUrl"])),
    Call("DeleteQueue", "", "deleted a queue", IMPACT, "T1489", Remove(&[("queue policy", By::Thing)]), thing(&["q.queueUrl"])),
    Call("PurgeQueue", "", "deleted a queue's messages", IMPACT, "T1485", Act, thing(&["q.queueUrl"])),
    Call("RemovePermission", "", "took back who may use a queue", EVASION, "T1070", Act, thing(&["q.queueUrl"])),
    Call("SetQueueAttributes", "", "changed a queue", PERSISTENCE, "T1098.003", Change("queue policy"), thing(&["q.queueUrl"])),
    Call("SetQueueAttributes", "inside", "let nobody outside use a queue by its policy", PERSISTENCE, "T1098.003", Replace("queue policy", &[("queue policy", By::Thing)]), thing(&["q.queueUrl"])),
    Call("SetQueueAttributes", "outside", "let others use a queue", PERSISTENCE, "T1098.003", Make("queue policy"), thing(&["q.queueUrl"])),
];

#[rustfmt::skip]
static CLOUDFORMATION: &[Call] = &[
    Call("CreateStack", "", "made a stack", EXECUTION, "T1578.002", Make("stack"), thing(&["q.stackName"])),
    Call("CreateStackSet", "", "made a set of stacks", EXECUTION, "T1578.002", Make("stack set"), thing(&["q.stackSetName"])),
    Call("DeleteStack", "", "deleted a stack", IMPACT, "T1485", Remove(&[("stack", By::Thing)]), thing(&["q.stackName"])),
    Call("DeleteStackSet", "", "deleted a set of stacks", EVASION, "T1070", Remove(&[("stack set", By::Thing)]), thing(&["q.stackSetName"])),
    Call("ExecuteChangeSet", "", "changed a stack", EXECUTION, "T1578.005", Act, owned(&["q.changeSetName"], &["q.stackName"])),
    Call("UpdateStack", "", "changed a stack", EXECUTION, "T1578.005", Act, thing(&["q.stackName"])),
    Call("UpdateStackSet", "", "changed a set of stacks", EXECUTION, "T1578.005", Act, thing(&["q.stackSetName"])),
];

#[rustfmt::skip]
static GLUE: &[Call] = &[
    Call("CreateDevEndpoint", "", "made a development endpoint", ESCALATION, "T1098.003", Make("Glue endpoint"), thing(&["q.endpointName"])),
    Call("CreateJob", "", "made a Glue job", ESCALATION, "T1098.003", Make("Glue job"), thing(&["q.name"])),
    Call("DeleteDevEndpoint", "", "deleted a development endpoint", EVASION, "T1070", Remove(&[("Glue endpoint", By::Thing)]), thing(&["q.endpointName"])),
    Call("DeleteJob", "", "deleted a Glue job", EVASION, "T1070", Remove(&[("Glue job", By::Thing)]), thing(&["q.jobName"])),
    Call("DeleteResourcePolicy", "", "deleted the data catalogue's policy", EVASION, "T1070", Remove(&[("catalogue policy", By::Thing)]), NO_TARGET),
    Call("PutResourcePolicy", "", "changed who may use the data catalogue", PERSISTENCE, "T1098.003", Make("catalogue policy"), NO_TARGET),
    Call("UpdateDevEndpoint", "", "changed a development endpoint", ESCALATION, "T1098.004", Make("Glue endpoint"), thing(&["q.endpointName"])),
    Call("UpdateJob", "", "changed a Glue job", ESCALATION, "T1098.003", Make("Glue job"), thing(&["q.jobName"])),
];

#[rustfmt::skip]
static SAGEMAKER: &[Call] = &[
    Call("CreateNotebookInstance", "", "made a notebook", EXECUTION, "T1578.002", Make("notebook"), thing(&["q.notebookInstanceName"])),
    Call("CreateNotebookInstanceLifecycleConfig", "", "made a start-up script for notebooks", PERSISTENCE, "T1546", Make("notebook lifecycle config"), thing(&["q.notebookInstanceLifecycleConfigName"])),
    Call("CreatePresignedDomainUrl", "", "took a URL into a studio", CREDENTIALS, "T1550.001", Act, owned(&["q.userProfileName"], &["q.domainId"])),
    Call("CreatePresignedNotebookInstanceUrl", "", "took a URL into a notebook", CREDENTIALS, "T1550.001", Act, thing(&["q.notebookInstanceName"])),
    Call("DeleteNotebookInstance", "", "deleted a notebook", IMPACT, "T1485", Remove(&[("notebook", By::Thing)]), thing(&["q.notebookInstanceName"])),
    Call("DeleteNotebookInstanceLifecycleConfig", "", "deleted a start-up script for notebooks", EVASION, "T1070", Remove(&[("notebook lifecycle config", By::Thing)]), thing(&["q.notebookInstanceLifecycleConfigName"])),
    Call("UpdateNotebookInstance", "", "changed a notebook", EXECUTION, "T1578", Change("notebook"), thing(&["q.notebookInstanceName"])),
    Call("UpdateNotebookInstanceLifecycleConfig", "", "changed a start-up script for notebooks", PERSISTENCE, "T1546", Make("notebook lifecycle config"), thing(&["q.notebookInstanceLifecycleConfigName"])),
];

#[rustfmt::skip]
static CODEBUILD: &[Call] = &[
    Call("CreateProject", "", "made a build project", EXECUTION, "T1648", Make("build project"), thing(&["q.name"])),
    Call("CreateWebhook", "", "let a repository's events start builds", PERSISTENCE, "T1546", Make("build webhook"), thing(&["q.projectName"])),
    Call("DeleteProject", "", "deleted a build project", EVASION, "T1070", Remove(&[("build project", By::Thing)]), thing(&["q.name"])),
    Call("DeleteSourceCredentials", "", "deleted builds' credentials of a source", EVASION, "T1070", Remove(&[("build source credential", By::Thing)]), thing(&["q.arn"])),
    Call("DeleteWebhook", "", "stopped a repository's events from starting builds", EVASION, "T1070", Remove(&[("build webhook", By::Thing)]), thing(&["q.projectName"])),
    Call("ImportSourceCredentials", "", "gave builds credentials of a source", PERSISTENCE, "T1098.001", Make("build source credential"), thing(&["r.arn"])),
    Call("StartBuild", "", "started a build", EXECUTION, "T1648", Act, thing(&["q.projectName"])),
    Call("UpdateProject", "", "changed a build project", EXECUTION, "T1648", Make("build project"), thing(&["q.name"])),
    Call("UpdateProjectVisibility", "", "changed who may see builds", EXFILTRATION, "T1537", Change("build project visibility"), thing(&["q.projectArn"])),
];

#[rustfmt::skip]
static CLOUDSHELL: &[Call] = &[
    Call("CreateEnvironment", "", "opened a cloud shell", EXECUTION, "T1059.009", Act, NO_TARGET),
    Call("CreateSession", "", "opened a cloud shell", EXECUTION, "T1059.009", Act, NO_TARGET),
    Call("GetFileDownloadUrls", "", "downloaded files from a cloud shell", COLLECTION, "T1530", Read("cloud shell file"), NO_TARGET),
];

#[rustfmt::skip]
static QUOTAS: &[Call] = &[
    Call("RequestServiceQuotaIncrease", "", "asked for a higher quota", IMPACT, "T1496", Act, owned(&["q.quotaCode"], &["q.serviceCode"])),
];

#[rustfmt::skip]
static APIGATEWAY: &[Call] = &[
    Call("CreateApi", "", "made an API", PERSISTENCE, "T1133", Make("API"), thing(&["r.apiId", "q.name"])),
    Call("CreateApiKey", "", "made an API key", PERSISTENCE, "T1098.001", Make("API key"), thing(&["r.id", "q.name"])),
    Call("CreateIntegration", "", "connected an API to code", PERSISTENCE, "T1133", Act, thing(&["q.apiId"])),
    Call("CreateRoute", "", "made a route of an API", PERSISTENCE, "T1133", Act, thing(&["q.apiId"])),
    Call("CreateStage", "", "published an API", PERSISTENCE, "T1133", Act, thing(&["q.apiId"])),
    Call("DeleteApi", "", "deleted an API", EVASION, "T1070", Remove(&[("API", By::Thing)]), thing(&["q.apiId"])),
];

#[rustfmt::skip]
static APPSYNC: &[Call] = &[
    Call("CreateApiKey", "", "made an API key", PERSISTENCE, "T1098.001", Make("API key"), owned(&["r.apiKey.id"], &["q.apiId"])),
    Call("DeleteApiKey", "", "deleted an API key", EVASION, "T1070", Remove(&[("API key", By::Thing)]), owned(&["q.id"], &["q.apiId"])),
    Call("UpdateResolver", "", "changed what an API does", PERSISTENCE, "T1546", Act, thing(&["q.apiId"])),
];

#[rustfmt::skip]
static ROUTE53: &[Call] = &[
    Call("ChangeResourceRecordSets", "", "changed DNS records", IMPACT, "T1565.002", Change("DNS records"), thing(&["q.hostedZoneId"])),
    Call("CreateHostedZone", "", "made a DNS zone", IMPACT, "T1496", Act, thing(&["q.name"])),
    Call("DisableDomainTransferLock", "", "unlocked a domain", IMPACT, "T1531", Change("domain lock"), thing(&["q.domainName"])),
    Call("RegisterDomain", "", "registered a domain", IMPACT, "T1496", Act, thing(&["q.domainName"])),
    Call("TransferDomainToAnotherAwsAccount", "", "gave a domain away", IMPACT, "T1531", Change("domain owner"), thing(&["q.domainName"])),
];

#[rustfmt::skip]
static BALANCER: &[Call] = &[
    Call("CreateRule", "", "made a load balancer's rule", EVASION, "T1578", Change("load balancer"), thing(&["q.listenerArn"])),
    Call("DeleteLoadBalancer", "", "deleted a load balancer", IMPACT, "T1489", Change("load balancer"), thing(&["q.loadBalancerArn", "q.loadBalancerName"])),
    Call("ModifyListener", "", "changed a load balancer's listener", EVASION, "T1578", Change("load balancer"), thing(&["q.listenerArn"])),
];

#[rustfmt::skip]
static ATHENA: &[Call] = &[
    Call("GetQueryResults", "", "read a query's results", COLLECTION, "T1530", Read("query results"), thing(&["q.queryExecutionId"])),
    Call("StartQueryExecution", "", "ran a query", COLLECTION, "T1530", Act, thing(&["q.workGroup"])),
];

#[rustfmt::skip]
static MARKETPLACE: &[Call] = &[
    Call("AcceptAgreementRequest", "", "accepted a marketplace agreement", IMPACT, "T1496", Act, NO_TARGET),
];

#[rustfmt::skip]
static ACCOUNT: &[Call] = &[
    Call("CloseAccount", "", "closed the account", IMPACT, "T1531", Change("account"), NO_TARGET),
    Call("DisableRegion", "", "switched a region off", IMPACT, "T1489", Change("region"), thing(&["q.regionName", "q.RegionName"])),
    Call("EnableRegion", "", "switched a region on", EVASION, "T1535", Change("region"), thing(&["q.regionName", "q.RegionName"])),
    Call("PutAlternateContact", "", "changed the account's contact", EVASION, "T1656", Change("account contact"), NO_TARGET),
];

#[rustfmt::skip]
static CLOUDFRONT: &[Call] = &[
    Call("CreateFunction", "", "made code at the edge", PERSISTENCE, "T1546", Make("edge function"), thing(&["q.name"])),
    Call("DeleteDistribution", "", "deleted a distribution", IMPACT, "T1489", Change("distribution"), thing(&["q.id"])),
    Call("PublishFunction", "", "published code at the edge", COLLECTION, "T1119", Make("edge function"), thing(&["q.name"])),
    Call("UpdateDistribution", "", "changed a distribution", COLLECTION, "T1119", Change("distribution"), thing(&["q.id"])),
];

#[rustfmt::skip]
static TRANSFER: &[Call] = &[
    Call("CreateServer", "", "made a file transfer server", PERSISTENCE, "T1133", Make("transfer server"), thing(&["r.serverId"])),
    Call("CreateTask", "", "made a transfer task", COLLECTION, "T1530", Act, NO_TARGET),
    Call("CreateUser", "", "made a user of a transfer server", PERSISTENCE, "T1136.003", Make("transfer user"), owned(&["q.userName"], &["q.serverId"])),
    Call("DeleteServer", "", "deleted a file transfer server", EVASION, "T1070", Remove(&[("transfer server", By::Thing), ("transfer user", By::Owner)]), thing(&["q.serverId"])),
    Call("StartTaskExecution", "", "started a transfer", COLLECTION, "T1530", Read("transfer"), thing(&["q.taskArn"])),
];

#[rustfmt::skip]
static AMPLIFY: &[Call] = &[
    Call("CreateApp", "", "made an application", IMPACT, "T1496.001", Make("application"), thing(&["q.name"])),
];
