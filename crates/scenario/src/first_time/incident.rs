//! The incident: the build key, in other hands, finds a role in the vault that it may take up, and
//! reads a few objects there. Each call is written down as truth in the same step.

use crashcart_model::Timestamp;
use serde_json::json;

use super::cast::{ATTACKER, CLI, Cast, MOVED_TO, OFFICE, SHOP, VAULT, WORK};
use super::days::{self, ask, object, take_up};
use super::{FirstTimeTruth, MINUTE};
use crate::layout::time_text;
use crate::leaked_key::ledger::Ledger;
use crate::random::HEX;

/// Nobody else works here.
const REGION: &str = "eu-north-1";
/// Objects that are read in the new account.
const OBJECTS: usize = 7;

/// Writes the incident, which begins at `start`.
pub(super) fn write(ledger: &mut Ledger, cast: &Cast, start: i64) -> FirstTimeTruth {
    let here = cast.build.calling(ATTACKER, CLI);
    let mut events = Vec::new();
    let nothing = json!({});
    events.push(ask(ledger, (start, REGION), &here, ("sts", "GetCallerIdentity"), &nothing));
    events.push(ask(ledger, (start + MINUTE, REGION), &here, ("s3", "ListBuckets"), &nothing));
    let at = start + 9 * MINUTE;
    let what = (&cast.reader, "build-agent");
    let (key, copies) = take_up(ledger, (at, REGION), &cast.build, what, (ATTACKER, CLI));
    let reached_event = copies.first().map(|id| id.text()).unwrap_or_default();
    events.extend(copies);
    let there = cast.reader.calling(("build-agent", &key, at), (ATTACKER, CLI));
    let mut clock = at + MINUTE;
    events.push(ask(ledger, (clock, REGION), &there, ("s3", "ListBuckets"), &nothing));
    let table = json!({"tableName": "ledger"});
    clock += 2 * MINUTE;
    events.push(ask(ledger, (clock, REGION), &there, ("dynamodb", "DescribeTable"), &table));
    for _ in 0..OBJECTS {
        clock += 20 + ledger.random.seconds(120);
        let name = format!("2026/{}.csv", ledger.random.text(HEX, 12));
        let what = ("GetObject", "acme-vault-ledger", name.as_str());
        events.push(object(ledger, (clock, REGION), &there, what));
    }
    let mut events: Vec<String> = events.into_iter().map(|id| id.text()).collect();
    events.sort();
    let date = time_text(start).get(..10).unwrap_or_default().replace('-', "/");
    FirstTimeTruth {
        key: cast.build.key.clone(),
        user: cast.build.arn(),
        new_account: VAULT.to_owned(),
        usual_accounts: vec![WORK.to_owned(), SHOP.to_owned()],
        address: ATTACKER.to_owned(),
        region: REGION.to_owned(),
        usual_address: OFFICE.to_owned(),
        role: cast.reader.arn(),
        session: cast.reader.session("build-agent"),
        reached: Timestamp::from_millis(at * 1000),
        reached_event,
        events,
        date,
        hired: cast.engineers.session(days::NEWCOMER),
        deploy: cast.deploy.session(""),
        deploy_region: days::GROWS_TO.to_owned(),
        moved: cast.omar.arn(),
        moved_to: MOVED_TO.to_owned(),
    }
}
