//! Exit codes: they are API, published in the README and never renumbered.

use std::process::ExitCode;

/// What the process ends with. When several apply, the one listed first in [`Exit::PRECEDENCE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: the request cannot be carried out as it stands.
    BadRequest,
    /// 3: no access or no credentials.
    NoAccess,
    /// 4: done, with gaps.
    Gaps,
    /// 5: a change failed, and everything was given back.
    Undone,
    /// 6: something could not be given back.
    NotUndone,
    /// 70: a bug in crashcart.
    Bug,
}

impl Exit {
    /// Which code wins.
    const PRECEDENCE: [Self; 8] = [
        Exit::Bug,
        Exit::NotUndone,
        Exit::Undone,
        Exit::NoAccess,
        Exit::BadRequest,
        Exit::Gaps,
        Exit::Findings,
        Exit::Done,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::BadRequest => 2,
            Exit::NoAccess => 3,
            Exit::Gaps => 4,
            Exit::Undone => 5,
            Exit::NotUndone => 6,
            Exit::Bug => 70,
        }
    }

    /// What a run of a plan ends with.
    pub const fn of_ending(ending: crashcart_app::containment::Ending) -> Self {
        match ending.exit_code() {
            0 => Self::Done,
            4 => Self::Gaps,
            5 => Self::Undone,
            _ => Self::NotUndone,
        }
    }

    /// What an error ends with.
    pub fn of(error: &crashcart_app::AppError) -> Self {
        if error.is_bad_request() { Self::BadRequest } else { Self::NoAccess }
    }

    /// Of two that apply, the one that counts.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::PRECEDENCE.into_iter().find(|exit| *exit == self || *exit == other).unwrap_or(self)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_win_over_findings_and_a_bad_request_over_both() {
        assert_eq!(Exit::Findings.or(Exit::Gaps), Exit::Gaps);
        assert_eq!(Exit::Gaps.or(Exit::BadRequest), Exit::BadRequest);
        assert_eq!(Exit::Done.or(Exit::Findings), Exit::Findings);
        assert_eq!(Exit::Done.or(Exit::Done), Exit::Done);
        assert_eq!(Exit::NoAccess.or(Exit::Bug), Exit::Bug);
    }
}
