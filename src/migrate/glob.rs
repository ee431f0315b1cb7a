//! A regular expression over paths as a glob.

use regex_syntax::hir::{Hir, HirKind, Look};

/// The glob that means what `regex` means, as nearly as globs can; `None` where they cannot.
pub(super) fn glob(regex: &str) -> Option<String> {
    let hir = regex_syntax::parse(regex).ok()?;
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.clone(),
        _ => vec![hir],
    };
    let mut text = String::new();
    let mut rest = &parts[..];
    let mut is_free = true;
    // Where it begins.
    match rest {
        [first, more @ ..] if is_start(first) => {
            text.push('/');
            (rest, is_free) = (more, false);
        }
        [first, more @ ..] if is_folder_start(first) => {
            text.push_str("**/");
            (rest, is_free) = (more, false);
        }
        [first, more @ ..] if is_anything(first) => rest = more,
        _ => {}
    }
    if text == "/"
        && let [first, more @ ..] = rest
        && is_anything(first)
    {
        text.clear();
        (rest, is_free) = (more, true);
    }
    // Where it ends.
    let (middle, is_open) = match rest {
        [more @ .., last] if matches!(last.kind(), HirKind::Look(Look::End)) => (more, false),
        [more @ .., last] if is_anything(last) => (more, true),
        _ => (rest, true),
    };
    let mut core = String::new();
    for part in middle {
        push(part, &mut core)?;
    }
    let core = core.as_str();
    if core.is_empty() {
        return None;
    }
    if is_free {
        text.push_str(if core.starts_with('/') { "**" } else { "**/*" });
    }
    text.push_str(core);
    if is_open {
        text.push_str(if core.ends_with('/') { "**" } else { "*" });
    }
    Some(text)
}

fn is_start(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Look(Look::Start))
}

/// `(^|/)`: the beginning of a name.
fn is_folder_start(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => is_folder_start(&capture.sub),
        HirKind::Alternation(parts) => {
            let is_slash = |p: &Hir| matches!(p.kind(), HirKind::Literal(l) if &l.0[..] == b"/");
            parts.iter().all(|p| is_start(p) || is_slash(p))
        }
        _ => false,
    }
}

/// `.*` in any of its forms.
fn is_anything(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => is_anything(&capture.sub),
        HirKind::Repetition(r) => {
            r.max.is_none()
                && matches!(r.sub.kind(), HirKind::Class(c) if c.literal().is_none() && is_wide(c))
        }
        _ => false,
    }
}

/// Whether a class takes everything that stands in names.
fn is_wide(class: &regex_syntax::hir::Class) -> bool {
    match class {
        regex_syntax::hir::Class::Unicode(class) => {
            let takes = |c: char| class.iter().any(|r| r.start() <= c && c <= r.end());
            ['a', 'Z', '0', '.', '-', '_', '/'].into_iter().all(takes)
        }
        regex_syntax::hir::Class::Bytes(_) => false,
    }
}

fn push(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            for c in std::str::from_utf8(&literal.0).ok()?.chars() {
                match c {
                    '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' => {
                        text.push('[');
                        text.push(c);
                        text.push(']');
                    }
                    c => text.push(c),
                }
            }
            Some(())
        }
        HirKind::Capture(capture) => push(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| push(part, text)),
        HirKind::Alternation(parts) => {
            let mut choices = Vec::new();
            for part in parts {
                let mut choice = String::new();
                push(part, &mut choice)?;
                choices.push(choice);
            }
            text.push_str(&format!("{{{}}}", choices.join(",")));
            Some(())
        }
        // One character out of several, a backslash for a slash among them.
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            let takes = |c: char| class.iter().any(|r| r.start() <= c && c <= r.end());
            let count: u32 = class
                .iter()
                .map(|r| r.end() as u32 - r.start() as u32 + 1)
                .sum();
            match (takes('/'), takes('\\'), count) {
                (true, true, 2) => text.push('/'),
                (true, ..) => return None,
                (false, _, 3..) if class.iter().count() == 1 => {
                    let range = class.iter().next()?;
                    text.push_str(&format!("[{}-{}]", range.start(), range.end()));
                }
                (false, ..) => text.push('?'),
            }
            Some(())
        }
        HirKind::Repetition(r) if r.min == 0 && r.max == Some(1) => {
            let mut choice = String::new();
            push(&r.sub, &mut choice)?;
            text.push_str(&format!("{{{choice},}}"));
            Some(())
        }
        HirKind::Empty => Some(()),
        HirKind::Class(_) | HirKind::Repetition(_) | HirKind::Look(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn expressions_over_paths_become_globs() {
        for (regex, expected) in [
            (r"(^|/)vendor/", Some("**/vendor/**")),
            (r"(.*?)(jpg|gif)$", Some("**/*{jpg,gif}")),
            (r"^docs/.*", Some("/docs/**")),
            (r"go\.sum$", Some("**/*go.sum")),
            (r"package-lock\.json", Some("**/*package-lock.json*")),
            (r"tests[/\\]data", Some("**/*tests/data*")),
            (r"^.*\.md$", Some("**/*.md")),
            (r"a(b+)c", None),
            (r".*", None),
        ] {
            assert_eq!(super::glob(regex).as_deref(), expected, "{regex}");
        }
    }
}
