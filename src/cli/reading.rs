//! How the inputs of a command are read: what was typed, and where nothing was, what `dehusk.toml` says.

use super::args::ReadArgs;
use super::config::Config;
use dehusk::Cleaner;
use dehusk::input::{Inputs, ReadOptions, Reading};
use dehusk::pipeline::Corpus;

impl ReadArgs {
    /// What the inputs are.
    pub(super) fn reading(&self, config: &Config) -> Reading {
        self.input_format.or(config.input_format).unwrap_or_default()
    }

    /// The pages of `inputs`, read so and each cleaned as [`cleaners`](super::args::CleanerArgs::cleaners) says, on so many
    /// threads.
    pub(super) fn corpus<'a>(
        &self,
        reading: Reading,
        inputs: &'a Inputs,
        (cleaner_of, cleaners): (&'a [usize], &'a [Cleaner]),
        jobs: u16,
    ) -> Corpus<'a> {
        Corpus { inputs, cleaners, cleaner_of, reading, options: self.options(), jobs: usize::from(jobs) }
    }

    /// Which records of a container are pages, and where in them.
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions { statuses: self.status.clone(), media_types: self.mime.clone(), field: self.field.clone() }
    }
}
