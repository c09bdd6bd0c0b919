//! `dehusk explain`: its three forms say the same as a run of `clean` reports.

use super::place::*;
use serde_json::Value;

const SCRIPT: &str = "<script>alert(1)</script>";

/// A page in HTML with a menu, prose, a line of code that looks like markup, and a login prompt.
fn html() -> String {
    let prose = PAGE.trim_end().replace("\n\n", "</p><p>");
    format!(
        "<!doctype html><html lang=en><head><title>The \"new\" bridge & {}</title></head><body>\
         <nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li></ul></nav>\
         <main><article><h1>Council agrees</h1><p>{prose}</p><pre>{}</pre><p>{HUSK}</p></article></main></body></html>",
        "&lt;i&gt;",
        SCRIPT.replace('<', "&lt;"),
    )
}

fn json(place: &Place, args: &[&str]) -> Value {
    let run = place.run("explain", args).assert().success().stderr("");
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

#[test]
fn the_json_has_an_entry_for_each_block_and_agrees_with_the_report() {
    let place = Place::with(&[]);
    let text = format!("{PAGE}\n{HUSK}\n");
    for (name, page) in [("page.txt", text), ("page.html", html())] {
        place.write(name, &page);
        place.clean(&[name, "-o", "out/", "--report", "r.jsonl"]).assert().success();
        let account = json(&place, &[name, "--json"]);
        let blocks = account["blocks"].as_array().unwrap();
        let removed: Vec<&Value> = blocks.iter().filter(|block| block["verdict"] == "removed").collect();
        let report = place.lines("r.jsonl");
        assert!(!report.is_empty() && removed.len() < blocks.len(), "{name}");
        assert_eq!(removed.len(), report.len(), "{name}");
        for (block, line) in removed.iter().zip(&report) {
            for field in ["rule", "family", "score", "evidence", "start", "end", "line", "element", "text"] {
                assert_eq!(block[field], line[field], "{name}: {field}");
            }
        }
        let article = place.read("out/page.txt");
        for block in blocks.iter().filter(|block| block["verdict"] == "kept") {
            assert!(article.contains(block["text"].as_str().unwrap()), "{name}: {block}");
            assert!(!block["evidence"].as_str().unwrap().is_empty(), "{name}: {block}");
        }
        let words = |block: &&Value| block["words"].as_u64().unwrap();
        assert_eq!(account["words_removed"], removed.iter().map(&words).sum::<u64>());
        assert_eq!(account["words"], blocks.iter().map(|block| words(&block)).sum::<u64>());
        let families = account["families"].as_object().unwrap();
        assert_eq!(families.values().map(|share| share["blocks"].as_u64().unwrap()).sum::<u64>(), report.len() as u64);
    }
}

#[test]
fn a_pipe_gets_no_colours_and_a_minus_before_each_line_that_went() {
    let place = Place::with(&[]);
    place.write("page.txt", format!("{PAGE}\n{HUSK}\n"));
    let run = place.run("explain", &["page.txt"]).assert().success();
    let shown = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(!shown.contains('\u{1b}'));
    let went: Vec<&str> = shown.lines().filter(|line| line.contains(" - ")).collect();
    assert_eq!(went.len(), 2, "the prompt takes two lines:\n{shown}");
    assert!(went[0].starts_with("login/") && went[0].contains("1.00 - Please refresh the page"), "{}", went[0]);
    assert!(shown.contains("   The council met on Tuesday"));
    assert!(shown.contains("page.txt: 27 of 44 words kept, 1 of 3 blocks removed"), "{shown}");
}

#[test]
fn what_a_page_says_cannot_speak_to_the_terminal() {
    let place = Place::with(&[]);
    place.write("page.txt", format!("{PAGE}\nRed \u{202e}txet\u{202c} and \u{1b}[31mred\u{1b}[0m words stand here.\n"));
    let run = place.run("explain", &["page.txt"]).assert().success();
    let shown = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(shown.contains("words stand here") && !shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
}

#[test]
fn the_page_for_the_browser_is_one_file_that_asks_for_nothing_and_runs_nothing_of_the_page() {
    let place = Place::with(&[]);
    place.write("page.html", html());
    place.run("explain", &["page.html", "--html", "why.html"]).assert().success().stdout("").stderr("");
    let page = place.read("why.html");
    assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe-inline"));
    for loads in ["src=", "href=", "url(", "@import", "fetch("] {
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(page.contains("<title>The &quot;new&quot; bridge &amp; &lt;i&gt;"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains(SCRIPT));
    assert_eq!(page.matches("<script").count(), 2);
    assert!(page.contains("data-r=\"login/"));

    place.run("explain", &["page.html", "--html", "again.html"]).assert().success();
    assert_eq!(place.read("again.html"), page);
    place.run("explain", &["page.html", "--html", "-"]).assert().success().stdout(page);
}

#[test]
fn the_page_for_the_browser_is_less_than_two_megabytes_for_one_whatever_its_blocks() {
    let place = Place::with(&[]);
    let rows: String = (0..40_000).map(|i| format!("<p>Row {i}</p>")).collect();
    let prose =
        "<p>The river rose in the night, and by morning the meadow below the mill was a lake.</p>".repeat(5_000);
    for (name, rest) in [("rows.html", rows), ("prose.html", prose)] {
        let page = format!("<html><body>{rest}</body></html>");
        assert!(page.len() < 1_000_000);
        place.write(name, &page);
        place.run("explain", &[name, "--html", "why.html"]).assert().success();
        let size = place.read("why.html").len();
        assert!(size < 2_000_000, "{name}: {size}");
    }
}

#[test]
fn the_keep_list_and_the_rules_that_were_passed_over_are_named() {
    let place = Place::with(&[]);
    place.write("page.txt", format!("{PAGE}\n{HUSK}\n"));
    place.write("veto.txt", "login/*\njudgement\n");
    let account = json(&place, &["page.txt", "--json", "--keep", "veto.txt"]);
    let block = &account["blocks"][2];
    assert_eq!(block["verdict"], "kept");
    assert!(block["passed_over"][0].as_str().unwrap().starts_with("login/"), "{block}");
}

#[test]
fn a_page_that_cannot_be_read_fails_and_wrong_usage_is_refused() {
    let place = Place::with(&["a.txt", "in/a.txt"]);
    place.write("binary", [0u8, 159, 146, 150, 0, 1, 2, 3].repeat(200));
    for (args, code, says) in [
        (&["none.txt"][..], 1, "none.txt: cannot read"),
        (&["binary"], 1, "binary: "),
        (&["in"], 2, "is a folder"),
        (&["a.txt", "--html", "a.txt"], 2, "would replace the input"),
        (&["a.txt", "--json", "--html", "-"], 2, "standard output"),
        (&["a.txt", "--rules", "none.toml"], 2, "none.toml"),
    ] {
        place.run("explain", args).assert().code(code).stdout("").stderr(contains(says));
    }
    assert_eq!(place.read("a.txt"), PAGE);
    place.run("explain", &["-"]).write_stdin(PAGE).assert().success().stdout(contains("(standard input): 27 of 27"));
}
