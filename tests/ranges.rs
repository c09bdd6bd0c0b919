//! Byte ranges of HTML blocks: what stands in the source between them, tags and references resolved, is the block.
//!
//! The other reading of a range is html5ever's: the slice is parsed as a fragment, and the text of what a page shows of
//! it is compared with the block, white space and the marks that the output adds left out.

use dehusk::{Article, BlockKind, Cleaner, Format, Hints, Place};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestCaseResult};
use std::path::Path;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::builder().build().expect("the built-in rules load"));

fn clean(source: &str) -> Article {
    let hints = Hints { format: Some(Format::Html), ..Hints::default() };
    CLEANER.clean(source.as_bytes(), &hints).expect("a short text is no binary file")
}

/// Each block of the page with its place: what was kept, without the marker of an item, and what was removed.
fn blocks(article: &Article) -> Vec<(BlockKind, &str, &Place)> {
    let kept = article.blocks.iter().map(|block| {
        let text = article.text[block.range.clone()].trim_start();
        let is_item = block.kind == BlockKind::ListItem;
        let bare = text.strip_prefix("- ").or_else(|| text.split_once(". ").map(|(_, bare)| bare));
        (block.kind, bare.filter(|_| is_item).unwrap_or(text), &block.place)
    });
    // A removal does not say what it was, so it may be the row of a table.
    let removed = article.removals.iter().map(|removal| (BlockKind::TableRow, removal.text.as_str(), &removal.place));
    kept.chain(removed).collect()
}

/// Characters that are no white space and are not dropped from an article.
fn seen(text: &str) -> String {
    let unseen = |c: char| c.is_whitespace() || c.is_control() || matches!(c as u32, 0xad | 0x200b..=0x200f | 0xfeff);
    text.chars().filter(|&c| !unseen(c)).nfc().collect()
}

/// What a page shows of a slice of its source.
fn shown(slice: &str) -> String {
    const DROPPED: &str =
        "script, style, template, svg, math, textarea, iframe, video, audio, object, canvas, noframes";
    // A noscript holds markup for a page without scripts.
    let slice = slice.replace("<noscript>", "").replace("</noscript>", "").replace('\0', "");
    let fragment = scraper::Html::parse_fragment(&slice);
    let dropped = scraper::Selector::parse(DROPPED).expect("the selector is written here");
    let is_dropped = |node: &ego_tree::NodeRef<'_, scraper::Node>| {
        node.ancestors().filter_map(scraper::ElementRef::wrap).any(|element| dropped.matches(&element))
    };
    let texts = fragment.tree.nodes().filter(|node| node.value().is_text() && !is_dropped(node));
    texts.map(|node| node.value().as_text().map_or("", |text| text)).collect()
}

/// The range of each block is in the source and reads as the block.
fn ranges_read_as_their_blocks(source: &str) -> TestCaseResult {
    let article = clean(source);
    for (kind, text, Place { start, end, .. }) in blocks(&article) {
        prop_assert!(start < end && *end <= source.len(), "{start}..{end}: {text:?}");
        let slice = source.get(*start..*end);
        let Some(slice) = slice else {
            return Err(TestCaseError::fail(format!("{start}..{end} splits a character of {source:?}")));
        };
        let mut expected = seen(text);
        let mut found = seen(&shown(slice));
        if kind == BlockKind::TableRow {
            (expected, found) = (expected.replace('|', ""), found.replace('|', ""));
        }
        prop_assert!(expected == found, "{slice:?}\n  reads as {found:?}\n  and the block is {expected:?}");
    }
    Ok(())
}

#[test]
fn every_block_of_the_corpus_stands_where_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages/html");
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(source) = String::from_utf8(std::fs::read(&path).unwrap()) else { continue };
        if let Err(fault) = ranges_read_as_their_blocks(&source) {
            panic!("{}: {fault}", path.display());
        }
        pages += 1;
    }
    assert!(pages > 20, "{pages} pages");
}

#[test]
fn a_row_of_empty_cells_is_no_block() {
    let article = clean("<table><tr><td>&nbsp;</td><td>&nbsp;</td></tr><tr><td>one</td><td>two</td></tr></table>");
    let texts: Vec<&str> = blocks(&article).iter().map(|(_, text, _)| *text).collect();
    assert_eq!(texts, ["one | two"]);
}

#[test]
fn a_heading_that_is_a_permalink_is_no_block() {
    let article = clean("\0<h2><a href=\"#one\">#<p>In the link</p></a> and behind it</h2>");
    let texts: Vec<&str> = blocks(&article).iter().map(|(_, text, _)| *text).collect();
    assert_eq!(texts, ["In the link", "and behind it"]);
}

#[test]
fn nul_bytes_count() {
    let source = "<p>\0on\0e</p>\0<p>\0two\0</p>".to_owned();
    let article = CLEANER.clean(source.as_bytes(), &Hints { format: Some(Format::Html), ..Hints::default() });
    let article = article.unwrap();
    let slices: Vec<&str> = blocks(&article).iter().map(|(_, _, place)| &source[place.start..place.end]).collect();
    assert_eq!(slices, ["on\0e", "two"]);
}

#[test]
fn text_that_a_table_may_not_hold_keeps_its_place() {
    let source = "<p>before<table>stray<tr><td>cell</td></tr></table>";
    let article = clean(source);
    for (text, expected) in [("stray", "stray"), ("cell", "cell")] {
        let all = blocks(&article);
        let (.., place) = all.iter().find(|(_, block, _)| block.contains(text)).unwrap();
        assert!(source[place.start..place.end].contains(expected), "{place:?}");
    }
}

/// Words, references and inline markup, as a writer of pages leaves them.
fn inline() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "plain words ",
        "é — ",
        "&amp; ",
        "&nbsp;",
        "&#8220;quoted&#8221; ",
        "1 &lt; 2 ",
        "a < b ",
        "AT&T ",
        "<b>bold</b> ",
        "<i>it<!-- a > comment --></i>",
        "<a href=\"/x?a=1&b=2\">link</a> ",
        "<span class='x>y'>span</span>",
        "<em><strong>both</em></strong> ",
        "<script>if (a < b) { c() }</script>",
        "<svg><title>drawn</title><path d='M0 0'/></svg>",
        "line\r\nend ",
        "\t",
        "\0",
        "日本語",
    ]);
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn document() -> impl Strategy<Value = String> {
    let block = (0..13, inline(), inline()).prop_map(|(kind, one, two)| match kind {
        0 => format!("<p>{one}</p>\n"),
        1 => format!("<div>{one}<p>{two}</div>"),
        2 => format!("<ul><li>{one}</li><li>{two}</ul>"),
        3 => format!("<ol>\n<li>{one}<br>{two}</ol>"),
        4 => format!("<table><tr><td>{one}</td><td>{two}</td></tr></table>"),
        5 => format!("<table><tr><td><p>{one}</p></td></tr></table>{two}"),
        11 => format!("<table><tr><td>&nbsp;<td>\u{a0}<tr><td>{one}<td>{two}</table>"),
        12 => format!("<h2><a href=\"#x\">¶<p>{one}</p></a>{two}</h2>"),
        6 => format!("<blockquote>{one}</blockquote> {two}"),
        7 => format!("<noscript><p>{one}</p>{two}</noscript>"),
        8 => format!("<pre>{one}\n  {two}</pre>"),
        9 => format!("<section hidden><h2>{one}</h2>{two}</section>"),
        _ => format!("{one}<br><br>{two}"),
    });
    vec(block, 1..8).prop_map(|blocks| format!("<html><body>{}</body></html>", blocks.concat()))
}

/// The same sources in every run; more with `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    config.cases = config.cases.max(1_024);
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(4);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ranges_of_any_page_read_as_their_blocks(source in document()) {
        ranges_read_as_their_blocks(&source)?;
    }

    #[test]
    fn ranges_of_any_tags_are_in_the_source(source in "(</?(p|b|table|td|a|li|noscript|script|pre|svg)>|[ xé\0\r\n]|<!--|&amp;){0,40}") {
        let article = clean(&source);
        for (_, text, place) in blocks(&article) {
            prop_assert!(place.start < place.end, "{place:?} {text:?}");
            prop_assert!(source.get(place.start..place.end).is_some(), "{place:?} {text:?}");
        }
    }
}
