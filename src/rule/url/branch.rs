//! Code that is not what a release runs: tries, and branches of development.

use super::command::line_start;
use super::words::words;

/// Languages whose lines that begin with `#` are for the compiler.
const PREPROCESSED: [&str; 5] = ["C", "C++", "Objective-C", "C#", "Swift"];
/// How far above a URL its branch begins.
const ABOVE: usize = 8 * 1024;

/// Whether the code at `at` is compiled or run only by whoever develops it, or by nobody: `#if 0`,
/// `#ifdef DEBUG`, `if (BuildConfig.DEBUG) {`, `isProd ? .. : "http:..`.
pub(super) fn is_in_development(bytes: &[u8], at: usize, language: &str) -> bool {
    let line = line_start(bytes, at);
    is_chosen(&bytes[line..at])
        || PREPROCESSED.contains(&language) && is_compiled_out(bytes, line)
        || is_in_block(bytes, line, at)
}

/// What a condition says of who runs the branch it opens: `Some(true)` for developers or nobody,
/// `Some(false)` for everybody else.
pub(in super::super) fn condition(text: &[u8]) -> Option<bool> {
    const DEVELOPMENT: [&str; 7] = [
        "debug",
        "dev",
        "development",
        "simulator",
        "emulator",
        "mock",
        "localhost",
    ];
    const RELEASE: [&str; 2] = ["prod", "production"];
    let words = words(text);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    if memchr::memmem::find(text, b"/dev/").is_some() {
        return None;
    }
    let is_negated = text.contains(&b'!') || words.first().is_some_and(|w| w == "not");
    match (has(&DEVELOPMENT), has(&RELEASE)) {
        (true, false) => Some(!is_negated),
        (false, true) => Some(is_negated),
        _ => None,
    }
}

/// Whether a condition before the URL, on its line, chooses it for developers.
fn is_chosen(before: &[u8]) -> bool {
    let Some((b'"' | b'\'' | b'`', head)) = before.split_last() else {
        return false;
    };
    let Some(mark) = memchr::memrchr(b'?', head) else {
        return false;
    };
    let start = head[..mark]
        .iter()
        .rposition(|b| matches!(b, b'(' | b',' | b'{') || *b == b':')
        .map_or(0, |i| i + 1);
    let asked = &head[start..mark];
    // Only what follows the name that is assigned.
    let asked = asked
        .windows(3)
        .position(|w| w == b" = ")
        .map_or(asked, |i| &asked[i + 3..]);
    match head[mark + 1..].trim_ascii() {
        b"" => condition(asked) == Some(true),
        other if other.ends_with(b":") => condition(asked) == Some(false),
        _ => false,
    }
}

/// Whether the preprocessor leaves out what stands on the line at `line`, unless for developers.
fn is_compiled_out(bytes: &[u8], line: usize) -> bool {
    let above = &bytes[line.saturating_sub(ABOVE)..line];
    if memchr::memmem::rfind(above, b"#if").is_none() {
        return false;
    }
    let mut depth = 0usize;
    let mut is_else = false;
    let mut is_decided = false;
    for text in above.rsplit(|&b| b == b'\n') {
        let Some(directive) = text.trim_ascii().strip_prefix(b"#") else {
            continue;
        };
        let directive = directive.trim_ascii_start();
        let end = directive.iter().take_while(|b| b.is_ascii_alphabetic());
        let (name, asked) = directive.split_at(end.count());
        let asked = asked.trim_ascii();
        match name {
            b"endif" => depth += 1,
            b"if" | b"ifdef" | b"ifndef" if depth > 0 => depth -= 1,
            b"else" if depth == 0 => is_else = true,
            b"elif" | b"elseif" if depth == 0 && !is_else && !is_decided => {
                if condition(asked) == Some(true) {
                    return true;
                }
                is_decided = true;
            }
            b"if" | b"ifdef" | b"ifndef" => {
                let says = match asked {
                    b"0" | b"false" => Some(true),
                    b"1" | b"true" => Some(false),
                    _ => condition(asked),
                };
                let is_open = (name == b"ifndef") == is_else;
                if !is_decided && says == Some(is_open) {
                    return true;
                }
                (is_else, is_decided) = (false, false);
            }
            _ => {}
        }
    }
    false
}

/// Whether a block around the line at `line`, which begins with a condition, is for developers.
fn is_in_block(bytes: &[u8], line: usize, at: usize) -> bool {
    const ABOVE: usize = 2 * 1024;
    let indent = |text: &[u8]| text.len() - text.trim_ascii_start().len();
    let mut depth = indent(&bytes[line..at]);
    let above = &bytes[line.saturating_sub(ABOVE)..line];
    let mut is_else = false;
    for text in above.rsplit(|&b| b == b'\n') {
        let right = indent(text);
        let text = text.trim_ascii();
        if text.is_empty() || right > depth || right == depth && !is_else {
            continue;
        }
        depth = right;
        let head = text.strip_prefix(b"}").unwrap_or(text).trim_ascii_start();
        let asked = [
            &b"if "[..],
            b"if(",
            b"else if",
            b"elif ",
            b"elsif ",
            b"unless ",
        ]
        .into_iter()
        .find_map(|word| head.strip_prefix(word));
        match asked {
            Some(asked) => {
                let is_open = head.starts_with(b"unless ") == is_else;
                if condition(asked) == Some(is_open) {
                    return true;
                }
                is_else = false;
            }
            None => is_else = head.starts_with(b"else"),
        }
    }
    false
}

/// Whether `at` is in the `main` of a Java class that is no program of its own: its author's tries.
pub(super) fn is_in_tryout(path: &[u8], bytes: &[u8], at: usize) -> bool {
    const PARTS: [&str; 12] = [
        "@Service",
        "@Component",
        "@Controller",
        "@RestController",
        "@Repository",
        "@Autowired",
        "@Resource",
        "Util ",
        "Utils ",
        "Helper ",
        "Handler ",
        "Impl ",
    ];
    if !path.ends_with(b".java") {
        return false;
    }
    let above = &bytes[at.saturating_sub(ABOVE)..at];
    let Some(main) = memchr::memmem::rfind(above, b"static void main(") else {
        return false;
    };
    let line = line_start(above, main);
    let indent = above[line..]
        .iter()
        .take_while(|b| b.is_ascii_whitespace())
        .count();
    let end = [b"\n", &above[line..line + indent], b"}"].concat();
    let head = &bytes[..bytes.len().min(ABOVE)];
    memchr::memmem::find(&above[main..], &end).is_none()
        && PARTS
            .iter()
            .any(|part| memchr::memmem::find(head, part.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_of_development_are_told_by_their_condition() {
        let cases = [
            ("#if 0\nurl = \"http://", true),
            ("#if 1\nurl = \"http://", false),
            ("#if 1\nx();\n#else\nurl = \"http://", true),
            ("#ifdef DEBUG\nurl = \"http://", true),
            ("#ifdef DEBUG\n#else\nurl = \"http://", false),
            ("#ifdef DEBUG\n#endif\nurl = \"http://", false),
            ("#ifndef DEBUG\nurl = \"http://", false),
            ("#ifndef NDEBUG\n#else\nurl = \"http://", false),
            ("#if !DEBUG\n#else\nurl = \"http://", true),
            ("#if TARGET_IPHONE_SIMULATOR\n#define URL @\"http://", true),
            ("#if A\n#elif DEBUG\nurl = \"http://", true),
            ("#if DEBUG\n#elif A\nurl = \"http://", false),
            ("if (BuildConfig.DEBUG) {\n  url = \"http://", true),
            ("if (!BuildConfig.DEBUG) {\n  url = \"http://", false),
            (
                "if (BuildConfig.DEBUG) {\n  a()\n} else {\n  url = \"http://",
                false,
            ),
            (
                "if (isProduction) {\n  a()\n} else {\n  url = \"http://",
                true,
            ),
            ("if (isProduction) {\n  url = \"http://", false),
            ("if __DEV__:\n    a()\nurl = \"http://", false),
            (
                "if process.env.NODE_ENV == 'development'\n  url = 'http://",
                true,
            ),
            ("url = kDebugMode ? 'http://", true),
            ("url = kDebugMode ? 'https://a.io' : 'http://", false),
            ("url = isProd ? 'https://a.io' : 'http://", true),
            ("url = isProd ? 'http://", false),
            ("if which curl >/dev/null; then\n  curl http://", false),
            ("devUrl = found ? 'http://", false),
        ];
        for (text, expected) in cases {
            let at = text.find("http://").expect("the test's own text holds it");
            assert_eq!(
                is_in_development(text.as_bytes(), at, "C"),
                expected,
                "{text}"
            );
        }
    }
}
