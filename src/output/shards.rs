//! One file of articles for each container, and one for all pages that are files of their own.

use super::OutputFormat;
use super::atomic::{failed, make_ready};
use super::records::Records;
use super::sink::{Compression, Place, Writing};
use crate::error::Error;
use crate::input::Row;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A folder of shards, of which at most one of a container is open at a time.
pub struct Shards {
    root: PathBuf,
    /// The file of the pages that stand in no container.
    pages_name: PathBuf,
    output: &'static OutputFormat,
    compression: Compression,
    writing: Writing,
    pages: Option<Records>,
    open: Option<(PathBuf, Records)>,
    /// True once there was a container.
    has_shards: bool,
    /// Folders that exist and hold no leftovers.
    ready: HashSet<PathBuf>,
}

/// How far the files of a run are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardsCut {
    /// Bytes of the file of pages.
    pub pages: Option<u64>,
    /// The shard that is open, and its bytes.
    pub shard: Option<(PathBuf, u64)>,
    /// True once there was a container.
    pub has_shards: bool,
}

impl Shards {
    /// Shards will be written below `root`; pages of their own go to the file `pages_name` there.
    pub fn new(
        root: PathBuf,
        pages_name: PathBuf,
        output: &'static OutputFormat,
        compression: Compression,
        writing: Writing,
    ) -> Shards {
        Shards {
            root,
            pages_name,
            output,
            compression,
            writing,
            pages: None,
            open: None,
            has_shards: false,
            ready: HashSet::new(),
        }
    }

    /// Goes on with what an earlier run left, at what [`cut`](Shards::cut) gave.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), naming the file.
    pub fn resume(&mut self, cut: ShardsCut) -> Result<(), Error> {
        let ShardsCut { pages, shard, has_shards } = cut;
        self.has_shards = has_shards;
        if let Some(bytes) = pages {
            let place = Place::File(self.root.join(&self.pages_name));
            self.pages = Some(self.stream(&place, Some(bytes))?);
        }
        if let Some((relative, bytes)) = shard {
            let shard = self.stream(&Place::File(self.root.join(&relative)), Some(bytes))?;
            self.open = Some((relative, shard));
        }
        Ok(())
    }

    /// Appends a page that is a file of its own.
    ///
    /// # Errors
    /// As [`Records::write`].
    pub fn write_page(&mut self, bytes: &[u8], row: Option<&Row>) -> Result<(), Error> {
        self.begin_pages()?;
        self.pages.as_mut().map_or(Ok(()), |pages| pages.write(bytes, row))
    }

    fn begin_pages(&mut self) -> Result<(), Error> {
        if self.pages.is_none() {
            let path = self.root.join(&self.pages_name);
            self.pages = Some(self.create(path)?);
        }
        Ok(())
    }

    /// Appends a record to the shard `relative`, which is begun with its first one.
    ///
    /// # Errors
    /// As [`Records::write`].
    pub fn write_record(&mut self, relative: &Path, bytes: &[u8], row: Option<&Row>) -> Result<(), Error> {
        self.shard(relative)?.write(bytes, row)
    }

    /// The shard that is open, after the one before was ended.
    fn shard(&mut self, relative: &Path) -> Result<&mut Records, Error> {
        if self.open.as_ref().is_some_and(|(open, _)| open != relative) {
            self.finish_shard()?;
        }
        if self.open.is_none() {
            let shard = self.create(self.root.join(relative))?;
            self.open = Some((relative.to_owned(), shard));
            self.has_shards = true;
        }
        let (_, shard) = self.open.as_mut().expect("it was opened above");
        Ok(shard)
    }

    fn stream(&self, place: &Place, from: Option<u64>) -> Result<Records, Error> {
        Records::open(place, self.output.shape, self.compression, self.writing, from)
    }

    fn create(&mut self, path: PathBuf) -> Result<Records, Error> {
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        if !self.ready.contains(&folder) {
            make_ready(&folder, true).map_err(|e| failed(&folder, e))?;
            self.ready.insert(folder);
        }
        self.stream(&Place::File(path), None)
    }

    /// Ends the shard of the container that is through; an empty one when none of its records was written. `blank` is a row
    /// that shows the columns that it has even then.
    ///
    /// # Errors
    /// As [`Records::finish`].
    pub fn end_shard(&mut self, relative: &Path, blank: Option<&Row>) -> Result<(), Error> {
        self.shard(relative)?.begin(blank)?;
        self.finish_shard()
    }

    fn finish_shard(&mut self) -> Result<(), Error> {
        self.open.take().map_or(Ok(()), |(_, shard)| shard.finish())
    }

    /// Cuts what is open and says how long it is.
    ///
    /// # Errors
    /// As [`Records::cut`].
    pub fn cut(&mut self) -> Result<ShardsCut, Error> {
        let pages = self.pages.as_mut().map(Records::cut).transpose()?;
        let shard = match &mut self.open {
            Some((relative, shard)) => Some((relative.clone(), shard.cut()?)),
            None => None,
        };
        Ok(ShardsCut { pages, shard, has_shards: self.has_shards })
    }

    /// Ends all files; without any container there is a file of pages, however empty.
    ///
    /// # Errors
    /// As [`Records::finish`].
    pub fn finish(mut self) -> Result<(), Error> {
        self.finish_shard()?;
        if !self.has_shards {
            self.begin_pages()?;
        }
        self.pages.map_or(Ok(()), Records::finish)
    }
}
