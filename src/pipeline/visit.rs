//! A look at every page of a list that writes nothing: inputs in, one answer a page out, in their order.
//!
//! Pages are read, looked at and dropped one by one in each worker, so that only the answers are held.

use super::record::quietly;
use crate::article::Format;
use crate::error::{Error, ErrorKind};
use crate::input::{Inputs, Origin, Record, Refusal};
use crate::limits::Limits;
use rayon::prelude::*;

/// What a look at one page gave.
#[derive(Debug)]
pub struct Visited<T> {
    /// Where the page came from.
    pub origin: Origin,
    /// The answer, or why there is none.
    pub result: Result<T, Error>,
}

/// Calls `look` for each page, on `jobs` threads (0 stands for one a core). What is no page of its own (a link out of
/// the tree, a file that was named before) is left out; a page that cannot be read, or on which `look` fails or
/// panics, has its error.
///
/// # Errors
///
/// [`ErrorKind::Io`] when threads cannot be started.
pub fn visit<T: Send>(
    inputs: &Inputs,
    limits: &Limits,
    format: Option<Format>,
    jobs: usize,
    look: impl Fn(Record) -> Result<T, Error> + Sync,
) -> Result<Vec<Visited<T>>, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|e| Error::with_source(ErrorKind::Io, "cannot start the worker threads", e))?;
    let one = |index: usize| {
        let result = match inputs.refusal(index) {
            Some(Refusal::Skip(_)) => return None,
            Some(Refusal::Fail(why)) => Err(Error::new(ErrorKind::Io, why.clone())),
            None => quietly(|| look(inputs.read(index, limits, format)?))
                .unwrap_or_else(|panic| Err(Error::new(ErrorKind::Panic, panic))),
        };
        Some(Visited { origin: inputs.origin(index), result })
    };
    let visited = pool.install(|| (0..inputs.len()).into_par_iter().map(one).collect::<Vec<_>>());
    Ok(visited.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;

    #[test]
    fn answers_come_in_the_order_of_the_pages_and_a_panic_is_one() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..40 {
            std::fs::write(folder.path().join(format!("{n:02}.txt")), n.to_string()).unwrap();
        }
        let inputs = Inputs::discover(vec![Input::Path(folder.path().to_owned())], &[]);
        let look = |record: Record| match &record.bytes[..] {
            b"7" => panic!("told to"),
            bytes => Ok(String::from_utf8_lossy(bytes).into_owned()),
        };
        let visited = visit(&inputs, &Limits::default(), None, 4, look).unwrap();
        assert_eq!(visited.len(), 40);
        for (n, page) in visited.iter().enumerate() {
            assert_eq!(page.origin.relative.to_str(), Some(&*format!("{n:02}.txt")));
            match &page.result {
                Ok(answer) => assert_eq!(*answer, n.to_string()),
                Err(error) => assert_eq!((n, error.kind()), (7, ErrorKind::Panic)),
            }
        }
    }
}
