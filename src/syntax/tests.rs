use super::*;
use proptest::prelude::*;

use Place::*;

/// The name of a place in the snippets.
const MARKS: &[(&str, Place)] = &[
    ("C", LineComment),
    ("B", BlockComment),
    ("D", DocString),
    ("S", String),
    ("T", Template),
    ("R", Regex),
    ("H", Heredoc),
    ("I", InlineCode),
    ("K", CodeBlock),
    ("L", LinkTarget),
    ("M", MarkupText),
    ("A", MarkupAttribute),
];

/// `text` without its marks `⟦C...⟧`, and the marked spans.
fn unmark(text: &str) -> (std::string::String, Vec<(Range<usize>, Place)>) {
    let (mut plain, mut spans) = (std::string::String::new(), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find('⟦') {
        plain.push_str(&rest[..open]);
        let after = &rest[open + '⟦'.len_utf8()..];
        let (_, place) = MARKS
            .iter()
            .find(|(mark, _)| after.starts_with(mark))
            .unwrap_or_else(|| panic!("no such mark: {after}"));
        let close = after.find('⟧').expect("a mark is closed");
        let start = plain.len();
        plain.push_str(&after[1..close]);
        spans.push((start..plain.len(), *place));
        rest = &after[close + '⟧'.len_utf8()..];
    }
    plain.push_str(rest);
    (plain, spans)
}

#[test]
fn each_language_tells_its_comments_and_literals() {
    let mut failures = Vec::new();
    for (name, text) in SNIPPETS {
        let (plain, expected) = unmark(text);
        let language = Language::detect(name.as_bytes(), plain.as_bytes());
        let lexed = Lexed::new(language, plain.as_bytes());
        let found: Vec<_> = lexed.tokens().map(|t| (t.span, t.place)).collect();
        if found != expected {
            let show = |spans: &[(Range<usize>, Place)]| {
                spans
                    .iter()
                    .map(|(r, p)| format!("    {p:?} {:?}\n", &plain[r.clone()]))
                    .collect::<std::string::String>()
            };
            failures.push(format!(
                "{name} ({}):\n{plain}\n  expected\n{}  found\n{}",
                language.name(),
                show(&expected),
                show(&found)
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const SNIPPETS: &[(&str, &str)] = &[
    (
        "a.js",
        "let a = [⟦S'audio/*'⟧, ⟦S\"http://x\"⟧]; ⟦C// c⟧\n⟦B/* b */⟧ x = a / 2 / c; y = ⟦R/[/'\"]\\//g⟧.test(z)\nif (x) ⟦R/re'/⟧.test(y)",
    ),
    (
        "a.ts",
        "let a = ⟦T`x${⟧b + ⟦T`y${⟧{c: 1}.c⟦T}z`⟧⟦T} // no`⟧; ⟦C// c⟧",
    ),
    (
        "a.jsx",
        "let a = <a ⟦C// don't⟧\nhref=⟦A\"http://x\"⟧ b={c ? ⟦S'd'⟧ : 1}>⟦MDon't // no ⟧{x ⟦B/* c */⟧}<br/></a>; ⟦C// c⟧",
    ),
    (
        "a.tsx",
        "const f = <T,>(x: T) => x; ⟦C// c⟧\nlet b = a < c;",
    ),
    ("b.js", "return a < b || c > ⟦S'd'⟧; ⟦C// c⟧"),
    (
        "a.py",
        "⟦D\"\"\"Doc # no.\"\"\"⟧\ndef f(a=⟦S'#'⟧):  ⟦C# c⟧\n    r⟦D'''doc'''⟧\n    x = ⟦S\"\"\"s\"\"\"⟧\n    g(\n      ⟦S\"s\"⟧\n    )\n    ⟦Tf\"a{⟧b[⟦S'c'⟧]⟦T}{{d\"⟧",
    ),
    ("b.py", "x = ⟦S'never closed⟧\ny = 1 ⟦C# c⟧\n"),
    (
        "a.rs",
        "fn f<'a>(x: &'a str) -> char { ⟦B/* a /* n */ b */⟧ ⟦S'\"'⟧ } ⟦C/// doc⟧\nlet a = (⟦Sr#\"a\"//b\"#⟧, ⟦S\"a\\\"\n//\"⟧, ⟦S'\\''⟧, b⟦S\"x\"⟧);",
    ),
    ("a.go", "a := ⟦S`raw\n// \"`⟧ ⟦C// c⟧\nb := ⟦S'\"'⟧"),
    (
        "a.c",
        "#include <a.h> ⟦C// c \\\n still⟧\nchar c = ⟦S'\"'⟧, *s = ⟦S\"/* no\"⟧; ⟦B/* // */⟧",
    ),
    (
        "a.cpp",
        "auto a = ⟦SR\"x(a)\" // no)x\"⟧; int n = 1'000'000; ⟦C// c⟧",
    ),
    (
        "a.m",
        "#import <a.h>\nNSString *s = @⟦S\"http://x\"⟧; ⟦C// c⟧",
    ),
    (
        "a.cs",
        "var a = ⟦S@\"c:\\\"⟧ + ⟦T$\"a{⟧b⟦T}{{\"⟧ + ⟦S\"\"\"a \" // b\"\"\"⟧ + ⟦T$@\"x{⟧y⟦T}\"\"z\"⟧; ⟦C// c⟧",
    ),
    (
        "A.java",
        "String a = ⟦S\"\"\"\n// \" no\n\"\"\"⟧; char b = ⟦S'\"'⟧; ⟦B/** doc */⟧",
    ),
    (
        "a.kt",
        "val a = ⟦T\"x${⟧b(⟦S\"y\"⟧)⟦T}\"⟧ ⟦B/* /* n */ */⟧\nval c = ⟦S\"\"\"a\\\"\"\"⟧ ⟦C// c⟧",
    ),
    (
        "a.scala",
        "val a = ⟦Ts\"${⟧b⟦T}\"⟧; val b = 'sym; val c = ⟦S'\"'⟧ ⟦C// c⟧",
    ),
    (
        "a.swift",
        "let a = ⟦T\"x\\(⟧f(⟦S\"y\"⟧)⟦T)\"⟧ ⟦C// c⟧\nlet b = ⟦S#\"a\"b\\\"#⟧ ⟦B/* /* */ */⟧",
    ),
    (
        "a.dart",
        "var a = ⟦Sr'\\'⟧ + ⟦T'x${⟧y⟦T}'⟧ + ⟦S\"\"\"a\n'\"\"\"⟧; ⟦C/// d⟧",
    ),
    (
        "a.groovy",
        "def a = ⟦T\"${⟧b⟦T}\"⟧ + ⟦S'''x\n'''⟧; def r = ⟦R/a\"b/⟧ ⟦C// c⟧",
    ),
    ("Jenkinsfile", "sh ⟦S'echo // no'⟧ ⟦C// c⟧"),
    (
        "a.rb",
        "a = ⟦T\"x#{⟧b[⟦S'c'⟧]⟦T}\"⟧ ⟦C# c⟧\nputs ⟦R/[\"]#/⟧ if a / 2 > 1 / 3\n⟦B=begin\nx \"\n=end⟧\nw = ⟦S%w[a b]⟧ + ⟦S%q(it's (x))⟧\nf(<<~EOS, ⟦S'z'⟧) ⟦C# d⟧\n⟦H  # no comment \"\n  EOS⟧\nclass << self; end; c = ?\"; x = a % b\n__END__⟦H\nany \" thing⟧",
    ),
    (
        "a.pl",
        "my $a = ⟦S'x'⟧; ⟦C# c⟧\n$a =~ ⟦Rs/#'/⟧⟦R\"/⟧g; my @b = ⟦Sqw(a b)⟧; print $#b; $x{s} = ⟦Rm{'}⟧;\n⟦B=pod\n\ndon't\n\n=cut⟧\nprint <<\"EOT\"; ⟦C# c⟧\n⟦H# text '\nEOT⟧\n1;\n",
    ),
    ("b.php", "<?PHP\n⟦B/* it's */⟧ $a = ⟦S'b'⟧;\n"),
    (
        "a.php",
        "<a href=⟦A\"⟧<?= ⟦S'x?>'⟧ ?>⟦A/y\"⟧>⟦Mdon't // no⟧</a><?php ⟦C# c⟧\n⟦C// c ⟧?>⟦M text ⟧<?php #[Attr]\n$a = ⟦T\"x{⟧$b[⟦S'c'⟧]⟦T}\"⟧; $c = <<<EOT\n⟦H  don't // no\n  EOT⟧;\n⟦B/* b */⟧\n",
    ),
    (
        "a.sh",
        "echo http://x#y $# ${a#b} \\' don\\'t ⟦C# c⟧\na=⟦S'x # y'⟧ b=⟦T\"x $(⟧case $1 in a) echo ⟦S\"q\"⟧;; esac⟦T) y\"⟧; c=⟦S$'it\\'s'⟧\ncat <<-'EOF' | grep x ⟦C# c⟧\n⟦H\t# text '\n\tEOF⟧\necho $((1<<2)) <<< word\n: << =cut\n⟦H=head1 don't\n\n=cut⟧\n((a <<=b)); x=⟦S'y'⟧\n",
    ),
    ("run", "⟦C#!/usr/bin/env -S bash -e⟧\necho ⟦S\"x\"⟧ ⟦C# c⟧"),
    ("run2", "⟦C#!/usr/bin/python3.11⟧\nx = ⟦S'''a'''⟧ ⟦C# c⟧"),
    ("a.fish", "set a ⟦S'x'⟧ ⟦C# c⟧"),
    (
        "a.ps1",
        "$a = ⟦T\"x$(⟧f ⟦S'y'⟧⟦T)`\"\"⟧ ⟦C# c⟧\n⟦B<# b\n#>⟧\n$b = ⟦S@\"\n\"quoted\" # no\n\"@⟧",
    ),
    (
        "a.bat",
        "⟦CREM don't⟧\r\n@⟦Crem x⟧\r\n⟦C:: c⟧\r\necho ⟦S\"a\"⟧ remark\r\n",
    ),
    ("a.vb", "Dim a = ⟦S\"x\"\"y\"⟧ ⟦C' c⟧\n⟦CREM d⟧\n"),
    (
        "a.sql",
        "SELECT ⟦S'it''s -- no'⟧, ⟦S'a\\'b'⟧, ⟦S\"c\"⟧ ⟦C-- c⟧\n⟦B/* b */⟧ WHERE a LIKE ⟦S'\\'⟧;",
    ),
    (
        "a.lua",
        "a = ⟦S[==[ x ]] ]==]⟧ ⟦C-- c⟧\n⟦B--[[ b\n]]⟧ b[1] = ⟦S'\"'⟧",
    ),
    (
        "a.hs",
        "f' x = x --> y\n⟦C-- c⟧\n⟦B{- a {- n -} -}⟧ g = ⟦S'\"'⟧ : ⟦S\"-- no\"⟧",
    ),
    ("a.elm", "a = ⟦S\"\"\"x\n\"\"\"⟧ ⟦C-- c⟧"),
    (
        "a.ml",
        "let f 'a x' = ⟦S\"(*\"⟧ ⟦B(* (* n *) *)⟧ (*) ⟦S'\"'⟧",
    ),
    ("a.fs", "let a = ⟦S@\"c:\\\"⟧ + ⟦S\"x\"⟧ ⟦C// c⟧"),
    ("a.el", "(setq a ⟦S\"x;\"⟧ b ?\\\" c ?\") ⟦C; c⟧"),
    ("a.lisp", "(a ⟦S\"x\"⟧ #\\\" ⟦B#| b |#⟧) ⟦C; c⟧"),
    ("a.clj", "(a ⟦R#\"x\\\"\"⟧ \\\" ⟦S\"y\n;\"⟧) ⟦C;; c⟧"),
    (
        "a.ex",
        "@doc ⟦D\"\"\"\n# text\n\"\"\"⟧\ndef f, do: ⟦R~r/a#\"/⟧ <> ⟦T\"x#{⟧y⟦T}\"⟧ ⟦C# c⟧\nx = ?\"\n@moduledoc ⟦D~S\"\"\"\nx\n\"\"\"⟧\n",
    ),
    ("a.erl", "f() -> ⟦S\"%\"⟧ ++ [$\", $%], ⟦S'a'⟧. ⟦C% c⟧"),
    ("a.r", "a <- ⟦S'x#'⟧ ⟦C# c⟧\nb <- ⟦Sr\"(a\"b)\"⟧"),
    (
        "a.jl",
        "⟦D\"doc\"⟧\nf(x) = x' * ⟦T\"a$(⟧b⟦T)\"⟧ ⟦C# c⟧\n⟦B#= a #= n =# =#⟧",
    ),
    ("a.zig", "const a =\n  ⟦S\\\\text \" // no⟧\n; ⟦C// c⟧"),
    (
        "a.nix",
        "{ a = ⟦T''x ''${b} '''y ${⟧c⟦T}''⟧; u = ⟦S\"http://x\"⟧; } ⟦C# c⟧",
    ),
    ("a.proto", "option a = ⟦S\"x\"⟧; ⟦C// c⟧"),
    ("a.graphql", "⟦D\"\"\"d # no\"\"\"⟧ type A { b: C } ⟦C# c⟧"),
    ("a.sol", "string a = ⟦S\"x\"⟧; ⟦C/// c⟧"),
    ("a.thrift", "const string A = ⟦S\"x\"⟧ ⟦C# c⟧"),
    ("a.nim", "let a = ⟦S\"\"\"x\"\"\"⟧ ⟦C# c⟧\n⟦B#[ #[ n ]# ]#⟧"),
    ("a.d", "auto a = ⟦S`x\"`⟧; ⟦B/+ /+ n +/ +/⟧ ⟦C// c⟧"),
    ("a.pas", "a := ⟦S'it''s'⟧; ⟦B{ b }⟧ ⟦B(* c *)⟧ ⟦C// d⟧"),
    ("a.f90", "print *, ⟦S'x!'⟧ ⟦C! c⟧"),
    ("a.adb", "A : String := ⟦S\"x\"⟧; B := A'Length; ⟦C-- c⟧"),
    ("a.vim", "⟦C\" c⟧\nlet a = ⟦S'it''s'⟧"),
    ("a.tcl", "⟦C# c⟧\nputs ⟦S\"# no\"⟧"),
    ("a.awk", "⟦R/\"#/⟧ { print ⟦S\"x\"⟧ } ⟦C# c⟧"),
    ("a.coffee", "a = ⟦T\"x#{⟧b⟦T}\"⟧ ⟦C# c⟧\n⟦B### b ###⟧\n"),
    ("a.matlab", "a = b' * ⟦S'x'⟧ ⟦C% c⟧"),
    ("a.toml", "a = ⟦S'c:\\'⟧ ⟦C# c⟧\nb = ⟦S\"\"\"x\n#\"\"\"⟧"),
    (
        "a.yml",
        "a: http://x#y don't ⟦C# c⟧\nb: ⟦S\"x # y\"⟧\nc: [⟦S'd'⟧, e]\n- k: |\n⟦H    text # no\n      more⟧\n  l: m ⟦C# c⟧\nn: >- ⟦C# c⟧\n⟦H  folded⟧\no: it's ⟦C# c⟧\n",
    ),
    ("docker-compose.yaml.example", "a: ⟦S'it''s'⟧ ⟦C# c⟧"),
    (
        "a.tf",
        "a = ⟦T\"x${⟧b[⟦S\"c\"⟧]⟦T}\"⟧ ⟦C# c⟧\nd = <<-EOT\n⟦H  # text \"\n  EOT⟧\n⟦C// e⟧",
    ),
    (
        "Makefile",
        "A = http://x\\#y ⟦C# c⟧\nb:\n\t@echo ⟦S\"don't\"⟧",
    ),
    (
        "Dockerfile.dev",
        "⟦C# c⟧\nENV A=⟦S\"x\"⟧ # value\nRUN <<EOF\n⟦Hdon't\nEOF⟧\n",
    ),
    (".env.local", "A=http://x#y ⟦C# c⟧\nB=⟦S'z # '⟧\n"),
    (".gitconfig", "[a]\n  b = ⟦S\"c;\"⟧ ⟦C; d⟧\n⟦C# e⟧"),
    ("a.ini", "⟦C; c⟧\na = b ; value # value"),
    ("a.properties", "⟦C! c⟧\na = http://x # value"),
    ("nginx.conf", "location ~ a#b { root ⟦S'x'⟧; } ⟦C# c⟧"),
    (".gitignore", "⟦C# c⟧\na#b"),
    ("CMakeLists.txt", "set(A ⟦S\"x#\"⟧) ⟦C# c⟧\n⟦B#[[ b ]]⟧"),
    ("a.json", "{⟦S\"a\"⟧: ⟦S\"// \\\" http://x\"⟧}"),
    ("tsconfig.json", "{⟦S\"a\"⟧: 1, ⟦C// c⟧\n⟦B/* b */⟧}"),
    ("a.css", "a { b: url(⟦Shttp://x⟧); } ⟦B/* c */⟧ // no"),
    ("a.scss", "a { b: url(⟦Shttp://x⟧); } ⟦C// c⟧"),
    ("a.tex", "50\\% of ⟦C% c⟧"),
    (
        "a.html",
        "<!DOCTYPE html PUBLIC ⟦A\"http://w\"⟧><a href=⟦A'http://x'⟧ b=⟦Ac⟧>⟦Mtext // ⟧</a>⟦B<!-- c -->⟧<script>let a = ⟦S'</a>'⟧; ⟦C// c⟧\n</script><style>⟦B/* s */⟧</style>",
    ),
    (
        "a.xml",
        "<?xml version=⟦A\"1.0\"⟧?><a xmlns=⟦A\"http://x\"⟧>⟦Mdon't⟧⟦M<![CDATA[ < ]]>⟧</a>",
    ),
    (
        "a.vue",
        "<template><p :a=⟦A\"b\"⟧>⟦MDon't ⟧{{ c(⟦S'd'⟧) }}</p></template><script lang=⟦A\"ts\"⟧>\nlet a = ⟦S'x'⟧ ⟦C// c⟧\n</script>",
    ),
    ("a.svelte", "<p>{a ? ⟦S'b'⟧ : c}⟦M it's⟧</p>"),
    (
        "a.astro",
        "---\nconst a = ⟦S'b'⟧; ⟦C// c⟧\n---\n<p>{a ? ⟦S'b'⟧ : c}⟦M it's⟧</p>",
    ),
    ("A.cls", "class A { ⟦C// it's⟧\n  String a = ⟦S'b'⟧;\n}"),
    ("a.cls", "⟦C% it's⟧\n\\ProvidesClass{a}"),
    ("a.blade.php", "⟦B{{-- c --}}⟧<b>{{ ⟦S'x'⟧ }}</b>"),
    ("a.html.erb", "⟦B<%# c %>⟧<a href=⟦A\"⟧<%= ⟦S'x'⟧ %>⟦A\"⟧>"),
    ("a.hbs", "⟦B{{!-- c --}}⟧<b>⟦Mx⟧</b>"),
    (
        "a.md",
        "---\na: b ⟦C# c⟧\n---\nDon't ⟦I`code`⟧ [a](⟦Lhttp://x⟧ \"t\") ⟦L<http://y>⟧ ⟦B<!-- c -->⟧ <a href=⟦A\"z\"⟧>\n```sh\n⟦Kcurl # no\n⟧```\n[r]: ⟦Lhttp://z⟧\n\n⟦K    code⟧\n",
    ),
    (
        "a.rst",
        "Text ⟦I``code``⟧ `a ⟦L<http://x>⟧`_\n\n⟦B.. a comment⟧\n\nAs in::\n\n⟦K  curl x⟧\n\nmore",
    ),
    (
        "a.adoc",
        "⟦C// c⟧\nText http://x and ⟦Lhttp://y⟧[z] ⟦I`i`⟧\n----\n⟦Kcode\n⟧----\n",
    ),
    ("notes.xyz", "Don't \"do\" // this # ever"),
];

#[test]
fn what_no_token_holds_is_code_or_prose() {
    let place = |name: &str, text: &[u8]| {
        Lexed::new(Language::detect(name.as_bytes(), text), text).place(0)
    };
    assert_eq!(place("a.md", b"x"), Prose);
    assert_eq!(place("README", b"x"), Prose);
    assert_eq!(place("a.py", b"x"), Code);
    assert_eq!(place("a.unknown", b"x"), Code);
}

#[test]
fn a_token_knows_its_content_and_its_whole() {
    let text = b"x = `a${b}c`; // d";
    let lexed = Lexed::new(Language::detect(b"a.js", text), text);
    let whole = 4..12;
    assert_eq!((lexed.span(5), lexed.content(5)), (whole.clone(), 5..6));
    assert_eq!((lexed.span(10), lexed.content(10)), (whole, 10..11));
    assert_eq!((lexed.span(8), lexed.place(8)), (8..9, Code));
    assert_eq!(lexed.content(16), 16..18);
    assert_eq!(lexed.tokens_from(9).count(), 2);
    assert_eq!(lexed.tokens_before(9).count(), 1);
}

#[test]
fn the_table_is_sound() {
    assert!(Language::all().count() >= 60);
    let mut names: Vec<_> = Language::all().map(Language::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SPECS.len(), "names are unique");
    for text in SPECS
        .iter()
        .flat_map(|s| s.names.iter().chain(s.extensions))
    {
        assert_eq!(*text, text.to_ascii_lowercase());
    }
}

#[test]
fn files_are_known_by_name_extension_and_first_line() {
    for (path, text, name) in [
        ("a/Dockerfile", "", "Dockerfile"),
        ("Dockerfile.prod", "", "Dockerfile"),
        ("x/.env.example", "", "dotenv"),
        ("prod.env", "", "dotenv"),
        ("README.md", "", "Markdown"),
        ("readme", "", "plain prose"),
        ("install.sh", "", "Shell"),
        ("database.yml.erb", "", "YAML"),
        ("page.html.erb", "", "ERB"),
        ("config.json.dist", "", "JSON"),
        ("tsconfig.base.json", "", "JSON with comments"),
        ("requirements-dev.txt", "", "configuration"),
        ("package-lock.json", "", "JSON lock file"),
        ("X.PY", "", "Python"),
        ("a.ts", "<?xml version='1.0'?><TS>", "XML"),
        ("a.m", "% matlab\nx = 1;", "MATLAB"),
        ("run", "#!/usr/bin/env node\n", "JavaScript"),
        ("notice-customers", "#!/usr/bin/env node\n", "JavaScript"),
        ("run", "#!/bin/sh\n", "Shell"),
        ("run", "#!/usr/bin/env -S uv run --script\n", "Python"),
        ("x", "\u{feff}<?xml version='1.0'?>", "XML"),
        ("x", "nothing", "Text"),
        ("", "", "Text"),
        (".", "", "Text"),
    ] {
        let language = Language::detect(path.as_bytes(), text.as_bytes());
        assert_eq!(language.name(), name, "{path} {text:?}");
    }
}

fn check(language: Language, bytes: &[u8]) -> Result<(), TestCaseError> {
    let lexed = Lexed::new(language, bytes);
    let mut last = 0;
    for token in lexed.tokens() {
        let name = language.name();
        prop_assert!(token.span.start >= last, "{name}: overlap at {last}");
        prop_assert!(
            !token.span.is_empty() && token.span.end <= bytes.len(),
            "{name}"
        );
        prop_assert!(token.content.start >= token.span.start, "{name}");
        prop_assert!(token.content.start <= token.content.end, "{name}");
        prop_assert!(token.content.end <= token.span.end, "{name}");
        prop_assert!(token.extent.start <= token.span.start, "{name}");
        prop_assert!(token.extent.end >= token.span.end, "{name}: {token:?}");
        prop_assert!(token.extent.end <= bytes.len(), "{name}");
        last = token.span.end;
    }
    // The beginning alone reads as it does in the whole.
    for offset in (0..bytes.len()).step_by(bytes.len() / 8 + 1) {
        let part = Lexed::up_to(language, bytes, offset);
        prop_assert!(part.knows(offset), "{}", language.name());
        for at in 0..=offset {
            prop_assert_eq!(
                part.token(at),
                lexed.token(at),
                "{} up to {}, at {}",
                language.name(),
                offset,
                at
            );
        }
    }
    Ok(())
}

/// Text made of what opens, closes and escapes something in some language.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let atoms: Vec<&'static [u8]> = [
        "\"",
        "'",
        "`",
        "\\",
        "\n",
        "\r\n",
        " ",
        "#",
        "/",
        "//",
        "/*",
        "*/",
        "<",
        ">",
        "<!--",
        "-->",
        "${",
        "{",
        "}",
        "(",
        ")",
        "$(",
        "#{",
        "\\(",
        "\"\"\"",
        "'''",
        "<<",
        "<<-EOF",
        "EOF",
        "EOF\n",
        "=begin\n",
        "\n=cut\n",
        "%",
        "%w[",
        "]",
        "[",
        "[==[",
        "]==]",
        "--",
        "{-",
        "-}",
        "(*",
        "*)",
        "R\"(",
        ")\"",
        "r#\"",
        "$@\"",
        "<?php",
        "?>",
        "{{",
        "}}",
        "{%",
        "%}",
        "<script>",
        "</script>",
        "<a href=",
        "```",
        "~~~",
        ": |",
        "- ",
        "a",
        "é",
        "q{",
        "s/",
        "qw",
        "case ",
        "esac",
        "<a>",
        "</a>",
        "<a/>",
        "return ",
        "=",
        "?",
        "$",
        ":",
        "::",
        "rem ",
        "@doc ",
        "__END__\n",
        "\t",
        "if (",
        "url(",
        "f\"",
        "|||",
        "''",
        "''${",
        ".. ",
        "----\n",
        "\0",
        "@\"",
        "{*",
        "<%",
        "%>",
        "<![CDATA[",
        "~r/",
        "x",
    ]
    .iter()
    .map(|s| s.as_bytes())
    .chain([b"\xff".as_slice(), b"\xf0\x9f"])
    .collect();
    proptest::collection::vec(proptest::sample::select(atoms), 0..60).prop_map(|v| v.concat())
}

proptest! {
    #[test]
    fn any_bytes_give_sorted_spans_in_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for language in Language::all() {
            check(language, &bytes)?;
        }
    }

    #[test]
    fn hostile_text_gives_sorted_spans_in_bounds(bytes in hostile()) {
        for language in Language::all() {
            check(language, &bytes)?;
        }
    }
}
