//! Each stage by itself, over this repository's own sources, repeated.

use data_encoding::BASE64;
use divan::Bencher;
use divan::counter::BytesCount;
use hushlint::document::{Document, RepoPath};
use hushlint::line_hash::LineHashes;
use hushlint::rule::decode;
use hushlint::rule::guard::Before;
use hushlint::rule::pattern::{Pattern, Scratch};
use hushlint::rule::prefilter::{Anchor, Prefilter};
use hushlint::rule::{RuleSet, Scratch as RuleScratch};
use hushlint::syntax::{Language, Lexed};

fn main() {
    divan::main();
}

const SOURCES: [&str; 4] = [
    include_str!("../src/rule/mod.rs"),
    include_str!("../src/rule/load.rs"),
    include_str!("../src/document.rs"),
    include_str!("../src/finding.rs"),
];

/// 8 MiB of source text.
fn text() -> Vec<u8> {
    SOURCES.concat().bytes().cycle().take(8 << 20).collect()
}

/// Literals as the built-in rules have them, then made-up names of services in either case.
fn anchors(count: usize) -> Vec<Anchor> {
    const FIRST: [&str; 8] = [
        "ak_",
        "http://",
        "YWtf",
        "616b5f",
        "appkey",
        concat!("verify", "=False"),
        "dotenv",
        "env_file",
    ];
    const ONSETS: [&str; 10] = ["br", "cl", "dr", "f", "gr", "h", "kn", "pl", "tw", "z"];
    const ENDINGS: [&str; 8] = [
        "base", "desk", "flow", "ify", "kit", "mail", "stack", "vault",
    ];
    let made = ONSETS.iter().flat_map(|onset| {
        ["a", "e", "i", "o", "u", "oo"]
            .into_iter()
            .flat_map(move |vowel| {
                ENDINGS.iter().map(move |ending| Anchor {
                    bytes: format!("{onset}{vowel}{ending}").into_bytes(),
                    ignore_case: true,
                })
            })
    });
    let first = FIRST.iter().map(|a| Anchor {
        bytes: a.as_bytes().to_vec(),
        ignore_case: false,
    });
    first.chain(made).take(count).collect()
}

#[divan::bench(args = [30, 450])]
fn prefilter(bencher: Bencher, count: usize) {
    let (text, prefilter) = (text(), Prefilter::new(anchors(count)));
    let mut hits = Vec::new();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            hits.clear();
            prefilter.find(&text, 0..text.len(), &mut hits);
            hits.len()
        });
}

/// The yardstick of the prefilter.
#[divan::bench]
fn memmem(bencher: Bencher) {
    let text = text();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| memchr::memmem::find_iter(&text, "ak_").count());
}

#[divan::bench(args = [30, 450])]
fn prefilter_made(bencher: Bencher, count: usize) {
    bencher
        .with_inputs(|| anchors(count))
        .bench_values(Prefilter::new);
}

#[divan::bench]
fn guard(bencher: Bencher) {
    let text = text();
    bencher.bench(|| {
        (1..text.len())
            .step_by(64)
            .filter(|&at| Before::Boundary.allows(&text, at))
            .count()
    });
}

#[divan::bench]
fn pattern(bencher: Bencher) {
    let anchors = vec![b"ak_".to_vec()];
    let tail = "(?<secret>ak_[A-Za-z0-9_-]{8,128})";
    let pattern = Pattern::new(anchors, Before::Boundary, tail, false).expect("a bounded tail");
    let text = format!("key = \"ak_{}\"", "x1".repeat(8)).into_bytes();
    let mut scratch = Scratch::default();
    bencher.bench_local(|| pattern.find(&mut scratch, 0, &text, 7));
}

#[divan::bench]
fn decode_base64(bencher: Bencher) {
    let image = BASE64.encode(format!("ak_{}", "7d2e91b4".repeat(2)).as_bytes());
    let text = format!("  APP_KEY: {image}\n").into_bytes();
    assert!(decode::reveal(&text, 11).is_some());
    bencher.bench_local(|| decode::reveal(&text, 11));
}

#[divan::bench]
fn lex(bencher: Bencher) {
    let text = text();
    let language = Language::detect(b"a.rs", &text);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| Lexed::new(language, &text).tokens().count());
}

/// All of it over one document, in which nothing is found.
#[divan::bench]
fn scan(bencher: Bencher) {
    let rules = RuleSet::builtin();
    let document = Document::new(RepoPath::new("a.rs"), text());
    let mut scratch = RuleScratch::default();
    bencher
        .counter(BytesCount::of_slice(document.bytes()))
        .bench_local(|| rules.scan(&mut scratch, &document).findings.len());
}

#[divan::bench]
fn position(bencher: Bencher) {
    bencher
        .with_inputs(|| Document::new(RepoPath::default(), text()))
        .bench_refs(|document| document.position(7 << 20));
}

#[divan::bench]
fn line_hashes(bencher: Bencher) {
    let text = text();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| LineHashes::new(&text));
}
