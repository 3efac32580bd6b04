//! What a row of the corpus's table of calls says. It must never grow logic: a row is data.

/// Who makes such a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Users and roles.
    Principal,
    /// An AWS service on its own behalf.
    Service,
}

/// What CloudTrail says about such a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A management event that reads.
    Read,
    /// A management event that changes something.
    Write,
    /// A data event of S3 that reads.
    ObjectRead,
    /// A data event of S3 that changes something.
    ObjectWrite,
    /// A data event of Lambda.
    Invocation,
}

/// One row.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) weight: usize,
    pub(super) by: By,
    pub(super) class: Class,
    pub(super) service: &'static str,
    pub(super) name: &'static str,
    pub(super) request: &'static str,
    pub(super) response: &'static str,
}
