//! The platform's key store, as the vault sees it: it wraps a key under a name and unwraps it again, and the wrapping
//! key never leaves it. Android Keystore and the Secure Enclave come in from native code through this trait; on a
//! machine without one, [`FileKeyStore`] keeps the wrapping keys in files for the owner's eyes only.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::secret::Secret32;
use zeroize::Zeroizing;

use crate::durable;
use crate::error::{KeyStoreError, VaultError};
use crate::way_in;

/// Wraps and unwraps vault keys under a name. Synchronous: whoever has to ask for a fingerprint unwraps in native code
/// and calls [`crate::Store::unlock_raw`] with the bytes.
pub trait KeyStore: Send + Sync + fmt::Debug {
    /// Wraps `key` under the key called `name`, which is made when it is not there.
    fn wrap(&self, name: &str, key: &Secret32) -> Result<Vec<u8>, KeyStoreError>;

    /// Unwraps what [`KeyStore::wrap`] made under the same name.
    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret32, KeyStoreError>;

    /// Destroys the key called `name`, and the number kept under it; what it wrapped is lost. What is not there is no error.
    fn remove(&self, name: &str) -> Result<(), KeyStoreError>;

    /// Whether there is a key called `name`.
    fn exists(&self, name: &str) -> Result<bool, KeyStoreError>;

    /// Keeps a number under `name`, in the place of the one before. It lies where the keys lie, so that putting back the
    /// vault's files does not put it back. A store that keeps no numbers says so; an older state of a vault is not noticed then.
    fn keep_number(&self, _name: &str, _number: u64) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Failed {
            action: "keeping numbers, which this one does not",
        })
    }

    /// The number kept under `name`, if there is one.
    fn kept_number(&self, _name: &str) -> Result<Option<u64>, KeyStoreError> {
        Ok(None)
    }
}

/// A key store in a folder: one file of 32 random bytes for each name, readable by its owner only. It protects as well
/// as the account that owns the folder does; a desk that must start without a person uses it.
pub struct FileKeyStore {
    folder: PathBuf,
}

/// Without the path, which may hold the person's name.
impl fmt::Debug for FileKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKeyStore").finish_non_exhaustive()
    }
}

impl FileKeyStore {
    /// Uses `folder`, which is made when it is not there.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, KeyStoreError> {
        let folder = folder.into();
        durable::create_folder(&folder).map_err(failed("making the folder"))?;
        Ok(Self { folder })
    }

    fn file_of(&self, name: &str) -> PathBuf {
        self.folder.join(file_name(name, "key"))
    }

    fn key_of(&self, name: &str) -> Result<Secret32, KeyStoreError> {
        read_key(&self.file_of(name))?.ok_or(KeyStoreError::KeyGone)
    }

    fn key_of_or_new(&self, name: &str) -> Result<Secret32, KeyStoreError> {
        let path = self.file_of(name);
        if is_whole(&path)? {
            return self.key_of(name);
        }
        let key =
            Zeroizing::new(way_in::random_bytes::<32>().map_err(|_| KeyStoreError::Failed { action: "randomness" })?);
        // Never over a key that is there: a second process that was faster keeps its key, and this one uses it.
        let _turn = durable::turn(&self.folder).map_err(failed("waiting for the folder"))?;
        if !is_whole(&path)? {
            durable::replace(&self.folder, &file_name(name, "key"), &*key).map_err(failed("writing a key"))?;
        }
        self.key_of(name)
    }
}

impl KeyStore for FileKeyStore {
    fn wrap(&self, name: &str, key: &Secret32) -> Result<Vec<u8>, KeyStoreError> {
        way_in::wrap(&self.key_of_or_new(name)?, key, &associated(name)).map_err(|error| match error {
            VaultError::KeyStore(error) => error,
            _ => KeyStoreError::Failed { action: "wrapping" },
        })
    }

    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret32, KeyStoreError> {
        way_in::unwrap(&self.key_of(name)?, wrapped, &associated(name)).ok_or(KeyStoreError::NotMine)
    }

    fn remove(&self, name: &str) -> Result<(), KeyStoreError> {
        let number = self.folder.join(file_name(name, "number"));
        durable::destroy(&self.folder, &self.file_of(name))
            .and_then(|()| durable::destroy(&self.folder, &number))
            .map_err(failed("destroying a key"))
    }

    fn exists(&self, name: &str) -> Result<bool, KeyStoreError> {
        self.file_of(name).try_exists().map_err(failed("looking for a key"))
    }

    fn keep_number(&self, name: &str, number: u64) -> Result<(), KeyStoreError> {
        durable::replace(&self.folder, &file_name(name, "number"), number.to_string().as_bytes())
            .map_err(failed("keeping a number"))
    }

    fn kept_number(&self, name: &str) -> Result<Option<u64>, KeyStoreError> {
        match fs::read_to_string(self.folder.join(file_name(name, "number"))) {
            Ok(digits) => digits.parse().map(Some).map_err(|_| KeyStoreError::Failed {
                action: "reading a number",
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("reading a number")(error)),
        }
    }
}

/// A name may hold anything; its hash is always a file name.
fn file_name(name: &str, end: &str) -> String {
    format!("{}.{end}", sha256_hex(name.as_bytes()))
}

fn associated(name: &str) -> Vec<u8> {
    format!("tekram/v1/vault/file-key-store|{name}").into_bytes()
}

/// Whether there is a key. A file that is shorter was cut while a key was made, by a version that wrote it in place: nobody was told
/// of that key, and nothing was wrapped by it.
fn is_whole(path: &Path) -> Result<bool, KeyStoreError> {
    match fs::metadata(path) {
        Ok(about) => Ok(about.len() >= 32),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("looking for a key")(error)),
    }
}

fn read_key(path: &Path) -> Result<Option<Secret32>, KeyStoreError> {
    match fs::read(path).map(Zeroizing::new) {
        Ok(bytes) => Secret32::try_from(bytes.as_slice())
            .map(Some)
            .map_err(|_| KeyStoreError::Failed {
                action: "reading a key of 32 bytes",
            }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading a key")(error)),
    }
}

fn failed(action: &'static str) -> impl FnOnce(io::Error) -> KeyStoreError {
    move |_| KeyStoreError::Failed { action }
}
