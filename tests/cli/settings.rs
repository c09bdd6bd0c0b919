//! What `dehusk.toml` and the options of reading say holds for every command that cleans.

use super::place::*;
use super::warc::record;
use serde_json::Value;

const COMMANDS: [&str; 5] = ["clean", "check", "explain", "stats", "eval"];

/// What a command says of an input in the folder, of which the gold knows what is right.
fn run(place: &Place, command: &str, input: &str, more: &[&str]) -> (Option<i32>, String) {
    let own: &[&str] = match command {
        "clean" => &["--format", "jsonl"],
        "check" => &["--format", "json"],
        "eval" => &["--gold", "gold.jsonl", "--json"],
        _ => &["--json"],
    };
    let output = place.run(command, &[&[input], own, more].concat()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Whether a command reads the page and finds that its prompt goes.
fn removes(place: &Place, command: &str, input: &str, more: &[&str]) -> bool {
    let (_, said) = run(place, command, input, more);
    if command == "clean" {
        return said.contains("The council met") && !said.contains(HUSK);
    }
    let Ok(said) = serde_json::from_str::<Value>(&said) else { return false };
    match command {
        "check" => said["findings"][0]["text"].as_str().is_some_and(|text| text.contains(HUSK)),
        "explain" => said["words_removed"].as_u64() > Some(0),
        "stats" => said["removed"]["words"].as_u64() > Some(0),
        // Of the page that is read the score is that of its gold, of others nothing.
        _ => said["pages"].as_array().is_some_and(|pages| pages.iter().any(|page| page["f1"] == 1.0)),
    }
}

/// A rule for a line of the page.
const PACK: &str = r#"
[[rule]]
id = "house/refresh"
lang = ["en"]
match = '^please refresh the page or navigate to another page'
why = "a prompt"
drops = ["Please refresh the page or navigate to another page", "Please refresh the page or navigate to another page!"]
keeps = ["The pages were refreshed.", "Another page was turned."]
"#;

fn with_gold(ids: &[&str]) -> Place {
    let place = Place::with(&[]);
    let lines = ids.iter().map(|id| serde_json::json!({"id": id, "url": id, "text": PAGE}).to_string() + "\n");
    place.write("gold.jsonl", lines.collect::<String>());
    place
}

#[test]
fn every_command_cleans_a_file_as_its_path_says() {
    let place = with_gold(&["a", "c"]);
    for file in ["in/a.txt", "in/b/c.txt"] {
        place.write(file, format!("{PAGE}\n{HUSK}\n"));
    }
    place.write("dehusk.toml", "[[path]]\nfiles = ['in/b']\noff = ['login/*']\n");
    for command in COMMANDS {
        assert!(removes(&place, command, "in/a.txt", &[]), "{command}");
        assert!(!removes(&place, command, "in/b/c.txt", &[]), "{command}");
        assert!(removes(&place, command, "in/b/c.txt", &["--no-config"]), "{command}");
    }
}

#[test]
fn every_command_reads_as_the_settings_say() {
    let place = with_gold(&["a"]);
    place.write("a.txt", format!("{PAGE}\n{HUSK}\n"));
    place.write("dehusk.toml", "input-format = 'jsonl'\n");
    for command in COMMANDS {
        assert_eq!(run(&place, command, "a.txt", &[]).0, Some(1), "{command}");
        for more in [&["--input-format", "auto"][..], &["--no-config"]] {
            assert!(removes(&place, command, "a.txt", more), "{command} {more:?}");
        }
    }
}

#[test]
fn every_command_finds_the_pages_of_a_container() {
    let text = format!("{PAGE}\n{HUSK}\n");
    let rows = serde_json::json!({"id": "a", "story": text}).to_string();
    let block = format!("HTTP/1.1 203 Here\r\nContent-Type: text/x-notes\r\n\r\n{text}");
    let crawl = record("response", 0, "application/http", block.as_bytes());
    for (file, bytes, id, options) in [
        ("rows.jsonl", rows.into_bytes(), "a", &["--field", "story"][..]),
        ("crawl.warc", crawl, "https://example.org/page/0", &["--status", "2xx", "--mime", "text/*"]),
    ] {
        let place = with_gold(&[id]);
        place.write(file, bytes);
        for command in COMMANDS {
            assert!(!removes(&place, command, file, &[]), "{command} {file}");
            assert!(removes(&place, command, file, options), "{command} {file}");
        }
        place.write("pack.toml", PACK);
        let tested = |more: &[&str]| {
            let run = place.run("rules", &[&["test", "pack.toml", file, "--json"], more].concat()).output().unwrap();
            serde_json::from_slice::<Value>(&run.stdout).unwrap()["matches"].clone()
        };
        assert_eq!((tested(&[]), tested(options)), (0.into(), 1.into()), "{file}");
    }
}
