//! The shape of the sources: which module may use which, who may print, how long a file may be.
//!
//! The sources are read as text: comments and what follows `#[cfg(test)]` are left out, which by custom is the end of
//! a file. [`LAYERS`] is the order of the design as data; a module may use what its line names and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module and what it may use of its crate. A file that stands lower than the rest of its module has a line of its
/// own and is named `module::file`.
const LAYERS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("limits", &[]),
    // Nothing but types; every stage speaks of them.
    ("article", &[]),
    ("stride", &[]),
    ("decode", &["article", "error", "limits", "stride"]),
    ("html::references", &[]),
    ("normalize", &["html::references"]),
    ("block::word_count", &["stride"]),
    ("block::words", &["block::word_count"]),
    ("block::fold", &["normalize", "stride"]),
    ("html", &["article", "limits", "html::references"]),
    ("html::metadata", &["article", "block::fold", "block::words", "html", "normalize"]),
    (
        "block",
        &[
            "article",
            "block::fold",
            "block::word_count",
            "block::words",
            "html",
            "html::references",
            "limits",
            "normalize",
            "stride",
        ],
    ),
    ("rules", &["block", "block::fold", "block::words", "error", "limits", "stride"]),
    ("account", &["article", "block", "normalize"]),
    ("eval", &[]),
    ("repeats", &["article", "block", "block::fold", "block::words"]),
    ("model", &["block"]),
    ("finish", &["article", "block", "block::words"]),
    (
        "judge",
        &["account", "article", "block", "block::fold", "block::words", "finish", "html", "model", "repeats", "rules"],
    ),
    ("sieve", &["block", "block::fold", "block::words", "judge", "limits", "repeats", "rules"]),
    (
        "cleaner",
        &[
            "account",
            "article",
            "block",
            "block::words",
            "decode",
            "error",
            "html",
            "html::metadata",
            "judge",
            "limits",
            "model",
            "normalize",
            "sieve",
        ],
    ),
    ("builder", &["cleaner", "error", "judge", "limits", "model", "repeats", "rules"]),
    ("training", &["block", "cleaner", "decode", "error", "judge", "model"]),
    // The stages apart, for benchmarks.
    ("stages", &["article", "block", "cleaner", "decode", "html", "html::metadata", "judge", "model", "normalize"]),
    // Inputs and outputs know pages and articles, and nothing of how one becomes the other.
    ("input", &["article", "cleaner", "decode", "error", "limits", "model"]),
    ("output", &["article", "error", "input", "limits"]),
    // What would be removed, for reports: it asks the cleaner and knows nothing of rules.
    ("check", &["article", "block::fold", "block::words", "cleaner", "error", "input"]),
    (
        "pipeline",
        &["article", "block::fold", "block::words", "check", "cleaner", "error", "eval", "input", "limits", "output"],
    ),
];

/// What the command may use: the library's public face, and nothing by `crate::` but itself.
const COMMAND: &[&str] = &["cli", "main"];

/// Files that may print, whole modules end in `/`.
const PRINTS: &[&str] = &["main.rs", "cli/", "pipeline/progress.rs"];
/// The one more that may take hold of standard output: a page can be written there.
const STANDARD_OUTPUT: &str = "output/sink.rs";

const MAX_LINES: usize = 800;
const VAGUE_NAMES: &[&str] = &["util", "utils", "common", "types", "helpers", "helper", "misc"];

struct Source {
    /// Path below `src`, with `/`.
    path: String,
    lines: usize,
    /// Without comments and tests; line ends stay.
    code: String,
}

impl Source {
    /// The modules that lead to the file: `html/mod.rs` is `[html]`, `html/tag.rs` is `[html, tag]`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        path.split('/').filter(|part| !matches!(*part, "mod" | "lib")).collect()
    }
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&src).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let sources = files.map(|path| {
        let content = std::fs::read_to_string(&path).unwrap();
        let parts = path.strip_prefix(&src).unwrap().components();
        Source {
            path: parts.map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/"),
            lines: content.lines().count(),
            code: code(&content),
        }
    });
    let sources: Vec<Source> = sources.collect();
    assert!(sources.len() > 20);
    sources
}

/// The code of a file up to its tests, without comments. A `//` in a string ends its line too, which hides nothing
/// that these tests look for.
fn code(content: &str) -> String {
    let lines = content.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    lines.map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// The line that names a module, or the file within it when that has a line of its own.
fn layer(path: &[&str]) -> Option<&'static str> {
    let named = |name: String| LAYERS.iter().find(|(layer, _)| *layer == name).map(|(layer, _)| *layer);
    let file = path.get(1).and_then(|file| named(format!("{}::{file}", path[0])));
    file.or_else(|| named((*path.first()?).to_owned()))
}

/// Every path that a piece of code names behind `root::`, braces opened, as its segments.
fn paths(code: &str, root: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(root) {
        let is_whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if is_whole {
            let mut rest = &code[at + root.len()..];
            tree(&mut rest, &[], &mut found);
        }
    }
    found
}

/// Reads one path or a group of them, as after `use`.
fn tree(rest: &mut &str, before: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    loop {
        *rest = rest.trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            *rest = group;
            while !rest.is_empty() && !rest.starts_with('}') {
                tree(rest, &path, found);
                *rest = rest.trim_start().trim_start_matches(',').trim_start();
            }
            *rest = rest.strip_prefix('}').unwrap_or(rest);
            return;
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 {
            // `*` or something that is no path.
            *rest = &rest[rest.len().min(1)..];
            return found.push(path);
        }
        path.push(rest[..end].to_owned());
        *rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(after) => *rest = after,
            None => {
                if let Some(renamed) = rest.strip_prefix(" as ") {
                    *rest = renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
                }
                return found.push(path);
            }
        }
    }
}

/// The modules that the crate's root re-exports from, by the name of what it re-exports.
fn root_names(sources: &[Source]) -> BTreeMap<String, String> {
    let root = sources.iter().find(|source| source.path == "lib.rs").expect("the crate has a root");
    let mut names = BTreeMap::new();
    for path in paths(&root.code.replace("pub use ", "pub use crate::"), "crate::") {
        if let [module, .., name] = path.as_slice() {
            names.insert(name.clone(), module.clone());
        }
    }
    names
}

/// What a file uses of its crate, by layer.
fn uses(source: &Source, root: &BTreeMap<String, String>) -> BTreeSet<&'static str> {
    let module: Vec<String> = source.module().iter().map(|part| part.to_string()).collect();
    let mut named = paths(&source.code, "crate::");
    // `super::super::x` of `a::b` is `x`; a file `mod.rs` is its module.
    for path in paths(&source.code, "super::") {
        let more = path.iter().take_while(|part| *part == "super").count();
        let mut full = module[..module.len().saturating_sub(1 + more)].to_vec();
        full.extend_from_slice(&path[more..]);
        named.push(full);
    }
    let layers = named.into_iter().map(|mut path| {
        if let Some(module) = path.first().and_then(|first| root.get(first)) {
            path.insert(0, module.clone());
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match layer(&path) {
            Some(layer) => layer,
            None => panic!("{} uses {}, which no line of LAYERS names", source.path, path.join("::")),
        }
    });
    layers.collect()
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let sources = sources();
    let root = root_names(&sources);
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path != "lib.rs") {
        let module = source.module();
        if COMMAND.contains(&module[0]) {
            for path in paths(&source.code, "crate::") {
                wrong.extend((path[0] != "cli").then(|| format!("{} uses crate::{}", source.path, path.join("::"))));
            }
            continue;
        }
        let Some(own) = layer(&module) else {
            panic!("no line of LAYERS names {}", source.path);
        };
        let (_, allowed) = LAYERS.iter().find(|(layer, _)| *layer == own).expect("it was found there");
        for used in uses(source, &root).into_iter().filter(|used| *used != own && !allowed.contains(used)) {
            wrong.push(format!("{} ({own}) uses {used}", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_layers_point_one_way() {
    for (at, (layer, allowed)) in LAYERS.iter().enumerate() {
        for used in *allowed {
            let below = LAYERS[..at].iter().any(|(name, _)| name == used);
            assert!(below, "{layer} may use {used}, which does not stand above it in the table");
        }
    }
}

#[test]
fn only_the_pipeline_has_threads() {
    for source in sources() {
        let has_threads =
            ["rayon", "thread::spawn", "thread::Builder"].iter().any(|thread| source.code.contains(thread));
        // A signal is waited for beside the work.
        let may = source.path.starts_with("pipeline/") || source.path == "cli/signals.rs";
        assert!(!has_threads || may, "{} has threads", source.path);
    }
}

#[test]
fn only_the_command_and_the_progress_print() {
    for source in sources() {
        let may = |allowed: &&str| {
            if allowed.ends_with('/') { source.path.starts_with(allowed) } else { source.path == *allowed }
        };
        if PRINTS.iter().any(may) {
            continue;
        }
        for print in ["println!", "print!", "eprintln!", "eprint!", "dbg!", "stderr()", "stdout()"] {
            let is_sink = print == "stdout()" && source.path == STANDARD_OUTPUT;
            assert!(is_sink || !source.code.contains(print), "{} has {print}", source.path);
        }
    }
}

#[test]
fn only_main_exits() {
    for source in sources().iter().filter(|source| source.path != "main.rs") {
        for exit in ["process::exit", "process::abort", "ExitCode"] {
            assert!(!source.code.contains(exit), "{} has {exit}", source.path);
        }
    }
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    for source in sources() {
        for (number, line) in source.code.lines().enumerate() {
            assert!(!line.contains(".unwrap()"), "src/{}:{}: say why it cannot fail", source.path, number + 1);
        }
    }
}

#[test]
fn the_cleaner_looks_at_no_clock_and_no_file() {
    const OUTSIDE: &[&str] = &["main", "cli", "input", "output", "pipeline"];
    for source in sources().iter().filter(|source| source.path != "lib.rs" && !OUTSIDE.contains(&source.module()[0])) {
        for outside in ["std::fs", "std::io", "std::time", "std::env", "std::net", "Instant::now", "catch_unwind"] {
            assert!(!source.code.contains(outside), "{} has {outside}", source.path);
        }
    }
}

#[test]
fn files_are_short_and_their_names_say_something() {
    for source in sources() {
        assert!(source.lines <= MAX_LINES, "{} has {} lines, at most {MAX_LINES}", source.path, source.lines);
        let vague = source.module().into_iter().find(|part| VAGUE_NAMES.contains(part)).map(str::to_owned);
        assert_eq!(vague, None, "{} names no stage and no noun", source.path);
    }
}

#[test]
fn code_after_tests_is_tests() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources() {
        let content = std::fs::read_to_string(src.join(&source.path)).unwrap();
        let tests = content.lines().skip_while(|line| line.trim() != "#[cfg(test)]");
        // After the first item under test, no item begins at the margin that is not under test too.
        let mut is_marked = false;
        for line in tests {
            let begins = ["fn ", "pub ", "mod ", "struct ", "enum ", "impl ", "impl<", "const ", "static ", "use "];
            if begins.iter().any(|item| line.starts_with(item)) {
                assert!(is_marked, "src/{}: {line:?} stands after the tests", source.path);
            }
            is_marked = line.starts_with("#[");
        }
    }
}
