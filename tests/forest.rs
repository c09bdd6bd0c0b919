//! The evaluator against LightGBM: a small forest that `scripts/train/export.py` wrote, rows, and the predictions of the
//! boosters it was made of.

use dehusk::stages::{Columns, Forest, features_hash};

/// What the rounding of leaves can do: half a step of 1.45e-5 in each of 24 trees, and a quarter of that in probability.
const MAX_DIFFERENCE: f32 = 4.4e-5;

#[test]
fn an_exported_forest_predicts_what_lightgbm_predicts() {
    let forest = Forest::load(include_bytes!("forest/example.bin")).unwrap();
    let names: Vec<String> = (0..7).map(|feature| format!("feature-{feature}")).collect();
    assert_eq!(forest.features(), names.len());
    assert_eq!(forest.features_hash(), features_hash(names.iter().map(String::as_str)));
    let (mut rows, mut predictions) = (Vec::new(), Vec::new());
    for line in include_str!("forest/example.tsv").lines() {
        let numbers = line.split('\t').map(|number| number.parse::<f32>().unwrap());
        rows.extend(numbers.clone().take(names.len()));
        predictions.extend(numbers.skip(names.len()));
    }
    let scores = forest.score(&Columns::of_rows(&rows, names.len()));
    assert_eq!((scores.len(), predictions.len()), (48, 48));
    assert!(predictions.iter().any(|p| *p < 0.3) && predictions.iter().any(|p| *p > 0.7));
    let differences = scores.iter().zip(&predictions).map(|(score, prediction)| (score - prediction).abs());
    let most = differences.fold(0.0, f32::max);
    assert!(most < MAX_DIFFERENCE, "{most}");
}
