//! What a scan says: findings, problems, and the accounting that makes a green result mean something.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::document::{Position, RepoPath, Stamp};
use crate::excerpt::Excerpt;

/// SARIF's own words (SARIF 2.1.0 §3.27.10), so that no format has to map them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A rule's name: kebab-case, unique, stable for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    pub fn new(name: &str) -> RuleId {
        RuleId(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Part of a file, the end exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub start: Position,
    pub end: Position,
    pub excerpt: Excerpt,
    /// GitHub's `primaryLocationLineHash` of the region's first line; `None`
    /// where nobody asked for it or the file was too large to be held whole.
    pub line_hash: Option<String>,
}

/// What a rule found, whatever place it stands at: equal for equal secrets of
/// one rule, and no way back to the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret([u8; 32]);

impl Secret {
    /// `content` is what `rule` found: the secret, the URL, or nothing for a
    /// finding about a file itself.
    pub fn new(rule: &RuleId, content: &[u8]) -> Secret {
        // Keyed with the rule, so that it answers no lookup in a table of hashed secrets.
        let hash = Sha256::new()
            .chain_update(b"hushlint/1\0")
            .chain_update(rule.as_str())
            .chain_update(b"\0")
            .chain_update(content)
            .finalize();
        Secret(hash.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What stays the same while a finding is the same: rule, path and secret,
/// never line, commit or offset. `occurrence` tells equal ones apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    pub digest: [u8; 16],
    pub occurrence: u32,
}

impl Fingerprint {
    /// The fingerprint of what stands in `path`.
    pub fn new(path: &RepoPath, secret: Secret) -> Fingerprint {
        let outer = Sha256::new()
            .chain_update(secret.0)
            .chain_update(path.as_bytes())
            .finalize();
        let mut digest = [0; 16];
        digest.copy_from_slice(&outer[..16]);
        Fingerprint {
            digest,
            occurrence: 0,
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            data_encoding::HEXLOWER.encode(&self.digest),
            self.occurrence
        )
    }
}

/// Another place that belongs to a finding: the ignore file, the other half of a split literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub path: RepoPath,
    pub region: Option<Region>,
    pub message: String,
}

/// How a finding came into a repository's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The commit that brought it; `None` for what a tag says, and where no commit leads to it.
    pub commit: Option<String>,
    pub author: String,
    /// The author date (RFC 3339).
    pub date: String,
    /// Where it stood then.
    pub path: RepoPath,
    /// Whether it still stands in HEAD, at whatever path.
    pub in_head: bool,
}

/// For people, in half a line.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.commit {
            Some(commit) => {
                let commit = commit.get(..12).unwrap_or(commit);
                let day = self.date.get(..10).unwrap_or(&self.date);
                write!(
                    f,
                    "brought by {} in commit {commit} of {day}, as {}; ",
                    self.author, self.path
                )?;
            }
            // What a tag says is no commit's.
            None if !self.date.is_empty() => {
                let day = self.date.get(..10).unwrap_or(&self.date);
                write!(f, "written by {} on {day}, as {}; ", self.author, self.path)?;
            }
            None => f.write_str("no commit leads to it; ")?,
        }
        f.write_str(if self.in_head {
            "in HEAD"
        } else {
            "not in HEAD"
        })
    }
}

/// How far a secret has come, and so what to do about it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// In the index, in no commit yet.
    Staged,
    /// In a commit that nobody else is known to have.
    Committed,
    /// With others, and in HEAD.
    Pushed,
    /// With others, in the history alone.
    Past,
    /// In the message of a tag, and of nothing that others are known to have.
    Tagged,
    /// With others, in the message of a commit or of a tag and in no file.
    Said,
}

impl Situation {
    pub fn of_committed(is_pushed: bool, in_head: bool) -> Situation {
        match (is_pushed, in_head) {
            (false, _) => Situation::Committed,
            (true, true) => Situation::Pushed,
            (true, false) => Situation::Past,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Situation::Staged => "staged",
            Situation::Committed => "committed",
            Situation::Pushed => "pushed",
            Situation::Past => "past",
            Situation::Tagged => "tagged",
            Situation::Said => "said",
        }
    }

    pub fn next_step(self) -> &'static str {
        match self {
            Situation::Staged => {
                "Not committed yet: take it out of the file and `git add` the file again."
            }
            Situation::Committed => {
                "Committed, not pushed: take it out with `git commit --amend`, or `git rebase -i` if later commits follow; then nobody else has seen it."
            }
            Situation::Pushed => {
                "Pushed: rotate it first, whoever can read the repository has it; then take it out of the files it stands in."
            }
            Situation::Tagged => {
                "In a tag's message, not pushed: write it anew with `git tag -f -a TAG`, or delete the tag; then nobody else has seen it."
            }
            Situation::Said => {
                "In a message, and pushed: rotate it, whoever can read the repository has it. Rewriting is optional after that: `git filter-repo --replace-message FILE`, which takes commits and tags, and a forced push."
            }
            Situation::Past => {
                "Pushed, and gone from HEAD but not from the history: rotate it. Rewriting the history is optional after that: `git filter-repo --replace-text FILE` or BFG, a forced push, and a new clone for everybody."
            }
        }
    }
}

/// Why a finding does not count. It stays in the report, so that every format can say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub by: SuppressedBy,
    /// In the words of whoever suppressed it.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// A comment beside it.
    Inline,
    /// The configuration, for its path.
    Configuration,
    /// A baseline that holds it.
    Baseline,
}

impl SuppressedBy {
    pub fn name(self) -> &'static str {
        match self {
            SuppressedBy::Inline => "inline",
            SuppressedBy::Configuration => "configuration",
            SuppressedBy::Baseline => "baseline",
        }
    }
}

/// A change that would mend a finding. It is data: one place applies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in half a line, without secrets.
    pub title: String,
    pub applicability: Applicability,
    /// In order of path and place; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Who may apply a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// It cannot change what the program does: `--fix`.
    Safe,
    /// It may: `--unsafe-fixes`.
    Unsafe,
    /// The title is a command or an act that only a person may do.
    Manual,
}

impl Applicability {
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Manual => "manual",
        }
    }
}

/// `range`, in bytes of the file as it is stored, gives way to `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub path: RepoPath,
    pub range: std::ops::Range<usize>,
    /// In the file's encoding, without secrets.
    pub text: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: RuleId,
    pub severity: Severity,
    /// One line, without secrets.
    pub message: String,
    pub path: RepoPath,
    /// `None`: the finding is about the file itself and quotes no line.
    pub region: Option<Region>,
    pub fingerprint: Fingerprint,
    /// What was found, for baselines and groups; never written as it is.
    pub secret: Secret,
    /// Who issued the key, where format or context tells.
    pub provider: Option<String>,
    pub related: Vec<Related>,
    /// What to do about this one, where it differs from the rule's own advice.
    pub help: Option<String>,
    /// Known where a history was read.
    pub provenance: Option<Provenance>,
    /// Known of a secret that git has.
    pub situation: Option<Situation>,
    pub fix: Option<Fix>,
    /// Files, there or not, that the repository's ignore rules should cover and do not.
    pub unignored: Vec<RepoPath>,
    /// `None`: it counts.
    pub suppressed: Option<Suppression>,
    /// What holds it, where that alone leads to it.
    pub holder: Option<Holder>,
}

/// A name that is given something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    pub name: String,
    /// A setting or a field, which may be spelled otherwise where it is read: `getRatesUrl`.
    pub is_loose: bool,
    /// The only file that can use it; `None`: any can.
    pub only_in: Option<RepoPath>,
}

impl Finding {
    /// Has its places, counted from the beginning of a part, counted from where that begins.
    pub fn count_from(&mut self, origin: Position) {
        let related = self.related.iter_mut().filter_map(|r| r.region.as_mut());
        for region in self.region.iter_mut().chain(related) {
            region.start = region.start.behind(origin);
            region.end = region.end.behind(origin);
        }
    }

    /// What `rule` says about `path` itself; the words are still to come.
    pub fn of_file(rule: &RuleId, path: RepoPath) -> Finding {
        let secret = Secret::new(rule, b"");
        Finding {
            rule: rule.clone(),
            severity: Severity::Note,
            message: String::new(),
            fingerprint: Fingerprint::new(&path, secret),
            path,
            region: None,
            secret,
            provider: None,
            related: Vec::new(),
            help: None,
            provenance: None,
            situation: None,
            fix: None,
            unignored: Vec::new(),
            suppressed: None,
            holder: None,
        }
    }

    /// The order of every report: by path, place, rule.
    pub fn sort_key(
        &self,
    ) -> (
        &RepoPath,
        Option<(Position, Position)>,
        &RuleId,
        Fingerprint,
    ) {
        (
            &self.path,
            self.region.as_ref().map(|r| (r.start, r.end)),
            &self.rule,
            self.fingerprint,
        )
    }
}

/// Why a scan is incomplete. Every problem makes the exit code 2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub path: Option<RepoPath>,
    pub kind: ProblemKind,
    /// What happened, in the system's or our words, without secrets.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A path named by the caller does not exist or is nothing that can be read.
    Missing,
    /// A file or folder could not be read.
    Unreadable,
    /// A file is larger than the limit the caller set.
    TooLarge,
    /// The arguments matched nothing.
    Empty,
    /// The repository's own data cannot be read.
    Repository,
    /// More was found in a file than one report holds.
    Truncated,
    /// A baseline that is not there or cannot be used.
    Baseline,
    /// A file could not be changed as `--fix` would have it.
    Unwritable,
}

impl ProblemKind {
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Missing => "missing",
            ProblemKind::Unreadable => "unreadable",
            ProblemKind::TooLarge => "too-large",
            ProblemKind::Empty => "empty",
            ProblemKind::Repository => "repository",
            ProblemKind::Truncated => "truncated",
            ProblemKind::Baseline => "baseline",
            ProblemKind::Unwritable => "unwritable",
        }
    }
}

/// Why something was left out on purpose. None of these makes a scan incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// A NUL byte near the start and no UTF-16.
    Binary,
    /// An untracked file, or a folder of them, that ignore rules cover.
    Ignored,
    /// A symbolic link: what it points to is scanned where it stands, if it is in the tree.
    Symlink,
    /// A FIFO, socket or device.
    Special,
    /// A repository inside the repository, with a commit of its own.
    Submodule,
    /// Scanned by an earlier audit, which found nothing in it.
    Known,
    /// Tracked, and not in the worktree: deleted, or left out by a sparse checkout.
    Absent,
    /// A file that the configuration excludes.
    Excluded,
    /// A secret that stands only in what no ref leads to.
    Unreached,
}

impl Skip {
    pub fn name(self) -> &'static str {
        match self {
            Skip::Binary => "binary",
            Skip::Ignored => "ignored",
            Skip::Symlink => "symlink",
            Skip::Special => "special",
            Skip::Submodule => "submodule",
            Skip::Known => "known",
            Skip::Absent => "absent",
            Skip::Excluded => "excluded",
            Skip::Unreached => "unreached",
        }
    }
}

/// What was looked at, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    pub files: u64,
    /// Bytes of the files scanned, as stored.
    pub bytes: u64,
    pub skipped: BTreeMap<Skip, u64>,
    /// Nested repositories that were not entered.
    pub submodules: Vec<RepoPath>,
}

impl Accounting {
    pub fn skip(&mut self, why: Skip) {
        *self.skipped.entry(why).or_default() += 1;
    }

    pub fn add(&mut self, other: Accounting) {
        self.files += other.files;
        self.bytes += other.bytes;
        for (why, n) in other.skipped {
            *self.skipped.entry(why).or_default() += n;
        }
        self.submodules.extend(other.submodules);
    }
}

/// The whole result of a scan; formats write it, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of [`Finding::sort_key`].
    pub findings: Vec<Finding>,
    pub problems: Vec<Problem>,
    pub scanned: Accounting,
    /// What the files held that fixes would change; `None`: there was none. What
    /// is not here is not to be changed.
    pub stamps: BTreeMap<RepoPath, Option<Stamp>>,
    /// The folder that paths are relative to, for formats that must name it.
    pub root: std::path::PathBuf,
    /// How many findings were mended before the last scan; `None`: none was to be.
    pub fixed: Option<usize>,
    /// Wall time of the scan; only the text format shows it.
    pub elapsed: std::time::Duration,
}

impl Report {
    /// Whether everything that was to be scanned was.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// The findings that count.
    pub fn unsuppressed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.suppressed.is_none())
    }

    /// How many of `severity` count.
    pub fn count(&self, severity: Severity) -> usize {
        self.unsuppressed()
            .filter(|f| f.severity == severity)
            .count()
    }

    /// How many fixes there are for what counts.
    pub fn fixable(&self, applicability: Applicability) -> usize {
        let fixes = self.unsuppressed().filter_map(|f| f.fix.as_ref());
        fixes.filter(|f| f.applicability == applicability).count()
    }

    pub fn suppressed(&self) -> usize {
        self.findings.len() - self.unsuppressed().count()
    }

    /// Gives findings that share a digest their occurrence, in report order,
    /// and puts the report into its order.
    pub fn settle(&mut self) {
        self.findings
            .sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.findings.dedup();
        let mut seen: BTreeMap<[u8; 16], u32> = BTreeMap::new();
        for finding in &mut self.findings {
            let next = seen.entry(finding.fingerprint.digest).or_default();
            finding.fingerprint.occurrence = *next;
            *next += 1;
        }
        self.problems.sort();
        self.problems.dedup();
        self.scanned.submodules.sort();
    }
}
