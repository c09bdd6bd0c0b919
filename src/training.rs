//! What training sees of pages and texts: the rows of features that the models judge, made by the code that makes them for a run.
//!
//! No part of the promise and free to change; `scripts/train` asks for it through hidden commands.

use crate::block::line_features::{self, Lines, tokens::tokens};
use crate::block::{features, from_text};
use crate::cleaner::{Cleaner, Hints};
use crate::decode::decode;
use crate::error::{Error, ErrorKind};
use crate::judge::{Segmented, Verdict};
use crate::model::lines::{dirt_names, dirt_row_by};
use crate::model::tokens::TokenTables;
use std::borrow::Cow;

/// What training sees of an HTML page.
#[derive(serde::Serialize)]
pub struct FeatureRows {
    /// The text of each block.
    pub texts: Vec<String>,
    /// The element that each block stands in.
    pub elements: Vec<u32>,
    /// The element around each element; the page is its own.
    pub parents: Vec<u32>,
    /// The hashed names of each element; an element around a block passes them on rotated by 16 bits.
    pub names: Vec<Vec<u32>>,
    /// The features of each block, one row after another.
    #[serde(skip)]
    pub rows: Vec<f32>,
}

/// The lines of a text as training sees them.
pub struct LineRows {
    /// First byte of each line and one past its last.
    pub spans: Vec<(u32, u32)>,
    /// The rows of the lines, one after the other.
    pub rows: Vec<f32>,
    /// The row that says whether the text is a whole page and whether there is husk in it, when a forest was given.
    pub dirt: Vec<f32>,
    /// The hashes of the tokens of each line.
    pub tokens: Vec<Vec<u32>>,
}

impl Cleaner {
    /// The blocks of an HTML page as the judgement sees them, for training.
    ///
    /// # Errors
    /// Those of [`clean`](Cleaner::clean).
    #[doc(hidden)]
    pub fn feature_rows(&self, bytes: &[u8], hints: &Hints) -> Result<FeatureRows, Error> {
        let decoded = decode(bytes, hints.charset.as_deref(), &self.limits)?;
        let (Segmented { blocks, metadata, .. }, _) = self.segment_html(decoded.text, hints, false);
        let rows = self.judge.feature_rows(&blocks, &metadata);
        let elements = &blocks.outline.elements;
        Ok(FeatureRows {
            texts: blocks.items.iter().map(|block| blocks.text_of(block).to_owned()).collect(),
            elements: blocks.items.iter().map(|block| block.element).collect(),
            parents: elements.iter().map(|element| element.parent).collect(),
            names: elements.iter().map(|element| blocks.outline.names_of(element).to_vec()).collect(),
            rows,
        })
    }

    /// The lines of a text with their feature rows, for training; `tables` are the token tables, `after_rules` says that
    /// lines that go by rules and repeats are left out, `forest` judges the lines for the row of the text.
    ///
    /// # Errors
    /// [`ErrorKind::Model`] for a table or a forest that cannot be read.
    #[doc(hidden)]
    pub fn line_rows(
        &self,
        text: &str,
        tables: Option<[&[u8]; line_features::TABLES]>,
        forest: Option<&[u8]>,
        after_rules: bool,
    ) -> Result<LineRows, Error> {
        let wrong = |fault| Error::new(ErrorKind::Model, fault);
        let tables = tables.map(TokenTables::load).transpose().map_err(wrong)?;
        let blocks = from_text::segment(Cow::Borrowed(text), &self.limits);
        let verdicts = match after_rules || forest.is_some() {
            true => self.judge.ruled(&blocks),
            false => vec![Verdict::Keep; blocks.items.len()],
        };
        let all: Vec<u32> = (0..blocks.items.len() as u32).collect();
        let left: Vec<u32> = all.iter().copied().filter(|&at| verdicts[at as usize] == Verdict::Keep).collect();
        let shown = if after_rules { &left } else { &all };
        let lines = Lines::read(&blocks);
        let unweighed = || vec![Default::default(); all.len()];
        let weighed =
            tables.map_or_else(unweighed, |tables| lines.weigh(tables.scales(), |token| tables.weights(token)));
        let rows = lines.look(shown, &weighed).rows;
        let words: Vec<u32> = shown.iter().map(|&at| blocks.items[at as usize].words).collect();
        let dirt = match forest {
            Some(forest) => {
                dirt_row_by(forest, &rows, lines.page(&left), &words, shown.len() - left.len()).map_err(wrong)?
            }
            None => Vec::new(),
        };
        let span = |at: &u32| (blocks.items[*at as usize].start, blocks.items[*at as usize].end);
        let tokens_of = |at: &u32| {
            let mut found = Vec::new();
            tokens(lines.words_of(*at as usize), |token| found.push(token));
            found
        };
        Ok(LineRows {
            spans: shown.iter().map(span).collect(),
            tokens: shown.iter().map(tokens_of).collect(),
            rows: (0..rows.rows()).flat_map(|at| rows.row(at)).collect(),
            dirt,
        })
    }
}

/// The names of the values in a row of [`Cleaner::feature_rows`], in order.
pub fn feature_names() -> Vec<String> {
    features::names()
}

/// The names of the values in a row of [`Cleaner::line_rows`], in order.
pub fn line_feature_names() -> &'static [&'static str] {
    &line_features::NAMES
}

/// The names of the values that [`Cleaner::line_rows`] gives for a text whose lines were judged, in order.
pub fn dirt_feature_names() -> Vec<&'static str> {
    dirt_names()
}
