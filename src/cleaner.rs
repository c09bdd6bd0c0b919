//! The whole flow in one place: bytes and hints in, article out.
//!
//! A [`Cleaner`] is immutable, `Send + Sync` and shared by all workers. It holds no state between pages, does no I/O
//! and looks at no clock: an article depends on its page and on how the cleaner was set up, on nothing else.

use crate::account::{self, Account};
use crate::article::{Article, Degraded, ElementPlace, Format, KeptBlock, Metadata, Place, Reason, Removal};
use crate::block::outline::CueFinder;
use crate::block::{Block, Blocks, CELL, Gap, Marker, from_html, from_text, words};
use crate::decode::{self, Decoded, decode};
use crate::error::Error;
use crate::html::metadata::{self, Body, Stated};
use crate::html::parse;
use crate::judge::{Captions, Judge, Judgement, Segmented, Verdict};
use crate::limits::Limits;
use crate::model::lines::TextKind;
use crate::normalize::normalize;
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
    /// Whether articles have all metadata that pages state.
    pub(crate) metadata: bool,
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

impl Cleaner {
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
    /// somebody looks at. A cleaner that was set up with [`explain(false)`](crate::CleanerBuilder::explain) says neither place nor
    /// evidence here either.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    pub fn explain(&self, bytes: &[u8], hints: &Hints) -> Result<Account, Error> {
        self.account(bytes, hints, true)
    }

    fn account(&self, bytes: &[u8], hints: &Hints, accounts: bool) -> Result<Account, Error> {
        let (decoded, format) = self.decode(bytes, hints)?;
        let (segmented, body) = self.segment(decoded.text, format, hints, self.metadata);
        let mut account = self.judged(segmented, hints.text_kind, accounts);
        if account.article.is_empty()
            && let Some(body) = body
        {
            self.take_stated(&mut account, body, accounts);
        }
        let article = &mut account.article;
        article.encoding = decoded.encoding;
        if decoded.replaced {
            article.degraded.insert(0, Degraded::Replaced);
        }
        if format == Format::Text && article.is_empty() && article.words_in > 0 {
            article.degraded.push(Degraded::Emptied);
        }
        article.unchanged = article.text.as_bytes() == bytes;
        Ok(account)
    }

    /// Blocks to an article, with its account if that is wanted.
    fn judged(&self, segmented: Segmented<'_>, text_kind: Option<TextKind>, accounts: bool) -> Account {
        let mut judgement = self.judge.judge(&segmented, text_kind, accounts);
        let grounds = std::mem::take(&mut judgement.grounds);
        let Segmented { blocks, metadata, .. } = segmented;
        let article = assemble(&blocks, judgement, metadata, self.judge.explains);
        Account { blocks: account::entries(&blocks, grounds, &article), article }
    }

    /// Makes the article of a page of which nothing was kept of what it states that its article says: a program of the page
    /// would have shown that. It is cleaned as a text, or as a piece of a page where it has tags.
    fn take_stated(&self, account: &mut Account, body: Body, accounts: bool) {
        let format = decode::sniff(&body.text, None);
        let (segmented, _) = self.segment(Cow::Owned(body.text), format, &Hints::default(), false);
        let mut stated = self.judged(segmented, Some(TextKind::Article), accounts);
        if stated.article.is_empty() {
            return;
        }
        let place = Place { start: body.source.start as usize, end: body.source.end as usize, element: None };
        stated.article.blocks.iter_mut().for_each(|block| block.place = place.clone());
        stated.article.removals.iter_mut().for_each(|removal| removal.place = place.clone());
        let numbers = account.blocks.last().map_or(0, |block| block.number);
        for block in &mut stated.blocks {
            (block.number, block.place) = (block.number + numbers, place.clone());
        }
        account.blocks.append(&mut stated.blocks);
        let (article, stated) = (&mut account.article, stated.article);
        (article.text, article.blocks, article.confidence) = (stated.text, stated.blocks, stated.confidence);
        article.removals.extend(stated.removals);
        article.degraded.extend(stated.degraded);
        (article.words_in, article.words_out) = (article.words_in + stated.words_in, stated.words_out);
        article.degraded.push(Degraded::Stated);
    }

    /// Says what [`clean`](Cleaner::clean) would remove of what a page shows and makes no article; most texts in which nothing is to
    /// be removed are told at a glance when the judgement is off.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    pub fn inspect<'a>(&self, bytes: &'a [u8], hints: &Hints) -> Result<Inspection<'a>, Error> {
        let (decoded, format) = self.decode(bytes, hints)?;
        let named_only = !self.judge.judges && self.judge.captions != Captions::Drop;
        if named_only && format == Format::Text && sieve::is_calm(&decoded.text, &self.judge, &self.limits) {
            let Decoded { text, encoding, .. } = decoded;
            return Ok(Inspection { text, format, encoding, removals: Vec::new(), words: None });
        }
        let (segmented, _) = self.segment(Cow::Borrowed(&*decoded.text), format, hints, false);
        let judgement = self.judge.judge(&segmented, hints.text_kind, false);
        let blocks = segmented.blocks;
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

    /// Bytes to text, and what it is.
    fn decode<'b>(&self, bytes: &'b [u8], hints: &Hints) -> Result<(Decoded<'b>, Format), Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let format = hints.format.unwrap_or_else(|| decode::sniff(&decoded.text, hints.name.as_deref()));
        Ok((decoded, format))
    }

    /// Text to blocks, and what a page states that its article says; `whole` as in [`metadata::read`].
    fn segment<'t>(
        &self,
        text: Cow<'t, str>,
        format: Format,
        hints: &Hints,
        whole: bool,
    ) -> (Segmented<'t>, Option<Body>) {
        match format {
            Format::Text => {
                (Segmented::stating_nothing(from_text::segment(text, &self.limits), hints.url.clone()), None)
            }
            Format::Html => self.segment_html(text, hints, whole),
        }
    }

    pub(crate) fn cues(&self) -> &CueFinder {
        self.cues.get_or_init(CueFinder::builtin)
    }

    /// Source to blocks, by the tree or, when a bound forbids the tree, flat.
    pub(crate) fn segment_html(
        &self,
        source: Cow<'_, str>,
        hints: &Hints,
        whole: bool,
    ) -> (Segmented<'static>, Option<Body>) {
        // Each NUL would be a token of its own; the standard drops most of them anyway.
        if memchr::memchr(0, source.as_bytes()).is_some() {
            let (mut segmented, mut body) = self.segment_html(Cow::Owned(source.replace('\0', "")), hints, whole);
            let places = segmented.blocks.items.iter_mut().map(|block| &mut block.source);
            let script = body.as_mut().map(|body| &mut body.source);
            from_html::count_nuls(places.chain(script), source.as_bytes());
            return (segmented, body);
        }
        let (selects, explains) = (self.judge.rules.has_selectors(), self.judge.explains);
        match parse::parse(&source, &self.limits, selects, explains) {
            Ok(page) => {
                let Stated { metadata, is_dated, body } = metadata::read(&page, hints.url.as_deref(), whole);
                let blocks = from_html::segment(&page, &source, self.cues(), &self.limits);
                // Only selectors look at the tree again.
                (Segmented { blocks, page: selects.then_some(page), metadata, is_dated }, body)
            }
            Err(bound) => {
                let blocks = from_html::segment_flat(&source, bound, self.cues(), &self.limits);
                (Segmented::stating_nothing(blocks, hints.url.clone()), None)
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
                    Gap::Space => text.push(' '),
                    Gap::Cell => text.push_str(CELL),
                    Gap::Line => text.push('\n'),
                    Gap::Paragraph => text.push_str("\n\n"),
                }
                let start = text.len();
                push_marker(&mut text, block);
                let lead = text.len() - start;
                text.push_str(&shown);
                let place = place(blocks, block, explains);
                kept.push(KeptBlock { range: start..text.len(), lead, kind: block.kind, place });
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
