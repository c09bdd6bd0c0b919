//! Lines that stand on a page more than once: as they are, with other numbers, or with the same opening.

use super::super::columns::Columns;
use super::page::Page;
use super::{FAR, MANY, is};

/// Equal lines, forms and openings on the page.
pub(super) struct Copies {
    lines: Alike,
    forms: Alike,
    openings: Alike,
}

impl Copies {
    pub(super) fn new(page: &Page<'_>) -> Self {
        Copies {
            lines: Alike::new(page.items().map(|line| line.shape.hash)),
            forms: Alike::new(page.items().map(|line| line.shape.form)),
            openings: Alike::new(page.items().map(|line| line.shape.opening)),
        }
    }

    /// The share of lines that stood before.
    pub(super) fn share(&self) -> f32 {
        let copies = self.lines.earlier.iter().filter(|earlier| earlier.is_some()).count();
        copies as f32 / self.lines.counts.len().max(1) as f32
    }

    /// Adds the columns from `copies` to `opening-copies`.
    pub(super) fn push(&self, rows: &mut Columns) {
        let earlier = &self.lines.earlier;
        rows.push(self.lines.counts());
        rows.push(earlier.iter().map(|earlier| is(earlier.is_some())));
        let distance = |(at, earlier): (usize, &Option<u32>)| {
            earlier.map_or(FAR, |earlier| ((at as u32 - earlier) as f32).min(FAR))
        };
        rows.push(earlier.iter().enumerate().map(distance));
        rows.push(self.forms.counts());
        rows.push(self.openings.counts());
    }
}

/// For each line how many have its hash, and which was the last before it. Found by sorting, so that no choice of
/// hashes makes it slow.
struct Alike {
    counts: Vec<u32>,
    earlier: Vec<Option<u32>>,
}

impl Alike {
    fn counts(&self) -> impl Iterator<Item = f32> {
        self.counts.iter().map(|count| (*count as f32).min(MANY))
    }

    fn new(hashes: impl Iterator<Item = u32>) -> Self {
        let mut sorted: Vec<u64> = hashes.enumerate().map(|(at, hash)| u64::from(hash) << 32 | at as u64).collect();
        sorted.sort_unstable();
        let (mut counts, mut earlier) = (vec![0; sorted.len()], vec![None; sorted.len()]);
        for group in sorted.chunk_by(|a, b| a >> 32 == b >> 32) {
            let mut before = None;
            for &entry in group {
                let at = entry as u32;
                counts[at as usize] = group.len() as u32;
                earlier[at as usize] = before.replace(at);
            }
        }
        Alike { counts, earlier }
    }
}
