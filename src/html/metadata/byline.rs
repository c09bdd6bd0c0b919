//! Names of authors as pages write them, to names alone.
//!
//! In goes what a page states or prints (`By Ann Lee | Updated May 3`, `https://…/ann`, `admin`), out come names or
//! nothing. A byline in running text is told by the word before the name.

use super::date;
use crate::block::fold::fold;
use crate::block::words;

/// Words that lead to a name, folded, longest first within a language: en de fr es/pt it pl nl sv/da ru tr.
const LEADS: &[&str] = &[
    "written by",
    "posted by",
    "published by",
    "authored by",
    "article by",
    "story by",
    "words by",
    "text by",
    "reviewed by",
    "created by",
    "articles by",
    "posts by",
    "all posts by",
    "view all posts by",
    "more posts by",
    "more from",
    "by",
    "author",
    "authors",
    "written and directed by",
    "geschrieben von",
    "verfasst von",
    "veröffentlicht von",
    "erstellt von",
    "ein beitrag von",
    "von",
    "autor",
    "autorin",
    "écrit par",
    "publié par",
    "rédigé par",
    "posté par",
    "proposé par",
    "par",
    "auteur",
    "escrito por",
    "publicado por",
    "redactado por",
    "por",
    "autora",
    "scritto da",
    "pubblicato da",
    "a cura di",
    "autore",
    "napisane przez",
    "przez",
    "opublikowane przez",
    "geschreven door",
    "door",
    "skrivet av",
    "av",
    "skrevet af",
    "af",
    "автор",
    "yazar",
    "作者",
    "文",
    "記者",
    "글",
];
/// Leads that are also the beginning of names (`Von Trapp`, `Af Klint`) or words of a sentence: at least two words follow.
const AMBIGUOUS_LEADS: &[&str] = &["von", "par", "por", "door", "av", "af", "przez", "文", "글"];
/// Folded names of accounts and fields, which are nobody.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "webmaster",
    "editor",
    "editors",
    "author",
    "authors",
    "name",
    "user",
    "guest",
    "anonymous",
    "unknown",
    "staff",
    "staff writer",
    "guest author",
    "topic author",
    "contributor",
    "guest contributor",
    "my account",
    "learn more",
    "read more",
    "see all",
    "view all",
    "view profile",
    "view all posts",
    "account",
    "root",
    "root user",
    "super user",
    "superuser",
    "wpadmin",
    "wp admin",
    "null",
    "undefined",
    "none",
    "n/a",
    "test",
    "site admin",
    "adminuser",
    "default",
    "by",
    "about",
    "follow",
    "share",
    "info",
    "webadmin",
    "redaktion",
    "gast",
    "autor",
    "rédaction",
    "la rédaction",
    "redazione",
    "redacción",
    "redakcja",
    "redactie",
    "redaktionen",
];
/// Where a name ends and something else begins.
const ENDS: &[&str] = &[
    " | ",
    " • ",
    " · ",
    " // ",
    " – ",
    " — ",
    " - ",
    " on ",
    " on behalf of ",
    " in ",
    " published ",
    " updated ",
    " posted ",
    " last updated ",
    " am ",
    " le ",
    " el ",
    "\n",
    " >",
    " »",
    " (@",
    " @",
    " at ",
    ": ",
    "; updated",
    "reviewed by",
    "fact checked",
    "medically reviewed",
    " updated:",
    " published:",
];
/// Longest statement of authors, and longest single name, in characters.
const MAX_CHARS: usize = 200;
const MAX_NAME_CHARS: usize = 60;
/// Words of one name; titles and degrees (`Ann Lee, MD, PhD`) stand behind a comma.
const MAX_NAME_WORDS: usize = 7;

/// The name or names in a statement of authors, without what leads to them and what follows; none when it is an
/// address, an account of the system or a sentence.
pub fn clean(text: &str) -> Option<String> {
    let mut name = text.trim();
    // `By`, `Posted by:`; twice, since templates print one before what an editor typed.
    for _ in 0..2 {
        name = after_lead(after_date(name)).unwrap_or(name);
    }
    let name = after_date(name);
    let name = until_end(name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || ",;:|-–—·•/*\"“”".contains(c));
    let folded = fold(name);
    let is_address =
        ["http", "www.", "://", "@", ".com", ".org", ".net", ".html"].iter().any(|part| folded.contains(part));
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_long = name.chars().count() > MAX_CHARS
        || name
            .split([',', '&', ';'])
            .any(|part| part.chars().count() > MAX_NAME_CHARS || part.split_whitespace().count() > MAX_NAME_WORDS);
    let is_code =
        name.contains(['{', '}', '<', '>', '=', '%', '?']) || name.matches('.').count() > 1 && !name.contains(' ');
    let is_name = !is_address && !is_long && !is_code && letters >= 2 && digits <= letters;
    (is_name && !NOBODY.contains(&folded.as_str())).then(|| name.to_owned())
}

/// What stands behind a word that leads to a name.
pub fn after_lead(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let first = text.chars().next()?.to_lowercase().next()?;
    let leads = LEADS.iter().filter(|lead| lead.starts_with(first));
    leads.filter_map(|lead| rest_of(text, lead)).min_by_key(|rest| rest.len())
}

fn rest_of<'t>(text: &'t str, lead: &str) -> Option<&'t str> {
    let mut chars = text.char_indices();
    for wanted in lead.chars() {
        let (_, c) = chars.next()?;
        if c.to_lowercase().next() != Some(wanted) {
            return None;
        }
    }
    let rest = chars.as_str();
    let next = rest.chars().next();
    let is_dense = lead.chars().all(words::is_dense);
    let ends =
        next.is_none_or(|c| c.is_whitespace() || matches!(c, ':' | '：' | '／' | '/' | '-' | '|' | '=')) || is_dense;
    if !ends {
        return None;
    }
    let begins_label = rest.trim_start().starts_with([':', '：', '／']);
    let is_ambiguous = AMBIGUOUS_LEADS.contains(&lead) && !begins_label;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ":：／/-|=".contains(c));
    let is_unsure = is_ambiguous && (rest.split_whitespace().count() < 2 || !rest.starts_with(char::is_uppercase));
    (!is_unsure).then_some(rest)
}

/// What stands behind a date at the beginning: `12 March 2024 · Ann Lee`.
fn after_date(name: &str) -> &str {
    let found = date::find(name, Some("en-US")).filter(|found| found.range.start == 0);
    let rest = found.and_then(|found| name.get(found.range.end..));
    rest.map_or(name, |rest| rest.trim_start_matches(|c: char| c.is_whitespace() || "·•|-–—/,".contains(c)))
}

/// A name without the date, the place or the label that follows it.
fn until_end(name: &str) -> &str {
    let lower = name.to_lowercase();
    // Lower case may have other lengths; then only the marks count.
    let searched = if lower.len() == name.len() { lower.as_str() } else { name };
    let mark = ENDS.iter().filter_map(|end| searched.find(end)).filter(|&at| at > 0).min();
    let day = date::find(name, Some("en-US")).map(|found| found.range.start).filter(|&at| at > 0);
    let end = mark.into_iter().chain(day).min().unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// True for a name of two to five words with capitals, or one in a script without spaces or capitals.
pub fn is_full_name(name: &str) -> bool {
    let first = name.split([',', '&', ';', '(']).next().unwrap_or(name).trim();
    let count = first.split_whitespace().count();
    let is_upper = |word: &str| word.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
    let uppers = first.split_whitespace().filter(|word| is_upper(word)).count();
    (2..=5).contains(&count) && uppers >= 2 && is_upper(first)
        || (first.chars().all(words::is_dense) && first.chars().count() >= 2)
}

/// The name in a line of text that begins with a lead (`By Ann Lee`); `None` for a sentence.
pub fn in_line(line: &str) -> Option<String> {
    let rest = after_lead(line)?;
    clean(rest).filter(|name| is_full_name(name) && !words::is_ended(name))
}

/// The names of several statements as one, each once.
pub fn joined(names: impl Iterator<Item = String>) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.iter().any(|known| fold(known) == fold(&name)) {
            all.push(name);
        }
    }
    Some(all.join(", ")).filter(|all| !all.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_without_what_leads_to_it_and_what_follows() {
        for text in [
            "Ann Lee",
            "By Ann Lee",
            "by: Ann Lee",
            "Written by Ann Lee",
            "Posted by By Ann Lee | May 3, 2024",
            "By Ann Lee May 3, 2024",
            "Von Ann Lee",
            "Par Ann Lee",
            "Por Ann Lee",
            "Scritto da Ann Lee",
            "Автор: Ann Lee",
            "Ann Lee on 3 May",
            "Ann Lee • 4 min",
        ] {
            assert_eq!(clean(text).as_deref(), Some("Ann Lee"), "{text}");
        }
        assert_eq!(clean("作者：王小明").as_deref(), Some("王小明"));
        assert_eq!(clean("Von Trapp").as_deref(), Some("Von Trapp"));
        assert_eq!(clean("von der Leyen").as_deref(), Some("von der Leyen"));
        assert_eq!(clean("Byron Katie").as_deref(), Some("Byron Katie"));
        assert_eq!(clean("Ann Lee, MD, PhD").as_deref(), Some("Ann Lee, MD, PhD"));
    }

    #[test]
    fn addresses_accounts_and_sentences_are_no_names() {
        for text in [
            "",
            "By",
            "https://example.org/ann",
            "ann@example.org",
            "www.example.org",
            "admin",
            "Administrator",
            "262588213843476",
            "{{ author.name }}",
            "She has written about mills and rivers for the last ten years",
        ] {
            assert_eq!(clean(text), None, "{text}");
        }
    }

    #[test]
    fn a_byline_in_text_is_a_lead_and_a_full_name() {
        assert_eq!(in_line("By Ann Lee").as_deref(), Some("Ann Lee"));
        assert_eq!(in_line("Von Karl May").as_deref(), Some("Karl May"));
        assert_eq!(in_line("By noon they were there"), None);
        assert_eq!(in_line("By The Sea."), None);
        assert_eq!(in_line("Ann Lee"), None);
    }
}
