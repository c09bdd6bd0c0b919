//! Filters on articles, off unless they are asked for: the languages that are wanted, the fewest words, one of equal texts.
//!
//! Language and words are looked at by the workers. Equal texts are found by the writer, which has the records in the order
//! of the inputs, so that of several the first stays whatever the threads.

use super::record::Outcome;
use crate::article::Article;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use whatlang::Lang;

/// The articles that are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    languages: Vec<Lang>,
    /// Words that an article must have.
    pub min_words: usize,
    /// Whether of equal texts only the first is kept.
    pub dedup: bool,
}

impl Filters {
    /// Sets the languages, each as an ISO 639-1 or 639-3 code.
    ///
    /// # Errors
    /// The code that is not known.
    pub fn languages(&mut self, codes: &[String]) -> Result<(), String> {
        self.languages =
            codes.iter().map(|code| language(code).ok_or_else(|| code.clone())).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Why an article is not wanted, if it is not: the reason that it is counted under, and a sentence.
    pub(super) fn refuse(&self, article: &Article) -> Option<(Outcome, String)> {
        if article.words_out < self.min_words {
            let message = format!("{} words, fewer than {}", article.words_out, self.min_words);
            return Some((Outcome::Skipped("few words"), message));
        }
        if self.languages.is_empty() {
            return None;
        }
        match whatlang::detect_lang(&article.text) {
            Some(found) if self.languages.contains(&found) => None,
            Some(found) => Some((Outcome::Skipped("language"), format!("in {}", found.eng_name()))),
            None => Some((Outcome::Skipped("language"), "in no language that is known".to_owned())),
        }
    }
}

/// The two-letter codes of the languages that the detector knows.
const CODES: &[(&str, &str)] = &[
    ("af", "afr"),
    ("ak", "aka"),
    ("am", "amh"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "pes"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("jv", "jav"),
    ("ka", "kat"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("la", "lat"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mr", "mar"),
    ("my", "mya"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("no", "nob"),
    ("or", "ori"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sn", "sna"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tk", "tuk"),
    ("tl", "tgl"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("yi", "yid"),
    ("zh", "cmn"),
    ("zu", "zul"),
];

fn language(code: &str) -> Option<Lang> {
    let code = code.trim().to_ascii_lowercase();
    let long = CODES.iter().find(|(short, _)| *short == code).map_or(&*code, |(_, long)| long);
    Lang::from_code(long)
}

/// The first bytes of the hash of a text: that two differ and share them does not happen, even to who tries.
pub(super) type Fingerprint = [u8; 16];

pub(super) fn fingerprint(text: &str) -> Fingerprint {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = Fingerprint::default();
    first.copy_from_slice(&hash[..16]);
    first
}

/// Slots that are held in memory, 16 MiB; a larger table is a file.
const MAX_SLOTS: u64 = 1 << 20;
const SLOT: u64 = size_of::<Fingerprint>() as u64;

/// Finds texts that came before.
pub(super) struct Dedup {
    seen: Seen,
    /// All that were new, in order, for a run that goes on.
    log: Option<BufWriter<File>>,
    path: PathBuf,
}

impl Dedup {
    /// Begins with no text, or with those that a run that was stopped left in the folder. Without a folder nothing is
    /// left for another run.
    pub fn open(folder: Option<&Path>, texts: Option<u64>) -> io::Result<Dedup> {
        let Some(folder) = folder else {
            return Ok(Dedup { seen: Seen::new(&std::env::temp_dir()), log: None, path: PathBuf::new() });
        };
        let path = folder.join(".dehusk-texts");
        let mut seen = Seen::new(folder);
        let mut log = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        let texts = texts.unwrap_or(0);
        let mut reader = BufReader::new(&log);
        for _ in 0..texts {
            let mut text = Fingerprint::default();
            reader.read_exact(&mut text)?;
            seen.insert(text)?;
        }
        log.set_len(texts * SLOT)?;
        log.seek(SeekFrom::End(0))?;
        Ok(Dedup { seen, log: Some(BufWriter::new(log)), path })
    }

    /// Whether the text did not come before.
    pub fn is_new(&mut self, text: Fingerprint) -> io::Result<bool> {
        let is_new = self.seen.insert(text)?;
        if let Some(log) = self.log.as_mut().filter(|_| is_new) {
            log.write_all(&text)?;
        }
        Ok(is_new)
    }

    /// Hands the log to the system, and to the disk with `sync`; says how many texts it has.
    pub fn cut(&mut self, sync: bool) -> io::Result<u64> {
        if let Some(log) = &mut self.log {
            log.flush()?;
            if sync {
                log.get_ref().sync_data()?;
            }
        }
        Ok(self.seen.texts)
    }

    /// Removes the log.
    pub fn finish(self) -> io::Result<()> {
        match self.log {
            Some(_) => fs::remove_file(&self.path),
            None => Ok(()),
        }
    }
}

/// The texts that were seen: a hash table that is at most half full, in memory while it is small.
pub(super) struct Seen {
    slots: Slots,
    /// A power of two.
    count: u64,
    texts: u64,
    folder: PathBuf,
}

enum Slots {
    Memory(Vec<Fingerprint>),
    File(File),
}

impl Seen {
    /// An empty table; one that grows too large for the memory goes to a file without a name in `folder`.
    pub fn new(folder: &Path) -> Seen {
        let count = 1 << 10;
        Seen { slots: Slots::Memory(vec![[0; 16]; count as usize]), count, texts: 0, folder: folder.to_owned() }
    }

    /// Adds a text; false when it was there.
    pub fn insert(&mut self, text: Fingerprint) -> io::Result<bool> {
        if self.texts * 2 >= self.count {
            self.grow()?;
        }
        let is_new = put(&mut self.slots, self.count, text)?;
        self.texts += u64::from(is_new);
        Ok(is_new)
    }

    fn grow(&mut self) -> io::Result<()> {
        let count = self.count * 2;
        let mut slots = if count <= MAX_SLOTS {
            Slots::Memory(vec![[0; 16]; count as usize])
        } else {
            let file = tempfile::tempfile_in(&self.folder)?;
            file.set_len(count * SLOT)?;
            Slots::File(file)
        };
        for at in 0..self.count {
            let text = get(&mut self.slots, at)?;
            if text != Fingerprint::default() {
                put(&mut slots, count, text)?;
            }
        }
        (self.slots, self.count) = (slots, count);
        Ok(())
    }
}

/// Puts a text into the first free slot from its own on; false when it stands there.
fn put(slots: &mut Slots, count: u64, text: Fingerprint) -> io::Result<bool> {
    let first = u64::from_be_bytes(text[..8].try_into().expect("there are sixteen"));
    // The high bits, so that a table twice as large is filled in the same order.
    let mut at = first >> (64 - count.trailing_zeros());
    loop {
        let there = get(slots, at)?;
        if there == text {
            return Ok(false);
        }
        if there == Fingerprint::default() {
            match slots {
                Slots::Memory(slots) => slots[at as usize] = text,
                Slots::File(file) => {
                    file.seek(SeekFrom::Start(at * SLOT))?;
                    file.write_all(&text)?;
                }
            }
            return Ok(true);
        }
        at = (at + 1) % count;
    }
}

fn get(slots: &mut Slots, at: u64) -> io::Result<Fingerprint> {
    match slots {
        Slots::Memory(slots) => Ok(slots[at as usize]),
        Slots::File(file) => {
            let mut text = Fingerprint::default();
            file.seek(SeekFrom::Start(at * SLOT))?;
            file.read_exact(&mut text).map(|()| text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_language_of_the_detector() {
        for (short, long) in CODES {
            assert!(language(short).is_some() && language(short) == language(long), "{short}");
        }
        assert_eq!((language("EN"), language("xx"), language("")), (Some(Lang::Eng), None, None));
        for lang in Lang::all() {
            assert!(CODES.iter().any(|(_, long)| *long == lang.code()), "{lang}");
        }
    }

    #[test]
    fn a_text_is_new_once_in_memory_and_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut seen = Seen::new(folder.path());
        let texts = 600_000_u32;
        for number in 0..texts {
            assert!(seen.insert(fingerprint(&number.to_string())).unwrap());
        }
        assert!(matches!(seen.slots, Slots::File(_)));
        for number in (0..texts).step_by(1000) {
            assert!(!seen.insert(fingerprint(&number.to_string())).unwrap());
        }
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
