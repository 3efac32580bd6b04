//! What a user agent tells about who was at work. A user agent is chosen by the caller: it can
//! make somebody more suspect or rank a scaffold lower, but must never clear anybody.

use crashcart_model::Identity;

use crate::facts::Map;

/// What an agent is, told once for each agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) automation: bool,
    pub(crate) console: bool,
    pub(crate) desktop: bool,
    pub(crate) attack: bool,
    /// The kind of tool, without its version: one of few words, none of them the caller's.
    pub(crate) family: &'static str,
}

impl Class {
    pub(crate) fn of(agent: &str) -> Self {
        Self {
            family: family(agent),
            automation: is_automation(agent),
            console: is_console(agent),
            desktop: is_desktop(agent),
            attack: attack_tool(agent).is_some(),
        }
    }
}

/// User agents told apart at a time.
const AGENTS: usize = 4096;

/// What agents are; forgotten and told again when there are too many.
#[derive(Debug, Default)]
pub(crate) struct Classes(Map<String, Class>);

impl Classes {
    pub(crate) fn of(&mut self, agent: &str) -> Class {
        if let Some(class) = self.0.get(agent) {
            return *class;
        }
        if self.0.len() >= AGENTS {
            self.0.clear();
        }
        let class = Class::of(agent);
        self.0.insert(agent.to_owned(), class);
        class
    }
}

/// Whether the agent is an infrastructure-as-code tool.
fn is_automation(agent: &str) -> bool {
    const TOOLS: [&str; 6] =
        ["Terraform", "terraform-provider", CLOUDFORMATION, "pulumi", "OpenTofu", "aws-cdk/"];
    TOOLS.iter().any(|tool| agent.contains(tool))
}

const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

/// Whether `CloudFormation` made the call for a principal: AWS writes `invokedBy`, no caller can.
pub(crate) fn is_invoked_by_automation(identity: &Identity<'_>) -> bool {
    identity.invoked_by.is_some_and(|service| service.is(CLOUDFORMATION))
}

/// Signs of attack tools and attack systems in an agent, and what they are.
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

fn attack_sign(agent: &str) -> Option<&'static (&'static str, &'static str)> {
    let lower = agent.to_ascii_lowercase();
    TOOLS.iter().find(|(sign, _)| lower.contains(sign))
}

/// The attack tool or attack system that the agent names, in words.
pub(crate) fn attack_tool(agent: &str) -> Option<&'static str> {
    attack_sign(agent).map(|(_, words)| *words)
}

/// The agent without the command that AWS's command line puts at its end, which makes one tool
/// look like many.
pub(crate) fn without_command(agent: &str) -> &str {
    if !agent.starts_with("aws-cli/") {
        return agent;
    }
    agent.rsplit_once(" md/command#").map_or(agent, |(tool, _)| tool)
}

/// The kind of tool.
fn family(agent: &str) -> &'static str {
    const FAMILIES: [&str; 14] = [
        "aws-cli",
        "boto3",
        "botocore",
        "aws-sdk-go",
        "aws-sdk-java",
        "aws-sdk-js",
        "aws-sdk-nodejs",
        "aws-sdk-dotnet",
        "aws-sdk-rust",
        "aws-sdk-ruby",
        "aws-sdk-php",
        "aws-sdk-cpp",
        "powershell",
        "awslambda-worker",
    ];
    if attack_tool(agent).is_some() {
        return "attack tool";
    }
    if is_automation(agent) {
        return "infrastructure as code";
    }
    if is_console(agent) {
        return "console";
    }
    let lower = agent.to_ascii_lowercase();
    FAMILIES.into_iter().find(|family| lower.contains(family)).unwrap_or("other tools")
}

/// About so long may the name of an unknown tool be.
const LONGEST: usize = 60;

/// The tool and its version as the agent names them, as `aws-cli/2.31.4`; with the sign of an
/// attack tool where it holds one. An agent that names no tool is kept, shortened.
pub(crate) fn tool(agent: &str) -> String {
    let agent = agent.trim_matches(['[', ']', ' ']);
    let words = || agent.split([' ', ',']).map(|word| word.trim_matches(['[', ']', '(', ')', ';']));
    let word = |starts: &[&str]| {
        words().find(|word| starts.iter().any(|start| word.starts_with(start))).map(str::to_owned)
    };
    let name = if agent.starts_with("Mozilla/") {
        let browser = word(&["Edg/", "Firefox/", "Chrome/", "Version/"]);
        browser.map_or_else(|| "browser".to_owned(), |name| format!("browser ({name})"))
    } else if let Some(name) = word(&["Terraform/", "OpenTofu/", "pulumi"]) {
        name
    } else if agent.contains("Console") || agent.starts_with("console.") {
        "console".to_owned()
    } else if agent == "AWS Internal" {
        agent.to_owned()
    } else {
        let first = words().find(|word| !word.is_empty()).unwrap_or_default();
        let name = if first.contains('/') { first } else { agent };
        name.chars().take(LONGEST).collect()
    };
    match attack_sign(agent) {
        Some((sign, _)) if name.to_ascii_lowercase().starts_with(sign) => (*sign).to_owned(),
        Some((sign, _)) => format!("{name} ({sign})"),
        None => name,
    }
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
        assert_eq!(without_command("aws-cli/2.31 ua/2.1 md/command#s3.ls"), "aws-cli/2.31 ua/2.1");
        assert_eq!(Class::of("aws-cli/1.16.19 Python/2.7.10 botocore/1.12.9").family, "aws-cli");
        assert!(is_desktop("[aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0 botocore/1.17.59]"));
        assert!(!is_desktop("aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/"));
        assert!(is_console("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]"));
    }

    #[test]
    fn a_tool_is_named_with_its_version_and_nothing_else() {
        for (agent, expected) in [
            (
                "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 md/command#iam.list-users",
                "aws-cli/2.31.18",
            ),
            ("[aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0 botocore/1.17.59]", "aws-cli/1.18.136"),
            ("[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0]", "Boto3/1.26.165"),
            (
                "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io)",
                "Terraform/1.1.2",
            ),
            (
                "[APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://t.io) stratus-red-team_6a7ec681]",
                "Terraform/1.1.2 (stratus-red-team)",
            ),
            ("[stratus-red-team_6a7ec681-6b5a-4d6c-b1b8-dd08a1e6c4b7]", "stratus-red-team"),
            ("Boto3/1.9 Linux/5.16.0-kali7-amd64 Botocore/1.12", "Boto3/1.9 (kali)"),
            ("Mozilla/5.0 (X11; Ubuntu) Gecko/20100101 Firefox/102.0", "browser (Firefox/102.0)"),
            ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]", "console"),
            ("secretsmanager.amazonaws.com", "secretsmanager.amazonaws.com"),
            ("AWS Internal", "AWS Internal"),
            ("my own tool", "my own tool"),
            ("", ""),
        ] {
            assert_eq!(tool(agent), expected, "{agent}");
        }
    }
}
