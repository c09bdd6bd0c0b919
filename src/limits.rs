//! Every bound of the program, with its default and its reason.
//!
//! Passing a bound degrades or skips one record, counted and named; it never ends a run. The figures come
//! from 4,551 real pages (depth at most 56, attributes on a tag at most 136, nodes at most 34,449, size at
//! most 5.3 MB) and from what hostile pages cost without a bound.

use std::ops::RangeInclusive;

/// The bounds that a [`Cleaner`](crate::Cleaner) and the pipeline keep to.
///
/// Each field can be set; a smaller value saves memory, a larger one admits larger inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document, counted packed, unpacked and again after decoding: an unpacked bomb is 32,768
    /// times its size and every byte 0xFF becomes three.
    pub max_document_bytes: usize,
    /// Open elements. html5ever scans its stack for each tag, so nesting costs the square of the depth.
    pub max_depth: usize,
    /// Tree nodes that every document may have, whatever its size.
    pub max_nodes_base: usize,
    /// Bytes of source that buy one node more; html5ever can be made to build the square of its input.
    pub bytes_per_extra_node: usize,
    /// Attributes on one tag; html5ever's tree builder compares and copies those of formatting elements.
    pub max_tag_attributes: usize,
    /// Blocks on one page; past it short pieces share a block.
    pub max_blocks: usize,
    /// Bytes of a block that rules look at; no husk line is longer.
    pub max_rule_block_bytes: usize,
    /// Rules in all packs together.
    pub max_rules: usize,
    /// Bytes of one compiled rule; a user's pattern must not eat the memory.
    pub max_rule_compiled_bytes: usize,
    /// Levels of packing that are opened (gzip in gzip is two).
    pub max_packing_levels: usize,
    /// Bytes of one line of JSONL; what a line carries beside its page counts too.
    pub max_line_bytes: usize,
    /// Bytes of the headers of one WARC record, and of the HTTP headers in it.
    pub max_header_bytes: usize,
    /// Bytes of input that are read and not written yet, in the whole pipeline.
    pub max_in_flight_bytes: usize,
    /// Bytes of one name of an output file, within [`Limits::OUTPUT_NAME_BYTES`].
    pub max_output_name_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_document_bytes: 32 << 20,
            max_depth: 512,
            max_nodes_base: 65_536,
            bytes_per_extra_node: 64,
            max_tag_attributes: 20_000,
            max_blocks: 50_000,
            max_rule_block_bytes: 64 << 10,
            max_rules: 10_000,
            max_rule_compiled_bytes: 1 << 20,
            max_packing_levels: 2,
            max_line_bytes: 64 << 20,
            max_header_bytes: 64 << 10,
            max_in_flight_bytes: 256 << 20,
            max_output_name_bytes: 200,
        }
    }
}

impl Limits {
    /// What [`max_output_name_bytes`](Limits::max_output_name_bytes) can be: enough for a number, a word and an ending, and
    /// with what stands around a name on its way no more than the 255 bytes of a file system.
    pub const OUTPUT_NAME_BYTES: RangeInclusive<usize> = 32..=234;

    /// The tree nodes that a document of `bytes` may have.
    pub fn max_nodes(&self, bytes: usize) -> usize {
        self.max_nodes_base + bytes / self.bytes_per_extra_node
    }
}
