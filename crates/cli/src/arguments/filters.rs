//! Which events count: the same filters for every command.

use clap::Args;
use crashcart_app::Filter;
use crashcart_model::Timestamp;

/// Filters. Within one filter any value is enough; all filters together must hold.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Filters {
    /// Not before this time (2026-05-04, 2026-05-04T02:10:00Z, ...; UTC unless it says otherwise)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Not after this time; a date alone means to the end of that day
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Timestamp>,
    /// Only this access key id (may be repeated, as all filters)
    #[arg(long, value_name = "KEY-ID")]
    key: Vec<String>,
    /// Only this principal: an ARN or a part of it, a principal id, a user name
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Vec<String>,
    /// Only this source address
    #[arg(long, value_name = "ADDRESS")]
    address: Vec<String>,
    /// Only this region
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Only this account, of the trail or of the caller
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Only this call: CreateUser or iam:CreateUser
    #[arg(long, value_name = "EVENT")]
    event: Vec<String>,
    /// Only calls that were denied, failed, or whose outcome is unknown
    #[arg(long)]
    errors: bool,
}

impl Filters {
    /// As the use cases take them.
    pub fn filter(&self) -> Filter {
        Filter {
            since: self.since,
            until: self.until,
            keys: self.key.clone(),
            principals: self.principal.clone(),
            addresses: self.address.clone(),
            regions: self.region.clone(),
            accounts: self.account.clone(),
            events: self.event.clone(),
            errors: self.errors,
            terms: Vec::new(),
        }
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
