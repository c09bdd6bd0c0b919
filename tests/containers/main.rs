//! Malformed containers: what is whole is written, what is not is named, and the counts say both.
//!
//! Every input is made here. [`Run`] holds what a run wrote and what its ledger says of each record; nothing may be
//! written outside the output folder, whatever an input says its name is.

#![cfg(feature = "cli")]

mod archives;
#[cfg(feature = "parquet")]
mod parquet;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

const TEXT: &str = "The council met on Tuesday and agreed on the new bridge.\n\n\
    Work is to begin in spring, when the river is low and the roads are dry.\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a run over one input came to.
struct Run {
    code: i32,
    stderr: String,
    /// Outcome and reason of each record, in order.
    outcomes: Vec<(String, String)>,
    /// The articles, in order.
    texts: Vec<String>,
    summary: Value,
}

impl Run {
    fn counts(&self, outcome: &str) -> usize {
        self.outcomes.iter().filter(|(name, _)| name == outcome).count()
    }
}

/// Cleans one input, and checks what holds for every run.
fn run(name: &str, bytes: &[u8], more: &[&str]) -> Run {
    let place = tempfile::tempdir().unwrap();
    let at = |file: &str| place.path().join(file);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in").join(name), bytes).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", "in", "-o", "out.jsonl", "--format", "jsonl", "--progress=never"]);
    let output = command.args(["--ledger", "ledger.jsonl", "--summary", "summary.json"]).args(more).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    let files: BTreeSet<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(files.iter().eq(["in", "ledger.jsonl", "out.jsonl", "summary.json"]), "{files:?}: {stderr}");

    let lines = |file: &str| -> Vec<Value> {
        let lines = fs::read_to_string(at(file)).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let outcomes: Vec<_> =
        lines("ledger.jsonl").iter().map(|line| (word(&line["outcome"]), word(&line["reason"]))).collect();
    let texts: Vec<_> = lines("out.jsonl").iter().map(|line| word(&line["text"])).collect();
    let summary: Value = serde_json::from_slice(&fs::read(at("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["pages"], outcomes.len(), "the ledger and the counts are not the same");
    let run = Run { code: output.status.code().unwrap(), stderr, outcomes, texts, summary };
    let written = ["written", "unchanged", "empty"].map(|outcome| run.counts(outcome));
    assert_eq!(run.texts.len(), written.iter().sum::<usize>(), "{:?}", run.outcomes);
    assert_eq!(run.code, i32::from(run.counts("failed") > 0), "{:?}: {}", run.outcomes, run.stderr);
    run
}

/// One record with this outcome and reason.
#[track_caller]
fn is_one(run: &Run, outcome: &str, reason: &str) {
    assert_eq!(run.outcomes, [(outcome.to_owned(), reason.to_owned())], "{}", run.stderr);
}

#[test]
fn a_gzip_bomb_is_too_large() {
    let run = run("bomb.txt.gz", &gzip(&vec![b'a'; 40 << 20]), &[]);
    is_one(&run, "skipped", "too large");
}

#[test]
fn a_zstd_bomb_is_too_large() {
    let run = run("bomb.txt.zst", &zstd::encode_all(&*vec![b'a'; 40 << 20], 1).unwrap(), &[]);
    is_one(&run, "skipped", "too large");
}

#[test]
fn a_truncated_gzip_file_is_corrupt() {
    let packed = gzip(TEXT.as_bytes());
    let run = run("page.txt.gz", &packed[..packed.len() - 12], &[]);
    is_one(&run, "failed", "corrupt");
}

#[test]
fn a_wrong_checksum_is_corrupt() {
    let mut packed = gzip(TEXT.as_bytes());
    let at = packed.len() - 6;
    packed[at] ^= 0x10;
    is_one(&run("page.txt.gz", &packed, &[]), "failed", "corrupt");
}

#[test]
fn bytes_after_a_gzip_file_are_left_out_and_counted() {
    let run = run("page.txt.gz", &[gzip(TEXT.as_bytes()), b"trailing".to_vec()].concat(), &[]);
    is_one(&run, "unchanged", "");
    assert_eq!((run.summary["trailing_bytes"].as_u64(), &*run.texts[0]), (Some(1), TEXT));
}

#[test]
fn a_member_behind_a_damaged_one_is_not_left_out() {
    let mut damaged = gzip(TEXT.as_bytes());
    damaged[0] ^= 1;
    let file = [gzip(TEXT.as_bytes()), damaged, gzip(TEXT.as_bytes())].concat();
    is_one(&run("page.txt.gz", &file, &[]), "failed", "corrupt");
    let member = |number: usize| gzip(format!("{{\"text\":\"The boat {number} sails.\"}}\n").as_bytes());
    let mut damaged = member(2);
    damaged[0] ^= 1;
    let run = run("pages.jsonl.gz", &[member(1), damaged, member(3)].concat(), &["-j", "1"]);
    assert_eq!((&run.summary["failed"]["corrupt"], run.texts.len()), (&1.into(), 2));
}

#[test]
fn a_container_that_its_name_calls_one_is_read_as_one_however_it_begins() {
    let lines = "{\"text\":\"broken\n{\"text\":\"The mill was sold.\"}\n{\"text\":\"The boat sails.\"}\n";
    let found = run("pages.jsonl", lines.as_bytes(), &[]);
    assert_eq!((&found.summary["failed"]["malformed"], found.texts.len()), (&1.into(), 2));
    let found = run("pages.jsonl.gz", &gzip(lines.as_bytes()), &[]);
    assert_eq!((&found.summary["failed"]["malformed"], found.texts.len()), (&1.into(), 2));
    // A document of its own may have that ending, and a page that does not say what it is may be anything.
    for name in ["page.json", "page"] {
        assert_eq!(run(name, b"[\"The mill was sold.\"]\n", &[]).summary["pages"], 1, "{name}");
    }
}

#[test]
fn the_third_level_of_packing_is_not_opened() {
    let twice = gzip(&gzip(TEXT.as_bytes()));
    assert_eq!(run("page.txt.gz", &twice, &[]).texts, [TEXT]);
    is_one(&run("page.txt.gz", &gzip(&twice), &[]), "skipped", "binary");
}

#[test]
fn an_empty_file_is_an_empty_page() {
    is_one(&run("page.html", b"", &[]), "empty", "");
}

#[test]
fn an_image_is_binary() {
    let noise = (0u32..9_000).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8);
    let image: Vec<u8> = b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect();
    is_one(&run("page.html", &image, &[]), "skipped", "binary");
}

// WARC.

/// A record whose header says that its block has `length` bytes.
fn record(uri: &str, block: &[u8], length: impl std::fmt::Display) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uri}>\r\nWARC-Target-URI: {uri}\r\n\
         WARC-Date: 2026-01-02T03:04:05Z\r\nContent-Type: application/http; msgtype=response\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A page that says its number, as a server sends it with these headers.
fn http(number: usize, headers: &str, pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n{headers}\r\n");
    [head.into_bytes(), pack(page(number).as_bytes())].concat()
}

fn page(number: usize) -> String {
    format!("Page {number} of the council.\n\n{TEXT}")
}

fn plain(number: usize) -> Vec<u8> {
    http(number, "", <[u8]>::to_vec)
}

fn good(number: usize) -> Vec<u8> {
    let block = plain(number);
    record(&format!("https://example.org/{number}"), &block, block.len())
}

/// A good record, the malformed one, and three good ones.
fn between(malformed: &[u8]) -> Vec<u8> {
    [good(1), malformed.to_vec(), good(3), good(4), good(5)].concat()
}

/// The good records of [`between`] were read, and what stands for the bad one failed; in gzip too.
#[track_caller]
fn loses_one(malformed: &[u8]) {
    let file = between(malformed);
    for (name, bytes) in [("c.warc", file.clone()), ("c.warc.gz", gzip(&file))] {
        let run = run(name, &bytes, &[]);
        let found: Vec<usize> = [1, 3, 4, 5].into_iter().filter(|&number| run.texts.contains(&page(number))).collect();
        assert_eq!(found, [1, 3, 4, 5], "{name}: {:?} {}", run.outcomes, run.stderr);
        assert!(run.counts("failed") >= 1, "{name}: nothing says that a record was lost: {:?}", run.outcomes);
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
}

#[test]
fn a_length_that_is_too_short_loses_one_record() {
    let block = plain(2);
    loses_one(&record("https://example.org/2", &block, block.len() - 40));
}

#[test]
fn a_length_that_is_too_long_loses_one_record() {
    let block = plain(2);
    loses_one(&record("https://example.org/2", &block, block.len() + 40));
}

#[test]
fn mad_lengths_lose_one_record_and_no_memory() {
    for length in ["-1", "18446744073709551615", "99999999999999999999999", "12x", ""] {
        loses_one(&record("https://example.org/2", &plain(2), length));
    }
}

#[test]
fn a_length_past_the_bound_is_one_record() {
    loses_one(&record("https://example.org/2", &plain(2), 3u64 << 30));
}

#[test]
fn line_ends_without_a_carriage_return_are_read() {
    let text = String::from_utf8([good(1), good(2)].concat()).unwrap();
    let block = |number| String::from_utf8(plain(number)).unwrap();
    let bare = [1, 2].map(|number| {
        let block = block(number).replace("\r\n", "\n");
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n");
        let head = head.rsplit_once('\n').unwrap().0.to_owned();
        format!("{head}\nContent-Length: {}\n\n{block}\n\n", block.len())
    });
    let run = run("c.warc", bare.concat().as_bytes(), &[]);
    assert_eq!(run.texts, [page(1), page(2)], "{:?} {}", run.outcomes, run.stderr);
}

#[test]
fn a_body_that_is_not_chunked_as_it_says_is_read_as_it_is() {
    let chunked = |number: usize| {
        http(number, "Transfer-Encoding: chunked\r\n", |body| {
            let mut chunks = Vec::new();
            for chunk in body.chunks(50) {
                chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                chunks.extend_from_slice(chunk);
                chunks.extend_from_slice(b"\r\n");
            }
            [chunks, b"0\r\n\r\n".to_vec()].concat()
        })
    };
    let lie = http(1, "Transfer-Encoding: chunked\r\n", <[u8]>::to_vec);
    let records = [lie, chunked(2)].map(|block| record("https://example.org/", &block, block.len()));
    let run = run("c.warc", &records.concat(), &[]);
    assert_eq!(run.texts, [page(1), page(2)], "{:?}", run.outcomes);
}

#[test]
fn packed_bodies_are_opened_and_those_that_are_not_are_read_as_they_are() {
    let zstd = |body: &[u8]| zstd::encode_all(body, 1).unwrap();
    let blocks = [
        http(1, "Content-Encoding: gzip\r\n", gzip),
        http(2, "Content-Encoding: zstd\r\n", zstd),
        http(3, "Content-Encoding: gzip\r\n", <[u8]>::to_vec),
        http(4, "Content-Encoding: br\r\nContent-Encoding: x\r\n", <[u8]>::to_vec),
    ];
    let records = blocks.map(|block| record("https://example.org/", &block, block.len()));
    let run = run("c.warc", &records.concat(), &[]);
    assert_eq!(run.texts, [1, 2, 3, 4].map(page), "{:?} {}", run.outcomes, run.stderr);
}

#[test]
fn a_bomb_in_a_record_is_one_record() {
    let bomb = http(2, "Content-Encoding: gzip\r\n", |_| gzip(&vec![b'a'; 40 << 20]));
    let run = run("c.warc", &between(&record("https://example.org/2", &bomb, bomb.len())), &[]);
    assert_eq!(run.texts, [1, 3, 4, 5].map(page), "{:?}", run.outcomes);
    assert_eq!(run.outcomes[1], ("skipped".to_owned(), "too large".to_owned()));
}

#[test]
fn a_cut_gzip_file_keeps_its_whole_members() {
    let file = [1, 2, 3].map(|number| gzip(&good(number)));
    let whole = file.concat();
    for cut in [1, 9, 60] {
        let run = run("c.warc.gz", &whole[..whole.len() - cut], &[]);
        assert_eq!(run.texts, [page(1), page(2)], "cut {cut}");
        assert_eq!(run.outcomes[2], ("failed".to_owned(), "corrupt".to_owned()), "cut {cut}");
        assert_eq!((run.code, run.outcomes.len()), (1, 3), "cut {cut}");
    }
}

/// 64 places: the pages are a prefix of all, each whole, and a file that does not end with a member says so.
#[test]
fn a_gzip_file_cut_anywhere_gives_whole_pages_only() {
    let members = [1, 2, 3, 4].map(|number| gzip(&good(number)));
    let ends: Vec<usize> = (1..=4).map(|count| members[..count].iter().map(Vec::len).sum()).collect();
    let whole = members.concat();
    for place in 1..=64 {
        let cut = whole.len() * place / 65;
        if cut < 20 {
            continue;
        }
        let run = run("c.warc.gz", &whole[..cut], &["-j", "1"]);
        let complete = ends.iter().filter(|&&end| end <= cut).count();
        assert_eq!(run.texts, (1..=complete).map(page).collect::<Vec<_>>(), "cut {cut}: {:?}", run.outcomes);
        assert_eq!(run.code, i32::from(!ends.contains(&cut)), "cut {cut}");
    }
}

#[test]
fn one_member_for_all_records_is_read_to_its_end() {
    let run = run("c.warc.gz", &gzip(&[1, 2, 3].map(good).concat()), &[]);
    assert_eq!(run.texts, [1, 2, 3].map(page));
}

#[test]
fn a_header_without_an_end_is_bounded() {
    let endless = format!("WARC/1.0\r\n{}", "X-Fill: aaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(10_000));
    loses_one(endless.as_bytes());
}

#[test]
fn addresses_never_lead_out_of_the_output_folder() {
    let long = format!("https://example.org/{}", "long/".repeat(200));
    let uris = [
        "https://example.org/../../../../etc/passwd",
        "file:///etc/passwd",
        "../../escape",
        "/absolute",
        "https://example.org/a%2F..%2F..%2Fb",
        "https://example.org/nul\0byte",
        "https://example.org/same",
        "https://example.org/same",
        "https://example.org/SAME",
        "https://example.org/con",
        "-rf",
        "",
        &long,
    ];
    let records = uris.map(|uri| {
        let block = plain(1);
        record(uri, &block, block.len())
    });
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("c.warc"), records.concat()).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", "c.warc", "-o", "out", "--quiet"]).assert().success();
    let top: BTreeSet<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(top.iter().eq(["c.warc", "out"]), "{top:?}");
    let files = walkdir::WalkDir::new(place.path().join("out")).into_iter().map(|entry| entry.unwrap().into_path());
    let names: Vec<_> = files.filter(|path| path.is_file()).collect();
    assert_eq!(names.len(), uris.len(), "{names:?}");
    let is_short = |path: &Path| path.file_name().is_some_and(|name| name.len() <= 200);
    assert!(names.iter().all(|name| is_short(name)), "{names:?}");
    let folded: BTreeSet<_> = names.iter().map(|name| name.to_string_lossy().to_lowercase()).collect();
    assert_eq!(folded.len(), uris.len(), "names that differ by case only: {names:?}");
}

// JSON lines.

fn row(number: usize) -> String {
    json!({"text": page(number), "id": number}).to_string()
}

#[test]
fn lines_that_are_no_rows_fail_one_by_one() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines = [
        row(1),
        "{\"text\": \"cut".to_owned(),
        row(2),
        "[1, 2]".to_owned(),
        "42".to_owned(),
        deep,
        String::new(),
        "{\"text\": \"\\ud800 lone\"}".to_owned(),
        row(3),
    ];
    let run = run("c.jsonl", lines.join("\n").as_bytes(), &[]);
    let pages = run.texts.iter().filter(|text| text.starts_with("Page ")).count();
    assert_eq!(pages, 3, "{:?}", run.outcomes);
    assert!(run.counts("failed") >= 4, "{:?}", run.outcomes);
    assert_eq!(run.code, 1);
}

#[test]
fn a_line_without_an_end_is_bounded_and_the_next_is_read() {
    let huge = format!("{{\"text\": \"{}\"}}", "a ".repeat(40 << 20));
    let run = run("c.jsonl", [row(1), huge, row(2)].join("\n").as_bytes(), &[]);
    assert_eq!(run.texts, [page(1), page(2)], "{:?}", run.outcomes);
    assert_eq!(run.outcomes[1].1, "too large");
}

#[test]
fn windows_line_ends_a_mark_and_no_last_line_end_change_nothing() {
    let file = format!("\u{feff}{}\r\n\r\n{}", row(1), row(2));
    let run = run("c.jsonl", file.as_bytes(), &[]);
    assert_eq!(run.texts, [page(1), page(2)], "{:?}", run.outcomes);
}
