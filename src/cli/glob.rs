//! Patterns that the shell did not expand: `'pages/**/*.html'` in, a folder and its filters out.
//!
//! `*` and `?` stay inside one name, `**` crosses folders, `[...]` and `{a,b}` are alternatives. A folder that
//! matches stands for everything in it, as it would if the shell had expanded the pattern. Folders in which
//! nothing can match are not entered: they may be large, or not ours to read.

use dehusk::input::{Filter, Input};
use globset::{Glob, GlobBuilder, GlobMatcher};
use std::path::{Path, PathBuf};

const SPECIAL: &[char] = &['*', '?', '[', '{'];

/// The input that an argument names: a pattern, if there is no such file and it can be read as one.
pub(super) fn input(typed: PathBuf) -> Input {
    let pattern = typed.to_str().filter(|text| text.contains(SPECIAL));
    match pattern.and_then(expand) {
        Some(input) if typed.symlink_metadata().is_err() => input,
        _ => Input::Path(typed),
    }
}

fn expand(pattern: &str) -> Option<Input> {
    let (folder, below) = split(pattern);
    let whole = matcher(below)?;
    let root = folder.clone();
    let accepts = move |path: &Path| {
        let below = path.strip_prefix(&root).unwrap_or(path);
        below.ancestors().any(|path| whole.is_match(path))
    };
    Some(Input::Pattern {
        typed: PathBuf::from(pattern),
        enters: enters(&folder, below)?,
        folder,
        accepts: Box::new(accepts),
    })
}

/// Says whether an input that was named holds a file, of which it gets the path without links.
pub(super) fn holds(input: &Input) -> impl Fn(&Path) -> bool {
    let (folder, accepts) = match input {
        Input::Stdin => (None, None),
        Input::Path(path) => (Some(path), None),
        Input::Pattern { folder, accepts, .. } => (Some(folder), Some(accepts)),
    };
    let place = folder.and_then(|folder| Some((folder, folder.canonicalize().ok()?)));
    move |file| {
        let Some((folder, real)) = &place else { return false };
        let Ok(below) = file.strip_prefix(real) else { return false };
        // A pattern is for paths as the user would write them.
        accepts.is_none_or(|accepts| accepts(&folder.join(below)))
    }
}

/// Says whether something in a folder can match, from the parts of the pattern before any `**`.
fn enters(folder: &Path, below: &str) -> Option<Filter> {
    let whole = matcher(below)?;
    let parts: Vec<&str> = below.split('/').collect();
    let fixed = parts.iter().take_while(|part| !part.contains("**")).count();
    let crosses = fixed < parts.len();
    // A slash inside `{a/b,c}` leaves parts that are no patterns: every folder is entered then.
    let starts: Option<Vec<GlobMatcher>> = (1..=fixed).map(|n| matcher(&parts[..n].join("/"))).collect();
    let root = folder.to_owned();
    Some(Box::new(move |path| {
        let path = path.strip_prefix(&root).unwrap_or(path);
        let depth = path.components().count();
        match &starts {
            None => true,
            Some(starts) if depth <= fixed => starts[depth.max(1) - 1].is_match(path),
            Some(_) => crosses || path.ancestors().any(|path| whole.is_match(path)),
        }
    }))
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let glob: Glob = GlobBuilder::new(pattern).literal_separator(true).build().ok()?;
    Some(glob.compile_matcher())
}

/// The folders before the first special character, and the rest.
fn split(pattern: &str) -> (PathBuf, &str) {
    let special = pattern.find(SPECIAL).unwrap_or(pattern.len());
    match pattern[..special].rfind('/') {
        Some(slash) => (PathBuf::from(&pattern[..=slash]), &pattern[slash + 1..]),
        None => (PathBuf::from("."), pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(pattern: &str, path: &str) -> (bool, bool) {
        match input(PathBuf::from(pattern)) {
            Input::Pattern { accepts, enters, .. } => (accepts(Path::new(path)), enters(Path::new(path))),
            _ => panic!("{pattern} is a pattern"),
        }
    }

    #[test]
    fn the_folder_is_what_stands_before_the_pattern() {
        assert_eq!(split("a/b/*.html"), (PathBuf::from("a/b/"), "*.html"));
        assert_eq!(split("*.html"), (PathBuf::from("."), "*.html"));
        assert_eq!(split("/a[12]/x"), (PathBuf::from("/"), "a[12]/x"));
    }

    #[test]
    fn a_star_stays_inside_a_name_and_a_folder_stands_for_what_is_in_it() {
        assert!(asks("no/*.html", "no/a.html").0);
        assert!(!asks("no/*.html", "no/x/a.html").0);
        assert!(asks("no/**/*.html", "no/x/y/a.html").0);
        assert!(asks("no/20*", "no/2024/a.html").0);
        assert!(asks("no/{a,b}.html", "no/b.html").0);
    }

    #[test]
    fn folders_without_a_match_are_not_entered() {
        assert!(!asks("no/*.html", "no/x").1);
        assert!(asks("no/20*/*.html", "no/2024").1);
        assert!(!asks("no/20*/*.html", "no/1999").1);
        assert!(!asks("no/20*/*.html", "no/2024/x").1);
        assert!(asks("no/20*", "no/2024/x").1);
        assert!(asks("no/a*/**/b", "no/ab/x/y").1);
        assert!(!asks("no/a*/**/b", "no/b").1);
        assert!(asks("no/**", "no/b").1);
        assert!(asks("no/{a/b,c}/d", "no/a").1);
    }

    #[test]
    fn what_cannot_be_a_pattern_is_a_name() {
        assert!(matches!(input(PathBuf::from("no[1.html")), Input::Path(_)));
        assert!(matches!(input(PathBuf::from("no.html")), Input::Path(_)));
    }
}
