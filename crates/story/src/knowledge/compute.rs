//! Calls about machines, networks, functions and containers. Rows are sorted by name and variant;
//! this file must hold nothing but rows.

use super::Effect::{Act, Change, Look, Make, Open, Read, Remove, Replace};
use super::{
    By, COLLECTION, CREDENTIALS, Call, DISCOVERY, Detail, ESCALATION, EVASION, EXECUTION,
    EXFILTRATION, IMPACT, LATERAL, NO_TARGET, PERSISTENCE, Target, owned, thing,
};

const INSTANCES: Target =
    thing(&["r.instancesSet.items.instanceId", "q.instancesSet.items.instanceId", "q.instanceId"]);
const IMAGE: Target = thing(&["r.imageId", "q.imageId"]);
const SNAPSHOT: Target = thing(&["r.snapshotId", "q.snapshotId"]);
const GROUP: Target = Target {
    thing: &["q.groupId", "r.groupId", "q.groupName"],
    owner: &[],
    detail: Detail::Ingress,
};
const SHARED_SNAPSHOT: Target =
    Target { thing: &["q.snapshotId"], owner: &[], detail: Detail::Shared };
const SHARED_IMAGE: Target = Target { thing: &["q.imageId"], owner: &[], detail: Detail::Shared };
const GATEWAY: Target =
    owned(&["q.internetGatewayId", "r.internetGateway.internetGatewayId"], &["q.vpcId"]);
const FLOW_LOG: Target = thing(&[
    "q.DeleteFlowLogsRequest.FlowLogId.content",
    "q.DeleteFlowLogsRequest.FlowLogId",
    "r.CreateFlowLogsResponse.flowLogIdSet.item",
    "q.flowLogIds.items",
]);
const FUNCTION: Target = thing(&["q.functionName", "r.functionName"]);
/// The function with the hash of its code, where the answer tells it.
const CODE: Target = Target {
    thing: &["q.functionName", "r.functionName"],
    owner: &[],
    detail: Detail::Paths(&["r.codeSha256"]),
};
const DOCUMENT: Target = thing(&["q.name", "r.documentDescription.name"]);
const COMMAND: Target = owned(&["q.instanceIds", "q.targets.values"], &["q.documentName"]);
const SERVICE: Target = thing(&["r.service.serviceName", "q.service", "q.serviceName"]);
const OF_INSTANCE: &[(&str, By)] = &[("instance", By::Thing), ("instance user data", By::Thing)];
const OF_FUNCTION: &[(&str, By)] = &[
    ("Lambda function", By::Thing),
    ("Lambda code", By::Thing),
    ("Lambda permission", By::Owner),
    ("Lambda function URL", By::Thing),
    ("event source mapping", By::Owner),
];

#[rustfmt::skip]
pub(super) static EC2: &[Call] = &[
    Call("AcceptVpcPeeringConnection", "", "accepted a VPC peering", LATERAL, "T1021.007", Make("VPC peering"), thing(&["q.vpcPeeringConnectionId"])),
    Call("AssociateAddress", "", "gave an instance a public address", EVASION, "T1562.007", Change("public address"), owned(&["q.allocationId", "q.publicIp"], &["q.instanceId", "q.networkInterfaceId"])),
    Call("AssociateIamInstanceProfile", "", "gave an instance another role", ESCALATION, "T1098.003", Change("instance role"), thing(&["q.AssociateIamInstanceProfileRequest.InstanceId", "q.instanceId"])),
    Call("AssociateRouteTable", "", "gave a subnet or gateway a route table", EVASION, "T1562.007", Change("route table association"), owned(&["q.routeTableId"], &["q.subnetId", "q.gatewayId"])),
    Call("AttachInternetGateway", "", "attached an internet gateway", EVASION, "T1562.007", Change("internet gateway"), GATEWAY),
    Call("AttachVolume", "", "attached a volume to an instance", LATERAL, "T1021.007", Act, owned(&["q.volumeId"], &["q.instanceId"])),
    Call("AttachVpnGateway", "", "attached a VPN gateway", EVASION, "T1562.007", Change("VPN gateway"), owned(&["q.vpnGatewayId"], &["q.vpcId"])),
    Call("AuthorizeSecurityGroupEgress", "", "opened a security group outwards", EXFILTRATION, "T1048", Change("security group egress"), GROUP),
    Call("AuthorizeSecurityGroupIngress", "", "opened a security group inwards", EVASION, "T1562.007", Change("security group ingress"), GROUP),
    Call("AuthorizeSecurityGroupIngress", "world", "opened a security group to the world", PERSISTENCE, "T1133", Make("security group ingress"), GROUP),
    Call("CancelSpotFleetRequests", "", "cancelled a fleet of spot instances", EVASION, "T1070", Remove(&[("spot fleet", By::Thing)]), thing(&["q.CancelSpotFleetRequestsRequest.SpotFleetRequestId.content", "q.CancelSpotFleetRequestsRequest.SpotFleetRequestId"])),
    Call("CancelSpotInstanceRequests", "", "cancelled requests for spot instances", EVASION, "T1070", Remove(&[("spot request", By::Thing)]), thing(&["q.spotInstanceRequestIdSet.items.spotInstanceRequestId"])),
    Call("CopyImage", "", "copied an image", EXFILTRATION, "T1537", Act, thing(&["q.sourceImageId"])),
    Call("CopySnapshot", "", "copied a snapshot", EXFILTRATION, "T1537", Act, thing(&["q.sourceSnapshotId"])),
    Call("CreateClientVpnEndpoint", "", "made a client VPN endpoint", PERSISTENCE, "T1133", Make("client VPN endpoint"), thing(&["r.CreateClientVpnEndpointResponse.clientVpnEndpointId"])),
    Call("CreateCustomerGateway", "", "made a customer gateway", EVASION, "T1562.007", Change("customer gateway"), thing(&["r.customerGateway.customerGatewayId"])),
    Call("CreateDefaultVpc", "", "made a default VPC", IMPACT, "T1496.001", Act, thing(&["r.vpc.vpcId"])),
    Call("CreateEgressOnlyInternetGateway", "", "made a gateway outwards", EVASION, "T1562.007", Change("internet gateway"), thing(&["r.CreateEgressOnlyInternetGatewayResponse.egressOnlyInternetGateway.egressOnlyInternetGatewayId"])),
    Call("CreateFlowLogs", "", "switched flow logs on", DISCOVERY, "T1040", Remove(&[("flow logs", By::Thing)]), FLOW_LOG),
    Call("CreateImage", "", "made an image of an instance", EXFILTRATION, "T1537", Read("image"), owned(&["r.imageId"], &["q.instanceId"])),
    Call("CreateInstanceExportTask", "", "exported an instance to S3", EXFILTRATION, "T1537", Read("instance export"), thing(&["q.instanceId", "q.CreateInstanceExportTaskRequest.InstanceId"])),
    Call("CreateInternetGateway", "", "made an internet gateway", EVASION, "T1562.007", Change("internet gateway"), GATEWAY),
    Call("CreateKeyPair", "", "made a key pair", PERSISTENCE, "T1098.004", Make("key pair"), thing(&["q.keyName"])),
    Call("CreateLaunchTemplate", "", "made a launch template", EXECUTION, "T1578.002", Act, thing(&["q.CreateLaunchTemplateRequest.LaunchTemplateName"])),
    Call("CreateLaunchTemplateVersion", "", "made a version of a launch template", EXECUTION, "T1578.002", Make("launch template version"), owned(&["r.CreateLaunchTemplateVersionResponse.launchTemplateVersion.versionNumber"], &["q.CreateLaunchTemplateVersionRequest.LaunchTemplateId", "r.CreateLaunchTemplateVersionResponse.launchTemplateVersion.launchTemplateId"])),
    Call("CreateNatGateway", "", "made a NAT gateway", EVASION, "T1562.007", Change("NAT gateway"), thing(&["r.CreateNatGatewayResponse.natGateway.natGatewayId"])),
    Call("CreateNetworkAcl", "", "made a network ACL", EVASION, "T1562.007", Change("network ACL"), thing(&["r.networkAcl.networkAclId"])),
    Call("CreateNetworkAclEntry", "", "wrote a network ACL entry", EVASION, "T1562.007", Change("network ACL"), thing(&["q.networkAclId"])),
    Call("CreateRoute", "", "made a route", EVASION, "T1562.007", Change("route"), owned(&["q.destinationCidrBlock"], &["q.routeTableId"])),
    Call("CreateSecurityGroup", "", "made a security group", EVASION, "T1562.007", Act, thing(&["r.groupId", "q.groupName"])),
    Call("CreateSnapshot", "", "made a snapshot", EXFILTRATION, "T1578.001", Act, owned(&["r.snapshotId"], &["q.volumeId"])),
    Call("CreateSnapshots", "", "made snapshots of an instance", EXFILTRATION, "T1578.001", Act, thing(&["q.CreateSnapshotsRequest.InstanceSpecification.InstanceId"])),
    Call("CreateStoreImageTask", "", "stored an image in S3", EXFILTRATION, "T1537", Read("image"), thing(&["q.CreateStoreImageTaskRequest.ImageId"])),
    Call("CreateTrafficMirrorFilter", "", "made a traffic mirror filter", CREDENTIALS, "T1040", Act, NO_TARGET),
    Call("CreateTrafficMirrorSession", "", "mirrored traffic", CREDENTIALS, "T1040", Change("traffic mirror"), NO_TARGET),
    Call("CreateTrafficMirrorTarget", "", "made a target for mirrored traffic", CREDENTIALS, "T1040", Act, NO_TARGET),
    Call("CreateTransitGatewayPeeringAttachment", "", "asked for a transit gateway peering", LATERAL, "T1021.007", Make("transit gateway attachment"), thing(&["r.CreateTransitGatewayPeeringAttachmentResponse.transitGatewayPeeringAttachment.transitGatewayAttachmentId"])),
    Call("CreateTransitGatewayVpcAttachment", "", "attached a VPC to a transit gateway", LATERAL, "T1021.007", Make("transit gateway attachment"), thing(&["r.CreateTransitGatewayVpcAttachmentResponse.transitGatewayVpcAttachment.transitGatewayAttachmentId"])),
    Call("CreateVolume", "", "made a volume from a snapshot", LATERAL, "T1021.007", Act, owned(&["r.volumeId"], &["q.snapshotId"])),
    Call("CreateVpcEndpoint", "", "made an endpoint in a VPC", EVASION, "T1562.007", Change("VPC endpoint"), owned(&["r.CreateVpcEndpointResponse.vpcEndpoint.vpcEndpointId"], &["q.CreateVpcEndpointRequest.VpcId"])),
    Call("CreateVpcPeeringConnection", "", "asked for a VPC peering", LATERAL, "T1021.007", Make("VPC peering"), thing(&["r.vpcPeeringConnection.vpcPeeringConnectionId", "q.vpcId"])),
    Call("CreateVpnConnection", "", "made a VPN connection", PERSISTENCE, "T1133", Make("VPN connection"), thing(&["r.vpnConnection.vpnConnectionId"])),
    Call("DeleteClientVpnEndpoint", "", "deleted a client VPN endpoint", EVASION, "T1562.007", Remove(&[("client VPN endpoint", By::Thing)]), thing(&["q.DeleteClientVpnEndpointRequest.ClientVpnEndpointId"])),
    Call("DeleteCustomerGateway", "", "deleted a customer gateway", EVASION, "T1562.007", Remove(&[("customer gateway", By::Thing)]), thing(&["q.customerGatewayId"])),
    Call("DeleteFlowLogs", "", "deleted flow logs", EVASION, "T1562.008", Change("flow logs"), FLOW_LOG),
    Call("DeleteInternetGateway", "", "deleted an internet gateway", EVASION, "T1562.007", Remove(&[("internet gateway", By::Thing)]), GATEWAY),
    Call("DeleteKeyPair", "", "deleted a key pair", EVASION, "T1070", Remove(&[("key pair", By::Thing)]), thing(&["q.keyName"])),
    Call("DeleteLaunchTemplate", "", "deleted a launch template", EVASION, "T1070", Remove(&[("launch template version", By::Owner)]), thing(&["q.DeleteLaunchTemplateRequest.LaunchTemplateId", "r.DeleteLaunchTemplateResponse.launchTemplate.launchTemplateId"])),
    Call("DeleteLaunchTemplateVersions", "", "deleted versions of a launch template", EVASION, "T1070", Remove(&[("launch template version", By::Thing)]), owned(&["q.DeleteLaunchTemplateVersionsRequest.LaunchTemplateVersion.content", "q.DeleteLaunchTemplateVersionsRequest.LaunchTemplateVersion"], &["q.DeleteLaunchTemplateVersionsRequest.LaunchTemplateId"])),
    Call("DeleteNatGateway", "", "deleted a NAT gateway", IMPACT, "T1489", Replace("NAT gateway", &[("NAT gateway", By::Thing)]), thing(&["q.DeleteNatGatewayRequest.NatGatewayId"])),
    Call("DeleteNetworkAcl", "", "deleted a network ACL", EVASION, "T1562.007", Change("network ACL"), thing(&["q.networkAclId"])),
    Call("DeleteNetworkAclEntry", "", "deleted a network ACL entry", EVASION, "T1562.007", Change("network ACL"), thing(&["q.networkAclId"])),
    Call("DeleteRoute", "", "deleted a route", EVASION, "T1562.007", Remove(&[("route", By::Thing)]), owned(&["q.destinationCidrBlock"], &["q.routeTableId"])),
    Call("DeleteRouteTable", "", "deleted a route table", IMPACT, "T1485", Remove(&[("route", By::Owner)]), thing(&["q.routeTableId"])),
    Call("DeleteSecurityGroup", "", "deleted a security group", EVASION, "T1562.007", Remove(&[("security group ingress", By::Thing), ("security group egress", By::Thing)]), thing(&["q.groupId", "q.groupName"])),
    Call("DeleteSnapshot", "", "deleted a snapshot", IMPACT, "T1485", Replace("snapshot deleted", &[("shared snapshot", By::Thing)]), SNAPSHOT),
    Call("DeleteTransitGatewayPeeringAttachment", "", "deleted a transit gateway peering", EVASION, "T1562.007", Remove(&[("transit gateway attachment", By::Thing)]), thing(&["q.DeleteTransitGatewayPeeringAttachmentRequest.TransitGatewayAttachmentId"])),
    Call("DeleteTransitGatewayVpcAttachment", "", "detached a VPC from a transit gateway", EVASION, "T1562.007", Remove(&[("transit gateway attachment", By::Thing)]), thing(&["q.DeleteTransitGatewayVpcAttachmentRequest.TransitGatewayAttachmentId"])),
    Call("DeleteVolume", "", "deleted a volume", IMPACT, "T1485", Change("volume deleted"), thing(&["q.volumeId"])),
    Call("DeleteVpcEndpoints", "", "deleted endpoints in a VPC", EVASION, "T1562.007", Remove(&[("VPC endpoint", By::Thing)]), thing(&["q.DeleteVpcEndpointsRequest.VpcEndpointId.content", "q.DeleteVpcEndpointsRequest.VpcEndpointId"])),
    Call("DeleteVpcPeeringConnection", "", "deleted a VPC peering", EVASION, "T1562.007", Remove(&[("VPC peering", By::Thing)]), thing(&["q.vpcPeeringConnectionId"])),
    Call("DeleteVpnConnection", "", "deleted a VPN connection", EVASION, "T1562.007", Remove(&[("VPN connection", By::Thing)]), thing(&["q.vpnConnectionId"])),
    Call("DeregisterImage", "", "deregistered an image", IMPACT, "T1485", Remove(&[("shared image", By::Thing)]), IMAGE),
    Call("DescribeInstanceAttribute", "user-data", "read an instance's user data", CREDENTIALS, "T1552.005", Read("instance user data"), thing(&["q.instanceId"])),
    Call("DescribeLaunchTemplateVersions", "", "read launch templates with their user data", CREDENTIALS, "T1552.005", Look, NO_TARGET),
    Call("DetachInternetGateway", "", "detached an internet gateway", EVASION, "T1562.007", Remove(&[("internet gateway", By::Thing)]), GATEWAY),
    Call("DetachVpnGateway", "", "detached a VPN gateway", EVASION, "T1562.007", Remove(&[("VPN gateway", By::Thing)]), owned(&["q.vpnGatewayId"], &["q.vpcId"])),
    Call("DisableEbsEncryptionByDefault", "", "switched off encryption of new volumes", EVASION, "T1578.005", Change("EBS encryption"), NO_TARGET),
    Call("DisableImageBlockPublicAccess", "", "let images be made public", EVASION, "T1578.005", Change("image public access"), NO_TARGET),
    Call("DisableSerialConsoleAccess", "", "forbade the serial console", EVASION, "T1578.005", Remove(&[("serial console", By::Thing)]), NO_TARGET),
    Call("DisableSnapshotBlockPublicAccess", "", "let snapshots be made public", EVASION, "T1578.005", Change("snapshot public access"), NO_TARGET),
    Call("DisassociateIamInstanceProfile", "", "took an instance's role away", ESCALATION, "T1098.003", Change("instance role"), thing(&["r.DisassociateIamInstanceProfileResponse.iamInstanceProfileAssociation.instanceId", "q.DisassociateIamInstanceProfileRequest.AssociationId"])),
    Call("DisassociateRouteTable", "", "took a route table from a subnet", EVASION, "T1562.007", Change("route table association"), thing(&["q.associationId"])),
    Call("EnableEbsEncryptionByDefault", "", "switched on encryption of new volumes", EVASION, "T1578.005", Remove(&[("EBS encryption", By::Thing)]), NO_TARGET),
    Call("EnableImageBlockPublicAccess", "", "kept images from being made public", EVASION, "T1578.005", Remove(&[("image public access", By::Thing)]), NO_TARGET),
    Call("EnableSerialConsoleAccess", "", "allowed the serial console", LATERAL, "T1021.008", Change("serial console"), NO_TARGET),
    Call("EnableSnapshotBlockPublicAccess", "", "kept snapshots from being made public", EVASION, "T1578.005", Remove(&[("snapshot public access", By::Thing)]), NO_TARGET),
    Call("ExportImage", "", "exported an image to S3", EXFILTRATION, "T1537", Read("image"), thing(&["q.ExportImageRequest.ImageId"])),
    Call("GetConsoleOutput", "", "read an instance's console output", COLLECTION, "T1530", Read("console output"), thing(&["q.instanceId"])),
    Call("GetConsoleScreenshot", "", "took a screenshot of an instance", COLLECTION, "T1113", Read("console screenshot"), thing(&["q.GetConsoleScreenshotRequest.InstanceId", "q.instanceId"])),
    Call("GetPasswordData", "", "read an instance's administrator password", CREDENTIALS, "T1555", Read("password data"), thing(&["q.instanceId"])),
    Call("ImportKeyPair", "", "imported a key pair", PERSISTENCE, "T1098.004", Make("key pair"), thing(&["q.keyName"])),
    Call("ModifyImageAttribute", "", "changed an image's attributes", EXFILTRATION, "T1537", Act, SHARED_IMAGE),
    Call("ModifyImageAttribute", "share", "shared an image", EXFILTRATION, "T1537", Make("shared image"), SHARED_IMAGE),
    Call("ModifyImageAttribute", "unshare", "stopped sharing an image", EXFILTRATION, "T1537", Remove(&[("shared image", By::Thing)]), SHARED_IMAGE),
    Call("ModifyInstanceAttribute", "", "changed an instance's attributes", ESCALATION, "T1578", Change("instance attributes"), thing(&["q.instanceId"])),
    Call("ModifyInstanceAttribute", "user-data", "changed an instance's user data", EXECUTION, "T1059.009", Make("instance user data"), thing(&["q.instanceId"])),
    Call("ModifyInstanceMetadataOptions", "", "changed an instance's metadata service", CREDENTIALS, "T1552.005", Change("metadata service"), thing(&["q.ModifyInstanceMetadataOptionsRequest.InstanceId", "q.instanceId"])),
    Call("ModifyNetworkInterfaceAttribute", "", "changed a network interface", EVASION, "T1562.007", Change("network interface"), thing(&["q.networkInterfaceId"])),
    Call("ModifySecurityGroupRules", "", "changed the rules of a security group", EVASION, "T1562.007", Change("security group rules"), thing(&["q.ModifySecurityGroupRulesRequest.GroupId"])),
    Call("ModifySnapshotAttribute", "", "changed a snapshot's attributes", EXFILTRATION, "T1537", Act, SHARED_SNAPSHOT),
    Call("ModifySnapshotAttribute", "share", "shared a snapshot", EXFILTRATION, "T1537", Make("shared snapshot"), SHARED_SNAPSHOT),
    Call("ModifySnapshotAttribute", "unshare", "stopped sharing a snapshot", EXFILTRATION, "T1537", Remove(&[("shared snapshot", By::Thing)]), SHARED_SNAPSHOT),
    Call("ModifyVpcEndpoint", "", "changed an endpoint in a VPC", EVASION, "T1562.007", Change("VPC endpoint"), thing(&["q.ModifyVpcEndpointRequest.VpcEndpointId", "q.vpcEndpointId"])),
    Call("ModifyVpcEndpointServicePermissions", "", "changed who may connect to an endpoint service", EVASION, "T1562.007", Change("endpoint service permission"), thing(&["q.ModifyVpcEndpointServicePermissionsRequest.ServiceId"])),
    Call("ReplaceIamInstanceProfileAssociation", "", "gave an instance another role", ESCALATION, "T1098.003", Change("instance role"), thing(&["q.ReplaceIamInstanceProfileAssociationRequest.AssociationId"])),
    Call("ReplaceNetworkAclAssociation", "", "gave a subnet another network ACL", EVASION, "T1562.007", Change("network ACL"), thing(&["q.networkAclId"])),
    Call("ReplaceNetworkAclEntry", "", "replaced a network ACL entry", EVASION, "T1562.007", Change("network ACL"), thing(&["q.networkAclId"])),
    Call("ReplaceRoute", "", "replaced a route", EVASION, "T1562.007", Change("route"), owned(&["q.destinationCidrBlock"], &["q.routeTableId"])),
    Call("ReplaceRouteTableAssociation", "", "gave a subnet another route table", EVASION, "T1562.007", Change("route table association"), owned(&["q.routeTableId"], &["q.associationId"])),
    Call("RequestSpotFleet", "", "asked for a fleet of spot instances", IMPACT, "T1496.001", Make("spot fleet"), thing(&["r.spotFleetRequestId"])),
    Call("RequestSpotInstances", "", "asked for spot instances", IMPACT, "T1496.001", Make("spot request"), thing(&["r.spotInstanceRequestSet.items.spotInstanceRequestId"])),
    Call("ResetImageAttribute", "", "took back an image's permissions", EXFILTRATION, "T1537", Remove(&[("shared image", By::Thing)]), thing(&["q.imageId"])),
    Call("ResetSnapshotAttribute", "", "took back a snapshot's permissions", EXFILTRATION, "T1537", Remove(&[("shared snapshot", By::Thing)]), thing(&["q.snapshotId"])),
    Call("RevokeSecurityGroupEgress", "", "closed a security group outwards", EVASION, "T1562.007", Remove(&[("security group egress", By::Thing)]), GROUP),
    Call("RevokeSecurityGroupIngress", "", "closed a security group", EVASION, "T1562.007", Remove(&[("security group ingress", By::Thing)]), GROUP),
    Call("RunInstances", "", "launched instances", EXECUTION, "T1578.002", Make("instance"), Target { thing: &["r.instancesSet.items.instanceId"], owner: &[], detail: Detail::Paths(&["q.instanceType"]) }),
    Call("SharedSnapshotCopyInitiated", "", "another account copied a shared snapshot", EXFILTRATION, "T1537", Act, thing(&["r.snapshotId", "r.requesterData.snapshotId"])),
    Call("SharedSnapshotVolumeCreated", "", "another account made a volume of a shared snapshot", EXFILTRATION, "T1537", Act, thing(&["r.snapshotId", "r.requesterData.snapshotId"])),
    Call("StartInstances", "", "started instances", EXECUTION, "T1578", Act, INSTANCES),
    Call("StopInstances", "", "stopped instances", IMPACT, "T1489", Act, INSTANCES),
    Call("TerminateInstances", "", "terminated instances", IMPACT, "T1485", Remove(OF_INSTANCE), INSTANCES),
];

#[rustfmt::skip]
pub(super) static INSTANCE_CONNECT: &[Call] = &[
    Call("SendSSHPublicKey", "", "pushed an SSH key to an instance", LATERAL, "T1021.004", Act, thing(&["q.instanceId"])),
    Call("SendSerialConsoleSSHPublicKey", "", "pushed an SSH key to a serial console", LATERAL, "T1021.008", Act, thing(&["q.instanceId"])),
];

#[rustfmt::skip]
pub(super) static SSM: &[Call] = &[
    Call("CreateActivation", "", "made an activation for machines outside", PERSISTENCE, "T1098.001", Make("SSM activation"), thing(&["r.activationId"])),
    Call("CreateAssociation", "", "made a state manager association", PERSISTENCE, "T1651", Make("SSM association"), thing(&["r.associationDescription.associationId", "q.name"])),
    Call("CreateDocument", "", "made an SSM document", EXECUTION, "T1651", Make("SSM document"), DOCUMENT),
    Call("DeleteActivation", "", "deleted an activation", EVASION, "T1070", Remove(&[("SSM activation", By::Thing)]), thing(&["q.activationId"])),
    Call("DeleteAssociation", "", "deleted a state manager association", EVASION, "T1070", Remove(&[("SSM association", By::Thing)]), thing(&["q.associationId", "q.name"])),
    Call("DeleteDocument", "", "deleted an SSM document", EVASION, "T1070", Remove(&[("SSM document", By::Thing)]), DOCUMENT),
    Call("DeleteMaintenanceWindow", "", "deleted a maintenance window", EVASION, "T1070", Remove(&[("maintenance window task", By::Owner)]), thing(&["q.windowId"])),
    Call("DeregisterTaskFromMaintenanceWindow", "", "took a task from a maintenance window", EVASION, "T1070", Remove(&[("maintenance window task", By::Thing)]), owned(&["q.windowTaskId"], &["q.windowId"])),
    Call("GetCommandInvocation", "", "read a command's output", EXECUTION, "T1651", Act, owned(&["q.instanceId"], &["q.commandId"])),
    Call("GetParameter", "", "read a parameter", CREDENTIALS, "T1555.006", Read("parameter"), thing(&["q.name"])),
    Call("GetParameters", "", "read parameters", CREDENTIALS, "T1555.006", Read("parameter"), thing(&["q.names"])),
    Call("GetParametersByPath", "", "read parameters by path", CREDENTIALS, "T1555.006", Read("parameter"), thing(&["q.path"])),
    Call("ModifyDocumentPermission", "", "shared an SSM document", PERSISTENCE, "T1651", Make("SSM document"), DOCUMENT),
    Call("RegisterTaskWithMaintenanceWindow", "", "gave a maintenance window a task", PERSISTENCE, "T1651", Make("maintenance window task"), owned(&["r.windowTaskId"], &["q.windowId"])),
    Call("ResumeSession", "", "resumed a session on an instance", LATERAL, "T1021.008", Act, thing(&["q.sessionId"])),
    Call("SendCommand", "", "ran a command on instances", EXECUTION, "T1651", Act, COMMAND),
    Call("StartAutomationExecution", "", "ran an automation", EXECUTION, "T1651", Act, thing(&["q.documentName"])),
    Call("StartSession", "", "opened a session on an instance", LATERAL, "T1021.008", Open, owned(&["r.sessionId"], &["q.target"])),
    Call("TerminateSession", "", "ended a session on an instance", EVASION, "T1070", Act, thing(&["q.sessionId"])),
    Call("UpdateAssociation", "", "changed a state manager association", PERSISTENCE, "T1651", Make("SSM association"), thing(&["q.associationId"])),
    Call("UpdateDocument", "", "changed an SSM document", EXECUTION, "T1651", Make("SSM document"), DOCUMENT),
    Call("UpdateDocumentDefaultVersion", "", "made another version of an SSM document the default", EXECUTION, "T1651", Make("SSM document"), DOCUMENT),
];

#[rustfmt::skip]
pub(super) static LAMBDA: &[Call] = &[
    Call("AddLayerVersionPermission", "", "shared a Lambda layer", PERSISTENCE, "T1546", Make("Lambda layer permission"), owned(&["q.statementId"], &["q.layerName"])),
    Call("AddPermission", "", "let others invoke a function", PERSISTENCE, "T1546", Make("Lambda permission"), Target { thing: &["q.statementId"], owner: &["q.functionName"], detail: Detail::Paths(&["q.principal"]) }),
    Call("CreateEventSourceMapping", "", "made a trigger of a function", PERSISTENCE, "T1546", Make("event source mapping"), owned(&["r.uUID", "q.eventSourceArn"], &["q.functionName"])),
    Call("CreateFunction", "", "made a function", EXECUTION, "T1648", Make("Lambda function"), CODE),
    Call("CreateFunctionUrlConfig", "", "gave a function a public URL", PERSISTENCE, "T1133", Make("Lambda function URL"), FUNCTION),
    Call("DeleteEventSourceMapping", "", "deleted a trigger of a function", EVASION, "T1070", Remove(&[("event source mapping", By::Thing)]), thing(&["q.uUID", "q.uuid"])),
    Call("DeleteFunction", "", "deleted a function", IMPACT, "T1485", Remove(OF_FUNCTION), FUNCTION),
    Call("DeleteFunctionUrlConfig", "", "took away a function's URL", EVASION, "T1070", Remove(&[("Lambda function URL", By::Thing)]), FUNCTION),
    Call("GetFunction", "", "downloaded a function's code", COLLECTION, "T1530", Read("Lambda code"), FUNCTION),
    Call("GetLayerVersion", "", "downloaded a layer's code", COLLECTION, "T1530", Read("Lambda code"), thing(&["q.layerName"])),
    Call("Invoke", "", "invoked a function", EXECUTION, "T1648", Act, FUNCTION),
    Call("PublishLayerVersion", "", "published a layer", PERSISTENCE, "T1525", Act, thing(&["q.layerName"])),
    Call("RemoveLayerVersionPermission", "", "stopped sharing a Lambda layer", EVASION, "T1070", Remove(&[("Lambda layer permission", By::Thing)]), owned(&["q.statementId"], &["q.layerName"])),
    Call("RemovePermission", "", "took away a function's permission", EVASION, "T1070", Remove(&[("Lambda permission", By::Thing)]), owned(&["q.statementId"], &["q.functionName"])),
    Call("UpdateEventSourceMapping", "", "changed a trigger of a function", PERSISTENCE, "T1546", Make("event source mapping"), owned(&["q.uUID", "q.uuid"], &["q.functionName", "r.functionArn"])),
    Call("UpdateFunctionCode", "", "overwrote a function's code", PERSISTENCE, "T1525", Make("Lambda code"), CODE),
    Call("UpdateFunctionConfiguration", "", "changed a function's configuration", PERSISTENCE, "T1546", Change("Lambda configuration"), FUNCTION),
    Call("UpdateFunctionUrlConfig", "", "changed a function's URL", PERSISTENCE, "T1133", Make("Lambda function URL"), FUNCTION),
];

#[rustfmt::skip]
pub(super) static ECS: &[Call] = &[
    Call("CreateCluster", "", "made a container cluster", IMPACT, "T1496.001", Act, thing(&["q.clusterName"])),
    Call("CreateService", "", "started a container service", IMPACT, "T1496.001", Make("container service"), SERVICE),
    Call("DeleteService", "", "deleted a container service", IMPACT, "T1489", Remove(&[("container service", By::Thing)]), SERVICE),
    Call("DeregisterTaskDefinition", "", "deregistered a task definition", EVASION, "T1070", Remove(&[("task definition", By::Thing)]), thing(&["r.taskDefinition.taskDefinitionArn", "q.taskDefinition"])),
    Call("ExecuteCommand", "", "ran a command in a container", EXECUTION, "T1609", Act, owned(&["q.task"], &["q.cluster"])),
    Call("RegisterTaskDefinition", "", "registered a task definition", EXECUTION, "T1610", Make("task definition"), thing(&["r.taskDefinition.taskDefinitionArn", "q.family"])),
    Call("RunTask", "", "ran a container task", EXECUTION, "T1610", Act, thing(&["q.taskDefinition"])),
    Call("UpdateService", "", "changed a container service", EXECUTION, "T1610", Change("container service"), SERVICE),
];

#[rustfmt::skip]
pub(super) static EKS: &[Call] = &[
    Call("AssociateAccessPolicy", "", "gave a principal a policy in a cluster", ESCALATION, "T1098.006", Make("cluster access"), owned(&["q.principalArn"], &["q.name"])),
    Call("AssociateIdentityProviderConfig", "", "let an identity provider into a cluster", PERSISTENCE, "T1098.006", Make("cluster identity provider"), owned(&["q.oidc.identityProviderConfigName"], &["q.name", "q.clusterName"])),
    Call("CreateAccessEntry", "", "let a principal into a cluster", ESCALATION, "T1098.006", Make("cluster access"), owned(&["q.principalArn"], &["q.name"])),
    Call("CreatePodIdentityAssociation", "", "gave pods of a cluster a role", ESCALATION, "T1098.003", Make("pod identity"), owned(&["r.association.associationId", "q.roleArn"], &["q.name", "q.clusterName"])),
    Call("DeleteAccessEntry", "", "shut a principal out of a cluster", IMPACT, "T1531", Remove(&[("cluster access", By::Thing)]), owned(&["q.principalArn"], &["q.name"])),
    Call("DeleteCluster", "", "deleted a cluster", IMPACT, "T1485", Act, thing(&["q.name"])),
    Call("DeletePodIdentityAssociation", "", "took a role from pods of a cluster", EVASION, "T1070", Remove(&[("pod identity", By::Thing)]), owned(&["q.associationId"], &["q.name", "q.clusterName"])),
    Call("DisassociateIdentityProviderConfig", "", "shut an identity provider out of a cluster", EVASION, "T1070", Remove(&[("cluster identity provider", By::Thing)]), owned(&["q.identityProviderConfig.name"], &["q.name", "q.clusterName"])),
    Call("UpdateClusterConfig", "", "changed a cluster's configuration", EVASION, "T1578.005", Change("cluster configuration"), thing(&["q.name"])),
];

#[rustfmt::skip]
pub(super) static AUTOSCALING: &[Call] = &[
    Call("CreateAutoScalingGroup", "", "made an auto scaling group", IMPACT, "T1496.001", Make("auto scaling group"), thing(&["q.autoScalingGroupName"])),
    Call("CreateLaunchConfiguration", "", "made a launch configuration", EXECUTION, "T1578.002", Act, thing(&["q.launchConfigurationName"])),
    Call("DeleteAutoScalingGroup", "", "deleted an auto scaling group", IMPACT, "T1489", Remove(&[("auto scaling group", By::Thing)]), thing(&["q.autoScalingGroupName"])),
    Call("UpdateAutoScalingGroup", "", "changed an auto scaling group", EXECUTION, "T1578", Change("auto scaling group"), thing(&["q.autoScalingGroupName"])),
];

#[rustfmt::skip]
pub(super) static LIGHTSAIL: &[Call] = &[
    Call("CreateInstances", "", "launched Lightsail instances", IMPACT, "T1496.001", Make("Lightsail instance"), thing(&["q.instanceNames"])),
    Call("DeleteInstance", "", "deleted a Lightsail instance", IMPACT, "T1485", Remove(&[("Lightsail instance", By::Thing)]), thing(&["q.instanceName"])),
    Call("GetInstanceAccessDetails", "", "took access to a Lightsail instance", CREDENTIALS, "T1552.005", Read("instance access"), thing(&["q.instanceName"])),
    Call("OpenInstancePublicPorts", "", "opened a Lightsail instance", EVASION, "T1562.007", Change("Lightsail ports"), thing(&["q.instanceName"])),
];

#[rustfmt::skip]
pub(super) static ECR: &[Call] = &[
    Call("BatchDeleteImage", "", "deleted container images", IMPACT, "T1485", Change("container image deleted"), thing(&["q.repositoryName"])),
    Call("BatchGetImage", "", "pulled a container image", COLLECTION, "T1530", Read("container image"), thing(&["q.repositoryName"])),
    Call("DeleteRegistryPolicy", "", "deleted the registry's policy", EVASION, "T1070", Remove(&[("registry policy", By::Thing)]), NO_TARGET),
    Call("DeleteRepository", "", "deleted a repository", IMPACT, "T1485", Remove(&[("repository policy", By::Thing)]), thing(&["q.repositoryName"])),
    Call("DeleteRepositoryPolicy", "", "deleted a repository's policy", EVASION, "T1070", Remove(&[("repository policy", By::Thing)]), thing(&["q.repositoryName"])),
    Call("GetAuthorizationToken", "", "took a token for the registry", CREDENTIALS, "T1528", Act, NO_TARGET),
    Call("GetDownloadUrlForLayer", "", "pulled a container image's layer", COLLECTION, "T1530", Read("container image"), thing(&["q.repositoryName"])),
    Call("PutImage", "", "pushed a container image", PERSISTENCE, "T1525", Act, owned(&["q.imageTag"], &["q.repositoryName"])),
    Call("PutRegistryPolicy", "", "changed who may use the registry", PERSISTENCE, "T1098.003", Make("registry policy"), NO_TARGET),
    Call("PutReplicationConfiguration", "", "made the registry copy itself elsewhere", EXFILTRATION, "T1537", Make("registry replication"), NO_TARGET),
    Call("SetRepositoryPolicy", "", "changed who may use a repository", PERSISTENCE, "T1098.003", Make("repository policy"), thing(&["q.repositoryName"])),
];
