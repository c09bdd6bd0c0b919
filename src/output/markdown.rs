//! Markdown (CommonMark, tables as GitHub has them), from the kept blocks and their kinds.
//!
//! Words stay as they are: what would be markup at the start of a line, a `<` that would open a tag, a `&` that would begin
//! a character reference and a backslash that would escape get a backslash, and nothing else does. Code is fenced by more
//! backticks than it holds.

use super::Page;
use crate::article::{Article, BlockKind, KeptBlock};
use std::borrow::Cow;

/// Appends the page: the title as the first heading, then the blocks.
pub(super) fn write(page: &Page<'_>, out: &mut Vec<u8>) {
    let article = page.article;
    let blocks = pieces(article);
    let mut pages = Markdown { out: String::new(), last: None, lists: Vec::new() };
    if let Some(title) = &article.metadata.title {
        let repeated = blocks
            .first()
            .is_some_and(|first| matches!(first.kind, BlockKind::Heading(_)) && first.text.trim() == title.trim());
        if !repeated {
            pages.block(&Piece { kind: BlockKind::Heading(1), lead: "", text: title });
        }
    }
    let mut rest = &blocks[..];
    while let [piece, after @ ..] = rest {
        let rows = rest.iter().take_while(|piece| piece.kind == BlockKind::TableRow);
        match rows.count() {
            0 => {
                pages.block(piece);
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

/// What becomes one block of Markdown.
struct Piece<'a> {
    kind: BlockKind,
    /// The indentation and the marker of an item; none for other kinds, which have a form of their own.
    lead: &'a str,
    text: &'a str,
}

/// The kept blocks, those of one kind in one line as one; a text without blocks is one paragraph.
fn pieces(article: &Article) -> Vec<Piece<'_>> {
    if article.blocks.is_empty() && !article.is_empty() {
        return vec![Piece { kind: BlockKind::Paragraph, lead: "", text: article.text.trim_end() }];
    }
    let is_one_line = |one: &KeptBlock, next: &KeptBlock| {
        let between = article.text.get(one.range.end..next.range.start);
        one.kind == next.kind && between.is_some_and(|between| !between.contains('\n'))
    };
    let piece = |line: &[KeptBlock]| {
        let ([first, ..], [.., last]) = (line, line) else { return None };
        let text = article.text.get(first.range.start..last.range.end)?.trim_end();
        let (lead, text) = match first.kind {
            BlockKind::ListItem => text.split_at_checked(first.lead)?,
            _ => ("", text),
        };
        (!text.is_empty()).then_some(Piece { kind: first.kind, lead, text })
    };
    article.blocks.chunk_by(is_one_line).filter_map(piece).collect()
}

struct Markdown {
    out: String,
    last: Option<BlockKind>,
    /// The lists that are open, the outermost first.
    lists: Vec<List>,
}

/// A list that is open.
struct List {
    level: usize,
    /// Columns before what stands in its items.
    indent: usize,
    /// The number of its last item and what stands behind it; none in a list of bullets.
    number: Option<(u32, char)>,
}

impl Markdown {
    /// Divides what comes from what was: items of one list by a line end, all else by a blank line.
    fn begin(&mut self, kind: BlockKind) {
        let same_list = kind == BlockKind::ListItem && self.last == Some(kind);
        if !same_list {
            self.lists.clear();
        }
        if self.last.is_some() && !same_list {
            self.out.push('\n');
        }
        self.last = Some(kind);
    }

    fn block(&mut self, &Piece { kind, lead, text }: &Piece<'_>) {
        let goes_on = self.last == Some(BlockKind::ListItem);
        self.begin(kind);
        match kind {
            BlockKind::Heading(level) => {
                let level = usize::from(level.clamp(1, 6));
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
                self.line(&heading(&one_line(text)));
            }
            BlockKind::ListItem => self.item(lead, text, goes_on),
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
                let text = escape_inline(&one_line(text)).replace('*', "\\*");
                self.line(&format!("*{text}*"));
            }
            BlockKind::Paragraph | BlockKind::TableRow => {
                for line in text.lines() {
                    self.line(&escape(line));
                }
            }
        }
    }

    /// An item, or what follows in one, indented so that it stays in the item or list around it; `goes_on` after another.
    fn item(&mut self, lead: &str, text: &str, goes_on: bool) {
        let marker = lead.trim();
        let level = (lead.len() - lead.trim_start().len()) / 2;
        let mut before = None;
        while let Some(list) = self.lists.pop_if(|list| list.level > level || list.level == level && !marker.is_empty())
        {
            before = Some(list);
        }
        let indent = self.lists.last().map_or(0, |list| list.indent);
        let number = number_of(marker).map(|number| match before {
            // A list that counts in another way is another list, which another mark says.
            Some(List { number: Some((last, mark)), .. }) if last.checked_add(1) == Some(number) => (number, mark),
            Some(List { number: Some((_, '.')), .. }) => (number, ')'),
            _ => (number, '.'),
        });
        let begins = before.is_none() && number.is_some_and(|(number, _)| number != 1);
        let comes_back = before.is_some() && marker.is_empty();
        // Neither ends the paragraph above it.
        if goes_on && (begins || comes_back) {
            self.out.push('\n');
        }
        let marker = match number {
            Some((number, mark)) => format!("{number}{mark} "),
            None if marker.is_empty() => String::new(),
            None if marker == "-" => "- ".to_owned(),
            // No number of Markdown.
            None => format!("- {marker} "),
        };
        if !marker.is_empty() {
            let width = if number.is_some() { marker.len() } else { 2 };
            self.lists.push(List { level, indent: indent + width, number });
        }
        let inner = self.lists.last().map_or(0, |list| list.indent);
        for (at, line) in text.lines().enumerate() {
            let (indent, marker) = if at == 0 { (indent, &*marker) } else { (inner, "") };
            self.line(format!("{:indent$}{marker}{}", "", escape(line)).trim_end());
        }
    }

    /// A run of rows, of which the first heads the table; short rows are filled up.
    fn table(&mut self, rows: &[Piece<'_>]) {
        self.begin(BlockKind::TableRow);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row.text)).collect();
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
    one_line(row).split(" | ").map(|cell| escape_inline(cell.trim()).replace('|', "\\|")).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number of a list item; no list of Markdown has one of more than nine digits.
fn number_of(marker: &str) -> Option<u32> {
    marker.strip_suffix('.').filter(|number| number.len() <= 9)?.parse().ok()
}

/// The text of a heading, whose end would be taken for the end of the markup where it is number signs.
fn heading(text: &str) -> String {
    let (name, signs) = text.split_at(text.trim_end_matches('#').len());
    let ends = !signs.is_empty() && (name.is_empty() || name.ends_with(' '));
    format!("{}{}{signs}", escape_inline(name), if ends { "\\" } else { "" })
}

/// Escapes a line of prose: its start where that is markup, and what is so anywhere.
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
            Cow::Owned(format!("{number}\\{}", escape_inline(rest)))
        }
        None => escape_inline(line),
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
            let is_table = first == '-' && line.contains('|') && line.bytes().all(|byte| b"|:- ".contains(&byte));
            only || is_table || first != '=' && first != '_' && ends_marker(&line[1..])
        }
        // The second row of a table.
        ':' => line.contains('|') && line.bytes().all(|byte| b"|:- ".contains(&byte)),
        '`' | '~' => line.len() - rest.len() >= 3,
        // The label of a link that is defined here, and not shown; it may go on in the next line.
        '[' => line[1..].find(['[', ']']).is_none_or(|at| line[1 + at..].starts_with("]:")),
        _ => false,
    }
}

/// A marker counts only before a space or the end of the line.
fn ends_marker(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// Puts a backslash before a `<` that would open or close a tag, a `&` that would begin a character reference, and a
/// backslash that would escape what comes after it.
fn escape_inline(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&', '\\']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (index, c) in text.char_indices() {
        let rest = &text[index + c.len_utf8()..];
        let next = rest.chars().next();
        let is_markup = match c {
            '<' => next.is_some_and(|n| n.is_ascii_alphabetic() || "/!?".contains(n)),
            '&' => begins_reference(rest),
            // At the end of a line it would keep the break, and before a mark of ours it would undo that.
            '\\' => next.is_none_or(|n| n.is_ascii_punctuation()),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Cow::Owned(escaped)
}

/// True where an `&` before the text would be a character reference, if there is one of that name.
fn begins_reference(rest: &str) -> bool {
    /// Letters of the longest name, and a `;`.
    const MAX_BYTES: usize = 32;
    let Some(end) = rest.bytes().take(MAX_BYTES).position(|byte| byte == b';') else {
        return false;
    };
    let name = &rest[..end];
    let is = |digits: &str, max: usize, fits: fn(&u8) -> bool| {
        (1..=max).contains(&digits.len()) && digits.bytes().all(|byte| fits(&byte))
    };
    match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(number) => is(number, 6, u8::is_ascii_hexdigit),
            None => is(number, 7, u8::is_ascii_digit),
        },
        None => name.starts_with(|c: char| c.is_ascii_alphabetic()) && is(name, MAX_BYTES, u8::is_ascii_alphanumeric),
    }
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
            (r"\<script> \\* \n C:\Temp\", r"\\\<script> \\\\* \n C:\Temp\\"),
            ("&lt;b&gt; &#60; &#x3c;", r"\&lt;b\&gt; \&#60; \&#x3c;"),
            ("AT&T; R&D & &#x; &#12345678; a&b", r"AT\&T; R&D & &#x; &#12345678; a&b"),
            ("[note]: https://a.example/", r"\[note]: https://a.example/"),
            ("[1] first, [2]: second", "[1] first, [2]: second"),
            (":--|--:", r"\:--|--:"),
            ("--- | ---", r"\--- | ---"),
            (":-) | :-(", ":-) | :-("),
            ("    four", "four"),
        ] {
            assert_eq!(escape(line), expected);
        }
    }

    /// Markdown of the items of an HTML list, as the text has them.
    fn list(items: &[(&str, &str)]) -> String {
        let texts: Vec<String> = items.iter().map(|(lead, text)| format!("{lead}{text}")).collect();
        let pieces: Vec<_> = texts.iter().map(|text| (ListItem, &**text)).collect();
        let mut article = article(None, &pieces);
        for (block, (lead, _)) in article.blocks.iter_mut().zip(items) {
            block.lead = lead.len();
        }
        let mut out = Vec::new();
        write(&page(&article), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_follows_in_an_item_stays_in_it_and_is_no_markup() {
        let items = [("- ", "one"), ("", "# two"), ("- ", "# three\n- four"), ("- ", "1. five"), ("", "1. six")];
        let expected = "- one\n  \\# two\n- \\# three\n  \\- four\n- 1\\. five\n  1\\. six\n";
        assert_eq!(list(&items), expected);
        let items = [("10. ", "one"), ("  - ", "two"), ("  ", "three"), ("", "four"), ("11. ", "five")];
        assert_eq!(list(&items), "10. one\n    - two\n      three\n\n    four\n11. five\n");
        assert_eq!(list(&[("  - ", "one"), ("- ", "two"), ("    - ", "three")]), "- one\n- two\n  - three\n");
    }

    #[test]
    fn items_keep_their_numbers() {
        let items = [("3. ", "a"), ("7. ", "b"), ("8. ", "c"), ("1. ", "d"), ("2. ", "e")];
        assert_eq!(list(&items), "3. a\n7) b\n8) c\n1. d\n2. e\n");
        assert_eq!(list(&[("- ", "a"), ("  4. ", "b"), ("  5. ", "c")]), "- a\n\n  4. b\n  5. c\n");
        assert_eq!(list(&[("-1. ", "a"), ("0. ", "b"), ("1234567890. ", "c")]), "- -1. a\n0. b\n- 1234567890. c\n");
    }

    #[test]
    fn marks_at_the_end_of_a_heading_or_a_caption_are_text() {
        let pieces = [(Heading(2), "Sharp #"), (Heading(2), "C#"), (Caption, "a\\*b \\"), (TableRow, "a\\ | b\\|")];
        let expected = "## Sharp \\#\n\n## C#\n\n*a\\\\\\*b \\\\*\n\n| a\\\\ | b\\\\\\| |\n| --- | --- |\n";
        assert_eq!(markdown(None, &pieces), expected);
    }

    #[test]
    fn blocks_in_one_line_are_one() {
        let mut article = article(None, &[(TableRow, "a | 100"), (TableRow, "pounds | 5"), (TableRow, "b | 6 | 7")]);
        article.text = article.text.replacen('\n', " ", 1);
        let mut out = Vec::new();
        write(&page(&article), &mut out);
        let expected = "| a | 100 pounds | 5 |\n| --- | --- | --- |\n| b | 6 | 7 |\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
