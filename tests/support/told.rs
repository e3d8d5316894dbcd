//! A notice as a test looks at it.

use serde_json::Value;

use super::home::name;

/// What one group was told.
#[derive(Debug)]
pub struct Told {
    pub id: String,
    pub kind: String,
    pub group: String,
    pub subject: String,
    pub content: Value,
}

impl Told {
    pub fn of(notice: &Value) -> Self {
        let text = |field: &str| notice[field].as_str().unwrap_or_else(|| panic!("{field} in {notice}")).to_owned();
        let kind = text("kind");
        let content = notice["content"][&kind].clone();
        Self { id: text("id"), group: text("group"), subject: text("subject"), kind, content }
    }

    /// The alerts of one section, as `rule: label (since)`.
    pub fn section(&self, section: &str) -> Vec<String> {
        let lines = self.content[section].as_array().unwrap_or_else(|| panic!("{section} in {}", self.content));
        let line = |line: &Value| {
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            format!("{}: {} ({})", text("rule"), name(&line["labels"]), text("since"))
        };
        lines.iter().map(line).collect()
    }

    /// Every section with alerts in it, in the order of the report.
    pub fn sections(&self) -> Vec<(&'static str, Vec<String>)> {
        ["new", "worsened", "withdrawn", "amended", "continuing", "resolved"]
            .into_iter()
            .map(|section| (section, self.section(section)))
            .filter(|(_, lines)| !lines.is_empty())
            .collect()
    }
}
