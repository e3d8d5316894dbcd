//! A document as one page for a browser, and for a printer: A4, charts drawn in it, nothing fetched from elsewhere.

use std::fmt::Write as _;

use super::{Block, Fact, Matter, Paper, Point, Table, escape};

const STYLE: &str = include_str!("paper.css");

/// The same document always gives the same page.
pub(in crate::reports) fn html(paper: &Paper) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: {subtitle}</title>\n<style>\n{STYLE}\
         @page {{ @bottom-left {{ content: \"{foot}\" }} }}\n</style>\n</head>\n<body>\n<main>\n\
         <header>\n<p class=\"kind\">{title}</p>\n<h1>{subtitle}</h1>\n{facts}</header>\n",
        title = escape(&paper.title),
        subtitle = escape(&paper.subtitle),
        foot = css_text(&paper.foot),
        facts = facts(&paper.facts),
    );
    for block in &paper.blocks {
        put(&mut page, block);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

// Writing to a string cannot fail.
fn put(page: &mut String, block: &Block) {
    let _ = match block {
        Block::Heading(level, text) => {
            let level = level + 1;
            writeln!(page, "<h{level}>{}</h{level}>", escape(text))
        }
        Block::Text(text) => writeln!(page, "<p>{}</p>", escape(text)),
        Block::Lead(text) => writeln!(page, "<p class=\"lead\">{}</p>", escape(text)),
        Block::List(points) => writeln!(page, "<ul>\n{}</ul>", points.iter().map(point).collect::<String>()),
        Block::Table(table) => write!(page, "{}", self::table(table)),
        Block::Matter(matter) => write!(page, "{}", self::matter(matter)),
    };
}

fn point(point: &Point) -> String {
    match point.head.as_str() {
        "" => format!("<li>{}</li>\n", escape(&point.text)),
        head => format!("<li><strong>{}</strong> {}</li>\n", escape(head), escape(&point.text)),
    }
}

fn facts(facts: &[Fact]) -> String {
    let rows = facts.iter().map(|Fact { name, text }| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(text)));
    format!("<dl>\n{}</dl>\n", rows.collect::<String>())
}

fn table(table: &Table) -> String {
    let mut text = format!("<table>\n<caption>{}</caption>\n<colgroup>", escape(&table.caption));
    for column in &table.columns {
        let _ = write!(text, "<col style=\"width:{}%\">", column.width);
    }
    text.push_str("</colgroup>\n<thead>\n<tr>");
    for column in &table.columns {
        let class = if column.is_number { " class=\"number\"" } else { "" };
        let _ = write!(text, "<th scope=\"col\"{class}>{}</th>", column.title);
    }
    text.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str("<tr>");
        for (at, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let class = if column.is_number { " class=\"number\"" } else { "" };
            // What stands first says what the row is about.
            let _ = match at {
                0 => write!(text, "<th scope=\"row\">{}</th>", escape(cell)),
                _ => write!(text, "<td{class}>{}</td>", escape(cell)),
            };
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

fn matter(matter: &Matter) -> String {
    let grave = if matter.is_grave { " grave" } else { "" };
    let chart = matter.chart.as_ref().map_or_else(String::new, |chart| format!("<figure>{}</figure>\n", chart.svg));
    format!(
        "<section class=\"matter{grave}\">\n<h3>{} <span class=\"tag\">{}</span></h3>\n<p>{}</p>\n\
         <div class=\"beside\">\n{}{chart}</div>\n</section>\n",
        escape(&matter.title),
        escape(&matter.tag),
        escape(&matter.text),
        facts(&matter.facts),
    )
}

/// Text within quotes of a style sheet.
fn css_text(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '"' | '\\' | '<' | '>' | '&') { format!("\\{:x} ", c as u32) } else { c.to_string() })
        .collect()
}
