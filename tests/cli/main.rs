//! The command line as a user meets it: arguments, streams, folders, exit codes.
//!
//! Pages are plain prose that comes out unchanged, so that these tests say nothing about cleaning; where a
//! removal is needed it is [`place::HUSK`].

#![cfg(feature = "cli")]

mod accounts;
mod check;
mod completions;
mod eval;
mod folders;
mod inputs;
mod markdown;
mod packed;
mod place;
mod rules;
mod streams;
mod training;
mod usage;
