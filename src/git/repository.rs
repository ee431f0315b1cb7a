//! A repository as far as a scan of its worktree needs it. Only user of the git crate.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};

use gix::index::entry::Mode;
use gix::open::Permissions;
use gix::sec::Trust;
use gix::sec::trust::DefaultForLevel;

use super::ignore::Rules;

/// What git knows about one worktree. Nothing in it is ever written.
pub struct Repository {
    /// The top of the worktree, as canonical as the path it was found from.
    pub root: PathBuf,
    /// `core.ignoreCase`
    pub ignore_case: bool,
    /// Where `info/exclude` is, whether or not it exists.
    pub info_exclude: PathBuf,
    /// `core.excludesFile`, or git's default place for it.
    pub excludes_file: Option<PathBuf>,
    pub tracked: Tracked,
}

/// The paths in the index. Kept as 64-bit hashes: a look-up costs no more
/// than hashing the path, and a collision only makes an untracked file
/// be scanned as if it were tracked.
#[derive(Default)]
pub struct Tracked {
    files: HashSet<u64, BuildHasherDefault<Identity>>,
    /// With the number of files beneath.
    folders: HashMap<u64, u64, BuildHasherDefault<Identity>>,
    submodules: Vec<Vec<u8>>,
}

/// Why a repository could not be read. Typically a damaged or unusual `.git`.
#[derive(Debug)]
pub struct Error {
    pub path: PathBuf,
    pub message: String,
    /// The folder is git's own data, which no scan of files can judge.
    pub git_data: bool,
}

impl Repository {
    /// The repository whose worktree holds `folder`, or `None` where there is
    /// none. Honours `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE` as git does,
    /// and for no repository but the one they speak of.
    pub fn discover(folder: &Path) -> Result<Option<Repository>, Error> {
        let error = |message: String| Error {
            path: folder.to_owned(),
            message,
            git_data: false,
        };
        let Some((found, index)) = find(folder)? else {
            return Ok(None);
        };
        // In a bare repository, or in `.git` itself, every file is git's own data:
        // compressed, so that a scan would be green whatever it holds.
        if found
            .git_dir()
            .canonicalize()
            .is_ok_and(|git_dir| folder.starts_with(git_dir))
        {
            let what = if found.is_bare() {
                "a bare repository: there is no worktree to check"
            } else {
                "git's own data, not files: name a worktree"
            };
            return Err(Error {
                git_data: true,
                ..error(what.to_owned())
            });
        }
        let Some(root) = found.workdir() else {
            return Ok(None);
        };
        let root = root.canonicalize().map_err(|e| error(e.to_string()))?;
        if !folder.starts_with(&root) {
            return Ok(None);
        }
        let config = found.config_snapshot();
        let is_off = config
            .string("core.excludesFile")
            .is_some_and(|file| file.is_empty());
        let excludes_file = match config.trusted_path("core.excludesFile") {
            _ if is_off => None,
            Ok(Some(path)) => Some(path),
            Ok(None) | Err(_) => default_excludes_file(),
        };
        let tracked = Tracked::read(&index, found.object_hash()).map_err(error)?;
        Ok(Some(Repository {
            ignore_case: config.boolean("core.ignoreCase").unwrap_or(false),
            info_exclude: found.common_dir().join("info/exclude"),
            excludes_file,
            tracked,
            root,
        }))
    }
}

/// The repository that holds `folder`, as git would find it, and where its index is.
pub(super) fn find(folder: &Path) -> Result<Option<(gix::Repository, PathBuf)>, Error> {
    let error = |path: &Path, message: String| Error {
        path: path.to_owned(),
        message,
        git_data: false,
    };
    let own = match Environment::read() {
        None => discover_with(folder, Permissions::secure()),
        Some(environment) => match environment.repository() {
            Ok(named) => match discover_with(folder, without_git_variables()) {
                Ok(own) if !is_named(&own, &named, folder) => Ok(own),
                Err(failure) if !holds(&named, folder) => Err(failure),
                Ok(_) | Err(_) => {
                    let index = environment.index_of(&named, named.workdir());
                    return Ok(Some((named, index)));
                }
            },
            // What the variables say is of no use; where `folder` has a repository, they may mean another.
            Err(failure) => match discover_with(folder, without_git_variables()) {
                Err(_) if environment.git_dir => {
                    return Err(error(folder, format!("GIT_DIR: {}", chain(&failure))));
                }
                own => own,
            },
        },
    };
    match own {
        Ok(own) => {
            let index = own.index_path();
            Ok(Some((own, index)))
        }
        // A failure where there is no repository is an answer; where there is one it is an error.
        Err(failure) => match dot_git_above(folder) {
            None => Ok(None),
            Some(git) => {
                let message = format!("not a usable git repository: {}", chain(&failure));
                Err(error(&git, message))
            }
        },
    }
}

/// The top of the worktree around `folder`, whatever git's variables say.
pub(super) fn own_top(folder: &Path) -> Option<PathBuf> {
    let own = discover_with(folder, without_git_variables()).ok()?;
    own.workdir()?.canonicalize().ok()
}

/// What `GIT_DIR` names, where it is set: the repository, its index, the top of
/// its worktree. That is the one a command without a path speaks of, whatever
/// lies around the current folder.
pub(super) fn named() -> Result<Option<(gix::Repository, PathBuf, Option<PathBuf>)>, String> {
    let Some(environment) = Environment::read().filter(|e| e.git_dir) else {
        return Ok(None);
    };
    let named = environment
        .repository()
        .map_err(|e| format!("GIT_DIR: {}", chain(&e)))?;
    let canonical = |path: &Path| path.canonicalize().map_err(|e| e.to_string());
    let here = canonical(Path::new("."))?;
    let has_place =
        environment.work_tree || named.config_snapshot().string("core.worktree").is_some();
    let root = match named.workdir() {
        None => None,
        Some(own) if has_place => Some(canonical(own)?),
        // As for git, the current folder is the worktree, unless it lies in the usual one.
        Some(own) => Some(
            canonical(own)
                .ok()
                .filter(|own| here.starts_with(own))
                .unwrap_or(here),
        ),
    };
    let index = environment.index_of(&named, root.as_deref());
    Ok(Some((named, index, root)))
}

/// The variables that describe one repository to git. A hook inherits those
/// of the repository it runs for, whatever else it looks at.
struct Environment {
    git_dir: bool,
    work_tree: bool,
    index_file: Option<PathBuf>,
}

impl Environment {
    /// `None` where they are not set.
    fn read() -> Option<Environment> {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let environment = Environment {
            git_dir: set("GIT_DIR").is_some(),
            work_tree: set("GIT_WORK_TREE").is_some(),
            index_file: set("GIT_INDEX_FILE").map(PathBuf::from),
        };
        let any = environment.git_dir || environment.index_file.is_some() || environment.work_tree;
        any.then_some(environment)
    }

    /// The repository they speak of: that of `GIT_DIR`, else the one around the current folder.
    fn repository(&self) -> gix::Result<gix::Repository> {
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        if self.git_dir {
            gix::open_with_environment_overrides(here)
        } else {
            discover_with(&here, Permissions::secure())
        }
    }

    /// Where the index of `named` is, whose worktree is `root`.
    fn index_of(&self, named: &gix::Repository, root: Option<&Path>) -> PathBuf {
        match (&self.index_file, root) {
            (Some(file), Some(root)) => root.join(file),
            (Some(_), None) | (None, _) => named.index_path(),
        }
    }
}

fn discover_with(folder: &Path, permissions: Permissions) -> gix::Result<gix::Repository> {
    let options = |trust| gix::open::Options::default_for_level(trust).permissions(permissions);
    let by_trust = gix::sec::trust::Mapping {
        full: options(Trust::Full),
        reduced: options(Trust::Reduced),
    };
    let mut limits = gix::discover::upwards::Options::default().apply_environment();
    // Ceilings elsewhere are none here.
    limits.match_ceiling_dir_or_error = false;
    limits.cross_fs = std::env::var("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_ok_and(|value| {
        !["", "0", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str())
    });
    gix::ThreadSafeRepository::discover_opts(folder, limits, by_trust)
        .map(|found| found.to_thread_local())
}

/// All that git reads but its variables, and no configuration in place of one that they name.
fn without_git_variables() -> Permissions {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let mut permissions = Permissions::secure();
    permissions.env.git_prefix = gix::sec::Permission::Deny;
    let global = !is_set("GIT_CONFIG_GLOBAL");
    permissions.config.git = global;
    permissions.config.user = global;
    permissions.config.system = !is_set("GIT_CONFIG_SYSTEM") && !is_set("GIT_CONFIG_NOSYSTEM");
    permissions
}

/// Whether the variables that speak of `named` hold in `folder`, whose repository without them is `own`.
fn is_named(own: &gix::Repository, named: &gix::Repository, folder: &Path) -> bool {
    let canonical = |path: &Path| path.canonicalize().ok();
    if canonical(own.git_dir()) == canonical(named.git_dir()) {
        return true;
    }
    // A worktree given to another repository: of those around `folder` the innermost counts.
    let top = |repository: &gix::Repository| repository.workdir().and_then(canonical);
    match (top(own), top(named)) {
        (Some(own), Some(named)) => folder.starts_with(&named) && named.starts_with(own),
        (None, _) | (_, None) => false,
    }
}

/// Whether `folder` lies in the worktree or the git directory of `repository`.
fn holds(repository: &gix::Repository, folder: &Path) -> bool {
    let lies_in = |around: &Path| {
        around
            .canonicalize()
            .is_ok_and(|around| folder.starts_with(around))
    };
    repository.workdir().is_some_and(lies_in) || lies_in(repository.git_dir())
}

impl Repository {
    /// Where its ignore rules are.
    pub fn rules(&self) -> Rules {
        Rules {
            root: self.root.clone(),
            ignore_case: self.ignore_case,
            info_exclude: self.info_exclude.clone(),
            excludes_file: self.excludes_file.clone(),
        }
    }
}

/// Whether `folder` has a `.git` that makes it a worktree for git.
pub fn is_worktree(folder: &Path) -> bool {
    let git = folder.join(".git");
    git.symlink_metadata().is_ok() && gix::discover::is_git(&git).is_ok()
}

/// Whether `folder` has a `.git` that is, or once was, a repository's. An
/// empty one is neither: git looks past it.
pub fn claims_worktree(folder: &Path) -> bool {
    let git = folder.join(".git");
    if git.symlink_metadata().is_err() {
        return false;
    }
    match git.metadata() {
        Ok(found) if found.is_file() => found.len() > 0,
        Ok(found) if found.is_dir() => {
            std::fs::read_dir(&git).map_or(true, |mut held| held.next().is_some())
        }
        Ok(_) => false,
        // A link that leads nowhere, or what may not be looked at.
        Err(_) => true,
    }
}

/// Whether `folder` holds what git keeps: a repository without a worktree.
pub fn is_bare(folder: &Path) -> bool {
    let is_folder = |name| folder.join(name).is_dir();
    folder.join("HEAD").symlink_metadata().is_ok() && is_folder("objects") && is_folder("refs")
}

/// What is called `.git` in `folder` or above, as far up as `GIT_CEILING_DIRECTORIES` lets git look.
fn dot_git_above(folder: &Path) -> Option<PathBuf> {
    let ceilings: Vec<PathBuf> = std::env::var_os("GIT_CEILING_DIRECTORIES")
        .map(|c| std::env::split_paths(&c).collect())
        .unwrap_or_default();
    folder
        .ancestors()
        .enumerate()
        .take_while(|(i, above)| *i == 0 || !ceilings.iter().any(|c| c == above))
        .map(|(_, above)| above)
        .find(|above| claims_worktree(above))
        .map(|above| above.join(".git"))
}

/// `$XDG_CONFIG_HOME/git/ignore`, else `~/.config/git/ignore` (gitignore(5)).
pub(super) fn default_excludes_file() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_CONFIG_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".config")))
        .map(|config| config.join("git/ignore"))
}

impl Tracked {
    fn read(path: &Path, hash_kind: gix::hash::Kind) -> Result<Tracked, String> {
        if !path.exists() {
            return Ok(Tracked::default());
        }
        let options = gix::index::decode::Options {
            thread_limit: Some(1),
            ..Default::default()
        };
        // The checksum would cost as much again as reading; git itself has
        // `index.skipHash`. A damaged index fails to decode.
        let index = gix::index::File::at(path, hash_kind, true, options)
            .map_err(|e| format!("{}: {}", path.display(), chain(&e)))?;
        let mut tracked = Tracked::default();
        tracked.files.reserve(index.entries().len());
        let mut at: (&[u8], u64) = (b"", 0);
        for entry in index.entries() {
            let path: &[u8] = entry.path(&index);
            let is_file = if entry.mode == Mode::COMMIT {
                tracked.submodules.push(path.to_vec());
                false
            } else {
                // In a conflict a path has several entries.
                tracked.files.insert(hash(path))
            };
            // Entries are sorted: a folder's files mostly follow each other.
            let folder = &path[..memchr::memrchr(b'/', path).unwrap_or(0)];
            if folder != at.0 {
                tracked.count_in(at.0, at.1);
                at = (folder, 0);
            }
            at.1 += u64::from(is_file);
        }
        tracked.count_in(at.0, at.1);
        Ok(tracked)
    }

    /// Notes `files` more in `folder` and in those above it.
    fn count_in(&mut self, folder: &[u8], files: u64) {
        let mut end = folder.len();
        while end > 0 {
            *self.folders.entry(hash(&folder[..end])).or_default() += files;
            end = memchr::memrchr(b'/', &folder[..end]).unwrap_or(0);
        }
    }

    /// How many files are tracked in `folder` and beneath; all, if it is empty.
    pub fn count_beneath(&self, folder: &[u8]) -> u64 {
        match folder {
            [] => self.files.len() as u64,
            folder => self.folders.get(&hash(folder)).copied().unwrap_or(0),
        }
    }

    pub fn holds_file(&self, path: &[u8]) -> bool {
        !self.files.is_empty() && self.files.contains(&hash(path))
    }

    /// Whether any tracked file or submodule lies beneath `folder`.
    pub fn holds_folder(&self, folder: &[u8]) -> bool {
        self.folders.contains_key(&hash(folder))
    }

    /// The paths at which other repositories are to be checked out.
    pub fn submodules(&self) -> &[Vec<u8>] {
        &self.submodules
    }

    pub fn is_submodule(&self, path: &[u8]) -> bool {
        self.submodules.iter().any(|s| s == path)
    }
}

/// A fast hash for tables in memory.
pub fn hash(path: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut words = path.chunks_exact(8);
    for word in &mut words {
        hash = fold(hash ^ u64::from_le_bytes(word.try_into().expect("chunks of eight")));
    }
    let mut last = [0u8; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    fold(fold(hash ^ u64::from_le_bytes(last)) ^ path.len() as u64)
}

/// A multiplication whose two halves are folded together, as wyhash mixes.
fn fold(value: u64) -> u64 {
    let product = u128::from(value)
        * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C834u128.rotate_left(1) as u64 as u128;
    (product as u64) ^ ((product >> 64) as u64)
}

/// The keys are hashes already.
#[derive(Default)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only u64 keys are hashed")
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// An error with its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
