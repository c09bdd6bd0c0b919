//! What tells content from furniture: one row of numbers for each block of an HTML page.
//!
//! One definition for training and serving: [`names`] gives the order, [`Features`] the values. Everything comes from a few
//! passes over blocks and elements, linear in both; sums over an element are differences of prefix sums. Values are
//! plain counts and shares: the trees that read them do not care for scale.

mod groups;
mod place;
mod sums;
mod text;
mod tree;
mod vocabulary;

use super::Blocks;
use super::fold::FoldedTexts;
use super::outline::{CUES, Cues, Entry, Outline};
use crate::article::BlockKind;
use foldhash::{HashSet, HashSetExt};
use groups::Groups;
use place::Places;
use sums::PageSums;
use tree::{Core, Kinds, Names};
use vocabulary::Vocabulary;

/// Features of a block that depend on the title and on the rest of the page.
const OTHER_NAMES: [&str; 9] = [
    "seen-before",
    "like-title",
    "inside-main",
    "core-40-across",
    "core-60-up",
    "core-60-across",
    "core-80-up",
    "core-80-across",
    "depth",
];

/// Features that all blocks of a page share.
const PAGE_NAMES: [&str; 20] = [
    "page-blocks",
    "page-words",
    "page-sentence-words",
    "page-density",
    "page-elements",
    "page-images",
    "page-controls",
    "page-long",
    "page-headings",
    "page-items",
    "page-rows",
    "page-h1",
    "page-dates",
    "page-prices",
    "page-main",
    "page-article",
    "page-forum",
    "page-comment",
    "page-product",
    "page-like-title",
];

/// Features of a block: its text, its place, the elements around it, its kind, the names on its path, the groups that it
/// stands in, its words, the page, then each
/// cue of the [parts](Features::into_parts) around it and of its own element.
pub const COUNT: usize = text::NAMES.len()
    + OTHER_NAMES.len()
    + place::NAMES.len()
    + tree::AROUND_NAMES.len()
    + tree::KIND_NAMES.len()
    + tree::TOKEN_NAMES.len()
    + groups::NAMES.len()
    + vocabulary::NAMES.len()
    + PAGE_NAMES.len()
    + 2 * CUES.len();

/// The names of the features, in the order of a row.
pub fn names() -> Vec<String> {
    let groups: [&[&str]; 9] = [
        &text::NAMES,
        &OTHER_NAMES,
        &place::NAMES,
        &tree::AROUND_NAMES,
        &tree::KIND_NAMES,
        &tree::TOKEN_NAMES,
        &groups::NAMES,
        &vocabulary::NAMES,
        &PAGE_NAMES,
    ];
    let plain = groups.into_iter().flatten().map(|name| (*name).to_owned());
    let cues = ["in", "is"].into_iter().flat_map(|where_| CUES.iter().map(move |cue| format!("{where_}-{cue}")));
    plain.chain(cues).collect()
}

/// What a page states about itself, folded.
#[derive(Clone, Copy)]
pub struct Stated<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
}

/// What the rows of a page are made of.
pub struct Features<'a> {
    blocks: &'a Blocks<'a>,
    page: PageSums,
    kinds: Kinds,
    cores: [Core; 3],
    parts: Vec<Cues>,
    wider: Vec<u32>,
    groups: Groups,
    vocabulary: Vocabulary,
    names: Names,
    seen_before: Vec<bool>,
    like_title: Vec<bool>,
    places: Places,
    in_main: Vec<bool>,
    texts: Vec<[f32; text::NAMES.len()]>,
    whole: [f32; PAGE_NAMES.len()],
}

impl<'a> Features<'a> {
    /// Looks at a whole page. `folded` holds the folded text of each block (empty for long ones), `stated` what the page says
    /// of itself, `weight` gives the learned weight of a hashed name.
    pub fn new(blocks: &'a Blocks<'a>, folded: &FoldedTexts, stated: Stated<'_>, weight: impl Fn(u32) -> f32) -> Self {
        let outline = &blocks.outline;
        let page = PageSums::new(blocks);
        let own_cues: Vec<Cues> = outline.elements.iter().map(|element| element.own_cues).collect();
        let parts = inherit(outline, &page, WHOLE_SHARE, &own_cues);
        let like_title: Vec<bool> = folded.iter().map(|text| is_like_title(text, stated.title)).collect();
        let mut seen: HashSet<&str> = HashSet::new();
        let texts: Vec<_> = blocks.items.iter().map(|block| text::values(block, blocks.text_of(block))).collect();
        Features {
            blocks,
            kinds: Kinds::new(blocks, &page),
            cores: [0.4, 0.6, 0.8].map(|share| Core::new(outline, &page, share)),
            wider: tree::wider(outline),
            groups: Groups::new(outline, &page),
            vocabulary: Vocabulary::new(blocks, &page, stated.title, stated.description),
            names: Names::new(blocks, weight),
            seen_before: folded.iter().map(|text| !text.is_empty() && !seen.insert(text)).collect(),
            places: Places::new(blocks, &page, &parts, |at| like_title[at]),
            in_main: in_main(outline),
            whole: whole_page(blocks, &page, &parts, &texts, &like_title),
            texts,
            like_title,
            parts,
            page,
        }
    }

    /// For each element the cues of the parts of the page that it stands in, its own among them: of the small parts, and of
    /// those that hold up to half of the page.
    pub fn into_parts(self) -> [Vec<Cues>; 2] {
        let outline = &self.blocks.outline;
        let labels = LABELS.iter().fold(0, |bits, name| bits | 1 << place::cue(name));
        let small = |element: &Entry| {
            let is_wide = self.page.sentence_words(tree::blocks_of(element)) > MAX_LABEL_WORDS;
            if is_wide { Cues(element.own_cues.0 & !labels) } else { element.own_cues }
        };
        let own_cues: Vec<Cues> = outline.elements.iter().map(small).collect();
        [inherit(outline, &self.page, FURNITURE_SHARE, &own_cues), self.parts]
    }

    /// Appends the row of a block: [`COUNT`] values.
    pub fn push_row(&self, at: usize, row: &mut Vec<f32>) {
        let (block, outline) = (&self.blocks.items[at], &self.blocks.outline);
        let element = block.element as usize;
        let is = |yes: bool| f32::from(u8::from(yes));
        row.extend_from_slice(&self.texts[at]);
        let other: [f32; OTHER_NAMES.len()] = [
            is(self.seen_before[at]),
            is(self.like_title[at]),
            is(self.in_main[element]),
            self.cores[0].across(block),
            self.cores[1].up(block, outline),
            self.cores[1].across(block),
            self.cores[2].up(block, outline),
            self.cores[2].across(block),
            f32::from(outline.elements[element].depth),
        ];
        row.extend_from_slice(&other);
        row.extend_from_slice(&self.places.values(at, &self.blocks.items, &self.page));
        row.extend_from_slice(&tree::around(at, block, outline, &self.wider, &self.page));
        row.extend_from_slice(&self.kinds.values(block, &self.page));
        row.extend_from_slice(&self.names.values(at));
        row.extend_from_slice(&self.groups.values(block.element, outline, &self.page));
        row.extend_from_slice(&self.vocabulary.values(at));
        row.extend_from_slice(&self.whole);
        for cues in [self.parts[element], outline.elements[element].own_cues] {
            let values: [f32; CUES.len()] = std::array::from_fn(|cue| is(cues.has(cue as u32)));
            row.extend_from_slice(&values);
        }
    }
}

/// The values of [`PAGE_NAMES`].
fn whole_page(
    blocks: &Blocks<'_>,
    page: &PageSums,
    parts: &[Cues],
    texts: &[[f32; text::NAMES.len()]],
    like_title: &[bool],
) -> [f32; PAGE_NAMES.len()] {
    let count = page.count();
    let items = &blocks.items;
    let blocks_with = |is: &dyn Fn(usize) -> bool| (0..count).filter(|&at| is(at)).count() as f32;
    let of_kind = |is: fn(BlockKind) -> bool| blocks_with(&|at| is(items[at].kind));
    let feature = |name: &str| text::NAMES.iter().position(|other| *other == name).expect("a feature of the text");
    let (date, price) = (feature("has-date"), feature("has-price"));
    let share_in = |name: &str| {
        let cue = place::cue(name);
        let inside = (0..count).filter(|&at| parts[items[at].element as usize].has(cue));
        inside.map(|at| page.sentence_words(at..at + 1)).sum::<f32>() / page.sentence_words(0..count).max(1.0)
    };
    let own = |name: &str| {
        let cue = place::cue(name);
        blocks.outline.elements.iter().filter(|entry| entry.own_cues.has(cue)).count() as f32
    };
    [
        count as f32,
        page.words(0..count),
        page.sentence_words(0..count),
        page.density(0..count),
        blocks.outline.elements.len() as f32,
        blocks.outline.images.len() as f32,
        blocks.outline.controls.len() as f32,
        blocks_with(&|at| page.is_long(at)),
        of_kind(|kind| matches!(kind, BlockKind::Heading(_))),
        of_kind(|kind| kind == BlockKind::ListItem),
        of_kind(|kind| kind == BlockKind::TableRow),
        of_kind(|kind| kind == BlockKind::Heading(1)),
        blocks_with(&|at| texts[at][date] > 0.0),
        blocks_with(&|at| texts[at][price] > 0.0),
        share_in("main"),
        own("article"),
        own("forum"),
        own("comment"),
        own("widget"),
        blocks_with(&|at| like_title[at]),
    ]
}

/// For each element whether it stands in a `<main>` or is one.
fn in_main(outline: &Outline) -> Vec<bool> {
    let is_main =
        |step: &str| step.strip_prefix("main").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '#']));
    let is_main: Vec<bool> = outline.steps().map(is_main).collect();
    let mut inside = vec![false; outline.elements.len()];
    for (at, entry) in outline.elements.iter().enumerate().skip(1) {
        inside[at] = is_main[entry.step as usize] || inside[entry.parent as usize];
    }
    inside
}

/// Share of the page's sentence words from which an element is the page and no part of it.
const WHOLE_SHARE: f32 = 0.5;

/// Share of the page's sentence words from which an element is more than a piece of furniture: the whole of a post may be
/// called after its tags.
const FURNITURE_SHARE: f32 = 0.1;

/// Parts that hold labels and no text; what holds more is a post that is called after its tags or a text that opens and shuts.
const LABELS: [&str; 4] = ["tags", "byline", "share", "nav"];
/// Sentence words in a part of labels, at most: those of a short biography.
const MAX_LABEL_WORDS: f32 = 60.0;

/// For each element the cues of the parts of the page that it stands in, its own among them.
///
/// What `body` or the wrapper of the whole article is called says nothing about a block; only elements that hold less than
/// `whole_share` of the page's sentence words count, or of its words where it has no sentences.
fn inherit(outline: &Outline, page: &PageSums, whole_share: f32, own_cues: &[Cues]) -> Vec<Cues> {
    outline.inherited_cues(|at, element| {
        if page.part(tree::blocks_of(element)) < whole_share { own_cues[at] } else { Cues::default() }
    })
}

/// True for a line that the title holds or that holds the title.
fn is_like_title(folded: &str, title: &str) -> bool {
    /// Bytes below which a shared piece says nothing.
    const MIN: usize = 12;
    folded.len() >= MIN
        && title.len() >= MIN
        && (title.starts_with(folded) || folded.starts_with(title) || title.contains(folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct() {
        let names = names();
        assert_eq!(names.len(), COUNT);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), COUNT);
    }

    #[test]
    fn a_line_of_the_title_is_like_it() {
        assert!(is_like_title("a walk by the sea", "a walk by the sea - the daily"));
        assert!(!is_like_title("sea", "a walk by the sea - the daily"));
    }
}
