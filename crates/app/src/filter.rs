//! Which events a use case looks at; the same filters for all of them.

use crashcart_model::{Head, LogText, Outcome, Record, Str, Timestamp, principal_name};
use memchr::memmem;

/// All parts must hold; an empty part holds always; within a part one entry is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Not before this moment. An event without a time is kept: it may be within.
    pub since: Option<Timestamp>,
    /// Not after this moment.
    pub until: Option<Timestamp>,
    /// Access key ids.
    pub keys: Vec<String>,
    /// ARNs or parts of them, principal ids, user names.
    pub principals: Vec<String>,
    /// Source addresses.
    pub addresses: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Account numbers, of the trail or of the caller.
    pub accounts: Vec<String>,
    /// Event names; `iam:CreateUser` and `CreateUser` both.
    pub events: Vec<String>,
    /// Only calls that did not take effect.
    pub errors: bool,
    /// Free text anywhere in the record, case-sensitive.
    pub terms: Vec<String>,
}

impl Filter {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The parts that hold something, in words, as `account 111122223333`.
    pub fn words(&self) -> Vec<LogText> {
        let mut words: Vec<LogText> = Vec::new();
        let mut add = |text: String| words.push(LogText::new(text));
        if let Some(since) = self.since {
            add(format!("since {since}"));
        }
        if let Some(until) = self.until {
            add(format!("until {until}"));
        }
        for (one, texts) in [
            ("key", &self.keys),
            ("principal", &self.principals),
            ("address", &self.addresses),
            ("region", &self.regions),
            ("account", &self.accounts),
            ("event", &self.events),
            ("text", &self.terms),
        ] {
            if !texts.is_empty() {
                add(format!("{one} {}", texts.join(" or ")));
            }
        }
        if self.errors {
            add("calls without effect".to_owned());
        }
        words
    }

    /// Whether the event passes.
    pub fn passes(&self, record: &Record<'_>, head: &Head<'_>) -> bool {
        self.time(head)
            && one_of(&self.regions, head.region)
            && one_of(&self.addresses, head.address)
            && self.event(head)
            && self.who(head)
            && (!self.errors || !matches!(head.outcome(), Outcome::Done))
            && self.terms.iter().all(|term| contains(record, term))
    }

    fn time(&self, head: &Head<'_>) -> bool {
        let Some(time) = head.time else { return true };
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
    }

    fn event(&self, head: &Head<'_>) -> bool {
        self.events.is_empty()
            || self.events.iter().any(|wanted| {
                let (service, name) = wanted.split_once(':').unwrap_or(("", wanted));
                head.name.is_some_and(|text| text.text().eq_ignore_ascii_case(name))
                    && (service.is_empty()
                        || head.source.is_some_and(|source| {
                            source.text().split('.').next().is_some_and(|s| s == service)
                        }))
            })
    }

    fn who(&self, head: &Head<'_>) -> bool {
        if self.keys.is_empty() && self.principals.is_empty() && self.accounts.is_empty() {
            return true;
        }
        let identity = head.identity();
        let named = |wanted: &String| {
            principal_name(identity).contains(wanted.as_str())
                || [identity.principal_id, identity.user_name]
                    .into_iter()
                    .flatten()
                    .any(|text| text.text() == *wanted)
        };
        let account = one_of(&self.accounts, head.recipient)
            || identity.account.is_some() && one_of(&self.accounts, identity.account);
        one_of(&self.keys, identity.access_key)
            && (self.principals.is_empty() || self.principals.iter().any(named))
            && account
    }
}

fn one_of(wanted: &[String], field: Option<Str<'_>>) -> bool {
    wanted.is_empty() || field.is_some_and(|text| wanted.iter().any(|wanted| text.is(wanted)))
}

/// Free text is looked for in the record's text, and where that may be escaped in its values.
fn contains(record: &Record<'_>, term: &str) -> bool {
    let json = record.json();
    if memmem::find(json.as_bytes(), term.as_bytes()).is_some() {
        return true;
    }
    let escapes = memchr::memchr(b'\\', json.as_bytes()).is_some();
    escapes && within(record.as_value(), term)
}

fn within(value: crashcart_model::Value<'_>, term: &str) -> bool {
    use crashcart_model::Value;
    match value {
        Value::String(text) => text.text().contains(term),
        Value::Array(items) | Value::Object(items) => {
            items.members().any(|(key, value)| key.text().contains(term) || within(value, term))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crashcart_testkit::with_record;

    const EVENT: &str = r#"{"eventTime":"2026-05-04T02:13:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","errorCode":"AccessDenied","recipientAccountId":"111122223333","userIdentity":{"arn":"arn:aws:iam::111122223333:user/nina","accessKeyId":"AKIA1","userName":"nina"},"requestParameters":{"userName":"a\"b"}}"#;

    fn passes(filter: Filter) -> bool {
        with_record(EVENT, |record| filter.passes(record, &Head::of(record)))
    }

    #[test]
    fn a_filter_says_what_it_lets_through() {
        let filter = Filter {
            accounts: vec!["111122223333".into(), "444455556666".into()],
            since: Timestamp::parse("2026-05-04T02:13:00Z"),
            errors: true,
            ..Filter::default()
        };
        let words = filter.words();
        let words: Vec<&str> = words.iter().map(LogText::raw).collect();
        let expected = [
            "since 2026-05-04T02:13:00Z",
            "account 111122223333 or 444455556666",
            "calls without effect",
        ];
        assert_eq!(words, expected);
        assert!(Filter::default().words().is_empty());
    }

    #[test]
    fn each_part_lets_through_what_it_names_and_stops_the_rest() {
        let with = |set: fn(&mut Filter)| {
            let mut filter = Filter::default();
            set(&mut filter);
            passes(filter)
        };
        assert!(with(|f| f.keys = vec!["AKIA1".into()]));
        assert!(!with(|f| f.keys = vec!["AKIA2".into()]));
        assert!(with(|f| f.principals = vec!["user/nina".into()]));
        assert!(with(|f| f.principals = vec!["nina".into()]));
        assert!(!with(|f| f.principals = vec!["nobody".into()]));
        assert!(with(|f| f.events = vec!["iam:CreateUser".into()]));
        assert!(!with(|f| f.events = vec!["sts:CreateUser".into()]));
        assert!(with(|f| f.accounts = vec!["111122223333".into()]));
        assert!(!with(|f| f.accounts = vec!["999999999999".into()]));
        assert!(with(|f| f.errors = true));
        assert!(with(|f| f.since = Timestamp::parse("2026-05-04T02:13:00Z")));
        assert!(!with(|f| f.since = Timestamp::parse("2026-05-04T02:13:01Z")));
        assert!(!with(|f| f.until = Timestamp::parse("2026-05-04T02:12:59Z")));
        assert!(with(|f| f.terms = vec!["198.51.100.7".into()]));
        assert!(with(|f| f.terms = vec!["a\"b".into()]), "text behind an escape is found");
        assert!(!with(|f| f.terms = vec!["absent".into()]));
    }
}
