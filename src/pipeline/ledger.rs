//! The ledger: one JSON object for each record, with what became of it, in the order of the inputs.
//!
//! Its lines are the records that the summary counts, and their words add up to its words.

use super::record::{Finished, Outcome};
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    offset: Option<u64>,
    record: Option<u64>,
    id: Option<&'a str>,
    url: Option<&'a str>,
    outcome: &'a str,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    rest: bool,
    words_in: usize,
    words_out: usize,
}

/// Appends the line of a record.
pub(super) fn write(finished: &Finished, out: &mut Vec<u8>) {
    let origin = finished.origin.as_ref();
    let path = origin.and_then(|origin| origin.path.as_ref()).map(|path| crate::input::printable(path));
    let line = Line {
        file: &finished.file,
        offset: origin.map(|origin| origin.offset),
        record: origin.map(|origin| origin.index),
        id: path.as_deref().or(origin.and_then(|origin| origin.id.as_deref())),
        url: origin.and_then(|origin| origin.url.as_deref()),
        outcome: finished.outcome.name(),
        reason: match finished.outcome {
            Outcome::Skipped(why) | Outcome::Failed(why) => Some(why),
            _ => None,
        },
        message: Some(&*finished.message).filter(|message| !message.is_empty()),
        rest: finished.is_rest,
        words_in: finished.words.0,
        words_out: finished.words.1,
    };
    serde_json::to_writer(&mut *out, &line).expect("strings and numbers always are JSON");
    out.push(b'\n');
}
