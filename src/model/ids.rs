//! Ids of deliveries and messages, as people read and write them.
//!
//! They begin with the time at which they were made, so that those of one minute begin alike: lists show the end.

use uuid::Uuid;

/// How much of an id people must write.
const LEAST: usize = 4;

/// The end of an id, as lists show it.
#[must_use]
pub fn short(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(_, end)| end)
}

/// Whether somebody who wrote this means this id: the whole of it, or four characters or more of its beginning or end, or of
/// the beginning of what lists show.
#[must_use]
pub fn is_meant(id: Uuid, written: &str) -> bool {
    let (id, written) = (id.to_string(), written.trim().to_ascii_lowercase());
    let is_part = id.starts_with(&written) || id.ends_with(&written) || short(&id).starts_with(&written);
    written.len() >= LEAST && is_part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_meant_by_itself_and_by_its_beginning_and_end() {
        let id: Uuid = "01a2053a-af12-74bb-a47f-71ed0d959900".parse().expect("an id");
        assert_eq!(short(&id.to_string()), "71ed0d959900");
        for written in
            ["01a2053a-af12-74bb-a47f-71ed0d959900", "71ed0d959900", "71ed", "71ed0d95990", " 9900 ", "01A2053A-AF"]
        {
            assert!(is_meant(id, written), "{written}");
        }
        for written in ["", "900", "01a2053b", "af12", "1ed0d95990"] {
            assert!(!is_meant(id, written), "{written}");
        }
    }
}
