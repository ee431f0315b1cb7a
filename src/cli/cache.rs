//! Where results are kept between runs: in the user's cache folder, never in a repository.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::config::Regime;

use super::output;

/// A folder of caches, one file a repository.
pub(super) struct Cache {
    folder: PathBuf,
    /// Of all that decides what is found.
    pub(super) key: [u8; 32],
}

impl Cache {
    /// `None` where there is no place for caches.
    pub(super) fn open(regime: &Regime) -> Option<Cache> {
        let set = |name: &str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|p| p.is_absolute())
        };
        let folder = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|h| h.join(".cache")))?;
        // Two programs of one version may differ: the file tells them apart.
        let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
        let changed = program.modified().ok()?;
        let hash = Sha256::new()
            .chain_update(env!("CARGO_PKG_VERSION"))
            .chain_update(format!("{} {changed:?}", program.len()))
            .chain_update(regime.key());
        Some(Cache {
            folder: folder.join("hushlint"),
            key: hash.finalize().into(),
        })
    }

    fn file(&self, root: &Path) -> PathBuf {
        let name = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let name = data_encoding::HEXLOWER.encode(&name[..16]);
        self.folder.join(name)
    }

    pub(super) fn load(&self, root: &Path) -> Option<Vec<u8>> {
        fs::read(self.file(root)).ok()
    }

    /// A cache that cannot be written is done without.
    pub(super) fn save(&self, root: &Path, bytes: &[u8]) {
        if !self.folder.starts_with(root) && fs::create_dir_all(&self.folder).is_ok() {
            let _ = output::write_whole(&self.file(root), bytes);
        }
    }
}
