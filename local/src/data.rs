//! The folder with all that the local system keeps: objects, table, queues, secrets. One system at a time uses it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// The folder, locked for this process as long as the value lives.
#[derive(Debug)]
pub struct Data {
    folder: PathBuf,
    /// What the parts of the system know each other by.
    pub secrets: Secrets,
    _lock: File,
    // Declared last: a temporary folder is removed when all else is closed.
    _temporary: Option<TempDir>,
}

/// Keys that are made once and then kept, so that tokens and signed URLs outlive a restart.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Secrets {
    /// Signs the local tokens.
    pub token_secret: String,
    /// The functions' application key in storage.
    pub functions_key: String,
    /// The edge's application key in storage.
    pub edge_key: String,
    /// Signs the CDN's URLs.
    pub cdn_token_key: String,
    /// Seals the cursors of lists.
    pub cursor_key: String,
    /// Encrypts the secrets of webhook endpoints.
    pub webhook_key: String,
    /// Signs storage's notifications.
    pub b2_webhook_secret: String,
}

impl Secrets {
    /// Makes what is missing; whether that was anything. An older file has fewer.
    fn make_missing(&mut self) -> io::Result<bool> {
        let all = [
            &mut self.token_secret,
            &mut self.functions_key,
            &mut self.edge_key,
            &mut self.cdn_token_key,
            &mut self.cursor_key,
            &mut self.webhook_key,
            &mut self.b2_webhook_secret,
        ];
        let mut made = false;
        for secret in all.into_iter().filter(|secret| secret.is_empty()) {
            *secret = random()?;
            made = true;
        }
        Ok(made)
    }
}

impl Data {
    /// Opens the folder, and makes it if it is not there. Without a folder, a temporary one that goes with the value.
    ///
    /// # Errors
    /// If another system uses it, or it cannot be read or written.
    pub fn open(folder: Option<&Path>) -> io::Result<Self> {
        let temporary = if folder.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = match (folder, &temporary) {
            (Some(folder), _) => folder.to_owned(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => return Err(io::Error::other("no folder for the data")),
        };
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = format!("another `cargo local` is using {}", folder.display());
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, text));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let secrets = secrets(&folder)?;
        Ok(Self { folder, secrets, _lock: lock, _temporary: temporary })
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The secrets in `folder`; those that are not there yet are made. Needs no lock: `cargo local token` reads them beside
/// a running system.
///
/// # Errors
/// If they cannot be read or written.
pub fn secrets(folder: &Path) -> io::Result<Secrets> {
    let file = folder.join("secrets.json");
    let mut secrets = match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}; remove it for new ones", file.display()))
        })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Secrets::default(),
        Err(error) => return Err(error),
    };
    if secrets.make_missing()? {
        // Written aside first: a system that is killed meanwhile leaves no half a file.
        let mut aside = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut aside, &secrets)?;
        aside.persist(&file)?;
    }
    Ok(secrets)
}

fn random() -> io::Result<String> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn two_systems_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Data::open(Some(folder.path())).unwrap();
        assert_eq!(Data::open(Some(folder.path())).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        drop(first);
        assert!(Data::open(Some(folder.path())).is_ok());
    }

    #[test]
    fn secrets_are_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = secrets(folder.path()).unwrap();
        assert_eq!(secrets(folder.path()).unwrap().token_secret, first.token_secret);
        assert_ne!(first.token_secret, first.cdn_token_key);
    }

    #[test]
    fn an_older_file_keeps_its_secrets_and_gets_those_that_are_new() {
        let folder = tempfile::tempdir().unwrap();
        let older = r#"{"tokenSecret": "a", "functionsKey": "b", "edgeKey": "c", "cdnTokenKey": "d"}"#;
        fs::write(folder.path().join("secrets.json"), older).unwrap();
        let first = secrets(folder.path()).unwrap();
        assert_eq!((first.token_secret.as_str(), first.cdn_token_key.as_str()), ("a", "d"));
        assert_eq!((first.webhook_key.len(), first.b2_webhook_secret.len()), (64, 64));
        assert_eq!(secrets(folder.path()).unwrap().webhook_key, first.webhook_key);
    }
}
