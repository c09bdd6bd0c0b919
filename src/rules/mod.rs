//! Rules: phrases and selectors that mark husk, and guards that nothing may cut.
//!
//! [`RuleSet`] holds the built-in packs (`packs/<family>.toml`, one file a family) and the user's. A block is folded
//! once, a prefilter finds the rules and guards whose words stand in it, and only those run their pattern.
//! Which matches count depends on the place and the neighbours and is decided in [`judge`](crate::judge).

mod beginnings;
mod built_in;
pub mod catalogue;
mod floating;
mod forms;
mod lists;
mod matcher;
pub mod pack;
mod parts;
mod prefilter;
mod reach;
mod starting;
mod stored;
mod table;

use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use matcher::Pattern;
use pack::{BuiltIn, PackGuard, PackRule, PackTopic, Text};
pub use parts::Part;
use prefilter::{Filtered, Prefilter};
use reach::Asked;
use scraper::Selector;
use std::collections::HashSet;

/// The built-in packs: file name and content. A new family is one file and one line.
pub const PACKS: &[(&str, &str)] = &[
    ("ads.toml", include_str!("packs/ads.toml")),
    ("apps.toml", include_str!("packs/apps.toml")),
    ("comments.toml", include_str!("packs/comments.toml")),
    ("cookies.toml", include_str!("packs/cookies.toml")),
    ("credits.toml", include_str!("packs/credits.toml")),
    ("errors.toml", include_str!("packs/errors.toml")),
    ("forms.toml", include_str!("packs/forms.toml")),
    ("forum.toml", include_str!("packs/forum.toml")),
    ("gallery.toml", include_str!("packs/gallery.toml")),
    ("legal.toml", include_str!("packs/legal.toml")),
    ("login.toml", include_str!("packs/login.toml")),
    ("navigation.toml", include_str!("packs/navigation.toml")),
    ("newsletter.toml", include_str!("packs/newsletter.toml")),
    ("paywall.toml", include_str!("packs/paywall.toml")),
    ("related.toml", include_str!("packs/related.toml")),
    ("scripts.toml", include_str!("packs/scripts.toml")),
    ("share.toml", include_str!("packs/share.toml")),
    ("tools.toml", include_str!("packs/tools.toml")),
    ("guards.toml", include_str!("packs/guards.toml")),
];

/// Where on a page a rule may act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Where {
    /// Anywhere.
    #[default]
    Any,
    /// Outside the body: before its first prose, after its last, or among the first and last blocks.
    Edge,
    /// After the last prose, or among the last blocks.
    Tail,
}

/// A rule in the form that matching needs.
pub struct Rule {
    /// `family/slug`.
    pub id: Text,
    /// What the husk is and where it comes from.
    pub why: Text,
    /// Where it may act.
    pub place: Where,
    /// False when a match counts only beside another removed block or in a run of such matches.
    pub alone: bool,
    matcher: Matcher,
}

enum Matcher {
    Pattern(Pattern),
    Selector(Selector),
}

impl Rule {
    /// The part of the id before the slash.
    pub fn family(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The selector of a rule that has one instead of a pattern.
    pub fn selector(&self) -> Option<&Selector> {
        match &self.matcher {
            Matcher::Selector(selector) => Some(selector),
            Matcher::Pattern(_) => None,
        }
    }

    /// The words of a folded block that the rule matched.
    pub fn evidence<'t>(&self, folded: &'t str) -> &'t str {
        match &self.matcher {
            Matcher::Pattern(pattern) => pattern.find(folded).unwrap_or(folded),
            Matcher::Selector(_) => folded,
        }
    }
}

struct Guard {
    id: Text,
    pattern: Pattern,
}

struct Topic {
    max_words: u32,
    pattern: Pattern,
    families: Vec<Text>,
}

/// Who says that a block is not cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarding {
    /// The user's keep list.
    KeepList,
    /// A guard, by its id.
    Guard(String),
}

/// Compiled rules and guards; immutable and shared by all workers.
pub struct RuleSet {
    rules: Vec<Rule>,
    guards: Vec<Guard>,
    topics: Vec<Topic>,
    /// The patterns of the rules, then those of the guards.
    prefilter: Prefilter,
    /// No rule looks at a longer block.
    max_words: u32,
    has_selectors: bool,
    kept_lines: HashSet<String>,
    kept_reasons: HashSet<String>,
}

/// A list of lines and rule ids that a user wants kept, with the name that errors give it.
pub struct KeepList<'a> {
    /// The file's name.
    pub name: &'a str,
    /// One line or rule id a line; `#` begins a comment.
    pub content: &'a str,
}

/// Which of the rules act; by default all do. Each name comes with where it was written, for errors.
#[derive(Clone, Debug, Default)]
pub struct RuleChoice {
    /// Reasons that do not count: rule ids, `family/*`, `repeat` and the like.
    pub off: Vec<(String, String)>,
    /// When not empty: the rules that act, by id or `family/*`.
    pub only: Vec<(String, String)>,
    /// When not empty: the languages whose rules act.
    pub languages: Vec<(String, String)>,
}

impl RuleChoice {
    /// Refuses a name that stands for nothing, or for what `spares` text and always acts.
    fn check(&self, rules: &[PackRule], spares: impl Fn(&str) -> bool) -> Result<(), Error> {
        let is_rule = |name: &str| rules.iter().any(|rule| covers(name, &rule.id));
        let is_reason = |name: &str| is_rule(name) || is_stage(name);
        let speaks = |name: &str| rules.iter().any(|rule| rule.lang.iter().any(|known| known == name));
        let no_rule = |name: &str, remedy: &str| match spares(name) {
            true => format!("{name:?} removes nothing, it spares text, and always acts: leave it out"),
            false => format!("no rule is called {name:?}: {remedy}"),
        };
        known(&self.off, is_reason, |name| no_rule(name, "write an id, `family/*`, or a reason such as `repeat`"))?;
        known(&self.only, is_rule, |name| no_rule(name, "write an id or `family/*`"))?;
        known(&self.languages, speaks, |name| {
            format!("no rule is written for the language {name:?}: write a code such as `en`")
        })
    }

    fn takes(&self, rule: &PackRule) -> bool {
        let named = |names: &[(String, String)]| names.iter().any(|(_, name)| covers(name, &rule.id));
        let spoken = |language: &Text| language == "any" || self.languages.iter().any(|(_, name)| name == language);
        !named(&self.off)
            && (self.only.is_empty() || named(&self.only))
            && (self.languages.is_empty() || rule.lang.iter().any(spoken))
    }
}

fn known(names: &[(String, String)], is: impl Fn(&str) -> bool, refusal: impl Fn(&str) -> String) -> Result<(), Error> {
    match names.iter().find(|(_, name)| !is(name)) {
        Some((place, name)) => Err(Error::new(ErrorKind::Rules, format!("{place}: {}", refusal(name)))),
        None => Ok(()),
    }
}

/// True when `name`, an id or `family/*`, stands for the rule `id`.
fn covers(name: &str, id: &str) -> bool {
    name == id || name.strip_suffix("/*").is_some_and(|family| id.split('/').next() == Some(family))
}

/// True for a reason that is no rule and that a keep list may name all the same.
fn is_stage(reason: &str) -> bool {
    catalogue::STAGES.iter().any(|(name, _)| *name == reason)
}

impl RuleSet {
    /// Loads the built-in packs, the user's packs (name and TOML) and keep lists; rules that `choice` leaves out are not
    /// in the set, and a keep list may name them all the same. The choices `elsewhere` are checked only.
    ///
    /// # Errors
    /// [`ErrorKind::Rules`] for a user's pack that does not load: bad TOML, a pattern that does not compile, fewer
    /// than two examples of a kind, an example that its rule does not bear out, an id that is taken, too many rules.
    pub fn load(
        user_packs: &[(String, String)],
        keep: &[KeepList<'_>],
        choice: &RuleChoice,
        elsewhere: &[RuleChoice],
        limits: &Limits,
    ) -> Result<RuleSet, Error> {
        let (mut rules, mut guards, mut topics) = built_in::read();
        let mut ids = HashSet::new();
        if !user_packs.is_empty() || !keep.is_empty() {
            let own = rules.iter().map(|rule| &rule.id);
            let own = own.chain(guards.iter().map(|guard| &guard.id)).chain(topics.iter().map(|topic| &topic.id));
            ids.extend(own.cloned());
        }
        for (name, content) in user_packs {
            let pack = pack::parse(name, content)?;
            pack::check(name, content, &pack, limits)?;
            let mut take_id = |id: &Text, start: usize| match ids.insert(id.clone()) {
                true => Ok(()),
                false => Err(pack::fault(name, pack::line_of(content, start), id, "the id is taken; choose another")),
            };
            pack.rule.iter().try_for_each(|rule| take_id(&rule.get_ref().id, rule.span().start))?;
            pack.guard.iter().try_for_each(|guard| take_id(&guard.get_ref().id, guard.span().start))?;
            pack.topic.iter().try_for_each(|topic| take_id(&topic.get_ref().id, topic.span().start))?;
            rules.extend(pack.rule.into_iter().map(|rule| rule.into_inner()));
            guards.extend(pack.guard.into_iter().map(|guard| guard.into_inner()));
            topics.extend(pack.topic.into_iter().map(|topic| topic.into_inner()));
        }
        let count = rules.len() + guards.len() + topics.len();
        if count > limits.max_rules {
            let message = format!("{count} rules, more than the bound of {}", limits.max_rules);
            return Err(Error::new(ErrorKind::Rules, message));
        }
        let sparing = || guards.iter().map(|guard| &guard.id).chain(topics.iter().map(|topic| &topic.id));
        let spares = |name: &str| sparing().any(|id| covers(name, id));
        std::iter::once(choice).chain(elsewhere).try_for_each(|choice| choice.check(&rules, spares))?;
        rules.retain(|rule| choice.takes(rule));
        let mut set = RuleSet::build(rules, guards, topics, limits)?;
        let off = choice.off.iter().map(|(_, name)| name);
        set.kept_reasons.extend(off.filter(|name| is_stage(name)).cloned());
        for list in keep {
            set.add_keep_list(list, &ids)?;
        }
        Ok(set)
    }

    fn build(
        rules: Vec<PackRule>,
        guards: Vec<PackGuard>,
        topics: Vec<PackTopic>,
        limits: &Limits,
    ) -> Result<RuleSet, Error> {
        let of_rules = rules.iter().map(|rule| Filtered {
            id: &rule.id,
            source: rule.pattern.as_deref(),
            built_in: rule.built_in.as_ref().map(|known| known.number),
            max_words: rule.max_words,
        });
        let of_guards = guards.iter().map(|guard| Filtered {
            id: &guard.id,
            source: Some(&guard.pattern),
            built_in: guard.built_in.as_ref().map(|known| known.number),
            max_words: guard.max_words,
        });
        let prefilter = Prefilter::new(&of_rules.collect::<Vec<_>>(), &of_guards.collect::<Vec<_>>())?;
        let max_words = rules.iter().map(|rule| rule.max_words).chain(guards.iter().map(|guard| guard.max_words)).max();
        let pattern = |source: Text, built_in: Option<BuiltIn>| {
            Pattern::new(source, built_in.map(|known| known.forms), limits.max_rule_compiled_bytes)
        };
        let rules = rules
            .into_iter()
            .map(|rule| {
                let selector = rule.selector.as_deref().map(pack::selector).transpose();
                let selector = selector.map_err(|why| Error::new(ErrorKind::Rules, format!("{}: {why}", rule.id)))?;
                let matcher = match selector {
                    Some(selector) => Matcher::Selector(selector),
                    None => Matcher::Pattern(pattern(rule.pattern.unwrap_or_default(), rule.built_in)),
                };
                let PackRule { id, why, place, alone, .. } = rule;
                Ok(Rule { id, why, place, alone, matcher })
            })
            .collect::<Result<Vec<Rule>, Error>>()?;
        let guards = guards
            .into_iter()
            .map(|guard| Guard { id: guard.id, pattern: pattern(guard.pattern, guard.built_in) })
            .collect();
        let topics = topics.into_iter().map(|topic| Topic {
            max_words: topic.max_words,
            pattern: pattern(topic.pattern, topic.built_in),
            families: topic.families,
        });
        let topics = topics.collect();
        Ok(RuleSet {
            has_selectors: rules.iter().any(|rule| rule.selector().is_some()),
            rules,
            guards,
            topics,
            prefilter,
            max_words: max_words.unwrap_or(0),
            kept_lines: HashSet::new(),
            kept_reasons: HashSet::new(),
        })
    }

    fn add_keep_list(&mut self, list: &KeepList<'_>, ids: &HashSet<Text>) -> Result<(), Error> {
        let content = list.content.strip_prefix('\u{feff}').unwrap_or(list.content);
        for (number, line) in content.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let is_known = ids.contains(line) || is_stage(line);
            let family = ids
                .iter()
                .any(|id| id.split_once('/').is_some_and(|(family, _)| line.strip_suffix("/*") == Some(family)));
            // Neither has a capital or a full stop, as the names of agencies and sites have.
            let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/*".contains(c);
            let looks_like_id = line.contains('/') && line.chars().all(is_slug);
            if is_known || family {
                self.kept_reasons.insert(line.to_owned());
            } else if looks_like_id {
                let message = format!("{}:{}: no rule is called {line}", list.name, number + 1);
                return Err(Error::new(ErrorKind::Rules, message));
            } else {
                self.kept_lines.insert(crate::block::fold::fold(line));
            }
        }
        Ok(())
    }

    /// The rules, in the order of the packs.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// True when a rule has a selector, so that a page must keep every attribute and be selectable.
    pub fn has_selectors(&self) -> bool {
        self.has_selectors
    }

    /// True when a user's list keeps what has this reason (an id, or a family as `family/*`).
    pub fn keeps_reason(&self, id: &str) -> bool {
        !self.kept_reasons.is_empty()
            && (self.kept_reasons.contains(id)
                || id.split_once('/').is_some_and(|(family, _)| self.kept_reasons.contains(&format!("{family}/*"))))
    }

    /// What could be said about each of these folded blocks of a text: nothing about most. For [`guarding`](RuleSet::guarding) and
    /// [`matches`](RuleSet::matches).
    pub fn candidates(&self, text: &str, blocks: &[Part]) -> Vec<Candidates> {
        let mut candidates: Vec<Candidates> = blocks.iter().map(|_| Candidates::default()).collect();
        self.prefilter.any(text, blocks, Asked::All, |block, at, is_sure| {
            let Candidates { rules, guards } = &mut candidates[block];
            let list = if at < self.rules.len() { rules } else { guards };
            list.push((at as u32, is_sure));
            false
        });
        // Of several that match the first of the packs is named, however they were found.
        for Candidates { rules, guards } in &mut candidates {
            rules.sort_unstable();
            guards.sort_unstable();
        }
        candidates
    }

    /// The keep list or guard that keeps the folded block whatever else is said about it.
    pub fn guarding(&self, folded: &str, candidates: &Candidates) -> Option<Guarding> {
        if !self.kept_lines.is_empty() && self.kept_lines.contains(folded) {
            return Some(Guarding::KeepList);
        }
        let mut guards =
            candidates.guards.iter().map(|(at, is_sure)| (&self.guards[*at as usize - self.rules.len()], *is_sure));
        let (guard, _) = guards.find(|(guard, is_sure)| *is_sure || guard.pattern.is_match(folded))?;
        Some(Guarding::Guard(guard.id.to_string()))
    }

    /// The words of a folded block by which it is guarded.
    pub fn evidence<'t>(&self, guarding: &Guarding, folded: &'t str) -> &'t str {
        let Guarding::Guard(id) = guarding else { return folded };
        let guard = self.guards.iter().find(|guard| guard.id == *id);
        guard.and_then(|guard| guard.pattern.find(folded)).unwrap_or(folded)
    }

    /// The topics that there are.
    pub fn topics_count(&self) -> usize {
        self.topics.len()
    }

    /// The topics of pages on which a family does not act, since they are about what it removes.
    pub fn topics_of(&self, family: &str) -> impl Iterator<Item = usize> {
        let rests = move |topic: &Topic| topic.families.iter().any(|own| **own == *family);
        self.topics.iter().enumerate().filter(move |(_, topic)| rests(topic)).map(|(at, _)| at)
    }

    /// True when a page with this headline is about a topic.
    pub fn is_about(&self, headline: &str, topic: usize) -> bool {
        let topic = &self.topics[topic];
        crate::block::words::count(headline) as u32 <= topic.max_words && topic.pattern.is_match(headline)
    }

    /// True when a rule could look at a block of so many words.
    pub fn reaches(&self, words: u32) -> bool {
        words <= self.max_words || !self.kept_lines.is_empty()
    }

    /// True when `found` accepts one of the rules whose patterns match one of these folded blocks of a text; it is given the place of
    /// the block and the rule with its index until it does.
    pub fn stirs(&self, text: &str, blocks: &[Part], mut found: impl FnMut(usize, usize, &Rule) -> bool) -> bool {
        self.prefilter.any(text, blocks, Asked::Rules, |block, at, is_sure| match &self.rules[at].matcher {
            Matcher::Pattern(pattern) => {
                (is_sure || pattern.is_match(&text[blocks[block].range()])) && found(block, at, &self.rules[at])
            }
            Matcher::Selector(_) => false,
        })
    }

    /// Calls `found` with the index of every rule whose pattern matches the folded block, of the ones that could.
    pub fn matches(&self, folded: &str, candidates: &Candidates, mut found: impl FnMut(usize)) {
        for (at, is_sure) in &candidates.rules {
            let at = *at as usize;
            if let Matcher::Pattern(pattern) = &self.rules[at].matcher
                && (*is_sure || pattern.is_match(folded))
            {
                found(at);
            }
        }
    }
}

/// The patterns that could match a block, each with whether it is known to.
#[derive(Debug, Default)]
pub struct Candidates {
    rules: Vec<(u32, bool)>,
    guards: Vec<(u32, bool)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::fold::fold;
    use crate::block::words;

    /// A line, shorter ones, longer ones, and the same in other spellings.
    fn variants(line: &str) -> Vec<String> {
        let cut = |at: usize| line.split(' ').take(at).collect::<Vec<_>>().join(" ");
        let count = line.split(' ').count();
        let after = line.split_once(' ').map_or(line, |(_, after)| after);
        let spelt =
            [line.to_uppercase(), line.replace('\'', "’"), line.replace(' ', "\u{a0}"), line.replace('e', "e\u{301}")];
        let longer =
            [format!("{line} {line}"), format!("Zoë: {line}"), format!("{line} – größer"), format!("- {line}!")];
        let cuts = [cut(count - count / 4), cut(count / 2), after.to_owned(), line.to_owned()];
        spelt.into_iter().chain(longer).chain(cuts).collect()
    }

    #[test]
    fn a_pattern_that_matches_is_always_among_the_candidates() {
        let set = RuleSet::load(&[], &[], &RuleChoice::default(), &[], &Limits::default()).unwrap();
        let packs = PACKS.iter().map(|(name, content)| pack::parse(name, content).unwrap());
        let (mut rules, mut guards) = (Vec::new(), Vec::new());
        for pack in packs {
            rules.extend(pack.rule.into_iter().map(|rule| rule.into_inner()));
            guards.extend(pack.guard.into_iter().map(|guard| guard.into_inner()));
        }
        let rules = rules.iter().map(|rule| (rule.pattern.as_deref(), rule.max_words, &rule.drops, &rule.id));
        let guards = guards.iter().map(|guard| (Some(&*guard.pattern), guard.max_words, &guard.keeps, &guard.id));
        let (mut matched, mut sure) = (0, 0);
        for (at, (pattern, max_words, lines, id)) in rules.chain(guards).enumerate() {
            let Some(pattern) = pattern else { continue };
            let regex = matcher::compile(pattern, 1 << 20).unwrap();
            for line in lines.iter().flat_map(|line| variants(line)) {
                let (folded, words) = (fold(&line), words::count(&line) as u32);
                let asked = match set.rules.get(at).map(|rule| &rule.matcher) {
                    Some(Matcher::Pattern(pattern)) => pattern,
                    Some(Matcher::Selector(_)) => unreachable!("{id} has a pattern"),
                    None => &set.guards[at - set.rules.len()].pattern,
                };
                assert_eq!(asked.is_match(&folded), regex.is_match(&folded), "{id}: {line:?}");
                let [candidates] =
                    &set.candidates(&folded, &[Part::new(0..folded.len(), words, folded.is_ascii())])[..]
                else {
                    panic!("one block was asked about")
                };
                for (at, _) in candidates.rules.iter().filter(|(_, is_sure)| *is_sure) {
                    let Matcher::Pattern(pattern) = &set.rules[*at as usize].matcher else {
                        unreachable!("it is asked")
                    };
                    assert!(pattern.is_match(&folded), "{}: {line:?}", set.rules[*at as usize].id);
                }
                if words <= max_words && regex.is_match(&folded) {
                    let list = if at < set.rules.len() { &candidates.rules } else { &candidates.guards };
                    let own = list.iter().find(|(own, _)| *own == at as u32);
                    sure += usize::from(own.unwrap_or_else(|| panic!("{id}: {line:?}")).1);
                    if let Some(Rule { matcher: Matcher::Pattern(pattern), .. }) = set.rules.get(at) {
                        assert!(pattern.is_match(&folded), "{id}: {line:?}");
                        assert_eq!(pattern.find(&folded), regex.find(&folded).map(|found| found.as_str()), "{id}");
                    }
                    matched += 1;
                }
            }
        }
        assert!(matched > 10_000 && sure > 1_000, "{matched}, {sure}");
    }
}
