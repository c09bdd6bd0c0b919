//! The gold of a page, in the three forms that it comes in.
//!
//! A text as it is; a JSON file of WCXB (`ground_truth.main_content`, type in `_internal.page_type.primary`); or a line
//! of JSON with an id and either `text` or `lines`, each of which says whether it is to be kept.

use serde::Deserialize;

/// What a page should have become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The page type, when one is given.
    pub kind: Option<String>,
    /// The article.
    pub text: String,
    /// The lines of the page that are husk, when they are marked one by one.
    pub husk: Option<Vec<Husk>>,
}

/// A line of a page that should have gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Husk {
    /// The line.
    pub text: String,
    /// The lines that it was glued together from, if it was; one of them is enough to be left.
    pub glued: Vec<String>,
}

/// The names under which a line of JSON can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// `id`, or else `path`, or else `url`.
    pub id: String,
    /// `url`, when there is an id too.
    pub url: Option<String>,
}

#[derive(Deserialize)]
struct Wcxb {
    #[serde(rename = "_internal", default)]
    internal: Internal,
    ground_truth: GroundTruth,
}

#[derive(Default, Deserialize)]
struct Internal {
    #[serde(default)]
    page_type: PageType,
}

#[derive(Default, Deserialize)]
struct PageType {
    primary: Option<String>,
}

#[derive(Deserialize)]
struct GroundTruth {
    main_content: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
    lines: Option<Vec<Line>>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    keep: bool,
    #[serde(default)]
    glued: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    id: Option<Id>,
    path: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

impl Key {
    /// The names of a line of JSON.
    ///
    /// # Errors
    /// Why it is no such line, for a message that names file and line.
    pub fn of_json_line(json: &str) -> Result<Key, String> {
        let keys: Keys = serde_json::from_str(json).map_err(|why| why.to_string())?;
        let id = keys.id.map(|id| match id {
            Id::Text(id) => id,
            Id::Number(id) => id.to_string(),
        });
        match id.or(keys.path).or_else(|| keys.url.clone()) {
            Some(id) => Ok(Key { url: keys.url.filter(|url| *url != id), id }),
            None => Err("there is no `id`, `path` or `url`".to_owned()),
        }
    }
}

impl Label {
    /// A label that is nothing but the article.
    pub fn of_text(text: &str) -> Label {
        Label { text: text.to_owned(), ..Label::default() }
    }

    /// The label in a file of WCXB. Its type `category` is called `collection`, as the benchmark does in its tables.
    ///
    /// # Errors
    /// Why it is none.
    pub fn of_wcxb(json: &str) -> Result<Label, String> {
        let page: Wcxb = serde_json::from_str(json).map_err(|why| why.to_string())?;
        let kind = page.internal.page_type.primary;
        Ok(Label {
            kind: kind.map(|kind| if kind == "category" { "collection".to_owned() } else { kind }),
            text: page.ground_truth.main_content.unwrap_or_default(),
            husk: None,
        })
    }

    /// The label in a line of JSON; where it has `lines`, its `text` is the page and not the article.
    ///
    /// # Errors
    /// Why it is none.
    pub fn of_json_line(json: &str) -> Result<Label, String> {
        let row: Row = serde_json::from_str(json).map_err(|why| why.to_string())?;
        let (text, husk) = match row.lines {
            None => (row.text.ok_or("there is neither `text` nor `lines`")?, None),
            Some(lines) => {
                let (kept, husk): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.keep);
                let kept: Vec<String> = kept.into_iter().map(|line| line.text).collect();
                let husk = husk.into_iter().map(|line| Husk { text: line.text, glued: line.glued });
                (kept.join("\n"), Some(husk.collect()))
            }
        };
        Ok(Label { kind: row.kind, text, husk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_wcxb_has_an_article_and_a_type() {
        let json = r#"{"ground_truth": {"main_content": "Text", "with": []},
                       "_internal": {"page_type": {"primary": "category", "tags": []}}}"#;
        let label = Label::of_wcxb(json).unwrap();
        assert_eq!((label.text.as_str(), label.kind.as_deref()), ("Text", Some("collection")));
        assert_eq!(Label::of_wcxb(r#"{"ground_truth": {"main_content": null}}"#).unwrap(), Label::default());
        assert!(Label::of_wcxb("{}").unwrap_err().contains("ground_truth"));
    }

    #[test]
    fn marked_lines_are_the_article_and_the_husk() {
        let json = r#"{"id": 7, "type": "forum", "text": "the page",
                       "lines": [{"text": "a", "keep": true}, {"text": "xy", "keep": false, "glued": ["x", "y"]},
                                 {"text": "b", "keep": true}]}"#;
        let label = Label::of_json_line(json).unwrap();
        assert_eq!(label.text, "a\nb");
        let husk = Husk { text: "xy".to_owned(), glued: vec!["x".to_owned(), "y".to_owned()] };
        assert_eq!(label.husk, Some(vec![husk]));
        assert_eq!(Key::of_json_line(json).unwrap(), Key { id: "7".to_owned(), url: None });
    }

    #[test]
    fn a_line_is_found_by_its_id_its_path_or_its_address() {
        let id = |json: &str| Key::of_json_line(json).map(|key| (key.id, key.url.unwrap_or_default()));
        assert_eq!(id(r#"{"id": "a", "url": "u"}"#), Ok(("a".to_owned(), "u".to_owned())));
        assert_eq!(id(r#"{"path": "p/a.html"}"#), Ok(("p/a.html".to_owned(), String::new())));
        assert_eq!(id(r#"{"url": "u"}"#), Ok(("u".to_owned(), String::new())));
        assert!(id(r#"{"text": "t"}"#).is_err());
        assert!(Label::of_json_line(r#"{"id": "a"}"#).is_err());
    }
}
