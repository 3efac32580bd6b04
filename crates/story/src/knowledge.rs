//! What an AWS API call does: in words, with its ATT&CK tactic and technique (Enterprise v18,
//! matrix IaaS), what it makes, removes, changes or reads, and where its target is named.
//!
//! One table for the whole story. It must never hold a judgement about a principal: whether a
//! call was malicious is decided from who made it and how, elsewhere.

mod compute;
mod identity;
mod services;
mod storage;
mod watch;

/// ATT&CK Enterprise version that tactics and techniques are taken from.
pub const ATTACK_VERSION: &str = "18";

pub(crate) const INITIAL: &str = "initial-access";
pub(crate) const EXECUTION: &str = "execution";
pub(crate) const PERSISTENCE: &str = "persistence";
pub(crate) const ESCALATION: &str = "privilege-escalation";
pub(crate) const EVASION: &str = "defense-evasion";
pub(crate) const CREDENTIALS: &str = "credential-access";
/// The tactic of calls that only look.
pub const DISCOVERY: &str = "discovery";
pub(crate) const LATERAL: &str = "lateral-movement";
pub(crate) const COLLECTION: &str = "collection";
pub(crate) const EXFILTRATION: &str = "exfiltration";
pub(crate) const IMPACT: &str = "impact";

/// What a call does to the account, beyond its own tactic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Leaves a way back in, of this kind.
    Make(&'static str),
    /// Changes something that matters, of this kind.
    Change(&'static str),
    /// Takes away or puts back what calls of other kinds made or changed.
    Remove(&'static [(&'static str, By)]),
    /// Changes something that matters, of this kind, and takes away with it what calls of other
    /// kinds made or changed.
    Replace(&'static str, &'static [(&'static str, By)]),
    /// Reads data of this kind.
    Read(&'static str),
    /// Opens a session that lasts until it is closed, whatever becomes of the credentials.
    Open,
    /// Only looks.
    Look,
    /// Does something else that a story tells.
    Act,
}

impl Effect {
    /// The kind of what it changes.
    pub const fn change(&self) -> Option<&'static str> {
        match self {
            Effect::Change(kind) | Effect::Replace(kind, _) => Some(*kind),
            _ => None,
        }
    }

    /// The kinds of what it takes away or puts back.
    pub const fn removes(&self) -> &'static [(&'static str, By)] {
        match self {
            Effect::Remove(kinds) | Effect::Replace(_, kinds) => kinds,
            _ => &[],
        }
    }

    /// Whether what it leaves lies in one region and can be undone there.
    pub const fn stays(&self) -> bool {
        self.alters() || matches!(self, Effect::Open)
    }

    /// Whether it makes, changes or takes away something.
    pub const fn alters(&self) -> bool {
        matches!(
            self,
            Effect::Make(_) | Effect::Change(_) | Effect::Replace(..) | Effect::Remove(_)
        )
    }
}

/// How the target of a removing call is compared with what was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The same thing (and the same owner, where both name one).
    Thing,
    /// The owner of what was made is the thing that is removed: a user's keys go with the user.
    Owner,
}

/// Where a record names what a call was about. Paths begin with `q` (requestParameters), `r`
/// (responseElements), `a` (additionalEventData) or `i` (userIdentity); the first path that leads to a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The thing itself.
    pub thing: &'static [&'static str],
    /// What the thing belongs to, where it has a name of its own.
    pub owner: &'static [&'static str],
    /// What else tells one such call from another: an address range, a grantee.
    pub detail: Detail,
}

/// A part of the target that takes more than a path to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more.
    None,
    /// Protocol, ports and address range of a security group rule.
    Ingress,
    /// Accounts that something is shared with.
    Shared,
    /// Principals outside AWS's services that a policy document lets in.
    PolicyPrincipals,
    /// The first of these paths.
    Paths(&'static [&'static str]),
    /// The snapshot that is taken of it before it goes, by the first of these paths.
    LastSnapshot(&'static [&'static str]),
}

/// One call: name, variant (told from parameters, mostly empty), words, tactic, technique, effect
/// and target.
#[derive(Debug)]
pub struct Call(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub Effect,
    pub Target,
);

impl Call {
    /// Which kind of the call it is, told from parameters; mostly empty.
    pub const fn variant(&self) -> &'static str {
        self.1
    }

    /// What it does, in words: 'made an access key'.
    pub const fn words(&self) -> &'static str {
        self.2
    }

    /// ATT&CK tactic, as `persistence`.
    pub const fn tactic(&self) -> &'static str {
        self.3
    }

    /// ATT&CK technique, as `T1098.001`.
    pub const fn technique(&self) -> &'static str {
        self.4
    }

    /// See [`Effect`].
    pub const fn effect(&self) -> Effect {
        self.5
    }

    /// See [`Target`].
    pub const fn target(&self) -> &Target {
        &self.6
    }
}

pub(crate) const NO_TARGET: Target = Target { thing: &[], owner: &[], detail: Detail::None };

pub(crate) const fn thing(paths: &'static [&'static str]) -> Target {
    Target { thing: paths, owner: &[], detail: Detail::None }
}

pub(crate) const fn owned(
    paths: &'static [&'static str],
    owner: &'static [&'static str],
) -> Target {
    Target { thing: paths, owner, detail: Detail::None }
}

/// The service's name, as `iam` of `iam.amazonaws.com`.
pub fn service_of(source: &str) -> &str {
    const DOMAIN: &str = ".amazonaws.com";
    // Nearly every source ends so; the search is for those of other partitions.
    source
        .strip_suffix(DOMAIN)
        .unwrap_or_else(|| source.split_once(DOMAIN).map_or(source, |(service, _)| service))
}

/// The call's name without the API version that some services put behind it
/// (`AddPermission20150331v2`, `CreateDistribution2020_05_31`).
pub fn plain_name(name: &str) -> &str {
    let stem = name.strip_suffix("v2").unwrap_or(name);
    let plain = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    if stem.len() - plain.len() >= 8 { plain } else { name }
}

fn table(service: &str) -> &'static [Call] {
    match service {
        "iam" => identity::IAM,
        "sts" => identity::STS,
        "signin" => identity::SIGNIN,
        "rolesanywhere" => identity::ROLES_ANYWHERE,
        "sso" => identity::SSO,
        "sso-directory" | "identitystore" => identity::SSO_DIRECTORY,
        "organizations" => identity::ORGANIZATIONS,
        "cognito-identity" => identity::COGNITO_IDENTITY,
        "ec2" => compute::EC2,
        "ec2-instance-connect" => compute::INSTANCE_CONNECT,
        "ssm" => compute::SSM,
        "lambda" => compute::LAMBDA,
        "ecs" => compute::ECS,
        "eks" => compute::EKS,
        "autoscaling" => compute::AUTOSCALING,
        "lightsail" => compute::LIGHTSAIL,
        "ecr" => compute::ECR,
        "s3" => storage::S3,
        "ebs" => storage::EBS,
        "rds" => storage::RDS,
        "secretsmanager" => storage::SECRETS,
        "kms" => storage::KMS,
        "dynamodb" => storage::DYNAMODB,
        "backup" => storage::BACKUP,
        "elasticfilesystem" => storage::EFS,
        "cloudtrail" => watch::CLOUDTRAIL,
        "guardduty" => watch::GUARDDUTY,
        "config" => watch::CONFIG,
        "securityhub" => watch::SECURITYHUB,
        "logs" => watch::LOGS,
        "monitoring" => watch::MONITORING,
        "macie2" | "inspector2" | "access-analyzer" | "detective" => watch::OTHER,
        "wafv2" | "waf" | "waf-regional" => watch::WAF,
        "route53resolver" => watch::RESOLVER,
        "network-firewall" => watch::NETWORK_FIREWALL,
        other => services::table(other),
    }
}

/// Finds a call by service (`iam`), plain name and variant; without the variant where the table
/// has no row for it.
pub fn look_up(service: &str, name: &str, variant: &str) -> Option<&'static Call> {
    let rows = table(service);
    let find = |variant: &str| {
        rows.binary_search_by(|row| (row.0, row.1).cmp(&(name, variant)))
            .ok()
            .and_then(|at| rows.get(at))
    };
    find(variant).or_else(|| if variant.is_empty() { None } else { find("") })
}

/// The technique of a call that only looks and is not in the table; none when the name does not
/// say that it looks.
pub fn discovery_technique(service: &str, name: &str) -> Option<&'static str> {
    const LOOKS: [&str; 9] =
        ["List", "Describe", "Get", "Search", "Lookup", "Head", "BatchGet", "Scan", "Query"];
    if !LOOKS.iter().any(|verb| name.starts_with(verb)) {
        return None;
    }
    Some(match service {
        "iam" if name.contains("Group") && name.contains("Polic") => "T1069.003",
        "iam" | "identitystore" | "sso-directory" | "sso" => "T1087.004",
        "s3" if name.starts_with("ListObject") => "T1619",
        "s3" if name == "ListBuckets" => "T1580",
        "s3"
        | "health"
        | "ce"
        | "cur"
        | "monitoring"
        | "guardduty"
        | "cloudtrail"
        | "config"
        | "securityhub"
        | "elasticloadbalancing"
        | "ecr"
        | "events"
        | "organizations"
        | "appsync"
        | "kms"
        | "account"
        | "support"
        | "access-analyzer"
        | "macie2"
        | "inspector2"
        | "trustedadvisor"
        | "budgets"
        | "billing" => "T1526",
        _ => "T1580",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: &[&str] = &[
        "iam",
        "sts",
        "signin",
        "rolesanywhere",
        "sso",
        "sso-directory",
        "organizations",
        "cognito-identity",
        "ec2",
        "ec2-instance-connect",
        "ssm",
        "lambda",
        "ecs",
        "eks",
        "autoscaling",
        "lightsail",
        "ecr",
        "s3",
        "ebs",
        "rds",
        "secretsmanager",
        "kms",
        "dynamodb",
        "backup",
        "elasticfilesystem",
        "cloudtrail",
        "guardduty",
        "config",
        "securityhub",
        "logs",
        "monitoring",
        "macie2",
        "wafv2",
        "route53resolver",
        "network-firewall",
    ];

    #[test]
    fn every_row_can_be_found_because_the_tables_are_sorted_and_have_no_twins() {
        let mut rows = 0;
        for service in SERVICES.iter().chain(services::NAMES) {
            for row in table(service) {
                let found = look_up(service, row.0, row.1);
                assert!(found.is_some_and(|found| std::ptr::eq(found, row)), "{service} {row:?}");
                rows += 1;
            }
        }
        assert!(rows > 200, "{rows} calls");
    }

    #[test]
    fn every_row_has_a_tactic_and_a_well_formed_technique() {
        let tactics = [
            INITIAL,
            EXECUTION,
            PERSISTENCE,
            ESCALATION,
            EVASION,
            CREDENTIALS,
            DISCOVERY,
            LATERAL,
            COLLECTION,
            EXFILTRATION,
            IMPACT,
        ];
        for service in SERVICES.iter().chain(services::NAMES) {
            for row in table(service) {
                assert!(tactics.contains(&row.tactic()), "{service} {row:?}");
                let (whole, part) = row.technique().split_once('.').unwrap_or((row.4, "000"));
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                let number = whole.strip_prefix('T').unwrap_or_default();
                assert!(number.len() == 4 && digits(number), "{service} {row:?}");
                assert!(part.len() == 3 && digits(part), "{service} {row:?}");
            }
        }
    }

    #[test]
    fn an_api_version_behind_the_name_is_not_part_of_the_call() {
        assert_eq!(plain_name("UpdateFunctionCode20150331v2"), "UpdateFunctionCode");
        assert_eq!(plain_name("CreateFunction20150331"), "CreateFunction");
        assert_eq!(plain_name("CreateDistribution2020_05_31"), "CreateDistribution");
        assert_eq!(plain_name("ListObjectsV2"), "ListObjectsV2");
        assert_eq!(plain_name("AssumeRole"), "AssumeRole");
    }
}
