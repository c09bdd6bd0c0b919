//! Weights of words: a linear model over hashed tokens.
//!
//! In goes the hash of a token, out comes what it weighs in log-odds. Tokens that share a place in the table share a
//! weight (Weinberger et al. 2009, "Feature hashing for large scale multitask learning").
//!
//! The file, little-endian: magic `DHT2`, u8 bits, f32 scale, 2^bits weights as i8.

use super::bytes::Bytes;

const MAGIC: &[u8] = b"DHT2";
const MAX_BITS: u8 = 24;

/// A table of weights; immutable, so that all workers share it.
pub struct TokenTable {
    scale: f32,
    /// As many as a power of two.
    weights: Vec<i8>,
}

impl TokenTable {
    /// Reads a token table; the error says what is wrong with it.
    pub fn load(bytes: &[u8]) -> Result<TokenTable, String> {
        let mut bytes = Bytes::new(bytes, MAGIC)?;
        let bits = bytes.u8()?;
        if bits > MAX_BITS {
            return Err(format!("a table of {bits} bits, at most {MAX_BITS}"));
        }
        let scale = bytes.finite()?;
        let weights: Vec<i8> = bytes.rest().iter().map(|byte| *byte as i8).collect();
        if weights.len() != 1 << bits {
            return Err(format!("{} weights where {} belong", weights.len(), 1u32 << bits));
        }
        Ok(TokenTable { scale, weights })
    }

    /// What a token weighs, from its hash.
    pub fn weight(&self, hash: u32) -> f32 {
        f32::from(self.weights[hash as usize & (self.weights.len() - 1)]) * self.scale
    }
}

/// Tables that are asked together: what they say of a token stands in one place, since most of what a question takes is the
/// way to memory.
pub struct TokenTables<const TABLES: usize> {
    scales: [f32; TABLES],
    /// As many as the largest table has; a smaller one stands there several times.
    weights: Vec<[i8; TABLES]>,
}

impl<const TABLES: usize> TokenTables<TABLES> {
    /// Reads token tables.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn load(files: [&[u8]; TABLES]) -> Result<Self, String> {
        let tables = files.into_iter().map(TokenTable::load).collect::<Result<Vec<_>, _>>()?;
        let size = tables.iter().map(|table| table.weights.len()).max().unwrap_or_default();
        let mut weights = vec![[0; TABLES]; size];
        for (of, table) in tables.iter().enumerate() {
            for places in weights.chunks_exact_mut(table.weights.len()) {
                places.iter_mut().zip(&table.weights).for_each(|(place, weight)| place[of] = *weight);
            }
        }
        Ok(TokenTables { scales: std::array::from_fn(|of| tables[of].scale), weights })
    }

    /// What the weights of each table are times.
    pub fn scales(&self) -> [f32; TABLES] {
        self.scales
    }

    /// What a token weighs by each table, from its hash.
    pub fn weights(&self, hash: u32) -> [i8; TABLES] {
        self.weights[hash as usize & (self.weights.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bits: u8, scale: f32, weights: &[i8]) -> Vec<u8> {
        let mut file = b"DHT2".to_vec();
        file.push(bits);
        file.extend(scale.to_le_bytes());
        file.extend(weights.iter().map(|weight| *weight as u8));
        file
    }

    #[test]
    fn a_weight_is_found_by_the_low_bits_of_its_hash() {
        let table = TokenTable::load(&file(2, 0.5, &[1, 2, -128, 127])).unwrap();
        assert_eq!([0, 1, 2, 3, 6, u32::MAX].map(|hash| table.weight(hash)), [0.5, 1.0, -64.0, 63.5, -64.0, 63.5]);
    }

    #[test]
    fn tables_say_together_what_each_says() {
        let files = [file(2, 0.5, &[1, 2, -128, 127]), file(3, 2.0, &[8, 7, 6, 5, 4, 3, 2, 1])];
        let (small, large) = (TokenTable::load(&files[0]).unwrap(), TokenTable::load(&files[1]).unwrap());
        let both = TokenTables::load(files.each_ref().map(Vec::as_slice)).unwrap();
        for hash in [0, 1, 3, 4, 7, 8, 1_000_003, u32::MAX] {
            let [first, second] = both.weights(hash).map(f32::from);
            let [first_scale, second_scale] = both.scales();
            assert_eq!((first * first_scale, second * second_scale), (small.weight(hash), large.weight(hash)));
        }
        assert!(TokenTables::load([&files[0], b"DHF1"]).is_err());
    }

    #[test]
    fn a_table_that_is_cut_short_or_too_long_is_refused() {
        let whole = file(3, 0.5, &[0; 8]);
        for end in 0..whole.len() {
            assert!(TokenTable::load(&whole[..end]).is_err(), "{end}");
        }
        assert!(TokenTable::load(&file(3, 0.5, &[0; 9])).is_err());
        assert!(TokenTable::load(&file(25, 0.5, &[])).is_err());
        assert!(TokenTable::load(&file(3, f32::NAN, &[0; 8])).is_err());
        assert!(TokenTable::load(b"DHF1").is_err());
    }

    #[test]
    fn a_changed_byte_never_panics() {
        let whole = file(3, 0.5, &[3; 8]);
        for at in 0..whole.len() {
            for flip in 1..=255 {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                if let Ok(table) = TokenTable::load(&bytes) {
                    assert!(!table.weight(flip.into()).is_nan());
                }
            }
        }
    }
}
