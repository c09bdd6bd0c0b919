//! The ledger, and runs that read again what it says has failed.

use super::place::*;
use super::warc::{crawl, utf8_pages};
use predicates::prelude::PredicateBooleanExt;

#[test]
fn what_failed_is_read_again_and_nothing_else() {
    let place = Place::with(&["in/a.txt"]);
    let file = crawl(&utf8_pages()[..4]);
    place.write("in/b.warc.gz", &file[..file.len() / 2]);
    let row = r#"{"text":"The bridge is open again."}"#;
    place.write("in/c.jsonl", format!("{row}\n{}\n{row}\n", row.replace(':', "-")));
    let run = ["in", "--format", "jsonl", "--summary", "s.json"];
    place.clean(&[&run[..], &["-o", "one/", "--ledger", "one.jsonl"]].concat()).assert().code(1);
    let whole = place.json("s.json")["pages"].as_u64().unwrap();
    let failed = place.json("s.json")["failed"].clone();
    assert_eq!((&failed["corrupt"], &failed["malformed"]), (&1.into(), &1.into()));

    // The same inputs, mended without moving what was right.
    place.write("in/b.warc.gz", &file);
    place.write("in/c.jsonl", format!("{row}\n{row}\n{row}\n"));
    let retry = ["-o", "two/", "--ledger", "two.jsonl", "--retry", "one.jsonl"];
    place.clean(&[&run[..], &retry].concat()).assert().success();
    let ledger = place.lines("two.jsonl");
    assert_eq!(ledger.len() as u64, 4 - (whole - 1 - 3 - 1) + 1);
    assert!(ledger.iter().all(|line| line["outcome"] == "written"));
    assert_eq!(place.lines("two/c.jsonl").len(), 1);
    let records = place.lines("one/b.jsonl").len() + place.lines("two/b.jsonl").len();
    assert_eq!(records, 4);
    for (output, ledger, says) in [("one/", "x.jsonl", "the articles in one/"), ("x/", "one.jsonl", "another file")] {
        let again = ["-o", output, "--ledger", ledger, "--retry", "one.jsonl"];
        place.clean(&[&run[..], &again].concat()).assert().code(2).stderr(contains(says));
    }
    let elsewhere = ["in/c.jsonl", "-o", "x/", "--format", "jsonl", "--retry", "one.jsonl"];
    place.write("in/c.jsonl", format!("{row}\n"));
    let record = format!("in/c.jsonl at {}: failed in the ledger", row.len() + 1);
    let lost = contains("in/b.warc.gz: failed in the ledger").and(contains(&record));
    place.clean(&elsewhere).assert().code(1).stderr(lost.and(contains("2 failures of the ledger not met again")));
    place
        .clean(&["in", "-o", "no/", "--retry", "in/a.txt"])
        .assert()
        .code(2)
        .stderr(contains("line 1 is of no ledger"));
}

/// A ledger that is a table says the same, and a run can be made from it.
#[cfg(feature = "parquet")]
#[test]
fn a_ledger_in_parquet_is_the_same() {
    let place = Place::with(&["in/a.txt"]);
    let file = crawl(&utf8_pages()[..4]);
    place.write("in/b.warc.gz", &file[..file.len() / 2]);
    let run = |output: &str, ledger: &str, more: &[&str]| {
        place.clean(&[&["in", "-o", output, "--format", "jsonl", "--ledger", ledger], more].concat()).assert()
    };
    for ledger in ["l.jsonl", "l.parquet"] {
        run("out.jsonl", ledger, &[]).code(1);
    }
    let limits = dehusk::Limits::default();
    let rows = dehusk::input::lines(std::fs::File::open(place.path().join("l.parquet")).unwrap(), &limits);
    let rows: Vec<serde_json::Value> = rows
        .unwrap()
        .map(|row| {
            let mut row: serde_json::Value = serde_json::from_slice(&row.unwrap()).unwrap();
            row.as_object_mut().unwrap().remove("dehusk");
            row
        })
        .collect();
    assert_eq!(rows, place.lines("l.jsonl"));
    let mut retried = Vec::new();
    for ledger in ["l.jsonl", "l.parquet"] {
        run(&format!("{ledger}.out"), "again.jsonl", &["--retry", ledger]).code(1);
        retried.push(place.read("again.jsonl"));
    }
    assert_eq!(retried[0], retried[1]);
    assert!(retried[0].contains("corrupt"), "{}", retried[0]);
}
