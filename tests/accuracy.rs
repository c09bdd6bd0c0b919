//! The accuracy gate: the corpus is cleaned with each setting and must score no lower than `corpus/floors.toml` says.
//!
//! The floors belong to one state of the corpus, told by its digest: when a page or an article changes, they have to be
//! measured again. `scripts/bless` does that and only ever raises them; `scripts/bless --lower` is the one way to
//! lower one. [`BLESS`] is how the script asks for it.

use dehusk::eval::{Candidate, Label, PageScore, Run};
use dehusk::{Cleaner, Favor, Hints, TextKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Set to `raise` or `lower`, the floors are written and not asked.
const BLESS: &str = "DEHUSK_BLESS";

const FLOORS: &str = "corpus/floors.toml";

const HEAD: &str = "\
# What tests/accuracy.rs asks of the corpus: word and shingle F1 at least, lines lost and husk left at most. Written by
# scripts/bless, which raises a floor and lowers none unless it is told to (--lower). `digest` is that of corpus/pages and
# corpus/expected.

";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    digest: String,
    floor: Vec<Floor>,
}

/// What one form of page must reach with one setting. Scores are rounded down to four places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    name: String,
    pages: usize,
    f1: f64,
    shingle_f1: f64,
    lines_lost: usize,
    husk_left: usize,
}

impl Floor {
    /// What is worse than another floor allows.
    fn faults(&self, floor: &Floor) -> Vec<String> {
        let scores = [("f1", self.f1, floor.f1), ("shingle_f1", self.shingle_f1, floor.shingle_f1)];
        let counts =
            [("lines_lost", self.lines_lost, floor.lines_lost), ("husk_left", self.husk_left, floor.husk_left)];
        let scores = scores.into_iter().filter(|(_, found, least)| found < least);
        let scores = scores.map(|(what, found, least)| format!("{}: {what} is {found}, at least {least}", self.name));
        let counts = counts.into_iter().filter(|(_, found, most)| found > most);
        let counts = counts.map(|(what, found, most)| format!("{}: {what} is {found}, at most {most}", self.name));
        scores.chain(counts).collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    entries.filter(|path| path.is_file()).collect()
}

/// SHA-256 of every page and article with its path.
fn digest(corpus: &Path) -> String {
    let mut sum = Sha256::new();
    for path in files(&corpus.join("expected")).into_iter().chain(files(&corpus.join("pages"))) {
        let below: Vec<_> = path.strip_prefix(corpus).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        let bytes = fs::read(&path).unwrap();
        sum.update(format!("{} {}\n", below.join("/"), bytes.len()));
        sum.update(&bytes);
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rounded down, so that what was measured reaches its own floor.
fn four_places(score: f64) -> f64 {
    (score * 1e4 + 1e-6).floor() / 1e4
}

fn measure(name: &str, form: &str, cleaner: &Cleaner) -> Floor {
    let corpus = root().join("corpus");
    let pages = files(&corpus.join("pages").join(form)).into_iter().map(|path| {
        let id = path.file_stem().unwrap().to_str().unwrap();
        let gold = fs::read_to_string(corpus.join("expected").join(form).join(format!("{id}.txt"))).unwrap();
        let hints = Hints { name: path.to_str().map(str::to_owned), ..Hints::default() };
        let article = cleaner.clean(&fs::read(&path).unwrap(), &hints).unwrap();
        let removed: Vec<String> = article.removals.into_iter().map(|removal| removal.text).collect();
        let candidate = Candidate { text: &article.text, removed: Some(&removed) };
        PageScore::new(id, Some(candidate), &Label::of_text(&gold))
    });
    let run = Run::new(pages.collect());
    let all = run.all();
    Floor {
        name: name.to_owned(),
        pages: all.pages,
        f1: four_places(all.f1),
        shingle_f1: four_places(all.shingle_f1),
        lines_lost: all.lines_lost,
        husk_left: all.husk_left,
    }
}

fn measured() -> Floors {
    let mut floor = Vec::new();
    for (setting, favor) in [("balanced", Favor::Balanced), ("precision", Favor::Precision), ("recall", Favor::Recall)]
    {
        let cleaner = Cleaner::builder().favor(favor).build().unwrap();
        for form in ["html", "text"] {
            floor.push(measure(&format!("{form}, {setting}"), form, &cleaner));
        }
    }
    let cleaner = Cleaner::builder().text_kind(TextKind::Page).build().unwrap();
    floor.push(measure("text, as whole pages", "text", &cleaner));
    Floors { digest: digest(&root().join("corpus")), floor }
}

/// The floors to write, or which of them would be lower.
fn blessed(pinned: Option<&Floors>, found: Floors, may_lower: bool) -> Result<Floors, Vec<String>> {
    let faults: Vec<String> = pinned.map_or_else(Vec::new, |pinned| faults(pinned, &found));
    if faults.is_empty() || may_lower { Ok(found) } else { Err(faults) }
}

fn faults(pinned: &Floors, found: &Floors) -> Vec<String> {
    let of_one = |floor: &Floor| match found.floor.iter().find(|found| found.name == floor.name) {
        Some(found) => found.faults(floor),
        None => vec![format!("{} is measured no more", floor.name)],
    };
    pinned.floor.iter().flat_map(of_one).collect()
}

#[test]
fn the_corpus_scores_no_lower_than_its_floors() {
    let path = root().join(FLOORS);
    let pinned = fs::read_to_string(&path).ok();
    let pinned: Option<Floors> = pinned.map(|content| toml::from_str(&content).expect("floors that bless wrote"));
    let found = measured();
    if let Ok(bless) = std::env::var(BLESS) {
        match blessed(pinned.as_ref(), found, bless == "lower") {
            Ok(floors) => fs::write(&path, format!("{HEAD}{}", toml::to_string(&floors).unwrap())).unwrap(),
            Err(faults) => panic!("lower than the floors; --lower lowers them:\n{}", faults.join("\n")),
        }
        return;
    }
    let pinned = pinned.expect("corpus/floors.toml is there");
    let faults = faults(&pinned, &found);
    assert!(faults.is_empty(), "lower than the floors:\n{}", faults.join("\n"));
    let names =
        |floors: &Floors| floors.floor.iter().map(|floor| (floor.name.clone(), floor.pages)).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&pinned), "other pages or settings than the floors are of: run scripts/bless");
    assert_eq!(found.digest, pinned.digest, "the corpus changed: run scripts/bless");
}

fn floor(f1: f64, lines_lost: usize) -> Floor {
    Floor { name: "a".to_owned(), pages: 1, f1, shingle_f1: 1.0, lines_lost, husk_left: 0 }
}

fn floors(floor: Floor) -> Floors {
    Floors { digest: String::new(), floor: vec![floor] }
}

#[test]
fn floors_are_raised_and_lowered_only_on_purpose() {
    let pinned = floors(floor(0.9, 2));
    let better = floors(floor(0.95, 1));
    assert_eq!(blessed(Some(&pinned), better.clone(), false), Ok(better));
    let worse = floors(floor(0.89, 3));
    let complaints = ["a: f1 is 0.89, at least 0.9".to_owned(), "a: lines_lost is 3, at most 2".to_owned()];
    assert_eq!(blessed(Some(&pinned), worse.clone(), false), Err(complaints.to_vec()));
    assert_eq!(blessed(Some(&pinned), worse.clone(), true), Ok(worse.clone()));
    assert_eq!(blessed(None, worse.clone(), false), Ok(worse));
    let none = Floors { digest: String::new(), floor: Vec::new() };
    assert_eq!(blessed(Some(&pinned), none, false), Err(vec!["a is measured no more".to_owned()]));
}

#[test]
fn the_digest_is_that_of_names_and_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("pages/a.txt", "one");
    write("expected/a.txt", "one");
    let before = digest(folder.path());
    assert_eq!((before.len(), digest(folder.path())), (64, before.clone()));
    write("pages/a.txt", "two");
    assert_ne!(digest(folder.path()), before);
    write("pages/a.txt", "one");
    assert_eq!(digest(folder.path()), before);
    fs::rename(folder.path().join("pages/a.txt"), folder.path().join("pages/b.txt")).unwrap();
    assert_ne!(digest(folder.path()), before);
}
