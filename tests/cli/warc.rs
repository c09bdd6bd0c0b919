//! WARC and WET files: what is read, what is skipped, where it goes.

use super::packed::gzip;
use super::place::*;
use std::fs;

/// A WARC record with its length right.
pub fn record(kind: &str, number: usize, content_type: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n\
         WARC-Target-URI: https://example.org/page/{number}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A response with a page of HTML.
pub fn response(number: usize, html: &[u8]) -> Vec<u8> {
    let block = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", html].concat();
    record("response", number, "application/http; msgtype=response", &block)
}

/// The HTML pages of the corpus, by name.
pub fn pages() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages/html");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> =
        entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect();
    pages.sort();
    assert!(pages.len() > 5);
    pages
}

/// Those of them that are UTF-8, as every container can hold.
pub fn utf8_pages() -> Vec<(String, String)> {
    let pages = pages().into_iter();
    pages.filter_map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?))).collect()
}

/// A WARC file of these pages, each record a gzip member.
pub fn crawl(pages: &[(String, String)]) -> Vec<u8> {
    let records = pages.iter().enumerate().map(|(number, (_, html))| gzip(&response(number, html.as_bytes())));
    records.collect::<Vec<_>>().concat()
}

#[test]
fn the_texts_of_every_route_are_those_of_the_folder() {
    let place = Place::with(&[]);
    let pages = utf8_pages();
    let mut jsonl = String::new();
    for (name, html) in &pages {
        place.write(&format!("in/{name}"), html);
        jsonl += &format!("{}\n", serde_json::json!({"html": html, "url": "https://example.org/"}));
    }
    place.write("crawl.warc.gz", crawl(&pages));
    place.write(
        "one-member.warc.gz",
        gzip(&pages.iter().flat_map(|(_, html)| response(0, html.as_bytes())).collect::<Vec<_>>()),
    );
    place.write(
        "crawl.warc.zst",
        zstd::encode_all(&*pages.iter().flat_map(|(_, html)| response(0, html.as_bytes())).collect::<Vec<_>>(), 1)
            .unwrap(),
    );
    place.write("crawl.jsonl.zst", zstd::encode_all(jsonl.as_bytes(), 1).unwrap());

    let texts = |args: &[&str], field: &str| {
        let args = [args, &["--format", "jsonl", "-o", "out.jsonl"]].concat();
        place.clean(&args).assert().success();
        let lines = place.lines("out.jsonl");
        lines.into_iter().map(|line| line[field].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let folder = texts(&["in"], "text");
    assert_eq!(folder.len(), pages.len());
    for file in ["crawl.warc.gz", "one-member.warc.gz", "crawl.warc.zst"] {
        let texts = texts(&[file], "text");
        let other = texts.iter().zip(&folder).position(|(own, text)| own != text);
        assert_eq!((texts.len(), other.map(|at| &pages[at].0)), (folder.len(), None), "{file}");
    }
    assert!(texts(&["crawl.jsonl.zst"], "html") == folder);

    place.clean(&["crawl.warc.gz", "-o", "tree"]).assert().success();
    let tree = place.tree("tree");
    assert!(tree.keys().next().unwrap().starts_with("crawl.warc.gz/0000000-example.org-page-0"));
    assert!(tree.into_values().map(|text| String::from_utf8(text).unwrap()).eq(folder.iter().cloned()));
}

#[test]
fn a_record_carries_its_place_and_address_into_the_output() {
    let place = Place::with(&[]);
    let (_, html) = &utf8_pages()[0];
    let first = gzip(&record("warcinfo", 0, "application/warc-fields", b"software: x"));
    place.write("c.warc.gz", [first.clone(), gzip(&response(1, html.as_bytes()))].concat());
    let args = ["c.warc.gz", "-o", "out/", "--format", "jsonl", "--ledger", "l.jsonl", "--summary", "s.json"];
    place.clean(&args).assert().success();
    assert_eq!(place.names("out"), ["c.jsonl"]);
    let line = &place.lines("out/c.jsonl")[0];
    assert_eq!((&line["offset"], &line["id"]), (&first.len().into(), &"urn:uuid:1".into()));
    assert_eq!(
        (&line["url"], &line["fetched"]),
        (&"https://example.org/page/1".into(), &"2026-01-02T03:04:05Z".into())
    );
    let ledger = place.lines("l.jsonl");
    let outcomes: Vec<_> =
        ledger.iter().map(|line| (line["outcome"].as_str().unwrap(), line["reason"].as_str())).collect();
    assert_eq!(outcomes, [("skipped", Some("no response")), ("written", None)]);
    let summary = place.json("s.json");
    assert_eq!((&summary["pages"], &summary["skipped"]["no response"]), (&2.into(), &1.into()));
    let size = fs::metadata(place.path().join("c.warc.gz")).unwrap().len();
    assert_eq!(summary["bytes"].as_u64(), Some(size));
}

#[test]
fn a_wet_record_is_the_text_of_a_whole_page() {
    let place = Place::with(&[]);
    let text = format!("Menu\nHome\nShop\nLog in\n{PAGE}Home\nShop\nContact\n");
    place.write("c.warc.wet.gz", gzip(&record("conversion", 1, "text/plain", text.as_bytes())));
    place.write("page.txt", &text);
    place.clean(&["c.warc.wet.gz", "-o", "wet"]).assert().success();
    let as_page = place.clean(&["page.txt", "--text-kind", "page"]).assert().success();
    let wet = place.tree("wet").into_values().next().unwrap();
    assert_eq!(wet, as_page.get_output().stdout);
    place.clean(&["c.warc.wet.gz", "-o", "article", "--text-kind", "article"]).assert().success();
    let as_article = place.clean(&["page.txt", "--text-kind", "article"]).assert().success();
    assert_eq!(place.tree("article").into_values().next().unwrap(), as_article.get_output().stdout);
}

#[test]
fn statuses_and_media_types_are_chosen() {
    let place = Place::with(&[]);
    let block = |status: &str, media_type: &str| {
        let block = format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n\r\n{PAGE}");
        record("response", 1, "application/http", block.as_bytes())
    };
    let records = [("200 OK", "text/plain"), ("404 Not Found", "text/plain"), ("203 Yes", "application/json")];
    place.write("c.warc", records.map(|(status, media_type)| block(status, media_type)).concat());
    for (args, pages) in [
        (&[][..], 1),
        (&["--status", "2xx,404"], 2),
        (&["--status", "2xx", "--mime", "text/*,application/json"], 2),
        (&["--status", "200,404,203", "--mime", "*"], 3),
        (&["--mime", "application/json"], 0),
    ] {
        let args = [&["c.warc", "--format", "jsonl", "-o", "out.jsonl"], args].concat();
        place.clean(&args).assert().success();
        assert_eq!(place.lines("out.jsonl").len(), pages, "{args:?}");
    }
    place.clean(&["c.warc", "--status", "20"]).assert().code(2).stderr(contains("2xx"));
    place.clean(&["c.warc", "--mime", "html"]).assert().code(2).stderr(contains("text/html"));
}

#[test]
fn a_cut_file_keeps_what_is_whole_and_fails() {
    let place = Place::with(&[]);
    let pages = &utf8_pages()[..3];
    let file = crawl(pages);
    place.write("c.warc.gz", &file[..file.len() - 5]);
    let args = ["c.warc.gz", "-o", "out/", "--format", "jsonl", "--ledger", "l.jsonl", "--summary", "s.json"];
    place.clean(&args).assert().code(1).stderr(contains("c.warc.gz@"));
    assert_eq!(place.lines("out/c.jsonl").len(), 2);
    let summary = place.json("s.json");
    assert_eq!((&summary["pages"], &summary["failed"]["corrupt"]), (&3.into(), &1.into()));
    assert_eq!(place.lines("l.jsonl")[2]["rest"], true);
}

#[test]
fn a_pipe_is_read_as_a_file_is() {
    let place = Place::with(&[]);
    let file = crawl(&utf8_pages()[..3]);
    place.write("c.warc.gz", &file);
    let run = place.clean(&["--format", "jsonl"]).write_stdin(file).assert().success();
    let piped = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    place.clean(&["c.warc.gz", "--format", "jsonl", "-o", "out.jsonl"]).assert().success();
    assert_eq!(piped.replace("(standard input)@", "c.warc.gz@"), place.read("out.jsonl"));
    assert_eq!(piped.lines().count(), 3);
}

#[test]
fn many_pages_cannot_go_to_one_place_as_text() {
    let place = Place::with(&[]);
    place.write("c.warc.gz", crawl(&utf8_pages()[..3]));
    for args in [&["c.warc.gz"][..], &["c.warc.gz", "-o", "out.txt"]] {
        place.clean(args).assert().code(2).stdout("").stderr(contains("name a folder"));
    }
    assert!(!place.path().join("out.txt").exists());
}

#[test]
fn the_number_of_threads_and_of_files_changes_nothing() {
    let place = Place::with(&["in/a.txt", "in/z.txt"]);
    let pages = utf8_pages();
    place.write("in/c.warc.gz", crawl(&pages));
    place.write("in/d.warc.gz", crawl(&pages[..5]));
    for (jobs, output) in [("1", "one"), ("8", "eight")] {
        let (report, ledger) = (format!("{output}.r.jsonl"), format!("{output}.l.jsonl"));
        let args = ["in", "-j", jobs, "-o", &format!("{output}/"), "--format", "jsonl", "--compress", "zstd"];
        place.clean(&[&args[..], &["--report", &report, "--ledger", &ledger]].concat()).assert().success();
    }
    assert_eq!(place.names("one"), ["c.jsonl.zst", "d.jsonl.zst", "dehusk.jsonl.zst"]);
    assert_eq!(place.tree("one"), place.tree("eight"));
    assert_eq!(place.read("one.r.jsonl"), place.read("eight.r.jsonl"));
    assert_eq!(place.read("one.l.jsonl"), place.read("eight.l.jsonl"));
    assert_eq!(place.lines("one.l.jsonl").len(), pages.len() + 5 + 2);
}
