//! Addresses that nothing asks for: the constant or the setting that holds one
//! is named nowhere else in the repository.
//!
//! Only a scan of the whole repository can tell, and only where there is
//! something to tell are its files read again. What is not text by its name, and
//! its bytes, uses no name; a program too large to be read may use any.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use aho_corasick::AhoCorasick;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::document::RepoPath;
use crate::finding::{Finding, Holder, Severity};
use crate::source::read::{Text, text_of};
use crate::source::{Body, Input, Manner};
use crate::syntax::Language;

/// In bytes. Larger files are records: what they say uses no name.
const LARGEST: u64 = 16 << 20;
/// Of so many names in a file, half of which are named nowhere else, all may
/// be: reflection builds their names.
const MANY: usize = 4;
/// How far around a name its line is looked at.
const LINE: usize = 300;

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
            {
                let path = input.path();
                let is_program = Language::detect(path.as_bytes(), &[]).is_program();
                match disk.read_up_to(LARGEST) {
                    Ok(bytes) => match text_of(&bytes) {
                        Text::Wide(text) => names.see(&path, text.as_bytes()),
                        Text::Binary if !is_program => {}
                        Text::Plain(_) | Text::Binary => names.see(&path, &bytes),
                    },
                    Err(_) if is_program => names.count_as_used(),
                    Err(_) => {}
                }
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

    fn count_as_used(&self) {
        self.used
            .iter()
            .for_each(|used| used.store(true, Ordering::Relaxed));
    }

    fn see(&self, path: &RepoPath, bytes: &[u8]) {
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
                && holder.only_in.as_ref().is_none_or(|file| file == path)
                && is_it()
                && !is_remark(bytes, found.start())
                && !is_given_address(bytes, found.start(), found.end())
            {
                self.used[owner].store(true, Ordering::Relaxed);
            }
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

/// Whether the line at `at` is a remark up to there.
fn is_remark(bytes: &[u8], at: usize) -> bool {
    const MARKS: [&[u8]; 6] = [b"//", b"# ", b"* ", b"/*", b"-- ", b"<!--"];
    const ENDS: [&[u8]; 2] = [b"*/", b"-->"];
    let before = &bytes[at.saturating_sub(LINE)..at];
    let line = memchr::memrchr2(b'\n', b'\r', before).map_or(before, |i| &before[i + 1..]);
    let text = line.trim_ascii_start();
    let is_directive = || {
        let word = text[1..].trim_ascii_start();
        [&b"define"[..], b"if", b"elif", b"undef", b"include"]
            .iter()
            .any(|d| word.starts_with(d))
    };
    MARKS.iter().any(|mark| text.starts_with(mark))
        && !ENDS
            .iter()
            .any(|end| memchr::memmem::find(text, end).is_some())
        && !(text.starts_with(b"#") && is_directive())
}

/// Whether the name from `at` to `end` is given an address there, rather than used:
/// `RATES_URL: String = "http:..`, `<add key="RatesUrl" value="http:..`.
fn is_given_address(bytes: &[u8], at: usize, end: usize) -> bool {
    let rest = &bytes[end..bytes.len().min(end + LINE)];
    let line = &rest[..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())];
    let schemes = [&b"http:"[..], b"https:"].map(|scheme| memchr::memmem::find(line, scheme));
    let Some(address) = schemes.into_iter().flatten().min() else {
        return false;
    };
    let between = &line[..address];
    let before = &bytes[at.saturating_sub(LINE)..at];
    // `prod ? RATES_URL : "http:..`, `${vendor.rates-url:http:..`
    let key = before
        .iter()
        .rev()
        .take_while(|b| is_word(b) || matches!(b, b'.' | b'-'));
    let head = before[..before.len() - key.count()].trim_ascii_end();
    let is_asked = head.ends_with(b"?") || head.ends_with(b"${");
    let is_given = match between.trim_ascii() {
        // `#define RATES_URL "http:..`, `define('RATES_URL', 'http:..`
        [] | [b'"' | b'\''] | [b'@' | b'L', b'"'] => true,
        [b'"' | b'\'', b',', quote @ ..] => {
            matches!(quote.trim_ascii(), [b'"' | b'\''])
        }
        text => {
            let plain = |b: &u8| is_word(b) || b" \t\"'`:=<>[]@.(".contains(b);
            text.iter().any(|b| matches!(b, b'=' | b':'))
                && text[0] != b'.'
                && text.iter().all(plain)
        }
    };
    is_given && !is_asked
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_idle(name: &str, is_loose: bool, text: &str) -> bool {
        let holder = Holder {
            name: name.to_owned(),
            is_loose,
            only_in: None,
        };
        let names = Names::new(vec![holder.clone()]);
        names.see(&RepoPath::default(), text.as_bytes());
        names.is_idle(&holder)
    }

    #[test]
    fn what_only_gives_or_remarks_uses_nothing() {
        for text in [
            "const RATES_URL = \"http://a.io/v1\"",
            "public static final String RATES_URL = \"https://a.io\";",
            "RATES_URL: str = 'http://a.io'",
            "#define RATES_URL \"http://a.io\"",
            "define('RATES_URL', 'http://a.io')",
            "// RATES_URL was slower",
            "  # RATES_URL",
            "<!-- RATES_URL -->",
            "MY_RATES_URL2",
        ] {
            assert!(is_idle("RATES_URL", false, text), "{text}");
        }
        assert!(is_idle("rates-url", true, "shop.rates-url=http://a.io"));
        assert!(is_idle(
            "RatesUrl",
            true,
            "<add key=\"RatesUrl\" value=\"http://a.io\"/>"
        ));
    }

    #[test]
    fn what_stands_beside_an_address_may_be_used() {
        for text in [
            "RATES_URL=\"http://a.io\";fetch(RATES_URL)",
            "url = prod ? RATES_URL : \"http://localhost:3000\"",
            "url = env.X || RATES_URL || \"http://localhost\"",
            "get(RATES_URL, headers={\"Referer\": \"https://x.com\"})",
            "RATES_URL + \"?redirect=https://x.com\"",
            "fetch(RATES_URL); // see https://docs.a.io",
            "RATES_URL.replace(\"http://\", \"https://\")",
            "#define FULL RATES_URL \"?cb=http://a.io\"",
            "*p = curl(RATES_URL);",
            "--n; get(RATES_URL);",
            "  --url \"$RATES_URL\"",
            "/* rates */ fetch(RATES_URL)",
            "# define U RATES_URL",
        ] {
            assert!(!is_idle("RATES_URL", false, text), "{text}");
        }
        let default = "@Value(\"${vendor.rates-url:http://localhost:8080}\")";
        assert!(!is_idle("rates-url", true, default));
        assert!(!is_idle("rates-url", true, "config.getRatesUrl()"));
    }
}
