//! How far this machine's clock is from AWS's.
//!
//! AWS refuses what is signed more than five minutes off (IAM User Guide, "Signature Version 4 for
//! API requests": "When a request must reach AWS"), and a cut-off put by a clock that is behind
//! leaves alive every session that began since. The SDK's runtime signs with AWS's time once an
//! answer told it; this measures the same from the same answers, for the times that plans,
//! journals and evidence hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::SystemTime;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::date_time::Format;
use jiff::{SignedDuration, Timestamp};

/// AWS's clock, as the last answer that named a time told it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    /// Milliseconds to add to this machine's time; 0 until they are known to differ.
    ahead: Arc<AtomicI64>,
    /// Who is told, once, that they differ by more than anybody would overlook.
    listener: Option<fn(SignedDuration)>,
    is_told: Arc<AtomicBool>,
}

/// Whoever compares times by hand need not know of less.
const NOTABLE: SignedDuration = SignedDuration::from_secs(5);

/// When a request left, by this machine's clock.
#[derive(Debug, Clone, Copy)]
struct Sent(i64);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Clock {
    /// A clock whose listener is told how far AWS's is ahead of this machine's, if it is not the same.
    pub fn new(listener: Option<fn(SignedDuration)>) -> Self {
        Self { listener, ..Self::default() }
    }

    /// AWS's time.
    pub fn now(&self) -> Timestamp {
        let here = local();
        here.saturating_add(self.ahead()).unwrap_or(here)
    }

    fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead.load(Ordering::Relaxed))
    }

    /// An answer named a time; all in milliseconds since 1970.
    fn told(&self, sent: i64, named: i64, came: i64) {
        self.ahead.store(difference(sent, named, came), Ordering::Relaxed);
        let ahead = self.ahead();
        if let Some(listener) = self.listener
            && ahead.abs() >= NOTABLE
            && !self.is_told.swap(true, Ordering::Relaxed)
        {
            listener(ahead);
        }
    }
}

/// What must be added to this machine's time, if anything. The `Date` header has whole seconds:
/// AWS's time was in the second that begins with it, some time between sending and receiving.
fn difference(sent: i64, named: i64, came: i64) -> i64 {
    let (least, most) = (named.saturating_sub(came), (named + 1000).saturating_sub(sent));
    if least <= 0 && most >= 0 { 0 } else { i64::midpoint(least, most) }
}

#[allow(
    clippy::disallowed_methods,
    reason = "what is sent is signed with a time, and answered at one"
)]
fn local() -> Timestamp {
    Timestamp::now()
}

#[dyn_dispatch_hint]
impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Sent(local().as_millisecond()));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let came = local().as_millisecond();
        let headers = context.response().headers();
        // What a proxy kept was answered earlier (RFC 9111, 5.1).
        let date = headers.get("date").filter(|_| headers.get("age").is_none());
        let named = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let named = named.and_then(|date| SystemTime::try_from(date).ok());
        let named = named.and_then(|date| Timestamp::try_from(date).ok());
        if let (Some(named), Some(Sent(sent))) = (named, config.load::<Sent>()) {
            self.told(*sent, named.as_millisecond(), came);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_may_be_right_is_right() {
        // Sent at 10.9 s, answered within the second 11, back at 11.2 s.
        assert_eq!(difference(10_900, 11_000, 11_200), 0);
        // The same second all along, and a slow answer.
        assert_eq!(difference(11_100, 11_000, 11_300), 0);
        assert_eq!(difference(11_000, 19_000, 20_500), 0);
    }

    #[test]
    fn a_clock_that_is_wrong_is_so_by_the_middle_of_what_it_may_be() {
        // Behind: AWS's clock was between 599.8 and 601.1 s ahead.
        assert_eq!(difference(10_900, 611_000, 11_200), 600_450);
        // Ahead: between 600.2 and 598.9 s.
        assert_eq!(difference(610_900, 11_000, 611_200), -599_550);
    }

    #[test]
    fn the_time_is_aws_s_once_it_is_known() {
        let clock = Clock::default();
        assert_eq!(clock.ahead(), SignedDuration::ZERO);
        let here = local().as_millisecond();
        clock.told(here, here + 3_600_000, here);
        let ahead = clock.now().as_millisecond() - local().as_millisecond();
        assert!((3_600_000 - 1_000..=3_600_000 + 1_000).contains(&ahead), "{ahead}");
    }
}
