//! Opens gzip and zstd on the way: packed bytes in, the page's bytes out.
//!
//! Told by the first bytes, never by the name. Nothing is handed out before the last checksum was right, and
//! nothing is allocated because a header says so: the output grows as bytes come, up to the bound of one
//! document. A bomb ends as [`ErrorKind::TooLarge`], a cut or damaged file as [`ErrorKind::Corrupt`].

use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use flate2::bufread::GzDecoder;
use memchr::memmem;
use std::borrow::Cow;
use std::io::{self, Read};

pub(super) const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
pub(super) const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// A page's bytes and how they were packed.
#[derive(Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// The bytes, at most [`Limits::max_document_bytes`].
    pub bytes: Vec<u8>,
    /// Levels of packing that were opened; 0 when `bytes` is the input itself.
    pub levels: usize,
    /// True when something that is no gzip member followed the last one.
    pub trailing: bool,
}

/// True for bytes that [`unpack`] opens.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(GZIP) || bytes.starts_with(ZSTD)
}

/// Opens up to [`Limits::max_packing_levels`] levels of gzip and zstd; other bytes pass untouched.
///
/// All members of a gzip file and all frames of a zstd file are read.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`] past the bound of one document, [`ErrorKind::Corrupt`] for a cut or damaged
/// file, [`ErrorKind::Binary`] when it is packed more often than the bound.
pub fn unpack(bytes: Vec<u8>, limits: &Limits) -> Result<Unpacked, Error> {
    let mut page = Unpacked { bytes, levels: 0, trailing: false };
    loop {
        if !is_packed(&page.bytes) {
            return Ok(page);
        }
        if page.levels == limits.max_packing_levels {
            return Err(Error::new(ErrorKind::Binary, format!("packed more than {} times over", page.levels)));
        }
        let mut bytes = Vec::new();
        if page.bytes.starts_with(GZIP) {
            page.trailing |= gunzip(&page.bytes, limits.max_document_bytes, &mut bytes)?;
        } else {
            unzstd(&page.bytes, limits.max_document_bytes, &mut bytes)?;
        }
        page.bytes = bytes;
        page.levels += 1;
    }
}

/// The first bytes of what a file with these first bytes unpacks to, at most `bytes`; fewer when it is damaged.
pub(crate) fn head(packed: &[u8], bytes: usize, levels: usize) -> Cow<'_, [u8]> {
    let mut head = Cow::Borrowed(packed);
    for _ in 0..levels {
        let mut unpacked = Vec::new();
        // What stands before a fault, or before the end of what was read, is the head.
        let _ = if head.starts_with(GZIP) {
            GzDecoder::new(&*head).take(bytes as u64).read_to_end(&mut unpacked)
        } else if head.starts_with(ZSTD) {
            zstd::stream::read::Decoder::with_buffer(&*head)
                .and_then(|frame| frame.take(bytes as u64).read_to_end(&mut unpacked))
        } else {
            break;
        };
        head = Cow::Owned(unpacked);
    }
    head
}

/// Reads every member and says whether other bytes followed.
///
/// `MultiGzDecoder` reads all members too, but gives the same error for a damaged member and for padding
/// after the last one; a loop over members can tell them apart.
fn gunzip(packed: &[u8], limit: usize, bytes: &mut Vec<u8>) -> Result<bool, Error> {
    let mut rest = packed;
    loop {
        let mut member = GzDecoder::new(rest);
        fill(&mut member, limit, bytes).map_err(|e| corrupt("gzip", e))?;
        if bytes.len() > limit {
            return Err(too_large(limit));
        }
        rest = member.into_inner();
        if rest.is_empty() {
            return Ok(false);
        }
        if !rest.starts_with(GZIP) {
            // A file cut inside the first bytes of a member is cut, not padded; nor is one of which a member stands further on,
            // behind another whose first bytes are damaged.
            return match (GZIP.starts_with(rest), memmem::find(rest, GZIP)) {
                (true, _) => Err(corrupt("gzip", io::ErrorKind::UnexpectedEof.into())),
                (_, Some(_)) => Err(corrupt("gzip", io::ErrorKind::InvalidData.into())),
                _ => Ok(true),
            };
        }
    }
}

fn unzstd(packed: &[u8], limit: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
    // The decoder's own window bound (128 MiB) stays: its buffer is touched only as far as bytes come.
    let mut frames = zstd::stream::read::Decoder::with_buffer(packed).map_err(|e| corrupt("zstd", e))?;
    fill(&mut frames, limit, bytes).map_err(|e| corrupt("zstd", e))?;
    if bytes.len() > limit {
        return Err(too_large(limit));
    }
    Ok(())
}

/// Reads until the end or one byte past the bound.
fn fill(from: &mut impl Read, limit: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
    // Doubling on its own would reserve twice the bound for a bomb.
    const STEP: usize = 1 << 20;
    while bytes.len() <= limit {
        let room = limit + 1 - bytes.len();
        bytes.reserve_exact(room.min(bytes.len().max(STEP) / 2));
        let step = room.min(bytes.capacity() - bytes.len());
        if from.by_ref().take(step as u64).read_to_end(bytes)? < step {
            break;
        }
    }
    Ok(())
}

/// The error for a document past the bound.
pub(super) fn too_large(limit: usize) -> Error {
    Error::new(ErrorKind::TooLarge, format!("larger than the bound of {limit} bytes"))
}

pub(super) fn corrupt(packing: &str, error: io::Error) -> Error {
    Error::with_source(ErrorKind::Corrupt, wrong_with(packing, &error), error)
}

/// What is wrong with packed data that cannot be read.
pub(super) fn wrong_with(packing: &str, error: &io::Error) -> String {
    // The library bounds the window, so that no file takes more memory, and says so in these words alone.
    match error.to_string().contains("requires too much memory") {
        true => "the zstd data asks for a window of more than 128 MiB; pack it again without `--long`".to_owned(),
        false => format!("the {packing} data is cut or damaged"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;

    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    pub fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    fn open(bytes: Vec<u8>) -> Result<Unpacked, ErrorKind> {
        unpack(bytes, &Limits::default()).map_err(|e| e.kind())
    }

    #[test]
    fn plain_bytes_pass_untouched() {
        let page = open(b"plain".to_vec()).unwrap();
        assert_eq!((page.bytes, page.levels), (b"plain".to_vec(), 0));
    }

    #[test]
    fn every_gzip_member_and_every_zstd_frame_is_read() {
        let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        assert_eq!(open(members).unwrap().bytes, b"one two");
        let frames = [zstd(b"one "), zstd(b"two")].concat();
        assert_eq!(open(frames).unwrap().bytes, b"one two");
    }

    #[test]
    fn two_levels_are_opened_and_a_third_is_not() {
        assert_eq!(open(zstd(&gzip(b"text"))).unwrap().bytes, b"text");
        assert_eq!(open(gzip(&gzip(&gzip(b"text")))), Err(ErrorKind::Binary));
    }

    #[test]
    fn bytes_after_the_last_member_are_left_out_and_noted() {
        let page = open([gzip(b"text"), vec![0; 100]].concat()).unwrap();
        assert_eq!((page.bytes, page.trailing), (b"text".to_vec(), true));
    }

    #[test]
    fn a_member_behind_a_damaged_one_is_not_left_out() {
        let mut damaged = gzip(b"two");
        damaged[0] ^= 1;
        assert_eq!(open([gzip(b"one"), damaged, gzip(b"three")].concat()), Err(ErrorKind::Corrupt));
    }

    #[test]
    fn a_cut_anywhere_is_corrupt() {
        // Not within the magic bytes: a file that short is no packed file.
        for (packed, from) in [(gzip(b"some text"), 3), (zstd(b"some text"), 4)] {
            for cut in from..packed.len() {
                assert_eq!(open(packed[..cut].to_vec()), Err(ErrorKind::Corrupt), "{cut}");
            }
        }
        let second = [gzip(b"one"), gzip(b"two")].concat();
        for cut in gzip(b"one").len() + 1..second.len() {
            assert_eq!(open(second[..cut].to_vec()), Err(ErrorKind::Corrupt), "{cut}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_corrupt() {
        let mut packed = gzip(b"some text");
        let at = packed.len() - 6;
        packed[at] ^= 1;
        assert_eq!(open(packed), Err(ErrorKind::Corrupt));
    }

    #[test]
    fn a_bomb_is_too_large_and_the_bound_itself_is_not() {
        let limits = Limits { max_document_bytes: 1000, ..Limits::default() };
        for pack in [gzip, zstd] {
            assert!(unpack(pack(&[b'a'; 1000]), &limits).is_ok());
            let error = unpack(pack(&[b'a'; 1001]), &limits).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
    }
}
