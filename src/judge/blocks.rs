//! What the block judgement takes of an HTML page.

use super::{State, Verdict, without_noise};
use crate::article::{BlockKind, Metadata, Reason};
use crate::block::columns::{Columns, GROUP};
use crate::block::features::{self, Features};
use crate::block::fold::fold;
use crate::block::words;
use crate::model::decode::decode;

/// Words that labels alone may have without being an article.
const MAX_LABEL_WORDS: u32 = 20;
/// Blocks of a page, more than on any that the model was trained on.
const KNOWN_BLOCKS: usize = 3_000;

/// The feature rows of some blocks, in memory that serves one group after another. Not all of them at once: a page of
/// 50,000 blocks has 40 MB of them.
struct Rows {
    values: Vec<f32>,
    columns: Columns,
}

impl Rows {
    fn new() -> Self {
        Rows { values: Vec::with_capacity(GROUP * features::COUNT), columns: Columns::default() }
    }

    /// The columns of these blocks.
    fn of(&mut self, features: &Features<'_>, blocks: &[usize]) -> &Columns {
        self.values.clear();
        blocks.iter().for_each(|&at| features.push_row(at, &mut self.values));
        self.columns.fill(&self.values, features::COUNT);
        &self.columns
    }
}

impl State<'_> {
    pub(super) fn apply_model(&mut self, metadata: &Metadata) {
        let title = metadata.title.as_deref().map(fold).unwrap_or_default();
        if self.verdicts.is_empty() {
            return;
        }
        let features = self.judge.features(self.blocks, self.folded, metadata);
        let model = self.judge.model();
        let open: Vec<usize> = (0..self.verdicts.len()).filter(|&at| self.verdicts[at].is_none()).collect();
        let mut scores = vec![0.0; self.verdicts.len()];
        let mut rows = Rows::new();
        for open in open.chunks(GROUP) {
            open.iter().zip(model.score(rows.of(&features, open))).for_each(|(&at, score)| scores[at] = score);
        }
        if self.verdicts.len() > KNOWN_BLOCKS || !self.blocks.degraded.is_empty() {
            self.trust_prose(&mut scores);
        }
        self.even_out_kinds(&mut scores);
        self.even_out_runs(&mut scores);
        self.scores = Some(scores.clone());
        scores.iter_mut().for_each(|score| *score = without_noise(*score));
        let weights: Vec<u32> = self.blocks.items.iter().map(|block| block.words).collect();
        let mut keep = decode(&scores, &weights, self.judge.favor);
        if self.says_nothing(&keep) {
            keep.fill(false);
        }
        let keeps_all = self.judge.rules.keeps_reason("judgement");
        let (headings_end, lines_end) = self.ends_of_headlines(&title, &keep);
        let goes = |at: usize| !keep[at] && !keeps_all && !self.guarded[at];
        let is_told = |at: &usize| self.notes.wanted() || self.judge.explains && goes(*at);
        let told: Vec<usize> = open.into_iter().filter(is_told).collect();
        let mut evidence = vec![String::new(); self.verdicts.len()];
        for told in told.chunks(GROUP) {
            told.iter().zip(model.explain(rows.of(&features, told))).for_each(|(&at, said)| evidence[at] = said);
        }
        for (at, block) in self.blocks.items.iter().enumerate() {
            if self.notes.wanted() && self.verdicts[at].is_none() {
                self.notes.judged(at, scores[at], || evidence[at].clone());
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
                let evidence = if self.judge.explains { std::mem::take(&mut evidence[at]) } else { String::new() };
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
            |at: &usize| self.blocks.items[*at].kind == BlockKind::Heading(1) && self.folded[*at] == *title;
        let is_body = |at: &usize| keep[*at] && self.is_kept(*at) && self.prose[*at];
        let body = (0..keep.len()).find(is_body).unwrap_or(keep.len());
        (body, (0..keep.len()).find(is_headline).unwrap_or(body))
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
}
