//! The little Markdown that rules are written in, turned into plain text.

/// How far the cells of a row are indented under its first.
const STEP: usize = 2;

/// `markdown` without links and bold; code keeps its backticks, which read well as they are.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(at) = rest.find(['`', '[', '*']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with('`') {
            let span = code_span(rest);
            out.push_str(span);
            span.len()
        } else if rest.starts_with("**") {
            2
        } else if let Some((label, target, length)) = link(rest) {
            out.push_str(&format!("{} ({target})", plain(label)));
            length
        } else {
            out.push_str(&rest[..1]);
            1
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// The code span at the start of `text`, or its backticks if nothing closes them.
fn code_span(text: &str) -> &str {
    let ticks = text.len() - text.trim_start_matches('`').len();
    match text[ticks..].find(&text[..ticks]) {
        Some(length) => &text[..ticks + length + ticks],
        None => &text[..ticks],
    }
}

/// Label, target and whole length of the `[label](target)` at the start of `text`.
fn link(text: &str) -> Option<(&str, &str, usize)> {
    let label = text.strip_prefix('[')?.split_once("](")?.0;
    let target = text[label.len() + 3..].split_once(')')?.0;
    let whole = label.len() + 3 + target.len() + 1;
    (!label.contains(['[', '\n']) && !target.contains([' ', '\n']))
        .then_some((label, target, whole))
}

/// The first paragraph, on one line.
pub(super) fn first_paragraph(text: &str) -> String {
    text.trim()
        .lines()
        .take_while(|l| !l.trim().is_empty())
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
}

/// `text` in lines of at most `width` characters where its words allow it.
/// Paragraphs and list items stay apart; code blocks stay as they are. The
/// cells of a table stand below each other, or, where they are too wide for
/// that, each row's under its first.
pub(super) fn fill(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut block = String::new();
    let mut table: Vec<Vec<&str>> = Vec::new();
    let mut fenced = false;
    for line in text.trim().lines() {
        if !fenced && let Some(row) = cells(line) {
            flush(&mut block, width, &mut out);
            table.push(row);
            continue;
        }
        lay_out(&mut table, width, &mut out);
        let fence = line.trim_start().starts_with("```");
        if fence || fenced {
            flush(&mut block, width, &mut out);
            out.push_str(line);
            out.push('\n');
            fenced ^= fence;
        } else if line.trim().is_empty() {
            flush(&mut block, width, &mut out);
            out.push('\n');
        } else {
            if hanging(line.trim_start()) > 0 {
                flush(&mut block, width, &mut out);
            }
            if !block.is_empty() {
                block.push(' ');
            }
            block.push_str(line.trim());
        }
    }
    flush(&mut block, width, &mut out);
    lay_out(&mut table, width, &mut out);
    out.truncate(out.trim_end().len());
    out
}

/// The cells of a line of a table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split(" | ").map(str::trim).collect())
}

/// Appends the rows of `table`, without the rule under its head, and empties it.
fn lay_out(table: &mut Vec<Vec<&str>>, width: usize, out: &mut String) {
    table.retain(|row| {
        !row.iter()
            .all(|cell| cell.chars().all(|c| "-:|".contains(c)))
    });
    let widths: Vec<usize> = (0..table.iter().map(Vec::len).max().unwrap_or(0))
        .map(|column| {
            let cells = table.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let is_narrow = widths.iter().map(|cell| cell + 2).sum::<usize>() <= width + 2;
    if is_narrow {
        for row in table.drain(..) {
            for (column, cell) in row.iter().enumerate() {
                out.push_str(cell);
                if column + 1 < row.len() {
                    let gap = widths[column] + 2 - cell.chars().count();
                    out.extend(std::iter::repeat_n(' ', gap));
                }
            }
            out.push('\n');
        }
        return;
    }
    // The head says nothing that the rows do not.
    for row in table.drain(..).skip(1) {
        for (column, cell) in row.iter().enumerate() {
            let indent = if column == 0 { 0 } else { STEP };
            out.extend(std::iter::repeat_n(' ', indent));
            wrap(cell, indent, indent, width, out);
        }
    }
}

/// How far the lines after the first of a list item are indented; 0 for what is none.
fn hanging(block: &str) -> usize {
    let digits = block.bytes().take_while(u8::is_ascii_digit).count();
    if block.starts_with("- ") || block.starts_with("* ") {
        2
    } else if digits > 0 && block[digits..].starts_with(". ") {
        digits + 2
    } else {
        0
    }
}

fn flush(block: &mut String, width: usize, out: &mut String) {
    if !block.is_empty() {
        wrap(block, 0, hanging(block), width, out);
        block.clear();
    }
}

/// Appends the words of `text` in lines of at most `width`; the first goes on
/// in `column`, the others are indented. Code is not parted where it fits a line.
fn wrap(text: &str, column: usize, indent: usize, width: usize, out: &mut String) {
    let mut at = column;
    for word in words(text, width - indent) {
        let length = word.chars().count();
        if at > indent && at + 1 + length > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        } else if at > column {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += length;
    }
    out.push('\n');
}

/// The words of `text`; code of up to `longest` characters is one, with what is glued to it.
fn words(text: &str, longest: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut end = 0;
        while let Some(c) = rest[end..].chars().next().filter(|c| !c.is_whitespace()) {
            let span = if c == '`' {
                code_span(&rest[end..])
            } else {
                ""
            };
            let fits = span.len() > 1 && rest[..end + span.len()].chars().count() <= longest;
            end += if fits { span.len() } else { c.len_utf8() };
        }
        words.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_bold_become_text_and_code_stays() {
        let cases = [
            ("a **b** c", "a b c"),
            (
                "see [the docs](https://h.test/a) now",
                "see the docs (https://h.test/a) now",
            ),
            ("`[a](b)` and `**`", "`[a](b)` and `**`"),
            ("an array[0] (x) * 2", "an array[0] (x) * 2"),
            ("```sh\n**x**\n```\ny", "```sh\n**x**\n```\ny"),
            ("open ` tick [x](", "open ` tick [x]("),
        ];
        for (markdown, expected) in cases {
            assert_eq!(plain(markdown), expected);
        }
    }

    #[test]
    fn tables_stay_tables() {
        let text = "Read it:\n\n| language | read it |\n|---|---|\n| Go | `os.Getenv(\"K\")` |\n| JavaScript | `a \\|\\| b` |\n\nThen stop.";
        assert_eq!(
            fill(text, 32),
            "Read it:\n\nlanguage    read it\nGo          `os.Getenv(\"K\")`\nJavaScript  `a \\|\\| b`\n\nThen stop."
        );
    }

    #[test]
    fn rows_too_wide_stand_under_their_first_cell() {
        let text = "| language | read it |\n|---|---|\n| Go | `os.Getenv(\"K\")` |\n| shell | `a b c`, or else `d` |";
        assert_eq!(
            fill(text, 20),
            "Go\n  `os.Getenv(\"K\")`\nshell\n  `a b c`, or else\n  `d`"
        );
    }

    #[test]
    fn code_stays_whole_where_a_line_holds_it() {
        assert_eq!(
            fill("one `POST /v1` (`a b`), so", 12),
            "one\n`POST /v1`\n(`a b`), so"
        );
        assert_eq!(fill("`one two three four`", 10), "`one two\nthree\nfour`");
        assert_eq!(fill("a ` b", 10), "a ` b");
    }

    #[test]
    fn words_fill_lines_and_blocks_stay_apart() {
        assert_eq!(fill("a bb\nccc dddd", 6), "a bb\nccc\ndddd");
        assert_eq!(
            fill("- aa bb cc\n- dd\n\nee", 7),
            "- aa bb\n  cc\n- dd\n\nee"
        );
        assert_eq!(
            fill("a\n```\nlong  code line\n```", 4),
            "a\n```\nlong  code line\n```"
        );
    }
}
