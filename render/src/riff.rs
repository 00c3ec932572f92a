//! The chunks that a WebP file consists of (RFC 9649, section 2).

/// Iterates over names and data of chunks, up to the first one that is incomplete.
#[derive(Clone)]
pub(crate) struct Chunks<'a>(pub(super) &'a [u8]);

impl<'a> Chunks<'a> {
    /// The chunks of a WebP file.
    pub(crate) fn of_file(file: &'a [u8]) -> Self {
        let (name, body) = Chunks(file).next().unwrap_or_default();
        Self(Some(body).filter(|_| &name == b"RIFF").and_then(|body| body.strip_prefix(b"WEBP")).unwrap_or_default())
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&name, rest) = self.0.split_first_chunk()?;
        let (&length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let (data, rest) = rest.split_at_checked(length)?;
        // Chunks of an odd length are followed by a byte of padding.
        self.0 = rest.get(length % 2..).unwrap_or_default();
        Some((name, data))
    }
}

/// Appends a chunk.
pub(crate) fn push(target: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    target.extend(name);
    target.extend((data.len() as u32).to_le_bytes());
    target.extend(data);
    if data.len() % 2 == 1 {
        target.push(0);
    }
}

/// A WebP file that consists of these chunks.
pub(crate) fn file(chunks: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(12 + chunks.len());
    file.extend(b"RIFF");
    file.extend((4 + chunks.len() as u32).to_le_bytes());
    file.extend(b"WEBP");
    file.extend(chunks);
    file
}

/// Three bytes in little-endian order. A value that does not fit becomes the largest that does.
pub(crate) fn u24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.min(0xFF_FFFF).to_le_bytes();
    [a, b, c]
}
