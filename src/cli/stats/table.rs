//! Statistics as tables of text. What comes from pages is printed through [`printable_text`].

use crate::cli::sheet::percent;
use anstyle::{AnsiColor, Style};
use dehusk::input::printable_text;
use dehusk::pipeline::{Amount, CutPage, Part, Site, Stats, grouped};
use std::fmt::Write as _;
use std::io::{self, Write};
use textwrap::core::display_width;

const TITLE: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const BAR: Style = AnsiColor::Red.on_default();
/// Columns of a bar, of a name and of a quoted line.
const BAR_COLUMNS: usize = 20;
const NAME_COLUMNS: usize = 34;
const LINE_COLUMNS: usize = 70;

/// Prints the tables on standard output.
pub(super) fn print(stats: &Stats) -> io::Result<()> {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    for line in render(stats).lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    out.flush()
}

fn render(stats: &Stats) -> String {
    let mut out = String::new();
    head(stats, &mut out);
    parts("Removed, by family", &stats.families, stats.total, &mut out);
    parts("Removed, by rule", &stats.rules, stats.total, &mut out);
    sites("By site", &stats.sites, &mut out);
    sites("By language", &stats.languages, &mut out);
    if !stats.repeated.is_empty() {
        title("Lines on most pages", &mut out);
        for line in &stats.repeated {
            let state = match &line.rule {
                None => "kept".to_owned(),
                Some(rule) if line.removed == line.pages => format!("removed: {rule}"),
                Some(rule) => format!("removed on {}: {rule}", grouped(line.removed)),
            };
            let text = fitted(&line.text, LINE_COLUMNS);
            let _ = writeln!(out, "{:>9} pages  {text}  {FAINT}{state}{FAINT:#}", grouped(line.pages));
        }
    }
    pages("Pages cut most", &stats.most_cut, &mut out);
    pages("Emptied pages", &stats.emptied, &mut out);
    out
}

/// What part of the inputs was read, when it was not all of them.
pub(super) fn sampled(stats: &Stats) -> Option<String> {
    let part = || format!("of a sample, {} of {} inputs", grouped(stats.read), grouped(stats.inputs));
    (stats.read < stats.inputs).then(part)
}

fn head(stats: &Stats, out: &mut String) {
    let outcomes: Vec<_> = stats.outcomes.iter().map(|(name, count)| format!("{} {name}", grouped(*count))).collect();
    let (total, removed) = (stats.total, stats.removed);
    let sampled = sampled(stats).map_or_else(String::new, |part| format!(" {part}"));
    let pages = if stats.pages == 1 { "page" } else { "pages" };
    let _ = writeln!(out, "{TITLE}{} {pages}{TITLE:#}{sampled}: {}", grouped(stats.pages), outcomes.join(", "));
    let _ = writeln!(
        out,
        "{} of {} words removed ({:.1} %), {} of {} bytes of text ({:.1} %)",
        grouped(removed.words),
        grouped(total.words),
        percent(removed.words, total.words),
        grouped(removed.bytes),
        grouped(total.bytes),
        percent(removed.bytes, total.bytes)
    );
    let time = &stats.time;
    let _ = write!(out, "{} of input in {:.1} s", size(time.bytes_read), time.seconds);
    if time.bytes_read < time.bytes {
        let _ = write!(out, "; all {} would take about {}", size(time.bytes), duration(time.estimated_seconds));
    }
    out.push('\n');
}

fn title(name: &str, out: &mut String) {
    let _ = writeln!(out, "\n{TITLE}{name}{TITLE:#}");
}

fn parts(name: &str, parts: &[Part], total: Amount, out: &mut String) {
    if parts.is_empty() {
        return;
    }
    title(name, out);
    let _ = writeln!(
        out,
        "{FAINT}  {:NAME_COLUMNS$} {:>11} {:>7} {:>7} {:>8}{FAINT:#}",
        "", "words", "words %", "bytes %", "pages"
    );
    let most = parts.iter().map(|part| part.removed.words).max().unwrap_or(0);
    for Part { name, pages, removed } in parts {
        let _ = writeln!(
            out,
            "  {} {:>11} {:>7.2} {:>7.2} {:>8}  {}",
            fitted(name, NAME_COLUMNS),
            grouped(removed.words),
            percent(removed.words, total.words),
            percent(removed.bytes, total.bytes),
            grouped(*pages),
            bar(removed.words, most)
        );
    }
}

fn sites(name: &str, sites: &[Site], out: &mut String) {
    if sites.is_empty() {
        return;
    }
    title(name, out);
    let _ = writeln!(
        out,
        "{FAINT}  {:NAME_COLUMNS$} {:>11} {:>7} {:>7} {:>8}{FAINT:#}",
        "", "words", "cut %", "bytes %", "pages"
    );
    for Site { name, pages, total, removed } in sites {
        let _ = writeln!(
            out,
            "  {} {:>11} {:>7.2} {:>7.2} {:>8}  {}",
            fitted(name, NAME_COLUMNS),
            grouped(total.words),
            percent(removed.words, total.words),
            percent(removed.bytes, total.bytes),
            grouped(*pages),
            bar(removed.words, total.words)
        );
    }
}

fn pages(name: &str, pages: &[CutPage], out: &mut String) {
    if pages.is_empty() {
        return;
    }
    title(name, out);
    for CutPage { path, words, removed } in pages {
        let share = percent(*removed, *words);
        let _ = writeln!(out, "{share:>8.1} %  {:>9} of {:>9} words  {path}", grouped(*removed), grouped(*words));
    }
}

/// What may be printed of a text in exactly so many columns.
fn fitted(text: &str, columns: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = printable_text(&line);
    let width = display_width(&line);
    if width <= columns {
        return line + &" ".repeat(columns - width);
    }
    let mut fitted = String::new();
    let mut width = 0;
    for c in line.chars() {
        let wide = display_width(c.encode_utf8(&mut [0; 4]));
        if width + wide >= columns {
            break;
        }
        fitted.push(c);
        width += wide;
    }
    fitted + "…" + &" ".repeat(columns - width - 1)
}

fn bar(part: u64, whole: u64) -> String {
    let full = (part as f64 * BAR_COLUMNS as f64 / whole.max(1) as f64).round() as usize;
    if full == 0 { String::new() } else { format!("{BAR}{}{BAR:#}", "█".repeat(full.min(BAR_COLUMNS))) }
}

/// Bytes in the unit that reads best.
pub(super) fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let power = (bytes.max(1).ilog2() / 10).min(4);
    match power {
        0 => format!("{bytes} B"),
        _ => format!("{:.1} {}", bytes as f64 / 1024f64.powi(power as i32), units[power as usize]),
    }
}

/// Seconds in the unit that reads best.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_as_many_columns_as_it_is_given() {
        for (text, expected) in
            [("ab", "ab   "), ("abcde", "abcde"), ("abcdef", "abcd…"), ("日本語", "日本…"), ("a\u{1b}[1m", "a\\u{…")]
        {
            assert_eq!(fitted(text, 5), expected, "{text:?}");
        }
    }

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!([size(0), size(1023), size(1536), size(5 << 30)], ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]);
        assert_eq!([duration(2.52), duration(600.0), duration(9_000.0)], ["2.5 s", "10 min", "2.5 h"]);
    }
}
