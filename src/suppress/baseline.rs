//! Findings that were accepted as they are: one line each in a file that travels with the repository.
//!
//! A line holds a rule, a path and a slow, salted hash of what was found, so
//! that it outlives edits around the finding, forgives nothing else in its
//! place, and helps nobody to guess a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::Rules;
use crate::document::{RepoPath, is_unsafe_on_a_terminal};
use crate::finding::{Finding, RuleId, Secret, SuppressedBy, Suppression};

/// Where a baseline is looked for if nothing names one: at the root of what is scanned.
pub const FILE: &str = ".hushlint-baseline";

const NAME: &str = "hushlint-baseline";
const VERSION: &str = "1";
/// About 2.5 ms for each secret that is compared: a thousand of them take a
/// second on two cores, and a guess at a short one costs 2 MiB of memory traffic.
const MEMORY: u32 = 2048;
const PASSES: u32 = 1;
/// What a file may ask of whoever reads it.
const MOST_MEMORY: u32 = 1 << 18;
const MOST_PASSES: u32 = 16;
const SALT: usize = 16;
const HASH: usize = 16;
/// Above the lines, so that who meets the file knows what it is.
const COMMENT: &str = "# Findings that are accepted as they are; `-- reason` may end a line. `hushlint baseline` keeps it.";

type Hash = [u8; HASH];

/// A baseline as it stands in its file.
#[derive(Clone, Debug)]
pub struct Baseline {
    salt: [u8; SALT],
    memory: u32,
    passes: u32,
    comments: Vec<String>,
    entries: Vec<Entry>,
    is_crlf: bool,
}

/// One accepted finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub path: RepoPath,
    pub rule: RuleId,
    /// `None`: the finding is about the file itself.
    hash: Option<Hash>,
    pub reason: Option<String>,
    /// Its line in the file, counted from 1; 0 for one that is not written yet.
    pub line: usize,
}

/// Why a file is no baseline; `line` is counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Damage {
    pub line: usize,
    pub message: String,
}

/// What was scanned, and how far that speaks for a baseline.
pub struct Scope<'a> {
    pub threads: usize,
    /// A path as a baseline holds it: its name may have a secret in it.
    pub masked: &'a dyn Fn(&RepoPath) -> RepoPath,
    /// Whether all of a file was scanned.
    pub is_scanned: &'a dyn Fn(&RepoPath) -> bool,
    /// Whether there is such a file.
    pub exists: &'a dyn Fn(&RepoPath) -> bool,
    /// Whether a file of this path would have been scanned if it were there.
    pub is_covered: &'a dyn Fn(&RepoPath) -> bool,
    /// A secret is one matter wherever it stands, as in a history.
    pub anywhere: bool,
}

/// How findings and entries belong together.
#[derive(Default)]
pub struct Matched {
    /// By place of the entry, the path of its finding, as a baseline holds it.
    pub paths: Vec<Option<RepoPath>>,
    /// The places of entries that nothing answers to although all was scanned that could.
    pub stale: Vec<usize>,
}

impl Baseline {
    /// An empty one. `salt` is random, and the file's own.
    pub fn new(salt: [u8; SALT]) -> Baseline {
        Baseline {
            salt,
            memory: MEMORY,
            passes: PASSES,
            comments: vec![COMMENT.to_owned()],
            entries: Vec::new(),
            is_crlf: false,
        }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The paths its entries name.
    pub fn paths(&self) -> BTreeSet<&RepoPath> {
        self.entries.iter().map(|e| &e.path).collect()
    }

    /// Reads a baseline in UTF-8 or UTF-16, with any line ending.
    pub fn parse(bytes: &[u8]) -> Result<Baseline, Damage> {
        let text = decode(bytes).ok_or_else(|| damage(1, "neither UTF-8 nor UTF-16"))?;
        let mut lines = (1..).zip(text.lines().map(str::trim_end));
        let (_, head) = lines
            .next()
            .ok_or_else(|| damage(1, "empty; `hushlint baseline write` fills it"))?;
        let mut baseline = header(head)?;
        baseline.is_crlf = text.contains("\r\n");
        for (number, line) in lines {
            if is_conflict(line) {
                return Err(damage(
                    number,
                    "a merge conflict: keep the lines of both sides, in any order, and take the marks out",
                ));
            }
            if line.starts_with('#') {
                baseline.comments.push(line.to_owned());
            } else if !line.is_empty() {
                let entry = entry(line, number).map_err(|m| damage(number, &m))?;
                baseline.entries.push(entry);
            }
        }
        Ok(baseline)
    }

    /// The file. What it holds already keeps its line.
    pub fn to_text(&self) -> String {
        let end = if self.is_crlf { "\r\n" } else { "\n" };
        let salt = data_encoding::HEXLOWER.encode(&self.salt);
        let mut text = format!(
            "{NAME} {VERSION} argon2id m={} t={} salt={salt}{end}",
            self.memory, self.passes
        );
        for comment in &self.comments {
            text.push_str(comment);
            text.push_str(end);
        }
        let mut lines: Vec<String> = self.entries.iter().map(Entry::to_string).collect();
        lines.sort();
        for line in lines {
            text.push_str(&line);
            text.push_str(end);
        }
        text
    }

    /// Suppresses what of `findings` the entries accept. Each entry accepts one.
    pub fn apply(&self, findings: &mut [Finding], rules: &Rules, scope: &Scope<'_>) -> Matched {
        let mut matched = Matched {
            paths: vec![None; self.entries.len()],
            stale: Vec::new(),
        };
        let paths: Vec<RepoPath> = findings.iter().map(|f| (scope.masked)(&f.path)).collect();
        let mut open: BTreeMap<(&RuleId, &RepoPath), Vec<usize>> = BTreeMap::new();
        let mut by_rule: BTreeMap<&RuleId, Vec<usize>> = BTreeMap::new();
        let acceptable = |f: &Finding| {
            f.suppressed.is_none() && rules.get(f.rule.as_str()).is_none_or(|k| !k.is_upkeep)
        };
        for (n, finding) in findings.iter().enumerate().filter(|(_, f)| acceptable(f)) {
            open.entry((&finding.rule, &paths[n])).or_default().push(n);
            by_rule.entry(&finding.rule).or_default().push(n);
        }
        let anywhere = |entry: &Entry| scope.anywhere && rules.finds_secrets(&entry.rule);
        let may_have_moved = |entry: &Entry| {
            entry.hash.is_some()
                && (anywhere(entry)
                    || !(scope.exists)(&entry.path)
                    || (scope.is_scanned)(&entry.path))
        };
        let mut taken = vec![false; findings.len()];
        let mut places: Vec<Option<usize>> = vec![None; self.entries.len()];
        // First what stands where it stood. Then what is gone from there: it may have moved.
        for moved in [false, true] {
            let candidates: Vec<Vec<usize>> = self
                .entries
                .iter()
                .zip(&places)
                .map(|(entry, place)| match (place, moved) {
                    (Some(_), _) => None,
                    (None, false) => open.get(&(&entry.rule, &entry.path)),
                    (None, true) if may_have_moved(entry) => by_rule.get(&entry.rule),
                    (None, true) => None,
                })
                .map(|found| found.cloned().unwrap_or_default())
                .collect();
            // Only what an entry may be about is hashed, each secret once.
            let wanted: BTreeSet<Secret> = self
                .entries
                .iter()
                .zip(&candidates)
                .filter(|(entry, _)| entry.hash.is_some())
                .flat_map(|(_, found)| found)
                .filter(|&&n| scope.anywhere || !taken[n])
                .map(|&n| findings[n].secret)
                .collect();
            let hashes = self.hashes(&wanted.into_iter().collect::<Vec<_>>(), scope.threads);
            for (at, (entry, found)) in self.entries.iter().zip(candidates).enumerate() {
                let is_about = |n: usize| match entry.hash {
                    None => is_of_file(&findings[n]),
                    Some(hash) => hashes.get(&findings[n].secret) == Some(&hash),
                };
                let mut free = found
                    .into_iter()
                    .filter(|&n| !taken[n] || (moved && anywhere(entry)));
                if let Some(place) = free.find(|&n| is_about(n)) {
                    taken[place] = true;
                    places[at] = Some(place);
                }
            }
        }
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(place) = places[at] {
                matched.paths[at] = Some(paths[place].clone());
                findings[place].suppressed = Some(Suppression {
                    by: SuppressedBy::Baseline,
                    reason: entry.reason.clone(),
                });
            }
        }
        let is_stale = |entry: &Entry| {
            let known = rules.get(entry.rule.as_str());
            let in_force = known.is_none_or(|k| k.is_enabled);
            let was_seen = (scope.is_scanned)(&entry.path)
                || (!(scope.exists)(&entry.path) && (scope.is_covered)(&entry.path));
            in_force && was_seen
        };
        matched.stale = (0..self.entries.len())
            .filter(|&at| matched.paths[at].is_none() && is_stale(&self.entries[at]))
            .collect();
        matched
    }

    /// Adds an entry for each of `findings`, with the reason for it.
    pub fn accept(
        &mut self,
        findings: &[&Finding],
        reason: Option<&str>,
        threads: usize,
        masked: &dyn Fn(&RepoPath) -> RepoPath,
    ) {
        let secrets: BTreeSet<Secret> = findings
            .iter()
            .filter(|f| !is_of_file(f))
            .map(|f| f.secret)
            .collect();
        let hashes = self.hashes(&secrets.into_iter().collect::<Vec<_>>(), threads);
        for finding in findings {
            self.entries.push(Entry {
                rule: finding.rule.clone(),
                path: masked(&finding.path),
                hash: hashes.get(&finding.secret).copied(),
                reason: reason.map(one_line),
                line: 0,
            });
        }
    }

    /// Follows what has moved to another file.
    pub fn follow(&mut self, matched: &Matched) {
        for (entry, path) in self.entries.iter_mut().zip(&matched.paths) {
            if let Some(path) = path {
                entry.path.clone_from(path);
            }
        }
    }

    /// Takes out the entries at these places.
    pub fn remove(&mut self, places: &[usize]) {
        let mut at = 0;
        self.entries.retain(|_| {
            at += 1;
            !places.contains(&(at - 1))
        });
    }

    /// The slow hash of each secret, made on several threads.
    fn hashes(&self, secrets: &[Secret], threads: usize) -> BTreeMap<Secret, Hash> {
        let next = AtomicUsize::new(0);
        let work = || {
            let params = Params::new(self.memory, self.passes, 1, Some(HASH))
                .expect("parameters are checked when a baseline is read");
            let slow = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let mut memory = vec![Block::default(); self.memory as usize];
            let mut hashes = Vec::new();
            while let Some(secret) = secrets.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut hash = [0; HASH];
                slow.hash_password_into_with_memory(
                    secret.as_bytes(),
                    &self.salt,
                    &mut hash,
                    &mut memory,
                )
                .expect("salt and memory have their lengths");
                hashes.push((*secret, hash));
            }
            hashes
        };
        let threads = threads.min(secrets.len());
        if threads <= 1 {
            return work().into_iter().collect();
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let done = workers.into_iter().map(|w| w.join());
            done.flat_map(|hashes| hashes.expect("hashing does not panic"))
                .collect()
        })
    }
}

/// Whether a finding says something about its file, whatever is in it.
fn is_of_file(finding: &Finding) -> bool {
    finding.secret == Secret::new(&finding.rule, b"")
}

/// Its line in the file.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = match &self.hash {
            Some(hash) => data_encoding::HEXLOWER.encode(hash),
            None => "-".to_owned(),
        };
        write!(f, "{} {} {hash}", self.rule, escape(&self.path))?;
        match &self.reason {
            Some(reason) => write!(f, " -- {reason}"),
            None => Ok(()),
        }
    }
}

fn damage(line: usize, message: &str) -> Damage {
    Damage {
        line,
        message: message.to_owned(),
    }
}

/// The text of a file that an editor or a shell may have stored in its own way.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [b'h', 0, ..] => wide(bytes, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "|||||||", ">>>>>>>"]
        .iter()
        .any(|mark| line.starts_with(mark))
        || line == "======="
}

fn header(line: &str) -> Result<Baseline, Damage> {
    let wrong = |message: String| Damage { line: 1, message };
    let mut words = line.split(' ');
    let name = words.next().unwrap_or_default();
    if is_conflict(line) {
        return Err(damage(
            1,
            "a merge conflict between two baselines, each with a salt of its own: keep one side, then `hushlint baseline write`",
        ));
    }
    if name != NAME {
        let hint = if line.trim_start().starts_with(['{', '[']) {
            "; this looks like JSON, perhaps the baseline of another scanner"
        } else {
            ""
        };
        return Err(wrong(format!(
            "no baseline: one begins with `{NAME} {VERSION}`{hint}"
        )));
    }
    let version = words.next().unwrap_or_default();
    if version != VERSION {
        return Err(wrong(format!(
            "version `{}`, of which this hushlint knows nothing: it reads version {VERSION}",
            one_line(version)
        )));
    }
    let algorithm = words.next().unwrap_or_default();
    if algorithm != "argon2id" {
        return Err(wrong(format!(
            "`{}` is no hash that this hushlint knows: it is `argon2id`",
            one_line(algorithm)
        )));
    }
    let mut value = |key: &str| {
        words
            .next()
            .and_then(|w| w.strip_prefix(key)?.strip_prefix('='))
            .ok_or_else(|| wrong(format!("`{key}=` is missing in the first line")))
    };
    let number = |key: &str, text: &str, most: u32| match text.parse() {
        Ok(n) if (1..=most).contains(&n) => Ok(n),
        _ => Err(wrong(format!(
            "`{key}={}` is not a number from 1 to {most}",
            one_line(text)
        ))),
    };
    let memory = number("m", value("m")?, MOST_MEMORY)?;
    let passes = number("t", value("t")?, MOST_PASSES)?;
    let salt = value("salt")?;
    let salt = data_encoding::HEXLOWER
        .decode(salt.as_bytes())
        .ok()
        .and_then(|s| <[u8; SALT]>::try_from(s).ok())
        .ok_or_else(|| wrong(format!("`salt=` is not {} hex digits", 2 * SALT)))?;
    if memory < 8 {
        return Err(wrong("`m=` is less than 8".to_owned()));
    }
    if let Some(more) = words.next() {
        return Err(wrong(format!(
            "`{}` is one word too many in the first line",
            one_line(more)
        )));
    }
    Ok(Baseline {
        salt,
        memory,
        passes,
        comments: Vec::new(),
        entries: Vec::new(),
        is_crlf: false,
    })
}

fn entry(line: &str, number: usize) -> Result<Entry, String> {
    if line.starts_with(NAME) {
        return Err("a second first line: each baseline has a salt of its own, so keep the lines of one, then `hushlint baseline write`".to_owned());
    }
    let (fields, reason) = match line.split_once(" -- ") {
        Some((fields, reason)) => (fields, Some(reason.trim())),
        None => (line, None),
    };
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let &[rule, path, hash] = &fields[..] else {
        return Err("a line is `RULE PATH HASH`, and perhaps ` -- reason` (blanks in a path are written `%20`)".to_owned());
    };
    let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !rule.bytes().all(is_id) {
        return Err(format!("`{}` is not the id of a rule", one_line(rule)));
    }
    let hash = match hash {
        "-" => None,
        hex => {
            let hash = data_encoding::HEXLOWER
                .decode(hex.as_bytes())
                .ok()
                .and_then(|h| Hash::try_from(h).ok());
            Some(hash.ok_or_else(|| {
                format!("the hash is not {} hex digits: was the line cut?", 2 * HASH)
            })?)
        }
    };
    Ok(Entry {
        path: unescape(path).ok_or("a `%` in a path is followed by two hex digits")?,
        rule: RuleId::new(rule),
        hash,
        reason: reason.filter(|r| !r.is_empty()).map(one_line),
        line: number,
    })
}

/// A path in one word that no editor or terminal mistakes for something else.
fn escape(path: &RepoPath) -> String {
    let mut text = String::new();
    let hex = |bytes: &[u8], text: &mut String| {
        for byte in bytes {
            write!(text, "%{byte:02X}").expect("a String takes all");
        }
    };
    for chunk in path.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_whitespace() || c == '%' || is_unsafe_on_a_terminal(c) {
                hex(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut text);
            } else {
                text.push(c);
            }
        }
        hex(chunk.invalid(), &mut text);
    }
    text
}

fn unescape(text: &str) -> Option<RepoPath> {
    let mut path = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        if first == b'%' {
            let hex = rest.get(..2)?;
            path.push(data_encoding::HEXUPPER_PERMISSIVE.decode(hex).ok()?[0]);
            bytes = &rest[2..];
        } else {
            path.push(first);
            bytes = rest;
        }
    }
    Some(RepoPath::new(path))
}

/// Words on one line, with nothing in them that a terminal would obey.
fn one_line(text: &str) -> String {
    let clean = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if is_unsafe_on_a_terminal(c) => '\u{fffd}',
        c => c,
    };
    text.trim().chars().map(clean).collect()
}
