//! Comments under an article, and those that a user wants back.

use super::{ALWAYS, Finished, LISTS, Sound, cues};
use crate::block::outline::Cues;
use crate::block::{Block, Blocks, words};
use std::ops::Range;

/// Share of the kept words in posts from which a page is a forum.
const POSTS_SHARE: f32 = 0.3;
/// Stamps of posts in a body from which it is a thread.
const MIN_THREAD_STAMPS: usize = 2;
/// Share of the kept words that stands before a label of comments; a label at the top is a link to them.
const COMMENTS_AFTER: f32 = 0.6;

/// Sentences in parts of comments that come back although they were dropped.
pub fn comments_back(blocks: &Blocks<'_>, parts: &[Cues], is_dropped: impl Fn(usize) -> bool) -> Vec<usize> {
    let comment = cues(&["comment"]);
    let is_sentence = |block: &Block| words::is_sentence(blocks.text_of(block), block.words as usize);
    let says_something = |block: &Block| parts[block.element as usize].meets(comment) && is_sentence(block);
    (0..blocks.items.len()).filter(|&at| is_dropped(at) && says_something(&blocks.items[at])).collect()
}

impl Sound<'_> {
    /// What follows a label of comments after most of the article: everything, where `is_stamped` finds the stamp of a
    /// comment right after the label, and else what stands in a part of comments. `labels` are the blocks that comment
    /// rules name. One stamp alone may be a line with a year after a line that sounds like a label: what stands side by
    /// side with the body's prose goes only where more follow.
    ///
    /// Not on a page whose words stand in posts: there they are what the page is for.
    pub fn comments(&self, labels: &[usize], parts: &[Cues], is_stamped: impl Fn(usize) -> bool) -> Vec<Finished> {
        if self.is_forum(parts) {
            return Vec::new();
        }
        // Words of the first `n` kept blocks at place `n`.
        let mut sums = vec![0];
        sums.extend(self.kept.iter().scan(0, |sum, &at| {
            *sum += self.blocks.items[at].words;
            Some(*sum)
        }));
        let all = sums[self.kept.len()];
        let posts = LISTS.posts;
        let in_post = |at: &&usize| parts[self.blocks.items[**at].element as usize].meets(posts);
        let is_late = |label: &usize| {
            let before = sums[self.kept.partition_point(|at| at < label)];
            before as f32 >= COMMENTS_AFTER * all as f32
        };
        let Some(label) = labels.iter().copied().filter(is_late).min() else { return Vec::new() };
        // Where such stamps stand in the body too the page is a thread or a list of cards, and the label counts the answers
        // to one of them.
        let body = self.head..self.kept.iter().copied().rfind(|at| *at < label).unwrap_or(label);
        let blocks = &self.blocks.items;
        let has_many_stamps = |among: Range<usize>| {
            let stamps = among.filter(|&at| is_stamped(at) && !is_stamped(at + 1));
            stamps.take(MIN_THREAD_STAMPS).count() == MIN_THREAD_STAMPS
        };
        let all = is_stamped(label) && !has_many_stamps(body);
        let is_thread = all && has_many_stamps(label..blocks.len());
        let parent = |at: usize| self.blocks.outline.elements[blocks[at].element as usize].parent;
        let prose = self.kept.iter().copied().rfind(|&at| at < label && self.prose[at]);
        let in_body = |at: usize| prose.is_some_and(|prose| parent(prose) == parent(at));
        let goes = |at: &&usize| all && (is_thread || !in_body(**at)) || in_post(at);
        let after = self.kept.iter().filter(|at| **at >= label).filter(goes);
        after
            .map(|&block| Finished {
                block,
                // Comments read as text does; only the label tells them from it.
                sure_score: ALWAYS,
                evidence: format!("after the label of comments in block {}", label + 1),
            })
            .collect()
    }

    /// Every kept block in a part of comments, unless most of the article stands there.
    pub fn comment_parts(&self, parts: &[Cues]) -> Vec<Finished> {
        let comment = cues(&["comment"]);
        let in_comment = |at: &usize| parts[self.blocks.items[*at].element as usize].meets(comment);
        let words = |at: usize| self.blocks.items[at].words;
        let found: Vec<usize> = self.kept.iter().copied().filter(in_comment).collect();
        let all: u32 = self.kept.iter().copied().map(words).sum();
        if 2 * found.iter().copied().map(words).sum::<u32>() > all {
            return Vec::new();
        }
        let finished = |block| Finished { block, sure_score: ALWAYS, evidence: "in a part called comment".to_owned() };
        found.into_iter().map(finished).collect()
    }

    /// True for a page whose words stand in posts.
    pub(super) fn is_forum(&self, parts: &[Cues]) -> bool {
        let posts = LISTS.posts;
        let words = |at: &&usize| self.blocks.items[**at].words;
        let in_post = |at: &&usize| parts[self.blocks.items[**at].element as usize].meets(posts);
        let all: u32 = self.kept.iter().map(|at| words(&at)).sum();
        let in_posts: u32 = self.kept.iter().filter(in_post).map(|at| words(&at)).sum();
        in_posts as f32 >= POSTS_SHARE * all as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use super::*;

    #[test]
    fn a_label_that_counts_the_answers_to_a_post_ends_no_thread() {
        let post = |name: &str| {
            format!(
                "<p>{name}</p><p>4 May 2024, 10:30</p><p>The {name} boat was late again today, and nobody said why it was.</p>"
            )
        };
        let comment = "<p>7 May 2024, 9:12</p><p>What a fine boat this is, says one of the readers.</p>";
        let after = |body: &str, comments: &str| {
            let (blocks, parts) = page(&format!("{body}{comments}"));
            let article = Sound::new(&blocks, false, |_| true).expect("a sound article");
            let is_stamp = |at: usize| blocks.items.get(at).is_some_and(|block| words::has_date(blocks.text_of(block)));
            let label = at(&blocks, "0 replies");
            let none = vec![Cues::default(); parts.len()];
            article.comments(&[label], &none, |at| is_stamp(at + 1)).len()
        };
        let apart = format!("<div><p>0 replies</p>{comment}</div>");
        assert_eq!(after(STORY, &apart), 3, "the label of a story's comments ends it");
        let thread: String = ["first", "second", "third", "fourth", "fifth", "sixth"].map(post).concat();
        assert_eq!(after(&thread, &apart), 0, "that of a post does not");
        assert_eq!(after(STORY, &format!("<p>0 replies</p>{comment}{comment}")), 5, "nor need they stand apart");
        assert_eq!(after(STORY, &format!("<p>0 replies</p>{comment}")), 0, "but the year of a story is no stamp");
    }
}
