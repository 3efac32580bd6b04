//! From bytes to records: containers, decompressors, formats.
//!
//! Pure and total: data trouble is a [`crashcart_model::Gap`], never an error and never a panic.

#![forbid(unsafe_code)]

pub mod json;
