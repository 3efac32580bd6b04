//! In which regions a principal's calls were served.
//!
//! Calls of global services are logged in us-east-1 whatever region served them (CloudTrail user
//! guide, "About global service events"). STS may be called by its global endpoint or by that of a
//! region; newer records say which, and which region served (IAM user guide, "AWS STS Regions and
//! endpoints"). Where a record does not tell, the region is unknown, and us-east-1 is not used.

use crashcart_model::{Head, Outcome, Record, Str};

use crate::earliest::Earliest;
use crate::global;
use crate::knowledge::service_of;

/// Where all global services are logged.
const LOGGED: &str = "us-east-1";

/// What the records tell of the regions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Served {
    /// Regions that a regional service was called in.
    regional: Earliest<64>,
    /// Global services that were called.
    global: Earliest<16>,
    /// Regions that served a call of a global endpoint, as the records say.
    told: Earliest<32>,
    /// A call of a global service does not say where it was served.
    untold: bool,
    /// Of the first and the third those that served a call which was neither refused nor failed.
    reached: Earliest<96>,
}

impl Served {
    pub(crate) fn observe(&mut self, record: &Record<'_>, head: &Head<'_>) {
        let Some(region) = head.region else { return };
        let refused = is_refused(head);
        let source = head.source.map(Str::text).unwrap_or_default();
        let service = service_of(&source);
        if region.raw() != LOGGED || !is_global(service, record, head) {
            self.regional.add(&region.text(), head.time);
            if !refused {
                self.reached.add(&region.text(), head.time);
            }
            return;
        }
        self.global.add(service, head.time);
        match details(head, "awsServingRegion") {
            Some(served) => {
                self.told.add(&served.text(), head.time);
                if !refused {
                    self.reached.add(&served.text(), head.time);
                }
            }
            None => self.untold = true,
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.regional.merge(&other.regional);
        self.global.merge(&other.global);
        self.told.merge(&other.told);
        self.untold |= other.untold;
        self.reached.merge(&other.reached);
    }

    /// Whether a regional service was called in the region.
    pub(crate) fn is_used(&self, region: &str) -> bool {
        region != LOGGED || self.regional.contains(region)
    }

    /// Whether a call that the region served was neither refused nor failed.
    pub(crate) fn is_reached(&self, region: &str) -> bool {
        self.reached.contains(region) || self.reached.is_full()
    }

    /// Global services that were called.
    pub(crate) fn global(&self) -> impl Iterator<Item = &str> {
        self.global.iter()
    }

    /// Regions that served global calls, as the records say.
    pub(crate) fn told(&self) -> impl Iterator<Item = &str> {
        self.told.iter()
    }

    /// Whether there are global calls that do not say where they were served.
    pub(crate) const fn has_untold(&self) -> bool {
        self.untold
    }
}

/// Whether a call came to nothing. Where its outcome is unknown, that is unknown too.
pub(crate) fn is_refused(head: &Head<'_>) -> bool {
    matches!(head.outcome(), Outcome::Denied | Outcome::Failed)
}

fn details<'a>(head: &Head<'a>, name: &str) -> Option<Str<'a>> {
    head.additional?.object("RequestDetails")?.text_of(name).filter(|text| !text.is_empty())
}

/// Whether a call logged in us-east-1 may have been served elsewhere.
fn is_global(service: &str, record: &Record<'_>, head: &Head<'_>) -> bool {
    match service {
        "sts" => {
            if let Some(kind) = details(head, "endpointType") {
                return kind.is("global");
            }
            // The endpoint of us-east-1 itself is a regional one.
            let host =
                record.object("tlsDetails").and_then(|tls| tls.text_of("clientProvidedHostHeader"));
            host.is_none_or(|host| !host.is("sts.us-east-1.amazonaws.com"))
        }
        "signin" => true,
        _ => global::is_global(service),
    }
}
