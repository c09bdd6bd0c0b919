use super::*;
use crate::html::parse::parse;
use crate::limits::Limits;

fn page(source: &str) -> Metadata {
    let page = parse(source, &Limits::default(), false).unwrap_or_else(|bound| panic!("{bound:?}"));
    read(&page.html, None)
}

fn author(source: &str) -> Option<String> {
    page(source).author
}

fn date(source: &str) -> Option<String> {
    page(source).date
}

#[test]
fn json_ld_speaks_first() {
    let metadata = page(
        r#"<html lang="en-GB"><title>Mill sold | The Daily</title><link rel="Canonical shortlink" href="https://daily.example/mill">
        <meta name="author" content="Web Desk"><meta property="article:published_time" content="2024-03-13">
        <script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"The Daily"},
        {"@type":"NewsArticle","headline":"Mill sold","author":{"name":"Ann Lee"},"datePublished":"2024-03-12T10:00:00+01:00"}]}
        </script><h1>Mill sold</h1><p>Text"#,
    );
    let some = |text: &str| Some(text.to_owned());
    let expected = Metadata {
        title: some("Mill sold"),
        url: some("https://daily.example/mill"),
        author: some("Ann Lee"),
        date: some("2024-03-12T10:00:00+01:00"),
        site: some("The Daily"),
        language: some("en-GB"),
    };
    assert_eq!(metadata, expected);
}

#[test]
fn a_list_of_articles_has_no_author_of_its_own() {
    let article = r#"{"@type":"Article","headline":"Some story","author":"Ann Lee","datePublished":"2024-03-12"},"#;
    let list = article.repeat(5);
    let source = format!(r#"<title>News</title><script type="application/ld+json">[{list}{{}}]</script><h1>News</h1>"#);
    assert_eq!((author(&source), date(&source)), (None, None));
}

#[test]
fn meta_of_each_family_is_read() {
    for name in
        ["author", "dc.creator", "DCTERMS.creator", "parsely-author", "sailthru.author", "article:author", "byl"]
    {
        assert_eq!(
            author(&format!(r#"<meta name="{name}" content="By Ann Lee">"#)).as_deref(),
            Some("Ann Lee"),
            "{name}"
        );
    }
    for name in ["article:published_time", "dc.date", "parsely-pub-date", "sailthru.date", "citation_publication_date"]
    {
        let source = format!(r#"<meta property="{name}" content="2024/03/12">"#);
        assert_eq!(date(&source).as_deref(), Some("2024-03-12"), "{name}");
    }
    let papers = r#"<meta name="citation_author" content="Lee, Ann"><meta name="citation_author" content="Ray, Bo">"#;
    assert_eq!(author(papers).as_deref(), Some("Lee, Ann, Ray, Bo"));
    let card = r#"<meta name="twitter:label1" content="Geschrieben von"><meta name="twitter:data1" content="Ann Lee">"#;
    assert_eq!(author(card).as_deref(), Some("Ann Lee"));
}

#[test]
fn microdata_links_and_classes_near_the_headline_name_the_author() {
    for byline in [
        r#"<span itemprop="author" itemscope><span itemprop="name">Ann Lee</span>, editor</span>"#,
        r#"<a rel="author" href="/x">Ann Lee</a>"#,
        r#"<p class="post-byline">By <a>Ann Lee</a> | 3 min</p>"#,
        r#"<p><a href="/author/ann">Ann Lee</a></p>"#,
        "<p>By Ann Lee</p>",
        "<p>By <b>Ann Lee</b></p>",
        "<p>Von Ann Lee</p>",
        "<p>Par Ann Lee | 3 mai 2024</p>",
    ] {
        assert_eq!(author(&format!("<h1>Mill sold</h1>{byline}<p>Text")).as_deref(), Some("Ann Lee"), "{byline}");
    }
    let two = r#"<h1>Mill sold</h1><p class="byline">By <a>Ann Lee</a> and <a>Bo Ray</a></p>"#;
    assert_eq!(author(two).as_deref(), Some("Ann Lee, Bo Ray"));
}

#[test]
fn a_full_name_on_the_page_beats_an_account() {
    let source = r#"<meta name="author" content="alee7"><h1>Mill sold</h1><p class="byline">Ann Lee</p>"#;
    assert_eq!(author(source).as_deref(), Some("Ann Lee"));
    assert_eq!(author(r#"<meta name="author" content="alee7">"#).as_deref(), Some("alee7"));
}

#[test]
fn the_site_and_comments_are_no_authors() {
    let site =
        r#"<meta property="og:site_name" content="The Daily Mill"><meta name="author" content="The Daily Mill">"#;
    assert_eq!(author(site), None);
    let own = r#"<meta property="og:site_name" content="Ann Lee"><script type="application/ld+json">
        {"@type":"BlogPosting","headline":"Mill sold","author":{"@type":"Person","name":"Ann Lee"}}</script>"#;
    assert_eq!(author(own).as_deref(), Some("Ann Lee"));
    let comment = r#"<h1>Mill sold</h1><p>Text<div class="comment-list"><b class="comment-author">Cy Fox</b></div>"#;
    assert_eq!(author(comment), None);
    let far = format!(r#"<h1>Mill sold</h1><p>{}</p><p>By Cy Fox</p>"#, "Text. ".repeat(1_000));
    assert_eq!(author(&far), None);
}

#[test]
fn a_date_near_the_headline_is_the_date() {
    for printed in [
        r#"<time datetime="2024-03-12">yesterday</time>"#,
        r#"<time class="updated" datetime="2024-05-01"></time><time datetime="2024-03-12"></time>"#,
        r#"<span itemprop="datePublished" content="2024-03-12"></span>"#,
        "<p>Published 12 March 2024</p>",
        "<p>12. März 2024 | Ann Lee</p>",
        "<p>Updated 1 May 2024</p><p>Published <b>12 March 2024</b></p>",
        "<p>Last updated: <time>1 May 2024</time></p><p>12 March 2024</p>",
        "<p>2024年3月12日</p>",
    ] {
        let source = format!("<html lang=de><h1>Mill sold</h1>{printed}<p>Text");
        assert_eq!(date(&source).as_deref(), Some("2024-03-12"), "{printed}");
    }
    assert_eq!(date("<h1>Mill sold</h1><p>Last updated: 12 March 2024</p>").as_deref(), Some("2024-03-12"));
    assert_eq!(date("<h1>Mill sold</h1><p>On 12 March 2024 the mill was sold to a man from the city."), None);
}

#[test]
fn a_headline_is_read_through_its_tags() {
    assert_eq!(
        page("<h1>The m<b>ill</b><br>is <i>sold</i> <a href=#x>#</a></h1>").title.as_deref(),
        Some("The mill is sold")
    );
}

#[test]
fn the_language_is_a_tag() {
    let language = |source: &str| page(source).language;
    assert_eq!(language("<html lang=de>").as_deref(), Some("de"));
    assert_eq!(language("<html lang=''><meta property=og:locale content=pt_BR>").as_deref(), Some("pt-BR"));
    assert_eq!(language("<html lang='{{ lang }}'>"), None);
}

#[test]
fn the_address_of_the_caller_wins_and_a_relative_one_is_none() {
    assert_eq!(page("<link rel=canonical href=/mill>").url, None);
    let page = parse("<link rel=canonical href=https://a.example/>", &Limits::default(), false)
        .unwrap_or_else(|bound| panic!("{bound:?}"));
    assert_eq!(read(&page.html, Some("https://b.example/")).url.as_deref(), Some("https://b.example/"));
}

#[test]
fn hostile_heads_are_bounded() {
    let metas = r#"<meta name="author" content="Ann Lee">"#.repeat(20_000);
    let marks = r#"<b class="author"><i class="author" itemprop="author">"#.repeat(20_000);
    let scripts =
        format!(r#"<script type="application/ld+json">{}</script>"#, "[{\"@graph\":".repeat(100_000)).repeat(4);
    for source in [metas, marks, scripts, "<h1>".repeat(20_000), "<p>By ".repeat(20_000)] {
        page(&source);
    }
    assert_eq!(author(&r#"<meta name="author" content="Ann Lee">"#.repeat(20_000)).as_deref(), Some("Ann Lee"));
}
