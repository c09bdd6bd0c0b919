//! Any bytes are a page: it is cleaned without a panic, and what comes out keeps the promises of the library.
//!
//! The length of the input chooses how the page is read, so that files are inputs as they are.

use dehusk::{Article, Captions, Cleaner, Comments, Favor, Format, Hints, Place, TextKind};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static CLEANERS: LazyLock<Vec<Cleaner>> = LazyLock::new(|| {
    let balanced = Cleaner::builder;
    let builders = [
        balanced(),
        balanced().favor(Favor::Recall).text_kind(TextKind::Page).comments(Comments::Keep),
        balanced().favor(Favor::Precision).captions(Captions::Drop).comments(Comments::Drop),
        balanced().min_confidence(0.0).text_kind(TextKind::Article).captions(Captions::Keep),
    ];
    builders.into_iter().map(|builder| builder.build().expect("the built-in rules load")).collect()
});

/// The second of them explains nothing, and must come to the same text.
static SILENT: LazyLock<Cleaner> =
    LazyLock::new(|| Cleaner::builder().explain(false).build().expect("the built-in rules load"));

/// Cleans the bytes and panics when a promise is broken.
pub fn check(bytes: &[u8]) {
    let choice = bytes.len();
    let format = [None, Some(Format::Html), Some(Format::Text)][choice % 3];
    let at = choice / 3 % CLEANERS.len();
    let hints = Hints { format, ..Hints::default() };
    let Ok(article) = CLEANERS[at].clean(bytes, &hints) else { return };
    check_text(&article.text);
    check_blocks(&article);
    check_removals(bytes, &article);
    assert!((0.0..=1.0).contains(&article.confidence), "confidence {}", article.confidence);
    if at == 0 {
        let silent = SILENT.clean(bytes, &hints).expect("the other cleaner took it");
        assert_eq!(silent.text, article.text, "what explains nothing makes another text");
        assert_eq!(silent.removals.len(), article.removals.len());
    }
}

/// NFC, LF, no space at the end of a line, at most one blank line, one line end at the end, nothing unseen.
fn check_text(text: &str) {
    if text.is_empty() {
        return;
    }
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "the end of {text:?}");
    assert!(!text.contains("\n\n\n"), "two blank lines in {text:?}");
    assert!(text.nfc().eq(text.chars()), "no NFC: {text:?}");
    let blank_ends = text.lines().find(|line| line.ends_with([' ', '\t']));
    assert_eq!(blank_ends, None, "a line ends with a space");
    let forbidden = text.chars().find(|&c| {
        let is_control = c.is_control() && !matches!(c, '\n' | '\t');
        let is_unseen = matches!(c as u32, 0xad | 0x180e | 0x200b | 0x200e..=0x200f | 0x2060..=0x206f | 0xfeff);
        is_control || is_unseen || matches!(c as u32, 0x061c | 0x202a..=0x202e | 0xfdd0..=0xfdef | 0xe0000..=0xe007f)
    });
    assert_eq!(forbidden, None, "in {text:?}");
}

fn check_blocks(article: &Article) {
    let mut end = 0;
    for block in &article.blocks {
        let range = block.range.clone();
        assert!(end <= range.start && range.start < range.end, "{range:?} after {end}");
        assert!(article.text.get(range.clone()).is_some(), "{range:?} is no range of the text");
        end = range.end;
    }
    let words = article.text.split_whitespace().count();
    assert!(words == 0 || !article.blocks.is_empty(), "a text of no block");
}

/// Places are in the source; those in a text are in order and do not overlap.
fn check_removals(bytes: &[u8], article: &Article) {
    let source = std::str::from_utf8(bytes).ok();
    let mut last = 0;
    for removal in &article.removals {
        assert!((0.0..=1.0).contains(&removal.score), "score {}", removal.score);
        assert!(!removal.reason.id().is_empty());
        let Place { start, end, .. } = removal.place;
        assert!(start < end, "{start}..{end} is empty: {removal:?}");
        if let Some(source) = source {
            assert!(source.get(start..end).is_some(), "{start}..{end} is no range of {source:?}");
        }
        if article.format == Format::Text {
            assert!(last <= start, "{start}..{end} after {last}");
            last = end;
        }
    }
}
