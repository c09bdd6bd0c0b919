//! Authors and dates that a page prints near its headline: microdata, `rel=author`, `<time>`, class names, bylines.
//!
//! In goes the tree, out come names and a date, the surest first. Places are counted in bytes of text, so that "near" means the
//! same on every page; what stands in comments, teasers and sidebars is left out.

use super::{MAX_HEADLINES, byline, date, has_token, headline, is_in_drawing, line, text};
use crate::block::fold::fold;
use crate::html::parse::Page;
use crate::html::tag::attribute;
use crate::html::tree::{Attribute, Element, NodeId, NodeRef, Value};
use foldhash::HashMap;
use html5ever::{LocalName, local_name as name};
use std::cell::RefCell;

/// Bytes of text before and behind the headline that are near it.
const NEAR_BEFORE: usize = 400;
const NEAR_BEHIND: usize = 1_500;
/// Marked elements and short texts that are kept of one page.
const MAX_MARKS: usize = 400;
const MAX_LINES: usize = 6_000;
const MAX_HEADINGS: usize = 32;
/// Bytes from which a heading inside the title is the headline.
const MIN_LIKE_BYTES: usize = 8;
/// Bytes of a text that can be a byline or a date line.
const MAX_LINE_BYTES: usize = 160;
/// Bytes of the label before a date.
const MAX_LABEL_BYTES: usize = 60;
/// Words that a line may have beside its date.
const MAX_OTHER_WORDS: usize = 6;
/// Names of one byline, and nodes that are looked at for one.
const MAX_NAMES: usize = 12;
const MAX_NODES: usize = 24;
/// Levels above a mark that are asked where it stands.
const MAX_LEVELS: usize = 24;
/// Bytes of an attribute that are looked at.
const MAX_ATTRIBUTE_BYTES: usize = 256;

/// Beginnings of class names and ids whose element is about something else than the article.
const ELSEWHERE: &[&str] = &[
    "comment",
    "respond",
    "related",
    "recommend",
    "popular",
    "trending",
    "carousel",
    "teaser",
    "review",
    "testimonial",
];
/// Words that tell of a change and no publication: en de fr es/pt it pl nl sv/da ru tr ja/zh.
const CHANGES: &[&str] = &[
    "updated",
    "modified",
    "revised",
    "last edited",
    "edited",
    "reviewed",
    "fact checked",
    "aktualisiert",
    "geändert",
    "mis à jour",
    "modifié",
    "actualizado",
    "actualización",
    "modificado",
    "atualizado",
    "aggiornato",
    "modificato",
    "zaktualizowan",
    "aktualizacja",
    "bijgewerkt",
    "gewijzigd",
    "uppdaterad",
    "opdateret",
    "ändrad",
    "обновлен",
    "изменен",
    "güncelle",
    "更新",
    "수정",
];

/// Folders of addresses, after a slash, in which the pages of authors stand.
const AUTHOR_FOLDERS: &[&[u8]] =
    &[b"author/", b"authors/", b"autor/", b"autoren/", b"auteur/", b"auteurs/", b"autore/", b"contributor"];
/// Parts of class names that say `author` of something that is no name.
const NOT_THE_NAME: &[&str] =
    &["authori", "avatar", "image", "photo", "bio", "desc", "job", "role", "title", "position", "social", "follow"];

/// How a name or date is marked, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Microdata,
    RelAuthor,
    Class,
    User,
}

struct Marked<'a> {
    at: usize,
    mark: Mark,
    node: NodeRef<'a>,
}

/// What the nodes of a page print.
#[derive(Default)]
pub struct Printed<'a> {
    /// Bytes of text so far.
    at: usize,
    /// Place, level and folded text.
    headings: Vec<(usize, u8, String)>,
    authors: Vec<Marked<'a>>,
    dates: Vec<Marked<'a>>,
    lines: Vec<(usize, NodeRef<'a>)>,
    headline: usize,
    /// Elements that were asked already whether they are parts that are not the article: they stand around many marks.
    elsewhere: RefCell<HashMap<NodeId, bool>>,
}

impl<'a> Printed<'a> {
    /// Looks at all nodes of a page, which is called `title`; its heading is where bylines stand.
    pub fn of(page: &'a Page, title: Option<&str>) -> Self {
        let mut printed = Printed::default();
        for node in page.tree.nodes() {
            match node.value() {
                Value::Element(element) => printed.take_element(element, node),
                Value::Text(text) => printed.take_text(node, text),
                Value::Other => {}
            }
        }
        printed.set_headline(title);
        printed
    }

    fn take_heading(&mut self, level: u8, node: NodeRef<'a>) {
        let headlines = || self.headings.iter().filter(|(_, level, _)| *level == 1).count();
        if self.headings.len() < MAX_HEADINGS && (level > 1 || headlines() < MAX_HEADLINES) {
            let heading = if level == 1 { headline(node) } else { line(&text(node)) };
            self.headings.extend(heading.map(|heading| (self.at, level, fold(&heading))));
        }
    }

    fn take_text(&mut self, node: NodeRef<'a>, text: &str) {
        let text = text.trim_ascii();
        let parent = node.parent().and_then(NodeRef::name);
        let is_unseen = |name: &LocalName| {
            matches!(*name, name!("script") | name!("style") | name!("noscript") | name!("title") | name!("option"))
        };
        if text.is_empty() || parent.is_some_and(is_unseen) {
            return;
        }
        if text.len() <= MAX_LINE_BYTES && self.lines.len() < MAX_LINES {
            self.lines.push((self.at, node));
        }
        self.at += text.len();
    }

    /// Takes a heading, and an element that is marked as author or date.
    fn take_element(&mut self, element: Element<'a>, node: NodeRef<'a>) {
        match *element.name {
            name!("h1") => self.take_heading(1, node),
            name!("h2") | name!("h3") => self.take_heading(2, node),
            _ => {}
        }
        // Read in one pass over the attributes: most elements of a page are marked as nothing.
        let (mut itemprop, mut rel, mut class, mut href) = (None, None, "", "");
        for Attribute { name, value } in element.attributes {
            match *name {
                name!("itemprop") => itemprop = Some(beginning(value)),
                name!("rel") => rel = Some(beginning(value)),
                name!("class") => class = beginning(value),
                name!("href") => href = beginning(value),
                _ => {}
            }
        }
        let date = match *element.name {
            _ if itemprop.is_some() && (has_token(itemprop, "datePublished") || has_token(itemprop, "dateCreated")) => {
                Some(Mark::Microdata)
            }
            name!("time") => Some(Mark::Class),
            _ => None,
        };
        if let Some(mark) = date
            && self.dates.len() < MAX_MARKS
        {
            self.dates.push(Marked { at: self.at, mark, node });
        }
        if let Some(mark) = author_mark(itemprop, rel, class, href)
            && self.authors.len() < MAX_MARKS
        {
            self.authors.push(Marked { at: self.at, mark, node });
        }
    }

    fn set_headline(&mut self, title: Option<&str>) {
        let title = title.map(fold).unwrap_or_default();
        let find = |fits: &dyn Fn(u8, &str) -> bool| {
            self.headings.iter().find(|(_, level, heading)| fits(*level, heading)).map(|(at, ..)| *at)
        };
        let same = find(&|_, heading| heading == title);
        let like = || find(&|_, heading| heading.len() > MIN_LIKE_BYTES && title.contains(heading));
        self.headline = same.or_else(like).or_else(|| find(&|level, _| level == 1)).unwrap_or(0);
    }

    /// True for what stands in a part of the page that is not its article.
    fn is_elsewhere(&self, node: NodeRef<'_>) -> bool {
        let mut known = self.elsewhere.borrow_mut();
        let around = node.ancestors().take(MAX_LEVELS);
        let mut parts = around.filter_map(|node| Some((node.id(), node.element()?)));
        parts.any(|(id, element)| *known.entry(id).or_insert_with(|| is_part_elsewhere(element)))
    }

    fn is_near(&self, at: usize) -> bool {
        at + NEAR_BEFORE >= self.headline && at <= self.headline + NEAR_BEHIND
    }

    /// Names, the surest first: near the headline, else one that alone is named on the whole page.
    pub fn authors(&self) -> impl Iterator<Item = String> {
        let mut near: Vec<(Mark, String)> = Vec::new();
        let mut anywhere: Vec<String> = Vec::new();
        for marked in self.authors.iter().filter(|marked| !self.is_elsewhere(marked.node)) {
            // A class alone can be a section, a button; their names are full.
            let is_name = |name: &String| marked.mark != Mark::Class || byline::is_full_name(name);
            let Some(name) = name(marked.node).filter(is_name) else { continue };
            if self.is_near(marked.at) {
                near.push((marked.mark, name.clone()));
            }
            if marked.mark < Mark::User && !anywhere.contains(&name) {
                anywhere.push(name);
            }
        }
        near.sort_by_key(|(mark, _)| *mark);
        let (sure, users): (Vec<_>, Vec<_>) = near.into_iter().partition(|(mark, _)| *mark < Mark::User);
        let only = (anywhere.len() == 1).then(|| anywhere.remove(0));
        let ranked = sure.into_iter().map(|(_, name)| name).chain(self.byline());
        ranked.chain(only).chain(users.into_iter().map(|(_, name)| name))
    }

    /// The first line near the headline that is a byline: `By Ann Lee`, or `By` and a name in an element of its own.
    fn byline(&self) -> Option<String> {
        let lines: Vec<NodeRef<'a>> =
            self.lines.iter().filter(|(at, _)| self.is_near(*at)).map(|(_, node)| *node).collect();
        (0..lines.len()).find_map(|at| {
            let own = text_of(lines[at]);
            let rest = byline::after_lead(own)?;
            let following = lines[at + 1..].iter().take(MAX_NODES).map(|node| text_of(*node));
            let names = joined_names(std::iter::once(own).chain(following))?;
            // Without a mark only a whole line is one, and only a full name a name.
            let is_byline = if rest.is_empty() { byline::is_full_name(&names) } else { byline::in_line(own).is_some() };
            (is_byline && !self.is_elsewhere(lines[at])).then_some(names)
        })
    }

    /// The date near the headline (microdata, `<time>`, a line that is hardly more than a date), else the only one that the
    /// page marks, else the day of a change that stands near the headline.
    pub fn date(&self, language: Option<&str>) -> Option<String> {
        let parse = |marked: &Marked<'_>| {
            let element = marked.node.element()?;
            let stated = [name!("content"), name!("datetime")]
                .iter()
                .find_map(|name| date::parse(short_attr(element, name)?, language));
            stated.or_else(|| date::parse(&text(marked.node), language))
        };
        let marked = || self.dates.iter().filter(|marked| !self.is_elsewhere(marked.node));
        let mut microdata = marked().filter(|marked| marked.mark == Mark::Microdata);
        let published = || marked().filter(|marked| !self.is_change(marked));
        microdata
            .find_map(parse)
            .or_else(|| published().filter(|marked| self.is_near(marked.at)).find_map(parse))
            .or_else(|| self.date_line(language, false))
            .or_else(|| {
                let mut days = published().filter_map(parse);
                let first = days.next()?;
                days.all(|day| day.get(..10) == first.get(..10)).then_some(first)
            })
            .or_else(|| marked().filter(|marked| self.is_near(marked.at)).find_map(parse))
            .or_else(|| self.date_line(language, true))
    }

    fn date_line(&self, language: Option<&str>, of_change: bool) -> Option<String> {
        let near = self.lines.iter().filter(|(at, _)| self.is_near(*at));
        near.filter(|(_, node)| text_of(*node).bytes().any(|byte| byte.is_ascii_digit())).find_map(|(at, node)| {
            let text = text_of(*node);
            let found = date::find(text, language)?;
            let before = text.get(..found.range.start).unwrap_or_default();
            let is_change = || tells_of_change(before) || before.trim().is_empty() && self.follows_change(*at);
            let is_line = found.other_words <= MAX_OTHER_WORDS && (of_change || !is_change());
            (is_line && !self.is_elsewhere(*node)).then_some(found.date)
        })
    }

    /// True for a `<time>` that tells of a change, by its class or by the words before it.
    fn is_change(&self, marked: &Marked<'_>) -> bool {
        let class = marked.node.element().and_then(|element| short_attr(element, &name!("class")));
        class.is_some_and(tells_of_change) || self.follows_change(marked.at)
    }

    /// True when the short line before a place tells of a change.
    fn follows_change(&self, at: usize) -> bool {
        let before = self.lines.partition_point(|(start, _)| *start < at).checked_sub(1);
        before.is_some_and(|before| {
            let (start, node) = self.lines[before];
            let text = text_of(node);
            start + text.len() == at && text.len() <= MAX_LABEL_BYTES && tells_of_change(text)
        })
    }
}

fn author_mark(itemprop: Option<&str>, rel: Option<&str>, class: &str, href: &str) -> Option<Mark> {
    if has_token(itemprop, "author") {
        return Some(Mark::Microdata);
    }
    if has_token(rel, "author") {
        return Some(Mark::RelAuthor);
    }
    let (is_named, is_user) = marks(class);
    if is_named && !NOT_THE_NAME.iter().any(|part| contains_folded(class, part)) || leads_to_author(href) {
        return Some(Mark::Class);
    }
    is_user.then_some(Mark::User)
}

/// True for an address below a folder of authors.
fn leads_to_author(href: &str) -> bool {
    let is_folder = |at: usize| {
        let rest = &href.as_bytes()[at + 1..];
        // As all of them begin.
        matches!(rest.first(), Some(b'a' | b'c')) && AUTHOR_FOLDERS.iter().any(|folder| rest.starts_with(folder))
    };
    memchr::memchr_iter(b'/', href.as_bytes()).any(is_folder)
}

/// The beginning of an attribute. A tag that is left open is cloned for each paragraph after it, so that all of a long
/// attribute would be read again and again.
fn short_attr<'e>(element: Element<'e>, name: &LocalName) -> Option<&'e str> {
    attribute(element, name).map(beginning)
}

fn beginning(value: &str) -> &str {
    &value[..value.floor_char_boundary(MAX_ATTRIBUTE_BYTES)]
}

/// Whether a class name has a part that marks a name, and whether it has one that marks an account.
fn marks(class: &str) -> (bool, bool) {
    let class = class.as_bytes();
    let (mut is_named, mut is_user) = (false, false);
    let stands = |at: Option<usize>, part: &[u8]| {
        let found = at.and_then(|at| class.get(at..at + part.len()));
        found.is_some_and(|found| found.eq_ignore_ascii_case(part))
    };
    // Each of the parts has one of these letters, and they are rare.
    for at in (0..class.len()).filter(|&at| matches!(class[at] | 0x20, b'u' | b'y')) {
        let before = at.checked_sub(1);
        is_named |= stands(before, b"author") || stands(before, b"byline");
        is_named |= stands(at.checked_sub("contrib".len()), b"contributor");
        is_user |= stands(Some(at), b"username");
    }
    (is_named, is_user)
}

/// True when `text` holds `part`, in small letters, in any case.
fn contains_folded(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// True for an element that is called as a part of the page that is not its article.
fn is_part_elsewhere(element: Element<'_>) -> bool {
    let begins = |name: &str| ELSEWHERE.iter().any(|part| begins_folded(name, part));
    let is_part = |names: &str| names.split_ascii_whitespace().any(begins);
    let is_whole = matches!(*element.name, name!("html") | name!("body") | name!("main") | name!("article"));
    *element.name == name!("nav")
        || !is_whole
            && (short_attr(element, &name!("class")).is_some_and(is_part)
                || short_attr(element, &name!("id")).is_some_and(is_part))
}

/// True when `text` begins with `part`, in small letters, in any case.
fn begins_folded(text: &str, part: &str) -> bool {
    text.get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part))
}

fn tells_of_change(text: &str) -> bool {
    let text = fold(text);
    CHANGES.iter().any(|word| text.contains(word))
}

fn text_of(node: NodeRef<'_>) -> &str {
    node.text().map_or("", |text| text.trim_ascii())
}

/// The name or names in a marked element: that of its microdata, or its first texts.
fn name(node: NodeRef<'_>) -> Option<String> {
    let name = node.descendants().take(MAX_NODES).find(|inner| {
        inner.element().is_some_and(|element| has_token(short_attr(element, &name!("itemprop")), "name"))
    });
    let content = name.and_then(|name| name.element()).and_then(|element| short_attr(element, &name!("content")));
    let node = name.unwrap_or(node);
    let texts = node.descendants().take(MAX_NODES).filter(|node| !is_in_drawing_text(*node)).map(|node| text_of(node));
    content.and_then(byline::clean).or_else(|| joined_names(texts.filter(|text| !text.is_empty())))
}

/// True for the text of a title inside `<svg>`: "icon of a pen".
fn is_in_drawing_text(node: NodeRef<'_>) -> bool {
    let parent = node.parent().and_then(|parent| parent.element());
    parent.is_some_and(is_in_drawing)
}

/// `By`, `Ann Lee`, `and`, `Bo Ray` to one statement: the first name, and more while a joint divides them.
fn joined_names<'t>(texts: impl Iterator<Item = &'t str>) -> Option<String> {
    const JOINTS: &[&str] =
        &[",", "&", "and", "und", "et", "y", "e", "i", "en", "och", "og", "и", "ve", ", and", "、", ";", "/"];
    let mut all: Vec<String> = Vec::new();
    let mut is_open = true;
    for text in texts {
        if all.len() == MAX_NAMES {
            break;
        }
        let text = line(text)?;
        let lead = byline::after_lead(&text);
        if JOINTS.contains(&fold(&text).as_str()) {
            is_open = true;
        } else if !is_open {
            break;
        } else if lead.is_some_and(str::is_empty) {
            continue;
        } else {
            let Some(name) = byline::clean(&text) else { break };
            is_open = text.ends_with([',', '&']);
            all.push(name);
        }
    }
    byline::joined(all.into_iter())
}
