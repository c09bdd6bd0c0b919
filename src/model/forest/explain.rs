//! Why a row has its probability: what each feature weighed in it.
//!
//! In go the columns of rows, out come the heaviest features of each. Each step from a node to its child is to the credit of
//! the feature that the node asks for (Saabas 2014, "Interpreting random forests").

use super::{Forest, GROUP, TURNS};
use crate::block::columns::Columns;
use fearless_simd::dispatch;

impl Forest {
    /// For each row the features that weighed most for (positive) or against it, in log-odds, the heaviest first.
    pub fn explain(&self, rows: &Columns, most: usize) -> Vec<Vec<(usize, f32)>> {
        let mut explained = Vec::with_capacity(rows.rows());
        if rows.rows() == 0 {
            return explained;
        }
        let mut bins = self.bins_of_page(rows);
        let columns = self.columns.len() + 1;
        let mut shares = vec![0i64; GROUP * columns];
        let mut ranked = Vec::with_capacity(columns);
        for group in 0..rows.groups() {
            dispatch!(self.level, simd => self.bins_of_group(simd, rows, group, &mut bins));
            let shares = &mut shares[..(rows.rows() - explained.len()).min(GROUP) * columns];
            shares.fill(0);
            // All rows ask a few trees before the next ones are fetched.
            for turn in (0..self.trees.len()).step_by(TURNS) {
                for (row, shares) in shares.chunks_exact_mut(columns).enumerate() {
                    self.share_out(turn, |column| bins[usize::from(column)][row], shares);
                }
            }
            explained.extend(shares.chunks_exact(columns).map(|shares| self.heaviest(shares, most, &mut ranked)));
        }
        explained
    }

    /// Credits the columns with what the steps of a row through the trees of a turn, the first of which is `turn`, are worth; what
    /// the roots are worth goes to the last of the shares. The trees are gone through together, so that one step need not wait
    /// for the one before it.
    fn share_out(&self, turn: usize, bin: impl Fn(u8) -> i8, shares: &mut [i64]) {
        let (nodes, values) = (&self.nodes[self.turns(turn)], &self.values[self.turns(turn)]);
        let trees = &self.trees[turn..turn + TURNS];
        let nobody = shares.len() - 1;
        let mut before = [(nobody, 0i16); TURNS];
        let (mut at, mut reached) = ([0; TURNS], [0; TURNS]);
        let mut end: [u8; TURNS] = std::array::from_fn(|tree| trees[tree].leaves);
        loop {
            let mut is_open = false;
            for tree in 0..TURNS {
                if end[tree] - reached[tree] == 1 {
                    continue;
                }
                is_open = true;
                let (node, value) = (&nodes[at[tree]][tree], values[at[tree]][tree]);
                let (column, worth) = before[tree];
                shares[column] += i64::from(value) - i64::from(worth);
                before[tree] = (usize::from(node.column), value);
                let steps;
                (steps, reached[tree], end[tree]) = node.child(bin(node.column), reached[tree], end[tree]);
                at[tree] += steps;
            }
            if !is_open {
                break;
            }
        }
        for (tree, (column, worth)) in before.into_iter().enumerate() {
            shares[column] += i64::from(trees[tree].leaf(reached[tree])) - i64::from(worth);
        }
    }

    /// The features of the columns with the heaviest shares, put in order in the memory of `ranked`.
    fn heaviest(&self, shares: &[i64], most: usize, ranked: &mut Vec<(usize, i64)>) -> Vec<(usize, f32)> {
        let features = self.columns.iter().map(|column| usize::from(column.feature));
        ranked.clear();
        ranked.extend(features.zip(shares.iter().copied()).filter(|(_, share)| *share != 0));
        let weight = |(feature, share): &(usize, i64)| (std::cmp::Reverse(share.abs()), *feature);
        if most < ranked.len() {
            ranked.select_nth_unstable_by_key(most, weight);
            ranked.truncate(most);
        }
        ranked.sort_unstable_by_key(weight);
        ranked.iter().map(|(feature, share)| (*feature, *share as f32 * self.leaf_scale)).collect()
    }
}
