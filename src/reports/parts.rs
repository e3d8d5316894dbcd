//! A notice as data that is too long for one message, as several.

use serde_json::{Map, Value as Json, json};

/// The most that a body holds, in bytes, but for an entry that alone is longer: what queues and gateways commonly take.
pub(super) const ROOM: usize = 256 * 1024;

/// The body as it is where it fits. Otherwise several: each has all that `data` says but its lists, whose entries stand in
/// one of them each, in their order, and `part`, as `{ "number": 2, "of": 3 }`.
pub(super) fn dealt(body: Json, room: usize) -> Vec<Json> {
    if size(&body) <= room {
        return vec![body];
    }
    let (frame, lists) = taken_apart(body);
    let room = room.saturating_sub(size(&frame));
    let (mut parts, mut used) = (vec![frame.clone()], 0);
    for (list, entry) in lists.into_iter().flat_map(|(list, all)| all.into_iter().map(move |one| (list.clone(), one))) {
        let needed = size(&entry) + 1;
        if used > 0 && used + needed > room {
            parts.push(frame.clone());
            used = 0;
        }
        used += needed;
        let list = parts.last_mut().and_then(|part| part.get_mut("data")?.get_mut(&list)?.as_array_mut());
        if let Some(entries) = list {
            entries.push(entry);
        }
    }
    let of = parts.len();
    for (nth, part) in parts.iter_mut().enumerate() {
        if let Some(data) = data(part) {
            data.insert("part".to_owned(), json!({ "number": nth + 1, "of": of }));
        }
    }
    parts
}

/// The body with empty lists, and what was in them.
fn taken_apart(mut body: Json) -> (Json, Vec<(String, Vec<Json>)>) {
    let mut lists = Vec::new();
    for (name, value) in data(&mut body).into_iter().flatten() {
        if let Some(entries) = value.as_array_mut() {
            lists.push((name.clone(), std::mem::take(entries)));
        }
    }
    (body, lists)
}

fn data(body: &mut Json) -> Option<&mut Map<String, Json>> {
    body.get_mut("data")?.as_object_mut()
}

fn size(json: &Json) -> usize {
    serde_json::to_vec(json).map_or(0, |bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Content, Exceptions},
        reports::{
            fixtures::{notice, october},
            payload,
        },
    };

    fn body(alerts: usize) -> Json {
        let alert = |n: usize| json!({ "id": n, "message": "x".repeat(80) });
        let alerts: Vec<Json> = (0..alerts).map(alert).collect();
        json!({ "type": "t", "data": { "period": "2025-10", "alerts": alerts, "muted": [{ "id": "m" }], "none": [] } })
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(dealt(body(3), 1000), [body(3)]);
    }

    #[test]
    fn a_long_one_is_dealt_out_and_nothing_is_lost() {
        let parts = dealt(body(1000), 4096);
        assert!(parts.len() > 20, "{}", parts.len());
        let mut whole = body(0);
        whole["data"]["muted"] = json!([]);
        for (nth, part) in parts.iter().enumerate() {
            // What numbers a part comes on top.
            assert!(size(part) <= 4096 + 40, "{}", size(part));
            assert_eq!(part["data"]["part"], json!({ "number": nth + 1, "of": parts.len() }));
            assert_eq!((&part["type"], &part["data"]["period"]), (&json!("t"), &json!("2025-10")));
            assert_eq!(part["data"]["none"], json!([]));
            for list in ["alerts", "muted"] {
                let entries = part["data"][list].as_array().expect("a list").clone();
                whole["data"][list].as_array_mut().expect("a list").extend(entries);
            }
        }
        assert_eq!(whole, body(1000));
    }

    /// A report of 3,750 alerts, as a group of all practices may have it.
    #[test]
    fn every_alert_of_a_long_report_is_in_one_part() {
        let line = october().new.remove(0);
        let notice = notice(Content::Exceptions(Exceptions { new: vec![line; 3745], ..october() }));
        let parts = dealt(payload::of(&notice), ROOM);
        let held = |part: &Json| part["data"]["alerts"].as_array().map_or(0, Vec::len);
        let all = parts.iter().map(held).sum::<usize>();
        let counts = parts[0]["data"]["counts"].as_object().expect("counts");
        assert_eq!(all as u64, counts.values().filter_map(Json::as_u64).sum::<u64>());
        assert!(parts.len() > 1 && all > 3745, "{} parts, {all} alerts", parts.len());
    }

    #[test]
    fn an_entry_that_is_too_long_alone_is_not_cut() {
        let parts = dealt(body(3), 10);
        assert_eq!(parts.len(), 4);
        assert!(parts.iter().take(3).all(|part| part["data"]["alerts"].as_array().map(Vec::len) == Some(1)));
    }
}
