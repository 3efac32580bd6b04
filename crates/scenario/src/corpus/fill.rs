//! Fills a template: `%` and a letter become a value that fits the place. It must never leave a
//! `%` behind, and never write a character that JSON would escape.

use crate::layout::time_text;
use crate::random::{ALPHANUMERIC, HEX, Random};
use crate::unique_id::unique_id;
use crashcart_model::AccountId;

/// Names of roles, clusters, stacks and repositories.
pub(super) const ROLES: [&str; 12] = [
    "shop-web",
    "shop-worker",
    "payments-api",
    "search-index",
    "etl-nightly",
    "ml-training",
    "ci-deploy",
    "monitoring",
    "support-readonly",
    "gateway",
    "notifications",
    "data-platform",
];
/// Names of users.
pub(super) const USERS: [&str; 8] =
    ["amir", "beatriz", "chen", "deploy-bot", "elena", "backup-agent", "goran", "hanna"];
const BUCKETS: [&str; 10] = [
    "acme-shop-assets",
    "acme-logs-central",
    "acme-data-lake-raw",
    "acme-data-lake-curated",
    "acme-ml-features",
    "acme-backups",
    "acme-invoices",
    "acme-user-uploads",
    "acme-terraform-state",
    "acme-cdn-origin",
];
const TABLES: [&str; 6] = ["orders", "customers", "sessions", "inventory", "ratings", "events"];
const SECRETS: [&str; 5] =
    ["shop/database", "payments/provider", "search/api", "etl/warehouse", "gateway/tls"];

/// Where a template is filled: what stays the same within an event.
pub(super) struct Place<'a> {
    /// `%a`
    pub(super) account: &'a AccountId,
    /// `%R`
    pub(super) region: &'a str,
    /// `%t`
    pub(super) at: i64,
    /// What the call is about.
    pub(super) subject: Subject,
}

/// What a call is about: request, answer and resources name the same.
pub(super) struct Subject {
    /// `%r`
    role: &'static str,
    /// `%U`
    user: &'static str,
    /// `%b`
    bucket: &'static str,
    /// `%k` is made from this.
    object: u64,
    /// `%K` is made from this.
    key: u64,
}

impl Subject {
    /// A subject by chance.
    pub(super) fn any(random: &mut Random) -> Self {
        Self {
            role: random.pick(&ROLES),
            user: random.pick(&USERS),
            bucket: random.pick(&BUCKETS),
            object: random.next(),
            key: random.below(8) as u64,
        }
    }
}

/// Appends the filled template.
pub(super) fn fill(out: &mut String, template: &str, place: &Place<'_>, random: &mut Random) {
    let mut parts = template.split('%');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut rest = part.chars();
        if let Some(letter) = rest.next() {
            value(out, letter, place, random);
        }
        out.push_str(rest.as_str());
    }
}

fn value(out: &mut String, letter: char, place: &Place<'_>, random: &mut Random) {
    match letter {
        'a' => out.push_str(place.account.as_str()),
        'R' => out.push_str(place.region),
        't' => out.push_str(&time_text(place.at)),
        'r' => out.push_str(place.subject.role),
        'U' => out.push_str(place.subject.user),
        'b' => out.push_str(place.subject.bucket),
        'T' => out.push_str(random.pick(&TABLES)),
        's' => out.push_str(random.pick(&SECRETS)),
        'f' => {
            out.push_str(place.subject.role);
            out.push_str("-handler");
        }
        'd' => digits(out, random),
        'u' => random.uuid().push(out),
        'h' => random.push_from(HEX, 8, out),
        'H' => random.push_from(HEX, 64, out),
        'x' => random.push_from(ALPHANUMERIC, 75, out),
        'z' => random.push_from(ALPHANUMERIC, 200, out),
        'A' => out.push_str(&unique_id("ASIA", place.account, random)),
        'O' => out.push_str(&unique_id("AROA", place.account, random)),
        'k' => object_key(out, &mut Random::seeded(place.subject.object, 0)),
        // Resources that come back: few enough to repeat within a file, as they do in life.
        'i' => pooled(out, "i-0", place, random),
        'g' => pooled(out, "sg-0", place, random),
        'v' => pooled(out, "vpc-0", place, random),
        'n' => pooled(out, "subnet-0", place, random),
        'e' => pooled(out, "eni-0", place, random),
        'K' => Random::seeded(place.subject.key, account_number(place)).uuid().push(out),
        other => out.push(other),
    }
}

/// One to 254.
fn digits(out: &mut String, random: &mut Random) {
    let number = 1 + random.below(254);
    for (unit, shown) in [(100, number >= 100), (10, number >= 10), (1, true)] {
        if shown {
            out.push(char::from(b'0' + (number / unit % 10) as u8));
        }
    }
}

fn object_key(out: &mut String, random: &mut Random) {
    const FOLDERS: [&str; 5] = ["data/dt=2026-05-04/part-", "img/", "export/", "logs/app/", "tmp/"];
    const ENDS: [&str; 4] = [".parquet", ".json.gz", ".jpg", ".csv"];
    out.push_str(random.pick(&FOLDERS));
    random.uuid().push(out);
    out.push_str(random.pick(&ENDS));
}

fn account_number(place: &Place<'_>) -> u64 {
    place.account.as_str().bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// An id out of the account's forty of a kind.
fn pooled(out: &mut String, prefix: &str, place: &Place<'_>, random: &mut Random) {
    out.push_str(prefix);
    let member = random.below(40) as u64;
    Random::seeded(account_number(place) + prefix.len() as u64, member).push_from(HEX, 16, out);
}
