//! What each stage costs on the HTML pages of the corpus, and what the evaluator of forests costs on random rows.
//!
//! A round of a stage is all pages once: those of the corpus, or of the folder that DEHUSK_PAGES names. Throughput is in
//! bytes of source, for the forest in rows times trees: 1 / throughput is the time for one row in one tree. `rules` and
//! `features` fold the text, which the whole does once for both.
//!
//! Usage: [DEHUSK_PAGES=FOLDER] cargo bench [-- FILTER]

use dehusk::stages::{self, Columns, Forest, Segments, Tree};
use dehusk::{Cleaner, Format, Hints, Metadata};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use scraper::Html;
use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::LazyLock;

/// That of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

static CLEANER: LazyLock<Cleaner> =
    LazyLock::new(|| Cleaner::builder().explain(false).metadata(false).build().expect("the built-in rules load"));

/// The pages of the folder that `DEHUSK_PAGES` names, or of the corpus.
static PATHS: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    let corpus = || concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages/html").into();
    let folder = std::env::var_os("DEHUSK_PAGES").map_or_else(corpus, PathBuf::from);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "html"));
    paths.sort();
    paths
});

static PAGES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| PATHS.iter().map(|path| std::fs::read(path).expect("a page is readable")).collect());

static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let decode = |bytes: &Vec<u8>| stages::decode(&CLEANER, bytes).map(|decoded| decoded.text.into_owned());
    PAGES.iter().filter_map(decode).collect()
});

fn trees() -> Vec<Tree<'static>> {
    SOURCES.iter().filter_map(|source| stages::parse(&CLEANER, source)).collect()
}

fn segments() -> Vec<Segments> {
    // One tree at a time: a thousand of them are some GB.
    let trees = SOURCES.iter().filter_map(|source| stages::parse(&CLEANER, source));
    trees.map(|tree| stages::segment(&CLEANER, &tree, stages::metadata(&CLEANER, &tree))).collect()
}

/// Runs one stage on all of its inputs, once a round.
fn all<'i, I, O>(bencher: Bencher, inputs: impl IntoIterator<Item = &'i I> + Clone, stage: impl Fn(&'i I) -> O)
where
    I: 'i,
{
    let bytes = BytesCount::new(PAGES.iter().map(Vec::len).sum::<usize>());
    bencher.counter(bytes).bench_local(|| {
        for input in inputs.clone() {
            drop(black_box(stage(input)));
        }
    });
}

/// From files, into a buffer that is used again.
#[divan::bench]
fn read(bencher: Bencher) {
    let buffer = RefCell::new(Vec::new());
    all(bencher, &*PATHS, |path| {
        let mut buffer = buffer.borrow_mut();
        buffer.clear();
        File::open(path).and_then(|mut file| file.read_to_end(&mut buffer)).expect("a page is readable")
    });
}

#[divan::bench]
fn decode(bencher: Bencher) {
    all(bencher, &*PAGES, |page| stages::decode(&CLEANER, page));
}

#[divan::bench]
fn tokenize(bencher: Bencher) {
    all(bencher, &*SOURCES, |source| stages::tokenize(source));
}

/// With the tokens.
#[divan::bench]
fn parse(bencher: Bencher) {
    all(bencher, &*SOURCES, |source| stages::parse(&CLEANER, source));
}

/// The reference for [`parse`]: the parser that most programs use, with html5ever's own tokenizer.
#[divan::bench]
fn scraper(bencher: Bencher) {
    all(bencher, &*SOURCES, |source| Html::parse_document(source));
}

#[divan::bench]
fn metadata(bencher: Bencher) {
    all(bencher, &trees(), |tree| stages::metadata(&CLEANER, tree));
}

#[divan::bench]
fn segment(bencher: Bencher) {
    all(bencher, &trees(), |tree| stages::segment(&CLEANER, tree, Metadata::default()));
}

#[divan::bench]
fn rules(bencher: Bencher) {
    all(bencher, &segments(), |segments| stages::rules(&CLEANER, segments));
}

#[divan::bench]
fn features(bencher: Bencher) {
    all(bencher, &segments(), |segments| stages::features(&CLEANER, segments));
}

#[divan::bench]
fn score(bencher: Bencher) {
    let pages: Vec<Vec<f32>> = segments().iter().map(|segments| stages::features(&CLEANER, segments)).collect();
    all(bencher, &pages, |rows| stages::score(&CLEANER, rows));
}

#[divan::bench]
fn normalize(bencher: Bencher) {
    all(bencher, &segments(), stages::normalize);
}

/// From bytes to an article, with rules, repeats, judgement and finish.
#[divan::bench]
fn whole(bencher: Bencher) {
    let hints = Hints { format: Some(Format::Html), ..Hints::default() };
    all(bencher, &*PAGES, |page| CLEANER.clean(page, &hints));
}

/// Files, through a buffer, one folder.
#[divan::bench]
fn write(bencher: Bencher) {
    let texts: Vec<String> = PAGES
        .iter()
        .filter_map(|page| CLEANER.clean(page, &Hints::default()).ok())
        .map(|article| article.text)
        .collect();
    let folder = tempfile::tempdir().expect("a folder for the texts");
    let path = folder.path().join("text");
    all(bencher, &texts, |text| std::fs::write(&path, text).expect("the disk has room"));
}

/// The evaluator alone: 256 rows of 100 features, 250 trees of 31 leaves.
mod forest {
    use super::*;

    const ROWS: usize = 256;
    const FEATURES: usize = 100;
    const THRESHOLDS: u8 = 63;
    const TREES: u16 = 250;
    const LEAVES: u8 = 31;

    /// The high bits of a linear congruential generator (multiplier and increment of Knuth's MMIX), below an end.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: u8) -> u8 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % u64::from(end)) as u8
        }
    }

    fn random_forest() -> Forest {
        let mut dice = Dice(1);
        let mut file = b"DHF1".to_vec();
        file.extend((FEATURES as u16).to_le_bytes());
        file.extend(0u64.to_le_bytes());
        file.extend([0f32, 1e-4].map(f32::to_le_bytes).concat());
        for _ in 0..FEATURES {
            file.push(THRESHOLDS);
            file.extend((0..THRESHOLDS).flat_map(|threshold| f32::from(threshold).to_le_bytes()));
        }
        file.extend(TREES.to_le_bytes());
        for _ in 0..TREES {
            file.push(LEAVES - 1);
            let mut open = vec![(0, LEAVES)];
            while let Some((first, end)) = open.pop() {
                if end - first > 1 {
                    let right = first + 1 + dice.below(end - first - 1);
                    file.extend([dice.below(FEATURES as u8), dice.below(THRESHOLDS), first, right, 0, 0]);
                    open.extend([(first, right), (right, end)]);
                }
            }
            (0..LEAVES).for_each(|_| file.extend([dice.below(255), dice.below(255)]));
        }
        Forest::load(&file).expect("it is well formed")
    }

    fn random_rows() -> Vec<f32> {
        let mut dice = Dice(2);
        (0..ROWS * FEATURES).map(|_| f32::from(dice.below(THRESHOLDS + 1)) - 0.5).collect()
    }

    #[divan::bench]
    fn score(bencher: Bencher) {
        let (forest, rows) = (random_forest(), Columns::of_rows(&random_rows(), FEATURES));
        let work = ItemsCount::new(ROWS * usize::from(TREES));
        bencher.counter(work).bench_local(|| forest.score(black_box(&rows)));
    }

    #[divan::bench]
    fn explain(bencher: Bencher) {
        let (forest, rows) = (random_forest(), Columns::of_rows(&random_rows(), FEATURES));
        let work = ItemsCount::new(ROWS * usize::from(TREES));
        bencher.counter(work).bench_local(|| forest.explain(black_box(&rows), 3));
    }
}
