//! GitHub's `primaryLocationLineHash`, by which code scanning knows an alert again after its line has moved.
//!
//! The algorithm is codeql-action's `fingerprints.ts`: over the 100 characters
//! from a line's start, blanks left out and line ends folded to `\n`, a
//! polynomial hash with base 37 in 64 bits; the file's end counts as 65535 and
//! zeros follow it. Characters are UTF-16 code units, as JavaScript has it.
//! Equal hashes are numbered in the order of their lines.

use std::collections::HashMap;

const BLOCK: usize = 100;
const BASE: u64 = 37;
const END_OF_FILE: u64 = 65535;

/// The hash of every line of one text.
pub struct LineHashes(Vec<String>);

impl LineHashes {
    pub fn new(bytes: &[u8]) -> LineHashes {
        let mut roll = Roll::default();
        let mut previous_cr = false;
        for chunk in bytes.utf8_chunks() {
            let replacement = (!chunk.invalid().is_empty()).then_some('\u{fffd}');
            for c in chunk.valid().chars().chain(replacement) {
                let after_cr = std::mem::replace(&mut previous_cr, c == '\r');
                match c {
                    ' ' | '\t' => {}
                    '\n' if after_cr => {}
                    '\n' | '\r' => roll.push(u64::from(b'\n')),
                    c => c
                        .encode_utf16(&mut [0; 2])
                        .iter()
                        .for_each(|&unit| roll.push(u64::from(unit))),
                }
            }
        }
        roll.push(END_OF_FILE);
        for _ in 0..BLOCK {
            roll.emit();
            roll.update(0);
        }
        LineHashes(roll.lines)
    }

    /// `line` is 1-based.
    pub fn of_line(&self, line: usize) -> Option<String> {
        self.0.get(line - 1).filter(|h| !h.is_empty()).cloned()
    }
}

struct Roll {
    window: [u64; BLOCK],
    /// Whether a line begins at this place of the window.
    starts: [bool; BLOCK],
    index: usize,
    hash: u64,
    at_line_start: bool,
    seen: HashMap<u64, u32>,
    lines: Vec<String>,
    /// 37^100, by which the unit that leaves the window is weighted.
    leaving: u64,
}

impl Default for Roll {
    fn default() -> Roll {
        let leaving = (0..BLOCK).fold(1u64, |product, _| product.wrapping_mul(BASE));
        Roll {
            window: [0; BLOCK],
            starts: [false; BLOCK],
            index: 0,
            hash: 0,
            at_line_start: true,
            seen: HashMap::new(),
            lines: Vec::new(),
            leaving,
        }
    }
}

impl Roll {
    fn push(&mut self, unit: u64) {
        self.emit();
        if self.at_line_start {
            self.at_line_start = false;
            self.starts[self.index] = true;
        }
        if unit == u64::from(b'\n') {
            self.at_line_start = true;
        }
        self.update(unit);
    }

    /// Notes the hash of the line that began a whole window ago, if one did.
    fn emit(&mut self) {
        if std::mem::replace(&mut self.starts[self.index], false) {
            let count = self.seen.entry(self.hash).or_default();
            *count += 1;
            self.lines.push(format!("{:x}:{count}", self.hash));
        }
    }

    fn update(&mut self, unit: u64) {
        let leaves = std::mem::replace(&mut self.window[self.index], unit);
        self.hash = self
            .hash
            .wrapping_mul(BASE)
            .wrapping_add(unit)
            .wrapping_sub(self.leaving.wrapping_mul(leaves));
        self.index = (self.index + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expectations of codeql-action's own `fingerprints.test.ts`.
    #[test]
    fn agrees_with_codeql_action() {
        let hashes = |text: &str| LineHashes::new(text.as_bytes()).0;
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(hashes("a\nb\n")[..2], hashes("a\r\nb\r\n")[..2]);
        assert_eq!(hashes(" a\tb \nc")[0], hashes("ab\nc")[0]);
        let twice = hashes("x\nx\n");
        assert_eq!(twice.len(), 3);
        let long = "y".repeat(99) + "\n";
        let lines = hashes(&(long.clone() + &long + &long));
        assert_eq!(lines[0].split(':').next(), lines[1].split(':').next());
        assert!(lines[0].ends_with(":1") && lines[1].ends_with(":2"));
    }
}
