//! Any bytes are a container: the run ends, and each record has one outcome.

use dehusk::input::{Input, InputFormat, Inputs, ReadOptions, Reading};
use dehusk::output::{Compression, OutputFormat};
use dehusk::pipeline::{self, Corpus, Filters, Plan, Target};
use dehusk::{Cleaner, Limits};
use std::cell::Cell;
use std::sync::LazyLock;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| {
    // Small enough that a few bytes pass it.
    let limits = Limits { max_document_bytes: 1 << 16, ..Limits::default() };
    Cleaner::builder().limits(limits).build().expect("the built-in rules load")
});

/// Reads the bytes as WARC.
pub fn check_warc(bytes: &[u8]) {
    check(bytes, "warc");
}

/// Reads the bytes as JSON lines.
pub fn check_jsonl(bytes: &[u8]) {
    check(bytes, "jsonl");
}

/// Reads the bytes as Parquet.
pub fn check_parquet(bytes: &[u8]) {
    check(bytes, "parquet");
}

/// Reads the bytes as a zip archive.
pub fn check_zip(bytes: &[u8]) {
    check(bytes, "zip");
}

/// Reads the bytes as a tar archive.
pub fn check_tar(bytes: &[u8]) {
    check(bytes, "tar");
}

fn check(bytes: &[u8], format: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("input");
    std::fs::write(&path, bytes).expect("a small file can be written");
    let inputs = Inputs::discover(vec![Input::Path(path)], &[]);
    let format = InputFormat::by_name(format).expect("it is in the table");
    let plan = Plan {
        corpus: Corpus {
            inputs: &inputs,
            cleaners: std::slice::from_ref(&*CLEANER),
            cleaner_of: &[],
            reading: Reading::Containers(format),
            options: ReadOptions::default(),
            jobs: 1,
        },
        retry: None,
        filters: Filters::default(),
        output: OutputFormat::by_name("jsonl").expect("it is in the table"),
        compression: Compression::Plain,
        with_title: false,
        target: Target::Nothing,
        report: None,
        ledger: None,
        summary: None,
        sync: false,
        journal: None,
    };
    let observed = Cell::new(0);
    let summary = pipeline::run(&plan, &mut |_, _| observed.set(observed.get() + 1)).expect("nothing is written");
    let outcomes = summary.written + summary.unchanged + summary.empty + summary.skipped() + summary.failed();
    assert_eq!((summary.pages, observed.get()), (outcomes, outcomes), "{summary:?}");
    assert!(!summary.failed.contains_key("panic"), "{:?}", summary.failures);
    assert_eq!(summary.bytes, bytes.len() as u64, "not all of the file is accounted for");
}
