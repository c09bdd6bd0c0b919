//! The bytes of a text by as many as vector code looks at together.

/// The bytes of a text from a place on. What is missing at the end of it is what `padded` holds, into which the others are
/// copied then; whole strides are borrowed, since a copy of each costs a fifth of what is done with it.
#[inline(always)]
pub fn from<'t, const BYTES: usize>(text: &'t [u8], begin: usize, padded: &'t mut [u8; BYTES]) -> &'t [u8; BYTES] {
    let rest = &text[begin..];
    rest.first_chunk().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        padded
    })
}
