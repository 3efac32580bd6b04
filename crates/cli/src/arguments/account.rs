//! Which account to ask, and as whom.

use std::cell::OnceCell;
use std::io::{IsTerminal, Write};

use clap::Args;
use crashcart_app::{AccountOptions, AppError, Door, DoorOptions, Entered};

use crate::terminal::say;

/// As the AWS CLI takes them; what is not given here is found as the AWS CLI finds it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArguments {
    /// Profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Region to ask
    #[arg(long, value_name = "REGION")]
    aws_region: Option<String>,
    /// Ask here instead of AWS [default: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Role to assume first
    #[arg(long, value_name = "ARN")]
    assume_role: Option<String>,
    /// MFA device that the role asks for; its code is asked for on the terminal
    #[arg(long, value_name = "SERIAL", requires = "assume_role")]
    mfa_serial: Option<String>,
    /// The door, once it was opened: a code of an MFA device can be used once.
    #[arg(skip)]
    opened: OnceCell<Door>,
    /// Role to assume in the target's account, where that is another one [default:
    /// CrashcartResponder, in accounts of the organization]
    #[arg(long, value_name = "NAME")]
    responder_role: Option<String>,
}

/// Where the certificates of one's own authority are named; the first that is set counts.
const BUNDLES: [&str; 2] = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"];

impl AccountArguments {
    /// Opens the door to the account of the credentials.
    ///
    /// # Errors
    /// As [`crashcart_app::open_account`]; when a bundle of certificates cannot be read, or a role for
    /// another account was named.
    pub fn open(&self) -> Result<Door, AppError> {
        match &self.responder_role {
            None => self.here(),
            Some(_) => Err(AppError::Request {
                what: "--responder-role has no meaning here: this command enters no other account"
                    .to_owned(),
                hint: "name the role with --assume-role and its ARN",
            }),
        }
    }

    /// Opens the door to the account that a target is of: an access key, an ARN, an account's number.
    /// A name is of the account at hand. Says which role was assumed, or why none.
    ///
    /// # Errors
    /// As [`crashcart_app::enter`].
    pub fn open_for(&self, target: &str) -> Result<Door, AppError> {
        let here = self.here()?;
        let account = crashcart_app::account_of(&here, target);
        let entered =
            crashcart_app::enter(&here, account.as_deref(), self.responder_role.as_deref())?;
        if let Some(note) = &entered.note {
            say(note);
        }
        Ok(entered.door)
    }

    /// Goes into an account by its number, as far as one gets there.
    ///
    /// # Errors
    /// As [`crashcart_app::enter`].
    pub fn enter(&self, account: &str) -> Result<Entered, AppError> {
        crashcart_app::enter(&self.here()?, Some(account), self.responder_role.as_deref())
    }

    /// Opens the door to the account of the credentials, once, wherever the target is.
    ///
    /// # Errors
    /// As [`crashcart_app::open_account`]; when a bundle of certificates cannot be read.
    pub fn here(&self) -> Result<Door, AppError> {
        if let Some(door) = self.opened.get() {
            return Ok(door.clone());
        }
        let options = AccountOptions {
            door: DoorOptions {
                profile: self.profile.clone(),
                region: self.aws_region.clone(),
                endpoint: self.endpoint_url.clone(),
                certificates: certificates()?,
                clock: Some(say_clock),
            },
            role: self.assume_role.clone(),
            mfa_serial: self.mfa_serial.clone(),
        };
        let door = crashcart_app::open_account(&options, &ask_code)?;
        Ok(self.opened.get_or_init(|| door).clone())
    }
}

/// Times in a case are AWS's: who compares them with this machine's must know.
fn say_clock(ahead: jiff::SignedDuration) {
    let which = if ahead.is_negative() { "ahead of" } else { "behind" };
    let by = jiff::SignedDuration::from_secs(ahead.as_secs()).abs();
    say(&format!("this machine's clock is {by:#} {which} AWS's: times from here on are AWS's"));
}

#[allow(clippy::disallowed_methods, reason = "the command line is where the environment is read")]
fn certificates() -> Result<Vec<u8>, AppError> {
    let bundle = BUNDLES.iter().find_map(std::env::var_os).filter(|path| !path.is_empty());
    let Some(path) = bundle.map(std::path::PathBuf::from) else { return Ok(Vec::new()) };
    std::fs::read(&path).map_err(|source| AppError::Read { path, source })
}

/// Asks for a code on the terminal: never on the command line, where other users can read it.
fn ask_code(serial: &str) -> Result<String, AppError> {
    if !std::io::stdin().is_terminal() {
        return Err(AppError::Request {
            what: format!("the code of {serial} can only be asked for on a terminal"),
            hint: "run it on a terminal, or use a profile whose role needs no code",
        });
    }
    let mut asked = std::io::stderr().lock();
    let prompted = write!(asked, "code of {serial}: ").and_then(|()| asked.flush());
    prompted.map_err(AppError::Output)?;
    let mut code = String::new();
    std::io::stdin().read_line(&mut code).map_err(AppError::Output)?;
    code_in(&code)
}

/// The code that was typed. What can be none is not sent: AWS counts failed attempts.
fn code_in(typed: &str) -> Result<String, AppError> {
    let code = typed.trim();
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(code.to_owned());
    }
    Err(AppError::Request {
        what: "that was no code of an MFA device: nothing was sent".to_owned(),
        hint: "run it again and type the six digits that the device shows",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_are_sent_as_a_code() {
        assert_eq!(code_in(" 012345\n").unwrap(), "012345");
        for bad in ["", "\n", "abc", "12345", "1234567", "12345\u{661}"] {
            assert!(code_in(bad).is_err(), "{bad:?}");
        }
    }
}
