//! dehusk strips the husk from scraped pages: one page in, one article out, and a record of every cut.
//!
//! # The promise
//!
//! - **Nothing is lost silently.** What a page says and is not in [`Article::text`] stands in [`Article::removals`],
//!   with the place where it stood, its words, the [`Reason`] and the evidence. Places are byte ranges of the decoded
//!   input, with the source line and the element path for HTML.
//! - **Precision first.** What is kept comes out word for word; only spaces, line ends, control and zero-width
//!   characters, the Unicode normalization form and, in text, the character references that an extractor left are
//!   changed. Corrections, editor's notes and markers of opinion are never cut.
//! - **Same bytes in, same article out.** A [`Cleaner`] holds no state between pages, does no I/O and looks at no
//!   clock. It is `Send + Sync`: make one and share it.
//! - **Bounded.** Every bound stands in [`Limits`]. A page that passes one is cleaned all the same and says so in
//!   [`Article::degraded`], or is refused as a whole with an [`Error`].
//!
//! # The flow
//!
//! ```text
//! bytes + Hints -> decode -> blocks -> judge -> normalize -> Article
//! ```
//!
//! Text becomes lines, and lines whose sentences were glued together are cut at the joint. HTML becomes the blocks of a
//! bounded tree. For each block the first that answers wins: a guard or the caller's keep list, a rule, a repeat on the
//! same page, and for HTML the block judgement and the finish after it.
//!
//! [`input`], [`pipeline`] and [`output`] do the same for many files: they find, read and unpack them, clean them on
//! all cores and write in the order of the inputs. The command `dehusk` is made of them; without the feature `cli` the
//! library needs none of the crates that only the command uses.
//!
//! # Example
//!
//! ```
//! use dehusk::{Cleaner, Hints};
//!
//! # fn main() -> Result<(), dehusk::Error> {
//! let cleaner = Cleaner::builder().build()?;
//! let page = "The mill was sold on Monday.\n\nPlease refresh the page to be logged in\n";
//! let article = cleaner.clean(page.as_bytes(), &Hints::default())?;
//! assert_eq!(article.text, "The mill was sold on Monday.\n");
//! assert_eq!(article.removals[0].text, "Please refresh the page to be logged in");
//! assert_eq!(article.removals[0].reason.id(), "login/refresh-to-be-logged-in-en");
//! # Ok(())
//! # }
//! ```
//!
//! # Untrusted input
//!
//! Pages may be hostile: any bytes can be given to [`Cleaner::clean`].
//!
//! - A document of more than [`Limits::max_document_bytes`] is [`ErrorKind::TooLarge`], bytes that are no text are
//!   [`ErrorKind::Binary`]. Everything else becomes an article, which may be empty.
//! - Nesting past [`Limits::max_depth`] is taken as siblings. A page whose tree would pass [`Limits::max_nodes`], or
//!   that has a tag of more than [`Limits::max_tag_attributes`] attributes, is read as a flat sequence of tags. Past
//!   [`Limits::max_blocks`] short pieces share a block. Each says so in [`Article::degraded`].
//! - Patterns of rules run in linear time, on one block of at most [`Limits::max_rule_block_bytes`]. Larger blocks are
//!   kept or judged without them.
//! - Packed input is opened by [`input`] only: at most [`Limits::max_packing_levels`] levels, and never past the size
//!   of one document.
//! - `clean` catches no panic. [`pipeline`] does, for each record, and counts it as failed.
//! - An article is text and no safe HTML: `<` and `&` stand in it as the page showed them. The title, the names and the
//!   addresses in [`Metadata`] are what the page says about itself, and nobody has checked them. Escape them where you
//!   show them.
//! - Rule packs and keep lists are the caller's own and not the page's. A pattern is bounded in size
//!   ([`Limits::max_rule_compiled_bytes`]); what a CSS selector costs on a page is not. Take packs from people you
//!   trust.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod account;
mod article;
mod block;
mod builder;
pub mod check;
mod cleaner;
mod decode;
mod error;
pub mod eval;
mod finish;
mod html;
pub mod input;
mod judge;
mod limits;
mod model;
mod normalize;
pub mod output;
pub mod pipeline;
mod repeats;
mod rules;
mod sieve;
#[doc(hidden)]
pub mod stages;
mod stride;
mod training;

pub use account::{Account, AccountBlock, Decision, Ground};
pub use article::{Article, BlockKind, Degraded, ElementPlace, Format, KeptBlock, Metadata, Place, Reason, Removal};
pub use builder::CleanerBuilder;
pub use cleaner::{Cleaner, Hints, Inspection};
pub use error::{Error, ErrorKind};
/// For the tests of the tokenizer alone; no part of the interface.
#[doc(hidden)]
pub use html::tokenize as tokenizer;
pub use judge::{Captions, Comments, MIN_CONFIDENCE};
pub use limits::Limits;
pub use model::decode::Favor;
pub use model::lines::TextKind;
pub use rules::Where;
pub use rules::catalogue::{Catalogue, Family, LineMatcher, RuleEntry, RuleKind};
#[doc(hidden)]
pub use training::{FeatureRows, LineRows, dirt_feature_names, feature_names, line_feature_names};
