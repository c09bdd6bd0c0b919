//! What the head of a page states about it: title, address, author, date, site, language.
//!
//! Nothing is guessed: Open Graph, `<meta>`, `<link rel=canonical>`, `<title>` and the first `<h1>`.

use crate::article::Metadata;
use crate::block::words::fold;
use ego_tree::NodeRef;
use html5ever::local_name as name;
use scraper::node::Element;
use scraper::{Html, Node};

/// Names of `<meta>` that state the same thing, the most reliable first.
const TITLES: &[&str] = &["og:title", "twitter:title", "dc.title"];
const AUTHORS: &[&str] = &["author", "article:author", "dc.creator", "parsely-author", "byl"];
const DATES: &[&str] = &["article:published_time", "datepublished", "date", "dc.date", "parsely-pub-date", "pubdate"];
const SITES: &[&str] = &["og:site_name", "application-name"];
const ADDRESSES: &[&str] = &["og:url"];

/// Reads the metadata of a page; `url` is the address that the caller knows, which wins.
pub fn read(html: &Html, url: Option<&str>) -> Metadata {
    let mut stated = Stated::default();
    for node in html.tree.nodes() {
        if let Some(element) = node.value().as_element() {
            stated.take(element, node);
        }
    }
    let site = stated.first(SITES);
    let title = stated.title(site.as_deref());
    Metadata {
        title,
        url: url.map(str::to_owned).or(stated.canonical.take()).or_else(|| stated.first(ADDRESSES)),
        author: stated.first(AUTHORS).filter(|author| !author.starts_with("http")),
        date: stated.first(DATES),
        site,
        language: stated.language,
    }
}

#[derive(Default)]
struct Stated {
    /// Name (in small letters) and content of each `<meta>`, in the order of the page.
    metas: Vec<(String, String)>,
    canonical: Option<String>,
    title: Option<String>,
    headline: Option<String>,
    language: Option<String>,
}

impl Stated {
    fn take(&mut self, element: &Element, node: NodeRef<'_, Node>) {
        match element.name.local {
            name!("meta") => {
                let named = ["property", "name", "itemprop"].iter().find_map(|name| element.attr(name));
                if let (Some(named), Some(content)) = (named, element.attr("content")) {
                    self.metas.push((named.to_ascii_lowercase(), content.to_owned()));
                }
            }
            name!("link") if element.attr("rel") == Some("canonical") => {
                self.canonical = element.attr("href").filter(|href| href.starts_with("http")).map(str::to_owned);
            }
            name!("html") => self.language = element.attr("lang").and_then(line).filter(|lang| lang.len() <= 35),
            name!("title") if self.title.is_none() => self.title = line(&text(node)),
            name!("h1") if self.headline.is_none() => {
                // A permalink at its end is no part of it.
                let headline = text(node);
                self.headline = line(headline.trim_end_matches(['¶', '#', '§', '🔗', ' ', '\n']));
            }
            _ => {}
        }
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let metas = self.metas.iter().filter(|(stated, _)| stated == name);
            metas.filter_map(|(_, content)| line(content)).next()
        })
    }

    /// The headline when the page's title holds it; else the stated title without the site's name.
    fn title(&mut self, site: Option<&str>) -> Option<String> {
        let stated = self.first(TITLES).or(self.title.clone());
        let (Some(headline), Some(title)) = (&self.headline, &stated) else {
            return stated.or(self.headline.take());
        };
        if fold(title).contains(&fold(headline))
            || self.title.as_ref().is_some_and(|title| fold(title).contains(&fold(headline)))
        {
            return self.headline.take();
        }
        let bare = site.and_then(|site| {
            let rest = title.strip_suffix(site)?.trim_end();
            rest.strip_suffix(['|', '-', '–', '—', '·', ':']).map(str::trim_end)
        });
        bare.filter(|bare| !bare.is_empty()).map(str::to_owned).or(stated)
    }
}

/// Characters of a statement that are kept; a longer one is none.
const MAX_CHARS: usize = 400;

/// A statement as one line; none when it is empty.
fn line(text: &str) -> Option<String> {
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

fn text(node: NodeRef<'_, Node>) -> String {
    /// Text nodes of a title; more is a page that never closed it.
    const MAX_NODES: usize = 64;
    let texts = node.descendants().take(MAX_NODES).filter_map(|node| node.value().as_text());
    let mut all = String::new();
    for text in texts {
        all.push_str(text);
        all.push(' ');
    }
    all
}
