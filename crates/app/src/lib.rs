//! The use cases, one function each: what the command line calls and tests call alike.

#![forbid(unsafe_code)]

mod account;
mod asked;
mod baseline;
mod buckets;
mod case;
mod columns;
pub mod containment;
mod demo;
mod detect;
mod detection;
mod environment;
mod error;
mod event_history;
mod filter;
mod further_use;
mod given;
mod identity;
mod inputs;
mod investigate;
mod kept;
mod lineage;
mod permissions;
mod places;
mod preflight;
mod progress;
mod reading;
mod responder;
mod rule_proof;
mod rules;
mod search;
mod selftest;
mod sorted;
mod stats;
#[cfg(test)]
mod testing;
mod timeline;
mod trail;
mod whois;

pub use account::{AccountOptions, account_at_hand, open_account, whose};
pub use asked::Asked;
pub use buckets::Buckets;
pub use case::{CaseResult, CaseRun, sealed_places, tell_again, verify_case};
pub use columns::column_map;
pub use crashcart_aws::{Door, DoorOptions};
pub use crashcart_collect::{AppliedPolicy, Everything, Identity, Key, Owner};
pub use crashcart_decode::{Caps, ColumnMap};
pub use crashcart_store::{Case, CollectedEntry};
pub use crashcart_story::{Lineage, Pivot};
pub use demo::{Demo, demo};
pub use detect::{Detection, detect, detect_rows};
pub use environment::{environment_init, load_environment, write_report};
pub use error::AppError;
pub use event_history::{
    EventHistory, FOLLOWED, HistoryGap, LookedUp, Lookup, PassingCase, RegionHistory,
    WantedHistory, collect_event_history, collect_live,
};
pub use filter::Filter;
pub use further_use::{FurtherUse, further_use};
pub use identity::{CollectedIdentity, collect_identity};
pub use inputs::Inputs;
pub use investigate::{Question, investigate};
pub use lineage::{evidence_of_case, lineage};
pub use permissions::{Action, permissions};
pub use places::Places;
pub use preflight::{Lacking, Needs, Preflight, preflight};
pub use progress::{Moment, Progress};
pub use reading::ReadOptions;
pub use responder::{Entered, account_of, enter};
pub use rules::{RuleOptions, Rules, check_rules, pack};
pub use search::{SearchOptions, search};
pub use selftest::{
    ActionShown, ApprovedAccount, CredentialShown, Denied, SELFTEST_SCHEMA, Selftest,
    SelftestOptions, SelftestReceipt, StepShown, TriedOnAws, approve_selftest, clean_up_selftest,
    selftest, selftest_left,
};
pub use sorted::SortError;
pub use stats::{StatColumn, StatRow, Stats, stats};
pub use timeline::timeline;
pub use trail::{CollectedTrails, TrailOptions, TrailTold, collect_trails};
pub use whois::{Listed, Seen, Usage, Whois, WhoisMaterial, whois};
