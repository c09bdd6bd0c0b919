//! Where each article goes, below the output folder: a pure function of its record and of the list of inputs.

use crate::input::{Inputs, Origin};
use crate::limits::Limits;
use crate::output::{Names, record_name};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The names of all outputs of a run.
pub(super) struct Targets<'a> {
    kind: Kind,
    inputs: &'a Inputs,
    limits: &'a Limits,
    ending: String,
    pages: Option<Names>,
    /// Planned when the first container comes: most runs have none.
    containers: OnceLock<Names>,
}

/// What the output folder holds.
pub(super) enum Kind {
    /// There is none.
    Nothing,
    /// A file for each page.
    Tree,
    /// A file for each container, and this one for all other pages.
    Shards(PathBuf),
}

impl<'a> Targets<'a> {
    pub fn new(kind: Kind, inputs: &'a Inputs, ending: String, limits: &'a Limits) -> Targets<'a> {
        let mut targets = Targets { kind, inputs, limits, ending, pages: None, containers: OnceLock::new() };
        if matches!(targets.kind, Kind::Tree) {
            targets.pages = Some(tree_names(inputs, &targets.ending, limits));
        }
        targets
    }

    /// Where the page of a record goes; nothing when there is no folder, or for a page that goes to the file of all.
    pub fn of(&self, source: usize, origin: Option<&Origin>) -> Option<PathBuf> {
        let Some(origin) = origin else {
            return self.pages.as_ref().map(|names| names.get(source, &self.inputs.relative(source)));
        };
        match &self.kind {
            Kind::Tree => Some(self.container(source).join(record_name(origin, &self.ending, self.limits))),
            _ => self.shard(source),
        }
    }

    /// The shard of a container.
    pub fn shard(&self, source: usize) -> Option<PathBuf> {
        matches!(self.kind, Kind::Shards(_)).then(|| self.container(source))
    }

    fn container(&self, source: usize) -> PathBuf {
        let names = self.containers.get_or_init(|| match &self.kind {
            Kind::Shards(pages) => shard_names(self.inputs, &self.ending, pages, self.limits),
            _ => Names::of_folders(self.inputs.len(), |index| named(self.inputs, index), self.limits),
        });
        names.get(source, &self.inputs.relative(source))
    }
}

/// The names of the pages of `inputs` in a tree.
pub fn tree_names(inputs: &Inputs, ending: &str, limits: &Limits) -> Names {
    Names::of_pages(inputs.len(), |index| named(inputs, index), ending, limits)
}

/// The names of the shards of `inputs`, when each of them is a container; `pages` is the file of the other pages.
pub fn shard_names(inputs: &Inputs, ending: &str, pages: &std::path::Path, limits: &Limits) -> Names {
    Names::of_shards(inputs.len(), |index| named(inputs, index), ending, &[pages.to_owned()], limits)
}

fn named(inputs: &Inputs, index: usize) -> Option<(PathBuf, String)> {
    inputs.refusal(index).is_none().then(|| (inputs.relative(index), inputs.name(index)))
}
