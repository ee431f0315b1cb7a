//! Whatever the key, wherever it stands, no output shows it unless asked to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod support;

use std::ops::Range;
use std::path::Path;
use std::process::Output;
use std::sync::LazyLock;

use data_encoding::BASE64;
use hushlint::document::Document;
use hushlint::rule::{RuleSet, Scratch};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use support::Sandbox;

/// Trees tried, each with several secrets; the program runs seven times on each.
const TREES: u32 = 24;
/// This much of a secret in a row is a leak, however much of it is masked.
const WINDOW: usize = 8;
const FORMATS: [&str; 3] = ["text", "json", "sarif"];

/// Where a key is planted: a file name and its text, `{}` being the key. `¦`
/// is removed: hushlint shall find nothing in its own tests. `{tail}` is the
/// key without `ak_`, `{base64}` the key in base64.
const CONTEXTS: &[(&str, &str)] = &[
    ("a.env.txt", "REPORTFLOW_API_KEY={}\nOTHER=1\n"),
    (".env", "# settings\nREPORTFLOW_API_KEY={}\n"),
    (".env.production", "export APP_KEY='{}'"),
    ("secrets.json", "{\"applicationKey\": \"{}\"}\n"),
    (
        "a.json",
        "{\"a\": {\"applicationKey\": \"{}\", \"b\": [1, 2]}}\n",
    ),
    ("a.yaml", "app:\n  appKey: {}\n"),
    ("a.py", "client = Client('{}')  # {}\n"),
    (
        "b.py",
        "key = \"\"\"\n{}\n\"\"\"\nurl = 'http://api.payments-hub.com/v1?ak={}&page=2'\n",
    ),
    (
        "a.js",
        "fetch(`http://api.payments-hub.com/v1/charges?api_key={}`)\n",
    ),
    (
        "b.js",
        "/* appkey: {} */ axios.get('http://api.payments-hub.com/v1', {headers: {appkey: '{}'}})\n",
    ),
    (
        "a.sh",
        "curl -H \"appkey: {}\" ht¦tp://api.re-port-flow.com/v1/file\n",
    ),
    (
        "b.sh",
        "curl -u me:{} http://api.payments-hub.com/v1/x http://me:{}@api.payments-hub.com/v1\n",
    ),
    ("a.md", "Use `{}`, or\n\n    appkey: {}\n"),
    ("a.xml", "<add key=\"appkey\" value=\"{}\"/>\n"),
    ("a.ini", "one={} two={} three={}\n"),
    ("Dockerfile", "ENV API_KEY={}\n"),
    ("a.txt", "first\\n{}\\tsecond\\r{}\n"),
    ("long.js", "LONG\"{}\"LONG {} LONG\n"),
    ("secret.yaml", "kind: Secret\ndata:\n  appKey: {base64}\n"),
    ("split.js", "const key = 'ak_' + '{tail}';\n"),
    ("long_first.js", "const key = '{head}' + '{rest}';\n"),
    ("long_first.py", "key = ('{head}'\n       '{rest}')\n"),
    ("long_bearer.js", "h = 'Bearer {head}' + '{rest}';\n"),
    ("long_continued.sh", "KEY={head}\\\n{rest}\n"),
    ("split.py", "key = ('ak_'\n       '{tail}')\n"),
    ("sub/{}.txt", "{}\n"),
    ("x-{}.py", "key = '{}'\n"),
    ("old_{}/old{}_2.py", "key = '{}'\n"),
    (
        "{}/a.py",
        "key = '{}'\nrequests.get('http://api.payments-hub.com/v1/charges')\n",
    ),
];

#[derive(Clone, Debug)]
struct Plant {
    context: (&'static str, &'static str),
    key: String,
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Encoding {
    Utf8,
    Utf16,
    Utf16WithMark,
    Crlf,
}

fn plants() -> impl Strategy<Value = Vec<Plant>> {
    let encoding = prop_oneof![
        6 => Just(Encoding::Utf8),
        1 => Just(Encoding::Utf16),
        1 => Just(Encoding::Utf16WithMark),
        1 => Just(Encoding::Crlf),
    ];
    let plant = (select(CONTEXTS), key(), encoding).prop_map(|(context, key, encoding)| Plant {
        context,
        key,
        encoding,
    });
    prop::collection::vec(plant, 1..10)
}

/// A key as vendors issue them: a prefix, perhaps a word, a body of one of the known lengths.
fn key() -> impl Strategy<Value = String> {
    let bodies = prop_oneof![
        4 => body("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", 13..47),
        2 => Just(32usize).prop_flat_map(|n| body("0123456789abcdef", n..n + 1)),
        1 => body("abcdefghijklmnopqrstuvwxyz0123456789", 20..31),
    ];
    let prefixes = select(&["ak_", "ak_live_", "ak_test_", "ak_production_"][..]);
    (prefixes, bodies)
        .prop_map(|(prefix, body)| format!("{prefix}{body}"))
        .prop_filter("chance made a word or an address", |key| is_found(key))
}

/// Whether the program takes `key` for one where nothing speaks for or against it:
/// then it may show it nowhere.
fn is_found(key: &str) -> bool {
    static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
    let document = Document::new("a.txt".into(), key.as_bytes().to_vec());
    !RULES
        .scan(&mut Scratch::default(), &document)
        .findings
        .is_empty()
}

fn body(alphabet: &'static str, length: Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(select(alphabet.chars().collect::<Vec<_>>()), length)
        .prop_map(String::from_iter)
}

#[test]
fn no_output_shows_a_key() {
    check(|plants| {
        let sandbox = planted(plants);
        let mut revealed = String::new();
        for format in FORMATS {
            let run = |more: &[&str]| {
                let mut arguments = vec!["check", "--format", format, "--fail-on", "note"];
                arguments.extend(more);
                hushlint(&sandbox, &arguments)
            };
            let output = run(&["."]);
            for plant in plants {
                hidden(&plant.key, &output, format)?;
            }
            revealed.push_str(&text(&run(&["--show-secrets", "."])));
        }
        for plant in plants {
            let tail = match plant.context.1.contains("{rest}") {
                true => &plant.key[plant.key.len() * 3 / 4..],
                false => &plant.key["ak_".len()..],
            };
            let encoded = BASE64.encode(plant.key.as_bytes());
            prop_assert!(
                revealed.contains(tail) || revealed.contains(&encoded),
                "--show-secrets does not show {plant:?}:\n{revealed}"
            );
        }
        Ok(())
    });
}

#[test]
fn no_message_shows_a_key() {
    check(|plants| {
        let sandbox = planted(&[]);
        for Plant { key, .. } in &plants[..1] {
            std::fs::write(
                sandbox.top().join("rules.toml"),
                format!("[[rule]]\nid = \"{key}\"\n"),
            )
            .unwrap();
            for arguments in [
                &["check", &format!("nowhere/{key}")][..],
                &["check", &format!("--{key}"), "."],
                &["check", &format!("--api-key={key}"), "."],
                &["check", "--select", key, "."],
                &["check", "--ignore", key, "."],
                &["check", "--format", key, "."],
                &["check", "--format", &format!("json=nowhere/{key}"), "."],
                &["check", "--fail-on", key, "."],
                &["check", "--threads", key, "."],
                &["check", "--max-file-size", key, "."],
                &["check", "--rules", key, "."],
                &["check", "--rules", "../rules.toml", "."],
                &["explain", key],
                &[key],
            ] {
                let output = hushlint(&sandbox, arguments);
                prop_assert_eq!(output.status.code(), Some(2), "{:?}", arguments);
                hidden(key, &output, &format!("{arguments:?}"))?;
            }
        }
        Ok(())
    });
}

#[test]
fn no_history_shows_a_key() {
    check(|plants| {
        let key = &plants[0].key;
        let sandbox = planted(&[]);
        let repository = sandbox.top().join(format!("repo-{key}"));
        let git_in = |folder: &Path, arguments: &[&str]| {
            let done = sandbox
                .command("git")
                .current_dir(folder)
                .args(arguments)
                .env("GIT_AUTHOR_NAME", format!("bot {key}"))
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", text(&done));
            text(&done)
        };
        let git = |arguments: &[&str]| git_in(&repository, arguments);
        let empty = ["commit", "-q", "--allow-empty", "-m", "first"];
        std::fs::create_dir(&repository).unwrap();
        git(&["init", "-q"]);
        git(&empty);
        let name = format!("p_{key}.py");
        for text in [format!("key = '{key}'\n"), "key = ''\n".to_owned()] {
            std::fs::write(repository.join(&name), text).unwrap();
            git(&["add", "."]);
            git(&["commit", "-q", "-m", "more"]);
        }
        std::fs::write(sandbox.top().join("blob"), format!("appkey: {key}\n")).unwrap();
        let tag = format!("tg-{key}");
        let blob = git(&["hash-object", "-w", "../blob"]);
        git(&["tag", &tag, blob.trim()]);
        git_in(&sandbox.tree(), &empty);
        let folder = repository.to_str().unwrap();
        for format in FORMATS {
            for arguments in [
                &["audit", "--no-cache", "--format", format, folder, "."][..],
                &["check", "--diff", "HEAD~2", "--format", format, folder],
            ] {
                let output = hushlint(&sandbox, arguments);
                prop_assert_eq!(output.status.code(), Some(1), "{}", text(&output));
                hidden(key, &output, &format!("{arguments:?}"))?;
            }
        }
        Ok(())
    });
}

/// Runs `property` on random trees, always the same ones; a failure is shrunk to its core.
fn check(property: impl Fn(&[Plant]) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: TREES,
        // A failure that is written down would be a key at rest.
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result = TestRunner::new_with_rng(config, rng).run(&plants(), |plants| property(&plants));
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

fn planted(plants: &[Plant]) -> Sandbox {
    let sandbox = Sandbox::new();
    let git = sandbox.command("git").args(["init", "-q"]).status();
    assert!(git.unwrap().success());
    for (number, plant) in plants.iter().enumerate() {
        let (name, text) = plant.context;
        let long = ";".repeat(30_000);
        let (head, rest) = plant.key.split_at(plant.key.len() * 3 / 4);
        let text = text
            .replace('¦', "")
            .replace("{head}", head)
            .replace("{rest}", rest)
            .replace("LONG", &long)
            .replace("{base64}", &BASE64.encode(plant.key.as_bytes()))
            .replace("{tail}", &plant.key["ak_".len()..])
            .replace("{}", &plant.key);
        let folder = sandbox.tree().join(format!("d{number}"));
        let path = folder.join(name.replace("{}", &plant.key));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // A name that holds the key is a context of its own, in any encoding of the text.
        std::fs::write(path, encoded(&text, plant.encoding)).unwrap();
    }
    sandbox
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    match encoding {
        Encoding::Utf8 => text.into(),
        Encoding::Utf16 => wide(text),
        Encoding::Utf16WithMark => wide(&format!("\u{feff}{text}")),
        Encoding::Crlf => text.replace('\n', "\r\n").into(),
    }
}

fn hushlint(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    sandbox
        .command(env!("CARGO_BIN_EXE_hushlint"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn hidden(key: &str, output: &Output, what: &str) -> Result<(), TestCaseError> {
    let text = text(output);
    let body = key.rsplit('_').next().unwrap();
    let encoded = BASE64.encode(key.as_bytes());
    // The first characters of the encoded key are those of its prefix.
    let forms = [body, encoded[12..].trim_end_matches('=')];
    let windows = forms
        .iter()
        .flat_map(|form| form.as_bytes().windows(WINDOW));
    for window in windows {
        let window = std::str::from_utf8(window).unwrap();
        prop_assert!(
            !text.contains(window),
            "{what} shows {window:?} of {key}:\n{text}"
        );
    }
    Ok(())
}
