//! What each stage costs on the HTML pages of the corpus, and what the evaluator of forests costs on random rows.
//!
//! A round of a stage is all pages once. Throughput is in bytes of source, for rows in rows, for the forest in rows times
//! trees: 1 / throughput is the time for one row in one tree.
//!
//! Usage: cargo bench [-- FILTER]

use dehusk::stages::{self, Forest, Segments, Tree};
use dehusk::{Cleaner, Format, Hints};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use std::sync::LazyLock;

fn main() {
    divan::main();
}

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::builder().build().expect("the built-in rules load"));

/// The pages that are UTF-8; what decoding others costs is no matter of these stages.
static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pages/html");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the corpus is there").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
});

fn trees() -> Vec<Tree<'static>> {
    SOURCES.iter().filter_map(|source| stages::parse(&CLEANER, source)).collect()
}

fn segments() -> Vec<Segments> {
    trees().iter().map(|tree| stages::segment(&CLEANER, tree)).collect()
}

fn source_bytes() -> BytesCount {
    BytesCount::new(SOURCES.iter().map(String::len).sum::<usize>())
}

#[divan::bench]
fn parse(bencher: Bencher) {
    let sources = &*SOURCES;
    bencher.counter(source_bytes()).bench_local(|| {
        for source in sources {
            drop(black_box(stages::parse(&CLEANER, source)));
        }
    });
}

#[divan::bench]
fn segment(bencher: Bencher) {
    let trees = trees();
    bencher.counter(source_bytes()).bench_local(|| {
        for tree in &trees {
            drop(black_box(stages::segment(&CLEANER, tree)));
        }
    });
}

#[divan::bench]
fn features(bencher: Bencher) {
    let segments = segments();
    bencher.counter(source_bytes()).bench_local(|| {
        for segments in &segments {
            drop(black_box(stages::features(&CLEANER, segments)));
        }
    });
}

#[divan::bench]
fn score(bencher: Bencher) {
    let pages: Vec<Vec<f32>> = segments().iter().map(|segments| stages::features(&CLEANER, segments)).collect();
    let rows = pages.iter().map(|rows| stages::score(&CLEANER, rows).len()).sum::<usize>();
    bencher.counter(source_bytes()).counter(ItemsCount::new(rows)).bench_local(|| {
        for rows in &pages {
            drop(black_box(stages::score(&CLEANER, rows)));
        }
    });
}

#[divan::bench]
fn normalize(bencher: Bencher) {
    let segments = segments();
    bencher.counter(source_bytes()).bench_local(|| segments.iter().map(stages::normalize).sum::<usize>());
}

/// Everything, with rules, repeats and the finish.
#[divan::bench]
fn whole(bencher: Bencher) {
    let sources = &*SOURCES;
    let hints = Hints { format: Some(Format::Html), ..Hints::default() };
    bencher.counter(source_bytes()).bench_local(|| {
        for source in sources {
            drop(black_box(CLEANER.clean(source.as_bytes(), &hints)));
        }
    });
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
        let (forest, rows) = (random_forest(), random_rows());
        let work = ItemsCount::new(ROWS * usize::from(TREES));
        bencher.counter(work).bench_local(|| forest.score(black_box(&rows)));
    }

    #[divan::bench]
    fn explain(bencher: Bencher) {
        let (forest, rows) = (random_forest(), random_rows());
        let work = ItemsCount::new(ROWS * usize::from(TREES));
        bencher.counter(work).bench_local(|| {
            for row in black_box(&rows).chunks_exact(FEATURES) {
                drop(black_box(forest.explain(row, 3)));
            }
        });
    }
}
