//! What one page adds to the statistics: a page in, a [`Tally`] out. Runs in the workers.

use super::frequent::{Line, SHOWN_CHARS, hash};
use super::record::Outcome;
use crate::article::{Article, Metadata};
use crate::block::fold::fold;
use crate::block::words;
use crate::input::PageName;
use std::collections::{BTreeMap, HashSet};

/// Lines of one page that are looked at, at most.
const MAX_LINES: usize = 5_000;
/// Characters of the name of a site, at most.
const MAX_SITE_CHARS: usize = 100;

/// Blocks, words and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Amount {
    /// Blocks.
    pub blocks: u64,
    /// Words.
    pub words: u64,
    /// Bytes of text.
    pub bytes: u64,
}

impl Amount {
    pub(super) fn of(text: &str) -> Amount {
        Amount { blocks: 1, words: words::count(text) as u64, bytes: text.len() as u64 }
    }

    pub(super) fn add(&mut self, more: Amount) {
        self.blocks += more.blocks;
        self.words += more.words;
        self.bytes += more.bytes;
    }
}

/// One page, counted.
pub(super) struct Tally {
    pub(super) outcome: Outcome,
    pub(super) site: String,
    pub(super) language: String,
    pub(super) kept: Amount,
    pub(super) removed: Amount,
    /// What went, by the id of the rule or stage.
    pub(super) rules: BTreeMap<String, Amount>,
    /// Its distinct lines.
    pub(super) lines: Vec<Line>,
}

impl Tally {
    /// Counts a page that was cleaned; `url` is its address, when the caller knows it.
    pub(super) fn of(article: &Article, url: Option<&str>, page: &PageName<'_>) -> Tally {
        // Words as `clean` counts them, without the numbers of lists.
        let kept = Amount {
            blocks: article.blocks.len() as u64,
            words: article.words_out as u64,
            bytes: article.blocks.iter().map(|block| block.range.len() as u64).sum(),
        };
        let mut removed = Amount::default();
        let mut rules: BTreeMap<String, Amount> = BTreeMap::new();
        let mut lines = Lines::default();
        for block in &article.blocks {
            lines.add(&article.text[block.range.clone()], None);
        }
        for removal in &article.removals {
            let amount = Amount::of(&removal.text);
            removed.add(amount);
            match rules.get_mut(removal.reason.id()) {
                Some(sum) => sum.add(amount),
                None => drop(rules.insert(removal.reason.id().to_owned(), amount)),
            }
            lines.add(&removal.text, Some(removal.reason.id()));
        }
        Tally {
            outcome: Outcome::of(article),
            site: site(&article.metadata, url, page),
            language: language(&article.metadata),
            kept,
            removed,
            rules,
            lines: lines.found,
        }
    }
}

#[derive(Default)]
struct Lines {
    seen: HashSet<u64>,
    found: Vec<Line>,
}

impl Lines {
    fn add(&mut self, text: &str, rule: Option<&str>) {
        if self.found.len() >= MAX_LINES || !text.contains(char::is_alphabetic) {
            return;
        }
        let hash = hash(fold(text).as_bytes());
        if self.seen.insert(hash) {
            let shown = text.chars().take(SHOWN_CHARS).collect();
            self.found.push(Line { hash, shown, rule: rule.map(str::to_owned) });
        }
    }
}

/// The host of the page's address, or the folder that it lies in.
fn site(metadata: &Metadata, url: Option<&str>, page: &PageName<'_>) -> String {
    let host = url.or(metadata.url.as_deref()).and_then(host);
    let site = host.unwrap_or_else(|| {
        let folder = page.relative().parent().map(crate::input::printable).unwrap_or_default();
        if folder.is_empty() { "(no host)".to_owned() } else { format!("{folder}/") }
    });
    site.chars().take(MAX_SITE_CHARS).collect()
}

/// The host of a web address, without a leading `www.`, a user or a port.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map(|(_, rest)| rest)?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?.split(':').next()?;
    let host = host.trim_start_matches("www.").to_lowercase();
    let is_host = host.contains('.') && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    is_host.then_some(host)
}

/// The language that the page states, without its region; nothing is guessed.
fn language(metadata: &Metadata) -> String {
    let tag = metadata.language.as_deref().unwrap_or_default();
    let tag = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let is_language = (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_language { tag } else { "(not stated)".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_names_a_site() {
        for (url, expected) in [
            ("https://www.Example.org/a?b", Some("example.org")),
            ("http://user@news.example.org:8080", Some("news.example.org")),
            ("/only/a/path", None),
            ("https://localhost/", None),
            ("https://<b>.example/", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_language_has_no_region() {
        for (tag, expected) in [("en-GB", "en"), ("PT_br", "pt"), ("english", "(not stated)"), ("", "(not stated)")] {
            let metadata = Metadata { language: Some(tag.to_owned()), ..Metadata::default() };
            assert_eq!(language(&metadata), expected);
        }
    }
}
