//! Whether a rule is still the one whose alerts are known.

use super::{DerivedSettings, MeasureEntry, RuleSettings, kinds::Said};
use crate::{
    expr::Setting,
    model::matcher::Condition,
    spc::Charting,
    yaml::{Entries, SourceFile},
};

/// BLAKE3, in hexadecimal, of all that bears upon a rule's signals and alerts: its definition, how the control
/// charts that it asks for are read, and the whole text of the `.rhai` files that it can come to call. What is for readers only (summary, doc, tests) does not count; nor do the
/// places of files, limits, and the other rules.
pub(super) fn of(
    id: &str,
    settings: &RuleSettings,
    said: &Said,
    charting: Option<&Charting>,
    scripts: &[&SourceFile],
) -> String {
    let mut hash = Hash(blake3::Hasher::new());
    hash.part("rule", id);
    hash.part("dataset", &settings.dataset);
    hash.part("measure", &settings.measure);
    hash.part("severity", settings.severity.code());
    hash.part("when", &said.condition);
    hash.part("message", &said.message);
    hash.part("for", &settings.persistence.periods.to_string());
    hash.part("of last", &settings.persistence.of_last.to_string());
    hash.part("resolve_after", &settings.resolve_after.to_string());
    if let Some(periods) = settings.cannot_tell_for {
        hash.part("cannot_tell_for", &periods.to_string());
    }
    if let Some(roll_up) = &settings.roll_up {
        hash.part("roll_up by", &roll_up.by);
        hash.part("from", &format!("{:?}", roll_up.from));
    }
    hash.entries("where", &settings.only, Condition::written);
    hash.entries("labels", &settings.labels, Clone::clone);
    hash.entries("settings", &settings.settings, written);
    if let Some(charting) = charting {
        hash.part("chart", &charting.written());
    }
    for script in scripts {
        hash.part("script", &script.text);
    }
    hash.0.finalize().to_hex().to_string()
}

/// The same of a measure of one's own.
pub(super) fn of_derived(
    name: &str,
    settings: &DerivedSettings,
    entry: &MeasureEntry,
    scripts: &[&SourceFile],
) -> String {
    let mut hash = Hash(blake3::Hasher::new());
    hash.part("measure", name);
    hash.part("dataset", &settings.dataset);
    hash.part("from", &settings.from);
    let texts = [&settings.formula, &settings.share_of, &settings.count_of, &settings.sum_of, &settings.mean_of];
    for (at, text) in texts.into_iter().chain([&settings.plan]).enumerate() {
        hash.part(&at.to_string(), text.as_ref().map_or("", |text| text.value.as_str()));
    }
    hash.part("known", &settings.known.as_ref().map_or_else(String::new, |known| known.value.to_string()));
    hash.part("entry", &format!("{entry:?}"));
    hash.entries("where", &settings.only, Condition::written);
    for script in scripts {
        hash.part("script", &script.text);
    }
    hash.0.finalize().to_hex().to_string()
}

/// Numbers by their bits, and no kind of value like another.
fn written(setting: &Setting) -> String {
    match setting {
        Setting::Number(number) => format!("number {:016x}", number.to_bits()),
        Setting::Bool(value) => format!("bool {value}"),
        Setting::Text(text) => format!("text {text}"),
    }
}

struct Hash(blake3::Hasher);

impl Hash {
    /// Lengths stand before texts, so that no two definitions run into the same bytes.
    fn part(&mut self, name: &str, text: &str) {
        for text in [name, text] {
            self.0.update(&(text.len() as u64).to_le_bytes());
            self.0.update(text.as_bytes());
        }
    }

    /// The order in which entries are written means nothing.
    fn entries<V>(&mut self, name: &str, entries: &Entries<V>, written: impl Fn(&V) -> String) {
        let mut entries: Vec<_> = entries.iter().map(|(key, value)| (key.as_str(), written(value))).collect();
        entries.sort();
        for (key, value) in entries {
            self.part(name, key);
            self.part("=", &value);
        }
    }
}
