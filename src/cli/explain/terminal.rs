//! An explained page on a terminal: what decided in the margin, the text beside it, a summary at the end.
//!
//! Colours and strokes are for terminals; a pipe gets the same lines without them, and a minus marks what went in
//! both. Page text is printed through [`printable_text`], so that it cannot speak to the terminal.

use super::Explained;
use anstyle::{AnsiColor, Style};
use dehusk::input::printable_text;
use dehusk::{AccountBlock, BlockKind, Decision, Ground};
use std::fmt::Write as _;
use std::io::{self, Write};
use textwrap::core::display_width;

/// Columns without a terminal, and the most that lines of prose may have.
const COLUMNS: usize = 100;
/// The widest margin, and the part of the width that it takes at most; a longer id stands on a line of its own.
const MAX_MARGIN: usize = 36;
const MARGIN_PART: usize = 3;
/// Columns below which the reason stands over the text and not beside it.
const NARROW: usize = 72;
/// Columns of the bar of a family.
const BAR: usize = 24;

const KEPT: Style = Style::new();
const REMOVED: Style = Style::new().dimmed().strikethrough();
const REASON: Style = AnsiColor::Red.on_default();
const GUARD: Style = AnsiColor::Green.on_default();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// Prints the page on standard output.
pub(super) fn print(explained: &Explained<'_>) -> io::Result<()> {
    let width = terminal_size::terminal_size().map_or(COLUMNS, |(width, _)| usize::from(width.0));
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    out.write_all(render(explained, width).as_bytes())?;
    out.flush()
}

/// The page in lines of at most `width` columns, with the codes for colours.
fn render(explained: &Explained<'_>, width: usize) -> String {
    let blocks = &explained.account.blocks;
    let label = |block: &AccountBlock| display_width(block.decision.id());
    let margin = match width < NARROW {
        true => 0,
        false => blocks.iter().map(label).max().unwrap_or(0).min(MAX_MARGIN).min(width / MARGIN_PART),
    };
    let sheet = Sheet { margin, width: width.clamp(20, COLUMNS + 2 * MAX_MARGIN) };
    let mut out = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 && block.begins_paragraph {
            out.push('\n');
        }
        sheet.block(block, &mut out);
    }
    sheet.summary(explained, &mut out);
    out
}

struct Sheet {
    margin: usize,
    width: usize,
}

impl Sheet {
    fn block(&self, block: &AccountBlock, out: &mut String) {
        let id = block.decision.id();
        // What the judgement keeps is the rule on most pages, and needs no word.
        let is_plain = matches!(block.decision, Decision::Kept(Ground::Judgement | Ground::Unnamed));
        let (sign, text, reason) = match block.decision {
            Decision::Kept(_) => (' ', KEPT, GUARD),
            Decision::Removed(_) => ('-', REMOVED, REASON),
        };
        let shown = if is_plain { "" } else { id };
        let score = format!("{FAINT}{:.2}{FAINT:#}", block.score);
        let (room, taken) = (self.margin, display_width(shown));
        let mut lead = String::new();
        if taken > room {
            let over = if room == 0 { &*score } else { "" };
            let _ = writeln!(out, "{}", format!("{reason}{shown}{reason:#} {over}").trim_end());
        } else {
            lead = format!("{reason}{shown}{reason:#}");
        }
        if room > 0 {
            let pad = if lead.is_empty() { room } else { room - taken };
            lead = format!("{lead}{:pad$} {score} ", "");
        }
        let blank = " ".repeat(if self.margin == 0 { 0 } else { self.margin + 6 });
        for line in self.wrapped(&block.text, block.kind) {
            let _ = writeln!(out, "{lead}{sign} {text}{line}{text:#}");
            lead.clone_from(&blank);
        }
        // The words that a rule matched are often all of them.
        let is_told = !is_plain && !letters(&block.evidence).contains(&letters(&block.text));
        for line in is_told.then(|| self.wrapped(&block.evidence, BlockKind::Paragraph)).into_iter().flatten() {
            let _ = writeln!(out, "{blank}  {FAINT}{line}{FAINT:#}");
        }
    }

    /// The printable lines of a text; code keeps its lines, as far as they fit.
    fn wrapped(&self, text: &str, kind: BlockKind) -> Vec<String> {
        let taken = if self.margin == 0 { 2 } else { self.margin + 8 };
        let width = self.width.saturating_sub(taken).clamp(12, COLUMNS);
        let bullet = if kind == BlockKind::ListItem { "• " } else { "" };
        let lines = text.lines().map(printable_text);
        let options =
            || textwrap::Options::new(width).initial_indent(bullet).subsequent_indent(&"  "[..bullet.len().min(2)]);
        lines
            .flat_map(|line| textwrap::wrap(&line, options()).into_iter().map(String::from).collect::<Vec<_>>())
            .collect()
    }

    fn summary(&self, explained: &Explained<'_>, out: &mut String) {
        let article = &explained.account.article;
        let (words, removed) = (explained.words(), explained.words_removed());
        let percent = |some: usize| some as f64 * 100.0 / words.max(1) as f64;
        let _ = writeln!(out, "\n{STRONG}{}{STRONG:#}", "─".repeat(self.width.min(COLUMNS)));
        let _ = writeln!(
            out,
            "{STRONG}{}{STRONG:#}: {} of {words} words kept, {} of {} blocks removed, confidence {:.2}",
            explained.path,
            words - removed,
            explained.removed(),
            explained.account.blocks.len(),
            article.confidence,
        );
        for (family, share) in explained.families_by_words() {
            let part = share.words * BAR / words.max(1);
            let bar = format!("{}{}", "█".repeat(part), "·".repeat(BAR - part));
            let noun = if share.blocks == 1 { "block" } else { "blocks" };
            let _ = writeln!(
                out,
                "  {family:<12} {REASON}{bar}{REASON:#} {:>6} words {:>5.1} %  {} {noun}",
                share.words,
                percent(share.words),
                share.blocks
            );
        }
        if !article.degraded.is_empty() {
            let kinds: Vec<String> = article.degraded.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            let _ = writeln!(out, "  degraded: {}", kinds.join(", "));
        }
    }
}

/// The letters and digits of a text in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dehusk::{Cleaner, Hints};

    const PAGE: &str = "The mill was sold on Monday, said the miller, who had run it for forty years.\n\n\
        Please refresh the page to be logged in\n\n\
        Correction: an earlier version of this article gave the wrong year.\n";

    fn lines(width: usize) -> Vec<String> {
        let cleaner = Cleaner::builder().build().expect("the built-in rules load");
        let account = cleaner.explain(PAGE.as_bytes(), &Hints::default()).expect("it is text");
        let page = render(&Explained { path: "mill.txt", bytes: PAGE.len(), account: &account }, width);
        let plain = anstream::adapter::strip_str(&page).to_string();
        plain.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_reason_stands_in_the_margin_and_a_minus_before_what_went() {
        let lines = lines(100);
        let went = lines.iter().find(|line| line.contains("Please refresh")).expect("it is shown");
        assert!(went.starts_with("login/") && went.contains(" 1.00 - Please refresh"), "{went}");
        assert_eq!(lines.iter().filter(|line| line.contains("efresh the page")).count(), 1, "it is its own evidence");
        let stays = lines.iter().find(|line| line.contains("Correction:")).expect("it is shown");
        assert!(stays.contains(" 1.00   Correction:") && !stays.starts_with(' '), "{stays}");
        assert!(lines[0].starts_with(' ') && lines[0].contains("The mill was sold"), "{}", lines[0]);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [40, 71, 72, 80, 100] {
            let wide = lines(width).into_iter().find(|line| display_width(line) > width && !line.contains("words"));
            assert_eq!(wide, None, "at {width} columns");
        }
    }
}
