//! What the fuzz targets check, over the pages of the corpus and over what they found.
//!
//! The bodies in `fuzz/` are those that the crate `fuzz` of this repository runs over generated inputs. What it finds is
//! kept in `fuzz/found/TARGET`, under a name that says what broke. A growth that it finds becomes a page of the test
//! `hostile`, which measures.

#[path = "tokenizer/tokens.rs"]
#[allow(dead_code, reason = "the test of the tokenizer uses the rest")]
mod compare;
#[path = "fuzz/container.rs"]
mod container;
#[path = "fuzz/page.rs"]
mod page;
#[path = "fuzz/rules.rs"]
mod rules;
#[path = "fuzz/tokens.rs"]
mod tokens;

use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    // What was never found has no folder.
    if !folder.exists() {
        return Vec::new();
    }
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.is_file()).collect()
}

/// Runs a body over each file, and names the file that it fails on.
fn run(folders: &[&str], check: fn(&[u8])) {
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder)).collect();
    assert!(!files.is_empty());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        if std::panic::catch_unwind(|| check(&bytes)).is_err() {
            panic!("the check fails on {}", file.display());
        }
    }
}

#[test]
fn pages_keep_the_promises() {
    run(&["corpus/pages", "tests/fuzz/found/page"], page::check);
}

#[test]
fn tokens_are_those_of_html5ever() {
    run(&["corpus/pages", "tests/fuzz/found/tokens"], tokens::check);
}

#[test]
fn packs_load_or_are_refused() {
    run(&["tests/fuzz/found/rules"], rules::check);
}

#[test]
fn containers_are_accounted_for() {
    run(&["tests/fuzz/found/warc"], container::check_warc);
    run(&["tests/fuzz/found/jsonl"], container::check_jsonl);
    run(&["tests/fuzz/found/zip"], container::check_zip);
    run(&["tests/fuzz/found/tar"], container::check_tar);
    run(&["tests/fuzz/found/parquet"], container::check_parquet);
}
