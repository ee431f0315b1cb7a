//! What other tools are configured with, in the words of this one, and a list of what has no word here.

mod gitleaks;
mod glob;
mod others;
mod pattern;

use std::fmt::Write;

/// What a migration comes to.
#[derive(Debug, Default)]
pub struct Plan {
    /// Globs of files that are not scanned.
    pub exclude: Vec<String>,
    /// Globs, the rules that do not count there, and why.
    pub per_path: Vec<(Vec<String>, String, String)>,
    pub rules: Vec<OwnRule>,
    /// Tools whose inline markers count.
    pub markers: Vec<&'static str>,
    /// Known findings, by path: what the other tool forgave there.
    pub known: Vec<(String, String)>,
    /// What has no equivalent, and why.
    pub left: Vec<String>,
}

/// A rule of another tool, as a rule of this one.
#[derive(Debug, PartialEq, Eq)]
pub struct OwnRule {
    pub id: String,
    pub summary: String,
    pub anchors: Vec<String>,
    pub ignore_case: bool,
    pub before: &'static str,
    pub tail: String,
    /// Above this length a rule must say that it is long.
    pub longest: usize,
    pub entropy: Option<String>,
}

/// The configurations of other tools that [`read`] knows, by file name.
pub const NAMES: [&str; 8] = [
    ".gitleaks.toml",
    ".gitleaksignore",
    ".secrets.baseline",
    ".secretlintrc",
    ".secretlintrc.json",
    ".secretlintrc.yml",
    ".secretlintrc.yaml",
    ".secretlintignore",
];

/// Configurations that are programs. They are not read.
pub const PROGRAMS: [&str; 4] = [
    ".secretlintrc.js",
    ".secretlintrc.cjs",
    ".secretlintrc.mjs",
    ".secretlintrc.ts",
];

/// Why such a file is not read, and what to do.
pub const PROGRAM: &str =
    "a program, and hushlint runs none: write what it exports as .secretlintrc.json";

fn is_program(name: &str) -> bool {
    PROGRAMS.contains(&name)
}

/// Adds what `text`, of a file called `name`, says to `plan`. The error is for its author.
pub fn read(name: &str, text: &str, plan: &mut Plan) -> Result<(), String> {
    let last = name.rsplit('/').next().unwrap_or(name);
    match last {
        ".gitleaksignore" => others::gitleaksignore(text, plan),
        ".secretlintignore" => others::secretlintignore(text, plan),
        _ if last.contains("gitleaks") && last.ends_with(".toml") => {
            return gitleaks::read(text, plan);
        }
        _ if is_program(last) => return Err(PROGRAM.to_owned()),
        _ if last.starts_with(".secretlintrc") => return others::secretlintrc(text, plan),
        _ if last.ends_with(".baseline") => return others::secrets_baseline(text, plan),
        _ => {
            return Err(format!(
                "no configuration that is known; there are {}",
                NAMES.join(", ")
            ));
        }
    }
    Ok(())
}

impl Plan {
    /// An id for a rule that another tool calls `name`, unlike all there are so far.
    fn own_id(&self, name: &str) -> String {
        let id = kebab(name);
        let numbered = (2..).map(|n| format!("{id}-{n}"));
        let mut ids = std::iter::once(id.clone()).chain(numbered);
        let is_free = |id: &String| self.rules.iter().all(|r| r.id != *id);
        ids.find(is_free).expect("there is always another number")
    }

    /// The configuration; `rules` is the file that holds the rules, if there are any.
    pub fn configuration(&self, rules: &str) -> String {
        let mut text = String::from("# Made by `hushlint migrate`.\n");
        let mut list = |key: &str, items: &[String]| {
            if items.is_empty() {
                return;
            }
            writeln!(text, "\n{key} = [").expect("a String takes all");
            for item in items {
                writeln!(text, "    {},", quoted(item)).expect("a String takes all");
            }
            text.push_str("]\n");
        };
        list("exclude", &self.exclude);
        if !self.rules.is_empty() {
            list("rules", &[rules.to_owned()]);
        }
        let markers: Vec<String> = self.markers.iter().map(|&m| m.to_owned()).collect();
        list("markers", &markers);
        for (paths, rule, reason) in &self.per_path {
            let paths: Vec<String> = paths.iter().map(|p| quoted(p)).collect();
            write!(
                text,
                "\n[[per-path]]\npaths = [{}]\nignore = [{}]\nreason = {}\n",
                paths.join(", "),
                quoted(rule),
                quoted(reason)
            )
            .expect("a String takes all");
        }
        text
    }

    /// The file of own rules; empty if there are none.
    pub fn rules(&self) -> String {
        self.rules
            .iter()
            .map(OwnRule::to_toml)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl OwnRule {
    pub fn to_toml(&self) -> String {
        let anchors: Vec<String> = self.anchors.iter().map(|a| quoted(a)).collect();
        let mut text = format!(
            "[[rule]]\nid = {}\nseverity = \"error\"\nsummary = {}\nwhy = \"Whoever has it acts as its owner.\"\nfix = \"Revoke it, and read its successor from the environment.\"\nkind = \"pattern\"\nanchors = [{}]\nbefore = \"{}\"\ntail = {}\n",
            quoted(&self.id),
            quoted(&self.summary),
            anchors.join(", "),
            self.before,
            quoted(&self.tail),
        );
        if self.ignore_case {
            text.push_str("ignore-case = true\n");
        }
        if self.longest > crate::rule::pattern::LONGEST {
            text.push_str("long = true\n");
        }
        if let Some(entropy) = &self.entropy {
            writeln!(text, "entropy = {entropy}").expect("a String takes all");
        }
        text
    }
}

/// An id as rules have it.
fn kebab(id: &str) -> String {
    let mut own = String::new();
    for c in id.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => own.push(c),
            _ if !own.ends_with('-') => own.push('-'),
            _ => {}
        }
    }
    let own = own.trim_matches('-');
    match own.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => own.to_owned(),
        false => format!("rule-{own}"),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
