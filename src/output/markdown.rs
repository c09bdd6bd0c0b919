//! Markdown (CommonMark, tables as GitHub has them), from the kept blocks and their kinds.
//!
//! Words stay as they are; what a reader would take for markup at the start of a line, and a `<` that would
//! open a tag, get a backslash. Code is fenced by more backticks than it holds.

use super::Page;
use crate::article::{Article, BlockKind};
use std::borrow::Cow;

/// Appends the page: the title as the first heading, then the blocks.
pub(super) fn write(page: &Page<'_>, out: &mut Vec<u8>) {
    let article = page.article;
    let blocks = pieces(article);
    let mut pages = Markdown { out: String::new(), last: None };
    if let Some(title) = &article.metadata.title {
        let repeated = blocks
            .first()
            .is_some_and(|&(kind, text)| matches!(kind, BlockKind::Heading(_)) && text.trim() == title.trim());
        if !repeated {
            pages.block(BlockKind::Heading(1), title);
        }
    }
    let mut rest = &blocks[..];
    while let [(kind, text), after @ ..] = rest {
        let rows = rest.iter().take_while(|(kind, _)| *kind == BlockKind::TableRow);
        match rows.count() {
            0 => {
                pages.block(*kind, text);
                rest = after;
            }
            rows => {
                pages.table(&rest[..rows]);
                rest = &rest[rows..];
            }
        }
    }
    out.extend_from_slice(pages.out.as_bytes());
}

/// The kept blocks with their text; a text without blocks is one paragraph.
fn pieces(article: &Article) -> Vec<(BlockKind, &str)> {
    if article.blocks.is_empty() && !article.is_empty() {
        return vec![(BlockKind::Paragraph, article.text.trim_end())];
    }
    article
        .blocks
        .iter()
        .filter_map(|block| Some((block.kind, article.text.get(block.range.clone())?)))
        .map(|(kind, text)| (kind, text.trim_end()))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

struct Markdown {
    out: String,
    last: Option<BlockKind>,
}

impl Markdown {
    /// Divides what comes from what was: items of one list by a line end, all else by a blank line.
    fn begin(&mut self, kind: BlockKind) {
        let same_list = kind == BlockKind::ListItem && self.last == Some(kind);
        if self.last.is_some() && !same_list {
            self.out.push('\n');
        }
        self.last = Some(kind);
    }

    fn block(&mut self, kind: BlockKind, text: &str) {
        self.begin(kind);
        match kind {
            BlockKind::Heading(level) => {
                let level = usize::from(level.clamp(1, 6));
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
                self.line(&escape_tags(&one_line(text)));
            }
            BlockKind::ListItem => self.line(&escape_tags(text)),
            BlockKind::Quote => {
                for line in text.lines() {
                    self.line(format!("> {}", escape(line)).trim_end());
                }
            }
            BlockKind::Code => {
                let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
                self.line(&fence);
                self.line(text);
                self.line(&fence);
            }
            BlockKind::Caption => {
                let text = one_line(text).replace('*', "\\*");
                self.line(&format!("*{}*", escape_tags(text.trim())));
            }
            BlockKind::Paragraph | BlockKind::TableRow => {
                for line in text.lines() {
                    self.line(&escape(line));
                }
            }
        }
    }

    /// A run of rows, of which the first heads the table; short rows are filled up.
    fn table(&mut self, rows: &[(BlockKind, &str)]) {
        self.begin(BlockKind::TableRow);
        let rows: Vec<Vec<String>> = rows.iter().map(|(_, row)| cells(row)).collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        for (index, row) in rows.iter().enumerate() {
            let mut line = String::from("|");
            for cell in (0..width).map(|column| row.get(column).map_or("", |cell| cell)) {
                line.push(' ');
                line.push_str(cell);
                line.push_str(" |");
            }
            self.line(&line);
            if index == 0 {
                self.line(&format!("|{}", " --- |".repeat(width)));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }
}

fn cells(row: &str) -> Vec<String> {
    one_line(row).split(" | ").map(|cell| escape_tags(cell.trim()).replace('|', "\\|")).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes a line of prose: its start where that is markup, and tags anywhere.
fn escape(line: &str) -> Cow<'_, str> {
    // Four spaces would make code of it.
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = &line[digits..];
    let at = if (1..=9).contains(&digits) && after.starts_with(['.', ')']) && ends_marker(&after[1..]) {
        Some(digits)
    } else {
        starts_markup(line).then_some(0)
    };
    match at {
        Some(at) => {
            let (number, rest) = line.split_at(at);
            Cow::Owned(format!("{number}\\{}", escape_tags(rest)))
        }
        None => escape_tags(line),
    }
}

fn starts_markup(line: &str) -> bool {
    let Some(first) = line.chars().next() else {
        return false;
    };
    let rest = line.trim_start_matches(first);
    match first {
        '#' => ends_marker(rest),
        '>' | '|' => true,
        '+' => ends_marker(&line[1..]),
        '-' | '*' | '_' | '=' => {
            // An item of a list, a rule, or the underline that makes a heading of the line above.
            let only = line.chars().all(|c| c == first || c == ' ');
            only || first != '=' && first != '_' && ends_marker(&line[1..])
        }
        '`' | '~' => line.len() - rest.len() >= 3,
        _ => false,
    }
}

/// A marker counts only before a space or the end of the line.
fn ends_marker(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// Puts a backslash before a `<` that would open or close a tag.
fn escape_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (index, c) in text.char_indices() {
        let next = text[index + c.len_utf8()..].chars().next();
        if c == '<' && next.is_some_and(|n| n.is_ascii_alphabetic() || "/!?".contains(n)) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Cow::Owned(escaped)
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::{article, page};
    use super::*;
    use BlockKind::*;

    fn markdown(title: Option<&str>, pieces: &[(BlockKind, &str)]) -> String {
        let mut out = Vec::new();
        let article = article(title, pieces);
        let page = page(&article);
        write(&page, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_kind_of_block_has_its_form() {
        let page = markdown(
            Some("Title"),
            &[
                (Heading(2), "A heading"),
                (Paragraph, "One\ntwo."),
                (ListItem, "- first"),
                (ListItem, "- second"),
                (Quote, "Said\n- she"),
                (Code, "  let a = `b`;\n```"),
                (TableRow, "a | b"),
                (TableRow, "c|d"),
                (Caption, "A *photo*"),
            ],
        );
        let expected = "# Title\n\n## A heading\n\nOne\ntwo.\n\n- first\n- second\n\n> Said\n> \\- she\n\n\
            ````\n  let a = `b`;\n```\n````\n\n| a | b |\n| --- | --- |\n| c\\|d |  |\n\n*A \\*photo\\**\n";
        assert_eq!(page, expected);
    }

    #[test]
    fn a_title_that_is_the_first_heading_is_not_repeated() {
        assert_eq!(markdown(Some("T"), &[(Heading(1), "T"), (Paragraph, "x")]), "# T\n\nx\n");
    }

    #[test]
    fn prose_that_looks_like_markup_is_escaped_and_other_prose_is_not() {
        for (line, expected) in [
            ("# one", "\\# one"),
            ("#one", "#one"),
            ("- one", "\\- one"),
            ("-5 degrees", "-5 degrees"),
            ("---", "\\---"),
            ("===", "\\==="),
            ("1. one", "1\\. one"),
            ("1.5 million", "1.5 million"),
            ("1984) was", "1984\\) was"),
            ("> one", "\\> one"),
            ("```", "\\```"),
            ("*one* two", "*one* two"),
            ("a < b, <div> and </p>", "a < b, \\<div> and \\</p>"),
            ("    four", "four"),
        ] {
            assert_eq!(escape(line), expected);
        }
    }
}
