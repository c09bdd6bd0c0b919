//! `dehusk rules`: the catalogue, packs of users, and what is made from the packs.

use super::place::*;
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

fn rules(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("dehusk").unwrap();
    command.arg("rules").args(args);
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

fn stderr(command: &mut Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).unwrap()
}

#[test]
fn every_rule_is_listed_and_a_filter_leaves_the_others_out() {
    let every = stdout(&mut rules(&["list", "--json"]));
    let rules_of =
        |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let every = rules_of(&every);
    assert!(every.len() > 900, "{}", every.len());
    let german = rules_of(&stdout(&mut rules(&["list", "--json", "--lang", "de", "--family", "ads"])));
    let is_wanted = |rule: &&Value| {
        let id = rule["id"].as_str().unwrap();
        id.starts_with("ads/") && rule["languages"].as_array().unwrap().contains(&"de".into())
    };
    let wanted: Vec<Value> = every.iter().filter(is_wanted).cloned().collect();
    assert!(!wanted.is_empty());
    assert_eq!(german, wanted);
    let table = stdout(&mut rules(&["list", "--lang", "de", "--family", "ads"]));
    assert_eq!(table.lines().count(), wanted.len() + 2, "a heading and a count");
    assert!(table.ends_with(&format!("{} of {} rules\n", wanted.len(), every.len())), "{table}");
    assert!(!table.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn a_family_or_language_that_is_not_there_is_a_usage_error_that_names_those_that_are() {
    assert!(stderr(&mut rules(&["list", "--family", "advertising"]), 2).contains("ads, apps"));
    assert!(stderr(&mut rules(&["list", "--lang", "deu"]), 2).contains(" de, en,"));
}

#[test]
fn a_rule_is_shown_with_everything_it_says() {
    let shown = stdout(&mut rules(&["show", "login/thanks-registering-en"]));
    for part in
        ["shown after registration", "languages  en", "max words  14", "Thanks for registering!", "leaves alone"]
    {
        assert!(shown.contains(part), "{part}");
    }
    let weak = stdout(&mut rules(&["show", "ads/sponsored-en"]));
    assert!(weak.contains("weak: removes what matches beside"), "{weak}");
    let guard = stdout(&mut rules(&["show", "guards/correction-en"]));
    assert!(guard.contains("does not protect") && !guard.contains("leaves alone"), "{guard}");
    let stage = stdout(&mut rules(&["show", "judgement"]));
    assert!(stage.contains("no rule"), "{stage}");
}

#[test]
fn a_typo_is_answered_with_the_ids_that_are_near() {
    let said = stderr(&mut rules(&["show", "login/thanks-registring-en"]), 2);
    assert!(said.contains("did you mean login/thanks-registering-en"), "{said}");
    assert!(stderr(&mut rules(&["show", "login"]), 2).contains("--family login"));
    let said = stderr(&mut rules(&["show", "\u{1b}[31mzzz"]), 2);
    assert!(said.contains("rules list") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_new_pack_passes_its_own_test_and_replaces_nothing() {
    let place = Place::with(&[]);
    let here = |args: &[&str]| {
        let mut command = rules(args);
        command.current_dir(place.path());
        command
    };
    here(&["new", "my.toml"]).assert().success();
    let told = stdout(&mut here(&["test", "my.toml"]));
    assert_eq!(told, "my.toml: 2 rules, 1 guard: all 12 examples are borne out\n");
    assert!(stderr(&mut here(&["new", "my.toml"]), 2).contains("is there already"));
    assert_eq!(stdout(&mut here(&["new", "-"])), place.read("my.toml"));
}

const PACK: &str = r#"
[[rule]]
id    = "my/letters"
lang  = ["en"]
match = '^write to the editor\b'
where = "edge"
why   = "call for letters"
drops = ["Write to the editor", "Write to the editor today"]
keeps = ["She wrote to the editor.", "To write to the editor is an old habit."]

[[rule]]
id       = "my/box"
lang     = ["any"]
selector = "div.partner"
why      = "box of partners"
drops    = ['<div class="partner">a</div>', '<div class="x partner">b</div>']
keeps    = ['<p class="partner">a</p>', '<div>b</div>']

[[guard]]
id     = "my/serves"
lang   = ["en"]
match  = '^serves (two|four)\b'
why    = "a line of a recipe"
keeps  = ["Serves four", "Serves two at a time"]
passes = ["She serves four guests.", "Serve at once"]
"#;

#[test]
fn a_pack_is_shown_with_the_pages_that_its_rules_fire_on() {
    let place = Place::with(&[]);
    place.write("my.toml", PACK);
    let prose =
        "The mill by the river was sold on Monday to a baker from the next town, who wants to grind again. ".repeat(4);
    place.write("pages/a.txt", format!("{prose}\n\nServes four\n\n{prose}\n\nWrite to the editor\n"));
    // Between prose it is no husk: the rule matches and does not act.
    let paragraphs = [prose.trim(); 12].join("\n\n");
    place.write("pages/b.txt", format!("{paragraphs}\n\nWrite to the editor now\n\n{paragraphs}\n"));
    place.write("pages/c.html", format!("<p>{prose}</p><div class=partner>Tents of a partner</div><p>{prose}</p>"));
    let run = |args: &[&str]| {
        let mut command = rules(&["test", "my.toml", "pages"]);
        stdout(command.args(args).current_dir(place.path()))
    };
    let told: Vec<Value> = run(&["--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let figures: Vec<_> =
        told.iter().map(|rule| (rule["id"].as_str().unwrap(), &rule["hits"], &rule["matches"])).collect();
    assert_eq!(
        figures,
        [("my/letters", &1.into(), &2.into()), ("my/box", &1.into(), &1.into()), ("my/serves", &1.into(), &1.into())]
    );
    assert_eq!(told[0]["pages"][0]["path"], "pages/a.txt");
    assert_eq!(told[1]["pages"][0]["excerpt"], "Tents of a partner");
    let table = run(&[]);
    assert!(table.contains("my/letters removes 1 line on 1 page, and matches 1 more\n"), "{table}");
    assert!(table.contains("  1  pages/a.txt: Write to the editor\n"), "{table}");
    assert!(table.contains("  1  pages/b.txt (matched only): Write to the editor now\n"), "{table}");
    assert!(table.contains("my/serves keeps 1 line on 1 page\n"), "{table}");
    assert!(run(&["--max-pages", "1"]).contains("and 1 more page (--max-pages)"));
}

#[test]
fn a_pack_with_faults_names_file_and_line_of_each() {
    let place = Place::with(&[]);
    let wrong = PACK
        .replace("\"Write to the editor today\"", "\"Send letters\"")
        .replace("\"Serve at once\"", "\"Serves two\"");
    place.write("my.toml", &wrong);
    let said = stderr(rules(&["test", "my.toml"]).current_dir(place.path()), 2);
    assert!(said.contains("my.toml:8: rule my/letters: does not match its own drops: \"Send letters\""), "{said}");
    assert!(said.contains("my.toml:25: rule my/serves: matches its own passes: \"Serves two\""), "{said}");
    place.write("my.toml", PACK.replace("my/letters", "ads/advertisement-en"));
    let said = stderr(rules(&["test", "my.toml"]).current_dir(place.path()), 2);
    assert!(said.contains("my.toml:2: rule ads/advertisement-en: the id is taken"), "{said}");
    assert!(stderr(&mut rules(&["test", "corpus/pages"]), 2).contains(".toml"));
}

#[test]
fn the_table_of_the_readme_and_the_reference_are_made_from_the_packs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, table) = readme.split_once("<!-- rules: begin -->\n").unwrap();
    let (table, _) = table.split_once("<!-- rules: end -->\n").unwrap();
    assert!(table == stdout(&mut rules(&["docs", "--table"])), "the table in README.md is stale: run scripts/docs");
    let reference = std::fs::read_to_string(root.join("docs/rules.md")).unwrap();
    assert!(reference == stdout(&mut rules(&["docs"])), "docs/rules.md is stale: run scripts/docs");
}
