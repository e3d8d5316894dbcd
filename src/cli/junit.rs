//! What the gate makes of files, as CI systems read it: `JUnit` XML.
//!
//! ```xml
//! <testsuites name="bellwether validate" tests="9" failures="1" errors="0" skipped="0" time="0">
//!   <testsuite name="les-activity-2025-10.csv" tests="9" failures="1" errors="0" skipped="0" time="0">
//!     <properties><property name="dataset" value="les-activity"/>…</properties>
//!     <testcase classname="les-activity" name="not_null" time="0">
//!       <failure type="error" message="delivered is blank in row 3">row 3, delivered: ``</failure>
//!     </testcase>
//!     <testcase classname="les-activity" name="unique" time="0"/>
//!   </testsuite>
//! </testsuites>
//! ```
//!
//! A suite is a delivery, a case is a check. Errors are failures; what does not hold a file back (warnings, notes) is the
//! case's output; a check that was not made is skipped. What was found beside the dataset's checks is a case of its own.

use std::{collections::BTreeSet, io};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
    writer::ElementWriter,
};

use crate::model::{Finding, Outcome, Severity};

use super::{findings, output, validate::Entry};

type Xml = Writer<Vec<u8>>;

/// The document.
///
/// # Errors
/// Never of its own: writing to memory does not fail.
pub(super) fn document(entries: &[Entry]) -> io::Result<String> {
    let suites: Vec<Suite<'_>> = entries.iter().map(Suite::of).collect();
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().flat_map(|suite| &suite.cases);
    counted(xml.create_element("testsuites").with_attribute(("name", "bellwether validate")), all)
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| suite.write(xml)))?;
    Ok(String::from_utf8_lossy(&xml.into_inner()).into_owned())
}

/// A delivery.
struct Suite<'a> {
    entry: &'a Entry,
    cases: Vec<Case<'a>>,
}

/// A check, and what it found.
struct Case<'a> {
    name: &'a str,
    left_out: bool,
    findings: Vec<&'a Finding>,
}

impl<'a> Suite<'a> {
    fn of(entry: &'a Entry) -> Self {
        let known: BTreeSet<&str> = entry.checks.iter().map(|checked| checked.check.as_str()).collect();
        let mut cases: Vec<Case<'a>> = Vec::new();
        for checked in &entry.checks {
            let left_out = checked.outcome == Outcome::LeftOut;
            cases.push(Case { name: &checked.check, left_out, findings: Vec::new() });
        }
        for finding in entry.findings.iter().filter(|finding| !known.contains(finding.check.as_str())) {
            if cases.iter().all(|case| case.name != finding.check) {
                cases.push(Case { name: &finding.check, left_out: false, findings: Vec::new() });
            }
        }
        for case in &mut cases {
            case.findings = entry.findings.iter().filter(|finding| finding.check == case.name).collect();
        }
        Self { entry, cases }
    }

    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        let name = text(&self.entry.title());
        let dataset = self.entry.dataset.as_deref().unwrap_or("no dataset");
        let element = xml.create_element("testsuite").with_attribute(("name", name.as_str()));
        counted(element, self.cases.iter()).write_inner_content(|xml| {
            let periods = self.entry.periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let properties =
                [("dataset", dataset), ("periods", periods.as_str()), ("verdict", self.entry.verdict.code())];
            xml.create_element("properties").write_inner_content(|xml| {
                properties.into_iter().try_for_each(|property| {
                    let named = [("name", property.0), ("value", property.1)];
                    xml.create_element("property").with_attributes(named).write_empty().map(drop)
                })
            })?;
            self.cases.iter().try_for_each(|case| case.write(xml, dataset))
        })?;
        Ok(())
    }
}

impl Case<'_> {
    fn fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    fn write(&self, xml: &mut Xml, dataset: &str) -> io::Result<()> {
        let name = text(self.name);
        let attributes = [("classname", dataset), ("name", name.as_str()), ("time", "0")];
        let element = xml.create_element("testcase").with_attributes(attributes);
        if !self.left_out && self.findings.is_empty() {
            return element.write_empty().map(drop);
        }
        element.write_inner_content(|xml| {
            if self.left_out {
                let why = ("message", "the file lacks the columns that it looks at");
                xml.create_element("skipped").with_attribute(why).write_empty()?;
            }
            if let Some(first) = self.findings.iter().find(|finding| finding.severity == Severity::Error) {
                // Readers show one failure of a case, so that all errors are told in one.
                let message = text(&first.message);
                let attributes = [("type", "error"), ("message", message.as_str())];
                let told = self.told(|severity| severity == Severity::Error);
                xml.create_element("failure").with_attributes(attributes).write_text_content(BytesText::new(&told))?;
            }
            let told = self.told(|severity| severity < Severity::Error);
            if !told.is_empty() {
                xml.create_element("system-out").write_text_content(BytesText::new(&told))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Findings of some weights with their rows, a line each.
    fn told(&self, which: impl Fn(Severity) -> bool) -> String {
        let told = self.findings.iter().filter(|finding| which(finding.severity)).flat_map(|finding| {
            let first = format!("{}: {}", finding.severity, text(&finding.message));
            std::iter::once(first).chain(findings::rows(finding).map(|row| text(&row)))
        });
        told.collect::<Vec<_>>().join("\n")
    }
}

/// An element with how many cases there are in it, and what came of them.
fn counted<'x, 'a: 'b, 'b>(
    element: ElementWriter<'x, Vec<u8>>,
    cases: impl Iterator<Item = &'b Case<'a>>,
) -> ElementWriter<'x, Vec<u8>> {
    let (mut all, mut failures, mut skipped) = (0_usize, 0_usize, 0_usize);
    for case in cases {
        all += 1;
        failures += usize::from(case.fails());
        skipped += usize::from(case.left_out);
    }
    let counts = [("tests", all), ("failures", failures), ("errors", 0), ("skipped", skipped)];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    element.with_attribute(("time", "0"))
}

/// Text without the characters that XML cannot hold.
fn text(text: &str) -> String {
    output::clean(text).chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
