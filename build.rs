//! Embeds every file of `rules/`, so that adding a rule is adding (to) one file.
//!
//! Each is embedded twice: as it is, and without the rules' examples, which
//! are most of the text and which a scan never reads.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=rules");
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
        writeln!(
            code,
            "    ({name:?}, {text:?}, {:?}),",
            without_examples(&text)
        )
        .expect("a String takes all");
    }
    code.push(']');
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("rules.rs"), code).expect("cargo's own folder is writable");
}

/// The same rules; a file that is no TOML is left for the loader to refuse.
fn without_examples(text: &str) -> String {
    let Ok(mut table) = text.parse::<toml::Table>() else {
        return text.to_owned();
    };
    let rules = table.get_mut("rule").and_then(toml::Value::as_array_mut);
    for rule in rules
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table_mut)
    {
        rule.remove("matches");
        rule.remove("ignores");
    }
    toml::to_string(&table).expect("a parsed table can be written")
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
