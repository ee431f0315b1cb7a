//! Signs that a repository keeps settings in dotenv files, and whether its ignore rules are ready for them.

use std::collections::{BTreeMap, BTreeSet};

use super::Names;
use crate::document::{Coverage, RepoPath, line_around};
use crate::finding::{Finding, Related, Severity};
use crate::rule::guard::is_token_byte;
use crate::rule::{Rule, Scene};
use crate::syntax::{Kind, Place, paths};

/// What the calls look like; the anchors are the calls themselves.
#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct UsageText {
    /// Names of templates that do not begin as their file does.
    template_names: Vec<String>,
    /// Anchors that stand in a literal: what is imported by its path.
    imports: Vec<String>,
    /// Anchors that a dotenv file's path follows: options and keys.
    options: Vec<String>,
    /// Anchors whose first argument, if there is one, is a dotenv file's path.
    file_first: Vec<String>,
    /// Files that mark the folder a program is started in.
    manifests: Vec<String>,
}

/// What one document says about dotenv files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    pub path: RepoPath,
    pub line: usize,
    pub sign: Sign,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The document is a template of, or names, the file at this path.
    File { dotenv: RepoPath, what: String },
    /// A program reads a file of this name where it is started.
    Call { name: Vec<u8>, what: String },
    /// A function that reads such files is defined here.
    Definition,
    /// The document is a package's manifest: programs are started in its folder.
    Manifest,
    /// The document is a `.gitignore`: a rule can be added to it.
    IgnoreFile,
}

pub(super) struct Usage {
    text: UsageText,
    names: Names,
}

/// As far as the arguments of a call, or the path behind an option, are looked at.
const REACH: usize = 200;
/// As far back as the variable of a call is looked for, so that a document full of calls is not read once for each.
const REACH_BACK: usize = 4096;
/// So many related places say enough.
const MOST_RELATED: usize = 8;

impl Usage {
    pub(super) fn new(text: UsageText, names: Names) -> Usage {
        Usage { text, names }
    }

    pub(super) fn add_names(&mut self, files: &[String], templates: &[String]) {
        self.names.add(files, templates);
    }

    pub(super) fn evidence_of_file(&self, scene: &Scene<'_>) -> Option<Evidence> {
        let path = &scene.document.path;
        let name = path.name();
        let listed = |list: &[String]| list.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
        let evidence = |sign| {
            Some(Evidence {
                path: path.clone(),
                line: 1,
                sign,
            })
        };
        if name == b".gitignore" {
            return evidence(Sign::IgnoreFile);
        }
        if listed(&self.text.manifests) {
            return evidence(Sign::Manifest);
        }
        let made = if listed(&self.text.template_names) {
            b".env".to_vec()
        } else {
            self.names.made_from(name)?
        };
        if is_beside_the_point(path) {
            return None;
        }
        evidence(Sign::File {
            dotenv: in_folder(path.parent(), &made),
            what: "a template for it".to_owned(),
        })
    }

    /// What the longest of `anchors` at `start` says.
    pub(super) fn evidence(
        &self,
        anchors: &[Vec<u8>],
        start: usize,
        scene: &Scene<'_>,
    ) -> Option<Evidence> {
        let bytes = scene.bytes();
        // The prefilter does not regard case; programs do.
        let anchor = anchors
            .iter()
            .filter(|a| bytes[start..].starts_with(a))
            .max_by_key(|a| a.len())?;
        let begins_word = anchor[0].is_ascii_alphanumeric();
        if begins_word && start > 0 && is_token_byte(bytes[start - 1]) {
            return None;
        }
        let path = &scene.document.path;
        if is_beside_the_point(path) || scene.document.window.is_some() {
            return None;
        }
        let named = |list: &[String]| list.iter().any(|a| a.as_bytes() == anchor);
        let place = scene.place(start);
        let rest = &bytes[start + anchor.len()..];
        let rest = &rest[..rest.len().min(REACH)];
        let what = format!(
            "`{}`",
            String::from_utf8_lossy(anchor).trim_end_matches(['(', '\'', '"'])
        );
        let sign = if named(&self.text.options) {
            if place.is_for_readers() {
                return None;
            }
            self.option(anchor, scene, rest, what)?
        } else {
            let stands = if named(&self.text.imports) {
                place.is_literal()
            } else {
                place == Place::Code
            };
            let runs = matches!(scene.language().kind(), Kind::Code | Kind::Template);
            if !stands || !runs {
                return None;
            }
            if is_defined_at(bytes, start) {
                Sign::Definition
            } else {
                Sign::Call {
                    name: self.argument(
                        anchor,
                        &bytes[start.saturating_sub(REACH_BACK)..start],
                        rest,
                    )?,
                    what,
                }
            }
        };
        Some(Evidence {
            path: path.clone(),
            line: scene.document.position(start).line,
            sign,
        })
    }

    /// The file an option (`env_file: .env`, `--env-file=.env`) names.
    fn option(&self, anchor: &[u8], scene: &Scene<'_>, rest: &[u8], what: String) -> Option<Sign> {
        let path = &scene.document.path;
        let language = scene.language();
        // A script's own variable may be called so.
        if anchor == b"env_file" && is_shell(language.name()) {
            return None;
        }
        let kind = language.kind();
        let rest = rest.trim_ascii_start();
        let rest = rest
            .strip_prefix(b":")
            .or(rest.strip_prefix(b"="))
            .unwrap_or(rest);
        let mut value = rest
            .split(|b| {
                b.is_ascii_whitespace()
                    || matches!(b, b'"' | b'\'' | b',' | b'[' | b']' | b'(' | b')')
            })
            .filter(|word| !matches!(*word, b"" | b"-" | b"path:"));
        let value = value.next()?;
        let name = &value[memchr::memrchr(b'/', value).map_or(0, |i| i + 1)..];
        if !self.names.holds(name) || !is_whole(name) {
            return None;
        }
        // A Compose file names paths as seen from itself; a command line, from where it is typed.
        Some(if anchor == b"env_file" && kind != Kind::Code {
            Sign::File {
                dotenv: resolve(path.parent(), value)?,
                what,
            }
        } else {
            Sign::Call {
                name: name.to_vec(),
                what,
            }
        })
    }

    /// The name of the file a call reads: `.env`, unless its arguments, or the
    /// variable they name it by, say another. `None` for a file of another
    /// kind, and for one that only the run of the program tells.
    fn argument(&self, anchor: &[u8], before: &[u8], rest: &[u8]) -> Option<Vec<u8>> {
        let arguments = &rest[..end_of_call(rest, usize::from(anchor.contains(&b'(')))];
        let open = anchor.iter().filter(|b| is_quote(b)).count() % 2;
        if let Some(named) = self.named(arguments, open) {
            return named;
        }
        let takes_file = self.text.file_first.iter().any(|a| a.as_bytes() == anchor);
        match path_variable(within_call(anchor, arguments), takes_file) {
            Some(variable) => self.named(definition(before, variable)?, 0)?,
            None => Some(b".env".to_vec()),
        }
    }

    /// The dotenv file that a literal in `text` names, `open` of whose quotes
    /// stand before it; `Some(None)` if literals name other files only.
    fn named(&self, text: &[u8], open: usize) -> Option<Option<Vec<u8>>> {
        let names = text
            .split(is_quote)
            .skip(1 + open)
            .step_by(2)
            .map(|literal| &literal[memchr::memrchr(b'/', literal).map_or(0, |i| i + 1)..])
            .filter(|name| name.contains(&b'.') && !name.starts_with(b".."));
        let mut named = None;
        for name in names {
            if self.names.holds(name) && is_whole(name) {
                return Some(Some(name.to_vec()));
            }
            named = Some(None);
        }
        named
    }

    /// One finding for each `.gitignore` that lacks a rule.
    pub(super) fn conclude(
        &self,
        rule: &Rule,
        evidence: &[Evidence],
        coverage: &dyn Fn(&RepoPath) -> Option<Coverage>,
        present: &dyn Fn(&RepoPath) -> bool,
    ) -> Vec<Finding> {
        let folders = |sign: Sign| -> BTreeSet<&[u8]> {
            let of_sign = evidence.iter().filter(|e| e.sign == sign);
            of_sign.map(|e| e.path.parent()).collect()
        };
        let manifests = folders(Sign::Manifest);
        let ignore_files = folders(Sign::IgnoreFile);
        // A repository that defines such a function brings dotenv files to others.
        let is_library = evidence.iter().any(|e| e.sign == Sign::Definition);
        let mut known: BTreeMap<RepoPath, bool> = BTreeMap::new();
        let mut is_safe = |path: &RepoPath| {
            *known.entry(path.clone()).or_insert_with(|| {
                present(path) || matches!(coverage(path), None | Some(Coverage::Shared))
            })
        };
        let known_folders: BTreeSet<&[u8]> = evidence.iter().map(|e| e.path.parent()).collect();
        let mut exposed: BTreeMap<&[u8], Exposed<'_>> = BTreeMap::new();
        for one in evidence {
            let (dotenv, what) = match &one.sign {
                Sign::File { dotenv, what } => (dotenv.clone(), what),
                Sign::Call { .. } if is_library => continue,
                Sign::Call { name, what } => {
                    let top = in_folder(b"", name);
                    let started = nearest(&manifests, one.path.parent()).unwrap_or(b"");
                    // Many libraries look for the file in the folders above, too; a command is
                    // started in the folder of its script, or in one of those.
                    let mut folders = above(one.path.parent());
                    let is_command = what.starts_with("`--");
                    if is_safe(&top)
                        || is_command && folders.any(|folder| is_safe(&in_folder(folder, name)))
                    {
                        continue;
                    }
                    (in_folder(started, name), what)
                }
                Sign::Definition | Sign::Manifest | Sign::IgnoreFile => continue,
            };
            // What tests are run with is nobody's secret.
            if super::is_sample(&dotenv) || is_safe(&dotenv) {
                continue;
            }
            let home = nearest(&ignore_files, dotenv.parent()).unwrap_or(b"");
            let entry = exposed.entry(home).or_default();
            // Where a file of this name is ignored, or is there, in another folder, that may be
            // the one; where `.env.local` is ignored, that may be where the settings go.
            let is_other = |folder: &&&[u8]| **folder != dotenv.parent();
            let mut is_elsewhere = || {
                let mut others = known_folders.iter().filter(is_other);
                others.any(|folder| is_safe(&in_folder(folder, dotenv.name())))
            };
            let local = RepoPath::new([dotenv.as_bytes(), b".local"].concat());
            entry.has_other_way = entry.has_other_way
                && (dotenv.name() == b".env" && matches!(coverage(&local), Some(Coverage::Shared))
                    || is_elsewhere());
            entry.files.insert(dotenv.clone());
            entry.signs.push((one, what));
        }
        exposed
            .into_iter()
            .map(|(home, exposed)| exposed.finding(rule, in_folder(home, b".gitignore")))
            .collect()
    }
}

/// Whether what stands at `start` is being defined there: `def`, `function`, `fn`, `func`.
fn is_defined_at(bytes: &[u8], start: usize) -> bool {
    let line = &bytes[line_around(bytes, start).start..start];
    let words = line.trim_ascii_end().rsplit(|b| b.is_ascii_whitespace());
    let last = words.into_iter().next();
    line.last().is_some_and(u8::is_ascii_whitespace)
        && last.is_some_and(|w| matches!(w, b"def" | b"function" | b"fn" | b"func" | b"fun"))
}

/// `folder`, and those it lies in.
fn above(folder: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(Some(folder), |folder| match folder {
        [] => None,
        _ => Some(&folder[..memchr::memrchr(b'/', folder).unwrap_or(0)]),
    })
}

fn is_shell(language: &str) -> bool {
    matches!(
        language,
        "Shell" | "fish" | "PowerShell" | "Batch" | "Makefile"
    )
}

fn is_quote(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// What of `rest` stands in the brackets that `anchor`, or `rest` itself, opens: not the
/// comment in `load_dotenv()  # take the variables from .env`.
fn within_call<'t>(anchor: &[u8], rest: &'t [u8]) -> &'t [u8] {
    // `require('dotenv').config(`
    let rest = match memchr::memmem::find(rest, b").config(") {
        Some(at) if anchor.starts_with(b"require(") => &rest[at + b").config".len()..],
        Some(_) | None => rest,
    };
    let anchor = anchor.strip_prefix(b"require(").unwrap_or(anchor);
    let count = |sign: u8| anchor.iter().filter(|b| **b == sign).count();
    let (rest, mut depth) = match (count(b'(') > count(b')'), rest) {
        (true, rest) | (false, [b'(', rest @ ..]) => (rest, 1_usize),
        (false, _) => return rest,
    };
    let end = rest.iter().position(|byte| {
        match byte {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    &rest[..end.unwrap_or(rest.len())]
}

/// The variable by which `arguments` name a file: `{ path: envFile }`, `dotenv_path=env_file`,
/// or the first of them if the call `takes_file` there.
fn path_variable(arguments: &[u8], takes_file: bool) -> Option<&[u8]> {
    const KEYS: [&[u8]; 2] = [b"path", b"dotenv_path"];
    const NOTHING: [&[u8]; 4] = [b"None", b"undefined", b"null", b"nil"];
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$');
    let word = |text: &[u8]| text.iter().position(|b| !is_part(b)).unwrap_or(text.len());
    let mut at = 0;
    let mut is_first = takes_file;
    while at < arguments.len() {
        let length = word(&arguments[at..]);
        if length == 0 {
            at += 1;
            continue;
        }
        let (name, after) = (
            &arguments[at..at + length],
            arguments[at + length..].trim_ascii_start(),
        );
        let value = match after {
            [b':' | b'=', value @ ..] if KEYS.contains(&name) => value.trim_ascii_start(),
            [b':' | b'=' | b'(', ..] => b"",
            _ if is_first => &arguments[at..],
            _ => b"",
        };
        let variable = &value[..word(value)];
        // What a call makes of its arguments is not to be told.
        if !variable.is_empty()
            && !NOTHING.contains(&variable)
            && value[variable.len()..].trim_ascii_start().first() != Some(&b'(')
        {
            return Some(variable);
        }
        is_first = false;
        at += length;
    }
    None
}

/// What `variable` was last set to, or taken from, in `text`.
fn definition<'t>(text: &'t [u8], variable: &[u8]) -> Option<&'t [u8]> {
    let ends = memchr::memmem::rfind_iter(text, variable).map(|at| (at, at + variable.len()));
    let mut values = ends.filter_map(|(at, end)| {
        let begins = at == 0 || !is_token_byte(text[at - 1]) && text[at - 1] != b'.';
        let rest = without_type(text[end..].trim_ascii_start());
        let value = rest
            .strip_prefix(b":=")
            .or(rest.strip_prefix(b"in "))
            .or(rest.strip_prefix(b"=").filter(|v| v.first() != Some(&b'=')))?
            .trim_ascii_start();
        begins.then(|| &value[..end_of_call(value, 0)])
    });
    values.next()
}

/// What stands behind the type in `: Path = ...`.
fn without_type(rest: &[u8]) -> &[u8] {
    let is_part =
        |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'[' | b']' | b'|' | b' ');
    match rest {
        [b':', named @ ..] => {
            let after = &named[named.iter().take_while(is_part).count()..];
            if after.len() < named.len() && after.first() == Some(&b'=') {
                after
            } else {
                rest
            }
        }
        _ => rest,
    }
}

/// Whether nothing is put into the name, or behind it, when the program runs: `.env.${stage}`, `".env." + stage`.
fn is_whole(name: &[u8]) -> bool {
    !name.ends_with(b".") && !name.iter().any(|b| b"${}%#<>*".contains(b))
}

/// Where the call whose arguments begin `rest` ends; `depth` of its brackets are open.
fn end_of_call(rest: &[u8], mut depth: usize) -> usize {
    rest.iter()
        .position(|&byte| {
            match byte {
                b'(' | b'{' => depth += 1,
                b')' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            byte == b';' || byte == b'\n' && depth == 0
        })
        .unwrap_or(rest.len())
}

/// What one `.gitignore` lets through.
struct Exposed<'e> {
    files: BTreeSet<RepoPath>,
    signs: Vec<(&'e Evidence, &'e String)>,
    /// Whether there is an ignored file beside each that may be meant instead.
    has_other_way: bool,
}

impl Default for Exposed<'_> {
    fn default() -> Self {
        Exposed {
            files: BTreeSet::new(),
            signs: Vec::new(),
            has_other_way: true,
        }
    }
}

impl Exposed<'_> {
    fn finding(mut self, rule: &Rule, home: RepoPath) -> Finding {
        // A template is the clearest sign, and names its file.
        self.signs
            .sort_by_key(|(e, _)| (matches!(e.sign, Sign::Call { .. }), &e.path, e.line));
        let (first, what) = self.signs[0];
        let place = |e: &Evidence| match e.sign {
            Sign::File { .. } if e.line == 1 => e.path.to_string(),
            Sign::File { .. }
            | Sign::Call { .. }
            | Sign::Definition
            | Sign::Manifest
            | Sign::IgnoreFile => {
                format!("{}:{}", e.path, e.line)
            }
        };
        let more = match self.signs.len() - 1 {
            0 => String::new(),
            1 => " (and one more sign)".to_owned(),
            n => format!(" (and {n} more signs)"),
        };
        let mut files: Vec<String> = self.files.iter().map(|f| format!("`{f}`")).collect();
        if files.len() > 3 {
            let rest = files.len() - 2;
            files.truncate(2);
            files.push(format!("{rest} more"));
        }
        let names: BTreeSet<String> = self
            .files
            .iter()
            .map(|f| RepoPath::new(f.name()).to_string())
            .map(|n| format!("`{n}`"))
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        Finding {
            rule: rule.id.clone(),
            severity: if self.has_other_way {
                Severity::Note
            } else {
                rule.severity
            },
            message: format!(
                "no shared rule ignores {}, though the repository uses it: {} is {}{more}",
                files.join(", "),
                place(first),
                what.strip_prefix("a ")
                    .map_or_else(|| format!("where {what} reads it"), |_| what.to_owned()),
            ),
            related: self
                .signs
                .iter()
                .take(MOST_RELATED)
                .map(|(e, what)| Related {
                    path: e.path.clone(),
                    region: None,
                    message: match e.line {
                        1 => what.to_string(),
                        line => format!("line {line}: {what}"),
                    },
                })
                .collect(),
            help: Some(format!(
                "Add {} to `{home}`, one a line, before the file exists.",
                names.join(" and ")
            )),
            unignored: self.files.into_iter().collect(),
            ..Finding::of_file(&rule.id, home)
        }
    }
}

/// Whether what `path` does says nothing about how the repository is run.
fn is_beside_the_point(path: &RepoPath) -> bool {
    let path = path.as_bytes();
    paths::is_test_path(path)
        || paths::is_fixture_path(path)
        || paths::is_vendored_path(path)
        || paths::is_doc_path(path)
}

/// The nearest of `folders` at `folder` or above.
fn nearest<'f>(folders: &BTreeSet<&'f [u8]>, folder: &[u8]) -> Option<&'f [u8]> {
    above(folder).find_map(|at| folders.get(at).copied())
}

fn in_folder(folder: &[u8], name: &[u8]) -> RepoPath {
    RepoPath::new(match folder {
        b"" => name.to_vec(),
        folder => [folder, b"/", name].concat(),
    })
}

/// `relative` as seen from `folder`; `None` outside the repository.
fn resolve(folder: &[u8], relative: &[u8]) -> Option<RepoPath> {
    let mut parts: Vec<&[u8]> = folder
        .split(|&b| b == b'/')
        .filter(|p| !p.is_empty())
        .collect();
    if relative.starts_with(b"/") || relative.contains(&b'$') {
        return None;
    }
    for part in relative.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(RepoPath::new(parts.join(&b'/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::rule::{RuleSet, Scratch};

    /// What is said of a repository of `files` whose ignore rules cover `covered`, as `path: severity: files named`.
    fn conclusion(files: &[(&str, &str)], covered: &[&str]) -> Vec<String> {
        let rules = RuleSet::builtin();
        let mut evidence = Vec::new();
        for (path, text) in files {
            let document = Document::new((*path).into(), text.as_bytes().to_vec());
            evidence.extend(rules.scan(&mut Scratch::default(), &document).evidence);
        }
        let coverage = |path: &RepoPath| {
            let is_covered = covered.iter().any(|c| RepoPath::from(*c) == *path);
            Some(if is_covered {
                Coverage::Shared
            } else {
                Coverage::Nothing
            })
        };
        let present = |path: &RepoPath| files.iter().any(|(p, _)| RepoPath::from(*p) == *path);
        rules
            .conclude(evidence, &coverage, &present)
            .iter()
            .map(|f| {
                let named: Vec<&str> = f.message.split('`').skip(1).step_by(2).collect();
                format!("{}: {}: {}", f.path, f.severity.name(), named[0])
            })
            .collect()
    }

    #[test]
    fn one_finding_for_each_ignore_file_that_lacks_a_line() {
        let files = [
            (".gitignore", "dist\n"),
            ("a/.env.example", ""),
            ("b/package.json", "{}"),
            ("b/src/index.js", "require('dotenv').config()"),
            ("c/.gitignore", ""),
            ("c/.env.example", ""),
        ];
        assert_eq!(
            conclusion(&files, &[]),
            [
                ".gitignore: warning: a/.env",
                "c/.gitignore: warning: c/.env"
            ]
        );
    }

    #[test]
    fn what_is_covered_or_there_is_left_alone() {
        let template = (".env.example", "");
        let call = ("src/app.py", "load_dotenv()\n");
        let nothing: [&str; 0] = [];
        assert_eq!(conclusion(&[template, call], &[".env"]), nothing);
        assert_eq!(conclusion(&[template, call, (".env", "")], &[]), nothing);
        let nested = [("src/go.mod", ""), ("src/main.go", "godotenv.Load()\n")];
        assert_eq!(conclusion(&nested, &[".env"]), nothing);
        assert_eq!(conclusion(&nested, &["src/.env"]), nothing);
        assert_eq!(conclusion(&nested, &[]), [".gitignore: warning: src/.env"]);
        assert_eq!(
            conclusion(&[template], &[".env.local"]),
            [".gitignore: note: .env"]
        );
        let library = ("src/cli.py", "def load_dotenv():\n    pass\n");
        assert_eq!(conclusion(&[call, library], &[]), nothing);
    }

    #[test]
    fn a_call_names_the_file_it_reads() {
        let reads = |text: &str| conclusion(&[("index.js", text)], &[]);
        let cases = [
            ("require('dotenv').config()", ".env"),
            (
                "require('dotenv').config({ path: '.env.local' })",
                ".env.local",
            ),
            (
                "dotenv.config({\n  path: join(__dirname, '../.env.dev'),\n})",
                ".env.dev",
            ),
        ];
        for (text, name) in cases {
            assert_eq!(
                reads(text),
                [format!(".gitignore: warning: {name}")],
                "{text}"
            );
        }
        assert!(reads("dotenv.config({ path: 'settings.cfg' })").is_empty());
        let set = "const file = path.join(__dirname, 'config', '.env.dev');\n";
        let named = "dotenv.config({\n  debug: true,\n  path: file,\n});";
        assert_eq!(
            reads(&format!("{set}{named}")),
            [".gitignore: warning: .env.dev"]
        );
        let set = "const file = path.join(__dirname, `.env.${stage}`);\n";
        assert!(reads(&format!("{set}{named}")).is_empty());
        assert!(reads(named).is_empty());
        for bare in [
            "load_dotenv()  # take environment variables from .env.",
            "load_dotenv() if is_local else None",
            "load_dotenv(None)",
        ] {
            assert_eq!(reads(bare), [".gitignore: warning: .env"], "{bare}");
        }
        let typed = "const file: string = path.join(__dirname, '.env.dev');\n";
        assert_eq!(
            reads(&format!("{typed}{named}")),
            [".gitignore: warning: .env.dev"]
        );
        assert_eq!(
            reads("dotenv.config({ debug: isDebug })"),
            [".gitignore: warning: .env"]
        );
        assert!(reads("// dotenv.config()").is_empty());
    }
}
