//! What the anchors of the built-in rules cost.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::*;
use crate::document::{Lines, Window};

/// How often an anchor may stand in a thousand bytes of source text.
const BUDGET: f64 = 0.05;

/// Anchors that may stand more often, and why they earn it.
const ALLOWED: &[(&str, &str)] = &[(
    "http://",
    "the subject of its rule; a table of hosts refuses nine of ten without lexing",
)];

/// What stands between words, and how often among a thousand such places.
const BETWEEN: &[(&str, u32)] = &[
    (" ", 300),
    ("\n    ", 120),
    (".", 80),
    ("(", 50),
    ("/", 40),
    (" = ", 40),
    (", ", 40),
    ("=\"", 35),
    (": ", 30),
    ("'", 25),
    ("::", 25),
    ("\"", 20),
    ("\" ", 15),
    ("><", 15),
    (",\n", 15),
    (";\n", 15),
    ("\\", 12),
    (">", 12),
    ("</", 12),
    (");\n", 12),
    ("\": \"", 11),
    ("\t", 11),
    (" {\n", 11),
    ("@", 4),
    ("#", 4),
    ("[", 10),
    (" && ", 7),
    ("()", 9),
    ("}\n", 10),
    ("$", 10),
];

/// Text of a million words as common as they are in the sources of 28,000
/// files in twenty languages; the same text each time. The words are in
/// `tests/words.txt`, each with its share of a million.
fn source_text() -> Vec<u8> {
    let table: Vec<&str> = include_str!("../../tests/words.txt")
        .split_whitespace()
        .collect();
    let words: Vec<(&str, u32)> = table
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1].parse().expect("a word and its share")))
        .collect();
    let mut state = 1_u64;
    let mut pick = |table: &[(&'static str, u32)], sums: &[u32]| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let all = u64::from(*sums.last().expect("no table is empty"));
        let at = ((u64::from((state >> 32) as u32) * all) >> 32) as u32;
        table[sums.partition_point(|&sum| sum <= at)].0
    };
    let sums = |table: &[(&str, u32)]| -> Vec<u32> {
        table
            .iter()
            .scan(0, |sum, (_, share)| {
                *sum += share;
                Some(*sum)
            })
            .collect()
    };
    let (of_words, of_between) = (sums(&words), sums(BETWEEN));
    let mut text = Vec::new();
    for _ in 0..1_000_000 {
        text.extend_from_slice(pick(&words, &of_words).as_bytes());
        text.extend_from_slice(pick(BETWEEN, &of_between).as_bytes());
    }
    text
}

/// A frequent anchor costs more than a hundred rare ones: each of its hits
/// runs guards, perhaps a regex, perhaps a judge that lexes the file.
#[test]
fn no_anchor_stands_often_in_source_text() {
    let rules = RuleSet::builtin();
    let text = source_text();
    let mut hits = Vec::new();
    rules.prefilter.find(&text, 0..text.len(), &mut hits);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for hit in &hits {
        let rule = usize::from(rules.waiting[usize::from(hit.anchor)][0]);
        let found = &text[hit.start..];
        let anchors = rules.rules[rule].anchors();
        let anchor = anchors
            .iter()
            .filter(|a| found.len() >= a.len() && found[..a.len()].eq_ignore_ascii_case(a))
            .max_by_key(|a| a.len())
            .expect("a hit is one of the anchors of the rules that wait for it");
        let anchor = std::str::from_utf8(anchor).expect("built-in anchors are text");
        *counts.entry(anchor).or_default() += 1;
    }
    let mut frequent: Vec<(&str, f64)> = counts
        .into_iter()
        .map(|(anchor, count)| (anchor, count as f64 * 1000.0 / text.len() as f64))
        .filter(|(_, rate)| *rate > BUDGET)
        .collect();
    frequent.sort_by(|a, b| a.0.cmp(b.0));
    let allowed: Vec<&str> = ALLOWED.iter().map(|(anchor, _)| *anchor).collect();
    let anchors: Vec<&str> = frequent.iter().map(|(anchor, _)| *anchor).collect();
    assert_eq!(
        anchors, allowed,
        "hits in a thousand bytes: {frequent:?}; a rule needs rarer anchors, longer or with a delimiter"
    );
}

/// A window begins anywhere in its file, so what seems open there may not be.
#[test]
fn a_window_is_lexed_from_what_is_near() {
    let rules = RuleSet::builtin();
    let count = |lines: usize| {
        let text = format!(
            "\"\"\"\n{}requests.get(url, verify=False)\n",
            "x = 1\n".repeat(lines)
        );
        let mut document = Document::new(RepoPath::new("a.py"), text.into_bytes());
        document.window = Some(Window {
            lines: Rc::new(Lines::new(0, None)),
            offset: 0,
            core: 0..document.bytes().len(),
        });
        rules
            .scan(&mut Scratch::default(), &document)
            .findings
            .len()
    };
    assert_eq!(count(10), 0, "in a documentation string");
    assert_eq!(count(4000), 1);
}

/// What stands around anchors in texts that nobody wrote.
const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\n\n",
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "\\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "=",
    ":",
    "://",
    "//",
    "/*",
    "*/",
    "#",
    "--",
    ";",
    ",",
    ".",
    "..",
    "@",
    "?",
    "&",
    "%",
    "%41",
    "$",
    "${",
    "#{",
    "+",
    "-",
    "_",
    "~",
    "|",
    "*",
    "!",
    "0",
    "7d2F",
    "e91b",
    "x",
    "x1x1x1x1x1x1x1x1",
    "appkey",
    "apikey",
    "Authorization",
    "Bearer ",
    "curl ",
    "wget -O ",
    "fetch(",
    "requests.get(",
    "const URL",
    "url",
    "api.vendor.io",
    "/v1/items",
    "127.0.0.1",
    "[::1]",
    "user:pass@",
    "é",
    "\u{1F511}",
    "\u{FEFF}",
    "\0",
    "key",
    "secret",
    "false",
    "verify",
    "<!--",
    "-->",
    "\"\"\"",
    "import ",
    "return ",
    "def f():\n    ",
    "- ",
    "  ",
    "&quot;",
    "\u{85}",
];

const NAMES: &[&str] = &[
    "a.py",
    "a.js",
    "a.ts",
    "a.go",
    "a.java",
    "a.cs",
    "a.php",
    "a.rb",
    "a.rs",
    "a.sh",
    "a.yml",
    "a.json",
    "a.xml",
    "a.html",
    "a.md",
    "a.tf",
    "Dockerfile",
    "a.sql",
    "a.lua",
    "a.swift",
    "a.ini",
    "a.pl",
    "a.vue",
    "a.R",
    "Makefile",
    "a",
    ".env",
    "a.properties",
    "a.kt",
    "a.ps1",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6_000))]

    /// A panic would end the scan of everything else as well.
    #[test]
    fn no_text_makes_a_judge_panic(
        parts in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), 0..3_u8), 0..40),
        name in proptest::sample::select(NAMES),
        windowed in proptest::prelude::any::<bool>(),
    ) {
        static RULES: std::sync::LazyLock<RuleSet> = std::sync::LazyLock::new(RuleSet::builtin);
        let anchors: Vec<&[u8]> = RULES.rules().iter().flat_map(Rule::anchors).map(Vec::as_slice).collect();
        let mut text = Vec::new();
        for (index, kind) in parts {
            match kind {
                0 => text.extend_from_slice(anchors[index.index(anchors.len())]),
                _ => text.extend_from_slice(index.get(PIECES).as_bytes()),
            }
        }
        let mut document = Document::new(RepoPath::new(name), text);
        if windowed {
            document.window = Some(Window {
                lines: Rc::new(Lines::new(0, None)),
                offset: 0,
                core: 0..document.bytes().len(),
            });
        }
        RULES.scan(&mut Scratch::default(), &document);
    }
}

#[test]
fn of_a_dump_only_what_is_secret_or_travels_with_a_credential_is_told() {
    let rules = RuleSet::builtin();
    let count = |path: &str, text: &str, is_windowed: bool| {
        let mut document = Document::new(path.into(), text.replace('¦', "").into_bytes());
        document.window = is_windowed.then(|| Window {
            lines: Rc::new(Lines::new(0, None)),
            offset: 0,
            core: 0..document.bytes().len(),
        });
        let scan = rules.scan(&mut Scratch::default(), &document);
        scan.findings.len()
    };
    for (path, text, whole, dumped) in [
        (
            "a.json",
            r#"{"api_url": "ht¦tp://shop.vendor.io/v1"}"#,
            1,
            0,
        ),
        ("a.js", r#"{"api_url": "ht¦tp://shop.vendor.io/v1"}"#, 1, 1),
        (
            "a.json",
            r#"{"api_url": "ht¦tp://shop.vendor.io/v1?token=8fk2Lq0xR7vTz4Wm"}"#,
            1,
            1,
        ),
        (
            "a.json",
            r#"{"api_url": "ht¦tp://api.re-port-flow.com/v1"}"#,
            1,
            1,
        ),
        ("a.log", r#"{"api_url": "ht¦tp://shop.vendor.io/v1"}"#, 0, 0),
        (
            "a.log",
            r#"{"api_url": "ht¦tp://api.re-port-flow.com/v1"}"#,
            1,
            1,
        ),
        ("a.json", r#"{"rejectUnauthorized": fal¦se}"#, 1, 0),
        ("a.js", "connect({rejectUnauthorized: fal¦se})", 1, 1),
        ("a.json", r#"{"key": "ak_¦7f3Kq9Zx2LmV8nRt"}"#, 1, 1),
    ] {
        assert_eq!(count(path, text, false), whole, "{path} {text}");
        assert_eq!(count(path, text, true), dumped, "{path} {text}");
    }
}
