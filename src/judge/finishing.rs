//! The finish of an article, and captions that are not wanted.

use super::{Comments, MIN_CONFIDENCE, State, Verdict};
use crate::article::{BlockKind, Reason};
use crate::block::outline::Cues;
use crate::block::words;
use crate::finish::{self, Finished, Sound};

impl State<'_> {
    /// Small furniture that the judgement left around and inside the article.
    ///
    /// `is_dated` says whether the page states a date and its site, as stories do.
    pub(super) fn apply_finish(&mut self, is_dated: bool) {
        if self.judge.rules.keeps_reason("finish") {
            return;
        }
        let [parts, large_parts] = std::mem::take(&mut self.parts);
        let comments = match self.judge.comments {
            Comments::Keep => finish::comments_back(self.blocks, &large_parts, |at| self.is_judged_out(at)),
            _ => Vec::new(),
        };
        self.finish_article(is_dated, &parts, &large_parts);
        let is_kept = |at: usize| self.verdicts[at].is_none();
        let more = finish::continued(self.blocks, &parts, is_kept, |at| self.is_judged_out(at), |at| self.score(at));
        self.bring_back(more, "goes on with the text before it");
        let is_kept = |at: usize| self.verdicts[at].is_none();
        let headings = finish::headings(self.blocks, &parts, is_kept, |at| self.is_judged_out(at), |at| self.score(at));
        self.bring_back(headings, "a heading over what stays");
        self.parts = [parts, large_parts];
        self.bring_back(comments, "a comment, and comments are wanted");
    }

    /// Brings back what the page says itself is its article, as likely as not to be it; of a very small page, `is_small`, of which
    /// nothing is left, what it says outside its furniture.
    pub(super) fn take_at_its_word(&mut self, is_small: bool) {
        const EVEN: f32 = 0.5;
        // No more than the least confidence asks for: it may be a notice.
        const SMALL: f32 = 0.3;
        let is_open = |at: usize| self.verdicts[at].is_none() || self.is_judged_out(at);
        if is_small && self.is_notice() {
            return;
        }
        let mut found = finish::stated_article(self.blocks, &self.parts[0], is_open);
        let (mut why, mut chance) = ("the page says that it is the article", EVEN);
        if found.is_empty() && is_small && self.is_too_unsure(self.confidence(), MIN_CONFIDENCE) {
            found = finish::small_article(self.blocks, is_open);
            (why, chance) = ("all that a very small page says", SMALL);
        }
        for at in found {
            if self.verdicts[at].is_some() {
                self.bring_back([at], why);
            }
            if let Some(scores) = &mut self.scores {
                scores[at] = scores[at].max(chance);
            }
        }
    }

    /// True when a server says on the page why there is none.
    fn is_notice(&self) -> bool {
        (0..self.verdicts.len()).any(|at| self.removed_by(at) == Some("errors"))
    }

    /// The family of the rule that removed a block.
    fn removed_by(&self, at: usize) -> Option<&str> {
        match &self.verdicts[at] {
            Some(Verdict::Drop { reason: reason @ Reason::Rule(_), .. }) => Some(reason.family()),
            _ => None,
        }
    }

    fn finish_article(&mut self, is_dated: bool, parts: &[Cues], large_parts: &[Cues]) {
        let calls = (0..self.verdicts.len()).filter(|&at| self.removed_by(at).is_some_and(finish::takes_its_box));
        let found = finish::boxes(self.blocks, parts, calls, |at| self.is_kept(at));
        self.finish(found);
        let found = finish::controls(self.blocks, parts, |at| self.is_kept(at));
        let on_buttons: Vec<usize> = found.iter().map(|finished| finished.block).collect();
        self.finish(found);
        let may_return = |at: usize| self.is_judged_out(at) || on_buttons.binary_search(&at).is_ok();
        let labels = finish::labels(self.blocks, parts, |at| self.is_kept(at), may_return, |at| self.score(at));
        self.bring_back(labels, "a label of what follows");
        let Some(article) = Sound::new(self.blocks, is_dated, |at| self.verdicts[at].is_none()) else {
            let is_kept = |at: usize| self.verdicts[at].is_none();
            let items =
                finish::headed_items(self.blocks, parts, is_kept, |at| self.is_judged_out(at), |at| self.score(at));
            return self.bring_back(items, "below a heading that stays");
        };
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
        self.bring_back(rescued, "a piece of the article around it");
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
        self.removed_by(at) == Some("comments")
            || self.verdicts[at].is_none() && self.names(at, "comments") && self.is_stamped(at)
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

    fn finish(&mut self, found: Vec<Finished>) {
        for Finished { block, sure_score, evidence } in found {
            if self.is_kept(block) && self.score(block) < sure_score {
                self.verdicts[block] = Verdict::sure(Reason::Finish, evidence);
            }
        }
    }

    pub(super) fn drop_captions(&mut self) {
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
