//! What the judgement of lines takes of a text.

use super::{State, Verdict};
use crate::article::Reason;
use crate::block::line_features::Lines;
use crate::block::{Blocks, Gap};
use crate::model::lines::{Dropped, LineModels, TextKind};

/// Rounds after which a text is left as it is; each reads all the lines that are left.
const MAX_LINE_ROUNDS: usize = 6;

impl State<'_> {
    /// The judgement of the lines of a text, of what is left of them, and so on until nothing goes: what a page is like
    /// depends on what is left, and cleaning a cleaned page shall find nothing.
    pub(super) fn judge_lines(&mut self, text_kind: TextKind) {
        let Some(models) = self.judge.lines.as_ref().filter(|_| !self.judge.rules.keeps_reason("judgement")) else {
            return;
        };
        let models = models.get_or_init(LineModels::builtin);
        let lines = Lines::read(self.blocks);
        let mut judgement = models.judgement(&lines, self.blocks, text_kind, self.judge.favor);
        let all: Vec<u32> = (0..self.verdicts.len() as u32).collect();
        for round in 0..MAX_LINE_ROUNDS {
            let alive: Vec<u32> =
                (0..self.verdicts.len()).filter(|&at| self.verdicts[at].is_none()).map(|at| at as u32).collect();
            let mut dropped = judgement.dropped(&alive, (round == 0).then_some(&all));
            let mut goes: Vec<bool> = self.verdicts.iter().map(Option::is_some).collect();
            dropped.iter().map(|dropped| dropped.line as usize).for_each(|at| goes[at] = !self.guarded[at]);
            let stays = parts_that_stay(self.blocks, &goes);
            dropped.retain(|Dropped { line, .. }| self.verdicts[*line as usize].is_none() && !stays[*line as usize]);
            let evidence = match self.judge.explains {
                true => judgement.explain(&dropped),
                false => vec![String::new(); dropped.len()],
            };
            debug_assert_eq!(evidence.len(), dropped.len());
            for (dropped, evidence) in dropped.iter().zip(evidence) {
                let verdict = Verdict::Drop { reason: Reason::Judgement, evidence, score: dropped.score };
                self.verdicts[dropped.line as usize] = Some(verdict);
            }
            let changed = !dropped.is_empty();
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

/// The blocks that stay because a part of the same word does: a capital divides them. `inPlease` are two sentences without a space
/// between them and `useState` is a name; rules know the sentences that they take, and the judgement, which would take those
/// that are in `goes`, takes all parts or none.
fn parts_that_stay(blocks: &Blocks<'_>, goes: &[bool]) -> Vec<bool> {
    let is_within_word = |at: usize| {
        let block = &blocks.items[at];
        block.gap == Gap::Joined && blocks.text[..block.start as usize].ends_with(char::is_alphanumeric)
    };
    let mut stay = vec![false; goes.len()];
    let mut first = 0;
    for end in 1..=goes.len() {
        if end < goes.len() && is_within_word(end) {
            continue;
        }
        if !goes[first..end].iter().all(|goes| *goes) {
            stay[first..end].fill(true);
        }
        first = end;
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::from_text::segment;
    use crate::limits::Limits;

    #[test]
    fn a_name_with_a_capital_inside_stays_or_goes_as_a_whole() {
        let text = "Call useState at the top\nThe ferry sails at noon.Call useState in time\nMenu\n";
        let blocks = segment(text.into(), &Limits::default());
        let parts: Vec<&str> = blocks.items.iter().map(|block| blocks.text_of(block)).collect();
        assert_eq!(
            parts,
            ["Call use", "State at the top", "The ferry sails at noon.", "Call use", "State in time", "Menu"]
        );
        let stay = parts_that_stay(&blocks, &[true, false, false, true, true, true]);
        assert_eq!(stay, [true, true, true, false, false, false]);
        assert_eq!(parts_that_stay(&blocks, &[true; 6]), [false; 6]);
        assert!(parts_that_stay(&segment("".into(), &Limits::default()), &[]).is_empty());
    }
}
