//! Help, version and what is refused.

use super::place::*;
use assert_cmd::Command;
use predicates::prelude::*;

#[test]
fn help_groups_the_options_and_gives_examples() {
    let help = Place::with(&[]).clean(&["--help"]).assert().success();
    let text = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    for part in ["Input:", "Output:", "What is removed:", "Run:", "Examples:", "Exit codes:"] {
        assert!(text.contains(part), "{part}");
    }
    for format in dehusk::output::OUTPUTS {
        assert!(text.contains(format.about), "{}", format.name);
    }
}

#[test]
fn version_is_told() {
    let mut command = Command::cargo_bin("dehusk").unwrap();
    let version = concat!("dehusk ", env!("CARGO_PKG_VERSION"), "\n");
    command.arg("--version").assert().success().stdout(version);
}

#[test]
fn wrong_options_are_usage_errors() {
    let place = Place::with(&["a.txt", "b.txt", "in/a.txt"]);
    for (args, says) in [
        (&["--format", "pdf", "a.txt"][..], "jsonl"),
        (&["--max-bytes", "lots", "a.txt"], "64MiB"),
        (&["a.txt", "b.txt"], "-o DIR"),
        (&["in"], "-o DIR"),
        (&["a.txt", "b.txt", "-o", "out.txt"], "out.txt/"),
        (&["a.txt", "-o", "out.jsonl"], "--format jsonl"),
        (&["a.txt", "-o", "out.jsonl.zst"], "--format jsonl"),
        (&["a.txt", "-o", "out.txt.gz"], "--format jsonl"),
        (&["in", "-o", "in"], "input folder itself"),
        (&["in", "-o", "in/../in/"], "input folder itself"),
        (&["a.txt", "-o", "."], "would replace the input"),
        (&["a.txt", "-o", "a.txt"], "would replace the input"),
        (&["a.txt", "-o", "out", "--report", "a.txt"], "would replace the input"),
        (&["a.txt", "--report", "-"], "standard output"),
        (&["a.txt", "--report", "x", "--summary", "x"], "different files"),
        (&["a.txt", "--report", "x", "--summary", "in/../x"], "different files"),
        (&["in", "-o", "out", "--report", "in/a.txt"], "stands among the pages"),
        (&["in", "-o", "out", "--report", "out/a.txt"], "name of an article"),
        (&["a.txt", "-j", "100000"], "256"),
        (&["a.txt", "--format", "jsonl", "--with-title"], "leave it out, jsonl has a place for the title"),
        (&["a.txt", "--format", "md", "--with-title"], "leave it out, md has a place for the title"),
        (&["a.txt", "--max-bytes", "17179869184GiB"], "4GiB"),
        (&["-", "--files-from", "-"], "standard input"),
        (&["a.txt", "--keep", "none.txt"], "none.txt"),
        (&["a.txt", "--rules", "none.toml"], "none.toml"),
        (&["--files-from", "none.lst"], "none.lst"),
    ] {
        let run = place.clean(args).assert().code(2);
        run.stdout("").stderr(contains(says).and(contains("error: ")));
    }
    assert_eq!(place.read("a.txt"), PAGE);
    assert_eq!(place.names(""), ["a.txt", "b.txt", "in/a.txt"]);
}

#[test]
fn what_one_option_makes_of_no_effect_is_refused_beside_it() {
    let place = Place::with(&["a.txt"]);
    for (args, other) in [
        (&["--write-baseline", "-o", "f"][..], "--output <FILE>"),
        (&["--write-baseline", "--format", "json"], "--format <FORMAT>"),
        (&["--write-baseline", "--max-findings", "1"], "--max-findings <N>"),
        (&["--write-baseline", "--max-share", "1%"], "--max-share <SHARE>"),
        (&["--diff", "--format", "sarif", "-o", "f"], "--format <FORMAT>"),
    ] {
        let run = place.check(&["a.txt", "--baseline", "base.json"]).args(args).assert().code(2);
        run.stdout("").stderr(
            contains(&format!("cannot be used with '{other}'")).or(contains(&format!("'{other}' cannot be used with"))),
        );
    }
    place.check(&["a.txt", "--diff", "-o", "f"]).assert().success();
    assert_eq!(place.names(""), ["a.txt", "f"]);
}

/// What stands among the pages and was not written by the program is one of them, whatever its name.
#[test]
fn no_output_replaces_what_is_read() {
    let place = Place::with(&["in/a.txt", "gold/a.txt"]);
    place.write("in/prompt.txt", format!("{PAGE}\n{HUSK}\n"));
    let crawl = "{\"text\":\"The bridge is open again.\"}\n";
    place.write("in/train.jsonl", crawl);
    let about = "An article about dehusk, a program that takes the husk from pages.\n";
    place.write("in/about.txt", about);
    for args in [
        &["clean", "in", "-o", "out", "--report", "in/train.jsonl"][..],
        &["clean", "in", "-o", "out", "--ledger", "./in/train.jsonl"],
        &["clean", "in", "-o", "out", "--report", "in/about.txt", "--format", "jsonl"],
        &["clean", "in", "-o", "in/train.jsonl", "--format", "jsonl"],
        &["clean", "in/*", "-o", "in/train.jsonl", "--format", "jsonl"],
        &["check", "in", "-o", "in/a.txt"],
        &["check", "in/a.txt", "-o", "in/a.txt"],
        &["check", "in", "--baseline", "in/a.txt", "--write-baseline"],
        &["stats", "in", "--html", "in/a.txt"],
        &["eval", "in", "--gold", "gold", "--save", "gold/a.txt"],
        &["eval", "in", "--gold", "gold", "--save", "in/a.txt"],
    ] {
        place.run(args[0], &args[1..]).assert().code(2).stdout("").stderr(contains("would replace the input"));
    }
    assert_eq!((place.read("in/a.txt"), place.read("in/train.jsonl")), (PAGE.to_owned(), crawl.to_owned()));
    assert_eq!(place.read("in/about.txt"), about);
    assert_eq!(place.names(""), ["gold/a.txt", "in/a.txt", "in/about.txt", "in/prompt.txt", "in/train.jsonl"]);
    // What an earlier run left there may be replaced, and is not read.
    for _ in 0..2 {
        place.clean(&["in", "-o", "in/all.jsonl", "--format", "jsonl", "--report", "in/cuts.jsonl"]).assert().success();
        assert_eq!(place.lines("in/all.jsonl").len(), 4);
    }
    for _ in 0..2 {
        for format in dehusk::check::report::REPORTS {
            place.check(&["in", "--format", format.name, "-o", "in/found"]).assert().code(1);
        }
        place.run("stats", &["in", "--html", "in/stats.html"]).assert().success();
    }
}

#[test]
fn a_mistyped_name_costs_no_articles() {
    let place = Place::with(&["a.txt"]);
    let run = |name: &str| place.clean(&[name, "-o", "all.jsonl", "--format", "jsonl"]).assert();
    run("a.txt").success();
    let articles = place.read("all.jsonl");
    run("b.txt").code(1).stderr(contains("b.txt: cannot read"));
    assert_eq!(place.read("all.jsonl"), articles);
}
