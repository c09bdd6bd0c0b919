//! The judgement of HTML blocks: boosted trees over the rows of [`features`], and weights of the names that sites give to
//! their elements, which are a feature of their own.
//!
//! `scripts/train/html.py` makes both files; `card.json` says from what.

use super::ModelFiles;
use super::forest::{Forest, features_hash};
use super::tokens::TokenTable;
use crate::block::columns::Columns;
use crate::block::features;
use std::sync::LazyLock;

/// File names of the model.
const FOREST: &str = "html.bin";
const NAMES: &str = "names.bin";

/// The model of HTML blocks.
pub struct HtmlModel {
    forest: Forest,
    names: TokenTable,
}

impl HtmlModel {
    /// The model that is built in.
    pub fn builtin() -> HtmlModel {
        HtmlModel::load(include_bytes!("html.bin"), include_bytes!("names.bin"))
            .expect("a test loads the built-in model")
    }

    /// The model in the files of a training, in place of the built-in one, when it is among them.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn read(files: &ModelFiles) -> Result<HtmlModel, String> {
        match (files.get(FOREST), files.get(NAMES)) {
            (Some(forest), Some(names)) => HtmlModel::load(forest, names),
            (None, None) => Ok(HtmlModel::builtin()),
            (None, _) => Err(format!("{FOREST} is missing beside {NAMES}")),
            (_, None) => Err(format!("{NAMES} is missing beside {FOREST}")),
        }
    }

    fn load(forest: &[u8], names: &[u8]) -> Result<HtmlModel, String> {
        let forest = Forest::load(forest).map_err(|error| format!("{FOREST}: {error}"))?;
        let wanted = features::names();
        if forest.features_hash() != features_hash(wanted.iter().map(String::as_str)) {
            return Err(format!("{FOREST}: made for other features than this version computes; train it again"));
        }
        let names = TokenTable::load(names).map_err(|error| format!("{NAMES}: {error}"))?;
        Ok(HtmlModel { forest, names })
    }

    /// The learned weight of a hashed name of an element.
    pub fn weight(&self, name: u32) -> f32 {
        self.names.weight(name)
    }

    /// The probability of each block that it belongs to the article, from the columns of rows as
    /// [`Features::push_row`](features::Features::push_row) makes them.
    pub fn score(&self, columns: &Columns) -> Vec<f32> {
        self.forest.score(columns)
    }

    /// For each row the three features that weighed most for or against the block, in log-odds: `words +1.2, in-nav -0.8, ...`.
    pub fn explain(&self, columns: &Columns) -> Vec<String> {
        static FEATURES: LazyLock<Vec<String>> = LazyLock::new(features::names);
        super::explain(&self.forest, columns, &FEATURES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_model_is_no_model() {
        let files = ModelFiles::from([(FOREST.to_owned(), include_bytes!("html.bin").to_vec())]);
        assert_eq!(HtmlModel::read(&files).err().as_deref(), Some("names.bin is missing beside html.bin"));
        assert!(HtmlModel::read(&ModelFiles::new()).is_ok());
    }

    #[test]
    fn the_built_in_model_is_made_for_these_features_and_its_card_says_so() {
        HtmlModel::builtin();
        let card: serde_json::Value = serde_json::from_str(include_str!("card.json")).expect("the card is JSON");
        let names = features::names();
        let hash = features_hash(names.iter().map(String::as_str));
        assert_eq!(card["html"]["features_hash"], format!("{hash:016x}"));
        assert_eq!(card["html"]["features"], names.len());
    }
}
