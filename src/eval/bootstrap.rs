//! Bootstrap intervals: how far a mean over these pages may be off, were others of their kind drawn.
//!
//! Pages are drawn with replacement a thousand times, and the middle 95 % of what comes out is the interval (percentile
//! bootstrap, Efron 1979). The draws come from SplitMix64 (Steele, Lea and Flood 2014) with a fixed seed: the same
//! pages in the same order always have the same interval.

use serde::{Deserialize, Serialize};

/// How often pages are drawn.
pub const DRAWS: usize = 1_000;

const SEED: u64 = 7;

/// The middle 95 % of what the draws gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// 2.5 % of the draws are below.
    pub low: f64,
    /// 2.5 % of the draws are above.
    pub high: f64,
}

struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; the bias is below 2⁻³² for the numbers of pages that fit in memory.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

/// The intervals of some figures of `pages` pages; `figures` makes them of the indices that were drawn. Without pages
/// they are empty at 0.
pub(super) fn intervals<const N: usize>(pages: usize, figures: impl Fn(&[usize]) -> [f64; N]) -> [Interval; N] {
    if pages == 0 {
        return [Interval::default(); N];
    }
    let mut random = SplitMix64(SEED);
    let mut drawn = vec![0; pages];
    let mut values: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(DRAWS));
    for _ in 0..DRAWS {
        drawn.iter_mut().for_each(|at| *at = random.below(pages));
        for (values, value) in values.iter_mut().zip(figures(&drawn)) {
            values.push(value);
        }
    }
    values.map(|mut values| {
        values.sort_unstable_by(f64::total_cmp);
        Interval { low: values[DRAWS / 40], high: values[DRAWS - 1 - DRAWS / 40] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the reference implementation by Vigna, seed 1234567.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = SplitMix64(1_234_567);
        let numbers = [random.next(), random.next(), random.next()];
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn pages_that_agree_have_no_interval_and_no_pages_have_none_either() {
        assert_eq!(intervals(5, |_| [0.5]), [Interval { low: 0.5, high: 0.5 }]);
        assert_eq!(intervals(0, |_| [0.5]), [Interval::default()]);
    }

    /// The mean of a hundred throws of a coin lies within 1.96 × 0.05 of its own mean.
    #[test]
    fn the_interval_of_coin_throws_is_that_of_the_normal_distribution() {
        let [interval] = intervals(100, |drawn| [drawn.iter().filter(|at| **at < 50).count() as f64 / 100.0]);
        assert!((interval.low - 0.402).abs() < 0.02 && (interval.high - 0.598).abs() < 0.02, "{interval:?}");
    }
}
