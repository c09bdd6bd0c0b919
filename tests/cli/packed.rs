//! Packed, large and binary pages.

use super::place::*;
use predicates::prelude::*;
use std::io::Write;

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn packed_pages_are_opened_by_their_bytes() {
    let place = Place::with(&[]);
    let (first, second) = PAGE.split_at(60);
    place.write("in/gz.txt.gz", gzip(PAGE.as_bytes()));
    place.write("in/members.txt.gz", [gzip(first.as_bytes()), gzip(second.as_bytes())].concat());
    place.write("in/no-ending", gzip(&gzip(PAGE.as_bytes())));
    place.write("in/not-packed.gz", PAGE);
    place.write("in/zst.txt.zst", zstd::encode_all(PAGE.as_bytes(), 3).unwrap());
    place.clean(&["in", "-o", "out"]).assert().success();
    let tree = place.tree("out");
    let names = ["gz.txt", "members.txt", "no-ending.txt", "not-packed.txt", "zst.txt"];
    assert!(tree.keys().eq(names));
    assert!(tree.values().all(|text| text == PAGE.as_bytes()));
}

#[test]
fn a_cut_page_fails_a_bomb_is_skipped_and_padding_is_noted() {
    let place = Place::with(&[]);
    let packed = gzip(PAGE.as_bytes());
    place.write("in/cut.txt.gz", &packed[..packed.len() - 9]);
    place.write("in/bomb.txt.gz", gzip(&vec![b'a'; 200_000]));
    place.write("in/large.txt", "word ".repeat(30_000));
    place.write("in/padded.txt.gz", [packed, b"garbage".to_vec()].concat());
    let args = ["in", "-o", "out", "--max-bytes", "100k", "--summary", "s.json"];
    place.clean(&args).assert().code(1).stderr(contains("in/cut.txt.gz").and(contains("bomb").not()));
    assert_eq!(place.names("out"), ["padded.txt"]);
    let summary = place.json("s.json");
    assert_eq!(summary["skipped"]["too large"], 2);
    assert_eq!(summary["failed"]["corrupt"], 1);
    assert_eq!(summary["trailing_bytes"], 1);
}

// Needs the real cleaner, which knows binary from text.
#[test]
fn binary_files_are_skipped_and_counted() {
    let place = Place::with(&["in/page.txt"]);
    place.write("in/image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01");
    place.clean(&["in", "-o", "out", "--summary", "s.json"]).assert().success();
    assert_eq!(place.names("out"), ["page.txt"]);
    assert_eq!(place.json("s.json")["skipped"]["binary"], 1);
}
