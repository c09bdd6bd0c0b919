//! What a page states about itself: title, address, author, date, site, language.
//!
//! In goes the tree, out comes [`Stated`]. One pass over the nodes collects JSON-LD, `<meta>`, links and headings. Then each
//! field takes the most reliable source that says something; what is printed near the headline ([`printed`]) is collected
//! when nothing better has said an author or a date. No list grows with the page past its bound.

mod byline;
mod date;
mod json_ld;
mod printed;
mod title;

use crate::article::Metadata;
use crate::block::fold::fold;
use crate::html::parse::Page;
use crate::html::tag::{self, attribute};
use crate::html::tree::{Element, NodeRef, Value};
use aho_corasick::AhoCorasick;
use html5ever::local_name as name;
pub use json_ld::Body;
use json_ld::{JsonLd, Rank, Statement};
use printed::Printed;
use std::cell::LazyCell;
use std::ops::Deref;
use std::sync::LazyLock;
use title::Sites;

/// Names of `<meta>` that state the same thing, the most reliable first.
const TITLES: &[&str] =
    &["og:title", "twitter:title", "citation_title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title"];
const AUTHORS: &[&str] = &[
    "citation_author",
    "parsely-author",
    "sailthru.author",
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor.author",
    "byl",
    "byline",
    "creator",
    "authors",
];
const DATES: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "citation_online_date",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publisheddate",
    "published",
    "published-date",
    "published_date",
    "w-published-date",
    "publication-date",
    "originalpublicationdate",
    "displaydate",
    "date",
    "datecreated",
];
const DESCRIPTIONS: &[&str] =
    &["og:description", "description", "twitter:description", "dc.description", "dcterms.description"];
const SITES: &[&str] = &["og:site_name", "application-name"];
const ADDRESSES: &[&str] = &["og:url"];
const LANGUAGES: &[&str] =
    &["content-language", "language", "dc.language", "dcterms.language", "inlanguage", "og:locale"];
/// What a card calls its author, in the pairs `twitter:label1` and `twitter:data1`, folded.
const CARD_AUTHORS: &[&str] = &[
    "written by",
    "author",
    "by",
    "verfasst von",
    "geschrieben von",
    "écrit par",
    "escrito por",
    "scritto da",
    "napisane przez",
    "geschreven door",
    "skriven av",
    "skrevet af",
    "автор",
    "yazan",
    "執筆者",
    "作者",
];

/// Parts of the class or id of a heading of level 1, or of what stands around it, that say it is the name of the site.
const SITE_PARTS: [&str; 9] = [
    "site-title",
    "sitetitle",
    "site-name",
    "sitename",
    "site-description",
    "blog-title",
    "blogtitle",
    "logo",
    "brand",
];
/// Finds them in any case.
static SITE_FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(SITE_PARTS);
    finder.expect("a few words always compile")
});
/// Elements from a heading outward that are asked for them.
const SITE_LEVELS: usize = 3;

/// `<meta>` of one page that are kept.
const MAX_METAS: usize = 512;
/// Headings of level 1 that are kept.
const MAX_HEADLINES: usize = 16;
/// Articles in JSON-LD, none of which is the page's by name, from which the page is a list of them.
const LIST_OF_ARTICLES: usize = 4;
/// Characters of a statement that are kept.
const MAX_CHARS: usize = 400;

/// What a page states about itself.
pub struct Stated {
    /// Its metadata, as far as it was asked for.
    pub metadata: Metadata,
    /// Whether it states a date and its site, as stories do.
    pub is_dated: bool,
    /// What it states that its article says.
    pub body: Option<Body>,
}

/// Reads what a page states. `url` is the address that the caller knows, which wins; `whole` says that all metadata is wanted,
/// not only what the judgement looks at: title, description, and whether there are a date and a site.
pub fn read(page: &Page, url: Option<&str>, whole: bool) -> Stated {
    let mut collected = Collected::default();
    for node in page.tree.nodes() {
        if let Value::Element(element) = node.value() {
            collected.take(element, node);
        }
    }
    collected.json.read();
    collected.finish(page, url, whole)
}

#[derive(Default)]
struct Collected<'a> {
    /// Name (in small letters) and content of each `<meta>`, in the order of the page.
    metas: Vec<(String, &'a str)>,
    json: JsonLd,
    canonical: Option<&'a str>,
    title: Option<String>,
    headings: Vec<String>,
    /// Those of them that are the name of the site.
    site_headings: Vec<String>,
    language: Option<String>,
}

impl<'a> Collected<'a> {
    fn take(&mut self, element: Element<'a>, node: NodeRef<'a>) {
        match *element.name {
            name!("meta") if self.metas.len() < MAX_METAS => {
                let named = [name!("property"), name!("name"), name!("itemprop")];
                let named = named.iter().find_map(|name| attribute(element, name));
                if let (Some(named), Some(content)) = (named, attribute(element, &name!("content"))) {
                    self.metas.push((named.trim().to_ascii_lowercase(), content));
                }
            }
            name!("link") if has_token(attribute(element, &name!("rel")), "canonical") => {
                self.canonical = self
                    .canonical
                    .or(attribute(element, &name!("href")).map(str::trim).filter(|href| is_address(href)));
            }
            name!("html") => self.language = attribute(element, &name!("lang")).and_then(language_tag),
            name!("title") if self.title.is_none() && !is_in_drawing(element) => self.title = line(&text(node)),
            name!("script") => {
                if attribute(element, &name!("type")).is_some_and(|kind| kind.contains("ld+json")) {
                    for child in node.children() {
                        if let Some(text) = child.text() {
                            self.json.take(text, child.source());
                        }
                    }
                }
            }
            name!("h1") if self.headings.len() < MAX_HEADLINES => {
                if let Some(heading) = headline(node) {
                    if names_site(node, &heading) {
                        self.site_headings.push(heading.clone());
                    }
                    self.headings.push(heading);
                }
            }
            _ => {}
        }
    }

    fn finish(self, page: &'a Page, given: Option<&str>, whole: bool) -> Stated {
        let sites = self.sites(given);
        let title = self.choose_title(&sites);
        let description = self.first(DESCRIPTIONS);
        let statements = self.statements(title.as_deref());
        let body = self.body(&statements);
        let site = self.first(SITES).or_else(|| self.json.sites.iter().find_map(|site| line(site)));
        let locale = self.all(LANGUAGES).find_map(|stated| language_tag(&stated));
        let stated_language = statements.iter().find_map(|statement| language_tag(statement.language.as_deref()?));
        let language = self.language.clone().or(locale.clone()).or(stated_language);
        // `en` alone does not say whether the month comes first; `og:locale` may.
        let with_region =
            [&language, &locale].into_iter().flatten().find(|tag| tag.contains('-')).or(language.as_ref());
        // What the page prints near its headline is collected when it is asked.
        let printed = LazyCell::new(|| Printed::of(page, title.as_deref()));
        // To the judgement a date is nothing without a site.
        let needs_date = whole || site.is_some();
        let language_of_date = with_region.map(String::as_str);
        let date = needs_date.then(|| self.date(&statements, language_of_date, &printed)).flatten();
        let is_dated = date.is_some() && site.is_some();
        if !whole {
            let url = given.map(str::to_owned);
            let metadata = Metadata { title, description, url, ..Metadata::default() };
            return Stated { metadata, is_dated, body };
        }
        let author = self.author(&statements, &sites, title.as_deref(), &printed);
        let known = given.or(self.canonical).map(str::to_owned);
        let url = known.or_else(|| self.first(ADDRESSES).filter(|url| is_address(url)));
        Stated { metadata: Metadata { title, description, url, author, date, site, language }, is_dated, body }
    }

    /// What the `<meta>` of these names say, in the order of the names.
    fn all<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = String> + 's {
        let named = |name: &'s &str| self.metas.iter().filter(move |(stated, _)| stated == name);
        names.iter().flat_map(named).filter_map(|(_, content)| line(content))
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).next()
    }

    /// The names of the site. The address that the caller gave is one among them: a page that was copied, or fetched by way
    /// of another host, still has the title that its own site gave it.
    fn sites(&self, given: Option<&str>) -> Sites {
        let mut sites = Sites::default();
        self.all(SITES).take(4).for_each(|name| sites.add_name(&name));
        self.json.sites.iter().take(8).for_each(|name| sites.add_name(name));
        self.site_headings.iter().for_each(|name| sites.add_name(name));
        let stated = self.first(TITLES).filter(|stated| !sites.has(stated));
        let beside = self.title.as_deref().zip(stated.as_deref()).and_then(|(title, own)| title::beside(title, own));
        beside.into_iter().for_each(|name| sites.add_name(name));
        given.into_iter().chain(self.canonical).for_each(|url| sites.add_address(url));
        self.all(ADDRESSES).take(1).for_each(|url| sites.add_address(&url));
        sites
    }

    fn choose_title(&self, sites: &Sites) -> Option<String> {
        let articles = self.json.statements.iter().filter(|statement| statement.rank > Rank::Page);
        let mut headlines = articles.filter_map(|statement| line(statement.headline.as_deref()?));
        let only = headlines.next().filter(|_| headlines.next().is_none());
        let stated: Vec<String> = self.first(TITLES).into_iter().chain(only).chain(self.title.clone()).collect();
        title::choose(&self.headings, &stated, sites)
    }

    /// What JSON-LD says of the page's own article, the surest first; nothing on a page that lists articles.
    fn statements(&self, title: Option<&str>) -> Vec<&Statement> {
        let known: Vec<String> = [title, self.title.as_deref()].into_iter().flatten().map(fold).collect();
        let is_own = |statement: &&Statement| {
            let headline = statement.headline.as_deref().map(fold).unwrap_or_default();
            !headline.is_empty() && known.iter().any(|title| title.contains(&headline) || headline.contains(title))
        };
        let articles: Vec<&Statement> =
            self.json.statements.iter().filter(|statement| statement.rank > Rank::Page).collect();
        let mut own: Vec<&Statement> = articles.iter().copied().filter(is_own).collect();
        if own.is_empty() && articles.len() < LIST_OF_ARTICLES {
            own = articles;
        }
        own
    }

    /// What the page's own article says, or the product that it shows; nothing where several are stated.
    fn body(&self, articles: &[&Statement]) -> Option<Body> {
        let only = |mut bodies: Vec<&Body>| {
            bodies.dedup_by_key(|body| &body.text);
            if let [body] = bodies[..] { Some(body.clone()) } else { None }
        };
        let of_articles: Vec<&Body> = articles.iter().filter_map(|article| article.body.as_ref()).collect();
        if !of_articles.is_empty() {
            return only(of_articles);
        }
        let products = self.json.statements.iter().filter(|statement| statement.rank == Rank::Page);
        only(products.filter_map(|product| product.body.as_ref()).collect())
    }

    fn date(
        &self,
        statements: &[&Statement],
        language: Option<&str>,
        printed: &impl Deref<Target = Printed<'a>>,
    ) -> Option<String> {
        let parse = |text: &str| date::parse(text, language);
        let pages = self.json.statements.iter().filter(|statement| statement.rank == Rank::Page);
        let published = |statement: &Statement| parse(statement.published.as_deref()?);
        (statements.iter().find_map(|statement| published(statement)))
            .or_else(|| self.all(DATES).find_map(|stated| parse(&stated)))
            .or_else(|| printed.date(language))
            .or_else(|| pages.into_iter().find_map(published))
    }

    /// The first full name wins; a single word (an account, a team) counts where no source has a full name.
    fn author(
        &self,
        statements: &[&Statement],
        sites: &Sites,
        title: Option<&str>,
        printed: &impl Deref<Target = Printed<'a>>,
    ) -> Option<String> {
        let is_author = |name: &String| Some(name.as_str()) != title;
        let clean = |name: &str| byline::clean(&line(name)?).filter(is_author);
        let of = |statement: &Statement, wants_organizations: bool| {
            let authors = statement.authors.iter().filter(|author| author.is_organization == wants_organizations);
            byline::joined(authors.filter_map(|author| clean(&author.name)))
        };
        let post = statements
            .iter()
            .filter(|statement| statement.rank == Rank::Post)
            .find_map(|statement| of(statement, false));
        if let Some(post) = post.filter(|name| !sites.has(name)) {
            return Some(post);
        }
        let persons: Vec<String> = statements.iter().filter_map(|statement| of(statement, false)).collect();
        let pages = self.json.statements.iter().filter(|statement| statement.rank == Rank::Page);
        let pages: Vec<String> = pages.filter_map(|statement| of(statement, false)).collect();
        let metas =
            AUTHORS.iter().filter_map(|name| byline::joined(self.all(&[name]).filter_map(|stated| clean(&stated))));
        let card = std::iter::once_with(|| clean(&self.card_author()?)).flatten();
        // What the page prints is looked at only where it states no full name.
        let printed = std::iter::once_with(|| printed.authors()).flatten().filter(is_author);
        let ranked = (persons.iter().cloned())
            .chain(metas)
            .chain(card)
            .chain(printed)
            .chain(pages.iter().cloned())
            .chain(statements.iter().filter_map(|statement| of(statement, true)));
        let mut account = None;
        for name in ranked.filter(|name| !sites.has(name)) {
            if byline::is_full_name(&name) {
                return Some(name);
            }
            account.get_or_insert(name);
        }
        // A site is no author, but a person may have one that bears the name.
        let named_like_site = || persons.iter().chain(&pages).find(|name| byline::is_full_name(name)).cloned();
        account.or_else(named_like_site)
    }

    /// The author on the card that is shown where a page is shared.
    fn card_author(&self) -> Option<String> {
        [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")].iter().find_map(|(label, data)| {
            let label = fold(&self.first(&[label])?);
            CARD_AUTHORS.contains(&label.trim_end_matches(':')).then(|| self.first(&[data]))?
        })
    }
}

/// True for a heading that leads to the first page of its site, or is called the site's name.
fn names_site(node: NodeRef<'_>, heading: &str) -> bool {
    let leads_home = |inner: NodeRef<'_>| {
        let href = inner.element().and_then(|element| attribute(element, &name!("href")));
        let path = href.map(|href| {
            href.split_once("://").map_or(href, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path))
        });
        matches!(path, Some("" | "/" | "./")) && href != Some("") && line(&text(inner)).as_deref() == Some(heading)
    };
    let is_called = |element: Element<'_>| {
        let attributes = [name!("class"), name!("id")];
        let mut values = attributes.iter().filter_map(|name| attribute(element, name));
        values.any(|value| SITE_FINDER.is_match(value))
    };
    let around = node.ancestors().filter_map(|node| node.element()).take(SITE_LEVELS - 1);
    node.descendants().take(MAX_NODES).any(leads_home) || node.element().into_iter().chain(around).any(is_called)
}

/// True when the words of an attribute hold this one, in any case.
fn has_token(attribute: Option<&str>, wanted: &str) -> bool {
    attribute.is_some_and(|words| words.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted)))
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// A title inside `<svg>` names a drawing.
fn is_in_drawing(title: Element<'_>) -> bool {
    !title.is_html()
}

/// A BCP 47 tag as one is written; none for what is no tag.
fn language_tag(text: &str) -> Option<String> {
    let tag = text.split([',', ';']).next().unwrap_or_default().trim().replace('_', "-");
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let primary = tag.split('-').next().unwrap_or_default();
    let is_tag = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_tag && tag.len() <= 35 && tag.split('-').all(is_part)).then_some(tag)
}

/// A statement as one line; none when it is empty.
fn line(text: &str) -> Option<String> {
    let text = &text[..text.floor_char_boundary(MAX_CHARS * 8)];
    let mut words = text.split_whitespace();
    let mut line = words.next()?.to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    let end = line.char_indices().nth(MAX_CHARS).map_or(line.len(), |(at, _)| at);
    line.truncate(end);
    Some(crate::normalize::normalize(&line, true).into_owned()).filter(|line| !line.is_empty())
}

/// A heading of level 1, as one line.
fn headline(node: NodeRef<'_>) -> Option<String> {
    // A permalink at its end is no part of it.
    line(text(node).trim_end_matches(['¶', '#', '§', '🔗', ' ', '\n']))
}

/// Text nodes of a title; more is a page that never closed it.
const MAX_NODES: usize = 64;

/// The text in an element; inline tags divide no words, as in the blocks of the page.
fn text(node: NodeRef<'_>) -> String {
    let mut all = String::new();
    for inner in node.descendants().take(MAX_NODES) {
        match inner.value() {
            Value::Text(text) => all.push_str(text),
            Value::Element(element) if tag::role(element.name) != tag::Role::Inline => all.push(' '),
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::parse::parse;
    use crate::limits::Limits;

    fn page(source: &str) -> Metadata {
        let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
        read(&page, None, true).metadata
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
            <meta name="author" content="Web Desk"><meta name="description" content="Who bought it."><meta property="article:published_time" content="2024-03-13">
            <script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"The Daily"},
            {"@type":"NewsArticle","headline":"Mill sold","author":{"name":"Ann Lee"},"datePublished":"2024-03-12T10:00:00+01:00"}]}
            </script><h1>Mill sold</h1><p>Text"#,
        );
        let some = |text: &str| Some(text.to_owned());
        let expected = Metadata {
            title: some("Mill sold"),
            description: some("Who bought it."),
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
        let source =
            format!(r#"<title>News</title><script type="application/ld+json">[{list}{{}}]</script><h1>News</h1>"#);
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
        for name in
            ["article:published_time", "dc.date", "parsely-pub-date", "sailthru.date", "citation_publication_date"]
        {
            let source = format!(r#"<meta property="{name}" content="2024/03/12">"#);
            assert_eq!(date(&source).as_deref(), Some("2024-03-12"), "{name}");
        }
        let papers =
            r#"<meta name="citation_author" content="Lee, Ann"><meta name="citation_author" content="Ray, Bo">"#;
        assert_eq!(author(papers).as_deref(), Some("Lee, Ann, Ray, Bo"));
        let card =
            r#"<meta name="twitter:label1" content="Geschrieben von"><meta name="twitter:data1" content="Ann Lee">"#;
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
        let comment =
            r#"<h1>Mill sold</h1><p>Text<div class="comment-list"><b class="comment-author">Cy Fox</b></div>"#;
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
    fn the_name_of_the_site_is_no_title() {
        let og = |title: &str| format!("<meta property=og:title content='{title}'>");
        for head in [
            "<h1><a href='/'>The Ferry</a></h1>".to_owned(),
            "<h1><a href='https://ferry.example/'>The Ferry</a></h1>".to_owned(),
            "<header><h1 class=site-title>The Ferry</h1></header>".to_owned(),
            "<div id=site-description><a id=logo href=index.php></a><h1>The Ferry</h1></div>".to_owned(),
            format!("{}<h1>The Ferry</h1>", og("Why I gave up rowing")),
        ] {
            let source =
                format!("<title>Why I gave up rowing - The Ferry</title>{head}<h3>Why I gave up rowing</h3><p>Text");
            assert_eq!(page(&source).title.as_deref(), Some("Why I gave up rowing"), "{head}");
        }
        let own =
            format!("<title>Why I gave up rowing - The Ferry</title>{}<h1>Why I gave up rowing</h1>", og("The Ferry"));
        assert_eq!(page(&own).title.as_deref(), Some("Why I gave up rowing"));
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
        let page = parse("<link rel=canonical href=https://a.example/>", &Limits::default(), false, false)
            .unwrap_or_else(|bound| panic!("{bound:?}"));
        assert_eq!(read(&page, Some("https://b.example/"), true).metadata.url.as_deref(), Some("https://b.example/"));
    }

    #[test]
    fn the_page_knows_its_site_whatever_address_the_caller_gives() {
        let source = "<link rel=canonical href=https://hillpost.example/><title>The mill is sold - Hillpost</title>";
        let page = parse(source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
        for given in [None, Some("https://hillpost.example/"), Some("https://mirror.example/1")] {
            assert_eq!(read(&page, given, true).metadata.title.as_deref(), Some("The mill is sold"), "{given:?}");
        }
    }

    #[test]
    fn what_the_judgement_looks_at_is_known_when_no_more_is_asked_for() {
        let head = "<title>Mill sold</title><meta name=description content='Who bought it.'><meta name=author content='Ann Lee'>";
        let site = "<meta property=og:site_name content='The Daily'>";
        let stated = "<meta property=article:published_time content=2024-03-12>";
        let printed = "<p>Published 12 March 2024</p>";
        for (named, dated, is_dated) in
            [(site, stated, true), (site, printed, true), (site, "", false), ("", stated, false), ("", printed, false)]
        {
            let source = format!("<html lang=en>{head}{named}<h1>Mill sold</h1>{dated}<p>Text");
            let page = parse(&source, &Limits::default(), false, false).unwrap_or_else(|bound| panic!("{bound:?}"));
            let [whole, part] = [true, false].map(|whole| read(&page, Some("https://daily.example/1"), whole));
            assert_eq!((whole.is_dated, part.is_dated), (is_dated, is_dated), "{source}");
            let Metadata { title, description, url, .. } = whole.metadata;
            assert_eq!(part.metadata, Metadata { title, description, url, ..Metadata::default() });
            assert_eq!(whole.metadata.author.as_deref(), Some("Ann Lee"));
        }
    }

    #[test]
    fn of_many_headings_the_first_are_asked_for_the_headline() {
        let page = |headings: usize| {
            let others = "<h1>Other news</h1><p>The ferry sails at noon.</p>".repeat(headings - 1);
            let far = "<p>The ferry sails at noon.</p>".repeat(100);
            format!(
                "<meta property=og:title content='Mill sold'>{others}{far}<h1>Mill sold</h1><p>Published 12 March 2024</p>"
            )
        };
        assert_eq!(date(&page(MAX_HEADLINES)).as_deref(), Some("2024-03-12"));
        assert_eq!(date(&page(MAX_HEADLINES + 1)), None);
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
}
