//! Lists what the patterns of the built-in packs begin with, so that a run need not parse them.
//!
//! In go `src/rules/packs/*.toml`, out comes a table of Rust for `src/rules/prefilter.rs`, sorted by pattern.

#[path = "src/rules/beginnings.rs"]
mod beginnings;

use beginnings::{Branch, Literals, branches};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const PACKS: &str = "src/rules/packs";

fn main() {
    println!("cargo::rerun-if-changed={PACKS}");
    println!("cargo::rerun-if-changed=src/rules/beginnings.rs");
    let mut patterns = BTreeMap::new();
    for entry in fs::read_dir(PACKS).expect("the packs are there") {
        let path = entry.expect("the packs can be listed").path();
        let content = fs::read_to_string(&path).expect("a pack is text");
        let pack: toml::Table = content.parse().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        for item in pack.values().filter_map(toml::Value::as_array).flatten() {
            let Some(pattern) = item.get("match").and_then(toml::Value::as_str) else { continue };
            // A pattern that is no good is left to the test of the packs, which names its rule.
            if let Ok(branches) = branches(pattern) {
                patterns.insert(pattern.to_owned(), branches);
            }
        }
    }
    let mut table = String::from("/// The branches of the built-in patterns, by pattern.\n");
    table.push_str("static BUILT_IN: &[(&str, &[Branch])] = &[\n");
    for (pattern, branches) in &patterns {
        writeln!(table, "({pattern:?}, &[").expect("memory takes it");
        branches.iter().for_each(|branch| push_branch(&mut table, branch));
        table.push_str("]),\n");
    }
    table.push_str("];\n");
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    fs::write(Path::new(&folder).join("beginnings.rs"), table).expect("the folder can be written");
}

fn push_branch(table: &mut String, branch: &Branch) {
    let list = |literals: &Literals| {
        let items = literals.iter().map(|bytes| format!("Cow::Borrowed(b\"{}\")", bytes.escape_ascii()));
        items.collect::<Vec<_>>().join(", ")
    };
    let (literals, required) = (list(&branch.literals), list(&branch.required));
    writeln!(
        table,
        "Branch {{ anchored: {}, literals: Cow::Borrowed(&[{literals}]), required: Cow::Borrowed(&[{required}]) }},",
        branch.anchored
    )
    .expect("memory takes it");
}
