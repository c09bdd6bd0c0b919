//! tar and zip: members are pages, whatever their names say, and what is damaged costs as little as it can.

use super::{TEXT, gzip, is_one, page, run};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};

/// An archive of these pages, with a folder before them.
fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut folder = tar::Header::new_gnu();
    folder.set_entry_type(tar::EntryType::Directory);
    folder.set_size(0);
    folder.set_path("pages/").unwrap();
    folder.set_cksum();
    builder.append(&folder, &[][..]).unwrap();
    for (path, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (path, bytes) in members {
        writer.start_file(*path, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The names of pages that tests are read from, one too long for the head of a tar member.
fn pages() -> Vec<(String, String)> {
    let long = format!("pages/{}/3.txt", "long-".repeat(40));
    let names = ["pages/1.txt", "pages/deep/er/2.txt", &long, "4"];
    names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), page(at + 1))).collect()
}

fn packed_pages() -> (Vec<u8>, Vec<u8>) {
    let pages = pages();
    let texts: Vec<_> = pages.iter().map(|(name, text)| (&**name, &**text)).collect();
    let bytes: Vec<_> = pages.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
    (tar(&texts), zip(&bytes, zip::CompressionMethod::Deflated))
}

#[test]
fn members_of_archives_are_pages() {
    let (tar, zip) = packed_pages();
    let inputs = [
        ("a.tar", tar.clone()),
        ("a.tgz", gzip(&tar)),
        ("a.tar.zst", zstd::encode_all(&*tar, 3).unwrap()),
        ("a.zip", zip),
    ];
    for (name, bytes) in inputs {
        let run = run(name, &bytes, &[]);
        assert_eq!(run.texts, [1, 2, 3, 4].map(page), "{name}: {:?} {}", run.outcomes, run.stderr);
        assert_eq!(run.counts("skipped"), usize::from(name != "a.zip"), "{name}: a folder is no page");
    }
}

#[test]
fn a_tar_archive_comes_through_a_pipe_and_a_zip_archive_does_not() {
    let (tar, zip) = packed_pages();
    let clean = |bytes: Vec<u8>| {
        let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
        command.args(["clean", "--format", "jsonl"]).write_stdin(bytes).output().unwrap()
    };
    let output = clean(gzip(&tar));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 4);
    let output = clean(zip);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("save it as a file"));
}

#[test]
fn members_never_lead_out_of_the_output_folder() {
    let names = ["../../escape.txt", "/etc/passwd", "same.txt", "SAME.txt", "con", "-rf", "a\\..\\b", "nul\nline.txt"];
    let members: Vec<_> = names.iter().map(|name| (*name, TEXT.as_bytes())).collect();
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.zip"), zip(&members, zip::CompressionMethod::Stored)).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", "a.zip", "-o", "out", "--quiet"]).assert().success();
    let top: BTreeSet<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(top.iter().eq(["a.zip", "out"]), "{top:?}");
    let files = walkdir::WalkDir::new(place.path().join("out")).into_iter().map(|entry| entry.unwrap().into_path());
    let files: Vec<_> = files.filter(|path| path.is_file()).collect();
    assert_eq!(files.len(), names.len(), "{files:?}");
    let folded: BTreeSet<_> = files.iter().map(|name| name.to_string_lossy().to_lowercase()).collect();
    assert_eq!(folded.len(), names.len(), "{files:?}");
}

#[test]
fn a_container_in_an_archive_is_no_page() {
    let lines = "{\"text\":\"The mill was sold.\"}\n{\"text\":\"The boat sails.\"}\n";
    let inner = String::from_utf8(tar(&[("1.txt", "The mill was sold.\n")])).unwrap();
    let record = "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 9\r\n\r\nThe mill.\r\n\r\n";
    for (name, content) in [("a.jsonl", lines), ("a.tar", &inner), ("a.warc", record)] {
        let found = run("outer.tar", &tar(&[(name, content), ("2.txt", "The boat sails.\n")]), &[]);
        assert_eq!(found.summary["failed"]["malformed"], 1, "{name}");
        assert_eq!(found.texts, ["The boat sails.\n"], "{name}");
    }
}

#[test]
fn a_bomb_is_one_member() {
    let bomb = vec![b'a'; 40 << 20];
    let (one, three) = (page(1), page(3));
    let members = [("1.txt", one.as_bytes()), ("bomb.txt", &bomb), ("3.txt", three.as_bytes())];
    let zip = zip(&members, zip::CompressionMethod::Deflated);
    let text = String::from_utf8(bomb.clone()).unwrap();
    let tar = gzip(&tar(&[("1.txt", &one), ("bomb.txt", &text), ("3.txt", &three)]));
    for (name, bytes) in [("a.zip", zip), ("a.tar.gz", tar)] {
        let run = run(name, &bytes, &[]);
        assert_eq!(run.texts, [1, 3].map(page), "{name}: {:?}", run.outcomes);
        assert!(run.outcomes.contains(&("skipped".to_owned(), "too large".to_owned())), "{name}: {:?}", run.outcomes);
    }
}

#[test]
fn members_with_one_name_are_not_lost_in_silence() {
    let zip = zip(&[("1.txt", page(1).as_bytes()), ("2.txt", page(2).as_bytes())], zip::CompressionMethod::Stored);
    let mut twice = zip.clone();
    for at in (0..zip.len() - 5).filter(|at| zip[*at..].starts_with(b"2.txt")) {
        twice[at] = b'1';
    }
    let run = run("a.zip", &twice, &[]);
    assert_eq!(run.texts, [page(2)]);
    assert!(run.outcomes.contains(&("failed".to_owned(), "malformed".to_owned())), "{:?}", run.outcomes);
    assert!(run.stderr.contains("have the same name"), "{}", run.stderr);
}

#[test]
fn a_member_is_explained_by_its_path() {
    let (one, two) = (page(1), page(2));
    let place = tempfile::tempdir().unwrap();
    let members = [("d/1.txt", one.as_bytes()), ("d/2.txt", two.as_bytes())];
    fs::write(place.path().join("a.zip"), zip(&members, zip::CompressionMethod::Stored)).unwrap();
    fs::write(place.path().join("a.tar"), tar(&[("d/1.txt", &one), ("d/2.txt", &two)])).unwrap();
    for archive in ["a.zip", "a.tar"] {
        let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
        command.current_dir(place.path()).args(["explain", archive, "--record", "d/2.txt", "--json"]);
        let output = command.assert().success().get_output().stdout.clone();
        assert!(String::from_utf8(output).unwrap().contains("d/2.txt"), "{archive}");
    }
}

/// The directory says of two members that they lie in the same place.
#[test]
fn members_that_lie_upon_each_other_are_refused() {
    let zip = zip(&[("1.txt", TEXT.as_bytes())], zip::CompressionMethod::Stored);
    let at = |magic: &[u8]| zip.windows(4).rposition(|window| window == magic).unwrap();
    let (directory, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let entry = &zip[directory..end];
    let mut other = entry.to_vec();
    let name = other.windows(5).position(|window| window == b"1.txt").unwrap();
    other[name] = b'2';
    let mut tail = zip[end..].to_vec();
    for count in [8, 10] {
        tail[count] = 2;
    }
    tail[12..16].copy_from_slice(&(2 * entry.len() as u32).to_le_bytes());
    let run = run("a.zip", &[&zip[..end], &other, &tail].concat(), &[]);
    is_one(&run, "failed", "malformed");
    assert!(run.stderr.contains("lie upon each other"), "{}", run.stderr);
}

#[test]
fn documents_that_are_zip_files_within_are_binary() {
    let members = [("[Content_Types].xml", &b"<Types/>"[..]), ("word/document.xml", TEXT.as_bytes())];
    is_one(&run("a.docx", &zip(&members, zip::CompressionMethod::Deflated), &[]), "skipped", "binary");
}

#[test]
fn a_damaged_member_costs_itself_alone() {
    let (tar, zip) = packed_pages();
    // The second file of the tar archive: its head no longer has its checksum.
    let mut damaged = tar.clone();
    let head = tar.windows(11).position(|window| window == b"pages/deep/").unwrap();
    damaged[head] ^= 1;
    let found = run("a.tar", &damaged, &[]);
    assert_eq!(found.texts, [1, 3, 4].map(page), "{:?} {}", found.outcomes, found.stderr);
    assert_eq!(found.counts("failed"), 1);

    let mut damaged = zip.clone();
    let head = zip.windows(11).position(|window| window == b"pages/deep/").unwrap();
    damaged[head + 40] ^= 0x55;
    let found = run("a.zip", &damaged, &[]);
    assert_eq!(found.texts, [1, 3, 4].map(page), "{:?} {}", found.outcomes, found.stderr);
    assert!(found.stderr.contains("pages/deep/er/2.txt"), "{}", found.stderr);
}

/// 64 places: the pages are a prefix of all, each whole, and a file that is cut says so.
#[test]
fn an_archive_cut_anywhere_gives_whole_pages_only() {
    let (tar, zip) = packed_pages();
    // What follows the last member is only zeros.
    let end = tar.len() - 1024;
    for place in 1..=64 {
        let cut = end * place / 65;
        let found = run("a.tar", &tar[..cut], &["-j", "1"]);
        if cut >= 512 {
            let all = [1, 2, 3, 4].map(page);
            assert_eq!(found.texts, all[..found.texts.len()], "cut {cut}: {:?}", found.outcomes);
            // What fills the last block of a member may be missing.
            let is_filling = tar[cut..cut.next_multiple_of(512)].iter().all(|byte| *byte == 0);
            assert!(found.code == 1 || is_filling, "cut {cut}: {:?}", found.outcomes);
        }
        let cut = zip.len() * place / 65;
        let found = run("a.zip", &zip[..cut], &["-j", "1"]);
        assert!(found.texts.is_empty() && found.code <= 1, "cut {cut}: {:?}", found.outcomes);
    }
}
