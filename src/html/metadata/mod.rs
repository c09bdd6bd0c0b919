//! What a page states about itself: title, address, author, date, site, language.
//!
//! In goes the tree, out comes [`Metadata`]. One pass over the nodes collects what is stated ([`Stated`]): JSON-LD, `<meta>`,
//! links, microdata, and what is printed near the headline ([`printed`]). Then each field takes the most reliable source
//! that says something. No list grows with the page past its bound.

mod byline;
mod date;
mod json_ld;
mod printed;
mod title;

use crate::article::Metadata;
use crate::block::words::fold;
use crate::html::tag;
use ego_tree::NodeRef;
use html5ever::{local_name as name, ns};
use json_ld::{JsonLd, Rank, Statement};
use printed::Printed;
use scraper::node::Element;
use scraper::{Html, Node};
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

/// `<meta>` of one page that are kept.
const MAX_METAS: usize = 512;
/// Headings of level 1 that are kept.
const MAX_HEADINGS: usize = 16;
/// Articles in JSON-LD, none of which is the page's by name, from which the page is a list of them.
const LIST_OF_ARTICLES: usize = 4;
/// Characters of a statement that are kept.
const MAX_CHARS: usize = 400;

/// Reads the metadata of a page; `url` is the address that the caller knows, which wins.
pub fn read(html: &Html, url: Option<&str>) -> Metadata {
    let mut stated = Stated::default();
    for node in html.tree.nodes() {
        match node.value() {
            Node::Element(element) => stated.take(element, node),
            Node::Text(text) => stated.printed.take_text(node, text),
            _ => {}
        }
    }
    stated.json.read();
    stated.finish(url)
}

#[derive(Default)]
struct Stated<'a> {
    /// Name (in small letters) and content of each `<meta>`, in the order of the page.
    metas: Vec<(String, &'a str)>,
    json: JsonLd,
    canonical: Option<&'a str>,
    title: Option<String>,
    headings: Vec<String>,
    language: Option<String>,
    printed: Printed<'a>,
}

impl<'a> Stated<'a> {
    fn take(&mut self, element: &'a Element, node: NodeRef<'a, Node>) {
        match element.name.local {
            name!("meta") if self.metas.len() < MAX_METAS => {
                let named = ["property", "name", "itemprop"].iter().find_map(|name| element.attr(name));
                if let (Some(named), Some(content)) = (named, element.attr("content")) {
                    self.metas.push((named.trim().to_ascii_lowercase(), content));
                }
            }
            name!("link") if has_token(element.attr("rel"), "canonical") => {
                self.canonical = self.canonical.or(element.attr("href").map(str::trim).filter(|href| is_address(href)));
            }
            name!("html") => self.language = element.attr("lang").and_then(language_tag),
            name!("title") if self.title.is_none() && !is_in_drawing(element) => self.title = line(&text(node)),
            name!("script") => {
                if element.attr("type").is_some_and(|kind| kind.contains("ld+json")) {
                    node.children().filter_map(|child| child.value().as_text()).for_each(|text| self.json.take(text));
                }
            }
            name!("h1") if self.headings.len() < MAX_HEADINGS => {
                let heading = text(node);
                // A permalink at its end is no part of it.
                if let Some(heading) = line(heading.trim_end_matches(['¶', '#', '§', '🔗', ' ', '\n'])) {
                    self.printed.take_heading(1, &heading);
                    self.headings.push(heading);
                }
            }
            name!("h2") | name!("h3") => {
                if self.printed.wants_headings()
                    && let Some(heading) = line(&text(node))
                {
                    self.printed.take_heading(2, &heading);
                }
            }
            _ => {}
        }
        self.printed.take_element(element, node);
    }

    fn finish(mut self, url: Option<&str>) -> Metadata {
        let canonical = self.canonical.map(str::to_owned);
        let url = url.map(str::to_owned).or(canonical).or_else(|| self.first(ADDRESSES).filter(|url| is_address(url)));
        let sites = self.sites(url.as_deref());
        let title = self.choose_title(&sites);
        self.printed.set_headline(title.as_deref());
        let statements = self.statements(title.as_deref());
        let locale = self.all(LANGUAGES).find_map(|stated| language_tag(&stated));
        let stated_language = statements.iter().find_map(|statement| language_tag(statement.language.as_deref()?));
        let language = self.language.clone().or(locale.clone()).or(stated_language);
        // `en` alone does not say whether the month comes first; `og:locale` may.
        let with_region =
            [&language, &locale].into_iter().flatten().find(|tag| tag.contains('-')).or(language.as_ref());
        let date = self.date(&statements, with_region.map(String::as_str));
        let author = self.author(&statements, &sites, title.as_deref());
        let site = self.first(SITES).or_else(|| self.json.sites.iter().find_map(|site| line(site)));
        let description = self.first(DESCRIPTIONS);
        Metadata { title, description, url, author, date, site, language }
    }

    /// What the `<meta>` of these names say, in the order of the names.
    fn all<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = String> + 's {
        let named = |name: &'s &str| self.metas.iter().filter(move |(stated, _)| stated == name);
        names.iter().flat_map(named).filter_map(|(_, content)| line(content))
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).next()
    }

    fn sites(&self, url: Option<&str>) -> Sites {
        let mut sites = Sites::default();
        self.all(SITES).take(4).for_each(|name| sites.add_name(&name));
        self.json.sites.iter().take(8).for_each(|name| sites.add_name(name));
        url.into_iter().for_each(|url| sites.add_address(url));
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

    fn date(&self, statements: &[&Statement], language: Option<&str>) -> Option<String> {
        let parse = |text: &str| date::parse(text, language);
        let pages = self.json.statements.iter().filter(|statement| statement.rank == Rank::Page);
        let published = |statement: &Statement| parse(statement.published.as_deref()?);
        (statements.iter().find_map(|statement| published(statement)))
            .or_else(|| self.all(DATES).find_map(|stated| parse(&stated)))
            .or_else(|| self.printed.date(language))
            .or_else(|| pages.into_iter().find_map(published))
    }

    /// The first full name wins; a single word (an account, a team) counts where no source has a full name.
    fn author(&self, statements: &[&Statement], sites: &Sites, title: Option<&str>) -> Option<String> {
        let is_author = |name: &String| Some(name.as_str()) != title;
        let clean = |name: &str| byline::clean(&line(name)?).filter(is_author);
        let of = |statement: &Statement, wants_organizations: bool| {
            let authors = statement.authors.iter().filter(|author| author.is_organization == wants_organizations);
            byline::joined(authors.filter_map(|author| clean(&author.name)))
        };
        let metas =
            AUTHORS.iter().filter_map(|name| byline::joined(self.all(&[name]).filter_map(|stated| clean(&stated))));
        let card = self.card_author().and_then(|name| clean(&name));
        let pages = self.json.statements.iter().filter(|statement| statement.rank == Rank::Page);
        let post = statements
            .iter()
            .filter(|statement| statement.rank == Rank::Post)
            .find_map(|statement| of(statement, false));
        if let Some(post) = post.filter(|name| !sites.has(name)) {
            return Some(post);
        }
        let persons: Vec<String> = statements.iter().filter_map(|statement| of(statement, false)).collect();
        let pages: Vec<String> = pages.filter_map(|statement| of(statement, false)).collect();
        let ranked = (persons.iter().cloned())
            .chain(metas)
            .chain(card)
            .chain(self.printed.authors().filter(is_author))
            .chain(pages.iter().cloned())
            .chain(statements.iter().filter_map(|statement| of(statement, true)));
        let ranked: Vec<String> = ranked.filter(|name| !sites.has(name)).collect();
        // A site is no author, but a person may have one that bears the name.
        let named_like_site = || persons.iter().chain(&pages).find(|name| byline::is_full_name(name));
        ranked.iter().find(|name| byline::is_full_name(name)).or(ranked.first()).or_else(named_like_site).cloned()
    }

    /// The author on the card that is shown where a page is shared.
    fn card_author(&self) -> Option<String> {
        [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")].iter().find_map(|(label, data)| {
            let label = fold(&self.first(&[label])?);
            CARD_AUTHORS.contains(&label.trim_end_matches(':')).then(|| self.first(&[data]))?
        })
    }
}

/// True when the words of an attribute hold this one, in any case.
fn has_token(attribute: Option<&str>, wanted: &str) -> bool {
    attribute.is_some_and(|words| words.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted)))
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// A title inside `<svg>` names a drawing.
fn is_in_drawing(title: &Element) -> bool {
    title.name.ns != ns!(html)
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

/// Text nodes of a title; more is a page that never closed it.
const MAX_NODES: usize = 64;

/// The text in an element; inline tags divide no words, as in the blocks of the page.
fn text(node: NodeRef<'_, Node>) -> String {
    let mut all = String::new();
    for inner in node.descendants().take(MAX_NODES) {
        match inner.value() {
            Node::Text(text) => all.push_str(text),
            Node::Element(element) if tag::role(&element.name.local) != tag::Role::Inline => all.push(' '),
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests;
