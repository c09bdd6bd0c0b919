//! What the words of a block have in common with the rest of the page: its title, its description, its long blocks.
//!
//! Words are hashed and compared with each other only, so that no language is known here. What most long blocks share are the
//! page's function words; what several share is its topic.

use super::sums::{self, PageSums, over};
use crate::block::{Blocks, fnv, words};
use foldhash::HashSet;

/// Names of the features of a vocabulary.
pub(super) const NAMES: [&str; 9] = [
    "title-words",
    "title-share",
    "description-words",
    "description-share",
    "topic-words",
    "function-words",
    "topic-near-3",
    "function-near-3",
    "topic-section-8",
];

/// Bytes of a block whose words are looked at.
const SAMPLE: usize = 2_000;
/// Places for the counts of words; two words in one place count as one, which only adds a little noise.
const PLACES: usize = 1 << 13;
/// Bytes of a word that may be of the topic; shorter ones are function words in most languages.
const TOPIC_BYTES: usize = 4;
/// Share of the long blocks that hold a function word, at least.
const FUNCTION_SHARE: f32 = 0.3;

/// The vocabulary of a page and what each block shares with it.
pub(super) struct Vocabulary {
    own: Vec<[f32; 6]>,
    /// Prefix sums of topic and function words.
    topic: Vec<f32>,
    function: Vec<f32>,
}

impl Vocabulary {
    /// `title` and `description` are folded.
    pub(super) fn new(blocks: &Blocks<'_>, page: &PageSums, title: &str, description: &str) -> Vocabulary {
        let mut hashes = Vec::new();
        let mut ranges = Vec::with_capacity(blocks.items.len());
        for block in &blocks.items {
            let first = hashes.len();
            let text = blocks.text_of(block);
            hash_words(&text[..text.floor_char_boundary(SAMPLE)], &mut hashes);
            ranges.push(first..hashes.len());
        }
        let mut counts = vec![Count::default(); PLACES];
        let mut long_blocks = 0.0f32;
        for (at, range) in ranges.iter().enumerate().filter(|(at, _)| page.is_long(*at)) {
            long_blocks += 1.0;
            for word in &hashes[range.clone()] {
                let count = &mut counts[word.place()];
                if count.last != at as u32 + 1 {
                    *count = Count { blocks: count.blocks + 1.0, last: at as u32 + 1 };
                }
            }
        }
        let set = |text: &str| {
            let mut words = Vec::new();
            hash_words(text, &mut words);
            words.into_iter().filter(|word| word.is_topic).map(|word| word.hash).collect::<HashSet<u32>>()
        };
        let (title, description) = (set(title), set(description));
        let mut is_stated = vec![false; PLACES];
        for &hash in title.iter().chain(&description) {
            is_stated[Word { hash, is_topic: true }.place()] = true;
        }
        let (mut topic, mut function) = (sums::sums(ranges.len()), sums::sums(ranges.len()));
        let mut own = Vec::with_capacity(ranges.len());
        for (at, range) in ranges.into_iter().enumerate() {
            let is_long = f32::from(u8::from(page.is_long(at)));
            let words = &hashes[range];
            let mut found = [0.0f32; 4];
            for word in words {
                // The block itself is one of those that hold its words.
                let others = counts[word.place()].blocks - is_long;
                if word.is_topic {
                    if is_stated[word.place()] {
                        found[0] += f32::from(u8::from(title.contains(&word.hash)));
                        found[1] += f32::from(u8::from(description.contains(&word.hash)));
                    }
                    found[2] += f32::from(u8::from(others >= 1.0));
                }
                found[3] += f32::from(u8::from(others >= 1.0 && others >= FUNCTION_SHARE * (long_blocks - is_long)));
            }
            let count = words.len().max(1) as f32;
            let topics = words.iter().filter(|word| word.is_topic).count().max(1) as f32;
            own.push([found[0], found[0] / topics, found[1], found[1] / topics, found[2] / topics, found[3] / count]);
            sums::push(&mut topic, found[2] / topics);
            sums::push(&mut function, found[3] / count);
        }
        Vocabulary { own, topic, function }
    }

    /// The values of [`NAMES`].
    pub(super) fn values(&self, at: usize) -> [f32; NAMES.len()] {
        let count = self.own.len();
        let near = |sums: &[f32], reach: usize| {
            let range = at.saturating_sub(reach)..(at + reach + 1).min(count);
            let blocks = range.len() as f32;
            over(sums, range) / blocks
        };
        let [a, b, c, d, e, f] = self.own[at];
        [a, b, c, d, e, f, near(&self.topic, 3), near(&self.function, 3), near(&self.topic, 8)]
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    blocks: f32,
    /// The block that was counted last, from 1.
    last: u32,
}

#[derive(Clone, Copy)]
struct Word {
    hash: u32,
    is_topic: bool,
}

impl Word {
    fn place(self) -> usize {
        (self.hash ^ (self.hash >> 16)) as usize % PLACES
    }
}

/// Pushes the hashes (FNV-1a) of the words of a text, lower case; in scripts without spaces each pair of letters is a word.
fn hash_words(text: &str, out: &mut Vec<Word>) {
    let (mut hash, mut bytes) = (fnv::EMPTY, 0);
    let mut dense: Option<char> = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            (hash, bytes) = (fnv::and(hash, c.to_ascii_lowercase() as u8), bytes + 1);
            dense = None;
            continue;
        }
        if !c.is_ascii() && c.is_alphanumeric() {
            if words::is_dense(c) {
                if let Some(before) = dense {
                    let pair =
                        [before, c].into_iter().flat_map(|c| (c as u32).to_le_bytes()).fold(fnv::EMPTY, fnv::and);
                    out.push(Word { hash: pair, is_topic: true });
                }
                dense = Some(c);
            } else {
                dense = None;
                for byte in c.to_lowercase().flat_map(|c| (c as u32).to_le_bytes()) {
                    hash = fnv::and(hash, byte);
                }
                bytes += c.len_utf8();
                continue;
            }
        } else {
            dense = None;
        }
        if bytes > 0 {
            out.push(Word { hash, is_topic: bytes >= TOPIC_BYTES });
            (hash, bytes) = (fnv::EMPTY, 0);
        }
    }
    if bytes > 0 {
        out.push(Word { hash, is_topic: bytes >= TOPIC_BYTES });
    }
}
