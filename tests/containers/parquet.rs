//! Parquet: rows pass through column by column, and a file that is cut, damaged or made to hurt costs what is damaged.

use super::{TEXT, is_one, page, run};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;

/// The columns of a corpus, some of them nested: a list of lists, a map and an optional group.
const SCHEMA: &str = "message corpus {
    optional binary text (UTF8);
    required binary id (UTF8);
    optional group metadata {
        optional binary url (UTF8);
        required int64 fetched (TIMESTAMP(MILLIS,true));
    }
    optional group tags (LIST) { repeated group list { optional group element (LIST) {
        repeated group list { optional int32 element; } } } }
    required group scores (MAP) { repeated group key_value { required binary key (UTF8); optional double value; } }
    optional int32 day (DATE);
    optional int32 price (DECIMAL(6,2));
    required boolean good;
}";

fn write(column: &mut ColumnWriter<'_>, at: usize, rows: std::ops::Range<usize>) {
    let count = rows.len();
    let bytes = |text: &str| ByteArray::from(text);
    let every = |level: i16| vec![level; count];
    let wrote = match (column, at) {
        (ColumnWriter::ByteArrayColumnWriter(column), 0) => {
            let texts: Vec<_> = rows.map(|row| bytes(&page(row))).collect();
            column.write_batch(&texts, Some(&every(1)), None)
        }
        (ColumnWriter::ByteArrayColumnWriter(column), 1) => {
            let ids: Vec<_> = rows.map(|row| bytes(&format!("id-{row}"))).collect();
            column.write_batch(&ids, None, None)
        }
        (ColumnWriter::ByteArrayColumnWriter(column), 2) => {
            // Every third group is null, and every third has no address.
            let levels: Vec<i16> = rows.clone().map(|row| (row % 3) as i16).collect();
            let urls = rows.filter(|row| row % 3 == 2).map(|row| bytes(&format!("http://a.example/{row}")));
            column.write_batch(&urls.collect::<Vec<_>>(), Some(&levels), None)
        }
        (ColumnWriter::Int64ColumnWriter(column), 3) => {
            let levels: Vec<i16> = rows.clone().map(|row| i16::from(row % 3 > 0)).collect();
            let times: Vec<i64> = rows.filter(|row| row % 3 > 0).map(|row| 86_400_000 + row as i64).collect();
            column.write_batch(&times, Some(&levels), None)
        }
        (ColumnWriter::Int32ColumnWriter(column), 4) => {
            // [[7, null], [], null], null and [] in turn.
            let (mut def, mut rep, mut values) = (Vec::new(), Vec::new(), Vec::new());
            for row in rows {
                let (levels, lists): (&[i16], &[i16]) = match row % 3 {
                    0 => (&[5, 4, 3, 2], &[0, 2, 1, 1]),
                    1 => (&[0], &[0]),
                    _ => (&[1], &[0]),
                };
                def.extend_from_slice(levels);
                rep.extend_from_slice(lists);
                values.extend((row % 3 == 0).then_some(7));
            }
            column.write_batch(&values, Some(&def), Some(&rep))
        }
        (ColumnWriter::ByteArrayColumnWriter(column), 5) => {
            let keys: Vec<_> = rows.flat_map(|_| [bytes("a"), bytes("b")]).collect();
            let rep: Vec<i16> = (0..keys.len()).map(|at| (at % 2) as i16).collect();
            column.write_batch(&keys, Some(&vec![1; keys.len()]), Some(&rep))
        }
        (ColumnWriter::DoubleColumnWriter(column), 6) => {
            let (def, rep): (Vec<i16>, Vec<i16>) =
                (0..2 * count).map(|at| (2 - (at % 2) as i16, (at % 2) as i16)).unzip();
            column.write_batch(&vec![0.5; count], Some(&def), Some(&rep))
        }
        (ColumnWriter::Int32ColumnWriter(column), 7) => column.write_batch(&vec![1; count], Some(&every(1)), None),
        (ColumnWriter::Int32ColumnWriter(column), 8) => {
            let prices: Vec<i32> = rows.map(|row| -(row as i32)).collect();
            column.write_batch(&prices, Some(&every(1)), None)
        }
        (ColumnWriter::BoolColumnWriter(column), 9) => {
            let flags: Vec<bool> = rows.map(|row| row % 2 == 0).collect();
            column.write_batch(&flags, None, None)
        }
        _ => panic!("no such column"),
    };
    wrote.unwrap();
}

/// A corpus of some groups of rows.
fn corpus(groups: usize, rows: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pair = |key: &str| KeyValue::new(key.to_owned(), "kept".to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![pair("made by"), pair("ARROW:schema")]));
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build())).unwrap();
    for number in 0..groups {
        let mut group = writer.next_row_group().unwrap();
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            write(column.untyped(), at, number * rows..(number + 1) * rows);
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

/// A file of one column of text.
fn texts(name: &str, texts: &[Option<&str>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(&format!("message m {{ optional binary {name} (UTF8); }}")).unwrap());
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    if let ColumnWriter::ByteArrayColumnWriter(column) = column.untyped() {
        let values: Vec<_> = texts.iter().flatten().map(|text| ByteArray::from(*text)).collect();
        let levels: Vec<i16> = texts.iter().map(|text| i16::from(text.is_some())).collect();
        column.write_batch(&values, Some(&levels), None).unwrap();
    }
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn rows(bytes: Vec<u8>) -> Vec<Vec<(String, String)>> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.get_column_iter().map(|(name, field)| (name.clone(), field.to_string())).collect()).collect()
}

/// Cleans a corpus to Parquet and gives the file back.
fn cleaned(input: &[u8], more: &[&str]) -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("c.parquet"), input).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", "c.parquet", "-o", "out/", "--format", "parquet", "-q"]);
    command.args(more).assert().success();
    fs::read(place.path().join("out/c.parquet")).unwrap()
}

#[test]
fn other_columns_pass_through_unchanged() {
    let input = corpus(3, 50);
    let output = cleaned(&input, &[]);
    let (before, after) = (rows(input), rows(output.clone()));
    assert_eq!(after.len(), 150);
    for (before, mut after) in before.into_iter().zip(after) {
        let (name, account) = after.pop().unwrap();
        assert_eq!(name, "dehusk");
        assert!(account.contains("outcome: \"unchanged\""), "{account}");
        assert_eq!(before, after);
    }
    let reader = SerializedFileReader::new(bytes::Bytes::from(output)).unwrap();
    let about = reader.metadata().file_metadata();
    let keys: Vec<_> = about.key_value_metadata().unwrap().iter().map(|pair| &*pair.key).collect();
    assert_eq!(keys, ["made by"], "what speaks of the old columns alone is left out");
    // What was cleaned once has one account.
    let twice = cleaned(&cleaned(&corpus(1, 5), &[]), &[]);
    assert_eq!(rows(twice)[0].iter().filter(|(name, _)| name == "dehusk").count(), 1);
}

#[test]
fn rows_are_written_as_json_too() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("c.parquet"), corpus(1, 3)).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    let output = command.current_dir(place.path()).args(["clean", "c.parquet", "--format", "jsonl"]).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let scores = json!([{"key": "a", "value": 0.5}, {"key": "b", "value": null}]);
    let metadata = [
        Value::Null,
        json!({"url": null, "fetched": "1970-01-02T00:00:00.001Z"}),
        json!({"url": "http://a.example/2", "fetched": "1970-01-02T00:00:00.002Z"}),
    ];
    let prices = ["0.00", "-0.01", "-0.02"];
    let tags = [json!([[7, null], [], null]), Value::Null, json!([])];
    for (at, mut line) in lines.into_iter().enumerate() {
        line.as_object_mut().unwrap().remove("dehusk").unwrap();
        let wanted = json!({
            "text": page(at), "id": format!("id-{at}"), "metadata": metadata[at], "tags": tags[at], "scores": scores,
            "day": "1970-01-02", "price": prices[at], "good": at % 2 == 0,
        });
        assert_eq!(line, wanted);
    }
}

#[test]
fn what_stood_in_no_table_has_columns_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.jsonl"), json!({"text": page(1), "n": 7}).to_string() + "\n").unwrap();
    fs::write(place.path().join("b.txt"), TEXT).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", "a.jsonl", "b.txt", "-o", "out.parquet", "--format", "parquet"]);
    command.assert().success();
    let rows = rows(fs::read(place.path().join("out.parquet")).unwrap());
    let quoted = |text: &str| format!("\"{text}\"");
    let of = |row: usize, name: &str| rows[row].iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!((of(0, "path"), of(0, "text")), (quoted("a.jsonl@0"), quoted(&page(1))));
    assert_eq!(of(0, "row"), quoted(r#"{"n":7,"text":null}"#));
    assert_eq!((of(1, "offset"), of(1, "row"), of(1, "degraded")), ("null".into(), "null".into(), "[]".into()));
}

#[test]
fn files_with_different_columns_do_not_go_to_one_file() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.parquet"), texts("text", &[Some(TEXT)])).unwrap();
    fs::write(place.path().join("b.parquet"), texts("content", &[Some(TEXT)])).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    command.current_dir(place.path()).args(["clean", ".", "-o", "all.parquet", "--format", "parquet"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("-o DIR/"));
    assert!(!place.path().join("all.parquet").exists());
}

#[test]
fn a_row_without_text_is_skipped_and_a_file_without_a_page_says_so() {
    let found = run("c.parquet", &texts("text", &[Some(TEXT), None]), &[]);
    assert_eq!(found.texts, [TEXT]);
    assert_eq!(found.outcomes[1], ("skipped".to_owned(), "no text".to_owned()));
    let found = run("c.parquet", &texts("own", &[Some(TEXT)]), &[]);
    is_one(&found, "failed", "malformed");
    assert!(found.stderr.contains("--field"), "{}", found.stderr);
    let found = run("c.parquet", &texts("own", &[Some(TEXT)]), &["--field", "none"]);
    assert!(found.stderr.contains("no column `none`"), "{}", found.stderr);
}

#[test]
fn from_a_pipe_it_says_what_to_do() {
    let mut command = assert_cmd::Command::cargo_bin("dehusk").unwrap();
    let output = command.args(["clean", "--format", "jsonl"]).write_stdin(corpus(1, 1)).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("save it as a file"));
}

/// 64 places: without its footer a file is one failed record.
#[test]
fn a_file_cut_anywhere_is_one_failed_record() {
    let whole = corpus(2, 20);
    for place in 1..=64 {
        let cut = (whole.len() * place / 65).max(4);
        is_one(&run("c.parquet", &whole[..cut], &[]), "failed", "corrupt");
    }
}

#[test]
fn a_damaged_row_group_costs_its_own_rows() {
    let whole = corpus(3, 20);
    let reader = SerializedFileReader::new(bytes::Bytes::from(whole.clone())).unwrap();
    let (start, length) = reader.metadata().row_group(1).column(0).byte_range();
    let mut damaged = whole;
    for byte in &mut damaged[start as usize + 30..(start + length) as usize] {
        *byte = !*byte;
    }
    let found = run("c.parquet", &damaged, &[]);
    let expected: Vec<_> = (0..20).chain(40..60).map(page).collect();
    assert_eq!(found.texts, expected, "{}", found.stderr);
    assert_eq!(found.counts("failed"), 20);
    assert!(found.stderr.contains("row group 1"), "{}", found.stderr);
}

/// Every kind of byte in turn: heads of pages, levels, values, the footer. Whatever comes of it, [`run`] holds.
#[test]
fn flipped_bits_are_outcomes() {
    let whole = corpus(2, 20);
    for place in 0..160 {
        let at = if place < 80 { whole.len() * place / 80 } else { whole.len() - 1 - (place - 80) * 7 };
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (place % 8);
        let found = run("c.parquet", &damaged, &["-j", "1"]);
        assert!(found.outcomes.len() <= 40 || at > whole.len() / 2, "byte {at}: {:?}", found.outcomes.len());
    }
}

#[test]
fn a_page_that_unpacks_past_the_bound_is_not_unpacked() {
    let place = tempfile::tempdir().unwrap();
    let config = place.path().join("dehusk.toml");
    fs::write(&config, "[limits]\nmax-in-flight-bytes = '1MiB'\n").unwrap();
    let file = texts("text", &[Some(&"a ".repeat(1 << 20))]);
    assert!(file.len() < 1 << 16);
    assert_eq!(run("c.parquet", &file, &[]).texts.len(), 1);
    let found = run("c.parquet", &file, &["--config", config.to_str().unwrap()]);
    is_one(&found, "failed", "corrupt");
    assert!(found.stderr.contains("more than the bound"), "{}", found.stderr);
}
