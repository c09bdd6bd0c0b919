//! Any text is a rule pack and a keep list: it loads or is refused with a reason, and a page is cleaned with it.

use dehusk::{Cleaner, ErrorKind, Format, Hints};

const TEXT: &str = "Ice in the harbour\n\nThe ferry crossed the sound twice a day, and the pilot who had steered it said so.\n\n\
    Share\n\nWrite to the editor\n\nOffers for you\n";
const PAGE: &str = "<!doctype html><title>Ice in the harbour</title><body class='page'><nav id=top><a href=/>Home</a></nav>\
    <article><h1>Ice in the harbour</h1><p>The ferry crossed the sound twice a day, and the pilot who had steered it for \
    thirty years said that he had never once seen the harbour freeze before the first week of January.</p>\
    <div class='partner-box wide'>Offers for you</div><p>Write to the editor</p></article>";

/// Loads the bytes as a pack and as a list, and panics when the answer is neither a cleaner nor a named fault.
pub fn check(bytes: &[u8]) {
    let Ok(written) = std::str::from_utf8(bytes) else { return };
    for builder in [Cleaner::builder().rules("fuzz.toml", written), Cleaner::builder().keep("fuzz.txt", written)] {
        match builder.build() {
            Ok(cleaner) => clean(&cleaner),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Rules);
                let message = error.to_string();
                assert!(message.starts_with("fuzz."), "the message names no file: {message}");
                let control = message.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
                assert_eq!(control, None, "a terminal would obey {message:?}");
            }
        }
    }
}

fn clean(cleaner: &Cleaner) {
    for (page, format) in [(TEXT, Format::Text), (PAGE, Format::Html)] {
        let hints = Hints { format: Some(format), ..Hints::default() };
        let article = cleaner.clean(page.as_bytes(), &hints).expect("it is a small page");
        assert!(article.words_out <= article.words_in);
    }
}
