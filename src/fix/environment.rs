//! A hard-coded key becomes a look-up in the environment, as the language writes it.
//!
//! Only a literal that is the key and nothing else is touched, and only where
//! the language takes an expression: everything else is left to a person,
//! with the reason.

use std::ops::Range;

use super::names::variable;
use super::{Other, Plan, Scene, line_ending};
use crate::document::RepoPath;
use crate::finding::{Applicability, Edit};
use crate::syntax::Place;

/// Where the names of the variables a program needs are kept, without values.
const EXAMPLE: &str = ".env.example";

pub(super) fn plan(scene: &Scene<'_>) -> Option<Plan> {
    let place = scene.lexed().place(scene.span.start);
    if place.is_for_readers() {
        return manual("take the key out of the text");
    }
    if !is_whole(scene) {
        return manual("put the key into the environment: it is spelled in pieces or encoded here");
    }
    let before_key = scene.before(scene.span.start);
    let name = variable(scene.finding.provider.as_deref(), before_key);
    match scene.language.name() {
        "Shell" => shell(scene, &name, place),
        "YAML" => yaml(scene, &name),
        "Terraform" | "HCL" => terraform(scene, &name),
        "Dockerfile" => manual(
            "give the key at run time, as in `docker run --env NAME`: an image keeps what ENV and ARG hold",
        ),
        "dotenv" => None,
        language => literal(scene, &name, language, place),
    }
}

fn manual(title: &str) -> Option<Plan> {
    Some(Plan::Manual(title.to_owned()))
}

/// Whether the finding is the key as it is written: not split, not encoded.
fn is_whole(scene: &Scene<'_>) -> bool {
    let text = scene.text();
    text.len() > 3
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && scene
            .finding
            .related
            .iter()
            .all(|r| r.path != scene.finding.path || !r.message.contains("half"))
}

/// What a language writes for a variable's value, and where it cannot.
struct Idiom {
    languages: &'static [&'static str],
    /// `NAME` stands for the variable.
    lookup: &'static str,
    /// What the line may not hold before the literal: there only constants go.
    constant: &'static [&'static str],
    /// Letters that may stand before a quote and belong to the literal.
    prefixes: &'static str,
    /// Whether a statement goes on until `;`, over any number of lines.
    has_semicolons: bool,
}

const IDIOMS: &[Idiom] = &[
    Idiom {
        languages: &["JavaScript", "TypeScript", "TSX", "JSX", "CoffeeScript"],
        lookup: "process.env.NAME",
        constant: &["enum ", "type ", "import ", "from ", "case ", "declare "],
        prefixes: "",
        has_semicolons: false,
    },
    Idiom {
        languages: &["Python"],
        lookup: "os.environ[\"NAME\"]",
        constant: &["Literal[", "case "],
        prefixes: "rRuU",
        has_semicolons: false,
    },
    Idiom {
        languages: &["Go"],
        lookup: "os.Getenv(\"NAME\")",
        constant: &["const ", "case ", "import "],
        prefixes: "",
        has_semicolons: false,
    },
    Idiom {
        languages: &["Java"],
        lookup: "System.getenv(\"NAME\")",
        constant: &["@", "case ", "import "],
        prefixes: "",
        has_semicolons: true,
    },
    Idiom {
        languages: &["Kotlin", "Scala", "Groovy"],
        lookup: "System.getenv(\"NAME\")",
        constant: &["@", "const val ", "case ", "import "],
        prefixes: "",
        has_semicolons: false,
    },
    Idiom {
        languages: &["C#"],
        lookup: "System.Environment.GetEnvironmentVariable(\"NAME\")",
        constant: &["const ", "case ", "[assembly", "using "],
        prefixes: "@",
        has_semicolons: true,
    },
    Idiom {
        languages: &["PHP"],
        lookup: "getenv('NAME')",
        constant: &[
            "const ",
            "case ",
            "#[",
            "static $",
            "public ",
            "private ",
            "protected ",
            "function ",
        ],
        prefixes: "",
        has_semicolons: true,
    },
    Idiom {
        languages: &["Ruby"],
        lookup: "ENV.fetch(\"NAME\")",
        constant: &["when ", "require "],
        prefixes: "",
        has_semicolons: false,
    },
    Idiom {
        languages: &["Rust"],
        lookup: "&std::env::var(\"NAME\").expect(\"NAME is set\")",
        constant: &["const ", "static ", "#[", "#!["],
        prefixes: "",
        has_semicolons: true,
    },
    Idiom {
        languages: &["Perl"],
        lookup: "$ENV{NAME}",
        constant: &["use "],
        prefixes: "",
        has_semicolons: true,
    },
];

/// A string literal in a program.
fn literal(scene: &Scene<'_>, name: &str, language: &str, place: Place) -> Option<Plan> {
    let Some(idiom) = IDIOMS.iter().find(|i| i.languages.contains(&language)) else {
        return manual("read the key from the environment");
    };
    let token = scene.lexed().token(scene.span.start);
    let Some(token) = token.filter(|t| t.content == scene.span && t.extent == t.span) else {
        return manual("read the key from the environment: it is part of a longer text here");
    };
    if !matches!(place, Place::String | Place::Template) {
        return manual("read the key from the environment");
    }
    let mut range = token.span.clone();
    let bytes = scene.bytes();
    while range.start > 0
        && bytes[range.start - 1].is_ascii()
        && idiom.prefixes.contains(bytes[range.start - 1] as char)
        && range.start > scene.document.line_around(range.start).start
    {
        range.start -= 1;
    }
    let before = scene.before(range.start);
    let after = scene.after(range.end);
    if before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
        if !matches!(
            word,
            Some("return" | "in" | "or" | "and" | "else" | "yield" | "echo")
        ) {
            return manual(
                "read the key from the environment: a prefix gives the literal a meaning of its own",
            );
        }
    }
    if let Some(plan) = default_of_lookup(scene, &range, before) {
        return Some(plan);
    }
    if is_joined(scene, &token.span, language) {
        return manual("read the key from the environment: it is joined to other literals here");
    }
    let statement = statement(scene, range.start, idiom);
    let is_constant = idiom
        .constant
        .iter()
        .any(|word| begins_word(&statement, word))
        || (language == "C#" && in_block(&statement).starts_with('['))
        || (language == "Go" && in_const_block(scene, range.start))
        || (language == "C#" && is_default_parameter(before))
        || (language == "Rust" && (after.trim_start().starts_with("=>") || in_macro(before)));
    if is_constant {
        return manual("read the key from the environment: only a constant can stand here");
    }
    let mut lookup = idiom.lookup.replace("NAME", name);
    if language == "Rust" && wants_owned(before, after) {
        lookup.remove(0);
    }
    if is_attribute(before, after, language) {
        lookup = format!("{{{lookup}}}");
    }
    let mut edits = vec![(range, lookup)];
    edits.extend(import(scene, language));
    Some(environment(scene, name, edits))
}

/// Edits of the file, and the variable's name in `.env.example`.
fn environment(scene: &Scene<'_>, name: &str, edits: Vec<(Range<usize>, String)>) -> Plan {
    Plan::Edits(
        format!("read the key from `{name}`"),
        Applicability::Unsafe,
        edits,
        example(scene, name).into_iter().collect(),
    )
}

/// Farther back than this no statement is followed.
const STATEMENT: usize = 2000;

/// What stands before `at` in its statement, on one line; of a member, also
/// what its block begins with.
fn statement(scene: &Scene<'_>, at: usize, idiom: &Idiom) -> String {
    let bytes = scene.bytes();
    let limit = at.saturating_sub(STATEMENT);
    let is_code = |i: usize| scene.lexed().token(i).is_none();
    let mut start = at;
    let mut blocks = 0;
    while start > limit {
        let i = start - 1;
        let byte = bytes[i];
        let ends = match byte {
            b';' | b'}' => is_code(i),
            // An `enum {` makes its members constants.
            b'{' if is_code(i) => {
                blocks += 1;
                blocks > 1
            }
            b'\n' if !idiom.has_semicolons && blocks == 0 => {
                let above = bytes[limit..i].trim_ascii_end();
                let own = bytes[i..at].trim_ascii();
                let goes_on = above.last().is_some_and(|b| b"=(,+&|[:?{".contains(b));
                !own.is_empty() && !goes_on
            }
            b'\n' if blocks > 0 => is_code(i),
            _ => false,
        };
        if ends {
            break;
        }
        start = i;
    }
    let text = String::from_utf8_lossy(&bytes[start..at]);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    line.push(' ');
    line
}

/// A statement without what its block begins with.
fn in_block(statement: &str) -> &str {
    statement.rsplit('{').next().unwrap_or("").trim_start()
}

/// Whether `word` stands in `text` as it begins a word.
fn begins_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

/// `getenv("NAME", "key")`, `process.env.NAME || "key"`: the variable is there, only the default goes.
fn default_of_lookup(scene: &Scene<'_>, range: &Range<usize>, before: &str) -> Option<Plan> {
    let head = before.trim_end();
    let is_call = |head: &str| {
        let calls = [
            "getenv(",
            "environ.get(",
            "ENV.fetch(",
            "env(",
            "env.get(",
            "GetEnv(",
            "getProperty(",
        ];
        let call = head.rfind('(').map(|at| &head[..=at]);
        call.is_some_and(|c| calls.iter().any(|call| c.ends_with(call)))
    };
    let (kept, name) = if let Some(head) = head.strip_suffix(',') {
        if [
            "env.getOrElse(",
            "getenv().getOrDefault(",
            "getenv.getOrDefault(",
        ]
        .iter()
        .any(|call| head.contains(call))
        {
            // They take no fewer arguments.
            return manual("take the default away: the variable must be set");
        }
        let quoted = head.trim_end();
        let open = quoted.strip_suffix(['"', '\''])?;
        let start = open.rfind(['"', '\''])? + 1;
        is_call(&open[..start - 1]).then_some(())?;
        (quoted.len(), &open[start..])
    } else {
        let operator = ["||", "??", "?:", " or"]
            .into_iter()
            .find(|o| head.ends_with(o))?;
        let left = head[..head.len() - operator.len()].trim_end();
        let shown = left.trim_end_matches([')', ']', '"', '\'']);
        let start = shown
            .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map_or(0, |at| at + 1);
        let is_env = [
            "env.",
            "env[",
            "environ",
            "ENV[",
            "getenv",
            "_ENV[",
            "GetEnvironmentVariable",
        ];
        is_env.iter().any(|e| left.contains(e)).then_some(())?;
        (left.len(), &shown[start..])
    };
    let is_variable = name
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (is_variable && !name.is_empty()).then_some(())?;
    let line = scene.document.line_around(range.start).start;
    let edit = (line + kept..range.end, String::new());
    Some(Plan::Edits(
        format!("take the default away: `{name}` must be set"),
        Applicability::Unsafe,
        vec![edit],
        example(scene, name).into_iter().collect(),
    ))
}

/// Whether another literal is glued to this one, by an operator or by standing beside it.
fn is_joined(scene: &Scene<'_>, span: &Range<usize>, language: &str) -> bool {
    let bytes = scene.bytes();
    let beside = |between: &[u8]| between.iter().all(u8::is_ascii_whitespace);
    let implicit = matches!(language, "Python" | "Ruby" | "C" | "C++");
    let previous = scene.lexed().tokens_before(span.start).next();
    let next = scene.lexed().tokens_from(span.end).next();
    let near = |t: &crate::syntax::Token| t.place.is_literal();
    implicit
        && (previous
            .filter(near)
            .is_some_and(|t| beside(&bytes[t.span.end..span.start]))
            || next
                .filter(near)
                .is_some_and(|t| beside(&bytes[span.end..t.span.start])))
}

/// Whether the line stands between `const (` and its `)`.
fn in_const_block(scene: &Scene<'_>, at: usize) -> bool {
    let text = &scene.bytes()[..at];
    for line in text.rsplit(|&b| b == b'\n').skip(1) {
        let line = line.trim_ascii();
        if line.starts_with(b")") || line.starts_with(b"}") || line.starts_with(b"func ") {
            return false;
        }
        if line.starts_with(b"const (") || line.starts_with(b"const(") {
            return true;
        }
    }
    false
}

/// `string key = "..."` inside the brackets of a declaration.
fn is_default_parameter(before: &str) -> bool {
    let Some(head) = before.trim_end().strip_suffix('=') else {
        return false;
    };
    let opened = head.rfind('(').is_some_and(|at| !head[at..].contains(')'));
    opened && (begins_word(head, "string ") || begins_word(head, "string? "))
}

/// Whether the literal is what a macro begins with: most take only literals there.
fn in_macro(before: &str) -> bool {
    before.trim_end().ends_with("!(")
}

/// Whether Rust needs the text itself, not a reference to it.
fn wants_owned(before: &str, after: &str) -> bool {
    let after = after.trim_start();
    [".to_string()", ".to_owned()", ".into()"]
        .iter()
        .any(|m| after.starts_with(m))
        || before.trim_end().ends_with("String::from(")
}

/// Whether the literal is an attribute's value in JSX.
fn is_attribute(before: &str, after: &str, language: &str) -> bool {
    if !matches!(language, "JavaScript" | "TSX" | "JSX" | "TypeScript") {
        return false;
    }
    let named = before.strip_suffix('=').is_some_and(|head| {
        head.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    });
    let in_tag = before
        .rfind('<')
        .is_some_and(|at| !before[at..].contains('>'));
    named && (in_tag || after.trim_start().starts_with(['/', '>']))
}

/// The import that the look-up needs, where the file has none.
fn import(scene: &Scene<'_>, language: &str) -> Option<(Range<usize>, String)> {
    match language {
        "Python" => python_import(scene),
        "Go" => go_import(scene),
        _ => None,
    }
}

/// Where in a Python file an `import` goes: behind the docstring, the
/// comments above and imports from `__future__`, before anything else.
fn python_import(scene: &Scene<'_>) -> Option<(Range<usize>, String)> {
    let bytes = scene.bytes();
    let mut place = None;
    let mut start = 0;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let from = start;
        start += line.len();
        let in_code = scene
            .lexed()
            .token(from)
            .is_none_or(|t| t.span.start >= from);
        let is_docstring = scene
            .lexed()
            .token(from)
            .is_some_and(|t| !t.place.is_comment());
        if !in_code || is_docstring {
            continue;
        }
        let text = std::str::from_utf8(line).unwrap_or("").trim_end();
        let names = text.strip_prefix("import ").unwrap_or("");
        if names.split(',').any(|n| n.trim() == "os") {
            return None;
        }
        let is_future = text.starts_with("from __future__ ");
        let is_blank = text.is_empty() || text.starts_with('#');
        if is_future && place.is_none() {
            continue;
        }
        if place.is_none() && !is_blank {
            place = Some(from);
        }
    }
    let at = place?;
    // An import may go on over lines, in brackets: what was found is a line's beginning in code.
    let text = std::str::from_utf8(&bytes[at..]).ok()?;
    let first = text.lines().next().unwrap_or("");
    let is_import = first.starts_with("import ") || first.starts_with("from ");
    let ending = scene.line_ending();
    let gap = if is_import { "" } else { ending };
    Some((at..at, format!("import os{ending}{gap}")))
}

/// Go's `import "os"`, into the block where there is one.
fn go_import(scene: &Scene<'_>) -> Option<(Range<usize>, String)> {
    let bytes = scene.bytes();
    let ending = scene.line_ending();
    let mut start = 0;
    let (mut package_end, mut block, mut single) = (None, None, None);
    let mut in_block = false;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let from = start;
        start += line.len();
        if scene
            .lexed()
            .token(from)
            .is_some_and(|t| t.span.start < from)
        {
            continue;
        }
        let text = std::str::from_utf8(line).unwrap_or("").trim();
        let is_os = |t: &str| t == "\"os\"" || t.starts_with("\"os\" ") || t.ends_with(" \"os\"");
        if in_block {
            in_block = !text.starts_with(')');
            if is_os(text) {
                return None;
            }
            continue;
        }
        if text.starts_with("package ") && package_end.is_none() {
            package_end = Some(start);
        } else if text.starts_with("import (") || text.starts_with("import(") {
            block = block.or(Some(start));
            in_block = !text.ends_with(')');
        } else if let Some(path) = text.strip_prefix("import ") {
            single = single.or(Some(from));
            if is_os(path) {
                return None;
            }
        }
    }
    if let Some(at) = block {
        return Some((at..at, format!("\t\"os\"{ending}")));
    }
    if let Some(at) = single {
        return Some((at..at, format!("import \"os\"{ending}")));
    }
    let at = package_end?;
    Some((at..at, format!("{ending}import \"os\"{ending}")))
}

/// `${NAME:?}`: a script that goes on without its key would fail later and stranger.
fn shell(scene: &Scene<'_>, name: &str, place: Place) -> Option<Plan> {
    let lookup = format!("${{{name}:?}}");
    let token = scene.lexed().token(scene.span.start);
    let edit = match (place, token) {
        (Place::Heredoc, _) => return manual("read the key from the environment"),
        (_, None) => {
            let before = scene.before(scene.span.start);
            let is_word = before.ends_with(['=', ' ', '\t', ':', ',']) || before.is_empty();
            is_word.then_some(())?;
            let whole = before.ends_with(['=', ' ', '\t']);
            let ends = scene.after(scene.span.end);
            let ends = ends.is_empty() || ends.starts_with([' ', '\t', ';', ')', '&', '|']);
            match whole && ends {
                true => (scene.span.clone(), format!("\"{lookup}\"")),
                false => (scene.span.clone(), lookup),
            }
        }
        (_, Some(token)) => {
            let open = scene.bytes()[token.span.start];
            match open {
                b'"' => (scene.span.clone(), lookup),
                b'\'' if token.content == scene.span => (token.span, format!("\"{lookup}\"")),
                b'\'' => (scene.span.clone(), format!("'\"{lookup}\"'")),
                _ => return manual("read the key from the environment"),
            }
        }
    };
    Some(environment(scene, name, vec![edit]))
}

/// Compose files and workflows have a syntax for it; other YAML has none.
fn yaml(scene: &Scene<'_>, name: &str) -> Option<Plan> {
    let path = scene.finding.path.to_text();
    let file = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let is_workflow =
        path.starts_with(".github/workflows/") || path.contains("/.github/workflows/");
    let is_compose = file.contains("compose");
    let mut lookup = match (is_workflow, is_compose) {
        (true, _) => format!("${{{{ secrets.{name} }}}}"),
        (false, true) => format!("${{{name}}}"),
        (false, false) => {
            return manual("let the deployment put the key in: plain YAML reads no environment");
        }
    };
    let before = scene.before(scene.span.start);
    let count = |brackets: [char; 2]| before.matches(brackets).count();
    let is_plain = scene.lexed().token(scene.span.start).is_none();
    // Between brackets a brace ends what has no quotes.
    if is_plain && count(['{', '[']) > count(['}', ']']) {
        let after = scene.after(scene.span.end).trim_start();
        if !before.ends_with([' ', '{', '[']) || !after.starts_with([',', '}', ']']) {
            return manual("read the key from the environment: it is part of a longer text here");
        }
        lookup = format!("\"{lookup}\"");
    }
    let edit = (scene.span.clone(), lookup);
    if is_workflow {
        return Some(Plan::Edits(
            format!("read the key from the secret `{name}`"),
            Applicability::Unsafe,
            vec![edit],
            Vec::new(),
        ));
    }
    Some(environment(scene, name, vec![edit]))
}

/// A sensitive variable of the module, set by `TF_VAR_name`.
fn terraform(scene: &Scene<'_>, name: &str) -> Option<Plan> {
    let path = scene.finding.path.to_text();
    let token = scene.lexed().token(scene.span.start);
    let token = token.filter(|t| t.content == scene.span && scene.bytes()[t.span.start] == b'"');
    let (Some(token), true) = (token, path.ends_with(".tf")) else {
        return manual("give the key by `TF_VAR_...`, to a variable marked `sensitive`");
    };
    if begins_word(scene.before(token.span.start), "default") {
        return Some(Plan::Manual(
            "take the default away, and give the key by `TF_VAR_...`".to_owned(),
        ));
    }
    let name = name.to_ascii_lowercase();
    let bytes = scene.bytes();
    let ending = scene.line_ending();
    let mut edits = vec![(token.span, format!("var.{name}"))];
    let declared = format!("variable \"{name}\"");
    if memchr::memmem::find(bytes, declared.as_bytes()).is_none() {
        let gap = if bytes.ends_with(b"\n") { "" } else { ending };
        let block = format!(
            "{gap}{ending}{declared} {{{ending}  type      = string{ending}  sensitive = true{ending}}}{ending}"
        );
        edits.push((bytes.len()..bytes.len(), block));
    }
    Some(Plan::Edits(
        format!("read the key from `TF_VAR_{name}`"),
        Applicability::Unsafe,
        edits,
        Vec::new(),
    ))
}

/// A line `NAME=` for the repository's template of its environment.
fn example(scene: &Scene<'_>, name: &str) -> Option<Edit> {
    let path = RepoPath::from(EXAMPLE);
    let text;
    let old: &[u8] = match scene.others.get(&path) {
        Other::Absent => &[],
        Other::Text(held) => {
            text = held;
            &text
        }
        Other::Unusable => return None,
    };
    let has_name = |line: &[u8]| {
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"export ").unwrap_or(line);
        let rest = line.strip_prefix(name.as_bytes());
        rest.is_some_and(|r| r.trim_ascii_start().starts_with(b"="))
    };
    if old.split(|&b| b == b'\n').any(has_name) {
        return None;
    }
    let ending = line_ending(old);
    let text = match old.last() {
        None | Some(b'\n') => format!("{name}={ending}"),
        Some(_) => format!("{ending}{name}="),
    };
    Some(Edit {
        path,
        range: old.len()..old.len(),
        text: text.into_bytes(),
    })
}
