//! Prompt lines in twelve languages, and prose that says the same words.
//!
//! A file of `tests/prompts` holds a clean article, lines such as stand around articles on sites of its language, and
//! sentences of prose. Each prompt is put into the article as a line of its own, each sentence as a paragraph and as
//! the end of one; what is removed and what is lost is counted by language, and printed with `--nocapture`.

use dehusk::{Cleaner, Format, Hints};
use std::collections::BTreeSet;
use std::path::Path;

#[derive(serde::Deserialize)]
struct Language {
    article: String,
    prompts: Vec<String>,
    prose: Vec<String>,
}

const LANGUAGES: [&str; 12] = ["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "zh"];
/// Of a hundred prompts.
const MIN_REMOVED: usize = 65;
/// Of a hundred places of prose.
const MAX_LOST: usize = 1;

fn language(name: &str) -> Language {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prompts").join(name).with_extension("toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The article with a line of its own after it, between paragraphs near its end, or before its first paragraph.
fn with_line(article: &str, line: &str, turn: usize) -> String {
    let mut paragraphs: Vec<&str> = article.trim().split("\n\n").collect();
    let at = [paragraphs.len(), paragraphs.len() - 2, 1][turn % 3];
    paragraphs.insert(at, line);
    paragraphs.join("\n\n") + "\n"
}

/// The article with a sentence at the end of one of its paragraphs.
fn with_sentence(article: &str, sentence: &str, turn: usize) -> String {
    let mut paragraphs: Vec<String> = article.trim().split("\n\n").map(str::to_owned).collect();
    let at = 1 + turn % (paragraphs.len() - 1);
    let space = if paragraphs[at].is_ascii() || paragraphs[at].contains(' ') { " " } else { "" };
    paragraphs[at] = format!("{}{space}{sentence}", paragraphs[at]);
    paragraphs.join("\n\n") + "\n"
}

fn clean(cleaner: &Cleaner, text: &str) -> String {
    let hints = Hints { format: Some(Format::Text), ..Hints::default() };
    cleaner.clean(text.as_bytes(), &hints).unwrap().text
}

#[test]
fn the_articles_are_clean_and_the_lines_differ() {
    let cleaner = Cleaner::builder().build().unwrap();
    for name in LANGUAGES {
        let Language { article, prompts, prose } = language(name);
        let article = article.trim_start();
        assert_eq!(clean(&cleaner, article), article, "{name}");
        let lines: BTreeSet<&String> = prompts.iter().chain(&prose).collect();
        assert_eq!(lines.len(), prompts.len() + prose.len(), "{name}");
        assert!(prompts.len() >= 20 && prose.len() >= 20, "{name}");
    }
}

#[test]
fn prompts_go_and_the_prose_that_says_the_same_stays() {
    let cleaner = Cleaner::builder().build().unwrap();
    let mut wrong = Vec::new();
    println!("language  prompts  removed     %  places of prose  lost");
    for name in LANGUAGES {
        let Language { article, prompts, prose } = language(name);
        let stays = |prompt: &String, turn| clean(&cleaner, &with_line(&article, prompt, turn)).contains(prompt);
        let left = prompts.iter().enumerate().filter(|(turn, prompt)| stays(prompt, *turn));
        let left: Vec<&String> = left.map(|(_, prompt)| prompt).collect();
        let mut lost = Vec::new();
        for (turn, sentence) in prose.iter().enumerate() {
            for page in [with_line(&article, sentence, turn), with_sentence(&article, sentence, turn)] {
                if clean(&cleaner, &page) != page {
                    lost.push(sentence);
                }
            }
        }
        let removed = prompts.len() - left.len();
        let (share, places) = (removed * 100 / prompts.len(), prose.len() * 2);
        println!("{name:8} {:8} {removed:8} {share:5} {places:16} {:5}", prompts.len(), lost.len());
        left.iter().for_each(|prompt| println!("    left  {prompt}"));
        lost.iter().for_each(|sentence| println!("    lost  {sentence}"));
        if share < MIN_REMOVED {
            wrong.push(format!("{name}: only {share} % of the prompts are removed"));
        }
        if lost.len() * 100 > places * MAX_LOST {
            wrong.push(format!("{name}: {} of {places} places of prose are lost", lost.len()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
