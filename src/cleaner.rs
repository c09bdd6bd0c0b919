//! The whole flow in one place: bytes and hints in, article out.
//!
//! A [`Cleaner`] is immutable, `Send + Sync` and shared by all workers. It holds no state between pages, does no I/O
//! and looks at no clock: an article depends on its page and on how the cleaner was set up, on nothing else.

use crate::account::{self, Account};
use crate::article::{Article, Degraded, ElementPlace, Format, KeptBlock, Metadata, Place, Reason, Removal};
use crate::block::line_features::Lines;
use crate::block::outline::CueFinder;
use crate::block::{Block, Blocks, Gap, Marker, from_html, from_text, line_tokens, words};
use crate::decode::{self, Decoded, decode};
use crate::error::{Error, ErrorKind};
use crate::html::metadata;
use crate::html::parse::{self, Page};
use crate::judge::{Captions, Comments, Judge, Judgement, MIN_CONFIDENCE, Verdict};
use crate::limits::Limits;
use crate::model::ModelFiles;
use crate::model::decode::Favor;
use crate::model::html::HtmlModel;
use crate::model::lines::{LineModels, TextKind, dirt_row_by};
use crate::model::tokens::TokenTable;
use crate::normalize::normalize;
use crate::repeats::RepeatFinder;
use crate::rules::{KeepList, RuleChoice, RuleSet};
use crate::sieve;
use std::borrow::Cow;
use std::sync::OnceLock;

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

/// Makes articles of pages.
pub struct Cleaner {
    pub(crate) judge: Judge,
    /// Made when the first HTML page asks for them.
    pub(crate) cues: OnceLock<CueFinder>,
    pub(crate) limits: Limits,
}

/// The lines of a text as training sees them.
#[doc(hidden)]
pub struct LineRows {
    /// First byte of each line and one past its last.
    pub spans: Vec<(u32, u32)>,
    /// The rows of the lines, one after the other.
    pub rows: Vec<f32>,
    /// The row that says whether the text is a whole page and whether there is husk in it, when a forest was given.
    pub dirt: Vec<f32>,
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
    judges: bool,
    choice: RuleChoice,
    elsewhere: Vec<RuleChoice>,
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
            judges: true,
            choice: RuleChoice::default(),
            elsewhere: Vec::new(),
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

    /// Says whether the judgement is asked, as it is by default. Without, only rules, repeats and the wish for no captions
    /// remove anything: every cut has a name, and a new version of a model changes none.
    pub fn judgement(mut self, judges: bool) -> Self {
        self.judges = judges;
        self
    }

    /// Turns a reason off: a rule id, a family as `family/*`, `repeat`, `judgement` and the like. What it names is not removed.
    /// `place` says in error messages where it was written.
    pub fn off(mut self, place: &str, reason: &str) -> Self {
        self.choice.off.push((place.to_owned(), reason.to_owned()));
        self
    }

    /// Turns every rule off but this and others that are named so: a rule id, or a family as `family/*`.
    pub fn only(mut self, place: &str, rule: &str) -> Self {
        self.choice.only.push((place.to_owned(), rule.to_owned()));
        self
    }

    /// Turns off every rule that is written for other languages than this and others that are named so, by their short codes
    /// (`en`, `de`). Rules for any language stay.
    pub fn language(mut self, place: &str, language: &str) -> Self {
        self.choice.languages.push((place.to_owned(), language.to_owned()));
        self
    }

    /// Refuses names that stand for nothing, as [`off`](Self::off), [`only`](Self::only) and [`language`](Self::language) do,
    /// and turns nothing off: for settings that hold elsewhere.
    #[doc(hidden)]
    pub fn also_known(mut self, choice: [&[(String, String)]; 3]) -> Self {
        let [off, only, languages] = choice.map(<[_]>::to_vec);
        self.elsewhere.push(RuleChoice { off, only, languages });
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
            _ if self.untrained || !self.judges => None,
            None => Some(LineModels::builtin()),
            Some(files) => Some(LineModels::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?),
        };
        let model = match &self.models {
            None => OnceLock::new(),
            Some(files) => HtmlModel::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?.into(),
        };
        Ok(Cleaner {
            judge: Judge {
                rules: RuleSet::load(&self.rules, &keep, &self.choice, &self.elsewhere, &self.limits)?,
                repeats: RepeatFinder::builtin(),
                html_model: model,
                lines,
                text_kind: self.text_kind,
                favor: self.favor,
                min_confidence: self.min_confidence,
                captions: self.captions,
                comments: self.comments,
                explains: self.explains,
                judges: self.judges,
            },
            cues: OnceLock::new(),
            limits: self.limits,
        })
    }
}

/// What would be removed from a page, and the text that the places refer to.
pub struct Inspection<'a> {
    /// The input decoded to UTF-8; borrowed when it was UTF-8.
    pub text: Cow<'a, str>,
    /// How the page was read.
    pub format: Format,
    /// The name of the encoding that the bytes were decoded from.
    pub encoding: &'static str,
    /// What would go, in reading order.
    pub removals: Vec<Removal>,
    /// Words of the page, where they were counted on the way.
    words: Option<usize>,
}

impl Inspection<'_> {
    /// Words of the page, hidden text included.
    pub fn words(&self) -> usize {
        self.words.unwrap_or_else(|| words::count(&self.text))
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
        self.account(bytes, hints, false).map(|account| account.article)
    }

    /// Cleans one page and says of each of its blocks, kept or removed, what was decided about it and why.
    ///
    /// The article is that of [`clean`](Cleaner::clean). It takes about twice the time and is meant for pages that
    /// somebody looks at. A cleaner that was set up with [`explain(false)`](CleanerBuilder::explain) says neither place nor
    /// evidence here either.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    pub fn explain(&self, bytes: &[u8], hints: &Hints) -> Result<Account, Error> {
        self.account(bytes, hints, true)
    }

    fn account(&self, bytes: &[u8], hints: &Hints, accounts: bool) -> Result<Account, Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let format = hints.format.unwrap_or_else(|| decode::sniff(&decoded.text, hints.name.as_deref()));
        let mut account = match format {
            Format::Text => self.account_of_text(decoded.text, hints, accounts),
            Format::Html => self.account_of_html(decoded.text, hints, accounts),
        };
        let article = &mut account.article;
        article.encoding = decoded.encoding;
        if decoded.replaced {
            article.degraded.insert(0, Degraded::Replaced);
        }
        article.unchanged = article.text.as_bytes() == bytes;
        Ok(account)
    }

    /// Says what [`clean`](Cleaner::clean) would remove and makes no article; most texts in which nothing is to be removed are
    /// told at a glance when the judgement is off.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    pub fn inspect<'a>(&self, bytes: &'a [u8], hints: &Hints) -> Result<Inspection<'a>, Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let format = hints.format.unwrap_or_else(|| decode::sniff(&decoded.text, hints.name.as_deref()));
        let named_only = !self.judge.judges && self.judge.captions != Captions::Drop;
        if named_only && format == Format::Text && sieve::is_calm(&decoded.text, &self.judge, &self.limits) {
            let Decoded { text, encoding, .. } = decoded;
            return Ok(Inspection { text, format, encoding, removals: Vec::new(), words: None });
        }
        let max_bytes = self.limits.max_rule_block_bytes;
        let source = Cow::Borrowed(&*decoded.text);
        let (blocks, page, metadata) = match format {
            Format::Text => (from_text::segment(source, &self.limits), None, Metadata::default()),
            Format::Html => self.segment_html(source, hints),
        };
        let judgement = self.judge.judge(&blocks, page.as_ref(), &metadata, hints.text_kind, max_bytes, false);
        // Of a text the count must not hang on whether the glance was enough.
        let words = (format == Format::Html).then(|| blocks.items.iter().map(|block| block.words as usize).sum());
        let removals = removals(&blocks, judgement, self.judge.explains);
        drop(blocks);
        Ok(Inspection { text: decoded.text, format, encoding: decoded.encoding, removals, words })
    }

    /// What a rule removes and where it comes from, in a sentence; `None` for what is no rule of this cleaner.
    pub fn why(&self, rule: &str) -> Option<&str> {
        self.judge.rules.rules().iter().find(|known| known.id == rule).map(|known| &*known.why)
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
    /// lines that go by rules and repeats are left out, `forest` judges the lines for the row of the text.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] for a table or a forest that cannot be read.
    #[doc(hidden)]
    pub fn line_rows(
        &self,
        text: &str,
        table: Option<&[u8]>,
        forest: Option<&[u8]>,
        after_rules: bool,
    ) -> Result<LineRows, Error> {
        let wrong = |fault| Error::new(ErrorKind::Model, fault);
        let table = table.map(TokenTable::load).transpose().map_err(wrong)?;
        let blocks = from_text::segment(Cow::Borrowed(text), &self.limits);
        let verdicts = match after_rules || forest.is_some() {
            true => self.judge.ruled(&blocks, self.limits.max_rule_block_bytes),
            false => vec![Verdict::Keep; blocks.items.len()],
        };
        let all: Vec<u32> = (0..blocks.items.len() as u32).collect();
        let left: Vec<u32> = all.iter().copied().filter(|&at| verdicts[at as usize] == Verdict::Keep).collect();
        let shown = if after_rules { &left } else { &all };
        let lines = Lines::read(&blocks);
        let weighed = lines.weigh(|token| table.as_ref().map_or(0.0, |table| table.weight(token)));
        let rows = lines.rows(shown, &weighed);
        let words: Vec<u32> = shown.iter().map(|&at| blocks.items[at as usize].words).collect();
        let dirt = match forest {
            Some(forest) => {
                dirt_row_by(forest, &rows, lines.page(&left), &words, shown.len() - left.len()).map_err(wrong)?
            }
            None => Vec::new(),
        };
        let span = |at: &u32| (blocks.items[*at as usize].start, blocks.items[*at as usize].end);
        let tokens = |at: &u32| {
            let mut tokens = Vec::new();
            line_tokens::tokens(lines.words_of(*at as usize), |token| tokens.push(token));
            tokens
        };
        Ok(LineRows { spans: shown.iter().map(span).collect(), tokens: shown.iter().map(tokens).collect(), rows, dirt })
    }

    fn account_of_text(&self, text: Cow<'_, str>, hints: &Hints, accounts: bool) -> Account {
        let blocks = from_text::segment(text, &self.limits);
        let metadata = Metadata { url: hints.url.clone(), ..Metadata::default() };
        let mut account = self.judged(&blocks, None, metadata, hints.text_kind, accounts);
        let article = &mut account.article;
        if article.is_empty() && article.words_in > 0 {
            article.degraded.push(Degraded::Emptied);
        }
        account
    }

    fn account_of_html(&self, source: Cow<'_, str>, hints: &Hints, accounts: bool) -> Account {
        let (blocks, page, metadata) = self.segment_html(source, hints);
        self.judged(&blocks, page.as_ref(), metadata, None, accounts)
    }

    fn judged(
        &self,
        blocks: &Blocks<'_>,
        page: Option<&Page>,
        metadata: Metadata,
        text_kind: Option<TextKind>,
        accounts: bool,
    ) -> Account {
        let max_bytes = self.limits.max_rule_block_bytes;
        let mut judgement = self.judge.judge(blocks, page, &metadata, text_kind, max_bytes, accounts);
        let grounds = std::mem::take(&mut judgement.grounds);
        let article = assemble(blocks, judgement, metadata, self.judge.explains);
        Account { blocks: account::entries(blocks, grounds, &article), article }
    }

    pub(crate) fn cues(&self) -> &CueFinder {
        self.cues.get_or_init(CueFinder::builtin)
    }

    /// Source to blocks, by the tree or, when a bound forbids the tree, flat.
    fn segment_html(&self, source: Cow<'_, str>, hints: &Hints) -> (Blocks<'static>, Option<Page>, Metadata) {
        // Each NUL would be a token of its own; the standard drops most of them anyway.
        if memchr::memchr(0, source.as_bytes()).is_some() {
            let (mut blocks, page, metadata) = self.segment_html(Cow::Owned(source.replace('\0', "")), hints);
            from_html::count_nuls(&mut blocks, source.as_bytes());
            return (blocks, page, metadata);
        }
        let (selects, explains) = (self.judge.rules.has_selectors(), self.judge.explains);
        match parse::parse(&source, &self.limits, selects, explains) {
            Ok(page) => {
                let metadata = metadata::read(&page.html, hints.url.as_deref());
                (from_html::segment(&page, &source, self.cues(), &self.limits), Some(page), metadata)
            }
            Err(bound) => {
                let metadata = Metadata { url: hints.url.clone(), ..Metadata::default() };
                (from_html::segment_flat(&source, bound, self.cues(), &self.limits), None, metadata)
            }
        }
    }
}

/// Puts the kept blocks together and files the others as removals, which say where they stood and what they said only
/// when it `explains`.
fn assemble(blocks: &Blocks<'_>, judgement: Judgement, metadata: Metadata, explains: bool) -> Article {
    let residues = blocks.format == Format::Text;
    let mut text = String::with_capacity(blocks.text.len());
    let (mut kept, mut removals, mut words_out) = (Vec::new(), Vec::new(), 0);
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
                words_out += block.words as usize;
                (gap, dropped_between) = (Gap::Joined, false);
            }
            Verdict::Drop { reason, evidence, score } => {
                dropped_between = true;
                removals.push(removal(blocks, block, reason, evidence, score, explains));
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
        words_out,
        unchanged: false,
        text,
        blocks: kept,
        removals,
    }
}

/// The removals of [`assemble`] alone.
fn removals(blocks: &Blocks<'_>, judgement: Judgement, explains: bool) -> Vec<Removal> {
    let judged = blocks.items.iter().zip(judgement.verdicts);
    let removals = judged.filter_map(|(block, verdict)| match verdict {
        Verdict::Keep => None,
        Verdict::Drop { reason, evidence, score } => Some(removal(blocks, block, reason, evidence, score, explains)),
    });
    removals.collect()
}

fn removal(
    blocks: &Blocks<'_>,
    block: &Block,
    reason: Reason,
    evidence: String,
    score: f32,
    explains: bool,
) -> Removal {
    let residues = blocks.format == Format::Text;
    let text = if explains { normalize(blocks.text_of(block), residues) } else { Cow::Borrowed("") };
    Removal { place: place(blocks, block, explains), text: text.into_owned(), reason, evidence, score }
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
