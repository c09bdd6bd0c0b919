//! The pages of a run: where they are, how they are read, and what cleans each.

use crate::cleaner::Cleaner;
use crate::input::{Inputs, Looking, ReadOptions, Reading};

/// The pages of a run, whatever it does with them.
pub struct Corpus<'a> {
    /// Where they are.
    pub inputs: &'a Inputs,
    /// What cleans them, at least one; where a bound is that of the whole run, it is that of the first.
    pub cleaners: &'a [Cleaner],
    /// Which of them cleans each input; the first cleans those that the list does not reach.
    pub cleaner_of: &'a [usize],
    /// What the inputs are, when the caller overrules detection.
    pub reading: Reading,
    /// Which records of a container are pages, and where in them.
    pub options: ReadOptions,
    /// Threads that look at them; 0 stands for one a core.
    pub jobs: usize,
}

impl Corpus<'_> {
    /// What cleans an input.
    pub fn cleaner(&self, input: usize) -> &Cleaner {
        &self.cleaners[self.cleaner_of.get(input).copied().unwrap_or(0)]
    }

    /// How the pages of an input are found.
    pub(super) fn looking(&self, input: usize) -> Looking<'_> {
        Looking { reading: self.reading, options: &self.options, limits: self.cleaner(input).limits() }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The pages of `inputs`, read as they come.
    pub fn corpus<'a>(inputs: &'a Inputs, cleaners: &'a [Cleaner], jobs: usize) -> Corpus<'a> {
        Corpus { inputs, cleaners, cleaner_of: &[], reading: Reading::Detected, options: ReadOptions::default(), jobs }
    }
}
