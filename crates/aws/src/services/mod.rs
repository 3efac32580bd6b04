//! The services and what is asked of them, one file for each.

pub mod cloudtrail;
pub mod ec2;
pub mod iam;
pub mod organizations;
pub mod s3;
pub mod sts;

use crate::Operation;

/// Every declared operation.
pub fn all() -> Vec<&'static Operation> {
    [iam::ALL, iam::making::ALL, sts::ALL, organizations::ALL, cloudtrail::ALL, ec2::ALL, s3::ALL]
        .concat()
}
