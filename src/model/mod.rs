//! The block judgement: a probability that a block belongs to the article, from its feature row.
//!
//! A logistic regression whose weights stand in `linear.toml`, named by feature. [`decode`](mod@decode) turns the
//! probabilities of a page into a choice.

pub mod decode;

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
}
