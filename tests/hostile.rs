//! Hostile pages: whatever the bytes, an outcome, an article where one can be found, and a cost that is linear.
//!
//! Three tests for each page: it is cleaned in 256 KiB of stack (`survives`), the article at its end is in the output
//! and nothing that a terminal would obey (`article`), and four times the bytes cost less than six times the processor
//! time (`growth`). A page is a function in `hostile/pages.rs` and a line of [`CASES`].
//!
//! Containers have a table of their own, [`CONTAINERS`]: the record at the end is found, and the cost is linear.

#[path = "hostile/containers.rs"]
mod containers;
#[path = "hostile/pages.rs"]
mod pages;

use containers::*;
use cpu_time::ThreadTime;
use dehusk::input::{Input, InputFormat, Inputs, Looking, ReadOptions, Reading};
use dehusk::{Article, Cleaner, Degraded, Error, ErrorKind, Format, Hints, Limits};
use libtest_mimic::{Arguments, Failed, Trial};
use pages::*;
use std::ops::ControlFlow;
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// What becomes of the article that stands at the end of a page.
enum Tail {
    /// It is in the output.
    Kept,
    /// It cannot be: why.
    Lost(&'static str),
    /// There is no output at all.
    Refused(ErrorKind),
}
use Tail::{Kept, Lost, Refused};

struct Case {
    name: &'static str,
    make: Make,
    /// Repetitions past every bound that the page aims at, and still quick.
    n: usize,
    format: Format,
    tail: Tail,
}

macro_rules! cases {
    ($($format:ident { $($name:ident($n:expr) $tail:expr;)+ })+) => {
        &[$($(Case { name: stringify!($name), make: $name, n: $n, format: Format::$format, tail: $tail },)+)+]
    };
}

const CASES: &[Case] = cases! {
    Html {
        div_deep(4_000) Kept;
        div_deep_closed(2_000) Kept;
        ul_li_deep(2_000) Kept;
        span_deep(4_000) Kept;
        blockquote_deep(2_000) Kept;
        table_deep(2_000) Kept;
        table_foster(4_000) Kept;
        b_deep(4_000) Kept;
        a_unclosed(4_000) Kept;
        a_i_adopt(2_000) Kept;
        b_div_close(1_500) Kept;
        font_times_p(400) Kept;
        lexbor_340(400) Kept;
        attr_cloned_by_p(2_000) Kept;
        stray_end_tags(4_000) Kept;
        template_deep(2_000) Lost("a template is not shown, and these swallow the page");
        svg_math_mix(1_000) Kept;
        p_siblings(4_000) Kept;
        body_attr_merge(4_000) Kept;
        html_attr_merge(2_000) Kept;
        attrs_distinct(25_000) Kept;
        attr_huge_value(100_000) Kept;
        text_huge(100_000) Kept;
        tag_name_huge(100_000) Kept;
        entities(1_000) Kept;
        nul_bytes(50_000) Kept;
        unclosed_raw(50_000) Lost("the comment is never closed and swallows the page");
        lt_storm(50_000) Kept;
        repeated_caption(2_000) Kept;
        distinct_captions(2_000) Kept;
        calls_together(2_000) Kept;
        comment_labels(1_000) Kept;
        utf16_bom_meta_utf8(200) Kept;
        utf16_no_bom(200) Kept;
        utf7_label(200) Kept;
        iso2022jp_escape(200) Kept;
        sjis_cut(200) Kept;
        invalid_utf8(30_000) Kept;
        controls_bidi(5_000) Kept;
        empty(1) Lost("there is none");
        binary_png(30_000) Refused(ErrorKind::Binary);
    }
    Text {
        text_separators(10_000) Kept;
        text_glued(2_000) Kept;
        text_glued_sentences(5_000) Kept;
        text_entity_layers(2_000) Kept;
        text_short_lines(10_000) Kept;
        text_prompts(2_000) Kept;
        text_share_bars(2_000) Kept;
        text_captions(2_000) Kept;
        text_repeated_caption(2_000) Kept;
        text_blank_lines(20_000) Kept;
        text_spaces(50_000) Kept;
        text_accents(10_000) Kept;
    }
};

/// A container with its format, and repetitions that are quick.
const CONTAINERS: &[(&str, &str, Make, usize)] = &[
    ("warc_lengths_past_the_end", "warc", warc_lengths_past_the_end, 500),
    ("warc_lengths_of_the_rest", "warc", warc_lengths_of_the_rest, 500),
    ("warc_lengths_that_grow", "warc", warc_lengths_that_grow, 500),
    ("warc_lengths_in_gzip", "warc", warc_lengths_in_gzip, 500),
    ("warc_heads", "warc", warc_heads, 5_000),
    ("warc_blank_lines", "warc", warc_blank_lines, 500),
];

/// Stack that a page is cleaned in; the main thread has 8 MiB, a recursion over the tree would hide there.
const STACK: usize = 256 << 10;

fn main() {
    let cleaner = Arc::new(Cleaner::builder().build().expect("the built-in rules load"));
    let alone = Arc::new(RwLock::new(()));
    let mut trials = Vec::new();
    for case in CASES {
        let trial = |kind: &str, test: fn(&Case, &Arc<Cleaner>) -> Result<(), Failed>, times: bool| {
            let (cleaner, alone) = (Arc::clone(&cleaner), Arc::clone(&alone));
            Trial::test(format!("{}::{kind}", case.name), move || {
                // Nothing else of this program runs while one page is timed.
                let _timed = times.then(|| alone.write());
                let _untimed = (!times).then(|| alone.read());
                test(case, &cleaner)
            })
        };
        trials.push(trial("survives", survives, false));
        trials.push(trial("article", article, false));
        if !matches!(case.name, "empty") {
            trials.push(trial("growth", growth, true));
        }
    }
    for &(name, format, make, n) in CONTAINERS {
        let [untimed, timed] = [Arc::clone(&alone), Arc::clone(&alone)];
        trials.push(Trial::test(format!("{name}::last_record"), move || {
            let _untimed = untimed.read();
            let records = records(format, &make(n));
            match records.last().is_some_and(|record| record.as_deref() == Some(LAST)) && records.len() > 1 {
                true => Ok(()),
                false => Err(format!("{} records, at the end {:?}", records.len(), records.last()).into()),
            }
        }));
        trials.push(Trial::test(format!("{name}::growth"), move || {
            let _timed = timed.write();
            is_linear(n, &make, &|bytes| drop(records(format, bytes)))
        }));
    }
    for (name, test) in FACTS {
        let cleaner = Arc::clone(&cleaner);
        trials.push(Trial::test(*name, move || test(&cleaner)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn clean(cleaner: &Cleaner, bytes: &[u8], format: Format) -> Result<Article, Error> {
    // A text is called one; a page has to be recognized as one.
    let format = (format == Format::Text).then_some(format);
    cleaner.clean(bytes, &Hints { name: Some("page.html".into()), format, ..Hints::default() })
}

/// Cleaned in a small stack without a panic; an overflow would abort the whole test program.
fn survives(case: &Case, cleaner: &Arc<Cleaner>) -> Result<(), Failed> {
    let (bytes, format, cleaner) = ((case.make)(case.n), case.format, Arc::clone(cleaner));
    let work = move || clean(&cleaner, &bytes, format).map(drop);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work)?;
    let outcome = thread.join().map_err(|_| Failed::from("it panicked"))?;
    match (outcome, &case.tail) {
        (Err(error), Refused(kind)) if error.kind() == *kind => Ok(()),
        (Ok(()), Kept | Lost(_)) => Ok(()),
        (outcome, _) => Err(format!("outcome: {outcome:?}").into()),
    }
}

fn article(case: &Case, cleaner: &Arc<Cleaner>) -> Result<(), Failed> {
    let Ok(article) = clean(cleaner, &(case.make)(case.n), case.format) else { return Ok(()) };
    let kept = article.text.contains(ARTICLE);
    match case.tail {
        Kept if !kept => return Err(format!("the article is gone; degraded: {:?}", article.degraded).into()),
        Lost(why) if kept => return Err(format!("the article is there, and the table says: {why}").into()),
        _ => {}
    }
    let texts = article.removals.iter().map(|removal| &removal.text).chain([&article.text]);
    match texts.flat_map(|text| text.chars()).find(|&c| is_forbidden(c)) {
        None => Ok(()),
        Some(c) => Err(format!("{c:?} is in the output").into()),
    }
}

/// C0 and C1 controls but LF and TAB, bidirectional and zero-width characters, tags and noncharacters.
fn is_forbidden(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    let is_unseen = matches!(c as u32, 0xad | 0x180e | 0x200b | 0x200e..=0x200f | 0x2060..=0x206f | 0xfeff);
    let is_bidi = matches!(c as u32, 0x061c | 0x202a..=0x202e);
    let is_no_character = matches!(c as u32, 0xfdd0..=0xfdef | 0xe0000..=0xe007f) || c as u32 & 0xfffe == 0xfffe;
    is_control || is_unseen || is_bidi || is_no_character
}

/// Processor time that a page must take before a growth can be read off it.
const MEASURABLE: Duration = Duration::from_millis(10);
/// Bytes past which a page counts as quick at any size.
const LARGEST: usize = 2 << 20;
/// Time after which a growth is not measured again.
const MAX_TIME: Duration = Duration::from_secs(2);
/// Time up to which a page that took too long is made four times as large once more.
const STEP_TIME: Duration = Duration::from_millis(300);
/// Linear is 4, a sort a little more, a square 16.
const MAX_GROWTH: f64 = 6.0;

fn growth(case: &Case, cleaner: &Arc<Cleaner>) -> Result<(), Failed> {
    is_linear(case.n, &case.make, &|bytes| drop(clean(cleaner, bytes, case.format)))
}

fn is_linear(mut n: usize, make: &dyn Fn(usize) -> Vec<u8>, work: &dyn Fn(&[u8])) -> Result<(), Failed> {
    let mut small = make(n);
    while time(work, &small, 1) < MEASURABLE && small.len() < LARGEST {
        n *= 2;
        small = make(n);
    }
    let large = make(4 * n);
    let Err(seen) = grows_as_much(work, &small, &large) else { return Ok(()) };
    let mut failure = format!("{} to {} bytes: {seen:.0?}", small.len(), large.len());
    // Beyond the caches of the processor, and where memory comes from the system anew for each run, a byte takes longer: that
    // step is made once, and a square goes on.
    if seen.last().is_some_and(|&(_, after)| after <= STEP_TIME) {
        let larger = make(16 * n);
        let Err(seen) = grows_as_much(work, &large, &larger) else { return Ok(()) };
        failure += &format!(", to {} bytes: {seen:.0?}", larger.len());
    }
    Err(failure.into())
}

/// Whether a page takes little more than four times as long as one with a quarter of its bytes; the times of both if not.
fn grows_as_much(work: &dyn Fn(&[u8]), small: &[u8], large: &[u8]) -> Result<(), Vec<(Duration, Duration)>> {
    let mut seen = Vec::new();
    // A noisy machine is asked again; a page that takes seconds needs no second opinion.
    while seen.len() < 5 && seen.last().is_none_or(|&(_, after)| after <= MAX_TIME) {
        let (before, after) = (time(work, small, 3), time(work, large, 2));
        let ratio = after.as_secs_f64() / before.max(MEASURABLE).as_secs_f64();
        if ratio < MAX_GROWTH {
            return Ok(());
        }
        seen.push((before, after));
    }
    Err(seen)
}

/// The processor time of the shortest of several runs.
fn time(work: &dyn Fn(&[u8]), bytes: &[u8], runs: usize) -> Duration {
    let run = |_| {
        let start = ThreadTime::now();
        work(bytes);
        start.elapsed()
    };
    (0..runs).map(run).min().unwrap_or_default()
}

/// The text of each record of a file; nothing for one that is lost.
fn records(format: &str, bytes: &[u8]) -> Vec<Option<String>> {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(file.path(), bytes).expect("a file can be written");
    let inputs = Inputs::discover(vec![Input::Path(file.path().to_owned())], &[]);
    let format = InputFormat::by_name(format).expect("it is in the table");
    let (options, limits) = (ReadOptions::default(), Limits::default());
    let looking = Looking { reading: Reading::Containers(format), options: &options, limits: &limits };
    let mut records = Vec::new();
    inputs.each_page(0, looking, &mut |_, record| {
        records.push(record.ok().and_then(|record| String::from_utf8(record.bytes).ok()));
        ControlFlow::Continue(())
    });
    records
}

type Fact = fn(&Cleaner) -> Result<(), Failed>;

/// What else must be true of one page or another.
const FACTS: &[(&str, Fact)] = &[
    ("byte_order_mark_beats_meta", |cleaner| {
        let article = clean(cleaner, &utf16_bom_meta_utf8(3), Format::Html)?;
        expect(article.encoding == "UTF-16LE" && article.degraded.is_empty(), &article)
    }),
    ("utf16_without_a_mark_is_decoded", |cleaner| {
        let article = clean(cleaner, &utf16_no_bom(3), Format::Html)?;
        expect(article.encoding == "UTF-16LE" && article.text.contains(ARTICLE), &article)
    }),
    ("utf7_label_stays_literal", |cleaner| {
        let article = clean(cleaner, &utf7_label(1), Format::Html)?;
        let mut texts = article.removals.iter().map(|removal| &removal.text).chain([&article.text]);
        expect(texts.any(|text| text.contains("+ADw-script+AD4-alert(1)")), &article)
    }),
    ("iso2022jp_escape_without_a_way_back_leaves_the_tags", |cleaner| {
        let article = clean(cleaner, &iso2022jp_escape(3), Format::Html)?;
        expect(article.encoding == "UTF-8", &article)
    }),
    ("invalid_utf8_is_marked", |cleaner| {
        let article = clean(cleaner, &invalid_utf8(5), Format::Html)?;
        expect(article.degraded.contains(&Degraded::Replaced), &article)
    }),
    ("depth_is_marked", |cleaner| {
        let article = clean(cleaner, &div_deep(4_000), Format::Html)?;
        expect(article.degraded.contains(&Degraded::Depth), &article)
    }),
    ("nodes_are_marked", |cleaner| {
        let article = clean(cleaner, &font_times_p(400), Format::Html)?;
        expect(article.degraded.contains(&Degraded::Nodes), &article)
    }),
    ("attributes_are_marked", |cleaner| {
        let article = clean(cleaner, &attrs_distinct(25_000), Format::Html)?;
        expect(article.degraded.contains(&Degraded::Attributes), &article)
    }),
    ("blocks_are_marked_and_no_text_is_lost", |_| {
        let limits = Limits { max_blocks: 50, ..Limits::default() };
        let cleaner = Cleaner::builder().limits(limits).build()?;
        for (bytes, format) in [(p_siblings(200), Format::Html), (text_short_lines(200), Format::Text)] {
            let article = clean(&cleaner, &bytes, format)?;
            let removed = article.removals.iter().map(|removal| removal.text.as_str());
            let all: String = removed.chain([article.text.as_str()]).collect();
            let is_whole = all.matches("ok").count() == 200 && all.contains(ARTICLE);
            expect(article.degraded.contains(&Degraded::Blocks) && is_whole, &article)?;
        }
        Ok(())
    }),
    ("a_page_past_the_size_bound_is_too_large", |_| {
        let limits = Limits { max_document_bytes: 1_000, ..Limits::default() };
        let cleaner = Cleaner::builder().limits(limits).build()?;
        let too_large = |bytes: &[u8]| {
            let error = clean(&cleaner, bytes, Format::Html).err().ok_or("it was cleaned")?;
            if error.kind() == ErrorKind::TooLarge { Ok(()) } else { Err(Failed::from(error)) }
        };
        too_large(&text_huge(1_000))?;
        // 900 bytes as read and 2,700 as text.
        too_large(&[0xff; 900])
    }),
];

fn expect(holds: bool, article: &Article) -> Result<(), Failed> {
    if holds {
        return Ok(());
    }
    let Article { encoding, degraded, text, .. } = article;
    let text: String = text.chars().take(300).collect();
    Err(format!("encoding {encoding}, degraded {degraded:?}, text {text:?}").into())
}
