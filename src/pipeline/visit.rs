//! A look at every page of a list that writes nothing: inputs in, one answer a page out, in their order.
//!
//! Pages are read, looked at and dropped in each worker, those of a container by the chunk, so that little more than the answers
//! is held.

use super::corpus::Corpus;
use super::pages::map_pages;
use super::workers;
use crate::error::Error;
use crate::input::{PageName, Record, Refused};
use rayon::prelude::*;

/// What a look at one page gave.
#[derive(Debug)]
pub struct Visited<T> {
    /// The name of the page, safe to print.
    pub name: String,
    /// The answer, or why there is none.
    pub result: Result<T, Error>,
}

/// Calls `look` for each page, with the number of its input, on all threads. What is no page
/// of its own (a link out of the tree, a file that was named before, a record without a response) is left out; a page that
/// cannot be read, or on which `look` fails or panics, has its error.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) when threads cannot be started.
pub fn visit<T: Send>(
    corpus: &Corpus<'_>,
    look: impl Fn(usize, &PageName<'_>, Record) -> Result<T, Error> + Sync,
) -> Result<Vec<Visited<T>>, Error> {
    let pool = workers(corpus.jobs)?;
    let entry = |index: usize| {
        let mut visited = Vec::new();
        let look = |page: &PageName<'_>, record| look(index, page, record);
        map_pages(corpus, index, look, &mut |page, answer| {
            let result = match answer {
                Ok(answer) => Ok(answer),
                Err(Refused::Fail(error)) => Err(error),
                Err(Refused::Skip(..)) => return,
            };
            visited.push(Visited { name: page.name(), result });
        });
        visited
    };
    let visited = pool.install(|| (0..corpus.inputs.len()).into_par_iter().map(entry).collect::<Vec<_>>());
    Ok(visited.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::super::corpus::tests::corpus;
    use super::*;
    use crate::cleaner::Cleaner;
    use crate::error::ErrorKind;
    use crate::input::{Input, Inputs};

    #[test]
    fn answers_come_in_the_order_of_the_pages_and_a_panic_is_one() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..40 {
            std::fs::write(folder.path().join(format!("{n:02}.txt")), n.to_string()).unwrap();
        }
        let inputs = Inputs::discover(vec![Input::Path(folder.path().to_owned())], &[]);
        let look = |_: usize, _: &PageName<'_>, record: Record| match &record.bytes[..] {
            b"7" => panic!("told to"),
            bytes => Ok(String::from_utf8_lossy(bytes).into_owned()),
        };
        let cleaners = [Cleaner::builder().build().unwrap()];
        let visited = visit(&corpus(&inputs, &cleaners, 4), look).unwrap();
        assert_eq!(visited.len(), 40);
        for (n, page) in visited.iter().enumerate() {
            assert!(page.name.ends_with(&format!("{n:02}.txt")), "{}", page.name);
            match &page.result {
                Ok(answer) => assert_eq!(*answer, n.to_string()),
                Err(error) => assert_eq!((n, error.kind()), (7, ErrorKind::Panic)),
            }
        }
    }
}
