//! Edits on samples of the shape `cloudtrail_digest`: no panic, and every byte in the accounts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crashcart_fuzz::decode_shape(
    "cloudtrail_digest",
    bytes
));
