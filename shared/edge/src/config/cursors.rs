//! What seals the cursors of lists.

use std::fmt;

use quayside_store::config::{Result, Variables, wrong};

/// The keys that seal cursors, of at least 32 bytes each: the first seals, and all of them open, so that a key can be
/// replaced while cursors of the one before are in use. No log shows them.
#[derive(Clone)]
pub struct CursorKeys(Vec<Vec<u8>>);

impl fmt::Debug for CursorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKeys(…)")
    }
}

impl CursorKeys {
    /// Reads `CURSOR_KEYS`: one key or two, separated by a space.
    ///
    /// # Errors
    /// If it is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        const NAME: &str = "CURSOR_KEYS";
        Self::parse(variables.text(NAME)?)
            .ok_or_else(|| wrong(NAME, "must be one or two keys of at least 32 characters, separated by a space"))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let keys: Vec<_> = text.split_whitespace().map(|key| key.as_bytes().to_vec()).collect();
        let is_good = (1..=2).contains(&keys.len()) && keys.iter().all(|key| key.len() >= 32);
        is_good.then_some(Self(keys))
    }

    pub(crate) fn current(&self) -> &[u8] {
        self.0.first().map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}
