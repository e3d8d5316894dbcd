//! The targets of `cargo fuzz`: each looks for bytes for which its property does not hold. See `README.md`.

pub mod properties;

use std::panic;

#[doc(hidden)]
pub use libfuzzer_sys;

/// Makes a target of the property of this name.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::tolerate_contained_panics(),
            |bytes: &[u8]| $crate::properties::property($name)(bytes)
        );
    };
}

/// libFuzzer ends with any panic on any thread. One is no finding: a library that reads workbooks or Parquet gives up,
/// on the thread that was made for that, and the file is refused (`src/tables/formats/apart.rs`). A panic in the
/// product's own code there is one.
pub fn tolerate_contained_panics() {
    let ends = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        let reader = std::thread::current().name() == Some("table-reader");
        let library = panicked.location().is_some_and(|location| location.file().contains("/registry/src/"));
        if !(reader && library) {
            ends(panicked);
        }
    }));
}
