//! Where a hard-coded key becomes a look-up in the environment, and where it is left to a person.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and says what it skips"
)]
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

/// Keys of no one, put together here so that none lies in this repository.
fn keys() -> [String; 2] {
    [
        "ak_¦Zq8w¦Er5t¦Yu2i¦Op9a¦Sd3f",
        "ak_¦Lk7j¦Hg4f¦Ds1a¦Mn6b¦Vc9x",
    ]
    .map(|key| key.replace('¦', ""))
}

/// A file that is mended: its name, a line of it with `<1>` or `<2>` for a
/// key, and the line afterwards. The line stands in the frame of its language.
const MENDED: &[(&str, &str, &str)] = &[
    // A second key gets a variable of its own.
    (
        "a.js",
        "f([\"<1>\", '<2>']);",
        "f([process.env.API_KEY, process.env.API_KEY_2]);",
    ),
    (
        "b.js",
        "const c = { a: { apiKey: `<1>` } };",
        "const c = { a: { apiKey: process.env.API_KEY } };",
    ),
    (
        "c.js",
        "const d = x ? '<1>' : '<2>';",
        "const d = x ? process.env.API_KEY : process.env.API_KEY_2;",
    ),
    (
        "d.js",
        "const e = (process.env.API_KEY || '<1>').trim();",
        "const e = (process.env.API_KEY).trim();",
    ),
    (
        "e.js",
        "const f = `x ${g(\"<1>\")} y`;",
        "const f = `x ${g(process.env.API_KEY)} y`;",
    ),
    (
        "a.py",
        "k = {\"a\": \"<1>\"}",
        "k = {\"a\": os.environ[\"API_KEY\"]}",
    ),
    (
        "b.py",
        "k = lambda: '<1>'",
        "k = lambda: os.environ[\"API_KEY\"]",
    ),
    (
        "c.py",
        "k = os.environ.get(\n    \"API_KEY\",\n    \"<1>\",\n)",
        "k = os.environ.get(\n    \"API_KEY\",\n)",
    ),
    (
        "d.py",
        "k = os.environ.get(\"API_KEY\", default=\"<1>\")",
        "k = os.environ.get(\"API_KEY\")",
    ),
    (
        "e.py",
        "k = \\\n    \"<1>\"",
        "k = \\\n    os.environ[\"API_KEY\"]",
    ),
    ("a.rb", "puts \"<1>\"", "puts ENV.fetch(\"API_KEY\")"),
    (
        "b.rb",
        "f(key: '<1>', 'b' => '<2>') if x",
        "f(key: ENV.fetch(\"API_KEY\"), 'b' => ENV.fetch(\"API_KEY_2\")) if x",
    ),
    (
        "a.php",
        "function f() { return g(\"<1>\"); }",
        "function f() { return g(getenv('API_KEY')); }",
    ),
    (
        "b.php",
        "class B { function h() { return g(\"<1>\"); } }",
        "class B { function h() { return g(getenv('API_KEY')); } }",
    ),
    (
        "A.java",
        "@Deprecated void f() { System.out.println(\"<1>\"); }",
        "@Deprecated void f() { System.out.println(System.getenv(\"API_KEY\")); }",
    ),
    (
        "a.rs",
        "pub fn f() { let k: &str = \"<1>\"; g(k); g(\"<2>\"); }",
        "pub fn f() { let k: &str = &std::env::var(\"API_KEY\").expect(\"API_KEY is set\"); g(k); g(&std::env::var(\"API_KEY_2\").expect(\"API_KEY_2 is set\")); }",
    ),
    (
        "a.go",
        "var k = []string{\"<1>\"}",
        "var k = []string{os.Getenv(\"API_KEY\")}",
    ),
    (
        "a.sh",
        "x=(<1> <2>)",
        "x=(\"${API_KEY:?}\" \"${API_KEY_2:?}\")",
    ),
    ("b.sh", "x=${API_KEY:-<1>}", "x=${API_KEY:?}"),
];

/// A file that is left as it is.
const LEFT: &[(&str, &str)] = &[
    // Names of members, and texts with a meaning of their own.
    ("k.js", "const o = { a: 1, \"<1>\": 2 };"),
    ("l.js", "class A { \"<1>\"() {} }"),
    ("m.js", "const q = gql `<1>`;"),
    ("n.js", "const z = \"<1>\"in o;"),
    ("o.js", "\"<1>\";"),
    ("p.js", "document.title = '<1>';"),
    ("k.ts", "let x: \"<1>\";"),
    ("l.ts", "function f(a: \"<1>\") {}"),
    ("m.ts", "interface I {\n  key: \"<1>\";\n}"),
    ("n.ts", "export const K = \"<1>\" as const;"),
    ("o.ts", "const g = f<\"<1>\">();"),
    ("p.ts", "type T = { a: { b: \"<1>\" } };"),
    ("k.py", "def f(x: \"<1>\") -> \"<2>\":\n    pass"),
    ("l.py", "x = f\"{len('<1>')}\""),
    ("m.py", "match x:\n    case {\"a\": \"<1>\"}:\n        pass"),
    ("n.py", "os.environ[\"API_KEY\"] = \"<1>\""),
    ("o.py", "os.environ.setdefault(\"API_KEY\", \"<1>\")"),
    ("k.pyi", "API_KEY: str = \"<1>\""),
    ("k.rb", "h = { \"<1>\": 1 }"),
    ("l.rb", "h = :\"<1>\""),
    ("m.rb", "case x\nin \"<1>\"\n  1\nend"),
    ("n.rb", "b = \"x\" \\\n  \"<1>\""),
    ("k.php", "$f = function($k = \"<1>\") { return $k; };"),
    ("l.php", "$f = fn($k = \"<1>\") => $k;"),
    ("m.php", "class M { var $k = \"<1>\"; }"),
    (
        "n.php",
        "class N { private array $k = [\n  \"a\" => \"<1>\",\n]; }",
    ),
    (
        "K.java",
        "@SuppressWarnings(\n      {\"a\", \"<1>\"})\n  void f() {}",
    ),
    (
        "L.java",
        "static final String KEY = \"<1>\";\n  @SuppressWarnings(KEY) void f() {}",
    ),
    (
        "M.java",
        "static final String KEY = \"<1>\";\n  void f(String s) { switch (s) { case KEY: } }",
    ),
    (
        "k.rs",
        "pub fn f(x: Option<&str>) -> bool { matches!(x, Some(\"<1>\")) }",
    ),
    ("l.rs", "pub fn f() -> &'static str {\n    \"<1>\"\n}"),
    ("m.rs", "pub fn f() { let k = \"<1>\".as_bytes(); g2(k); }"),
    ("n.rs", "pub fn f(x: String) -> bool { x == \"<1>\" }"),
    ("k.go", "type K string\n\nvar k K = \"<1>\""),
    ("l.go", "type L struct {\n\ta string `<1>`\n}"),
    ("m.go", "var m [len(\"<1>\")]int"),
    (
        "k.cs",
        "class A { void F(object a) { var x = a is \"<1>\"; } }",
    ),
    (
        "l.cs",
        "class A { int F(string a) => a switch { \"<1>\" => 1, _ => 2 }; }",
    ),
    ("m.cs", "class A { byte[] U = \"<1>\"u8; }"),
    (
        "k.sh",
        "case $x in\n  <1>) echo a;;\n  \"<2>\") echo b;;\nesac",
    ),
    (".bashrc", "export API_KEY=<1>"),
    ("docker-compose.yml", "labels:\n  <1>: a"),
    (
        ".github/workflows/k.yml",
        "on:\n  workflow_dispatch:\n    inputs:\n      key:\n        default: <1>",
    ),
    ("k.tf", "locals {\n  m = { \"<1>\" = 1 }\n}"),
    (
        "l.tf",
        "terraform {\n  backend \"http\" {\n    password = \"<1>\"\n  }\n}",
    ),
];

/// `line` as a whole file of this name.
fn framed(name: &str, line: &str) -> String {
    match name.rsplit('.').next().unwrap() {
        "py" => format!("import os\n\n{line}\n"),
        "php" => format!("<?php\n{line}\n"),
        "java" => format!("class {} {{\n  {line}\n}}\n", &name[..1]),
        "go" => format!("package a\n\nimport \"os\"\n\n{line}\n\nvar _ = os.Args\n"),
        "rs" => format!("{line}\npub fn g(_: &str) {{}}\npub fn g2(_: &[u8]) {{}}\n"),
        _ => format!("{line}\n"),
    }
}

fn run(folder: &Path, program: &str, args: &[&str]) -> std::io::Result<std::process::Output> {
    Command::new(program)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GO111MODULE", "off")
        .args(args)
        .output()
}

fn repository(files: &[(String, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        run(folder.path(), "git", &["init", "-q"])
            .unwrap()
            .status
            .success()
    );
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

fn with_keys(text: &str) -> String {
    let [first, second] = keys();
    text.replace("<1>", &first).replace("<2>", &second)
}

fn fixed(folder: &Path) -> serde_json::Value {
    let args = ["check", ".", "--unsafe-fixes", "--format", "json"];
    let done = run(folder, env!("CARGO_BIN_EXE_hushlint"), &args).unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}

/// What says whether a file parses.
const PARSERS: &[(&str, &[&str])] = &[
    ("js", &["node", "--check"]),
    ("py", &["python3", "-m", "py_compile"]),
    ("rb", &["ruby", "-c"]),
    ("php", &["php", "-l"]),
    ("java", &["javac", "-d", "."]),
    (
        "rs",
        &[
            "rustc",
            "--edition=2021",
            "--crate-type=lib",
            "--emit=metadata",
            "--out-dir=.",
        ],
    ),
    ("go", &["gofmt", "-e", "-l"]),
    ("sh", &["bash", "-n"]),
];

#[test]
fn a_look_up_stands_where_an_expression_can() {
    let files: Vec<(String, String)> = MENDED
        .iter()
        .map(|(name, line, _)| (name.to_string(), with_keys(&framed(name, line))))
        .collect();
    let folder = repository(&files);
    let report = fixed(folder.path());
    assert_eq!(report["summary"]["findings"]["error"], 0, "{report}");
    for (name, _, after) in MENDED {
        let now = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(now, framed(name, after), "{name}");
        let ending = name.rsplit('.').next().unwrap();
        let (_, parser) = PARSERS.iter().find(|(of, _)| *of == ending).unwrap();
        match run(folder.path(), parser[0], &[&parser[1..], &[*name]].concat()) {
            Ok(done) => assert!(done.status.success(), "{name}: {done:?}"),
            Err(error) => eprintln!("skipped: {name}: {}: {error}", parser[0]),
        }
    }
}

#[test]
fn it_does_not_stand_where_a_literal_means_more() {
    let files: Vec<(String, String)> = LEFT
        .iter()
        .map(|(name, line)| (name.to_string(), with_keys(&framed(name, line))))
        .collect();
    let folder = repository(&files);
    let report = fixed(folder.path());
    let found = report["findings"].as_array().unwrap();
    for (name, text) in &files {
        let now = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(&now, text, "{name}");
        assert!(
            found.iter().any(|f| f["path"] == *name),
            "{name} has no finding"
        );
    }
}

#[test]
fn what_stands_around_is_seen_however_far_it_begins() {
    let far = "    // Nothing.\n".repeat(1_000);
    let files = [
        (
            "a.php",
            format!("<?php\nclass A {{\n{far}    var $k = '<1>';\n}}\n"),
        ),
        (
            "a.go",
            format!("package a\n\nconst (\n{far}    k = \"<1>\"\n)\n"),
        ),
        ("a.ts", format!("enum E {{\n{far}    k = \"<1>\",\n}}\n")),
        (
            "b.ts",
            format!("interface I {{\n{far}    k: \"<1>\";\n}}\n"),
        ),
        (
            "a.py",
            format!("k = [\n{}    '<1>'\n    'b',\n]\n", far.replace("//", "#")),
        ),
    ]
    .map(|(name, text)| (name.to_owned(), with_keys(&text)));
    let folder = repository(&files);
    fixed(folder.path());
    for (name, text) in &files {
        let now = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(now == *text, "{name}");
    }
}

#[test]
fn what_is_encoded_is_not_taken_for_the_key() {
    let [key, _] = keys();
    let text = format!(
        "a = \"{}\"\nb = \"{}\"\n",
        data_encoding::BASE64URL_NOPAD.encode(key.as_bytes()),
        data_encoding::HEXLOWER.encode(key.as_bytes()),
    );
    let folder = repository(&[("a.py".to_owned(), text.clone())]);
    let report = fixed(folder.path());
    assert_eq!(report["summary"]["findings"]["error"], 2, "{report}");
    let now = std::fs::read_to_string(folder.path().join("a.py")).unwrap();
    assert_eq!(now, text);
}

#[test]
fn an_import_is_there_before_its_use() {
    for (name, before, after) in [
        // Not inside a statement that goes on.
        (
            "a.py",
            "from __future__ import (\n    annotations,\n)\nk = \"<1>\"\n",
            "from __future__ import (\n    annotations,\n)\nimport os\n\nk = os.environ[\"API_KEY\"]\n",
        ),
        (
            "a.py",
            "from __future__ import annotations, \\\n    division\nk = \"<1>\"\n",
            "from __future__ import annotations, \\\n    division\nimport os\n\nk = os.environ[\"API_KEY\"]\n",
        ),
        (
            "a.py",
            "import os.path\nk = \"<1>\"\n",
            "import os.path\nk = os.environ[\"API_KEY\"]\n",
        ),
        (
            "a.py",
            "import sys; import os\nk = \"<1>\"\n",
            "import sys; import os\nk = os.environ[\"API_KEY\"]\n",
        ),
        // The name is another thing there, or the import would come too late.
        ("a.py", "import sys\nos = sys.platform\nk = \"<1>\"\n", ""),
        ("a.py", "\"\"\"Doc.\"\"\"; k = \"<1>\"\nx = 1\n", ""),
        (
            "a.go",
            "package a\n\nimport (\"fmt\")\n\nfunc f() { fmt.Print(\"<1>\") }\n",
            "package a\n\nimport \"os\"\n\nimport (\"fmt\")\n\nfunc f() { fmt.Print(os.Getenv(\"API_KEY\")) }\n",
        ),
        (
            "a.go",
            "package a\n\nimport o \"os\"\n\nfunc f() { print(\"<1>\", o.Args) }\n",
            "package a\n\nimport \"os\"\nimport o \"os\"\n\nfunc f() { print(os.Getenv(\"API_KEY\"), o.Args) }\n",
        ),
        // What stands above `import "C"` belongs to it.
        (
            "a.go",
            "package a\n\n// #include <stdio.h>\nimport \"C\"\n\nvar k = \"<1>\"\n",
            "package a\n\nimport \"os\"\n\n// #include <stdio.h>\nimport \"C\"\n\nvar k = os.Getenv(\"API_KEY\")\n",
        ),
        (
            "a.go",
            "package a\n\nfunc f() { os := 1; print(\"<1>\", os) }\n",
            "",
        ),
        (
            "a.go",
            "package a\n\nfunc f(os string) { print(\"<1>\") }\n",
            "",
        ),
        ("a.py", "def f(os):\n    return \"<1>\"\n", ""),
    ] {
        let text = with_keys(before);
        let folder = repository(&[(name.to_owned(), text.clone())]);
        fixed(folder.path());
        let now = std::fs::read_to_string(folder.path().join(name)).unwrap();
        let expected = if after.is_empty() {
            text
        } else {
            after.to_owned()
        };
        assert_eq!(now, expected, "{before}");
    }
}

#[test]
fn a_module_declares_a_variable_once() {
    let files = [
        ("a.tf", "provider \"x\" {\n  api_key = \"<1>\"\n}\n"),
        ("b.tf", "provider \"y\" {\n  api_key = \"<1>\"\n}\n"),
        ("m/a.tf", "provider \"x\" {\n  api_key = \"<1>\"\n}\n"),
        ("m/variables.tf", "variable \"api_key\" {\n}\n"),
    ];
    let folder = repository(&files.map(|(name, text)| (name.to_owned(), with_keys(text))));
    fixed(folder.path());
    let texts = files.map(|(name, _)| std::fs::read_to_string(folder.path().join(name)).unwrap());
    let declared = texts.map(|text| text.matches("variable \"api_key\"").count());
    assert_eq!(declared, [1, 0, 0, 1]);
}
