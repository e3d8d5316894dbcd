//! YAML with places: files become trees whose every node knows its line and column, and settings are decoded from the
//! trees with serde, so that *all* mistakes of a file are reported at once, each where it stands.
//!
//! The client's card names `serde_yaml`, which is archived; the parser of its maintained successor (serde-saphyr) is used
//! here and nowhere else. Scalars keep their text until a setting asks for a type: a code `012`, a country `NO` and a
//! version `1.10` that are asked for as text stay what was written.

mod decode;
mod entries;
#[cfg(test)]
pub(crate) mod literate;
mod located;
mod mistake;
mod node;
mod problem;
mod shared;

pub use decode::{decode, decode_partly};
pub use entries::Entries;
pub use located::Located;
pub use node::{Node, Place, SourceFile, parse};
pub use problem::{Problem, Problems, nearest};
pub use shared::{CommonKeys, Shared};
