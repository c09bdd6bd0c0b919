//! The block judgement: a probability that a block belongs to the article, from its feature row.
//!
//! A logistic regression whose weights stand in `linear.toml`, named by feature. [`decode`] turns the probabilities
//! of a page into a choice.

mod bytes;
pub mod forest;
pub mod tokens;

use crate::block::features;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The weights of the block judgement.
pub struct Model {
    bias: f32,
    weights: Vec<f32>,
}

#[derive(Deserialize)]
struct ModelFile {
    bias: f32,
    weights: BTreeMap<String, f32>,
}

impl Model {
    /// The weights that are built in.
    pub fn builtin() -> Model {
        let file: ModelFile = toml::from_str(include_str!("linear.toml")).expect("a test loads the built-in weights");
        let weight = |feature| file.weights.get(&features::name(feature)).copied().unwrap_or(0.0);
        Model { bias: file.bias, weights: (0..features::COUNT).map(weight).collect() }
    }

    /// The probability of each block, from the rows that [`features::rows`] made.
    pub fn score(&self, rows: &[f32]) -> Vec<f32> {
        let logit = |row: &[f32]| self.bias + row.iter().zip(&self.weights).map(|(x, w)| x * w).sum::<f32>();
        rows.chunks_exact(features::COUNT).map(|row| 1.0 / (1.0 + (-logit(row)).exp())).collect()
    }

    /// The three features that weighed most for or against a block, as `name +1.2`.
    pub fn explain(&self, row: &[f32]) -> String {
        const SHOWN: usize = 3;
        let mut most: Vec<(usize, f32)> = Vec::with_capacity(SHOWN + 1);
        for (at, part) in row.iter().zip(&self.weights).map(|(x, w)| x * w).enumerate() {
            let place = most.iter().position(|(_, other)| part.abs() > other.abs()).unwrap_or(most.len());
            if place < SHOWN {
                most.insert(place, (at, part));
                most.truncate(SHOWN);
            }
        }
        let shown: Vec<String> = most.iter().map(|(at, part)| format!("{} {part:+.1}", features::name(*at))).collect();
        shown.join(", ")
    }
}

/// Expected F1 below which a page has nothing to extract.
const MIN_EXPECTED_F1: f64 = 0.12;

/// What missed words weigh against wrong ones; 0.8 scores best with the domains of a page held out of the fit.
const RECALL_WEIGHT: f64 = 0.8;

/// Which blocks to keep: the prefix, by falling probability, with the best expected word F1 of the page.
///
/// The measure of a prefix is `2 * sum(w p) / (sum(w) + 0.8 * sum_all(w p))` over its words `w` and probabilities `p`
/// (Lewis 1995, "Evaluating and optimizing autonomous text classification systems", section on the F measure).
pub fn decode(scores: &[f32], words: &[u32]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let weight = |at: usize| f64::from(words[at]);
    let all: f64 = (0..scores.len()).map(|at| weight(at) * f64::from(scores[at])).sum();
    let (mut hits, mut kept, mut best, mut best_f1) = (0.0, 0.0, 0, 0.0);
    for (count, &at) in order.iter().enumerate() {
        hits += weight(at) * f64::from(scores[at]);
        kept += weight(at);
        let f1 = 2.0 * hits / (kept + RECALL_WEIGHT * all).max(1.0);
        if f1 > best_f1 {
            (best, best_f1) = (count + 1, f1);
        }
    }
    let mut keep = vec![false; scores.len()];
    if best_f1 >= MIN_EXPECTED_F1 {
        order[..best].iter().for_each(|&at| keep[at] = true);
    }
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_names_a_feature() {
        let file: ModelFile = toml::from_str(include_str!("linear.toml")).expect("loads");
        let names: Vec<String> = (0..features::COUNT).map(features::name).collect();
        for name in file.weights.keys() {
            assert!(names.contains(name), "{name}");
        }
    }

    #[test]
    fn the_likely_blocks_are_kept() {
        assert_eq!(decode(&[0.9, 0.1, 0.8], &[50, 40, 30]), [true, false, true]);
        assert_eq!(decode(&[0.01, 0.02], &[50, 40]), [false, false]);
        assert_eq!(decode(&[], &[]), [] as [bool; 0]);
    }
}
