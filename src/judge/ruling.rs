//! What rules and repeats take of a page.

use super::{Candidate, Captions, Found, HEAD_BLOCKS, State, TAIL_BLOCKS, Verdict, WEAK_RUN};
use crate::article::{BlockKind, Format, Reason};
use crate::block::fold::{FoldedTexts, fold};
use crate::block::{Block, Gap};
use crate::html::parse::Page;
use crate::html::tree::NodeRef;
use crate::repeats::RepeatFinder;
use crate::rules::{Candidates, Part, Where};
use foldhash::HashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

/// Rounds after which a page is left as it is; real pages take two or three.
const MAX_ROUNDS: usize = 50;

impl State<'_> {
    /// Asks guards and rules about each line, and about each piece of a line that was cut at joints.
    pub(super) fn find_candidates(&mut self) {
        let (items, folded, rules) = (&self.blocks.items, self.folded, &self.judge.rules);
        let part = |of: &FoldedTexts, at, words| Part::new(of.range(at), words, of[at].is_ascii());
        let (mut pieces, mut parts) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        // Those that were cut, with their words.
        let (mut lines, mut folded_lines) = (Vec::new(), FoldedTexts::default());
        let mut at = 0;
        while at < items.len() {
            let count = 1 + items[at + 1..].iter().take_while(|block| block.gap == Gap::Joined).count();
            let line = at..at + count;
            at = line.end;
            if count > 1 {
                let text = &self.blocks.text[items[line.start].range().start..items[line.end - 1].range().end];
                let words = items[line.clone()].iter().map(|block| block.words).sum();
                if text.len() <= self.judge.max_rule_block_bytes && rules.reaches(words) {
                    folded_lines.push(text);
                    lines.push((line.clone(), words));
                }
            }
            for piece in line {
                let Block { kind, words, .. } = items[piece];
                if kind != BlockKind::Code && !folded[piece].is_empty() && rules.reaches(words) {
                    pieces.push(piece);
                    parts.push(part(folded, piece, words));
                }
            }
        }
        let of_pieces = rules.candidates(folded.text(), &parts);
        let parts: Vec<_> = lines.iter().enumerate().map(|(at, (_, words))| part(&folded_lines, at, *words)).collect();
        let of_lines = rules.candidates(folded_lines.text(), &parts);
        // What is said about a line stands before what is said about its pieces.
        for (((line, _), folded), candidates) in lines.into_iter().zip(folded_lines.iter()).zip(of_lines) {
            self.say(folded, line, &candidates);
        }
        for (piece, candidates) in pieces.into_iter().zip(of_pieces) {
            self.say(&folded[piece], piece..piece + 1, &candidates);
        }
    }

    /// Notes what guards and rules say about a line or a piece of one.
    fn say(&mut self, folded: &str, line: Range<usize>, candidates: &Candidates) {
        let rules = &self.judge.rules;
        if let Some(guarding) = rules.guarding(folded, candidates) {
            // A link that says "Opinion" leads to a section of the site and marks nothing.
            let is_link = |at: &usize| self.blocks.items[*at].link_words * 2 > self.blocks.items[*at].words;
            for at in line.filter(|at| !is_link(at)) {
                self.guarded[at] = true;
                if self.notes.wanted() {
                    self.notes.guarded(at, &guarding, rules.evidence(&guarding, folded));
                }
            }
            return;
        }
        rules.matches(folded, candidates, |rule| {
            let (id, family) = (&rules.rules()[rule].id, rules.rules()[rule].family());
            if rules.keeps_reason(id) || self.is_at_rest(family) {
                return line.clone().for_each(|at| self.notes.passed_over(at, id));
            }
            let whole: Option<Rc<str>> = (line.len() > 1).then(|| folded.into());
            for at in line.clone() {
                let found = whole.clone().map_or(Found::Block, Found::Line);
                self.candidates[at].push(Candidate { rule, found });
            }
        });
    }

    /// True for the families of rules that the page is about, told by its title and its first headline; a text has none but its
    /// first lines.
    fn is_at_rest(&self, family: &str) -> bool {
        let rules = &self.judge.rules;
        let is_about = |topic| self.headlines().iter().any(|headline| rules.is_about(headline, topic));
        rules.topics_of(family).any(|topic| *self.topics[topic].get_or_init(|| is_about(topic)))
    }

    /// What tells what the page is about, folded.
    fn headlines(&self) -> &[Cow<'_, str>] {
        const FIRST_LINES: usize = 3;
        self.headlines.get_or_init(|| {
            let items = &self.blocks.items;
            let first = match self.blocks.format {
                Format::Text => 0..items.len().min(FIRST_LINES),
                Format::Html => {
                    items.iter().position(|block| block.kind == BlockKind::Heading(1)).map_or(0..0, |at| at..at + 1)
                }
            };
            let title = self.title.map(|title| Cow::Owned(fold(title)));
            title.into_iter().chain(first.map(|at| Cow::Borrowed(&self.folded[at]))).collect()
        })
    }

    /// Marks what stands in an element that a rule's selector names: of an element inside a line only when all of the block
    /// does.
    pub(super) fn select(&mut self, page: &Page) {
        let Some(selectable) = &page.selectable else { return };
        let rules = &self.judge.rules;
        let items = &self.blocks.items;
        let entries = self.blocks.outline.elements.iter();
        let by_node: HashMap<_, _> = entries.filter_map(|entry| Some((entry.node?, entry.blocks.clone()))).collect();
        let inside = |element: NodeRef<'_>| {
            let texts = element.descendants().filter(|node| node.text().is_some());
            let source = texts.map(NodeRef::source).filter(|range| !range.is_empty());
            let source =
                source.reduce(|all, next| all.start.min(next.start)..all.end.max(next.end)).unwrap_or_default();
            let first = items.partition_point(|block| block.source.start < source.start);
            let count = items[first..].iter().take_while(|block| block.source.end <= source.end).count();
            first as u32..(first + count) as u32
        };
        for (rule, selector) in rules.rules().iter().enumerate().filter_map(|(at, rule)| Some((at, rule.selector()?))) {
            if rules.keeps_reason(&rules.rules()[rule].id) {
                continue;
            }
            for element in selectable.select(selector).map(|element| page.tree.node(element)) {
                // One inside a line ends before its block does, so that none stands below it.
                let below = by_node.get(&element.id()).filter(|below| !below.is_empty()).cloned();
                for at in below.unwrap_or_else(|| inside(element)) {
                    // Of elements in one another the outermost counts.
                    let candidates = &mut self.candidates[at as usize];
                    if candidates.last().is_none_or(|last| last.rule != rule) {
                        let found = Found::Element(element.name().map_or_else(String::new, |name| name.to_string()));
                        candidates.push(Candidate { rule, found });
                    }
                }
            }
        }
    }

    /// Rules and repeats until nothing changes.
    pub(super) fn settle(&mut self) {
        for _ in 0..MAX_ROUNDS {
            let rules = self.apply_rules();
            let repeats = self.judge.captions != Captions::Keep && self.apply_repeats();
            if !rules && !repeats {
                break;
            }
        }
    }

    /// One round over the rules, from both ends inward; true when something went.
    fn apply_rules(&mut self) -> bool {
        if self.candidates.iter().all(Vec::is_empty) {
            return false;
        }
        let count = self.blocks.items.len();
        let is_body = |at: &usize| self.prose[*at] && self.verdicts[*at].is_none();
        // A page without prose, such as a glossary, has only its first and last blocks for an edge.
        let first_prose = (0..count).find(is_body);
        let last_prose = (0..count).rev().find(is_body);
        let mut changed = false;
        let mut survivors = 0;
        for at in 0..count {
            let is_head = first_prose.is_some_and(|first| at < first) || survivors < HEAD_BLOCKS;
            changed |= self.try_rules(at, is_head, false);
            survivors += usize::from(self.verdicts[at].is_none());
        }
        survivors = 0;
        for at in (0..count).rev() {
            let is_tail = last_prose.is_some_and(|last| at > last) || survivors < TAIL_BLOCKS;
            changed |= self.try_rules(at, is_tail, is_tail);
            survivors += usize::from(self.verdicts[at].is_none());
        }
        changed
    }

    /// Drops a block by the first of its rules that may act here.
    fn try_rules(&mut self, at: usize, is_edge: bool, is_tail: bool) -> bool {
        let candidates = &self.candidates[at];
        if candidates.is_empty() || self.verdicts[at].is_some() || self.guarded[at] {
            return false;
        }
        let acts = |candidate: &&Candidate| {
            let rule = &self.judge.rules.rules()[candidate.rule];
            let in_place = match rule.place {
                Where::Any => true,
                Where::Edge => is_edge,
                Where::Tail => is_tail,
            };
            in_place && (rule.alone || self.is_beside_husk(at) || self.is_in_weak_run(at, rule.family()))
        };
        let Some(candidate) = candidates.iter().find(acts).filter(|_| !self.heads_prose(at)) else { return false };
        let rule = &self.judge.rules.rules()[candidate.rule];
        let evidence = match &candidate.found {
            Found::Element(name) => name,
            _ if !self.judge.explains => "",
            Found::Block => rule.evidence(&self.folded[at]),
            Found::Line(folded) => rule.evidence(folded),
        };
        self.verdicts[at] = Verdict::sure(Reason::Rule(rule.id.to_string()), evidence);
        self.ruled[at] = true;
        true
    }

    /// True for a heading between prose of the body, where it heads a section whatever it sounds like, unless husk stands
    /// beside it.
    fn heads_prose(&self, at: usize) -> bool {
        const BEFORE: usize = 20;
        if !matches!(self.blocks.items[at].kind, BlockKind::Heading(2..)) {
            return false;
        }
        let parent = |at: usize| self.blocks.outline.elements[self.blocks.items[at].element as usize].parent;
        let section = parent(at);
        let is_body = |at: &usize| self.prose[*at] && self.verdicts[*at].is_none() && parent(*at) == section;
        Some(at + 1).filter(|next| *next < self.prose.len()).is_some_and(|next| is_body(&next))
            && (0..at).rev().take(BEFORE).any(|before| is_body(&before))
            && !self.is_beside_husk(at)
    }

    fn is_beside_husk(&self, at: usize) -> bool {
        at > 0 && self.ruled[at - 1] || self.ruled.get(at + 1).copied().unwrap_or(false)
    }

    /// True when the blocks around, this one among them, match weak rules of one family in a row.
    fn is_in_weak_run(&self, at: usize, family: &str) -> bool {
        let is_weak = |at: &usize| {
            let mut candidates = self.candidates[*at].iter();
            candidates.any(|candidate| self.judge.rules.rules()[candidate.rule].family() == family)
        };
        let before = (0..at).rev().take_while(is_weak).take(WEAK_RUN).count();
        let after = (at + 1..self.blocks.items.len()).take_while(is_weak).take(WEAK_RUN).count();
        before + after + 1 >= WEAK_RUN
    }

    fn apply_repeats(&mut self) -> bool {
        let gone = |at: usize| self.verdicts[at].is_some();
        let alike = self.alike.get_or_init(|| RepeatFinder::alike(self.blocks, self.folded));
        let repeats = self.judge.repeats.find(self.blocks, self.folded, alike, gone);
        let mut changed = false;
        for repeat in repeats {
            if self.guarded[repeat.copy] || self.judge.rules.keeps_reason("repeat") {
                continue;
            }
            let evidence = format!("block {} says the same", repeat.first + 1);
            self.verdicts[repeat.copy] = Verdict::sure(Reason::Repeat, evidence);
            changed = true;
        }
        changed
    }
}
