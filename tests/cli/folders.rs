//! Folders of articles: names, collisions, links, leftovers.

use super::place::*;
use std::fs;
use std::path::Path;

#[test]
fn a_folder_becomes_a_folder_of_the_same_shape() {
    let place = Place::with(&["in/a/b/page.txt", "in/a/page.html", "in/page.txt"]);
    place.clean(&["in", "-o", "out"]).assert().success().stdout("").stderr(contains("pages"));
    assert_eq!(place.names("out"), ["a/b/page.txt", "a/page.txt", "page.txt"]);
    assert_eq!(place.read("out/a/b/page.txt"), PAGE);
    place.clean(&["in", "-o", "md", "--format", "md", "-q"]).assert().success().stderr("");
    assert_eq!(place.names("md"), ["a/b/page.md", "a/page.md", "page.md"]);
}

#[test]
fn pages_that_want_one_name_are_told_apart() {
    let place = Place::with(&["x/page.htm", "x/page.html", "x/page.txt", "y/Page.txt"]);
    place.clean(&["x", "y", "-o", "out"]).assert().success();
    let names = ["Page.txt", "page.htm.txt", "page.html.txt", "page.txt.txt"];
    assert_eq!(place.names("out"), names);
    place.clean(&["y", "x", "-o", "again"]).assert().success();
    assert_eq!(place.tree("again"), place.tree("out"));
}

#[test]
fn the_output_folder_inside_the_input_folder_is_not_read() {
    let place = Place::with(&["in/page.txt"]);
    for _ in 0..2 {
        let args = ["in", "-o", "in/out", "--report", "in/r.jsonl", "--summary", "in/s.json"];
        place.clean(&args).assert().success();
        assert_eq!(place.json("in/s.json")["pages"], 1);
    }
    assert_eq!(place.names("in/out"), ["page.txt"]);
}

#[test]
fn no_partial_file_stays_and_old_ones_go() {
    let place = Place::with(&["in/page.txt", "out/.page.txt.dehusk.part", "out/old.txt"]);
    place.clean(&["in", "-o", "out", "--sync"]).assert().success();
    assert_eq!(place.names("out"), ["old.txt", "page.txt"]);
}

#[test]
fn a_report_in_the_output_folder_is_not_taken_for_a_leftover() {
    let place = Place::with(&["in/page.txt"]);
    let args = ["in", "-o", "out", "--report", "out/report.log", "--summary", "out/s.json"];
    place.clean(&args).assert().success();
    assert_eq!(place.names("out"), ["page.txt", "report.log", "s.json"]);
}

#[cfg(unix)]
#[test]
fn odd_names_are_read_written_and_escaped() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with(&["in/-dash.txt", "in/new\nline.txt", "in/ü b.txt", "-o.txt"]);
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"in/caf\xe9.txt"));
    fs::write(place.path().join(odd), PAGE).unwrap();
    place.clean(&["in", "-o", "out", "--format", "jsonl"]).assert().success();
    let paths: Vec<_> = place.lines("out").iter().map(|line| line["path"].clone()).collect();
    assert_eq!(paths, ["in/-dash.txt", "in/caf\\xe9.txt", "in/new\\nline.txt", "in/ü b.txt"]);
    place.clean(&["in", "-o", "tree"]).assert().success();
    assert_eq!(place.tree("tree").len(), 4);
    assert!(place.path().join("tree/new\nline.txt").is_file());
    // A backslash in a name is not taken for what stands for a line end.
    place.write("two/new\nline.txt", PAGE);
    place.write("two/new\\nline.txt", PAGE);
    place.clean(&["two", "-o", "out2", "--ledger", "led.jsonl"]).assert().success();
    let names: Vec<_> = place.lines("led.jsonl").iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["two/new\\nline.txt", "two/new\\\\nline.txt"]);
    place.clean(&["--", "-o.txt"]).assert().success().stdout(PAGE);
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_tree_loops_and_fifos_are_skipped_and_counted() {
    use std::os::unix::fs::symlink;
    let place = Place::with(&["in/page.txt", "secret.txt"]);
    let at = |name: &str| place.path().join("in").join(name);
    symlink("../secret.txt", at("escape.txt")).unwrap();
    symlink("..", at("up")).unwrap();
    symlink(".", at("loop")).unwrap();
    symlink("page.txt", at("twice.txt")).unwrap();
    let fifo = std::process::Command::new("mkfifo").arg(at("fifo")).status();
    assert!(fifo.unwrap().success());
    place.clean(&["in", "-o", "out", "--summary", "s.json"]).assert().success();
    assert_eq!(place.names("out"), ["page.txt"]);
    let skipped = &place.json("s.json")["skipped"];
    assert_eq!(skipped["link out of the tree"], 2);
    assert_eq!(skipped["duplicate"], 2);
    assert_eq!(skipped["not a regular file"], 1);
}
