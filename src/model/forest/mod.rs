//! A gradient-boosted forest of small trees: rows of features to probabilities.
//!
//! In go the bytes of a model file (`scripts/train/export.py` writes it) and rows of numbers, out come probabilities
//! that are equal to the bit on every machine: leaves are summed as integers, and the sigmoid is made of additions,
//! multiplications and one division.
//!
//! All tests of a tree are asked for 64 rows at once and without a branch, on values that were replaced by the number
//! of thresholds they pass, a byte each. So does QuickScorer (Lucchese et al. 2015, "QuickScorer: a fast algorithm to
//! rank documents with additive ensembles of regression trees"), where each failed test strikes the leaves to its left
//! out of a mask. Here the nodes come parents first, and a row remembers in one byte the first leaf that it can still
//! reach: a node is on the path of the row exactly when its own first leaf is that one. At the end that
//! byte is the leaf. Each test waits for the one before, so some trees are asked in turns.
//!
//! # The file
//!
//! Little-endian: magic `DHF1`, u16 features, u64 hash of their names ([`features_hash`]), f32 bias, f32 leaf scale;
//! for each feature u8 n and n ascending f32 thresholds; u16 trees; for each tree u8 nodes (at most 31), the nodes, and
//! nodes + 1 leaves as i16, left to right. A node is u8 feature, u8 threshold, u8 first leaf of its left subtree, u8 one
//! past the last leaf of it, i16 value. A row whose value is greater than the threshold goes right. Values times the
//! leaf scale are log-odds.

// Iterators over vectors and closures are no vector code where the compiler does not inline them, as in a library that is
// not optimized as a whole.
#![allow(clippy::needless_range_loop)]

mod explain;

use super::bytes::Bytes;
use crate::block::columns::{Columns, GROUP, Values};
use fearless_simd::prelude::{Bytes as _, *};
use fearless_simd::{Level, dispatch, f32x16, i8x64, i32x16, u8x32, u8x64, u16x16, u32x16};

const MAGIC: &[u8] = b"DHF1";
const MAX_FEATURES: usize = 255;
const MAX_NODES: usize = 31;
const MAX_LEAVES: usize = MAX_NODES + 1;
/// Rows that are sooner scored one by one.
const FEW_ROWS: usize = 1;
/// Trees that are asked in turns.
const TURNS: usize = 4;
/// Trees whose leaves' bytes add up to no more than 16 bits hold.
const TREES_AT_ONCE: usize = 256;

/// The bins of each column in the rows that are scored together. A byte names each, so that no bound is looked at.
type Bins = [[i8; GROUP]; 256];

/// A forest; immutable, so that all workers share it.
pub struct Forest {
    features: usize,
    features_hash: u64,
    bias: f32,
    leaf_scale: f32,
    /// The features that the trees ask for, and no others.
    columns: Vec<Column>,
    /// The nodes of the trees that are asked in turns, each tree's parents before their children and left before right.
    nodes: Vec<[Node; TURNS]>,
    /// What each node is worth on the average, for [`Forest::explain`].
    values: Vec<[i16; TURNS]>,
    /// Nodes of a tree, those that fill in included.
    stride: usize,
    /// As many as can be asked in turns.
    trees: Vec<Tree>,
    /// The vector instructions that this machine has.
    level: Level,
}

/// A feature and its thresholds, ascending.
struct Column {
    feature: u8,
    thresholds: Vec<f32>,
}

/// A row goes right when it passes more than `cut` thresholds of the column.
#[derive(Clone, Copy)]
#[repr(align(4))]
struct Node {
    column: u8,
    cut: Spread,
    /// The first leaf below the node.
    first: Spread,
    /// How far behind it the first leaf below its right child is.
    ahead: Spread,
}

/// A byte four times: processors fill a vector with four bytes of memory at once sooner than with one.
#[derive(Clone, Copy)]
struct Spread([u8; 4]);

struct Tree {
    /// Leaves that there are.
    leaves: u8,
    /// The low byte of each leaf, and its high byte moved into the unsigned range.
    low: [u8; MAX_LEAVES],
    high: [u8; MAX_LEAVES],
}

impl Node {
    /// Stands where a tree has fewer nodes than others: no row is ever at the leaf that it begins with.
    const NONE: Node = Node { column: 0, cut: Spread([0; 4]), first: Spread([u8::MAX; 4]), ahead: Spread([0; 4]) };

    fn new(column: u8, threshold: u8, first: u8, ahead: u8) -> Node {
        let spread = |byte| Spread([byte; 4]);
        Node { column, cut: spread(signed(threshold) as u8), first: spread(first), ahead: spread(ahead) }
    }

    fn cut(&self) -> i8 {
        self.cut.byte() as i8
    }

    fn first(&self) -> u8 {
        self.first.byte()
    }

    fn ahead(&self) -> u8 {
        self.ahead.byte()
    }

    fn right(&self) -> u8 {
        self.first() + self.ahead()
    }

    /// How far behind the node the child stands that a row with this bin goes to, and the first leaf below that and the
    /// end of its leaves; `first` and `end` are those of the node.
    fn child(&self, bin: i8, first: u8, end: u8) -> (usize, u8, u8) {
        if bin > self.cut() {
            // Behind the nodes of the left subtree, one fewer than its leaves.
            (usize::from(self.ahead()), self.right(), end)
        } else {
            (1, first, self.right())
        }
    }
}

impl Spread {
    fn byte(self) -> u8 {
        self.0[0]
    }

    /// The byte in all lanes.
    #[inline(always)]
    fn splat<S: Simd>(self, simd: S) -> u8x64<S> {
        u32x16::splat(simd, u32::from_ne_bytes(self.0)).bitcast()
    }
}

impl Tree {
    fn leaf(&self, at: u8) -> i16 {
        i16::from_le_bytes([self.low[usize::from(at)], self.high[usize::from(at)] ^ HIGH_BIAS])
    }
}

/// What moves a signed byte into the unsigned range, and what it adds.
const HIGH_BIAS: u8 = 0x80;

impl Forest {
    /// Reads a model file; the error says what is wrong with it.
    pub fn load(bytes: &[u8]) -> Result<Forest, String> {
        let mut bytes = Bytes::new(bytes, MAGIC)?;
        let features = usize::from(bytes.u16()?);
        if features == 0 || features > MAX_FEATURES {
            return Err(format!("{features} features, at most {MAX_FEATURES}"));
        }
        let features_hash = bytes.u64()?;
        let (bias, leaf_scale) = (bytes.finite()?, bytes.finite()?);
        let thresholds: Vec<Vec<f32>> = (0..features).map(|_| thresholds(&mut bytes)).collect::<Result<_, _>>()?;
        let mut forest = Forest {
            features,
            features_hash,
            bias,
            leaf_scale,
            columns: Vec::new(),
            nodes: Vec::new(),
            values: Vec::new(),
            stride: 0,
            trees: Vec::new(),
            level: Level::new(),
        };
        let mut columns = vec![None; features];
        let trees: Vec<_> = (0..bytes.u16()?)
            .map(|_| forest.read_tree(&mut bytes, &thresholds, &mut columns))
            .collect::<Result<_, _>>()?;
        bytes.end()?;
        forest.plant(trees);
        Ok(forest)
    }

    /// The nodes of a tree with their values, and its leaves.
    fn read_tree(
        &mut self,
        bytes: &mut Bytes<'_>,
        thresholds: &[Vec<f32>],
        columns: &mut [Option<u8>],
    ) -> Result<(Vec<(Node, i16)>, Tree), String> {
        let count = usize::from(bytes.u8()?);
        if count > MAX_NODES {
            return Err(format!("a tree of {count} nodes, at most {MAX_NODES}"));
        }
        let mut nodes = Vec::with_capacity(count);
        for _ in 0..count {
            let (feature, threshold) = (usize::from(bytes.u8()?), bytes.u8()?);
            if thresholds.get(feature).is_none_or(|all| usize::from(threshold) >= all.len()) {
                return Err(format!("no threshold {threshold} of a feature {feature}"));
            }
            let column = *columns[feature].get_or_insert_with(|| {
                self.columns.push(Column { feature: feature as u8, thresholds: thresholds[feature].clone() });
                (self.columns.len() - 1) as u8
            });
            let (first, right) = (bytes.u8()?, bytes.u8()?);
            let ahead = right.checked_sub(first).ok_or("nodes that are no tree")?;
            nodes.push((Node::new(column, threshold, first, ahead), bytes.i16()?));
        }
        // In a tree whose leaves are numbered from left to right this is parents before children.
        nodes.sort_by_key(|(node, _)| (node.first(), std::cmp::Reverse(node.ahead())));
        if !is_tree(nodes.iter().map(|(node, _)| node)) {
            return Err("nodes that are no tree".to_owned());
        }
        let (mut low, mut high) = ([0; MAX_LEAVES], [0; MAX_LEAVES]);
        for (low, high) in low.iter_mut().zip(&mut high).take(count + 1) {
            let [low_byte, high_byte] = bytes.i16()?.to_le_bytes();
            (*low, *high) = (low_byte, high_byte ^ HIGH_BIAS);
        }
        Ok((nodes, Tree { leaves: count as u8 + 1, low, high }))
    }

    /// Puts trees in rows of equal length, and where one is missing at the end of a turn a tree of one leaf, which is worth
    /// nothing.
    fn plant(&mut self, mut trees: Vec<(Vec<(Node, i16)>, Tree)>) {
        let nothing = || (Vec::new(), Tree { leaves: 1, low: [0; MAX_LEAVES], high: [HIGH_BIAS; MAX_LEAVES] });
        trees.resize_with(trees.len().next_multiple_of(TURNS), nothing);
        self.stride = trees.iter().map(|(nodes, _)| nodes.len()).max().unwrap_or_default();
        for turns in trees.chunks(TURNS) {
            for at in 0..self.stride {
                let node = |turn: usize| turns[turn].0.get(at).copied().unwrap_or((Node::NONE, 0));
                let nodes: [(Node, i16); TURNS] = std::array::from_fn(node);
                self.nodes.push(nodes.map(|(node, _)| node));
                self.values.push(nodes.map(|(_, value)| value));
            }
        }
        self.trees.extend(trees.into_iter().map(|(_, tree)| tree));
    }

    /// Where the nodes of a tree are, and of those that are asked in turns with it.
    fn turns(&self, tree: usize) -> std::ops::Range<usize> {
        let turn = tree / TURNS;
        turn * self.stride..(turn + 1) * self.stride
    }

    /// The numbers in a row.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The [`features_hash`] of the names it was trained with.
    pub fn features_hash(&self) -> u64 {
        self.features_hash
    }

    /// The probability of each row, which has [`features`](Forest::features) values. What is no number passes no threshold.
    pub fn score(&self, rows: &Columns) -> Vec<f32> {
        let mut scores = Vec::with_capacity(rows.rows());
        let mut bins = None;
        for group in 0..rows.groups() {
            let left = (rows.rows() - scores.len()).min(GROUP);
            if left <= FEW_ROWS {
                scores.extend((scores.len()..rows.rows()).map(|at| self.score_row(&rows.row(at))));
                continue;
            }
            let bins = bins.get_or_insert_with(|| self.bins_of_page(rows));
            let sums = dispatch!(self.level, simd => self.sums(simd, rows, group, bins));
            scores.extend(sums[..left].iter().map(|sum| self.probability(*sum)));
        }
        scores
    }

    /// The probability of one row.
    pub fn score_row(&self, row: &[f32]) -> f32 {
        self.probability(self.sum(row))
    }

    /// The bin of each column.
    fn bins(&self, row: &[f32]) -> Vec<i8> {
        self.columns.iter().map(|column| column.bin(row[usize::from(column.feature)])).collect()
    }

    /// What the leaf of a tree is worth that a row with these bins reaches.
    fn walk(&self, tree: usize, bins: &[i8]) -> i16 {
        let nodes = &self.nodes[self.turns(tree)];
        let (mut at, mut reached, mut end) = (0, 0, self.trees[tree].leaves);
        while end - reached > 1 {
            let node = nodes[at][tree % TURNS];
            let steps;
            (steps, reached, end) = node.child(bins[usize::from(node.column)], reached, end);
            at += steps;
        }
        self.trees[tree].leaf(reached)
    }

    /// The sum of the leaves that a row reaches. It fits: 65,535 trees of 32,768 are less than 2^31.
    fn sum(&self, row: &[f32]) -> i32 {
        let bins = self.bins(row);
        (0..self.trees.len()).map(|tree| i32::from(self.walk(tree, &bins))).sum()
    }

    /// Room for the bins of a group, with those of the columns that all rows share.
    fn bins_of_page(&self, rows: &Columns) -> Box<Bins> {
        let bins = vec![[0; GROUP]; 256].into_boxed_slice();
        let mut bins: Box<Bins> = bins.try_into().unwrap_or_else(|_| unreachable!("there are 256 of them"));
        for (column, bins) in self.columns.iter().zip(&mut *bins) {
            if let Values::Same(value) = rows.values(usize::from(column.feature), 0) {
                bins.fill(column.bin(value));
            }
        }
        bins
    }

    /// The bins of a group in the columns that not all rows of the page share.
    #[inline(always)]
    fn bins_of_group<S: Simd>(&self, simd: S, rows: &Columns, group: usize, bins: &mut Bins) {
        for (column, bins) in self.columns.iter().zip(bins) {
            if let Values::Each(values) = rows.values(usize::from(column.feature), group) {
                column.bins_of(simd, values, bins);
            }
        }
    }

    /// The [`sum`](Forest::sum) of each row of a group; compiled once for each set of vector instructions.
    #[inline(always)]
    fn sums<S: Simd>(&self, simd: S, rows: &Columns, group: usize, bins: &mut Bins) -> [i32; GROUP] {
        self.bins_of_group(simd, rows, group, bins);
        let mut sums = [0; GROUP];
        let none = u16x16::splat(simd, 0);
        let mut at = 0;
        for trees in self.trees.chunks(TREES_AT_ONCE) {
            // The low and the high bytes of the leaves, each of the first and the last rows.
            let (mut lows, mut highs) = ([[none; 2]; 2], [[none; 2]; 2]);
            for trees in trees.chunks_exact(TURNS) {
                let reached = reach(simd, &self.nodes[self.turns(at)], bins);
                at += TURNS;
                for turn in 0..TURNS {
                    let (low, high) = (&trees[turn].low, &trees[turn].high);
                    let (low, high) = (u8x32::from_slice(simd, low), u8x32::from_slice(simd, high));
                    let (first, last) = reached[turn].split();
                    for (part, reached) in [first, last].into_iter().enumerate() {
                        let (first, last) = low.swizzle_dyn(reached).widen();
                        lows[part][0] += first;
                        lows[part][1] += last;
                        let (first, last) = high.swizzle_dyn(reached).widen();
                        highs[part][0] += first;
                        highs[part][1] += last;
                    }
                }
            }
            let bias = i32::from(HIGH_BIAS) * trees.len() as i32;
            let parts = lows.as_flattened().iter().zip(highs.as_flattened());
            for (sums, (low, high)) in sums.chunks_exact_mut(16).zip(parts) {
                for (sum, (low, high)) in sums.iter_mut().zip(low.as_slice().iter().zip(high.as_slice())) {
                    *sum += i32::from(*low) + ((i32::from(*high) - bias) << 8);
                }
            }
        }
        sums
    }

    fn probability(&self, sum: i32) -> f32 {
        sigmoid(self.bias + sum as f32 * self.leaf_scale)
    }
}

/// The leaf of each of these trees that each row of a group reaches.
#[inline(always)]
fn reach<S: Simd>(simd: S, nodes: &[[Node; TURNS]], bins: &Bins) -> [u8x64<S>; TURNS] {
    let stays = u8x64::splat(simd, 0);
    let mut reached = [stays; TURNS];
    for nodes in nodes {
        for turn in 0..TURNS {
            let node = nodes[turn];
            let bins = i8x64::from_slice(simd, &bins[usize::from(node.column)]);
            let cut: i8x64<S> = node.cut.splat(simd).bitcast();
            let goes_right = bins.simd_gt(cut) & reached[turn].simd_eq(node.first.splat(simd));
            reached[turn] += goes_right.select(node.ahead.splat(simd), stays);
        }
    }
    reached
}

impl Column {
    /// How many thresholds a value passes, moved into the signed range.
    fn bin(&self, value: f32) -> i8 {
        signed(self.thresholds.iter().filter(|threshold| value > **threshold).count() as u8)
    }

    /// The [`bin`](Column::bin) of each value, compared with all thresholds that some of them pass and some do not: on one page
    /// the values of a column lie close together, and many are the same. A search for each value takes a tenth of the steps
    /// and five times as many instructions, for it is no vector code.
    #[inline(always)]
    fn bins_of<S: Simd>(&self, simd: S, values: &[f32; GROUP], bins: &mut [i8; GROUP]) {
        let nothing = f32x16::splat(simd, f32::NEG_INFINITY);
        let mut parts = [nothing; 4];
        for at in 0..4 {
            let part = f32x16::from_slice(simd, &values[16 * at..][..16]);
            // What is no number passes nothing.
            parts[at] = part.simd_eq(part).select(part, nothing);
        }
        let [a, b, c, d] = parts;
        let least = a.min(b).min(c.min(d)).reduce_min();
        let most = a.max(b).max(c.max(d)).reduce_max();
        let passed_by = |value: f32| self.thresholds.partition_point(|threshold| value > *threshold);
        let (from, to) = (passed_by(least), passed_by(most));
        let one = i32x16::splat(simd, 1);
        let mut passed = [i32x16::splat(simd, i32::from(signed(from as u8))); 4];
        for threshold in &self.thresholds[from..to] {
            let threshold = f32x16::splat(simd, *threshold);
            for at in 0..4 {
                passed[at] = parts[at].simd_gt(threshold).select(passed[at] + one, passed[at]);
            }
        }
        let [a, b, c, d] = passed;
        let packed: i8x64<S> = a.narrow(b).narrow(c.narrow(d));
        packed.store_slice(bins);
    }
}

/// A byte moved into the signed range with its order kept: SSE2 compares signed bytes only.
fn signed(byte: u8) -> i8 {
    (byte ^ 0x80) as i8
}

fn thresholds(bytes: &mut Bytes<'_>) -> Result<Vec<f32>, String> {
    let count = bytes.u8()?;
    let thresholds: Vec<f32> = (0..count).map(|_| bytes.finite()).collect::<Result<_, _>>()?;
    if thresholds.is_sorted_by(|a, b| a < b) { Ok(thresholds) } else { Err("thresholds that do not ascend".to_owned()) }
}

/// Says whether nodes in order, parents first, divide their leaves down to single ones.
fn is_tree<'a>(nodes: impl ExactSizeIterator<Item = &'a Node>) -> bool {
    // The ranges of leaves that are still to be divided, the leftmost on top.
    let mut open = vec![(0, nodes.len() as u8 + 1)];
    for node in nodes {
        while open.last().is_some_and(|(first, end)| end - first == 1) {
            open.pop();
        }
        match open.pop() {
            Some((first, end)) if node.first() == first && node.ahead() > 0 && node.right() < end => {
                open.extend([(node.right(), end), (first, node.right())]);
            }
            _ => return false,
        }
    }
    // A node divides one range into two, so that nodes + 1 ranges of nodes + 1 leaves are left: each has one.
    true
}

/// `1 / (1 + e^-x)`, within 6e-8 and in every bit the same everywhere; the exponential of the standard library is the
/// platform's and differs in the last bit.
///
/// `e^-x` is `2^n e^r` with `|r| <= ln(2) / 2` and the first terms of the series of `e^r`, whose rest is below 3e-10.
fn sigmoid(x: f32) -> f32 {
    const FACTORIALS: [f64; 9] = [1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0];
    // Beyond, the nearest f32 to the result is 1, or is below 2e-13.
    let x = f64::from(x).clamp(-30.0, 30.0);
    let n = (-x * std::f64::consts::LOG2_E + 0.5).floor();
    let r = -x - n * std::f64::consts::LN_2;
    let exp_r = FACTORIALS.iter().rev().fold(0.0, |sum, factorial| sum * r + 1.0 / factorial);
    let exp_n = f64::from_bits(((1023 + n as i64) as u64) << 52);
    (1.0 / (1.0 + exp_n * exp_r)) as f32
}

/// FNV-1a 64 of names joined by line ends: says whether a file was trained on the features of this program.
pub fn features_hash<'a>(names: impl Iterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for (at, name) in names.enumerate() {
        let joint: &[u8] = if at == 0 { b"" } else { b"\n" };
        for byte in joint.iter().chain(name.as_bytes()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A forest as it is before it is a file.
    #[derive(Debug)]
    struct Plan {
        thresholds: Vec<Vec<f32>>,
        trees: Vec<PlannedTree>,
    }

    #[derive(Debug)]
    struct PlannedTree {
        /// Feature, threshold, first leaf, first leaf on the right, value; and one past the last leaf.
        nodes: Vec<(u8, u8, u8, u8, i16, u8)>,
        leaves: Vec<i16>,
    }

    const BIAS: f32 = -0.75;
    const LEAF_SCALE: f32 = 1.0 / 16384.0;

    /// A generator of its own, so that a seed says all (splitmix64 of Steele et al. 2014).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            ((mixed ^ (mixed >> 27)) >> 11) as usize % end
        }

        fn value(&mut self) -> i16 {
            self.below(65536) as u16 as i16
        }

        /// Few distinct numbers, so that rows often stand on a threshold.
        fn number(&mut self) -> f32 {
            (self.below(401) as f32 - 200.0) / 8.0
        }

        fn rows(&mut self, count: usize) -> Vec<f32> {
            (0..count).map(|_| self.number()).collect()
        }
    }

    impl Plan {
        fn random(seed: u64, features: usize, trees: usize) -> Plan {
            let dice = &mut Dice(seed);
            let thresholds = |dice: &mut Dice| {
                let count = [0, 1, 2, 3, 7, 8, 31, 100, 255][dice.below(9)];
                let mut thresholds = dice.rows(count);
                thresholds.sort_by(f32::total_cmp);
                thresholds.dedup();
                thresholds
            };
            let mut thresholds: Vec<Vec<f32>> = (0..features).map(|_| thresholds(dice)).collect();
            thresholds[0] = vec![0.5];
            let trees = (0..trees).map(|_| Plan::tree(dice, &thresholds)).collect();
            Plan { thresholds, trees }
        }

        fn tree(dice: &mut Dice, thresholds: &[Vec<f32>]) -> PlannedTree {
            let count = dice.below(MAX_LEAVES) as u8 + 1;
            let (mut open, mut nodes) = (vec![(0, count)], Vec::new());
            while let Some((first, end)) = open.pop() {
                if end - first == 1 {
                    continue;
                }
                let feature = Some(dice.below(thresholds.len())).filter(|feature| !thresholds[*feature].is_empty());
                let feature = feature.unwrap_or(0);
                let threshold = dice.below(thresholds[feature].len());
                let right = first + 1 + dice.below(usize::from(end - first - 1)) as u8;
                // The order of the nodes is free: here it is a random one.
                let at = dice.below(nodes.len() + 1);
                nodes.insert(at, (feature as u8, threshold as u8, first, right, dice.value(), end));
                open.extend([(first, right), (right, end)]);
            }
            PlannedTree { nodes, leaves: (0..count).map(|_| dice.value()).collect() }
        }

        fn file(&self) -> Vec<u8> {
            let mut file = MAGIC.to_vec();
            file.extend((self.thresholds.len() as u16).to_le_bytes());
            file.extend(features_hash(["words", "links"].into_iter()).to_le_bytes());
            file.extend([BIAS, LEAF_SCALE].map(f32::to_le_bytes).concat());
            for thresholds in &self.thresholds {
                file.push(thresholds.len() as u8);
                thresholds.iter().for_each(|threshold| file.extend(threshold.to_le_bytes()));
            }
            file.extend((self.trees.len() as u16).to_le_bytes());
            for tree in &self.trees {
                file.push(tree.nodes.len() as u8);
                for (feature, threshold, first, right, value, _) in &tree.nodes {
                    file.extend([*feature, *threshold, *first, *right]);
                    file.extend(value.to_le_bytes());
                }
                tree.leaves.iter().for_each(|leaf| file.extend(leaf.to_le_bytes()));
            }
            file
        }

        /// From the root to a leaf, one node after the other: the leaf, and what each step adds to its feature.
        fn walk(&self, tree: &PlannedTree, row: &[f32], shares: &mut [i64]) -> i16 {
            let (mut first, mut end) = (0, tree.leaves.len() as u8);
            let mut step: Option<(u8, i16)> = None;
            let mut credit = |step: Option<(u8, i16)>, value: i16| {
                if let Some((feature, before)) = step {
                    shares[usize::from(feature)] += i64::from(value) - i64::from(before);
                }
            };
            while end - first > 1 {
                let node = tree.nodes.iter().find(|node| (node.2, node.5) == (first, end)).expect("a range has a node");
                credit(step, node.4);
                step = Some((node.0, node.4));
                let goes_left = row[usize::from(node.0)] <= self.thresholds[usize::from(node.0)][usize::from(node.1)];
                (first, end) = if goes_left { (first, node.3) } else { (node.3, end) };
            }
            let leaf = tree.leaves[usize::from(first)];
            credit(step, leaf);
            leaf
        }
    }

    proptest! {
        #[test]
        fn scores_and_shares_are_those_of_a_walk_from_root_to_leaf(
            seed: u64, features in 1usize..20, trees in prop_oneof![0usize..9, TREES_AT_ONCE..TREES_AT_ONCE + 3],
            count in 0usize..150,
        ) {
            let plan = Plan::random(seed, features, trees);
            let forest = Forest::load(&plan.file()).expect("the file is well formed");
            prop_assert_eq!(forest.features(), features);
            let rows = Dice(!seed).rows(count * features);
            let columns = Columns::of_rows(&rows, features);
            let (scores, explained) = (forest.score(&columns), forest.explain(&columns, features));
            prop_assert_eq!((scores.len(), explained.len()), (count, count));
            let heaviest = forest.explain(&columns, 2);
            for (explained, heaviest) in explained.iter().zip(heaviest) {
                prop_assert_eq!(&explained[..explained.len().min(2)], heaviest);
            }
            for ((row, score), explained) in rows.chunks_exact(features).zip(scores).zip(explained) {
                let mut shares = vec![0; features];
                let sum: i32 = plan.trees.iter().map(|tree| i32::from(plan.walk(tree, row, &mut shares))).sum();
                prop_assert_eq!(score.to_bits(), sigmoid(BIAS + sum as f32 * LEAF_SCALE).to_bits());
                prop_assert!(explained.is_sorted_by(|a, b| a.1.abs() >= b.1.abs()));
                prop_assert_eq!(explained.len(), shares.iter().filter(|share| **share != 0).count());
                for (feature, share) in explained {
                    prop_assert_eq!(share, shares[feature] as f32 * LEAF_SCALE);
                }
            }
        }

        #[test]
        fn any_bytes_are_refused_or_make_a_forest(mut bytes: Vec<u8>) {
            bytes.splice(0..0, *b"DHF1");
            if let Ok(forest) = Forest::load(&bytes) {
                use_it(&forest);
            }
        }
    }

    fn use_it(forest: &Forest) {
        let mut rows = Dice(1).rows(forest.features() * (GROUP + 1));
        rows[..3].copy_from_slice(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        let columns = Columns::of_rows(&rows, forest.features());
        assert!(forest.score(&columns).iter().all(|score| (0.0..=1.0).contains(score)));
        forest.explain(&columns, 3);
    }

    #[test]
    fn a_file_that_is_cut_short_or_too_long_is_refused() {
        let mut file = Plan::random(7, 4, 3).file();
        for end in 0..file.len() {
            assert!(Forest::load(&file[..end]).is_err(), "{end}");
        }
        assert!(Forest::load(&file).is_ok());
        file.push(0);
        assert!(Forest::load(&file).is_err());
    }

    #[test]
    fn a_changed_byte_is_refused_or_makes_another_forest() {
        let file = Plan::random(7, 4, 3).file();
        for at in 0..file.len() {
            for flip in (0..8).map(|bit| 1 << bit).chain([255]) {
                let mut bytes = file.clone();
                bytes[at] ^= flip;
                if let Ok(forest) = Forest::load(&bytes) {
                    use_it(&forest);
                }
            }
        }
    }

    /// Two nodes over leaves 0, 1, 2, and the ranges that the second may not have.
    #[test]
    fn nodes_that_are_no_tree_are_refused() {
        let plan = |second: (u8, u8)| Plan {
            thresholds: vec![vec![0.5]],
            trees: vec![PlannedTree {
                nodes: vec![(0, 0, 0, 1, 0, 3), (0, 0, second.0, second.1, 0, 3)],
                leaves: vec![1, 2, 3],
            }],
        };
        for first in 0..5 {
            for right in 0..5 {
                let is_tree = [(1, 2), (0, 2)].contains(&(first, right));
                assert_eq!(Forest::load(&plan((first, right)).file()).is_ok(), is_tree, "{first} {right}");
            }
        }
    }

    #[test]
    fn thresholds_that_do_not_ascend_are_refused() {
        for thresholds in [vec![1.0, 0.0], vec![1.0, 1.0], vec![f32::NAN], vec![0.0, f32::INFINITY]] {
            let plan = Plan { thresholds: vec![thresholds], trees: Vec::new() };
            assert!(Forest::load(&plan.file()).is_err(), "{plan:?}");
        }
    }

    #[test]
    fn what_equals_the_threshold_goes_left() {
        let tree = PlannedTree { nodes: vec![(0, 0, 0, 1, 0, 2)], leaves: vec![-16384, 16384] };
        let forest = Forest::load(&Plan { thresholds: vec![vec![0.5]], trees: vec![tree] }.file()).unwrap();
        let rows = [0.5, 0.5f32.next_up(), f32::NEG_INFINITY, f32::INFINITY, f32::NAN];
        let scores = forest.score(&Columns::of_rows(&rows, 1));
        let (left, right) = (sigmoid(BIAS - 1.0), sigmoid(BIAS + 1.0));
        assert_eq!(scores, [left, right, left, right, left]);
        assert_eq!(forest.explain(&Columns::of_rows(&[0.6], 1), 3), [[(0, 1.0)]]);
    }

    #[test]
    fn a_row_scores_the_same_in_any_company() {
        let forest = Forest::load(&Plan::random(3, 5, 20).file()).unwrap();
        let rows = Dice(4).rows(5 * 70);
        let together = forest.score(&Columns::of_rows(&rows, 5));
        let alone: Vec<f32> = rows.chunks_exact(5).map(|row| forest.score_row(row)).collect();
        assert_eq!(together, alone);
        assert!(forest.score(&Columns::of_rows(&[], 5)).is_empty());
    }

    #[test]
    fn the_sigmoid_is_near_the_true_one() {
        for step in -400_000..=400_000 {
            let x = step as f32 / 10_000.0;
            let truth = 1.0 / (1.0 + (-f64::from(x)).exp());
            assert!((f64::from(sigmoid(x)) - truth).abs() < 6e-8, "{x}");
        }
        assert_eq!([f32::NEG_INFINITY, 0.0, f32::INFINITY].map(sigmoid), [9.357623e-14, 0.5, 1.0]);
    }

    /// The bits that every machine must give.
    #[test]
    fn the_sigmoid_is_the_same_everywhere() {
        let bits = [-9.5, -2.0, -0.1, 0.3, 1.0, 5.25].map(|x| sigmoid(x).to_bits());
        assert_eq!(bits, [949_810_883, 1_039_409_321, 1_056_126_446, 1_058_213_546, 1_060_841_128, 1_065_265_637]);
    }

    /// From the published test vectors of FNV-1a.
    #[test]
    fn the_hash_of_names_is_fnv_1a() {
        assert_eq!(features_hash(std::iter::empty()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(features_hash(["foobar"].into_iter()), 0x8594_4171_f739_67e8);
        assert_eq!(features_hash(["a", "b"].into_iter()), features_hash(["a\nb"].into_iter()));
    }
}
