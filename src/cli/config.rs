//! `dehusk.toml`: a file of settings in, the settings of each input out.
//!
//! The nearest file at or above the folder that the command runs in counts, and no other. Keys have the names of the
//! options. What is typed comes before what the file says, and under `[[path]]` stands what holds for some files only;
//! rule packs, keep lists and what is off add up, `only` and `languages` take the place of those before. A key that is not
//! known is an error: a setting that does nothing unnoticed is worse. Paths in the file start at its folder.

use super::args::{CaptionArg, CleanerArgs, CommentArg, FavorArg, TextKindArg};
use super::values::{percent, reading_of, size};
use anyhow::{Context, bail};
use dehusk::Limits;
use dehusk::input::{Reading, printable};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use toml::Spanned;

const NAME: &str = "dehusk.toml";

/// How some pages are cleaned, from wherever it was said; what nobody said is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) rules: Vec<PathBuf>,
    pub(super) keep: Vec<PathBuf>,
    /// Names, each with where it was written.
    pub(super) off: Vec<(String, String)>,
    pub(super) only: Vec<(String, String)>,
    pub(super) languages: Vec<(String, String)>,
    pub(super) captions: Option<CaptionArg>,
    pub(super) comments: Option<CommentArg>,
    pub(super) favor: Option<FavorArg>,
    pub(super) text_kind: Option<TextKindArg>,
    pub(super) min_score: Option<f32>,
}

impl Settings {
    /// What was typed.
    pub(super) fn typed(args: &CleanerArgs) -> Settings {
        let named = |option: &str, names: &[String]| {
            names.iter().map(|name| (format!("--{option}"), name.clone())).collect::<Vec<_>>()
        };
        Settings {
            rules: args.rules.clone(),
            keep: args.keep.clone(),
            off: named("off", &args.off),
            only: named("only", &args.only),
            languages: named("languages", &args.languages),
            captions: args.captions,
            comments: args.comments,
            favor: args.favor,
            text_kind: args.text_kind,
            min_score: args.min_score,
        }
    }

    /// What `over` says, and where it says nothing these settings.
    pub(super) fn with(&self, over: &Settings) -> Settings {
        fn both<T: Clone + PartialEq>(under: &[T], over: &[T]) -> Vec<T> {
            let mut all = under.to_vec();
            all.extend(over.iter().filter(|one| !under.contains(one)).cloned());
            all
        }
        let narrower = |under: &[(String, String)], over: &[(String, String)]| {
            if over.is_empty() { under.to_vec() } else { over.to_vec() }
        };
        Settings {
            rules: both(&self.rules, &over.rules),
            keep: both(&self.keep, &over.keep),
            off: both(&self.off, &over.off),
            only: narrower(&self.only, &over.only),
            languages: narrower(&self.languages, &over.languages),
            captions: over.captions.or(self.captions),
            comments: over.comments.or(self.comments),
            favor: over.favor.or(self.favor),
            text_kind: over.text_kind.or(self.text_kind),
            min_score: over.min_score.or(self.min_score),
        }
    }
}

/// What the file says, checked; without a file, nothing.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The file.
    pub(super) file: Option<PathBuf>,
    /// Its folder, without links.
    pub(super) folder: Option<PathBuf>,
    pub(super) input_format: Option<Reading>,
    pub(super) limits: Limits,
    pub(super) check: CheckConfig,
    settings: Settings,
    paths: Vec<PathConfig>,
}

/// What it says about `dehusk check`.
#[derive(Debug, Default)]
pub(super) struct CheckConfig {
    pub(super) judgement: bool,
    pub(super) max_findings: Option<u64>,
    pub(super) max_share: Option<f64>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) exclude: GlobSet,
}

#[derive(Debug)]
struct PathConfig {
    files: GlobSet,
    settings: Settings,
}

type Names = Vec<Spanned<String>>;

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    rules: Vec<PathBuf>,
    #[serde(default)]
    keep: Vec<PathBuf>,
    #[serde(default)]
    off: Names,
    #[serde(default)]
    only: Names,
    #[serde(default)]
    languages: Names,
    captions: Option<CaptionArg>,
    comments: Option<CommentArg>,
    favor: Option<FavorArg>,
    text_kind: Option<TextKindArg>,
    min_score: Option<Spanned<f32>>,
    input_format: Option<Spanned<String>>,
    #[serde(default)]
    limits: BTreeMap<Spanned<String>, Spanned<Amount>>,
    #[serde(default)]
    check: WrittenCheck,
    #[serde(default)]
    path: Vec<WrittenPath>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenCheck {
    #[serde(default)]
    judgement: bool,
    max_findings: Option<u64>,
    max_share: Option<Spanned<String>>,
    baseline: Option<PathBuf>,
    #[serde(default)]
    exclude: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenPath {
    files: Names,
    #[serde(default)]
    keep: Vec<PathBuf>,
    #[serde(default)]
    off: Names,
    #[serde(default)]
    only: Names,
    #[serde(default)]
    languages: Names,
    captions: Option<CaptionArg>,
    comments: Option<CommentArg>,
    favor: Option<FavorArg>,
    text_kind: Option<TextKindArg>,
    min_score: Option<Spanned<f32>>,
}

/// A bound: a number, or a size such as `"64MiB"`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write a number from 1 on, or a size such as \"64MiB\"")]
enum Amount {
    Number(usize),
    Size(String),
}

/// A bound by its key, and what it can be.
type Bound = (&'static str, fn(&mut Limits) -> &mut usize, RangeInclusive<usize>);

const ANY: RangeInclusive<usize> = 1..=usize::MAX;

/// The bounds that the file can set.
const LIMITS: &[Bound] = &[
    ("max-document-bytes", |limits| &mut limits.max_document_bytes, ANY),
    ("max-depth", |limits| &mut limits.max_depth, ANY),
    ("max-nodes-base", |limits| &mut limits.max_nodes_base, ANY),
    ("bytes-per-extra-node", |limits| &mut limits.bytes_per_extra_node, ANY),
    ("max-tag-attributes", |limits| &mut limits.max_tag_attributes, ANY),
    ("max-blocks", |limits| &mut limits.max_blocks, ANY),
    ("max-rule-block-bytes", |limits| &mut limits.max_rule_block_bytes, ANY),
    ("max-rules", |limits| &mut limits.max_rules, ANY),
    ("max-rule-compiled-bytes", |limits| &mut limits.max_rule_compiled_bytes, ANY),
    ("max-packing-levels", |limits| &mut limits.max_packing_levels, ANY),
    ("max-line-bytes", |limits| &mut limits.max_line_bytes, ANY),
    ("max-header-bytes", |limits| &mut limits.max_header_bytes, ANY),
    ("max-in-flight-bytes", |limits| &mut limits.max_in_flight_bytes, ANY),
    ("max-output-name-bytes", |limits| &mut limits.max_output_name_bytes, Limits::OUTPUT_NAME_BYTES),
];

impl Config {
    /// Reads the file that `args` name or the nearest one; an empty config when there is none or none is wanted.
    pub(super) fn find(args: &CleanerArgs) -> anyhow::Result<Config> {
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        let nearest = || here.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file());
        let file = match &args.config {
            _ if args.no_config => None,
            Some(file) => Some(file.clone()),
            None => nearest(),
        };
        let Some(file) = file else { return Ok(Config::default()) };
        let shown = printable(file.strip_prefix(&here).unwrap_or(&file));
        let content = std::fs::read_to_string(&file).with_context(|| format!("cannot read the settings {shown}"))?;
        let real = file.canonicalize().with_context(|| format!("cannot read the settings {shown}"))?;
        let folder = real.parent().unwrap_or(Path::new("/")).to_owned();
        let mut config = Reader { shown: &shown, content: &content, folder: &folder }.read()?;
        (config.file, config.folder) = (Some(file), Some(folder));
        Ok(config)
    }

    /// The file, and the packs and lists that it names.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let settings = std::iter::once(&self.settings).chain(self.all_tables());
        let named = settings.flat_map(|settings| settings.rules.iter().chain(&settings.keep));
        self.file.iter().chain(named).cloned().collect()
    }

    /// True when something holds for some files only.
    pub(super) fn has_tables(&self) -> bool {
        !self.paths.is_empty()
    }

    /// What the tables under `[[path]]` say.
    pub(super) fn all_tables(&self) -> impl Iterator<Item = &Settings> {
        self.paths.iter().map(|path| &path.settings)
    }

    /// The tables under `[[path]]` that a file falls under, by their numbers; `path` has no links.
    pub(super) fn tables(&self, path: &Path) -> Vec<usize> {
        let Some(below) = self.folder.as_ref().and_then(|folder| path.strip_prefix(folder).ok()) else {
            return Vec::new();
        };
        (0..self.paths.len()).filter(|&at| covers(&self.paths[at].files, below)).collect()
    }

    /// True when `dehusk check` leaves something out.
    pub(super) fn excludes_some(&self) -> bool {
        !self.check.exclude.is_empty()
    }

    /// True for a file that `dehusk check` leaves out.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        let below = self.folder.as_ref().and_then(|folder| path.strip_prefix(folder).ok());
        below.is_some_and(|below| covers(&self.check.exclude, below))
    }

    /// The settings of files that fall under these tables, with what was typed on top.
    pub(super) fn settings(&self, tables: &[usize], typed: &Settings) -> Settings {
        let file = tables.iter().fold(self.settings.clone(), |under, &at| under.with(&self.paths[at].settings));
        file.with(typed)
    }
}

/// A pattern that matches a folder stands for everything in it.
fn covers(files: &GlobSet, below: &Path) -> bool {
    !files.is_empty() && below.ancestors().any(|path| !path.as_os_str().is_empty() && files.is_match(path))
}

/// Checks what was written and knows where.
struct Reader<'a> {
    shown: &'a str,
    content: &'a str,
    folder: &'a Path,
}

impl Reader<'_> {
    fn read(&self) -> anyhow::Result<Config> {
        let written: Written = toml::from_str(self.content).map_err(|fault| {
            let start = fault.span().map_or(0, |span| span.start);
            anyhow::anyhow!("{}: {}", self.place(start), fault.message())
        })?;
        let check = CheckConfig {
            judgement: written.check.judgement,
            max_findings: written.check.max_findings,
            max_share: written.check.max_share.map(|share| self.checked(&share, percent)).transpose()?,
            baseline: written.check.baseline.map(|path| self.folder.join(path)),
            exclude: self.globs(&written.check.exclude)?,
        };
        let paths = written.path.into_iter().map(|path| {
            if path.files.is_empty() {
                bail!("{}: a [[path]] has no files", self.shown);
            }
            let settings = Settings {
                rules: Vec::new(),
                keep: self.paths(&path.keep),
                off: self.names(path.off),
                only: self.names(path.only),
                languages: self.names(path.languages),
                captions: path.captions,
                comments: path.comments,
                favor: path.favor,
                text_kind: path.text_kind,
                min_score: path.min_score.map(|score| self.score(&score)).transpose()?,
            };
            Ok(PathConfig { files: self.globs(&path.files)?, settings })
        });
        Ok(Config {
            file: None,
            folder: None,
            paths: paths.collect::<anyhow::Result<_>>()?,
            input_format: written.input_format.map(|name| self.checked(&name, reading_named)).transpose()?,
            limits: self.limits(&written.limits)?,
            check,
            settings: Settings {
                rules: self.paths(&written.rules),
                keep: self.paths(&written.keep),
                off: self.names(written.off),
                only: self.names(written.only),
                languages: self.names(written.languages),
                captions: written.captions,
                comments: written.comments,
                favor: written.favor,
                text_kind: written.text_kind,
                min_score: written.min_score.map(|score| self.score(&score)).transpose()?,
            },
        })
    }

    /// `file:line` of a byte of the file.
    fn place(&self, byte: usize) -> String {
        let before = &self.content.as_bytes()[..byte.min(self.content.len())];
        format!("{}:{}", self.shown, 1 + before.iter().filter(|&&byte| byte == b'\n').count())
    }

    fn names(&self, names: Names) -> Vec<(String, String)> {
        names.into_iter().map(|name| (self.place(name.span().start), name.into_inner())).collect()
    }

    fn paths(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        paths.iter().map(|path| self.folder.join(path)).collect()
    }

    fn checked<T>(&self, text: &Spanned<String>, check: impl Fn(&str) -> Result<T, String>) -> anyhow::Result<T> {
        check(text.get_ref()).map_err(|why| anyhow::anyhow!("{}: {why}", self.place(text.span().start)))
    }

    fn score(&self, score: &Spanned<f32>) -> anyhow::Result<f32> {
        if !(0.0..=1.0).contains(score.get_ref()) {
            bail!("{}: min-score is a number from 0 to 1", self.place(score.span().start));
        }
        Ok(*score.get_ref())
    }

    fn globs(&self, patterns: &[Spanned<String>]) -> anyhow::Result<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let glob = |text: &str| -> Result<Glob, String> {
                let text = text.trim_end_matches('/').trim_start_matches("./");
                if text.starts_with('/') || text.starts_with("../") || matches!(text, "" | "." | "..") {
                    return Err("write a path or a pattern below the folder of this file".to_owned());
                }
                GlobBuilder::new(text).literal_separator(true).build().map_err(|fault| fault.to_string())
            };
            set.add(self.checked(pattern, glob)?);
        }
        set.build().with_context(|| format!("{}: too many patterns", self.shown))
    }

    fn limits(&self, written: &BTreeMap<Spanned<String>, Spanned<Amount>>) -> anyhow::Result<Limits> {
        let mut limits = Limits::default();
        for (key, amount) in written {
            let Some((_, field, range)) = LIMITS.iter().find(|(name, ..)| name == key.get_ref()) else {
                let known: Vec<String> = LIMITS.iter().map(|(name, ..)| format!("`{name}`")).collect();
                let place = self.place(key.span().start);
                bail!("{place}: unknown field `{}`, expected one of {}", key.get_ref(), known.join(", "));
            };
            let place = self.place(amount.span().start);
            let number = match amount.get_ref() {
                Amount::Number(number) => *number,
                Amount::Size(text) => size(text).map_err(|why| anyhow::anyhow!("{place}: {why}"))?,
            };
            match (range.contains(&number), *range == ANY) {
                (true, _) => *field(&mut limits) = number,
                (false, true) => bail!("{place}: a bound is at least 1"),
                (false, false) => bail!("{place}: {} is from {} to {}", key.get_ref(), range.start(), range.end()),
            }
        }
        Ok(limits)
    }
}

/// How inputs are read, by its name on the command line.
fn reading_named(name: &str) -> Result<Reading, String> {
    reading_of(name).ok_or_else(|| "no format is called so; see `--input-format`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<Config, String> {
        let folder = Path::new("/project");
        let mut config = Reader { shown: "dehusk.toml", content, folder }.read().map_err(|fault| fault.to_string())?;
        config.folder = Some(folder.to_owned());
        Ok(config)
    }

    #[test]
    fn every_bound_can_be_set() {
        let mut limits = Limits::default();
        for (at, (_, field, _)) in LIMITS.iter().enumerate() {
            *field(&mut limits) = at + 1;
        }
        let fields: Vec<String> = LIMITS
            .iter()
            .enumerate()
            .map(|(at, (name, ..))| format!("{}: {}", name.replace('-', "_"), at + 1))
            .collect();
        assert_eq!(format!("{limits:?}"), format!("Limits {{ {} }}", fields.join(", ")));
    }

    #[test]
    fn a_file_may_say_everything() {
        let config = read(
            "rules = ['house.toml']\nkeep = ['keep.txt']\noff = ['share/*']\nonly = ['login/*']\nlanguages = ['en']\n\
             captions = 'drop'\ncomments = 'keep'\nfavor = 'recall'\ntext-kind = 'page'\nmin-score = 0.5\n\
             input-format = 'text'\n[limits]\nmax-depth = 100\nmax-document-bytes = '1MiB'\n\
             [check]\njudgement = true\nmax-findings = 3\nmax-share = '0.5%'\nbaseline = 'base.json'\nexclude = ['old', './new/']\n\
             [[path]]\nfiles = ['talks/**', 'a.txt']\noff = ['repeat']\ncaptions = 'keep'\n",
        )
        .unwrap();
        assert_eq!((config.limits.max_depth, config.limits.max_document_bytes), (100, 1 << 20));
        assert_eq!((config.check.max_findings, config.check.max_share), (Some(3), Some(0.005)));
        assert!(config.check.judgement && config.excludes(Path::new("/project/old/a/b.txt")));
        assert!(config.excludes(Path::new("/project/new/a.txt")));
        assert!(!config.excludes(Path::new("/project/older.txt")) && !config.excludes(Path::new("/old")));
        assert_eq!(config.tables(Path::new("/project/talks/x/1.txt")), [0]);
        assert!(config.tables(Path::new("/project/b.txt")).is_empty());
        let typed = Settings { captions: Some(CaptionArg::Once), ..Settings::default() };
        let plain = config.settings(&[], &Settings::default());
        assert_eq!((plain.captions, plain.rules), (Some(CaptionArg::Drop), vec!["/project/house.toml".into()]));
        let talk = config.settings(&[0], &Settings::default());
        let off: Vec<&str> = talk.off.iter().map(|(_, name)| &**name).collect();
        assert_eq!((off, talk.captions), (vec!["share/*", "repeat"], Some(CaptionArg::Keep)));
        assert_eq!(talk.off[1].0, "dehusk.toml:23");
        assert_eq!(config.settings(&[0], &typed).captions, Some(CaptionArg::Once));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (content, says) in [
            ("\nof = []", "dehusk.toml:2: unknown field `of`"),
            ("[check]\n\nmax = 1", "dehusk.toml:3: unknown field `max`"),
            (
                "[limits]\nmax-nodes = 1",
                "dehusk.toml:2: unknown field `max-nodes`, expected one of `max-document-bytes`",
            ),
            ("[limits]\nmax-depth = 0", "dehusk.toml:2: a bound is at least 1"),
            ("[limits]\nmax-output-name-bytes = 1", "dehusk.toml:2: max-output-name-bytes is from 32 to 234"),
            ("[limits]\nmax-output-name-bytes = 1000", "dehusk.toml:2: max-output-name-bytes is from 32 to 234"),
            ("[limits]\nmax-depth = 'lots'", "dehusk.toml:2: write a size"),
            ("[limits]\nmax-depth = -5", "dehusk.toml:2: write a number"),
            ("[[path]]\nfile = ['a']", "dehusk.toml:2: unknown field `file`"),
            ("[[path]]\nfiles = []", "dehusk.toml: a [[path]] has no files"),
            ("[[path]]\nfiles = ['a{']", "dehusk.toml:2: error parsing glob"),
            ("[check]\nexclude = ['../a']", "dehusk.toml:2: write a path or a pattern below"),
            ("[check]\nexclude = ['/a/b']", "dehusk.toml:2: write a path or a pattern below"),
            ("captions = 'twice'", "dehusk.toml:1: unknown variant `twice`"),
            ("min-score = 2.0", "dehusk.toml:1: min-score is a number from 0 to 1"),
            ("[check]\nmax-share = '5'", "dehusk.toml:2: write a share such as 0.5%"),
            ("off = 'share/*'", "dehusk.toml:1: invalid type"),
            ("off = [", "dehusk.toml:1: "),
        ] {
            let fault = read(content).unwrap_err();
            assert!(fault.starts_with(says), "{content:?}: {fault}");
        }
    }
}
