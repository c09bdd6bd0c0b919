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

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::with(&[]);
    let lines = (0..20_000).map(|i| format!("The bridge has stone {i}, laid with care.\n"));
    place.write("a.txt", lines.collect::<String>());
    let program = assert_cmd::cargo::cargo_bin!("dehusk");
    let script = format!("'{}' clean a.txt 2>err; echo $? >code", program.display());
    let shell = std::process::Command::new("sh")
        .current_dir(place.path())
        .args(["-c", &format!("({script}) | head -c 10 >/dev/null")])
        .status();
    assert!(shell.unwrap().success());
    assert_eq!((place.read("code"), place.read("err")), ("0\n".to_owned(), String::new()));
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
