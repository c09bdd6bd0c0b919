//! The account of a page: every block in reading order with what was decided about it and why.
//!
//! [`Cleaner::explain`](crate::Cleaner::explain) makes an [`Account`] with the judgement that
//! [`clean`](crate::Cleaner::clean) would come to; the article in it is the same, byte for byte. The blocks that were
//! removed are those of [`Article::removals`], the others say what kept them.

use crate::article::{Article, BlockKind, Place, Reason};
use crate::block::{Blocks, Gap};
use crate::normalize::normalize;
use std::borrow::Cow;

/// What one page became, block by block.
#[derive(Clone, Debug)]
pub struct Account {
    /// The article that [`clean`](crate::Cleaner::clean) makes of the page.
    pub article: Article,
    /// Every block that says something, in reading order.
    pub blocks: Vec<AccountBlock>,
}

/// A block of a page and what was decided about it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountBlock {
    /// Its number on the page, from 1, which evidence may name; a block without text has a number and no entry.
    pub number: usize,
    /// What the block is.
    pub kind: BlockKind,
    /// Where it stood.
    pub place: Place,
    /// What it says, normalized as the article's text is, without the marker of a list.
    pub text: String,
    /// Words of the block before it was normalized.
    pub words: usize,
    /// True where a browser shows nothing of it as served.
    pub hidden: bool,
    /// True when a blank line or the like divides it from the block before.
    pub begins_paragraph: bool,
    /// What was decided.
    pub decision: Decision,
    /// How sure the decision is, 0 to 1: of a removal as in [`Removal::score`](crate::Removal::score), of a block that
    /// the judgement kept its probability; a guard is sure.
    pub score: f32,
    /// What decided: words that a rule or guard matched, the copy that was kept, the features that weighed most in
    /// log-odds, those with a plus for the article.
    pub evidence: String,
    /// Ids of the rules whose words stand in the block and that did not act: they act at another place, or not alone,
    /// or the keep list names them, or what the page is about sets them at rest.
    pub passed_over: Vec<String>,
}

/// What was decided about a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is in the article.
    Kept(Ground),
    /// It is not.
    Removed(Reason),
}

/// What kept a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A guard, by its id.
    Guard(String),
    /// The user's keep list.
    KeepList,
    /// The judgement found the article, or found no husk.
    Judgement,
    /// It was judged out and came back, since the article around it is sound.
    Finish,
    /// No rule names it, and nothing else was asked.
    Unnamed,
}

impl Decision {
    /// True when the block is in the article.
    pub fn is_kept(&self) -> bool {
        matches!(self, Decision::Kept(_))
    }

    /// The id of the rule, guard or stage that decided.
    pub fn id(&self) -> &str {
        match self {
            Decision::Removed(reason) => reason.id(),
            Decision::Kept(Ground::Guard(id)) => id,
            Decision::Kept(Ground::KeepList) => "keep-list",
            Decision::Kept(Ground::Judgement) => "judgement",
            Decision::Kept(Ground::Finish) => "finish",
            Decision::Kept(Ground::Unnamed) => "unnamed",
        }
    }

    /// The part of the id before the slash.
    pub fn family(&self) -> &str {
        self.id().split('/').next().unwrap_or_default()
    }
}

/// What kept a block, with what it is owed to.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) ground: Ground,
    pub(crate) score: f32,
    pub(crate) evidence: String,
}

/// What was noted about the blocks of a page: what kept each (nothing for one that went), and the rules that were passed
/// over.
pub(crate) type Grounds = Vec<(Option<Kept>, Vec<String>)>;

/// The entries of the blocks from which `article` was made.
pub(crate) fn entries(blocks: &Blocks<'_>, grounds: Grounds, article: &Article) -> Vec<AccountBlock> {
    let residues = blocks.format == crate::article::Format::Text;
    let (mut kept, mut removals) = (article.blocks.iter(), article.removals.iter());
    let mut entries = Vec::with_capacity(grounds.len());
    let mut gap = Gap::Joined;
    for ((at, block), (ground, passed_over)) in blocks.items.iter().enumerate().zip(grounds) {
        gap = gap.max(block.gap);
        let (decision, score, evidence, text, place) = match ground {
            Some(Kept { ground, score, evidence }) => {
                let text = normalize(blocks.text_of(block), residues);
                if text.is_empty() {
                    continue;
                }
                let Some(kept) = kept.next() else { break };
                (Decision::Kept(ground), score, evidence, text, &kept.place)
            }
            None => {
                let Some(removal) = removals.next() else { break };
                let decision = Decision::Removed(removal.reason.clone());
                (decision, removal.score, removal.evidence.clone(), Cow::Borrowed(&*removal.text), &removal.place)
            }
        };
        if text.is_empty() {
            continue;
        }
        entries.push(AccountBlock {
            number: at + 1,
            kind: block.kind,
            place: place.clone(),
            text: text.into_owned(),
            words: block.words as usize,
            hidden: block.hidden || block.noscript,
            begins_paragraph: gap == Gap::Paragraph,
            decision,
            score,
            evidence,
            passed_over,
        });
        gap = Gap::Joined;
    }
    entries
}
