//! Files of many records that lie about themselves, with `n` such records and a right one at the end of each.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// What the right record holds.
pub const LAST: &str = "The ferry crossed the sound twice a day.";

fn warc(length: usize, block: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

/// Each of `n` records says the length that `says` gives for what is left of the file behind its header.
fn warcs(n: usize, says: fn(left: usize) -> usize) -> Vec<u8> {
    let last = warc(LAST.len(), LAST);
    let mut records = Vec::new();
    let mut left = last.len();
    for _ in 0..n {
        left += "no page\r\n\r\n".len();
        let record = warc(says(left), "no page");
        left += record.len() - "no page\r\n\r\n".len();
        records.push(record);
    }
    records.reverse();
    (records.concat() + &last).into_bytes()
}

/// As far as the bound on a record lets a length be.
pub fn warc_lengths_past_the_end(n: usize) -> Vec<u8> {
    warcs(n, |_| 32 << 20)
}

/// Not quite to the end of the file, where the next record could begin.
pub fn warc_lengths_of_the_rest(n: usize) -> Vec<u8> {
    warcs(n, |left| left - 20)
}

/// So far that each block ends behind what was read for the one before.
pub fn warc_lengths_that_grow(n: usize) -> Vec<u8> {
    warcs(n, |left| left / 2)
}

pub fn warc_lengths_in_gzip(n: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&warc_lengths_past_the_end(n)).expect("memory takes all bytes");
    packer.finish().expect("memory takes all bytes")
}

/// Headers of which none ends.
pub fn warc_heads(n: usize) -> Vec<u8> {
    ("WARC/1.0\r\n".repeat(n) + &warc(LAST.len(), LAST)).into_bytes()
}

/// Each block ends among line ends, so many that the next record is not seen behind them.
pub fn warc_blank_lines(n: usize) -> Vec<u8> {
    let blank = "\r\n".repeat(10 * n);
    let records = warcs(n, |left| left + 100);
    let (records, last) = records.split_at(records.len() - warc(LAST.len(), LAST).len());
    [records, blank.as_bytes(), last].concat()
}
