//! What elements and attributes of XML call a URL.

use std::ops::Range;

use super::context::is_word;

/// How far back an entry's name is looked for.
const BACK: usize = 300;

/// Elements that hold any setting's value.
const VALUES: &[&[u8]] = &[b"value", b"string", b"param-value", b"config-value"];
/// Elements before them that hold its name.
const KEYS: &[&[u8]] = &[b"key", b"name", b"param-name", b"config-key"];
/// Attributes with a setting's name.
const NAMES: &[&[u8]] = &[b"key", b"name", b"id", b"android:name"];
/// Elements of pages, whose names and values are a form's or a player's.
const OF_PAGES: &[&[u8]] = &[
    b"button", b"data", b"input", b"li", b"meta", b"object", b"option", b"param", b"select",
];

/// Elements of pages that hold text to be read.
const OF_TEXT: &[&[u8]] = &[
    b"a", b"b", b"button", b"caption", b"code", b"dd", b"div", b"dt", b"em", b"h1", b"h2", b"h3",
    b"h4", b"h5", b"h6", b"i", b"label", b"legend", b"li", b"option", b"p", b"pre", b"small",
    b"span", b"strong", b"td", b"th", b"tt", b"u",
];

/// Whether the element at `name` holds text to be read.
pub(super) fn is_for_readers(bytes: &[u8], name: &Range<usize>) -> bool {
    let name = bytes[name.clone()].to_ascii_lowercase();
    OF_TEXT.contains(&&name[..])
}

/// The names of the text that begins at `start`, right behind a tag that begins on the
/// line from `line` on: the entry's that it is the value of, the element's.
pub(super) fn names_of_text(bytes: &[u8], line: usize, start: usize) -> Vec<Range<usize>> {
    let Some(open) = bytes[line..start].iter().rposition(|&b| b == b'<') else {
        return Vec::new();
    };
    let open = line + open;
    let element = name_at(bytes, open + 1, start);
    if element.is_empty() {
        return Vec::new();
    }
    let is_value = VALUES.contains(&&bytes[element.clone()]);
    let entry = named_in(bytes, element.end..start)
        .or_else(|| is_value.then(|| entry_before(bytes, open)).flatten());
    entry.into_iter().chain([element]).collect()
}

/// The name of the entry whose attribute `value` begins at `start`: `<add key="ApiUrl" value="http://..`.
pub(super) fn name_of_value(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let floor = start.saturating_sub(BACK);
    let tag = bytes[floor..start]
        .iter()
        .rposition(|b| matches!(b, b'<' | b'>'))?;
    let open = floor + tag;
    let is_open = bytes[open] == b'<';
    let element = name_at(bytes, open + 1, start);
    let attribute = bytes[element.end..start]
        .strip_suffix(b"\"")
        .or_else(|| bytes[element.end..start].strip_suffix(b"'"))?
        .strip_suffix(b"=")?;
    let is_value = attribute.ends_with(b" value")
        || attribute.ends_with(b"\tvalue")
        || attribute.ends_with(b"\nvalue")
        || attribute.ends_with(b" android:value");
    let is_entry = is_open
        && is_value
        && !element.is_empty()
        && !OF_PAGES
            .iter()
            .any(|p| p.eq_ignore_ascii_case(&bytes[element.clone()]));
    is_entry
        .then(|| named_in(bytes, element.end..start))
        .flatten()
}

/// The entry that the value whose tag begins at `open` belongs to: `<key>ApiUrl</key>` before
/// it, `<setting name="ApiUrl">` around it.
fn entry_before(bytes: &[u8], open: usize) -> Option<Range<usize>> {
    let floor = open.saturating_sub(BACK);
    let before = bytes[floor..open].trim_ascii_end();
    let end = floor + before.len();
    let last = floor
        + before
            .strip_suffix(b">")?
            .iter()
            .rposition(|&b| b == b'<')?;
    if bytes[last + 1] != b'/' {
        let element = name_at(bytes, last + 1, end);
        return named_in(bytes, element.end..end);
    }
    let key = name_at(bytes, last + 2, end);
    let text = floor + bytes[floor..last].iter().rposition(|&b| b == b'>')? + 1;
    let is_key = KEYS.contains(&&bytes[key]) && text < last;
    is_key.then_some(text..last)
}

/// The value of the attribute among those in `tag` that names an entry.
fn named_in(bytes: &[u8], tag: Range<usize>) -> Option<Range<usize>> {
    NAMES.iter().find_map(|name| {
        let text = &bytes[tag.clone()];
        let at = memchr::memmem::find_iter(text, name).find(|&at| {
            let is_whole = at > 0 && text[at - 1].is_ascii_whitespace();
            is_whole && matches!(text.get(at + name.len()..), Some([b'=', b'"' | b'\'', ..]))
        })?;
        let value = at + name.len() + 2;
        let quote = text[value - 1];
        let length = text[value..].iter().position(|&b| b == quote)?;
        (length > 0).then(|| tag.start + value..tag.start + value + length)
    })
}

/// The name that begins at `at`, before `end`.
fn name_at(bytes: &[u8], at: usize, end: usize) -> Range<usize> {
    let is_part = |b: &&u8| is_word(**b) || matches!(b, b'-' | b':' | b'.');
    at..at + bytes[at..end].iter().take_while(is_part).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_what_they_hold() {
        for (text, expected) in [
            ("<apiUrl>http://", "apiUrl"),
            ("<string name=\"api_url\">http://", "api_url string"),
            ("<entry key='api.url'>http://", "api.url entry"),
            (
                "<setting name=\"Orders\" as=\"String\">\n <value>http://",
                "Orders value",
            ),
            ("<key>ApiUrl</key>\n<string>http://", "ApiUrl string"),
            ("<title>Api</title>\n<string>http://", "string"),
            (
                "<param-name>apiUrl</param-name>\n <param-value>http://",
                "apiUrl param-value",
            ),
            ("<p class=\"key\">http://", "p"),
        ] {
            let line = text.rfind('\n').map_or(0, |i| i + 1);
            let start = text.find("http://").expect("the test's own text holds it");
            let names = names_of_text(text.as_bytes(), line, start);
            let names: Vec<&str> = names.into_iter().map(|r| &text[r]).collect();
            assert_eq!(names.join(" "), expected, "{text}");
        }
        for (text, expected) in [
            ("<add key=\"ApiUrl\" value=\"http://", Some("ApiUrl")),
            ("<property name='url'\n  value='http://", Some("url")),
            (
                "<meta-data android:name=\"API\" android:value=\"http://",
                Some("API"),
            ),
            ("<input name=\"url\" value=\"http://", None),
            ("<add key=\"ApiUrl\" href=\"http://", None),
            ("<a/> value=\"http://", None),
            ("value=\"http://", None),
        ] {
            let start = text.find("http://").expect("the test's own text holds it");
            let name = name_of_value(text.as_bytes(), start).map(|r| &text[r]);
            assert_eq!(name, expected, "{text}");
        }
    }
}
