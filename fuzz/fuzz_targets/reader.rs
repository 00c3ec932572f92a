#![no_main]

use std::sync::LazyLock;

/// Which reader is fed: the name of one in `inspect/src/format.rs`, or `sniff`.
static READER: LazyLock<String> = LazyLock::new(|| std::env::var("READER").expect("READER says which reader is fed"));

libfuzzer_sys::fuzz_target!(|input: &[u8]| quayside_inspect_fuzz::run(&READER, input));
