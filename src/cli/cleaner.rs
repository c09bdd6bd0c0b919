//! The cleaner that the options of a command and `dehusk.toml` describe: rule packs, keep lists and models are read, and
//! nothing is cleaned.

use super::args::{CaptionArg, CleanerArgs, CommentArg, FavorArg, TextKindArg};
use super::config::{Config, Settings};
use anyhow::Context;
use dehusk::input::{Inputs, printable};
use dehusk::{Captions, Cleaner, CleanerBuilder, Comments, Favor, Limits, MIN_CONFIDENCE, TextKind};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::{fs, io};

impl CleanerArgs {
    /// Builds the cleaners of a run: which one each input has, and the cleaners. The first is that of inputs that no `[[path]]`
    /// names; `builder` begins each.
    pub(super) fn cleaners(
        &self,
        config: &Config,
        inputs: &Inputs,
        builder: impl Fn() -> CleanerBuilder,
    ) -> anyhow::Result<(Vec<usize>, Vec<Cleaner>)> {
        let mut tables = vec![Vec::new()];
        let mut chosen = Vec::new();
        if config.has_tables() {
            let mut known: HashMap<Vec<usize>, usize> = HashMap::from([(Vec::new(), 0)]);
            for index in 0..inputs.len() {
                let of_path = config.tables(&inputs.real_path(index));
                let cleaner = *known.entry(of_path.clone()).or_insert(tables.len());
                if cleaner == tables.len() {
                    tables.push(of_path);
                }
                chosen.push(cleaner);
            }
        } else {
            chosen.resize(inputs.len(), 0);
        }
        // The first cleaner checks the names in all tables, also those that no input falls under.
        let cleaners = tables.iter().enumerate().map(|(at, tables)| {
            let builder = if at == 0 { config.all_tables().fold(builder(), Settings::check) } else { builder() };
            self.cleaner(config, tables, builder)
        });
        Ok((chosen, cleaners.collect::<anyhow::Result<_>>()?))
    }

    /// Builds the cleaner of files that fall under these tables of the config, upon what `builder` says already.
    fn cleaner(&self, config: &Config, tables: &[usize], builder: CleanerBuilder) -> anyhow::Result<Cleaner> {
        let limits = Limits {
            max_document_bytes: self.max_bytes.unwrap_or(config.limits.max_document_bytes),
            ..config.limits.clone()
        };
        let mut builder = builder.limits(limits);
        if let Some(folder) = &self.models {
            builder = builder.models(read_models(folder)?);
        }
        config.settings(tables, &Settings::typed(self)).apply(builder)
    }
}

impl Settings {
    fn check(builder: CleanerBuilder, settings: &Settings) -> CleanerBuilder {
        builder.also_known([&settings.off, &settings.only, &settings.languages])
    }

    fn apply(&self, builder: CleanerBuilder) -> anyhow::Result<Cleaner> {
        let mut builder = builder
            .captions(match self.captions.unwrap_or(CaptionArg::Once) {
                CaptionArg::Once => Captions::Once,
                CaptionArg::Drop => Captions::Drop,
                CaptionArg::Keep => Captions::Keep,
            })
            .comments(match self.comments.unwrap_or(CommentArg::Auto) {
                CommentArg::Auto => Comments::Auto,
                CommentArg::Keep => Comments::Keep,
                CommentArg::Drop => Comments::Drop,
            })
            .favor(match self.favor.unwrap_or(FavorArg::Balanced) {
                FavorArg::Precision => Favor::Precision,
                FavorArg::Balanced => Favor::Balanced,
                FavorArg::Recall => Favor::Recall,
            })
            .text_kind(match self.text_kind.unwrap_or(TextKindArg::Auto) {
                TextKindArg::Auto => TextKind::Auto,
                TextKindArg::Article => TextKind::Article,
                TextKindArg::Page => TextKind::Page,
            })
            .min_confidence(self.min_score.unwrap_or(MIN_CONFIDENCE));
        for path in &self.rules {
            builder = builder.rules(&printable(path), &read_text(path, "rule pack")?);
        }
        for path in &self.keep {
            builder = builder.keep(&printable(path), &read_text(path, "keep list")?);
        }
        builder = self.off.iter().fold(builder, |builder, (place, name)| builder.off(place, name));
        builder = self.only.iter().fold(builder, |builder, (place, name)| builder.only(place, name));
        builder = self.languages.iter().fold(builder, |builder, (place, name)| builder.language(place, name));
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
