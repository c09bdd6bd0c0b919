//! Writes what a run needs of the built-in packs, so that it parses neither them nor their patterns.
//!
//! In go `src/rules/packs/*.toml`, out come `rules.bin` and `rules.txt`, which `src/rules/built_in.rs` reads, and a table of what
//! the patterns begin with for `src/rules/prefilter.rs`.

#![allow(dead_code, reason = "it writes what the program asks")]

#[path = "src/rules/beginnings.rs"]
mod beginnings;
#[path = "src/rules/floating.rs"]
mod floating;
#[path = "src/rules/forms.rs"]
mod forms;
#[path = "src/rules/lists.rs"]
mod lists;
#[path = "src/rules/parts.rs"]
mod parts;
#[path = "src/rules/reach.rs"]
mod reach;
#[path = "src/rules/starting.rs"]
mod starting;
#[path = "src/rules/stored.rs"]
mod stored;
#[path = "src/stride.rs"]
mod stride;
#[path = "src/rules/table.rs"]
mod table;

use reach::{GUARD_WORDS, RULE_WORDS, Words};
use std::path::{Path, PathBuf};
use std::{env, fs};
use table::Table;

const PACKS: &str = "src/rules/packs";

fn main() {
    println!("cargo::rerun-if-changed={PACKS}");
    let (mut rules, mut texts, mut patterns) = (Vec::new(), String::new(), Vec::new());
    for path in packs() {
        let content = fs::read_to_string(&path).expect("a pack is text");
        let pack: toml::Table = content.parse().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        for (kind, name) in ["rule", "guard", "topic"].into_iter().enumerate() {
            for item in pack.get(name).and_then(toml::Value::as_array).into_iter().flatten() {
                push_rule(&mut rules, &mut texts, kind as u8, item);
                // Topics are asked about headlines only, all of them.
                let pattern = item.get("match").and_then(toml::Value::as_str).filter(|_| name != "topic");
                // A pattern that is no good is left to the test of the packs, which names its rule.
                let branches = pattern.and_then(|pattern| beginnings::branches(pattern).ok()).unwrap_or_default();
                let absent = if name == "guard" { GUARD_WORDS } else { RULE_WORDS };
                patterns.push((branches, Words::new(max_words(item).unwrap_or(absent), name == "guard")));
            }
        }
    }
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(Path::new(&folder).join(name), bytes).expect("the folder can be written");
    };
    write("rules.bin", &rules);
    write("rules.txt", texts.as_bytes());
    let table = Table::build(patterns.iter().map(|(branches, words)| (branches.as_slice(), *words)));
    write("beginnings.bin", &table.written());
}

/// The packs in the order of their names, and after them the guards, as a run has them.
fn packs() -> Vec<PathBuf> {
    let entries = fs::read_dir(PACKS).expect("the packs are there");
    let paths = entries.map(|entry| entry.expect("the packs can be listed").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    paths.sort_by_key(|path| (path.ends_with("guards.toml"), path.clone()));
    paths
}

/// One byte each for the kind, the place, the words (0 when it does not say) and whether it acts alone; then how long its texts
/// and lists are, in two bytes each, which stand one after the other in `texts`; and its forms as they are stored, each after its
/// length in two bytes.
fn push_rule(rules: &mut Vec<u8>, texts: &mut String, kind: u8, item: &toml::Value) {
    let text = |key: &str| item.get(key).and_then(toml::Value::as_str).unwrap_or_default();
    let alone = item.get("alone").and_then(toml::Value::as_bool);
    let place = text("where").bytes().next().unwrap_or_default();
    let max_words = u8::try_from(max_words(item).unwrap_or(0)).unwrap_or(u8::MAX);
    rules.extend([kind, place, max_words, u8::from(alone != Some(false))]);
    // A pattern that is no good is left to the test of the packs here too.
    let forms = forms::forms(text("match")).unwrap_or_default();
    let list = |key: &str| {
        let list = item.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        list.filter_map(toml::Value::as_str).collect::<Vec<_>>().join(" ")
    };
    let [id, why, pattern, selector] = ["id", "why", "match", "selector"].map(text);
    for text in [id, why, pattern, selector, &forms.alphabet, &list("lang"), &list("families")] {
        rules.extend(length(text.len()));
        texts.push_str(text);
    }
    for form in [forms.ascii, forms.known] {
        rules.extend(length(form.len()));
        rules.extend_from_slice(&form);
    }
}

fn length(length: usize) -> [u8; 2] {
    u16::try_from(length).expect("a rule is short").to_le_bytes()
}

/// Words of the blocks that it looks at, at most, if it says so.
fn max_words(item: &toml::Value) -> Option<u32> {
    item.get("max_words").and_then(toml::Value::as_integer).and_then(|words| u32::try_from(words).ok())
}
