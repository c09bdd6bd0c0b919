//! An expression as the build script stores it and a run reads it, which takes a fraction of what parsing its source takes.
//!
//! Each node is a byte that says what it is, its numbers, seven bits a byte, and what stands below it.

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};
use std::borrow::Cow;

const EMPTY: u8 = 0;
const LITERAL: u8 = 1;
const CLASS: u8 = 2;
const LOOK: u8 = 3;
const REPETITION: u8 = 4;
const CONCAT: u8 = 5;
const ALTERNATION: u8 = 6;
const UNICODE_CLASS: u8 = 7;

/// An expression as bytes; its groups are none any more.
pub fn write(hir: &Hir) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(hir, &mut bytes);
    bytes
}

fn push(hir: &Hir, bytes: &mut Vec<u8>) {
    let mut push_all = |kind: u8, parts: &[Hir]| {
        bytes.push(kind);
        push_number(parts.len() as u32, bytes);
        parts.iter().for_each(|part| push(part, bytes));
    };
    match hir.kind() {
        HirKind::Empty => bytes.push(EMPTY),
        HirKind::Literal(literal) => {
            bytes.push(LITERAL);
            push_number(literal.0.len() as u32, bytes);
            bytes.extend(&literal.0);
        }
        HirKind::Class(class) => {
            let of_bytes = match class {
                Class::Bytes(class) => Ok(Cow::Borrowed(class)),
                Class::Unicode(class) => class.to_byte_class().map(Cow::Owned).ok_or(class),
            };
            match of_bytes {
                Ok(class) => {
                    bytes.push(CLASS);
                    push_number(class.ranges().len() as u32, bytes);
                    bytes.extend(class.ranges().iter().flat_map(|range| [range.start(), range.end()]));
                }
                Err(class) => {
                    bytes.push(UNICODE_CLASS);
                    push_number(class.ranges().len() as u32, bytes);
                    let bounds = class.ranges().iter().flat_map(|range| [range.start(), range.end()]);
                    bounds.for_each(|bound| push_number(bound.into(), bytes));
                }
            }
        }
        HirKind::Look(look) => {
            bytes.push(LOOK);
            push_number(look.as_repr(), bytes);
        }
        HirKind::Repetition(repetition) => {
            bytes.extend([REPETITION, u8::from(repetition.greedy)]);
            push_number(repetition.min, bytes);
            // No bound is one less than none.
            push_number(repetition.max.map_or(0, |max| max + 1), bytes);
            push(&repetition.sub, bytes);
        }
        HirKind::Capture(capture) => push(&capture.sub, bytes),
        HirKind::Concat(parts) => push_all(CONCAT, parts),
        HirKind::Alternation(choices) => push_all(ALTERNATION, choices),
    }
}

fn push_number(mut number: u32, bytes: &mut Vec<u8>) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The expression that [`write()`] wrote; none when the bytes are no such.
#[allow(dead_code, reason = "the build script writes, the program reads")]
pub fn read(mut bytes: &[u8]) -> Option<Hir> {
    take(&mut bytes).filter(|_| bytes.is_empty())
}

fn take(bytes: &mut &[u8]) -> Option<Hir> {
    let kind = *bytes.split_off_first()?;
    Some(match kind {
        EMPTY => Hir::empty(),
        LITERAL => {
            let count = take_number(bytes)? as usize;
            Hir::literal(bytes.split_off(..count)?)
        }
        CLASS => {
            let count = take_number(bytes)? as usize;
            let ranges = bytes.split_off(..2 * count)?.as_chunks().0;
            Hir::class(Class::Bytes(ClassBytes::new(
                ranges.iter().map(|[first, last]| ClassBytesRange::new(*first, *last)),
            )))
        }
        UNICODE_CLASS => {
            let count = take_number(bytes)?;
            let mut bound = || char::from_u32(take_number(bytes)?);
            let ranges: Option<Vec<_>> = (0..count).map(|_| Some(ClassUnicodeRange::new(bound()?, bound()?))).collect();
            Hir::class(Class::Unicode(ClassUnicode::new(ranges?)))
        }
        LOOK => Hir::look(Look::from_repr(take_number(bytes)?)?),
        REPETITION => {
            let greedy = *bytes.split_off_first()? == 1;
            let (min, max) = (take_number(bytes)?, take_number(bytes)?.checked_sub(1));
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(take(bytes)?) })
        }
        CONCAT => Hir::concat(take_all(bytes)?),
        ALTERNATION => Hir::alternation(take_all(bytes)?),
        _ => return None,
    })
}

fn take_all(bytes: &mut &[u8]) -> Option<Vec<Hir>> {
    (0..take_number(bytes)?).map(|_| take(bytes)).collect()
}

fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for place in 0..5 {
        let byte = *bytes.split_off_first()?;
        number |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        for source in [
            "",
            "a",
            r"(?-u)^log (?:in|out)\b[a-z ]{0,9}(?:now|[.!]+?)*$",
            r"(?-u)x{2,}y{3}[^a]",
            r"^log [éü-я]{0,9}\b[^日本x]+é?",
            r"^лог (?:in|вход)[^a-z ]$",
            &"(?-u)a+b".repeat(200),
            &format!("(?-u)({})", "some words ".repeat(40)),
        ] {
            let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(source).unwrap();
            let found = read(&write(&hir)).unwrap();
            // A group is one to its own text only.
            assert_eq!(found.to_string().replace(['(', ')'], ""), hir.to_string().replace(['(', ')'], ""));
            assert_eq!(write(&found), write(&hir));
        }
    }

    #[test]
    fn bytes_that_are_no_expression_are_none() {
        let whole = write(&regex_syntax::parse("log (?:in|out)[.!]{2,3}$").unwrap());
        assert!((0..whole.len()).all(|end| read(&whole[..end]).is_none()));
        assert!(read(&[&whole[..], &[EMPTY]].concat()).is_none() && read(&[ALTERNATION + 1]).is_none());
    }
}
