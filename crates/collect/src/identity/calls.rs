//! Every call that collecting an identity can make, beside those that find an owner. The door makes
//! no other: a call that is missing here fails whatever test makes it.

use crashcart_aws::services::ec2::DescribeInstances;
use crashcart_aws::services::iam::{
    GenerateCredentialReport, GenerateServiceLastAccessedDetails, GetAccountAuthorizationDetails,
    GetCredentialReport, GetGroupPolicy, GetInstanceProfile, GetPolicy, GetPolicyVersion, GetRole,
    GetRolePolicy, GetServiceLastAccessedDetails, GetUserPolicy, ListAttachedRolePolicies,
    ListInstanceProfilesForRole, ListPolicyVersions, ListRolePolicies,
};
use crashcart_aws::services::organizations::{DescribePolicy, ListPoliciesForTarget};
use crashcart_aws::{Call, Operation};

/// See the module.
pub const CALLS: &[Operation] = &[
    GetRole::OPERATION,
    GetUserPolicy::OPERATION,
    GetGroupPolicy::OPERATION,
    ListRolePolicies::OPERATION,
    GetRolePolicy::OPERATION,
    ListAttachedRolePolicies::OPERATION,
    ListInstanceProfilesForRole::OPERATION,
    GetInstanceProfile::OPERATION,
    DescribeInstances::OPERATION,
    GetPolicy::OPERATION,
    ListPolicyVersions::OPERATION,
    GetPolicyVersion::OPERATION,
    GenerateCredentialReport::OPERATION,
    GetCredentialReport::OPERATION,
    GetAccountAuthorizationDetails::OPERATION,
    GenerateServiceLastAccessedDetails::OPERATION,
    GetServiceLastAccessedDetails::OPERATION,
    ListPoliciesForTarget::OPERATION,
    DescribePolicy::OPERATION,
];
