//! Evaluation: a text and what it should have been in, scores out.
//!
//! [`Label`] is the gold of one page, [`PageScore`] what its text is worth against it, [`Run`] the scores of all pages
//! with their means, and [`Comparison`] says what changed between two runs. Everything here is a function of its
//! arguments: the same texts give the same figures, intervals included.

mod bootstrap;
mod compare;
mod label;
mod lines;
mod run;
mod score;

pub use bootstrap::{DRAWS, Interval};
pub use compare::{Change, Comparison, GroupChange, PageChange};
pub use label::{Husk, Key, Label};
pub use run::{Group, Run};
pub use score::{Candidate, Overlap, PageScore};
