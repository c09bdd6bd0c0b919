//! What a run says: counts, reports, JSON lines, equal outputs.

use super::packed::gzip;
use super::place::*;
use serde_json::Value;
use std::fs;

#[test]
fn the_counts_add_up() {
    let place = Place::with(&["in/a.txt", "in/b.txt"]);
    place.write("in/cut.gz", &gzip(PAGE.as_bytes())[..30]);
    place.clean(&["in", "-o", "out", "--summary", "s.json"]).assert().code(1);
    let summary = place.json("s.json");
    let sum = |field: &str| match &summary[field] {
        Value::Object(parts) => parts.values().map(|n| n.as_u64().unwrap()).sum(),
        number => number.as_u64().unwrap(),
    };
    let outcomes = ["written", "unchanged", "empty", "skipped", "failed"].map(sum);
    assert_eq!(outcomes, [0, 2, 0, 0, 1]);
    assert_eq!(sum("pages"), outcomes.iter().sum::<u64>());
    assert_eq!(sum("bytes"), 2 * PAGE.len() as u64 + 30);
    assert_eq!(summary["failures"][0]["path"], "in/cut.gz");
    assert!(summary["slowest"]["path"].is_string());
}

#[test]
fn verbose_names_what_is_not_written_and_always_shows_progress_off_a_terminal() {
    let place = Place::with(&["a.txt"]);
    let args = ["a.txt", "none.txt", "-o", "out", "-v", "--progress", "always"];
    let run = place.clean(&args).assert().code(1);
    run.stderr(contains("dehusk: none.txt: failed: cannot read").count(1));
}

#[test]
fn json_lines_stand_in_input_order_in_one_file() {
    let names: Vec<_> = (0..40).map(|i| format!("in/{i:02}.txt")).collect();
    let place = Place::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    fs::create_dir(place.path().join("folder")).unwrap();
    for (output, file) in [("all.jsonl", "all.jsonl"), ("folder", "folder/dehusk.jsonl"), ("new/", "new/dehusk.jsonl")]
    {
        place.clean(&["in", "--format", "jsonl", "-o", output]).assert().success();
        let lines = place.lines(file);
        assert!(lines.iter().map(|line| line["path"].as_str().unwrap()).eq(&names));
        assert_eq!((&lines[0]["text"], &lines[0]["outcome"]), (&PAGE.into(), &"unchanged".into()));
    }
    let run = place.clean(&["in", "--format", "jsonl"]).assert().success();
    assert_eq!(run.get_output().stdout, place.read("all.jsonl").into_bytes());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let names: Vec<_> = (0..60).map(|i| format!("in/{}/{i}.html", i % 7)).collect();
    let place = Place::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (jobs, output) in [("1", "one"), ("8", "eight")] {
        let report = format!("{output}.jsonl");
        place.clean(&["in", "-j", jobs, "-o", output, "--report", &report]).assert().success();
    }
    assert_eq!(place.tree("one"), place.tree("eight"));
    assert_eq!(place.read("one.jsonl"), place.read("eight.jsonl"));
}

// Needs the real cleaner, which removes the line.
#[test]
fn the_report_says_where_each_removal_stood() {
    let place = Place::with(&[]);
    let text = format!("{PAGE}\n{HUSK}\n");
    place.write("in/page.txt", &text);
    place.clean(&["in", "-o", "out", "--report", "r.jsonl", "--summary", "s.json"]).assert().success();
    assert_eq!(place.read("out/page.txt"), PAGE);
    let report = place.lines("r.jsonl");
    assert_eq!(report.len(), 1);
    let place_of = |end: &str| report[0][end].as_u64().unwrap() as usize;
    assert_eq!(&text[place_of("start")..place_of("end")], HUSK);
    assert_eq!((&report[0]["path"], &report[0]["text"]), (&"in/page.txt".into(), &HUSK.into()));
    let (rule, family) = (report[0]["rule"].as_str().unwrap(), report[0]["family"].as_str().unwrap());
    assert!(rule.starts_with(&format!("{family}/")));
    let summary = place.json("s.json");
    assert_eq!((&summary["written"], &summary["removals"][family]), (&1.into(), &1.into()));

    // The rule id and the line itself are both good for a veto.
    for veto in [rule, HUSK, &format!("\u{feff}{rule}"), &format!("Photo: AFP/Getty\nAFP/Getty\r\n{HUSK}")] {
        place.write("veto.txt", veto);
        place.clean(&["in/page.txt", "--keep", "veto.txt"]).assert().success().stdout(text.clone());
    }
}

// Needs the real cleaner, which removes the line.
#[test]
fn a_dry_run_reports_and_writes_no_article() {
    let place = Place::with(&["in/a.txt"]);
    place.write("in/b.txt", format!("{PAGE}\n{HUSK}\n"));
    let args = ["in", "--dry-run", "--report", "r.jsonl", "--summary", "s.json", "-o", "out"];
    let said = place.clean(&args).assert().success().stdout("").get_output().stderr.clone();
    assert!(String::from_utf8_lossy(&said).ends_with("dehusk: no article was written (--dry-run)\n"));
    assert!(!place.path().join("out").exists());
    assert_eq!(place.json("s.json")["pages"], 2);
    assert_eq!(place.lines("r.jsonl").len(), 1);
    let run = place.clean(&["in", "--dry-run", "--report", "-", "-q"]).assert().success();
    assert_eq!(run.get_output().stdout, place.read("r.jsonl").into_bytes());
}
