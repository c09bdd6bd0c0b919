//! The numbers of a model file, in order. Whatever the bytes are, reading past the end is an error and no panic.

/// What is left of a file.
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// A file without its magic.
    pub fn new(bytes: &'a [u8], magic: &[u8]) -> Result<Self, String> {
        bytes.strip_prefix(magic).map(Bytes).ok_or_else(|| format!("no {} file", magic.escape_ascii()))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("the file is cut short")?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, String> {
        self.take().map(u8::from_le_bytes)
    }

    /// The next two bytes.
    pub fn u16(&mut self) -> Result<u16, String> {
        self.take().map(u16::from_le_bytes)
    }

    /// The next two bytes, signed.
    pub fn i16(&mut self) -> Result<i16, String> {
        self.take().map(i16::from_le_bytes)
    }

    /// The next eight bytes.
    pub fn u64(&mut self) -> Result<u64, String> {
        self.take().map(u64::from_le_bytes)
    }

    /// The next four bytes as a number that is neither infinite nor none.
    pub fn finite(&mut self) -> Result<f32, String> {
        let number = self.take().map(f32::from_le_bytes)?;
        if number.is_finite() { Ok(number) } else { Err(format!("a number that is {number}")) }
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Asks that nothing is left.
    pub fn end(self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("{} bytes too many", self.0.len())) }
    }
}
