//! For people: `path:line:column: rule message`, the source line with a mark under what was found, how to keep it.
//!
//! Nothing of a page reaches the terminal raw: control characters and marks of direction are spelt out, tabs become
//! spaces. How a rule is silenced stands below its first finding only.

use super::{Account, Reporter, Style};
use crate::check::{Excerpt, Finding};
use crate::input::{printable, printable_text};
use std::collections::HashSet;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Writes the text.
pub(super) struct Human {
    style: Style,
    explained: HashSet<String>,
}

const TAB_WIDTH: usize = 4;
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const BLUE: &str = "\x1b[34m";
const CYAN: &str = "\x1b[36m";

impl Human {
    pub(super) fn new(style: Style) -> Human {
        Human { style, explained: HashSet::new() }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.style.color { format!("{color}{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A source line as a terminal shows it, and the columns that are marked.
fn shown(excerpt: &Excerpt) -> (String, usize, usize) {
    let mut line = String::new();
    let (mut start, mut end) = (0, 0);
    if excerpt.cut_before {
        line.push('…');
    }
    for (at, c) in excerpt.text.char_indices() {
        if at == excerpt.mark.start {
            start = line.width();
        }
        match c {
            '\t' => line.push_str(&" ".repeat(TAB_WIDTH - line.width() % TAB_WIDTH)),
            c => line.push_str(&printable_text(c.encode_utf8(&mut [0; 4]))),
        }
        if at < excerpt.mark.end {
            end = line.width();
        }
    }
    if excerpt.cut_after {
        line.push('…');
    }
    (line.trim_end().to_owned(), start, end.max(start + 1))
}

impl Reporter for Human {
    fn finding(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        let (line, start, end) = shown(&finding.excerpt);
        let number = finding.start.line.to_string();
        let margin = " ".repeat(number.len());
        let bar = self.paint(BLUE, "|");
        let colon = self.paint(CYAN, ":");
        let mut text = format!(
            "{}{colon}{}{colon}{}{colon} {} {}\n{margin} {bar}\n{} {bar} {line}\n{margin} {bar} {}{}\n",
            self.paint(BOLD, &finding.path),
            finding.start.line,
            finding.start.column,
            self.paint(RED, &finding.rule),
            finding.message,
            self.paint(BLUE, &number),
            " ".repeat(start),
            self.paint(RED, &"^".repeat(end - start)),
        );
        if finding.end.line > finding.start.line {
            text += &format!("{margin} {bar} to line {}\n", finding.end.line);
        }
        if self.explained.insert(finding.rule.clone()) {
            let equals = self.paint(BLUE, "=");
            text += &format!(
                "{margin} {equals} to keep the line, put it in a keep list; to turn the rule off: off = [\"{}\"] in dehusk.toml\n",
                finding.rule
            );
        }
        text.push('\n');
        out.extend_from_slice(text.as_bytes());
    }

    fn finish(&mut self, account: &Account, out: &mut Vec<u8>) {
        for entry in &account.stale {
            let count = if entry.count > 1 { format!(" ({} times)", entry.count) } else { String::new() };
            let line = format!(
                "{}: {} stale entry of the baseline{count}: {}\n",
                self.paint(BOLD, &printable(Path::new(&entry.path))),
                entry.rule,
                printable_text(&entry.text),
            );
            out.extend_from_slice(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn the_mark_stands_below_what_was_found_whatever_its_width() {
        let text = report("human", &[hard(), hard()], &Account::default());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "a b/50%,x:y\\n.txt:3:6: login/log-in-en a login link: it is shown");
        let (source, mark) = (lines[3], lines[4]);
        assert_eq!(source, "3 |     新闻: 50% <off> & \"more\" \\u{202e}😀 Log in");
        // Two wide characters count twice, the escaped mark eight times.
        assert_eq!(mark.find('^'), Some("3 |     ".len() + 4 + 2));
        assert_eq!(mark.matches('^').count(), "50% <off> & \"more\" \\u{202e}XX Log in".len());
        assert_eq!(text.matches("to turn the rule off").count(), 1);
        assert!(!text.contains('\x1b'));
    }

    #[test]
    fn colours_come_only_when_they_are_wanted() {
        let mut reporter = (ReportFormat::by_name("human").unwrap().new)(Style { color: true });
        let mut out = Vec::new();
        reporter.finding(&hard(), &mut out);
        assert!(String::from_utf8(out).unwrap().contains("\x1b[1;31mlogin/log-in-en\x1b[0m"));
    }
}
