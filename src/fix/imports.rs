//! The import that a look-up needs, where its file has none.

use super::Scene;
use super::position::{Family, is_taken};

/// What a file needs beside the look-up.
#[derive(Clone)]
pub(super) enum Import {
    /// Nothing: the language wants none, or it is there.
    None,
    /// This text, at this offset.
    Add(usize, String),
    /// The name is something else there, or it would stand behind its use.
    Impossible,
}

/// What a look-up at the finding of `scene` needs.
pub(super) fn wanted(scene: &Scene<'_>, family: Family) -> Import {
    let import = scene.whole.import.get_or_init(|| match family {
        Family::Python | Family::Go if is_taken(scene, "os") => Import::Impossible,
        Family::Python => python(scene),
        Family::Go => go(scene),
        _ => Import::None,
    });
    match import {
        Import::Add(at, _) if *at > scene.span.start => Import::Impossible,
        import => import.clone(),
    }
}

/// Behind the docstring, the comments above and imports from `__future__`,
/// before anything else.
fn python(scene: &Scene<'_>) -> Import {
    let bytes = scene.bytes();
    let mut place = None;
    let mut start = 0;
    // Brackets that are open, and whether the last line goes on.
    let (mut depth, mut goes_on) = (0_usize, false);
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let from = start;
        start += line.len();
        let is_first = depth == 0 && !goes_on;
        for (at, byte) in (from..).zip(line) {
            match byte {
                b'(' | b'[' | b'{' if scene.lexed().token(at).is_none() => depth += 1,
                b')' | b']' | b'}' if scene.lexed().token(at).is_none() => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        let text = std::str::from_utf8(line).unwrap_or("").trim_end();
        goes_on = text.ends_with('\\');
        let token = scene.lexed().token(from);
        let is_code = token.is_none_or(|t| t.span.start >= from && t.place.is_comment());
        if !is_first || !is_code {
            continue;
        }
        for statement in text.split(';') {
            let names = statement.trim_start().strip_prefix("import ");
            let binds = |name: &str| {
                let name = name.split('#').next().unwrap_or("").trim();
                name == "os" || (name.starts_with("os.") && !name.contains(" as "))
            };
            // What stands further in is not there for the whole file.
            if names.is_some_and(|n| n.split(',').any(binds)) && !text.starts_with([' ', '\t']) {
                return Import::None;
            }
        }
        let is_future = text.starts_with("from __future__ ");
        let is_blank = text.trim().is_empty() || text.trim_start().starts_with('#');
        if place.is_none() && !is_blank && !is_future {
            place = Some((
                from,
                text.starts_with("import ") || text.starts_with("from "),
            ));
        }
    }
    let Some((at, is_import)) = place else {
        return Import::Impossible;
    };
    let ending = scene.line_ending();
    let gap = if is_import { "" } else { ending };
    Import::Add(at, format!("import os{ending}{gap}"))
}

/// Into the block of imports where there is one over several lines, else above
/// the first import, else behind the package's name.
fn go(scene: &Scene<'_>) -> Import {
    let bytes = scene.bytes();
    let ending = scene.line_ending();
    let mut start = 0;
    let (mut package_end, mut block, mut single) = (None, None, None);
    let mut in_block = false;
    let mut above = "";
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let from = start;
        start += line.len();
        let token = scene.lexed().token(from);
        if token.is_some_and(|t| t.span.start < from) {
            continue;
        }
        let text = std::str::from_utf8(line).unwrap_or("");
        let text = text.split("//").next().unwrap_or("").trim();
        if in_block {
            in_block = !text.starts_with(')');
            if text == "\"os\"" {
                return Import::None;
            }
        } else if text.starts_with("package ") && package_end.is_none() {
            package_end = Some(start).filter(|_| !text.contains(';'));
        } else if let Some(rest) = text.strip_prefix("import") {
            let rest = rest.trim_start();
            let listed = rest.strip_prefix('(');
            let inside = listed.unwrap_or(rest).trim_end_matches(')');
            if inside.split(';').any(|path| path.trim() == "\"os\"") {
                return Import::None;
            }
            in_block = listed.is_some() && !rest.contains(')');
            // What stands above `import "C"` is a program of its own.
            let is_free = above.is_empty() || above.starts_with("import");
            match listed {
                Some("") if is_free => block = block.or(Some(start)),
                None if is_free && rest != "\"C\"" => single = single.or(Some(from)),
                Some(_) | None => {}
            }
        }
        above = std::str::from_utf8(line).unwrap_or("").trim();
    }
    match (block, single, package_end) {
        (Some(at), ..) => Import::Add(at, format!("\t\"os\"{ending}")),
        (None, Some(at), _) => Import::Add(at, format!("import \"os\"{ending}")),
        (None, None, Some(at)) => Import::Add(at, format!("{ending}import \"os\"{ending}")),
        (None, None, None) => Import::Impossible,
    }
}
