//! The whole flow in one place: bytes and hints in, article out.
//!
//! A [`Cleaner`] is immutable, `Send + Sync` and shared by all workers. It holds no state between pages, does no I/O
//! and looks at no clock: an article depends on its page and on how the cleaner was set up, on nothing else.

use crate::article::{Article, Degraded, ElementPlace, Format, KeptBlock, Metadata, Place, Removal};
use crate::block::line_features::Lines;
use crate::block::outline::CueFinder;
use crate::block::{Block, Blocks, Gap, Marker, from_html, from_text, line_tokens, words};
use crate::decode::{self, decode};
use crate::error::{Error, ErrorKind};
use crate::html::metadata;
use crate::html::parse::{self, Page};
use crate::judge::{Captions, Comments, Judge, Judgement, Verdict};
use crate::limits::Limits;
use crate::model::ModelFiles;
use crate::model::decode::Favor;
use crate::model::html::HtmlModel;
use crate::model::lines::{LineModels, TextKind};
use crate::model::tokens::TokenTable;
use crate::normalize::normalize;
use crate::repeats::RepeatFinder;
use crate::rules::{KeepList, RuleSet};
use std::borrow::Cow;

/// What the caller knows about a page.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The address of the page.
    pub url: Option<String>,
    /// The file name, whose ending speaks when the content does not.
    pub name: Option<String>,
    /// The encoding that an HTTP header named.
    pub charset: Option<String>,
    /// The format, when the caller overrules detection.
    pub format: Option<Format>,
    /// What a plain text is, unless the cleaner was told so of all texts.
    pub text_kind: Option<TextKind>,
}

/// Confidence below which a page has nothing to extract; from 0.05 to 0.2 it makes no difference to the score.
pub const MIN_CONFIDENCE: f32 = 0.12;

/// Makes articles of pages.
pub struct Cleaner {
    pub(crate) judge: Judge,
    pub(crate) cues: CueFinder,
    pub(crate) limits: Limits,
}

/// The lines of a text as training sees them.
#[doc(hidden)]
pub struct LineRows {
    /// First byte of each line and one past its last.
    pub spans: Vec<(u32, u32)>,
    /// The rows of the lines, one after the other.
    pub rows: Vec<f32>,
    /// The row of the page.
    pub page: Vec<f32>,
    /// The hashes of the tokens of each line.
    pub tokens: Vec<Vec<u32>>,
}

/// Sets up a [`Cleaner`].
pub struct CleanerBuilder {
    limits: Limits,
    models: Option<ModelFiles>,
    untrained: bool,
    text_kind: TextKind,
    favor: Favor,
    min_confidence: f32,
    captions: Captions,
    comments: Comments,
    explains: bool,
    rules: Vec<(String, String)>,
    keep: Vec<(String, String)>,
}

impl Default for CleanerBuilder {
    fn default() -> Self {
        CleanerBuilder {
            limits: Limits::default(),
            models: None,
            untrained: false,
            text_kind: TextKind::default(),
            favor: Favor::default(),
            min_confidence: MIN_CONFIDENCE,
            captions: Captions::default(),
            comments: Comments::default(),
            explains: true,
            rules: Vec::new(),
            keep: Vec::new(),
        }
    }
}

impl CleanerBuilder {
    /// Replaces the bounds.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Judges by the models in these files, as a training leaves them, in place of the built-in ones.
    #[doc(hidden)]
    pub fn models(mut self, files: ModelFiles) -> Self {
        self.models = Some(files);
        self
    }

    /// Leaves the models of lines out: what they will be trained on does not depend on them.
    #[doc(hidden)]
    pub fn untrained(mut self) -> Self {
        self.untrained = true;
        self
    }

    /// Says what plain text is; by default each page is looked at.
    pub fn text_kind(mut self, kind: TextKind) -> Self {
        self.text_kind = kind;
        self
    }

    /// Says what counts more where the judgement is not sure.
    pub fn favor(mut self, favor: Favor) -> Self {
        self.favor = favor;
        self
    }

    /// Sets the confidence below which nothing of a page is kept, 0 to 1; [`MIN_CONFIDENCE`] by default.
    pub fn min_confidence(mut self, min_confidence: f32) -> Self {
        self.min_confidence = min_confidence;
        self
    }

    /// Says what happens to captions.
    pub fn captions(mut self, captions: Captions) -> Self {
        self.captions = captions;
        self
    }

    /// Says what happens to comments under an article, in HTML.
    pub fn comments(mut self, comments: Comments) -> Self {
        self.comments = comments;
        self
    }

    /// Says whether an article accounts for each cut, as it does by default. Without, its removals have a byte range, a
    /// reason and a score only, no text, no evidence and no element: a run that throws the account away is faster
    /// without.
    pub fn explain(mut self, explains: bool) -> Self {
        self.explains = explains;
        self
    }

    /// Adds a user's rule pack in TOML; `name` stands in error messages.
    pub fn rules(mut self, name: &str, toml: &str) -> Self {
        self.rules.push((name.to_owned(), toml.to_owned()));
        self
    }

    /// Adds a keep list: one line of a page or one rule id (`family/slug`, `family/*`, `repeat`, `judgement`) a line;
    /// `#` begins a comment. What it names is not removed.
    pub fn keep(mut self, name: &str, list: &str) -> Self {
        self.keep.push((name.to_owned(), list.to_owned()));
        self
    }

    /// Loads the rules.
    ///
    /// # Errors
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) for a pack or a keep list that cannot be used.
    pub fn build(self) -> Result<Cleaner, Error> {
        let keep: Vec<KeepList<'_>> = self.keep.iter().map(|(name, content)| KeepList { name, content }).collect();
        let lines = match &self.models {
            _ if self.untrained => None,
            None => Some(LineModels::builtin()),
            Some(files) => Some(LineModels::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?),
        };
        let model = match &self.models {
            None => HtmlModel::builtin(),
            Some(files) => HtmlModel::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?,
        };
        Ok(Cleaner {
            judge: Judge {
                rules: RuleSet::load(&self.rules, &keep, &self.limits)?,
                repeats: RepeatFinder::builtin(),
                model,
                lines,
                text_kind: self.text_kind,
                favor: self.favor,
                min_confidence: self.min_confidence,
                captions: self.captions,
                comments: self.comments,
                explains: self.explains,
            },
            cues: CueFinder::builtin(),
            limits: self.limits,
        })
    }
}

/// What training sees of an HTML page.
#[doc(hidden)]
#[derive(serde::Serialize)]
pub struct FeatureRows {
    /// The text of each block.
    pub texts: Vec<String>,
    /// The element that each block stands in.
    pub elements: Vec<u32>,
    /// The element around each element; the page is its own.
    pub parents: Vec<u32>,
    /// The hashed names of each element; an element around a block passes them on rotated by 16 bits.
    pub names: Vec<Vec<u32>>,
    /// The features of each block, one row after another.
    #[serde(skip)]
    pub rows: Vec<f32>,
}

impl Cleaner {
    /// Starts with the built-in rules and the default bounds.
    pub fn builder() -> CleanerBuilder {
        CleanerBuilder::default()
    }

    /// The bounds that it keeps to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Cleans one page.
    ///
    /// A page without an article is no error: its text is empty. A broken page degrades and says so.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) and [`ErrorKind::Binary`](crate::ErrorKind::Binary).
    pub fn clean(&self, bytes: &[u8], hints: &Hints) -> Result<Article, Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let format = hints.format.unwrap_or_else(|| decode::sniff(&decoded.text, hints.name.as_deref()));
        let mut article = match format {
            Format::Text => self.clean_text(decoded.text, hints),
            Format::Html => self.clean_html(decoded.text, hints),
        };
        article.encoding = decoded.encoding;
        if decoded.replaced {
            article.degraded.insert(0, Degraded::Replaced);
        }
        article.unchanged = article.text.as_bytes() == bytes;
        Ok(article)
    }

    /// The blocks of an HTML page as the judgement sees them, for training.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    #[doc(hidden)]
    pub fn feature_rows(&self, bytes: &[u8], hints: &Hints) -> Result<FeatureRows, Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let (blocks, _, metadata) = self.segment_html(decoded.text, hints);
        let rows = self.judge.feature_rows(&blocks, &metadata, self.limits.max_rule_block_bytes);
        let elements = &blocks.outline.elements;
        Ok(FeatureRows {
            texts: blocks.items.iter().map(|block| blocks.text_of(block).to_owned()).collect(),
            elements: blocks.items.iter().map(|block| block.element).collect(),
            parents: elements.iter().map(|element| element.parent).collect(),
            names: elements.iter().map(|element| blocks.outline.names_of(element).to_vec()).collect(),
            rows,
        })
    }

    /// The lines of a text with their feature rows, for training; `table` is a token table, `after_rules` says that
    /// lines that go by rules and repeats are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] for a table that cannot be read.
    #[doc(hidden)]
    pub fn line_rows(&self, text: &str, table: Option<&[u8]>, after_rules: bool) -> Result<LineRows, Error> {
        let table = table.map(TokenTable::load).transpose().map_err(|fault| Error::new(ErrorKind::Model, fault))?;
        let blocks = from_text::segment(Cow::Borrowed(text), &self.limits);
        let verdicts = match after_rules {
            true => self.judge.ruled(&blocks, self.limits.max_rule_block_bytes),
            false => vec![Verdict::Keep; blocks.items.len()],
        };
        let alive: Vec<u32> =
            (0..blocks.items.len()).filter(|&at| verdicts[at] == Verdict::Keep).map(|at| at as u32).collect();
        let lines = Lines::read(&blocks);
        let weighed = lines.weigh(|token| table.as_ref().map_or(0.0, |table| table.weight(token)));
        let span = |at: &u32| (blocks.items[*at as usize].start, blocks.items[*at as usize].end);
        let tokens = |at: &u32| {
            let mut tokens = Vec::new();
            line_tokens::tokens(lines.words_of(*at as usize), |token| tokens.push(token));
            tokens
        };
        Ok(LineRows {
            spans: alive.iter().map(span).collect(),
            rows: lines.rows(&alive, &weighed),
            page: lines.page(&alive),
            tokens: alive.iter().map(tokens).collect(),
        })
    }

    fn clean_text(&self, text: Cow<'_, str>, hints: &Hints) -> Article {
        let blocks = from_text::segment(text, &self.limits);
        let metadata = Metadata { url: hints.url.clone(), ..Metadata::default() };
        let judgement = self.judge.judge(&blocks, None, &metadata, hints.text_kind, self.limits.max_rule_block_bytes);
        let mut article = assemble(&blocks, judgement, metadata, self.judge.explains);
        if article.is_empty() && article.words_in > 0 {
            article.degraded.push(Degraded::Emptied);
        }
        article
    }

    fn clean_html(&self, source: Cow<'_, str>, hints: &Hints) -> Article {
        let (blocks, page, metadata) = self.segment_html(source, hints);
        let judgement = self.judge.judge(&blocks, page.as_ref(), &metadata, None, self.limits.max_rule_block_bytes);
        assemble(&blocks, judgement, metadata, self.judge.explains)
    }

    /// Source to blocks, by the tree or, when a bound forbids the tree, flat.
    fn segment_html(&self, source: Cow<'_, str>, hints: &Hints) -> (Blocks<'static>, Option<Page>, Metadata) {
        // Each NUL would be a token of its own; the standard drops most of them anyway.
        if memchr::memchr(0, source.as_bytes()).is_some() {
            let (mut blocks, page, metadata) = self.segment_html(Cow::Owned(source.replace('\0', "")), hints);
            from_html::count_nuls(&mut blocks, source.as_bytes());
            return (blocks, page, metadata);
        }
        match parse::parse(&source, &self.limits, self.judge.rules.has_selectors()) {
            Ok(page) => {
                let metadata = metadata::read(&page.html, hints.url.as_deref());
                (from_html::segment(&page, &source, &self.cues, &self.limits), Some(page), metadata)
            }
            Err(bound) => {
                let metadata = Metadata { url: hints.url.clone(), ..Metadata::default() };
                (from_html::segment_flat(&source, bound, &self.cues, &self.limits), None, metadata)
            }
        }
    }
}

/// Puts the kept blocks together and files the others as removals, which say where they stood and what they said only
/// when it `explains`.
fn assemble(blocks: &Blocks<'_>, judgement: Judgement, metadata: Metadata, explains: bool) -> Article {
    let residues = blocks.format == Format::Text;
    let mut text = String::with_capacity(blocks.text.len());
    let (mut kept, mut removals) = (Vec::new(), Vec::new());
    let (mut gap, mut dropped_between) = (Gap::Joined, false);
    for (block, verdict) in blocks.items.iter().zip(judgement.verdicts) {
        gap = gap.max(block.gap);
        match verdict {
            Verdict::Keep => {
                let shown = normalize(blocks.text_of(block), residues);
                if shown.is_empty() {
                    continue;
                }
                match gap {
                    _ if text.is_empty() => {}
                    Gap::Joined if dropped_between => text.push(' '),
                    Gap::Joined => {}
                    Gap::Line => text.push('\n'),
                    Gap::Paragraph => text.push_str("\n\n"),
                }
                let start = text.len();
                push_marker(&mut text, block);
                text.push_str(&shown);
                let place = place(blocks, block, explains);
                kept.push(KeptBlock { range: start..text.len(), kind: block.kind, place });
                (gap, dropped_between) = (Gap::Joined, false);
            }
            Verdict::Drop { reason, evidence, score } => {
                dropped_between = true;
                let shown = if explains { normalize(blocks.text_of(block), residues) } else { Cow::Borrowed("") };
                let place = place(blocks, block, explains);
                removals.push(Removal { place, text: shown.into_owned(), reason, evidence, score });
            }
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    Article {
        format: blocks.format,
        encoding: "",
        degraded: blocks.degraded.clone(),
        metadata,
        confidence: judgement.confidence,
        words_in: blocks.items.iter().map(|block| block.words as usize).sum(),
        words_out: words::count(&text),
        unchanged: false,
        text,
        blocks: kept,
        removals,
    }
}

/// The indentation and marker of a list item, and the indentation of what follows in it.
fn push_marker(text: &mut String, block: &Block) {
    for _ in 0..block.indent {
        text.push_str("  ");
    }
    match block.marker {
        Marker::None => {}
        Marker::Bullet => text.push_str("- "),
        Marker::Number(number) => text.push_str(&format!("{number}. ")),
    }
}

/// Where a block stood; the path of an element, which costs most, only when it `explains`.
fn place(blocks: &Blocks<'_>, block: &Block, explains: bool) -> Place {
    let element = (explains && blocks.format == Format::Html)
        .then(|| ElementPlace { line: blocks.outline.line(block.element), path: blocks.outline.path(block.element) });
    Place { start: block.source.start as usize, end: block.source.end as usize, element }
}
