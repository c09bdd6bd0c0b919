//! Writes what a run needs of the built-in packs, so that it parses neither them nor their patterns.
//!
//! In go `src/rules/packs/*.toml`, out come `rules.bin`, which `src/rules/built_in.rs` reads, and a table of what the
//! patterns begin with for `src/rules/prefilter.rs`.

#[path = "src/rules/beginnings.rs"]
#[allow(dead_code, reason = "what the program asks a text with")]
mod beginnings;
#[path = "src/rules/forms.rs"]
mod forms;
#[path = "src/rules/stored.rs"]
mod stored;
#[path = "src/rules/table.rs"]
#[allow(dead_code, reason = "what the program reads it with")]
mod table;

use std::path::{Path, PathBuf};
use std::{env, fs};
use table::Table;

const PACKS: &str = "src/rules/packs";

fn main() {
    for read in [PACKS, "src/rules/beginnings.rs", "src/rules/forms.rs", "src/rules/stored.rs", "src/rules/table.rs"] {
        println!("cargo::rerun-if-changed={read}");
    }
    let (mut rules, mut patterns) = (Vec::new(), Vec::new());
    for path in packs() {
        let content = fs::read_to_string(&path).expect("a pack is text");
        let pack: toml::Table = content.parse().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        for (kind, name) in ["rule", "guard", "topic"].into_iter().enumerate() {
            for item in pack.get(name).and_then(toml::Value::as_array).into_iter().flatten() {
                push_rule(&mut rules, kind as u8, item);
                // A pattern that is no good is left to the test of the packs, which names its rule.
                let pattern = item.get("match").and_then(toml::Value::as_str);
                patterns.push(pattern.and_then(|pattern| beginnings::branches(pattern).ok()).unwrap_or_default());
            }
        }
    }
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(Path::new(&folder).join(name), bytes).expect("the folder can be written");
    };
    write("rules.bin", &rules);
    write("beginnings.bin", Table::build(patterns.iter().map(Vec::as_slice)).bytes());
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

/// One byte each for the kind, the place, the words (0 when it does not say) and whether it acts alone; then the texts and
/// the lists, between them its forms as they are stored, each after its length in two bytes.
fn push_rule(rules: &mut Vec<u8>, kind: u8, item: &toml::Value) {
    let text = |key: &str| item.get(key).and_then(toml::Value::as_str).unwrap_or_default();
    let max_words = item.get("max_words").and_then(toml::Value::as_integer).unwrap_or_default();
    let alone = item.get("alone").and_then(toml::Value::as_bool);
    let place = text("where").bytes().next().unwrap_or_default();
    let max_words = u8::try_from(max_words).unwrap_or(u8::MAX);
    rules.extend([kind, place, max_words, u8::from(alone != Some(false))]);
    for key in ["id", "why", "match", "selector"] {
        push_counted(rules, text(key).as_bytes());
    }
    // A pattern that is no good is left to the test of the packs here too.
    let forms = forms::forms(text("match")).unwrap_or_default();
    push_counted(rules, forms.alphabet.as_bytes());
    push_counted(rules, &forms.ascii);
    push_counted(rules, &forms.known);
    for key in ["lang", "families"] {
        let list: Vec<&str> = item
            .get(key)
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect();
        push_counted(rules, list.join(" ").as_bytes());
    }
}

fn push_counted(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend_from_slice(&u16::try_from(bytes.len()).expect("a rule is short").to_le_bytes());
    to.extend_from_slice(bytes);
}
