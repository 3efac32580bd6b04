//! What a responder relies on when material is read: real logs, every shape in every container,
//! hostile input, and accounts in which every byte stands.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod archives;
#[cfg(test)]
mod beside;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod real_logs;
#[cfg(test)]
pub mod seen;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tables;
