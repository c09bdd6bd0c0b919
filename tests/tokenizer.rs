//! The tokenizer gives the tokens that html5ever's own gives, whatever the source.
//!
//! Compared over the pages of the corpus and over sources that a grammar of edges generates. Two tests need data from
//! outside the repository and are run by `scripts/html5lib`.

#[path = "tokenizer/html5lib.rs"]
mod html5lib;
#[path = "tokenizer/tokens.rs"]
mod tokens;

use cpu_time::ThreadTime;
use dehusk::tokenizer;
use ego_tree::NodeId;
use html5ever::interface::TreeSink;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use scraper::{Html, HtmlTreeSink};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokens::{difference, scanned};

/// A few attributes that pages have.
const READ: &[&str] = &["class", "id", "a"];

/// The HTML files of a folder and the folders in it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().into_path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "html" || extension == "htm"));
    files
}

/// scraper's tree from the tokens of dehusk's tokenizer.
fn tree(source: &str) -> Html {
    struct Builder(TreeBuilder<NodeId, HtmlTreeSink>);
    impl TokenSink for Builder {
        type Handle = NodeId;

        fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
            self.0.process_token(token, line)
        }

        fn end(&self) {
            self.0.end();
        }

        fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
            self.0.adjusted_current_node_present_but_not_in_html_namespace()
        }
    }
    impl tokenizer::Sink for Builder {}
    let sink = HtmlTreeSink::new(Html::new_document());
    let builder = Builder(TreeBuilder::new(sink, TreeBuilderOpts::default()));
    tokenizer::tokenize(source, &builder).unwrap();
    builder.0.sink.finish()
}

/// Compares the tokens, the filtered tokens and the tree of each page.
fn compare(folder: &Path) -> (usize, Vec<String>) {
    let files = pages(folder);
    let mut differences = Vec::new();
    for file in &files {
        let source = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        let found = difference(&source, &[]).or_else(|| difference(&source, READ)).or_else(|| {
            (tree(&source) != Html::parse_document(&source)).then(|| "the trees are not the same".to_owned())
        });
        differences.extend(found.map(|difference| format!("{}: {difference}", file.display())));
    }
    (files.len(), differences)
}

#[test]
fn pages_of_the_corpus_have_the_same_tokens_and_trees() {
    let (pages, differences) = compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages"));
    assert!(pages > 20, "{pages} pages");
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Pieces of sources, most of them halves of something.
fn piece() -> impl Strategy<Value = String> {
    let markup = select(vec![
        "<",
        "</",
        "<!",
        "<?",
        "<!-",
        "<!--",
        "<!--->",
        "<!-->",
        "-->",
        "--!>",
        "--!",
        "--",
        "->",
        "-",
        "!",
        ">",
        "/",
        "/>",
        "=",
        "\"",
        "'",
        "`",
        "&",
        ";",
        "#",
        "[",
        "]",
        "]]>",
        "]]",
        "<![CDATA[",
        "<![cdata[",
        "<!doctype",
        "<!DOCTYPE ",
        " PUBLIC ",
        " SYSTEM",
        "html",
        "</>",
        "<//",
        "<a",
        "</a",
        "<A HREF=",
        "<p class=x",
        "<p/",
        "<svg>",
        "</svg>",
        "<svg/>",
        "<br/>",
        "<x-y-z-long-name",
        " id='",
        " a=\"",
        " A=",
        " a",
        "\u{feff}",
    ]);
    let raw = select(vec![
        "<script>",
        "</script>",
        "</script",
        "</SCRIPT >",
        "</scripts>",
        "<script",
        "<script/",
        "<ScRiPt ",
        "<style>",
        "</style>",
        "<title>",
        "</title/",
        "<textarea>",
        "</textarea\n>",
        "<xmp>",
        "</xmp\t",
        "<noscript>",
        "</noscript>",
        "<plaintext>",
        "<!--<script>",
        "<!-- <script ",
        "</script>-->",
        "script",
        "<!-<script>",
    ]);
    let references = select(vec![
        "&amp;",
        "&amp",
        "&AMP",
        "&ampx",
        "&amp=",
        "&notin;",
        "&notit;",
        "&noti",
        "&not",
        "&nosuch;",
        "&CounterClockwiseContourIntegral;",
        "&NotEqualTilde;",
        "&#65;",
        "&#65",
        "&#x41;",
        "&#X4g",
        "&#",
        "&#x",
        "&#x;",
        "&#0;",
        "&#128;",
        "&#xD800;",
        "&#x110000;",
        "&#99999999999;",
        "&#x80",
        "&lt",
        "&quot;",
        "&apos;",
        "&nbsp",
        "&copy;=",
        "&copy=",
        "&frac34",
        "&frac3",
        "&there4;",
    ]);
    let text = select(vec![
        "a",
        "b c",
        "é",
        "漢字",
        "\n",
        "\r",
        "\r\n",
        "\r\r\n",
        "\0",
        " ",
        "\t",
        "\u{c}",
        "1",
        "x=y",
        "\u{85}",
        "\u{ffff}",
        "a fairly long stretch of text that is not kept in place",
    ]);
    prop_oneof![4 => markup, 2 => raw, 2 => references, 3 => text].prop_map(str::to_owned)
}

fn source() -> impl Strategy<Value = String> {
    vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// The same sources in every run; more with `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    config.cases = config.cases.max(4_096);
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sources_of_edges_have_the_same_tokens(source in source()) {
        prop_assert_eq!(difference(&source, &[]), None);
        prop_assert_eq!(difference(&source, READ), None);
    }

    #[test]
    fn sources_of_edges_have_the_same_tree(source in source()) {
        // html5ever drops a byte order mark after each script too.
        let source = source.replace('\u{feff}', "");
        prop_assert_eq!(tree(&source).html(), Html::parse_document(&source).html());
    }

    #[test]
    fn any_text_has_the_same_tokens(source in "\\PC{0,40}") {
        prop_assert_eq!(difference(&source, &[]), None);
    }
}

#[test]
fn thousands_of_attributes_are_each_taken_once() {
    let mut source = "<p".to_owned();
    for number in 0..6_000 {
        source.push_str(&format!(" a{}='{number}'", number % 3_000));
    }
    source.push('>');
    assert_eq!(difference(&source, &[]), None);
}

/// Sixteen times the bytes take less than 64 times the processor time, where a square takes 256 times; each of these
/// is a storm of beginnings without an end.
#[test]
fn storms_cost_time_in_proportion() {
    let storms = [
        "<",
        "</",
        "<a ",
        "<a x='",
        "<!--",
        "<!-",
        "<!",
        "--",
        "&",
        "&#",
        "&a",
        "</x",
        "<![CDATA[",
        "<svg><![CDATA[",
        "<script>",
        "<script><!--",
        "<title>",
        "]]",
        "-->",
        "<!-->",
    ];
    for storm in storms {
        let cost = |bytes: usize| {
            let source = storm.repeat(bytes / storm.len());
            let runs = (0..3).map(|_| {
                let begin = ThreadTime::now();
                assert!(!scanned(&source, READ).is_empty());
                begin.elapsed()
            });
            runs.min().unwrap()
        };
        // What takes less than that is memory that was never touched before.
        let measurable = Duration::from_millis(1);
        let (before, after) = (cost(256 << 10), cost(4 << 20));
        assert!(after < before.max(measurable) * 64, "{storm}: {before:?} and {after:?}");
    }
}

#[test]
#[ignore = "its data is outside the repository; see scripts/html5lib"]
fn the_tests_of_the_standard_pass() {
    let folder = std::env::var("HTML5LIB_TESTS").expect("names the folder of the *.test files");
    let score = html5lib::run(Path::new(&folder));
    for failure in &score.failed {
        println!("FAILED {failure}");
    }
    for (reason, count) in &score.excused {
        println!("excused {count}: {reason}");
    }
    println!(
        "{} passed, {} failed, {} excused",
        score.passed,
        score.failed.len(),
        score.excused.values().sum::<usize>()
    );
    assert!(score.failed.is_empty() && score.passed > 0);
}

#[test]
#[ignore = "its data is outside the repository; see scripts/html5lib"]
fn pages_of_a_folder_have_the_same_tokens_and_trees() {
    let folder = std::env::var("HTML_PAGES").expect("names the folder of the pages");
    let (pages, differences) = compare(Path::new(&folder));
    for difference in &differences {
        println!("DIFFERENT {difference}");
    }
    println!("{pages} pages, {} different", differences.len());
    assert!(differences.is_empty() && pages > 0);
}
