//! The built-in packs as the build script wrote them: what a run needs of each rule, without its examples.
//!
//! In the order of [`PACKS`](super::PACKS), in which the table of beginnings numbers their patterns too.

use super::Where;
use super::forms::Forms;
use super::pack::{BuiltIn, PackGuard, PackRule, PackTopic, Text, default_guard_words, default_max_words};

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.txt"));

/// The rules, guards and topics that are built in.
pub fn read() -> (Vec<PackRule>, Vec<PackGuard>, Vec<PackTopic>) {
    let (mut rules, mut guards, mut topics) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rest, mut texts) = (RULES, TEXTS);
    let mut number = 0;
    while let Some(([kind, place, max_words, alone], after)) = rest.split_first_chunk() {
        rest = after;
        let mut text = || {
            let (text, others) = texts.split_at(take_length(&mut rest));
            texts = others;
            text
        };
        let [id, why, pattern, selector, alphabet, lang, families] = std::array::from_fn(|_| text());
        let mut form = || {
            let length = take_length(&mut rest);
            let (form, others) = rest.split_at(length);
            rest = others;
            form
        };
        let (ascii, known) = (form(), form());
        let list = |words: &'static str| words.split_ascii_whitespace().map(Text::from).collect();
        let (lang, families) = (list(lang), list(families));
        let forms = Forms { ascii: ascii.into(), known: known.into(), alphabet: alphabet.into() };
        let (id, why, built_in) = (id.into(), why.into(), Some(BuiltIn { number, forms }));
        let words = |absent: u32| if *max_words == 0 { absent } else { u32::from(*max_words) };
        let some = |text: &'static str| (!text.is_empty()).then(|| text.into());
        match kind {
            0 => rules.push(PackRule {
                id,
                lang,
                place: match place {
                    b'e' => Where::Edge,
                    b't' => Where::Tail,
                    _ => Where::Any,
                },
                max_words: words(default_max_words()),
                alone: *alone == 1,
                pattern: some(pattern),
                selector: some(selector),
                why,
                drops: Vec::new(),
                keeps: Vec::new(),
                built_in,
            }),
            1 => guards.push(PackGuard {
                id,
                lang,
                max_words: words(default_guard_words()),
                pattern: pattern.into(),
                why,
                keeps: Vec::new(),
                passes: Vec::new(),
                built_in,
            }),
            _ => topics.push(PackTopic {
                id,
                lang,
                max_words: words(0),
                pattern: pattern.into(),
                families,
                why,
                keeps: Vec::new(),
                passes: Vec::new(),
                built_in,
            }),
        }
        number += 1;
    }
    (rules, guards, topics)
}

/// Takes a length off, which stands in two bytes.
fn take_length(from: &mut &'static [u8]) -> usize {
    let (length, rest) = from.split_first_chunk().expect("a length stands before");
    *from = rest;
    usize::from(u16::from_le_bytes(*length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{PACKS, pack};

    #[test]
    fn it_holds_what_the_packs_say() {
        let (mut rules, mut guards, mut topics) = read();
        assert!(
            rules
                .iter()
                .map(|rule| &rule.built_in)
                .chain(guards.iter().map(|guard| &guard.built_in))
                .chain(topics.iter().map(|topic| &topic.built_in))
                .all(|known| known.is_some())
        );
        let (mut wanted_rules, mut wanted_guards, mut wanted_topics) = (Vec::new(), Vec::new(), Vec::new());
        for (name, content) in PACKS {
            let pack = pack::parse(name, content).unwrap();
            wanted_rules.extend(pack.rule.into_iter().map(|rule| rule.into_inner()));
            wanted_guards.extend(pack.guard.into_iter().map(|guard| guard.into_inner()));
            wanted_topics.extend(pack.topic.into_iter().map(|topic| topic.into_inner()));
        }
        rules.iter_mut().for_each(|rule| rule.built_in = None);
        guards.iter_mut().for_each(|guard| guard.built_in = None);
        topics.iter_mut().for_each(|topic| topic.built_in = None);
        for rule in &mut wanted_rules {
            (rule.drops, rule.keeps) = Default::default();
        }
        for guard in &mut wanted_guards {
            (guard.keeps, guard.passes) = Default::default();
        }
        for topic in topics.iter_mut().chain(&mut wanted_topics) {
            (topic.keeps, topic.passes) = Default::default();
        }
        assert_eq!(format!("{rules:?}"), format!("{wanted_rules:?}"));
        assert_eq!(format!("{guards:?}"), format!("{wanted_guards:?}"));
        assert_eq!(format!("{topics:?}"), format!("{wanted_topics:?}"));
    }
}
