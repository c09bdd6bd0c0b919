//! A look at the Thrift of a Parquet file before the reader believes it: what would make it allocate or recurse without end.
//!
//! The compact protocol, as far as finding a few numbers and passing over the rest needs it. `None` stands for bytes that
//! are no such structure.

/// Levels of structures in structures that are gone into.
const MAX_DEPTH: usize = 64;
/// Levels of groups in a schema: each is a stack frame of the reader, and no table of text is a tenth as deep.
const MAX_SCHEMA_DEPTH: usize = 100;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// What the header of a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the page when it is unpacked.
    pub unpacked: i64,
    /// Bytes of the page as it lies there.
    pub packed: i64,
    /// Values in it, nulls and ends of lists included.
    pub values: i64,
}

/// Reads the header of a page at the start of `bytes`.
pub(super) fn page_header(bytes: &[u8]) -> Option<PageHeader> {
    // Structures of data pages and of dictionaries, all with the count of values first.
    const KINDS: [i16; 3] = [5, 7, 8];
    let mut header = PageHeader::default();
    Compact { bytes }.fields(0, &mut |compact, id, kind| {
        match (id, kind) {
            (2, I16..=I64) => header.unpacked = compact.whole()?,
            (3, I16..=I64) => header.packed = compact.whole()?,
            (id, STRUCT) if KINDS.contains(&id) => compact.fields(1, &mut |compact, id, kind| {
                let is_count = id == 1 && (I16..=I64).contains(&kind);
                if is_count {
                    header.values = header.values.max(compact.whole()?);
                }
                Some(is_count)
            })?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(header)
}

/// Whether the schema in a footer is a tree of no more nodes than it has, and of bounded depth.
pub(super) fn is_sane_footer(bytes: &[u8]) -> bool {
    let mut is_tree = false;
    let read = Compact { bytes }.fields(0, &mut |compact, id, kind| {
        if (id, kind) != (2, LIST) {
            return Some(false);
        }
        let (count, element) = compact.list()?;
        // Children that are still to come, for each group that is open.
        let mut open: Vec<u64> = Vec::new();
        for at in 0..count {
            let mut children = 0;
            if element != STRUCT || at > 0 && open.is_empty() {
                return None;
            }
            compact.fields(1, &mut |compact, id, kind| {
                let is_count = id == 5 && (I16..=I64).contains(&kind);
                if is_count {
                    children = u64::try_from(compact.whole()?).ok()?;
                }
                Some(is_count)
            })?;
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if children > count - at - 1 || open.len() == MAX_SCHEMA_DEPTH {
                return None;
            }
            open.push(children);
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        is_tree = open.is_empty();
        Some(true)
    });
    read.is_some() && is_tree
}

struct Compact<'a> {
    bytes: &'a [u8],
}

/// Gets the id and the kind of a field, and says whether it read the value.
type Visit<'v, 'a> = dyn FnMut(&mut Compact<'a>, i16, u8) -> Option<bool> + 'v;

impl<'a> Compact<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn whole(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// The count and the kind of the elements of a list.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        Some((count, head & 0x0f))
    }

    fn fields(&mut self, depth: usize, visit: &mut Visit<'_, 'a>) -> Option<()> {
        let mut id = 0i16;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0f;
            if kind == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => i16::try_from(self.whole()?).ok()?,
                step => id.checked_add(i16::from(step))?,
            };
            if !visit(self, id, kind)? {
                self.skip(kind, depth + 1)?;
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            I16..=I64 => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => self.varint().and_then(|bytes| self.pass(bytes)),
            LIST | SET => {
                let (count, element) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(element, depth + 1))
            }
            MAP => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth + 1)?;
                    self.skip_element(kinds & 0x0f, depth + 1)
                })
            }
            STRUCT => self.fields(depth, &mut |_, _, _| Some(false)),
            _ => None,
        }
    }

    /// A flag is a byte of its own in a list, and part of the head as a field.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            TRUE | FALSE => self.pass(1),
            kind => self.skip(kind, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer of nothing but a schema, by the count of children of each node.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 0x02, 0x19, 0xfc, children.len() as u8];
        for &count in children {
            // Field 4, a name; field 5, the count, as a zigzag number.
            bytes.extend([0x48, 0x01, b'n', 0x15, count * 2, 0x00]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_schema_is_a_tree_of_its_own_nodes() {
        for (children, is_sane) in [
            (&[2, 0, 0][..], true),
            (&[2, 1, 0, 0], true),
            (&[2, 0], false),
            (&[1, 0, 0], false),
            (&[60, 0], false),
            (&[1, 1, 1], false),
        ] {
            assert_eq!(is_sane_footer(&footer(children)), is_sane, "{children:?}");
        }
        let chain = |depth: usize| footer(&[&vec![1; depth][..], &[0]].concat());
        assert!(is_sane_footer(&chain(60)) && !is_sane_footer(&chain(120)));
        let whole = footer(&[2, 0, 0]);
        assert!((0..whole.len()).all(|cut| !is_sane_footer(&whole[..cut])));
    }

    #[test]
    fn a_page_header_says_its_sizes() {
        // Type 0, 300 bytes unpacked, 5 packed, a data page of 2 values.
        let bytes = [0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x0a, 0x2c, 0x15, 0x04, 0x00, 0x00, 0xff];
        assert_eq!(page_header(&bytes), Some(PageHeader { unpacked: 300, packed: 5, values: 2 }));
        assert_eq!(page_header(&bytes[..9]), None);
        // A text of 2^40 bytes in place of a number.
        assert_eq!(page_header(&[0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]), None);
    }
}
