//! What a responder relies on when material is read: real logs, every shape in every container,
//! hostile input, and accounts in which every byte stands.

mod accounts;
mod archives;
mod generate;
mod hostile;
mod real_logs;
pub mod seen;
mod shapes;
mod tables;
