//! One text that stands for several files: `=== name` on a line of its own begins each.
//!
//! Bytes change slowly under a fuzzer's hand when they stand as they are, so archives and homes are written this way in
//! the corpus and packed by the property.

/// A file and its bytes.
pub type Section<'a> = (String, &'a [u8]);

const MARK: &[u8] = b"=== ";

/// The sections of a text; what stands before the first is left out.
pub fn sections(bytes: &[u8]) -> Vec<Section<'_>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    if !rest.starts_with(MARK) {
        rest = next(rest);
    }
    while let Some(section) = rest.strip_prefix(MARK) {
        let end = section.iter().position(|byte| *byte == b'\n').unwrap_or(section.len());
        let (name, content) = section.split_at(end);
        let content = content.get(1..).unwrap_or_default();
        rest = if content.starts_with(MARK) { content } else { next(content) };
        let length = content.len() - rest.len();
        // The line end before the next mark belongs to the mark.
        let content = &content[..if rest.is_empty() { length } else { length.saturating_sub(1) }];
        found.push((String::from_utf8_lossy(name).into_owned(), content));
    }
    found
}

/// From the next mark at the start of a line on.
fn next(bytes: &[u8]) -> &[u8] {
    let at = bytes.windows(MARK.len() + 1).position(|window| window[0] == b'\n' && &window[1..] == MARK);
    at.and_then(|at| bytes.get(at + 1..)).unwrap_or_default()
}

/// A section as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
