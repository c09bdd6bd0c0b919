//! Sets up a cleaner: bounds, models, rules and what the caller wishes.

use crate::cleaner::Cleaner;
use crate::error::{Error, ErrorKind};
use crate::judge::{Captions, Comments, Judge, MIN_CONFIDENCE};
use crate::limits::Limits;
use crate::model::ModelFiles;
use crate::model::decode::Favor;
use crate::model::html::HtmlModel;
use crate::model::lines::{LineModels, TextKind};
use crate::repeats::RepeatFinder;
use crate::rules::{KeepList, RuleChoice, RuleSet};
use std::sync::OnceLock;

/// Sets up a [`Cleaner`].
pub struct CleanerBuilder {
    limits: Limits,
    models: Option<ModelFiles>,
    untrained: bool,
    text_kind: TextKind,
    favor: Favor,
    min_confidence: f32,
    captions: Captions,
    comments: Comments,
    explains: bool,
    metadata: bool,
    judges: bool,
    choice: RuleChoice,
    elsewhere: Vec<RuleChoice>,
    rules: Vec<(String, String)>,
    keep: Vec<(String, String)>,
}

impl Default for CleanerBuilder {
    fn default() -> Self {
        CleanerBuilder {
            limits: Limits::default(),
            models: None,
            untrained: false,
            text_kind: TextKind::default(),
            favor: Favor::default(),
            min_confidence: MIN_CONFIDENCE,
            captions: Captions::default(),
            comments: Comments::default(),
            explains: true,
            metadata: true,
            judges: true,
            choice: RuleChoice::default(),
            elsewhere: Vec::new(),
            rules: Vec::new(),
            keep: Vec::new(),
        }
    }
}

impl Cleaner {
    /// Starts with the built-in rules and the default bounds.
    pub fn builder() -> CleanerBuilder {
        CleanerBuilder::default()
    }
}

impl CleanerBuilder {
    /// Replaces the bounds.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Judges by the models in these files, as a training leaves them, in place of the built-in ones.
    #[doc(hidden)]
    pub fn models(mut self, files: ModelFiles) -> Self {
        self.models = Some(files);
        self
    }

    /// Leaves the models of lines out: what they will be trained on does not depend on them.
    #[doc(hidden)]
    pub fn untrained(mut self) -> Self {
        self.untrained = true;
        self
    }

    /// Says what plain text is; by default each page is looked at.
    pub fn text_kind(mut self, kind: TextKind) -> Self {
        self.text_kind = kind;
        self
    }

    /// Says what counts more where the judgement is not sure.
    pub fn favor(mut self, favor: Favor) -> Self {
        self.favor = favor;
        self
    }

    /// Sets the confidence below which nothing of a page is kept, 0 to 1; [`MIN_CONFIDENCE`] by default.
    pub fn min_confidence(mut self, min_confidence: f32) -> Self {
        self.min_confidence = min_confidence;
        self
    }

    /// Says what happens to captions.
    pub fn captions(mut self, captions: Captions) -> Self {
        self.captions = captions;
        self
    }

    /// Says what happens to comments under an article, in HTML.
    pub fn comments(mut self, comments: Comments) -> Self {
        self.comments = comments;
        self
    }

    /// Says whether an article accounts for each cut, as it does by default. Without, its removals have a byte range, a
    /// reason and a score only, no text, no evidence and no element: a run that throws the account away is faster
    /// without.
    pub fn explain(mut self, explains: bool) -> Self {
        self.explains = explains;
        self
    }

    /// Says whether an article has all [`Metadata`](crate::Metadata) that its page states, as it has by default. Without, it has
    /// title and description, at which the judgement looks, and the address that the caller gave; author, date, site, language and
    /// the address that the page states are left out. A run that writes none of them is faster without.
    pub fn metadata(mut self, metadata: bool) -> Self {
        self.metadata = metadata;
        self
    }

    /// Says whether the judgement is asked, as it is by default. Without, only rules, repeats and the wish for no captions
    /// remove anything: every cut has a name, and a new version of a model changes none.
    pub fn judgement(mut self, judges: bool) -> Self {
        self.judges = judges;
        self
    }

    /// Turns a reason off: a rule id, a family as `family/*`, `repeat`, `judgement` and the like. What it names is not removed.
    /// `place` says in error messages where it was written.
    pub fn off(mut self, place: &str, reason: &str) -> Self {
        self.choice.off.push((place.to_owned(), reason.to_owned()));
        self
    }

    /// Turns every rule off but this and others that are named so: a rule id, or a family as `family/*`.
    pub fn only(mut self, place: &str, rule: &str) -> Self {
        self.choice.only.push((place.to_owned(), rule.to_owned()));
        self
    }

    /// Turns off every rule that is written for other languages than this and others that are named so, by their short codes
    /// (`en`, `de`). Rules for any language stay.
    pub fn language(mut self, place: &str, language: &str) -> Self {
        self.choice.languages.push((place.to_owned(), language.to_owned()));
        self
    }

    /// Refuses names that stand for nothing, as [`off`](Self::off), [`only`](Self::only) and [`language`](Self::language) do,
    /// and turns nothing off: for settings that hold elsewhere.
    #[doc(hidden)]
    pub fn also_known(mut self, choice: [&[(String, String)]; 3]) -> Self {
        let [off, only, languages] = choice.map(<[_]>::to_vec);
        self.elsewhere.push(RuleChoice { off, only, languages });
        self
    }

    /// Adds a user's rule pack in TOML; `name` stands in error messages.
    pub fn rules(mut self, name: &str, toml: &str) -> Self {
        self.rules.push((name.to_owned(), toml.to_owned()));
        self
    }

    /// Adds a keep list: one line of a page or one rule id (`family/slug`, `family/*`, `repeat`, `judgement`) a line;
    /// `#` begins a comment. What it names is not removed.
    pub fn keep(mut self, name: &str, list: &str) -> Self {
        self.keep.push((name.to_owned(), list.to_owned()));
        self
    }

    /// Loads the rules.
    ///
    /// # Errors
    /// [`ErrorKind::Rules`] for a pack or a keep list that cannot be used.
    pub fn build(self) -> Result<Cleaner, Error> {
        let keep: Vec<KeepList<'_>> = self.keep.iter().map(|(name, content)| KeepList { name, content }).collect();
        let lines = match &self.models {
            _ if self.untrained || !self.judges => None,
            None => Some(OnceLock::new()),
            Some(files) => Some(LineModels::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?.into()),
        };
        let model = match &self.models {
            None => OnceLock::new(),
            Some(files) => HtmlModel::read(files).map_err(|why| Error::new(ErrorKind::Model, why))?.into(),
        };
        Ok(Cleaner {
            judge: Judge {
                rules: RuleSet::load(&self.rules, &keep, &self.choice, &self.elsewhere, &self.limits)?,
                repeats: RepeatFinder::builtin(),
                html_model: model,
                lines,
                text_kind: self.text_kind,
                favor: self.favor,
                min_confidence: self.min_confidence,
                captions: self.captions,
                comments: self.comments,
                explains: self.explains,
                judges: self.judges,
                max_rule_block_bytes: self.limits.max_rule_block_bytes,
            },
            cues: OnceLock::new(),
            limits: self.limits,
            metadata: self.metadata,
        })
    }
}
