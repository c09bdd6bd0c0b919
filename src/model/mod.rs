//! The learned judgement: how likely it is that a block belongs to the article, and what to keep then.
//!
//! [`html`] scores blocks of an HTML page, [`lines`] lines of text. [`forest`] and [`tokens`] evaluate what the training made,
//! [`decode`](mod@decode) turns the probabilities of a page into a choice.

mod bytes;
pub mod decode;
pub mod doubt;
pub mod forest;
pub mod html;
pub mod lines;
pub mod tokens;

use crate::block::columns::Columns;

/// The files of a training by their names.
pub type ModelFiles = std::collections::BTreeMap<String, Vec<u8>>;

/// Features that are named where a judgement is explained.
const SHOWN: usize = 3;

/// For each row the features that weighed most for or against it, in log-odds: `words +1.2, in-nav -0.8, ...`.
fn explain(forest: &forest::Forest, rows: &Columns, names: &[impl AsRef<str>]) -> Vec<String> {
    let tell = |most: Vec<(usize, f32)>| {
        let shown: Vec<String> = most.iter().map(|(at, part)| format!("{} {part:+.1}", names[*at].as_ref())).collect();
        shown.join(", ")
    };
    forest.explain(rows, SHOWN).into_iter().map(tell).collect()
}
