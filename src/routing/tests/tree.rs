//! After `dispatch/route_test.go`, `cli/test_routing_test.go` and, for what a branch has from its parent,
//! `config/config_test.go`.

use super::*;

/// One tree in the three ways in which Alertmanager writes matchers: `match` and `match_re`, `matchers`, and both mixed.
/// The first of them does not ask for `level`.
fn trees() -> [Policy; 3] {
    let rest = |own: [&str; 8]| {
        format!(
            "
route:
  receiver: notify-def
  routes:
    - {}
      receiver: notify-A
      routes:
        - {}
          receiver: notify-testing
          group_by: [...]
        - {}
          receiver: notify-productionA
          group_wait: 1m
          continue: true
        - {}
          receiver: notify-productionB
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 1h
          group_by: ['job']
    - {}
      group_by: ['foo', 'bar']
      group_wait: 2m
      receiver: notify-BC
    - {}
      group_by: ['role']
      routes:
        - {}
          receiver: notify-testing
          routes:
            - {}
              group_wait: 2m
",
            own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7]
        )
    };
    let older = [
        "match: { owner: 'team-A' }",
        "match: { env: 'testing' }",
        "match: { env: \"production\" }",
        "match_re: { env: \"produ.*\", job: \".*\" }",
        "match_re: { owner: 'team-(B|C)' }",
        "match: { group_by: 'role' }",
        "match: { env: 'testing' }",
        "match: { wait: 'long' }",
    ];
    let newer = [
        r#"matchers: ['{owner="team-A"}', '{level!="critical"}']"#,
        r#"matchers: ['{env="testing"}', '{baz!~".*quux"}']"#,
        r#"matchers: ['{env="production"}']"#,
        r#"matchers: [ 'env=~"produ.*"', 'job=~".*"']"#,
        r#"matchers: ['owner=~"team-(B|C)"']"#,
        r#"matchers: ['group_by="role"']"#,
        r#"matchers: ['{env="testing"}']"#,
        r#"matchers: ['wait="long"']"#,
    ];
    let mixed = [newer[0], newer[1], older[2], newer[3], older[4], newer[5], newer[6], newer[7]];
    [older, newer, mixed].map(|own| policy(&rest(own)).expect("a tree"))
}

/// Receiver, what it groups by, and how long it waits.
fn found(policy: &Policy, of: &Labels) -> Vec<String> {
    let written = |route: &Route| {
        let Manner { to, group_by, hold, .. } = &route.manner;
        let group_by = match group_by {
            GroupBy::All => "...".to_owned(),
            GroupBy::Labels(labels) => labels.iter().map(String::as_str).collect::<Vec<_>>().join("+"),
        };
        let wait = hold.at_most.map(|length| length.to_string()).unwrap_or_default();
        format!("{} [{group_by}] {wait}", to.join(",")).trim().to_owned()
    };
    policy.route.ends(of).into_iter().map(written).collect()
}

#[test]
fn an_alert_goes_where_alertmanager_sends_it() {
    for (at, tree) in trees().iter().enumerate() {
        for (of, expected) in [
            (vec![("owner", "team-A")], vec!["notify-A []"]),
            (vec![("owner", "team-A"), ("env", "unset")], vec!["notify-A []"]),
            (vec![("owner", "team-C")], vec!["notify-BC [bar+foo] 2m"]),
            (vec![("owner", "team-A"), ("env", "testing")], vec!["notify-testing [...]"]),
            (
                vec![("owner", "team-A"), ("env", "production")],
                vec!["notify-productionA [] 1m", "notify-productionB [job] 30s"],
            ),
            (vec![("group_by", "role")], vec!["notify-def [role]"]),
            (vec![("env", "testing"), ("group_by", "role")], vec!["notify-testing [role]"]),
            (vec![("env", "testing"), ("group_by", "role"), ("wait", "long")], vec!["notify-testing [role] 2m"]),
            // Beside Alertmanager's cases: what matches nothing.
            (vec![("owner", "team-D")], vec!["notify-def []"]),
        ] {
            assert_eq!(found(tree, &labels(&of)), expected, "tree {at}, {of:?}");
        }
        let walked: Vec<&str> = tree.route.walk().flat_map(|route| &route.manner.to).map(String::as_str).collect();
        assert_eq!(
            walked,
            [
                "notify-def",
                "notify-A",
                "notify-testing",
                "notify-productionA",
                "notify-productionB",
                "notify-BC",
                "notify-def",
                "notify-testing",
                "notify-testing"
            ]
        );
    }
    // Those that ask for `level` and for `baz` are asked.
    let [_, newer, _] = trees();
    assert_eq!(found(&newer, &labels(&[("owner", "team-A"), ("level", "critical")])), ["notify-def []"]);
    assert_eq!(found(&newer, &labels(&[("owner", "team-A"), ("env", "testing"), ("baz", "a-quux")])), ["notify-A []"]);
}

#[test]
fn a_branch_has_from_its_parent_what_it_does_not_say() {
    let tree = policy(
        "
route:
  to: [top]
  repeat: never
  routes:
    - match: { env: parent }
      group_by: ['...']
      group_wait: 3 working days
      wait_for: [other]
      send_resolved: false
      mute_time_intervals: [night]
      routes:
        - match: { env: child1 }
        - match: { env: child2 }
          group_by: ['foo']
          send_resolved: true
          repeat: every 3 periods
          wait_for: []
        - match: { env: child3 }
          group_by: []
time_intervals: [{ name: night, time_intervals: [] }]
",
    )
    .expect("a tree");
    let manners: Vec<&Manner> = tree.route.walk().map(|route| &route.manner).collect();
    let [_, parent, child1, child2, child3] = manners.as_slice() else { panic!("five branches") };
    let grouped: Vec<&GroupBy> = [parent, child1, child2, child3].map(|manner| &manner.group_by).to_vec();
    let labels = |names: &[&str]| GroupBy::Labels(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(grouped, [&GroupBy::All, &GroupBy::All, &labels(&["foo"]), &labels(&[])]);
    assert_eq!(child1.to, ["top"]);
    assert_eq!((child1.repeat, child2.repeat), (Repeat::Never, Repeat::Every(3)));
    assert_eq!((child1.quiet_end, child2.quiet_end), (true, false));
    assert_eq!((child1.hold.at_most, child1.hold.wait_for.len()), (Some(Length::WorkingDays(3)), 1));
    assert!(child2.hold.wait_for.is_empty());
    // As in Alertmanager, the times are those of the branch alone.
    assert_eq!((parent.hold.mute.as_slice(), child1.hold.mute.len()), (&["night".to_owned()][..], 0));
}

#[test]
fn the_file_of_alertmanagers_routes_test_gives_what_it_gives_there() {
    let [forward, reverted] = [
        "    - match_re: { test: '^[12]$' }\n      receiver: test1\n      continue: true\n    \
         - match: { test: 2 }\n      receiver: test2\n",
        "    - match: { test: 2 }\n      receiver: test2\n      continue: true\n    \
         - match_re: { test: '^[12]$' }\n      receiver: test1\n",
    ]
    .map(|routes| {
        let text = format!(
            "global: {{ smtp_smarthost: 'localhost:25' }}\nroute:\n  receiver: default\n  routes:\n{routes}\
             receivers:\n  - name: default\n  - name: test1\n  - name: test2\n"
        );
        policy(&text).expect("a file of Alertmanager")
    });
    let to = |policy: &Policy, test: &str| {
        let of = labels(&[("test", test)]);
        let found: Vec<String> = policy.route.receivers(&of).iter().map(|(group, _)| (*group).to_owned()).collect();
        found.join(",")
    };
    assert_eq!(
        [to(&forward, "1"), to(&forward, "2"), to(&reverted, "2"), to(&forward, "volovina")],
        ["test1", "test1,test2", "test2,test1", "default"]
    );
}

#[test]
fn it_is_said_who_receives_something_and_why_not_the_others() {
    let tree = policy(
        "
route:
  to: [team]
  routes:
    - match: { severity: critical }
      to: [board]
    - match: { dataset: [les-*, hha] }
      to: [services]
      routes:
        - match: { contract: { not: Total } }
          to: [contracts]
    - match: { dataset: les-activity }
      to: [never]
",
    )
    .expect("a tree");
    let of = labels(&[("severity", "warning"), ("dataset", "les-activity"), ("contract", "Total")]);
    let explained = explain(&tree.route, &of);
    let received: Vec<(&str, &str, &str)> =
        explained.receivers.iter().map(|one| (one.group.as_str(), one.through.as_str(), one.route.as_str())).collect();
    assert_eq!(received, [("services", "2", r#"{} / {dataset="les-*"|"hha"}"#)]);
    let why: Vec<String> =
        explained.others.iter().map(|one| format!("{}: {}", one.group, one.why.join("; "))).collect();
    assert_eq!(
        why,
        [
            "team: the top: matches, and a branch below takes it",
            r#"board: branch 1: severity="critical" is asked for, and it is "warning""#,
            r#"contracts: branch 2.1: contract!="Total" is asked for, and it is "Total""#,
            "never: branch 3: branch 2 took it before, and does not say `continue`",
        ]
    );
    let of_none = explain(&tree.route, &labels(&[]));
    assert_eq!(of_none.receivers.iter().map(|one| one.group.as_str()).collect::<Vec<_>>(), ["team"]);
    assert!(of_none.others.iter().any(|one| one.why.iter().any(|why| why.ends_with("and there is no severity"))));
}

#[test]
fn what_continues_is_repeated_in_the_periods_that_are_asked_for() {
    let month = |text: &str| text.parse().expect("a month");
    for (repeat, now, due) in [
        (Repeat::Every(1), "2025-11", true),
        (Repeat::Every(3), "2025-11", false),
        (Repeat::Every(3), "2025-12", false),
        (Repeat::Every(3), "2026-01", true),
        (Repeat::Every(3), "2026-04", true),
        (Repeat::Never, "2026-04", false),
    ] {
        assert_eq!(repeat.is_due(month("2025-10"), month(now)), due, "{repeat} from October 2025, in {now}");
    }
}
