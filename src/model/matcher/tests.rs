//! What Prometheus Alertmanager reads and matches, from its own tests (`pkg/labels/parse_test.go`,
//! `pkg/labels/matcher_test.go` and `matcher/parse/parse_test.go` at commit 68fb2d5): input, and what it stands for.

use super::*;

/// Label, operator and value of every matcher.
fn parts(matchers: &[Matcher]) -> Vec<String> {
    matchers.iter().map(ToString::to_string).collect()
}

/// What a list of label, operator and value is written as.
fn written(expected: &[(&str, &str, &str)]) -> Vec<String> {
    expected.iter().map(|(label, operator, value)| format!("{label}{operator}{}", condition::quoted(value))).collect()
}

type Case<'a> = (&'a str, &'a [(&'a str, &'a str, &'a str)]);

/// As Alertmanager's present parser reads it.
const UTF8: &[Case<'_>] = &[
    ("", &[]),
    ("{}", &[]),
    ("{foo=bar}", &[("foo", "=", "bar")]),
    ("{foo=bar,}", &[("foo", "=", "bar")]),
    ("{foo!=bar}", &[("foo", "!=", "bar")]),
    ("{foo=~[a-z]+}", &[("foo", "=~", "[a-z]+")]),
    ("{foo!~[a-z]+}", &[("foo", "!~", "[a-z]+")]),
    ("{foo=🙂}", &[("foo", "=", "🙂")]),
    ("{foo=🙂bar}", &[("foo", "=", "🙂bar")]),
    ("foo=bar", &[("foo", "=", "bar")]),
    ("foo=bar,", &[("foo", "=", "bar")]),
    ("foo!=bar", &[("foo", "!=", "bar")]),
    ("foo=~[a-z]+", &[("foo", "=~", "[a-z]+")]),
    ("foo!~[a-z]+", &[("foo", "!~", "[a-z]+")]),
    (r#"{"foo"="bar"}"#, &[("foo", "=", "bar")]),
    (r#"{"foo"="bar",}"#, &[("foo", "=", "bar")]),
    (r#"{"foo"!="bar"}"#, &[("foo", "!=", "bar")]),
    (r#"{"foo"=~"[a-z]+"}"#, &[("foo", "=~", "[a-z]+")]),
    (r#"{"foo"=~"\\d+"}"#, &[("foo", "=~", r"\d+")]),
    (r#"{"foo"!~"[a-z]+"}"#, &[("foo", "!~", "[a-z]+")]),
    (r#"{"foo"="🙂"}"#, &[("foo", "=", "🙂")]),
    (r#"{"foo"="\xf0\x9f\x99\x82"}"#, &[("foo", "=", "🙂")]),
    (r#"{"foo"="\U0001f642"}"#, &[("foo", "=", "🙂")]),
    (r#"{"foo"="🙂bar"}"#, &[("foo", "=", "🙂bar")]),
    (r#"{"foo"="bar\n"}"#, &[("foo", "=", "bar\n")]),
    (r#"{"foo"="bar\t"}"#, &[("foo", "=", "bar\t")]),
    (r#"{"foo"="\"bar\""}"#, &[("foo", "=", "\"bar\"")]),
    (r#"{"foo"="bar\\"}"#, &[("foo", "=", "bar\\")]),
    (r#""foo"="bar""#, &[("foo", "=", "bar")]),
    (r#""foo"="bar","#, &[("foo", "=", "bar")]),
    ("{foo=bar,bar!=baz}", &[("foo", "=", "bar"), ("bar", "!=", "baz")]),
    (r#"{foo="bar",bar!="baz"}"#, &[("foo", "=", "bar"), ("bar", "!=", "baz")]),
    ("foo=bar,bar!=baz", &[("foo", "=", "bar"), ("bar", "!=", "baz")]),
    (r#"foo="bar",bar!="baz""#, &[("foo", "=", "bar"), ("bar", "!=", "baz")]),
];

/// What the present parser refuses, and the column at which.
const NOT_UTF8: &[(&str, usize)] = &[
    (",", 1),
    ("{,}", 2),
    ("{", 2),
    ("}", 1),
    ("foo=bar}", 8),
    ("{foo=bar", 9),
    (r#"{foo=:"bar"}"#, 7),
    (r#"{foo="bar\w"}"#, 6),
    (r#"{"foo"=~"\d+"}"#, 9),
    (r"{foo=bar\n}", 9),
    (r#"{"foo"="\xf0\x9f"}"#, 8),
    (r#"foo="\xf0\x9f""#, 5),
];

/// As the older parser reads it.
const CLASSIC: &[Case<'_>] = &[
    ("{}", &[]),
    ("{foo='}", &[("foo", "=", "'")]),
    ("{foo=`}", &[("foo", "=", "`")]),
    (r#"{foo=\"}"#, &[("foo", "=", "\"")]),
    ("{foo=bar}", &[("foo", "=", "bar")]),
    (r#"{foo="bar"}"#, &[("foo", "=", "bar")]),
    ("{foo=~bar.*}", &[("foo", "=~", "bar.*")]),
    (r#"{foo=~"bar.*"}"#, &[("foo", "=~", "bar.*")]),
    ("{foo!=bar}", &[("foo", "!=", "bar")]),
    (r#"{foo!="bar"}"#, &[("foo", "!=", "bar")]),
    ("{foo!~bar.*}", &[("foo", "!~", "bar.*")]),
    (r#"{foo!~"bar.*"}"#, &[("foo", "!~", "bar.*")]),
    (r#"{foo="bar", baz!="quux"}"#, &[("foo", "=", "bar"), ("baz", "!=", "quux")]),
    (r#"{foo="bar", baz!~"quux.*"}"#, &[("foo", "=", "bar"), ("baz", "!~", "quux.*")]),
    (r#"{foo="bar",baz!~".*quux", derp="wat"}"#, &[("foo", "=", "bar"), ("baz", "!~", ".*quux"), ("derp", "=", "wat")]),
    (r#"{foo="bar", baz!="quux", derp="wat"}"#, &[("foo", "=", "bar"), ("baz", "!=", "quux"), ("derp", "=", "wat")]),
    (
        r#"{foo="bar", baz!~".*quux.*", derp="wat"}"#,
        &[("foo", "=", "bar"), ("baz", "!~", ".*quux.*"), ("derp", "=", "wat")],
    ),
    (r#"{foo="bar", instance=~"some-api.*"}"#, &[("foo", "=", "bar"), ("instance", "=~", "some-api.*")]),
    (r#"{foo=""}"#, &[("foo", "=", "")]),
    (r#"{foo="bar,quux", job="job1"}"#, &[("foo", "=", "bar,quux"), ("job", "=", "job1")]),
    (r#"{foo = "bar", dings != "bums", }"#, &[("foo", "=", "bar"), ("dings", "!=", "bums")]),
    ("foo=bar,dings!=bums", &[("foo", "=", "bar"), ("dings", "!=", "bums")]),
    (
        r#"{quote="She said: \"Hi, ladies! That's gender-neutral…\""}"#,
        &[("quote", "=", "She said: \"Hi, ladies! That's gender-neutral…\"")],
    ),
    (r#"statuscode=~"5..""#, &[("statuscode", "=~", "5..")]),
    ("tricky=~~~", &[("tricky", "=~", "~~")]),
    (r#"trickier==\\=\=\""#, &[("trickier", "=", r#"=\=\=""#)]),
    (
        r#"contains_quote != "\"" , contains_comma !~ "foo,bar" , "#,
        &[("contains_quote", "!=", "\""), ("contains_comma", "!~", "foo,bar")],
    ),
    ("{foo=bar}}", &[("foo", "=", "bar}")]),
    ("{foo=bar}},}", &[("foo", "=", "bar}}")]),
    ("{foo=,bar=}}", &[("foo", "=", ""), ("bar", "=", "}")]),
    (r"{foo=bar\t}", &[("foo", "=", "bar\\t")]),
    (r"{foo=bar\n}", &[("foo", "=", "bar\n")]),
    (r"{foo=bar\}", &[("foo", "=", "bar\\")]),
    (r"{foo=bar\\}", &[("foo", "=", "bar\\")]),
    (r#"{foo=bar\"}"#, &[("foo", "=", "bar\"")]),
    ("job=", &[("job", "=", "")]),
    ("{foo=", &[("foo", "=", "")]),
    ("{foo=}b", &[("foo", "=", "}b")]),
];

const NOT_CLASSIC: &[&str] = &[
    ",",
    "{,}",
    r#"job="value"#,
    r#"job=value""#,
    r#"trickier==\\=\=\"""#,
    r#"contains_unescaped_quote = foo"bar"#,
    r#"{invalid-name = "valid label"}"#,
    r#"{foo=~"invalid[regexp"}"#,
    r#""{foo=\"bar"}"#,
    r#""foo=\"bar"#,
    r#""foo=\"bar\"""#,
    r#""foo=\"bar\""#,
    r#""{foo=\"bar\"}""#,
    r#""foo="bar"""#,
    "{{foo=",
];

#[test]
fn both_of_alertmanagers_ways_to_write_matchers_are_read_as_it_reads_them() {
    for (text, expected) in UTF8 {
        assert_eq!(utf8::parse(text).map(|found| parts(&found)), Ok(written(expected)), "{text}");
        assert_eq!(parse(text).map(|found| parts(&found)), Ok(written(expected)), "{text}");
    }
    for (text, expected) in CLASSIC {
        assert_eq!(classic::parse(text).map(|found| parts(&found)), Ok(written(expected)), "{text}");
        assert_eq!(parse(text).map(|found| parts(&found)), Ok(written(expected)), "{text}");
    }
    for (text, column) in NOT_UTF8 {
        assert_eq!(utf8::parse(text).map_err(|error| error.column), Err(*column), "{text}");
    }
    for text in NOT_CLASSIC {
        assert!(classic::parse(text).is_err(), "{text}");
    }
    // Neither way: the column is the present parser's.
    assert_eq!(
        parse(r#"{sub icb="06H"}"#).expect_err("two words").to_string(),
        "column 6: `=`, `!=`, `=~` or `!~` is expected here"
    );
    assert_eq!(parts(&parse(r#"{"sub icb"="06H"}"#).expect("quoted")), [r#""sub icb"="06H""#]);
    // What no older version could name, and where only the present parser takes the quotes off.
    assert_eq!(parts(&parse("foo🙂=bar").expect("a name")), [r#"foo🙂="bar""#]);
}

#[test]
fn a_value_matches_as_in_alertmanager() {
    for (operator, wanted, value, matches) in [
        ("=", "bar", "bar", true),
        ("=", "bar", "foo-bar", false),
        ("!=", "bar", "bar", false),
        ("!=", "bar", "foo-bar", true),
        ("=~", "bar", "bar", true),
        ("=~", "bar", "foo-bar", false),
        ("=~", ".*bar", "foo-bar", true),
        ("!~", "bar", "bar", false),
        ("!~", "bar", "foo-bar", true),
        ("!~", ".*bar", "foo-bar", false),
        ("=~", "foo.bar", "foo-bar", true),
        ("=~", r"foo\.bar", "foo-bar", false),
        ("=~", r"foo\.bar", "foo.bar", true),
        ("=", "foo\nbar", "foo\nbar", true),
        ("=~", "foo.bar", "foo\nbar", false),
        ("=~", "(?s)foo.bar", "foo\nbar", true),
        ("=", "~!=\"", "~!=\"", true),
        ("=~", "", "", true),
        ("=~", "", "x", false),
        ("=~", "a|b", "ab", false),
        // The expression is for the whole text, whatever anchors of its own it has.
        ("=~", "^[12]$", "2", true),
    ] {
        let text = format!("x{operator}{}", condition::quoted(wanted));
        let found = parse(&text).expect("one matcher");
        let labels: Labels = [("x", value)].into_iter().collect();
        assert_eq!(all_take(&found, &labels), matches, "{text} of {value:?}");
    }
    assert!(parse("x=~\"a)|(b\"").is_err(), "no expression by itself");
}

#[test]
fn a_label_that_is_not_there_is_empty() {
    let labels: Labels = [("y", "1")].into_iter().collect();
    for (text, takes) in [
        (r#"x="""#, true),
        (r#"x!="""#, false),
        (r#"x!="a""#, true),
        (r#"x=~".*""#, true),
        (r#"x=~".+""#, false),
        (r#"x!~"a|b""#, true),
    ] {
        assert_eq!(all_take(&parse(text).expect("a matcher"), &labels), takes, "{text}");
    }
}

#[test]
fn a_matcher_is_written_as_it_can_be_read_again() {
    for (label, value, expected) in [
        ("foo", "bar", r#"foo="bar""#),
        ("foo", r"back\slash", r#"foo="back\\slash""#),
        ("foo", "double\"quote", r#"foo="double\"quote""#),
        ("foo", "new\nline", r#"foo="new\nline""#),
        ("foo", "tab\tstop", "foo=\"tab\tstop\""),
        ("foo", "🙂", r#"foo="🙂""#),
        ("foo!", "bar", r#""foo!"="bar""#),
        ("foo🙂", "bar", r#"foo🙂="bar""#),
        ("foo bar", "baz", r#""foo bar"="baz""#),
    ] {
        let made = Matcher { label: label.to_owned(), is: Condition::equal(value, false) };
        assert_eq!(made.to_string(), expected);
        let json = serde_json::to_string(&made).expect("JSON");
        assert_eq!(serde_json::from_str::<Matcher>(&json).expect("read again"), made, "{expected}");
    }
    let regex = parse(r#"foo!~"a|b""#).expect("a matcher");
    assert_eq!(parts(&regex), [r#"foo!~"a|b""#]);
}

#[test]
fn in_yaml_a_star_is_any_text_and_lists_and_not_are_known() {
    let condition = |json: &str| serde_json::from_str::<Condition>(json).expect("a condition");
    for (written, value, takes) in [
        (r#""Dementia""#, "Dementia", true),
        (r#""Dementia""#, "dementia", false),
        (r#""North*""#, "North West", true),
        (r#""*dental*""#, "uda-dental", true),
        (r#""a*b*c""#, "a-bb-b-c", true),
        (r#""a*b*c""#, "a-bb-b-cd", false),
        (r#""Q?""#, "Q4", true),
        (r#""Q?""#, "Q", false),
        (r#""*""#, "", true),
        (r#""What?""#, "What?", true),
        (r#"["a", "b*"]"#, "bc", true),
        (r#"["a", "b*"]"#, "c", false),
        (r#"{"not": "Total"}"#, "Total", false),
        (r#"{"not": ["Total", "Eng*"]}"#, "England", false),
        (r#"{"not": ["Total", "Eng*"]}"#, "", true),
        ("[]", "a", false),
    ] {
        assert_eq!(condition(written).takes(value), takes, "{written} of {value:?}");
    }
    assert!(serde_json::from_str::<Condition>(r#"{"not": {"not": "a"}}"#).is_err());
    let hostile = format!("{:?}", format!("{}b", "a*".repeat(400)));
    assert!(!condition(&hostile).takes(&"a".repeat(4000)), "no pattern takes for ever");
}
