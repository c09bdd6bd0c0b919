//! Notes on why blocks stay, for an account of the page.
//!
//! The judgement writes down who guarded a block, what the model thought of it and what brought it back; in the end
//! each block that stays has its [`Kept`]. [`Notes::none`] writes nothing down and costs nothing.

use super::Verdict;
use crate::account::{Ground, Grounds, Kept};
use crate::rules::Guarding;

/// Notes on the blocks of a page, or none at all.
pub(super) struct Notes(Vec<Note>);

#[derive(Clone, Default)]
struct Note {
    /// Who kept it whatever else is said, and by which words.
    guard: Option<(Guarding, String)>,
    /// Its probability, when a model was asked.
    score: Option<f32>,
    /// The features that weighed most in it.
    weights: String,
    /// Why it came back after it was judged out.
    brought_back: Option<&'static str>,
    passed_over: Vec<String>,
}

impl Notes {
    /// No notes.
    pub(super) fn none() -> Notes {
        Notes(Vec::new())
    }

    /// Notes on so many blocks.
    pub(super) fn on(blocks: usize) -> Notes {
        Notes(vec![Note::default(); blocks])
    }

    /// True when something is written down.
    pub(super) fn wanted(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn guarded(&mut self, at: usize, by: &Guarding, evidence: &str) {
        if let Some(note) = self.0.get_mut(at) {
            note.guard.get_or_insert_with(|| (by.clone(), evidence.to_owned()));
        }
    }

    pub(super) fn passed_over(&mut self, at: usize, rule: &str) {
        if let Some(note) = self.0.get_mut(at).filter(|note| !note.passed_over.iter().any(|id| id == rule)) {
            note.passed_over.push(rule.to_owned());
        }
    }

    pub(super) fn judged(&mut self, at: usize, score: f32, weights: impl FnOnce() -> String) {
        if let Some(note) = self.0.get_mut(at) {
            (note.score, note.weights) = (Some(score), weights());
        }
    }

    pub(super) fn brought_back(&mut self, at: usize, why: &'static str) {
        if let Some(note) = self.0.get_mut(at) {
            note.brought_back = Some(why);
        }
    }

    /// What kept each block that has no verdict in the end.
    pub(super) fn grounds(self, verdicts: &[Option<Verdict>]) -> Grounds {
        let ground = |(note, verdict): (Note, &Option<Verdict>)| {
            let Note { guard, score, weights, brought_back, passed_over } = note;
            let kept = verdict.is_none().then(|| match (guard, brought_back, score) {
                (Some((Guarding::KeepList, _)), ..) => {
                    Kept { ground: Ground::KeepList, score: 1.0, evidence: "the keep list names the line".to_owned() }
                }
                (Some((Guarding::Guard(id), evidence)), ..) => Kept { ground: Ground::Guard(id), score: 1.0, evidence },
                (None, Some(why), score) => {
                    let evidence = if weights.is_empty() { why.to_owned() } else { format!("{why}; {weights}") };
                    Kept { ground: Ground::Finish, score: score.unwrap_or(0.5), evidence }
                }
                (None, None, Some(score)) => Kept { ground: Ground::Judgement, score, evidence: weights },
                (None, None, None) => Kept { ground: Ground::Unnamed, score: 1.0, evidence: String::new() },
            });
            (kept, passed_over)
        };
        self.0.into_iter().zip(verdicts).map(ground).collect()
    }
}
