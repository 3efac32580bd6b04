//! Probing: the throw-away credentials call again and again, side by side, and what AWS answers is
//! written down with the moment. It must never take trouble on the way for a denial.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crashcart_aws::services::ec2::DescribeRegions;
use crashcart_aws::services::sts::AssumeRole;
use crashcart_aws::{AwsError, Door};
use crashcart_model::Timestamp;

/// The pause between two calls of one credential.
const PACE: Duration = Duration::from_millis(250);
/// So many answers of one kind in a row count as steady: IAM's replicas do not agree at once.
pub(super) const STEADY: usize = 5;

/// Who calls, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The user's access key asks for the regions.
    Key,
    /// The key assumes the role.
    Assuming,
    /// A session of the user (GetSessionToken) asks for the regions.
    UserSession,
    /// A session of the role asks for the regions.
    RoleSession,
    /// So does another session of the role, by another name.
    OtherSession,
}

/// What refused a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A policy denies it, or none allows it.
    Policy,
    /// The credentials themselves are not taken.
    Credentials,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Works,
    Refused(By),
    /// Neither: throttled, lost, or something else, in words.
    Unclear(String),
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// When it was sent.
    pub(super) began: Timestamp,
    /// When its answer was there.
    pub(super) at: Timestamp,
    pub(super) answer: Answer,
    pub(super) request_id: Option<String>,
}

/// A credential that can be tried.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) who: Who,
    /// For people.
    pub(super) name: String,
    pub(super) door: Door,
    /// The role to assume, by its ARN; else the regions are asked for.
    pub(super) assume: Option<String>,
}

impl Probe {
    fn ask(&self) -> Sample {
        let began = self.door.now();
        let door = self.door.recording_apart();
        let outcome = match &self.assume {
            None => door.reader().ask(&DescribeRegions { all_regions: None }).map(|_| ()),
            Some(role) => door.reader().ask(&assuming(role, "probe")).map(|_| ()),
        };
        let answer = match outcome {
            Ok(()) => Answer::Works,
            Err(AwsError::Denied { .. }) => Answer::Refused(By::Policy),
            Err(AwsError::Credentials { .. }) => Answer::Refused(By::Credentials),
            Err(error) => Answer::Unclear(error.to_string()),
        };
        let request_id = door.asked().pop().and_then(|asked| asked.request_id);
        Sample { began, at: door.now(), answer, request_id }
    }
}

/// The request for a session of the role, as short as there is.
pub(super) fn assuming(role: &str, session: &str) -> AssumeRole {
    AssumeRole {
        role_arn: role.to_owned(),
        role_session_name: session.to_owned(),
        duration_seconds: None,
        serial_number: None,
        token_code: None,
    }
}

/// What was seen so far, by probe.
#[derive(Debug)]
pub(super) struct Seen<'p> {
    probes: &'p [Probe],
    samples: Vec<Mutex<Vec<Sample>>>,
}

impl Seen<'_> {
    /// The samples of one probe so far, in order.
    pub(super) fn of(&self, who: Who) -> Vec<Sample> {
        let index = self.probes.iter().position(|probe| probe.who == who);
        let samples = index.and_then(|index| self.samples.get(index));
        samples
            .map_or_else(Vec::new, |all| all.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Waits until something is so, at most so long; whether it is.
    pub(super) fn until(&self, bound: Duration, so: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + bound;
        loop {
            if so(self) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(PACE);
        }
    }
}

/// Lets all probes call for as long as `during` runs.
pub(super) fn probing<T>(probes: &[Probe], during: impl FnOnce(&Seen<'_>) -> T) -> T {
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let samples = probes.iter().map(|_| Mutex::default()).collect();
    let (seen, stop) = (Seen { probes, samples }, AtomicBool::new(false));
    std::thread::scope(|scope| {
        let _stop = Stop(&stop);
        for (probe, samples) in probes.iter().zip(&seen.samples) {
            let stop = &stop;
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let sample = probe.ask();
                    samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
                    std::thread::sleep(PACE);
                }
            });
        }
        during(&seen)
    })
}

/// The unbroken run of fitting answers at the end, where it is long enough to be steady. What is
/// unclear neither makes nor breaks it.
pub(super) fn steady(samples: &[Sample], fits: impl Fn(&Answer) -> bool) -> &[Sample] {
    let clear = |sample: &Sample| !matches!(sample.answer, Answer::Unclear(_));
    let broken = samples.iter().rposition(|sample| clear(sample) && !fits(&sample.answer));
    let run = samples.get(broken.map_or(0, |broken| broken + 1)..).unwrap_or_default();
    let first = run.iter().position(clear).unwrap_or(run.len());
    let run = run.get(first..).unwrap_or_default();
    if run.iter().filter(|sample| clear(sample)).count() < STEADY { &[] } else { run }
}

pub(super) fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Refused(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(answers: &str) -> Vec<Sample> {
        let sample = |(at, answer): (i64, char)| Sample {
            began: Timestamp::from_millis(at * 10),
            at: Timestamp::from_millis(at * 10 + 5),
            answer: match answer {
                'w' => Answer::Works,
                'd' => Answer::Refused(By::Policy),
                _ => Answer::Unclear("throttled".into()),
            },
            request_id: None,
        };
        (0..).zip(answers.chars()).map(sample).collect()
    }

    #[test]
    fn a_denial_counts_as_steady_only_after_the_last_call_that_worked() {
        let begins = |answers: &str| {
            steady(&samples(answers), is_refused).first().map(|sample| sample.began.millis() / 10)
        };
        assert_eq!(begins("wwddddd"), Some(2));
        assert_eq!(begins("wwdwddddd"), Some(4), "one replica still let it in");
        assert_eq!(begins("wwdddd"), None, "too few to say");
        assert_eq!(begins("wddddd?d"), Some(1), "trouble on the way is no answer");
        assert_eq!(begins("w?????"), None, "nor is it a denial");
        assert_eq!(begins("dddddw"), None);
    }
}
