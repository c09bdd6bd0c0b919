//! The cleaner that the options of a command describe: rule packs, keep lists and models are read, and nothing is cleaned.

use super::args::{CaptionArg, CleanerArgs, CommentArg, FavorArg, TextKindArg};
use anyhow::Context;
use dehusk::input::printable;
use dehusk::{Captions, Cleaner, Comments, Favor, Limits, TextKind};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

impl CleanerArgs {
    /// Builds the cleaner; `explains` says that the account of its cuts is wanted.
    pub(super) fn build(&self, explains: bool) -> anyhow::Result<Cleaner> {
        let mut limits = Limits::default();
        if let Some(bytes) = self.max_bytes {
            limits.max_document_bytes = bytes;
        }
        let mut builder = Cleaner::builder()
            .limits(limits)
            .explain(explains)
            .captions(match self.captions {
                CaptionArg::Once => Captions::Once,
                CaptionArg::Drop => Captions::Drop,
                CaptionArg::Keep => Captions::Keep,
            })
            .comments(match self.comments {
                CommentArg::Auto => Comments::Auto,
                CommentArg::Keep => Comments::Keep,
                CommentArg::Drop => Comments::Drop,
            })
            .favor(match self.favor {
                FavorArg::Precision => Favor::Precision,
                FavorArg::Balanced => Favor::Balanced,
                FavorArg::Recall => Favor::Recall,
            })
            .text_kind(match self.text_kind {
                TextKindArg::Auto => TextKind::Auto,
                TextKindArg::Article => TextKind::Article,
                TextKindArg::Page => TextKind::Page,
            })
            .min_confidence(self.min_score);
        if let Some(folder) = &self.models {
            builder = builder.models(read_models(folder)?);
        }
        for path in &self.rules {
            builder = builder.rules(&printable(path), &read_text(path, "rule pack")?);
        }
        for path in &self.keep {
            builder = builder.keep(&printable(path), &read_text(path, "keep list")?);
        }
        Ok(builder.build()?)
    }
}

/// The files in the folder of a training.
pub(super) fn read_models(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let read = || -> io::Result<_> {
        let files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file());
        files
            .map(|path| Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path)?)))
            .collect()
    };
    read().with_context(|| format!("cannot read the models in {}", printable(folder)))
}

/// A text file that the command line names; `what` stands in the message when it cannot be read.
pub(super) fn read_text(path: &Path, what: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read the {what} {}", printable(path)))
}
