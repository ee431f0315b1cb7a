//! One text to be scanned: its name, its bytes, and what turns an offset into a place a person can find.

mod newlines;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use xxhash_rust::xxh3::Xxh3;

/// A path relative to the root of the scan, `/`-separated, kept as the bytes
/// git and the file system know it by: names need not be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    pub fn new(bytes: impl Into<Vec<u8>>) -> RepoPath {
        RepoPath(bytes.into())
    }

    /// The relative `path` of a file system that may write `\` for `/`.
    pub fn from_relative(path: &Path) -> RepoPath {
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::path::MAIN_SEPARATOR == '/' {
            RepoPath(bytes.to_vec())
        } else {
            RepoPath(
                bytes
                    .iter()
                    .map(|&b| if b == b'\\' { b'/' } else { b })
                    .collect(),
            )
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last component.
    pub fn name(&self) -> &[u8] {
        let start = memchr::memrchr(b'/', &self.0).map_or(0, |i| i + 1);
        &self.0[start..]
    }

    /// The folder that holds it, empty for the root.
    pub fn parent(&self) -> &[u8] {
        &self.0[..memchr::memrchr(b'/', &self.0).unwrap_or(0)]
    }

    pub fn join_to(&self, root: &Path) -> PathBuf {
        root.join(bytes_to_path(&self.0))
    }

    /// As text for a data format: what is not UTF-8 becomes `\xHH`, so that
    /// two files never share a name.
    pub fn to_text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let mut text = String::new();
                for chunk in self.0.utf8_chunks() {
                    text.push_str(chunk.valid());
                    for byte in chunk.invalid() {
                        text.push_str(&format!("\\x{byte:02X}"));
                    }
                }
                Cow::Owned(text)
            }
        }
    }
}

/// For people: as [`RepoPath::to_text`], and safe on a terminal.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.to_text().chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                c if is_unsafe_on_a_terminal(c) => write!(f, "\\u{{{:x}}}", c as u32)?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> RepoPath {
        RepoPath(text.as_bytes().to_vec())
    }
}

#[cfg(unix)]
pub fn bytes_to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub fn bytes_to_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Control characters, and the invisible ones that reorder or hide text
/// (Unicode TR36 §3.3, "Trojan Source").
pub fn is_unsafe_on_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A place in a file. `line` and `column` are 1-based; `column` counts
/// Unicode code points, `utf16` the code units SARIF counts. What is not
/// UTF-8 counts as the U+FFFD it is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub utf16: usize,
}

impl Position {
    pub const START: Position = Position {
        line: 1,
        column: 1,
        utf16: 1,
    };

    /// The position right after `bytes`, which begin here, and not inside a character.
    pub fn after(self, bytes: &[u8]) -> Position {
        let mut at = self;
        let rest = match memchr::memrchr(b'\n', bytes) {
            Some(last) => {
                at.line += newlines::newlines(&bytes[..=last]);
                at.column = 1;
                at.utf16 = 1;
                &bytes[last + 1..]
            }
            None => bytes,
        };
        let (chars, units) = widths(rest);
        at.column += chars;
        at.utf16 += units;
        at
    }

    /// Where this is in a text that begins at `origin`, if it was counted from there as from 1.
    pub fn behind(self, origin: Position) -> Position {
        match self.line {
            1 => Position {
                line: origin.line,
                column: origin.column + self.column - 1,
                utf16: origin.utf16 + self.utf16 - 1,
            },
            line => Position {
                line: origin.line + line - 1,
                ..self
            },
        }
    }
}

/// Code points and UTF-16 code units of `bytes`; what is no character counts
/// as one wherever [`String::from_utf8_lossy`] would show one.
fn widths(bytes: &[u8]) -> (usize, usize) {
    match std::str::from_utf8(bytes) {
        Ok(text) => widths_of_text(text),
        Err(_) => bytes.utf8_chunks().fold((0, 0), |(chars, units), chunk| {
            let (c, u) = widths_of_text(chunk.valid());
            let invalid = usize::from(!chunk.invalid().is_empty());
            (chars + c + invalid, units + u + invalid)
        }),
    }
}

fn widths_of_text(text: &str) -> (usize, usize) {
    let (mut chars, mut wide) = (0, 0);
    // Sums of a byte's worth of iterations keep the loop vectorised.
    for block in text.as_bytes().chunks(255) {
        let (mut c, mut w) = (0u8, 0u8);
        for &byte in block {
            c += u8::from(byte & 0xC0 != 0x80);
            w += u8::from(byte >= 0xF0);
        }
        chars += usize::from(c);
        wide += usize::from(w);
    }
    (chars, chars + wide)
}

/// `at`, or the start of the character of `bytes` that it lies within: text
/// counted in parts is to be cut nowhere else.
pub fn character_start(bytes: &[u8], at: usize) -> usize {
    let is_within = |&b: &u8| b & 0xC0 == 0x80;
    if !bytes.get(at).is_some_and(is_within) {
        return at;
    }
    let lead = bytes[at.saturating_sub(3)..at]
        .iter()
        .rposition(|b| !is_within(b))
        .map(|i| at.saturating_sub(3) + i);
    lead.filter(|&i| bytes[i] >= 0xC0).unwrap_or(at)
}

/// Where a document stands in a file too large to be held whole.
#[derive(Clone)]
pub struct Window {
    pub lines: Rc<Lines>,
    /// The offset in the text of the document's first byte.
    pub offset: u64,
    /// A match belongs to the window in whose core its anchor begins; the
    /// bytes around are context, and another window's core.
    pub core: Range<usize>,
}

/// How far the lines of a text are counted that passes in windows.
pub struct Lines {
    /// An offset in the text, and the position there.
    counted: Cell<(u64, Position)>,
    /// Whether somebody asked.
    is_wanted: Cell<bool>,
    /// Counts the part `.0` of the text again, which begins at `.1`; without it, all is counted as it passes.
    again: Option<Recount>,
}

type Recount = Box<dyn Fn(Range<u64>, Position) -> Position>;

impl Lines {
    /// Of a text that begins at `offset`, with line 1.
    pub fn new(offset: u64, again: Option<Recount>) -> Lines {
        Lines {
            counted: Cell::new((offset, Position::START)),
            is_wanted: Cell::new(again.is_none()),
            again,
        }
    }

    /// Has what passes from now on counted.
    pub fn want(&self) {
        self.is_wanted.set(true);
    }

    pub fn is_wanted(&self) -> bool {
        self.is_wanted.get()
    }

    /// An offset in the text, and the position there.
    pub fn counted(&self) -> (u64, Position) {
        self.counted.get()
    }

    /// The next of the text to go by: `bytes`, at `offset`.
    pub fn pass(&self, offset: u64, bytes: &[u8]) {
        let (counted, position) = self.counted.get();
        if self.is_wanted() {
            debug_assert_eq!(counted, offset, "text passes in order");
            let end = offset + bytes.len() as u64;
            self.counted.set((end, position.after(bytes)));
        }
    }

    /// The position at `offset`, which is not behind what has passed, nor before the last one asked for.
    pub fn at(&self, offset: u64) -> Position {
        let (counted, mut position) = self.counted.get();
        if let Some(again) = &self.again
            && counted < offset
        {
            position = again(counted..offset, position);
            self.counted.set((offset, position));
        }
        self.want();
        position
    }
}

/// What git makes of a file named like `.env`; `None` on every other document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub tracked: bool,
    pub coverage: Coverage,
}

/// Which ignore rules cover a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Rules that travel with the repository: its `.gitignore` files.
    Shared,
    /// Only rules of this clone or this person; the text names their file.
    Private(String),
    /// None.
    Nothing,
}

/// How a text is stored in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Bytes of the byte order mark before the text.
    pub mark: usize,
    pub encoding: Encoding,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Or bytes close to it: the text is the file's bytes as they are.
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// `text` as the file would store it.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

/// What a file held when it was read, to tell whether it still does. It is for
/// one run: nothing keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u64);

impl Stamp {
    pub fn of(bytes: &[u8]) -> Stamp {
        Stamp::of_parts(&[bytes])
    }

    /// Of all that `file` still has to give.
    pub fn read(file: &mut dyn Read) -> io::Result<Stamp> {
        let mut hasher = Xxh3::new();
        let mut block = vec![0; 1 << 16];
        loop {
            match file.read(&mut block) {
                Ok(0) => return Ok(Stamp(hasher.digest())),
                Ok(length) => hasher.update(&block[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn of_parts(parts: &[&[u8]]) -> Stamp {
        let mut hasher = Xxh3::new();
        parts.iter().for_each(|part| hasher.update(part));
        Stamp(hasher.digest())
    }
}

/// A file's text (UTF-8, or bytes close to it), or one window of it.
pub struct Document {
    pub path: RepoPath,
    pub form: Form,
    /// Known to git's index; false outside a repository.
    pub tracked: bool,
    pub standing: Option<Standing>,
    pub window: Option<Window>,
    buffer: Vec<u8>,
    text: Range<usize>,
    lines: OnceCell<LineIndex>,
}

impl Document {
    pub fn new(path: RepoPath, bytes: Vec<u8>) -> Document {
        let text = 0..bytes.len();
        Document::in_buffer(path, bytes, text)
    }

    /// The part `text` of a buffer that is larger: a thread's buffer is
    /// initialised once, not for every file.
    pub fn in_buffer(path: RepoPath, buffer: Vec<u8>, text: Range<usize>) -> Document {
        Document {
            path,
            form: Form::default(),
            tracked: false,
            standing: None,
            window: None,
            buffer,
            text,
            lines: OnceCell::new(),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.text.clone()]
    }

    /// The whole buffer back, so that the next document need not allocate.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Of the whole file; `None` where this is not all of it as it is stored.
    pub fn stamp(&self) -> Option<Stamp> {
        let is_stored = self.form.encoding == Encoding::Utf8 && self.window.is_none();
        let mark = &b"\xEF\xBB\xBF"[..self.form.mark.min(3)];
        is_stored.then(|| Stamp::of_parts(&[mark, self.bytes()]))
    }

    /// The part whose anchors are this document's to report.
    pub fn core(&self) -> Range<usize> {
        self.window
            .as_ref()
            .map_or(0..self.text.len(), |w| w.core.clone())
    }

    /// Where `offset` stands in the file.
    pub fn position(&self, offset: usize) -> Position {
        let origin = || {
            let window = self.window.as_ref();
            window.map_or(Position::START, |w| w.lines.at(w.offset))
        };
        self.lines
            .get_or_init(|| LineIndex::new(self.bytes(), origin()))
            .position(self.bytes(), offset)
    }

    /// The bytes of the file that hold `range` of the text; `None` where that
    /// is not known, as in a window of a UTF-16 file.
    pub fn stored(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let before = self.window.as_ref().map_or(0, |w| w.offset);
        let place = |offset: usize| match self.form.encoding {
            Encoding::Utf8 => usize::try_from(before).ok()?.checked_add(offset),
            Encoding::Utf16Le | Encoding::Utf16Be if self.window.is_some() => None,
            Encoding::Utf16Le | Encoding::Utf16Be => Some(2 * widths(&self.bytes()[..offset]).1),
        };
        Some(self.form.mark + place(range.start)?..self.form.mark + place(range.end)?)
    }

    /// The line that holds `offset`, without its end (`\n` or `\r\n`).
    pub fn line_around(&self, offset: usize) -> Range<usize> {
        line_around(self.bytes(), offset)
    }
}

/// The line of `bytes` that holds `offset`, without its end (`\n` or `\r\n`).
pub fn line_around(bytes: &[u8], offset: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |i| i + 1);
    let mut end = memchr::memchr(b'\n', &bytes[offset..]).map_or(bytes.len(), |i| offset + i);
    if end > start && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    start..end
}

/// Positions at every 4 KiB: a lookup counts at most that much, however
/// long the line and however many the findings on it.
struct LineIndex {
    marks: Vec<Position>,
}

impl LineIndex {
    const STEP: usize = 4096;

    fn new(bytes: &[u8], origin: Position) -> LineIndex {
        let mut at = origin;
        let mut marks = Vec::with_capacity(bytes.len() / Self::STEP + 1);
        marks.push(at);
        let mut start = 0;
        for step in (Self::STEP..=bytes.len()).step_by(Self::STEP) {
            let end = character_start(bytes, step);
            at = at.after(&bytes[start..end]);
            marks.push(at);
            start = end;
        }
        LineIndex { marks }
    }

    fn position(&self, bytes: &[u8], offset: usize) -> Position {
        let mark = offset / Self::STEP;
        self.marks[mark].after(&bytes[character_start(bytes, mark * Self::STEP)..offset])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(text: &str, offset: usize) -> Position {
        let before = &text[..offset];
        let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
        Position {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            utf16: line.encode_utf16().count() + 1,
        }
    }

    #[test]
    fn positions_agree_with_counting_from_the_start() {
        let text = "aé\u{1F511}x\r\n".repeat(2000) + &"ü\u{1F511}".repeat(3000);
        let document = Document::new("a".into(), text.clone().into_bytes());
        for (offset, _) in text.char_indices().step_by(97).chain([(text.len(), ' ')]) {
            assert_eq!(
                document.position(offset),
                naive(&text, offset),
                "at {offset}"
            );
        }
    }

    #[test]
    fn what_is_no_character_counts_as_it_is_shown() {
        let mut bytes = Vec::new();
        let mut state = 7u64;
        while bytes.len() < 30_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let pieces: [&[u8]; 8] = [
                b"a",
                b"\x80",
                b"\xE2\x82",
                b"\xFF",
                "é".as_bytes(),
                "\u{1F511}".as_bytes(),
                b"\xF0\x9F\x94",
                b"\xBF\xBF\xBF\xBF",
            ];
            bytes.extend(pieces[(state >> 61) as usize]);
            if state >> 40 & 0xFF == 0 {
                bytes.push(b'\n');
            }
        }
        let document = Document::new("a".into(), bytes.clone());
        for offset in (0..=bytes.len()).filter(|&o| character_start(&bytes, o) == o) {
            let text = String::from_utf8_lossy(&bytes[..offset]);
            assert_eq!(
                document.position(offset),
                naive(&text, text.len()),
                "at {offset}"
            );
        }
    }

    #[test]
    fn a_place_in_the_text_is_one_in_the_file() {
        let text = "aé\u{1F511}b";
        for (encoding, stored) in [
            (Encoding::Utf8, 3 + 7..3 + 8),
            (Encoding::Utf16Le, 3 + 8..3 + 10),
        ] {
            let mut document = Document::new("a".into(), text.as_bytes().to_vec());
            document.form = Form { mark: 3, encoding };
            assert_eq!(document.stored(&(7..8)), Some(stored));
        }
        assert_eq!(Encoding::Utf16Be.encode("é"), [0, 0xE9]);
    }

    #[test]
    fn a_stamp_is_of_the_file_however_it_was_read() {
        let stored = [&b"\xEF\xBB\xBF"[..], &b"a\n".repeat(50_000)].concat();
        let mut document = Document::new("a".into(), stored[3..].to_vec());
        document.form.mark = 3;
        let stamp = Stamp::of(&stored);
        assert_eq!(document.stamp(), Some(stamp));
        assert_eq!(Stamp::read(&mut &stored[..]).ok(), Some(stamp));
        assert_ne!(Stamp::of(&stored[3..]), stamp);
        document.form.encoding = Encoding::Utf16Le;
        assert_eq!(document.stamp(), None);
    }

    #[test]
    fn a_line_ends_before_its_line_ending() {
        assert_eq!(line_around(b"ab\r\ncd\n", 1), 0..2);
        assert_eq!(line_around(b"ab\r\ncd\n", 4), 4..6);
        assert_eq!(line_around(b"ab\r\ncd\n", 7), 7..7);
    }

    #[test]
    fn a_name_is_safe_on_a_terminal_and_distinct() {
        let path = RepoPath::new(&b"a\x1b[31m\n\xff"[..]);
        assert_eq!(path.to_string(), "a\\u{1b}[31m\\n\\xFF");
        assert_eq!(path.to_text(), "a\u{1b}[31m\n\\xFF");
    }
}
