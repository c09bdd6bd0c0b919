//! The judgement of lines of text: which of the lines that are left belong to the article.
//!
//! Two forests over the rows of [`line_features`](crate::block::line_features): one for texts that went through an
//! extractor, which are mostly clean and shall stay so, and one for the whole text of a page, which is mostly husk. A
//! third says which of the two a text is. `scripts/train/lines.py` makes the files.

use super::ModelFiles;
use super::decode::{Favor, by_expected_f};
use super::forest::{Forest, features_hash};
use super::tokens::TokenTable;
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
        let is_page = match self.kind {
            TextKind::Auto => self.models.kind.score(&self.lines.page(alive))[0] > SURELY_PAGE,
            TextKind::Article => false,
            TextKind::Page => true,
        };
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
            false => keep_of_article(&scores, &words, self.favor),
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

/// A line goes when its probability is below the slope times the mean doubt of its page, less the slack, and at most so
/// much.
const SLOPE: f32 = 1.0;
const SLACK: f32 = 0.06;
const MOST: f32 = 0.25;
/// Lines up to which a page says too little about itself to lose one, and how many more say enough; in between a line
/// must be the surer husk the shorter the page is.
const FEW_LINES: f32 = 5.0;
const ENOUGH_LINES: f32 = 60.0;
/// What missed words weigh against wrong ones when more husk shall go than that.
const HARD_RECALL_WEIGHT: f64 = 0.8;

/// What missed words weigh against wrong ones on a whole page.
fn page_recall_weight(favor: Favor) -> f64 {
    match favor {
        Favor::Precision => 0.5,
        Favor::Balanced => 1.0,
        Favor::Recall => 2.0,
    }
}

/// What stays of a text that went through an extractor: the cleaner it looks, the surer a line must be husk to go.
fn keep_of_article(scores: &[f32], words: &[u32], favor: Favor) -> Vec<bool> {
    let mean = scores.iter().map(|p| 1.0 - p).sum::<f32>() / scores.len().max(1) as f32;
    let limit = match favor {
        Favor::Recall => {
            let keep = by_expected_f(scores, words, HARD_RECALL_WEIGHT);
            return if keep.contains(&true) { keep } else { vec![true; scores.len()] };
        }
        Favor::Balanced => {
            (SLOPE * mean - SLACK).min(MOST) * ((scores.len() as f32 - FEW_LINES) / ENOUGH_LINES).clamp(0.0, 1.0)
        }
        Favor::Precision => 0.004,
    };
    scores.iter().map(|p| *p >= limit).collect()
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
    fn a_text_that_looks_clean_is_hardly_touched() {
        let words = [20; 100];
        let mut clean = [0.97; 100];
        clean[9] = 0.1;
        assert!(!keep_of_article(&clean, &words, Favor::Balanced).contains(&false));
        let mut dirty = [0.5; 100];
        dirty[9] = 0.1;
        assert_eq!(keep_of_article(&dirty, &words, Favor::Balanced).iter().filter(|keep| !**keep).count(), 1);
        assert!(!keep_of_article(&dirty, &words, Favor::Precision).contains(&false));
        assert!(!keep_of_article(&dirty[..10], &words[..10], Favor::Balanced).contains(&false));
        assert_eq!(keep_of_article(&[0.01; 3], &[5; 3], Favor::Recall), [true; 3]);
    }
}
