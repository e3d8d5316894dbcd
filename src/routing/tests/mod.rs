//! What Prometheus Alertmanager's own tests expect of a tree, of inhibition, of time intervals and of silences (at commit
//! 68fb2d5), in our words; and what is ours alone. Each file names its source.

mod holding;
mod inhibition;
mod intervals;
mod mistakes;
mod silences;
mod tree;

use std::sync::Arc;

use super::*;
use crate::{
    model::Labels,
    yaml::{Problems, SourceFile, decode, parse},
};

/// A policy of a file whose groups, labels and datasets are not looked at.
pub(super) fn policy(text: &str) -> Result<Policy, Vec<String>> {
    let file = Arc::new(SourceFile { path: "groups.yaml".into(), text: text.to_owned() });
    let names = Names { any: true, ..Names::default() };
    let settings = parse(&file).and_then(|node| decode::<PolicySettings>(&node));
    settings.and_then(|settings| Policy::compile(&settings, names)).map_err(Problems::lines)
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}
