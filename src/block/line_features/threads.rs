//! Threads of posts in plain text: the lines that say who wrote a post and when.
//!
//! A forum's article is its posts, and the lines between them look like husk: a name, a date. What gives a thread away
//! is that dates come again and again with sentences between them, over most of the page.

use super::{Line, Lines};

/// Posts that make a thread.
const MIN_POSTS: usize = 4;
/// Words up to which a line can say when a post was written.
const STAMP_WORDS: u32 = 12;
/// Words up to which a line beside a stamp can say who wrote it.
const NAME_WORDS: u32 = 4;
/// Lines from a stamp to a name, rank or number of the post, at most.
const NAME_REACH: usize = 3;

impl Lines {
    /// For each line whether it is the stamp of a post in a thread, or stands beside one and could be the writer's name.
    pub fn stamps(&self) -> Vec<bool> {
        let all: Vec<u32> = (0..self.items.len() as u32).collect();
        Stamps::of(self, &all).in_thread
    }
}

/// The lines of a page that say when something was written.
pub(super) struct Stamps {
    /// For each line whether it is one.
    pub(super) is_stamp: Vec<bool>,
    /// For each line whether it is the stamp of a post in a thread, or stands beside one and could be the writer's name.
    pub(super) in_thread: Vec<bool>,
}

impl Stamps {
    /// Looks at the lines `alive`.
    pub(super) fn of(lines: &Lines, alive: &[u32]) -> Stamps {
        let line = |at: usize| &lines.items[alive[at] as usize];
        let count = alive.len();
        let is_stamp: Vec<bool> = (0..count)
            .map(|at| {
                let line = line(at);
                line.words <= STAMP_WORDS && line.shape.years + line.shape.times > 0 && !line.is_sentence()
            })
            .collect();
        let mut in_thread = vec![false; count];
        let stamps: Vec<usize> = (0..count).filter(|&at| is_stamp[at]).collect();
        if stamps.len() < MIN_POSTS || !is_thread(&stamps, count, line) {
            return Stamps { is_stamp, in_thread };
        }
        for at in stamps {
            in_thread[at] = true;
            let near = at.saturating_sub(NAME_REACH)..(at + NAME_REACH + 1).min(count);
            for (in_thread, line) in in_thread[near.clone()].iter_mut().zip(near.map(line)) {
                *in_thread |= line.words <= NAME_WORDS && !line.shape.ended;
            }
        }
        Stamps { is_stamp, in_thread }
    }
}

/// True when stamps have sentences before the next, allowing for several stamps a post, and the first comes early: the
/// comments below an article begin late.
fn is_thread<'l>(stamps: &[usize], count: usize, line: impl Fn(usize) -> &'l Line) -> bool {
    let words = |from: usize, to: usize| (from..to).map(|at| line(at).words).sum::<u32>();
    let has_sentence = |from: usize, to: usize| (from..to).any(|at| line(at).sentence_words() > 0);
    let ends = stamps.iter().skip(1).copied().chain([count]);
    let posts = stamps.iter().zip(ends).filter(|&(&from, to)| has_sentence(from + 1, to)).count();
    let before = words(0, stamps[0]);
    posts * 5 >= stamps.len() && posts >= MIN_POSTS && before * 3 <= words(0, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::from_text::segment;
    use crate::limits::Limits;
    use std::borrow::Cow;

    fn stamps(text: &str) -> Vec<bool> {
        Lines::read(&segment(Cow::Borrowed(text), &Limits::default())).stamps()
    }

    #[test]
    fn names_and_dates_between_posts_are_marked() {
        let post = "ann\nJan 4, 2024\nI bought this lens last week and it works for me.\n";
        assert_eq!(stamps(&post.repeat(4)), [true, true, false].repeat(4));
        assert_eq!(stamps(&post.repeat(3)), [false; 9]);
    }

    #[test]
    fn comments_below_an_article_are_no_thread() {
        let article =
            "The council voted on Monday to reopen the ferry, tied up since the bridge was built.\n".repeat(20);
        let comments = "ann\nJan 4, 2024\nWhat a good idea this is, really.\n".repeat(5);
        assert!(!stamps(&(article + &comments)).contains(&true));
    }

    #[test]
    fn dated_headlines_are_no_thread() {
        assert!(!stamps(&"A headline of today\nJan 4, 2024\n".repeat(9)).contains(&true));
    }
}
