//! What is called in the corpus, and how often. It must never hold logic: a row is data.
//!
//! `%` and a letter stand for a value; see `fill`. Weights follow what busy accounts log: reads
//! and services' own traffic by far the most, changes few, and a thin scatter of the calls that
//! detection rules look for.

use super::kinds::Class::{self, Invocation, ObjectRead, ObjectWrite, Read, Write};
use super::kinds::{By, Kind};

const fn kind(
    weight: usize,
    class: Class,
    (service, name): (&'static str, &'static str),
    request: &'static str,
    response: &'static str,
) -> Kind {
    Kind { weight, by: By::Principal, class, service, name, request, response }
}

const fn by_service(
    weight: usize,
    class: Class,
    call: (&'static str, &'static str),
    request: &'static str,
    response: &'static str,
) -> Kind {
    Kind { by: By::Service, ..kind(weight, class, call, request, response) }
}

/// The request of a call about one object.
const OBJECT: &str = r#"{"bucketName":"%b","Host":"%b.s3.%R.amazonaws.com","key":"%k"}"#;
const ASSUME: &str = r#"{"roleArn":"arn:aws:iam::%a:role/%r","roleSessionName":"%h","externalId":"%u","durationSeconds":3600}"#;
const ASSUMED: &str = r#"{"credentials":{"accessKeyId":"%A","sessionToken":"%z","expiration":"%t"},"assumedRoleUser":{"assumedRoleId":"%O:%h","arn":"arn:aws:sts::%a:assumed-role/%r/%h"}}"#;
const DECRYPT: &str = r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::%b/%k","PARAMETER_ARN":"arn:aws:ssm:%R:%a:parameter/%s"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#;
const FILTER: &str = r#"{"maxResults":%d,"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"%v"}]}},{"name":"tag:environment","valueSet":{"items":[{"value":"production"}]}}]}}"#;
const INSTANCES: &str = r#"{"instancesSet":{"items":[{"instanceId":"%i"},{"instanceId":"%i"},{"instanceId":"%i"}]},"filterSet":{}}"#;
const ROLE: &str = r#"{"roleName":"%r"}"#;
const LAYER: &str = r#"{"registryId":"%a","repositoryName":"%r","layerDigest":"sha256:%H"}"#;
const INVOKE: &str = r#"{"functionName":"arn:aws:lambda:%R:%a:function:%f","invocationType":"RequestResponse","logType":"None","clientContext":"%u"}"#;
const POLICY: &str = r#"{"roleName":"%r","policyName":"inline-%h","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],\"Resource\":[\"arn:aws:s3:::%b\",\"arn:aws:s3:::%b/*\"]}]}"}"#;
const INGRESS: &str = r#"{"groupId":"%g","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"groups":{},"ipRanges":{"items":[{"cidrIp":"10.%d.0.0/16","description":"from the load balancer"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#;
const INTERFACE: &str = r#"{"networkInterface":{"networkInterfaceId":"%e","subnetId":"%n","vpcId":"%v","availabilityZone":"%Ra","description":"AWS Lambda VPC ENI-%f-%u","ownerId":"%a","requesterId":"%O:%h","requesterManaged":true,"status":"pending","macAddress":"0a:58:0a:01:02:%d","privateIpAddress":"10.0.%d.%d","privateDnsName":"ip-10-0-%d-%d.ec2.internal","sourceDestCheck":true,"groupSet":{"items":[{"groupId":"%g","groupName":"%r"}]}}}"#;
const TASK: &str =
    r#"{"cluster":"%r","tasks":["arn:aws:ecs:%R:%a:task/%r/%h%h%h%h"],"include":["TAGS"]}"#;
const SSM: &str = r#"{"instanceId":"%i","agentVersion":"3.3.2746.0","agentStatus":"Active","platformType":"Linux","platformVersion":"2023","iPAddress":"10.0.%d.%d","computerName":"ip-10-0-%d-%d.ec2.internal","agentName":"amazon-ssm-agent","availabilityZone":"%Ra"}"#;

/// Everything that is called, the most frequent first.
pub(super) const KINDS: &[Kind] = &[
    kind(125, ObjectRead, ("s3", "GetObject"), OBJECT, "null"),
    kind(
        45,
        ObjectWrite,
        ("s3", "PutObject"),
        OBJECT,
        r#"{"x-amz-server-side-encryption":"aws:kms","x-amz-version-id":"%h%h%h%h"}"#,
    ),
    kind(45, ObjectRead, ("s3", "HeadObject"), OBJECT, "null"),
    kind(
        12,
        ObjectRead,
        ("s3", "ListObjects"),
        r#"{"list-type":"2","bucketName":"%b","prefix":"data/dt=2026-05-0%d/","max-keys":"1000","Host":"%b.s3.%R.amazonaws.com"}"#,
        "null",
    ),
    kind(6, ObjectWrite, ("s3", "DeleteObject"), OBJECT, "null"),
    by_service(105, Read, ("sts", "AssumeRole"), ASSUME, ASSUMED),
    by_service(82, Read, ("kms", "Decrypt"), DECRYPT, "null"),
    by_service(
        52,
        Read,
        ("kms", "GenerateDataKey"),
        r#"{"keyId":"arn:aws:kms:%R:%a:key/%K","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::%b/%k"},"keySpec":"AES_256"}"#,
        "null",
    ),
    by_service(
        33,
        Read,
        ("s3", "GetBucketAcl"),
        r#"{"bucketName":"%b","Host":"%b.s3.%R.amazonaws.com","acl":""}"#,
        "null",
    ),
    by_service(
        27,
        Write,
        ("logs", "CreateLogStream"),
        r#"{"logGroupName":"/aws/lambda/%f","logStreamName":"2026/05/04/[$LATEST]%h%h%h%h"}"#,
        "null",
    ),
    by_service(
        21,
        Write,
        ("ec2", "CreateNetworkInterface"),
        r#"{"subnetId":"%n","description":"AWS Lambda VPC ENI-%f-%u","groupSet":{"items":[{"groupId":"%g"}]},"privateIpAddressesSet":{},"clientToken":"%u"}"#,
        INTERFACE,
    ),
    by_service(
        21,
        Write,
        ("ec2", "DeleteNetworkInterface"),
        r#"{"networkInterfaceId":"%e"}"#,
        r#"{"requestId":"%u","_return":true}"#,
    ),
    kind(80, Read, ("kms", "Decrypt"), DECRYPT, "null"),
    kind(55, Write, ("ssm", "UpdateInstanceInformation"), SSM, "null"),
    kind(
        25,
        Read,
        ("ssm", "ListInstanceAssociations"),
        r#"{"instanceId":"%i","maxResults":20}"#,
        "null",
    ),
    kind(
        12,
        Read,
        ("ssm", "GetParametersByPath"),
        r#"{"path":"/%s/","recursive":true,"withDecryption":true,"maxResults":10,"nextToken":"%z"}"#,
        "null",
    ),
    kind(
        8,
        Write,
        ("ssm", "PutInventory"),
        r#"{"instanceId":"%i","items":[{"typeName":"AWS:Application","schemaVersion":"1.1","captureTime":"%t","contentHash":"%h%h%h%h"},{"typeName":"AWS:Network","schemaVersion":"1.0","captureTime":"%t","contentHash":"%h%h%h%h"}]}"#,
        "null",
    ),
    kind(26, Read, ("sts", "AssumeRole"), ASSUME, ASSUMED),
    kind(14, Read, ("sts", "GetCallerIdentity"), "null", "null"),
    kind(34, Invocation, ("lambda", "Invoke"), INVOKE, "null"),
    kind(
        7,
        Read,
        ("lambda", "GetFunctionConfiguration20150331v2"),
        r#"{"functionName":"%f"}"#,
        "null",
    ),
    kind(24, Read, ("ec2", "DescribeInstances"), INSTANCES, "null"),
    kind(16, Read, ("ec2", "DescribeNetworkInterfaces"), FILTER, "null"),
    kind(12, Read, ("ec2", "DescribeVolumes"), FILTER, "null"),
    kind(10, Read, ("ec2", "DescribeSecurityGroups"), FILTER, "null"),
    kind(9, Read, ("ec2", "DescribeSubnets"), FILTER, "null"),
    kind(9, Read, ("ec2", "DescribeTags"), FILTER, "null"),
    kind(6, Read, ("ec2", "DescribeInstanceStatus"), INSTANCES, "null"),
    kind(6, Read, ("ec2", "DescribeSpotInstanceRequests"), FILTER, "null"),
    kind(
        5,
        Read,
        ("ec2", "DescribeLaunchTemplateVersions"),
        r#"{"DescribeLaunchTemplateVersionsRequest":{"LaunchTemplateId":"lt-0%h%h","LaunchTemplateVersion":{"tag":1,"content":"$Latest"}}}"#,
        "null",
    ),
    kind(
        22,
        Read,
        ("elasticloadbalancing", "DescribeTargetHealth"),
        r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:%R:%a:targetgroup/%r/%h%h"}"#,
        "null",
    ),
    kind(
        12,
        Read,
        ("elasticloadbalancing", "DescribeTargetGroups"),
        r#"{"loadBalancerArn":"arn:aws:elasticloadbalancing:%R:%a:loadbalancer/app/%r/%h%h","pageSize":400}"#,
        "null",
    ),
    kind(
        18,
        Read,
        ("autoscaling", "DescribeAutoScalingGroups"),
        r#"{"autoScalingGroupNames":["%r-%h","%r-%h"],"maxRecords":100}"#,
        "null",
    ),
    kind(
        16,
        Read,
        ("monitoring", "GetMetricData"),
        r#"{"startTime":"%t","endTime":"%t","metricDataQueries":[{"id":"m1","metricStat":{"metric":{"namespace":"AWS/ApplicationELB","metricName":"RequestCount","dimensions":[{"name":"LoadBalancer","value":"app/%r/%h%h"}]},"period":60,"stat":"Sum"}}]}"#,
        "null",
    ),
    kind(
        14,
        Read,
        ("cloudformation", "DescribeStacks"),
        r#"{"stackName":"arn:aws:cloudformation:%R:%a:stack/%r/%u"}"#,
        "null",
    ),
    kind(
        10,
        Read,
        ("cloudformation", "DescribeStackEvents"),
        r#"{"stackName":"%r","nextToken":"%z"}"#,
        "null",
    ),
    kind(18, Read, ("ecs", "DescribeTasks"), TASK, "null"),
    kind(
        16,
        Read,
        ("ecs", "DescribeServices"),
        r#"{"cluster":"arn:aws:ecs:%R:%a:cluster/%r","services":["arn:aws:ecs:%R:%a:service/%r/%f"]}"#,
        "null",
    ),
    kind(
        12,
        Write,
        ("ecs", "SubmitTaskStateChange"),
        r#"{"cluster":"%r","task":"arn:aws:ecs:%R:%a:task/%r/%h%h%h%h","status":"RUNNING"}"#,
        r#"{"acknowledgment":"%u"}"#,
    ),
    kind(20, Read, ("ecr", "GetDownloadUrlForLayer"), LAYER, "null"),
    kind(14, Read, ("ecr", "BatchCheckLayerAvailability"), LAYER, "null"),
    kind(
        8,
        Read,
        ("ecr", "BatchGetImage"),
        r#"{"registryId":"%a","repositoryName":"%r","imageIds":[{"imageDigest":"sha256:%H"}],"acceptedMediaTypes":["application/vnd.oci.image.manifest.v1+json","application/vnd.docker.distribution.manifest.v2+json"]}"#,
        "null",
    ),
    kind(6, Read, ("ecr", "GetAuthorizationToken"), "null", "null"),
    kind(20, Read, ("dynamodb", "DescribeTimeToLive"), r#"{"tableName":"%T"}"#, "null"),
    kind(
        12,
        Read,
        ("dynamodb", "DescribeContinuousBackups"),
        r#"{"tableName":"arn:aws:dynamodb:%R:%a:table/%T"}"#,
        "null",
    ),
    kind(
        20,
        Read,
        ("sqs", "GetQueueAttributes"),
        r#"{"queueUrl":"https://sqs.%R.amazonaws.com/%a/%f","attributeNames":["ApproximateNumberOfMessages","ApproximateNumberOfMessagesNotVisible"]}"#,
        "null",
    ),
    kind(
        14,
        Read,
        ("tagging", "GetResources"),
        r#"{"paginationToken":"%z","resourcesPerPage":100,"tagFilters":[{"key":"environment","values":["production"]}]}"#,
        "null",
    ),
    kind(
        14,
        Write,
        ("config", "PutEvaluations"),
        r#"{"evaluations":[{"complianceResourceType":"AWS::EC2::Instance","complianceResourceId":"%i","complianceType":"COMPLIANT","orderingTimestamp":"%t"}],"resultToken":"%z"}"#,
        r#"{"failedEvaluations":[]}"#,
    ),
    kind(12, Read, ("eks", "DescribeNodegroup"), r#"{"name":"%r","nodegroupName":"%f"}"#, "null"),
    kind(
        14,
        Read,
        ("secretsmanager", "GetSecretValue"),
        r#"{"secretId":"arn:aws:secretsmanager:%R:%a:secret:%s","versionStage":"AWSCURRENT"}"#,
        "null",
    ),
    kind(
        8,
        Read,
        ("rds", "DescribeDBClusters"),
        r#"{"dBClusterIdentifier":"%r","includeShared":false}"#,
        "null",
    ),
    kind(
        10,
        Read,
        ("logs", "FilterLogEvents"),
        r#"{"logGroupName":"/ecs/%f","startTime":%d,"filterPattern":"ERROR","nextToken":"%z"}"#,
        "null",
    ),
    kind(8, Read, ("iam", "GetRole"), ROLE, "null"),
    kind(5, Read, ("iam", "ListAttachedRolePolicies"), ROLE, "null"),
    kind(
        4,
        Read,
        ("iam", "GetPolicyVersion"),
        r#"{"policyArn":"arn:aws:iam::%a:policy/%r","versionId":"v%d"}"#,
        "null",
    ),
    kind(4, Read, ("iam", "GetInstanceProfile"), r#"{"instanceProfileName":"%r"}"#, "null"),
    kind(
        8,
        Write,
        ("ec2", "CreateTags"),
        r#"{"resourcesSet":{"items":[{"resourceId":"%i"}]},"tagSet":{"items":[{"key":"Name","value":"%r"},{"key":"run","value":"%u"}]}}"#,
        r#"{"requestId":"%u","_return":true}"#,
    ),
    kind(
        3,
        Write,
        ("ec2", "CreateSnapshot"),
        r#"{"volumeId":"vol-0%h%h","description":"nightly %t"}"#,
        r#"{"requestId":"%u","snapshotId":"snap-0%h%h","volumeId":"vol-0%h%h","status":"pending","startTime":%d,"progress":"","ownerId":"%a","volumeSize":"100","encrypted":true}"#,
    ),
    kind(
        3,
        Write,
        ("ec2", "RunInstances"),
        r#"{"instancesSet":{"items":[{"imageId":"ami-0%h%h","minCount":1,"maxCount":1,"keyName":"%r"}]},"instanceType":"m7g.large","subnetId":"%n","blockDeviceMapping":{},"monitoring":{"enabled":false},"iamInstanceProfile":{"name":"%r"},"clientToken":"%u"}"#,
        r#"{"requestId":"%u","reservationId":"r-0%h%h","ownerId":"%a","groupSet":{},"instancesSet":{"items":[{"instanceId":"%i","imageId":"ami-0%h%h","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-0-%d-%d.ec2.internal","instanceType":"m7g.large","subnetId":"%n","vpcId":"%v","privateIpAddress":"10.0.%d.%d"}]}}"#,
    ),
    kind(
        3,
        Write,
        ("ec2", "TerminateInstances"),
        r#"{"instancesSet":{"items":[{"instanceId":"%i"}]}}"#,
        r#"{"requestId":"%u","instancesSet":{"items":[{"instanceId":"%i","currentState":{"code":32,"name":"shutting-down"},"previousState":{"code":16,"name":"running"}}]}}"#,
    ),
    kind(
        2,
        Write,
        ("ec2", "AuthorizeSecurityGroupIngress"),
        INGRESS,
        r#"{"requestId":"%u","_return":true}"#,
    ),
    kind(
        2,
        Write,
        ("ec2", "RevokeSecurityGroupIngress"),
        INGRESS,
        r#"{"requestId":"%u","_return":true}"#,
    ),
    kind(
        1,
        Write,
        ("ec2", "ModifySnapshotAttribute"),
        r#"{"snapshotId":"snap-0%h%h","createVolumePermission":{"add":{"items":[{"userId":"%a"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
        r#"{"requestId":"%u","_return":true}"#,
    ),
    kind(1, Read, ("ec2", "GetPasswordData"), r#"{"instanceId":"%i"}"#, "null"),
    kind(
        1,
        Write,
        ("ec2", "DeleteFlowLogs"),
        r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0%h%h"}}}"#,
        r#"{"DeleteFlowLogsResponse":{"unsuccessful":"","requestId":"%u"}}"#,
    ),
    kind(2, Write, ("iam", "PutRolePolicy"), POLICY, "null"),
    kind(
        1,
        Write,
        ("iam", "AttachUserPolicy"),
        r#"{"userName":"%U","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
        "null",
    ),
    kind(
        1,
        Write,
        ("iam", "CreateAccessKey"),
        r#"{"userName":"%U"}"#,
        r#"{"accessKey":{"userName":"%U","accessKeyId":"%A","status":"Active","createDate":"May 4, 2026, 2:15:00 AM"}}"#,
    ),
    kind(
        1,
        Write,
        ("iam", "CreateUser"),
        r#"{"userName":"%U-%h"}"#,
        r#"{"user":{"path":"/","userName":"%U-%h","userId":"%O","arn":"arn:aws:iam::%a:user/%U-%h","createDate":"May 4, 2026, 2:15:00 AM"}}"#,
    ),
    kind(
        1,
        Write,
        ("iam", "UpdateAssumeRolePolicy"),
        r#"{"roleName":"%r","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::%a:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#,
        "null",
    ),
    kind(
        1,
        Write,
        ("iam", "DeactivateMFADevice"),
        r#"{"userName":"%U","serialNumber":"arn:aws:iam::%a:mfa/%U"}"#,
        "null",
    ),
    kind(
        1,
        Write,
        ("cloudtrail", "StopLogging"),
        r#"{"name":"arn:aws:cloudtrail:%R:%a:trail/organization"}"#,
        "null",
    ),
    kind(
        1,
        Write,
        ("s3", "PutBucketPolicy"),
        r#"{"bucketName":"%b","Host":"%b.s3.%R.amazonaws.com","policy":"","bucketPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::%b/*"}]}}"#,
        "null",
    ),
    kind(1, Write, ("guardduty", "DeleteDetector"), r#"{"detectorId":"%h%h%h%h"}"#, "null"),
    kind(
        1,
        Write,
        ("kms", "ScheduleKeyDeletion"),
        r#"{"keyId":"%K","pendingWindowInDays":7}"#,
        r#"{"keyId":"arn:aws:kms:%R:%a:key/%K","deletionDate":"May 11, 2026, 12:00:00 AM","keyState":"PendingDeletion","pendingWindowInDays":7}"#,
    ),
    kind(
        1,
        Write,
        ("lambda", "UpdateFunctionCode20150331v2"),
        r#"{"functionName":"%f","publish":true,"dryRun":false}"#,
        r#"{"functionName":"%f","functionArn":"arn:aws:lambda:%R:%a:function:%f","runtime":"python3.13","role":"arn:aws:iam::%a:role/%r","handler":"main.handler","codeSize":%d,"codeSha256":"%H","version":"%d"}"#,
    ),
    kind(2, Write, ("signin", "ConsoleLogin"), "null", r#"{"ConsoleLogin":"Success"}"#),
];
