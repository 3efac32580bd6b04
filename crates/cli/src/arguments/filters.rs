//! Which events count: the same filters for every command.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{AppError, Filter};
use crashcart_model::Timestamp;

/// Filters. Within one filter any value is enough; all filters together must hold.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Filters {
    #[command(flatten)]
    scope: Scope,
    /// Only this access key id (may be repeated, as all filters)
    #[arg(long, value_name = "KEY-ID", value_parser = NonEmptyStringValueParser::new())]
    key: Vec<String>,
    /// Only this principal: an ARN or a part of it, a principal id, a user name
    #[arg(long, value_name = "PRINCIPAL", value_parser = NonEmptyStringValueParser::new())]
    principal: Vec<String>,
    /// Only this source address
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    address: Vec<String>,
}

/// When.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Time {
    /// Not before this time (2026-05-04, 2026-05-04T02:10:00Z, ...; UTC unless it says otherwise)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Not after this time; a date alone means to the end of that day
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Timestamp>,
}

/// When, where and which calls: what narrows in every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Scope {
    #[command(flatten)]
    time: Time,
    /// Only this region (may be repeated, as all filters)
    #[arg(long, value_name = "REGION", value_parser = NonEmptyStringValueParser::new())]
    region: Vec<String>,
    /// Only this account, of the trail or of the caller
    #[arg(long, value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
    account: Vec<String>,
    /// Only this call: CreateUser or iam:CreateUser
    #[arg(long, value_name = "EVENT", value_parser = NonEmptyStringValueParser::new())]
    event: Vec<String>,
    /// Only calls that were denied, failed, or whose outcome is unknown
    #[arg(long)]
    errors: bool,
}

impl Filters {
    /// As the use cases take them.
    ///
    /// # Errors
    /// As [`Scope::filter`].
    pub fn filter(&self) -> Result<Filter, AppError> {
        Ok(Filter {
            keys: self.key.clone(),
            principals: self.principal.clone(),
            addresses: self.address.clone(),
            ..self.scope.filter()?
        })
    }
}

impl From<Scope> for Filters {
    fn from(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }
}

impl Time {
    /// As the use cases take it.
    ///
    /// # Errors
    /// When nothing can pass: a time after which, and up to an earlier one.
    pub fn filter(&self) -> Result<Filter, AppError> {
        if let (Some(since), Some(until)) = (self.since, self.until)
            && since > until
        {
            return Err(AppError::Request {
                what: format!("--since {since} is later than --until {until}: no event can pass"),
                hint: "turn them round, or leave one out",
            });
        }
        Ok(Filter { since: self.since, until: self.until, ..Filter::default() })
    }
}

impl Scope {
    /// As the use cases take it.
    ///
    /// # Errors
    /// As [`Time::filter`].
    fn filter(&self) -> Result<Filter, AppError> {
        Ok(Filter {
            regions: self.region.clone(),
            accounts: self.account.clone(),
            events: self.event.clone(),
            errors: self.errors,
            ..self.time.filter()?
        })
    }
}

fn moment(text: &str, clock: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 { format!("{text}T{clock}Z") } else { text.to_owned() };
    Timestamp::parse(&whole)
        .ok_or_else(|| "not a time; write 2026-05-04 or 2026-05-04T02:10:00Z".to_owned())
}

fn since(text: &str) -> Result<Timestamp, String> {
    moment(text, "00:00:00")
}

fn until(text: &str) -> Result<Timestamp, String> {
    moment(text, "23:59:59.999")
}
