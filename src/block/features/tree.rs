//! Where a block stands in the tree: how far from the core of the page, in what elements, among how many of its kind.

use super::sums::{self, PageSums};
use crate::block::outline::{Entry, Outline};
use crate::block::{Block, Blocks};
use foldhash::{HashMap, HashMapExt};
use std::ops::Range;

/// The deepest element that holds a share of the page's sentence words, and how far each element is from it.
pub(super) struct Core {
    depth: u16,
    /// Depth of the nearest element that is around both the entry and the core.
    meeting: Vec<u16>,
}

impl Core {
    pub(super) fn new(outline: &Outline, page: &PageSums, share: f32) -> Core {
        let elements = &outline.elements;
        // In document order the last element with the share is the deepest: two beside each other cannot both hold
        // more than a half, and below a half the later one is as good as any.
        let holds = |at: usize| page.share(blocks_of(&elements[at])) >= share;
        let core = (0..elements.len()).rev().find(|&at| holds(at)).unwrap_or(0);
        let mut around = vec![false; elements.len()];
        let mut at = core;
        while at != 0 {
            around[at] = true;
            at = elements[at].parent as usize;
        }
        around[0] = true;
        let mut meeting = vec![0; elements.len()];
        for at in 1..elements.len() {
            let parent = elements[at].parent as usize;
            meeting[at] = if around[at] { elements[at].depth } else { meeting[parent] };
        }
        Core { depth: elements[core].depth, meeting }
    }

    /// Steps up from the block until the core is below.
    pub(super) fn up(&self, block: &Block, outline: &Outline) -> f32 {
        f32::from(outline.elements[block.element as usize].depth - self.meeting[block.element as usize])
    }

    /// Steps down from there to the core; 0 inside it.
    pub(super) fn across(&self, block: &Block) -> f32 {
        f32::from(self.depth - self.meeting[block.element as usize].min(self.depth))
    }
}

/// The blocks under an element; none for one that the bound of blocks left open.
pub(super) fn blocks_of(entry: &Entry) -> Range<usize> {
    entry.blocks.start as usize..entry.blocks.end.max(entry.blocks.start) as usize
}

/// Elements around a block that are described, nearest first. Only elements that hold more than the one before count:
/// wrappers say nothing.
const AROUND: usize = 5;

/// Names of the features of the elements around a block.
pub(super) const AROUND_NAMES: [&str; 4 * AROUND + 1] = [
    "share-1",
    "words-1",
    "density-1",
    "blocks-1",
    "share-2",
    "words-2",
    "density-2",
    "blocks-2",
    "share-3",
    "words-3",
    "density-3",
    "blocks-3",
    "share-4",
    "words-4",
    "density-4",
    "blocks-4",
    "share-5",
    "words-5",
    "density-5",
    "blocks-5",
    "place-in-1",
];

/// For each element its nearest element around that holds more blocks; computed once, the page is its own.
pub(super) fn wider(outline: &Outline) -> Vec<u32> {
    let elements = &outline.elements;
    let mut wider = vec![0; elements.len()];
    for at in 1..elements.len() {
        let parent = elements[at].parent as usize;
        let is_wrapper = elements[parent].blocks == elements[at].blocks;
        wider[at] = if is_wrapper && parent != 0 { wider[parent] } else { parent as u32 };
    }
    wider
}

/// The values of [`AROUND_NAMES`].
pub(super) fn around(
    at: usize,
    block: &Block,
    outline: &Outline,
    wider: &[u32],
    page: &PageSums,
) -> [f32; AROUND_NAMES.len()] {
    let mut values = [0.0; AROUND_NAMES.len()];
    let mut element = block.element;
    let own = blocks_of(&outline.elements[element as usize]);
    if own.len() <= 1 {
        element = wider[element as usize];
    }
    let nearest = blocks_of(&outline.elements[element as usize]);
    for step in 0..AROUND {
        let range = blocks_of(&outline.elements[element as usize]);
        let first = 4 * step;
        values[first] = page.share(range.clone());
        values[first + 1] = page.words(range.clone());
        values[first + 2] = page.density(range.clone());
        values[first + 3] = range.len() as f32;
        element = wider[element as usize];
    }
    values[4 * AROUND] = at.saturating_sub(nearest.start) as f32 / nearest.len().max(1) as f32;
    values
}

/// Names of the features of a block's kind.
pub(super) const KIND_NAMES: [&str; 9] = [
    "kind-share",
    "kind-count",
    "kind-density",
    "kind-words",
    "kind-spread",
    "nest-share",
    "nest-count",
    "nest-density",
    "nest-words",
];

/// What blocks of the same tag and class, and of the same tag and class in the same kind of parent, have in common.
pub(super) struct Kinds {
    /// For each element the kind of its blocks, by its own step and by step and parent's step.
    of: Vec<[u32; 2]>,
    kinds: Vec<Kind>,
}

#[derive(Clone, Default)]
struct Kind {
    sentence: f32,
    count: f32,
    words: f32,
    link_words: f32,
    first: usize,
    last: usize,
}

impl Kinds {
    pub(super) fn new(blocks: &Blocks<'_>, page: &PageSums) -> Kinds {
        let elements = &blocks.outline.elements;
        let mut of = vec![[u32::MAX; 2]; elements.len()];
        let mut kinds: Vec<Kind> = Vec::new();
        // The page itself has the empty step, and no element has; what stands right below it is nested in nothing.
        let mut owns: Vec<Option<u32>> = vec![None; blocks.outline.steps().len()];
        let mut nests: HashMap<(u32, u32), u32> = HashMap::new();
        for (at, block) in blocks.items.iter().enumerate() {
            let element = block.element as usize;
            if of[element][0] == u32::MAX {
                let step = elements[element].step;
                let parent = elements[elements[element].parent as usize].step;
                let mut or_new = |known: Option<u32>| {
                    known.unwrap_or_else(|| {
                        kinds.push(Kind { first: at, ..Kind::default() });
                        kinds.len() as u32 - 1
                    })
                };
                let known = owns[step as usize];
                let own = or_new(known);
                let nested = or_new(if parent == 0 { known } else { nests.get(&(step, parent)).copied() });
                of[element] = [own, nested];
                owns[step as usize] = Some(if parent == 0 { nested } else { own });
                nests.insert((step, parent), nested);
            }
            for id in of[element] {
                let kind = &mut kinds[id as usize];
                kind.sentence += page.sentence_words(at..at + 1);
                kind.count += 1.0;
                kind.words += block.words as f32;
                kind.link_words += block.link_words as f32;
                kind.last = at;
            }
        }
        Kinds { of, kinds }
    }

    /// The values of [`KIND_NAMES`].
    pub(super) fn values(&self, block: &Block, page: &PageSums) -> [f32; KIND_NAMES.len()] {
        let [own, nested] = self.of[block.element as usize].map(|id| &self.kinds[id as usize]);
        let total = page.sentence_words(0..page.count()).max(1.0);
        let spread = (own.last + 1 - own.first) as f32;
        [
            own.sentence / total,
            own.count,
            own.link_words / own.words.max(1.0),
            own.words / own.count,
            own.count / spread,
            nested.sentence / total,
            nested.count,
            nested.link_words / nested.words.max(1.0),
            nested.words / nested.count,
        ]
    }
}

/// Names of the features of the words that sites use in classes and ids.
pub(super) const TOKEN_NAMES: [&str; 8] =
    ["names", "names-own", "names-before", "names-after", "names-near-3", "names-near-8", "names-page", "names-rank"];

/// Scores of the names of the elements on the path of each block: sums of learned weights, without a bound.
pub(super) struct Names {
    own: Vec<f32>,
    path: Vec<f32>,
    /// Prefix sums of the whole scores.
    sums: Vec<f32>,
    mean: f32,
    /// For each block the share of the page's words in blocks with a lower score.
    rank: Vec<f32>,
}

impl Names {
    /// `weight` gives the learned weight of a hash; see [`Outline::names_of`](crate::block::outline::Outline::names_of) for
    /// the two hashes of a name.
    pub(super) fn new(blocks: &Blocks<'_>, weight: impl Fn(u32) -> f32) -> Names {
        let outline = &blocks.outline;
        let mut paths = vec![0.0; outline.elements.len()];
        let mut owns = vec![0.0; outline.elements.len()];
        // Elements with the same attributes share their names.
        let mut known: Vec<Option<(f32, f32)>> = vec![None; outline.names_count() + 1];
        for (at, entry) in outline.elements.iter().enumerate().skip(1) {
            let (own, inherited) = *known[outline.first_name(entry)].get_or_insert_with(|| {
                let (mut own, mut inherited) = (0.0, 0.0);
                for &name in outline.names_of(entry) {
                    own += weight(name);
                    inherited += weight(Outline::inherited(name));
                }
                (own, inherited)
            });
            // The path of a block is what its element says itself and what those around it pass on.
            owns[at] = own;
            paths[at] = paths[entry.parent as usize] + inherited;
        }
        let count = blocks.items.len();
        let (mut own, mut path, mut all) = (Vec::with_capacity(count), Vec::with_capacity(count), sums::sums(count));
        for block in &blocks.items {
            let element = block.element as usize;
            let parent = outline.elements[element].parent as usize;
            own.push(owns[element]);
            path.push(owns[element] + paths[parent]);
            sums::push(&mut all, owns[element] + paths[parent]);
        }
        let words: f32 = blocks.items.iter().map(|block| block.words as f32).sum();
        let weighted: f32 = blocks.items.iter().zip(&path).map(|(block, score)| block.words as f32 * score).sum();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| path[a].total_cmp(&path[b]).then(a.cmp(&b)));
        let mut rank = vec![0.0; count];
        let mut below = 0.0;
        for at in order {
            rank[at] = below / words.max(1.0);
            below += blocks.items[at].words as f32;
        }
        Names { own, path, sums: all, mean: weighted / words.max(1.0), rank }
    }

    /// The values of [`TOKEN_NAMES`].
    pub(super) fn values(&self, at: usize) -> [f32; TOKEN_NAMES.len()] {
        let count = self.path.len();
        let near = |reach: usize| {
            let range = at.saturating_sub(reach)..(at + reach + 1).min(count);
            let blocks = range.len() as f32;
            sums::over(&self.sums, range) / blocks
        };
        [
            self.path[at],
            self.own[at],
            self.path[at.saturating_sub(1)],
            self.path[(at + 1).min(count - 1)],
            near(3),
            near(8),
            self.mean,
            self.rank[at],
        ]
    }
}
