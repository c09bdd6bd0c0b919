//! The title of a page: what a reader would call it.
//!
//! A page names itself in `<title>`, Open Graph, JSON-LD and its headings, often with the name of the site before or
//! behind. A heading that one of the others bears out wins; else what is stated, without the site.

use crate::block::fold::fold;

/// Marks between a title and a site's name, each with spaces round it but for the last.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " / ", " ~ ", ": "];
/// Words of a heading that is taken though nothing holds it as it stands, and the share of them that a title must have.
const MIN_NEAR_WORDS: usize = 4;
const MIN_NEAR_SHARE: f32 = 0.5;

/// Bytes of a label of a host that can be the name of a site.
const MIN_LABEL_BYTES: usize = 4;

/// The names that the site may have.
#[derive(Debug, Default)]
pub struct Sites {
    names: Vec<String>,
}

impl Sites {
    /// Takes a name.
    pub fn add_name(&mut self, name: &str) {
        self.names.extend(Some(squeezed(name)).filter(|name| !name.is_empty()));
    }

    /// Takes the host of an address: the whole without `www.`, and its labels.
    pub fn add_address(&mut self, address: &str) {
        let Some((_, rest)) = address.split_once("://") else { return };
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        self.add_name(host);
        // `news.example.co.uk` is known as Example; short labels are endings.
        host.rsplit('.').skip(1).filter(|label| label.len() >= MIN_LABEL_BYTES).for_each(|label| self.add_name(label));
    }

    /// True for a text that is the name of the site and nothing else.
    pub fn has(&self, text: &str) -> bool {
        let text = squeezed(text);
        let bare = text.strip_prefix("the").unwrap_or(&text);
        self.names.iter().any(|name| *name == text || name.strip_prefix("the").unwrap_or(name) == bare)
    }
}

/// What a page's `<title>` says beside the title that it states elsewhere: the name of the site, where it is the shorter.
pub fn beside<'t>(title: &'t str, own: &str) -> Option<&'t str> {
    let words = |text: &str| text.split_whitespace().count();
    let (title, own) = (title.trim(), own.trim());
    let rest = SEPARATORS.iter().find_map(|separator| {
        let behind = title.strip_prefix(own).and_then(|rest| rest.strip_prefix(separator));
        behind.or_else(|| title.strip_suffix(own).and_then(|rest| rest.strip_suffix(separator)))
    });
    rest.map(str::trim).filter(|rest| words(rest) < words(own))
}

/// Letters and digits alone, in lower case.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The title, from the headings of the page (level 1, in order) and what the page states (the most reliable first).
pub fn choose(headings: &[String], stated: &[String], sites: &Sites) -> Option<String> {
    let bare: Vec<String> = stated.iter().map(|title| without_site(title, sites)).collect();
    let titles: Vec<Title> = stated.iter().chain(&bare).map(|title| Title::new(title)).collect();
    let own = headings.iter().filter(|heading| !sites.has(heading));
    let mut best: Option<(usize, usize, &String)> = None;
    for heading in own.clone() {
        let folded = spaced(heading);
        let Some(rank) = titles.iter().filter_map(|title| title.bears_out(&folded)).max() else { continue };
        let length = heading.chars().count();
        if best.is_none_or(|(best_rank, best_length, _)| (rank, length) > (best_rank, best_length)) {
            best = Some((rank, length, heading));
        }
    }
    if let Some((_, _, heading)) = best {
        return Some(heading.clone());
    }
    let mut own = own;
    let near = own.find(|heading| titles.iter().any(|title| title.is_near(heading)));
    let first = bare.iter().find(|title| !title.is_empty() && !sites.has(title));
    near.or(first).or(stated.first()).or(headings.first()).cloned()
}

/// A title in the form that is compared.
struct Title {
    /// Words with one space round each.
    spaced: String,
    /// Its parts between separators, in the same form.
    parts: Vec<String>,
}

impl Title {
    fn new(title: &str) -> Self {
        let mut parts = vec![title];
        for separator in SEPARATORS.iter().filter(|separator| title.contains(**separator)) {
            parts = parts.iter().flat_map(|part| part.split(separator)).collect();
        }
        Title { spaced: spaced(title), parts: parts.into_iter().map(spaced).collect() }
    }

    /// How well a heading (spaced) fits: 3 for the whole or a beginning, 2 for a part, 1 for a good share of the words.
    fn bears_out(&self, heading: &str) -> Option<usize> {
        /// One word in so many is a good share.
        const SHARE: usize = 3;
        let words = |text: &str| text.split_whitespace().count();
        let is_share = words(heading) * SHARE >= words(&self.spaced);
        if heading.trim().is_empty() {
            None
        } else if self.spaced == heading || (self.spaced.starts_with(heading) && is_share) {
            Some(3)
        } else if self.parts.iter().any(|part| part == heading) {
            Some(2)
        } else {
            (self.spaced.contains(heading) && is_share).then_some(1)
        }
    }

    /// True when the heading says the same in other words: half of its words are in the title.
    fn is_near(&self, heading: &str) -> bool {
        let heading = spaced(heading);
        let (mut words, mut shared) = (0usize, 0usize);
        for word in heading.split_whitespace() {
            words += 1;
            shared += usize::from(self.spaced.split_whitespace().any(|own| own == word));
        }
        words >= MIN_NEAR_WORDS && shared as f32 >= MIN_NEAR_SHARE * words as f32
    }
}

/// Folded words, one space before and after each, marks left out.
fn spaced(text: &str) -> String {
    let mut spaced = String::from(" ");
    for word in fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

/// A title without the name of the site at its beginning or end.
pub fn without_site(title: &str, sites: &Sites) -> String {
    let mut title = title.trim();
    // A section and the site behind it, or the site at both ends.
    for _ in 0..3 {
        let last = SEPARATORS.iter().filter_map(|mark| title.rfind(mark).map(|at| (at, mark.len()))).max();
        let first = SEPARATORS.iter().filter_map(|mark| title.find(mark).map(|at| (at, mark.len()))).min();
        match (first, last) {
            (_, Some((at, length))) if at > 0 && sites.has(&title[at + length..]) => title = title[..at].trim_end(),
            (Some((at, length)), _) if at > 0 && sites.has(&title[..at]) => title = title[at + length..].trim_start(),
            _ => break,
        }
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(headings: &[&str], stated: &[&str]) -> Option<String> {
        let owned = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect::<Vec<_>>();
        let mut sites = Sites::default();
        sites.add_name("The Daily");
        sites.add_address("https://www.daily-mill.example.co.uk/news");
        choose(&owned(headings), &owned(stated), &sites)
    }

    #[test]
    fn what_stands_beside_the_title_is_the_site() {
        assert_eq!(beside("Why I gave up rowing - The Ferry", "Why I gave up rowing"), Some("The Ferry"));
        assert_eq!(beside("The Ferry: Why I gave up rowing", "Why I gave up rowing"), Some("The Ferry"));
        // Some sites state their own name on each page.
        assert_eq!(beside("Why I gave up rowing - The Ferry", "The Ferry"), None);
        assert_eq!(beside("Why I gave up rowing", "Why I gave up rowing"), None);
    }

    #[test]
    fn a_heading_that_the_title_bears_out_wins() {
        assert_eq!(chosen(&["The Daily", "Mill sold"], &["Mill Sold | The Daily"]).as_deref(), Some("Mill sold"));
        assert_eq!(chosen(&["Blog", "Mill sold"], &["Mill sold - Blog - Daily"]).as_deref(), Some("Mill sold"));
        assert_eq!(
            chosen(&["The old mill at the river is sold"], &["Old mill sold at the river"]).as_deref(),
            Some("The old mill at the river is sold")
        );
    }

    #[test]
    fn a_heading_that_says_something_else_does_not() {
        assert_eq!(chosen(&["Contact us"], &["Mill sold | The Daily"]).as_deref(), Some("Mill sold"));
        assert_eq!(
            chosen(&["Mill"], &["What the new owner of the mill will do"]).as_deref(),
            Some("What the new owner of the mill will do")
        );
    }

    #[test]
    fn the_site_goes_only_where_it_is_known() {
        assert_eq!(chosen(&[], &["Mill sold | Daily"]).as_deref(), Some("Mill sold"));
        assert_eq!(chosen(&[], &["Example: Mill sold – The Daily"]).as_deref(), Some("Mill sold"));
        assert_eq!(chosen(&[], &["Mill sold | Somewhere"]).as_deref(), Some("Mill sold | Somewhere"));
        assert_eq!(chosen(&[], &["The Daily"]).as_deref(), Some("The Daily"));
        assert_eq!(chosen(&["Only a heading"], &[]).as_deref(), Some("Only a heading"));
        assert_eq!(chosen(&[], &[]), None);
    }
}
