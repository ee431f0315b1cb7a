//! An input's bytes as text: binary told from text, UTF-16 decoded, the huge read in windows.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

use crate::document::{self, Document, Form, Lines, Position, RepoPath, Window, character_start};

/// A file up to this size is held and judged whole.
pub const WHOLE: usize = 4 << 20;
/// The part of a larger file that one window answers for. With its context it
/// stays near the processor between being read and being scanned.
const CORE: usize = 96 << 10;
/// What a window holds on each side of its core: more than the longest rule and its context.
const CONTEXT: usize = 16 << 10;
/// How many cores of a large file are one part of it, for one thread to read.
const CORES: usize = 40;
/// What is held of a larger file: a window, and nothing to move but its context.
const HELD: usize = CORE + 2 * CONTEXT;
/// What is read begins at such a line of the cache: the system copies to one
/// three times as fast as beside one (362 MB read and summed on a Zen 4: 0.09 s
/// of system time to 0.28 s, in reads of 64 KiB or 256 KiB alike).
const LINE: usize = 64;
/// The first read: most files end in it.
const FIRST: usize = 64 << 10;
/// git's own rule (`buffer_is_binary`): a NUL byte in this many first bytes.
const SNIFF: usize = 8000;
/// As much is read as UTF-16, to see whether it is.
const HEAD: usize = 4096;

/// What reading an input came to.
pub enum Outcome {
    /// All of it was handed out; the bytes as stored.
    Scanned(u64),
    Binary,
    /// Nothing was handed out yet: it is to be read in parts.
    Large(Large),
}

/// An input's bytes.
pub enum Bytes<'a> {
    /// Known from here on.
    Stream(&'a mut dyn Read),
    /// A file that can be read at any place.
    File(&'a File),
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::Stream(stream) => stream.read(buffer),
            Bytes::File(file) => file.read(buffer),
        }
    }
}

/// A file of text that is too large to be held, in parts that any thread may read.
#[derive(Clone, Copy)]
pub struct Large {
    form: Form,
    /// Its length when it was opened, in bytes.
    size: u64,
}

/// What reading a part came to.
pub struct Part {
    /// The bytes that its cores answer for.
    pub bytes: u64,
    /// The offset in the text that its positions are counted from.
    pub origin: u64,
    /// An offset in the text, and the position there counted from `origin`.
    pub counted: (u64, Position),
    /// Whether somebody asked for a position.
    pub is_wanted: bool,
}

/// A thread's buffers, kept from file to file and initialised once.
#[derive(Default)]
pub struct Buffers {
    raw: Vec<u8>,
    text: Vec<u8>,
}

/// Hands the text of `file` to `visit`, whole or window by window; `visit`
/// gives the document's buffer back.
pub fn each_document(
    mut file: Bytes<'_>,
    path: RepoPath,
    buffers: &mut Buffers,
    visit: &mut dyn FnMut(Document) -> Vec<u8>,
) -> io::Result<Outcome> {
    let raw = &mut buffers.raw;
    grow(raw, 0, FIRST + LINE);
    let begin = to_line(raw, 0);
    let mut length = begin;
    let file = &mut file;
    let mut ended = fill(file, raw, &mut length, begin + FIRST)?;
    let encoding = sniff(&raw[begin..length]);
    if encoding.is_none() && memchr::memchr(0, &raw[begin..length.min(begin + SNIFF)]).is_some() {
        return Ok(Outcome::Binary);
    }
    let form = form(&raw[begin..length], encoding);
    if !ended {
        if let (None, Bytes::File(file)) = (encoding, &*file) {
            let size = file.metadata()?.len();
            if size > WHOLE as u64 {
                return Ok(Outcome::Large(Large { form, size }));
            }
        }
        ended = fill(file, raw, &mut length, begin + WHOLE)?;
    }
    let mut size = (length - begin) as u64;
    let visit = &mut |mut document: Document| {
        document.form = form;
        visit(document)
    };
    match encoding {
        None => {
            let text = if raw[begin..length].starts_with(b"\xEF\xBB\xBF") {
                begin + 3
            } else {
                begin
            };
            if ended {
                *raw = visit(Document::in_buffer(path, std::mem::take(raw), text..length));
            } else {
                let held = Held::all(text..length);
                windows(raw, held, &path, visit, &mut |buffer, length| {
                    let before = *length;
                    let ended = fill(file, buffer, length, HELD + LINE)?;
                    size += (*length - before) as u64;
                    Ok(ended)
                })?;
            }
        }
        Some(encoding) => {
            let mut decoder = encoding.new_decoder_with_bom_removal();
            let mut decoded = 0;
            decode(
                &mut decoder,
                &raw[begin..length],
                &mut buffers.text,
                &mut decoded,
                ended,
            );
            if ended {
                buffers.text = visit(Document::in_buffer(
                    path,
                    std::mem::take(&mut buffers.text),
                    0..decoded,
                ));
            } else {
                windows(
                    &mut buffers.text,
                    Held::all(0..decoded),
                    &path,
                    visit,
                    &mut |text, decoded| {
                        while *decoded < HELD {
                            let mut block = 0;
                            let ended = fill(file, raw, &mut block, FIRST)?;
                            size += block as u64;
                            decode(&mut decoder, &raw[..block], text, decoded, ended);
                            if ended {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    },
                )?;
            }
        }
    }
    Ok(Outcome::Scanned(size))
}

/// How a file that begins with `bytes` is stored.
fn form(bytes: &[u8], encoding: Option<&'static Encoding>) -> Form {
    let is_big = encoding == Some(UTF_16BE);
    let (mark, encoding) = match encoding {
        None => (&b"\xEF\xBB\xBF"[..], document::Encoding::Utf8),
        Some(_) if is_big => (&b"\xFE\xFF"[..], document::Encoding::Utf16Be),
        Some(_) => (&b"\xFF\xFE"[..], document::Encoding::Utf16Le),
    };
    Form {
        mark: if bytes.starts_with(mark) {
            mark.len()
        } else {
            0
        },
        encoding,
    }
}

impl Large {
    /// The bytes of the text, which has no byte order mark.
    fn length(&self) -> u64 {
        self.size - self.before()
    }

    /// The bytes of the file before its text.
    pub fn before(&self) -> u64 {
        self.form.mark as u64
    }

    pub fn parts(&self) -> usize {
        self.length().div_ceil((CORES * CORE) as u64) as usize
    }

    /// Hands the text of a part of `file` to `visit`, window by window, with positions
    /// that are counted from the part's beginning: from now on, or as soon as one is asked for.
    pub fn read(
        &self,
        number: usize,
        file: &Arc<File>,
        path: &RepoPath,
        buffers: &mut Buffers,
        is_wanted: bool,
        visit: &mut dyn FnMut(Document) -> Vec<u8>,
    ) -> io::Result<Part> {
        let core = (number * CORES * CORE) as u64;
        // The window begins at a character, which is found by what is before it.
        let first = core.saturating_sub((CONTEXT + LONGEST_CHARACTER) as u64);
        let mut stream = Placed {
            file,
            at: self.before() + first,
        };
        let buffer = &mut buffers.raw;
        grow(buffer, 0, HELD + 2 * LINE);
        let begin = to_line(buffer, 0);
        let mut length = begin;
        let ended = fill(&mut stream, buffer, &mut length, begin + HELD + LINE)?;
        let within = begin + (core - first) as usize;
        if length <= within {
            // The file has become shorter.
            return Ok(Part {
                bytes: 0,
                origin: core,
                counted: (core, Position::START),
                is_wanted: false,
            });
        }
        let origin = match number {
            0 => begin,
            _ => character_start(buffer, within - CONTEXT),
        };
        let text = first + (origin - begin) as u64;
        let failure = Rc::new(Cell::new(None));
        let lines = Rc::new(Lines::new(text, Some(self.again(file, &failure))));
        if is_wanted {
            lines.want();
        }
        let held = Held {
            text: origin..length,
            offset: text,
            core: within,
            cores: if number + 1 == self.parts() {
                usize::MAX
            } else {
                CORES
            },
            ended,
            lines: Rc::clone(&lines),
        };
        let form = self.form;
        let visit = &mut |mut document: Document| {
            document.form = form;
            visit(document)
        };
        let end = windows(buffer, held, path, visit, &mut |buffer, length| {
            fill(&mut stream, buffer, length, HELD + LINE)
        })?;
        match failure.take() {
            Some(error) => Err(error),
            None => Ok(Part {
                bytes: end - core,
                origin: text,
                counted: lines.counted(),
                is_wanted: lines.is_wanted(),
            }),
        }
    }

    /// The position at `end` of the text, counted on from `counted`.
    pub fn count(
        &self,
        file: &File,
        (mut at, mut position): (u64, Position),
        end: u64,
    ) -> io::Result<Position> {
        let mut buffer = vec![0; FIRST];
        let mut held = 0;
        let mut stream = Placed {
            file,
            at: self.before() + at,
        };
        while at < end {
            let wanted = FIRST.min((end - at) as usize);
            let ended = fill(&mut stream, &mut buffer, &mut held, wanted)?;
            let whole = if at + held as u64 == end || ended {
                held
            } else {
                last_character(&buffer[..held])
            };
            position = position.after(&buffer[..whole]);
            at += whole as u64;
            buffer.copy_within(whole..held, 0);
            held -= whole;
            if ended {
                break;
            }
        }
        Ok(position)
    }

    /// As [`Lines`] wants it; what goes wrong is left in `failure`.
    fn again(
        &self,
        file: &Arc<File>,
        failure: &Rc<Cell<Option<io::Error>>>,
    ) -> Box<dyn Fn(Range<u64>, Position) -> Position> {
        let (large, file, failure) = (*self, Arc::clone(file), Rc::clone(failure));
        Box::new(move |range, position| {
            match large.count(&file, (range.start, position), range.end) {
                Ok(position) => position,
                Err(error) => {
                    failure.set(Some(error));
                    position
                }
            }
        })
    }
}

/// UTF-8 has none of more bytes.
const LONGEST_CHARACTER: usize = 4;

/// Where the last character of `bytes` begins, which may go on behind them.
fn last_character(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(LONGEST_CHARACTER);
    let lead = bytes[tail..].iter().rposition(|b| b & 0xC0 != 0x80);
    match lead {
        Some(at) if tail + at > 0 => tail + at,
        Some(_) | None => bytes.len(),
    }
}

/// A file, read from a place of one's own.
struct Placed<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Placed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// What is in the buffer of a text that is cut into windows, and which of them are wanted.
struct Held {
    /// Where in the buffer it is.
    text: Range<usize>,
    /// Its offset in the text.
    offset: u64,
    /// Where in the buffer the first core begins, and how many there are at most.
    core: usize,
    cores: usize,
    /// Whether the text ends with it.
    ended: bool,
    lines: Rc<Lines>,
}

impl Held {
    /// The beginning of a text of which all is wanted.
    fn all(text: Range<usize>) -> Held {
        Held {
            offset: 0,
            core: text.start,
            cores: usize::MAX,
            ended: false,
            lines: Rc::new(Lines::new(0, None)),
            text,
        }
    }
}

/// Cuts a text of which `buffer` holds a part and which goes on by `more`,
/// which says whether the text has ended, into windows. Gives the offset in the
/// text that they end at.
fn windows(
    buffer: &mut Vec<u8>,
    held: Held,
    path: &RepoPath,
    visit: &mut dyn FnMut(Document) -> Vec<u8>,
    more: &mut dyn FnMut(&mut Vec<u8>, &mut usize) -> io::Result<bool>,
) -> io::Result<u64> {
    let Held {
        text,
        mut offset,
        mut core,
        mut cores,
        mut ended,
        lines,
    } = held;
    // Where the last window began; the next begins no earlier.
    let mut at = text.start;
    let mut length = text.end;
    loop {
        let start = character_start(buffer, core.saturating_sub(CONTEXT)).max(at);
        lines.pass(offset, &buffer[at..start]);
        offset += (start - at) as u64;
        at = start;
        if cores == 0 {
            return Ok(offset + (core - at) as u64);
        }
        if !ended && core + CORE + CONTEXT > length {
            let kept = length - start;
            let to = to_line(buffer, kept);
            buffer.copy_within(start..length, to);
            (core, length, at) = (core - start + to, kept + to, to);
            ended = more(buffer, &mut length)?;
        }
        let last = ended && core + CORE >= length;
        let end = if last { length } else { core + CORE };
        let window = at..length.min(end + CONTEXT);
        let mut document =
            Document::in_buffer(path.clone(), std::mem::take(buffer), window.clone());
        document.window = Some(Window {
            lines: Rc::clone(&lines),
            offset,
            core: core - window.start..end - window.start,
        });
        *buffer = visit(document);
        if last {
            return Ok(offset + (end - at) as u64);
        }
        core = end;
        cores -= 1;
    }
}

/// Makes room for `target` bytes, and keeps the first `length`. What is new is
/// zero from the system, which makes none of its pages before it is written to.
fn grow(buffer: &mut Vec<u8>, length: usize, target: usize) {
    if buffer.len() < target {
        let mut larger = vec![0; target];
        larger[..length].copy_from_slice(&buffer[..length]);
        *buffer = larger;
    }
}

/// How far behind the beginning of `buffer` so many bytes must begin to end at a [`LINE`].
fn to_line(buffer: &[u8], bytes: usize) -> usize {
    let begin = buffer.as_ptr().align_offset(LINE) % LINE;
    (begin + LINE - bytes % LINE) % LINE
}

/// Reads until `length` reaches `target`; whether the file ended before.
fn fill(
    file: &mut dyn Read,
    buffer: &mut Vec<u8>,
    length: &mut usize,
    target: usize,
) -> io::Result<bool> {
    grow(buffer, *length, target);
    while *length < target {
        match file.read(&mut buffer[*length..target]) {
            Ok(0) => return Ok(true),
            Ok(n) => *length += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Appends the UTF-8 of `raw` behind `length`; what is no character becomes U+FFFD.
fn decode(
    decoder: &mut Decoder,
    mut raw: &[u8],
    text: &mut Vec<u8>,
    length: &mut usize,
    last: bool,
) {
    loop {
        let room = decoder
            .max_utf8_buffer_length(raw.len())
            .expect("a block's length is far from overflow");
        if text.len() < *length + room {
            text.resize(*length + room, 0);
        }
        let (result, read, written, _) = decoder.decode_to_utf8(raw, &mut text[*length..], last);
        *length += written;
        raw = &raw[read..];
        if result == CoderResult::InputEmpty {
            return;
        }
    }
}

/// What of some bytes, all of them at hand, is text.
pub enum Text {
    Binary,
    /// From this offset on: behind a byte order mark, if there is one.
    Plain(usize),
    /// UTF-16, decoded.
    Wide(String),
}

/// The same as [`each_document`] makes of a file of these bytes.
pub fn text_of(bytes: &[u8]) -> Text {
    match sniff(bytes) {
        Some(encoding) => Text::Wide(encoding.decode_with_bom_removal(bytes).0.into_owned()),
        None if memchr::memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_some() => Text::Binary,
        None => Text::Plain(if bytes.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        }),
    }
}

/// UTF-16 by its byte order mark, or where the first bytes read as text that
/// way: in the byte order that makes more ASCII and line ends of them.
pub fn sniff(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    memchr::memchr(0, &bytes[..bytes.len().min(SNIFF)])?;
    let head = &bytes[..bytes.len().min(HEAD)];
    let little = Units::count(head, u16::from_le_bytes);
    let big = Units::count(head, u16::from_be_bytes);
    match (little.is_text(), big.is_text()) {
        (true, true) if big.familiar() > little.familiar() => Some(UTF_16BE),
        (true, _) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        (false, false) => None,
    }
}

/// What some bytes hold, taken for UTF-16.
#[derive(Default)]
struct Units {
    characters: usize,
    ascii: usize,
    /// Blanks, line ends and what else few lines of text do without.
    breaks: usize,
    /// Control characters that text hardly ever holds.
    controls: usize,
    /// For private use: icons in a text, noise elsewhere.
    private: usize,
    /// A NUL, or half of a surrogate pair: no text holds one.
    impossible: bool,
}

impl Units {
    fn count(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Units {
        let mut units = Units::default();
        let pairs = bytes
            .chunks_exact(2)
            .map(|pair| unit(pair.try_into().expect("chunks of two")));
        let mut characters = char::decode_utf16(pairs).peekable();
        while let Some(character) = characters.next() {
            units.characters += 1;
            // Most of what is asked is binary, and shows it soon.
            if units.impossible {
                break;
            }
            match character {
                Ok('\0') => units.impossible = true,
                // The bytes may end between the halves of the last.
                Err(_) => units.impossible |= characters.peek().is_some(),
                Ok('\t' | '\n' | '\r' | ' ' | '\u{3000}'..='\u{3002}') => units.breaks += 1,
                Ok('!'..='~') => units.ascii += 1,
                // A form feed, an escape sequence, the end of a file of DOS.
                Ok('\x0C' | '\x1A' | '\x1B') => {}
                Ok(c) if c.is_control() => units.controls += 1,
                Ok('\u{e000}'..='\u{f8ff}') => units.private += 1,
                Ok(c) => units.controls += usize::from(u32::from(c) & 0xFFFE == 0xFFFE),
            }
        }
        units
    }

    fn familiar(&self) -> usize {
        self.ascii + self.breaks
    }

    /// Numbers stored as two bytes or four are mostly small, which reads as
    /// NULs and control characters; dense data reads as halves of pairs.
    fn is_text(&self) -> bool {
        let is_latin = self.familiar() * 10 > self.characters * 3;
        self.characters > 0
            && !self.impossible
            && self.controls * 200 <= self.characters
            && (is_latin
                || (self.breaks * 200 >= self.characters && self.private * 100 <= self.characters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Stamp;
    use std::io::Write;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        file
    }

    /// The place and line of every `needle` that a core answers for.
    fn places(bytes: &[u8], needle: &[u8]) -> (Vec<(u64, Position)>, usize) {
        let (mut found, mut documents) = (Vec::new(), 0);
        let mut visit = |document: Document| {
            documents += 1;
            found.extend(places_in(&document, needle));
            document.into_buffer()
        };
        let mut file = file_of(bytes);
        let text = Bytes::Stream(&mut file);
        let outcome = each_document(text, "a".into(), &mut Buffers::default(), &mut visit).unwrap();
        assert!(matches!(outcome, Outcome::Scanned(n) if n == bytes.len() as u64));
        (found, documents)
    }

    fn places_in(document: &Document, needle: &[u8]) -> Vec<(u64, Position)> {
        let core = document.core();
        let offset = document.window.as_ref().map_or(0, |w| w.offset);
        memchr::memmem::find_iter(document.bytes(), needle)
            .filter(|at| core.contains(at))
            .map(|at| (offset + at as u64, document.position(at)))
            .collect()
    }

    /// Reads `bytes` as a file in parts; `visit` is also told where its part's positions are counted from.
    fn in_parts(
        bytes: &[u8],
        is_wanted: bool,
        visit: &mut dyn FnMut(usize, &Document),
    ) -> Vec<Part> {
        let file = file_of(bytes);
        let mut buffers = Buffers::default();
        let mut unread = |_: Document| unreachable!("large");
        let outcome = each_document(Bytes::File(&file), "a".into(), &mut buffers, &mut unread);
        let Ok(Outcome::Large(large)) = outcome else {
            panic!("not large");
        };
        let file = Arc::new(file);
        let mut parts = Vec::new();
        for number in 0..large.parts() {
            let mut visit = |document: Document| {
                visit(number, &document);
                document.into_buffer()
            };
            let path = "a".into();
            let part = large.read(number, &file, &path, &mut buffers, is_wanted, &mut visit);
            parts.push(part.unwrap());
        }
        // Positions that nobody asked for are counted as well.
        let (mut at, mut position) = (0, Position::START);
        for part in &mut parts {
            position = large.count(&file, (at, position), part.origin).unwrap();
            let (counted, there) = part.counted;
            part.counted = (part.origin, position);
            (at, position) = (counted, there.behind(position));
        }
        parts
    }

    /// As one document, counted from the start.
    fn expected(text: &[u8], needle: &[u8]) -> Vec<(u64, Position)> {
        let (mut at, mut position) = (0, Position::START);
        memchr::memmem::find_iter(text, needle)
            .map(|found| {
                position = position.after(&text[at..found]);
                at = found;
                (found as u64, position)
            })
            .collect()
    }

    fn text(lines: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for i in 0..lines {
            let filling = "é".repeat(i * 7919 % 61);
            let word = if i % 16 == 0 { "NEEDLE" } else { "needle" };
            writeln!(text, "{i} {filling} {word}").unwrap();
        }
        text
    }

    #[test]
    fn windows_answer_for_every_place_once() {
        for (lines, newlines) in [(120_000, true), (120_000, false)] {
            let mut text = text(lines);
            if !newlines {
                text.iter_mut()
                    .filter(|b| **b == b'\n')
                    .for_each(|b| *b = b' ');
            }
            assert!(text.len() > WHOLE + CORE);
            // Needles across the edges of cores and of the first block.
            for edge in [CORE, 2 * CORE, WHOLE, WHOLE - CONTEXT] {
                text[edge - 3..edge + 3].copy_from_slice(b"NEEDLE");
            }
            let (found, documents) = places(&text, b"NEEDLE");
            assert!(documents > 4);
            assert_eq!(found, expected(&text, b"NEEDLE"));
        }
    }

    #[test]
    fn parts_are_the_windows_of_the_whole() {
        let windows = |document: &Document| {
            let window = document.window.as_ref().unwrap();
            let text = Stamp::of(document.bytes());
            (window.offset, window.core.clone(), document.form, text)
        };
        let part = CORES * CORE;
        let long = text(400_000);
        for (mark, length) in [
            (0, WHOLE + 1),
            (0, 2 * part - 1),
            (0, 2 * part),
            (3, 2 * part),
            (3, 2 * part + 1),
            (0, 2 * part + CORE),
            (0, 2 * part + CORE + 5 * CONTEXT),
        ] {
            let bytes = [&b"\xEF\xBB\xBF"[..mark], &long[..length]].concat();
            let mut whole = Vec::new();
            let mut visit = |document: Document| {
                whole.push(windows(&document));
                document.into_buffer()
            };
            let mut file = file_of(&bytes);
            let stream = Bytes::Stream(&mut file);
            each_document(stream, "a".into(), &mut Buffers::default(), &mut visit).unwrap();
            for is_wanted in [false, true] {
                let mut parted = Vec::new();
                let parts = in_parts(&bytes, is_wanted, &mut |_, d| parted.push(windows(d)));
                assert_eq!(parted, whole, "{mark} {length}");
                let read: u64 = parts.iter().map(|p| p.bytes).sum();
                assert_eq!(read, length as u64);
            }
        }
    }

    #[test]
    fn positions_in_parts_are_those_of_the_whole() {
        for newlines in [true, false] {
            let mut text = text(400_000);
            if !newlines {
                text.iter_mut()
                    .filter(|b| **b == b'\n')
                    .for_each(|b| *b = b' ');
            }
            // The first parts hold none.
            let end = 2 * CORES * CORE + 3 * CORE;
            for at in memchr::memmem::find_iter(&text.clone()[..end], b"NEEDLE") {
                text[at..at + 6].fill(b'.');
            }
            let expected = expected(&text, b"NEEDLE");
            assert!(expected.len() > 1000);
            for is_wanted in [false, true] {
                let mut found = Vec::new();
                let parts = in_parts(&text, is_wanted, &mut |number, document| {
                    // Nothing is counted before somebody asks.
                    if memchr::memmem::find(document.bytes(), b"NEEDLE").is_some() {
                        let places = places_in(document, b"NEEDLE");
                        found.extend(places.into_iter().map(|place| (number, place)));
                    }
                });
                assert_eq!(parts[0].is_wanted, is_wanted);
                let found: Vec<(u64, Position)> = found
                    .into_iter()
                    .map(|(number, (at, position))| (at, position.behind(parts[number].counted.1)))
                    .collect();
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn a_text_of_exactly_the_limit_ends_once() {
        for length in [FIRST, WHOLE - 1, WHOLE, WHOLE + 1, WHOLE + CORE] {
            let mut text = vec![b'x'; length];
            text[length - 6..].copy_from_slice(b"NEEDLE");
            assert_eq!(
                places(&text, b"NEEDLE").0,
                expected(&text, b"NEEDLE"),
                "{length}"
            );
        }
    }

    #[test]
    fn utf16_is_found_where_its_text_has_it() {
        for lines in [3, 60_000] {
            let text = text(lines);
            let units: Vec<u16> = std::str::from_utf8(&text).unwrap().encode_utf16().collect();
            for bom in [true, false] {
                let units = bom
                    .then_some(0xFEFF)
                    .into_iter()
                    .chain(units.iter().copied());
                let little: Vec<u8> = units.clone().flat_map(u16::to_le_bytes).collect();
                let big: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
                assert_eq!(
                    places(&little, b"NEEDLE").0,
                    expected(&text, b"NEEDLE"),
                    "{lines} {bom}"
                );
                assert_eq!(
                    places(&big, b"NEEDLE").0,
                    expected(&text, b"NEEDLE"),
                    "{lines} {bom}"
                );
            }
        }
    }

    #[test]
    fn utf16_without_a_mark_is_found_in_any_script() {
        let key = "ak_NEEDLE";
        for text in [
            format!("全角　スペース\r\nappKey = {key}\r\n一覧\r\n"),
            format!("Ā ķey Āboliņš\n{key}\n"),
            format!("\u{1F600}\u{1F511} {key}\n"),
            format!("ключ для отчётов: {key}\nещё строка\n").repeat(30),
            format!(
                "設定ファイルです。最初の一行。\n{key}\n{}",
                "日本語の文章が続きます。開発。\n".repeat(200)
            ),
            format!("{}{key}\n", "\u{e0b0} icon\n".repeat(50)),
        ] {
            for encode in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(encode).collect();
                match text_of(&bytes) {
                    Text::Wide(decoded) => assert_eq!(decoded, text),
                    Text::Binary | Text::Plain(_) => panic!("no UTF-16: {text:.20}"),
                }
            }
        }
    }

    #[test]
    fn data_with_zeros_is_binary() {
        let numbers = |n: u32| (0..n).flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
        let small = |n: u16| {
            (0..n)
                .flat_map(|i| (i % 96).to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let mut dense = vec![0u8; 4096];
        let mut state = 1u64;
        for byte in &mut dense {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
        dense.extend([0; 8]);
        for bytes in [
            numbers(1000),
            small(2000),
            dense,
            b"PK\x03\x04\x14\x00\x08\x00".to_vec(),
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec(),
            b"SQLite format 3\x00\x10\x00".to_vec(),
            b"a\x00".repeat(9).into_iter().chain([0, 0]).collect(),
        ] {
            assert!(
                matches!(text_of(&bytes), Text::Binary),
                "{:x?}",
                &bytes[..8]
            );
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(
            places(b"\xEF\xBB\xBFNEEDLE", b"NEEDLE").0[0].1,
            Position::START
        );
    }

    #[test]
    fn nul_bytes_make_a_binary() {
        let file = file_of(b"\x7fELF\x00\x01\x02\x00\x00\x00 NEEDLE");
        let bytes = Bytes::File(&file);
        let outcome = each_document(bytes, "a".into(), &mut Buffers::default(), &mut |_| {
            unreachable!("binary")
        });
        assert!(matches!(outcome, Ok(Outcome::Binary)));
    }
}
