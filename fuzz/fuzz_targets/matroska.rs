#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| quayside_inspect_fuzz::run("matroska", input));
