//! What is refused, and where: after the tests of refusals in `config/config_test.go`.

use super::*;

fn refused(text: &str) -> Vec<String> {
    match policy(text) {
        Ok(_) => panic!("{text} is taken"),
        Err(problems) => problems.iter().map(|problem| problem.replace("groups.yaml:", "")).collect(),
    }
}

#[test]
fn the_top_takes_everything_at_any_time() {
    let cannot =
        |what: &str| format!("the top of the route takes what matches nothing else: it cannot have `{what}` itself");
    for (text, what, place) in [
        ("route:\n  to: [a]\n  match: { severity: critical }\n", "match", "3:22"),
        ("route:\n  to: [a]\n  match_re: { severity: critical }\n", "match_re", "3:25"),
        ("route:\n  to: [a]\n  matchers: ['severity=\"critical\"']\n", "matchers", "3:14"),
        ("route:\n  to: [a]\n  continue: true\n", "continue", "3:13"),
        (
            "route:\n  to: [a]\n  mute_time_intervals: [n]\ntime_intervals: [{ name: n }]\n",
            "mute_time_intervals",
            "3:25",
        ),
        (
            "route:\n  to: [a]\n  active_time_intervals: [n]\ntime_intervals: [{ name: n }]\n",
            "active_time_intervals",
            "3:27",
        ),
    ] {
        assert_eq!(refused(text), [format!("{place}: {}", cannot(what))]);
    }
    let nobody = refused("route:\n  routes:\n    - { match: { a: b }, to: [c] }\n");
    assert!(nobody[0].contains("names no group"), "{nobody:?}");
    assert!(refused("inhibit_rules: []\n")[0].contains("`route` is missing"));
}

#[test]
fn what_does_not_make_sense_in_a_branch_is_told_in_its_place() {
    let branch = |text: &str| refused(&format!("route:\n  to: [a]\n  routes:\n    - {{ {text} }}\n"));
    for (text, expected) in [
        ("mute_time_intervals: [nowhen]", "4:31: there is no time interval `nowhen`"),
        ("active_time_intervals: [nowhen]", "4:33: there is no time interval `nowhen`"),
        ("group_by: [x, y, x]", "4:26: the label `x` stands here twice"),
        ("group_by: [x, ...]", "4:23: `...` stands for every label: it cannot stand beside others"),
        ("group_wait: soon", "4:21: `soon` is not a length of time such as 4h, 2 days or 3 working days"),
        ("group_wait: 2 months", "4:21: `2 months` is not a length of time such as 4h, 2 days or 3 working days"),
        ("repeat: every 0 periods", "4:17: `every 0 periods` does not say how often"),
        ("wait_for: [b]", "4:20: a delivery that never comes would be waited for without end"),
        ("match_re: { x: 'a(' }", "4:24: `a(` is not a regular expression: unclosed group"),
        (
            "matchers: ['x=~\"a(\"']",
            "4:20: `x=~\"a(\"` is no matcher: column 4: `a(` is not a regular expression: unclosed group",
        ),
        ("matchers: ['x']", "4:20: `x` is no matcher: column 2: `=`, `!=`, `=~` or `!~` is expected here"),
    ] {
        let found = branch(text);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}: {found:?}");
    }
}

#[test]
fn names_that_are_not_there_are_told_with_the_nearest() {
    let text = "
route:
  to: [team]
  routes:
    - match: { rule: [hha-*, les-deterioraton], dataset: { not: les-activty } }
      matchers: ['severity!=\"urgent\"', 'contrct=~\"D.*\"']
      to: [bord]
      wait_for: [les-price]
      group_wait: 2 days
      group_by: [contrct]
inhibit_rules:
  - source_matchers: ['severity=\"critcal\"']
    target_matchers: ['contract!=\"\"']
    equal: [contrat]
";
    let file = Arc::new(SourceFile { path: "groups.yaml".into(), text: text.to_owned() });
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let names = Names {
        groups: own(&["team", "board"]),
        labels: own(&["contract"]),
        rules: own(&["les-deterioration"]),
        datasets: own(&["les-activity", "les-prices"]),
        ..Names::default()
    };
    let settings = parse(&file).and_then(|node| decode::<PolicySettings>(&node)).expect("settings");
    let problems = Policy::compile(&settings, names).expect_err("unknown names");
    let problems: Vec<String> =
        problems.sorted().iter().map(|problem| problem.to_string().replace("groups.yaml:", "")).collect();
    assert_eq!(
        problems,
        [
            "5:22: there is no rule `les-deterioraton` (did you mean `les-deterioration`?)",
            "5:58: there is no dataset `les-activty` (did you mean `les-activity`?)",
            "6:18: there is no severity `urgent` (known: `critical`, `info`, `warning`)",
            "6:40: there is no label `contrct` (did you mean `contract`?)",
            "7:12: there is no group `bord` (did you mean `board`?)",
            "8:18: there is no dataset `les-price` (did you mean `les-prices`?)",
            "10:18: there is no label `contrct` (did you mean `contract`?)",
            "12:23: there is no severity `critcal` (did you mean `critical`?)",
            "14:13: there is no label `contrat` (did you mean `contract`?)",
        ]
    );
}
