//! What training reads: the rows of pages, in files that fit together.

use assert_cmd::Command;
use std::fs;

#[test]
fn feature_rows_are_as_many_as_blocks_and_as_wide_as_their_names() {
    let out = tempfile::tempdir().unwrap();
    let args = ["features", "corpus/pages/html", "--output"];
    Command::cargo_bin("dehusk").unwrap().args(args).arg(out.path()).assert().success();
    let read = |name: &str| fs::read(out.path().join(name)).unwrap();
    let names = String::from_utf8(read("features.txt")).unwrap().lines().count();
    let pages: Vec<serde_json::Value> = String::from_utf8(read("pages.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(pages.len(), fs::read_dir("corpus/pages/html").unwrap().count());
    let mut blocks = 0;
    for page in &pages {
        let len = |field: &str| page[field].as_array().unwrap().len();
        assert_eq!(len("texts"), len("elements"), "{}", page["page"]);
        assert_eq!(len("parents"), len("names"), "{}", page["page"]);
        assert!(page["elements"].as_array().unwrap().iter().all(|at| (at.as_u64().unwrap() as usize) < len("parents")));
        blocks += len("texts");
    }
    let rows = read("rows.f32");
    assert_eq!(rows.len(), blocks * names * 4);
    assert!(rows.as_chunks::<4>().0.iter().all(|bytes| f32::from_le_bytes(*bytes).is_finite()));
}

#[test]
fn a_model_of_other_features_is_refused_with_the_remedy() {
    let models = tempfile::tempdir().unwrap();
    let mut forest = fs::read("src/model/html.bin").unwrap();
    forest[6] ^= 1;
    fs::write(models.path().join("html.bin"), forest).unwrap();
    fs::copy("src/model/names.bin", models.path().join("names.bin")).unwrap();
    let mut command = Command::cargo_bin("dehusk").unwrap();
    let run = command.arg("clean").arg("--models").arg(models.path()).arg("corpus/pages/html/shop-tent.html").assert();
    let run = run.failure().code(2);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("html.bin") && said.contains("train it again"), "{said}");
}
