//! Arbitrary bytes: no panic, and every byte that came out of a decompressor in the accounts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crashcart_fuzz::decode(bytes));
