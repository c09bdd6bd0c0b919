//! Rule packs as written: TOML to checked rules.
//!
//! A rule carries its own examples: at least two lines that it drops and two that it keeps. The built-in packs are
//! checked by a test, a user's pack each time it is loaded.

use super::forms::Forms;
use super::reach::{GUARD_WORDS, RULE_WORDS};
use super::{Where, beginnings, matcher};
use crate::block::fold::fold;
use crate::block::words;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use regex::Regex;
use scraper::{Html, Selector};
use serde::Deserialize;
use std::borrow::Cow;
use toml::Spanned;

/// What a rule says: it lies in the program when it is built in.
pub type Text = Cow<'static, str>;

/// A file of rules and guards.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What its rules have in common.
    pub family: Option<PackFamily>,
    /// What is removed.
    #[serde(default)]
    pub rule: Vec<Spanned<PackRule>>,
    /// What is never removed.
    #[serde(default)]
    pub guard: Vec<Spanned<PackGuard>>,
    /// Headlines of pages that are about what a family of rules removes.
    #[serde(default)]
    pub topic: Vec<Spanned<PackTopic>>,
}

/// What the rules of a pack have in common, for the reader.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFamily {
    /// What goes, in a few words.
    pub about: String,
    /// A line that one of the rules drops or protects.
    pub example: String,
}

/// A rule as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRule {
    /// `family/slug`, unique.
    pub id: Text,
    /// Languages of the phrases, by which a user chooses rules: each looks at pages in all languages.
    #[serde(default)]
    pub lang: Vec<Text>,
    /// Where on the page it acts.
    #[serde(default, rename = "where")]
    pub place: Where,
    /// Words that a block may have at most, 1 to 80.
    #[serde(default = "default_max_words")]
    pub max_words: u32,
    /// False when a match counts only beside another removed block or in a run of such matches.
    #[serde(default = "default_alone")]
    pub alone: bool,
    /// A regular expression on the folded block; or else a selector.
    #[serde(rename = "match")]
    pub pattern: Option<Text>,
    /// A CSS selector; what stands in a matching element goes.
    pub selector: Option<Text>,
    /// What the husk is and where it comes from.
    pub why: Text,
    /// Lines, or fragments of HTML, that it removes.
    pub drops: Vec<String>,
    /// Near misses that it must not touch.
    pub keeps: Vec<String>,
    /// Set when it is built in and was read with the others.
    #[serde(skip)]
    pub built_in: Option<BuiltIn>,
}

/// A guard as written: lines that nothing may cut.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackGuard {
    /// `guards/slug`, unique.
    pub id: Text,
    /// Languages of the phrases, for the reader.
    #[serde(default)]
    pub lang: Vec<Text>,
    /// Words that a block may have at most, 1 to 80.
    #[serde(default = "default_guard_words")]
    pub max_words: u32,
    /// A regular expression on the folded block.
    #[serde(rename = "match")]
    pub pattern: Text,
    /// What is protected.
    pub why: Text,
    /// Lines that it protects.
    pub keeps: Vec<String>,
    /// Near misses that it must not protect.
    pub passes: Vec<String>,
    /// Set when it is built in and was read with the others.
    #[serde(skip)]
    pub built_in: Option<BuiltIn>,
}

/// A topic as written: on a page whose headline matches, some families of rules do not act.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackTopic {
    /// `topics/slug`, unique.
    pub id: Text,
    /// Languages of the phrases, for the reader.
    #[serde(default)]
    pub lang: Vec<Text>,
    /// Words that the headline may have at most.
    pub max_words: u32,
    /// A regular expression on the folded headline.
    #[serde(rename = "match")]
    pub pattern: Text,
    /// The families that do not act.
    pub families: Vec<Text>,
    /// What such pages are.
    pub why: Text,
    /// Headlines of such pages.
    pub keeps: Vec<String>,
    /// Headlines of other pages.
    pub passes: Vec<String>,
    /// Set when it is built in and was read with the others.
    #[serde(skip)]
    pub built_in: Option<BuiltIn>,
}

/// What is known of a built-in pattern.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    /// Its place among the built-in patterns.
    pub number: u32,
    /// What it says about some texts.
    pub forms: Forms,
}

pub(super) fn default_max_words() -> u32 {
    RULE_WORDS
}

pub(super) fn default_guard_words() -> u32 {
    GUARD_WORDS
}

fn default_alone() -> bool {
    true
}

/// Words that a rule may look at, at most: husk lines are short, prose is not.
const MAX_WORDS: u32 = 80;

/// Reads a pack.
///
/// # Errors
/// [`ErrorKind::Rules`] with the file's name and the place of the fault.
pub fn parse(name: &str, content: &str) -> Result<Pack, Error> {
    toml::from_str(content).map_err(|source| {
        let line = source.span().map_or(1, |span| line_of(content, span.start));
        Error::new(ErrorKind::Rules, format!("{name}:{line}: {}", source.message()))
    })
}

/// Checks every rule and guard of a pack, examples included.
///
/// # Errors
/// [`ErrorKind::Rules`] with a line for each fault: file, line, id and remedy.
pub fn check(name: &str, content: &str, pack: &Pack, limits: &Limits) -> Result<(), Error> {
    let rules =
        pack.rule.iter().map(|rule| (rule.span().start, &rule.get_ref().id, check_rule(rule.get_ref(), limits)));
    let guards =
        pack.guard.iter().map(|guard| (guard.span().start, &guard.get_ref().id, check_guard(guard.get_ref(), limits)));
    let topics =
        pack.topic.iter().map(|topic| (topic.span().start, &topic.get_ref().id, check_topic(topic.get_ref(), limits)));
    let faults = rules.chain(guards).chain(topics).filter_map(|(start, id, result)| {
        let found = result.err()?;
        let example = found.example.and_then(|example| place_of(content, start, &example));
        Some(fault(name, line_of(content, example.unwrap_or(start)), id, &found.why).to_string())
    });
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Rules, faults.join("\n")))
}

/// What is wrong with a rule.
struct Fault {
    why: String,
    /// The example that is not borne out.
    example: Option<String>,
}

impl From<String> for Fault {
    fn from(why: String) -> Fault {
        Fault { why, example: None }
    }
}

impl From<&str> for Fault {
    fn from(why: &str) -> Fault {
        why.to_owned().into()
    }
}

/// The byte of a file at which the rule that begins at `start` gives an example, if it stands there unescaped.
fn place_of(content: &str, start: usize, example: &str) -> Option<usize> {
    let rest = &content[start..];
    let own = rest.find("\n[[").map_or(rest, |end| &rest[..end]);
    let quoted = ['"', '\''].iter().find_map(|quote| own.find(&format!("{quote}{example}{quote}")));
    Some(start + quoted?)
}

/// The line, from 1, of a byte of a file.
pub fn line_of(content: &str, byte: usize) -> usize {
    1 + content.as_bytes()[..byte].iter().filter(|&&b| b == b'\n').count()
}

/// An error about one rule.
pub fn fault(name: &str, line: usize, id: &str, why: &str) -> Error {
    Error::new(ErrorKind::Rules, format!("{name}:{line}: rule {id}: {why}"))
}

fn check_rule(rule: &PackRule, limits: &Limits) -> Result<(), Fault> {
    check_form(&rule.id, &rule.lang, rule.max_words, &rule.why)?;
    check_count("drops", &rule.drops)?;
    check_count("keeps", &rule.keeps)?;
    match (&rule.pattern, &rule.selector) {
        (Some(source), None) => {
            let pattern = checked_pattern(source, limits)?;
            let matches = |line: &str| words::count(line) <= rule.max_words as usize && pattern.is_match(&fold(line));
            bear_out("drops", &rule.drops, true, matches)?;
            bear_out("keeps", &rule.keeps, false, matches)
        }
        (None, Some(source)) => {
            let selector = selector(source)?;
            let matches = |html: &str| Html::parse_fragment(html).select(&selector).next().is_some();
            bear_out("drops", &rule.drops, true, matches)?;
            bear_out("keeps", &rule.keeps, false, matches)
        }
        _ => Err("has a match or a selector, one of the two".into()),
    }
}

fn check_guard(guard: &PackGuard, limits: &Limits) -> Result<(), Fault> {
    check_form(&guard.id, &guard.lang, guard.max_words, &guard.why)?;
    check_protection(&guard.pattern, guard.max_words, &guard.keeps, &guard.passes, limits)
}

fn check_topic(topic: &PackTopic, limits: &Limits) -> Result<(), Fault> {
    check_form(&topic.id, &topic.lang, topic.max_words, &topic.why)?;
    check_protection(&topic.pattern, topic.max_words, &topic.keeps, &topic.passes, limits)
}

/// Checks that a pattern protects what it says and nothing else.
fn check_protection(
    source: &str,
    max_words: u32,
    keeps: &[String],
    passes: &[String],
    limits: &Limits,
) -> Result<(), Fault> {
    check_count("keeps", keeps)?;
    check_count("passes", passes)?;
    let pattern = checked_pattern(source, limits)?;
    let matches = |line: &str| words::count(line) <= max_words as usize && pattern.is_match(&fold(line));
    bear_out("keeps", keeps, true, matches)?;
    bear_out("passes", passes, false, matches)
}

fn check_form(id: &str, lang: &[Text], max_words: u32, why: &str) -> Result<(), String> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !id.split_once('/').is_some_and(|(family, slug)| is_part(family) && is_part(slug)) {
        return Err("an id is family/slug, in small letters, digits and hyphens".into());
    }
    if !(1..=MAX_WORDS).contains(&max_words) {
        return Err(format!("max_words is 1 to {MAX_WORDS}; husk lines are short"));
    }
    if lang.is_empty() {
        return Err("lang is empty; name the languages of the phrases, or \"any\"".into());
    }
    if why.trim().is_empty() {
        return Err("why is empty; say what the husk is".into());
    }
    Ok(())
}

fn check_count(kind: &str, examples: &[String]) -> Result<(), String> {
    if examples.len() < 2 {
        return Err(format!("{} {kind}, two are needed", examples.len()));
    }
    Ok(())
}

fn bear_out(kind: &str, examples: &[String], expected: bool, matches: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let Some(example) = examples.iter().find(|example| matches(example) != expected) else {
        return Ok(());
    };
    let verb = if expected { "does not match" } else { "matches" };
    Err(Fault { why: format!("{verb} its own {kind}: {example:?}"), example: Some(example.clone()) })
}

fn checked_pattern(source: &str, limits: &Limits) -> Result<Regex, String> {
    beginnings::branches(source)?;
    matcher::compile(source, limits.max_rule_compiled_bytes)
}

/// Compiles a selector.
pub fn selector(source: &str) -> Result<Selector, String> {
    Selector::parse(source).map_err(|why| format!("the selector {source:?} does not parse: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::PACKS;

    #[test]
    fn every_example_of_every_built_in_rule_is_borne_out() {
        let limits = Limits::default();
        let faults = PACKS.iter().filter_map(|(name, content)| {
            let checked = parse(name, content).and_then(|pack| check(name, content, &pack, &limits));
            checked.err().map(|fault| fault.to_string())
        });
        let faults: Vec<String> = faults.collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
