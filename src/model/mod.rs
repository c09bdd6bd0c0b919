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

/// The files of a training by their names.
pub type ModelFiles = std::collections::BTreeMap<String, Vec<u8>>;
