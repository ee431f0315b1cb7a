//! A hard-coded key becomes a look-up in the environment, as the language writes it.
//!
//! Only a literal that is the key and nothing else is touched, and only where
//! the language takes an expression: everything else is left to a person,
//! with the reason.

use std::ops::Range;

use super::imports::{self, Import};
use super::names::variable;
use super::position::{self, Family, Position, begins_word, last_line};
use super::{Other, Plan, Scene, line_ending};
use crate::document::RepoPath;
use crate::finding::{Applicability, Edit, Secret};
use crate::syntax::Place;

/// Where the names of the variables a program needs are kept, without values:
/// the first that is there, else the first.
const EXAMPLES: &[&str] = &[".env.example", ".env.sample", ".env.template", ".env.dist"];

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
    let finding = scene.finding;
    Secret::new(&finding.rule, scene.text().as_bytes()) == finding.secret
}

/// What a language writes for a variable's value, and where it cannot.
struct Idiom {
    languages: &'static [&'static str],
    family: Family,
    /// `NAME` stands for the variable.
    lookup: &'static str,
    /// What a statement may not hold before the literal: there only constants go.
    constant: &'static [&'static str],
    /// Letters that may stand before a quote and belong to the literal.
    prefixes: &'static str,
}

const IDIOMS: &[Idiom] = &[
    Idiom {
        languages: &["JavaScript", "TypeScript", "TSX", "JSX", "CoffeeScript"],
        family: Family::JavaScript,
        lookup: "process.env.NAME",
        constant: &["case "],
        prefixes: "",
    },
    Idiom {
        languages: &["Python"],
        family: Family::Python,
        lookup: "os.environ[\"NAME\"]",
        constant: &["Literal[", "case "],
        prefixes: "rRuU",
    },
    Idiom {
        languages: &["Go"],
        family: Family::Go,
        lookup: "os.Getenv(\"NAME\")",
        constant: &["const ", "case ", "import "],
        prefixes: "",
    },
    Idiom {
        languages: &["Java"],
        family: Family::Java,
        lookup: "System.getenv(\"NAME\")",
        constant: &["case "],
        prefixes: "",
    },
    Idiom {
        languages: &["Kotlin", "Scala", "Groovy"],
        family: Family::Kotlin,
        lookup: "System.getenv(\"NAME\")",
        constant: &["const val ", "case "],
        prefixes: "",
    },
    Idiom {
        languages: &["C#"],
        family: Family::CSharp,
        lookup: "System.Environment.GetEnvironmentVariable(\"NAME\")",
        constant: &["const ", "case ", "using "],
        prefixes: "@",
    },
    Idiom {
        languages: &["PHP"],
        family: Family::Php,
        lookup: "getenv('NAME')",
        constant: &["const ", "case ", "static $"],
        prefixes: "",
    },
    Idiom {
        languages: &["Ruby"],
        family: Family::Ruby,
        lookup: "ENV.fetch(\"NAME\")",
        constant: &["when "],
        prefixes: "",
    },
    Idiom {
        languages: &["Rust"],
        family: Family::Rust,
        lookup: "&std::env::var(\"NAME\").expect(\"NAME is set\")",
        constant: &["const ", "static ", "&'static "],
        prefixes: "",
    },
    Idiom {
        languages: &["Perl"],
        family: Family::Perl,
        lookup: "$ENV{NAME}",
        constant: &["use "],
        prefixes: "",
    },
];

/// A string literal in a program.
fn literal(scene: &Scene<'_>, name: &str, language: &str, place: Place) -> Option<Plan> {
    let why = |why: &str| manual(&format!("read the key from the environment: {why}"));
    let Some(idiom) = IDIOMS.iter().find(|i| i.languages.contains(&language)) else {
        return manual("read the key from the environment");
    };
    let token = scene.lexed().token(scene.span.start);
    let Some(token) = token.filter(|t| t.content == scene.span && t.extent == t.span) else {
        return why("it is part of a longer text here");
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
    let (before, after) = (scene.before(range.start), scene.after(range.end));
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if before.ends_with(is_word) || after.starts_with(is_word) {
        return why("what stands beside the literal gives it a meaning of its own");
    }
    let position = Position::new(scene, &range, idiom.family);
    if position.sets_variable() {
        return manual("take the key out: the program sets the environment itself here");
    }
    if let Some(plan) = default_of_lookup(scene, &range, idiom.family) {
        return Some(plan);
    }
    if let Some(objection) = position.objection(idiom.constant) {
        return why(objection);
    }
    if let Some(objection) = objection_of(scene, idiom.family, &position, &range) {
        return why(objection);
    }
    let name = scene.name(name);
    let mut lookup = idiom.lookup.replace("NAME", &name);
    if position.is_owned() {
        lookup.remove(0);
    }
    let mut edits = vec![(range, lookup)];
    match imports::wanted(scene, idiom.family) {
        Import::None => {}
        Import::Add(at, text) => edits.push((at..at, text)),
        Import::Impossible => return why("the import it needs has no place"),
    }
    Some(environment(scene, &name, edits))
}

/// What a language has against a look-up, wherever an expression can stand.
fn objection_of(
    scene: &Scene<'_>,
    family: Family,
    position: &Position,
    range: &Range<usize>,
) -> Option<&'static str> {
    let path = scene.finding.path.to_text();
    let is_declaration = match family {
        Family::JavaScript => path.ends_with(".d.ts"),
        Family::Python => path.ends_with(".pyi"),
        _ => false,
    };
    if is_declaration {
        return Some("a file of declarations runs nothing");
    }
    // There the same quotes end the text around.
    let is_nested = || {
        let mut near = scene.lexed().tokens_before(range.start).take(NEAR);
        near.any(|t| t.extent.start < range.start && range.end < t.extent.end)
    };
    match family {
        Family::Python | Family::CSharp if is_nested() => Some("it is part of a longer text here"),
        Family::JavaScript if position::is_for_browsers(scene) => {
            Some("a browser has none, so keep the key on a server")
        }
        Family::Java => position
            .name()
            .filter(|name| position::is_used_as_constant(scene, name))
            .map(|_| "only a constant can stand here"),
        Family::Go => position
            .go_type()
            .filter(|of| of != "string")
            .map(|_| "it is given to a type of its own"),
        _ => None,
    }
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

/// So many literals back is looked for one that code cuts into pieces.
const NEAR: usize = 64;

/// How far back a look-up's arguments may begin.
const ARGUMENTS: usize = 400;

/// `getenv("NAME", "key")`, `process.env.NAME || "key"`: the variable is there, only the default goes.
fn default_of_lookup(scene: &Scene<'_>, range: &Range<usize>, family: Family) -> Option<Plan> {
    // What is no text, or cut in a character, is none of a look-up's.
    let limit = range.start.saturating_sub(ARGUMENTS);
    let valid = scene.bytes()[limit..range.start]
        .utf8_chunks()
        .last()?
        .valid();
    let (before, from) = (valid, range.start - valid.len());
    let end = (range.end + ARGUMENTS).min(scene.bytes().len());
    let after = String::from_utf8_lossy(&scene.bytes()[range.end..end]);
    let after = after.trim_start();
    let head = before.trim_end();
    // Named, where the language has that.
    let head = head.strip_suffix("default=").map_or(head, str::trim_end);
    let (kept, name) = if let Some(head) = head.strip_suffix(',') {
        // They take no fewer arguments.
        const NEEDED: &[&str] = &[
            "env.getOrElse(",
            "getenv().getOrDefault(",
            "getenv.getOrDefault(",
        ];
        let line = last_line(head);
        if NEEDED.iter().any(|call| line.contains(call)) {
            return manual("take the default away: the variable must be set");
        }
        let calls: &[&str] = match family {
            Family::Python => &["getenv(", "environ.get(", "env(", "env.get("],
            Family::Ruby => &["ENV.fetch("],
            Family::Php => &["env(", "Env::get("],
            Family::Java | Family::Kotlin => &["System.getProperty("],
            _ => &[],
        };
        let quoted = head.trim_end();
        let open = quoted.strip_suffix(['"', '\''])?;
        let start = open.rfind(['"', '\''])? + 1;
        let call = open[..start - 1].trim_end();
        let is_last =
            after.starts_with(')') || after.trim_start_matches(',').trim_start().starts_with(')');
        (is_last && calls.iter().any(|of| call.ends_with(of))).then_some(())?;
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
        const OF: &[&str] = &[
            "env.",
            "env[",
            "ENV[",
            "ENV.fetch(",
            "environ[",
            "environ.get(",
            "getenv(",
            "env(",
            "GetEnvironmentVariable(",
        ];
        let of = shown[..start].trim_end_matches(['"', '\'']);
        let ends = after.is_empty() || after.starts_with([';', ',', ')', ']', '}']);
        let ends = ends || scene.after(range.end).trim().is_empty();
        (ends && OF.iter().any(|e| of.ends_with(e))).then_some(())?;
        (left.len(), &shown[start..])
    };
    let is_variable = name
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (is_variable && !name.is_empty()).then_some(())?;
    scene.name(name);
    let edit = (from + kept..range.end, String::new());
    Some(Plan::Edits(
        format!("take the default away: `{name}` must be set"),
        Applicability::Unsafe,
        vec![edit],
        example(scene, name).into_iter().collect(),
    ))
}

/// Files that shells read when they start: they give the environment its variables.
const START_FILES: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".kshrc",
];

/// `${NAME:?}`: a script that goes on without its key would fail later and stranger.
fn shell(scene: &Scene<'_>, name: &str, place: Place) -> Option<Plan> {
    let file = scene.finding.path.to_text();
    let file = file.rsplit('/').next().unwrap_or("");
    if START_FILES.contains(&file) {
        return manual("keep the key in a file that git does not have, and read that one here");
    }
    let (before, after) = (scene.before(scene.span.start), scene.after(scene.span.end));
    if let Some((at, name)) = default_of_expansion(before, after) {
        let line = scene.document.line_around(scene.span.start).start;
        scene.name(name);
        return Some(Plan::Edits(
            format!("take the default away: `{name}` must be set"),
            Applicability::Unsafe,
            vec![(line + at..scene.span.end, ":?".to_owned())],
            example(scene, name).into_iter().collect(),
        ));
    }
    // `KEY)` in a `case`, and `[KEY]=` in a list.
    let bare = before.trim_start().trim_end_matches(['"', '\'']);
    let behind = after.trim_start_matches(['"', '\'']);
    let is_pattern = (bare.is_empty() || bare.ends_with(['|', '('])) && behind.starts_with(')');
    if is_pattern || (bare.ends_with('[') && behind.starts_with(']')) {
        return manual("read the key from the environment");
    }
    let name = scene.name(name);
    let lookup = format!("${{{name}:?}}");
    let token = scene.lexed().token(scene.span.start);
    let edit = match (place, token) {
        (Place::Heredoc, _) => return manual("read the key from the environment"),
        (_, None) => {
            let is_word = before.ends_with(['=', ' ', '\t', ':', ',']) || before.is_empty();
            let whole = before.ends_with(['=', ' ', '\t', '(']);
            let ends = after.is_empty() || after.starts_with([' ', '\t', ';', ')', '&', '|']);
            match (is_word, whole && ends) {
                (_, true) => (scene.span.clone(), format!("\"{lookup}\"")),
                (true, false) => (scene.span.clone(), lookup),
                (false, false) => return manual("read the key from the environment"),
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
    Some(environment(scene, &name, vec![edit]))
}

/// `${NAME:-KEY}`: where what gives the default begins, and the variable.
fn default_of_expansion<'l>(before: &'l str, after: &str) -> Option<(usize, &'l str)> {
    let open = before.rfind("${")?;
    let rest = &before[open + 2..];
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = rest.find(|c| !is_name(c))?;
    let (name, sign) = rest.split_at(end);
    let gives_default = [":-", "-", ":=", "="].contains(&sign) && after.starts_with('}');
    (gives_default && !name.is_empty()).then_some((open + 2 + end, name))
}

/// Compose files and workflows have a syntax for it; other YAML has none.
fn yaml(scene: &Scene<'_>, name: &str) -> Option<Plan> {
    let path = scene.finding.path.to_text();
    let file = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let is_workflow =
        path.starts_with(".github/workflows/") || path.contains("/.github/workflows/");
    let is_compose = file.contains("compose");
    let (before, after) = (scene.before(scene.span.start), scene.after(scene.span.end));
    let own = before.trim_start().trim_start_matches("- ").trim_start();
    let is_key = after.trim_start_matches(['"', '\'']).starts_with(':');
    let is_fixed = ["default:", "if:", "uses:", "name:", "run-name:"];
    if is_workflow && is_fixed.iter().any(|key| own.starts_with(key)) || is_key {
        return manual("read the key from the environment: only a constant can stand here");
    }
    let name = if is_workflow || is_compose {
        scene.name(name)
    } else {
        name.to_owned()
    };
    let mut lookup = match (is_workflow, is_compose) {
        (true, _) => format!("${{{{ secrets.{name} }}}}"),
        (false, true) => format!("${{{name}}}"),
        (false, false) => {
            return manual("let the deployment put the key in: plain YAML reads no environment");
        }
    };
    let count = |brackets: [char; 2]| before.matches(brackets).count();
    let is_plain = scene.lexed().token(scene.span.start).is_none();
    // Between brackets a brace ends what has no quotes.
    if is_plain && count(['{', '[']) > count(['}', ']']) {
        let after = after.trim_start();
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
    Some(environment(scene, &name, vec![edit]))
}

/// A sensitive variable of the module, set by `TF_VAR_name`.
fn terraform(scene: &Scene<'_>, name: &str) -> Option<Plan> {
    const GIVE: &str = "give the key by `TF_VAR_...`, to a variable marked `sensitive`";
    let path = scene.finding.path.to_text();
    let token = scene.lexed().token(scene.span.start);
    let token = token.filter(|t| t.content == scene.span && scene.bytes()[t.span.start] == b'"');
    let (Some(token), true) = (token, path.ends_with(".tf")) else {
        return manual(GIVE);
    };
    if begins_word(scene.before(token.span.start), "default") {
        return manual("take the default away, and give the key by `TF_VAR_...`");
    }
    let position = Position::new(scene, &token.span, Family::Terraform);
    if let Some(objection) = position.objection(&[]) {
        return manual(&format!("{GIVE}: {objection}"));
    }
    let name = scene.name(name).to_ascii_lowercase();
    let edit = (token.span, format!("var.{name}"));
    Some(Plan::Edits(
        format!("read the key from `TF_VAR_{name}`"),
        Applicability::Unsafe,
        vec![edit],
        declaration(scene, &name).into_iter().collect(),
    ))
}

/// The declaration of a variable of a module, in the file that asks for it
/// first; `None` where one of its files has it.
fn declaration(scene: &Scene<'_>, name: &str) -> Option<Edit> {
    let folder = scene.finding.path.parent().to_vec();
    let mut declared = scene.others.declared.borrow_mut();
    if let Some(edit) = declared.get(&(folder.clone(), name.to_owned())) {
        return Some(edit.clone());
    }
    let head = format!("variable \"{name}\"");
    let holds = |text: &[u8]| memchr::memmem::find(text, head.as_bytes()).is_some();
    let is_there = scene
        .others
        .beside(&folder, b".tf")
        .iter()
        .any(|path| matches!(scene.others.get(path), Other::Text(text) if holds(&text)));
    if is_there || holds(scene.bytes()) {
        return None;
    }
    let bytes = scene.bytes();
    let ending = scene.line_ending();
    let gap = if bytes.ends_with(b"\n") { "" } else { ending };
    let block = format!(
        "{gap}{ending}{head} {{{ending}  type      = string{ending}  sensitive = true{ending}}}{ending}"
    );
    let edit = Edit {
        path: scene.finding.path.clone(),
        range: scene.document.stored(&(bytes.len()..bytes.len()))?,
        text: scene.document.form.encoding.encode(&block),
    };
    declared.insert((folder, name.to_owned()), edit.clone());
    Some(edit)
}

/// A line `NAME=` for the repository's template of its environment.
fn example(scene: &Scene<'_>, name: &str) -> Option<Edit> {
    let mut paths = EXAMPLES.iter().map(|name| RepoPath::from(*name));
    let is_there = |path: &RepoPath| !matches!(scene.others.get(path), Other::Absent);
    let path = paths.find(is_there).unwrap_or(EXAMPLES[0].into());
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
