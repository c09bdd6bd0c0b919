//! The scores of all pages, with their means: of all, and of each page type.

use super::bootstrap::{Interval, intervals};
use super::score::PageScore;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the group of all pages.
const ALL: &str = "all";

/// An evaluation, as it is saved and compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The version of dehusk that made it.
    pub version: String,
    /// All pages, then those of each type in the order of their names.
    pub groups: Vec<Group>,
    /// The pages, in the order of their ids.
    pub pages: Vec<PageScore>,
}

/// The means of some pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `all` or the page type.
    pub name: String,
    /// How many pages.
    pub pages: usize,
    /// Pages without a text among them, which count as empty.
    pub missing: usize,
    /// Mean word precision.
    pub precision: f64,
    /// Mean word recall.
    pub recall: f64,
    /// Mean word F1.
    pub f1: f64,
    /// The interval of each, in that order.
    pub intervals: [Interval; 3],
    /// Shingle precision, the mean over pages with a text.
    pub shingle_precision: f64,
    /// Shingle recall, the mean over pages with a gold text.
    pub shingle_recall: f64,
    /// The harmonic mean of the two.
    pub shingle_f1: f64,
    /// The interval of each, in that order.
    pub shingle_intervals: [Interval; 3],
    /// Words of the gold, all pages together.
    pub words: usize,
    /// Words of the gold that the texts do not have.
    pub words_lost: usize,
    /// Lines of the gold.
    pub lines: usize,
    /// Lines of the gold that the texts do not have.
    pub lines_lost: usize,
    /// Pages that lost a line.
    pub pages_with_lost_lines: usize,
    /// Lines of the pages that are husk, on the pages where that is known.
    pub husk: Option<usize>,
    /// Husk that the texts still have.
    pub husk_left: usize,
}

/// The six figures that have intervals: of words and of shingles precision, recall and F1.
pub(super) fn figures(pages: &[&PageScore], drawn: &[usize]) -> [f64; 6] {
    let mut words = [0.0; 3];
    let (mut precision, mut recall) = (Mean::default(), Mean::default());
    for page in drawn.iter().map(|&at| pages[at]) {
        words[0] += page.precision;
        words[1] += page.recall;
        words[2] += page.f1;
        if page.shingles.found > 0 {
            precision.add(page.shingles.precision());
        }
        if page.shingles.wanted > 0 {
            recall.add(page.shingles.recall());
        }
    }
    let count = drawn.len().max(1) as f64;
    let (precision, recall) = (precision.get(), recall.get());
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    [words[0] / count, words[1] / count, words[2] / count, precision, recall, f1]
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// The mean; 0 of nothing.
    fn get(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

impl Group {
    fn new(name: &str, pages: &[&PageScore]) -> Group {
        let every: Vec<usize> = (0..pages.len()).collect();
        let [precision, recall, f1, shingle_precision, shingle_recall, shingle_f1] = figures(pages, &every);
        let [a, b, c, d, e, f] = intervals(pages.len(), |drawn| figures(pages, drawn));
        let sum = |of: fn(&PageScore) -> usize| pages.iter().map(|page| of(page)).sum();
        let is_known = pages.iter().any(|page| page.husk.is_some());
        Group {
            name: name.to_owned(),
            pages: pages.len(),
            missing: pages.iter().filter(|page| page.missing).count(),
            precision,
            recall,
            f1,
            intervals: [a, b, c],
            shingle_precision,
            shingle_recall,
            shingle_f1,
            shingle_intervals: [d, e, f],
            words: sum(|page| page.words.wanted),
            words_lost: sum(|page| page.words.wanted - page.words.shared),
            lines: sum(|page| page.lines),
            lines_lost: sum(|page| page.lines_lost),
            pages_with_lost_lines: pages.iter().filter(|page| page.lines_lost > 0).count(),
            husk: is_known.then(|| sum(|page| page.husk.unwrap_or(0))),
            husk_left: sum(|page| page.husk_left),
        }
    }
}

impl Run {
    /// Sums up; the order of `pages` does not matter.
    pub fn new(mut pages: Vec<PageScore>) -> Run {
        pages.sort_by(|a, b| a.id.cmp(&b.id));
        let mut groups = vec![Group::new(ALL, &pages.iter().collect::<Vec<_>>())];
        groups.extend(by_kind(pages.iter()).into_iter().map(|(kind, pages)| Group::new(kind, &pages)));
        Run { version: env!("CARGO_PKG_VERSION").to_owned(), groups, pages }
    }

    /// The group of all pages.
    pub fn all(&self) -> &Group {
        &self.groups[0]
    }

    /// The pages, those with the lowest F1 first.
    pub fn worst_first(&self) -> Vec<&PageScore> {
        let mut pages: Vec<&PageScore> = self.pages.iter().collect();
        pages.sort_by(|a, b| a.f1.total_cmp(&b.f1));
        pages
    }
}

/// The pages of each type.
fn by_kind<'a>(pages: impl Iterator<Item = &'a PageScore>) -> BTreeMap<&'a str, Vec<&'a PageScore>> {
    let mut kinds: BTreeMap<&str, Vec<&PageScore>> = BTreeMap::new();
    for page in pages {
        if let Some(kind) = &page.kind {
            kinds.entry(kind).or_default().push(page);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{Candidate, Label};

    fn page(id: &str, kind: &str, text: &str, gold: &str) -> PageScore {
        let label = Label { kind: Some(kind.to_owned()), text: gold.to_owned(), husk: None };
        PageScore::new(id, Some(Candidate { text, removed: Some(&[]) }), &label)
    }

    #[test]
    fn means_are_over_pages_and_types_have_their_own() {
        // F1 1, 2/3 (precision 1, recall 1/2) and 0.
        let pages = vec![page("c", "b", "", "x"), page("b", "a", "x", "x y"), page("a", "a", "x", "x")];
        let run = Run::new(pages);
        let all = run.all();
        assert!((all.f1 - 5.0 / 9.0).abs() < 1e-12);
        assert!((all.precision - 2.0 / 3.0).abs() < 1e-12 && (all.recall - 0.5).abs() < 1e-12);
        // Shingles: precision over the two pages with a text (1 and 0), recall over three (1, 0, 0).
        assert!((all.shingle_precision - 0.5).abs() < 1e-12 && (all.shingle_recall - 1.0 / 3.0).abs() < 1e-12);
        assert!((all.shingle_f1 - 0.4).abs() < 1e-12);
        assert_eq!((all.words, all.words_lost, all.lines, all.lines_lost), (4, 2, 3, 2));
        assert_eq!(all.pages_with_lost_lines, 2);
        let groups: Vec<_> = run.groups.iter().map(|group| (group.name.as_str(), group.pages)).collect();
        assert_eq!(groups, [("all", 3), ("a", 2), ("b", 1)]);
        let worst: Vec<_> = run.worst_first().iter().map(|page| page.id.as_str()).collect();
        assert_eq!(worst, ["c", "b", "a"]);
    }

    #[test]
    fn the_mean_lies_in_its_interval() {
        let texts = ["x", "x y", "x y z", "q", "x q"];
        let pages = (0..50).map(|n| page(&n.to_string(), "a", texts[n % 5], "x y z")).collect();
        let all = Run::new(pages).groups.remove(0);
        let Interval { low, high } = all.intervals[2];
        assert!(low < all.f1 && all.f1 < high && high - low < 0.25, "{low} {} {high}", all.f1);
    }

    #[test]
    fn no_pages_are_worth_nothing() {
        assert_eq!(Run::new(Vec::new()).all().f1, 0.0);
    }
}
