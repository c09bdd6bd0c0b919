//! What the judgement of lines takes of a text.

use super::{State, Verdict};
use crate::article::Reason;
use crate::block::line_features::Lines;
use crate::model::lines::TextKind;

/// Rounds after which a text is left as it is; each reads all the lines that are left.
const MAX_LINE_ROUNDS: usize = 6;

impl State<'_> {
    /// The judgement of the lines of a text, of what is left of them, and so on until nothing goes: what a page is like
    /// depends on what is left, and cleaning a cleaned page shall find nothing.
    pub(super) fn judge_lines(&mut self, text_kind: TextKind) {
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
        let prose: Vec<usize> =
            (0..self.verdicts.len()).filter(|&at| self.prose[at] && self.is_judged_out(at)).collect();
        self.bring_back(prose, "the only prose of the page");
    }
}
