//! A large ordinary corpus for the benchmark: several accounts, many services, a few percent of
//! errors and a thin scatter of calls that rules look for. Made file by file, so that it never
//! needs to be in memory or in the repository, and each file by itself, so that threads may share
//! the work.

mod fill;
mod kinds;
mod people;
mod rows;

use crashcart_model::AccountId;

use crate::layout::{self, DELIVERY_SECONDS, LogFile};
use crate::random::Random;
use crate::record::{self, Call, Caller};
use fill::{Place, Subject, fill};
use kinds::{By, Class, Kind};
use people::People;
use rows::KINDS;

/// Files of the whole corpus: about a gigabyte of JSON.
pub const CORPUS_FILES: usize = 1_615;
/// Events in each of them.
pub const CORPUS_EVENTS_PER_FILE: usize = 490;

/// 2026-05-01T00:00:00Z
const START: i64 = 1_777_593_600;
const ACCOUNTS: [&str; 6] = [
    "111122223333",
    "222233334444",
    "333344445555",
    "444455556666",
    "555566667777",
    "666677778888",
];
const REGIONS: [&str; 6] =
    ["us-east-1", "us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2"];
/// Of a thousand calls by principals, how many fail.
const FAILURES: usize = 35;
const ADDITIONAL: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"%x=","bytesTransferredOut":%d%d}"#;
const OBJECT: &str = r#"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::%b/%k"},{"accountId":"%a","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::%b"}]"#;
const FUNCTION: &str = r#"[{"accountId":"%a","type":"AWS::Lambda::Function","ARN":"arn:aws:lambda:%R:%a:function:%f"}]"#;
const KEY: &str = r#"[{"accountId":"%a","type":"AWS::KMS::Key","ARN":"arn:aws:kms:%R:%a:key/%K"}]"#;

/// The corpus, one file at a time and in order of their numbers.
pub fn corpus(seed: u64, files: usize, events_per_file: usize) -> impl Iterator<Item = LogFile> {
    (0..files).map(move |number| corpus_file(seed, number, events_per_file))
}

/// One file of the corpus by its number; no other file is needed for it.
pub fn corpus_file(seed: u64, number: usize, events: usize) -> LogFile {
    let mut random = Random::seeded(seed, number as u64);
    let region = REGIONS[number / ACCOUNTS.len() % REGIONS.len()];
    let round = number / (ACCOUNTS.len() * REGIONS.len());
    let delivery = START + i64::try_from(round).unwrap_or_default() * DELIVERY_SECONDS;
    let name = ACCOUNTS[number % ACCOUNTS.len()];
    let path = layout::path(name, region, delivery, &mut random);
    let Some(account) = AccountId::parse(name) else {
        return LogFile { path, bytes: Vec::new() };
    };
    let mut file = File {
        people: People::of(seed, &account, delivery.div_euclid(3600)),
        account,
        region,
        delivery,
        random,
        text: String::with_capacity(events * 1400),
        parts: Default::default(),
    };
    let text = file.write(events);
    LogFile { path, bytes: layout::gzip(&text) }
}

/// The filled templates of one event; kept to spare allocations.
#[derive(Default)]
struct Parts {
    request: String,
    response: String,
    additional: String,
    resources: String,
    message: String,
}

/// One file while it is written.
struct File<'a> {
    people: People,
    account: AccountId,
    region: &'a str,
    delivery: i64,
    random: Random,
    text: String,
    parts: Parts,
}

impl File<'_> {
    fn write(&mut self, events: usize) -> String {
        // One entry for each unit of weight: a draw is one look-up.
        let draw: Vec<&Kind> =
            KINDS.iter().flat_map(|kind| std::iter::repeat_n(kind, kind.weight)).collect();
        self.text.push_str("{\"Records\":[");
        for event in 0..events {
            if event > 0 {
                self.text.push(',');
            }
            let kind = self.random.pick(&draw);
            self.event(kind);
        }
        self.text.push_str("]}");
        std::mem::take(&mut self.text)
    }

    fn event(&mut self, kind: &Kind) {
        let at = self.delivery - 1 - self.random.seconds(300);
        let caller = self.people.any(kind.by, &mut self.random);
        let code = failure(kind, &mut self.random);
        let place = Place {
            account: &self.account,
            region: self.region,
            at,
            subject: Subject::any(&mut self.random),
        };
        self.parts.fill(kind, &place, &mut self.random);
        self.parts.message(kind, caller, code);
        let additional = match kind.class {
            Class::ObjectRead | Class::ObjectWrite => self.parts.additional.as_str(),
            _ if kind.service == "signin" => {
                r#"{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"Yes"}"#
            }
            _ => "",
        };
        let call = Call {
            service: kind.service,
            name: kind.name,
            read_only: matches!(kind.class, Class::Read | Class::ObjectRead),
            request: &self.parts.request,
            response: &self.parts.response,
            additional,
            resources: &self.parts.resources,
            error: (code, &self.parts.message),
            data: !matches!(kind.class, Class::Read | Class::Write),
        };
        let shared = (kind.by == By::Service).then(|| self.random.uuid());
        let (event, request) = (self.random.uuid(), self.random.uuid());
        let place = record::Place { at, region: self.region, event, request, shared };
        record::push(&mut self.text, place, caller, &call);
    }
}

/// The error code of a call, empty for most.
fn failure(kind: &Kind, random: &mut Random) -> &'static str {
    if kind.by == By::Service || kind.service == "signin" || random.below(1000) >= FAILURES {
        return "";
    }
    match (kind.service, random.below(4)) {
        ("ec2", 0 | 1) => "Client.UnauthorizedOperation",
        ("ec2", _) => "Client.RequestLimitExceeded",
        ("s3", 0) => "AccessDenied",
        ("s3", _) => "NoSuchKey",
        (_, 0 | 1) => "AccessDenied",
        (_, 2) => "ThrottlingException",
        _ => "ValidationException",
    }
}

impl Parts {
    fn fill(&mut self, kind: &Kind, place: &Place<'_>, random: &mut Random) {
        let (additional, resources) = match kind.class {
            Class::ObjectRead | Class::ObjectWrite => (ADDITIONAL, OBJECT),
            Class::Invocation => ("", FUNCTION),
            _ if kind.service == "kms" => ("", KEY),
            _ => ("", ""),
        };
        for (part, template) in [
            (&mut self.request, kind.request),
            (&mut self.response, kind.response),
            (&mut self.additional, additional),
            (&mut self.resources, resources),
        ] {
            part.clear();
            fill(part, template, place, random);
        }
    }

    fn message(&mut self, kind: &Kind, caller: &Caller, code: &str) {
        self.message.clear();
        let parts: &[&str] = match code {
            "" => &[],
            "AccessDenied" => &[
                "User in account ",
                &caller.account,
                " is not authorized to perform: ",
                kind.service,
                ":",
                kind.name,
                " because no identity-based policy allows the action",
            ],
            "Client.UnauthorizedOperation" => {
                &["You are not authorized to perform this operation."]
            }
            "NoSuchKey" => &["The specified key does not exist."],
            _ => &["Rate exceeded or request not valid for ", kind.name],
        };
        parts.iter().for_each(|part| self.message.push_str(part));
    }
}
