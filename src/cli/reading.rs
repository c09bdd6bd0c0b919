//! How the inputs of a command are read: what was typed, and where nothing was, what `dehusk.toml` says.

use super::args::ReadArgs;
use super::config::Config;
use dehusk::input::{ReadOptions, Reading};

impl ReadArgs {
    /// What the inputs are.
    pub(super) fn reading(&self, config: &Config) -> Reading {
        self.input_format.or(config.input_format).unwrap_or_default()
    }

    /// Which records of a container are pages, and where in them.
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions { statuses: self.status.clone(), media_types: self.mime.clone(), field: self.field.clone() }
    }
}
