//! The hostile pages: each a function of a size, each aimed at one thing that parsers and extractors do badly.

use std::fmt::Write;

/// The paragraph that stands at the end of every page and must be found.
pub const ARTICLE: &str = "The ferry crossed the sound twice a day, and the pilot who had steered it for thirty years \
    said that he had never once seen the harbour freeze before the first week of January.";

/// How a page is made: bytes from a count of its repeated part.
pub type Make = fn(usize) -> Vec<u8>;

fn article() -> String {
    format!("<article><h1>Ice in the harbour</h1>{}</article>", format!("<p>{ARTICLE}</p>").repeat(4))
}

fn page(husk: &str) -> Vec<u8> {
    format!("<!doctype html><html><body>{husk}{}", article()).into_bytes()
}

fn each(n: usize, write: impl Fn(&mut String, usize)) -> String {
    let mut out = String::new();
    (0..n).for_each(|i| write(&mut out, i));
    out
}

fn numbered(n: usize, before: &str, after: &str) -> String {
    each(n, |out, i| write!(out, "{before}{i}{after}").expect("a string takes all"))
}

// Trees: depth, and markup that a parser repairs at the cost of a square.

pub fn div_deep(n: usize) -> Vec<u8> {
    page(&"<div>".repeat(n))
}

pub fn div_deep_closed(n: usize) -> Vec<u8> {
    page(&format!("{}words in the middle{}", "<div>".repeat(n), "</div>".repeat(n)))
}

pub fn ul_li_deep(n: usize) -> Vec<u8> {
    page(&"<ul><li>".repeat(n))
}

pub fn span_deep(n: usize) -> Vec<u8> {
    page(&"<span>".repeat(n))
}

pub fn blockquote_deep(n: usize) -> Vec<u8> {
    page(&"<blockquote>".repeat(n))
}

pub fn table_deep(n: usize) -> Vec<u8> {
    page(&"<table><tr><td>".repeat(n))
}

/// Text and tags inside a table and outside its cells, which move before the table.
pub fn table_foster(n: usize) -> Vec<u8> {
    page(&format!("<table>{}", "x<b>".repeat(n)))
}

pub fn b_deep(n: usize) -> Vec<u8> {
    page(&"<b>".repeat(n))
}

/// Each `<a>` ends the one before it by the adoption agency.
pub fn a_unclosed(n: usize) -> Vec<u8> {
    page(&"<a href=x>t".repeat(n))
}

pub fn a_i_adopt(n: usize) -> Vec<u8> {
    page(&["<a>", "<i>", "</a>"].map(|tag| tag.repeat(n)).concat())
}

pub fn b_div_close(n: usize) -> Vec<u8> {
    page(&format!("{}{}", "<b><div>".repeat(n), "</b>".repeat(n)))
}

/// Formatting elements that every following paragraph opens again: the square of the input in nodes.
pub fn font_times_p(n: usize) -> Vec<u8> {
    page(&format!("<p>{}</p>{}", numbered(n, "<font size=", ">"), "<p>x</p>".repeat(n)))
}

pub fn lexbor_340(n: usize) -> Vec<u8> {
    page(&format!("{}{}{}", numbered(n, "<b ", ">"), numbered(n, "<i ", ">"), "x</b>".repeat(n)))
}

/// An attribute that every following paragraph copies.
pub fn attr_cloned_by_p(n: usize) -> Vec<u8> {
    page(&format!("<p><a href=\"{}\">{}", "A".repeat(4 * n), "<p>a".repeat(n)))
}

/// End tags that match nothing, each a search through the stack.
pub fn stray_end_tags(n: usize) -> Vec<u8> {
    page(&format!("{}{}", "<span>".repeat(n), "</x>".repeat(n)))
}

pub fn template_deep(n: usize) -> Vec<u8> {
    page(&"<template>".repeat(n))
}

pub fn svg_math_mix(n: usize) -> Vec<u8> {
    page(&"<svg><desc><div><math><mi><p>".repeat(n))
}

pub fn p_siblings(n: usize) -> Vec<u8> {
    page(&"<p>ok</p>".repeat(n))
}

pub fn body_attr_merge(n: usize) -> Vec<u8> {
    page(&numbered(n, "<body a", ">"))
}

pub fn html_attr_merge(n: usize) -> Vec<u8> {
    page(&format!("<html class=a id=b role=c lang=d style=e>{}", "<html class=f><body id=g>".repeat(n)))
}

// Tokens: tags, attributes, text and references of absurd size or number.

pub fn attrs_distinct(n: usize) -> Vec<u8> {
    page(&format!("<div{}>", numbered(n, " a", "")))
}

pub fn attr_huge_value(n: usize) -> Vec<u8> {
    page(&format!("<p title=\"{}\">", "a".repeat(n)))
}

pub fn text_huge(n: usize) -> Vec<u8> {
    page(&format!("<p>{}", "x".repeat(n)))
}

pub fn tag_name_huge(n: usize) -> Vec<u8> {
    page(&format!("<{}>", "a".repeat(n)))
}

/// References: sound, bare, cut short, to nothing, to a surrogate.
pub fn entities(n: usize) -> Vec<u8> {
    page(&"&amp;&#x10FFFF;&notit;&CounterClockwiseContourIntegra&&#0;&#xD800;".repeat(n))
}

pub fn nul_bytes(n: usize) -> Vec<u8> {
    format!("<p>{}{}", "\0".repeat(n), article()).into_bytes()
}

pub fn unclosed_raw(n: usize) -> Vec<u8> {
    page(&format!("<!--{}<script><!--<script>", "-".repeat(n)))
}

pub fn lt_storm(n: usize) -> Vec<u8> {
    page(&format!("{}{}{}", "<".repeat(n), "<!".repeat(n / 100), "<?".repeat(n / 100)))
}

pub fn repeated_caption(n: usize) -> Vec<u8> {
    page(&"<figcaption>Photo: AP</figcaption>".repeat(n))
}

pub fn distinct_captions(n: usize) -> Vec<u8> {
    page(&numbered(n, "<figcaption>Photo ", "</figcaption>"))
}

// Encodings: bytes that say one thing and are another.

/// A byte order mark says UTF-16, a `<meta>` says UTF-8.
pub fn utf16_bom_meta_utf8(n: usize) -> Vec<u8> {
    let page = page(&format!("<meta charset=utf-8>{}", "<p>näh</p>".repeat(n)));
    let units = String::from_utf8(page).expect("pages are UTF-8");
    [0xfeff].into_iter().chain(units.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

pub fn utf16_no_bom(n: usize) -> Vec<u8> {
    let page = String::from_utf8(page(&"<p>near</p>".repeat(n))).expect("pages are UTF-8");
    page.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What UTF-7 would read as a script element.
pub fn utf7_label(n: usize) -> Vec<u8> {
    page(&format!("<meta charset=utf-7>{}", "<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>".repeat(n)))
}

/// An escape that would turn the tags after it into kanji.
pub fn iso2022jp_escape(n: usize) -> Vec<u8> {
    let head = format!("<meta charset=iso-2022-jp>{}\x1b$B", "<p>near</p>".repeat(n));
    [head.into_bytes(), page("")].concat()
}

/// A lead byte whose second half would be the `<` of a tag.
pub fn sjis_cut(n: usize) -> Vec<u8> {
    [b"<meta charset=shift_jis>".to_vec(), b"<p>\x83e\x81</p>".repeat(n), b"\x81<p>".to_vec(), page("")].concat()
}

/// Every byte becomes the three of U+FFFD.
pub fn invalid_utf8(n: usize) -> Vec<u8> {
    [b"<meta charset=utf-8><p>".to_vec(), vec![0xff; n], article().into_bytes()].concat()
}

/// Escapes, bidirectional and zero-width characters, tags, noncharacters, and one letter under a tower of accents.
pub fn controls_bidi(n: usize) -> Vec<u8> {
    const SIGNS: &str = "\x1b[2J\x1b]0;own\x07 \u{202e}gnp.exe\u{202c} \u{200b}\u{feff}\u{fffe} \u{e0041}\u{9b}1m";
    let accents = "\u{301}".repeat(n);
    page(&format!("<p>{ARTICLE} {SIGNS} e{accents}</p>"))
}

pub fn empty(_: usize) -> Vec<u8> {
    Vec::new()
}

pub fn binary_png(n: usize) -> Vec<u8> {
    // A linear congruential generator, the same bytes on every run.
    let noise = std::iter::successors(Some(1u32), |x| Some(x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise.take(n).map(|x| (x >> 24) as u8)).collect()
}

/// Calls that rules take, all of them in one element.
pub fn calls_together(n: usize) -> Vec<u8> {
    page(&format!("<div>{}</div>", "<p>Share this article</p>".repeat(n)))
}

/// Labels of comments between the paragraphs of an article, each of which may be the one that its comments follow.
pub fn comment_labels(n: usize) -> Vec<u8> {
    let paragraphs =
        numbered(n, "<p>The pilot steered the ferry for the year ", " and said so.</p><h3>2 comments</h3>");
    page(&format!("<article>{paragraphs}</article>"))
}

// Plain text: what the same attackers do to a reader of lines.

fn text(husk: &str) -> Vec<u8> {
    format!("{husk}\n\n{ARTICLE}\n").into_bytes()
}

/// Line separators inside what a search for LF takes for one line.
pub fn text_separators(n: usize) -> Vec<u8> {
    text(&"a\u{2029}".repeat(n))
}

/// Joints without a space anywhere: no piece has the words that it needs.
pub fn text_glued(n: usize) -> Vec<u8> {
    text(&"x.Ab".repeat(n))
}

pub fn text_glued_sentences(n: usize) -> Vec<u8> {
    text(&"It is so.".repeat(n))
}

/// One ampersand under many layers of escaping.
pub fn text_entity_layers(n: usize) -> Vec<u8> {
    text(&format!("&{}", "amp;".repeat(n)))
}

pub fn text_short_lines(n: usize) -> Vec<u8> {
    text(&"ok\n".repeat(n))
}

pub fn text_prompts(n: usize) -> Vec<u8> {
    text(&"Sign up for our newsletter\n".repeat(n))
}

pub fn text_share_bars(n: usize) -> Vec<u8> {
    text(&"Facebook\nTwitter\nCopy link\n".repeat(n))
}

pub fn text_captions(n: usize) -> Vec<u8> {
    text(&numbered(n, "Photo: the harbour at night, number ", " (Reuters)\n\n"))
}

pub fn text_repeated_caption(n: usize) -> Vec<u8> {
    text(&"Photo: the harbour in the first week of January (Reuters)\n".repeat(n))
}

pub fn text_blank_lines(n: usize) -> Vec<u8> {
    text(&" \r\n".repeat(n))
}

pub fn text_spaces(n: usize) -> Vec<u8> {
    text(&format!("a{}b", " ".repeat(n)))
}

pub fn text_accents(n: usize) -> Vec<u8> {
    text(&format!("e{}", "\u{301}\u{323}".repeat(n)))
}
