//! Which lines of a file are new.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::document::RepoPath;
use crate::git::changes::Version;

use super::read::{Text, text_of};
use super::{Reader, Stored};

/// The lines of a text that stand in none of those it takes the place of. A
/// line that was moved is not new; one that was doubled is, once.
#[derive(Default)]
pub struct Added {
    /// By line; `None`: all are new.
    lines: Option<Vec<bool>>,
    /// What it was compared with.
    pub former: Vec<Version>,
}

/// The files that a parent, by its place, had and that are gone.
pub type Gone<'a> = dyn FnMut(usize) -> Result<Arc<[Version]>, String> + 'a;

/// Of so many files that are gone it is asked whether a new one comes from them.
const MOST_ORIGINS: usize = 64;

impl Added {
    /// Compares `blob`, the content of `stored`, with what was there before.
    pub fn new(
        reader: &Reader,
        blob: &[u8],
        stored: &Stored,
        gone: &mut Gone<'_>,
    ) -> Result<Added, String> {
        let mut added = Added::default();
        for version in &stored.before {
            let mut old = Vec::new();
            reader.read(version.id, &mut old)?;
            added.compare(blob, &old);
            added.former.push(version.clone());
        }
        for &parent in &stored.without {
            added.follow(reader, blob, stored, &gone(parent)?)?;
        }
        for (own, base) in &stored.undone {
            let (mut now, mut then) = (Vec::new(), Vec::new());
            if let Some(own) = own {
                reader.read(own.id, &mut now)?;
            }
            reader.read(base.id, &mut then)?;
            added.bring_back(blob, &now, &then);
        }
        Ok(added)
    }

    /// Takes the lines for new that stood in `then` and no longer in `now`.
    fn bring_back(&mut self, new: &[u8], now: &[u8], then: &[u8]) {
        let (Some(lines), Some(new), Some(now), Some(then)) =
            (&mut self.lines, text(new), text(now), text(then))
        else {
            return;
        };
        let missed = fresh_lines(&new, &now)
            .into_iter()
            .zip(fresh_lines(&new, &then));
        for (line, (is_gone, is_later)) in lines.iter_mut().zip(missed) {
            *line |= is_gone && !is_later;
        }
    }

    /// Whether one of these lines, counted from 1, is new. What is about no line is new as its file is.
    pub fn holds_any(&self, mut lines: RangeInclusive<usize>) -> bool {
        match &self.lines {
            None => true,
            Some(new) => lines.any(|line| line == 0 || new.get(line - 1).is_none_or(|new| *new)),
        }
    }

    /// Takes the lines of `old` for known.
    fn compare(&mut self, new: &[u8], old: &[u8]) {
        if let (Some(new), Some(old)) = (text(new), text(old)) {
            self.keep(fresh_lines(&new, &old));
        }
    }

    fn keep(&mut self, fresh: Vec<bool>) {
        match &mut self.lines {
            Some(lines) => lines.iter_mut().zip(fresh).for_each(|(l, f)| *l &= f),
            None => self.lines = Some(fresh),
        }
    }

    /// Compares with the one of the files that are `gone` which shares most with this one, and at least half.
    fn follow(
        &mut self,
        reader: &Reader,
        blob: &[u8],
        stored: &Stored,
        gone: &[Version],
    ) -> Result<(), String> {
        let Some(new) = text(blob) else {
            return Ok(());
        };
        let mut origins: Vec<&Version> = gone.iter().collect();
        // What is moved as it is goes before all, and mostly keeps its name.
        let is_named = |v: &Version| RepoPath::new(&v.path[..]).name() == stored.path.name();
        origins.sort_by_key(|v| (v.id != stored.id, !is_named(v), v.id, &v.path));
        let mut old = Vec::new();
        let mut best: Option<(usize, Vec<bool>, &Version)> = None;
        for version in origins.into_iter().take(MOST_ORIGINS) {
            reader.read(version.id, &mut old)?;
            let Some(old) = text(&old) else { continue };
            let fresh = fresh_lines(&new, &old);
            let shared = fresh.iter().filter(|f| !**f).count();
            let longer = fresh.len().max(lines(&old).count());
            if shared * 2 >= longer && best.as_ref().is_none_or(|(most, ..)| shared > *most) {
                best = Some((shared, fresh, version));
            }
            if version.id == stored.id {
                break;
            }
        }
        if let Some((_, fresh, version)) = best {
            self.keep(fresh);
            self.former.push(version.clone());
        }
        Ok(())
    }
}

/// For every line of `new`, whether `old` lacks it.
fn fresh_lines(new: &[u8], old: &[u8]) -> Vec<bool> {
    let new: Vec<&[u8]> = lines(new).collect();
    let old: Vec<&[u8]> = lines(old).collect();
    // What is equal at both ends tells which of several equal lines is the new one.
    let same = |(a, b): &(&&[u8], &&[u8])| a == b;
    let head = new.iter().zip(&old).take_while(same).count();
    let tails = new[head..].iter().rev().zip(old[head..].iter().rev());
    let tail = tails.take_while(same).count();
    let mut left: HashMap<&[u8], usize> = HashMap::new();
    for line in &old[head..old.len() - tail] {
        *left.entry(line).or_default() += 1;
    }
    let mut fresh = vec![false; new.len()];
    for at in head..new.len() - tail {
        match left.get_mut(new[at]) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None => fresh[at] = true,
        }
    }
    fresh
}

/// The hash of a line of `blob`, counted from 1: equal for equal lines.
pub fn line_of(blob: &[u8], line: usize) -> u64 {
    let text = text(blob).unwrap_or_default();
    hash(lines(&text).nth(line.saturating_sub(1)).unwrap_or_default())
}

/// The hashes of all lines of `blob`.
pub fn lines_of(blob: &[u8]) -> HashSet<u64> {
    let text = text(blob).unwrap_or_default();
    lines(&text).map(hash).collect()
}

fn hash(line: &[u8]) -> u64 {
    crate::git::repository::hash(line.trim_ascii())
}

/// Without their ends: whoever changes those changes no secret.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&b| b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// As a scan sees it; `None` if it is binary.
fn text(bytes: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    match text_of(bytes) {
        Text::Binary => None,
        Text::Plain(from) => Some(bytes[from..].into()),
        Text::Wide(text) => Some(text.into_bytes().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::fresh_lines;

    #[test]
    fn a_line_is_new_if_it_was_not_there() {
        for (old, new, expected) in [
            ("", "a\n", &[true, false][..]),
            ("a\nb\n", "a\nb\n", &[false, false, false]),
            ("a\nb\n", "b\na\n", &[false, false, false]),
            ("a\nb\n", "a\nx\nb\n", &[false, true, false, false]),
            ("a\n", "a\na\n", &[false, true, false]),
            ("x\na\ny\n", "a\nx\na\ny\n", &[true, false, false, false]),
            ("a\nb\n", "a\r\nb\r\n", &[false, false, false]),
            ("a", "a\n", &[false, false]),
            ("a b\n", "a  b\n", &[true, false]),
        ] {
            let fresh = fresh_lines(new.as_bytes(), old.as_bytes());
            // The empty line behind the last end tells nothing.
            let last = expected.len() - 1;
            assert_eq!(fresh[..last], expected[..last], "{old:?} {new:?}");
        }
    }
}
