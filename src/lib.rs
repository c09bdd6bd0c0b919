//! dehusk strips the husk from scraped pages.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod article;
mod block;
mod cleaner;
mod decode;
mod error;
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

pub use article::{Article, BlockKind, Degraded, Format, KeptBlock, Metadata, Place, Reason, Removal};
pub use cleaner::{Cleaner, CleanerBuilder, Hints};
pub use error::{Error, ErrorKind};
pub use judge::Captions;
pub use limits::Limits;
