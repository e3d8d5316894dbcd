//! What a rule can ask about earlier periods of its series.

use rhai::Engine;

pub(super) fn register(_engine: &mut Engine) {}
