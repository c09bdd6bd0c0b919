//! Nothing is lost silently: what is in a text and not in its article is in a removal, and a second pass finds nothing.
//!
//! The check is stricter than that: the text without the removed ranges, with its references decoded and its unseen
//! characters dropped, is the article, character by character, white space aside.

use dehusk::{Article, Cleaner, ErrorKind, Format, Hints};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::builder().build().expect("the built-in rules load"));

/// The article of a text; none for one that is refused as binary, as a short one with many controls is.
fn clean_text(text: &str) -> Option<Article> {
    let hints = Hints { format: Some(Format::Text), ..Hints::default() };
    match CLEANER.clean(text.as_bytes(), &hints) {
        Ok(article) => Some(article),
        Err(error) if error.kind() == ErrorKind::Binary && text.contains(char::is_control) => None,
        Err(error) => panic!("{error}: {text:?}"),
    }
}

fn pages(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages").join(folder);
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(!pages.is_empty());
    pages
}

/// References that the texts here hold; decoded until none is left, as an extractor may have escaped twice.
const REFERENCES: &[(&str, &str)] = &[
    ("&amp;", "&"),
    ("&nbsp;", " "),
    ("&#39;", "'"),
    ("&quot;", "\""),
    ("&eacute;", "é"),
    ("&ndash;", "–"),
    ("&#x2014;", "—"),
    ("&#8220;", "“"),
    ("&#8221;", "”"),
    ("&hellip;", "…"),
    ("&pound;", "£"),
    ("&copy;", "©"),
    ("&lt;", "<"),
    ("&gt;", ">"),
];

/// What a reader sees of a text: references decoded, NFC, without white space and unseen characters.
fn seen(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some((name, sign)) = REFERENCES.iter().find(|(name, _)| text.contains(name)) {
        text = text.replace(name, sign);
    }
    let visible = text.chars().filter_map(|c| match c as u32 {
        // Read as windows-1252, which is what such bytes were before something took them for Latin-1.
        0x80..=0x9f => {
            let byte = [c as u32 as u8];
            let (sign, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            sign.chars().next().filter(|sign| !sign.is_control())
        }
        // Joiners stay where they spell, so they are left out on both sides.
        0xad | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff => None,
        0xfff9..=0xfffb | 0xfdd0..=0xfdef | 0xe0000..=0xe007f => None,
        code if code & 0xfffe == 0xfffe || (c.is_control() && !c.is_whitespace()) => None,
        _ => Some(c),
    });
    visible.collect::<String>().nfc().filter(|c| !c.is_whitespace()).collect()
}

/// The first place where two texts differ, with what stands around it.
fn difference(expected: &str, found: &str) -> String {
    let same = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(20)).take(50).collect::<String>();
    format!("after {same} characters\n  expected: {:?}\n  found:    {:?}", around(expected), around(found))
}

/// Every character is accounted for, and the ranges say where.
fn accounts_for(text: &str, article: &Article) -> TestCaseResult {
    let mut rest = String::new();
    let mut last = 0;
    for removal in &article.removals {
        let (start, end) = (removal.place.start, removal.place.end);
        prop_assert!(last <= start && start < end && end <= text.len(), "{start}..{end} after {last}");
        prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{start}..{end} splits a character");
        let (slice, said) = (seen(&text[start..end]), seen(&removal.text));
        prop_assert!(slice == said, "{start}..{end} is {slice:?}, the removal says {said:?}");
        rest.push_str(&text[last..start]);
        rest.push('\n');
        last = end;
    }
    rest.push_str(&text[last..]);
    let (expected, found) = (seen(&rest), seen(&article.text));
    prop_assert!(expected == found, "{}", difference(&expected, &found));
    Ok(())
}

fn is_left_alone(article: &Article) -> TestCaseResult {
    let again = clean_text(&article.text).expect("an article is no binary file");
    let first = again.removals.first().map(|removal| (removal.reason.id(), &removal.text));
    prop_assert!(again.text == article.text, "{}; removed: {first:?}", difference(&article.text, &again.text));
    prop_assert!(first.is_none(), "removed again: {first:?}");
    Ok(())
}

/// Blocks lie in the text in their order and hold all of it but markers and white space.
fn blocks_hold_the_text(article: &Article) -> TestCaseResult {
    let mut last = 0;
    for block in &article.blocks {
        prop_assert!(last <= block.range.start && block.range.end <= article.text.len());
        let between = &article.text[last..block.range.start];
        let is_marker = |c: char| c.is_whitespace() || "-.".contains(c) || c.is_ascii_digit();
        prop_assert!(between.chars().all(is_marker), "{between:?} is in no block");
        last = block.range.end;
    }
    prop_assert!(article.text[last..].trim().is_empty());
    Ok(())
}

#[test]
fn every_character_of_the_corpus_is_accounted_for() {
    let mut removals = 0;
    for page in pages("text") {
        let text = std::fs::read_to_string(&page).unwrap();
        let article = clean_text(&text).expect("the corpus holds texts");
        removals += article.removals.len();
        let checked = accounts_for(&text, &article)
            .and_then(|()| blocks_hold_the_text(&article))
            .and_then(|()| is_left_alone(&article));
        checked.unwrap_or_else(|why| panic!("{}: {why}", page.display()));
    }
    assert!(removals > 50, "{removals} removals");
}

#[test]
fn a_second_pass_over_an_html_page_changes_nothing() {
    for page in pages("html") {
        let hints = Hints { name: Some(page.display().to_string()), ..Hints::default() };
        let article = CLEANER.clean(&std::fs::read(&page).unwrap(), &hints).unwrap();
        let checked = blocks_hold_the_text(&article).and_then(|()| is_left_alone(&article));
        checked.unwrap_or_else(|why| panic!("{}: {why}", page.display()));
    }
}

const PROSE: &[&str] = &[
    "The council met on Tuesday evening and agreed, after four hours, that the old bridge would be closed to lorries from the first of March.",
    "Nobody in the village remembers who planted the lime trees, but everyone has an opinion on who should prune them.",
    "\u{201c}We read the terms twice,\u{201d} she said. \u{201c}Then we signed, and the newsletter came every week.\u{201d}",
    "Die Stadt hat den Plan am Montag vorgestellt; bis zum Sommer soll die neue Halle f\u{fc}r alle Vereine offen stehen, sagte der B\u{fc}rgermeister.",
    "Le maire a r\u{e9}pondu que les travaux dureraient deux ans, et que personne ne perdrait son jardin.",
    "\u{41c}\u{43e}\u{441}\u{442} \u{437}\u{430}\u{43a}\u{440}\u{43e}\u{44e}\u{442} \u{432} \u{43c}\u{430}\u{440}\u{442}\u{435}, \u{441}\u{43a}\u{430}\u{437}\u{430}\u{43b} \u{438}\u{43d}\u{436}\u{435}\u{43d}\u{435}\u{440}, \u{438} \u{43e}\u{442}\u{43a}\u{440}\u{43e}\u{44e}\u{442} \u{43e}\u{441}\u{435}\u{43d}\u{44c}\u{44e}.",
    "\u{6751}\u{306e}\u{4eba}\u{3005}\u{306f}\u{6a4b}\u{306e}\u{305f}\u{3082}\u{3068}\u{306b}\u{96c6}\u{307e}\u{308a}\u{3001}\u{671d}\u{307e}\u{3067}\u{8a71}\u{3057}\u{5408}\u{3063}\u{305f}\u{3002}",
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645} \u{628}\u{647} \u{62e}\u{627}\u{646}\u{647} \u{628}\u{631}\u{648}\u{645}.",
    "The firm R&D Partners, of Bell & Sons, paid 3 < 4 and a; b for it.",
    "Her iPhone, an eBay find, rang as the McDonald family left YouTube behind.",
];

const HUSK: &[&str] = &[
    "Join our commenting forum",
    "Please refresh your browser to be logged in",
    "Please refresh the page or navigate to another page on the site to be automatically logged in",
    "Thank you for registering",
    "Sign up for our newsletter",
    "Share on Facebook",
    "Facebook",
    "Twitter",
    "Copy link",
    "Advertisement",
    "Subscribe to continue reading",
    "Please enable JavaScript to view the comments powered by Disqus.",
    "Accept all cookies",
    "View image in fullscreen",
    "Melden Sie sich f\u{fc}r unseren Newsletter an",
    "Inscrivez-vous \u{e0} notre newsletter",
    "\u{a9} 2020 Harbour Gazette Ltd. All rights reserved.",
    "Photo: the harbour at night, seen from the old customs house (Reuters)",
    "The minister at the opening of the bridge on Tuesday (Getty Images)",
    "Related articles",
    "Read more",
];

/// Short lines that are part of a text: headings, answers, list headings, verse.
const SHORT: &[&str] =
    &["Pros", "Cons", "1.", "- No.", "\u{2014} Yes, said the ferryman.", "And the river runs", "OK", "Harbour", "x"];

/// What extractors and broken encodings leave inside and between words.
const STAINS: &[&str] = &[
    "&amp;",
    "&nbsp;",
    "&#39;",
    "&amp;amp;",
    "&quot;",
    "&eacute;",
    "&ndash;",
    "&lt;b&gt;",
    "&nosuch;",
    "&",
    "\u{200b}",
    "\u{feff}",
    "\u{ad}",
    "\u{202e}",
    "\u{1b}",
    "\u{92}",
    "\u{0}",
    "\u{7}",
    "\u{a0}",
    "\u{3000}",
    "\u{2009}",
    "\u{200d}",
    "e\u{301}",
    "\u{301}",
    "\t",
    "  ",
    "\u{fffd}",
    "\u{1f468}\u{200d}\u{1f469}",
    "\u{fdd0}",
    "\u{e0041}",
];

const ENDS: &[&str] = &[
    "\n",
    "\n\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    " \n",
    "\u{2028}",
    "\u{2029}",
    "\n \u{a0}\n",
    "\u{b}",
    "\u{c}",
    "",
    "",
    " ",
];

/// A line: prose, husk or a short line, perhaps stained at a place between its characters.
fn line() -> impl Strategy<Value = String> {
    let pick = |pool: &'static [&'static str]| prop::sample::select(pool);
    let clean = prop_oneof![4 => pick(PROSE), 6 => pick(HUSK), 2 => pick(SHORT)];
    let stain = prop::option::weighted(0.3, (pick(STAINS), any::<prop::sample::Index>()));
    (clean, stain).prop_map(|(line, stain)| {
        let mut line = line.to_owned();
        if let Some((stain, place)) = stain {
            let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
            line.insert_str(*place.get(&places), stain);
        }
        line
    })
}

/// A page: lines with all kinds of ends between them; no end at all glues two.
fn text() -> impl Strategy<Value = String> {
    let ended = (line(), prop::sample::select(ENDS)).prop_map(|(line, end)| line + end);
    prop::collection::vec(ended, 1..24).prop_map(|lines| lines.concat())
}

/// The same cases on every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look for others.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_character_is_accounted_for(text in text()) {
        let Some(article) = clean_text(&text) else { return Ok(()) };
        accounts_for(&text, &article)?;
        blocks_hold_the_text(&article)?;
    }

    #[test]
    fn a_second_pass_changes_nothing(text in text()) {
        let Some(article) = clean_text(&text) else { return Ok(()) };
        is_left_alone(&article)?;
    }

    #[test]
    fn any_characters_at_all_are_accounted_for(text in "(\\PC|[a-zA-Z .\\n\\r\\t]){0,200}") {
        // References of every kind are tested where they are decoded.
        let text = text.replace('&', "");
        let Some(article) = clean_text(&text) else { return Ok(()) };
        accounts_for(&text, &article)?;
        is_left_alone(&article)?;
    }

    #[test]
    fn any_bytes_at_all_have_an_outcome(bytes in prop::collection::vec(any::<u8>(), 0..400), tag in "(<[a-z/!?]{0,4}|)") {
        let bytes = [tag.as_bytes(), &bytes].concat();
        for format in [None, Some(Format::Text), Some(Format::Html)] {
            let _ = CLEANER.clean(&bytes, &Hints { format, ..Hints::default() });
        }
    }
}
