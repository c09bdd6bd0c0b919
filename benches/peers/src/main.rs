//! Extractors in Rust over the same pages: one thread, one after the other, in rounds.
//!
//! Usage: dehusk-peers ROUNDS FILE...
//!
//! Prints a line for each round and extractor: its name, seconds, pages, pages that it gave an error or a panic for, and
//! bytes of text. Files are read before; pages that are not UTF-8 are decoded with replacements for all of them alike.

use dehusk::{Cleaner, Format, Hints};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// That of dehusk's command, which makes all of them faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Extract = Box<dyn Fn(&str) -> Option<String>>;

fn extractors() -> Vec<(&'static str, Extract)> {
    let dehusk = |explains: bool, metadata: bool| -> Extract {
        let cleaner = Cleaner::builder().explain(explains).metadata(metadata).build().expect("the built-in rules load");
        let hints = Hints { format: Some(Format::Html), ..Hints::default() };
        Box::new(move |page| cleaner.clean(page.as_bytes(), &hints).ok().map(|article| article.text))
    };
    vec![
        ("dehusk", dehusk(false, false)),
        ("dehusk, with metadata", dehusk(false, true)),
        ("dehusk, with evidence and metadata", dehusk(true, true)),
        (
            "dom_smoothie",
            Box::new(|page| {
                let mut reader = dom_smoothie::Readability::new(page, None, None).ok()?;
                reader.parse().ok().map(|article| article.text_content.to_string())
            }),
        ),
        ("rs-trafilatura", Box::new(|page| rs_trafilatura::extract(page).ok().map(|result| result.content_text))),
    ]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().and_then(|rounds| rounds.parse().ok()).expect("ROUNDS is a number");
    let pages: Vec<String> = arguments
        .map(|file| String::from_utf8_lossy(&std::fs::read(file).expect("the file can be read")).into_owned())
        .collect();
    // A page on which an extractor panics is counted, and not shown.
    std::panic::set_hook(Box::new(|_| {}));
    let extractors = extractors();
    // What is made at its first use, such as patterns, is no cost of a page.
    for (_, extract) in &extractors {
        for page in &pages {
            let _ = catch_unwind(AssertUnwindSafe(|| extract(page)));
        }
    }
    for round in 0..rounds {
        for at in 0..extractors.len() {
            let (name, extract) = &extractors[(at + round) % extractors.len()];
            let (mut failed, mut bytes) = (0, 0);
            let begin = Instant::now();
            for page in &pages {
                match catch_unwind(AssertUnwindSafe(|| extract(page))) {
                    Ok(Some(text)) => bytes += text.len(),
                    _ => failed += 1,
                }
            }
            println!("{name}\t{:.4}\t{}\t{failed}\t{bytes}", begin.elapsed().as_secs_f64(), pages.len());
        }
    }
}
