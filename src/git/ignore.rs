//! Which paths git ignores, and by whose rules: gitignore(5), exactly.
//!
//! Within a file of rules the last that matches decides; before the files
//! come those of deeper folders; after all of them `info/exclude`, then
//! `core.excludesFile`. What lies in an ignored folder is ignored, whatever
//! is said about itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::wildmatch::Glob;
use crate::document::{Coverage, RepoPath, bytes_to_path};

/// Where the rules of one worktree are.
pub struct Rules {
    pub root: PathBuf,
    /// `core.ignoreCase`
    pub ignore_case: bool,
    pub info_exclude: PathBuf,
    /// `core.excludesFile`, or git's default place for it.
    pub excludes_file: Option<PathBuf>,
}

/// A file of rules that could not be read, and why.
pub type Failure = (PathBuf, io::Error);

/// Whether a path is ignored, and by whose rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ignored {
    No,
    /// By rules that travel with the repository.
    Shared,
    /// Only by rules of this clone or this person; the text names their file.
    Private(String),
}

/// The rules of one file.
#[derive(Debug)]
pub struct Patterns {
    /// Names the file in reports.
    source: String,
    /// The folder the rules are relative to, with a `/` at the end unless it is the root.
    base: Vec<u8>,
    patterns: Vec<Pattern>,
    /// For each pattern what refuses most names at a glance.
    gates: Vec<Gate>,
    fold: bool,
}

/// What a name, or the folder it is in, must be for a pattern to be compared.
#[derive(Clone, Copy, Debug)]
enum Gate {
    /// It ends in this byte, in lower case.
    Ends(u8),
    /// It lies so deep.
    Depth(usize),
    Open,
}

#[derive(Debug)]
struct Pattern {
    line: u32,
    /// As git shows it: without trailing blanks.
    text: Box<[u8]>,
    negated: bool,
    only_folders: bool,
    reach: Reach,
    shape: Shape,
}

/// What of a path a pattern looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The last component, at any depth.
    Name,
    /// The path from the pattern's folder on. A pattern that can only match
    /// paths with so many `/` says so: most paths need not even be built.
    Path(Option<usize>),
}

#[derive(Debug)]
enum Shape {
    Literal(Box<[u8]>),
    /// `*` and a literal.
    Suffix(Box<[u8]>),
    Glob(Glob),
}

/// The last rule that matches a path, which decides.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'r> {
    pub ignored: bool,
    /// The file of the rule; of a private one, as reports name it.
    pub source: &'r str,
    pub line: u32,
    pub pattern: &'r [u8],
}

impl Patterns {
    /// The rules in `bytes`, the content of the ignore file that reports call
    /// `source`; `base` is the folder they are relative to. `fold`: without
    /// regard to case.
    pub fn parse(bytes: &[u8], base: &[u8], source: &str, fold: bool) -> Patterns {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut base = base.to_vec();
        if !base.is_empty() && !base.ends_with(b"/") {
            base.push(b'/');
        }
        let patterns: Vec<Pattern> = bytes
            .split(|&b| b == b'\n')
            .zip(1..)
            .filter_map(|(text, line)| Pattern::parse(text, line, fold))
            .collect();
        // How many folders `base` lies beneath the root.
        let depth = memchr::memchr_iter(b'/', &base).count();
        Patterns {
            source: source.to_owned(),
            gates: patterns.iter().map(|p| p.gate(depth)).collect(),
            base,
            patterns,
            fold,
        }
    }

    /// The last rule that matches `name` in `folder`, which lies beneath `base`.
    fn verdict(&self, folder: &Folder, name: &[u8], is_folder: bool) -> Option<Verdict<'_>> {
        let mut path: Option<Vec<u8>> = None;
        let last = name.last().map_or(0, u8::to_ascii_lowercase);
        let gates = self.gates.iter().zip(&self.patterns).rev();
        let (_, pattern) = gates.into_iter().find(|(gate, pattern)| {
            let may_match = match **gate {
                Gate::Ends(byte) => byte == last,
                Gate::Depth(depth) => depth == folder.depth,
                Gate::Open => true,
            };
            if !may_match || pattern.only_folders && !is_folder {
                return false;
            }
            match pattern.reach {
                Reach::Name => pattern.shape.matches(name, self.fold),
                Reach::Path(_) => {
                    let path = path
                        .get_or_insert_with(|| [&folder.path[self.base.len()..], name].concat());
                    pattern.shape.matches(path, self.fold)
                }
            }
        })?;
        Some(Verdict {
            ignored: !pattern.negated,
            source: &self.source,
            line: pattern.line,
            pattern: &pattern.text,
        })
    }
}

impl Pattern {
    /// `None` for a comment, and for what can match nothing.
    fn parse(line_text: &[u8], line: u32, fold: bool) -> Option<Pattern> {
        let text = line_text.strip_suffix(b"\r").unwrap_or(line_text);
        if text.starts_with(b"#") {
            return None;
        }
        // git's strings end at a NUL.
        let text = &text[..memchr::memchr(0, text).unwrap_or(text.len())];
        let text = without_trailing_spaces(text);
        let rest = text.strip_prefix(b"!").unwrap_or(text);
        let body = rest.strip_suffix(b"/").unwrap_or(rest);
        let has_slash = body.contains(&b'/');
        let body_from_base = body.strip_prefix(b"/").unwrap_or(body);
        if body_from_base.is_empty() {
            return None;
        }
        Some(Pattern {
            line,
            text: text.into(),
            negated: rest.len() < text.len(),
            only_folders: body.len() < rest.len(),
            reach: if has_slash {
                Reach::Path(slashes_of_matches(body_from_base))
            } else {
                Reach::Name
            },
            shape: Shape::new(body_from_base, !has_slash, fold)?,
        })
    }
}

impl Pattern {
    /// `depth`: of the folder the pattern is relative to.
    fn gate(&self, depth: usize) -> Gate {
        match (self.reach, &self.shape) {
            (Reach::Path(Some(slashes)), _) => Gate::Depth(depth + slashes),
            (Reach::Name, Shape::Literal(text) | Shape::Suffix(text)) => text
                .last()
                .map_or(Gate::Open, |b| Gate::Ends(b.to_ascii_lowercase())),
            _ => Gate::Open,
        }
    }
}

/// git strips spaces, not tabs, unless escaped; a `\` that ends the line keeps all before it.
fn without_trailing_spaces(text: &[u8]) -> &[u8] {
    let mut end = None;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b' ' => {
                end.get_or_insert(at);
            }
            b'\\' => {
                at += 1;
                if at == text.len() {
                    return text;
                }
                end = None;
            }
            _ => end = None,
        }
        at += 1;
    }
    &text[..end.unwrap_or(text.len())]
}

/// How many `/` every path has that `pattern` matches, where that is certain.
fn slashes_of_matches(pattern: &[u8]) -> Option<usize> {
    let any_depth = pattern.windows(2).any(|w| w == b"**");
    // A `/` in a class stands for itself, and matches none.
    let unclear = pattern.iter().any(|b| matches!(b, b'[' | b'\\'));
    (!any_depth && !unclear).then(|| memchr::memchr_iter(b'/', pattern).count())
}

impl Shape {
    fn new(pattern: &[u8], is_name: bool, fold: bool) -> Option<Shape> {
        let is_literal = |p: &[u8]| !p.iter().any(|b| matches!(b, b'*' | b'?' | b'[' | b'\\'));
        Some(match pattern {
            literal if is_literal(literal) => Shape::Literal(literal.into()),
            [b'*', suffix @ ..] if is_name && is_literal(suffix) => Shape::Suffix(suffix.into()),
            _ => Shape::Glob(Glob::new(pattern, fold)?),
        })
    }

    fn matches(&self, text: &[u8], fold: bool) -> bool {
        let equal = |a: &[u8], b: &[u8]| {
            if fold {
                a.eq_ignore_ascii_case(b)
            } else {
                a == b
            }
        };
        match self {
            Shape::Literal(literal) => equal(literal, text),
            Shape::Suffix(suffix) => {
                text.len() >= suffix.len() && equal(suffix, &text[text.len() - suffix.len()..])
            }
            Shape::Glob(glob) => glob.matches(text),
        }
    }
}

/// A folder of a worktree with all rules that hold in it. Folders share
/// their parents' rules: entering one costs no more than its own file.
pub struct Folder {
    /// Relative to the worktree, with a `/` at the end unless it is the root.
    path: Vec<u8>,
    depth: usize,
    rules: Option<Arc<Level>>,
    private: Arc<Private>,
    /// Why everything in it is ignored, if it is.
    ignored: Ignored,
}

/// The rules of one `.gitignore`, and those of the folders above.
struct Level {
    patterns: Patterns,
    above: Option<Arc<Level>>,
}

/// The rules that do not travel with the repository.
#[derive(Default)]
struct Private {
    /// The first takes precedence.
    files: Vec<Patterns>,
    fold: bool,
}

impl Private {
    fn read(rules: &Rules, failures: &mut Vec<Failure>) -> Arc<Private> {
        let fold = rules.ignore_case;
        let personal = rules.excludes_file.as_ref().map(|f| rules.root.join(f));
        let clone = (rules.info_exclude.clone(), ".git/info/exclude".to_owned());
        let mut files = Vec::new();
        let (file, name) = clone;
        match fs::read(&file) {
            Ok(bytes) => files.push(Patterns::parse(&bytes, b"", &name, fold)),
            Err(error) if is_absent(&error) => {}
            Err(error) => failures.push((file, error)),
        }
        // One that cannot be read, as where a job runs with another's home, is
        // no failure: without it more is scanned, and git does without it too.
        if let Some(file) = personal
            && let Ok(bytes) = fs::read(&file)
        {
            files.push(Patterns::parse(&bytes, b"", &from_home(&file), fold));
        }
        Arc::new(Private { files, fold })
    }
}

impl Folder {
    /// The top of a worktree. Here and below, a file of rules that cannot be
    /// read counts as absent, as for git, and is added to `failures`.
    pub fn root(rules: &Rules, failures: &mut Vec<Failure>) -> Arc<Folder> {
        Folder::top(&rules.root, Private::read(rules, failures), failures)
    }

    /// A folder in no repository: only its own `.gitignore` and those beneath it hold.
    pub fn outside(path: &Path, failures: &mut Vec<Failure>) -> Arc<Folder> {
        Folder::top(path, Arc::default(), failures)
    }

    fn top(path: &Path, private: Arc<Private>, failures: &mut Vec<Failure>) -> Arc<Folder> {
        let mut folder = Folder::bare(private);
        folder.read_rules(path, failures);
        Arc::new(folder)
    }

    fn bare(private: Arc<Private>) -> Folder {
        Folder {
            path: Vec::new(),
            depth: 0,
            rules: None,
            private,
            ignored: Ignored::No,
        }
    }

    /// The folder called `name` in this one, which is at `path` on disk; `None`
    /// for one that is known to have no file of rules.
    pub fn enter(
        self: &Arc<Folder>,
        name: &[u8],
        path: Option<&Path>,
        failures: &mut Vec<Failure>,
    ) -> Arc<Folder> {
        let mut folder = self.within(name);
        // git reads no rules in a folder it ignores. A folder that others do
        // not ignore has, for them, rules of its own.
        if let Some(path) = path
            && folder.ignored != Ignored::Shared
        {
            folder.read_rules(path, failures);
        }
        Arc::new(folder)
    }

    /// The folder called `name` in this one, without rules of its own yet.
    fn within(&self, name: &[u8]) -> Folder {
        Folder {
            path: [&self.path, name, b"/"].concat(),
            depth: self.depth + 1,
            rules: self.rules.clone(),
            private: self.private.clone(),
            ignored: self.ignored(name, true),
        }
    }

    fn read_rules(&mut self, path: &Path, failures: &mut Vec<Failure>) {
        let file = path.join(".gitignore");
        match read_gitignore(&file) {
            Ok(Some(bytes)) => self.add_rules(&bytes),
            Ok(None) => {}
            Err(error) => failures.push((file, error)),
        }
    }

    fn add_rules(&mut self, bytes: &[u8]) {
        let source = RepoPath::new([&self.path[..], b".gitignore"].concat());
        let patterns = Patterns::parse(bytes, &self.path, &source.to_text(), self.private.fold);
        if !patterns.patterns.is_empty() {
            self.rules = Some(Arc::new(Level {
                patterns,
                above: self.rules.take(),
            }));
        }
    }

    /// Whether what is called `name` in this folder is ignored. A symbolic link is no folder.
    pub fn ignored(&self, name: &[u8], is_folder: bool) -> Ignored {
        match self.shared_verdict(name, is_folder) {
            _ if self.ignored == Ignored::Shared => Ignored::Shared,
            Some(shared) if shared.ignored => Ignored::Shared,
            // In an ignored folder nothing is taken back.
            _ if self.ignored != Ignored::No => self.ignored.clone(),
            Some(_) => Ignored::No,
            None => match self.private_verdict(name, is_folder) {
                Some(private) if private.ignored => Ignored::Private(private.source.to_owned()),
                Some(_) | None => Ignored::No,
            },
        }
    }

    /// The rule that decides on `name`, unless this folder is ignored itself.
    pub fn verdict(&self, name: &[u8], is_folder: bool) -> Option<Verdict<'_>> {
        self.shared_verdict(name, is_folder)
            .or_else(|| self.private_verdict(name, is_folder))
    }

    fn shared_verdict(&self, name: &[u8], is_folder: bool) -> Option<Verdict<'_>> {
        std::iter::successors(self.rules.as_deref(), |level| level.above.as_deref())
            .find_map(|level| level.patterns.verdict(self, name, is_folder))
    }

    fn private_verdict(&self, name: &[u8], is_folder: bool) -> Option<Verdict<'_>> {
        self.private
            .files
            .iter()
            .find_map(|patterns| patterns.verdict(self, name, is_folder))
    }
}

/// How the rules cover a file at `path`, relative to the worktree, whether or
/// not it exists. What cannot be read counts as absent: a walk reports it.
pub fn coverage_of(rules: &Rules, path: &[u8]) -> Coverage {
    let failures = &mut Vec::new();
    let mut folder = Folder::root(rules, failures);
    let mut at = rules.root.clone();
    let mut rest = path;
    while let Some(slash) = memchr::memchr(b'/', rest) {
        let (name, behind) = (&rest[..slash], &rest[slash + 1..]);
        at.push(bytes_to_path(name));
        folder = folder.enter(name, Some(&at), failures);
        rest = behind;
    }
    folder.ignored(rest, false).into()
}

/// How the rules of a commit would cover a file at `path`: `ignore_file` has
/// the content of any `.gitignore`, by its path.
pub fn coverage_by(
    rules: &Rules,
    path: &[u8],
    ignore_file: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> Coverage {
    let mut folder = Folder::bare(Private::read(rules, &mut Vec::new()));
    let mut rest = path;
    loop {
        if folder.ignored != Ignored::Shared
            && let Some(bytes) = ignore_file(&[&folder.path[..], b".gitignore"].concat())
        {
            folder.add_rules(&bytes);
        }
        let Some(slash) = memchr::memchr(b'/', rest) else {
            return folder.ignored(rest, false).into();
        };
        folder = folder.within(&rest[..slash]);
        rest = &rest[slash + 1..];
    }
}

impl From<Ignored> for Coverage {
    fn from(ignored: Ignored) -> Coverage {
        match ignored {
            Ignored::No => Coverage::Nothing,
            Ignored::Shared => Coverage::Shared,
            Ignored::Private(file) => Coverage::Private(file),
        }
    }
}

/// `None` where there is no such file, and for what git does not read either:
/// a symbolic link (since 2.32), a folder.
fn read_gitignore(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(file) {
        Ok(found) if found.is_file() => match fs::read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        },
        Ok(_) => Ok(None),
        // Where even this is forbidden it is the folder that cannot be read.
        Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::PermissionDenied => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// The path as its owner would write it, without naming the owner.
fn from_home(path: &Path) -> String {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let beneath = home
        .as_deref()
        .filter(|home| !home.as_os_str().is_empty())
        .and_then(|home| path.strip_prefix(home).ok());
    match beneath {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}
