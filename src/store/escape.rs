//! Names made safe for folders and addresses.

use std::fmt::Write;

/// The text with every byte outside `A–Z a–z 0–9` and `safe` as `%XX`, which is how addresses write such bytes.
pub(super) fn percent(text: &str, safe: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// A name as one folder's name: `2025/26` is `2025%2F26`. Reversible by any decoder of percent signs; two names never
/// share a folder, and none is hidden, empty, or leads out of where it stands.
pub(super) fn folder(name: &str) -> String {
    if name.is_empty() {
        return "%".to_owned();
    }
    let escaped = percent(name, b"-_.");
    match escaped.strip_prefix('.') {
        Some(rest) => format!("%2E{rest}"),
        None => escaped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_one_safe_name() {
        for (name, folder_name) in [
            ("les-activity", "les-activity"),
            ("2025-10", "2025-10"),
            ("2025/26", "2025%2F26"),
            ("2025/26-Q3", "2025%2F26-Q3"),
            ("..", "%2E."),
            (".hidden", "%2Ehidden"),
            ("a b%", "a%20b%25"),
            ("é", "%C3%A9"),
            ("", "%"),
            ("a\\b:c", "a%5Cb%3Ac"),
        ] {
            assert_eq!(folder(name), folder_name);
        }
    }
}
