//! The hash of names and words: FNV-1a in 32 bits (Fowler, Noll, Vo). Token tables and models are made with it, so it is
//! never to change.

/// The hash of no bytes.
pub const EMPTY: u32 = 0x811c_9dc5;
/// What each step multiplies by.
pub const PRIME: u32 = 0x0100_0193;

/// The hash with one more byte.
pub const fn and(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the published test vectors of FNV-1a.
    #[test]
    fn the_hash_is_fnv_1a() {
        let of = |bytes: &[u8]| bytes.iter().copied().fold(EMPTY, and);
        assert_eq!([&b""[..], b"a", b"foobar"].map(of), [0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968]);
    }
}
