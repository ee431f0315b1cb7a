//! Addresses that nothing asks for: the constant or the setting that holds one
//! is named nowhere else in the repository.
//!
//! Only a scan of the whole repository can tell, and only where there is
//! something to tell are its files read again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use aho_corasick::AhoCorasick;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::document::RepoPath;
use crate::finding::{Finding, Holder, Reach, Severity};
use crate::source::{Body, Input, Manner};

/// In bytes. Larger files are records: what they say uses no name.
const LARGEST: u64 = 16 << 20;
/// Of so many names in a file, half of which are named nowhere else, all may
/// be: reflection builds their names.
const MANY: usize = 4;
/// In its first bytes, no text has one that is zero.
const HEAD: usize = 8 << 10;
/// How far a line is looked through for an address.
const LINE: usize = 500;

/// Makes notes of warnings about addresses whose holder nothing names. `inputs`
/// are all files of the repository.
pub(super) fn settle(findings: &mut [Finding], inputs: &[Input], threads: usize) {
    let wanted: BTreeSet<Holder> = findings.iter().filter_map(held).cloned().collect();
    if wanted.is_empty() {
        return;
    }
    let names = Names::new(wanted.into_iter().collect());
    let look = || {
        inputs.par_iter().for_each(|input| {
            if let (Body::Disk(disk), Manner::File) = (&input.body, input.manner)
                && !names.are_all_used()
                && let Ok(bytes) = disk.read_up_to(LARGEST)
            {
                names.see(&input.path(), &bytes);
            }
        });
    };
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(look),
        // The system grants no threads: what cannot be looked for counts as used.
        Err(_) => return,
    }
    let mut by_file: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some(holder) = held(finding) {
            let (all, idle) = by_file.entry(finding.path.clone()).or_default();
            *all += 1;
            *idle += usize::from(names.is_idle(holder));
        }
    }
    for finding in findings {
        let Some(holder) = held(finding).filter(|holder| names.is_idle(holder)) else {
            continue;
        };
        let (all, idle) = by_file[&finding.path];
        if all < MANY || idle * 2 <= all {
            let name = &holder.name;
            finding.message += &format!("; nothing else in this repository names `{name}`");
            finding.severity = Severity::Note;
        }
    }
}

fn held(finding: &Finding) -> Option<&Holder> {
    let counts = finding.severity == Severity::Warning && finding.suppressed.is_none();
    finding.holder.as_ref().filter(|_| counts)
}

/// Names that are looked for, and which of them were found in use.
struct Names {
    holders: Vec<Holder>,
    /// Of each pattern, whose it is.
    owners: Vec<usize>,
    patterns: AhoCorasick,
    used: Vec<AtomicBool>,
}

impl Names {
    fn new(holders: Vec<Holder>) -> Names {
        let mut owners = Vec::new();
        let mut texts = Vec::new();
        for (owner, holder) in holders.iter().enumerate() {
            let spellings = spellings(holder);
            owners.extend(std::iter::repeat_n(owner, spellings.len()));
            texts.extend(spellings);
        }
        let patterns = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(texts)
            .expect("as many names as there are findings");
        Names {
            used: holders.iter().map(|_| AtomicBool::new(false)).collect(),
            holders,
            owners,
            patterns,
        }
    }

    fn are_all_used(&self) -> bool {
        self.used.iter().all(|used| used.load(Ordering::Relaxed))
    }

    fn is_idle(&self, holder: &Holder) -> bool {
        let at = self.holders.binary_search(holder);
        at.is_ok_and(|at| !self.used[at].load(Ordering::Relaxed))
    }

    /// Looks through a text; what an editor indexes in a file of its own uses nothing.
    fn see(&self, path: &RepoPath, bytes: &[u8]) {
        if memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some() {
            return;
        }
        for found in self.patterns.find_overlapping_iter(bytes) {
            let owner = self.owners[found.pattern().as_usize()];
            let holder = &self.holders[owner];
            let is_it = || {
                holder.is_loose
                    || bytes[found.range()] == *holder.name.as_bytes()
                        && !bytes[..found.start()].last().is_some_and(is_word)
                        && !bytes.get(found.end()).is_some_and(is_word)
            };
            if !self.used[owner].load(Ordering::Relaxed)
                && is_it()
                && can_use(&holder.reach, path, bytes)
                && !is_no_use(bytes, found.start())
            {
                self.used[owner].store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Whether the file at `path` can use a name of this reach.
fn can_use(reach: &Reach, path: &RepoPath, bytes: &[u8]) -> bool {
    match reach {
        Reach::Repository => true,
        Reach::File(file) => file == path,
        Reach::Class { file, name } => {
            file == path || memchr::memmem::find(bytes, name.as_bytes()).is_some()
        }
    }
}

/// As what a name may stand in a program: a setting `rates-url` is the field
/// `ratesUrl` and the variable `RATES_URL`, in any case.
fn spellings(holder: &Holder) -> Vec<String> {
    if !holder.is_loose {
        return vec![holder.name.clone()];
    }
    let mut parts: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in holder.name.chars() {
        let begins = parts.is_empty() || c.is_ascii_uppercase() && was_lower;
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        match c.is_ascii_alphanumeric() {
            false => parts.push(String::new()),
            true if begins => parts.push(c.into()),
            true => parts.last_mut().expect("there is one").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    ["", "_", "-"].map(|joint| parts.join(joint)).into()
}

/// Whether the line at `at` uses nothing: a remark, or one with an address, which a name is given there.
fn is_no_use(bytes: &[u8], at: usize) -> bool {
    const REMARKS: [&[u8]; 6] = [b"//", b"# ", b"*", b"/*", b"--", b"<!--"];
    let before = &bytes[at.saturating_sub(LINE)..at];
    let start = memchr::memrchr(b'\n', before).map_or(at - before.len(), |i| at - before.len() + i);
    let rest = &bytes[at..bytes.len().min(at + LINE)];
    let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = bytes[start..end].trim_ascii();
    REMARKS.iter().any(|mark| line.starts_with(mark))
        || memchr::memmem::find(line, b"://").is_some()
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}
