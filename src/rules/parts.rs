//! Folded blocks as parts of one text, so that vector code looks at many of them at once.

use std::ops::Range;

/// A folded block that patterns are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    start: usize,
    end: usize,
    /// Its words as tables know them: at least one, and more than any pattern looks at are all the same.
    pub words: u8,
    /// Whether it is of ASCII.
    pub is_ascii: bool,
}

/// Bytes between two parts that are looked at as well when both are: fewer than it takes to begin anew.
const NEAR: usize = 32;

impl Part {
    /// The block of so many words that stands in a range of a text.
    pub fn new(range: Range<usize>, words: u32, is_ascii: bool) -> Part {
        let words = u8::try_from(words.max(1)).unwrap_or(u8::MAX);
        Part { start: range.start, end: range.end, words, is_ascii }
    }

    /// Where it stands in the text.
    #[inline(always)]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Wanted parts that stand one behind the other, with what little lies between them.
pub struct Stretch<'p> {
    /// Where they stand.
    pub range: Range<usize>,
    parts: &'p [Part],
    /// The place of the first among all.
    first: u32,
}

impl<'p> Stretch<'p> {
    /// The stretches of wanted parts.
    pub fn of(parts: &'p [Part], is_wanted: impl Fn(&Part) -> bool) -> impl Iterator<Item = Stretch<'p>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            at += parts[at..].iter().position(&is_wanted)?;
            let first = at;
            let mut range = parts[at].range();
            at += 1;
            while let Some(next) = parts.get(at)
                && is_wanted(next)
                && (range.end..=range.end + NEAR).contains(&next.range().start)
            {
                range.end = next.range().end;
                at += 1;
            }
            Some(Stretch { range, parts: &parts[first..at], first: first as u32 })
        })
    }

    /// The part in which a byte stands, with its place among all.
    #[inline(always)]
    pub fn part_at(&self, place: usize) -> Option<(u32, Part)> {
        let passed = self.parts.partition_point(|part| part.end <= place);
        let part = self.parts.get(passed).filter(|part| part.start <= place)?;
        Some((self.first + passed as u32, *part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_parts_that_stand_close_together_are_one_stretch() {
        let part = |start, end, words| Part::new(start..end, words, true);
        let parts =
            [part(3, 9, 2), part(10, 20, 3), part(21, 30, 60), part(31, 40, 0), part(90, 99, 1), part(50, 60, 1)];
        let stretches: Vec<_> = Stretch::of(&parts, |part| part.words < 9).collect();
        let ranges: Vec<_> = stretches.iter().map(|stretch| (stretch.first, stretch.range.clone())).collect();
        assert_eq!(ranges, [(0, 3..20), (3, 31..40), (4, 90..99), (5, 50..60)]);
    }

    #[test]
    fn a_byte_is_of_the_part_that_holds_it() {
        let parts = [Part::new(3..9, 2, true), Part::new(10..20, 3, false)];
        let stretch = Stretch::of(&parts, |_| true).next().unwrap();
        let part_at = |place| stretch.part_at(place).map(|(at, part)| (at, part.words));
        let places = [2, 3, 8, 9, 10, 19, 20].map(part_at);
        assert_eq!(places, [None, Some((0, 2)), Some((0, 2)), None, Some((1, 3)), Some((1, 3)), None]);
    }
}
