//! Matchers as Alertmanager reads them now: any name, and what is not plain in double quotes.

use super::{
    Matcher,
    parse::{MatcherError, matcher},
};

/// Whether a character can stand in quotes only.
pub(super) fn is_reserved(c: char) -> bool {
    c.is_whitespace() || "{}!=~,\\\"'`".contains(c)
}

pub(super) fn parse(text: &str) -> Result<Vec<Matcher>, MatcherError> {
    let mut reader = Reader { text, at: 0 };
    let braces = reader.takes('{');
    let mut matchers = Vec::new();
    loop {
        if reader.ends(braces)? {
            return Ok(matchers);
        }
        matchers.push(reader.matcher()?);
        if !reader.takes(',') {
            return if reader.ends(braces)? {
                Ok(matchers)
            } else {
                reader.wrong("a comma or the end is expected here")
            };
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The byte at which what is left begins.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Whether the list ends here: with its brace, where it began with one, and nothing after it.
    fn ends(&mut self, braces: bool) -> Result<bool, MatcherError> {
        self.skip_space();
        match (braces, self.rest()) {
            (false, "") => Ok(true),
            (true, "") => self.wrong("the closing brace is missing"),
            (false, rest) if rest.starts_with('}') => self.wrong("the opening brace is missing"),
            (true, rest) if rest.starts_with('}') => {
                self.at += 1;
                self.skip_space();
                if self.rest().is_empty() { Ok(true) } else { self.wrong("nothing may follow the closing brace") }
            }
            _ => Ok(false),
        }
    }

    fn matcher(&mut self) -> Result<Matcher, MatcherError> {
        let begin = self.column();
        let label = self.word("the name of a label is expected here")?;
        if label.is_empty() {
            return Err(MatcherError { column: begin, what: "a label has a name".to_owned() });
        }
        self.skip_space();
        let operator = ["=~", "!=", "!~", "="].into_iter().find(|operator| self.rest().starts_with(operator));
        let Some(operator) = operator else { return self.wrong("`=`, `!=`, `=~` or `!~` is expected here") };
        self.at += operator.len();
        self.skip_space();
        let column = self.column();
        let value = self.word("a value is expected here; an empty one is written \"\"")?;
        matcher(label, operator, &value, column)
    }

    /// A word, or a text in quotes.
    fn word(&mut self, missing: &str) -> Result<String, MatcherError> {
        self.skip_space();
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let end = self.rest().find(is_reserved).unwrap_or(self.rest().len());
        let word = self.rest().get(..end).filter(|word| !word.is_empty());
        let Some(word) = word else { return self.wrong(missing) };
        self.at += end;
        Ok(word.to_owned())
    }

    fn quoted(&mut self) -> Result<String, MatcherError> {
        let (mut inner, mut escaped) = (self.rest().char_indices().skip(1), false);
        let end = inner.find_map(|(at, found)| {
            let closes = found == '"' && !escaped;
            escaped = found == '\\' && !escaped;
            closes.then_some(at)
        });
        let Some(end) = end else { return self.wrong("the closing quote is missing") };
        let text = self.rest().get(1..end).and_then(unescaped);
        let Some(text) = text else { return self.wrong("what stands in these quotes has an escape that is none") };
        self.at += end + 1;
        Ok(text)
    }

    fn column(&self) -> usize {
        self.text.get(..self.at).unwrap_or_default().chars().count() + 1
    }

    fn wrong<T>(&self, what: &str) -> Result<T, MatcherError> {
        Err(MatcherError { column: self.column(), what: what.to_owned() })
    }
}

/// The text that an interpreted string literal of Go stands for; none where an escape is none, or does not make UTF-8.
fn unescaped(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some(found) = rest.chars().next() {
        rest = rest.get(found.len_utf8()..)?;
        if found == '\n' {
            return None;
        }
        if found != '\\' {
            bytes.extend(found.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let kind = rest.chars().next()?;
        let (digits, radix, skipped) = match kind {
            'x' => (2, 16, 1),
            'u' => (4, 16, 1),
            'U' => (8, 16, 1),
            '0'..='7' => (3, 8, 0),
            _ => {
                bytes.push(simple(kind)?);
                rest = rest.get(kind.len_utf8()..)?;
                continue;
            }
        };
        let written = rest.get(skipped..skipped + digits).filter(|text| text.chars().all(|c| c.is_digit(radix)))?;
        let number = u32::from_str_radix(written, radix).ok()?;
        match kind {
            'u' | 'U' => bytes.extend(char::from_u32(number)?.encode_utf8(&mut [0; 4]).bytes()),
            _ => bytes.push(u8::try_from(number).ok()?),
        }
        rest = rest.get(skipped + digits..)?;
    }
    String::from_utf8(bytes).ok()
}

fn simple(escape: char) -> Option<u8> {
    Some(match escape {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '"' => b'"',
        _ => return None,
    })
}
