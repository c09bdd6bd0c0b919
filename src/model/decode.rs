//! From the probabilities of a page's blocks to a choice, by the expected word F1 of what would be kept.

/// What counts more when the model is not sure: that nothing wrong is kept, or that nothing right is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Favor {
    /// Of HTML keep only what is surely the article; of text remove next to nothing that the rules do not name.
    Precision,
    /// What scores best.
    #[default]
    Balanced,
    /// Of HTML keep what may be the article; of text find more of the husk.
    Recall,
}

impl Favor {
    /// What missed words weigh against wrong ones: the square of the beta of the F measure.
    fn recall_weight(self) -> f64 {
        match self {
            Favor::Precision => 0.4,
            // With the domains of a page held out of the training 0.7 to 1.0 score alike.
            Favor::Balanced => 0.8,
            Favor::Recall => 2.0,
        }
    }
}

/// Which blocks to keep: the prefix, by falling probability, with the best expected word F1 of the page.
///
/// The measure of a prefix is `(1 + b) * sum(w p) / (sum(w) + b * sum_all(w p))` over its words `w` and probabilities `p`,
/// with the recall weight `b` (Lewis 1995, "Evaluating and optimizing autonomous text classification systems",
/// section on the F measure). The first factor is the same for all prefixes and is left out.
pub fn decode(scores: &[f32], words: &[u32], favor: Favor) -> Vec<bool> {
    by_expected_f(scores, words, favor.recall_weight())
}

/// The same for any recall weight.
pub fn by_expected_f(scores: &[f32], words: &[u32], recall_weight: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let weight = |at: usize| f64::from(words[at]);
    let all: f64 = (0..scores.len()).map(|at| weight(at) * f64::from(scores[at])).sum();
    let (mut hits, mut kept, mut best, mut best_measure) = (0.0, 0.0, 0, 0.0);
    for (count, &at) in order.iter().enumerate() {
        hits += weight(at) * f64::from(scores[at]);
        kept += weight(at);
        // Blocks without words measure 0, and not 0 / 0.
        let measure = hits / (kept + recall_weight * all).max(1.0);
        if measure > best_measure {
            (best, best_measure) = (count + 1, measure);
        }
    }
    let mut keep = vec![false; scores.len()];
    order[..best].iter().for_each(|&at| keep[at] = true);
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likely_blocks_are_kept() {
        let balanced = |scores: &[f32], words: &[u32]| decode(scores, words, Favor::Balanced);
        assert_eq!(balanced(&[0.9, 0.1, 0.8], &[50, 40, 30]), [true, false, true]);
        assert_eq!(balanced(&[], &[]), [] as [bool; 0]);
    }

    #[test]
    fn what_is_in_doubt_goes_by_the_favor() {
        let kept = |favor| decode(&[0.9, 0.5, 0.3], &[50, 40, 40], favor);
        assert_eq!(kept(Favor::Precision), [true, false, false]);
        assert_eq!(kept(Favor::Balanced), [true, true, false]);
        assert_eq!(kept(Favor::Recall), [true, true, true]);
    }
}
