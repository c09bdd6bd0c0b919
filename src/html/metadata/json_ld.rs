//! JSON-LD: what a page states about itself for machines.
//!
//! In goes the text of one `<script type="application/ld+json">` after the other, out come the nodes that describe a page or
//! its article. Broken JSON is mended as far as one scan can, and otherwise says nothing. Work is bounded by bytes and by
//! values looked at; nothing here recurses (the parser has a bound of its own).

use crate::block::words;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::ops::Range;

/// Bytes of one script; the largest of the development pages has a third of it.
const MAX_SCRIPT_BYTES: usize = 512 << 10;
/// Bytes of all scripts of a page.
const MAX_BYTES: usize = 1 << 20;
/// Values that are looked at on one page.
const MAX_VALUES: usize = 20_000;
/// Words of a text that is more than a sentence about what others have to say.
const MIN_BODY_WORDS: usize = 20;
/// Authors of one node.
const MAX_AUTHORS: usize = 32;

/// How much a node says about the article of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The page around it, or a product.
    Page,
    /// The article itself.
    Article,
    /// A post of a forum or a question, whose author may be a mere user name.
    Post,
}

/// An author, as stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// An organization and no person.
    pub is_organization: bool,
}

/// What one node states.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is about.
    pub rank: Rank,
    /// The headline, or the name.
    pub headline: Option<String>,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// When it was published.
    pub published: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The whole text of the article, the post or the description of the product.
    pub body: Option<Body>,
}

/// A text that stands in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// What it says; some sites write it with tags.
    pub text: String,
    /// The bytes of the source that the script came from.
    pub source: Range<u32>,
}

/// What all scripts of a page state.
#[derive(Debug, Default)]
pub struct JsonLd {
    /// Pages and articles, in the order of the page.
    pub statements: Vec<Statement>,
    /// Names of the site or its publisher, the site first.
    pub sites: Vec<String>,
    scripts: Vec<(Value, Range<u32>)>,
    bytes: usize,
}

impl JsonLd {
    /// Takes the text of one script, which came from these bytes of the source.
    pub fn take(&mut self, text: &str, source: Range<u32>) {
        if text.len() > MAX_SCRIPT_BYTES || self.bytes + text.len() > MAX_BYTES {
            return;
        }
        self.bytes += text.len();
        let parsed = serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text)));
        self.scripts.extend(parsed.ok().map(|script| (script, source)));
    }

    /// Reads what was taken.
    pub fn read(&mut self) {
        let scripts = std::mem::take(&mut self.scripts);
        let mut nodes = Vec::new();
        // Last in, first out, so each level is put on in reverse.
        let mut open: Vec<(&Value, &Range<u32>)> =
            scripts.iter().map(|(script, source)| (script, source)).rev().collect();
        let mut values = 0;
        while let Some((value, source)) = open.pop() {
            values += 1;
            if values > MAX_VALUES {
                break;
            }
            match value {
                Value::Array(items) => open.extend(items.iter().take(MAX_VALUES).rev().map(|item| (item, source))),
                Value::Object(node) => {
                    nodes.push((node, source));
                    // What a node only mentions (other articles, comments, reviews) is not opened, nor what a page of
                    // frequent questions asks.
                    let is_faq = is_a(node, |kind| kind == "FAQPage");
                    let inner = ["mainEntityOfPage", "mainEntity", "@graph"].iter().filter_map(|name| node.get(*name));
                    open.extend(inner.filter(|_| !is_faq).map(|inner| (inner, source)));
                }
                _ => {}
            }
        }
        let named: HashMap<&str, &Map<String, Value>> = nodes
            .iter()
            .filter(|(node, _)| node.contains_key("name"))
            .filter_map(|(node, _)| Some((node.get("@id")?.as_str()?, *node)))
            .collect();
        let mut publishers = Vec::new();
        for (node, source) in nodes {
            if is_a(node, |kind| kind == "WebSite") {
                self.sites.extend(text_of(node.get("name")));
                continue;
            }
            let Some(rank) = rank(node) else { continue };
            publishers.extend(authors(node.get("publisher"), &named).into_iter().map(|author| author.name));
            self.statements.push(Statement {
                rank,
                headline: text_of(node.get("headline")).or_else(|| text_of(node.get("name"))),
                authors: ["author", "creator"]
                    .iter()
                    .map(|name| authors(node.get(*name), &named))
                    .find(|authors| !authors.is_empty())
                    .unwrap_or_default(),
                published: ["datePublished", "dateCreated", "uploadDate"]
                    .iter()
                    .find_map(|name| text_of(node.get(*name))),
                language: text_of(node.get("inLanguage")),
                body: body(node, rank).map(|text| Body { text: text.to_owned(), source: source.clone() }),
            });
        }
        self.sites.extend(publishers);
    }
}

fn rank(node: &Map<String, Value>) -> Option<Rank> {
    const ARTICLES: &[&str] = &[
        "BlogPosting",
        "LiveBlogPosting",
        "Report",
        "Recipe",
        "Review",
        "HowTo",
        "CreativeWork",
        "PodcastEpisode",
        "VideoObject",
        "Course",
        "Book",
        "Chapter",
        "Dataset",
    ];
    if is_a(node, |kind| matches!(kind, "DiscussionForumPosting" | "SocialMediaPosting" | "Question")) {
        Some(Rank::Post)
    } else if is_a(node, |kind| kind.ends_with("Article") || ARTICLES.contains(&kind)) {
        Some(Rank::Article)
    } else if is_a(node, |kind| kind.ends_with("Page") || kind == "Product") {
        Some(Rank::Page)
    } else {
        None
    }
}

/// What an article, a post or a product says, when its node states that.
fn body(node: &Map<String, Value>, rank: Rank) -> Option<&str> {
    let names: &[&str] = match rank {
        Rank::Article => &["articleBody"],
        Rank::Post => &["text", "articleBody"],
        Rank::Page if is_a(node, |kind| kind == "Product") => &["description"],
        Rank::Page => &[],
    };
    let body = names.iter().find_map(|name| node.get(*name)?.as_str())?;
    (words::count(body) >= MIN_BODY_WORDS).then_some(body)
}

/// Whether one of the types of a node fits; a type may be written as an address.
fn is_a(node: &Map<String, Value>, fits: impl Fn(&str) -> bool) -> bool {
    let fits = |kind: &Value| {
        let kind = kind.as_str().unwrap_or_default();
        fits(kind.rsplit(['/', ':', '#']).next().unwrap_or(kind))
    };
    match node.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().take(16).any(fits),
        Some(kind) => fits(kind),
        None => false,
    }
}

/// A text, or the first of a list, or the value or name of an object.
fn text_of(value: Option<&Value>) -> Option<String> {
    let mut value = value?;
    // A list in a list in a list is no text.
    for _ in 0..4 {
        value = match value {
            Value::String(text) => return Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Array(items) => items.first()?,
            Value::Object(node) => ["@value", "name", "alternateName"].iter().find_map(|name| node.get(*name))?,
            _ => return None,
        };
    }
    None
}

/// Persons and organizations by name, by object, by reference or as a list of these.
fn authors(value: Option<&Value>, named: &HashMap<&str, &Map<String, Value>>) -> Vec<Author> {
    let items = match value {
        None => return Vec::new(),
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
    };
    let author = |value: &Value| match value {
        Value::String(name) => Some(Author { name: name.clone(), is_organization: false }),
        Value::Object(node) => {
            let id = node.get("@id").and_then(Value::as_str);
            let node = if node.contains_key("name") { node } else { named.get(id?)? };
            let is_organization = is_a(node, |kind| kind.ends_with("Organization") || kind == "Corporation")
                && !is_a(node, |kind| kind == "Person");
            Some(Author { name: text_of(node.get("name"))?, is_organization })
        }
        _ => None,
    };
    items.iter().take(MAX_AUTHORS).filter_map(author).collect()
}

/// JSON as hands and templates write it, made JSON: no wrapper of a comment or CDATA, control characters in strings
/// escaped, no comma before a closing bracket, nothing behind the end.
fn mended(text: &str) -> String {
    let start = text.find(['{', '[']).unwrap_or(text.len());
    // `<![CDATA[` has a bracket of its own.
    let start = match text[start..].strip_prefix("[CDATA[") {
        Some(rest) => text.len() - rest.len() + rest.find(['{', '[']).unwrap_or(rest.len()),
        None => start,
    };
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut is_escaped, mut depth) = (false, false, 0usize);
    for c in text[start..].chars() {
        if in_string {
            match c {
                '\n' | '\r' | '\t' => out.push(' '),
                c if c.is_control() => {}
                // An escape that JSON does not know is the character itself.
                c if is_escaped && !"\"\\/bfnrtu".contains(c) => {
                    out.pop();
                    out.push(c);
                }
                c => out.push(c),
            }
            in_string = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' | '[' => depth += 1,
            '}' | ']' => {
                out.truncate(out.trim_end().trim_end_matches(',').len());
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if !c.is_control() {
            out.push(c);
        }
        if depth == 0 && matches!(c, '}' | ']') {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> JsonLd {
        let mut json = JsonLd::default();
        json.take(text, 7..9);
        json.read();
        json
    }

    fn names(statement: &Statement) -> Vec<&str> {
        statement.authors.iter().map(|author| author.name.as_str()).collect()
    }

    #[test]
    fn an_article_states_headline_authors_and_date() {
        let json = read(
            r#"{"@type":"NewsArticle","headline":"Mill sold","datePublished":"2024-03-12",
            "author":[{"@type":"Person","name":"Ann Lee"},"Bo Ray",{"@type":"Organization","name":"Press"}],
            "publisher":{"name":"The Daily"},"inLanguage":"en-GB"}"#,
        );
        let article = &json.statements[0];
        assert_eq!(article.rank, Rank::Article);
        assert_eq!(article.headline.as_deref(), Some("Mill sold"));
        assert_eq!(names(article), ["Ann Lee", "Bo Ray", "Press"]);
        assert!(article.authors[2].is_organization);
        assert_eq!(article.published.as_deref(), Some("2024-03-12"));
        assert_eq!(article.language.as_deref(), Some("en-GB"));
        assert_eq!(json.sites, ["The Daily"]);
    }

    #[test]
    fn articles_posts_and_products_state_what_they_say() {
        let said = "The ferry sails again, nine years after the bridge was built. ".repeat(2);
        let body = |node: &str| read(&node.replace("SAID", &said)).statements[0].body.clone();
        let expected = Some(Body { text: said.clone(), source: 7..9 });
        assert_eq!(body(r#"{"@type":"NewsArticle","articleBody":"SAID"}"#), expected);
        assert_eq!(body(r#"{"@type":"QAPage","mainEntity":{"@type":"Question","text":"SAID"}}"#), None);
        assert_eq!(body(r#"{"@type":"Question","text":"SAID"}"#), expected);
        assert_eq!(body(r#"{"@type":"Product","description":"SAID"}"#), expected);
        assert_eq!(body(r#"{"@type":"NewsArticle","description":"SAID"}"#), None, "what others say about it");
        assert_eq!(body(r#"{"@type":"NewsArticle","articleBody":"Subscribe to read."}"#), None);
    }

    #[test]
    fn an_author_by_reference_is_found_in_the_graph() {
        let json = read(
            r##"{"@graph":[{"@type":"WebSite","name":"Site"},{"@type":["Article"],"author":{"@id":"#a"}},
            {"@type":"Person","@id":"#a","name":"Ann Lee"}]}"##,
        );
        assert_eq!(names(&json.statements[0]), ["Ann Lee"]);
        assert_eq!(json.sites, ["Site"]);
    }

    #[test]
    fn a_page_leads_to_its_main_entity_and_not_to_what_it_mentions() {
        let json = read(
            r#"[{"@type":"https://schema.org/QAPage","mainEntity":{"@type":"Question","name":"Why?",
            "author":{"name":"bo7"},"suggestedAnswer":[{"@type":"Article","name":"no"}]}}]"#,
        );
        let ranks: Vec<Rank> = json.statements.iter().map(|statement| statement.rank).collect();
        assert_eq!(ranks, [Rank::Page, Rank::Post]);
    }

    #[test]
    fn broken_json_is_mended() {
        for text in [
            "<!-- {\"@type\":\"Article\",\"name\":\"A b\",} -->",
            "//<![CDATA[\n{\"@type\":\"Article\",\"name\":\"A\nb\"}\n//]]>",
            "/* <![CDATA[ */[{\"@type\":\"Article\",\"name\":\"A b\"},]",
            "{\"@type\":\"Article\",\"name\":\"A b\"};",
            "{\"@type\":\"Article\",\"name\":\"A b\",\"x\":\"it\\'s\"}",
        ] {
            let json = read(text);
            assert_eq!(json.statements.len(), 1, "{text}");
            assert_eq!(json.statements[0].headline.as_deref(), Some("A b"), "{text}");
        }
        assert!(read("{\"@type\":\"Article\",\"name\":").statements.is_empty());
    }

    #[test]
    fn hostile_json_says_nothing() {
        for text in [
            "[".repeat(MAX_SCRIPT_BYTES),
            "{\"@graph\":".repeat(10_000),
            "{\"@graph\":[".repeat(60) + &"]}".repeat(60),
            format!("[{}", ",".repeat(500_000)),
            format!("{{\"@type\":\"Article\",\"name\":\"{}\"}}", "x".repeat(10 << 20)),
            "\\\"".repeat(100_000),
        ] {
            assert!(read(&text).statements.is_empty());
        }
        let many = format!("[{}{{}}]", "{\"@type\":\"Article\"},".repeat(20_000));
        assert!(read(&many).statements.len() <= MAX_VALUES);
    }
}
