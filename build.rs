//! Embeds every file of `rules/`, so that adding a rule is adding (to) one file.
//!
//! Each is embedded twice: as it is, for whoever asks about rules, and as what
//! a scan needs of each rule, without its examples and with its texts apart:
//! those are most of a file, and what is left is JSON, which needs no tree.
//! Tails come cut into the parts their anchors lead to.

use std::fmt::Write;
use std::path::{Path, PathBuf};

#[path = "src/rule/split.rs"]
mod split;

use split::{Alternatives, Need, Split};

#[path = "src/rule/prefilter/window.rs"]
mod window;

use window::{GRAM_BITS, hash};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule/split.rs");
    println!("cargo::rerun-if-changed=src/rule/prefilter/window.rs");
    println!("cargo::rerun-if-changed=tests/words.txt");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files = Vec::new();
    collect(&Path::new(&root).join("rules"), &mut files);
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file
            .strip_prefix(&root)
            .expect("collected under it")
            .to_string_lossy()
            .replace('\\', "/");
        let text = std::fs::read_to_string(&file).expect("rules/ is readable");
        let rules = prepared(&text);
        writeln!(
            code,
            "    Embedded {{ name: {name:?}, text: {text:?}, rules: &[{rules}] }},",
        )
        .expect("a String takes all");
    }
    code.push(']');
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let write = |name: &str, code: String| {
        std::fs::write(Path::new(&out).join(name), code).expect("cargo's own folder is writable");
    };
    write("rules.rs", code);
    let words = std::fs::read_to_string(Path::new(&root).join("tests/words.txt"));
    let words = words.expect("tests/ is part of the package");
    write("grams.rs", format!("{:?}", grams(&words)));
}

/// How often each window of four bytes stands in source text, in ten million
/// bytes, by its hash. `words` has each word with its share of a million words,
/// which are seven million bytes.
fn grams(words: &str) -> Vec<u16> {
    let mut windows = std::collections::BTreeMap::<[u8; 4], u32>::new();
    let words: Vec<&str> = words.split_whitespace().collect();
    for pair in words.chunks_exact(2) {
        let share: u32 = pair[1].parse().expect("a word and its share");
        for window in pair[0].to_ascii_lowercase().as_bytes().windows(4) {
            let window = window.try_into().expect("four bytes");
            *windows.entry(window).or_default() += share;
        }
    }
    let mut grams = vec![0; 1 << GRAM_BITS];
    for (window, share) in windows {
        let slot = (hash(u32::from_le_bytes(window)) >> (32 - GRAM_BITS)) as usize;
        let share = u16::try_from(share * 10 / 7).unwrap_or(u16::MAX);
        grams[slot] = share.max(grams[slot]);
    }
    grams
}

/// The rules of `text`; a file that is no TOML is left for the loader to refuse.
fn prepared(text: &str) -> String {
    let Ok(mut table) = text.parse::<toml::Table>() else {
        return String::new();
    };
    let rules = table.get_mut("rule").and_then(toml::Value::as_array_mut);
    let mut code = String::new();
    for rule in rules
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table_mut)
    {
        let mut take = |key: &str| match rule.remove(key) {
            Some(toml::Value::String(text)) => text,
            _ => String::new(),
        };
        let (why, fix) = (take("why"), take("fix"));
        let id = rule
            .get("id")
            .and_then(toml::Value::as_str)
            .unwrap_or("")
            .to_owned();
        rule.remove("matches");
        rule.remove("ignores");
        let Split { part_of, parts } = split_of(rule);
        let parts: String = parts.iter().map(written).collect();
        let json = serde_json::to_string(rule).expect("TOML without dates is JSON");
        writeln!(
            code,
            "Prepared {{ id: {id:?}, json: {json:?}, why: {why:?}, fix: {fix:?}, part_of: &{part_of:?}, parts: &[{parts}] }},"
        )
        .expect("a String takes all");
    }
    code
}

/// As code.
fn written(part: &Alternatives) -> String {
    let need = |need: &Need| {
        let Need { words, reach } = need;
        format!("Need {{ words: Cow::Borrowed({words:?}), reach: {reach} }},")
    };
    let needs: String = part.needs.iter().map(need).collect();
    let text = &part.text;
    format!(
        "Alternatives {{ text: Cow::Borrowed({text:?}), needs: Cow::Borrowed(const {{ &[{needs}] }}) }},"
    )
}

/// The parts of a rule's tail; none where it has no tail that is a regex.
fn split_of(rule: &toml::Table) -> Split {
    let anchors = rule.get("anchors").and_then(toml::Value::as_array);
    let anchors: Vec<Vec<u8>> = anchors
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .map(|anchor| anchor.as_bytes().to_vec())
        .collect();
    let tail = rule.get("tail").and_then(toml::Value::as_str);
    tail.and_then(|tail| Split::new(&anchors, tail).ok())
        .unwrap_or(Split {
            part_of: Vec::new(),
            parts: Vec::new(),
        })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("rules/ is part of the package") {
        let path = entry.expect("rules/ is readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
}
