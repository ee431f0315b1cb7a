//! The table of languages: their files, their comments, their literals.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Kind::{self, Code, Config, Data, Lock, Markup, Prose, Style, Template};
use super::Place;
use super::markup::{self, Dialect};

/// A language: how its files are known, and how they are lexed.
pub(super) struct Spec {
    pub name: &'static str,
    pub kind: Kind,
    /// File names, in lower case; `*` at the end stands for anything.
    pub names: &'static [&'static str],
    /// What a name ends in after a dot, in lower case; may hold dots itself.
    pub extensions: &'static [&'static str],
    /// Programs of a `#!` line, without version digits.
    pub interpreters: &'static [&'static str],
    pub lexer: Lexer,
}

pub(super) enum Lexer {
    Plain,
    Table(&'static Syntax),
    Markup(&'static Dialect),
    Markdown,
    ReStructured,
    AsciiDoc,
    Yaml,
}

/// How a language writes comments and literals. Rows are tried in order.
pub(super) struct Syntax {
    pub comments: &'static [Comment],
    pub quotes: &'static [Quote],
    /// What rows cannot say.
    pub special: &'static [Special],
    /// Bytes that take the next byte's meaning away.
    pub skip: &'static [u8],
    pub docs: Docs,
    /// A backslash at its end carries a line comment on.
    pub continued_comments: bool,
}

impl Syntax {
    /// The comments that one can write on a line.
    pub(super) fn plain_comments(&self) -> Vec<(&'static str, &'static str)> {
        let plain = |c: &&Comment| !matches!(c.at, At::Column) && !c.close.contains('\n');
        let rows = self.comments.iter().filter(plain);
        let word = self.special.contains(&Special::Rem).then_some(("REM ", ""));
        rows.map(|c| (c.open, c.close)).chain(word).collect()
    }
}

pub(super) struct Comment {
    pub open: &'static str,
    /// Empty: the end of the line.
    pub close: &'static str,
    pub at: At,
    pub nested: bool,
    /// Bytes that must not follow.
    pub except: &'static [u8],
}

/// Where a comment may begin.
#[derive(Clone, Copy)]
pub(super) enum At {
    Anywhere,
    /// At the start of a shell word.
    Word,
    /// After a blank, or at the start of the line.
    Blank,
    /// Where only blanks stand before it on the line.
    Line,
    /// At the very start of the line.
    Column,
    /// Where no symbol makes it part of an operator.
    Operator,
}

pub(super) struct Quote {
    pub open: &'static str,
    pub close: &'static str,
    /// One of these must stand before it; empty: nothing need.
    pub prefixes: &'static [&'static str],
    pub escape: Escape,
    pub lines: bool,
    pub interpolation: Option<Interpolation>,
    pub place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    Backslash,
    /// The closing delimiter twice.
    Doubled,
    /// PowerShell: a backtick, or the delimiter twice.
    Backtick,
    /// A backslash where the dialect has it, or the delimiter twice.
    Sql,
    /// `'''`, `''$` and `''\`.
    Nix,
    /// Swift's raw strings: a backslash with the delimiter's `#`, which hides no quote.
    Hashed,
}

/// Code inside a literal.
#[derive(Clone, Copy)]
pub(super) struct Interpolation {
    pub open: &'static [u8],
    pub close: u8,
    /// The opener twice stands for itself.
    pub doubled: bool,
    /// Whether the code may go on after the line.
    pub lines: bool,
    /// How many bytes of the opener are code already.
    pub keep: u8,
}

impl Interpolation {
    /// The bracket that nests in it.
    pub(super) fn opener(&self) -> u8 {
        match self.close {
            b')' => b'(',
            b'`' => 0,
            _ => b'{',
        }
    }
}

/// Which literals are documentation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Docs {
    None,
    /// Those that are a statement of their own.
    Statement,
    /// Those after `@doc` and its kind.
    Attribute,
}

/// Constructs with code of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Special {
    /// `'a'`, where `'a` is something else.
    Char,
    /// `'a'`, where `1'000` is a number.
    CppChar,
    /// `'a'`, where `a'` is a transposed matrix.
    Transpose,
    RustRaw,
    CppRaw,
    SwiftRaw,
    CsString,
    CssUrl,
    LuaLong,
    JsRegex,
    Jsx,
    GroovyDollar,
    ShellHeredoc,
    HclHeredoc,
    PhpHeredoc,
    RubyHeredoc,
    RubyPercent,
    RubyRegex,
    RubyChar,
    RubyEnd,
    PerlHeredoc,
    PerlQuote,
    PerlRegex,
    PerlVariable,
    PerlEnd,
    ElixirSigil,
    RRaw,
    Rem,
    ZigLine,
    CMakeBracket,
    TextBlock,
}

impl Special {
    pub(super) fn triggers(self) -> &'static [u8] {
        match self {
            Special::Char | Special::CppChar | Special::Transpose => b"'",
            Special::RustRaw | Special::CppRaw | Special::SwiftRaw => b"\"",
            Special::CsString => b"\"{}",
            Special::CssUrl => b"(",
            Special::LuaLong => b"[-",
            Special::JsRegex => b"/()",
            Special::Jsx => b"<{}",
            Special::GroovyDollar => b"$",
            Special::ShellHeredoc
            | Special::HclHeredoc
            | Special::PhpHeredoc
            | Special::RubyHeredoc
            | Special::PerlHeredoc => b"<\n",
            Special::RubyPercent => b"%",
            Special::RubyRegex | Special::PerlRegex => b"/",
            Special::RubyChar => b"?",
            Special::RubyEnd | Special::PerlEnd => b"_",
            Special::PerlQuote => b"mqsty",
            Special::PerlVariable => b"$",
            Special::ElixirSigil => b"~",
            Special::RRaw => b"\"'",
            Special::Rem => b"rR:",
            Special::ZigLine => b"\\",
            Special::CMakeBracket => b"[#",
            Special::TextBlock => b"|",
        }
    }
}

const fn line(open: &'static str) -> Comment {
    Comment {
        open,
        close: "",
        at: At::Anywhere,
        nested: false,
        except: b"",
    }
}

const fn line_at(open: &'static str, at: At) -> Comment {
    Comment { at, ..line(open) }
}

const fn block(open: &'static str, close: &'static str) -> Comment {
    Comment {
        close,
        ..line(open)
    }
}

const fn nested(open: &'static str, close: &'static str) -> Comment {
    Comment {
        close,
        nested: true,
        ..line(open)
    }
}

/// A literal with backslash escapes that ends with its line at the latest.
const fn quote(delimiter: &'static str) -> Quote {
    Quote {
        open: delimiter,
        close: delimiter,
        prefixes: &[],
        escape: Escape::Backslash,
        lines: false,
        interpolation: None,
        place: Place::String,
    }
}

/// A literal with backslash escapes that may span lines.
const fn lines(delimiter: &'static str) -> Quote {
    Quote {
        lines: true,
        ..quote(delimiter)
    }
}

/// A literal without escapes.
const fn raw(delimiter: &'static str, lines: bool) -> Quote {
    Quote {
        escape: Escape::None,
        lines,
        ..quote(delimiter)
    }
}

/// A literal whose delimiter is escaped by doubling it.
const fn doubled(delimiter: &'static str, lines: bool) -> Quote {
    Quote {
        escape: Escape::Doubled,
        lines,
        ..quote(delimiter)
    }
}

const fn with(quote: Quote, interpolation: Interpolation) -> Quote {
    Quote {
        interpolation: Some(interpolation),
        ..quote
    }
}

const fn prefixed(quote: Quote, prefixes: &'static [&'static str]) -> Quote {
    Quote { prefixes, ..quote }
}

const fn placed(quote: Quote, place: Place) -> Quote {
    Quote { place, ..quote }
}

const fn inside(open: &'static [u8], close: u8) -> Interpolation {
    Interpolation {
        open,
        close,
        doubled: false,
        lines: true,
        keep: 0,
    }
}

const DOLLAR_BRACE: Interpolation = inside(b"${", b'}');
const HASH_BRACE: Interpolation = inside(b"#{", b'}');
const DOLLAR_PAREN: Interpolation = inside(b"$(", b')');
const BACKSLASH_PAREN: Interpolation = inside(b"\\(", b')');
/// Python's fields, which end with the line in a string that does.
const FIELD: Interpolation = Interpolation {
    doubled: true,
    lines: false,
    ..inside(b"{", b'}')
};
pub(super) const FIELD_LINES: Interpolation = Interpolation {
    doubled: true,
    ..inside(b"{", b'}')
};
const PHP_BRACE: Interpolation = Interpolation {
    keep: 1,
    ..inside(b"{$", b'}')
};

const NONE: Syntax = Syntax {
    comments: &[],
    quotes: &[],
    special: &[],
    skip: b"",
    docs: Docs::None,
    continued_comments: false,
};

const C_COMMENTS: &[Comment] = &[line("//"), block("/*", "*/")];
const C_NESTED: &[Comment] = &[line("//"), nested("/*", "*/")];
const HASH: &[Comment] = &[line("#")];
const HASH_BLANK: &[Comment] = &[line_at("#", At::Blank)];
const BOTH_QUOTES: &[Quote] = &[quote("\""), quote("'")];
const DOUBLE_QUOTE: &[Quote] = &[quote("\"")];

static C: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: DOUBLE_QUOTE,
    special: &[Special::CppRaw, Special::CppChar],
    continued_comments: true,
    ..NONE
};
/// Languages with C's comments and strings, and nothing besides.
static C_LIKE: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: BOTH_QUOTES,
    ..NONE
};
static JAVA: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: &[lines("\"\"\""), quote("\""), quote("'")],
    ..NONE
};
static CSHARP: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: BOTH_QUOTES,
    special: &[Special::CsString],
    ..NONE
};
static GO: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: &[quote("\""), quote("'"), raw("`", true)],
    ..NONE
};
static RUST: Syntax = Syntax {
    comments: C_NESTED,
    quotes: &[lines("\"")],
    special: &[Special::RustRaw, Special::Char],
    ..NONE
};
const JS_QUOTES: &[Quote] = &[
    quote("\""),
    quote("'"),
    placed(with(lines("`"), DOLLAR_BRACE), Place::Template),
];
pub(super) static JAVASCRIPT: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: JS_QUOTES,
    special: &[Special::JsRegex, Special::Jsx],
    ..NONE
};
pub(super) static TYPESCRIPT: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: JS_QUOTES,
    special: &[Special::JsRegex],
    ..NONE
};
static PYTHON: Syntax = Syntax {
    comments: HASH,
    quotes: &[
        prefixed(with(lines("\"\"\""), FIELD_LINES), PY_FORMAT),
        prefixed(with(lines("'''"), FIELD_LINES), PY_FORMAT),
        lines("\"\"\""),
        lines("'''"),
        prefixed(with(quote("\""), FIELD), PY_FORMAT),
        prefixed(with(quote("'"), FIELD), PY_FORMAT),
        quote("\""),
        quote("'"),
    ],
    docs: Docs::Statement,
    ..NONE
};
const PY_FORMAT: &[&str] = &["f", "fr", "rf", "t", "tr", "rt"];
static RUBY: Syntax = Syntax {
    comments: &[
        Comment {
            at: At::Column,
            ..block("=begin", "\n=end")
        },
        line("#"),
    ],
    quotes: &[
        with(lines("\""), HASH_BRACE),
        lines("'"),
        with(lines("`"), HASH_BRACE),
    ],
    special: &[
        Special::RubyChar,
        Special::RubyHeredoc,
        Special::RubyPercent,
        Special::RubyRegex,
        Special::RubyEnd,
        Special::PerlVariable,
    ],
    ..NONE
};
static PERL: Syntax = Syntax {
    comments: &[
        Comment {
            at: At::Column,
            except: b" \t=~>0123456789\"'$@(",
            ..block("=", "\n=cut")
        },
        line("#"),
    ],
    quotes: &[lines("\""), lines("'"), lines("`")],
    special: &[
        Special::PerlVariable,
        Special::PerlHeredoc,
        Special::PerlQuote,
        Special::PerlRegex,
        Special::PerlEnd,
    ],
    ..NONE
};
pub(super) static PHP: Syntax = Syntax {
    comments: &[
        line("//"),
        Comment {
            except: b"[",
            ..line("#")
        },
        block("/*", "*/"),
    ],
    quotes: &[with(lines("\""), PHP_BRACE), lines("'"), lines("`")],
    special: &[Special::PhpHeredoc],
    ..NONE
};
static SHELL: Syntax = Syntax {
    comments: &[line_at("#", At::Word)],
    quotes: &[
        lines_dollar(),
        raw("'", true),
        with(lines("\""), DOLLAR_PAREN),
    ],
    special: &[Special::ShellHeredoc],
    skip: b"\\",
    ..NONE
};
const fn lines_dollar() -> Quote {
    Quote {
        open: "$'",
        ..lines("'")
    }
}
static FISH: Syntax = Syntax {
    comments: &[line_at("#", At::Word)],
    quotes: &[lines("\""), lines("'")],
    skip: b"\\",
    ..NONE
};
static POWERSHELL: Syntax = Syntax {
    comments: &[block("<#", "#>"), line_at("#", At::Word)],
    quotes: &[
        Quote {
            open: "@\"",
            close: "\n\"@",
            escape: Escape::None,
            ..lines("\"")
        },
        Quote {
            open: "@'",
            close: "\n'@",
            escape: Escape::None,
            ..lines("'")
        },
        Quote {
            escape: Escape::Backtick,
            ..with(lines("\""), DOLLAR_PAREN)
        },
        doubled("'", true),
    ],
    skip: b"`",
    ..NONE
};
static BATCH: Syntax = Syntax {
    comments: &[],
    quotes: &[raw("\"", false)],
    special: &[Special::Rem],
    skip: b"^",
    ..NONE
};
static VB: Syntax = Syntax {
    comments: &[line("'")],
    quotes: &[doubled("\"", false)],
    special: &[Special::Rem],
    ..NONE
};
static SQL: Syntax = Syntax {
    comments: &[
        line("--"),
        block("/*", "*/"),
        Comment {
            at: At::Line,
            except: b"#>=-",
            ..line("# ")
        },
    ],
    quotes: &[
        Quote {
            escape: Escape::Sql,
            ..lines("'")
        },
        doubled("\"", true),
        raw("`", false),
    ],
    ..NONE
};
static LUA: Syntax = Syntax {
    comments: &[line("--"), line_at("#!", At::Column)],
    quotes: BOTH_QUOTES,
    special: &[Special::LuaLong],
    ..NONE
};
static HASKELL: Syntax = Syntax {
    comments: &[
        nested("{-", "-}"),
        Comment {
            at: At::Operator,
            except: b"!#$%&*+./<=>?@\\^|~:",
            ..line("--")
        },
    ],
    quotes: DOUBLE_QUOTE,
    special: &[Special::Char],
    ..NONE
};
static ELM: Syntax = Syntax {
    comments: &[nested("{-", "-}"), line("--")],
    quotes: &[lines("\"\"\""), quote("\"")],
    special: &[Special::Char],
    ..NONE
};
static ML: Syntax = Syntax {
    comments: &[Comment {
        except: b")",
        ..nested("(*", "*)")
    }],
    quotes: &[lines("\"")],
    special: &[Special::Char],
    ..NONE
};
static FSHARP: Syntax = Syntax {
    comments: &[
        line("//"),
        Comment {
            except: b")",
            ..nested("(*", "*)")
        },
    ],
    quotes: &[raw("\"\"\"", true), prefixed(lines("\""), &[])],
    special: &[Special::CsString, Special::Char],
    ..NONE
};
static LISP: Syntax = Syntax {
    comments: &[nested("#|", "|#"), line(";")],
    quotes: &[lines("\"")],
    skip: b"\\?",
    ..NONE
};
static SCHEME: Syntax = Syntax {
    comments: &[nested("#|", "|#"), line(";")],
    quotes: &[lines("\"")],
    skip: b"\\",
    ..NONE
};
static CLOJURE: Syntax = Syntax {
    comments: &[line(";"), line_at("#!", At::Column)],
    quotes: &[
        Quote {
            open: "#\"",
            place: Place::Regex,
            ..lines("\"")
        },
        lines("\""),
    ],
    skip: b"\\",
    ..NONE
};
static TOML: Syntax = Syntax {
    comments: HASH,
    quotes: &[
        lines("\"\"\""),
        raw("'''", true),
        quote("\""),
        raw("'", false),
    ],
    ..NONE
};
static INI: Syntax = Syntax {
    comments: &[line_at("#", At::Line), line_at(";", At::Line)],
    quotes: &[raw("\"", false)],
    ..NONE
};
static GITCONFIG: Syntax = Syntax {
    comments: &[line("#"), line(";")],
    quotes: DOUBLE_QUOTE,
    ..NONE
};
static PROPERTIES: Syntax = Syntax {
    comments: &[line_at("#", At::Line), line_at("!", At::Line)],
    ..NONE
};
static DOTENV: Syntax = Syntax {
    comments: HASH_BLANK,
    quotes: BOTH_QUOTES,
    ..NONE
};
/// Settings with `#` comments after a blank.
static HASH_CONFIG: Syntax = Syntax {
    comments: HASH_BLANK,
    quotes: BOTH_QUOTES,
    ..NONE
};
/// Lists of patterns: `#` only where a line begins.
static HASH_LINES: Syntax = Syntax {
    comments: &[line_at("#", At::Line)],
    ..NONE
};
static APACHE: Syntax = Syntax {
    comments: &[line_at("#", At::Line)],
    quotes: &[quote("\"")],
    ..NONE
};
static DOCKERFILE: Syntax = Syntax {
    comments: &[line_at("#", At::Line)],
    quotes: &[quote("\""), raw("'", false)],
    special: &[Special::ShellHeredoc],
    skip: b"\\",
    ..NONE
};
static MAKEFILE: Syntax = Syntax {
    comments: HASH,
    quotes: &[quote("\""), raw("'", false)],
    skip: b"\\",
    continued_comments: true,
    ..NONE
};
static CMAKE: Syntax = Syntax {
    comments: HASH,
    quotes: &[lines("\"")],
    special: &[Special::CMakeBracket],
    skip: b"\\",
    ..NONE
};
static HCL: Syntax = Syntax {
    comments: &[line("#"), line("//"), block("/*", "*/")],
    quotes: &[with(quote("\""), DOLLAR_BRACE)],
    special: &[Special::HclHeredoc],
    ..NONE
};
pub(super) static JSON: Syntax = Syntax {
    quotes: DOUBLE_QUOTE,
    ..NONE
};
static JSONC: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: BOTH_QUOTES,
    ..NONE
};
static JSONNET: Syntax = Syntax {
    comments: &[line("//"), line("#"), block("/*", "*/")],
    quotes: &[lines("\""), lines("'")],
    special: &[Special::TextBlock],
    ..NONE
};
pub(super) static CSS: Syntax = Syntax {
    comments: &[block("/*", "*/")],
    quotes: BOTH_QUOTES,
    special: &[Special::CssUrl],
    ..NONE
};
pub(super) static SCSS: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: BOTH_QUOTES,
    special: &[Special::CssUrl],
    ..NONE
};
static TEX: Syntax = Syntax {
    comments: &[line("%")],
    skip: b"\\",
    ..NONE
};
static ELIXIR: Syntax = Syntax {
    comments: HASH,
    quotes: &[
        with(lines("\"\"\""), HASH_BRACE),
        with(lines("'''"), HASH_BRACE),
        with(lines("\""), HASH_BRACE),
        with(lines("'"), HASH_BRACE),
    ],
    special: &[Special::ElixirSigil],
    skip: b"?",
    docs: Docs::Attribute,
    ..NONE
};
static ERLANG: Syntax = Syntax {
    comments: &[line("%")],
    quotes: &[raw("\"\"\"", true), lines("\""), lines("'")],
    skip: b"$",
    ..NONE
};
static KOTLIN: Syntax = Syntax {
    comments: C_NESTED,
    quotes: &[
        with(raw("\"\"\"", true), DOLLAR_BRACE),
        with(quote("\""), DOLLAR_BRACE),
        quote("'"),
    ],
    ..NONE
};
static SWIFT: Syntax = Syntax {
    comments: C_NESTED,
    quotes: &[
        with(lines("\"\"\""), BACKSLASH_PAREN),
        with(quote("\""), BACKSLASH_PAREN),
    ],
    special: &[Special::SwiftRaw],
    ..NONE
};
static SCALA: Syntax = Syntax {
    comments: C_NESTED,
    quotes: &[
        prefixed(with(raw("\"\"\"", true), DOLLAR_BRACE), SCALA_FORMAT),
        raw("\"\"\"", true),
        prefixed(with(quote("\""), DOLLAR_BRACE), SCALA_FORMAT),
        quote("\""),
    ],
    special: &[Special::Char],
    ..NONE
};
const SCALA_FORMAT: &[&str] = &[
    "s", "f", "q", "tq", "cq", "fr", "sql", "json", "uri", "url", "raw", "show",
];
static DART: Syntax = Syntax {
    comments: C_NESTED,
    quotes: &[
        prefixed(raw("\"\"\"", true), &["r"]),
        prefixed(raw("'''", true), &["r"]),
        prefixed(raw("\"", false), &["r"]),
        prefixed(raw("'", false), &["r"]),
        with(lines("\"\"\""), DOLLAR_BRACE),
        with(lines("'''"), DOLLAR_BRACE),
        with(quote("\""), DOLLAR_BRACE),
        with(quote("'"), DOLLAR_BRACE),
    ],
    ..NONE
};
static GROOVY: Syntax = Syntax {
    comments: &[line("//"), block("/*", "*/"), line_at("#!", At::Column)],
    quotes: &[
        with(lines("\"\"\""), DOLLAR_BRACE),
        lines("'''"),
        with(quote("\""), DOLLAR_BRACE),
        quote("'"),
    ],
    special: &[Special::JsRegex, Special::GroovyDollar],
    ..NONE
};
static COFFEE: Syntax = Syntax {
    comments: &[
        Comment {
            except: b"#",
            ..block("###", "###")
        },
        line("#"),
    ],
    quotes: &[
        with(lines("\"\"\""), HASH_BRACE),
        lines("'''"),
        with(lines("\""), HASH_BRACE),
        lines("'"),
        placed(lines("///"), Place::Regex),
    ],
    special: &[Special::JsRegex],
    ..NONE
};
static R: Syntax = Syntax {
    comments: HASH,
    quotes: &[lines("\""), lines("'"), raw("`", false)],
    special: &[Special::RRaw],
    ..NONE
};
static JULIA: Syntax = Syntax {
    comments: &[nested("#=", "=#"), line("#")],
    quotes: &[
        with(lines("\"\"\""), DOLLAR_PAREN),
        with(lines("\""), DOLLAR_PAREN),
        with(lines("`"), DOLLAR_PAREN),
    ],
    special: &[Special::Char],
    docs: Docs::Statement,
    ..NONE
};
static ZIG: Syntax = Syntax {
    comments: &[line("//")],
    quotes: BOTH_QUOTES,
    special: &[Special::ZigLine],
    ..NONE
};
static NIX: Syntax = Syntax {
    comments: &[line("#"), block("/*", "*/")],
    quotes: &[
        with(
            Quote {
                escape: Escape::Nix,
                ..lines("''")
            },
            DOLLAR_BRACE,
        ),
        with(lines("\""), DOLLAR_BRACE),
    ],
    ..NONE
};
static GRAPHQL: Syntax = Syntax {
    comments: HASH,
    quotes: &[placed(lines("\"\"\""), Place::DocString), quote("\"")],
    ..NONE
};
static NIM: Syntax = Syntax {
    comments: &[nested("#[", "]#"), line("#")],
    quotes: &[
        raw("\"\"\"", true),
        prefixed(doubled("\"", false), &["r"]),
        quote("\""),
    ],
    special: &[Special::Char],
    ..NONE
};
static D: Syntax = Syntax {
    comments: &[line("//"), block("/*", "*/"), nested("/+", "+/")],
    quotes: &[
        prefixed(raw("\"", true), &["r"]),
        lines("\""),
        quote("'"),
        raw("`", true),
    ],
    ..NONE
};
static PASCAL: Syntax = Syntax {
    comments: &[line("//"), block("{", "}"), block("(*", "*)")],
    quotes: &[doubled("'", false)],
    ..NONE
};
static FORTRAN: Syntax = Syntax {
    comments: &[line("!")],
    quotes: &[doubled("'", false), doubled("\"", false)],
    ..NONE
};
static ADA: Syntax = Syntax {
    comments: &[line("--")],
    quotes: &[doubled("\"", false)],
    special: &[Special::Char],
    ..NONE
};
static VHDL: Syntax = Syntax {
    comments: &[line("--"), block("/*", "*/")],
    quotes: &[doubled("\"", false)],
    special: &[Special::Char],
    ..NONE
};
static MATLAB: Syntax = Syntax {
    comments: &[
        Comment {
            at: At::Line,
            ..block("%{\n", "%}")
        },
        line("%"),
        line_at("#", At::Blank),
    ],
    quotes: &[doubled("\"", false)],
    special: &[Special::Transpose],
    ..NONE
};
static ASSEMBLY: Syntax = Syntax {
    comments: &[
        block("/*", "*/"),
        line("//"),
        line(";"),
        line_at("#", At::Line),
    ],
    quotes: DOUBLE_QUOTE,
    ..NONE
};
static TCL: Syntax = Syntax {
    comments: &[line_at("#", At::Line)],
    quotes: &[lines("\"")],
    skip: b"\\",
    ..NONE
};
static VIM: Syntax = Syntax {
    comments: &[line_at("\"", At::Line)],
    quotes: &[quote("\""), doubled("'", false)],
    ..NONE
};
static AWK: Syntax = Syntax {
    comments: HASH,
    quotes: DOUBLE_QUOTE,
    special: &[Special::JsRegex],
    ..NONE
};
static PROLOG: Syntax = Syntax {
    comments: &[line("%"), block("/*", "*/")],
    quotes: BOTH_QUOTES,
    ..NONE
};
static BICEP: Syntax = Syntax {
    comments: C_COMMENTS,
    quotes: &[raw("'''", true), with(quote("'"), DOLLAR_BRACE)],
    ..NONE
};
static HASH_CODE: Syntax = Syntax {
    comments: HASH,
    quotes: &[
        raw("'''", true),
        lines("\"\"\""),
        quote("\""),
        quote("'"),
        raw("`", true),
    ],
    ..NONE
};
static THRIFT: Syntax = Syntax {
    comments: &[line("//"), line("#"), block("/*", "*/")],
    quotes: BOTH_QUOTES,
    ..NONE
};
static PO: Syntax = Syntax {
    comments: &[line_at("#", At::Line)],
    quotes: DOUBLE_QUOTE,
    ..NONE
};
static CSV: Syntax = Syntax {
    quotes: &[doubled("\"", false)],
    ..NONE
};

impl Spec {
    /// What a file's bytes are where no token stands.
    pub(super) fn base(&self) -> Place {
        match self.kind {
            Prose => Place::Prose,
            Code | Config | Data | Markup | Style | Template | Lock | Kind::Text => Place::Code,
        }
    }

    const fn table(
        name: &'static str,
        kind: Kind,
        extensions: &'static [&'static str],
        syntax: &'static Syntax,
    ) -> Spec {
        Spec {
            name,
            kind,
            names: &[],
            extensions,
            interpreters: &[],
            lexer: Lexer::Table(syntax),
        }
    }

    const fn other(
        name: &'static str,
        kind: Kind,
        extensions: &'static [&'static str],
        lexer: Lexer,
    ) -> Spec {
        Spec {
            name,
            kind,
            names: &[],
            extensions,
            interpreters: &[],
            lexer,
        }
    }

    const fn named(self, names: &'static [&'static str]) -> Spec {
        Spec { names, ..self }
    }

    const fn run_by(self, interpreters: &'static [&'static str]) -> Spec {
        Spec {
            interpreters,
            ..self
        }
    }
}

const UNKNOWN: usize = 0;

/// All languages; the first is the unknown one. Where two claim a name, the
/// first one has it.
pub(super) static SPECS: &[Spec] = &[
    Spec::other("Text", Kind::Text, &[], Lexer::Plain),
    // Lock files first: their extensions are others' too.
    Spec::table("JSON lock file", Lock, &[], &JSON).named(&[
        "package-lock.json",
        "npm-shrinkwrap.json",
        "composer.lock",
        "pipfile.lock",
        "packages.lock.json",
        "flake.lock",
        "deno.lock",
        "package.resolved",
    ]),
    Spec::table("TOML lock file", Lock, &[], &TOML).named(&[
        "cargo.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "pixi.lock",
    ]),
    Spec::other("YAML lock file", Lock, &[], Lexer::Yaml).named(&[
        "pnpm-lock.yaml",
        "yarn.lock",
        "pubspec.lock",
        "podfile.lock",
    ]),
    Spec::table("lock file", Lock, &[], &HASH_LINES).named(&[
        "gemfile.lock",
        "go.sum",
        "mix.lock",
        "rebar.lock",
        "gradle.lockfile",
        "bun.lock",
    ]),
    Spec::table("dotenv", Config, &["env"], &DOTENV).named(&[
        ".env",
        ".env.*",
        ".envrc",
        ".flaskenv",
    ]),
    Spec::table(
        "Dockerfile",
        Config,
        &["dockerfile", "containerfile"],
        &DOCKERFILE,
    )
    .named(&[
        "dockerfile",
        "dockerfile.*",
        "containerfile",
        "containerfile.*",
    ]),
    Spec::table("Makefile", Config, &["mk", "mak", "make"], &MAKEFILE).named(&[
        "makefile",
        "makefile.*",
        "gnumakefile",
        "kbuild",
    ]),
    Spec::table("C", Code, &["c", "h"], &C),
    Spec::table(
        "C++",
        Code,
        &[
            "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "ino", "cu",
            "cuh", "cppm", "ixx",
        ],
        &C,
    ),
    Spec::table("Objective-C", Code, &["m", "mm"], &C),
    Spec::table("C#", Code, &["cs", "csx", "cake"], &CSHARP),
    Spec::table("Java", Code, &["java", "bsh"], &JAVA),
    Spec::table("Kotlin", Code, &["kt", "kts", "ktm"], &KOTLIN).run_by(&["kotlin"]),
    Spec::table("Scala", Code, &["scala", "sc", "sbt"], &SCALA).run_by(&["scala", "amm"]),
    Spec::table(
        "Groovy",
        Code,
        &["groovy", "gradle", "gvy", "gsh", "nf"],
        &GROOVY,
    )
    .named(&["jenkinsfile", "jenkinsfile.*"])
    .run_by(&["groovy", "nextflow"]),
    Spec::table("Swift", Code, &["swift", "swiftinterface"], &SWIFT).run_by(&["swift"]),
    Spec::table("Dart", Code, &["dart"], &DART).run_by(&["dart"]),
    Spec::table("Go", Code, &["go"], &GO),
    Spec::table("Go module", Config, &[], &GO).named(&["go.mod", "go.work"]),
    Spec::table("Rust", Code, &["rs"], &RUST).run_by(&["rust-script"]),
    Spec::table("Zig", Code, &["zig", "zon"], &ZIG),
    Spec::table(
        "JavaScript",
        Code,
        &["js", "jsx", "mjs", "cjs", "es6", "jsm", "gs"],
        &JAVASCRIPT,
    )
    .run_by(&["node", "nodejs", "bun"]),
    Spec::table("TSX", Code, &["tsx"], &JAVASCRIPT),
    Spec::table(
        "TypeScript",
        Code,
        &["ts", "mts", "cts", "uts"],
        &TYPESCRIPT,
    )
    .run_by(&["deno", "ts-node", "tsx"]),
    Spec::table(
        "CoffeeScript",
        Code,
        &["coffee", "litcoffee", "cson"],
        &COFFEE,
    )
    .run_by(&["coffee"]),
    Spec::table(
        "Python",
        Code,
        &[
            "py", "pyw", "pyi", "pyx", "pxd", "bzl", "star", "gyp", "gypi",
        ],
        &PYTHON,
    )
    .named(&[
        "sconstruct",
        "sconscript",
        "wscript",
        "build",
        "build.bazel",
        "workspace",
        "workspace.bazel",
        "module.bazel",
        "tiltfile",
        "snakefile",
    ])
    .run_by(&["python", "pypy", "uv"]),
    Spec::table(
        "Ruby",
        Code,
        &[
            "rb", "rake", "gemspec", "ru", "podspec", "rbi", "jbuilder", "thor", "cr", "builder",
        ],
        &RUBY,
    )
    .named(&[
        "gemfile",
        "rakefile",
        "vagrantfile",
        "podfile",
        "fastfile",
        "appfile",
        "matchfile",
        "guardfile",
        "capfile",
        "brewfile",
        "berksfile",
        "dangerfile",
        "puppetfile",
        ".irbrc",
        ".pryrc",
    ])
    .run_by(&["ruby", "jruby", "rake", "crystal"]),
    Spec::table("Perl", Code, &["pl", "pm", "t", "psgi", "cgi"], &PERL)
        .named(&["cpanfile", "makefile.pl"])
        .run_by(&["perl"]),
    Spec::table("Raku", Code, &["raku", "rakumod", "p6", "pm6"], &PERL).run_by(&["raku"]),
    Spec::other(
        "PHP",
        Code,
        &[
            "php", "phtml", "php3", "php4", "php5", "php7", "phps", "ctp", "inc",
        ],
        Lexer::Markup(&markup::PHP_FILE),
    )
    .run_by(&["php"]),
    Spec::table(
        "Shell",
        Code,
        &[
            "sh",
            "bash",
            "zsh",
            "ksh",
            "bats",
            "ebuild",
            "eclass",
            "zsh-theme",
            "command",
            "tool",
        ],
        &SHELL,
    )
    .named(&[
        ".bashrc",
        ".bash_profile",
        ".bash_aliases",
        ".bash_login",
        ".bash_logout",
        ".profile",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        ".kshrc",
        "pkgbuild",
        "apkbuild",
        "bashrc",
        "zshrc",
    ])
    .run_by(&[
        "sh", "bash", "zsh", "ksh", "dash", "ash", "mksh", "bats", "busybox",
    ]),
    Spec::table("fish", Code, &["fish"], &FISH).run_by(&["fish"]),
    Spec::table("PowerShell", Code, &["ps1", "psm1", "psd1"], &POWERSHELL)
        .run_by(&["pwsh", "powershell"]),
    Spec::table("Batch", Code, &["bat", "cmd"], &BATCH),
    Spec::table(
        "Visual Basic",
        Code,
        &["vb", "vbs", "bas", "frm", "cls", "vba"],
        &VB,
    ),
    Spec::table(
        "SQL",
        Code,
        &[
            "sql", "psql", "pgsql", "mysql", "ddl", "dml", "plsql", "pks", "pkb", "hql",
        ],
        &SQL,
    ),
    Spec::table("Lua", Code, &["lua", "rockspec", "luau", "nse"], &LUA)
        .run_by(&["lua", "luajit", "luau"]),
    Spec::table(
        "Haskell",
        Code,
        &["hs", "hsc", "purs", "idr", "agda", "dhall"],
        &HASKELL,
    )
    .run_by(&["runhaskell", "runghc", "stack"]),
    Spec::table("Elm", Code, &["elm"], &ELM),
    Spec::table(
        "OCaml",
        Code,
        &["ml", "mli", "mll", "mly", "sml", "sig"],
        &ML,
    )
    .run_by(&["ocaml"]),
    Spec::table("F#", Code, &["fs", "fsx", "fsi"], &FSHARP),
    Spec::table("Emacs Lisp", Code, &["el"], &LISP)
        .named(&[".emacs", "cask"])
        .run_by(&["emacs"]),
    Spec::table(
        "Lisp",
        Code,
        &[
            "lisp", "lsp", "cl", "asd", "scm", "ss", "sld", "rkt", "fnl", "hy", "jl-lisp",
        ],
        &SCHEME,
    )
    .run_by(&["sbcl", "clisp", "guile", "racket"]),
    Spec::table(
        "Clojure",
        Code,
        &["clj", "cljs", "cljc", "edn", "bb"],
        &CLOJURE,
    )
    .run_by(&["bb", "clojure"]),
    Spec::table("Elixir", Code, &["ex", "exs"], &ELIXIR).run_by(&["elixir", "iex"]),
    Spec::table(
        "Erlang",
        Code,
        &["erl", "hrl", "escript", "app.src", "xrl", "yrl"],
        &ERLANG,
    )
    .named(&["rebar.config", "sys.config", "emakefile", "vm.args.src"])
    .run_by(&["escript"]),
    Spec::table("Prolog", Code, &["pro", "prolog"], &PROLOG).run_by(&["swipl"]),
    Spec::table("R", Code, &["r", "rprofile"], &R)
        .named(&[".rprofile"])
        .run_by(&["rscript", "r"]),
    Spec::table("Julia", Code, &["jl"], &JULIA).run_by(&["julia"]),
    Spec::table("MATLAB", Code, &["matlab", "octave"], &MATLAB).run_by(&["octave"]),
    Spec::table("Nim", Code, &["nim", "nims", "nimble"], &NIM).run_by(&["nim"]),
    Spec::table("D", Code, &["d", "di"], &D).run_by(&["rdmd", "dub"]),
    Spec::table("Pascal", Code, &["pas", "dpr", "lpr", "dpk"], &PASCAL),
    Spec::table("Fortran", Code, &["f90", "f95", "f03", "f08"], &FORTRAN),
    Spec::table("Ada", Code, &["adb", "ads"], &ADA),
    Spec::table("VHDL", Code, &["vhd", "vhdl"], &VHDL),
    Spec::table("Assembly", Code, &["s", "asm", "nasm"], &ASSEMBLY),
    Spec::table("Tcl", Code, &["tcl", "exp", "tk"], &TCL).run_by(&["tclsh", "wish", "expect"]),
    Spec::table("Vim script", Code, &["vim", "vimrc"], &VIM)
        .named(&[".vimrc", "_vimrc", ".gvimrc"]),
    Spec::table("AWK", Code, &["awk", "gawk"], &AWK).run_by(&["awk", "gawk", "mawk"]),
    Spec::table("Solidity", Code, &["sol"], &C_LIKE),
    Spec::table("Protocol Buffers", Code, &["proto"], &C_LIKE),
    Spec::table("Thrift", Code, &["thrift"], &THRIFT),
    Spec::table("GraphQL", Code, &["graphql", "gql", "graphqls"], &GRAPHQL),
    Spec::table(
        "C-like",
        Code,
        &[
            "glsl", "vert", "frag", "comp", "hlsl", "metal", "wgsl", "as", "hx", "vala", "vapi",
            "fbs", "idl", "aidl", "sv", "svh", "v", "qml", "ceylon", "pde", "apex", "move",
            "cairo", "cds", "smithy", "capnp", "prisma", "dot", "gv", "rl", "y", "l", "dts",
            "dtsi", "uc",
        ],
        &C_LIKE,
    ),
    Spec::table("Nix", Code, &["nix"], &NIX),
    Spec::table(
        "Terraform",
        Config,
        &["tf", "tfvars", "hcl", "nomad", "tofu", "pkr.hcl"],
        &HCL,
    ),
    Spec::table("Bicep", Config, &["bicep", "bicepparam"], &BICEP),
    Spec::table("Jsonnet", Config, &["jsonnet", "libsonnet"], &JSONNET),
    Spec::table("CUE", Config, &["cue"], &THRIFT),
    Spec::table(
        "hash-commented code",
        Code,
        &[
            "rego", "meson", "bro", "zeek", "gd", "feature", "pyre", "mojo", "just",
        ],
        &HASH_CODE,
    )
    .named(&["meson.build", "meson_options.txt", "justfile", ".justfile"]),
    Spec::table("Puppet", Config, &["pp"], &HASH_CODE),
    Spec::table("CMake", Config, &["cmake", "cmake.in"], &CMAKE).named(&["cmakelists.txt"]),
    Spec::table("TOML", Config, &["toml"], &TOML).named(&["pipfile", "gopkg.lock"]),
    Spec::table("Git configuration", Config, &["gitconfig"], &GITCONFIG).named(&[
        ".gitconfig",
        ".gitmodules",
        ".lfsconfig",
        "gitconfig",
    ]),
    Spec::table("properties", Config, &["properties"], &PROPERTIES),
    Spec::table(
        "INI",
        Config,
        &[
            "ini",
            "cfg",
            "inf",
            "reg",
            "desktop",
            "service",
            "socket",
            "timer",
            "mount",
            "url",
            "editorconfig",
            "wgetrc",
        ],
        &INI,
    )
    .named(&[
        ".editorconfig",
        ".npmrc",
        ".yarnrc",
        ".pypirc",
        "pip.conf",
        ".coveragerc",
        ".pylintrc",
        ".flake8",
        "tox.ini",
        ".wgetrc",
        ".hgrc",
        ".s3cfg",
        ".boto",
    ]),
    Spec::table(
        "Apache configuration",
        Config,
        &["htaccess", "vhost"],
        &APACHE,
    )
    .named(&[".htaccess", "httpd.conf", "apache.conf", "apache2.conf"]),
    Spec::table(
        "configuration",
        Config,
        &[
            "conf",
            "cnf",
            "config",
            "rc",
            "rules",
            "list",
            "sources",
            "repo",
            "cron",
            "nginx",
            "nginxconf",
            "curlrc",
            "netrc",
        ],
        &HASH_CONFIG,
    )
    .named(&[
        "procfile",
        "codeowners",
        ".netrc",
        ".curlrc",
        ".inputrc",
        ".tmux.conf",
        "crontab",
        "hosts",
        "caddyfile",
        "corefile",
        ".screenrc",
        "requirements*.txt",
        "constraints*.txt",
        "sshd_config",
        "ssh_config",
        ".tool-versions",
    ]),
    Spec::table(
        "ignore list",
        Config,
        &["gitignore", "gitattributes"],
        &HASH_LINES,
    )
    .named(&[
        ".gitignore",
        ".gitattributes",
        ".dockerignore",
        ".npmignore",
        ".eslintignore",
        ".prettierignore",
        ".hgignore",
        ".helmignore",
        ".gcloudignore",
        ".gitleaksignore",
        ".mailmap",
        ".browserslistrc",
        ".nvmrc",
    ]),
    Spec::other("YAML", Config, &["yaml", "yml", "sls", "cff"], Lexer::Yaml).named(&[
        ".clang-format",
        ".clang-tidy",
        ".gemrc",
        ".yamllint",
    ]),
    Spec::table(
        "JSON with comments",
        Config,
        &["jsonc", "json5", "hjson", "code-workspace"],
        &JSONC,
    )
    .named(&[
        "tsconfig*.json",
        "jsconfig*.json",
        "devcontainer.json",
        ".eslintrc",
        ".eslintrc.json",
        ".babelrc",
        ".jshintrc",
        ".swcrc",
        "settings.json",
        "launch.json",
        "tasks.json",
        "extensions.json",
    ]),
    Spec::table(
        "JSON",
        Data,
        &[
            "json",
            "geojson",
            "webmanifest",
            "jsonl",
            "ndjson",
            "ipynb",
            "har",
            "avsc",
            "topojson",
            "map",
            "tfstate",
            "gltf",
            "arb",
            "xcstrings",
            "jsonld",
        ],
        &JSON,
    )
    .named(&[
        ".prettierrc",
        ".stylelintrc",
        ".nycrc",
        ".lintstagedrc",
        ".releaserc",
        ".watchmanconfig",
        ".bowerrc",
    ]),
    Spec::table("CSV", Data, &["csv", "tsv", "psv"], &CSV),
    Spec::table("gettext", Data, &["po", "pot"], &PO),
    Spec::other("log", Data, &["log", "out", "err"], Lexer::Plain),
    Spec::other("patch", Data, &["patch", "diff"], Lexer::Plain),
    Spec::other(
        "XML",
        Kind::Markup,
        &[
            "xml",
            "xsd",
            "xsl",
            "xslt",
            "svg",
            "wsdl",
            "wadl",
            "rss",
            "atom",
            "rdf",
            "owl",
            "plist",
            "resx",
            "xaml",
            "axaml",
            "csproj",
            "vbproj",
            "fsproj",
            "vcxproj",
            "props",
            "targets",
            "nuspec",
            "kml",
            "gpx",
            "xib",
            "storyboard",
            "xlf",
            "xliff",
            "dtd",
            "pom",
            "jnlp",
            "opml",
            "ant",
            "config.xml",
            "manifest",
            "iml",
            "ui",
            "qrc",
            "xhtml",
            "xul",
            "dita",
            "tei",
            "fxml",
            "jelly",
            "entitlements",
            "xcscheme",
            "pubxml",
            "ruleset",
            "appxmanifest",
            "wxs",
            "sdf",
            "urdf",
            "launch",
            "gml",
            "musicxml",
            "dae",
            "mxml",
            "zcml",
        ],
        Lexer::Markup(&markup::XML),
    )
    .named(&[
        "web.config",
        "app.config",
        "nuget.config",
        "packages.config",
    ]),
    Spec::other(
        "HTML",
        Kind::Markup,
        &["html", "htm", "shtml"],
        Lexer::Markup(&markup::HTML),
    ),
    Spec::other(
        "Vue",
        Template,
        &["vue", "uvue", "nvue"],
        Lexer::Markup(&markup::VUE),
    ),
    Spec::other(
        "Svelte",
        Template,
        &["svelte"],
        Lexer::Markup(&markup::SVELTE),
    ),
    Spec::other("Astro", Template, &["astro"], Lexer::Markup(&markup::ASTRO)),
    Spec::other(
        "Blade",
        Template,
        &["blade.php"],
        Lexer::Markup(&markup::BLADE),
    ),
    Spec::other(
        "Jinja",
        Template,
        &[
            "jinja",
            "jinja2",
            "j2",
            "njk",
            "twig",
            "liquid",
            "html.tmpl",
            "html.tera",
            "tera",
            "gohtml",
            "volt",
            "nunjucks",
            "tpl",
            "latte",
            "djhtml",
            "dtl",
        ],
        Lexer::Markup(&markup::JINJA),
    ),
    Spec::other(
        "Handlebars",
        Template,
        &["hbs", "handlebars", "mustache"],
        Lexer::Markup(&markup::HANDLEBARS),
    ),
    Spec::other(
        "ERB",
        Template,
        &["erb", "rhtml"],
        Lexer::Markup(&markup::ERB),
    ),
    Spec::other(
        "EJS",
        Template,
        &[
            "ejs", "eta", "eex", "heex", "leex", "asp", "aspx", "ascx", "master", "jsp", "jspx",
            "tag",
        ],
        Lexer::Markup(&markup::ASP),
    ),
    Spec::other(
        "Razor",
        Template,
        &["cshtml", "razor", "vbhtml"],
        Lexer::Markup(&markup::RAZOR),
    ),
    Spec::other(
        "FreeMarker",
        Template,
        &["ftl", "ftlh", "vm", "vtl"],
        Lexer::Markup(&markup::HTML),
    ),
    Spec::table("Haml", Template, &["haml", "slim"], &HASH_LINES),
    Spec::table("Pug", Template, &["pug", "jade"], &PUG),
    Spec::table("CSS", Style, &["css", "pcss", "postcss", "wxss"], &CSS),
    Spec::table(
        "SCSS",
        Style,
        &["scss", "less", "sass", "styl", "stylus"],
        &SCSS,
    ),
    Spec::other(
        "Markdown",
        Prose,
        &[
            "md", "markdown", "mdown", "mkd", "mdx", "mdc", "rmd", "qmd", "livemd", "apib",
        ],
        Lexer::Markdown,
    ),
    Spec::other(
        "reStructuredText",
        Prose,
        &["rst", "rest"],
        Lexer::ReStructured,
    ),
    Spec::other(
        "AsciiDoc",
        Prose,
        &["adoc", "asciidoc", "asc"],
        Lexer::AsciiDoc,
    ),
    Spec::table(
        "TeX",
        Prose,
        &["tex", "sty", "dtx", "ltx", "bib", "bst"],
        &TEX,
    ),
    Spec::other(
        "plain prose",
        Prose,
        &[
            "txt",
            "text",
            "org",
            "pod",
            "rdoc",
            "textile",
            "mediawiki",
            "wiki",
            "roff",
            "man",
            "1",
            "3",
            "5",
            "7",
            "8",
            "nfo",
            "me",
        ],
        Lexer::Plain,
    )
    .named(&[
        "readme*",
        "license*",
        "licence*",
        "copying*",
        "changelog*",
        "changes",
        "authors",
        "contributors",
        "notice*",
        "third-party*",
        "third_party*",
        "thirdparty*",
        "acknowledg*",
        "attribution*",
        "install",
        "news",
        "todo",
        "history",
        "copyright",
        "thanks",
        "credits",
    ]),
];

static PUG: Syntax = Syntax {
    comments: &[line_at("//", At::Line)],
    quotes: BOTH_QUOTES,
    ..NONE
};

/// Endings that say what is done with a file, not what it is.
const WRAPPERS: &[&[u8]] = &[
    b"example",
    b"sample",
    b"template",
    b"tmpl",
    b"dist",
    b"default",
    b"defaults",
    b"in",
    b"bak",
    b"orig",
    b"old",
    b"j2",
    b"jinja",
    b"jinja2",
    b"erb",
    b"tpl",
    b"tt",
    b"snap",
    b"txt",
];

/// The index in [`SPECS`] of the language of a file.
pub(super) fn detect(path: &[u8], bytes: &[u8]) -> usize {
    let name = &path[memchr::memrchr(b'/', path).map_or(0, |i| i + 1)..];
    // A script without an ending is what runs it, even if it is called `notice-customers`.
    if bytes.starts_with(b"#!")
        && !name.contains(&b'.')
        && let Some(index) = by_first_line(bytes)
    {
        return index;
    }
    let mut rest = name;
    // `settings.yml.j2.example`: what counts is what it will be.
    for _ in 0..3 {
        if let Some(index) = by_name(rest, bytes) {
            return index;
        }
        match memchr::memrchr(b'.', rest) {
            Some(dot) if dot > 0 && is_wrapper(&rest[dot + 1..]) && known_without(&rest[..dot]) => {
                rest = &rest[..dot];
            }
            _ => break,
        }
    }
    by_first_line(bytes)
        .or_else(|| by_extension(name, bytes))
        .unwrap_or(UNKNOWN)
}

fn is_wrapper(extension: &[u8]) -> bool {
    WRAPPERS.iter().any(|w| w.eq_ignore_ascii_case(extension))
}

/// Whether what is left of a name still says something.
fn known_without(name: &[u8]) -> bool {
    let mut name = name;
    loop {
        if exact_name(name).is_some() {
            return true;
        }
        match memchr::memrchr(b'.', name) {
            Some(dot) if dot > 0 => {
                let extension = &name[dot + 1..];
                if extension_index(extension).is_some() && !is_wrapper(extension) {
                    return true;
                }
                if !is_wrapper(extension) {
                    return false;
                }
                name = &name[..dot];
            }
            _ => return false,
        }
    }
}

fn by_name(name: &[u8], bytes: &[u8]) -> Option<usize> {
    if let Some(index) = exact_name(name) {
        return Some(index);
    }
    let dot = memchr::memrchr(b'.', name)?;
    let outer = by_extension(name, bytes);
    let wrapped = is_wrapper(&name[dot + 1..]) && known_without(&name[..dot]);
    // `page.html.erb` is markup with code, `database.yml.erb` is YAML.
    let of_markup = || by_extension(&name[..dot], bytes).is_some_and(|i| SPECS[i].kind == Markup);
    if wrapped && two_part(name).is_none() && (outer.is_none() || !of_markup()) {
        return None;
    }
    outer
}

/// The names and extensions of [`SPECS`]; of two that have one, the first.
struct Index {
    names: HashMap<&'static [u8], usize>,
    /// What is before and behind the `*` of other names.
    patterns: Vec<(&'static [u8], &'static [u8], usize)>,
    extensions: HashMap<&'static [u8], usize>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        names: HashMap::new(),
        patterns: Vec::new(),
        extensions: HashMap::new(),
    };
    for (number, spec) in SPECS.iter().enumerate() {
        for name in spec.names {
            match name.split_once('*') {
                None => {
                    index.names.entry(name.as_bytes()).or_insert(number);
                }
                Some((before, after)) => {
                    let pattern = (before.as_bytes(), after.as_bytes(), number);
                    index.patterns.push(pattern);
                }
            }
        }
        for extension in spec.extensions {
            let extension = extension.as_bytes();
            index.extensions.entry(extension).or_insert(number);
        }
    }
    index
});

fn exact_name(name: &[u8]) -> Option<usize> {
    let fits = |&(before, after, _): &(&[u8], &[u8], usize)| {
        name.len() >= before.len() + after.len()
            && name[..before.len()].eq_ignore_ascii_case(before)
            && name[name.len() - after.len()..].eq_ignore_ascii_case(after)
            // `readme.md` and `install.sh` are what their endings say.
            && (!after.is_empty() || before.contains(&b'.') || !name[before.len()..].contains(&b'.'))
    };
    let pattern = INDEX.patterns.iter().find(|p| fits(p)).map(|p| p.2);
    let exact = INDEX.names.get(&name.to_ascii_lowercase()[..]).copied();
    pattern.into_iter().chain(exact).min()
}

fn extension_index(extension: &[u8]) -> Option<usize> {
    let extension = extension.to_ascii_lowercase();
    INDEX.extensions.get(&extension[..]).copied()
}

/// An extension of two parts, such as `blade.php`.
fn two_part(name: &[u8]) -> Option<usize> {
    let dot = memchr::memrchr(b'.', name)?;
    let first = memchr::memrchr(b'.', &name[..dot])?;
    extension_index(&name[first + 1..])
}

fn by_extension(name: &[u8], bytes: &[u8]) -> Option<usize> {
    if let Some(index) = two_part(name) {
        return Some(index);
    }
    let dot = memchr::memrchr(b'.', name)?;
    let index = extension_index(&name[dot + 1..])?;
    let head = &bytes[..bytes.len().min(4096)];
    let has = |needle: &str| memchr::memmem::find(head, needle.as_bytes()).is_some();
    let starts = |prefix: &str| head.trim_ascii_start().starts_with(prefix.as_bytes());
    let instead = match SPECS[index].name {
        "TypeScript" if starts("<?xml") || starts("<!DOCTYPE TS") => "XML",
        "Objective-C"
            if !(has("#import") || has("@interface") || has("//") || has("@import"))
                && (starts("%") || starts("function")) =>
        {
            "MATLAB"
        }
        "configuration" | "INI" | "Rust" | "C-like"
            if starts("<?xml") || starts("<configuration") =>
        {
            "XML"
        }
        "configuration" if starts("{") => "JSON with comments",
        "PHP" if name.ends_with(b".inc") && !has("<?") => "Text",
        // Salesforce's Apex, LaTeX.
        "Visual Basic" if name.ends_with(b".cls") && !(has("VERSION ") || has("End ")) => {
            if starts("%") || starts("\\") {
                "TeX"
            } else if has("{") {
                "C-like"
            } else {
                "Visual Basic"
            }
        }
        "Perl" if name.ends_with(b".t") && !(has("use ") || has("perl")) => "Text",
        "Jinja" if name.ends_with(b".tpl") && starts("<?php") => "PHP",
        name => name,
    };
    SPECS.iter().position(|s| s.name == instead)
}

/// By `#!`, or by an XML or PHP declaration.
fn by_first_line(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = &bytes[..memchr::memchr(b'\n', bytes).unwrap_or(bytes.len()).min(256)];
    let by = |name: &str| SPECS.iter().position(|s| s.name == name);
    if line.starts_with(b"<?xml") {
        return by("XML");
    }
    if line.len() >= 5 && line[..5].eq_ignore_ascii_case(b"<?php") {
        return by("PHP");
    }
    if line.len() >= 9 && line[..9].eq_ignore_ascii_case(b"<!doctype") {
        return by("HTML");
    }
    let command = line.strip_prefix(b"#!")?;
    // The first word that is neither `env`, nor an option, nor an assignment.
    let program = command
        .split(|b| b.is_ascii_whitespace())
        .filter(|w| !w.is_empty())
        .map(|w| &w[memchr::memrchr(b'/', w).map_or(0, |i| i + 1)..])
        .find(|w| *w != b"env" && !w.starts_with(b"-") && !w.contains(&b'='))?;
    let end = program
        .iter()
        .rposition(|b| !b.is_ascii_digit() && *b != b'.')
        .map_or(0, |i| i + 1);
    let program = &program[..end];
    SPECS.iter().position(|spec| {
        spec.interpreters
            .iter()
            .any(|i| i.as_bytes().eq_ignore_ascii_case(program))
    })
}
