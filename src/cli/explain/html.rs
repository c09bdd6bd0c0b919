//! An explained page for a browser: the text in reading order, what was cut and why, filters and keys.
//!
//! The text stands in the markup, escaped; reasons stand in a table of JSON beside it. The file is bounded: when a page
//! would make more than [`BYTES_PER_BYTE`] times its own size, kept blocks lose their evidence, and what still does
//! not fit is left out and said to be.

use super::Explained;
use crate::cli::sheet::{self, Page, bar, escape, escaped, group, percent};
use dehusk::pipeline::grouped;
use dehusk::{AccountBlock, BlockKind};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt::Write;

/// Bytes of markup and reasons for a byte of the page, at most, and what a small page may have all the same.
const BYTES_PER_BYTE: f64 = 1.8;
const MIN_BYTES: usize = 1_800_000;
/// Cuts in a row that are folded away; fewer stand open.
const FOLDED_RUN: usize = 12;
/// Cuts in a row that have a line to fold them by.
const RUN: usize = 4;

const KINDS: [&str; 7] = ["paragraph", "heading", "list item", "quotation", "code", "table row", "caption"];
const KEYS: [(&str, &str); 5] = [
    ("<kbd>j</kbd> <kbd>→</kbd>", "next cut"),
    ("<kbd>k</kbd> <kbd>←</kbd>", "cut before"),
    ("<kbd>Tab</kbd>", "next cut or button"),
    ("<kbd>f</kbd>", "to the filters"),
    ("<kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd>", "the page, the article, the cuts"),
];

/// What the script knows of the blocks.
#[derive(Default, Serialize)]
struct Data<'a> {
    kinds: [&'static str; 7],
    rules: Vec<Rule<'a>>,
    paths: Vec<&'a str>,
    blocks: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    kept: bool,
    group: &'static str,
}

/// Number, rule, score in percent, evidence, kind, words, start, end, line, path, rules passed over.
type Row<'a> = (usize, usize, u8, &'a str, usize, usize, usize, usize, u32, Option<usize>, Vec<usize>);

/// The whole file.
pub(super) fn page(explained: &Explained<'_>) -> String {
    let max_bytes = MIN_BYTES.max((explained.bytes as f64 * BYTES_PER_BYTE) as usize);
    let mut text = Text::of(explained, max_bytes, true);
    if text.left_out > 0 {
        text = Text::of(explained, max_bytes, false);
    }
    let article = &explained.account.article;
    let title = article.metadata.title.as_deref().unwrap_or(explained.path.rsplit('/').next().unwrap_or_default());
    let mut body = String::with_capacity(text.markup.len() + 16_384);
    head(explained, title, &mut body);
    body.push_str(include_str!("tools.html"));
    body.push_str("<div class=\"desk\">\n");
    families(explained, &text.families, &mut body);
    body.push_str("<main class=\"text\" id=\"text\" tabindex=\"-1\">\n");
    body.push_str(&text.markup);
    if text.left_out > 0 {
        let _ = writeln!(
            body,
            "<p class=\"note\">{} more blocks are left out here, since the page would grow too large. <code>--json</code> has all of them.</p>",
            grouped(text.left_out as u64)
        );
    }
    if explained.account.blocks.is_empty() {
        body.push_str("<p class=\"note\">The page has no text.</p>\n");
    }
    body.push_str("</main>\n");
    body.push_str(include_str!("why.html"));
    body.push_str("</div>\n");
    let page = Page {
        title: &format!("{title} · dehusk explain"),
        style: include_str!("explain.css"),
        script: include_str!("explain.js"),
        body: &body,
        keys: &KEYS,
        data: &sheet::json(&text.data),
    };
    page.write()
}

fn head(explained: &Explained<'_>, title: &str, out: &mut String) {
    let article = &explained.account.article;
    let (words, removed) = (explained.words() as u64, explained.words_removed() as u64);
    out.push_str(
        "<header class=\"head\">\n<div class=\"name\"><span><b>dehusk</b> explain</span><span class=\"joined\">",
    );
    out.push_str(
        "<button id=\"theme\">Theme: auto</button><button id=\"help\" aria-label=\"Keys\">?</button></span></div>\n",
    );
    let _ = writeln!(out, "<h1 dir=\"auto\">{}</h1>", escaped(title));
    let format = format!("{:?}", article.format).to_uppercase();
    let mut facts = vec![explained.path, if format == "HTML" { "HTML" } else { "plain text" }, article.encoding];
    facts.extend(article.metadata.language.as_deref());
    facts.extend(article.metadata.date.as_deref());
    let facts: Vec<_> = facts.into_iter().map(|fact| format!("<span>{}</span>", escaped(fact))).collect();
    let _ = writeln!(out, "<p class=\"meta\">{}</p>", facts.concat());
    out.push_str("<dl class=\"figures\">\n");
    for (name, figure, more) in [
        ("words on the page", grouped(words), String::new()),
        ("words kept", grouped(words - removed), format!("{:.1} %", percent(words - removed, words))),
        ("words removed", grouped(removed), format!("{:.1} %", percent(removed, words))),
        (
            "blocks removed",
            grouped(explained.removed() as u64),
            format!("of {}", grouped(explained.account.blocks.len() as u64)),
        ),
        ("confidence", format!("{:.2}", article.confidence), String::new()),
    ] {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{figure} <small>{more}</small></dd></div>");
    }
    out.push_str("</dl>\n</header>\n");
}

/// The chart, whose rows are the filters.
fn families(explained: &Explained<'_>, indices: &HashMap<&str, usize>, out: &mut String) {
    out.push_str(
        "<nav class=\"side filters\" aria-label=\"Families of cuts\">\n<h2 class=\"part\">Words cut, by family</h2>\n",
    );
    let families = explained.families_by_words();
    let most = families.first().map_or(0, |(_, share)| share.words);
    out.push_str("<ul class=\"families\">\n");
    for (family, share) in &families {
        let Some(index) = indices.get(family) else { continue };
        let _ = writeln!(
            out,
            "<li class=\"g-{}\"><button aria-pressed=\"true\" data-f=\"{index}\" title=\"{} blocks\"><span class=\"name\">{}</span><span class=\"num\">{}</span>{}</button></li>",
            group(family),
            share.blocks,
            escaped(family),
            grouped(share.words as u64),
            bar(percent(share.words as u64, most as u64))
        );
    }
    out.push_str("</ul>\n<button id=\"all\" class=\"all\" hidden>Show all</button>\n");
    let note = if families.is_empty() { "Nothing was cut." } else { "Press a family to hide its cuts." };
    let _ = writeln!(out, "<p class=\"note\">{note}</p>\n</nav>");
}

/// The text of the page as markup, with the table for the script.
#[derive(Default)]
struct Text<'a> {
    markup: String,
    data: Data<'a>,
    data_bytes: usize,
    families: HashMap<&'a str, usize>,
    rules: HashMap<(&'a str, bool), usize>,
    paths: HashMap<&'a str, usize>,
    left_out: usize,
}

impl<'a> Text<'a> {
    fn of(explained: &Explained<'a>, max_bytes: usize, explains_kept: bool) -> Text<'a> {
        let blocks = &explained.account.blocks;
        let mut text = Text { data: Data { kinds: KINDS, ..Data::default() }, ..Text::default() };
        let mut at = 0;
        while at < blocks.len() && text.left_out == 0 {
            let run = blocks[at..].iter().take_while(|block| !block.decision.is_kept()).count();
            if run >= RUN {
                text.begin_run(&blocks[at..at + run]);
            }
            for (block, place) in blocks[at..].iter().zip(at..).take(run.max(1)) {
                if text.markup.len() + text.data_bytes > max_bytes {
                    text.left_out = blocks.len() - place;
                    break;
                }
                text.block(block, explains_kept);
            }
            if run >= RUN {
                text.markup.push_str("</details>\n");
            }
            at += run.max(1);
        }
        text
    }

    fn begin_run(&mut self, run: &[AccountBlock]) {
        let open = if run.len() < FOLDED_RUN { " open" } else { "" };
        let words: usize = run.iter().map(|block| block.words).sum();
        let mut families: Vec<(&str, usize)> = Vec::new();
        for family in run.iter().map(|block| block.decision.family()) {
            match families.iter_mut().find(|(name, _)| *name == family) {
                Some((_, count)) => *count += 1,
                None => families.push((family, 1)),
            }
        }
        families.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let names: Vec<_> = families.iter().take(3).map(|(name, _)| escaped(name)).collect();
        let more = if families.len() > 3 { ", …" } else { "" };
        let _ = writeln!(
            self.markup,
            "<details class=\"run\"{open}><summary><b>{} cuts</b>, {} words: {}{more}</summary>",
            run.len(),
            grouped(words as u64),
            names.join(", ")
        );
    }

    fn block(&mut self, block: &'a AccountBlock, explains_kept: bool) {
        let is_kept = block.decision.is_kept();
        let id = self.data.blocks.len();
        let (tag, class) = match block.kind {
            BlockKind::Heading(level) if is_kept => {
                (["h2", "h3", "h4", "h5", "h6"][usize::from(level.clamp(1, 5)) - 1], "")
            }
            BlockKind::Quote if is_kept => ("blockquote", ""),
            BlockKind::Code if is_kept => ("pre", ""),
            BlockKind::ListItem => ("p", "li"),
            BlockKind::TableRow => ("p", "tr"),
            BlockKind::Caption => ("p", "cap"),
            _ => ("p", ""),
        };
        let _ = write!(self.markup, "<{tag} id=b{id} dir=auto");
        if is_kept {
            let guard = if matches!(block.decision.id(), "judgement" | "unnamed") { "" } else { " g" };
            match format!("{class}{guard}").trim() {
                "" => self.markup.push('>'),
                class => drop(write!(self.markup, " class=\"{class}\">")),
            }
            escape(&block.text, &mut self.markup);
        } else {
            let (rule, family) = (block.decision.id(), block.decision.family());
            let next = self.families.len();
            let family_at = *self.families.entry(family).or_insert(next);
            let _ = write!(
                self.markup,
                " class=\"cut {}\" tabindex=0 role=button data-f={family_at} data-r=\"",
                group(family)
            );
            escape(rule, &mut self.markup);
            self.markup.push_str("\"><del>");
            escape(&block.text, &mut self.markup);
            self.markup.push_str("</del>");
        }
        let _ = writeln!(self.markup, "</{tag}>");
        self.row(block, explains_kept);
    }

    fn row(&mut self, block: &'a AccountBlock, explains_kept: bool) {
        let rule = self.rule(block.decision.id(), block.decision.is_kept());
        let passed = block.passed_over.iter().map(|id| self.rule(id, false)).collect();
        let evidence = if explains_kept || !block.decision.is_kept() { &*block.evidence } else { "" };
        let element = block.place.element.as_ref();
        let path = element.map(|element| {
            let paths = &mut self.data.paths;
            let next = paths.len();
            *self.paths.entry(&element.path).or_insert_with(|| {
                paths.push(&element.path);
                self.data_bytes += element.path.len();
                next
            })
        });
        let kind = match block.kind {
            BlockKind::Paragraph => 0,
            BlockKind::Heading(_) => 1,
            BlockKind::ListItem => 2,
            BlockKind::Quote => 3,
            BlockKind::Code => 4,
            BlockKind::TableRow => 5,
            BlockKind::Caption => 6,
        };
        let score = (block.score * 100.0).round() as u8;
        let (start, end) = (block.place.start, block.place.end);
        let line = element.map_or(0, |element| element.line);
        let row = (block.number, rule, score, evidence, kind, block.words, start, end, line, path, passed);
        // Digits, commas and brackets.
        self.data_bytes += evidence.len() + 50;
        self.data.blocks.push(row);
    }

    fn rule(&mut self, id: &'a str, kept: bool) -> usize {
        let rules = &mut self.data.rules;
        let next = rules.len();
        *self.rules.entry((id, kept)).or_insert_with(|| {
            let family = id.split('/').next().unwrap_or_default();
            rules.push(Rule { id, kept, group: group(family) });
            next
        })
    }
}
