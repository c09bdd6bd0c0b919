//! The catalogue: every rule as it was written, for people to read.
//!
//! [`RuleSet`](super::RuleSet) holds what matching needs and no more; this holds the rest: why a rule is there, its
//! languages and its examples. It is made from the same packs, so the two cannot differ.

use super::pack::{self, Pack, PackGuard, PackRule, PackTopic, Text};
use super::{PACKS, Where, matcher};
use crate::block::fold::fold;
use crate::block::words;
use crate::error::Error;
use crate::limits::Limits;
use regex::Regex;
use serde::Serialize;
use std::collections::BTreeSet;

/// What has removed a line and is no rule, by its name in [`Reason::id`](crate::Reason::id): what goes, and on which pages.
pub(super) const STAGES: &[(&str, &str)] = &[
    ("repeat", "second copies of a caption on one page"),
    ("caption", "captions of photos, with `--captions drop`"),
    ("headline", "HTML: the heading that says what the title says; it is kept as the title"),
    (
        "judgement",
        "HTML: blocks that are furniture by their place, links and words; text: lines that are furniture by their \
         words, place and neighbours",
    ),
    ("finish", "HTML: small furniture around and inside the article that the judgement left"),
];

/// Every rule of some packs, in their order.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    families: Vec<Family>,
    rules: Vec<RuleEntry>,
}

/// What the rules of a pack have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Family {
    /// The part of the ids before the slash.
    pub name: String,
    /// What goes, in a few words.
    pub about: String,
    /// A line of that kind; empty for a stage that has no rules.
    pub example: String,
    /// What the pack says at its head: what it removes and what it could take that it must not.
    pub note: String,
    /// Languages that at least one rule is written for, as codes in order; `any` alone when none is named.
    pub languages: Vec<String>,
}

/// What a rule does and how it finds its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// Removes lines that a pattern matches.
    Phrase,
    /// Removes what stands in elements that a CSS selector finds.
    Selector,
    /// Keeps lines that a pattern matches, whatever else is said about them.
    Guard,
    /// Puts families of rules to rest on pages whose headline a pattern matches.
    Topic,
}

impl RuleKind {
    /// The name that stands in lists.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::Phrase => "phrase",
            RuleKind::Selector => "selector",
            RuleKind::Guard => "guard",
            RuleKind::Topic => "topic",
        }
    }
}

/// One rule, guard or topic as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleEntry {
    /// `family/slug`.
    pub id: String,
    /// What it does.
    pub kind: RuleKind,
    /// Languages of its phrases, or `any`.
    pub languages: Vec<String>,
    /// Where on a page it acts.
    #[serde(rename = "where")]
    pub place: Where,
    /// Words that a line may have at most.
    pub max_words: u32,
    /// False for a weak rule, which counts only beside a line that a rule removed or in a run of three.
    pub alone: bool,
    /// The pattern, which sees a line folded.
    #[serde(rename = "match")]
    pub pattern: Option<String>,
    /// The selector of a rule that has one instead.
    pub selector: Option<String>,
    /// What the line is and where it comes from.
    pub why: String,
    /// Lines, or fragments of HTML, that it removes.
    pub drops: Vec<String>,
    /// Near misses that a rule leaves alone; of a guard or a topic, lines that it protects.
    pub keeps: Vec<String>,
    /// Near misses that a guard or a topic does not protect.
    pub passes: Vec<String>,
    /// The families that a topic puts to rest.
    pub families: Vec<String>,
}

impl RuleEntry {
    /// The part of the id before the slash.
    pub fn family(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// `weak` or `alone` for what removes; `guard` or `topic` for what keeps.
    pub fn status(&self) -> &'static str {
        match self.kind {
            RuleKind::Guard | RuleKind::Topic => self.kind.name(),
            _ if self.alone => "alone",
            _ => "weak",
        }
    }

    /// Looks for the lines that it speaks of; `None` for a selector, which looks at elements.
    pub fn matcher(&self) -> Option<LineMatcher> {
        let pattern = self.pattern.as_deref()?;
        let pattern = matcher::compile(pattern, Limits::default().max_rule_compiled_bytes).ok()?;
        Some(LineMatcher { pattern, max_words: self.max_words as usize })
    }
}

/// Says which lines the pattern of a rule matches, wherever they stand.
#[derive(Clone, Debug)]
pub struct LineMatcher {
    pattern: Regex,
    max_words: usize,
}

impl LineMatcher {
    /// True for a line that is short enough and matches. Whether a rule would remove it also hangs on its place and
    /// its neighbours.
    pub fn matches(&self, line: &str) -> bool {
        words::count(line) <= self.max_words && self.pattern.is_match(&fold(line))
    }
}

impl Catalogue {
    /// The rules that are built in.
    pub fn builtin() -> Catalogue {
        let mut catalogue = Catalogue::default();
        for (name, content) in PACKS {
            let pack = pack::parse(name, content).expect("a test reads every built-in pack");
            catalogue.add(name.trim_end_matches(".toml"), content, pack);
        }
        catalogue
    }

    /// The rules of a user's pack in TOML; `name` stands in error messages.
    ///
    /// # Errors
    /// [`ErrorKind::Rules`](crate::ErrorKind::Rules) with a line for each fault: file, line, rule and remedy. Whether an
    /// id is taken shows when the pack is [loaded](crate::CleanerBuilder::rules).
    pub fn read(name: &str, toml: &str, limits: &Limits) -> Result<Catalogue, Error> {
        let pack = pack::parse(name, toml)?;
        pack::check(name, toml, &pack, limits)?;
        let mut catalogue = Catalogue::default();
        let family = pack.rule.first().map(|rule| rule.get_ref().id.clone());
        let family = family.or_else(|| pack.guard.first().map(|guard| guard.get_ref().id.clone())).unwrap_or_default();
        catalogue.add(family.split('/').next().unwrap_or_default(), toml, pack);
        Ok(catalogue)
    }

    fn add(&mut self, family: &str, content: &str, pack: Pack) {
        let begin = self.rules.len();
        self.rules.extend(pack.rule.into_iter().map(|rule| RuleEntry::from(rule.into_inner())));
        self.rules.extend(pack.guard.into_iter().map(|guard| RuleEntry::from(guard.into_inner())));
        self.rules.extend(pack.topic.into_iter().map(|topic| RuleEntry::from(topic.into_inner())));
        let named = self.rules[begin..].iter().flat_map(|rule| &rule.languages).filter(|language| *language != "any");
        let named: BTreeSet<&String> = named.collect();
        let languages = if named.is_empty() { vec!["any".to_owned()] } else { named.into_iter().cloned().collect() };
        let note =
            content.lines().map_while(|line| line.strip_prefix('#')).map(str::trim).collect::<Vec<_>>().join(" ");
        let (about, example) = pack.family.map_or_else(Default::default, |family| (family.about, family.example));
        self.families.push(Family { name: family.to_owned(), about, example, note, languages });
    }

    /// Adds the rules of another catalogue after its own.
    pub fn extend(&mut self, other: Catalogue) {
        self.families.extend(other.families);
        self.rules.extend(other.rules);
    }

    /// The families, in the order of the packs.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// Every rule, guard and topic, in the order of the packs.
    pub fn rules(&self) -> &[RuleEntry] {
        &self.rules
    }

    /// The rule of that id.
    pub fn get(&self, id: &str) -> Option<&RuleEntry> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// What removes lines and is no rule, as families without an example.
    pub fn stages() -> Vec<Family> {
        let family = |(name, about): &(&str, &str)| Family {
            name: (*name).to_owned(),
            about: (*about).to_owned(),
            example: String::new(),
            note: String::new(),
            languages: vec!["any".to_owned()],
        };
        STAGES.iter().map(family).collect()
    }
}

fn owned(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(Text::into).collect()
}

impl From<PackRule> for RuleEntry {
    fn from(rule: PackRule) -> RuleEntry {
        RuleEntry {
            kind: if rule.selector.is_some() { RuleKind::Selector } else { RuleKind::Phrase },
            id: rule.id.into(),
            languages: owned(rule.lang),
            place: rule.place,
            max_words: rule.max_words,
            alone: rule.alone,
            pattern: rule.pattern.map(Text::into),
            selector: rule.selector.map(Text::into),
            why: rule.why.into(),
            drops: rule.drops,
            keeps: rule.keeps,
            passes: Vec::new(),
            families: Vec::new(),
        }
    }
}

impl From<PackGuard> for RuleEntry {
    fn from(guard: PackGuard) -> RuleEntry {
        RuleEntry {
            kind: RuleKind::Guard,
            id: guard.id.into(),
            languages: owned(guard.lang),
            place: Where::Any,
            max_words: guard.max_words,
            alone: true,
            pattern: Some(guard.pattern.into()),
            selector: None,
            why: guard.why.into(),
            drops: Vec::new(),
            keeps: guard.keeps,
            passes: guard.passes,
            families: Vec::new(),
        }
    }
}

impl From<PackTopic> for RuleEntry {
    fn from(topic: PackTopic) -> RuleEntry {
        RuleEntry {
            kind: RuleKind::Topic,
            id: topic.id.into(),
            languages: owned(topic.lang),
            place: Where::Any,
            max_words: topic.max_words,
            alone: true,
            pattern: Some(topic.pattern.into()),
            selector: None,
            why: topic.why.into(),
            drops: Vec::new(),
            keeps: topic.keeps,
            passes: topic.passes,
            families: owned(topic.families),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_says_what_goes_and_gives_a_line_of_its_own() {
        let catalogue = Catalogue::builtin();
        assert_eq!(catalogue.families().len(), PACKS.len());
        for family in catalogue.families() {
            assert!(!family.about.is_empty() && !family.note.is_empty(), "{}", family.name);
            let mut own = catalogue.rules().iter().filter(|rule| rule.family() == family.name);
            let speaks = |rule: &RuleEntry| rule.matcher().is_some_and(|matcher| matcher.matches(&family.example));
            assert!(own.any(speaks), "no rule of {} speaks of {:?}", family.name, family.example);
        }
    }

    #[test]
    fn weak_rules_guards_and_selectors_are_told_apart() {
        let pack = r#"
            [[rule]]
            id = "my/box"
            lang = ["any"]
            selector = "div.box"
            alone = false
            why = "a box"
            drops = ['<div class="box">x</div>', '<div class="a box">y</div>']
            keeps = ['<p class="box">x</p>', '<div>y</div>']
            [[guard]]
            id = "my/note"
            lang = ["en"]
            match = '^serves (two|four)\b'
            why = "a line of a recipe"
            keeps = ["Serves four", "Serves two at a time"]
            passes = ["She serves", "Serve at once"]
        "#;
        let catalogue = Catalogue::read("my.toml", pack, &Limits::default()).unwrap();
        let told: Vec<_> = catalogue.rules().iter().map(|rule| (rule.kind.name(), rule.status())).collect();
        assert_eq!(told, [("selector", "weak"), ("guard", "guard")]);
        assert!(catalogue.rules()[0].matcher().is_none());
        assert!(catalogue.rules()[1].matcher().unwrap().matches("  SERVES  four people"));
        assert_eq!(catalogue.families()[0].name, "my");
        assert_eq!(catalogue.families()[0].languages, ["en"]);
    }

    #[test]
    fn a_fault_names_the_line_of_the_example() {
        let pack = "[[rule]]\nid = \"my/a\"\nlang = [\"en\"]\nmatch = '^join us'\nwhy = \"w\"\n\
                    drops = [\n  \"Join us\",\n  \"Join them\",\n]\nkeeps = [\"a\", \"b\"]\n";
        let error = Catalogue::read("my.toml", pack, &Limits::default()).unwrap_err().to_string();
        assert_eq!(error, "my.toml:8: rule my/a: does not match its own drops: \"Join them\"");
    }
}
