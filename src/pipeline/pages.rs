//! Every page of an entry, looked at by many threads.
//!
//! A page that is a file is looked at by who asks; a container is taken apart by them, and its records are looked at by the chunk on
//! the threads of the pool, while the next ones are split off.

use super::corpus::Corpus;
use super::record::quietly;
use crate::error::{Error, ErrorKind};
use crate::input::{PageName, Pages, Record, Records, Refused, SplitOff};
use rayon::prelude::*;

/// Records of a container that are looked at together, at most, and bytes of them: enough for all workers, and little memory.
const CHUNK_RECORDS: usize = 256;
const CHUNK_BYTES: usize = 4 << 20;

/// Calls `look` for each page of entry `index`; `found` hears what it says, or why there is no page or nothing to say about
/// it, in the order of the pages. A panic is an error of the page, or of the entry where no page has it.
pub(super) fn map_pages<T: Send>(
    corpus: &Corpus<'_>,
    index: usize,
    look: impl Fn(&PageName<'_>, Record) -> Result<T, Error> + Sync,
    found: &mut dyn FnMut(&PageName<'_>, Result<T, Refused>),
) {
    let look = |page: &PageName<'_>, record| seen(page, record, &look);
    if let Err(panic) = quietly(|| walk(corpus, index, look, found)) {
        found(&corpus.inputs.page_name(index, None), Err(panicked(panic).into()));
    }
}

/// The same of an entry that is one page; none for a container, of which nothing is looked at.
pub(super) fn map_page<'c, T>(
    corpus: &Corpus<'c>,
    index: usize,
    look: impl Fn(&PageName<'_>, Record) -> Result<T, Error>,
) -> Option<(PageName<'c>, Result<T, Refused>)> {
    let inputs = corpus.inputs;
    let record = match quietly(|| inputs.pages(index, corpus.looking(index))) {
        Ok(Pages::Whole(record)) => record,
        Ok(Pages::Records(_)) => return None,
        Err(panic) => Err(panicked(panic).into()),
    };
    let page = inputs.page_name(index, None);
    let seen = seen(&page, record, &look);
    Some((page, seen))
}

/// What is said of a page, or why nothing is.
fn seen<T>(
    page: &PageName<'_>,
    record: Result<Record, Refused>,
    look: &impl Fn(&PageName<'_>, Record) -> Result<T, Error>,
) -> Result<T, Refused> {
    let record = record?;
    quietly(|| look(page, record)).unwrap_or_else(|panic| Err(panicked(panic))).map_err(Refused::Fail)
}

/// The same; a panic of what reads the entry is not caught.
fn walk<T: Send>(
    corpus: &Corpus<'_>,
    index: usize,
    look: impl Fn(&PageName<'_>, Result<Record, Refused>) -> T + Sync,
    found: &mut dyn FnMut(&PageName<'_>, T),
) {
    let (inputs, looking) = (corpus.inputs, corpus.looking(index));
    let mut records = match inputs.pages(index, looking) {
        Pages::Whole(record) => {
            let page = inputs.page_name(index, None);
            let seen = look(&page, record);
            return found(&page, seen);
        }
        Pages::Records(records) => records,
    };
    let look_at = |record: SplitOff| {
        let origin = record.origin().clone();
        let parsed = quietly(|| inputs.parsed(index, looking, record));
        let (page, record) =
            parsed.unwrap_or_else(|panic| (inputs.page_name(index, Some(origin)), Err(panicked(panic).into())));
        let seen = look(&page, record);
        (page, seen)
    };
    let mut chunk = next_chunk(&mut records);
    while !chunk.is_empty() {
        let look_at_all = || chunk.into_par_iter().map(look_at).collect::<Vec<_>>();
        let (next, seen) = rayon::join(|| next_chunk(&mut records), look_at_all);
        seen.into_iter().for_each(|(page, seen)| found(&page, seen));
        chunk = next;
    }
}

fn panicked(message: String) -> Error {
    Error::new(ErrorKind::Panic, message)
}

/// The next records, as many as are looked at together; none at the end.
fn next_chunk(records: &mut Records) -> Vec<SplitOff> {
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    while chunk.len() < CHUNK_RECORDS && bytes < CHUNK_BYTES {
        let Some(record) = records.next() else { break };
        bytes += record.size();
        chunk.push(record);
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::super::corpus::tests::corpus;
    use super::*;
    use crate::cleaner::Cleaner;
    use crate::input::{Input, Inputs};
    use std::ops::ControlFlow;

    #[test]
    fn pages_come_in_their_order_however_they_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pages.jsonl");
        let line = |n: usize| if n % 100 == 7 { "{\n".to_owned() } else { format!("{{\"text\": \"page {n}\"}}\n") };
        std::fs::write(&path, (0..3 * CHUNK_RECORDS).map(line).collect::<String>()).unwrap();
        let inputs = Inputs::discover(vec![Input::Path(path)], &[]);
        let cleaners = [Cleaner::builder().build().unwrap()];
        let corpus = corpus(&inputs, &cleaners, 2);
        let seen = |page: &PageName<'_>, bytes: Result<Vec<u8>, Refused>| {
            (page.name(), bytes.map_err(|why| matches!(why, Refused::Fail(_))))
        };
        let (mut one_by_one, mut together) = (Vec::new(), Vec::new());
        inputs.each_page(0, corpus.looking(0), &mut |page, record| {
            one_by_one.push(seen(page, record.map(|record| record.bytes)));
            ControlFlow::Continue(())
        });
        map_pages(&corpus, 0, |_, record| Ok(record.bytes), &mut |page, bytes| together.push(seen(page, bytes)));
        assert_eq!(one_by_one.len(), 3 * CHUNK_RECORDS);
        assert_eq!(one_by_one.iter().filter(|(_, bytes)| *bytes == Err(true)).count(), 8);
        assert!(together == one_by_one);
    }
}
