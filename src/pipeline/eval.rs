//! An evaluation: pages or texts and their gold in, a [`Run`] of scores out.
//!
//! Every text of the gold has one score: a page that is missing, cannot be read or fails counts as empty, and is named.

use super::corpus::Corpus;
use super::texts::Texts;
use super::visit::{Visited, visit};
use crate::error::{Error, ErrorKind};
use crate::eval::{Candidate, PageScore, Run};
use crate::input::{PageName, Record};

/// What is evaluated.
pub struct EvalPlan<'a> {
    /// What is right.
    pub gold: &'a Texts,
    /// The pages. To have husk counted, what cleans them must explain itself.
    pub corpus: Corpus<'a>,
}

/// What an evaluation gave.
#[derive(Debug)]
pub struct Evaluation {
    /// The scores.
    pub run: Run,
    /// Pages that are not in the gold; they are not scored.
    pub unlabelled: Vec<String>,
    /// Pages that could not be read or cleaned, with the reason; they count as empty.
    pub failed: Vec<(String, String)>,
}

/// Cleans the pages that the gold knows and scores them.
///
/// # Errors
///
/// [`ErrorKind::Io`] for gold that cannot be read, two pages that have the same gold, and threads that cannot be started.
pub fn evaluate(plan: &EvalPlan<'_>) -> Result<Evaluation, Error> {
    let gold = plan.gold;
    let look = |source: usize, page: &PageName<'_>, record: Record| {
        let Some(at) = gold.of(page, &record) else { return Ok(None) };
        let label = gold.read(at)?;
        let cleaner = plan.corpus.cleaner(source);
        let article = match cleaner.clean(&record.bytes, &record.hints) {
            Ok(article) => article,
            Err(error) => return Ok(Some((at, PageScore::new(gold.id(at), None, &label), Some(error.to_string())))),
        };
        let removed: Vec<String> = article.removals.into_iter().map(|removal| removal.text).collect();
        let candidate = Candidate { text: &article.text, removed: Some(&removed) };
        Ok(Some((at, PageScore::new(gold.id(at), Some(candidate), &label), None)))
    };
    gather(gold, visit(&plan.corpus, look)?)
}

/// Scores texts that are there already, by the same ids.
///
/// # Errors
///
/// [`ErrorKind::Io`] for texts and gold that cannot be read, and two texts that have the same gold.
pub fn evaluate_texts(gold: &Texts, texts: &Texts) -> Result<Evaluation, Error> {
    let score = |at: usize| {
        let Some(known) = gold.same_as(texts, at) else { return Ok(None) };
        let (text, label) = (texts.read(at)?.text, gold.read(known)?);
        let candidate = Candidate { text: &text, removed: None };
        Ok(Some((known, PageScore::new(gold.id(known), Some(candidate), &label), None)))
    };
    let visited = (0..texts.len()).map(|at| Visited { name: texts.id(at).to_owned(), result: score(at) });
    gather(gold, visited.collect())
}

/// The number of the gold, the score, and why it is that of an empty text.
type Scored = Option<(usize, PageScore, Option<String>)>;

fn gather(gold: &Texts, visited: Vec<Visited<Scored>>) -> Result<Evaluation, Error> {
    let mut found: Vec<Option<String>> = vec![None; gold.len()];
    let (mut pages, mut unlabelled, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for Visited { name, result } in visited {
        match result {
            Ok(None) => unlabelled.push(name),
            Ok(Some((at, score, why))) => {
                if let Some(other) = found[at].replace(name.clone()) {
                    let message = format!("{other} and {name} are both the page {:?} of the gold", gold.id(at));
                    return Err(Error::new(ErrorKind::Io, message));
                }
                failed.extend(why.map(|why| (name, why)));
                pages.push(score);
            }
            Err(error) => failed.push((name, error.to_string())),
        }
    }
    for at in (0..gold.len()).filter(|&at| found[at].is_none()) {
        pages.push(PageScore::new(gold.id(at), None, &gold.read(at)?));
    }
    Ok(Evaluation { run: Run::new(pages), unlabelled, failed })
}
