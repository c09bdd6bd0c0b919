//! README.md as its reader meets it: every command in it is run as it is written, in a copy of this folder.
//!
//! Blocks of `sh` run as one script that stops at the first command that fails. In blocks of `console` each command stands
//! after a `$`, and what follows is what it prints on both streams; `...` stands for any lines, `[..]` for any characters
//! of one, and `? 1` on the first line for an exit code. The files that the text shows (a block that begins with
//! `# NAME.toml` or `# NAME.txt`) are there. What is not run is named in [`NOT_RUN`], with the reason.

#![cfg(all(feature = "cli", unix))]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Commands that are not run as they stand: how they begin, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("scripts/test", "runs this test"),
    ("cargo install --path .", "builds everything once more and puts it in the reader's own folder"),
];

/// Built by Cargo already, so that the rest of the line is run with the command of the tests.
const CARGO_RUN: &str = "cargo run --release -- ";

/// The first page that the text shows, and the article of it that comes next.
const FIRST_PAGE: &str = "ferry.txt";

struct Block<'a> {
    language: &'a str,
    line: usize,
    content: &'a str,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut open, mut at) = (Vec::new(), None, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match (line.trim_end().strip_prefix("```"), open) {
            (Some(language), None) => open = Some((language, number + 1, at + line.len())),
            (Some(_), Some((language, line, start))) => {
                blocks.push(Block { language, line, content: &text[start..at] });
                open = None;
            }
            (None, _) => {}
        }
        at += line.len();
    }
    assert!(open.is_none(), "every block ends");
    blocks
}

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// A copy of what the commands read, with the files that the text shows.
fn folder(blocks: &[Block<'_>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in walkdir::WalkDir::new(&corpus) {
        let path = entry.unwrap().into_path();
        let target = folder.path().join("corpus").join(path.strip_prefix(&corpus).unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
    for block in blocks.iter().filter(|block| matches!(block.language, "toml" | "text")) {
        let name = block.content.lines().next().and_then(|line| line.strip_prefix("# "));
        if let Some(name) = name.filter(|name| !name.contains(' ') && Path::new(name).extension().is_some()) {
            fs::write(folder.path().join(name), block.content).unwrap();
        }
    }
    fs::create_dir(folder.path().join("target")).unwrap();
    let page = blocks.iter().find(|block| block.language == "text").expect("the text begins with a page");
    fs::write(folder.path().join(FIRST_PAGE), page.content).unwrap();
    folder
}

/// Runs a script as a shell does, with `dehusk` on its path; what it prints on both streams, and its exit code.
fn run(script: &str, folder: &Path) -> (String, Option<i32>) {
    let built = Path::new(env!("CARGO_BIN_EXE_dehusk")).parent().unwrap();
    let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    let output = shell.arg("-ec").arg(format!("exec 2>&1\n{script}")).current_dir(folder).env("PATH", path).output();
    let output = output.unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

/// The lines of a block that are run, as they are run.
fn script(block: &str) -> String {
    let is_run = |line: &&str| !NOT_RUN.iter().any(|(begin, _)| line.starts_with(begin));
    let lines = block.lines().filter(is_run).map(|line| line.replacen(CARGO_RUN, "dehusk ", 1));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_command_runs_as_it_is_written() {
    let text = readme();
    let blocks = blocks(&text);
    let folder = folder(&blocks);
    let mut commands = 0;
    for block in blocks.iter().filter(|block| block.language == "sh") {
        let script = script(block.content);
        commands += script.lines().filter(|line| line.contains("dehusk ")).count();
        let (said, code) = run(&script, folder.path());
        assert_eq!(code, Some(0), "README.md:{}: {script}\n{said}", block.line);
    }
    assert!(commands >= 15, "only {commands} commands were found");
}

#[test]
fn every_command_prints_what_the_text_says() {
    let text = readme();
    let blocks = blocks(&text);
    let folder = folder(&blocks);
    let mut commands = 0;
    for block in blocks.iter().filter(|block| block.language == "console") {
        for command in block.content.split("$ ").skip(1) {
            let (command, expected) = command.split_once('\n').unwrap_or((command, ""));
            let (code, expected) = match expected.strip_prefix("? ").and_then(|rest| rest.split_once('\n')) {
                Some((code, expected)) => (code.parse().unwrap(), expected),
                None => (0, expected),
            };
            let (said, found) = run(&script(command), folder.path());
            commands += 1;
            assert_eq!(found, Some(code), "README.md:{}: {command}\n{said}", block.line);
            let (expected, said): (Vec<_>, Vec<_>) = (expected.lines().collect(), said.lines().collect());
            assert!(
                lines_fit(&expected, &said),
                "README.md:{}: {command}\n  says:\n{}\n  prints:\n{}",
                block.line,
                expected.join("\n"),
                said.join("\n")
            );
        }
    }
    assert!(commands >= 3, "only {commands} commands were found");
}

#[test]
fn the_first_page_becomes_the_article_that_the_text_shows() {
    let text = readme();
    let blocks = blocks(&text);
    let folder = folder(&blocks);
    let mut shown = blocks.iter().filter(|block| block.language == "text").map(|block| block.content);
    let article = shown.nth(1).unwrap();
    assert_eq!(run(&format!("dehusk clean {FIRST_PAGE}"), folder.path()), (article.to_owned(), Some(0)));
}

#[test]
fn what_is_not_run_is_still_there() {
    let text = readme();
    for (begin, why) in NOT_RUN {
        assert!(text.lines().any(|line| line.starts_with(begin)), "{begin} ({why}) is in README.md no more");
    }
}

/// True when the lines are those that are expected; trailing spaces aside, which no reader sees.
fn lines_fit(expected: &[&str], said: &[&str]) -> bool {
    match expected.split_first() {
        None => said.is_empty(),
        Some((&"...", rest)) => (0..=said.len()).any(|skipped| lines_fit(rest, &said[skipped..])),
        Some((first, rest)) => {
            said.split_first().is_some_and(|(line, said)| fits(first, line) && lines_fit(rest, said))
        }
    }
}

fn fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.trim_end().split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.trim_end().strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() { rest.rfind(part) } else { rest.find(part) };
        let Some(at) = at else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn wildcards_stand_for_characters_and_lines() {
    assert!(fits("a [..] c", "a b b c"));
    assert!(fits("a[..]", "a"));
    assert!(!fits("a [..] c", "a b d"));
    assert!(!fits("a", "a b"));
    assert!(lines_fit(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(lines_fit(&["..."], &[]));
    assert!(!lines_fit(&["a", "..."], &["b"]));
}
