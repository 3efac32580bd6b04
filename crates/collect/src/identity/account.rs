//! What the account as a whole says of a principal: the credential report, all users, roles and
//! policies at once, when services were last used, and the organization's policies.

use std::collections::BTreeMap;
use std::time::Duration;

use crashcart_aws::AwsError;
use crashcart_aws::services::iam::{
    GenerateCredentialReport, GenerateServiceLastAccessedDetails, GetAccountAuthorizationDetails,
    GetCredentialReport, GetServiceLastAccessedDetails, report,
};
use crashcart_aws::services::organizations::{DescribePolicy, ListParents, ListPoliciesForTarget};
use serde::Serialize;

use super::powers;
use crate::asking::Asking;

/// How often a report that takes a moment is asked for, with pauses that grow by a second: 45
/// seconds in all.
const ATTEMPTS: u64 = 10;

/// A service that a principal used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceUse {
    /// Such as `s3`.
    pub service: String,
    /// As AWS writes it (RFC 3339).
    pub last: String,
}

/// A policy of the organization on the account or above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrganizationPolicy {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The account, unit or root that it is on.
    pub on: String,
    /// What it says, in a line; none where it could not be read.
    pub says: Option<String>,
}

/// Asks for reports first: they are ready when the rest has been read.
pub(super) struct Reports {
    credentials: bool,
    job: Option<String>,
}

impl Reports {
    /// Asks for them.
    pub fn order(asking: &mut Asking<'_>, arn: Option<&str>) -> Self {
        // An earlier report may be there though no new one may be asked for.
        let credentials = asking.ask(&GenerateCredentialReport {}).is_some();
        let granularity = Some("ACTION_LEVEL".to_owned());
        let job = arn.and_then(|arn| {
            let call = GenerateServiceLastAccessedDetails { arn: arn.to_owned(), granularity };
            asking.ask(&call).map(|job| job.job_id)
        });
        Self { credentials, job }
    }

    /// The line of the credential report about a user; `<root_account>` is root.
    pub fn credentials(
        &self,
        asking: &mut Asking<'_>,
        user: &str,
        pause: &dyn Fn(Duration),
    ) -> BTreeMap<String, String> {
        for attempt in 1..=ATTEMPTS {
            match asking.reader.ask(&GetCredentialReport {}) {
                Ok(answered) => {
                    let csv = answered.answer.content.as_deref().and_then(report);
                    return csv.map(|csv| line_of(&csv, user)).unwrap_or_default();
                }
                Err(AwsError::Other { code, .. })
                    if self.credentials && is_not_ready(&code) && attempt < ATTEMPTS =>
                {
                    pause(Duration::from_secs(attempt));
                }
                Err(error) => {
                    asking.gap(&error);
                    break;
                }
            }
        }
        BTreeMap::new()
    }

    /// The services that were used, last first; none where that could not be asked.
    pub fn services(
        self,
        asking: &mut Asking<'_>,
        pause: &dyn Fn(Duration),
    ) -> Option<Vec<ServiceUse>> {
        let job_id = self.job?;
        let (mut marker, mut used, mut attempt) = (None, Vec::new(), 1);
        loop {
            let call = GetServiceLastAccessedDetails { job_id: job_id.clone(), marker };
            let answer = asking.ask(&call)?;
            match answer.job_status.as_str() {
                "COMPLETED" => {}
                "IN_PROGRESS" if attempt < ATTEMPTS => {
                    pause(Duration::from_secs(attempt));
                    (marker, attempt) = (call.marker, attempt + 1);
                    continue;
                }
                state => {
                    asking.said(format!("iam:GetServiceLastAccessedDetails is still {state}"));
                    return None;
                }
            }
            used.extend(answer.services_last_accessed.into_iter().filter_map(|one| {
                Some(ServiceUse { last: one.last_authenticated?, service: one.service_namespace })
            }));
            marker = answer.marker.filter(|_| answer.is_truncated);
            if marker.is_none() {
                break;
            }
        }
        used.sort_by(|a, b| (&b.last, &a.service).cmp(&(&a.last, &b.service)));
        Some(used)
    }
}

/// Errors of IAM that say that the report takes another moment (IAM API reference,
/// "GetCredentialReport").
fn is_not_ready(code: &str) -> bool {
    matches!(code, "ReportInProgress" | "ReportNotPresent" | "ReportExpired")
}

/// Saves everything at once; nothing of it is told.
pub(super) fn authorization_details(asking: &mut Asking<'_>) {
    asking.all(&GetAccountAuthorizationDetails {});
}

/// The service control policies on the account and all that it lies in; none where that could not be
/// asked, which is usual outside of the management account.
pub(super) fn organization(
    asking: &mut Asking<'_>,
    account: &str,
) -> Option<Vec<OrganizationPolicy>> {
    let mut out = Vec::new();
    let mut on = Some(account.to_owned());
    while let Some(target) = on {
        let call = ListPoliciesForTarget {
            target_id: target.clone(),
            filter: "SERVICE_CONTROL_POLICY".to_owned(),
        };
        let (pages, error) = asking.reader.all(asking.reader.region(), &call);
        match error {
            None => {}
            // Nothing is above an account that is in no organization.
            Some(AwsError::Other { code, .. }) if code == "AWSOrganizationsNotInUseException" => {
                return Some(Vec::new());
            }
            Some(error @ AwsError::NotFound { .. }) => {
                asking.said(error.to_string());
                return None;
            }
            Some(error) => {
                asking.gap(&error);
                return None;
            }
        }
        for policy in pages.into_iter().flat_map(|page| page.answer.policies) {
            let read = asking.ask(&DescribePolicy { policy_id: policy.id.clone() });
            let document = read.and_then(|read| serde_json::from_str(&read.policy.content).ok());
            let says = document.as_ref().map(powers::summary);
            out.push(OrganizationPolicy {
                name: policy.name,
                id: policy.id,
                on: target.clone(),
                says,
            });
        }
        // The root of the organization lies in nothing.
        on = if target.starts_with("r-") {
            None
        } else {
            let parents = asking.ask(&ListParents { child_id: target })?.parents;
            parents.into_iter().next().map(|parent| parent.id)
        };
    }
    Some(out)
}

/// The line about a user, by the report's headings. Fields of the report hold no commas (IAM User
/// Guide, "Understanding the report format").
fn line_of(csv: &str, user: &str) -> BTreeMap<String, String> {
    let mut lines = csv.lines().map(|line| line.split(','));
    let headings: Vec<&str> = lines.next().map(Iterator::collect).unwrap_or_default();
    let line = lines.find_map(|mut line| {
        (line.clone().next() == Some(user)).then(|| line.by_ref().collect::<Vec<_>>())
    });
    let fields = headings.iter().zip(line.unwrap_or_default());
    fields.map(|(heading, field)| ((*heading).to_owned(), field.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_user_is_found_in_the_report() {
        let csv =
            "user,arn,password_last_used\n<root_account>,arn:x,N/A\nnina,arn:y,no_information\n";
        assert_eq!(line_of(csv, "nina")["password_last_used"], "no_information");
        assert_eq!(line_of(csv, "<root_account>")["arn"], "arn:x");
        assert!(line_of(csv, "ada").is_empty());
        assert!(line_of("", "ada").is_empty());
    }
}
