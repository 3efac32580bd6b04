//! Edits on samples of the shape `query_results`: no panic, and every byte in the accounts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crashcart_fuzz::decode_shape("query_results", bytes));
