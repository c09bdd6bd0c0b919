//! Two runs over the same pages: what got better, what got worse, and whether it is more than chance.
//!
//! The difference has an interval of its own, from draws of pages that both runs share (paired bootstrap): it is narrower
//! than the intervals of the two runs suggest, since a page that is hard is hard for both.

use super::bootstrap::{Interval, intervals};
use super::run::{Run, figures};
use super::score::PageScore;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What changed from an earlier run to a later one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// All pages that both have, then those of each type.
    pub groups: Vec<GroupChange>,
    /// Pages whose F1 rose.
    pub better: usize,
    /// Pages whose F1 fell.
    pub worse: usize,
    /// Pages whose F1 is the same.
    pub same: usize,
    /// Pages that only the earlier run has.
    pub only_before: usize,
    /// Pages that only the later run has.
    pub only_after: usize,
    /// The pages whose F1 changed, those that lost most first.
    pub pages: Vec<PageChange>,
}

/// What changed for some pages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupChange {
    /// `all` or the page type of the later run.
    pub name: String,
    /// How many pages both runs have.
    pub pages: usize,
    /// Mean word precision.
    pub precision: Change,
    /// Mean word recall.
    pub recall: Change,
    /// Mean word F1.
    pub f1: Change,
    /// Shingle F1.
    pub shingle_f1: Change,
}

/// A figure before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// In the earlier run.
    pub before: f64,
    /// In the later run.
    pub after: f64,
    /// What was gained.
    pub gain: f64,
    /// Its interval; a change is more than chance when 0 lies outside.
    pub interval: Interval,
}

/// The word F1 of a page before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PageChange {
    /// Its id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// In the earlier run.
    pub before: f64,
    /// In the later run.
    pub after: f64,
}

impl Change {
    /// True when 0 lies outside the interval.
    pub fn is_sure(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }
}

impl Comparison {
    /// Compares an earlier run with a later one, page by page.
    pub fn new(before: &Run, after: &Run) -> Comparison {
        let earlier: HashMap<&str, &PageScore> = before.pages.iter().map(|page| (page.id.as_str(), page)).collect();
        let pairs: Vec<(&PageScore, &PageScore)> =
            after.pages.iter().filter_map(|page| Some((*earlier.get(page.id.as_str())?, page))).collect();
        let shared: BTreeSet<&str> = pairs.iter().map(|(_, page)| page.id.as_str()).collect();
        let mut kinds: BTreeMap<&str, Vec<(&PageScore, &PageScore)>> = BTreeMap::new();
        for pair in &pairs {
            if let Some(kind) = &pair.1.kind {
                kinds.entry(kind).or_default().push(*pair);
            }
        }
        let mut groups = vec![GroupChange::new("all", &pairs)];
        groups.extend(kinds.iter().map(|(kind, pairs)| GroupChange::new(kind, pairs)));
        let mut pages: Vec<PageChange> = pairs
            .iter()
            .filter(|(before, after)| before.f1 != after.f1)
            .map(|(before, after)| PageChange {
                id: after.id.clone(),
                kind: after.kind.clone(),
                before: before.f1,
                after: after.f1,
            })
            .collect();
        pages.sort_by(|a, b| (a.after - a.before).total_cmp(&(b.after - b.before)));
        let better = pages.iter().filter(|page| page.after > page.before).count();
        Comparison {
            groups,
            better,
            worse: pages.len() - better,
            same: pairs.len() - pages.len(),
            only_before: before.pages.iter().filter(|page| !shared.contains(page.id.as_str())).count(),
            only_after: after.pages.len() - pairs.len(),
            pages,
        }
    }
}

impl GroupChange {
    fn new(name: &str, pairs: &[(&PageScore, &PageScore)]) -> GroupChange {
        let before: Vec<&PageScore> = pairs.iter().map(|(before, _)| *before).collect();
        let after: Vec<&PageScore> = pairs.iter().map(|(_, after)| *after).collect();
        let every: Vec<usize> = (0..pairs.len()).collect();
        let (old, new) = (figures(&before, &every), figures(&after, &every));
        let gains = intervals(pairs.len(), |drawn| {
            let (old, new) = (figures(&before, drawn), figures(&after, drawn));
            std::array::from_fn::<f64, 6, _>(|at| new[at] - old[at])
        });
        let change =
            |at: usize| Change { before: old[at], after: new[at], gain: new[at] - old[at], interval: gains[at] };
        GroupChange {
            name: name.to_owned(),
            pages: pairs.len(),
            precision: change(0),
            recall: change(1),
            f1: change(2),
            shingle_f1: change(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{Candidate, Label};

    fn run(texts: &[(&str, &str)]) -> Run {
        let label = Label::of_text("w x y z");
        let score = |(id, text): &(&str, &str)| PageScore::new(id, Some(Candidate { text, removed: None }), &label);
        Run::new(texts.iter().map(score).collect())
    }

    #[test]
    fn pages_are_better_worse_the_same_or_not_in_both() {
        let before = run(&[("a", "w x y z"), ("b", "w"), ("c", "w"), ("gone", "w")]);
        let after = run(&[("a", "w x"), ("b", "w x y z"), ("c", "w"), ("new", "w")]);
        let comparison = Comparison::new(&before, &after);
        let Comparison { better, worse, same, only_before, only_after, .. } = comparison;
        assert_eq!((better, worse, same, only_before, only_after), (1, 1, 1, 1, 1));
        let changed: Vec<_> = comparison.pages.iter().map(|page| page.id.as_str()).collect();
        assert_eq!(changed, ["a", "b"]);
        // a: 1 to 2/3; b: 2/5 to 1; c: 2/5.
        let f1 = comparison.groups[0].f1;
        assert_eq!(comparison.groups[0].pages, 3);
        assert!((f1.gain - (1.0 - 1.0 / 3.0 - 0.4) / 3.0).abs() < 1e-12, "{f1:?}");
        assert!(!f1.is_sure());
    }

    #[test]
    fn a_gain_on_every_page_is_sure() {
        let ids: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let texts = |text| ids.iter().map(|id| (id.as_str(), text)).collect::<Vec<_>>();
        let comparison = Comparison::new(&run(&texts("w x")), &run(&texts("w x y")));
        assert!(comparison.groups[0].f1.is_sure());
        let none = Comparison::new(&run(&texts("w x")), &run(&texts("w x")));
        assert!(!none.groups[0].f1.is_sure());
        assert_eq!(none.same, 20);
    }
}
