//! The same bytes out, whatever the number of threads, the order of the inputs and what was cleaned before.

use dehusk::{Article, Cleaner, Hints};
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The pages of the corpus by their names below it, sorted.
fn pages() -> Vec<String> {
    let files = walkdir::WalkDir::new(corpus().join("pages")).into_iter().map(|entry| entry.unwrap().into_path());
    let names = files.filter(|path| path.is_file()).map(|path| {
        let name = path.strip_prefix(corpus()).unwrap();
        name.components().map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/")
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert!(names.len() >= 60);
    names
}

/// The same items in another order, which `seed` decides.
fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed;
    for at in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, (state >> 33) as usize % (at + 1));
    }
    items
}

#[test]
fn the_order_of_pages_changes_no_article() {
    let cleaner = Cleaner::builder().build().unwrap();
    let clean = |name: &String| -> Article {
        let bytes = std::fs::read(corpus().join(name)).unwrap();
        cleaner.clean(&bytes, &Hints { name: Some(name.clone()), ..Hints::default() }).unwrap()
    };
    let names = pages();
    let shown = |article: Article| format!("{article:?}");
    let first: Vec<String> = names.iter().map(|name| shown(clean(name))).collect();
    for seed in 1..=3 {
        for (at, name) in shuffled(names.iter().enumerate().collect(), seed) {
            assert!(shown(clean(name)) == first[at], "{name} differs in order {seed}");
        }
    }
}

#[test]
fn two_cleaners_make_the_same_article() {
    let name = "pages/html/news-semantic-html5.html";
    let bytes = std::fs::read(corpus().join(name)).unwrap();
    let clean = || {
        let cleaner = Cleaner::builder().build().unwrap();
        let hints = Hints { name: Some(name.into()), ..Hints::default() };
        format!("{:?}", cleaner.clean(&bytes, &hints).unwrap())
    };
    assert_eq!(clean(), clean());
}

#[cfg(feature = "cli")]
mod command {
    use super::*;
    use std::collections::BTreeMap;

    /// All that a run wrote: articles by name, JSON lines and report, both sorted by line.
    type Written = (BTreeMap<String, Vec<u8>>, Vec<String>, Vec<String>);

    fn run(names: &[String], jobs: &str) -> Written {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::write(at("list"), names.join("\n")).unwrap();
        for (format, output) in [("txt", "out"), ("jsonl", "all.jsonl")] {
            let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
            command.current_dir(corpus()).args(["clean", "-j", jobs, "--format", format, "--files-from"]);
            command.arg(at("list")).arg("-o").arg(at(output)).arg("--report").arg(at("report")).assert().success();
        }
        let files = walkdir::WalkDir::new(at("out")).into_iter().map(|entry| entry.unwrap().into_path());
        let tree = files.filter(|path| path.is_file()).map(|path| {
            let name = path.strip_prefix(at("out")).unwrap().display().to_string();
            (name, std::fs::read(&path).unwrap())
        });
        // A stable sort: the removals of one page stay in their order.
        let lines = |name: &str| {
            let mut lines: Vec<String> =
                std::fs::read_to_string(at(name)).unwrap().lines().map(str::to_owned).collect();
            lines.sort_by_key(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["path"].as_str().unwrap().to_owned()
            });
            lines
        };
        (tree.collect(), lines("all.jsonl"), lines("report"))
    }

    #[test]
    fn threads_and_order_change_no_byte() {
        let names = pages();
        let (tree, lines, report) = run(&names, "1");
        assert_eq!((tree.len(), lines.len()), (names.len(), names.len()));
        assert!(!report.is_empty());
        for (jobs, seed) in [("8", 0), ("8", 1), ("1", 2), ("8", 3)] {
            let names = if seed == 0 { names.clone() } else { shuffled(names.clone(), seed) };
            let (other_tree, other_lines, other_report) = run(&names, jobs);
            assert!(tree.keys().eq(other_tree.keys()), "other files with {jobs} threads in order {seed}");
            let differing = tree.iter().find(|(name, bytes)| other_tree[*name] != **bytes);
            assert_eq!(differing.map(|(name, _)| name), None, "{jobs} threads, order {seed}");
            assert_eq!(lines, other_lines, "{jobs} threads, order {seed}");
            assert_eq!(report, other_report, "{jobs} threads, order {seed}");
        }
    }
}
