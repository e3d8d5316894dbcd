//! The outcome of rules' tests as `JUnit` XML: a suite for each rule (or set of rules of a recorded case), a case for each
//! test. A rule without a test is a skipped case, and a failure where tests are asked for.

use std::{collections::BTreeMap, io};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use crate::app::rule_tests::Outcome;

use super::output::clean;

type Xml = Writer<Vec<u8>>;

/// The document.
///
/// # Errors
/// Never of its own: writing to memory does not fail.
pub(super) fn document(outcomes: &[Outcome], untested: &[&str], is_required: bool) -> io::Result<String> {
    let mut suites: BTreeMap<String, Vec<Case<'_>>> = BTreeMap::new();
    for outcome in outcomes {
        suites.entry(outcome.rules.join(", ")).or_default().push(Case::Run(outcome));
    }
    for rule in untested {
        suites.entry((*rule).to_owned()).or_default().push(Case::None { is_required });
    }
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = counts(suites.values().flatten());
    let all = xml.create_element("testsuites").with_attribute(("name", "bellwether test"));
    all.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())))
        .write_inner_content(|xml| suites.iter().try_for_each(|(rule, cases)| suite(xml, rule, cases)))?;
    Ok(String::from_utf8_lossy(&xml.into_inner()).into_owned())
}

enum Case<'a> {
    Run(&'a Outcome),
    None { is_required: bool },
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case<'a>>) -> [(&'static str, String); 5] {
    let (mut all, mut failures, mut skipped) = (0_usize, 0_usize, 0_usize);
    for case in cases {
        all += 1;
        match case {
            Case::Run(outcome) => failures += usize::from(!outcome.passed()),
            Case::None { is_required: true } => failures += 1,
            Case::None { is_required: false } => skipped += 1,
        }
    }
    let counts = [("tests", all), ("failures", failures), ("errors", 0), ("skipped", skipped), ("time", 0)];
    counts.map(|(name, count)| (name, count.to_string()))
}

fn suite(xml: &mut Xml, rule: &str, cases: &[Case<'_>]) -> io::Result<()> {
    let counts = counts(cases.iter());
    let element = xml.create_element("testsuite").with_attribute(("name", rule));
    element
        .with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())))
        .write_inner_content(|xml| cases.iter().try_for_each(|case| write(xml, rule, case)))?;
    Ok(())
}

fn write(xml: &mut Xml, rule: &str, case: &Case<'_>) -> io::Result<()> {
    let name = match case {
        Case::Run(outcome) => text(&outcome.test),
        Case::None { .. } => "has a test".to_owned(),
    };
    let attributes = [("classname", rule), ("name", name.as_str()), ("time", "0")];
    let element = xml.create_element("testcase").with_attributes(attributes);
    match case {
        Case::Run(outcome) if outcome.passed() => element.write_empty().map(drop),
        Case::Run(outcome) => {
            let differences = outcome.differences();
            let message = text(differences.first().map_or("", String::as_str));
            let told: Vec<String> = outcome.sheets.iter().map(ToString::to_string).collect();
            let told = format!("{}\n{}\n{}", outcome.place, outcome.faults.join("\n"), told.join("\n"));
            fails(element, &message, &told)
        }
        Case::None { is_required: true } => fails(element, "the rule has no test", ""),
        Case::None { is_required: false } => element
            .write_inner_content(|xml| {
                let why = ("message", "the rule has no test");
                xml.create_element("skipped").with_attribute(why).write_empty().map(drop)
            })
            .map(drop),
    }
}

fn fails(element: quick_xml::writer::ElementWriter<'_, Vec<u8>>, message: &str, told: &str) -> io::Result<()> {
    let content = told.lines().map(text).collect::<Vec<_>>().join("\n");
    element
        .write_inner_content(|xml| {
            let failure = xml.create_element("failure").with_attributes([("type", "difference"), ("message", message)]);
            failure.write_text_content(BytesText::new(&content)).map(drop)
        })
        .map(drop)
}

/// Text without the characters that XML cannot hold.
fn text(text: &str) -> String {
    clean(text).chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
