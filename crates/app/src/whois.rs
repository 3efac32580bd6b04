//! Who or what an id is: from the id alone, and, where there is material, everything seen of it.
//!
//! Asks no network. What the text does not tell and the material does not show stays unknown.

mod naming;
mod subject;

use crashcart_collect::Listing;
use crashcart_model::{
    AccountId, Coverage, Environment, Event, EventRef, Head, LogText, Outcome, Record, Session,
    Timestamp,
};
use crashcart_story::Keys;
use serde::Serialize;

use crate::progress::Progress;
use crate::reading::{self, Material, Observer, ReadOptions};
use crate::sorted::{self, Rows, SortError};
use crate::stats::{self, Counter, StatColumn};
use crate::timeline::unplaced;
use subject::{Part, Subject};

/// How many events and values are listed; their number is always exact.
const LISTED: usize = 100;

/// What is known of an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whois {
    /// The id, as it was asked for; an address in its canonical form.
    pub id: LogText,
    /// What it is, in words.
    pub kind: String,
    /// The account that the id itself tells.
    pub account: Option<AccountId>,
    /// What `environment.toml` calls that account.
    pub account_name: Option<String>,
    /// The name at the end of an ARN.
    pub name: Option<LogText>,
    /// What one should know about it.
    pub notes: Vec<String>,
    /// What the material shows; none where there is no material.
    pub seen: Option<Seen>,
}

/// What the material shows of an id. An event is in one part alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Calls made by it, with it or from it.
    pub used: Option<Usage>,
    /// The calls that issued or created it.
    pub issued_by: Listed,
    /// Whom a key was issued to, sorted.
    pub issued_to: Vec<LogText>,
    /// Other records that name it.
    pub mentioned: Listed,
    /// Of a key: where it comes from, up to the root, and what came from it; each key after the
    /// one that asked for it.
    pub chain: Vec<Session>,
}

/// Events in the order of [`crate::timeline`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// How many, exact.
    pub count: u64,
    /// The first hundred.
    pub events: Vec<Event>,
}

/// How an id was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Calls.
    pub count: u64,
    /// Of those, what took effect.
    pub done: u64,
    /// What was denied.
    pub denied: u64,
    /// What failed otherwise.
    pub failed: u64,
    /// What the record does not tell.
    pub unknown: u64,
    /// First call.
    pub first: Option<Timestamp>,
    /// Last call.
    pub last: Option<Timestamp>,
    /// Counted as [`crate::stats`] counts, a hundred values each.
    pub columns: Vec<StatColumn>,
}

/// Material to look into.
pub type WhoisMaterial<'a> = (&'a Listing, &'a ReadOptions, &'a Progress);

/// Says what the text tells, and what the material shows of it.
///
/// # Errors
/// When a temporary file fails. Data trouble is in the coverage's gaps.
pub fn whois(
    id: &str,
    environment: &Environment,
    material: Option<WhoisMaterial<'_>>,
) -> Result<(Whois, Option<Coverage>), SortError> {
    let subject = Subject::of(id);
    let account = subject.account();
    let known = account.as_ref().and_then(|account| environment.accounts.get(account.as_str()));
    let mut whois = Whois {
        id: subject.id.as_str().into(),
        kind: subject.words().to_owned(),
        account_name: known.map(|known| known.name.clone()).filter(|name| !name.is_empty()),
        name: subject.name(),
        notes: subject.notes(),
        account,
        seen: None,
    };
    let Some(material) = material else { return Ok((whois, None)) };
    let (seen, coverage) = look(&subject, material)?;
    let read =
        |account: &AccountId| coverage.accounts.iter().any(|known| known.raw() == account.as_str());
    if whois.account.as_ref().is_some_and(|account| !read(account)) {
        let note = match seen.used {
            Some(_) => {
                "its account is not one whose trails are in the material, and yet calls by it are: \
                 the logs may be anonymised or altered"
            }
            None => "its account is not one whose trails are in the material",
        };
        whois.notes.push(note.to_owned());
    }
    whois.seen = Some(seen);
    Ok((whois, Some(coverage)))
}

fn look(
    subject: &Subject,
    (listing, options, progress): WhoisMaterial<'_>,
) -> Result<(Seen, Coverage), SortError> {
    let counter = stats::counters(options.threads);
    let make = || Watcher {
        subject: subject.clone(),
        usage: Usage::default(),
        counter: counter(),
        rows: Rows::new(options.threads),
        keys: subject.is_key().then(Keys::default),
    };
    let mut material = reading::read(listing, options, progress, &make);
    let (mut usage, mut counters, mut rows) = (Usage::default(), Vec::new(), Vec::new());
    let mut keys = Keys::default();
    for watcher in std::mem::take(&mut material.observers) {
        usage.add(&watcher.usage);
        counters.push(watcher.counter);
        rows.push(watcher.rows);
        watcher.keys.into_iter().for_each(|own| keys.merge(own));
    }
    usage.columns = stats::add_up(counters, LISTED)?.columns;
    let mut seen = Seen {
        used: (usage.count > 0).then_some(usage),
        issued_by: Listed::default(),
        issued_to: Vec::new(),
        mentioned: Listed::default(),
        chain: chain(&keys, subject, &material),
    };
    sorted::merge(rows, &material, &mut |row| {
        if row.rule == Some(ISSUED) {
            seen.issued_to.extend(row.record.map(LogText::new));
            seen.issued_by.take(row.event);
        } else {
            seen.mentioned.take(row.event);
        }
        Ok(())
    })?;
    seen.issued_to.sort();
    seen.issued_to.dedup();
    Ok((seen, material.coverage))
}

/// The chain of a key, with the copies of records that are named.
fn chain<O>(keys: &Keys, subject: &Subject, material: &Material<O>) -> Vec<Session> {
    let mut chain = keys.chain(&subject.id, &|number| material.table.id(number));
    for session in &mut chain {
        let issued = session.issued_by.iter_mut().flat_map(|issued| &mut issued.origins);
        session
            .origins
            .iter_mut()
            .chain(issued)
            .for_each(|origin| material.name_first_copy(origin));
    }
    chain
}

impl Listed {
    fn take(&mut self, event: Event) {
        self.count += 1;
        if self.events.len() < LISTED {
            self.events.push(event);
        }
    }
}

/// What a row says of its event; rows carry a number for a rule.
const ISSUED: u32 = 0;
const MENTIONED: u32 = 1;

struct Watcher {
    subject: Subject,
    usage: Usage,
    counter: Counter,
    rows: Rows,
    /// Only where a key was asked about.
    keys: Option<Keys>,
}

impl Observer for Watcher {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
        if let Some(keys) = &mut self.keys {
            keys.observe(record, head, at);
        }
        match self.subject.part(record, head) {
            None => {}
            Some(Part::Used) => {
                self.usage.count(head);
                self.counter.count(head);
            }
            Some(Part::Issued) => {
                let to = self.subject.issued_to(head);
                let to = to.as_ref().map(LogText::raw);
                self.rows.push(&Event::of(head, unplaced(head)), at, Some(ISSUED), to);
            }
            Some(Part::Mentioned) => {
                self.rows.push(&Event::of(head, unplaced(head)), at, Some(MENTIONED), None);
            }
        }
    }
}

impl Usage {
    fn count(&mut self, head: &Head<'_>) {
        let one = |outcome| u64::from(head.outcome() == outcome);
        self.add(&Usage {
            count: 1,
            done: one(Outcome::Done),
            denied: one(Outcome::Denied),
            failed: one(Outcome::Failed),
            unknown: one(Outcome::Unknown),
            first: head.time,
            last: head.time,
            columns: Vec::new(),
        });
    }

    fn add(&mut self, other: &Usage) {
        self.count += other.count;
        self.done += other.done;
        self.denied += other.denied;
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crashcart_model::Account;
    use serde_json::json;

    use super::*;
    use crate::filter::Filter;
    use crate::testing::{call, folder, listing, options};

    fn asked(id: &str, folder: &Path, threads: usize) -> Whois {
        let options = options(threads, Filter::default());
        let (listing, progress) = (listing(folder), Progress::default());
        let material = Some((&listing, &options, &progress));
        whois(id, &Environment::default(), material).unwrap().0
    }

    fn ids(listed: &Listed) -> Vec<&str> {
        let ids = listed.events.iter().map(|event| event.origin.event_id.as_ref().unwrap().raw());
        ids.collect()
    }

    fn names(usage: &Usage, column: &str) -> Vec<(String, u64)> {
        let column = usage.columns.iter().find(|known| known.name == column).unwrap();
        column.rows.iter().map(|row| (row.value.raw().to_owned(), row.count)).collect()
    }

    #[test]
    fn without_material_the_id_alone_speaks_and_the_environment_names_its_account() {
        let mut environment = Environment::default();
        environment.accounts.insert("029608264753".into(), Account { name: "payments".into() });
        let (told, coverage) = whois("ASIAQNZGKIQY56JQ7WML", &environment, None).unwrap();
        assert_eq!(
            told.account.map(|account| account.to_string()).as_deref(),
            Some("029608264753")
        );
        assert_eq!(told.account_name.as_deref(), Some("payments"));
        assert_eq!((told.seen, coverage), (None, None));
    }

    #[test]
    fn with_material_a_key_has_its_maker_its_owner_its_calls_and_who_else_named_it() {
        let key = "AKIAQNZGKIQY56JQ7WML";
        let made =
            json!({"responseElements": {"accessKey": {"accessKeyId": key, "userName": "max"}}});
        let by_key = |error: &str| {
            let arn = "arn:aws:iam::111122223333:user/max";
            let identity = json!({"type": "IAMUser", "arn": arn, "accessKeyId": key});
            json!({"userIdentity": identity, "errorCode": error})
        };
        let removed = json!({"requestParameters": {"accessKeyId": key}});
        let folder = folder(&[
            (
                "a.json",
                vec![
                    call("DeleteAccessKey", "5", "2026-05-04T05:00:00Z", removed),
                    call("ListUsers", "4", "2026-05-04T04:00:00Z", by_key("AccessDenied")),
                    call("ListRoles", "3", "2026-05-04T03:00:00Z", by_key("")),
                ],
            ),
            ("b.json", vec![call("CreateAccessKey", "1", "2026-05-04T01:00:00Z", made)]),
            ("c.json", vec![call("ListUsers", "2", "2026-05-04T02:00:00Z", by_key("Throttling"))]),
            ("d.json", vec![call("GetUser", "6", "2026-05-04T02:00:00Z", json!({}))]),
        ]);
        let told = asked(key, folder.path(), 1);
        assert!(told.notes.iter().any(|note| note.contains("not one whose trails")));
        let seen = told.seen.as_ref().unwrap();
        assert_eq!(ids(&seen.issued_by), ["1"]);
        assert_eq!(seen.issued_to, ["max".into()]);
        assert_eq!(ids(&seen.mentioned), ["5"]);
        let used = seen.used.as_ref().unwrap();
        assert_eq!(
            (used.count, used.done, used.denied, used.failed, used.unknown),
            (3, 1, 1, 1, 0)
        );
        assert_eq!(used.first, Timestamp::parse("2026-05-04T02:00:00Z"));
        assert_eq!(used.last, Timestamp::parse("2026-05-04T04:00:00Z"));
        let calls = [("iam:ListUsers".to_owned(), 2), ("iam:ListRoles".to_owned(), 1)];
        assert_eq!(names(used, "event"), calls);
        let max = [("arn:aws:iam::111122223333:user/max".to_owned(), 3)];
        assert_eq!(names(used, "principal"), max);
        assert_eq!(asked(key, folder.path(), 4), told);
    }

    #[test]
    fn an_id_that_the_material_does_not_name_was_not_used() {
        let folder = folder(&[("a.json", vec![call("A", "1", "2026-05-04T01:00:00Z", json!({}))])]);
        let seen = asked("AKIAQNZGKIQY56JQ7WML", folder.path(), 1).seen.unwrap();
        assert_eq!((seen.used, seen.issued_by.count, seen.mentioned.count), (None, 0, 0));
    }

    #[test]
    fn more_events_than_are_listed_are_counted() {
        let named = json!({"requestParameters": {"instanceId": "i-0dbc91f429e48eeed"}});
        let event = |at: usize| {
            let time = format!("2026-05-04T01:{:02}:{:02}Z", at / 60, at % 60);
            call("StopInstances", &at.to_string(), &time, named.clone())
        };
        let folder = folder(&[("a.json", (0..150).rev().map(event).collect())]);
        let seen = asked("i-0dbc91f429e48eeed", folder.path(), 1).seen.unwrap();
        assert_eq!((seen.mentioned.count, seen.mentioned.events.len()), (150, LISTED));
        assert_eq!(ids(&seen.mentioned).first(), Some(&"0"), "the earliest are listed");
    }

    #[test]
    fn the_ids_of_a_real_incident_are_found_as_counted_by_hand() {
        let Some(path) = crashcart_testkit::shared_data("story-invictus/CloudTrail") else {
            return;
        };
        // A session's key: 29 denied calls of one name in three seconds, issued by one AssumeRole.
        let told = asked("ASIATFQR7NSCWLLE7IWW", &path, 1);
        let seen = told.seen.as_ref().unwrap();
        let used = seen.used.as_ref().unwrap();
        assert_eq!((used.count, used.denied), (29, 29));
        assert_eq!(used.first, Timestamp::parse("2023-07-10T11:54:47Z"));
        assert_eq!(used.last, Timestamp::parse("2023-07-10T11:54:50Z"));
        assert_eq!(names(used, "event"), [("ec2:GetPasswordData".to_owned(), 29)]);
        assert_eq!(names(used, "address"), [("192.168.10.20".to_owned(), 29)]);
        assert_eq!((seen.issued_by.count, seen.mentioned.count), (1, 0));
        assert_eq!(seen.issued_to.len(), 1);
        assert_eq!(asked("ASIATFQR7NSCWLLE7IWW", &path, 4), told);

        // A key that was made and deleted and never used.
        let seen = asked("AKIATFQR7NSCQLA2F4OD", &path, 2).seen.unwrap();
        assert_eq!((seen.used, seen.issued_to), (None, vec!["malicious-iam-user".into()]));
        let name = |listed: &Listed| listed.events[0].name.raw().to_owned();
        assert_eq!(name(&seen.issued_by), "CreateAccessKey");
        assert_eq!(name(&seen.mentioned), "DeleteAccessKey");

        // An instance whose role's credentials made 15 calls; 66 records name it.
        let seen = asked("i-0dbc91f429e48eeed", &path, 2).seen.unwrap();
        assert_eq!(seen.used.map(|used| used.count), Some(15));
        assert_eq!((seen.issued_by.count, seen.mentioned.count), (1, 50));
    }
}
