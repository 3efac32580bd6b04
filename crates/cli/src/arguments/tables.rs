//! What the columns of a table hold.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

/// Tables whose headings are not CloudTrail's.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Tables")]
pub struct TableArguments {
    /// What a table's columns hold, where its headings are not CloudTrail's: a file, or
    /// 'eventName=Action,eventTime=Time,userIdentity.arn=Actor' (FIELD:=TEXT for one text in every
    /// row; may be repeated)
    #[arg(long, value_name = "FILE|FIELD=HEADING", value_parser = NonEmptyStringValueParser::new())]
    pub columns: Vec<String>,
}
