//! A document as Markdown (`CommonMark`, with tables as GitHub has them). Charts are told in words.

use super::{Block, Fact, Matter, Paper, Point, Table};

/// The same document always gives the same text.
pub(in crate::reports) fn markdown(paper: &Paper) -> String {
    let mut parts = vec![format!("# {}: {}", literal(&paper.title), literal(&paper.subtitle)), facts(&paper.facts)];
    parts.extend(paper.blocks.iter().map(block));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => format!("{} {}", "#".repeat(usize::from(*level) + 1), literal(text)),
        Block::Text(text) | Block::Lead(text) => literal(text),
        Block::List(points) => points.iter().map(point).collect::<Vec<_>>().join("\n"),
        Block::Table(table) => self::table(table),
        Block::Matter(matter) => self::matter(matter),
    }
}

fn point(point: &Point) -> String {
    match point.head.as_str() {
        "" => format!("- {}", literal(&point.text)),
        head => format!("- **{}** {}", literal(head), literal(&point.text)),
    }
}

fn facts(facts: &[Fact]) -> String {
    let lines = facts.iter().map(|Fact { name, text }| format!("- {name}: {}", literal(text)));
    lines.collect::<Vec<_>>().join("\n")
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let titles = line(table.columns.iter().map(|column| column.title.to_owned()).collect());
    let rule =
        line(table.columns.iter().map(|column| if column.is_number { "---:" } else { "---" }.to_owned()).collect());
    let rows = table.rows.iter().map(|row| line(row.iter().map(|cell| literal(cell)).collect()));
    [titles, rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn matter(matter: &Matter) -> String {
    let head = format!("### {} ({})", literal(&matter.title), literal(&matter.tag));
    let chart = matter.chart.iter().map(|chart| literal(&chart.words.join(" ")));
    [head, literal(&matter.text), facts(&matter.facts)].into_iter().chain(chart).collect::<Vec<_>>().join("\n\n")
}

/// Text in which nothing is markup. A backslash before any punctuation is that punctuation.
fn literal(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let begins_block = at == 0 && matches!(c, '+' | '-' | '=' | '#');
        let numbers_item = matches!(c, '.' | ')') && text[..at].bytes().all(|b| b.is_ascii_digit()) && at > 0;
        if begins_block
            || numbers_item
            || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '!')
        {
            written.push('\\');
        }
        written.push(c);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(literal("*a* [b](c) <d> e|f"), r"\*a\* \[b\](c) \<d\> e\|f");
        assert_eq!(literal("- 1. x"), r"\- 1. x");
        assert_eq!(literal("12. x"), r"12\. x");
        assert_eq!(literal("1,332 (52.1% of plan)"), "1,332 (52.1% of plan)");
    }
}
