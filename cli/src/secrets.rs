//! Where secrets are kept: in Secrets Manager, where the functions read them, or in a file that only its owner reads.

use quayside_store::connections::told;
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use quayside_store::config::Secret;
use rand::TryRngCore;
use rand::rngs::OsRng;

use crate::{Error, Result};

/// The values of one secret by their keys.
pub(crate) type Values = BTreeMap<String, Secret>;

/// Keeps secrets.
pub(crate) enum Store {
    /// AWS Secrets Manager.
    Manager(Client),
    /// A file with a JSON object of all of them, mode 0600.
    File(PathBuf),
}

impl Store {
    /// Secrets Manager, as `config` reaches it.
    pub(crate) fn manager(config: &SdkConfig) -> Self {
        Self::Manager(Client::new(config))
    }

    /// The secret `name`; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, or is no JSON object of texts.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Values>> {
        match self {
            Self::Manager(client) => match client.get_secret_value().secret_id(name).send().await {
                Ok(secret) => {
                    let text = secret.secret_string.unwrap_or_default();
                    Ok(Some(serde_json::from_str(&text).map_err(|_| not_an_object(name))?))
                }
                Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                    Ok(None)
                }
                Err(error) => Err(format!("the secret {name} cannot be read: {}", told(&error)).into()),
            },
            Self::File(file) => Ok(read_file(file)?.remove(name)),
        }
    }

    /// Writes the secret `name`, new or anew.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) async fn write(&self, name: &str, values: &Values) -> Result<()> {
        let text = serde_json::to_string(&exposed(values))?;
        match self {
            Self::Manager(client) => {
                let put = client.put_secret_value().secret_id(name).secret_string(&text).send().await;
                let error = match put {
                    Ok(_) => return Ok(()),
                    Err(error) => error,
                };
                if !error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) {
                    return Err(format!("the secret {name} cannot be written: {}", told(&error)).into());
                }
                let created = client.create_secret().name(name).secret_string(text).send().await;
                created.map_err(|error| format!("the secret {name} cannot be created: {}", told(&error)))?;
                Ok(())
            }
            Self::File(file) => {
                let mut all = read_file(file)?;
                all.insert(name.to_owned(), values.clone());
                write_file(file, &all)
            }
        }
    }
}

impl std::fmt::Display for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Manager(_) => f.write_str("Secrets Manager"),
            Self::File(file) => file.display().fmt(f),
        }
    }
}

/// The values, for the place that keeps them.
fn exposed(values: &Values) -> BTreeMap<&str, &str> {
    values.iter().map(|(key, value)| (key.as_str(), value.expose())).collect()
}

fn not_an_object(name: &str) -> Error {
    format!("the secret {name} is no JSON object of texts").into()
}

fn read_file(file: &Path) -> Result<BTreeMap<String, Values>> {
    match fs::read(file) {
        Ok(bytes) => {
            let what = || format!("{} is no JSON object of secrets", file.display());
            Ok(serde_json::from_slice(&bytes).map_err(|_| what())?)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(format!("{} cannot be read: {error}", file.display()).into()),
    }
}

/// Written aside first, and with the temporary file's mode, 0600: nobody else reads it at any moment.
fn write_file(file: &Path, all: &BTreeMap<String, Values>) -> Result<()> {
    let all: BTreeMap<_, _> = all.iter().map(|(name, values)| (name, exposed(values))).collect();
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut aside| {
        serde_json::to_writer_pretty(&mut aside, &all)?;
        aside.write_all(b"\n")?;
        aside.persist(file).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| format!("{} cannot be written: {error}", file.display()).into())
}

/// So many random bytes, as hexadecimal digits.
///
/// # Errors
/// If the machine gives none.
pub(crate) fn random_hex(bytes: usize) -> Result<Secret> {
    let mut random = vec![0; bytes];
    OsRng.try_fill_bytes(&mut random).map_err(|error| format!("this machine gives no random bytes: {error}"))?;
    Ok(hex::encode(random).into())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_file_of_secrets_is_read_by_its_owner_only_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secrets.json");
        let store = Store::File(file.clone());
        assert!(store.read("a").await.unwrap().is_none());
        let values = |value: &str| Values::from([("key".to_owned(), value.to_owned().into())]);
        let read = async |name: &str| store.read(name).await.unwrap().unwrap()["key"].expose().to_owned();
        store.write("a", &values("1")).await.unwrap();
        store.write("b", &values("2")).await.unwrap();
        store.write("a", &values("3")).await.unwrap();
        assert_eq!((read("a").await, read("b").await), ("3".to_owned(), "2".to_owned()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&file, "[]").unwrap();
        assert!(store.read("a").await.unwrap_err().to_string().ends_with("is no JSON object of secrets"));
    }

    #[test]
    fn what_is_printed_to_find_a_defect_shows_no_secret() {
        let made = random_hex(16).unwrap();
        let values = Values::from([("key".to_owned(), made.clone())]);
        assert!(!format!("{values:?}").contains(made.expose()), "a secret was printed");
    }
}
