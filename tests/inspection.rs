//! What an inspection finds at a glance or by judging is what cleaning removes, on every text of the corpus.

use dehusk::{Cleaner, Hints};
use std::fs;

#[test]
fn an_inspection_finds_what_cleaning_removes() {
    let cleaner = Cleaner::builder().judgement(false).build().unwrap();
    let (mut texts, mut with_removals) = (0, 0);
    for folder in ["corpus/pages/text", "corpus/expected/text", "corpus/expected/html"] {
        for entry in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let cleaned = cleaner.clean(&bytes, &Hints::default()).unwrap();
            let inspected = cleaner.inspect(&bytes, &Hints::default()).unwrap();
            assert_eq!(inspected.removals, cleaned.removals);
            texts += 1;
            with_removals += usize::from(!cleaned.removals.is_empty());
        }
    }
    assert!(texts > 60 && with_removals > 5, "{with_removals} of {texts}");
}
