//! JSONL in and out: fields, rows that keep what is not the page, lines that cannot be used.

use super::packed::gzip;
use super::place::*;

#[test]
fn a_row_keeps_everything_but_its_text() {
    let place = Place::with(&[]);
    let text = serde_json::to_string(&format!("{PAGE}\n{HUSK}\n")).unwrap();
    let line = format!(r#"{{"id": "a/1", "score":1.50, "text":{text}, "meta":{{"n":[1e3,"é\u0041"]}} ,"last":null}}"#);
    place.write("c4.jsonl", format!("{line}\n{}", line.replace(":1.50", ":12345678901234567890")));
    place.clean(&["c4.jsonl", "-o", "out/", "--format", "jsonl"]).assert().success();
    let page = serde_json::to_string(PAGE).unwrap();
    let account = r#""dehusk":{"outcome":"written","confidence":"#;
    let out = place.read("out/c4.jsonl");
    let expected = line.replace(&text, &page);
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].starts_with(&format!("{},{account}", expected.trim_end_matches('}'))), "{}", lines[0]);
    assert!(lines[1].contains(r#""score":12345678901234567890,"#));
    let account = &place.lines("out/c4.jsonl")[0]["dehusk"];
    assert_eq!((&account["removals"], &account["degraded"]), (&1.into(), &serde_json::json!([])));
    assert!(account["words_in"].as_u64() > account["words_out"].as_u64());

    // Its own output is read again, and its own account replaced.
    place.clean(&["out/c4.jsonl", "-o", "again/", "--format", "jsonl"]).assert().success();
    assert_eq!(place.lines("again/c4.jsonl")[0]["dehusk"]["outcome"], "unchanged");
    assert_eq!(place.read("again/c4.jsonl").matches("\"dehusk\"").count(), 2);
}

#[test]
fn each_line_ends_in_one_outcome() {
    let place = Place::with(&[]);
    let deep = format!(r#"{{"text":"The bridge is open again.","deep":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    let lines: [&[u8]; 8] = [
        br#"{"id":7,"text":"The bridge is open again."}"#,
        b"not json",
        br#"{"text":"a","text":"b"}"#,
        b"{\"text\":\"\xff\"}",
        br#"{"text":null}"#,
        br#"{"title":"x"}"#,
        deep.as_bytes(),
        br#"{"text":""}"#,
    ];
    place.write("in.jsonl", lines.join(&b'\n'));
    let args = ["in.jsonl", "-o", "out/", "--format", "jsonl", "--ledger", "l.jsonl", "--summary", "s.json"];
    place.clean(&args).assert().code(1);
    let ledger = place.lines("l.jsonl");
    let outcomes: Vec<_> = ledger.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(
        outcomes,
        ["unchanged", "failed", "failed", "failed", "skipped", "failed", "unchanged", "empty"].map(|outcome| {
            // A text without its line end is not what comes out.
            if outcome == "unchanged" { "written" } else { outcome }
        })
    );
    assert_eq!((&ledger[0]["id"], &ledger[1]["offset"]), (&"7".into(), &44.into()));
    assert_eq!(place.read("out/in.jsonl").lines().count(), 3);
    let sum = |field: &str| ledger.iter().map(|line| line[field].as_u64().unwrap()).sum::<u64>();
    let summary = place.json("s.json");
    assert_eq!(summary["pages"], 8);
    assert_eq!(
        (summary["words_in"].as_u64().unwrap(), summary["words_out"].as_u64().unwrap()),
        (sum("words_in"), sum("words_out"))
    );
}

/// What stands in `.txt` is a text, though it begins with a line of JSON, unless all of it is such lines.
#[test]
fn a_text_that_begins_with_an_object_stays_a_text() {
    let place = Place::with(&[]);
    let row = "{\"id\":7,\"text\":\"The bridge is open again.\"}";
    let text = format!("{row}\n\nThat line is how the record of a page looks, the manual says.\n");
    place.write("in/object.txt", &text);
    place.write("in/object.TXT.gz", gzip(text.as_bytes()));
    place.write("in/warc.txt", "WARC/1.0 is a format of web archives.\n\nIt is older than most of them.\n");
    place.write("in/parquet.md", "PAR1 stands at both ends of a file.\n");
    place.write("in/rows.txt", format!("{row}\n{row}\n"));
    place.clean(&["in", "--format", "jsonl", "-o", "out.jsonl", "--ledger", "l.jsonl"]).assert().success();
    let ledger = place.lines("l.jsonl");
    let files = ledger.iter().map(|line| (line["file"].as_str().unwrap(), line["record"].is_null()));
    let expected = [
        ("in/object.TXT.gz", true),
        ("in/object.txt", true),
        ("in/parquet.md", true),
        ("in/rows.txt", false),
        ("in/rows.txt", false),
        ("in/warc.txt", true),
    ];
    assert_eq!(files.collect::<Vec<_>>(), expected);
    assert_eq!(place.lines("out.jsonl")[1]["text"], text.as_str());
    // Where the name says nothing the first line does.
    place.write("object", &text);
    place.clean(&["object", "--format", "jsonl"]).assert().code(1);
}

#[test]
fn the_field_is_named_when_it_is_not_known() {
    let place = Place::with(&[]);
    place.write("in.jsonl", "{\"story\":\"The bridge is open again.\"}\n");
    place.clean(&["in.jsonl", "--format", "jsonl"]).assert().code(1).stderr(contains("--field"));
    let run = place.clean(&["in.jsonl", "--format", "jsonl", "--field", "story"]).assert().success();
    run.stdout(contains(r#"{"story":"The bridge is open again.\n","dehusk":"#));
}

#[test]
fn a_file_is_packed_as_its_name_says() {
    let place = Place::with(&["in/a.txt", "in/b.txt"]);
    place.clean(&["in", "--format", "jsonl", "-o", "plain.jsonl"]).assert().success();
    place.clean(&["in", "--format", "jsonl", "-o", "out.jsonl.zst"]).assert().success();
    place.clean(&["in", "--format", "jsonl", "-o", "out.jsonl", "--compress", "gzip"]).assert().success();
    let read = |name: &str| std::fs::read(place.path().join(name)).unwrap();
    assert_eq!(zstd::decode_all(&*read("out.jsonl.zst")).unwrap(), read("plain.jsonl"));
    assert_eq!(&read("out.jsonl")[..3], b"\x1f\x8b\x08");
    place.clean(&["in", "-o", "out/", "--compress", "gzip"]).assert().code(2).stderr(contains("--format jsonl"));
}

#[test]
fn what_is_forced_to_be_a_page_is_no_container() {
    let place = Place::with(&[]);
    place.write("a.jsonl", "{\"text\":\"The bridge is open again.\"}\n");
    let run = place.clean(&["a.jsonl", "--input-format", "text"]).assert().success();
    run.stdout("{\"text\":\"The bridge is open again.\"}\n");
    place.write("b.txt", "not json\n");
    place.clean(&["b.txt", "--input-format", "jsonl", "--format", "jsonl"]).assert().code(1);
}
