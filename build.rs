//! Lists what the patterns of the built-in packs begin with, so that a run need not parse them.
//!
//! In go `src/rules/packs/*.toml`, out comes a table for `src/rules/prefilter.rs`, which says its form.

#[path = "src/rules/beginnings.rs"]
mod beginnings;

use beginnings::{Branch, branches};
use std::collections::BTreeMap;
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
    let mut table = Vec::new();
    for (pattern, branches) in &patterns {
        let mut written = Vec::new();
        branches.iter().for_each(|branch| push_branch(&mut written, branch));
        push_counted::<4>(&mut table, pattern.as_bytes());
        push_counted::<4>(&mut table, &written);
    }
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    fs::write(Path::new(&folder).join("beginnings.bin"), table).expect("the folder can be written");
}

fn push_branch(table: &mut Vec<u8>, branch: &Branch) {
    table.push(u8::from(branch.anchored));
    for literals in [&branch.literals, &branch.required] {
        push_number::<2>(table, literals.len());
        literals.iter().for_each(|literal| push_counted::<1>(table, literal));
    }
}

fn push_number<const BYTES: usize>(table: &mut Vec<u8>, number: usize) {
    assert!(number < 1 << (8 * BYTES), "{number} takes more than {BYTES} bytes");
    table.extend_from_slice(&number.to_le_bytes()[..BYTES]);
}

fn push_counted<const BYTES: usize>(table: &mut Vec<u8>, bytes: &[u8]) {
    push_number::<BYTES>(table, bytes.len());
    table.extend_from_slice(bytes);
}
