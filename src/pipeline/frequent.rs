//! The lines that stand on most pages, counted in bounded memory.
//!
//! Each page brings its distinct lines once. When the table is full, the rarer half goes, and what is new from then on
//! may have been seen as often as the most frequent that went: [`Frequent::missed`]. So a line on more pages than
//! that is never lost, and the table depends on the pages in their order alone.

use std::collections::HashMap;

/// Lines in the table, at most.
const MAX_LINES: usize = 1 << 17;
/// Characters of a line that are kept to show it.
pub(super) const SHOWN_CHARS: usize = 160;

/// FNV-1a in 64 bits (Fowler, Noll, Vo): the same in every run, on every machine.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A line of one page.
pub(super) struct Line {
    /// The hash of the whole line.
    pub(super) hash: u64,
    pub(super) shown: String,
    /// What removed it; nothing for a line that was kept.
    pub(super) rule: Option<String>,
}

/// A line that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) shown: String,
    pub(super) pages: u64,
    /// Pages on which it was removed.
    pub(super) removed: u64,
    /// The rule or stage that removed it first.
    pub(super) rule: Option<String>,
}

/// The table.
pub(super) struct Frequent {
    lines: HashMap<u64, Counted>,
    max_lines: usize,
    /// Pages on which a line may stand besides those that were counted.
    pub(super) missed: u64,
}

impl Default for Frequent {
    fn default() -> Self {
        Frequent { lines: HashMap::new(), max_lines: MAX_LINES, missed: 0 }
    }
}

impl Frequent {
    /// Counts the lines of the next page, each of which stands once in `lines`.
    pub(super) fn add(&mut self, lines: Vec<Line>) {
        for Line { hash, shown, rule } in lines {
            let line = self.lines.entry(hash).or_insert(Counted { shown, pages: 0, removed: 0, rule: None });
            line.pages += 1;
            line.removed += u64::from(rule.is_some());
            line.rule = line.rule.take().or(rule);
        }
        if self.lines.len() > self.max_lines {
            self.thin_out();
        }
    }

    /// Takes out the rarer half, and all that are as rare as its most frequent.
    fn thin_out(&mut self) {
        let mut pages: Vec<u64> = self.lines.values().map(|line| line.pages).collect();
        let middle = pages.len() / 2;
        let (_, median, _) = pages.select_nth_unstable(middle);
        let median = *median;
        self.lines.retain(|_, line| line.pages > median);
        self.missed += median;
    }

    /// The `most` lines on most pages, those on one page left out; of equals the first by their words.
    pub(super) fn most(self, most: usize) -> Vec<Counted> {
        let mut lines: Vec<(u64, Counted)> = self.lines.into_iter().filter(|(_, line)| line.pages > 1).collect();
        // Lines that are shown alike differ in what is not shown; their hashes are the same in each run.
        lines.sort_by(|(a_hash, a), (b_hash, b)| (b.pages, &a.shown, a_hash).cmp(&(a.pages, &b.shown, b_hash)));
        lines.truncate(most);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(hash: u64) -> Line {
        Line { hash, shown: format!("line {hash}"), rule: hash.is_multiple_of(2).then(|| "r".to_owned()) }
    }

    #[test]
    fn a_frequent_line_survives_any_number_of_rare_ones() {
        let mut table = Frequent { max_lines: 100, ..Frequent::default() };
        for page in 0..2_000u64 {
            table.add(vec![line(0), line(1), line(1_000 + 2 * page), line(1_001 + 2 * page)]);
            assert!(table.lines.len() <= 100 + 4);
        }
        assert!(table.missed > 0);
        let missed = table.missed;
        let most = table.most(10);
        assert_eq!(most.iter().map(|line| line.shown.as_str()).collect::<Vec<_>>(), ["line 0", "line 1"]);
        assert!(most[0].pages + missed >= 2_000 && most[0].pages <= 2_000);
        assert_eq!((most[0].removed, most[1].removed), (most[0].pages, 0));
    }

    /// From the published test vectors of FNV-1a.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!([&b""[..], b"a", b"foobar"].map(hash), [0xcbf29ce484222325, 0xaf63dc4c8601ec8c, 0x85944171f73967e8]);
    }

    #[test]
    fn lines_of_one_page_are_not_named() {
        let mut table = Frequent::default();
        table.add(vec![line(3), line(4)]);
        table.add(vec![line(4)]);
        let expected = Counted { shown: "line 4".to_owned(), pages: 2, removed: 2, rule: Some("r".to_owned()) };
        assert_eq!(table.most(5), [expected]);
    }
}
