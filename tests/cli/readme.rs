//! What the README shows of `explain` and `stats`: its commands run as written, and print what stands below them.

use assert_cmd::Command;

/// A command of the README, and the output that it shows, if it shows any.
fn examples(name: &str) -> Vec<(String, Option<String>)> {
    let readme = include_str!("../../README.md");
    let fences: Vec<&str> = readme.split("```").collect();
    let mut found = Vec::new();
    // What stands between fences has an odd number; the one after next is the output, with nothing said in between.
    for (at, block) in fences.iter().enumerate().filter(|(at, block)| at % 2 == 1 && block.starts_with("sh\n")) {
        let commands = block.lines().filter(|line| line.starts_with(&format!("dehusk {name} ")));
        let follows = fences.get(at + 1).is_some_and(|between| between.trim().is_empty());
        let shown = fences.get(at + 2).filter(|next| follows && next.starts_with("text\n"));
        found.extend(commands.map(|command| (command.to_owned(), shown.map(|text| text[5..].to_owned()))));
    }
    found
}

fn bears_out(name: &str, is_timed: impl Fn(&str) -> bool) {
    let out = tempfile::tempdir().unwrap();
    let examples = examples(name);
    assert!(examples.len() >= 3 && examples.iter().any(|(_, shown)| shown.is_some()), "{examples:?}");
    for (line, shown) in examples {
        let line = line.replace("target/", &format!("{}/", out.path().display()));
        let mut command = Command::cargo_bin("dehusk").unwrap();
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(line.split_whitespace().skip(1));
        let run = command.assert().success();
        let printed = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        let mut rest = printed.lines().map(str::trim_end);
        for wanted in shown.iter().flat_map(|shown| shown.lines()).filter(|line| *line != "[...]" && !is_timed(line)) {
            assert!(rest.any(|line| line == wanted), "{line} does not print {wanted:?} there");
        }
    }
}

#[test]
fn the_readme_shows_what_explain_prints() {
    bears_out("explain", |_| false);
}

#[test]
fn the_readme_shows_what_stats_prints_but_for_the_time() {
    bears_out("stats", |line| line.contains(" of input in "));
}
