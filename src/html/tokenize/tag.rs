//! Tags and their attributes.

use super::{Content, Sink, Tokenizer};
use crate::article::Degraded;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token};
use html5ever::{Attribute, LocalName, QualName, ns};
use std::collections::HashSet;

/// Attributes up to which a name is compared with each before it.
const FEW: usize = 16;

/// Names of the source and what is known of each: the same few come again and again, and an atom that html5ever does
/// not know beforehand costs a lock.
pub struct Names<'s, T> {
    slots: Vec<Option<(&'s str, T)>>,
}

impl<'s, T: Clone> Names<'s, T> {
    const SLOTS: usize = 256;

    pub fn new() -> Self {
        Names { slots: vec![None; Self::SLOTS] }
    }

    /// What `learn` says of a name in lower case, which is asked when the name comes first; `folds` says whether it is to be
    /// [`folded`] first.
    fn get(&mut self, name: &'s str, folds: bool, learn: impl FnOnce(&str) -> T) -> T {
        let learn = |name: &str| if folds { learn(&folded(name)) } else { learn(name) };
        let bytes = name.as_bytes();
        let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return learn(name) };
        let middle = bytes[bytes.len() / 2];
        let mix = usize::from(first) + usize::from(last) * 7 + usize::from(middle) * 31 + bytes.len() * 61;
        let slot = &mut self.slots[mix % Self::SLOTS];
        match slot {
            Some((known, what)) if *known == name => what.clone(),
            _ => slot.insert((name, learn(name))).1.clone(),
        }
    }
}

pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0c)
}

/// True for what ends the name of a tag.
pub fn ends_name(byte: u8) -> bool {
    IN_NAME[byte as usize] & ENDS_TAG_NAME != 0
}

/// What a byte is to a name.
const ENDS_TAG_NAME: u8 = 1;
const ENDS_ATTRIBUTE_NAME: u8 = 2;
const IS_FOLDED: u8 = 4;

/// For each byte what it is to a name, looked up because names are gone through byte by byte.
static IN_NAME: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = match byte as u8 {
            b'/' | b'>' => ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME,
            space if is_space(space) => ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME,
            b'=' => ENDS_ATTRIBUTE_NAME,
            0 | b'A'..=b'Z' => IS_FOLDED,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// A name as the standard has it: in lower case, and no NUL.
pub fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('\0', "\u{fffd}")
}

/// The name at the beginning of `source`, which ends before a byte of the class `ends`, and whether it is to be [`folded`].
/// The first byte belongs to it whatever it is.
fn name(source: &str, ends: u8) -> (&str, bool) {
    let (mut length, mut seen) = (0, 0);
    for byte in source.bytes() {
        let class = IN_NAME[byte as usize];
        if class & ends != 0 && length > 0 {
            break;
        }
        seen |= class;
        length += 1;
    }
    (&source[..length], seen & IS_FOLDED != 0)
}

/// The attributes of a tag that are read.
#[derive(Default)]
struct Attributes {
    list: Vec<Attribute>,
    /// Their names, once they are many.
    names: Option<HashSet<LocalName>>,
    had_duplicates: bool,
}

impl Attributes {
    /// True when the tag has no attribute of that name yet.
    fn is_new(&mut self, name: &LocalName) -> bool {
        let is_new = if self.list.len() < FEW {
            self.list.iter().all(|attribute| attribute.name.local != *name)
        } else {
            let known = || self.list.iter().map(|attribute| attribute.name.local.clone()).collect();
            self.names.get_or_insert_with(known).insert(name.clone())
        };
        self.had_duplicates |= !is_new;
        is_new
    }
}

impl<'s, S: Sink> Tokenizer<'s, S> {
    /// The tag that begins at `open`, from the tag name state on. One that the source ends in is no token.
    pub(super) fn tag(&mut self, open: usize) -> Result<(), Degraded> {
        let bytes = self.bytes();
        let is_end = bytes[open + 1] == b'/';
        let start = open + 1 + usize::from(is_end);
        let (name, folds) = name(&self.source[start..], ENDS_TAG_NAME);
        self.at = start + name.len();
        let name = self.tag_names.get(name, folds, |name| LocalName::from(name));
        let mut attributes = Attributes::default();
        let Some(self_closing) = self.attributes(&mut attributes, is_end)? else { return Ok(()) };
        let tag = Tag {
            kind: if is_end { TagKind::EndTag } else { TagKind::StartTag },
            name,
            self_closing,
            attrs: attributes.list,
            had_duplicate_attributes: attributes.had_duplicates,
        };
        if !is_end {
            self.last_start_tag = Some(tag.name.clone());
        }
        self.content = Content::Data;
        self.emit(open..self.at, Token::TagToken(tag));
        Ok(())
    }

    /// The attribute states, up to the `>` of the tag and past it; whether the tag closes itself, or `None` at the end
    /// of the source.
    fn attributes(&mut self, attributes: &mut Attributes, is_end: bool) -> Result<Option<bool>, Degraded> {
        let bytes = self.bytes();
        let mut count = 0;
        loop {
            match bytes.get(self.at) {
                None => return Ok(None),
                Some(b'>') => {
                    self.at += 1;
                    return Ok(Some(false));
                }
                Some(b'/') if bytes.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(Some(true));
                }
                Some(byte) if is_space(*byte) || *byte == b'/' => self.at += 1,
                Some(_) => {
                    count += 1;
                    if count > self.sink.max_attributes() {
                        return Err(Degraded::Attributes);
                    }
                    self.attribute(attributes, is_end);
                }
            }
        }
    }

    /// One attribute; past its value, or at the end of the source.
    fn attribute(&mut self, attributes: &mut Attributes, is_end: bool) {
        let bytes = self.bytes();
        // A `=` in the first place belongs to the name.
        let (name, folds) = name(&self.source[self.at..], ENDS_ATTRIBUTE_NAME);
        self.at += name.len();
        self.skip_spaces();
        let has_value = bytes.get(self.at) == Some(&b'=');
        if has_value {
            self.at += 1;
            self.skip_spaces();
        }
        let atom_of = |name: &str| self.sink.reads_attribute(name).then(|| LocalName::from(name));
        // The standard ignores the attributes of an end tag.
        let atom = if is_end { None } else { self.attribute_names.get(name, folds, atom_of) };
        let atom = atom.filter(|name| attributes.is_new(name));
        let value = if has_value { self.attribute_value(atom.is_some()) } else { StrTendril::new() };
        if let Some(local) = atom {
            if attributes.list.capacity() == 0 {
                attributes.list = self.sink.spare_list();
            }
            attributes.list.push(Attribute { name: QualName::new(None, ns!(), local), value });
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        let bytes = self.bytes();
        while bytes.get(self.at).is_some_and(|byte| is_space(*byte)) {
            self.at += 1;
        }
    }

    /// The attribute value states, from the first byte that is no space; empty when nobody reads it.
    fn attribute_value(&mut self, is_read: bool) -> StrTendril {
        let bytes = self.bytes();
        let (start, end) = match bytes.get(self.at) {
            None | Some(b'>') => return StrTendril::new(),
            Some(&quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                let end = self.find(quote, start);
                self.at = (end + 1).min(bytes.len());
                (start, end)
            }
            Some(_) => {
                let start = self.at;
                let rest = &bytes[start..];
                let length = rest.iter().position(|byte| is_space(*byte) || *byte == b'>').unwrap_or(rest.len());
                self.at = start + length;
                (start, self.at)
            }
        };
        if !is_read || start == end {
            return StrTendril::new();
        }
        let references = memchr::memchr(b'&', &bytes[start..end]).is_some();
        if references || self.has_control(&(start..end)) {
            return self.replaced(start..end, references, true);
        }
        self.piece(start..end)
    }
}
