//! The golden corpus: each page of `corpus/pages` becomes its article in `corpus/expected`, one named test a page.
//!
//! Each page is also cleaned a second time, as text, and must not change.

use dehusk::{Cleaner, Format, Hints};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let cleaner = Arc::new(Cleaner::builder().build().expect("the built-in rules load"));
    let mut trials = Vec::new();
    for page in files(&corpus.join("pages")) {
        let name = page.strip_prefix(corpus.join("pages")).expect("a page of the corpus").to_owned();
        let expected = corpus.join("expected").join(name.with_extension("txt"));
        let cleaner = Arc::clone(&cleaner);
        trials.push(Trial::test(name.display().to_string(), move || compare(&cleaner, &page, &expected)));
    }
    let articles = files(&corpus.join("expected")).len();
    let pages = trials.len();
    trials.push(Trial::test("every_page_has_an_article_and_there_are_sixty", move || {
        if pages == articles && pages >= 60 {
            return Ok(());
        }
        Err(format!("{pages} pages, {articles} articles").into())
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn compare(cleaner: &Cleaner, page: &Path, expected: &Path) -> Result<(), Failed> {
    let bytes = std::fs::read(page)?;
    let hints = Hints { name: Some(page.display().to_string()), ..Hints::default() };
    let article = cleaner.clean(&bytes, &hints)?;
    same(&article.text, &std::fs::read_to_string(expected)?, "the article")?;
    let hints = Hints { format: Some(Format::Text), ..Hints::default() };
    let again = cleaner.clean(article.text.as_bytes(), &hints)?;
    same(&again.text, &article.text, "a second pass")
}

/// Equal, or the first lines that differ.
fn same(found: &str, expected: &str, what: &str) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    let (mut found, mut expected) = (found.split('\n'), expected.split('\n'));
    for line in 1.. {
        let (found, expected) = (found.next(), expected.next());
        if found != expected {
            let message = format!("{what} differs in line {line}\n  expected: {expected:?}\n  found:    {found:?}");
            return Err(message.into());
        }
    }
    Ok(())
}
