//! The built-in packs as the build script wrote them: what a run needs of each rule, without its examples.
//!
//! In the order of [`PACKS`](super::PACKS), in which the table of beginnings numbers their patterns too.

use super::Where;
use super::forms::Forms;
use super::pack::{BuiltIn, PackGuard, PackRule, PackTopic, default_guard_words, default_max_words};

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// The rules, guards and topics that are built in.
pub fn read() -> (Vec<PackRule>, Vec<PackGuard>, Vec<PackTopic>) {
    let (mut rules, mut guards, mut topics) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = RULES;
    let mut number = 0;
    while let Some(([kind, place, max_words, alone], after)) = rest.split_first_chunk() {
        rest = after;
        let mut text = || take_text(&mut rest);
        let (id, why, pattern, selector, alphabet) = (text(), text(), text(), text(), text());
        let (ascii, known) = (take_bytes(&mut rest), take_bytes(&mut rest));
        let mut text = || take_text(&mut rest);
        let mut list = || text().split_ascii_whitespace().map(str::to_owned).collect();
        let (lang, families) = (list(), list());
        let forms = Forms { ascii: ascii.into(), known: known.into(), alphabet: alphabet.into() };
        let (id, why, built_in) = (id.to_owned(), why.to_owned(), Some(BuiltIn { number, forms }));
        let words = |absent: u32| if *max_words == 0 { absent } else { u32::from(*max_words) };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
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
                pattern: pattern.to_owned(),
                why,
                keeps: Vec::new(),
                passes: Vec::new(),
                built_in,
            }),
            _ => topics.push(PackTopic {
                id,
                lang,
                max_words: words(0),
                pattern: pattern.to_owned(),
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

fn take_text(from: &mut &'static [u8]) -> &'static str {
    std::str::from_utf8(take_bytes(from)).expect("it was written from text")
}

/// Takes bytes off that stand after their count in two bytes.
fn take_bytes(from: &mut &'static [u8]) -> &'static [u8] {
    let (count, rest) = from.split_first_chunk().expect("a count stands before");
    let (bytes, rest) = rest.split_at(usize::from(u16::from_le_bytes(*count)));
    *from = rest;
    bytes
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
