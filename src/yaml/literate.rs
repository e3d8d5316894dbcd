//! Literate cases, for tests: pages of prose in which each case is a heading and blocks, and ends with a `text` block that
//! holds what is to be said of the others. `tests/cases/` has the pages.

use std::{fmt::Write as _, fs, path::PathBuf};

use super::Problems;

/// One case of a page.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) title: String,
    blocks: Vec<Block>,
    /// The `text` block.
    pub(crate) expected: String,
}

/// A block of a case: `csv`, or `csv of other-dataset`.
#[derive(Debug)]
struct Block {
    kind: String,
    of: Option<String>,
    text: String,
}

impl Case {
    /// The blocks of a kind, each with what it is of.
    pub(crate) fn blocks(&self, kind: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
        let of_kind = self.blocks.iter().filter(move |block| block.kind == kind);
        of_kind.map(|block| (block.of.as_deref(), block.text.as_str()))
    }

    /// The one block of a kind.
    pub(crate) fn block(&self, kind: &str) -> Option<&str> {
        let mut blocks = self.blocks(kind);
        let only = blocks.next().map(|(_, text)| text);
        assert!(blocks.next().is_none(), "{}: more than one block of `{kind}`", self.title);
        only
    }
}

/// A folder of `tests/cases/`.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// The pages of a folder of `tests/cases/` by name, without the one that describes their format.
pub(crate) fn pages(name: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder(name)).expect("the folder of the cases");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let pages =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"));
    let mut pages: Vec<_> = pages
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    pages.sort();
    pages
}

/// The cases of a page, whose blocks are of these kinds.
pub(crate) fn cases(page: &str, kinds: &[&str]) -> Vec<Case> {
    let (mut cases, mut case, mut open) = (Vec::new(), Case::default(), None::<(&str, String)>);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, String::new())),
            (None, None) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut case.title);
                }
            }
            (Some((_, text)), None) => writeln!(text, "{line}").expect("memory"),
            (Some(_), Some(_)) => match open.take().expect("an open block") {
                ("text", expected) => cases.push(Case { expected, ..std::mem::take(&mut case) }),
                (language, text) => {
                    let (kind, of) =
                        language.split_once(" of ").map_or((language, None), |(kind, of)| (kind, Some(of)));
                    assert!(kinds.contains(&kind), "a block of `{language}` means nothing here");
                    case.blocks.push(Block { kind: kind.to_owned(), of: of.map(str::to_owned), text });
                }
            },
        }
    }
    assert!(open.is_none() && case.blocks.is_empty(), "the page ends within a case");
    cases
}

/// Fails with every case of these pages of which something else is said than its page says.
pub(crate) fn assert_said<'a>(
    pages: impl IntoIterator<Item = &'a (String, String)>,
    kinds: &[&str],
    say: impl Fn(&Case) -> String,
) {
    let mut different = String::new();
    for (name, page) in pages {
        for case in cases(page, kinds) {
            let said = say(&case);
            if said != case.expected {
                let Case { title, expected, .. } = &case;
                writeln!(different, "{name}.md: {title}\n--- expected\n{expected}--- said\n{said}").expect("memory");
            }
        }
    }
    assert!(different.is_empty(), "{different}");
}

/// Mistakes as a page has them, a line each.
pub(crate) fn written(problems: Problems) -> String {
    let lines: Vec<String> = problems.lines();
    lines.join("\n") + "\n"
}
