//! Blocks to verdicts: keep or drop, by which reason, on what evidence.
//!
//! The first that answers wins: a guard or the user's keep list, the rules, repeats on the page, and for HTML the
//! block judgement. Rules that act at the edge of a page see the page as it is without what was removed already, and
//! everything is asked again until nothing changes, so that cleaning a cleaned page finds nothing.

mod blocks;
mod finishing;
mod lines;
mod notes;
mod ruling;
mod scores;

use crate::account::Grounds;
use crate::article::{BlockKind, Format, Metadata, Reason};
use crate::block::features::{self, Features, Stated};
use crate::block::fold::{FoldedTexts, fold};
use crate::block::outline::Cues;
use crate::block::{Blocks, words};
use crate::html::parse::Page;
use crate::model::decode::Favor;
use crate::model::html::HtmlModel;
use crate::model::lines::{LineModels, TextKind};
use crate::repeats::RepeatFinder;
use crate::rules::RuleSet;
use notes::Notes;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::OnceLock;

/// What happens to captions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Captions {
    /// A caption that stands more than once is kept once.
    #[default]
    Once,
    /// No caption is kept.
    Drop,
    /// Every copy is kept.
    Keep,
}

/// What happens to comments under an article; the posts of a forum are no comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comments {
    /// They go where the page shows that they are comments.
    #[default]
    Auto,
    /// What people wrote stays, without its forms and prompts.
    Keep,
    /// They go, also where the judgement takes them for text.
    Drop,
}

/// What is decided about a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It belongs to the article.
    Keep,
    /// It goes.
    Drop {
        /// Why.
        reason: Reason,
        /// What decided.
        evidence: String,
        /// How sure, 0 to 1.
        score: f32,
    },
}

impl Verdict {
    fn sure(reason: Reason, evidence: impl Into<String>) -> Option<Verdict> {
        Some(Verdict::Drop { reason, evidence: evidence.into(), score: 1.0 })
    }
}

/// A page taken apart, as it is judged.
pub struct Segmented<'t> {
    /// What it says.
    pub blocks: Blocks<'t>,
    /// The tree of an HTML page, when rules have selectors to ask of it.
    pub page: Option<Page>,
    /// What it states about itself, as far as it was asked.
    pub metadata: Metadata,
    /// Whether it states a date and its site, as stories do.
    pub is_dated: bool,
}

impl<'t> Segmented<'t> {
    /// What states nothing about itself; `url` is the address that the caller gave.
    pub fn stating_nothing(blocks: Blocks<'t>, url: Option<String>) -> Segmented<'t> {
        Segmented { blocks, page: None, metadata: Metadata { url, ..Metadata::default() }, is_dated: false }
    }
}

/// What was decided about a page.
pub struct Judgement {
    /// One verdict for each block.
    pub verdicts: Vec<Verdict>,
    /// The word F1 that is expected of what is kept, 0 to 1.
    pub confidence: f32,
    /// What kept each block that stays, when an account was wanted; else empty.
    pub grounds: Grounds,
}

/// What judging needs beside the page; made once.
pub struct Judge {
    /// Rules, guards and the user's keep list.
    pub rules: RuleSet,
    /// Copies of captions.
    pub repeats: RepeatFinder,
    /// The block judgement, made when the first HTML page asks for it.
    pub html_model: OnceLock<HtmlModel>,
    /// The judgement of lines of text, made when the first text asks for it; without it rules and repeats judge alone.
    pub lines: Option<OnceLock<LineModels>>,
    /// What plain text is, when the caller knows.
    pub text_kind: TextKind,
    /// What counts more where the judgement is not sure.
    pub favor: Favor,
    /// A page with less confidence is kept out as a whole.
    pub min_confidence: f32,
    /// What happens to captions.
    pub captions: Captions,
    /// What happens to comments.
    pub comments: Comments,
    /// Whether evidence is put into words.
    pub explains: bool,
    /// Whether more than rules, repeats and the wish for no captions removes anything.
    pub judges: bool,
    /// Bytes of a block at which rules look, at most.
    pub max_rule_block_bytes: usize,
}

/// Blocks at the start of a page, without what is removed, that are its edge whatever they say.
pub(crate) const HEAD_BLOCKS: usize = 4;
/// The same at the end.
pub(crate) const TAIL_BLOCKS: usize = 8;
/// Weak matches in a row that need no other proof.
pub(crate) const WEAK_RUN: usize = 3;
/// Probability below which a block is surely none; many small ones would add up to an article on a page of furniture.
const NOISE: f32 = 0.1;
/// Confidence below which a page has nothing to extract; from 0.05 to 0.2 it makes no difference to the score.
pub const MIN_CONFIDENCE: f32 = 0.12;
/// Words of a page, fewer than on all but 18 of the 1,597 pages that the model was trained on.
const KNOWN_WORDS: u32 = 150;
/// Words below which a text may be a notice on a page that holds no article.
const SHORT_WORDS: u32 = 50;
/// Rows of a table that no notice has.
const MIN_ROWS: usize = 4;
/// How many times the wanted confidence such a text needs.
const SHORT_DOUBT: f32 = 3.5;

impl Judge {
    /// One verdict for each block. `text_kind` is what this text is, where the caller has said nothing of all texts; `accounts`
    /// says that it shall be noted what keeps blocks.
    pub fn judge(&self, segmented: &Segmented<'_>, text_kind: Option<TextKind>, accounts: bool) -> Judgement {
        let Segmented { blocks, page, metadata, is_dated } = segmented;
        let folded = self.fold(blocks);
        let notes = if accounts { Notes::on(blocks.items.len()) } else { Notes::none() };
        let mut state = State::new(self, blocks, &folded, metadata.title.as_deref(), notes);
        if let Some(page) = page {
            state.select(page);
        }
        state.settle();
        if !self.judges {
            // What the rules leave stays.
        } else if blocks.format == Format::Html {
            state.apply_model(metadata);
            state.apply_finish(*is_dated);
            let is_small = state.words() < KNOWN_WORDS;
            if is_small || state.is_too_unsure(state.confidence(), MIN_CONFIDENCE) {
                state.take_at_its_word(is_small);
            }
            // What was judged out moved the edges of the page.
            state.settle();
        } else {
            state.judge_lines(match self.text_kind {
                TextKind::Auto => text_kind.unwrap_or_default(),
                said => said,
            });
        }
        if self.captions == Captions::Drop {
            state.drop_captions();
        }
        let confidence = state.confidence();
        if self.judges && state.is_too_unsure(confidence, self.min_confidence) {
            state.abstain(confidence);
        }
        let confidence = if state.verdicts.iter().any(Option::is_none) { confidence } else { 0.0 };
        let grounds = state.grounds();
        let verdicts = state.verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Keep)).collect();
        Judgement { verdicts, confidence, grounds }
    }

    /// The block judgement.
    pub fn model(&self) -> &HtmlModel {
        self.html_model.get_or_init(HtmlModel::builtin)
    }

    /// Verdicts on a text by rules and repeats alone.
    pub fn ruled(&self, blocks: &Blocks<'_>) -> Vec<Verdict> {
        let folded = self.fold(blocks);
        let mut state = State::new(self, blocks, &folded, None, Notes::none());
        state.settle();
        state.verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Keep)).collect()
    }

    /// The feature rows of a page, as the block judgement sees it; rules and verdicts have no part in them.
    pub fn feature_rows(&self, blocks: &Blocks<'_>, metadata: &Metadata) -> Vec<f32> {
        let folded = self.fold(blocks);
        let mut rows = Vec::with_capacity(blocks.items.len() * features::COUNT);
        if !blocks.items.is_empty() {
            let features = self.features(blocks, &folded, metadata);
            (0..blocks.items.len()).for_each(|at| features.push_row(at, &mut rows));
        }
        rows
    }

    fn features<'b>(&self, blocks: &'b Blocks<'b>, folded: &FoldedTexts, metadata: &Metadata) -> Features<'b> {
        let fold = |stated: &Option<String>| stated.as_deref().map(fold).unwrap_or_default();
        let (title, description) = (fold(&metadata.title), fold(&metadata.description));
        let stated = Stated { title: &title, description: &description };
        Features::new(blocks, folded, stated, |name| self.model().weight(name))
    }

    /// The folded text of each block that a rule, a guard or the repeats could look at, nothing for the others.
    fn fold(&self, blocks: &Blocks<'_>) -> FoldedTexts {
        let reaches = |words: u32| self.rules.reaches(words) || words <= *RepeatFinder::WORDS.end();
        let mut folded = FoldedTexts::default();
        for block in &blocks.items {
            let text = blocks.text_of(block);
            let is_wanted = reaches(block.words) && text.len() <= self.max_rule_block_bytes;
            folded.push(if is_wanted { text } else { "" });
        }
        folded
    }
}

/// A rule whose words were found in a block; whether it counts depends on the place and the neighbours.
struct Candidate {
    rule: usize,
    found: Found,
}

/// Where a rule found its words, to show them when it acts.
enum Found {
    /// In the folded block.
    Block,
    /// In the folded line of which it is a piece.
    Line(Rc<str>),
    /// In the element of this name.
    Element(String),
}

fn without_noise(score: f32) -> f32 {
    if score < NOISE { 0.0 } else { score }
}

struct State<'j> {
    judge: &'j Judge,
    blocks: &'j Blocks<'j>,
    folded: &'j FoldedTexts,
    verdicts: Vec<Option<Verdict>>,
    guarded: Vec<bool>,
    /// The rules whose words stand in each block.
    candidates: Vec<Vec<Candidate>>,
    title: Option<&'j str>,
    /// What tells what the page is about, once it is asked for.
    headlines: OnceCell<Vec<Cow<'j, str>>>,
    /// Whether the page is about each topic, once it is asked.
    topics: Vec<OnceCell<bool>>,
    /// The blocks that say the same, once they are asked for.
    alike: OnceCell<Vec<Vec<usize>>>,
    /// True for the blocks that went by a rule.
    ruled: Vec<bool>,
    prose: Vec<bool>,
    /// The probability of each block, once the model was asked; 0 for what went before.
    scores: Option<Vec<f32>>,
    /// The parts of the page that each element stands in, small and large, once the model was asked.
    parts: [Vec<Cues>; 2],
    notes: Notes,
}

impl<'j> State<'j> {
    fn new(
        judge: &'j Judge,
        blocks: &'j Blocks<'j>,
        folded: &'j FoldedTexts,
        title: Option<&'j str>,
        notes: Notes,
    ) -> Self {
        let count = blocks.items.len();
        let mut state = State {
            judge,
            blocks,
            folded,
            verdicts: vec![None; count],
            guarded: vec![false; count],
            candidates: std::iter::repeat_with(Vec::new).take(count).collect(),
            title,
            headlines: OnceCell::new(),
            topics: vec![OnceCell::new(); judge.rules.topics_count()],
            alike: OnceCell::new(),
            ruled: vec![false; count],
            prose: vec![false; count],
            scores: None,
            parts: Default::default(),
            notes,
        };
        state.find_candidates();
        for (at, block) in blocks.items.iter().enumerate() {
            let free = state.candidates[at].is_empty();
            state.prose[at] = free && words::is_prose(blocks.text_of(block), block.words as usize);
        }
        state
    }

    /// What kept each block that stays, as far as it was noted, and the rules that were passed over.
    fn grounds(&mut self) -> Grounds {
        let mut notes = std::mem::replace(&mut self.notes, Notes::none());
        let candidates = if notes.wanted() { &self.candidates[..] } else { &[] };
        for (at, candidates) in candidates.iter().enumerate() {
            for candidate in candidates.iter().filter(|_| self.verdicts[at].is_none()) {
                notes.passed_over(at, &self.judge.rules.rules()[candidate.rule].id);
            }
        }
        notes.grounds(&self.verdicts)
    }

    /// The probability of a block; that of what no model saw is even.
    fn score(&self, at: usize) -> f32 {
        self.scores.as_ref().map_or(0.5, |scores| scores[at])
    }

    /// The word F1 that is expected of what is kept now; 1 where no model was asked.
    fn confidence(&self) -> f32 {
        let Some(scores) = &self.scores else { return 1.0 };
        let blocks = self.blocks.items.iter().zip(scores).zip(&self.verdicts);
        let (mut hits, mut kept, mut all) = (0.0f64, 0.0f64, 0.0f64);
        for ((block, score), verdict) in blocks {
            let (words, p) = (f64::from(block.words), f64::from(without_noise(*score)));
            all += words * p;
            if verdict.is_none() {
                hits += words * p;
                kept += words;
            }
        }
        (2.0 * hits / (kept + all).max(1.0)) as f32
    }

    /// The words of the page.
    fn words(&self) -> u32 {
        self.blocks.items.iter().map(|block| block.words).sum()
    }

    fn kept_words(&self) -> u32 {
        let kept = self.blocks.items.iter().zip(&self.verdicts).filter(|(_, verdict)| verdict.is_none());
        kept.map(|(block, _)| block.words).sum()
    }

    /// True when the confidence in what is kept is less than is wanted; a short text without a table may be a notice and needs
    /// more.
    fn is_too_unsure(&self, confidence: f32, min_confidence: f32) -> bool {
        let is_row = |at: &usize| self.blocks.items[*at].kind == BlockKind::TableRow && self.verdicts[*at].is_none();
        let has_table = || (0..self.verdicts.len()).filter(is_row).count() >= MIN_ROWS;
        let is_short = self.blocks.format == Format::Html && self.kept_words() < SHORT_WORDS;
        confidence < min_confidence * if is_short && !has_table() { SHORT_DOUBT } else { 1.0 }
    }

    /// Keeps nothing of a page that is too unsure; what the user or a guard keeps stays.
    fn abstain(&mut self, confidence: f32) {
        if self.judge.rules.keeps_reason("judgement") {
            return;
        }
        for (at, verdict) in self.verdicts.iter_mut().enumerate() {
            if verdict.is_none() && !self.guarded[at] {
                let evidence = format!("the page is too unsure: confidence {confidence:.2}");
                *verdict = Some(Verdict::Drop { reason: Reason::Judgement, evidence, score: 1.0 - confidence });
            }
        }
    }

    /// Keeps blocks that went, for a reason that is noted.
    fn bring_back(&mut self, blocks: impl IntoIterator<Item = usize>, why: &'static str) {
        for at in blocks {
            self.verdicts[at] = None;
            self.notes.brought_back(at, why);
        }
    }

    fn is_judged_out(&self, at: usize) -> bool {
        matches!(&self.verdicts[at], Some(Verdict::Drop { reason: Reason::Judgement, .. }))
    }

    fn is_kept(&self, at: usize) -> bool {
        self.verdicts[at].is_none() && !self.guarded[at]
    }
}
