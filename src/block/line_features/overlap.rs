//! How much of what a line says stands elsewhere on its page: in the long lines, in any, in the first.

use super::super::columns::Columns;
use super::page::Page;
use super::tokens::MEANING;
use super::{means, prefix, share};

/// Lines at the start of a page whose words are likely the headline's.
const HEAD_LINES: usize = 3;

/// How many words of a line stand elsewhere on the page.
#[derive(Clone, Copy)]
struct Overlap {
    body: f32,
    body_all: f32,
    page: f32,
    head: f32,
    count: f32,
}

/// Counts of words by their hashes; what collides is counted together.
struct WordCounts {
    /// On the page, in its long lines, in its head, and in the line that is looked at.
    counts: Vec<[u16; 4]>,
    mask: usize,
}

impl WordCounts {
    fn new(words: usize) -> Self {
        let size = (2 * words).clamp(64, 1 << 17).next_power_of_two();
        WordCounts { counts: vec![[0; 4]; size], mask: size - 1 }
    }

    fn place(&self, hash: u32) -> usize {
        // The low bit says what the word is and not which.
        (hash >> 1 ^ hash >> 17) as usize & self.mask
    }
}

/// Adds the columns from `in-body` to `in-body-near-3`.
pub(super) fn push(page: &Page<'_>, rows: &mut Columns) {
    let overlaps = overlaps(page);
    rows.push(overlaps.iter().map(|overlap| overlap.body));
    rows.push(overlaps.iter().map(|overlap| overlap.body_all));
    rows.push(overlaps.iter().map(|overlap| overlap.page));
    rows.push(overlaps.iter().map(|overlap| overlap.head));
    rows.push(overlaps.iter().map(|overlap| overlap.count));
    rows.push(means(&prefix(overlaps.iter().map(|overlap| overlap.body)), -3, 3));
}

/// What each line of a page shares with the others.
fn overlaps(page: &Page<'_>) -> Vec<Overlap> {
    const PAGE: usize = 0;
    const BODY: usize = 1;
    const HEAD: usize = 2;
    const OWN: usize = 3;
    let words_of = |at: usize| page.lines.words_of(page.alive[at] as usize);
    let count = page.alive.len();
    let mut counts = WordCounts::new((0..count).map(|at| words_of(at).len()).sum());
    let is_in = |at: usize| [true, page.line(at).is_long(), at < HEAD_LINES];
    for at in 0..count {
        let is_in = is_in(at);
        for &hash in words_of(at) {
            let place = counts.place(hash);
            for (counted, is_in) in counts.counts[place].iter_mut().zip(is_in) {
                *counted = counted.saturating_add(u16::from(is_in));
            }
        }
    }
    // A line's own words do not count: each stands there as often as the line has it.
    let overlap = |at: usize| {
        let (words, is_in) = (words_of(at), is_in(at));
        for &hash in words {
            let place = counts.place(hash);
            let own = &mut counts.counts[place][OWN];
            *own = own.saturating_add(1);
        }
        let (mut meant, mut all) = (0u32, [0u32; 4]);
        let mut sum = 0u32;
        for &hash in words {
            let counted = counts.counts[counts.place(hash)];
            let others = |which: usize| counted[which].saturating_sub(if is_in[which] { counted[OWN] } else { 0 });
            let means = u32::from(hash & MEANING != 0);
            let in_body = u32::from(others(BODY) > 0);
            meant += means;
            all[0] += means * in_body;
            all[1] += in_body;
            all[2] += means * u32::from(others(PAGE) > 0);
            all[3] += means * u32::from(others(HEAD) > 0);
            sum += means * u32::from(others(BODY)).min(20);
        }
        for &hash in words {
            let place = counts.place(hash);
            counts.counts[place][OWN] = 0;
        }
        Overlap {
            body: share(all[0], meant),
            body_all: share(all[1], words.len() as u32),
            page: share(all[2], meant),
            head: share(all[3], meant),
            count: share(sum, meant),
        }
    };
    (0..count).map(overlap).collect()
}
