//! The ledger, and runs that read again what it says has failed.

use super::packed::gzip;
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

/// What was lost behind a break counts until it is read or the file is known to end there.
#[test]
fn a_rest_that_was_lost_is_read_or_still_missed() {
    let place = Place::with(&[]);
    let members: Vec<_> = utf8_pages()[..3].iter().map(|page| crawl(std::slice::from_ref(page))).collect();
    let (one, two) = (members[0].len(), members[0].len() + members[1].len());
    let file = members.concat();
    place.write("b.warc.gz", &file[..two + members[2].len() / 2]);
    let run = |ledger: &str, more: &[&str]| {
        let args = ["b.warc.gz", "--dry-run", "--ledger", ledger];
        place.clean(&[&args, more].concat()).assert()
    };
    run("one.jsonl", &[]).code(1);
    let lost = &place.lines("one.jsonl")[2];
    assert_eq!((&lost["outcome"], &lost["offset"], &lost["rest"]), (&"failed".into(), &two.into(), &true.into()));
    let retry = || run("two.jsonl", &["--retry", "one.jsonl"]);

    // It breaks off before that place now, and what was right is lost with it.
    place.write("b.warc.gz", &file[..one + members[1].len() / 2]);
    retry().code(1).stderr(contains("the packed data is cut").and(contains("not met again").not()));
    let lost = &place.lines("two.jsonl")[0];
    assert_eq!((&lost["outcome"], &lost["offset"], &lost["rest"]), (&"failed".into(), &one.into(), &true.into()));

    // It ends before that place, and nothing is wrong with what is left of it.
    place.write("b.warc.gz", &file[..two]);
    retry().code(1).stderr(contains(&format!("b.warc.gz from {two} on: failed in the ledger")));

    place.write("b.warc.gz", &file);
    retry().success().stderr(contains("not met again").not());
    assert_eq!(place.lines("two.jsonl").len(), 1);
}

/// A member that cannot be unpacked from its first byte on is lost from there, and not from where its text would stand.
#[test]
fn what_a_damaged_member_hides_is_read_again() {
    let place = Place::with(&[]);
    let members: Vec<_> = utf8_pages()[..3].iter().map(|page| crawl(std::slice::from_ref(page))).collect();
    let (one, file) = (members[0].len(), members.concat());
    let mut damaged = file.clone();
    damaged[one + 30] ^= 0xff;
    place.write("b.warc.gz", damaged);
    place.clean(&["b.warc.gz", "--dry-run", "--ledger", "one.jsonl"]).assert().code(1);
    let lost = &place.lines("one.jsonl")[1];
    assert_eq!((&lost["outcome"], &lost["offset"], &lost["rest"]), (&"failed".into(), &one.into(), &true.into()));
    place.write("b.warc.gz", file);
    // The member behind it was read.
    assert_eq!(place.lines("one.jsonl").len(), 3);
    place.clean(&["b.warc.gz", "--dry-run", "--ledger", "two.jsonl", "--retry", "one.jsonl"]).assert().success();
    assert_eq!(place.lines("two.jsonl").len(), 1);
    assert_eq!(place.lines("two.jsonl")[0]["offset"], one);

    // Of many records in one member each is read again.
    let lines = |numbers: std::ops::Range<u32>| -> Vec<u8> {
        let line = |number| format!("{{\"text\":\"{number}{}\"}}\n", " The boat sails.".repeat(50));
        gzip(numbers.map(line).collect::<String>().as_bytes())
    };
    let members = [lines(0..1), lines(1..4), lines(4..5)];
    let mut damaged = members.clone();
    damaged[1][0] ^= 0xff;
    place.write("c.jsonl.gz", damaged.concat());
    place.clean(&["c.jsonl.gz", "--dry-run", "--ledger", "one.jsonl"]).assert().code(1);
    assert_eq!(place.lines("one.jsonl").len(), 3);
    place.write("c.jsonl.gz", members.concat());
    place.clean(&["c.jsonl.gz", "--dry-run", "--ledger", "two.jsonl", "--retry", "one.jsonl"]).assert().success();
    assert_eq!(place.lines("two.jsonl").len(), 3);
}

/// Only the checksum was missing, and behind it there is nothing to read again.
#[test]
fn a_rest_that_was_nothing_is_not_missed() {
    let place = Place::with(&[]);
    let file = gzip(b"{\"text\":\"The bridge is open again.\"}\n\n");
    let run = |more: &[&str]| place.clean(&[&["rows.jsonl.gz", "--dry-run"], more].concat()).assert();
    place.write("rows.jsonl.gz", &file[..file.len() - 4]);
    run(&["--ledger", "one.jsonl"]).code(1);
    let outcomes: Vec<_> = place.lines("one.jsonl").iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["written", "failed"]);
    place.write("rows.jsonl.gz", &file);
    run(&["--retry", "one.jsonl"]).success();
    // An editor may have left blank lines.
    place.write("one.jsonl", place.read("one.jsonl") + "\n \r\n");
    run(&["--retry", "one.jsonl"]).success();
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
