//! Blocks to verdicts: keep or drop, by which reason, on what evidence.
//!
//! The first that answers wins: a guard or the user's keep list, the rules, repeats on the page, and for HTML the
//! block judgement. Rules that act at the edge of a page see the page as it is without what was removed already, and
//! everything is asked again until nothing changes, so that cleaning a cleaned page finds nothing.

mod notes;
mod scores;

use crate::account::Grounds;
use crate::article::{BlockKind, Format, Metadata, Reason};
use crate::block::features::{self, Features, Stated};
use crate::block::line_features::Lines;
use crate::block::outline::Cues;
use crate::block::{Blocks, Gap, fold::fold, words};
use crate::finish::{self, Finished, Sound};
use crate::html::parse::Page;
use crate::model::decode::{Favor, decode};
use crate::model::html::HtmlModel;
use crate::model::lines::{LineModels, TextKind};
use crate::repeats::RepeatFinder;
use crate::rules::{RuleSet, Where};
use foldhash::HashMap;
use notes::Notes;
use std::cell::OnceCell;
use std::ops::Range;
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
    /// The judgement of lines of text; without it rules and repeats judge alone.
    pub lines: Option<LineModels>,
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
}

/// Blocks at the start of a page, without what is removed, that are its edge whatever they say.
pub(crate) const HEAD_BLOCKS: usize = 4;
/// The same at the end.
pub(crate) const TAIL_BLOCKS: usize = 8;
/// Weak matches in a row that need no other proof.
pub(crate) const WEAK_RUN: usize = 3;
/// Words that labels alone may have without being an article.
const MAX_LABEL_WORDS: u32 = 20;
/// Blocks of a page, more than on any that the model was trained on.
const KNOWN_BLOCKS: usize = 3_000;
/// Probability below which a block is surely none; many small ones would add up to an article on a page of furniture.
const NOISE: f32 = 0.1;
/// Feature rows that are made and scored together; the forest takes them by 32.
const ROWS_AT_ONCE: usize = 256;
/// Words below which a text may be a notice on a page that holds no article.
const SHORT_WORDS: u32 = 50;
/// How many times the wanted confidence such a text needs.
const SHORT_DOUBT: f32 = 3.5;
/// Rounds after which a page is left as it is; real pages take two or three.
const MAX_ROUNDS: usize = 50;
/// The same for the judgement of lines, each of which reads all that are left.
const MAX_LINE_ROUNDS: usize = 6;

impl Judge {
    /// One verdict for each block. `page` is the tree, when there is one, `metadata` what the page states about itself,
    /// `text_kind` what this text is, where the caller has said nothing of all texts; `accounts` says that it shall be
    /// noted what keeps blocks.
    pub fn judge(
        &self,
        blocks: &Blocks<'_>,
        page: Option<&Page>,
        metadata: &Metadata,
        text_kind: Option<TextKind>,
        max_bytes: usize,
        accounts: bool,
    ) -> Judgement {
        let folded = self.fold(blocks, max_bytes);
        let notes = if accounts { Notes::on(blocks.items.len()) } else { Notes::none() };
        let mut state = State::new(self, blocks, &folded, metadata.title.as_deref(), max_bytes, notes);
        if let Some(page) = page {
            state.select(page);
        }
        state.settle();
        if !self.judges {
            // What the rules leave stays.
        } else if blocks.format == Format::Html {
            state.apply_model(metadata);
            state.apply_finish(metadata.date.is_some() && metadata.site.is_some());
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
        let is_short = blocks.format == Format::Html && state.kept_words() < SHORT_WORDS;
        if self.judges && confidence < self.min_confidence * if is_short { SHORT_DOUBT } else { 1.0 } {
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
    pub fn ruled(&self, blocks: &Blocks<'_>, max_bytes: usize) -> Vec<Verdict> {
        let folded = self.fold(blocks, max_bytes);
        let mut state = State::new(self, blocks, &folded, None, max_bytes, Notes::none());
        state.settle();
        state.verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Keep)).collect()
    }

    /// The feature rows of a page, as the block judgement sees it; rules and verdicts have no part in them.
    pub fn feature_rows(&self, blocks: &Blocks<'_>, metadata: &Metadata, max_bytes: usize) -> Vec<f32> {
        let folded = self.fold(blocks, max_bytes);
        let mut rows = Vec::with_capacity(blocks.items.len() * features::COUNT);
        if !blocks.items.is_empty() {
            let features = self.features(blocks, &folded, metadata);
            (0..blocks.items.len()).for_each(|at| features.push_row(at, &mut rows));
        }
        rows
    }

    fn features<'b>(&self, blocks: &'b Blocks<'b>, folded: &[String], metadata: &Metadata) -> Features<'b> {
        let fold = |stated: &Option<String>| stated.as_deref().map(fold).unwrap_or_default();
        let (title, description) = (fold(&metadata.title), fold(&metadata.description));
        let stated = Stated { title: &title, description: &description };
        Features::new(blocks, folded, stated, |name| self.model().weight(name))
    }

    /// The folded text of each block that a rule, a guard or the repeats could look at.
    fn fold(&self, blocks: &Blocks<'_>, max_bytes: usize) -> Vec<String> {
        let reaches = |words: u32| self.rules.reaches(words) || words <= *RepeatFinder::WORDS.end();
        let items = blocks.items.iter();
        items
            .map(|block| {
                let text = blocks.text_of(block);
                let wanted = reaches(block.words) && text.len() <= max_bytes;
                if wanted { fold(text) } else { String::new() }
            })
            .collect()
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
    folded: &'j [String],
    verdicts: Vec<Option<Verdict>>,
    guarded: Vec<bool>,
    /// The rules whose words stand in each block.
    candidates: Vec<Vec<Candidate>>,
    title: Option<&'j str>,
    /// Families of rules that do not act on this page, once one is asked for.
    at_rest: OnceCell<Vec<&'j str>>,
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
        folded: &'j [String],
        title: Option<&'j str>,
        max_bytes: usize,
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
            at_rest: OnceCell::new(),
            ruled: vec![false; count],
            prose: vec![false; count],
            scores: None,
            parts: Default::default(),
            notes,
        };
        state.find_candidates(max_bytes);
        for (at, block) in blocks.items.iter().enumerate() {
            let free = state.candidates[at].is_empty();
            state.prose[at] = free && words::is_prose(blocks.text_of(block), block.words as usize);
        }
        state
    }

    /// Asks guards and rules about each line, and about each piece of a line that was cut at joints.
    fn find_candidates(&mut self, max_bytes: usize) {
        let items = &self.blocks.items;
        let mut at = 0;
        while at < items.len() {
            let pieces = 1 + items[at + 1..].iter().take_while(|block| block.gap == Gap::Joined).count();
            let line = at..at + pieces;
            at = line.end;
            if pieces > 1 {
                let text = &self.blocks.text[items[line.start].range().start..items[line.end - 1].range().end];
                let words = items[line.clone()].iter().map(|block| block.words).sum();
                if text.len() <= max_bytes && self.judge.rules.reaches(words) {
                    self.ask(&fold(text), words, line.clone(), true);
                }
            }
            for piece in line {
                if items[piece].kind != BlockKind::Code {
                    self.ask(&self.folded[piece], items[piece].words, piece..piece + 1, false);
                }
            }
        }
    }

    fn ask(&mut self, folded: &str, words: u32, line: Range<usize>, is_cut: bool) {
        let rules = &self.judge.rules;
        if folded.is_empty() || !rules.reaches(words) {
            return;
        }
        let candidates = rules.candidates(folded, words);
        if let Some(guarding) = rules.guarding(folded, &candidates) {
            // A link that says "Opinion" leads to a section of the site and marks nothing.
            let is_link = |at: &usize| self.blocks.items[*at].link_words * 2 > self.blocks.items[*at].words;
            for at in line.filter(|at| !is_link(at)) {
                self.guarded[at] = true;
                if self.notes.wanted() {
                    self.notes.guarded(at, &guarding, rules.evidence(&guarding, folded));
                }
            }
            return;
        }
        rules.matches(folded, &candidates, |rule| {
            let (id, family) = (&rules.rules()[rule].id, rules.rules()[rule].family());
            if rules.keeps_reason(id) || self.is_at_rest(family) {
                return line.clone().for_each(|at| self.notes.passed_over(at, id));
            }
            let whole: Option<Rc<str>> = is_cut.then(|| folded.into());
            for at in line.clone() {
                let found = whole.clone().map_or(Found::Block, Found::Line);
                self.candidates[at].push(Candidate { rule, found });
            }
        });
    }

    /// True for the families of rules that the page is about, told by its title; a text has none but its first lines.
    fn is_at_rest(&self, family: &str) -> bool {
        const FIRST_LINES: usize = 3;
        let families = || {
            let first_lines = if self.blocks.format == Format::Text { FIRST_LINES } else { 0 };
            let title = self.title.map(fold);
            let headlines = title.iter().chain(self.folded.iter().take(first_lines));
            headlines.flat_map(|headline| self.judge.rules.families_at_rest(headline)).collect()
        };
        self.at_rest.get_or_init(families).contains(&family)
    }

    /// Marks what stands in an element that a rule's selector names.
    fn select(&mut self, page: &Page) {
        let rules = &self.judge.rules;
        if !rules.has_selectors() {
            return;
        }
        let entries = self.blocks.outline.elements.iter();
        let by_node: HashMap<_, _> = entries.filter_map(|entry| Some((entry.node?, entry.blocks.clone()))).collect();
        for (rule, selector) in rules.rules().iter().enumerate().filter_map(|(at, rule)| Some((at, rule.selector()?))) {
            if rules.keeps_reason(&rules.rules()[rule].id) {
                continue;
            }
            for element in page.html.select(selector) {
                for at in by_node.get(&element.id()).cloned().unwrap_or_default() {
                    let found = Found::Element(element.value().name().to_owned());
                    self.candidates[at as usize].push(Candidate { rule, found });
                }
            }
        }
    }

    /// Rules and repeats until nothing changes.
    fn settle(&mut self) {
        for _ in 0..MAX_ROUNDS {
            let rules = self.apply_rules();
            let repeats = self.judge.captions != Captions::Keep && self.apply_repeats();
            if !rules && !repeats {
                break;
            }
        }
    }

    /// One round over the rules, from both ends inward; true when something went.
    fn apply_rules(&mut self) -> bool {
        if self.candidates.iter().all(Vec::is_empty) {
            return false;
        }
        let count = self.blocks.items.len();
        let is_body = |at: &usize| self.prose[*at] && self.verdicts[*at].is_none();
        // A page without prose, such as a glossary, has only its first and last blocks for an edge.
        let first_prose = (0..count).find(is_body);
        let last_prose = (0..count).rev().find(is_body);
        let mut changed = false;
        let mut survivors = 0;
        for at in 0..count {
            let is_head = first_prose.is_some_and(|first| at < first) || survivors < HEAD_BLOCKS;
            changed |= self.try_rules(at, is_head, false);
            survivors += usize::from(self.verdicts[at].is_none());
        }
        survivors = 0;
        for at in (0..count).rev() {
            let is_tail = last_prose.is_some_and(|last| at > last) || survivors < TAIL_BLOCKS;
            changed |= self.try_rules(at, is_tail, is_tail);
            survivors += usize::from(self.verdicts[at].is_none());
        }
        changed
    }

    /// Drops a block by the first of its rules that may act here.
    fn try_rules(&mut self, at: usize, is_edge: bool, is_tail: bool) -> bool {
        if self.verdicts[at].is_some() || self.guarded[at] {
            return false;
        }
        let candidates = &self.candidates[at];
        let acts = |candidate: &&Candidate| {
            let rule = &self.judge.rules.rules()[candidate.rule];
            let in_place = match rule.place {
                Where::Any => true,
                Where::Edge => is_edge,
                Where::Tail => is_tail,
            };
            in_place && (rule.alone || self.is_beside_husk(at) || self.is_in_weak_run(at, rule.family()))
        };
        let Some(candidate) = candidates.iter().find(acts).filter(|_| !self.heads_prose(at)) else { return false };
        let rule = &self.judge.rules.rules()[candidate.rule];
        let evidence = match &candidate.found {
            Found::Element(name) => name,
            _ if !self.judge.explains => "",
            Found::Block => rule.evidence(&self.folded[at]),
            Found::Line(folded) => rule.evidence(folded),
        };
        self.verdicts[at] = Verdict::sure(Reason::Rule(rule.id.clone()), evidence);
        self.ruled[at] = true;
        true
    }

    /// True for a heading between prose of the body, where it heads a section whatever it sounds like, unless husk stands
    /// beside it.
    fn heads_prose(&self, at: usize) -> bool {
        const BEFORE: usize = 20;
        if !matches!(self.blocks.items[at].kind, BlockKind::Heading(2..)) {
            return false;
        }
        let parent = |at: usize| self.blocks.outline.elements[self.blocks.items[at].element as usize].parent;
        let section = parent(at);
        let is_body = |at: &usize| self.prose[*at] && self.verdicts[*at].is_none() && parent(*at) == section;
        Some(at + 1).filter(|next| *next < self.prose.len()).is_some_and(|next| is_body(&next))
            && (0..at).rev().take(BEFORE).any(|before| is_body(&before))
            && !self.is_beside_husk(at)
    }

    fn is_beside_husk(&self, at: usize) -> bool {
        at > 0 && self.ruled[at - 1] || self.ruled.get(at + 1).copied().unwrap_or(false)
    }

    /// True when the blocks around, this one among them, match weak rules of one family in a row.
    fn is_in_weak_run(&self, at: usize, family: &str) -> bool {
        let is_weak = |at: &usize| {
            let mut candidates = self.candidates[*at].iter();
            candidates.any(|candidate| self.judge.rules.rules()[candidate.rule].family() == family)
        };
        let before = (0..at).rev().take_while(is_weak).take(WEAK_RUN).count();
        let after = (at + 1..self.blocks.items.len()).take_while(is_weak).take(WEAK_RUN).count();
        before + after + 1 >= WEAK_RUN
    }

    fn apply_repeats(&mut self) -> bool {
        let gone = |at: usize| self.verdicts[at].is_some();
        let repeats = self.judge.repeats.find(self.blocks, self.folded, gone);
        let mut changed = false;
        for repeat in repeats {
            if self.guarded[repeat.copy] || self.judge.rules.keeps_reason("repeat") {
                continue;
            }
            let evidence = format!("block {} says the same", repeat.first + 1);
            self.verdicts[repeat.copy] = Verdict::sure(Reason::Repeat, evidence);
            changed = true;
        }
        changed
    }

    fn apply_model(&mut self, metadata: &Metadata) {
        let title = metadata.title.as_deref().map(fold).unwrap_or_default();
        if self.verdicts.is_empty() {
            return;
        }
        let features = self.judge.features(self.blocks, self.folded, metadata);
        let model = self.judge.model();
        let open: Vec<usize> = (0..self.verdicts.len()).filter(|&at| self.verdicts[at].is_none()).collect();
        let mut scores = vec![0.0; self.verdicts.len()];
        // Not all rows at once: a page of 50,000 blocks has 40 MB of them.
        let mut rows = Vec::with_capacity(ROWS_AT_ONCE * features::COUNT);
        for open in open.chunks(ROWS_AT_ONCE) {
            rows.clear();
            open.iter().for_each(|&at| features.push_row(at, &mut rows));
            open.iter().zip(model.score(&rows)).for_each(|(&at, score)| scores[at] = score);
        }
        if self.verdicts.len() > KNOWN_BLOCKS || !self.blocks.degraded.is_empty() {
            self.trust_prose(&mut scores);
        }
        self.even_out_kinds(&mut scores);
        self.even_out_tables(&mut scores);
        self.scores = Some(scores.clone());
        scores.iter_mut().for_each(|score| *score = without_noise(*score));
        let weights: Vec<u32> = self.blocks.items.iter().map(|block| block.words).collect();
        let mut keep = decode(&scores, &weights, self.judge.favor);
        if self.says_nothing(&keep) {
            keep.fill(false);
        }
        let keeps_all = self.judge.rules.keeps_reason("judgement");
        let (headings_end, lines_end) = self.ends_of_headlines(&title, &keep);
        for (at, block) in self.blocks.items.iter().enumerate() {
            if self.notes.wanted() && self.verdicts[at].is_none() {
                rows.clear();
                features.push_row(at, &mut rows);
                self.notes.judged(at, scores[at], || model.explain(&rows));
            }
            if self.verdicts[at].is_some() || self.guarded[at] {
                continue;
            }
            let is_sentence = words::is_sentence(self.blocks.text_of(block), block.words as usize);
            let is_headline = !title.is_empty() && self.folded[at] == title && !is_sentence;
            let is_head = match block.kind {
                BlockKind::Heading(1) => true,
                BlockKind::Heading(_) => at < headings_end,
                _ => at < lines_end,
            };
            let is_headline = is_headline && is_head;
            if is_headline && !self.judge.rules.keeps_reason("headline") {
                self.verdicts[at] = Verdict::sure(Reason::Headline, "says what the title says");
            } else if !keep[at] && !keeps_all {
                let evidence = if self.judge.explains {
                    rows.clear();
                    features.push_row(at, &mut rows);
                    model.explain(&rows)
                } else {
                    String::new()
                };
                self.verdicts[at] =
                    Some(Verdict::Drop { reason: Reason::Judgement, evidence, score: 1.0 - scores[at] });
            }
        }
        self.parts = features.into_parts();
    }

    /// Where copies of the headline end that are headings, at the body, and where others do, at the headline itself if
    /// there is one: a refrain or a section may say what the title says.
    fn ends_of_headlines(&self, title: &str, keep: &[bool]) -> (usize, usize) {
        let is_headline =
            |at: &usize| self.blocks.items[*at].kind == BlockKind::Heading(1) && self.folded[*at] == title;
        let is_body = |at: &usize| keep[*at] && self.is_kept(*at) && self.prose[*at];
        let body = (0..keep.len()).find(is_body).unwrap_or(keep.len());
        (body, (0..keep.len()).find(is_headline).unwrap_or(body))
    }

    /// The judgement of the lines of a text, of what is left of them, and so on until nothing goes: what a page is like
    /// depends on what is left, and cleaning a cleaned page shall find nothing.
    fn judge_lines(&mut self, text_kind: TextKind) {
        let Some(models) = self.judge.lines.as_ref().filter(|_| !self.judge.rules.keeps_reason("judgement")) else {
            return;
        };
        let lines = Lines::read(self.blocks);
        let words: Vec<u32> = self.blocks.items.iter().map(|block| block.words).collect();
        let mut judgement = models.judgement(&lines, &words, text_kind, self.judge.favor);
        let all: Vec<u32> = (0..self.verdicts.len() as u32).collect();
        for round in 0..MAX_LINE_ROUNDS {
            let alive: Vec<u32> =
                (0..self.verdicts.len()).filter(|&at| self.verdicts[at].is_none()).map(|at| at as u32).collect();
            let mut changed = false;
            for dropped in judgement.dropped(&alive, (round == 0).then_some(&all)) {
                let at = dropped.line as usize;
                if self.guarded[at] || self.verdicts[at].is_some() {
                    continue;
                }
                let evidence = if self.judge.explains { judgement.explain(&dropped) } else { String::new() };
                self.verdicts[at] = Some(Verdict::Drop { reason: Reason::Judgement, evidence, score: dropped.score });
                changed = true;
            }
            if changed {
                self.settle();
            }
            // What is left of a whole page is no whole page.
            if judgement.is_page() {
                self.scores = Some(judgement.scores(&alive));
                break;
            }
            // The first round heard the lines that went by rules too; the next pass over what is left will not.
            if !changed && (round > 0 || alive.len() == all.len()) {
                break;
            }
        }
        if self.notes.wanted() {
            judgement.explain_all(|at, score, weights| self.notes.judged(at, score, || weights));
        }
        self.leave_prose();
    }

    /// Where the judgement would leave nothing of a text its prose stays: a page of furniture may hold one paragraph, and a
    /// page without any has no prose.
    fn leave_prose(&mut self) {
        if self.verdicts.iter().any(Option::is_none) {
            return;
        }
        for at in 0..self.verdicts.len() {
            if self.prose[at] && self.is_judged_out(at) {
                self.verdicts[at] = None;
                self.notes.brought_back(at, "the only prose of the page");
            }
        }
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

    fn kept_words(&self) -> u32 {
        let kept = self.blocks.items.iter().zip(&self.verdicts).filter(|(_, verdict)| verdict.is_none());
        kept.map(|(block, _)| block.words).sum()
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

    /// True when what would be kept is a few labels: a page of menus and forms without an article. One sentence may
    /// stand over a form, two are a text.
    fn says_nothing(&self, keep: &[bool]) -> bool {
        let (mut words, mut ends) = (0, 0);
        for (block, _) in self.blocks.items.iter().zip(keep).filter(|(_, keep)| **keep) {
            let text = self.blocks.text_of(block);
            words += block.words;
            ends += usize::from(text.ends_with(words::ends_sentence));
            if words > MAX_LABEL_WORDS || ends > 1 || words::is_sentence(text, block.words as usize) {
                return false;
            }
        }
        true
    }

    /// Small furniture that the judgement left around and inside the article.
    ///
    /// `is_dated` says whether the page states a date and its site, as stories do.
    fn apply_finish(&mut self, is_dated: bool) {
        if self.judge.rules.keeps_reason("finish") {
            return;
        }
        let [parts, large_parts] = std::mem::take(&mut self.parts);
        let comments = match self.judge.comments {
            Comments::Keep => finish::comments_back(self.blocks, &large_parts, |at| self.is_judged_out(at)),
            _ => Vec::new(),
        };
        self.finish_article(is_dated, &parts, &large_parts);
        for at in comments {
            self.verdicts[at] = None;
            self.notes.brought_back(at, "a comment, and comments are wanted");
        }
    }

    fn finish_article(&mut self, is_dated: bool, parts: &[Cues], large_parts: &[Cues]) {
        let calls = (0..self.verdicts.len()).filter(|&at| match &self.verdicts[at] {
            Some(Verdict::Drop { reason: reason @ Reason::Rule(_), .. }) => finish::takes_its_box(reason.family()),
            _ => false,
        });
        let found = finish::boxes(self.blocks, parts, calls, |at| self.is_kept(at));
        self.finish(found);
        let found = finish::controls(self.blocks, parts, |at| self.is_kept(at));
        self.finish(found);
        let Some(article) = Sound::new(self.blocks, is_dated, |at| self.verdicts[at].is_none()) else { return };
        let is_headline = |at: &usize| {
            let is_first = self.blocks.items[*at].kind == BlockKind::Heading(1);
            is_first || matches!(&self.verdicts[*at], Some(Verdict::Drop { reason: Reason::Headline, .. }))
        };
        let headline = (0..self.verdicts.len()).find(is_headline);
        let rescued = article.rescued(parts, headline, |at| self.is_judged_out(at), |at| self.score(at));
        let mut found = article.furniture(parts);
        found.extend(article.margins(|at| self.names(at, "related") || self.names(at, "share")));
        let labels: Vec<usize> = (0..self.verdicts.len()).filter(|&at| self.is_comment_label(at)).collect();
        match self.judge.comments {
            Comments::Keep => {}
            Comments::Auto => found.extend(article.comments(&labels, parts, |at| self.is_stamped(at))),
            Comments::Drop => {
                found.extend(article.comments(&labels, parts, |at| self.is_stamped(at)));
                found.extend(article.comment_parts(large_parts));
            }
        }
        self.finish(found);
        for at in rescued {
            self.verdicts[at] = None;
            self.notes.brought_back(at, "a piece of the article around it");
        }
        if let Some(article) = Sound::new(self.blocks, is_dated, |at| self.verdicts[at].is_none()) {
            let orphans = article.orphans();
            self.finish(orphans);
        }
    }

    /// True when a rule of the family has words for the block, whether it acted or not.
    fn names(&self, at: usize, family: &str) -> bool {
        self.candidates[at].iter().any(|candidate| self.judge.rules.rules()[candidate.rule].family() == family)
    }

    /// True for a label over comments: a comment rule removed it, or has words for it and a comment's stamp follows.
    fn is_comment_label(&self, at: usize) -> bool {
        let is_removed = matches!(&self.verdicts[at], Some(Verdict::Drop { reason: reason @ Reason::Rule(_), .. })
            if reason.family() == "comments");
        is_removed || self.verdicts[at].is_none() && self.names(at, "comments") && self.is_stamped(at)
    }

    /// True when the stamp of a comment, a short line with a date that is no husk by a rule, follows soon.
    fn is_stamped(&self, at: usize) -> bool {
        const WITHIN: usize = 3;
        const MAX_WORDS: u32 = 8;
        (at + 1..self.blocks.items.len()).take(WITHIN).any(|at| {
            let block = &self.blocks.items[at];
            let is_short = !self.ruled[at] && block.words <= MAX_WORDS;
            is_short && words::has_date(self.blocks.text_of(block))
        })
    }

    fn is_judged_out(&self, at: usize) -> bool {
        matches!(&self.verdicts[at], Some(Verdict::Drop { reason: Reason::Judgement, .. }))
    }

    fn is_kept(&self, at: usize) -> bool {
        self.verdicts[at].is_none() && !self.guarded[at]
    }

    fn finish(&mut self, found: Vec<Finished>) {
        for Finished { block, sure_score, evidence } in found {
            if self.is_kept(block) && self.score(block) < sure_score {
                self.verdicts[block] = Verdict::sure(Reason::Finish, evidence);
            }
        }
    }

    fn drop_captions(&mut self) {
        if self.judge.rules.keeps_reason("caption") {
            return;
        }
        for (at, block) in self.blocks.items.iter().enumerate() {
            let is_caption = block.kind == BlockKind::Caption || self.judge.repeats.has_caption_words(&self.folded[at]);
            if is_caption && self.verdicts[at].is_none() && !self.guarded[at] {
                self.verdicts[at] = Verdict::sure(Reason::Caption, "captions are not wanted");
            }
        }
    }
}
