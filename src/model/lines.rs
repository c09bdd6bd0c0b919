//! The judgement of lines of text: which of the lines that are left belong to the article.
//!
//! Two forests over the rows of [`line_features`](crate::block::line_features): one for texts that went through an
//! extractor, and one for the whole text of a page, which is mostly husk. A third says which of the two a text is. Of a
//! text that went through an extractor a fourth says whether there is husk in it at all, by its statistics and by how
//! the doubts of its lines are spread ([`doubt`]): most are clean and shall stay so, and what looks like husk in a
//! clean text is none. `scripts/train/lines.py` makes the files.

use super::decode::{Favor, by_expected_f};
use super::forest::{Forest, features_hash};
use super::tokens::TokenTable;
use super::{ModelFiles, doubt};
use crate::block::line_features::{COUNT, Lines, NAMES, PAGE_NAMES, Weighed};

/// What plain text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Each page is looked at.
    #[default]
    Auto,
    /// What an extractor left: an article with some husk or none.
    Article,
    /// All text of a page, as WET records have it.
    Page,
}

/// The models of lines.
pub struct LineModels {
    article: LineModel,
    page: LineModel,
    kind: Forest,
    dirt: Forest,
}

struct LineModel {
    forest: Forest,
    tokens: TokenTable,
}

impl LineModel {
    fn load(forest: &[u8], tokens: &[u8]) -> Result<LineModel, String> {
        Ok(LineModel { forest: checked(forest, &NAMES)?, tokens: TokenTable::load(tokens)? })
    }
}

/// The names of the values that say whether there is husk in a text, in order.
pub fn dirt_names() -> Vec<&'static str> {
    [&PAGE_NAMES[..], &doubt::NAMES].concat()
}

/// The row of a text: the statistics `page` of the lines that rules left, and how the judgement doubts its lines, as many of
/// which as `ruled` went by rules.
fn dirt_row(mut page: Vec<f32>, scores: &[f32], words: &[u32], ruled: usize) -> Vec<f32> {
    page.extend(doubt::row(scores, words, ruled));
    page
}

/// The row of a text of which rules removed some lines, for training: `rows` are those of all its lines, judged by the
/// forest in the file.
///
/// # Errors
/// What is wrong with the file.
pub fn dirt_row_by(
    forest: &[u8],
    rows: &[f32],
    page: Vec<f32>,
    words: &[u32],
    ruled: usize,
) -> Result<Vec<f32>, String> {
    Ok(dirt_row(page, &checked(forest, &NAMES)?.score(rows), words, ruled))
}

/// A forest that was made for these features.
fn checked(bytes: &[u8], names: &[&str]) -> Result<Forest, String> {
    let forest = Forest::load(bytes)?;
    if forest.features() != names.len() || forest.features_hash() != features_hash(names.iter().copied()) {
        return Err("made for other features than this version computes; train it again".to_owned());
    }
    Ok(forest)
}

/// Probability from which a text counts as a whole page: those that are not must not suffer.
const SURELY_PAGE: f32 = 0.99;

impl LineModels {
    /// The models that are built in.
    pub fn builtin() -> LineModels {
        let load = || {
            Ok::<_, String>(LineModels {
                article: LineModel::load(include_bytes!("text.bin"), include_bytes!("text.tokens.bin"))?,
                page: LineModel::load(include_bytes!("page.bin"), include_bytes!("page.tokens.bin"))?,
                kind: checked(include_bytes!("kind.bin"), &PAGE_NAMES)?,
                dirt: checked(include_bytes!("dirt.bin"), &dirt_names())?,
            })
        };
        load().expect("a test loads the built-in models")
    }

    /// The models in the files of a training, in place of the built-in ones, when they are among them.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn read(files: &ModelFiles) -> Result<LineModels, String> {
        if !files.contains_key("text.bin") {
            return Ok(LineModels::builtin());
        }
        let file = |name: &str| files.get(name).ok_or_else(|| format!("{name} is missing"));
        let model = |name: &str| {
            let (forest, tokens) = (file(&format!("{name}.bin"))?, file(&format!("{name}.tokens.bin"))?);
            LineModel::load(forest, tokens).map_err(|error| format!("{name}: {error}"))
        };
        Ok(LineModels {
            article: model("text")?,
            page: model("page")?,
            kind: checked(file("kind.bin")?, &PAGE_NAMES).map_err(|error| format!("kind: {error}"))?,
            dirt: checked(file("dirt.bin")?, &dirt_names()).map_err(|error| format!("dirt: {error}"))?,
        })
    }

    /// Begins to judge a page. `words` are the words of each line.
    pub fn judgement<'m>(&'m self, lines: &'m Lines, words: &'m [u32], kind: TextKind, favor: Favor) -> Judgement<'m> {
        Judgement {
            models: self,
            lines,
            words,
            kind,
            favor,
            stamps: lines.stamps(),
            weighed: [None, None],
            latest: Vec::new(),
            heard: Vec::new(),
            rows: Vec::new(),
            model: &self.article,
        }
    }
}

/// A line that should go.
pub struct Dropped {
    /// Which line of the page.
    pub line: u32,
    /// How sure that is, 0 to 1.
    pub score: f32,
    row: Vec<f32>,
}

/// A page that is being judged.
pub struct Judgement<'m> {
    models: &'m LineModels,
    lines: &'m Lines,
    words: &'m [u32],
    kind: TextKind,
    favor: Favor,
    /// For each line whether it names the writer or the date of a post in a thread.
    stamps: Vec<bool>,
    /// What the tokens of each line weigh, for either model, when it was asked for.
    weighed: [Option<Vec<Weighed>>; 2],
    /// The probabilities that were found last.
    latest: Vec<f32>,
    /// The lines that they belong to.
    heard: Vec<u32>,
    /// The rows that they were made of.
    rows: Vec<f32>,
    /// The model that was asked last.
    model: &'m LineModel,
}

impl Judgement<'_> {
    /// Which of the lines that are left, `alive`, should go. `all` are those lines too that went already, when they
    /// shall bear witness: what stands beside husk is husk more often.
    pub fn dropped(&mut self, alive: &[u32], all: Option<&[u32]>) -> Vec<Dropped> {
        if alive.is_empty() {
            return Vec::new();
        }
        // A text that is said to be a whole page is asked nothing about itself.
        let statistics = if self.kind == TextKind::Page { Vec::new() } else { self.lines.page(alive) };
        let is_page = match self.kind {
            TextKind::Auto => self.models.kind.score(&statistics)[0] > SURELY_PAGE,
            TextKind::Article => false,
            TextKind::Page => true,
        };
        let ruled = all.map_or(0, |all| all.len() - alive.len());
        self.model = if is_page { &self.models.page } else { &self.models.article };
        let alive = if is_page { alive } else { all.unwrap_or(alive) };
        let tokens = &self.model.tokens;
        let weighed =
            self.weighed[usize::from(is_page)].get_or_insert_with(|| self.lines.weigh(|token| tokens.weight(token)));
        let rows = self.lines.rows(alive, weighed);
        let scores = self.model.forest.score(&rows);
        let words: Vec<u32> = alive.iter().map(|&at| self.words[at as usize]).collect();
        let keep = match is_page {
            true => by_expected_f(&scores, &words, page_recall_weight(self.favor)),
            false => {
                let dirt = self.models.dirt.score(&dirt_row(statistics, &scores, &words, ruled))[0];
                let stamps: Vec<bool> = alive.iter().map(|&at| self.stamps[at as usize]).collect();
                keep_of_article(&scores, &words, dirt, &stamps, self.favor)
            }
        };
        (self.latest, self.heard, self.rows) = (scores, alive.to_vec(), rows);
        let (scores, rows) = (&self.latest, &self.rows);
        let gone = (0..alive.len()).filter(|&place| !keep[place]);
        gone.map(|place| Dropped {
            line: alive[place],
            score: 1.0 - scores[place],
            row: rows[place * COUNT..(place + 1) * COUNT].to_vec(),
        })
        .collect()
    }

    /// The probability of each line of the page; those that were not among the ones `alive` that were asked for last have
    /// none.
    pub fn scores(&self, alive: &[u32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.words.len()];
        for (&at, score) in alive.iter().zip(&self.latest) {
            scores[at as usize] = *score;
        }
        scores
    }

    /// True when the lines were judged as those of a whole page.
    pub fn is_page(&self) -> bool {
        std::ptr::eq(self.model, &self.models.page)
    }

    /// The three features that weighed most for or against the line, in log-odds.
    pub fn explain(&self, dropped: &Dropped) -> String {
        self.explain_row(&dropped.row)
    }

    /// Tells of each line that was asked for last its probability and the features that weighed most in it.
    pub fn explain_all(&self, mut tell: impl FnMut(usize, f32, String)) {
        for ((&line, &score), row) in self.heard.iter().zip(&self.latest).zip(self.rows.chunks(COUNT)) {
            tell(line as usize, score, self.explain_row(row));
        }
    }

    fn explain_row(&self, row: &[f32]) -> String {
        const SHOWN: usize = 3;
        let most = self.model.forest.explain(row, SHOWN);
        let shown: Vec<String> = most.iter().map(|(at, part)| format!("{} {part:+.1}", NAMES[*at])).collect();
        shown.join(", ")
    }
}

/// A line goes when what speaks for it is less than a cut: the first one for a line of up to `FEW_WORDS`, the second for one
/// of `MANY_WORDS` or more, which says more about itself and is worth more.
struct Cuts {
    text: [f32; 2],
    /// In a thread, whose posts say "Thanks" and "Try this one" as prompts do.
    thread: [f32; 2],
    /// For the names and dates of a thread's posts, whose place says more about them than their words.
    stamp: f32,
}

const FEW_WORDS: f32 = 6.0;
const MANY_WORDS: f32 = 20.0;

fn cuts(favor: Favor) -> Cuts {
    match favor {
        // Next to nothing goes.
        Favor::Precision => Cuts { text: [0.004; 2], thread: [0.004; 2], stamp: 0.004 },
        Favor::Balanced => Cuts { text: [0.19, 0.26], thread: [0.11, 0.18], stamp: 0.05 },
        Favor::Recall => Cuts { text: [0.55, 0.65], thread: [0.45, 0.55], stamp: 0.3 },
    }
}

/// What missed words weigh against wrong ones on a whole page.
fn page_recall_weight(favor: Favor) -> f64 {
    match favor {
        Favor::Precision => 0.5,
        Favor::Balanced => 1.0,
        Favor::Recall => 2.0,
    }
}

/// What stays of a text that went through an extractor and holds husk with the probability `dirt`: a line that is husk if
/// the text is dirty is husk as surely as both. `stamps` says which lines are those of a thread's posts, if it is one.
fn keep_of_article(scores: &[f32], words: &[u32], dirt: f32, stamps: &[bool], favor: Favor) -> Vec<bool> {
    let cuts = cuts(favor);
    let [few, many] = if stamps.contains(&true) { cuts.thread } else { cuts.text };
    let cut = |words: u32| few + (many - few) * ((words as f32 - FEW_WORDS) / (MANY_WORDS - FEW_WORDS)).clamp(0.0, 1.0);
    let stays = |at: usize| 1.0 - (1.0 - scores[at]) * dirt >= cut(words[at]) || stamps[at] && scores[at] > cuts.stamp;
    let keep: Vec<bool> = (0..scores.len()).map(stays).collect();
    // A text is about something.
    if keep.contains(&true) { keep } else { vec![true; scores.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_models_are_made_for_these_features() {
        LineModels::builtin();
    }

    #[test]
    fn models_of_other_features_are_refused() {
        let wrong = checked(include_bytes!("kind.bin"), &NAMES).err();
        assert_eq!(wrong.as_deref(), Some("made for other features than this version computes; train it again"));
    }

    #[test]
    fn a_line_goes_as_surely_as_it_is_husk_in_a_dirty_text() {
        let kept = |p: f32, words: u32, dirt: f32, favor: Favor| {
            keep_of_article(&[0.9, p, 0.9], &[20, words, 20], dirt, &[false; 3], favor)[1]
        };
        assert!(!kept(0.1, 3, 1.0, Favor::Balanced));
        assert!(kept(0.1, 3, 0.5, Favor::Balanced), "the text may be clean");
        assert!(kept(0.22, 3, 1.0, Favor::Balanced) && !kept(0.22, 30, 1.0, Favor::Balanced));
        assert!(kept(0.01, 30, 1.0, Favor::Precision) && !kept(0.3, 3, 1.0, Favor::Recall));
        assert_eq!(keep_of_article(&[0.01; 3], &[5; 3], 1.0, &[false; 3], Favor::Balanced), [true; 3]);
    }

    #[test]
    fn posts_and_stamps_of_a_thread_stay_in_doubt() {
        let stamps = [true, false, true, false];
        let keep = keep_of_article(&[0.1, 0.3, 0.04, 0.15], &[2, 30, 2, 30], 1.0, &stamps, Favor::Balanced);
        assert_eq!(keep, [true, true, false, false]);
    }
}
