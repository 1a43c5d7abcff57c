#![no_main]

libfuzzer_sys::fuzz_target!(init: drop(std::panic::take_hook()), |input: &[u8]| guiju_fuzz::run(guiju_fuzz::laws::profile, input));
