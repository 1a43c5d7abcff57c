//! Readers catch the panics of libraries that meet a damaged file. Panics of the program itself must not hide there.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Where the program panicked since the input was begun.
    static OWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs, and fails if a panic arose in the program, caught or not.
///
/// # Panics
/// See above.
pub fn unbroken(run: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            let Some(at) = info.location() else { return };
            if is_of_library(at.file()) {
                return;
            }
            OWN.with(|own| *own.borrow_mut() = Some(info.to_string()));
            before(info);
        }));
    });
    OWN.with(|own| *own.borrow_mut() = None);
    let end = catch_unwind(AssertUnwindSafe(run));
    let own = OWN.with(|own| own.borrow_mut().take());
    match (end, own) {
        (Err(panic), _) => resume_unwind(panic),
        (Ok(()), Some(caught)) => panic!("caught, but not of a library: {caught}"),
        (Ok(()), None) => {}
    }
}

fn is_of_library(file: &str) -> bool {
    file.contains("/registry/src/") || file.starts_with("/rustc/") || file.contains("/lib/rustlib/")
}
