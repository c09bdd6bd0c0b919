//! `dehusk check`: what is found, in which format, what is forgiven, fixed and left out.

use super::packed::gzip;
use super::place::*;
use predicates::prelude::*;
use serde_json::Value;
use std::process::Command as Process;

/// Ten prompts that no article holds, each with the line of the file on which it is planted.
const PROMPTS: [(&str, &str); 10] = [
    ("Please refresh the page to be logged in", "login/"),
    ("Thank you for registering", "login/"),
    ("Join our commenting forum", "comments/"),
    ("Sign up for our newsletter", "newsletter/"),
    ("Share this article", "share/"),
    ("Skip to content", "navigation/"),
    ("JavaScript is disabled in your browser", "scripts/"),
    ("Subscribe to continue reading", "paywall/"),
    ("Advertisement", "ads/"),
    ("View image in fullscreen", "gallery/"),
];

/// A repository of 200 texts, every twentieth of which has a prompt at its end.
fn corpus() -> Place {
    let place = Place::with(&[]);
    for file in 0..200 {
        let planted = (file % 20 == 7).then(|| PROMPTS[file / 20].0);
        let line = planted.map(|prompt| format!("\n{prompt}\n")).unwrap_or_default();
        let text = format!(
            "Notes of day {file}\n\n{PAGE}\nThe ferry made {file} crossings that day, and nobody waited long.\n{line}"
        );
        place.write(&format!("texts/{:02}/{file:03}.txt", file % 7), text);
    }
    place
}

fn json(place: &Place, args: &[&str], code: i32) -> Value {
    let run = place.check(args).args(["--format", "json"]).assert().code(code);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

fn stdout(place: &Place, args: &[&str], code: i32) -> String {
    let run = place.check(args).assert().code(code);
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn ten_planted_prompts_are_found_and_nothing_else() {
    let place = corpus();
    let report = json(&place, &["texts"], 1);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 10);
    let mut found: Vec<(&str, &str)> =
        findings.iter().map(|f| (f["text"].as_str().unwrap(), f["family"].as_str().unwrap())).collect();
    let mut planted: Vec<(&str, &str)> =
        PROMPTS.iter().map(|(text, family)| (*text, &family[..family.len() - 1])).collect();
    found.sort();
    planted.sort();
    assert_eq!(found, planted);
    for finding in findings {
        let text = place.read(finding["path"].as_str().unwrap());
        let at = |field: &str| finding[field].as_u64().unwrap() as usize;
        assert_eq!(text[at("start")..at("end")], *finding["text"].as_str().unwrap());
        assert_eq!(text.lines().nth(at("line") - 1).unwrap(), finding["text"].as_str().unwrap());
        assert_eq!((at("column"), at("end_line")), (1, at("line")));
    }
    assert_eq!((&report["summary"]["files"], &report["summary"]["files_with_findings"]), (&200.into(), &10.into()));
    place.check(&["texts"]).assert().code(1).stderr("dehusk: 10 findings in 10 of 200 files\n");
}

#[test]
fn a_corpus_without_husk_passes_in_silence() {
    let place = Place::with(&["a.txt", "b/c.txt"]);
    place.check(&["."]).assert().success().stdout("").stderr("dehusk: no findings in 2 files\n");
    place.check(&[".", "-q"]).assert().success().stdout("").stderr("");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let place = corpus();
    let one = stdout(&place, &["texts", "-j", "1"], 1);
    for jobs in ["2", "8"] {
        assert_eq!(stdout(&place, &["texts", "-j", jobs], 1), one);
    }
}

#[test]
fn a_baseline_forgives_what_was_there_and_names_what_is_stale() {
    let place = corpus();
    let base = ["texts", "--baseline", "base.json"];
    place.check(&base).assert().code(2).stderr(contains("make it with --write-baseline"));
    place.check(&base).arg("--write-baseline").assert().success().stderr("dehusk: 10 findings in base.json\n");
    let written = place.read("base.json");
    place.check(&base).assert().success().stdout("").stderr(contains("10 forgiven"));

    // A line that moves is still forgiven; one new prompt is not.
    let moved = place.read("texts/00/007.txt");
    place.write("texts/00/007.txt", format!("One line more\n\n{moved}"));
    place.check(&base).assert().success();
    place.write("texts/01/008.txt", format!("{PAGE}\n{HUSK}\n"));
    let report = json(&place, &base, 1);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["path"], "texts/01/008.txt");
    // The same line in the same file once more is one more.
    place.write("texts/01/008.txt", PAGE);
    place.write("texts/00/007.txt", format!("{moved}\n{}\n", PROMPTS[0].0));
    assert_eq!(json(&place, &base, 1)["findings"].as_array().unwrap().len(), 1);

    // One that is gone is stale and fails nothing, be the line gone or the file.
    place.write("texts/00/007.txt", PAGE);
    let stale = json(&place, &base, 0);
    assert_eq!(stale["summary"]["stale"][0]["path"], "texts/00/007.txt");
    place.check(&base).assert().success().stdout(contains("stale entry")).stderr(contains("1 stale entry"));
    std::fs::remove_file(place.path().join("texts/00/007.txt")).unwrap();
    assert_eq!(json(&place, &base, 0)["summary"]["stale"].as_array().unwrap().len(), 1);
    // Entries of files that were not looked at are not stale, and stay when the baseline is written anew.
    let part = ["texts/01", "--baseline", "base.json"];
    place.write("texts/00/007.txt", PAGE);
    assert_eq!(json(&place, &part, 0)["summary"]["stale"].as_array().unwrap().len(), 0);
    place.check(&part).arg("--write-baseline").assert().success();
    assert_eq!(place.read("base.json"), written);
    place.check(&base).arg("--write-baseline").assert().success();
    assert_eq!(place.read("base.json").matches("fingerprint").count(), 9);
}

#[test]
fn a_baseline_holds_wherever_the_command_runs() {
    let place = corpus();
    std::fs::create_dir(place.path().join(".git")).unwrap();
    place.check(&["texts", "--baseline", "base.json", "--write-baseline"]).assert().success();
    let mut below = place.check(&[".", "--baseline", "../base.json"]);
    below.current_dir(place.path().join("texts")).assert().success();
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_utf8_is_in_a_baseline_as_long_as_its_file_is_there() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with(&["sub/b.txt"]);
    std::fs::create_dir(place.path().join(".git")).unwrap();
    let file = place.path().join(std::ffi::OsStr::from_bytes(b"t\xe9xts/caf\xe9.txt"));
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, format!("{PAGE}\n{HUSK}\n")).unwrap();
    let base = [".", "--baseline", "base.json"];
    place.check(&base).arg("--write-baseline").assert().success();
    let written = place.read("base.json");
    let below = || {
        let mut below = place.check(&[".", "--baseline", "../base.json"]);
        below.current_dir(place.path().join("sub"));
        below
    };
    below().assert().success().stderr(contains("stale").not());
    below().arg("--write-baseline").assert().success();
    assert_eq!(place.read("base.json"), written);
    std::fs::remove_file(&file).unwrap();
    below().assert().success().stderr(contains("1 stale entry"));
}

#[test]
fn so_many_findings_are_allowed() {
    let place = corpus();
    for (args, code) in [
        (["--max-findings", "10"], 0),
        (["--max-findings", "9"], 1),
        (["--max-share", "5%"], 0),
        (["--max-share", "0.01%"], 1),
    ] {
        place.check(&["texts"]).args(args).assert().code(code).stdout(contains("Join our commenting forum"));
    }
    place.check(&["texts", "--max-findings", "10", "--max-share", "0%"]).assert().code(1);
    place.check(&["texts", "--max-share", "5"]).assert().code(2).stderr(contains("0.5%"));
}

#[test]
#[cfg(unix)]
fn git_applies_a_diff_whatever_the_names_and_line_ends_of_the_files() {
    let place = Place::with(&[]);
    let names = ["a b.txt", "tab\tx.txt", "\"quoted\".txt", "größe.txt", "cr.txt", "crlf.txt"];
    for name in names {
        place.write(name, format!("First\rline.\n{HUSK}\nThe last.\n"));
    }
    place.write("crlf.txt", format!("It began.\r\n{HUSK}\r\nIt ended."));
    let run = place.check(&[".", "--diff", "--quiet"]).assert().code(1);
    place.write("diff", &run.get_output().stdout);
    let git = Process::new("git").args(["apply", "diff"]).current_dir(place.path()).output();
    let Ok(git) = git else { return println!("skipped: git is not installed") };
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    for name in names {
        let expected = if name == "crlf.txt" { "It began.\r\nIt ended." } else { "First\rline.\nThe last.\n" };
        assert_eq!(place.read(name), expected, "{name:?}");
    }
}

#[test]
fn a_fix_takes_the_findings_and_leaves_the_rest_byte_for_byte() {
    let place = Place::with(&[]);
    let text = format!("Title  \r\n\r\n\r\n{HUSK}\r\n\r\n{PAGE}");
    place.write("a.txt", &text);
    place.write("b.html", format!("<p>{PAGE}</p><p>{HUSK}</p>"));
    place.write("c.txt.gz", gzip(text.as_bytes()));
    let run = place.check(&[".", "--diff"]).assert().code(1);
    let diff = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(diff.starts_with("--- a/a.txt\n+++ b/a.txt\n@@ ") && diff.contains(&format!("\n-{HUSK}\r\n")), "{diff}");
    assert_eq!(place.read("a.txt"), text);
    let run = place.check(&[".", "--fix"]).assert().code(1);
    run.stdout(contains("b.html:").and(contains("c.txt.gz:")).and(contains("a.txt:").not()))
        .stderr(contains("1 fixed").and(contains("2 findings not fixed")));
    assert_eq!(place.read("a.txt"), format!("Title  \r\n\r\n\r\n{PAGE}"));
    place.check(&["a.txt", "--fix"]).assert().success();
    assert_eq!(place.names(""), ["a.txt", "b.html", "c.txt.gz"]);
}

#[test]
fn a_fix_leaves_what_the_baseline_forgives() {
    let place = Place::with(&[]);
    place.write("a.txt", format!("{PAGE}\nJoin our commenting forum\n"));
    place.check(&["a.txt", "--baseline", "base.json", "--write-baseline"]).assert().success();
    place.write("a.txt", format!("{PAGE}\nJoin our commenting forum\n\n{HUSK}\n"));
    place
        .check(&["a.txt", "--baseline", "base.json", "--fix"])
        .assert()
        .success()
        .stderr(contains("1 fixed, 1 forgiven"));
    assert_eq!(place.read("a.txt"), format!("{PAGE}\nJoin our commenting forum\n"));
}

#[cfg(unix)]
#[test]
fn a_fixed_file_keeps_its_permissions_and_a_link_to_it_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::with(&[]);
    let file = place.write("a.txt", format!("{PAGE}\n{HUSK}\n"));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
    symlink("a.txt", place.path().join("link.txt")).unwrap();
    place.check(&["link.txt", "--fix"]).assert().success();
    assert_eq!(place.read("a.txt"), PAGE);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(std::fs::symlink_metadata(place.path().join("link.txt")).unwrap().is_symlink());
}

#[test]
fn people_see_the_line_a_mark_and_how_to_keep_it() {
    let place = Place::with(&[]);
    place.write("a.txt", format!("{PAGE}\n\tJoin our commenting forum\n"));
    let text = stdout(&place, &["a.txt"], 1);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("a.txt:5:2: comments/"), "{}", lines[0]);
    assert_eq!(lines[2], "5 |     Join our commenting forum");
    assert_eq!(lines[3], format!("  |     {}", "^".repeat("Join our commenting forum".len())));
    assert!(lines[4].contains("in dehusk.toml"));
    assert!(!text.contains('\x1b'));
    assert!(stdout(&place, &["a.txt", "--color", "always"], 1).contains("\x1b[1;31mcomments/"));
}

#[test]
fn nothing_of_a_page_reaches_a_terminal_raw() {
    let place = Place::with(&[]);
    place.write("a.txt", format!("{PAGE}\nJoin our\u{202e} commenting\u{1b}[31m forum\n\n\u{1b}[31m{HUSK}\n"));
    for args in [&["a.txt", "--color", "never"][..], &["a.txt", "--color", "never", "--max-share", "90%"]] {
        let run = place.check(args).assert();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn every_format_has_the_findings_and_goes_to_a_file() {
    let place = corpus();
    for format in dehusk::check::report::REPORTS {
        let file = format!("out.{}", format.name);
        place.check(&["texts", "--format", format.name, "-o", &file]).assert().code(1).stdout("");
        let report = place.read(&file);
        assert_eq!(report, stdout(&place, &["texts", "--format", format.name], 1), "{}", format.name);
        for (prompt, _) in PROMPTS {
            assert!(report.contains(prompt), "{}: {prompt}", format.name);
        }
    }
}

#[test]
fn github_reads_one_line_a_finding() {
    let place = corpus();
    let text = stdout(&place, &["texts", "--format", "github"], 1);
    assert_eq!(text.lines().count(), 10);
    for line in text.lines() {
        let (properties, message) = line.strip_prefix("::error ").unwrap().split_once("::").unwrap();
        let names: Vec<&str> = properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "endLine", "col", "endColumn", "title"]);
        assert!(!message.is_empty());
    }
}

#[test]
fn gitlab_reads_an_array_of_issues_with_unique_fingerprints() {
    let place = corpus();
    let issues: Vec<Value> = serde_json::from_str(&stdout(&place, &["texts", "--format", "gitlab"], 1)).unwrap();
    let mut fingerprints: Vec<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!((issues.len(), fingerprints.len()), (10, 10));
    for issue in &issues {
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["path"].as_str().unwrap().starts_with("texts/"));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 1);
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
    }
    assert_eq!(stdout(&Place::with(&["a.txt"]), &["a.txt", "--format", "gitlab"], 0), "[]\n");
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let place = corpus();
    let report: Value = serde_json::from_str(&stdout(&place, &["texts", "--format", "sarif"], 1)).unwrap();
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!((rules.len(), &run["columnKind"]), (10, &"utf16CodeUnits".into()));
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 10);
    for result in results {
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["dehusk/v1"].is_string());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region["endColumn"].as_u64() > region["startColumn"].as_u64());
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn junit_counts_its_cases() {
    let place = corpus();
    let report = stdout(&place, &["texts", "--format", "junit"], 1);
    assert!(report.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dehusk\" tests=\"10\""));
    assert_eq!((report.matches("<testcase ").count(), report.matches("<failure ").count()), (10, 10));
}

#[test]
fn settings_are_found_upwards_and_turn_rules_off() {
    let place = corpus();
    place.write("dehusk.toml", "off = ['share/*', 'ads/*']\nonly = ['share/*', 'ads/*', 'login/*']\n");
    assert_eq!(json(&place, &["texts"], 1)["findings"].as_array().unwrap().len(), 2);
    let mut below = place.check(&["."]);
    below.current_dir(place.path().join("texts")).assert().code(1).stderr("dehusk: 2 findings in 2 of 200 files\n");
    place.check(&["texts", "--no-config"]).assert().code(1).stderr(contains("10 findings"));
    place.write("other.toml", "off = ['login/*']\n");
    place.check(&["texts", "--config", "other.toml"]).assert().code(1).stderr(contains("8 findings"));
    place.check(&["texts", "--off", "login/*"]).assert().success();
    // A rule for many languages stays where one of them is wanted.
    place.write("texts/07/more.txt", format!("{PAGE}\nAlle Cookies akzeptieren\n"));
    let german = json(&place, &["texts", "--languages", "de", "--no-config"], 1);
    let found: Vec<_> = german["findings"].as_array().unwrap().iter().map(|finding| &finding["text"]).collect();
    assert_eq!(found, ["Alle Cookies akzeptieren"]);
}

#[test]
fn some_files_have_settings_of_their_own() {
    let place = corpus();
    let toml = "[check]\nexclude = ['texts/00']\n[[path]]\nfiles = ['texts/06/**']\noff = ['login/*']\n\
                [[path]]\nfiles = ['*/01/*.txt', 'texts/02/']\nkeep = ['keep.txt']\n";
    place.write("dehusk.toml", toml);
    place.write("keep.txt", "navigation/*\nAdvertisement\n");
    let left = json(&place, &["texts"], 1);
    let without = |finding: &Value| {
        let (path, family) = (finding["path"].as_str().unwrap(), finding["family"].as_str().unwrap());
        let is = |folder: &str| path.starts_with(folder);
        is("texts/00")
            || is("texts/06") && family == "login"
            || (is("texts/01") || is("texts/02")) && ["navigation", "ads"].contains(&family)
    };
    let all = json(&place, &["texts", "--no-config"], 1);
    let expected: Vec<&Value> = all["findings"].as_array().unwrap().iter().filter(|f| !without(f)).collect();
    assert!(expected.len() < 9);
    assert_eq!(left["findings"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);
    place.check(&["texts/00"]).assert().success().stderr("dehusk: nothing was found to check\n");
}

#[test]
fn clean_reads_the_settings_too() {
    let place = Place::with(&[]);
    let text = format!("{PAGE}\n{HUSK}\n");
    for file in ["in/a.txt", "in/b/c.txt"] {
        place.write(file, &text);
    }
    place.write("dehusk.toml", "[[path]]\nfiles = ['in/b']\noff = ['login/*']\n");
    place.clean(&["in", "-o", "out"]).assert().success();
    assert_eq!((place.read("out/a.txt"), place.read("out/b/c.txt")), (PAGE.to_owned(), text.clone()));
    place.write("dehusk.toml", "off = ['login/*']\n");
    place.clean(&["in/a.txt"]).assert().success().stdout(text);
    place.clean(&["in/a.txt", "--no-config"]).assert().success().stdout(PAGE);
}

#[test]
fn what_is_wrong_with_settings_names_file_and_line() {
    let place = Place::with(&["in/a.txt"]);
    for (toml, says) in [
        ("\ncaption = 'drop'", "dehusk.toml:2: unknown field `caption`"),
        ("off = [\n'share/*',\n'shares/*']", "dehusk.toml:3: no rule is called \"shares/*\""),
        ("off = ['share/*', 'guards/*']", "dehusk.toml:1: \"guards/*\" removes nothing, it spares text"),
        ("languages = ['english']", "dehusk.toml:1: no rule is written for the language \"english\""),
        ("[[path]]\nfiles = ['*.txt']\nonly = ['repeat']", "dehusk.toml:3: no rule is called \"repeat\""),
        ("[check]\nbaseline = 'none.json'", "there is no baseline"),
    ] {
        place.write("dehusk.toml", toml);
        for files in ["in", "in/a.txt"] {
            let run = place.check(&[files]).assert().code(2);
            run.stdout("").stderr(contains(says).and(contains("error: ")));
        }
    }
    place.check(&["in", "--config", "none.toml"]).assert().code(2).stderr(contains("none.toml"));
    place.check(&["in", "--off", "nothing/here", "--no-config"]).assert().code(2).stderr(contains("--off: no rule"));
}

#[test]
fn wrong_usage_is_refused() {
    let place = Place::with(&["a.txt"]);
    for (args, says) in [
        (&[][..], "name files or folders"),
        (&["a.txt", "--write-baseline"], "--baseline FILE"),
        (&["a.txt", "--format", "xml"], "junit"),
        (&["a.txt", "--fix", "--diff"], "cannot be used with"),
        (&["a.txt", "--since", "HEAD"], "git"),
        (&["a.txt", "--since", "--help"], "--since"),
    ] {
        place.check(args).assert().code(2).stderr(contains(says));
    }
    place.write("base.json", "{\n\"version\": 1,\n\"found\": []}");
    place.check(&["a.txt", "--baseline", "base.json"]).assert().code(2).stderr(contains("base.json:3"));
}

#[test]
fn inputs_that_fail_are_named_and_binary_files_are_passed_over() {
    let place = Place::with(&["in/a.txt"]);
    place.write("in/b.png", b"\x89PNG\r\n\x1a\n\0\0");
    place.write("in/cut.gz", &gzip(PAGE.as_bytes())[..30]);
    place.write("in/.git/config.txt", HUSK);
    let run = place.check(&["in", "none.txt"]).assert().code(1).stdout("");
    run.stderr(
        contains("dehusk: in/cut.gz: ")
            .and(contains("dehusk: none.txt: cannot read"))
            .and(contains("in 1 file, 1 skipped (binary)")),
    );
    // A gate does not pass over what it did not look at.
    place.check(&["in/a.txt", "--max-bytes", "10"]).assert().code(1).stderr(contains("in/a.txt: "));
    let report = stdout(&place, &["in", "--format", "junit"], 1);
    assert!(report.contains("errors=\"1\"") && report.contains("<error "));
}

#[test]
fn the_judgement_finds_more_only_when_it_is_asked() {
    let place = Place::with(&[]);
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages/html/shop-tent.html")).unwrap();
    place.write("tent.html", page);
    let rules = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let plain = rules(&json(&place, &["tent.html"], 1));
    assert!(plain.iter().all(|rule| rule.contains('/') || rule == "repeat"));
    let judged = rules(&json(&place, &["tent.html", "--judgement"], 1));
    assert!(judged.iter().any(|rule| rule == "judgement") && !judged.iter().any(|rule| rule == "headline"));
}

#[test]
fn standard_input_is_a_file_or_a_list() {
    let place = Place::with(&["a.txt"]);
    place.write("b.txt", format!("{PAGE}\n{HUSK}\n"));
    let run = place.check(&["-"]).write_stdin(format!("{PAGE}\n{HUSK}\n")).assert().code(1);
    run.stdout(contains("(standard input):5:1: login/"));
    let run = place.check(&["--files-from", "-"]).write_stdin("a.txt\0b.txt\0").assert().code(1);
    run.stdout(contains("b.txt:5:1: ")).stderr("dehusk: 1 finding in 1 of 2 files\n");
    place.check(&["--files-from", "-"]).write_stdin("").assert().success();
}

#[test]
fn the_records_of_a_container_are_checked_one_by_one() {
    let place = Place::with(&[]);
    let line = |text: &str| format!("{}\n", serde_json::json!({ "text": text }));
    let husk = line(&format!("{PAGE}\n{HUSK}\n"));
    place.write("all.jsonl", format!("{}{husk}{husk}", line(PAGE)));
    let report = json(&place, &["all.jsonl"], 1);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &report["summary"]["files"]), (2, &3.into()));
    assert!(findings[0]["path"].as_str().unwrap().starts_with("all.jsonl@"));
    assert_eq!((&findings[0]["line"], &findings[0]["text"]), (&5.into(), &HUSK.into()));
    assert_ne!(findings[0]["fingerprint"], findings[1]["fingerprint"]);
    let gitlab: Value = serde_json::from_str(&stdout(&place, &["all.jsonl", "--format", "gitlab"], 1)).unwrap();
    assert_eq!(gitlab[0]["location"]["path"], "all.jsonl");

    // A record that moves within its file is still forgiven, and none is fixed in its place.
    let base = ["all.jsonl", "--baseline", "base.json"];
    place.check(&base).arg("--write-baseline").assert().success();
    place.write("all.jsonl", format!("{husk}{}{husk}", line(PAGE)));
    place.check(&base).assert().success();
    place.check(&["all.jsonl", "--fix"]).assert().code(1);
    assert_eq!(place.read("all.jsonl"), format!("{husk}{}{husk}", line(PAGE)));
}

fn git(place: &Place, args: &[&str]) {
    let mut command = Process::new("git");
    command.current_dir(place.path()).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
    assert!(command.output().unwrap().status.success(), "{args:?}");
}

#[test]
fn only_what_changed_since_a_revision_is_checked() {
    if Process::new("git").arg("--version").output().is_err() {
        println!("skipped: git is not installed");
        return;
    }
    let place = corpus();
    git(&place, &["init", "-q", "-b", "main"]);
    git(&place, &["add", "."]);
    git(&place, &["commit", "-q", "-m", "old"]);
    place.check(&["--since", "HEAD"]).assert().success().stderr("dehusk: nothing was found to check\n");
    git(&place, &["checkout", "-q", "-b", "work"]);
    for file in ["texts/00/changed é.txt", "texts/01/new.txt", "ignored.txt", "a -b.txt"] {
        place.write(file, format!("{PAGE}\n{HUSK}\n"));
    }
    place.write(".gitignore", "ignored.txt\n");
    git(&place, &["add", "texts/00"]);
    git(&place, &["commit", "-q", "-m", "new"]);
    // What happened on the main branch since counts for nothing.
    git(&place, &["checkout", "-q", "main"]);
    place.write("texts/02/other.txt", PAGE);
    git(&place, &["add", "texts/02"]);
    git(&place, &["commit", "-q", "-m", "other"]);
    git(&place, &["checkout", "-q", "work"]);
    let found = |args: &[&str]| {
        let report = json(&place, args, 1);
        let findings = report["findings"].as_array().unwrap().iter();
        (
            findings.map(|f| f["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>(),
            report["summary"]["files"].clone(),
        )
    };
    let (paths, files) = found(&["--since", "main"]);
    assert_eq!(paths, ["a -b.txt", "texts/00/changed é.txt", "texts/01/new.txt"]);
    assert_eq!(files, 4);
    assert_eq!(found(&["texts/01", "--since", "main"]).0, ["texts/01/new.txt"]);
    let whole = place.path().join("texts/*/new.*");
    for pattern in ["texts/*/new.*", "./texts/*/new.*", "texts/../texts/*/new.*", whole.to_str().unwrap()] {
        assert_eq!(found(&[pattern, "--since", "main"]).0, ["texts/01/new.txt"], "{pattern}");
    }
    place.check(&["--since", "nowhere"]).assert().code(2).stderr(contains("knows no such revision"));
    place.check(&["texts/9", "--since", "HEAD"]).assert().code(1).stderr(contains("texts/9: cannot read"));
}

#[test]
fn the_expected_articles_of_the_corpus_have_no_findings() {
    let place = Place::with(&[]);
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/expected");
    place.check(&[expected, "--no-config"]).assert().success().stdout("").stderr(contains("no findings in 66 files"));
}

#[test]
fn the_hook_works_in_pre_commit() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/pre-commit-hook");
    let output = match Process::new(script).arg(env!("CARGO_BIN_EXE_dehusk")).output() {
        Ok(output) => output,
        Err(error) => return println!("skipped: the script cannot run here: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    assert!(said.contains("skipped: pre-commit is not installed") || said.ends_with("refuses a prompt\n"), "{said}");
}

#[test]
fn help_names_every_format_and_groups_the_options() {
    let help = stdout(&Place::with(&[]), &["--help"], 0);
    for part in ["Input:", "Output:", "What counts:", "What is removed:", "Examples:", "Exit codes:"] {
        assert!(help.contains(part), "{part}");
    }
    for format in dehusk::check::report::REPORTS {
        assert!(help.contains(format.about), "{}", format.name);
    }
}
