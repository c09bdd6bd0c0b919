//! The judgement of lines of text: which of the lines that are left belong to the article.
//!
//! Two forests over the rows of [`line_features`](crate::block::line_features): one for texts that went through an
//! extractor, and one for the whole text of a page, which is mostly husk. The first judges every text whose kind nobody
//! has said; by the text's statistics and by how the doubts of its lines are spread ([`doubt`]) a third forest says whether it
//! is a whole page, which the second judges then, and a fourth whether there is husk in it at all: most texts that went
//! through an extractor are clean and shall stay so, and what looks like husk in a clean text is none.
//! `scripts/train/lines.py` makes the files.

use super::decode::{Favor, by_expected_f};
use super::forest::{Forest, features_hash};
use super::tokens::TokenTables;
use super::{ModelFiles, doubt};
use crate::block::Blocks;
use crate::block::code::is_code;
use crate::block::columns::{Columns, GROUP};
use crate::block::line_features::{Lines, Look, NAMES, PAGE_NAMES, TABLES, Weighed};

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
    article: Forest,
    page: Forest,
    /// Those of texts that went through an extractor, and of whole pages.
    tokens: TokenTables<TABLES>,
    kind: Forest,
    dirt: Forest,
}

/// The names of the values that say whether a text is a whole page and whether there is husk in it, in order.
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
    rows: &Columns,
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
fn surely_page(favor: Favor) -> f32 {
    match favor {
        Favor::Precision => 0.999,
        // From 0.985 to 0.995 whole pages score .828 to .817 with domains held out; below, articles that are lists lose lines.
        Favor::Balanced | Favor::Recall => 0.99,
    }
}

/// The files that are built in.
const FILES: [(&str, &[u8]); 6] = [
    ("text.bin", include_bytes!("text.bin")),
    ("text.tokens.bin", include_bytes!("text.tokens.bin")),
    ("page.bin", include_bytes!("page.bin")),
    ("page.tokens.bin", include_bytes!("page.tokens.bin")),
    ("kind.bin", include_bytes!("kind.bin")),
    ("dirt.bin", include_bytes!("dirt.bin")),
];

impl LineModels {
    /// The models that are built in.
    pub fn builtin() -> LineModels {
        let file = |name: &str| FILES.iter().find(|(known, _)| *known == name).map(|(_, file)| *file);
        LineModels::load(file).expect("a test loads the built-in models")
    }

    /// The models in the files of a training, in place of the built-in ones, when they are among them.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn read(files: &ModelFiles) -> Result<LineModels, String> {
        match FILES.iter().any(|(name, _)| files.contains_key(*name)) {
            true => LineModels::load(|name| files.get(name).map(Vec::as_slice)),
            false => Ok(LineModels::builtin()),
        }
    }

    /// The models in the files of these names.
    fn load<'f>(file: impl Fn(&str) -> Option<&'f [u8]>) -> Result<LineModels, String> {
        let file = |name: &str| file(name).ok_or_else(|| format!("{name} is missing"));
        let forest =
            |name: &str, features: &[&str]| checked(file(name)?, features).map_err(|error| format!("{name}: {error}"));
        let tokens = [file("text.tokens.bin")?, file("page.tokens.bin")?];
        Ok(LineModels {
            article: forest("text.bin", &NAMES)?,
            page: forest("page.bin", &NAMES)?,
            tokens: TokenTables::load(tokens).map_err(|error| format!("tokens: {error}"))?,
            kind: forest("kind.bin", &dirt_names())?,
            dirt: forest("dirt.bin", &dirt_names())?,
        })
    }

    /// Begins to judge the blocks of a page, which `lines` were read from.
    pub fn judgement<'m>(
        &'m self,
        lines: &'m Lines,
        blocks: &'m Blocks<'m>,
        kind: TextKind,
        favor: Favor,
    ) -> Judgement<'m> {
        Judgement {
            models: self,
            lines,
            blocks,
            kind,
            favor,
            stamps: lines.stamps(),
            weighed: lines.weigh(self.tokens.scales(), |token| self.tokens.weights(token)),
            latest: Vec::new(),
            heard: Vec::new(),
            look: Look::default(),
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
    /// Its place among the lines that were asked for.
    place: u32,
}

/// A page that is being judged.
pub struct Judgement<'m> {
    models: &'m LineModels,
    lines: &'m Lines,
    blocks: &'m Blocks<'m>,
    kind: TextKind,
    favor: Favor,
    /// For each line whether it names the writer or the date of a post in a thread.
    stamps: Vec<bool>,
    /// What the words of each line say.
    weighed: Vec<[Weighed; TABLES]>,
    /// The probabilities that were found last.
    latest: Vec<f32>,
    /// The lines that they belong to.
    heard: Vec<u32>,
    /// What they were made of.
    look: Look,
    /// The model that was asked last.
    model: &'m Forest,
}

impl<'m> Judgement<'m> {
    /// Which of the lines that are left, `alive`, should go. `all` are those lines too that went already, when they
    /// shall bear witness: what stands beside husk is husk more often.
    pub fn dropped(&mut self, alive: &[u32], all: Option<&[u32]>) -> Vec<Dropped> {
        if alive.is_empty() {
            return Vec::new();
        }
        let article = (self.kind != TextKind::Page).then(|| self.kept_of_article(alive, all));
        let keep = article.flatten().unwrap_or_else(|| self.kept_of_page(alive));
        let gone = (0..keep.len()).filter(|&place| !keep[place]);
        let dropped = |place| Dropped { line: self.heard[place], score: 1.0 - self.latest[place], place: place as u32 };
        gone.map(dropped).collect()
    }

    /// Which lines stay of a text that went through an extractor; `None` when it turns out to be a whole page.
    fn kept_of_article(&mut self, alive: &[u32], all: Option<&[u32]>) -> Option<Vec<bool>> {
        self.hear(&self.models.article, all.unwrap_or(alive));
        let words = self.words_heard();
        let ruled = self.heard.len() - alive.len();
        let page = if ruled == 0 { self.look.page.clone() } else { self.lines.page(alive) };
        let row = dirt_row(page, &self.latest, &words, ruled);
        if self.kind == TextKind::Auto {
            let is_page = self.models.kind.score_row(&row) > surely_page(self.favor);
            // What is left of a text is never more of a page than the text was.
            self.kind = if is_page { TextKind::Page } else { TextKind::Article };
            if is_page {
                return None;
            }
        }
        let dirt = self.models.dirt.score_row(&row);
        let is_thread = self.heard.iter().any(|&at| self.stamps[at as usize]);
        let cuts = cuts(self.favor, is_thread);
        let body = self.heard.iter().position(|&at| self.lines.is_long(at as usize)).unwrap_or_default();
        let head = body.saturating_sub(HEAD_LINES)..body;
        let spared = |place: usize| match self.heard[place] as usize {
            at if is_code(self.blocks.text_of(&self.blocks.items[at])) => Some(cuts.code),
            at if self.stamps[at] => Some(cuts.stamp),
            _ => head.contains(&place).then_some(cuts.head),
        };
        Some(keep_of_article(&self.latest, &words, dirt, spared, cuts.text))
    }

    fn kept_of_page(&mut self, alive: &[u32]) -> Vec<bool> {
        self.hear(&self.models.page, alive);
        by_expected_f(&self.latest, &self.words_heard(), page_recall_weight(self.favor))
    }

    /// Asks a model about lines.
    fn hear(&mut self, model: &'m Forest, lines: &[u32]) {
        self.model = model;
        if self.heard != lines {
            self.look = self.lines.look(lines, &self.weighed);
            self.heard = lines.to_vec();
        }
        self.latest = model.score(&self.look.rows);
    }

    fn words_heard(&self) -> Vec<u32> {
        self.heard.iter().map(|&at| self.blocks.items[at as usize].words).collect()
    }

    /// The probability of each line of the page; those that were not among the ones `alive` that were asked for last have
    /// none.
    pub fn scores(&self, alive: &[u32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.blocks.items.len()];
        for (&at, score) in alive.iter().zip(&self.latest) {
            scores[at as usize] = *score;
        }
        scores
    }

    /// True when the lines were judged as those of a whole page.
    pub fn is_page(&self) -> bool {
        std::ptr::eq(self.model, &self.models.page)
    }

    /// For each of these lines the three features that weighed most for or against it, in log-odds.
    pub fn explain(&self, dropped: &[Dropped]) -> Vec<String> {
        // Not all of them at once: the rows of a long text take as much memory again.
        let of_group = |dropped: &[Dropped]| {
            let places: Vec<u32> = dropped.iter().map(|dropped| dropped.place).collect();
            let mut rows = Columns::new(places.len(), NAMES.len());
            rows.push_picked(&self.look.rows, &places);
            super::explain(self.model, &rows, &NAMES)
        };
        dropped.chunks(GROUP).flat_map(of_group).collect()
    }

    /// Tells of each line that was asked for last its probability and the features that weighed most in it.
    pub fn explain_all(&self, mut tell: impl FnMut(usize, f32, String)) {
        let explained = super::explain(self.model, &self.look.rows, &NAMES);
        for ((&line, &score), weights) in self.heard.iter().zip(&self.latest).zip(explained) {
            tell(line as usize, score, weights);
        }
    }
}

/// A line goes when what speaks for it is less than a cut.
struct Cuts {
    /// For a line of up to `FEW_WORDS`, and for one of `MANY_WORDS` or more, which is prose or a caption sooner than a label.
    text: [f32; 2],
    /// For the names and dates of a thread's posts, whose place says more about them than their words.
    stamp: f32,
    /// For the lines right above the first long one, where headline, byline and date stand.
    head: f32,
    /// For code, whose signs say more about it than its words.
    code: f32,
}

/// Lines above the first long one that may be headline, byline, date and caption, with prompts between them.
const HEAD_LINES: usize = 8;
const FEW_WORDS: f32 = 4.0;
const MANY_WORDS: f32 = 10.0;

/// The posts of a thread say "Thanks" and "Try this one" as prompts do.
fn cuts(favor: Favor, is_thread: bool) -> Cuts {
    let (text, stamp, head, code) = match (favor, is_thread) {
        // Next to nothing goes.
        (Favor::Precision, _) => ([0.004; 2], 0.004, 0.004, 0.004),
        (Favor::Balanced, false) => ([0.35, 0.18], 0.15, 0.12, 0.02),
        (Favor::Balanced, true) => ([0.19, 0.18], 0.15, 0.12, 0.02),
        (Favor::Recall, false) => ([0.55, 0.65], 0.3, 0.3, 0.1),
        (Favor::Recall, true) => ([0.45, 0.55], 0.3, 0.3, 0.1),
    };
    Cuts { text, stamp, head, code }
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
/// the text is dirty is husk as surely as both. `cuts` are for few and many words, `spared` says for which lines another counts
/// whatever the text is.
fn keep_of_article(
    scores: &[f32],
    words: &[u32],
    dirt: f32,
    spared: impl Fn(usize) -> Option<f32>,
    [few, many]: [f32; 2],
) -> Vec<bool> {
    let cut = |words: u32| few + (many - few) * ((words as f32 - FEW_WORDS) / (MANY_WORDS - FEW_WORDS)).clamp(0.0, 1.0);
    let stays =
        |at: usize| 1.0 - (1.0 - scores[at]) * dirt >= cut(words[at]) || spared(at).is_some_and(|cut| scores[at] > cut);
    let keep: Vec<bool> = (0..scores.len()).map(stays).collect();
    // A text is about something.
    if keep.contains(&true) { keep } else { vec![true; scores.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Format, Hints};

    #[test]
    fn the_built_in_models_are_made_for_these_features() {
        LineModels::builtin();
    }

    fn cleaned(text: &str, kind: TextKind) -> String {
        let cleaner = Cleaner::builder().text_kind(kind).build().expect("the built-in models");
        let hints = Hints { format: Some(Format::Text), ..Hints::default() };
        cleaner.clean(text.as_bytes(), &hints).expect("a text").text
    }

    #[test]
    fn a_text_with_the_menus_of_its_page_is_a_whole_page_and_its_article_alone_is_none() {
        const MENU: &str = "Skip to content\nHome\nNews\nSport\nCulture\nOpinion\nLog in\nRegister\nSubscribe\nSearch\nMenu\nWeather\n\
            Jobs\nCars\nHomes\nPuzzles\nShare on Facebook\nShare on X\nPrint\n";
        const TOPICS: &str = "Politics\nBusiness\nTechnology\nScience\nHealth\nEducation\nTravel\nFood\nFashion\nBooks\nMusic\nFilm\nTheatre\n\
            Television\nFootball\nCricket\nTennis\nCycling\nRugby\nGolf\nProperty\nMoney\nPodcasts\nVideo\nPictures\nLetters\nObituaries\n\
            Crosswords\nHoroscopes\nRecipes\n";
        const ARTICLE: &str = "Ferry sails again after forty years\nThe council voted on Monday to reopen the ferry, tied up \
            since the old bridge was built in 1987.\nThe boat will cross the river every twenty minutes, from six in the \
            morning until eleven at night, and carry bicycles free of charge.\nShipwrights in the next town spent two \
            winters on the hull, and the engine, which had been sold for scrap, was found in a barn.\nThe mayor said that \
            nobody had believed in it at first, but that the first tickets were sold out within an hour.\n";
        const FOOT: &str = "Related articles\nBridge to close for repairs\nTen walks along the river\nMost read\nLeave a comment\nYour name\n\
            Your email\nAbout us\nContact\nAdvertise\nPrivacy policy\nCookie settings\nTerms of use\nSitemap\nRSS\nFollow us\nFacebook\n\
            Instagram\nYouTube\nNewsletter\nEnter your email\nSign up\n© 2024 River News Ltd. All rights reserved.\n";
        let page = [MENU, TOPICS, ARTICLE, FOOT, TOPICS].concat();
        assert_eq!(cleaned(&page, TextKind::Auto), cleaned(&page, TextKind::Page));
        assert_ne!(cleaned(&page, TextKind::Auto), cleaned(&page, TextKind::Article));
        for text in [ARTICLE, &[ARTICLE, "Share on Facebook\nRelated articles\n"].concat()] {
            assert_eq!(cleaned(text, TextKind::Auto), cleaned(text, TextKind::Article));
            assert_ne!(cleaned(text, TextKind::Auto), cleaned(text, TextKind::Page));
        }
    }

    #[test]
    fn models_of_other_features_are_refused() {
        let wrong = checked(include_bytes!("kind.bin"), &NAMES).err();
        assert_eq!(wrong.as_deref(), Some("made for other features than this version computes; train it again"));
    }

    #[test]
    fn a_line_goes_as_surely_as_it_is_husk_in_a_dirty_text() {
        let kept = |p: f32, words: u32, dirt: f32, favor: Favor| {
            keep_of_article(&[0.9, p, 0.9], &[20, words, 20], dirt, |_| None, cuts(favor, false).text)[1]
        };
        assert!(!kept(0.1, 3, 1.0, Favor::Balanced));
        assert!(kept(0.1, 3, 0.5, Favor::Balanced), "the text may be clean");
        assert!(!kept(0.25, 3, 1.0, Favor::Balanced) && kept(0.25, 30, 1.0, Favor::Balanced));
        assert!(kept(0.01, 30, 1.0, Favor::Precision) && !kept(0.35, 3, 1.0, Favor::Recall));
        let balanced = cuts(Favor::Balanced, false).text;
        assert_eq!(keep_of_article(&[0.01; 3], &[5; 3], 1.0, |_| None, balanced), [true; 3]);
    }

    #[test]
    fn posts_and_stamps_of_a_thread_stay_in_doubt() {
        let Cuts { text, stamp, .. } = cuts(Favor::Balanced, true);
        let spared = [Some(stamp), None, Some(stamp), None];
        let keep = keep_of_article(&[0.16, 0.3, 0.04, 0.16], &[2, 30, 2, 30], 1.0, |at| spared[at], text);
        assert_eq!(keep, [true, true, false, false]);
    }

    #[test]
    fn code_stays_where_prose_as_doubtful_goes() {
        let article =
            "The sheet of a ferry has a row for each crossing, and a small program adds up what was paid in a day.\n\n";
        let code = "total = fares + tips\nsheet.appendRow(totalFare);\n";
        let text = format!("{article}{article}{code}{article}Subscribe to our newsletter\nShare this article\n");
        let cleaned = cleaned(&text, TextKind::Article);
        assert!(
            cleaned.contains("total = fares + tips") && cleaned.contains("sheet.appendRow(totalFare);"),
            "{cleaned}"
        );
        assert!(!cleaned.contains("newsletter"), "{cleaned}");
    }
}
