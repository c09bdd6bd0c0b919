//! HTML to a tree, within bounds.
//!
//! [`tokenize`] feeds html5ever's tree builder, behind a [`guard`], which [`parse`] makes into a [`tree`]. A page that would
//! break a bound of the tree is read by [`flat`] as a sequence of tags and text instead; both ways end in the same
//! blocks. [`metadata`] reads what the head of the page states, [`select`] finds what selectors name.

pub mod flat;
pub mod guard;
pub mod metadata;
pub mod parse;
pub mod references;
pub mod select;
pub mod tag;
pub mod tokenize;
pub mod tree;
