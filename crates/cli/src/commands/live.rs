//! What the account itself says, in `crashcart whois --live`.

use std::io::Write;

use crashcart_app::{Key, Owner};
use crashcart_report::{escape, labelled};

/// Prints the owner of a key.
pub fn text(owner: &Owner, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\nTHE ACCOUNT SAYS")?;
    if let Some(account) = &owner.account {
        let mut text = account.clone();
        for part in owner.account_name.iter().chain(&owner.units) {
            text.push_str(&format!(", {}", escape::terminal(part)));
        }
        labelled("account", &text, width, out)?;
    }
    if let Some(principal) = &owner.principal {
        labelled("owner", &escape::terminal(principal), width, out)?;
    }
    if let Some(created) = &owner.created {
        labelled("created", created, width, out)?;
    }
    credentials(owner, width, out)?;
    for policy in &owner.policies {
        let text = format!("{}, through {}", policy.name, policy.through);
        labelled("policy", &escape::terminal(&text), width, out)?;
    }
    if let Some(boundary) = &owner.boundary {
        labelled("boundary", &escape::terminal(boundary), width, out)?;
    }
    for (key, value) in &owner.tags {
        labelled("tag", &escape::terminal(&format!("{key} = {value}")), width, out)?;
    }
    if owner.quarantined == Some(true) {
        let text = "AWS itself has limited the user: a key of it was found in public";
        labelled("QUARANTINE", text, width, out)?;
    }
    for note in &owner.notes {
        labelled("note", note, width, out)?;
    }
    for gap in &owner.gaps {
        labelled("NOT READ", &escape::terminal(gap), width, out)?;
    }
    Ok(())
}

/// What an owner can come in with.
pub fn credentials(owner: &Owner, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    keys(&owner.access_keys, width, out)?;
    for (label, permission) in [
        ("key", "iam:ListAccessKeys"),
        ("SSH key", "iam:ListSSHPublicKeys"),
        ("service password", "iam:ListServiceSpecificCredentials"),
        ("certificate", "iam:ListSigningCertificates"),
    ] {
        if owner.kind == Some("user") && owner.gaps.iter().any(|gap| gap.contains(permission)) {
            labelled(
                label,
                "unknown which others there are: they could not be listed",
                width,
                out,
            )?;
        }
    }
    if owner.kind == Some("user") {
        let console = match owner.console {
            Some(true) => "has a password",
            Some(false) => "no password",
            None => "unknown",
        };
        labelled("console", console, width, out)?;
        let mfa = match owner.mfa.as_deref() {
            None => "unknown".to_owned(),
            Some([]) => "none".to_owned(),
            Some(devices) => devices.join(", "),
        };
        labelled("MFA", &escape::terminal(&mfa), width, out)?;
    }
    for (label, list) in [
        ("SSH key", &owner.ssh_keys),
        ("service password", &owner.service_credentials),
        ("certificate", &owner.certificates),
    ] {
        for one in list {
            labelled(label, &format!("{}, {}", one.id, one.status), width, out)?;
        }
    }
    Ok(())
}

fn keys(keys: &[Key], width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    for key in keys {
        let used = match &key.last_used {
            Some(used) => format!("last used {} on {} in {}", used.at, used.service, used.region),
            None => "no use known to IAM".to_owned(),
        };
        let created = key.created.as_deref().unwrap_or("unknown");
        let text = format!("{}, {}, created {created}, {used}", key.id, key.status);
        labelled("key", &text, width, out)?;
    }
    Ok(())
}
