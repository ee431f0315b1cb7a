//! The part a token plays where it stands: a value, or the name of something
//! in code, markup, a style sheet, a database. Looks at its line only, as the
//! kind of file is not known.

use std::ops::Range;

use super::around::line_before;
use crate::rule::Scene;
use crate::rule::guard::is_token_byte;
use crate::syntax::{Kind, Place};

/// How far to the right of the token its line is read.
const REACH: usize = 128;

/// Words that declare, open or drop what stands behind them.
const DECLARES: &[&str] = &[
    "let",
    "mut",
    "const",
    "var",
    "val",
    "def",
    "fn",
    "func",
    "fun",
    "function",
    "class",
    "struct",
    "enum",
    "interface",
    "trait",
    "impl",
    "typedef",
    "typename",
    "goto",
    "extern",
    "mod",
    "module",
    "package",
    "namespace",
    "del",
    "global",
    "nonlocal",
    "lambda",
    "typeof",
    "sizeof",
    "undef",
    "alias",
    "local",
    "unset",
    "defer",
    "instanceof",
    "extends",
    "implements",
    "#define",
    "#ifdef",
    "#ifndef",
    "#undef",
    "#if",
    "#elif",
    "#import",
    "@mixin",
    "@include",
    "@extend",
    "@keyframes",
    "@counter-style",
    ".PHONY:",
    "commit",
    "session",
    "constraint",
    "index",
    "column",
    "table",
    "branch",
    "cookie",
    "revision",
    "checkout",
    "cd",
    "pushd",
    "mkdir",
    "rmdir",
    "rm",
    "pod",
    "touch",
];

/// Words of code that are words of prose as well: what follows must be code.
const MAY_DECLARE: &[&str] = &[
    "type",
    "use",
    "using",
    "new",
    "return",
    "case",
    "delete",
    "for",
    "in",
    "of",
    "as",
    "if",
    "while",
    "not",
    "and",
    "or",
    "elif",
    "unless",
    "until",
    "when",
    "await",
    "yield",
    "throw",
    "raise",
    "go",
    "import",
    "from",
    "include",
    "require",
    "export",
    "is",
    "static",
    "final",
    "public",
    "private",
    "protected",
    "internal",
    "readonly",
    "int",
    "char",
    "void",
    "string",
    "String",
    "bool",
    "boolean",
    "float",
    "double",
    "long",
    "short",
    "byte",
    "unsigned",
    "auto",
    "any",
    "dynamic",
    "object",
    "message",
    "query",
    "mutation",
    "fragment",
    "input",
    "union",
    "scalar",
    "service",
    "rpc",
    "my",
    "our",
    "sub",
    "source",
    "else",
    "switch",
    "match",
];

/// Words before the bracket of a condition.
const CONDITIONS: &[&str] = &[
    "if", "while", "for", "foreach", "switch", "return", "catch", "match", "until", "elseif",
    "elsif", "when", "unless",
];

/// What SQL puts before the name of a thing, in capitals.
const SQL: &[&str] = &[
    "CONSTRAINT",
    "INDEX",
    "TABLE",
    "VIEW",
    "TRIGGER",
    "SEQUENCE",
    "INTO",
    "FROM",
    "JOIN",
    "UPDATE",
    "EXISTS",
    "COLUMN",
    "REFERENCES",
    "FUNCTION",
    "PROCEDURE",
    "SCHEMA",
    "DATABASE",
    "TYPE",
    "CONCURRENTLY",
    "SELECT",
    "BY",
];

/// Words before `KEY` that make it one of a table.
const TABLE_KEYS: &[&str] = &[
    "foreign",
    "primary",
    "unique",
    "alternate",
    "fulltext",
    "spatial",
];

/// Functions whose (first) argument is the name of something.
const TAKES_NAME: &[&str] = &[
    "getlogger",
    "broadcastchannel",
    "qualifier",
    "getproperty",
    "putextra",
    "getstringextra",
    "getintextra",
    "hasextra",
    "getitem",
    "setitem",
    "removeitem",
    "hasitem",
    "getelementbyid",
    "getelementsbyclassname",
    "getelementsbyname",
    "queryselector",
    "queryselectorall",
    "closest",
    "addeventlistener",
    "removeeventlistener",
    "dispatchevent",
    "emit",
    "on",
    "once",
    "off",
    "trans",
    "gettext",
    "classlist.add",
    "classlist.remove",
    "classlist.toggle",
    "classlist.contains",
    "addclass",
    "removeclass",
    "toggleclass",
    "hasclass",
    "getattr",
    "setattr",
    "hasattr",
    "delattr",
    "cookies.get",
    "cookies.set",
    "cookies.remove",
    "cookies.has",
    "cookies.delete",
    "cookie.get",
    "cookie.set",
    "cookies.getitem",
    "getcookie",
    "setcookie",
    "session.get",
    "session.set",
    "session.put",
    "session.forget",
    "cache.get",
    "cache.set",
    "cache.put",
    "cache.delete",
    "redis.get",
    "redis.set",
    "redis.del",
    "hasname",
    "hasdatabasename",
    "hasconstraintname",
    "hasindexname",
    "primarykey",
    "foreignkey",
    "uniqueconstraint",
    "adduniqueconstraint",
    "dropuniqueconstraint",
    "dropconstraint",
    "dropforeignkey",
    "dropindex",
    "createindex",
    "addindex",
    "addforeignkey",
    "addprimarykey",
    "dropprimarykey",
    "renameindex",
    "index",
    "checkconstraint",
    "primarykeyconstraint",
    "foreignkeyconstraint",
    "createuniqueconstraint",
    "createforeignkey",
    "createprimarykey",
    "createcheckconstraint",
    "getoption",
    "updateoption",
    "addoption",
    "deleteoption",
    "addaction",
    "addfilter",
    "doaction",
    "applyfilters",
    "wpenqueuescript",
    "wpenqueuestyle",
    "wpregisterscript",
    "require",
    "import",
    "include",
    "requireonce",
    "includeonce",
    "open",
    "describe",
    "it",
    "test",
    "getstring",
    "getint",
    "getboolean",
    "putstring",
    "putint",
    "putboolean",
    "userdefaults",
    "symbol",
    "makesymbol",
    "esc_html__",
    "eschtml",
];

/// Attributes of a tag whose value names or points to something.
const NAMES_BY_ATTRIBUTE: &[&str] = &[
    "id",
    "class",
    "classname",
    "for",
    "htmlfor",
    "ref",
    "idref",
    "href",
    "xlink:href",
    "src",
    "style",
    "fill",
    "stroke",
    "mask",
    "filter",
    "clip-path",
    "slot",
    "is",
    "part",
    "target",
    "headers",
    "form",
    "list",
    "usemap",
    "android:id",
    "testid",
    "data-testid",
    "data-id",
    "constraintname",
    "indexname",
    "tablename",
    "columnname",
    "foreignkeyname",
    "primarykeyname",
    "basetablename",
    "sequencename",
    "viewname",
    "triggername",
    "author",
];

/// Words of a line that lays out a database.
const SCHEMA_WORDS: &[&str] = &[
    "index",
    "indexes",
    "constraint",
    "constraints",
    "foreign",
    "unique",
    "primary",
    "fk",
    "trigger",
    "sequence",
    "addindex",
    "createindex",
    "table",
    "column",
];

/// What LaTeX's commands of names take.
const LATEX_NAMES: &[&str] = &[
    "ref",
    "label",
    "cite",
    "citep",
    "citet",
    "input",
    "include",
    "begin",
    "end",
    "eqref",
    "pageref",
    "autoref",
    "cref",
    "includegraphics",
    "bibitem",
    "gls",
    "usepackage",
];

/// Languages in which a word outside of literals and comments is a name.
const WITHOUT_BARE_VALUES: &[&str] = &[
    "C",
    "C++",
    "Objective-C",
    "C#",
    "Java",
    "Kotlin",
    "Scala",
    "Groovy",
    "Swift",
    "Dart",
    "Go",
    "Rust",
    "Zig",
    "JavaScript",
    "TSX",
    "TypeScript",
    "CoffeeScript",
    "Python",
    "Haskell",
    "F#",
    "Elixir",
    "Julia",
    "Nim",
    "D",
    "Pascal",
    "Solidity",
    "Visual Basic",
    "Lua",
];

/// The token's line: what stands before and after it, without the quotes around it.
struct Line<'t> {
    before: &'t [u8],
    after: &'t [u8],
    quoted: bool,
}

impl<'t> Line<'t> {
    fn around(text: &'t [u8], token: &Range<usize>) -> Line<'t> {
        let mut before = line_before(text, token);
        let after = &text[token.end..text.len().min(token.end + REACH)];
        let end = memchr::memchr2(b'\n', b'\r', after).unwrap_or(after.len());
        let mut after = &after[..end];
        let mut quoted = false;
        if let (Some(&open), Some(close)) = (before.last(), end_quote(after))
            && matches!(open, b'"' | b'\'' | b'`')
            && after[close] == open
        {
            quoted = true;
            before = trim_backslashes(&before[..before.len() - 1]);
            after = &after[close + 1..];
        }
        Line {
            before,
            after,
            quoted,
        }
    }
}

/// Where the quote stands that `text` begins with, behind backslashes.
fn end_quote(text: &[u8]) -> Option<usize> {
    let slashes = text.iter().take_while(|&&b| b == b'\\').count();
    matches!(text.get(slashes)?, b'"' | b'\'' | b'`').then_some(slashes)
}

fn trim_backslashes(text: &[u8]) -> &[u8] {
    let slashes = text.iter().rev().take_while(|&&b| b == b'\\').count();
    &text[..text.len() - slashes]
}

/// Whether the token names something. `is_credential` tells of an identifier
/// whether it speaks of a credential.
pub(super) fn is_name(
    text: &[u8],
    token: &Range<usize>,
    is_credential: &dyn Fn(&[u8]) -> bool,
) -> bool {
    let line = Line::around(text, token);
    is_in_sql(&line)
        || is_in_naming_attribute(&line)
        || is_schema_name(&line)
        || is_section(&line)
        || if line.quoted {
            is_subscript(&line)
                || is_item_of_a_view(&line)
                || is_named_argument(&line)
                || is_package(&line)
                || is_block_label(&line)
                || is_case(&line)
                || is_compared_name(&line, is_credential)
        } else {
            is_marked(&line)
                || is_declared(&line)
                || is_assigned_to(&line)
                || is_in_braces(&line)
                || is_argument(&line, is_credential)
                || is_in_asset(&line)
                || is_target(&line)
                || is_granted(&line)
        }
}

/// Whether the language of the document makes the token a word of code, or a
/// tag. Asked once the token looks like a key, as it lexes the document; not
/// in a window, whose beginning the lexer cannot know.
pub(super) fn is_identifier(scene: &Scene<'_>, token: &Range<usize>) -> bool {
    let text = scene.bytes();
    let before = line_before(text, token);
    let language = scene.language();
    let may_be = match language.kind() {
        Kind::Code => is_listed(WITHOUT_BARE_VALUES, language.name().as_bytes()),
        Kind::Style => true,
        Kind::Markup | Kind::Template => before.ends_with(b"<"),
        Kind::Config | Kind::Data | Kind::Prose | Kind::Lock | Kind::Text => false,
    };
    // Where the lexer should have lost its way, the line's own quotes stand in.
    let odd = |quote: u8| before.iter().filter(|b| **b == quote).count() % 2 == 1;
    may_be
        && scene.document.window.is_none()
        && !before.ends_with(b">")
        && !odd(b'"')
        && !odd(b'\'')
        && !odd(b'`')
        && scene.place(token.start) == Place::Code
}

/// The identifier that `text` ends with, and what stands before it.
fn last_word(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text
        .iter()
        .rev()
        .take_while(|&&b| is_token_byte(b) || matches!(b, b'#' | b'@' | b'$'))
        .count();
    text.split_at(text.len() - length)
}

fn is_listed(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|listed| listed.as_bytes() == word)
}

/// `CONSTRAINT x`, `FOREIGN KEY x`, `INSERT INTO "x"`, `DROP INDEX [x]`.
fn is_in_sql(line: &Line<'_>) -> bool {
    let before = line.before.strip_suffix(b"[").unwrap_or(line.before);
    let Some(before) = stripped_of_blanks(before) else {
        return false;
    };
    let (rest, word) = last_word(before);
    let (_, previous) = last_word(rest.trim_ascii_end());
    let previous = previous.to_ascii_lowercase();
    if word.eq_ignore_ascii_case(b"key") {
        let is_column_list = || {
            let after = line.after.trim_ascii_start();
            word == b"KEY" && after.starts_with(b"(")
        };
        return is_listed(TABLE_KEYS, &previous) || is_column_list();
    }
    if is_listed(SQL, word) {
        // `SELECT x`, `BY x` stand before values as well.
        return !line.quoted || !matches!(word, b"SELECT" | b"BY");
    }
    let upper = word.to_ascii_uppercase();
    is_listed(SQL, &upper)
        && is_listed(
            &[
                "create", "drop", "alter", "unique", "rename", "add", "truncate", "insert", "if",
                "not",
            ],
            &previous,
        )
}

/// `text` without the blanks it ends in, if it ends in any.
fn stripped_of_blanks(text: &[u8]) -> Option<&[u8]> {
    let trimmed = text.trim_ascii_end();
    (trimmed.len() < text.len()).then_some(trimmed)
}

/// `<a id="x">`, `<p class="a x b">`, `<g fill="url(#x)">`, `<Node @click="x">`.
fn is_in_naming_attribute(line: &Line<'_>) -> bool {
    let before = line.before;
    // The value began behind `=`, and a quote that is still open.
    let Some(equals) = memchr::memrchr(b'=', before) else {
        return false;
    };
    let value = &before[equals + 1..];
    if value.contains(&b'>') || value.len() > 200 {
        return false;
    }
    let is_open = match value.first() {
        None => line.quoted,
        Some(&quote @ (b'"' | b'\'')) => !value[1..].contains(&quote),
        Some(_) => false,
    };
    if !is_open {
        return false;
    }
    let name_start = before[..equals]
        .iter()
        .rposition(|&b| b.is_ascii_whitespace() || matches!(b, b'<' | b'"' | b'\'' | b'{' | b','))
        .map_or(0, |at| at + 1);
    let name = before[name_start..equals].to_ascii_lowercase();
    if name.is_empty() {
        return false;
    }
    // Vue's and Angular's, whose value is code.
    let is_bound = matches!(name[0], b'@' | b':' | b'(' | b'[')
        || name.starts_with(b"v-")
        || name.starts_with(b"ng-")
        || name.starts_with(b"*ng");
    let in_tag = memchr::memrchr(b'<', &before[..name_start])
        .is_some_and(|at| before.get(at + 1).is_some_and(u8::is_ascii_alphabetic));
    is_bound && (in_tag || !matches!(name[0], b'(' | b'['))
        || name.starts_with(b"aria-")
        || (is_listed(NAMES_BY_ATTRIBUTE, &name) || name == b"name")
            && (in_tag || (matches!(&name[..], b"class" | b"classname") && !value.is_empty()))
        || matches!(&name[..], b"fill" | b"clip-path" | b"xlink:href") && value.contains(&b'#')
}

/// `add_index :a, name: "x"`, `Index('x', ...)`, `@UniqueConstraint(name = "x")`.
fn is_schema_name(line: &Line<'_>) -> bool {
    let before = without(without(line.before.trim_ascii_end(), b":"), b"=").trim_ascii_end();
    let (rest, word) = last_word(without(without(before, b"\""), b"'"));
    line.quoted
        && before.len() < line.before.len()
        && matches!(word, b"name" | b"Name")
        && super::around::words(rest)
            .iter()
            .any(|word| is_listed(SCHEMA_WORDS, word))
}

/// `[x]` on a line of its own.
fn is_section(line: &Line<'_>) -> bool {
    !line.quoted && line.before.trim_ascii() == b"[" && line.after.trim_ascii_end() == b"]"
}

/// React's `<Item key="x"`: which of its siblings it is.
fn is_item_of_a_view(line: &Line<'_>) -> bool {
    let Some(tag) = line.before.trim_ascii_end().strip_suffix(b"key=") else {
        return false;
    };
    let (rest, name) = last_word(tag.trim_ascii_end());
    // `<add key="x" value="..."/>` names what it sets, `<Client key="x"/>` may hold it.
    tag.ends_with(b" ")
        && rest.ends_with(b"<")
        && (name.iter().all(u8::is_ascii_lowercase)
            || memchr::memmem::find(line.after, b"={").is_some())
}

/// `text` without `end`, if it ends in it.
fn without<'t>(text: &'t [u8], end: &[u8]) -> &'t [u8] {
    text.strip_suffix(end).unwrap_or(text)
}

/// `session["x"]`, `$_GET['x']`: looked up by it.
fn is_subscript(line: &Line<'_>) -> bool {
    let Some(before) = line.before.strip_suffix(b"[") else {
        return false;
    };
    let (rest, word) = last_word(before);
    let is_indexed = !word.is_empty() || rest.ends_with(b"]") || rest.ends_with(b")");
    is_indexed
        && line.after.starts_with(b"]")
        && !is_listed(&["return", "in", "of", "yield", "case"], word)
        // `keys=["x"]`, `-> ["x"]` are lists.
        && !word.ends_with(b"-")
}

/// `getElementById("x")`, `getattr(a, 'x')`.
fn is_named_argument(line: &Line<'_>) -> bool {
    let before = line.before;
    let Some(open) = memchr::memrchr(b'(', before) else {
        // Ruby's and others' calls need no brackets.
        let (rest, word) = last_word(before.trim_ascii_end());
        return matches!(
            word,
            b"require" | b"include" | b"require_relative" | b"from" | b"import"
        ) && (rest.trim_ascii().is_empty() || word == b"from" && rest.contains(&b'}'));
    };
    let arguments = &before[open + 1..];
    let callee_length = before[..open]
        .iter()
        .rev()
        .take_while(|&&b| is_token_byte(b) || matches!(b, b'.' | b'$'))
        .count();
    let written = &before[open - callee_length..open];
    let callee: Vec<u8> = written
        .iter()
        .filter(|&&b| !matches!(b, b'_' | b'$'))
        .map(u8::to_ascii_lowercase)
        .collect();
    // `__('x')`, `_("x")`, WordPress' `_e('x')`: texts by name.
    let is_text = callee.is_empty() && callee_length > 0;
    if is_text || matches!(written, b"_e" | b"_x" | b"_n") {
        return true;
    }
    let second = [
        &b"getattr"[..],
        b"setattr",
        b"hasattr",
        b"delattr",
        b"addaction",
        b"addfilter",
    ];
    let is_first = arguments.trim_ascii().is_empty();
    let is_second = arguments.iter().filter(|b| **b == b',').count() == 1
        && arguments.trim_ascii_end().ends_with(b",")
        && second.contains(&&callee[..]);
    let Some(dot) = memchr::memrchr(b'.', &callee) else {
        return (is_first && is_listed(TAKES_NAME, &callee)) || is_second;
    };
    let object = memchr::memrchr(b'.', &callee[..dot]).map_or(0, |at| at + 1);
    is_first
        && (is_listed(TAKES_NAME, &callee[dot + 1..]) || is_listed(TAKES_NAME, &callee[object..]))
}

/// `"x": "^1.0.0"`, `"x@^1.0.0"`.
fn is_package(line: &Line<'_>) -> bool {
    let Some(after) = line.after.trim_ascii_start().strip_prefix(b":") else {
        return false;
    };
    let version = after.trim_ascii_start();
    let Some(version) = version.strip_prefix(b"\"").or(version.strip_prefix(b"'")) else {
        return false;
    };
    let sign = version
        .iter()
        .take_while(|b| matches!(b, b'^' | b'~' | b'>' | b'=' | b'<' | b'v'))
        .count();
    let digits = version[sign..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    digits > 0 && version.get(sign + digits) == Some(&b'.') || version.starts_with(b"workspace:")
}

/// `resource "kind" "x" {`: Terraform's blocks.
fn is_block_label(line: &Line<'_>) -> bool {
    let before = line.before.trim_ascii_start();
    line.after.trim_ascii() == b"{"
        && before.first().is_some_and(u8::is_ascii_alphabetic)
        && before
            .iter()
            .all(|&b| is_token_byte(b) || matches!(b, b' ' | b'"' | b'\''))
}

/// `case "x":`: one of the values that a program tells apart by name.
fn is_case(line: &Line<'_>) -> bool {
    let (rest, word) = last_word(line.before.trim_ascii_end());
    let follows = line.after.trim_ascii_start();
    word == b"case"
        && rest.trim_ascii().is_empty()
        && [&b":"[..], b"=>", b"->"]
            .iter()
            .any(|sign| follows.starts_with(sign))
}

/// `id === "x"`, `item.slug != "x"`: compared with what is known by name.
fn is_compared_name(line: &Line<'_>, is_credential: &dyn Fn(&[u8]) -> bool) -> bool {
    let before = line.before.trim_ascii_end();
    let sign = before
        .iter()
        .rev()
        .take_while(|b| matches!(b, b'=' | b'!'))
        .count();
    let (_, word) = last_word(before[..before.len() - sign].trim_ascii_end());
    let words = super::around::words(word);
    const NAMED: &[&str] = &[
        "id", "slug", "name", "type", "kind", "class", "tag", "skin", "item",
    ];
    sign > 1 && words.last().is_some_and(|last| is_listed(NAMED, last)) && !is_credential(word)
}

/// `https://cdn.example.com/x/main.css`: a folder of what a page loads.
fn is_in_asset(line: &Line<'_>) -> bool {
    const LOADED: &[&str] = &[
        "css", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf",
        "mp4", "mp3", "pdf",
    ];
    let address = line
        .before
        .rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'(' | b'<'))
        .next()
        .unwrap_or_default();
    let rest = line
        .after
        .iter()
        .position(|b| {
            b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b')' | b'>' | b'?' | b'#')
        })
        .map_or(line.after, |end| &line.after[..end]);
    let ending = memchr::memrchr(b'.', rest).map_or(&b""[..], |dot| &rest[dot + 1..]);
    address.ends_with(b"/")
        && memchr::memmem::find(address, b"://").is_some()
        && rest.starts_with(b"/")
        && is_listed(LOADED, ending)
}

/// `x: y.o`, `x: y.c | dir`: what a makefile makes, and what from.
fn is_target(line: &Line<'_>) -> bool {
    const MADE: &[&str] = &["o", "obj", "a", "so", "c", "cc", "cpp", "h", "s", "S", "d"];
    let Some(sources) = line.after.strip_prefix(b":") else {
        return false;
    };
    let first = sources
        .trim_ascii_start()
        .split(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default();
    let ending = memchr::memrchr(b'.', first).map_or(&b""[..], |dot| &first[dot + 1..]);
    line.before.is_empty() && is_listed(MADE, ending)
}

/// `GRANT SELECT ON x TO role`.
fn is_granted(line: &Line<'_>) -> bool {
    let (rest, word) = last_word(line.before.trim_ascii_end());
    let statement = rest.trim_ascii_start();
    let (verb, to) = match statement.first() {
        Some(b'G' | b'g') => (&b"GRANT "[..], &b" TO "[..]),
        _ => (&b"REVOKE "[..], &b" FROM "[..]),
    };
    let begins = |text: &[u8], with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    word.eq_ignore_ascii_case(b"on") && begins(statement, verb) && begins(line.after, to)
}

/// What stands right before or behind the token marks a name: `*x`, `&x`,
/// `!x`, `:x`, `%x`, `#x {`, `$(x)`, `x/`, `x?.`, `x++`.
fn is_marked(line: &Line<'_>) -> bool {
    let (before, after) = (line.before, line.after);
    let closes = |mark: u8| after.first() == Some(&mark);
    let Some((&last, rest)) = before.split_last() else {
        return is_marked_behind(before, after);
    };
    let opens_word = |rest: &[u8]| {
        rest.last().is_none_or(|b| {
            b.is_ascii_whitespace() || matches!(b, b'(' | b'[' | b'{' | b',' | b'=')
        })
    };
    let user = rest.trim_ascii_end();
    let is_user = user.ends_with(b"-u") || user.ends_with(b"--user") || user.ends_with(b"-a");
    let marked = match last {
        b'*' => !closes(b'*') && !rest.ends_with(b"/") && !rest.ends_with(b"/*"),
        b'&' => true,
        b'!' => opens_word(rest) || rest.ends_with(b"!"),
        b'%' => opens_word(rest),
        b':' => opens_word(rest) && !is_user,
        b'.' => !rest.ends_with(b"."),
        b'#' => rest.ends_with(b"(") || (opens_word(rest) && is_selector(after)),
        b'(' => rest.ends_with(b"$") && closes(b')'),
        b'{' => {
            let (rest, command) = last_word(rest);
            if rest.ends_with(b"\\") {
                is_listed(LATEX_NAMES, command)
            } else {
                closes(b'}')
            }
        }
        b'<' => after.starts_with(b"/>") || after.starts_with(b" />") || is_opened_tag(after),
        _ => false,
    };
    marked || is_marked_behind(before, after)
}

fn is_marked_behind(before: &[u8], after: &[u8]) -> bool {
    let is_url = memchr::memmem::find(before, b"://").is_some();
    let is_substitution = before.contains(&b'/');
    match after {
        // A folder, unless of a URL.
        [b'/', next, ..] => !is_url && !is_substitution && next.is_ascii_alphanumeric(),
        [b'/'] => !is_url && !is_substitution,
        [b'?', b'.', ..] | [b'+', b'+', ..] | [b'!', b'(', ..] => true,
        _ => false,
    }
}

/// ` name=`: the tag has attributes.
fn is_opened_tag(after: &[u8]) -> bool {
    let Some(rest) = after.strip_prefix(b" ") else {
        return false;
    };
    let name = rest
        .iter()
        .take_while(|b| is_token_byte(**b) || **b == b':')
        .count();
    name > 0 && rest.get(name) == Some(&b'=')
}

/// Whether a selector goes on, or its block begins.
fn is_selector(after: &[u8]) -> bool {
    let gap = after.trim_ascii_start();
    match (after.first(), gap.first()) {
        (_, Some(b'{')) => true,
        (Some(b',' | b':' | b'>' | b'['), _) => true,
        (Some(b'.'), Some(_)) => gap.get(1).is_some_and(u8::is_ascii_alphabetic),
        (Some(b' '), Some(b'>' | b'~' | b'.' | b'#' | b'+')) => true,
        _ => false,
    }
}

/// A keyword stands before it, and where prose has that word too, code follows.
fn is_declared(line: &Line<'_>) -> bool {
    let (before, after) = (line.before, line.after);
    // `if (x)`, `while (x`.
    if let Some(before) = before.strip_suffix(b"(") {
        let (_, word) = last_word(before.trim_ascii_end());
        return is_listed(CONDITIONS, word);
    }
    let Some(mut before) = stripped_of_blanks(without(before, b"*")) else {
        return false;
    };
    let (mut rest, mut word) = last_word(before);
    // `mkdir -p x`, `rm -rf x`.
    while word.starts_with(b"-") && word.len() <= 4 {
        before = rest.trim_ascii_end();
        (rest, word) = last_word(before);
    }
    // `.PHONY:` and `if x` at the beginning, `"let x"`.
    let phony = before.ends_with(b".PHONY:");
    if phony || is_listed(DECLARES, word) {
        return is_line_end_or_code(after)
            || !matches!(word, b"session" | b"class" | b"local")
            || after.starts_with(b" ");
    }
    if matches!(word, b"install" | b"uninstall" | b"add" | b"pull") {
        let (_, tool) = last_word(rest.trim_ascii_end());
        return is_listed(
            &[
                "npm", "pip", "pip3", "yarn", "pnpm", "gem", "cargo", "brew", "apt", "apt-get",
                "go", "docker", "composer", "bun",
            ],
            tool,
        );
    }
    if !is_listed(MAY_DECLARE, word) {
        return false;
    }
    let is_whole_line = rest.trim_ascii().is_empty();
    let follows = after.trim_ascii_start();
    let is_word = |word: &[u8]| {
        follows.starts_with(word) && follows.get(word.len()).is_none_or(|b| !is_token_byte(*b))
    };
    match follows.first() {
        None => is_whole_line || matches!(word, b"as" | b"import" | b"mut"),
        Some(b';' | b'{' | b'(' | b'[') => true,
        Some(b'=') => !follows.starts_with(b"=\""),
        Some(b':') => {
            follows.len() == 1 || follows.starts_with(b": ") || follows.starts_with(b"::")
        }
        Some(b'!') => follows.starts_with(b"!="),
        Some(b'<' | b'>') => after.starts_with(b" "),
        Some(b'+' | b'-' | b'?') => follows.len() > 1 && is_whole_line,
        Some(_) => {
            is_whole_line
                && (is_word(b"struct")
                    || is_word(b"interface")
                    || is_word(b"in")
                    || is_word(b"of")
                    || is_word(b"as")
                    || is_word(b"from")
                    || is_word(b"extends")
                    || is_word(b"implements")
                    || is_word(b"is"))
        }
    }
}

fn is_line_end_or_code(after: &[u8]) -> bool {
    after
        .trim_ascii_start()
        .first()
        .is_none_or(|b| matches!(b, b';' | b'{' | b'(' | b'=' | b':' | b','))
}

/// `x = 1`, `x := 1`, `x == y`, `x: int`, `{ x: 1`, `, x: 1`.
fn is_assigned_to(line: &Line<'_>) -> bool {
    let follows = line.after.trim_ascii_start();
    let gap = follows.len() < line.after.len();
    let before = line.before.trim_ascii();
    let begins = before.is_empty();
    if gap
        && [
            &b"= "[..],
            b":= ",
            b"== ",
            b"=== ",
            b"!= ",
            b"!== ",
            b"+= ",
            b"-= ",
            b"||= ",
            b"?= ",
            b"=> ",
            b"instanceof ",
        ]
        .iter()
        .any(|sign| follows.starts_with(sign))
    {
        return true;
    }
    // `x, err := f()`
    if begins && follows.starts_with(b", ") && memchr::memmem::find(follows, b" := ").is_some() {
        return true;
    }
    let Some(value) = follows.strip_prefix(b":").filter(|_| !gap) else {
        return false;
    };
    if before.ends_with(b"{") || before.ends_with(b",") {
        return value.first().is_none_or(u8::is_ascii_whitespace);
    }
    begins
        && match value.trim_ascii_start() {
            // A label, or a mapping over lines.
            b"" => true,
            rest if value.starts_with(b" ") => {
                let word = rest
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric())
                    .count();
                matches!(
                    rest[0],
                    b'0'..=b'9' | b'{' | b'[' | b'&' | b'*' | b'"' | b'\''
                ) || is_listed(
                    &[
                        "int", "str", "string", "String", "bool", "boolean", "float", "number",
                        "true", "false", "null", "any", "u8", "i32", "u32", "i64", "u64", "Int",
                        "Float", "Boolean", "ID",
                    ],
                    &rest[..word],
                )
            }
            _ => false,
        }
}

/// `{ x }`, `{x, y}`: taken apart, exported, listed.
fn is_in_braces(line: &Line<'_>) -> bool {
    let before = line.before.trim_ascii_end();
    let follows = line.after.trim_ascii_start();
    before.ends_with(b"{")
        && !before.ends_with(b"\\{")
        && (before.len() < line.before.len() || !trim_command(before))
        && matches!(follows.first(), Some(b',' | b'}'))
}

/// Whether `\word{` ends `before`: the argument of a LaTeX command.
fn trim_command(before: &[u8]) -> bool {
    let (rest, _) = last_word(&before[..before.len() - 1]);
    rest.ends_with(b"\\")
}

/// `f(x)`, `f(a, x)`, where no quote opens: an argument that is a variable.
fn is_argument(line: &Line<'_>, is_credential: &dyn Fn(&[u8]) -> bool) -> bool {
    let before = line.before;
    if before.iter().any(|b| matches!(b, b'"' | b'\'' | b'`')) {
        return false;
    }
    let Some(open) = memchr::memrchr(b'(', before) else {
        return false;
    };
    let arguments = &before[open + 1..];
    let is_argument = arguments.is_empty()
        || arguments.trim_ascii_end().ends_with(b",") && !arguments.contains(&b')');
    let (_, callee) = last_word(&before[..open]);
    is_argument
        && !callee.is_empty()
        && callee.is_ascii()
        && !is_listed(&["q", "qq", "qw", "qx", "url", "URL"], callee)
        && !is_credential(callee)
        && matches!(line.after.trim_ascii_start().first(), Some(b')' | b','))
}
