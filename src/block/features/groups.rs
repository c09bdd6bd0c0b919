//! Repeated structure: elements of one kind beside each other, such as posts, comments, cards and rows of results.

use super::sums::PageSums;
use super::tree::blocks_of;
use crate::block::outline::Outline;
use crate::block::strings::Strings;
use foldhash::{HashMap, HashMapExt};

/// Names of the features of the groups that a block stands in: the nearest and the widest.
pub(super) const NAMES: [&str; 16] = [
    "near-count",
    "near-words",
    "near-blocks",
    "near-share",
    "near-density",
    "near-first",
    "near-last",
    "near-member-share",
    "wide-count",
    "wide-words",
    "wide-blocks",
    "wide-share",
    "wide-density",
    "wide-first",
    "wide-last",
    "wide-member-share",
];

/// Elements of one kind that make a group, at least.
const MIN_MEMBERS: u32 = 3;
/// No group around an element.
const NONE: u32 = u32::MAX;

/// A group: elements with one tag and class inside one parent.
#[derive(Clone, Default)]
struct Group {
    count: u32,
    words: f32,
    sentence: f32,
    link_words: f32,
    blocks: u32,
}

/// The groups of a page.
pub(super) struct Groups {
    groups: Vec<Group>,
    /// For each element its group, and its place in it.
    of: Vec<(u32, u32)>,
    /// For each element the nearest element from it upwards that is a member of a group, and the last such below the page.
    near: Vec<u32>,
    wide: Vec<u32>,
}

impl Groups {
    pub(super) fn new(outline: &Outline, page: &PageSums) -> Groups {
        let elements = &outline.elements;
        let mut groups: Vec<Group> = Vec::new();
        let mut ids: HashMap<(u32, u32), u32> = HashMap::new();
        let kinds = kinds(outline);
        let mut of = vec![(NONE, 0); elements.len()];
        for (at, element) in elements.iter().enumerate().skip(1) {
            let blocks = blocks_of(element);
            if blocks.is_empty() {
                continue;
            }
            let id = *ids.entry((element.parent, kinds[element.step as usize])).or_insert_with(|| {
                groups.push(Group::default());
                groups.len() as u32 - 1
            });
            let group = &mut groups[id as usize];
            of[at] = (id, group.count);
            group.count += 1;
            group.words += page.words(blocks.clone());
            group.sentence += page.sentence_words(blocks.clone());
            group.link_words += page.density(blocks.clone()) * page.words(blocks.clone());
            group.blocks += blocks.len() as u32;
        }
        let (mut near, mut wide) = (vec![NONE; elements.len()], vec![NONE; elements.len()]);
        for at in 1..elements.len() {
            let parent = elements[at].parent as usize;
            let is_member = of[at].0 != NONE && groups[of[at].0 as usize].count >= MIN_MEMBERS;
            near[at] = if is_member { at as u32 } else { near[parent] };
            wide[at] = if wide[parent] == NONE && is_member { at as u32 } else { wide[parent] };
        }
        Groups { groups, of, near, wide }
    }

    /// The values of [`NAMES`] for the blocks of an element.
    pub(super) fn values(&self, element: u32, outline: &Outline, page: &PageSums) -> [f32; NAMES.len()] {
        let mut values = [0.0; NAMES.len()];
        let half = NAMES.len() / 2;
        for (member, values) in
            [self.near[element as usize], self.wide[element as usize]].into_iter().zip(values.chunks_exact_mut(half))
        {
            if member == NONE {
                continue;
            }
            let (id, place) = self.of[member as usize];
            let group = &self.groups[id as usize];
            let count = group.count as f32;
            let own = blocks_of(&outline.elements[member as usize]);
            values.copy_from_slice(&[
                count,
                group.words / count,
                group.blocks as f32 / count,
                group.sentence / page.sentence_words(0..page.count()).max(1.0),
                group.link_words / group.words.max(1.0),
                place as f32,
                (group.count - 1 - place) as f32,
                page.words(own) / group.words.max(1.0),
            ]);
        }
        values
    }
}

/// The kind of each step of the outline: a member is told by tag and class, the id of a post is its own.
fn kinds(outline: &Outline) -> Vec<u32> {
    let mut kinds = Strings::default();
    outline.steps().map(|step| kinds.number(step.split('#').next().unwrap_or(step)).0).collect()
}
