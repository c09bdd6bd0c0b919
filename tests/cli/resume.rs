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

/// Runs `run` to its end, then again with a kill at each of the first points, and compares what both left.
fn ends_the_same(place: &Place, run: &[&str], files: &[&str]) {
    place.clean(run).assert().success();
    let file = |name: &&str| fs::read(place.path().join(name)).unwrap();
    let left = |place: &Place| (place.tree("out"), files.iter().map(file).collect::<Vec<_>>());
    let whole = left(place);
    fs::remove_dir_all(place.path().join("out")).unwrap();
    let resume = [run, &["--resume"]].concat();
    let kills = (1..4).filter(|wanted| kill_when(place, &resume, |folder| points(folder) >= *wanted)).count();
    assert!(kills > 0, "no run lasted long enough to be killed");
    place.clean(&resume).assert().success();
    assert!(left(place) == whole, "{run:?} did not end with the same bytes");
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_goes_on_with_the_same_bytes() {
    let place = Place::with(&[]);
    input(&place);
    let run = ["in", "-o", "out/", "--format", "parquet", "--ledger", "l.parquet", "-q"];
    ends_the_same(&place, &run, &["l.parquet"]);
    // Rows of Parquet are gone on with in the middle of their file too.
    fs::rename(place.path().join("out"), place.path().join("rows")).unwrap();
    let run = ["rows", "-o", "out/", "--format", "parquet", "--ledger", "l.parquet", "-q"];
    ends_the_same(&place, &run, &["l.parquet"]);
}

#[test]
fn archives_are_gone_on_with() {
    let place = Place::with(&[]);
    let mut tar = tar::Builder::new(Vec::new());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..5_000 {
        let (name, text) = (format!("{number}.txt"), format!("{PAGE}\nPage {number} is like the others.\n"));
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, &name, text.as_bytes()).unwrap();
        zip.start_file(&*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    place.write("in/a.tar.zst", zstd::encode_all(&*tar.into_inner().unwrap(), 1).unwrap());
    place.write("in/b.zip", zip.finish().unwrap().into_inner());
    ends_the_same(&place, &["in", "-o", "out/", "--format", "jsonl", "--ledger", "l.jsonl", "-q"], &["l.jsonl"]);
}

/// Of each text the first stays, also when the copies come after the stop.
#[test]
fn duplicates_are_found_across_a_stop() {
    let place = Place::with(&[]);
    input(&place);
    let run = ["in", "-o", "out/", "--format", "jsonl", "--dedup", "--ledger", "l.jsonl", "-q"];
    ends_the_same(&place, &run, &["l.jsonl"]);
    let ledger = place.lines("l.jsonl");
    let duplicates = ledger.iter().filter(|line| line["reason"] == "duplicate text").count();
    assert!(duplicates > 2_900, "{duplicates} of {}", ledger.len());
}

/// Every other line of a file could not be read and was mended since.
#[test]
fn a_run_over_what_had_failed_goes_on() {
    let place = Place::with(&[]);
    let text = |number: usize| serde_json::json!({"text": format!("{PAGE}\nLine {number}.")}).to_string();
    let lines: Vec<String> = (0..9_000).map(text).collect();
    let broken = |at: usize, line: &String| if at.is_multiple_of(2) { line.clone() } else { line.replace(':', "-") };
    let some: Vec<String> = lines.iter().enumerate().map(|(at, line)| broken(at, line)).collect();
    place.write("in/a.jsonl", some.join("\n"));
    let first = ["in", "-o", "first/", "--format", "jsonl", "--ledger", "first.jsonl", "-q"];
    place.clean(&first).assert().code(1);
    place.write("in/a.jsonl", lines.join("\n"));
    let run = ["in", "-o", "out/", "--format", "jsonl", "--retry", "first.jsonl", "--ledger", "l.jsonl", "-q"];
    ends_the_same(&place, &run, &["l.jsonl"]);
    assert_eq!(place.lines("out/a.jsonl").len(), 4_500);
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
