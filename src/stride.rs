//! The bytes of a text by as many as vector code looks at together, and the questions that it asks of them.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, mask8x64, u8x64};
use std::hint::black_box;

/// Bytes that are looked at together.
pub const STRIDE: usize = 64;
/// Neighbours of a byte that are looked at, on either side.
const REACH: usize = 2;

/// A stride with its neighbours.
pub type Window = [u8; REACH + STRIDE + REACH];

/// The bytes of a text from a place on. What is missing at the end of it is what `padded` holds, into which the others are
/// copied then; whole strides are borrowed, since a copy of each costs a fifth of what is done with it.
#[inline(always)]
pub fn from<'t>(text: &'t [u8], begin: usize, padded: &'t mut [u8; STRIDE]) -> &'t [u8; STRIDE] {
    let rest = &text[begin..];
    rest.first_chunk().unwrap_or_else(|| {
        padded[..rest.len()].copy_from_slice(rest);
        padded
    })
}

/// The stride from a place on with those before and behind it, zero where there are none; `padded` is for such.
#[inline(always)]
pub fn window<'t>(text: &'t [u8], begin: usize, padded: &'t mut Window) -> &'t Window {
    let whole = begin.checked_sub(REACH).and_then(|first| text[first..].first_chunk());
    whole.unwrap_or_else(|| {
        *padded = [0; _];
        let first = begin.saturating_sub(REACH);
        let around = &text[first..text.len().min(begin + STRIDE + REACH)];
        let skipped = first + REACH - begin;
        padded[skipped..skipped + around.len()].copy_from_slice(around);
        padded
    })
}

/// The bytes of a window's stride, or those that stand so many places before or behind each.
#[inline(always)]
pub fn shifted<S: Simd>(simd: S, window: &Window, by: isize) -> u8x64<S> {
    u8x64::from_slice(simd, &window[REACH.strict_add_signed(by)..][..STRIDE])
}

/// Where a byte stands.
#[inline(always)]
pub fn is<S: Simd>(bytes: u8x64<S>, byte: u8) -> mask8x64<S> {
    bytes.simd_eq(byte)
}

/// Where one of a range of bytes stands.
#[inline(always)]
pub fn within<S: Simd>(bytes: u8x64<S>, first: u8, last: u8) -> mask8x64<S> {
    (bytes - first).simd_le(last - first)
}

/// The bits of a mask, the first byte's in the lowest.
///
/// They pass through [`black_box`]: the compiler knows that they were a mask, and where they are joined with other bits or
/// used behind a branch it makes one of them again, bit by bit, which takes ten times as long as all the rest.
#[inline(always)]
pub fn bits<S: Simd>(mask: mask8x64<S>) -> u64 {
    black_box(mask.to_bitmask())
}

/// The places of the bits that are set, the lowest first.
#[inline(always)]
pub fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(at)
    })
}

/// Where a byte stands in the stride of a text from a place on.
#[inline(always)]
pub fn places_of<S: Simd>(simd: S, text: &[u8], begin: usize, byte: u8) -> u64 {
    bits(is(u8x64::from_slice(simd, from(text, begin, &mut [0; STRIDE])), byte))
}
