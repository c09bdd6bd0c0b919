//! Filters: each names what it left out, and what is left is the same whatever the threads.

use super::place::*;

const GERMAN: &str = "Der Stadtrat beschloss am Dienstag, die alte Brücke im Frühjahr zu erneuern, wenn der Fluss niedrig \
    steht und die Straßen trocken sind. Die Arbeiten sollen bis zum Herbst dauern.\n";

#[test]
fn each_filter_names_what_it_left_out() {
    let place = Place::with(&["in/a.txt", "in/b.txt"]);
    place.write("in/c.txt", GERMAN);
    place.write("in/d.txt", "The bridge is open.\n");
    for (args, left, reason) in [
        (&["--lang", "en"][..], &["a.txt", "b.txt", "d.txt"][..], "language"),
        (&["--lang", "de,fr"], &["c.txt"], "language"),
        (&["--min-words", "10"], &["a.txt", "b.txt", "c.txt"], "few words"),
        (&["--dedup"], &["a.txt", "c.txt", "d.txt"], "duplicate text"),
    ] {
        let output = format!("out{}", args.concat());
        let args = [&["in", "-o", &output, "--ledger", "l.jsonl", "--summary", "s.json"], args].concat();
        place.clean(&args).assert().success();
        assert_eq!(place.names(&output), left, "{args:?}");
        let summary = place.json("s.json");
        assert_eq!(summary["skipped"][reason], 4 - left.len(), "{args:?}");
        let ledger = place.lines("l.jsonl");
        assert_eq!(ledger.iter().filter(|line| line["reason"] == reason).count(), 4 - left.len());
        let words = ledger.iter().map(|line| line["words_in"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(summary["words_in"], words);
    }
    // A page without an article has too few words as well.
    place.write("empty/a.txt", "Please refresh the page to be logged in\n");
    let few = ["empty", "-o", "few.jsonl", "--format", "jsonl", "--min-words", "1"];
    place.clean(&few).assert().success().stderr(contains("few words"));
    assert_eq!(place.read("few.jsonl"), "");
    place.clean(&["in", "-o", "out", "--lang", "xx"]).assert().code(2).stderr(contains("--lang xx"));
}

#[test]
fn of_equal_texts_the_first_stays_whatever_the_threads() {
    let names: Vec<_> = (0..40).map(|i| format!("in/{i:02}.txt")).collect();
    let place = Place::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    place.write("in/20.txt", GERMAN);
    for jobs in ["1", "8"] {
        place.clean(&["in", "-o", jobs, "--dedup", "-j", jobs]).assert().success();
        assert_eq!(place.names(jobs), ["00.txt", "20.txt"]);
    }
}
