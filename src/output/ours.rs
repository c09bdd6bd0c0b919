//! Whether a file was written by an earlier run, so that the next may replace it where it stands among what is read.

use crate::input::unpacked_head;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of a file that are looked at, from its start (unpacked) and, in a table, from its end.
const LOOK: u64 = 1 << 16;

/// What the heads of outputs without the program's name hold: articles, reports, ledgers and summaries; findings,
/// baselines; saved scores.
const MARKS: [&str; 6] =
    ["\"outcome\":", "\"rule\":", "\"words_out\":", "\"check_name\":", "::error file=", "\"shingle_precision\":"];

/// True for a file that is empty or looks like one that the program writes; for what cannot be read it says no.
pub fn is_ours(path: &Path) -> bool {
    look(path).is_ok_and(|seen| {
        seen.is_empty()
            || seen.contains("dehusk")
            || seen.starts_with(['{', '[', ':']) && MARKS.iter().any(|mark| seen.contains(mark))
    })
}

/// The start of a file without its packing; the end of a table, where it says who wrote it.
fn look(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic)?;
    let begin = if magic == b"PAR1" { file.metadata()?.len().saturating_sub(LOOK) } else { 0 };
    file.seek(SeekFrom::Start(begin))?;
    let mut seen = Vec::new();
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
        let cases: [(&[u8], bool); 7] = [
            (b"", true),
            (b"{\"path\":\"a\",\"outcome\":\"written\"}\n", true),
            (b"{\"text\":\"t\",\"dehusk\":{\"removals\":0}}\n", true),
            (&gzip.finish().unwrap(), true),
            (b"PAR1.......... dehusk version 0.1.0 PAR1", true),
            (b"{\"text\":\"The outcome: a rule.\"}\n", false),
            (b"The file said \"outcome\": nothing.", false),
        ];
        for (content, ours) in cases {
            std::fs::write(&path, content).unwrap();
            assert_eq!(is_ours(&path), ours, "{:?}", String::from_utf8_lossy(content));
        }
        assert!(!is_ours(folder.path()));
    }
}
