//! A page of four times as many copies of one piece costs in proportion, whatever the piece.
//!
//! The caller says what a page costs: bytes and number of allocations, processor time. The first byte of the input
//! says how many bytes the piece has; what follows it stands before the copies. A `#` in the piece becomes the number
//! of its copy, so that names and texts can be distinct.

use dehusk::{Cleaner, Format, Hints};
use std::sync::LazyLock;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::builder().build().expect("the built-in rules load"));

/// Bytes of the smaller page: past what every page costs, and quick.
const SMALL: usize = 24 << 10;
/// Linear is 4, a sort a little more, a square 16.
const MAX_GROWTH: f64 = 7.0;

const TAIL: &str = "<p>The ferry crossed the sound twice a day, and the pilot who had steered it for thirty years said that \
    he had never once seen the harbour freeze before the first week of January.</p>";

/// What the cleaning of a page cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// How much, in a unit of the measure.
    pub amount: f64,
    /// A growth that starts below it says nothing.
    pub least: f64,
}

/// Cleans a page of N copies and one of 4N, and panics when one of the measures grew by more than linear growth can.
///
/// `measure` gives the costs of what it runs, each measure at its own index. A growth must show
/// three times, and between 4N and 16N too.
pub fn check(bytes: &[u8], measure: impl Fn(&mut dyn FnMut()) -> Vec<Cost>) {
    let Some((head, piece)) = parts(bytes) else { return };
    for format in [Format::Html, Format::Text] {
        let hints = Hints { format: Some(format), ..Hints::default() };
        let cost = |copies: usize| {
            let page = page(&head, &piece, copies);
            measure(&mut || drop(CLEANER.clean(page.as_bytes(), &hints)))
        };
        let copies = SMALL / piece.len().max(1);
        let grows = |copies: usize| {
            let pairs = cost(copies).into_iter().zip(cost(4 * copies));
            let growths = pairs.map(|(small, large)| (large.amount / small.amount.max(small.least), small, large));
            growths.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(growth, ..)| *growth > MAX_GROWTH)
        };
        // What a bound stops, as that on depth does, grows faster up to it; a square grows on.
        let worst = (0..3).map_while(|_| grows(copies).and_then(|_| grows(4 * copies))).nth(2);
        assert!(worst.is_none(), "{copies} copies of {piece:?} after {head:?} as {format:?}: {worst:?}");
    }
}

/// What stands before the copies, and the piece that is copied.
fn parts(bytes: &[u8]) -> Option<(String, String)> {
    let (&length, rest) = bytes.split_first()?;
    let (piece, head) = rest.split_at_checked(1 + usize::from(length % 64))?;
    Some((String::from_utf8_lossy(head).into_owned(), String::from_utf8_lossy(piece).into_owned()))
}

fn page(head: &str, piece: &str, copies: usize) -> String {
    let mut page = head.to_owned();
    for copy in 0..copies {
        let mut parts = piece.split('#');
        page.push_str(parts.next().unwrap_or_default());
        for part in parts {
            page.push_str(&copy.to_string());
            page.push_str(part);
        }
    }
    page.push_str(TAIL);
    page
}
