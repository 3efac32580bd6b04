//! AWS Organizations (API reference, version 2016-11-28). Asked from the management account, or
//! from one that it delegated to.

use serde::Deserialize;

use crate::operation::calls;
use crate::{Endpoints, Protocol, Service};

/// See the module.
pub const ORGANIZATIONS: Service = Service {
    id: "organizations",
    version: "2016-11-28",
    protocol: Protocol::Json { target: "AWSOrganizationsV20161128" },
    endpoints: Endpoints::OneRegion,
};

calls! { ORGANIZATIONS;
    /// Name, address and state of an account.
    reads "organizations:DescribeAccount" DescribeAccount { account_id: String } -> Described;

    /// What an account or unit lies in.
    reads "organizations:ListParents" ListParents { child_id: String } -> Parents,
        pages "NextToken" "NextToken";

    /// The name of a unit.
    reads "organizations:DescribeOrganizationalUnit" DescribeOrganizationalUnit {
        organizational_unit_id: String,
    } -> Unit;

    /// The policies on an account, a unit or the root.
    reads "organizations:ListPoliciesForTarget" ListPoliciesForTarget {
        target_id: String,
        /// SERVICE_CONTROL_POLICY, ...
        filter: String,
    } -> Policies, pages "NextToken" "NextToken";

    /// A policy.
    reads "organizations:DescribePolicy" DescribePolicy { policy_id: String } -> DescribedPolicy;
}

/// Answer of [`ListPoliciesForTarget`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policies {
    /// The policies.
    #[serde(default)]
    pub policies: Vec<PolicySummary>,
}

/// A policy of the organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicySummary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Answer of [`DescribePolicy`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribedPolicy {
    /// The policy.
    pub policy: PolicyContent,
}

/// A policy's text.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyContent {
    /// JSON.
    pub content: String,
}

/// Answer of [`DescribeAccount`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    /// The account.
    pub account: Account,
}

/// An account of an organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The address of its root user.
    #[serde(default)]
    pub email: Option<String>,
    /// ACTIVE, SUSPENDED or PENDING_CLOSURE.
    #[serde(default)]
    pub status: Option<String>,
}

/// Answer of [`ListParents`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parents {
    /// One, as the API stands.
    #[serde(default)]
    pub parents: Vec<Parent>,
}

/// A root or an organizational unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Parent {
    /// Its id.
    pub id: String,
    /// ROOT or ORGANIZATIONAL_UNIT.
    #[serde(rename = "Type")]
    pub kind: String,
}

/// Answer of [`DescribeOrganizationalUnit`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unit {
    /// The unit.
    pub organizational_unit: NamedUnit,
}

/// An organizational unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedUnit {
    /// Its name.
    pub name: String,
}
