//! What a user agent tells about who was at work. A user agent is chosen by the caller: it can
//! make somebody more suspect or rank a scaffold lower, but must never clear anybody.

/// What an agent is, told once for each agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) automation: bool,
    pub(crate) console: bool,
    pub(crate) desktop: bool,
    pub(crate) attack: bool,
}

impl Class {
    pub(crate) fn of(agent: &str) -> Self {
        Self {
            automation: is_automation(agent),
            console: is_console(agent),
            desktop: is_desktop(agent),
            attack: attack_tool(agent).is_some(),
        }
    }
}

/// Whether the agent is an infrastructure-as-code tool.
fn is_automation(agent: &str) -> bool {
    ["Terraform", "terraform-provider", "cloudformation.amazonaws.com", "pulumi", "OpenTofu"]
        .iter()
        .any(|tool| agent.contains(tool))
}

/// The attack tool or attack system that the agent names, in words.
pub(crate) fn attack_tool(agent: &str) -> Option<&'static str> {
    const TOOLS: [(&str, &str); 13] = [
        ("stratus-red-team", "Stratus Red Team (attack simulator)"),
        ("pacu", "Pacu (exploitation framework)"),
        ("cloudfox", "CloudFox (enumeration tool)"),
        ("cloudgoat", "CloudGoat (attack laboratory)"),
        ("enumerate-iam", "enumerate-iam (permission brute force)"),
        ("weirdaal", "WeirdAAL (attack library)"),
        ("trufflehog", "TruffleHog (tests leaked keys)"),
        ("nimbostratus", "Nimbostratus (attack tool)"),
        ("s3browser", "S3 Browser (seen with stolen keys)"),
        ("s3 browser", "S3 Browser (seen with stolen keys)"),
        ("kali", "Kali Linux (attack system)"),
        ("parrot", "Parrot OS (attack system)"),
        ("blackarch", "BlackArch (attack system)"),
    ];
    let lower = agent.to_ascii_lowercase();
    TOOLS.iter().find(|(sign, _)| lower.contains(sign)).map(|(_, words)| *words)
}

/// Whether the agent runs on a person's machine: macOS, or a desktop edition of Windows.
pub(crate) fn is_desktop(agent: &str) -> bool {
    ["Darwin/", "Macintosh", "os/macos", "Windows/10", "Windows/11", "Windows NT 10"]
        .iter()
        .any(|sign| agent.contains(sign))
}

/// Whether the agent is the console or another of AWS's own front ends.
fn is_console(agent: &str) -> bool {
    agent == "AWS Internal"
        || agent.contains("console.")
        || agent.contains("Console")
        || agent.starts_with("Mozilla/")
        || agent.ends_with(".amazonaws.com")
}

/// Whether a source address is an AWS service calling and no address at all.
pub(crate) fn is_service_address(address: &str) -> bool {
    address.is_empty() || address == "AWS Internal" || address.ends_with(".amazonaws.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_told_apart() {
        assert!(is_automation("APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io)"));
        assert!(!is_automation("aws-cli/2.31"));
        assert!(attack_tool("stratus-red-team_6a7ec681").is_some());
        assert!(attack_tool("Boto3/1.9 Linux/5.16.0-kali7-amd64 Botocore/1.12").is_some());
        assert_eq!(attack_tool("Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic"), None);
        assert!(is_desktop("[aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0 botocore/1.17.59]"));
        assert!(!is_desktop("aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/"));
        assert!(is_console("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]"));
    }
}
