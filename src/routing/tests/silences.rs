//! After `silence/silence_test.go`: what may be asked for, where a silence stands, and how it ends.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::model::{Silence, SilenceId, SilenceState};

fn now() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().expect("a time")
}

fn hours(n: i64) -> Timestamp {
    now() + SignedDuration::from_hours(n)
}

fn request(matchers: &[&str], starts: Option<Timestamp>, ends: Timestamp) -> SilenceRequest {
    SilenceRequest {
        matchers: matchers.iter().map(|text| (*text).to_owned()).collect(),
        starts,
        ends,
        author: "Jo Bell".to_owned(),
        comment: "moving house".to_owned(),
    }
}

fn granted(request: &SilenceRequest) -> Result<Silence, SilenceError> {
    request.grant(SilenceId(Uuid::nil()), now())
}

#[test]
fn what_makes_no_sense_is_refused() {
    let words = |request: SilenceRequest| granted(&request).expect_err("refused").to_string();
    assert!(granted(&request(&["a=b"], None, hours(1))).is_ok());
    assert!(granted(&request(&["a=b"], Some(hours(2)), hours(2))).is_ok(), "the two may be the same moment");
    for matchers in [&[][..], &["a=\"\""], &["a=~\".*\"", "b!=\"x\""], &["{}"]] {
        assert!(words(request(matchers, None, hours(1))).starts_with("this would mute every alert"), "{matchers:?}");
    }
    assert!(words(request(&["a~b"], None, hours(1))).starts_with("`a~b` is no matcher: column 2:"));
    assert!(words(request(&["00=b=c=\""], None, hours(1))).contains("is no matcher"));
    assert!(words(request(&["a=~\"(\""], None, hours(1))).contains("is not a regular expression"));
    assert!(words(request(&["a=b"], Some(hours(2)), hours(1))).contains("before it begins"));
    assert!(words(request(&["a=b"], None, hours(-1))).contains("is past"));
    let nobody = SilenceRequest { author: " ".to_owned(), ..request(&["a=b"], None, hours(1)) };
    assert_eq!(words(nobody), "say who asks for it: it stands in reports");
    let unsaid = SilenceRequest { comment: String::new(), ..request(&["a=b"], None, hours(1)) };
    assert_eq!(words(unsaid), "say why: it stands in reports");
}

#[test]
fn it_is_pending_then_active_then_expired() {
    let silence = granted(&request(&["a=b"], Some(hours(1)), hours(2))).expect("a silence");
    for (at, state) in [
        (hours(0), SilenceState::Pending),
        (hours(1), SilenceState::Active),
        (hours(2), SilenceState::Active),
        (hours(2) + SignedDuration::from_millis(1), SilenceState::Expired),
    ] {
        assert_eq!(silence.state(at), state, "{at}");
    }
    let early = granted(&request(&["a=b"], Some(hours(-5)), hours(2))).expect("a silence");
    assert_eq!(early.starts, now(), "what was not asked for yet was not silent");
}

#[test]
fn it_can_be_ended_before_its_time_and_once() {
    for (starts, name) in [(None, "active"), (Some(hours(1)), "pending")] {
        let silence = granted(&request(&["a=b"], starts, hours(5))).expect("a silence");
        let at = now() + SignedDuration::from_mins(30);
        let ended = expire(&silence, at).expect(name);
        assert_eq!(ended.state(at), SilenceState::Expired, "{name}");
        assert_eq!(ended.state(hours(2)), SilenceState::Expired, "{name}");
        assert_eq!(expire(&ended, at), Err(SilenceError::Over(silence.id)), "{name}");
    }
}

#[test]
fn all_of_its_matchers_must_match() {
    let silence = granted(&request(&["a=b,c!~\"x|y\"", "d=\"\""], None, hours(1))).expect("a silence");
    for (pairs, takes) in [
        (&[("a", "b")][..], true),
        (&[("a", "b"), ("c", "z")], true),
        (&[("a", "b"), ("c", "x")], false),
        (&[("a", "b"), ("d", "1")], false),
        (&[("c", "z")], false),
    ] {
        assert_eq!(silence.takes(&labels(pairs)), takes, "{pairs:?}");
    }
    assert_eq!(silence.subject(), r#"a="b", c!~"x|y", d="""#);
    let json = serde_json::to_string(&silence).expect("JSON");
    assert_eq!(serde_json::from_str::<Silence>(&json).expect("read again"), silence);
}
