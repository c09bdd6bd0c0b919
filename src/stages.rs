//! The stages of the flow one by one, for benchmarks and training; no part of the promise and free to change.

pub use crate::model::forest::{Forest, features_hash};
pub use crate::model::tokens::{TokenTable, token_hash};
