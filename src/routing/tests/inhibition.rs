//! After `inhibit/inhibit_test.go`: which alerts that fire keep which others silent.

use super::*;

fn inhibitions(text: &str) -> Vec<Inhibition> {
    policy(&format!("route: {{ to: [a] }}\ninhibit_rules:\n{text}")).expect("rules").inhibitions
}

fn is_muted(rules: &[Inhibition], firing: &[Labels], target: &[(&str, &str)]) -> bool {
    let target = labels(target);
    rules.iter().any(|rule| rule.source_of(&target, firing).is_some())
}

/// Of rules one and two, an alert that fires has the source side of the first, another both sides of the second.
fn firing() -> [Labels; 2] {
    [labels(&[("s1", "1"), ("t1", "2"), ("e", "1")]), labels(&[("s2", "1"), ("t2", "1"), ("e", "1")])]
}

#[test]
fn the_labels_named_in_equal_must_be_alike() {
    let with = |equal: &[&str]| {
        vec![Inhibition { equal: equal.iter().map(|name| (*name).to_owned()).collect(), ..Inhibition::default() }]
    };
    let input: &[(&str, &str)] = &[("a", "b")];
    assert!(!is_muted(&with(&[]), &[], input), "nothing fires");
    // Without sides, every alert is on both sides of a rule, and none of those is kept silent by another.
    let sided = vec![Inhibition {
        source: crate::model::matcher::parse("s=1").expect("a matcher"),
        equal: Vec::new(),
        ..Inhibition::default()
    }];
    assert!(is_muted(&sided, &[labels(&[("s", "1")])], input), "nothing need be alike");
    let equal = |names: &[&str]| {
        let mut rule = sided.clone();
        rule[0].equal = names.iter().map(|name| (*name).to_owned()).collect();
        rule
    };
    let source = |pairs: &[(&str, &str)]| vec![pairs.iter().copied().chain([("s", "1")]).collect::<Labels>()];
    assert!(is_muted(&equal(&["a"]), &source(&[("a", "b"), ("c", "f")]), input));
    assert!(!is_muted(&equal(&["a"]), &source(&[("a", "c"), ("c", "f")]), input));
    assert!(!is_muted(&equal(&["a", "b"]), &source(&[("a", "b"), ("b", "f")]), &[("a", "b"), ("b", "c")]));
    assert!(is_muted(&equal(&["x"]), &source(&[]), input), "neither has it: alike");
    assert!(!is_muted(&equal(&["x"]), &source(&[("x", "1")]), input), "one of them has it");
}

#[test]
fn an_alert_on_both_sides_is_not_silenced_by_its_like() {
    let rules = inhibitions(
        "  - { source_match: { s1: 1 }, target_match: { t1: 1 }, equal: [e] }\n  \
         - { source_match: { s2: 1 }, target_match: { t2: 1 }, equal: [e] }\n",
    );
    for (target, muted, why) in [
        (vec![("t1", "1"), ("e", "1")], true, "target of the first"),
        (vec![("t2", "1"), ("e", "1")], true, "target of the second"),
        (vec![("t1", "1"), ("t3", "1"), ("e", "1")], true, "target of the first, and more"),
        (vec![("t1", "1"), ("t2", "1"), ("e", "1")], true, "target of both"),
        (vec![("t1", "0"), ("e", "1")], false, "target of none"),
        (vec![("s1", "1"), ("t1", "1"), ("e", "1")], true, "both sides, the one that fires has the source alone"),
        (vec![("s2", "1"), ("t2", "1"), ("e", "1")], false, "both sides, and so has the one that fires"),
        (vec![("t1", "1"), ("e", "0")], false, "not alike"),
    ] {
        assert_eq!(is_muted(&rules, &firing(), &target), muted, "{why}");
    }
}

#[test]
fn the_same_with_matchers_one_of_which_asks_for_another_value() {
    let rules = inhibitions(
        "  - { source_matchers: ['s1=\"1\"'], target_matchers: ['t1!=\"1\"'], equal: [e] }\n  \
         - { source_matchers: ['s2=\"1\"'], target_matchers: ['t2=\"1\"'], equal: [e] }\n",
    );
    for (target, muted) in [
        (vec![("t1", "1"), ("e", "1")], false),
        (vec![("t2", "1"), ("e", "1")], true),
        (vec![("t1", "1"), ("t3", "1"), ("e", "1")], false),
        (vec![("t1", "1"), ("t2", "1"), ("e", "1")], true),
        (vec![("t1", "0"), ("e", "1")], true),
        (vec![("s1", "1"), ("t1", "1"), ("e", "1")], false),
        (vec![("s2", "1"), ("t2", "1"), ("e", "1")], true),
        (vec![("t1", "1"), ("e", "0")], false),
    ] {
        assert_eq!(is_muted(&rules, &firing(), &target), muted, "{target:?}");
    }
}

#[test]
fn a_source_that_does_not_fire_any_more_silences_nothing() {
    let rules = inhibitions("  - { source_match: { s: 1 }, target_match: { t: 1 }, equal: [e] }\n");
    let source = labels(&[("s", "1"), ("e", "f")]);
    assert!(!is_muted(&rules, &[], &[("t", "1"), ("e", "f")]));
    assert!(is_muted(&rules, std::slice::from_ref(&source), &[("t", "1"), ("e", "f")]));
    assert!(!is_muted(&rules, &[source], &[("s", "1"), ("e", "f")]), "the source itself is told of");
}
