//! The command line as a user meets it: arguments, streams, folders, exit codes.
//!
//! Pages are plain prose that comes out unchanged, so that these tests say nothing about cleaning; where a
//! removal is needed it is [`place::HUSK`].

#![cfg(feature = "cli")]

mod accounts;
mod check;
mod completions;
mod eval;
mod explain;
mod filters;
mod folders;
mod inputs;
mod jsonl;
mod ledger;
mod markdown;
mod packed;
mod place;
mod resume;
mod rules;
mod settings;
mod stats;
mod streams;
mod training;
mod usage;
mod warc;
