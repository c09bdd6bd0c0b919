//! Runs that were stopped: what they leave, who may go on, and that the end is the same.

use super::place::*;
use super::warc::{crawl, utf8_pages};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const JOURNAL: &str = ".dehusk-journal.jsonl";

/// A crawl of two files, large enough for several points in the journal, and some pages of their own.
fn input(place: &Place) {
    let pages = utf8_pages();
    let pages: Vec<_> = (0..150).flat_map(|_| pages.iter().take(20).cloned()).collect();
    place.write("in/b.warc.gz", crawl(&pages));
    place.write("in/d.warc.gz", crawl(&pages[..100]));
    for name in ["a", "c", "e"] {
        place.write(&format!("in/{name}.txt"), PAGE);
    }
}

const RUN: [&str; 12] = [
    "in",
    "-o",
    "out/",
    "--format",
    "jsonl",
    "--compress",
    "zstd",
    "--report",
    "out/r.jsonl",
    "--ledger",
    "l.jsonl",
    "-q",
];

/// Starts the run and kills it as soon as `when` says so.
fn kill_when(place: &Place, args: &[&str], when: impl Fn(&Path) -> bool) -> bool {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("dehusk"))
        .current_dir(place.path())
        .arg("clean")
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() {
        if when(place.path()) {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

fn points(folder: &Path) -> usize {
    let journal = fs::read_to_string(folder.join("out").join(JOURNAL)).unwrap_or_default();
    journal.lines().filter(|line| line.starts_with("{\"point\":")).count()
}

fn counts(place: &Place) -> serde_json::Value {
    let mut summary = place.json("s.json");
    for timed in ["seconds", "slowest"] {
        summary.as_object_mut().unwrap().remove(timed);
    }
    summary
}

#[test]
fn a_run_that_was_killed_ends_with_the_same_bytes() {
    let place = Place::with(&[]);
    input(&place);
    let run = [&RUN[..], &["--summary", "s.json"]].concat();
    place.clean(&run).assert().success();
    let (tree, ledger, summary) = (place.tree("out"), place.read("l.jsonl"), counts(&place));
    assert!(tree.keys().eq(["b.jsonl.zst", "d.jsonl.zst", "dehusk.jsonl.zst", "r.jsonl"]));
    fs::remove_dir_all(place.path().join("out")).unwrap();

    let resume = [&run[..], &["--resume"]].concat();
    let mut kills = 0;
    for wanted in 1..4 {
        kills += usize::from(kill_when(&place, &resume, |folder| points(folder) >= wanted));
    }
    assert!(kills > 0, "no run lasted long enough to be killed");
    place.clean(&resume).assert().success();
    assert_eq!(place.tree("out"), tree);
    assert_eq!(place.read("l.jsonl"), ledger);
    assert_eq!(counts(&place), summary);
}

#[test]
fn a_run_that_was_stopped_is_not_overwritten_and_not_gone_on_with_in_another_way() {
    let place = Place::with(&[]);
    input(&place);
    assert!(kill_when(&place, &RUN, |folder| points(folder) >= 1));
    place.clean(&RUN).assert().code(2).stderr(contains("add `--resume`"));
    let resume = [&RUN[..], &["--resume"]].concat();
    let other = [&resume[..], &["--favor", "recall"]].concat();
    place.clean(&other).assert().code(2).stderr(contains("`--favor` was the default and is recall"));
    place.write("veto.txt", "repeat\n");
    let other = [&resume[..], &["--keep", "veto.txt"]].concat();
    place.clean(&other).assert().code(2).stderr(contains("`--keep` was off"));
    place.write("in/a.txt", "Another text.\n");
    place.clean(&resume).assert().code(2).stderr(contains("in/a.txt has changed"));

    fs::remove_file(place.path().join("out").join(JOURNAL)).unwrap();
    place.clean(&RUN).assert().success();
    assert_eq!(place.names("out"), ["b.jsonl.zst", "d.jsonl.zst", "dehusk.jsonl.zst", "r.jsonl"]);
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let place = Place::with(&["in/a.txt", "out/x"]);
    let journal = fs::File::create(place.path().join("out").join(JOURNAL)).unwrap();
    journal.lock().unwrap();
    for args in [&["in", "-o", "out"][..], &["in", "-o", "out", "--resume"]] {
        place.clean(args).assert().code(2).stderr(contains("another run writes to out"));
    }
    drop(journal);
    place.clean(&["in", "-o", "out"]).assert().success();
    assert_eq!(place.names("out"), ["a.txt", "x"]);
}

#[test]
fn a_tree_of_pages_goes_on_too() {
    let place = Place::with(&[]);
    let names: Vec<_> = (0..5_000).map(|i| format!("{i:04}.txt")).collect();
    fs::create_dir(place.path().join("in")).unwrap();
    for name in &names {
        fs::write(place.path().join("in").join(name), PAGE).unwrap();
    }
    assert!(kill_when(&place, &["in", "-o", "out", "-q"], |folder| points(folder) >= 1));
    place.clean(&["in", "-o", "out", "--resume", "--summary", "s.json"]).assert().success();
    assert_eq!(place.names("out"), names);
    assert_eq!(place.json("s.json")["pages"], 5_000);
}

#[test]
fn only_a_folder_can_be_gone_on_with() {
    let place = Place::with(&["a.txt"]);
    for args in [&["a.txt", "--resume"][..], &["a.txt", "-o", "b.txt", "--resume"]] {
        place.clean(args).assert().code(2).stderr(contains("-o DIR"));
    }
    place.clean(&["a.txt", "-o", "out/", "--resume"]).assert().success();
    assert_eq!(place.names("out"), ["a.txt"]);
}
