//! What is read: lists, patterns, what is missing.

use super::place::*;
use predicates::prelude::*;
use std::fs;

#[test]
fn a_list_of_files_is_read_from_a_file_or_standard_input() {
    let place = Place::with(&["a/1.txt", "a/2.txt", "b/1.txt", "b/2.txt"]);
    place.write("list", "a/1.txt\r\n\nb/1.txt\na/1.txt\n");
    place.clean(&["--files-from", "list", "-o", "out"]).assert().success();
    assert_eq!(place.names("out"), ["a/1.txt", "b/1.txt"]);
    let mut piped = place.clean(&["b/2.txt", "--files-from", "-", "-o", "more"]);
    piped.write_stdin("a/2.txt\0b/1.txt\0").assert().success();
    assert_eq!(place.names("more"), ["a/2.txt", "b/1.txt", "b/2.txt"]);
}

#[test]
fn a_pattern_that_the_shell_left_is_expanded() {
    let place = Place::with(&["in/a.html", "in/x/y/b.html", "in/x/c.txt", "in/[d].txt"]);
    place.clean(&["in/**/*.html", "-o", "out"]).assert().success();
    assert_eq!(place.names("out"), ["a.txt", "x/y/b.txt"]);
    place.clean(&["in/*", "-o", "all"]).assert().success();
    assert_eq!(place.names("all"), ["[d].txt", "a.txt", "x/c.txt", "x/y/b.txt"]);
    place.clean(&["in/[d].txt"]).assert().success().stdout(PAGE);
    let none = place.clean(&["in/*.pdf", "-o", "none"]).assert().code(1);
    none.stderr(contains("in/*.pdf").and(contains("no file matches")));
}

#[test]
fn a_missing_input_fails_and_the_others_are_written() {
    let place = Place::with(&["a.txt"]);
    let run = place.clean(&["none.txt", "a.txt", "-o", "out", "--summary", "s.json"]).assert();
    run.code(1).stderr(contains("dehusk: none.txt: cannot read"));
    assert_eq!(place.names("out"), ["a.txt"]);
    assert_eq!(place.json("s.json")["failed"]["i/o"], 1);
    place.clean(&["none.txt"]).assert().code(1).stdout("");
}

#[test]
fn many_failures_are_named_up_to_twenty() {
    let place = Place::with(&[]);
    place.write("list", (0..25).map(|i| format!("none{i}\n")).collect::<String>());
    let run = place.clean(&["--files-from", "list", "-o", "out", "-q"]).assert().code(1);
    run.stderr(contains("cannot read").count(20).and(contains("and 5 more")));
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let place = Place::with(&[]);
    fs::create_dir(place.path().join("in")).unwrap();
    place.clean(&["in", "-o", "out"]).assert().success().stderr(contains("nothing was found"));
}
