//! What must hold of all that reads what others wrote, whatever the bytes.
//!
//! Each property takes any bytes and panics where it does not hold. The targets of `cargo fuzz` look for bytes that break
//! one; `tests/fuzz_corpus.rs` of the main crate holds the same properties against every input below `corpus/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a property that does not hold panics")]
#![allow(unreachable_pub, reason = "this is a crate of its own, and a module of a test")]

mod expressions;
mod figures;
mod formats;
mod packing;
mod reading;
mod sections;
mod settings;

/// Something that must hold, whatever the bytes.
pub type Property = fn(&[u8]);

/// Every property, by the name of its target and of the folder below `corpus/`.
pub const PROPERTIES: [(&str, Property); 16] = [
    ("any", formats::any),
    ("cells", figures::cells),
    ("config", settings::config),
    ("delimited", formats::delimited),
    ("expressions", expressions::expressions),
    ("infer", settings::infer),
    ("json", formats::json),
    ("layout", settings::layout),
    ("ods", formats::ods),
    ("packed", formats::packed),
    ("parquet", formats::parquet),
    ("periods", figures::periods),
    ("xls", formats::xls),
    ("xlsx", formats::xlsx),
    ("yaml", settings::yaml),
    ("zip", formats::zip),
];

/// The property of this name.
#[must_use]
pub fn property(name: &str) -> Property {
    let found = PROPERTIES.iter().find(|(known, _)| *known == name);
    found.map(|(_, property)| *property).expect("the name of a target")
}
