//! Services without regions of their own. Their calls are logged in one region wherever they were
//! made (AWS CloudTrail user guide, "About global service events"; AWS General Reference, "Service
//! endpoints"). It must never name a service that some region serves by itself alone.

const SERVICES: [&str; 13] = [
    "account",
    "budgets",
    "ce",
    "cloudfront",
    "globalaccelerator",
    "health",
    "iam",
    "organizations",
    "route53",
    "route53domains",
    "shield",
    "support",
    "waf",
];

/// Whether a service has no regions.
pub(crate) fn is_global(service: &str) -> bool {
    SERVICES.contains(&service)
}

/// Whether the region of a call tells nothing of where its caller went: also of `sts` and sign-in,
/// which are global or regional, and of Identity Center, which is where the organization put it.
pub(crate) fn is_region_idle(service: &str) -> bool {
    matches!(service, "sts" | "signin" | "sso") || is_global(service)
}
