//! Whether a file was written by an earlier run, so that the next may replace it where it stands among what is read.

use crate::input::unpacked_head;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of a file that are looked at, from its start (unpacked) and, in a table, from its end.
const LOOK: u64 = 1 << 16;

/// What outputs are known by: how one begins, and what it holds further on. The name of the program alone is none, since pages
/// speak of it: JSON has it as a member or a value.
const MARKS: &[(&[&str], &[&str])] = &[
    // Articles, reports, ledgers and summaries; findings and baselines; saved scores.
    (
        &["{", "["],
        &[
            "\"outcome\":",
            "\"rule\":",
            "\"words_out\":",
            "\"check_name\":",
            "\"shingle_precision\":",
            "\"dehusk\":{",
            "\"name\": \"dehusk\"",
            "\"dehusk/v1\":",
        ],
    ),
    (&["::error file="], &[""]),
    (&["<?xml"], &["<testsuites name=\"dehusk\""]),
    (&["<!doctype html>"], &["<b>dehusk</b> stats</span>", "<b>dehusk</b> explain</span>"]),
    (&["PAR1"], &["dehusk version "]),
];

/// True for a file that is empty or looks like one that the program writes; for what cannot be read it says no.
pub fn is_ours(path: &Path) -> bool {
    look(path).is_ok_and(|seen| {
        let is_marked = |(begins, holds): &(&[&str], &[&str])| {
            begins.iter().any(|begin| seen.starts_with(begin)) && holds.iter().any(|mark| seen.contains(mark))
        };
        seen.is_empty() || MARKS.iter().any(is_marked) || is_findings(&seen)
    })
}

/// Findings for people: `PATH:LINE:COLUMN: ` first, and how the line is kept below.
fn is_findings(seen: &str) -> bool {
    let first = seen.lines().next().unwrap_or_default();
    let mut numbers = first.split(": ").next().unwrap_or_default().rsplit(':');
    let is_number = |number: Option<&str>| number.is_some_and(|number| number.parse::<u64>().is_ok());
    is_number(numbers.next())
        && is_number(numbers.next())
        && seen.contains(" = to keep the line, put it in a keep list; ")
}

/// The start of a file without its packing; of a table its first bytes and its end, where it says who wrote it.
fn look(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic)?;
    let is_table = magic == b"PAR1";
    file.seek(SeekFrom::Start(if is_table { file.metadata()?.len().saturating_sub(LOOK) } else { 0 }))?;
    let mut seen = if is_table { magic } else { Vec::new() };
    file.take(LOOK).read_to_end(&mut seen)?;
    Ok(String::from_utf8_lossy(&unpacked_head(&seen, LOOK as usize, 1)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_a_run_wrote_is_told_from_pages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"{\"path\":\"a\",\"outcome\":\"written\"}\n").unwrap();
        let large = [&b"PAR1"[..], &[0; 2 * LOOK as usize], b"dehusk version 0.1.0 PAR1"].concat();
        let cases: [(&[u8], bool); 17] = [
            (b"", true),
            (b"{\"path\":\"a\",\"outcome\":\"written\"}\n", true),
            (b"{\"text\":\"t\",\"dehusk\":{\"removals\":0}}\n", true),
            (&gzip.finish().unwrap(), true),
            (b"PAR1.......... dehusk version 0.1.0 PAR1", true),
            (b"{\"text\":\"The outcome: a rule.\"}\n", false),
            (b"The file said \"outcome\": nothing.", false),
            (b"An article about dehusk, that says <b>dehusk</b> stats</span>.", false),
            (b"{\"text\":\"An article about \\\"dehusk\\\", a program.\"}\n", false),
            (b"{\n  \"tool\": {\n    \"name\": \"dehusk\"", true),
            (b"::error file=a.txt,line=1::a prompt\n", true),
            (b"<?xml version=\"1.0\"?>\n<testsuites name=\"dehusk\" tests=\"0\">", true),
            (b"<!doctype html>\n<title>All of dehusk</title>", false),
            (b"<!doctype html>\n<style></style><b>dehusk</b> stats</span>", true),
            (b"a.txt:5:2: login/a what\n  |\n  = to keep the line, put it in a keep list; to turn", true),
            (b"# Notes\n\n   = to keep the line, put it in a keep list; to turn", false),
            (&large, true),
        ];
        for (content, ours) in cases {
            std::fs::write(&path, content).unwrap();
            assert_eq!(is_ours(&path), ours, "{:?}", String::from_utf8_lossy(content));
        }
        assert!(!is_ours(folder.path()));
    }
}
