//! Takes findings out of a text and leaves everything else as it is, byte for byte.
//!
//! A line that goes takes its line end with it, and of the blank lines around it as many stay as stood on one side, so
//! that paragraphs keep their distance. A piece in the middle of a line leaves the spaces around it; one at its end takes
//! those before it along, which would stand at the end now.

use std::ops::Range;

/// The text without the ranges, which are in order and do not overlap.
pub fn cut(text: &str, ranges: &[Range<usize>]) -> String {
    let mut fixed = String::with_capacity(text.len());
    let mut ranges = ranges.iter().peekable();
    let (mut start, mut gone) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let content = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        let content_end = start + content.len();
        let mut kept = String::new();
        let (mut at, mut touched) = (start, false);
        while let Some(range) = ranges.peek().filter(|range| range.start < end) {
            let from = range.start.clamp(at, content_end);
            kept.push_str(&text[at..from]);
            at = range.end.clamp(from, content_end);
            touched = true;
            let rest = &text[at..content_end];
            if rest.trim().is_empty() {
                kept.truncate(kept.trim_end_matches(is_blank_in_line).len());
            } else if kept.ends_with(|c: char| !c.is_whitespace()) && !rest.starts_with(char::is_whitespace) {
                // Between two pieces that stay the words must not run together.
                kept.push(' ');
            }
            if range.end > end {
                break;
            }
            ranges.next();
        }
        kept.push_str(&text[at..content_end]);
        start = end;
        if touched && kept.trim().is_empty() {
            gone = true;
            continue;
        }
        // A blank line after a line that went doubles the one before it.
        let is_blank = line.trim().is_empty();
        if gone && is_blank && ends_blank(&fixed) {
            continue;
        }
        gone &= is_blank;
        fixed.push_str(&kept);
        fixed.push_str(&line[content.len()..]);
    }
    if gone {
        trim_blank_end(&mut fixed);
    }
    fixed
}

/// A CR alone may end a line.
fn is_blank_in_line(c: char) -> bool {
    c.is_whitespace() && c != '\r'
}

/// True for a text that is empty or ends in a blank line.
fn ends_blank(text: &str) -> bool {
    let last = text.strip_suffix('\n').and_then(|before| before.rsplit('\n').next());
    text.is_empty() || last.is_some_and(|line| line.trim().is_empty())
}

/// What went was the end: the blank lines before it go too.
fn trim_blank_end(text: &mut String) {
    let content = text.trim_end().len();
    let line_end = text[content..].find('\n').map_or(text.len(), |at| content + at + 1);
    text.truncate(if content == 0 { 0 } else { line_end });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts every `[...]` of a text.
    fn without_brackets(text: &str) -> String {
        let mut ranges = Vec::new();
        let mut from = 0;
        while let Some(start) = text[from..].find('[').map(|at| from + at) {
            from = start + text[start..].find(']').unwrap() + 1;
            ranges.push(start..from);
        }
        cut(text, &ranges)
    }

    #[test]
    fn a_line_goes_with_its_end_and_paragraphs_keep_their_distance() {
        for (text, fixed) in [
            ("A\n\n[x]\n\nB\n", "A\n\nB\n"),
            ("A\n[x]\nB\n", "A\nB\n"),
            ("A\n\n\n[x]\n\nB\n", "A\n\n\nB\n"),
            ("A\n[x]\n\nB\n", "A\n\nB\n"),
            ("A\n\n[x]\n[y]\n\nB\n", "A\n\nB\n"),
            ("A\n\n[x]\n\n[y]\n\nB\n", "A\n\nB\n"),
            ("[x]\n\nA\n", "A\n"),
            ("A\n\n[x]\n", "A\n"),
            ("A\n\n[x]", "A\n"),
            ("A\r\n\r\n[x]\r\n\r\nB\r\n", "A\r\n\r\nB\r\n"),
            ("A\n\n  [x]  \n\nB\n", "A\n\nB\n"),
            ("[x]\n", ""),
        ] {
            assert_eq!(without_brackets(text), fixed, "{text:?}");
        }
    }

    #[test]
    fn a_piece_of_a_line_goes_alone() {
        for (text, fixed) in [
            ("He left.[x]\nB\n", "He left.\nB\n"),
            ("[x]He left.\n", "He left.\n"),
            ("He left.[x]She stayed.\r\n", "He left. She stayed.\r\n"),
            ("He left. [x] She stayed.\n", "He left.  She stayed.\n"),
            ("[x][y]\nB", "B"),
            ("He left. [x]\nB\n", "He left.\nB\n"),
            ("He left. [x] [y]\nB\n", "He left.\nB\n"),
            ("He left.[x]\t \r\nB  \n", "He left.\t \r\nB  \n"),
            ("He left. [x]\t \nB", "He left.\t \nB"),
            ("  [x] She stayed.  \n", "   She stayed.  \n"),
            ("A\rHe left.[x]\rB\r", "A\rHe left.\rB\r"),
            ("A\r\rHe left.[x]\r", "A\r\rHe left.\r"),
        ] {
            assert_eq!(without_brackets(text), fixed, "{text:?}");
        }
    }

    #[test]
    fn a_range_over_several_lines_takes_them_all() {
        assert_eq!(without_brackets("A\n\n[x\ny\nz]\n\nB\n"), "A\n\nB\n");
        assert_eq!(without_brackets("A\n\n[x\r\ny]B\r\n"), "A\n\nB\r\n");
        assert_eq!(without_brackets("He left. [x\r\ny]\nB\n"), "He left.\r\nB\n");
        assert_eq!(without_brackets("He left.[x\ny] B\n"), "He left.\n B\n");
    }

    #[test]
    fn what_is_not_cut_stays_byte_for_byte() {
        let text = "A  \n\n\n\tB \u{a0}\r\n\n\n\nC";
        assert_eq!(cut(text, &[]), text);
    }
}
