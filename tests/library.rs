//! The library as a program uses it, without the feature `cli`: builder, user rules, keep lists, captions, bounds.

use dehusk::{
    Article, Captions, Cleaner, CleanerBuilder, Comments, Decision, Degraded, ErrorKind, Favor, Format, Ground, Hints,
    Limits, Metadata, Reason,
};
use std::path::{Path, PathBuf};

const PROSE: &str = "The council met on Tuesday evening and agreed, after four hours of talk, that the old bridge would \
    be closed to lorries from the first of March, when the river is low.";
const MORE: &str = "Nobody in the village remembers who planted the lime trees along the road to the mill, but everyone \
    has an opinion on who should prune them, and most say so.";
const PROMPT: &str = "Please refresh your browser to be logged in";
const CAPTION: &str = "Photo: the old bridge on the morning of the flood (Reuters)";

const PACK: &str = r#"
[[rule]]
id = "mill/visit"
lang = ["en"]
match = '^visit the mill shop'
why = "a shop call under each page of the mill's site"
drops = ["Visit the mill shop today", "Visit the mill shop!"]
keeps = ["We went to visit the mill shop.", "The mill shop is open"]

[[rule]]
id = "mill/box"
lang = ["any"]
selector = "div.mill-box"
why = "the box with opening hours"
drops = ["<div class='mill-box'>Open</div>", "<div class='big mill-box'><p>Open</p></div>"]
keeps = ["<div class='mill'>Open</div>", "<p class='mill-box'>Open</p>"]
"#;

fn build(builder: CleanerBuilder) -> Cleaner {
    builder.build().unwrap()
}

fn text(cleaner: &Cleaner, text: &str) -> Article {
    cleaner.clean(text.as_bytes(), &Hints { format: Some(Format::Text), ..Hints::default() }).unwrap()
}

fn reasons(article: &Article) -> Vec<&str> {
    article.removals.iter().map(|removal| removal.reason.id()).collect()
}

fn page(lines: &[&str]) -> String {
    lines.join("\n\n") + "\n"
}

#[test]
fn a_page_becomes_an_article_and_a_record_of_its_cuts() {
    let source = page(&[PROSE, PROMPT, MORE]);
    let article = text(&build(Cleaner::builder()), &source);
    assert_eq!(article.text, page(&[PROSE, MORE]));
    assert!(!article.unchanged && !article.is_empty() && article.degraded.is_empty());
    assert_eq!((article.format, article.encoding), (Format::Text, "UTF-8"));
    assert!(article.words_in > article.words_out);
    assert_eq!(article.blocks.len(), 2);
    assert_eq!(&article.text[article.blocks[1].range.clone()], MORE);
    let [removal] = &article.removals[..] else { panic!("{:?}", article.removals) };
    let start = source.find(PROMPT).unwrap();
    assert_eq!((removal.place.start, removal.place.end), (start, start + PROMPT.len()));
    assert_eq!(removal.place.element, None);
    assert_eq!((removal.text.as_str(), removal.score), (PROMPT, 1.0));
    assert_eq!(removal.reason.family(), "login");
    assert!(PROMPT.to_lowercase().contains(&removal.evidence));
}

#[test]
fn an_html_page_has_metadata_and_removals_with_range_line_and_element() {
    let paragraphs = format!("<p>{PROSE}</p>\n<p>{MORE}</p>\n").repeat(3);
    let html = format!(
        "<!doctype html>\n<html lang=en><head><title>Bridge to close</title></head>\n<body>\n\
        <nav><a href=/>Home</a> <a href=/news>News</a></nav>\n<article><h1>Bridge to close</h1>\n{paragraphs}\
        <p>{PROMPT}</p></article></body></html>"
    );
    let hints = Hints { url: Some("https://site.example/bridge".into()), ..Hints::default() };
    let article = build(Cleaner::builder()).clean(html.as_bytes(), &hints).unwrap();
    assert_eq!(article.format, Format::Html);
    assert!(article.text.contains(PROSE) && article.text.contains(MORE));
    assert!(!article.text.contains(PROMPT) && !article.text.contains("Home"));
    assert_eq!(article.metadata.title.as_deref(), Some("Bridge to close"));
    assert_eq!(article.metadata.url.as_deref(), Some("https://site.example/bridge"));
    assert_eq!(article.metadata.language.as_deref(), Some("en"));
    let removal = article.removals.iter().find(|removal| removal.text == PROMPT).unwrap();
    assert_eq!(&html[removal.place.start..removal.place.end], PROMPT);
    let element = removal.place.element.as_ref().unwrap();
    assert_eq!((element.line, element.path.starts_with("html>body")), (12, true), "{}", element.path);
}

#[test]
fn a_cleaner_that_explains_nothing_makes_the_same_article_with_as_many_removals() {
    let html =
        format!("<html><body><nav><a href=/>Home</a></nav>{}<p>{PROMPT}</p>", format!("<p>{PROSE}</p>").repeat(3));
    for source in [page(&[PROSE, PROMPT, MORE]), html] {
        let clean = |builder| build(builder).clean(source.as_bytes(), &Hints::default()).unwrap();
        let (full, bare) = (clean(Cleaner::builder()), clean(Cleaner::builder().explain(false)));
        let decided = |article: &Article| -> Vec<(Reason, f32)> {
            article.removals.iter().map(|removal| (removal.reason.clone(), removal.score)).collect()
        };
        assert!(!full.removals.is_empty());
        assert_eq!((&full.text, decided(&full)), (&bare.text, decided(&bare)));
        assert!(bare.removals.iter().all(|removal| removal.text.is_empty()));
        assert_eq!((full.words_in, full.words_out), (bare.words_in, bare.words_out));
    }
}

#[test]
fn a_cleaner_that_leaves_metadata_out_makes_the_same_articles() {
    let (whole, part) = (build(Cleaner::builder()), build(Cleaner::builder().metadata(false)));
    let mut left_out = 0;
    for (path, source) in corpus("pages") {
        let url = Some("https://site.example/page".to_owned());
        let hints = Hints { name: Some(path.display().to_string()), url: url.clone(), ..Hints::default() };
        let [mut whole, part] = [&whole, &part].map(|cleaner| cleaner.clean(&source, &hints).unwrap());
        left_out += usize::from(whole.metadata != part.metadata);
        let Metadata { title, description, .. } = whole.metadata;
        whole.metadata = Metadata { title, description, url, ..Metadata::default() };
        assert_eq!(format!("{whole:?}"), format!("{part:?}"), "{}", path.display());
    }
    assert!(left_out > 20);
}

#[test]
fn a_clean_text_is_unchanged() {
    let article = text(&build(Cleaner::builder()), &page(&[PROSE, MORE]));
    assert!(article.unchanged && article.removals.is_empty());
}

#[test]
fn a_cleaner_is_shared_between_threads() {
    let cleaner = build(Cleaner::builder());
    let source = page(&[PROSE, PROMPT, MORE]);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| text(&cleaner, &source).text)).collect();
        threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), page(&[PROSE, MORE])));
    });
}

#[test]
fn a_user_rule_removes_by_pattern_and_by_selector() {
    let cleaner = build(Cleaner::builder().rules("mill.toml", PACK));
    let article = text(&cleaner, &page(&[PROSE, "Visit the mill shop, open daily", MORE]));
    assert_eq!(article.text, page(&[PROSE, MORE]));
    assert_eq!(article.removals[0].reason, Reason::Rule("mill/visit".into()));
    let box_text =
        "The mill turns on Saturdays, and its miller shows how the stones are dressed; all are welcome to come.";
    let paragraphs = format!("<p>{PROSE}</p><p>{MORE}</p>");
    let html = format!("<html><body><article>{paragraphs}<div class='mill-box'>{box_text}</div>{paragraphs}");
    assert!(build(Cleaner::builder()).clean(html.as_bytes(), &Hints::default()).unwrap().text.contains(box_text));
    let article = cleaner.clean(html.as_bytes(), &Hints::default()).unwrap();
    assert!(!article.text.contains(box_text) && article.text.contains(PROSE));
    assert!(reasons(&article).contains(&"mill/box"));
}

#[test]
fn a_selector_of_an_element_inside_a_line_takes_the_lines_that_it_fills() {
    let pack = r#"
[[rule]]
id = "mill/link"
lang = ["any"]
selector = "a[href*=shop]"
why = "links to the mill's shop"
drops = ["<a href='/shop'>Shop</a>", "<a href='/shop/1'>Flour</a>"]
keeps = ["<a href='/mill'>Mill</a>", "<b>Shop</b>"]
"#;
    let call = "The shop beside the mill sells flour of this summer, and it is open on all days but Monday";
    let inside = format!("{PROSE} The <a href='/shop'>shop</a> has a roof.");
    let html = format!(
        "<article><p>{PROSE}</p><p><a href='/shop'>{call}</a></p><p><a class=card href='/shop'>{call} again</a></p><p>{inside}</p><p>{MORE}</p></article>"
    );
    let article = build(Cleaner::builder().rules("mill.toml", pack)).clean(html.as_bytes(), &Hints::default()).unwrap();
    assert!(!article.text.contains(call), "{}", article.text);
    assert!(article.text.contains("The shop has a roof."), "{}", article.text);
    assert!(reasons(&article).contains(&"mill/link"));
}

#[test]
fn ids_of_guards_and_topics_are_unique_too() {
    let guard = "[[guard]]\nid = \"mill/visit\"\nlang = [\"en\"]\nmatch = '^the mill'\nwhy = \"names the mill\"\n\
        keeps = [\"The mill turns\", \"The mill is open\"]\npasses = [\"A mill\", \"Our mill\"]\n";
    let Err(error) = Cleaner::builder().rules("mill.toml", &format!("{PACK}\n{guard}")).build() else {
        panic!("it loads")
    };
    assert!(error.to_string().contains("rule mill/visit: the id is taken"), "{error}");
}

#[test]
fn a_bad_pack_says_where_and_why() {
    let edits = [
        ("'^visit the mill shop'", "'^visit the (mill shop'", "mill.toml:2: rule mill/visit:"),
        ("'^visit the mill shop'", "'^visit our shop'", "mill.toml:7: rule mill/visit: does not match its own drops"),
        ("\"The mill shop is open\"", "\"Visit the mill shop, open\"", "rule mill/visit: matches its own keeps"),
        (", \"The mill shop is open\"", "", "mill.toml:2: rule mill/visit: 1 keeps, two are needed"),
        ("div.mill-box", "div..mill-box", "mill.toml:10: rule mill/box: the selector"),
        ("mill/box", "mill/visit", "mill.toml:10: rule mill/visit: the id is taken"),
        ("mill/visit", "Mill", "mill.toml:2: rule Mill: an id is family/slug"),
        ("why = \"a", "wy = \"a", "mill.toml:"),
    ];
    for (before, after, message) in edits {
        let pack = PACK.replacen(before, after, 1);
        assert_ne!(pack, PACK);
        let Err(error) = Cleaner::builder().rules("mill.toml", &pack).build() else { panic!("loads with {after}") };
        assert_eq!(error.kind(), ErrorKind::Rules);
        assert!(error.to_string().contains(message), "{error}\nis not: {message}");
    }
}

#[test]
fn a_fault_in_the_form_of_a_pack_names_its_line() {
    let pack = PACK.replace("why = \"the box", "wy = \"the box");
    let Err(error) = Cleaner::builder().rules("mill.toml", &pack).build() else { panic!("it loads") };
    let message = error.to_string();
    assert!(message.starts_with("mill.toml:1"), "no file:line in: {message}");
}

#[test]
fn a_keep_list_vetoes_by_line_id_and_family() {
    let source = page(&[PROSE, PROMPT, MORE]);
    let first = text(&build(Cleaner::builder()), &source);
    let removal = &first.removals[0];
    let line = format!("  {}  ", PROMPT.to_uppercase());
    for veto in [PROMPT, line.as_str(), removal.reason.id(), &format!("{}/*", removal.reason.family())] {
        let list = format!("# what the editor wants back\n\n{veto}\n");
        let article = text(&build(Cleaner::builder().keep("keep.txt", &list)), &source);
        assert_eq!(article.text, source, "{veto}");
        assert!(article.removals.is_empty());
    }
    let article = text(&build(Cleaner::builder().keep("keep.txt", "Please refresh your browser")), &source);
    assert_eq!(article.removals.len(), 1, "half a line vetoes nothing");
}

#[test]
fn a_keep_list_with_an_unknown_rule_is_refused() {
    let Err(error) = Cleaner::builder().keep("keep.txt", "A line\nlogin/no-such-rule\n").build() else {
        panic!("it loads")
    };
    assert_eq!(error.kind(), ErrorKind::Rules);
    assert!(error.to_string().starts_with("keep.txt:2:"), "{error}");
}

#[test]
fn captions_are_kept_once_or_not_at_all_or_always() {
    let source = page(&[CAPTION, PROSE, CAPTION, MORE]);
    let with = |captions| text(&build(Cleaner::builder().captions(captions)), &source);
    let once = with(Captions::Once);
    assert_eq!((once.text.as_str(), reasons(&once)), (page(&[CAPTION, PROSE, MORE]).as_str(), vec!["repeat"]));
    let dropped = with(Captions::Drop);
    assert_eq!(dropped.text, page(&[PROSE, MORE]));
    assert!(with(Captions::Keep).unchanged);
    let vetoed = text(&build(Cleaner::builder().keep("keep.txt", "repeat")), &source);
    assert!(vetoed.unchanged);
}

#[test]
fn bounds_are_the_callers() {
    let limits = Limits { max_document_bytes: 100, ..Limits::default() };
    let cleaner = build(Cleaner::builder().limits(limits.clone()));
    assert_eq!(cleaner.limits(), &limits);
    let error = cleaner.clean(PROSE.as_bytes(), &Hints::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);

    let limits = Limits { max_rules: 10, ..Limits::default() };
    let Err(error) = Cleaner::builder().limits(limits).build() else { panic!("ten rules are enough") };
    assert_eq!(error.kind(), ErrorKind::Rules);
}

#[test]
fn a_page_of_prompts_alone_is_empty_and_marked() {
    let article = text(&build(Cleaner::builder()), &page(&[PROMPT, "Sign up for our newsletter"]));
    assert!(article.is_empty());
    assert_eq!(article.degraded, [Degraded::Emptied]);
    assert_eq!(article.removals.len(), 2);
}

#[test]
fn what_a_page_states_its_article_says_stands_in_for_what_a_program_would_show() {
    let state = |kind: &str, name: &str, said: &str| {
        format!(r#"<script type="application/ld+json">{{"@type":"{kind}","{name}":"{said}"}}</script>"#)
    };
    let said = "The ferry sails again, nine years after the bridge was built, and dogs &amp; children travel free.\\n\\n\
        Tickets cost two crowns, as they did then.\\n\\nSign up for our newsletter";
    let expected = "The ferry sails again, nine years after the bridge was built, and dogs & children travel free.\n\n\
        Tickets cost two crowns, as they did then.\n";
    const SHELL: &str = "<div id=app></div><noscript>You need to enable JavaScript to run this app.</noscript>";
    let cleaner = build(Cleaner::builder());
    let source = format!("<title>Ferry</title>{}{SHELL}", state("NewsArticle", "articleBody", said));
    let article = html(&cleaner, &source);
    assert_eq!((&*article.text, &article.degraded[..]), (expected, &[Degraded::Stated][..]));
    let script = source.find('{').unwrap()..source.find("</script>").unwrap();
    assert_eq!(article.blocks[0].place.start..article.blocks[1].place.end, script);
    let removed: Vec<&str> = article.removals.iter().map(|removal| &*removal.text).collect();
    assert_eq!(removed, ["You need to enable JavaScript to run this app.", "Sign up for our newsletter"]);
    assert!(article.words_out < article.words_in);
    let account = cleaner.explain(source.as_bytes(), &Hints::default()).unwrap();
    assert_eq!(account.article.text, expected);
    assert_eq!(
        account.blocks.iter().map(|block| block.decision.is_kept()).collect::<Vec<_>>(),
        [false, true, true, false]
    );
    // With tags it is a piece of a page, whose places are those of the script all the same.
    let tagged = format!("<p>{}</p>", said.replace("\\n\\n", "</p><p>")).replace("</", "<\\/");
    let tagged = html(&cleaner, &format!("\0<title>Ferry</title>{}{SHELL}", state("Product", "description", &tagged)));
    assert_eq!((&*tagged.text, tagged.blocks[0].place.start), (expected, script.start + "\0".len()));
    // A page that shows its article, or states several, needs none.
    let shown = format!("{source}<article><p>{PROSE}</p><p>{PROSE} It stood empty for years.</p></article>");
    assert!(html(&cleaner, &shown).text.starts_with(PROSE));
    let other = said.replace("ferry", "boat");
    let two = format!("{source}{}", state("NewsArticle", "articleBody", &other));
    assert!(html(&cleaner, &two).is_empty());
}

#[test]
fn what_a_page_says_is_its_article_is_not_lost_for_its_short_lines() {
    const SITE: &str =
        "<title>Songs of the bay</title><nav><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></nav>";
    const END: &str = "<footer><a href=/p>Privacy policy</a></footer>";
    let cleaner = build(Cleaner::builder());
    let song = "Row, row, across the bay\nThe tide is turning home\n\nPull, pull, the rope is strong\nThe harbour lights are near\n";
    let paragraphs = format!("<p>{}</p>", song.trim_end().replace("\n\n", "</p><p>").replace('\n', "<br>"));
    let body = format!("{SITE}<main><article><h1>Songs of the bay</h1>{paragraphs}</article></main>{END}");
    assert_eq!(html(&cleaner, &body).text, song);
    let standings = "Rovers 34\n\nUnited 31\n\nAthletic 30\n\nCity 28\n\nWanderers 24\n";
    let paragraphs = format!("<p>{}</p>", standings.trim_end().replace("\n\n", "</p><p>"));
    assert_eq!(html(&cleaner, &format!("<title>Standings</title><h1>Standings</h1>{paragraphs}")).text, standings);
    for (piece, expected) in [
        ("<p>The mill was sold.</p><p>Nobody knows to whom.</p>", "The mill was sold.\n\nNobody knows to whom.\n"),
        ("Just <b>bold</b> words and no block.", "Just bold words and no block.\n"),
        ("<pre>fn main() {\n    run();\n}</pre>", "fn main() {\n    run();\n}\n"),
        ("<ul><li><a href=1>Mill</a></li><li><a href=2>Ferry</a></li></ul>", ""),
    ] {
        assert_eq!(html(&cleaner, piece).text, expected);
    }
    // Who wants only sure pages gets none of these.
    assert!(html(&build(Cleaner::builder().min_confidence(0.8)), &body).text.is_empty());
    for notice in [
        "<h1>Log in</h1><form><label>Your name or address</label><input><label>Your password</label><input><button>Log in</button></form>",
        "<h1>Page not found</h1><p>We could not find that page.</p><form><label>Search for:</label><input></form>",
        "<h1>Are you of age?</h1><p>Please say</p><p><a href=/y>Yes, I am</a></p><p><a href=/n>No, I am not</a></p>",
        "<h1>Shop</h1><ul><li><a href=/a>Rope of hemp in rolls</a><li><a href=/b>Lamps for the deck</a><li><a href=/c>Nails</a></ul>",
    ] {
        let article = html(&cleaner, &format!("{SITE}<article>{notice}</article>{END}"));
        assert!(article.text.is_empty(), "{notice}: {}", article.text);
    }
}

#[test]
fn a_very_small_page_is_not_emptied_for_being_small_and_an_error_page_is() {
    let cleaner = build(Cleaner::builder());
    const MENU: &str = "<nav><a href=/>Home</a> <a href=/about>About me</a></nav>";
    const FOOT: &str = "<footer>© 2024 Ann Moor. You are on my page.</footer>";
    for (body, expected) in [
        ("<p>The ferry sails at noon.</p>".to_owned(), "The ferry sails at noon.\n"),
        ("<h1>Note</h1><p>Call me back.</p><p>Ann</p>".to_owned(), "Call me back.\n\nAnn\n"),
        ("<ul><li>Monday, 9 to 5</li><li>Friday, 9 to 1</li></ul>".to_owned(), "- Monday, 9 to 5\n- Friday, 9 to 1\n"),
        (
            "<table><tr><td>Ann</td><td>4</td></tr><tr><td>Bob</td><td>5</td></tr></table>".to_owned(),
            "Ann | 4\nBob | 5\n",
        ),
        ("<article><p>The ferry sails at noon.</p></article>".to_owned(), "The ferry sails at noon.\n"),
        (
            format!("{MENU}<h2>Tea</h2><ol><li>Boil some water</li><li>Add the leaves</li></ol>{FOOT}"),
            "Tea\n\n1. Boil some water\n2. Add the leaves\n",
        ),
        (format!("{MENU}<p>Hello world, this is my page.</p>{FOOT}"), "Hello world, this is my page.\n"),
        (
            format!("{MENU}<p>Welcome</p><h2>The boat</h2><p>She was built at the yard in 1931.</p>{FOOT}"),
            "The boat\n\nShe was built at the yard in 1931.\n",
        ),
    ] {
        let article = html(&cleaner, &format!("<!DOCTYPE html><html><body>{body}</body></html>"));
        assert_eq!(article.text, expected, "{body}");
    }
    for notice in [
        "<h1>Not Found</h1><p>The requested URL was not found on this server.</p><hr><address>Apache/2.4.41 (Ubuntu) Server at example.com Port 443</address>",
        "<center><h1>403 Forbidden</h1></center><hr><center>nginx/1.18.0 (Ubuntu)</center>",
        "<h1>Object Moved</h1><p>The document has moved <a href=/new>here</a>.</p>",
        "<h1>Loading</h1><p>Please wait</p><p>Loading</p>",
        "<h2>Server Error</h2><h3>404 - File or directory not found.</h3><p>The resource you are looking for has been removed, had its name changed, or is temporarily unavailable.</p>",
        "<h1>Object not found!</h1><p>The requested URL was not found on this server.</p><p>If you think this is a server error, please contact the webmaster.</p>",
        "<pre>Cannot GET /old</pre>",
        "<h1>Error</h1><ul><li>Invalid request</li></ul>",
        "<form><p>Please type your name and your password.</p><input name=n><input name=p type=password></form>",
        "<form><table><tr><td>User name:</td><td><input></td></tr><tr><td>Password:</td><td><input></td></tr></table></form>",
    ] {
        for page in
            [format!("<html><body>{notice}</body></html>"), format!("<html><body>{MENU}{notice}{FOOT}</body></html>")]
        {
            assert_eq!(html(&cleaner, &page).text, "", "{page}");
        }
    }
    // Who wants to be surer gets none of what stands beside a menu.
    let sure = build(Cleaner::builder().min_confidence(0.15));
    assert!(html(&sure, &format!("<body>{MENU}<p>Hello world, this is my page.</p>{FOOT}")).is_empty());
}

#[test]
fn a_break_in_a_cell_of_data_is_a_space_and_between_paragraphs_of_a_layout_it_is_a_line_end() {
    let cleaner = build(Cleaner::builder().judgement(false));
    let rows = |cells: &str| html(&cleaner, &format!("<body><table>{cells}</table>")).text;
    let data = "<tr><td>Ann</td><td>100<br>pounds</td><td>1</td></tr><tr><td>Bob<br></td><td><br>5</td></tr>";
    assert_eq!(rows(data), "Ann | 100 pounds | 1\nBob | 5\n");
    assert_eq!(rows("<tr><td>Ann<br><br>Bob</td><td>5</td></tr>"), "Ann\nBob | 5\n");
    let line = "The ferry sails again, nine years after the bridge.";
    let layout = format!("<tr><td>{line}<br>{line}</td><td>Menu</td></tr>");
    assert_eq!(rows(&layout), format!("{line}\n{line} | Menu\n"));
}

#[test]
fn an_empty_page_is_an_empty_article() {
    let cleaner = build(Cleaner::builder());
    for bytes in ["", " \r\n\u{feff}", "<html></html>"] {
        let article = cleaner.clean(bytes.as_bytes(), &Hints::default()).unwrap();
        assert!(article.is_empty() && article.removals.is_empty() && article.degraded.is_empty(), "{bytes:?}");
    }
}

#[test]
fn a_short_text_with_one_control_character_is_no_binary_file() {
    let article = build(Cleaner::builder()).clean(b"The bridge is closed.\x0b\n", &Hints::default());
    assert_eq!(
        article.map(|article| article.text).map_err(|error| error.to_string()),
        Ok("The bridge is closed.\n".into())
    );
}

#[test]
fn hints_overrule_what_the_bytes_look_like() {
    let cleaner = build(Cleaner::builder());
    let bytes = "<p>Markup is <b>text</b> here.</p>\n".as_bytes();
    let with = |hints| cleaner.clean(bytes, &hints).unwrap();
    assert_eq!(with(Hints::default()).format, Format::Html);
    let article = with(Hints { format: Some(Format::Text), ..Hints::default() });
    assert_eq!((article.format, article.unchanged), (Format::Text, true));
    let latin = cleaner.clean(b"caf\xe9 cr\xe8me\n", &Hints { charset: Some("latin1".into()), ..Hints::default() });
    assert_eq!(latin.unwrap().text, "caf\u{e9} cr\u{e8}me\n");
}

/// The articles of the corpus.
fn articles() -> Vec<(PathBuf, String)> {
    let files = corpus("expected").into_iter();
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// The files of a folder of the corpus.
fn corpus(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let files: Vec<_> = files
        .filter(|path| path.is_file())
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect();
    assert!(files.len() >= 60);
    files
}

#[test]
fn no_rule_fires_on_an_article_of_the_corpus() {
    let cleaner = build(Cleaner::builder());
    let mut wrong = Vec::new();
    for (path, expected) in articles() {
        let article = text(&cleaner, &expected);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for removal in &article.removals {
            wrong.push(format!("{name}: {} removes {:?}", removal.reason.id(), removal.text));
        }
        if article.removals.is_empty() && article.text != expected {
            wrong.push(format!("{name}: is not normalized"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_rule_fires_on_an_article_that_is_set_in_html() {
    let cleaner = build(Cleaner::builder());
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut wrong = Vec::new();
    for (path, expected) in articles() {
        let paragraphs: String = expected.lines().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
        let html = format!("<!doctype html><html><body><article>\n{paragraphs}</article></body></html>");
        let article = cleaner.clean(html.as_bytes(), &Hints::default()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for removal in article.removals.iter().filter(|removal| matches!(removal.reason, Reason::Rule(_))) {
            wrong.push(format!("{name}: {} removes {:?}", removal.reason.id(), removal.text));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_selector_that_matches_nothing_changes_nothing() {
    let pack = "[[rule]]\nid = \"mine/none\"\nlang = [\"any\"]\nselector = \"x-none\"\nwhy = \"keeps all attributes\"\n\
        drops = [\"<x-none>a</x-none>\", \"<p><x-none>b</x-none></p>\"]\nkeeps = [\"<p>a</p>\", \"<b>b</b>\"]\n";
    let (plain, selecting) = (build(Cleaner::builder()), build(Cleaner::builder().rules("none.toml", pack)));
    let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages/html");
    for page in std::fs::read_dir(pages).unwrap() {
        let bytes = std::fs::read(page.unwrap().path()).unwrap();
        let texts = [&plain, &selecting].map(|cleaner| cleaner.clean(&bytes, &Hints::default()).unwrap().text);
        assert_eq!(texts[0], texts[1]);
    }
}

#[test]
fn a_privacy_policy_keeps_what_it_says() {
    let policy = "Privacy Policy\n\nWe use cookies to improve your experience on our site.\n\n\
        You may unsubscribe at any time.\n\nBy using this site you agree to our terms of use.\n";
    let article = text(&build(Cleaner::builder()), policy);
    assert!(article.unchanged, "{:?}", article.removals);
    let other = policy.replacen("Privacy Policy", "The mill is sold", 1);
    assert!(!text(&build(Cleaner::builder()), &other).removals.is_empty());
}

#[test]
fn so_does_a_page_whose_headline_says_that_it_is_one() {
    let page = |headline: &str| {
        format!(
            "<html><head><title>Harbor Museum</title></head><body><nav><a href=/>Home</a> <a href=/visit>Visit</a></nav>\
             <main><h1>{headline}</h1><p>By opening an account you agree to what stands here. Please read it with care.</p>\
             <h2>1. Your account</h2><p>You must be sixteen to register. Keep your password to yourself.</p>\
             <h2>2. Cookies</h2><p>We use cookies to keep you signed in. You can turn them off in your browser, but then you \
             cannot log in.</p><h2>3. Changes</h2><p>We may change this page and will tell you by mail a month before.</p>\
             </main><footer>© Harbor Museum</footer></body></html>"
        )
    };
    let cleaner = build(Cleaner::builder());
    let text = |headline: &str| cleaner.clean(page(headline).as_bytes(), &Hints::default()).unwrap().text;
    assert!(text("Terms of use").contains("We use cookies to keep you signed in."));
    assert!(!text("The museum is open again").contains("We use cookies"));
}

const COMMENTED: &str = r#"<html lang="en"><head><title>Ferry timetable changes | The Harbour Post</title></head><body>
<header><nav><a href="/">Home</a> <a href="/news">News</a></nav></header>
<main><article class="story"><h1>Ferry timetable changes</h1>
<p>The island ferry will leave an hour earlier from the first of May, the harbour board decided on Monday evening after two years of talks with the school and the dairy.</p>
<p>Members rejected an amendment that would have cut the number of crossings from four a week to two. “A boat for parcels and nothing else is no boat,” said the board’s chair, Agnes Thorley.</p>
<p>The earlier departure means that pupils reach the mainland before the first lesson. The dairy had asked for the change because its milk missed the morning train.</p></article>
<section class="comments" id="comments"><h2>3 comments</h2>
<div class="comment"><p class="comment-author">Tom, 12 March 2024 at 10:11</p><p>I have taken this boat for thirty years and it has never been on time, so an hour earlier may just be right.</p></div>
<div class="comment"><p class="comment-author">Rita, 12 March 2024 at 11:40</p><p>What about the people who work on the late shift and live on the island? Nobody asked us about any of this.</p></div>
<form class="comment-form"><p>Log in to leave a comment.</p><button>Post comment</button></form></section></main>
<footer><p>© The Harbour Post</p></footer></body></html>"#;

fn html(cleaner: &Cleaner, page: &str) -> Article {
    cleaner.clean(page.as_bytes(), &Hints { format: Some(Format::Html), ..Hints::default() }).unwrap()
}

#[test]
fn comments_stay_when_they_are_wanted_and_their_prompts_go() {
    let with = |comments| html(&build(Cleaner::builder().comments(comments)), COMMENTED).text;
    let kept = with(Comments::Keep);
    assert!(kept.contains("I have taken this boat") && kept.contains("Nobody asked us"), "{kept}");
    assert!(!kept.contains("Log in to leave") && !kept.contains("Post comment"), "{kept}");
    for comments in [Comments::Auto, Comments::Drop] {
        let text = with(comments);
        assert!(text.contains("the morning train") && !text.contains("I have taken this boat"), "{text}");
    }
}

/// A page of paragraphs and headings side by side, as a site without names for its parts has it.
fn plain_page(title: &str, body: &[&str]) -> String {
    let body = body.join("\n");
    format!(
        "<html lang=\"en\"><head><title>{title}</title></head><body><main><article><h1>{title}</h1>\n{body}\n</article></main>\
         </body></html>"
    )
}

const QUARRY: [&str; 4] = [
    "<p>The quarry above the village closed in the autumn, and with it went the last nine jobs that did not depend on the road to the coast.</p>",
    "<p>For a century the slate had gone down the valley by rail, first behind horses and then behind two engines that the museum would like to have.</p>",
    "<p>The council asked three architects what could become of the sheds, and all three drew the same thing, which was a market with a roof of glass.</p>",
    "<p>Nobody in the village had asked for a market, but everybody had an opinion about glass, and the meeting went on until the lights were put out.</p>",
];

#[test]
fn a_sentence_that_sounds_like_a_label_of_comments_does_not_end_the_article() {
    let end = "<p>The sheds are still there, the glass was never ordered, and on Saturdays the brass band practises between the saws and the scales.</p>";
    let said = ["<p>The discussion is closed.</p>", "<p>So said the mayor in 2019.</p>", end];
    let text = html(&build(Cleaner::builder()), &plain_page("The quarry", &[&QUARRY[..], &said].concat())).text;
    assert!(text.contains("So said the mayor") && text.contains("the brass band practises"), "{text}");
}

#[test]
fn only_the_headline_is_taken_for_what_the_title_says() {
    let body = [QUARRY[0], "<h2>Slate</h2>", QUARRY[1], QUARRY[2], "<p>Slate</p>", QUARRY[3]];
    let article = html(&build(Cleaner::builder()), &plain_page("Slate", &body));
    let copies = article.text.lines().filter(|line| line.trim_start_matches('#').trim() == "Slate").count();
    assert_eq!(copies, 2, "{}", article.text);
    assert_eq!(article.removals.iter().filter(|removal| removal.reason == Reason::Headline).count(), 1);
}

#[test]
fn a_heading_between_prose_heads_a_section_whatever_it_sounds_like() {
    let body = [QUARRY[0], QUARRY[1], "<h2>Share this page</h2>", QUARRY[2], QUARRY[3]];
    let text = html(&build(Cleaner::builder()), &plain_page("The quarry", &body)).text;
    assert!(text.contains("Share this page"), "{text}");
    // Over links it is what it says.
    let links = "<div><h2>Share this page</h2><ul><li><a href=\"/f\">Facebook</a></li></ul></div>";
    let text = html(&build(Cleaner::builder()), &plain_page("The quarry", &[&QUARRY[..], &[links]].concat())).text;
    assert!(!text.contains("Share this page"), "{text}");
}

#[test]
fn a_page_below_the_wanted_confidence_is_kept_out_as_a_whole() {
    let article = html(&build(Cleaner::builder()), COMMENTED);
    assert!(article.confidence > 0.5 && article.confidence < 1.0, "{}", article.confidence);
    let strict = html(&build(Cleaner::builder().min_confidence(article.confidence + 0.001)), COMMENTED);
    assert!(strict.is_empty() && strict.confidence == 0.0);
    assert!(strict.removals.iter().any(|removal| removal.evidence.contains("too unsure")));
    let lax = html(&build(Cleaner::builder().min_confidence(article.confidence - 0.001)), COMMENTED);
    assert_eq!(lax.text, article.text);
}

#[test]
fn favoring_recall_keeps_what_balance_keeps_and_precision_keeps_no_more() {
    let words = |favor| html(&build(Cleaner::builder().favor(favor)), COMMENTED).words_out;
    let [precision, balanced, recall] = [Favor::Precision, Favor::Balanced, Favor::Recall].map(words);
    assert!(precision <= balanced && balanced <= recall, "{precision} {balanced} {recall}");
}

#[test]
fn an_account_says_of_each_block_what_was_decided_and_makes_the_same_article() {
    let correction = "Correction: an earlier version of this article gave the wrong year for the bridge.";
    let source = page(&[PROSE, PROMPT, correction, MORE]);
    let cleaner = build(Cleaner::builder());
    let account = cleaner.explain(source.as_bytes(), &Hints::default()).unwrap();
    assert_eq!(account.article.text, text(&cleaner, &source).text);
    let blocks = &account.blocks;
    let said: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(said, [PROSE, PROMPT, correction, MORE]);
    assert_eq!(blocks.iter().map(|block| block.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for block in blocks {
        assert_eq!(&source[block.place.start..block.place.end], block.text);
        assert!(!block.evidence.is_empty() && (0.0..=1.0).contains(&block.score), "{block:?}");
    }
    let Decision::Kept(Ground::Guard(guard)) = &blocks[2].decision else { panic!("{:?}", blocks[2]) };
    assert!(guard.contains('/') && blocks[2].evidence.starts_with("correction"), "{:?}", blocks[2]);
    assert_eq!(blocks[0].decision, Decision::Kept(Ground::Judgement));
    assert!(blocks[0].score > 0.5 && blocks[1].decision.family() == "login");
}

#[test]
fn the_words_of_an_account_add_up() {
    let cleaner = build(Cleaner::builder());
    for (path, source) in corpus("pages") {
        let hints = Hints { name: Some(path.display().to_string()), ..Hints::default() };
        let account = cleaner.explain(&source, &hints).unwrap();
        let sum = |is_kept: bool| -> usize {
            let blocks = account.blocks.iter();
            blocks.filter(|block| matches!(block.decision, Decision::Kept(_)) == is_kept).map(|block| block.words).sum()
        };
        let Article { words_in, words_out, .. } = account.article;
        assert_eq!((sum(true), sum(false)), (words_out, words_in - words_out), "{}", path.display());
    }
}

#[test]
fn an_account_names_the_rules_that_were_passed_over_for_the_keep_list() {
    let source = page(&[PROSE, PROMPT, MORE]);
    let rule = text(&build(Cleaner::builder()), &source).removals[0].reason.id().to_owned();
    let vetoed = build(Cleaner::builder().keep("veto", "login/*\njudgement"));
    let account = vetoed.explain(source.as_bytes(), &Hints::default()).unwrap();
    assert!(account.blocks[1].decision.is_kept());
    assert!(account.blocks[1].passed_over.contains(&rule), "{:?}", account.blocks[1]);

    let named = build(Cleaner::builder().keep("veto", PROMPT));
    let account = named.explain(source.as_bytes(), &Hints::default()).unwrap();
    assert_eq!(account.blocks[1].decision, Decision::Kept(Ground::KeepList));
}

#[test]
fn a_short_page_with_a_table_is_no_notice() {
    let rows: String = (6..12).map(|hour| format!("<tr><td>{hour}:00</td><td>{hour}:30</td><td>-</td></tr>")).collect();
    let source = format!(
        "<html><head><title>Timetable</title></head><body><nav><a href=/>Home</a> <a href=/fares>Fares</a></nav><h1>Timetable</h1>\
        <p>Valid from 1 April.</p><table><caption>North landing</caption><tr><th>Mon</th><th>Sat</th><th>Sun</th></tr>{rows}</table>\
        <p>* The last boat waits for the train.</p></body></html>"
    );
    let text = html(&build(Cleaner::builder()), &source).text;
    assert!(text.contains("\n6:00 | 6:30 | -\n7:00 | 7:30 | -\n"), "{text}");
}
