//! Streams of many pages: a file, a device or standard output, packed on demand.
//!
//! A file is written as `.NAME.stream.dehusk.part` and gets its name when it is complete. A stream can be cut: what was written
//! before is a whole gzip member or zstd frame then, on its way to the disk, and a later run can go on behind it.

use super::atomic::{Part, STREAM, failed};
use crate::error::Error;
use flate2::write::GzEncoder;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How a stream is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    Plain,
    /// In gzip members.
    Gzip,
    /// In zstd frames.
    Zstd,
}

impl Compression {
    /// The ending that its files have after their own, with the point.
    pub fn ending(self) -> &'static str {
        match self {
            Compression::Plain => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        }
    }
}

/// Where a stream goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Standard output.
    Stdout,
    /// A file, or what else has a path.
    File(PathBuf),
}

impl Place {
    /// The path, if it has one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Place::Stdout => None,
            Place::File(path) => Some(path),
        }
    }
}

/// How the files of a run are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Writing {
    /// Whether each file waits for the disk.
    pub sync: bool,
    /// Whether streams that are not finished stay, for a run that goes on with them.
    pub keeps: bool,
    /// Whether a file that is replaced leaves its permissions to the new one, which has them before its first byte.
    pub keeps_permissions: bool,
    /// Whether a stream goes on, into nothing, when its reader goes away: the run has more to write.
    pub outlives_reader: bool,
}

/// One stream of bytes for many pages.
pub struct Sink {
    packer: Packer,
    compression: Compression,
    path: PathBuf,
    writing: Writing,
}

enum Packer {
    /// Nothing was written since the start or the last cut.
    Idle(BufWriter<Out>),
    Plain(BufWriter<Out>),
    Gzip(GzEncoder<BufWriter<Out>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<Out>>),
    /// Between two states; stays only after a failure.
    Broken,
}

struct Out {
    to: To,
    bytes: u64,
    outlives_reader: bool,
}

enum To {
    Stdout(io::Stdout),
    Device(fs::File),
    File(Part),
    /// The reader went away.
    Nobody,
}

impl Sink {
    /// Opens a stream. With `from` it is the one that a run that was stopped left, and goes on behind that many bytes.
    ///
    /// The folders on the way are made. What exists and is no regular file (`/dev/null`, a FIFO) is written as the
    /// bytes come, since a rename would replace it. A symbolic link stays, and the file that it names is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), naming the file.
    pub fn open(place: &Place, compression: Compression, writing: Writing, from: Option<u64>) -> Result<Sink, Error> {
        let (to, path) = match place {
            Place::Stdout => (To::Stdout(io::stdout()), Path::new("standard output")),
            Place::File(path) => (open_file(path, writing, from).map_err(|e| failed(path, e))?, path.as_path()),
        };
        let out = Out { to, bytes: from.unwrap_or(0), outlives_reader: writing.outlives_reader };
        let packer = Packer::Idle(BufWriter::with_capacity(1 << 16, out));
        Ok(Sink { packer, compression, path: path.to_owned(), writing })
    }

    /// Appends to the stream.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io); a reader that closed the other end shows as
    /// [`io::ErrorKind::BrokenPipe`] in [`source`](std::error::Error::source), unless the stream
    /// [outlives](Writing::outlives_reader) it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.begin().and_then(|()| self.packer.write_all(bytes)).map_err(|e| failed(&self.path, e))
    }

    /// Ends what is packed together, hands it to the system, and says how many bytes the stream has.
    ///
    /// # Errors
    /// As [`write`](Sink::write).
    pub fn cut(&mut self) -> Result<u64, Error> {
        let cut = |packer: &mut Packer| {
            let mut out = std::mem::replace(packer, Packer::Broken).end()?;
            out.flush()?;
            let bytes = out.get_ref().bytes;
            if self.writing.sync
                && let To::File(part) = &out.get_ref().to
            {
                part.file.sync_data()?;
            }
            *packer = Packer::Idle(out);
            Ok(bytes)
        };
        cut(&mut self.packer).map_err(|e| failed(&self.path, e))
    }

    /// Ends the stream: a file gets its name now.
    ///
    /// # Errors
    /// As [`write`](Sink::write).
    pub fn finish(mut self) -> Result<(), Error> {
        // What holds nothing must still unpack.
        let is_empty = matches!(&self.packer, Packer::Idle(out) if out.get_ref().bytes == 0);
        let begun = if is_empty { self.begin() } else { Ok(()) };
        let Sink { packer, path, writing, .. } = self;
        let finish = || {
            begun?;
            let mut out = packer.end()?.into_inner().map_err(|e| e.into_error())?;
            out.flush()?;
            match out.to {
                To::File(part) => part.rename(writing.sync),
                To::Stdout(_) | To::Device(_) | To::Nobody => Ok(()),
            }
        };
        finish().map_err(|e| failed(&path, e))
    }

    /// The error for a stream that cannot be written.
    #[cfg(feature = "parquet")]
    pub(super) fn failed(&self, error: io::Error) -> Error {
        failed(&self.path, error)
    }

    /// Opens the file on its way to read what is there of it.
    #[cfg(feature = "parquet")]
    pub(super) fn written(&self) -> io::Result<fs::File> {
        if let Packer::Idle(out) = &self.packer
            && let To::File(part) = &out.get_ref().to
        {
            return fs::File::open(&part.path);
        }
        Err(io::Error::other("it cannot be read again"))
    }

    fn begin(&mut self) -> io::Result<()> {
        if !matches!(self.packer, Packer::Idle(_)) {
            return Ok(());
        }
        let out = std::mem::replace(&mut self.packer, Packer::Broken).end()?;
        self.packer = match self.compression {
            Compression::Plain => Packer::Plain(out),
            Compression::Gzip => Packer::Gzip(GzEncoder::new(out, flate2::Compression::default())),
            Compression::Zstd => Packer::Zstd(zstd::stream::write::Encoder::new(out, 3)?),
        };
        Ok(())
    }
}

impl Packer {
    fn end(self) -> io::Result<BufWriter<Out>> {
        match self {
            Packer::Idle(out) | Packer::Plain(out) => Ok(out),
            Packer::Gzip(gzip) => gzip.finish(),
            Packer::Zstd(zstd) => zstd.finish(),
            Packer::Broken => Err(io::Error::other("writing failed before")),
        }
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packer::Idle(out) | Packer::Plain(out) => out.write(bytes),
            Packer::Gzip(gzip) => gzip.write(bytes),
            Packer::Zstd(zstd) => zstd.write(bytes),
            Packer::Broken => Err(io::Error::other("writing failed before")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Out {
    /// What a call gave; the reader that it did not find is not asked again, and all was well for `all`.
    fn unless_left<T>(&mut self, given: io::Result<T>, all: T) -> io::Result<T> {
        match given {
            Err(error) if self.outlives_reader && error.kind() == io::ErrorKind::BrokenPipe => {
                self.to = To::Nobody;
                Ok(all)
            }
            given => given,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.to {
            To::Stdout(stdout) => stdout.write(bytes),
            To::Device(file) => file.write(bytes),
            To::File(part) => part.file.write(bytes),
            To::Nobody => Ok(bytes.len()),
        };
        let written = self.unless_left(written, bytes.len())?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.to {
            To::Stdout(stdout) => stdout.flush(),
            To::Device(file) => file.flush(),
            To::File(part) => part.file.flush(),
            To::Nobody => Ok(()),
        };
        self.unless_left(flushed, ())
    }
}

fn open_file(path: &Path, writing: Writing, from: Option<u64>) -> io::Result<To> {
    let special = fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir());
    if special {
        return Ok(To::Device(OpenOptions::new().write(true).open(path)?));
    }
    let target = led_to(path)?;
    if target.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if let Some(folder) = target.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let permissions = || fs::metadata(&target).map(|replaced| replaced.permissions());
    match from {
        None => {
            let permissions = writing.keeps_permissions.then(permissions).transpose()?;
            Part::create(&target, STREAM, writing.keeps, permissions)
        }
        Some(bytes) => Part::resume(&target, bytes),
    }
    .map(To::File)
}

/// The file that a path names in the end, be it there or not: links are followed.
fn led_to(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    loop {
        match target.canonicalize() {
            Ok(real) => return Ok(real),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Links that lead round and round end here, too.
            Err(error) => return Err(error),
        }
        match fs::read_link(&target) {
            Ok(link) => target = target.with_file_name("").join(link),
            Err(_) => return Ok(target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn unpacked(bytes: &[u8], compression: Compression) -> String {
        let mut unpacked: Box<dyn Read> = match compression {
            Compression::Plain => Box::new(bytes),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
            Compression::Zstd => Box::new(zstd::Decoder::new(bytes).unwrap()),
        };
        let mut text = String::new();
        unpacked.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_sink_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.jsonl");
        let open = || Sink::open(&Place::File(path.clone()), Compression::Plain, Writing::default(), None).unwrap();
        let mut sink = open();
        sink.write(b"{}\n").unwrap();
        assert_eq!(names(folder.path()), [".all.jsonl.stream.dehusk.part"]);
        drop(sink);
        assert!(names(folder.path()).is_empty());
        fs::write(folder.path().join(".all.jsonl.stream.dehusk.part"), "half").unwrap();
        let mut sink = open();
        sink.write(b"{}\n").unwrap();
        sink.finish().unwrap();
        assert_eq!(names(folder.path()), ["all.jsonl"]);
    }

    #[test]
    fn a_stream_that_is_gone_on_with_ends_with_the_same_bytes() {
        for compression in [Compression::Plain, Compression::Gzip, Compression::Zstd] {
            let folder = tempfile::tempdir().unwrap();
            let place = |name: &str| Place::File(folder.path().join(name));
            let writing = Writing { keeps: true, ..Writing::default() };
            let mut whole = Sink::open(&place("whole"), compression, writing, None).unwrap();
            whole.write(b"one ").unwrap();
            let bytes = whole.cut().unwrap();
            whole.write(b"two").unwrap();
            whole.finish().unwrap();

            let mut stopped = Sink::open(&place("part"), compression, writing, None).unwrap();
            stopped.write(b"one ").unwrap();
            assert_eq!(stopped.cut().unwrap(), bytes);
            stopped.write(b"lost").unwrap();
            drop(stopped);
            // The second time the run was stopped after the file had its name.
            for _ in 0..2 {
                let mut resumed = Sink::open(&place("part"), compression, writing, Some(bytes)).unwrap();
                resumed.write(b"two").unwrap();
                resumed.finish().unwrap();
                let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
                assert_eq!(read("part"), read("whole"));
                assert_eq!(unpacked(&read("part"), compression), "one two");
            }
        }
    }

    #[test]
    fn an_empty_stream_unpacks() {
        for compression in [Compression::Plain, Compression::Gzip, Compression::Zstd] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("empty");
            Sink::open(&Place::File(path.clone()), compression, Writing::default(), None).unwrap().finish().unwrap();
            assert_eq!(unpacked(&fs::read(path).unwrap(), compression), "");
        }
    }

    #[test]
    fn a_second_run_into_one_file_is_refused_and_the_first_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.jsonl");
        let open = || Sink::open(&Place::File(path.clone()), Compression::Plain, Writing::default(), None);
        let mut first = open().unwrap();
        first.write(b"one ").unwrap();
        let refused = open().err().unwrap().to_string();
        assert!(refused.contains("all.jsonl: another run writes to it: wait for its end"), "{refused}");
        first.write(b"two").unwrap();
        first.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        open().unwrap().finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_private_is_private_on_the_way() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.txt");
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        for private in [0o600, 0o400] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, PermissionsExt::from_mode(private)).unwrap();
            let writing = Writing { keeps_permissions: true, ..Writing::default() };
            let mut sink = Sink::open(&Place::File(path.clone()), Compression::Plain, writing, None).unwrap();
            assert_eq!(mode(".page.txt.stream.dehusk.part"), private);
            sink.write(b"new").unwrap();
            sink.finish().unwrap();
            assert_eq!((mode("page.txt"), fs::read(&path).unwrap()), (private, b"new".to_vec()));
            fs::remove_file(&path).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_whether_its_file_is_there_or_not() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink("new/all.jsonl", at("first")).unwrap();
        symlink("first", at("second")).unwrap();
        for text in ["one", "two"] {
            let mut sink =
                Sink::open(&Place::File(at("second")), Compression::Plain, Writing::default(), None).unwrap();
            sink.write(text.as_bytes()).unwrap();
            sink.finish().unwrap();
            assert!(at("first").is_symlink() && at("second").is_symlink());
            assert_eq!(fs::read_to_string(at("new/all.jsonl")).unwrap(), text);
        }
        symlink("round", at("round")).unwrap();
        let open = Sink::open(&Place::File(at("round")), Compression::Plain, Writing::default(), None);
        assert!(open.err().unwrap().to_string().contains("round: "));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let place = Place::File(PathBuf::from("/dev/full"));
        let mut sink = Sink::open(&place, Compression::Plain, Writing::default(), None).unwrap();
        sink.write(b"text").unwrap();
        assert!(sink.finish().unwrap_err().to_string().starts_with("cannot write /dev/full"));
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
