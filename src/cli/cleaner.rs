//! The cleaner that the arguments describe: bounds, judgement, rule packs, keep lists, models.

use super::args::{CaptionArg, CleanArgs, CommentArg, FavorArg, TextKindArg};
use anyhow::Context;
use dehusk::input::printable;
use dehusk::{Captions, Cleaner, Comments, Favor, Limits, TextKind};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Builds it; fails for a rule pack, a keep list or a model that cannot be used.
pub(super) fn cleaner(args: &CleanArgs) -> anyhow::Result<Cleaner> {
    let mut limits = Limits::default();
    if let Some(bytes) = args.max_bytes {
        limits.max_document_bytes = bytes;
    }
    let builder = Cleaner::builder().limits(limits).explain(args.report.is_some());
    let mut builder = builder.captions(match args.captions {
        CaptionArg::Once => Captions::Once,
        CaptionArg::Drop => Captions::Drop,
        CaptionArg::Keep => Captions::Keep,
    });
    builder = builder.comments(match args.comments {
        CommentArg::Auto => Comments::Auto,
        CommentArg::Keep => Comments::Keep,
        CommentArg::Drop => Comments::Drop,
    });
    builder = builder.favor(match args.favor {
        FavorArg::Precision => Favor::Precision,
        FavorArg::Balanced => Favor::Balanced,
        FavorArg::Recall => Favor::Recall,
    });
    builder = builder.text_kind(match args.text_kind {
        TextKindArg::Auto => TextKind::Auto,
        TextKindArg::Article => TextKind::Article,
        TextKindArg::Page => TextKind::Page,
    });
    builder = builder.min_confidence(args.min_score);
    if let Some(folder) = &args.models {
        builder = builder.models(read_models(folder)?);
    }
    for path in &args.rules {
        builder = builder.rules(&printable(path), &read_text(path, "rule pack")?);
    }
    for path in &args.keep {
        builder = builder.keep(&printable(path), &read_text(path, "keep list")?);
    }
    Ok(builder.build()?)
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

fn read_text(path: &Path, what: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read the {what} {}", printable(path)))
}
