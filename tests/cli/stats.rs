//! `dehusk stats`: counts that agree with a run of `clean`, whatever the threads.

use super::place::*;
use predicates::prelude::*;
use serde_json::Value;

/// Three sites of ten pages, each with a prompt; one page more is nothing but prompts.
fn corpus() -> Place {
    let place = Place::with(&[]);
    for site in ["east", "north", "west"] {
        for page in 0..10 {
            let story =
                format!("The ferry of {site} carried {page} carts over the river on Monday, said the harbour master.");
            place.write(&format!("in/{site}/{page}.txt"), format!("{PAGE}\n{story}\n\n{HUSK}\n"));
        }
    }
    place.write("in/west/empty.txt", format!("{HUSK}\n"));
    place
}

fn json(place: &Place, args: &[&str]) -> Value {
    let run = place.run("stats", args).assert().success().stderr("");
    let mut stats: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    // Times differ from run to run.
    stats["time"]["seconds"] = Value::Null;
    stats["time"]["estimated_seconds"] = Value::Null;
    stats
}

#[test]
fn the_counts_are_those_of_clean_and_nothing_is_written() {
    let place = corpus();
    let before = place.names("");
    let stats = json(&place, &["in", "--json"]);
    assert_eq!(place.names(""), before);
    place.clean(&["in", "-o", "out", "--summary", "s.json", "--report", "r.jsonl"]).assert().success();
    let summary = place.json("s.json");
    assert_eq!((&stats["pages"], &stats["inputs"]), (&31.into(), &31.into()));
    for outcome in ["written", "empty"] {
        assert_eq!(stats["outcomes"][outcome], summary[outcome], "{outcome}");
    }
    assert_eq!((&stats["total"]["words"], &stats["time"]["bytes"]), (&summary["words_in"], &summary["bytes"]));
    let words = summary["words_in"].as_u64().unwrap() - summary["words_out"].as_u64().unwrap();
    assert_eq!(stats["removed"]["words"], words);
    let families = stats["families"].as_array().unwrap();
    let login = families.iter().find(|part| part["name"] == "login").unwrap();
    assert_eq!((&login["pages"], &login["blocks"]), (&31.into(), &summary["removals"]["login"]));
    let rules = stats["rules"].as_array().unwrap();
    assert!(rules[0]["name"].as_str().unwrap().starts_with("login/"), "{rules:?}");
}

#[test]
fn the_records_of_a_container_count_as_pages_between_files() {
    let place = corpus();
    let pages: Vec<String> = (0..600).map(|page| format!("{PAGE}\nCart {page} was late.\n\n{HUSK}\n")).collect();
    let lines = pages.iter().map(|page| serde_json::json!({ "text": page }).to_string() + "\n");
    place.write("in/north/pages.jsonl", lines.collect::<String>());
    let stats = json(&place, &["in", "--json", "--jobs", "1"]);
    assert_eq!(json(&place, &["in", "--json", "--jobs", "3"]), stats);
    let counts = ["pages", "read", "inputs"].map(|count| stats[count].as_u64().unwrap());
    assert_eq!(counts, [631, 32, 32]);
    let alone = json(&place, &["in/north/pages.jsonl", "--json"]);
    std::fs::remove_file(place.path().join("in/north/pages.jsonl")).unwrap();
    let others = json(&place, &["in", "--json"]);
    for figure in ["words", "bytes"] {
        let of = |stats: &Value| stats["removed"][figure].as_u64().unwrap();
        assert_eq!(of(&stats), of(&alone) + of(&others), "{figure}");
    }
    place.run("stats", &["in"]).assert().success().stdout(contains("sample").not());
}

#[test]
fn the_bytes_of_standard_input_are_those_that_came() {
    let place = Place::with(&[]);
    let text = format!("{PAGE}\n{HUSK}\n");
    let run = place.run("stats", &["-", "--json"]).write_stdin(text.clone()).assert().success();
    let stats: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!((&stats["time"]["bytes"], &stats["time"]["bytes_read"]), (&text.len().into(), &text.len().into()));
}

#[test]
fn the_words_of_lists_and_of_what_is_written_in_other_scripts_are_those_of_clean_too() {
    let place = Place::with(&[]);
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages");
    let stats = json(&place, &[corpus, "--json"]);
    place.clean(&[corpus, "-o", "out", "--summary", "s.json"]).assert().success();
    let summary = place.json("s.json");
    assert_eq!(stats["total"]["words"], summary["words_in"]);
    let words = summary["words_in"].as_u64().unwrap() - summary["words_out"].as_u64().unwrap();
    assert_eq!(stats["removed"]["words"], words);
}

#[test]
fn sites_repeated_lines_and_emptied_pages_are_named() {
    let stats = json(&corpus(), &["in", "--json"]);
    let names: Vec<&str> = stats["sites"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["west/", "east/", "north/"]);
    let lines = stats["repeated"].as_array().unwrap();
    let of = |text: &str| lines.iter().find(|line| line["text"].as_str().unwrap().starts_with(text)).unwrap();
    let (husk, prose) = (of("Please refresh"), of("The council met"));
    assert_eq!((&husk["pages"], &husk["removed"]), (&31.into(), &31.into()));
    assert_eq!((&prose["pages"], &prose["removed"], &prose["rule"]), (&30.into(), &0.into(), &Value::Null));
    assert!(!lines.iter().any(|line| line["text"].as_str().unwrap().contains("carts")), "each stands on one page");
    let emptied = stats["emptied"].as_array().unwrap();
    assert_eq!((emptied.len(), &emptied[0]["path"]), (1, &"in/west/empty.txt".into()));
    assert_eq!(stats["most_cut"].as_array().unwrap().len(), 20);
}

#[test]
fn the_host_of_a_page_and_its_language_are_what_it_states() {
    let place = Place::with(&[]);
    let page = |host: &str, lang: &str| {
        format!(
            "<html lang={lang}><head><link rel=canonical href=\"https://www.{host}/a\"></head><body><article><p>{}</p></article></body></html>",
            PAGE.trim_end().replace("\n\n", "</p><p>")
        )
    };
    place.write("in/1.html", page("one.example", "en-GB"));
    place.write("in/2.html", page("two.example", "en"));
    let stats = json(&place, &["in", "--json"]);
    let name = |list: &str, at: usize| stats[list][at]["name"].as_str().unwrap().to_owned();
    assert_eq!([name("sites", 0), name("sites", 1)], ["one.example", "two.example"]);
    assert_eq!((name("languages", 0), &stats["languages"][0]["pages"]), ("en".to_owned(), &2.into()));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let place = corpus();
    let one = json(&place, &["in", "--json", "-j", "1"]);
    assert_eq!(json(&place, &["in", "--json", "-j", "8"]), one);
}

#[test]
fn a_sample_is_the_same_each_time_and_estimates_the_time_for_all() {
    let place = corpus();
    let args = ["in", "--json", "--sample", "7"];
    let sample = json(&place, &args);
    let counts = ["pages", "read", "inputs"].map(|count| sample[count].as_u64());
    assert_eq!(counts, [Some(7), Some(7), Some(31)]);
    let bytes = |name: &str| sample["time"][name].as_u64().unwrap();
    assert!(bytes("bytes_read") < bytes("bytes"));
    assert_eq!(json(&place, &args), sample);
    let run = place.run("stats", &["in", "--sample", "7"]).assert().success();
    run.stdout(contains("7 pages of a sample, 7 of 31 inputs").and(contains("would take about")));
}

#[test]
fn the_tables_say_what_goes_where() {
    let place = corpus();
    let run = place.run("stats", &["in", "--top", "3"]).assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for title in
        ["Removed, by family", "Removed, by rule", "By site", "By language", "Lines on most pages", "Emptied pages"]
    {
        assert!(text.contains(&format!("\n{title}\n")), "{title} is missing:\n{text}");
    }
    assert!(text.starts_with("31 pages: 1 empty, 30 written\n"), "{text}");
    place
        .run("stats", &["in/west/empty.txt"])
        .assert()
        .success()
        .stdout(predicates::str::starts_with("1 page: 1 empty\n"));
    let sites = text.split("By site\n").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(sites.lines().count(), 4, "a head and three sites");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn the_page_for_the_browser_asks_for_nothing_and_escapes_what_pages_say() {
    let place = Place::with(&[]);
    for page in 0..3 {
        place.write(&format!("in/{page}.txt"), format!("{PAGE}\nThe tag <b onclick=x> is & was not seen by anyone.\n"));
    }
    place.run("stats", &["in", "--html", "stats.html"]).assert().success().stdout("");
    let page = place.read("stats.html");
    assert!(page.contains("&lt;b onclick=x&gt; is &amp; was") && !page.contains("<b onclick"));
    assert!(page.contains("default-src 'none'"));
    for loads in ["src=", "href=", "url(", "@import"] {
        assert!(!page.contains(loads), "{loads}");
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_named() {
    let place = corpus();
    let run = place.run("stats", &["in", "none.txt", "--json"]).assert().code(1);
    let run = run.stderr(contains("none.txt: cannot read"));
    let stats: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!((&stats["outcomes"]["failed"], &stats["failures"][0]["path"]), (&1.into(), &"none.txt".into()));
    for (args, says) in [
        (&["in", "--json", "--html", "-"][..], "standard output"),
        (&["in", "--sample", "0"], "sample"),
        (&["in/east/0.txt", "--html", "in/east/0.txt"], "would replace the input"),
    ] {
        place.run("stats", args).assert().code(2).stdout("").stderr(contains(says));
    }
}
