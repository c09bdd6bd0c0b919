//! Standard input and output, pipes and devices.

use super::place::*;
use predicates::prelude::*;

#[test]
fn a_page_that_is_piped_in_comes_out() {
    for args in [&[][..], &["-"], &["-", "-"], &["-o", "-"]] {
        let run = Place::with(&[]).clean(args).write_stdin(PAGE).assert();
        run.success().stdout(PAGE).stderr("");
    }
}

#[test]
fn a_single_file_goes_to_standard_output() {
    let run = Place::with(&["a.txt"]).clean(&["a.txt"]).assert();
    run.success().stdout(PAGE).stderr("");
}

// Needs the real cleaner, of which an empty page comes out empty.
#[test]
fn a_single_page_without_an_article_says_why() {
    let place = Place::with(&["a.txt"]);
    let run = place.clean(&["a.txt", "--max-bytes", "10"]).assert();
    run.success().stdout("").stderr(contains("1 too large"));
    let run = place.clean(&["-"]).write_stdin("").assert();
    run.success().stdout("").stderr(contains("empty"));
}

#[test]
fn a_single_file_may_go_to_a_file() {
    let place = Place::with(&["a.txt"]);
    place.clean(&["a.txt", "-o", "new/b.txt"]).assert().success().stdout("");
    assert_eq!(place.read("new/b.txt"), PAGE);
}

/// Runs `dehusk ARGS` into a reader that goes away after a few bytes; the exit code, and what stands on standard error.
#[cfg(unix)]
fn into_head(place: &Place, args: &str) -> (String, String) {
    let program = assert_cmd::cargo::cargo_bin!("dehusk");
    let script = format!("'{}' {args} 2>err; echo $? >code", program.display());
    let shell = std::process::Command::new("sh")
        .current_dir(place.path())
        .args(["-c", &format!("({script}) | head -c 10 >/dev/null")])
        .status();
    assert!(shell.unwrap().success());
    (place.read("code"), place.read("err"))
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::with(&[]);
    let lines = (0..20_000).map(|i| format!("The bridge has stone {i}, laid with care.\n"));
    place.write("a.txt", lines.collect::<String>());
    assert_eq!(into_head(&place, "clean a.txt"), ("0\n".to_owned(), String::new()));
}

/// More lines of every output than a pipe holds.
#[cfg(unix)]
fn rows(place: &Place) {
    let row = |i| serde_json::json!({ "text": format!("{PAGE}\nThe bridge has stone {i}.\n\n{HUSK}\n") });
    place.write("in.jsonl", (0..3_000).map(|i| row(i).to_string() + "\n").collect::<String>());
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_costs_no_files() {
    let place = Place::with(&[]);
    rows(&place);
    let articles = "clean in.jsonl --quiet --format jsonl";
    place.clean(&["in.jsonl", "--format", "jsonl", "-o", "all.jsonl", "--ledger", "led.jsonl"]).assert().success();
    for (args, file) in [
        (format!("{articles} -o out.jsonl --ledger -"), "out.jsonl"),
        (format!("{articles} -o out/ --report -"), "out/in.jsonl"),
        (format!("{articles} -o out/ --report /dev/stdout"), "out/in.jsonl"),
        (format!("{articles} -o out2.jsonl.gz --ledger - --summary s.json"), "s.json"),
    ] {
        assert_eq!(into_head(&place, &args), ("0\n".to_owned(), String::new()), "{args}");
        match file {
            "s.json" => assert_eq!(place.json(file)["written"], 3_000),
            _ => assert!(place.read(file) == place.read("all.jsonl"), "{args}"),
        }
    }
    assert_eq!(place.names("out"), ["in.jsonl"]);
    // So it is when the articles are what nobody reads any more.
    let args = format!("{articles} --ledger led2.jsonl --summary s2.json");
    assert_eq!(into_head(&place, &args), ("0\n".to_owned(), String::new()));
    assert!(place.read("led2.jsonl") == place.read("led.jsonl"));
    assert_eq!(place.json("s2.json")["written"], 3_000);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_stops_no_fix() {
    let place = Place::with(&[]);
    place.write("in/a.html", format!("<body>{}</body>", format!("<p>{HUSK}</p>").repeat(2_000)));
    place.write("in/b.txt", format!("{PAGE}\n{HUSK}\n"));
    assert_eq!(into_head(&place, "check in --fix --quiet"), ("1\n".to_owned(), String::new()));
    assert_eq!(place.read("in/b.txt"), PAGE);
    assert_eq!(into_head(&place, "check in --quiet"), ("0\n".to_owned(), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_ends_the_run_with_one_message() {
    let place = Place::with(&["a.txt", "b.txt"]);
    let run = place.clean(&["a.txt", "b.txt", "--format", "jsonl", "-o", "/dev/full"]).assert();
    run.code(2).stderr(
        contains("error: cannot write /dev/full: No space left on device (os error 28)\n").and(contains("\n").count(1)),
    );
}
