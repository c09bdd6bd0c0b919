//! `dehusk eval`: gold in its forms, scores, gates and comparisons.

use super::place::*;
use assert_cmd::Command;
use serde_json::Value;

fn eval(place: &Place, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).arg("eval").args(args);
    command
}

fn json(place: &Place, args: &[&str]) -> Value {
    let output = eval(place, args).arg("--json").assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

fn said(mut command: Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).unwrap()
}

/// Two pages that come out as they are, and one with a line of husk.
fn pages() -> Place {
    let place = Place::with(&["pages/a.txt", "pages/b.txt", "pages/c.txt"]);
    for name in ["a", "b"] {
        place.write(&format!("gold/{name}.txt"), place.read(&format!("pages/{name}.txt")));
    }
    place.write("gold/c.txt", place.read("pages/c.txt"));
    let with_husk = format!("{}\n{HUSK}\n", place.read("pages/c.txt"));
    place.write("pages/c.txt", with_husk);
    place
}

#[test]
fn pages_that_become_their_gold_score_one() {
    let place = pages();
    let run = json(&place, &["--gold", "gold", "pages"]);
    let all = &run["groups"][0];
    assert_eq!((&all["name"], &all["pages"], &all["missing"]), (&"all".into(), &3.into(), &0.into()));
    assert_eq!((all["f1"].as_f64(), all["shingle_f1"].as_f64()), (Some(1.0), Some(1.0)));
    assert_eq!((&all["lines_lost"], &all["husk"], &all["husk_left"]), (&0.into(), &1.into(), &0.into()));
    let ids: Vec<_> = run["pages"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[test]
fn gold_is_a_folder_of_wcxb_or_lines_of_json_too() {
    let place = pages();
    let mut lines = String::new();
    for name in ["a", "b", "c"] {
        let text = place.read(&format!("gold/{name}.txt"));
        let wcxb = serde_json::json!({"ground_truth": {"main_content": text},
                                      "_internal": {"page_type": {"primary": if name == "c" { "category" } else { "article" }}}});
        place.write(&format!("truth/{name}.json"), wcxb.to_string());
        lines += &(serde_json::json!({"id": name, "text": text}).to_string() + "\n");
    }
    place.write("gold.jsonl", lines);
    let typed = json(&place, &["--gold", "truth", "pages"]);
    let groups: Vec<_> =
        typed["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert_eq!(groups, ["all", "article", "collection"]);
    let plain = json(&place, &["--gold", "gold.jsonl", "pages"]);
    assert_eq!(plain["groups"][0], typed["groups"][0]);
}

#[test]
fn marked_lines_say_what_is_husk() {
    let place = Place::with(&[]);
    let prose = "The mill by the river was sold on Monday to a baker from the next town, who wants to grind again.";
    place.write("pages/a.txt", format!("{prose}\n{HUSK}\nSold\n"));
    let line = |text: &str, keep: bool| serde_json::json!({"text": text, "keep": keep});
    // A reader marked "Sold" as husk, which nothing can know.
    let gold = serde_json::json!({"id": "a", "lines": [line(prose, true), line(HUSK, false), line("Sold", false)]});
    place.write("gold.jsonl", gold.to_string());
    let all = &json(&place, &["--gold", "gold.jsonl", "pages"])["groups"][0];
    assert_eq!((&all["husk"], &all["husk_left"], &all["lines_lost"]), (&2.into(), &1.into(), &0.into()));
}

#[test]
fn texts_that_are_there_already_are_scored_as_they_are() {
    let place = Place::with(&[]);
    place.write("gold/x/a.txt", "one two three four five\n");
    place.write("gold/x/b.txt", "six seven\n");
    place.write("texts/x/a.txt", "one two three four\nMenu\n");
    let run = json(&place, &["--gold", "gold", "--texts", "texts"]);
    let page = &run["pages"][0];
    assert_eq!(page["words"], serde_json::json!({"shared": 4, "found": 5, "wanted": 5}));
    assert_eq!(page["shingles"], serde_json::json!({"shared": 1, "found": 2, "wanted": 2}));
    assert_eq!((page["husk"].is_null(), &page["husk_left"]), (true, &1.into()), "the first line is a part of the gold");
    // b has no text: it counts as empty.
    assert_eq!((&run["pages"][1]["missing"], run["groups"][0]["f1"].as_f64()), (&true.into(), Some(0.4)));
    place.write("texts.jsonl", "{\"path\": \"x/a.html\", \"text\": \"one two three four\\nMenu\"}\n");
    assert_eq!(json(&place, &["--gold", "gold", "--texts", "texts.jsonl"])["pages"], run["pages"]);
}

#[test]
fn a_gate_that_is_not_reached_ends_with_one() {
    let place = Place::with(&[]);
    place.write("gold/a.txt", "one two three four\n");
    place.write("texts/a.txt", "one two\n");
    // Precision 1, recall 1/2, F1 2/3.
    eval(&place, &["--gold", "gold", "--texts", "texts", "--min-f1", "0.66"]).assert().success();
    let complaint = said(eval(&place, &["--gold", "gold", "--texts", "texts", "--min-f1", "0.67"]), 1);
    assert!(complaint.contains("the word F1 is 0.6667, below --min-f1 0.67"), "{complaint}");
}

#[test]
fn the_table_names_the_worst_pages_first() {
    let place = Place::with(&[]);
    for (id, gold, text) in [("a", "one two", "one two"), ("b", "one two", "one"), ("c", "one two", "three")] {
        place.write(&format!("gold/{id}.txt"), gold);
        place.write(&format!("texts/{id}.txt"), text);
    }
    let output = eval(&place, &["--gold", "gold", "--texts", "texts"]).assert().success().get_output().stdout.clone();
    let table = String::from_utf8(output).unwrap();
    let worst: Vec<&str> = table.lines().skip_while(|line| !line.contains("worst pages")).skip(1).collect();
    assert_eq!(worst, ["0.0000     0.0000  0.0000  c", "0.6667     1.0000  0.5000  b"], "{table}");
    assert!(table.contains("of 6 words 50.000 % are lost; a line is lost on 66.7 % of the pages"), "{table}");
}

#[test]
fn a_saved_run_says_what_got_better_and_worse() {
    let place = Place::with(&[]);
    for id in ["a", "b", "c"] {
        place.write(&format!("gold/{id}.txt"), "one two three four");
        place.write(&format!("texts/{id}.txt"), "one two");
    }
    eval(&place, &["--gold", "gold", "--texts", "texts", "--save", "run.json"]).assert().success();
    place.write("texts/a.txt", "one two three four");
    place.write("texts/b.txt", "one");
    let args = ["--gold", "gold", "--texts", "texts", "--compare", "run.json"];
    let comparison = json(&place, &args)["comparison"].take();
    assert_eq!((&comparison["better"], &comparison["worse"], &comparison["same"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(comparison["pages"][0]["id"], "b");
    let output = eval(&place, &args).assert().success().get_output().stdout.clone();
    let table = String::from_utf8(output).unwrap();
    assert!(table.contains("pages: 1 better, 1 worse, 1 the same"), "{table}");
    // The run may be saved over the one that it is compared with.
    eval(&place, &args).args(["--save", "run.json"]).assert().success();
    assert_eq!(json(&place, &args)["comparison"]["same"], 3);
}

#[test]
fn pages_without_gold_and_gold_without_pages_are_named() {
    let place = pages();
    place.write("gold/lost.txt", "A page that is not there.");
    place.write("pages/extra.txt", "A page that nobody labelled.");
    let complaint = said(eval(&place, &["--gold", "gold", "pages"]), 0);
    assert!(complaint.contains("not in the gold and not scored: 1 page, such as pages/extra.txt"), "{complaint}");
    assert!(complaint.contains("counted as empty: 1 page, such as lost"), "{complaint}");
}

#[test]
fn a_page_that_fails_counts_as_empty_and_ends_with_one() {
    let place = pages();
    place.write("pages/a.txt", b"\x1f\x8b\x08\x00 cut short");
    let complaint = said(eval(&place, &["--gold", "gold", "pages"]), 1);
    assert!(complaint.contains("pages/a.txt: "), "{complaint}");
}

#[test]
fn what_cannot_be_scored_is_refused_with_the_remedy() {
    let place = pages();
    place.write("other/x.txt", "gold of other pages");
    place.write("run.json", "{}");
    place.write("more/a.txt", "the same page again");
    for (args, says) in [
        (&["pages"][..], "--gold"),
        (&["--gold", "gold"], "PATH"),
        (&["--gold", "gold", "pages", "--texts", "pages"], "--texts"),
        (&["--gold", "absent", "pages"], "absent"),
        (&["--gold", "other", "pages"], "names and ids differ"),
        (&["--gold", "gold", "pages", "--compare", "run.json"], "no run that `--save` wrote"),
        (&["--gold", "gold", "pages", "more"], "are both the page \"a\""),
        (&["--gold", "gold", "pages", "--min-f1", "2"], "0 to 1"),
        (&["--gold", "gold", "pages", "--save", "-", "--json"], "name a file for the run"),
    ] {
        let complaint = said(eval(&place, args), 2);
        assert!(complaint.contains(says), "{args:?}: {complaint}");
    }
}

#[test]
fn the_scores_are_the_same_whatever_the_threads() {
    let place = pages();
    let run = |jobs: &str| json(&place, &["--gold", "gold", "pages", "--jobs", jobs]);
    assert_eq!(run("1"), run("4"));
}
