//! What language a file is in, and what is comment, string, prose or code in it.
//!
//! One table, [`languages`], says how each language writes comments and
//! literals; [`engine`] reads it. Markup, Markdown and their kind, and YAML
//! have a lexer of their own, which hands embedded code to the engine.

mod engine;
mod languages;
mod markup;
pub mod paths;
mod prose;
mod special;
#[cfg(test)]
mod tests;
mod yaml;

use std::ops::Range;

use languages::{Lexer, SPECS, Spec};

/// A language, or kind of file, as far as the lexer tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(u16);

/// What a file of a language is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A program, or a schema that programs are generated from.
    Code,
    /// Settings, written by people.
    Config,
    /// Records, written mostly by programs.
    Data,
    /// Text to be read by people.
    Prose,
    /// XML, HTML and their kind.
    Markup,
    /// Style sheets.
    Style,
    /// Markup with code in it.
    Template,
    /// The resolved dependencies of a build.
    Lock,
    /// Not known.
    Text,
}

/// What stands at an offset of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Anything not below: code, keys, unquoted values, and all of a file of no known language.
    Code,
    LineComment,
    BlockComment,
    /// A literal that only documents: Python's, Julia's, Elixir's `@doc`.
    DocString,
    /// A string or character literal.
    String,
    /// The text of a literal with code in it; the code itself is [`Place::Code`].
    Template,
    Regex,
    /// A here-document, YAML's block scalar, the data after `__END__`.
    Heredoc,
    Prose,
    /// `code` in prose.
    InlineCode,
    /// A block of code in prose.
    CodeBlock,
    /// Where a link in prose leads.
    LinkTarget,
    /// The text between tags.
    MarkupText,
    /// The value of a tag's attribute.
    MarkupAttribute,
}

impl Place {
    /// Whether the language itself takes it for a comment. Documentation
    /// that is a literal is none.
    pub fn is_comment(self) -> bool {
        matches!(self, Place::LineComment | Place::BlockComment)
    }

    /// Whether it is the value of a literal, which the program can use.
    pub fn is_literal(self) -> bool {
        matches!(
            self,
            Place::String | Place::Template | Place::Regex | Place::Heredoc
        )
    }

    /// Whether it is written for a reader only, code samples included.
    pub fn is_for_readers(self) -> bool {
        match self {
            Place::LineComment
            | Place::BlockComment
            | Place::DocString
            | Place::Prose
            | Place::InlineCode
            | Place::CodeBlock
            | Place::LinkTarget
            | Place::MarkupText => true,
            Place::Code
            | Place::String
            | Place::Template
            | Place::Regex
            | Place::Heredoc
            | Place::MarkupAttribute => false,
        }
    }
}

impl Language {
    /// By the file's name, its first line, or neither: then plain text.
    pub fn detect(path: &[u8], bytes: &[u8]) -> Language {
        let index = languages::detect(path, bytes);
        Language(u16::try_from(index).expect("the table is short"))
    }

    pub fn name(self) -> &'static str {
        self.spec().name
    }

    pub fn kind(self) -> Kind {
        self.spec().kind
    }

    /// Whether files of it are run, rather than read for what they list, as dumps of databases are.
    pub fn is_program(self) -> bool {
        self.kind() == Kind::Code && self.name() != "SQL"
    }

    /// How a comment may begin and end, the handiest first; an empty end is that
    /// of the line. Not each is one at each place of a file.
    pub fn comments(self) -> Vec<(&'static str, &'static str)> {
        let spec = self.spec();
        let mut comments = match &spec.lexer {
            Lexer::Plain => Vec::new(),
            Lexer::Table(syntax) => syntax.plain_comments(),
            Lexer::Markup(dialect) => dialect.all_comments(),
            Lexer::Markdown => vec![("<!--", "-->")],
            Lexer::ReStructured => vec![("..", "")],
            Lexer::AsciiDoc => vec![("//", "")],
            Lexer::Yaml => vec![("#", "")],
        };
        comments.sort_by_key(|(_, close)| !close.is_empty());
        comments
    }

    /// Every language of the table, for `--help` and tests.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..SPECS.len()).map(|i| Language(u16::try_from(i).expect("the table is short")))
    }

    fn spec(self) -> &'static Spec {
        &SPECS[usize::from(self.0)]
    }
}

/// A comment, a literal, or a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub place: Place,
    /// With its delimiters.
    pub span: Range<usize>,
    /// Without them.
    pub content: Range<usize>,
    /// The whole literal, if code cuts it into pieces of which this is one;
    /// the span otherwise.
    pub extent: Range<usize>,
}

/// The lexical structure of one text, or of its beginning.
pub struct Lexed {
    len: usize,
    /// What follows was not read.
    known: usize,
    /// What stands between the spans.
    base: Place,
    spans: Vec<Span>,
    extents: Vec<(u32, u32)>,
}

/// A token, packed: a document can hold as many as half its bytes.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
    /// Index of the whole literal in `extents`; `WHOLE` if this is all of it.
    extent: u32,
    place: Place,
    /// Lengths of the delimiters.
    open: u8,
    close: u8,
}

const WHOLE: u32 = u32::MAX;

impl Lexed {
    /// Takes time and memory linear in `bytes`, whatever they are.
    pub fn new(language: Language, bytes: &[u8]) -> Lexed {
        Lexed::up_to(language, bytes, bytes.len())
    }

    /// The structure of what stands up to `offset`, and of no less: for all
    /// offsets that are [known](Lexed::knows) it says what all of `bytes` would.
    pub fn up_to(language: Language, bytes: &[u8], offset: usize) -> Lexed {
        let spec = language.spec();
        let mut spans = Spans::new(bytes, offset);
        let bytes = spans.bytes;
        let whole = 0..bytes.len();
        let mut known = bytes.len();
        match &spec.lexer {
            Lexer::Plain => {}
            Lexer::Table(syntax) => known = engine::lex(&mut spans, syntax, whole),
            Lexer::Markup(dialect) => known = markup::lex(&mut spans, dialect, whole),
            Lexer::Markdown => prose::markdown(&mut spans),
            Lexer::ReStructured => prose::restructured(&mut spans),
            Lexer::AsciiDoc => prose::asciidoc(&mut spans),
            Lexer::Yaml => yaml::lex(&mut spans, whole),
        }
        Lexed {
            len: bytes.len(),
            known,
            base: spec.base(),
            spans: spans.spans,
            extents: spans.extents,
        }
    }

    /// Whether the text was read as far as `offset`.
    pub fn knows(&self, offset: usize) -> bool {
        offset < self.known || self.known >= self.len
    }

    /// How much of the text was read.
    pub fn known(&self) -> usize {
        self.known
    }

    pub fn place(&self, offset: usize) -> Place {
        self.find(offset).map_or(self.base, |i| self.spans[i].place)
    }

    /// The comment or whole literal that holds `offset`, with its
    /// delimiters; outside of any, the stretch between its neighbours.
    pub fn span(&self, offset: usize) -> Range<usize> {
        match self.token(offset) {
            Some(token) => token.extent,
            None => self.gap(offset),
        }
    }

    /// The comment or literal that holds `offset`, without its delimiters;
    /// of a literal with code in it, the piece. Outside of any, as [`Lexed::span`].
    pub fn content(&self, offset: usize) -> Range<usize> {
        match self.token(offset) {
            Some(token) => token.content,
            None => self.gap(offset),
        }
    }

    /// The token that holds `offset`; `None` in code.
    pub fn token(&self, offset: usize) -> Option<Token> {
        self.find(offset).map(|i| self.unpack(&self.spans[i]))
    }

    /// All tokens, in order and without overlap.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = Token> {
        self.spans.iter().map(|s| self.unpack(s))
    }

    /// The tokens that begin at `offset` or after it.
    pub fn tokens_from(&self, offset: usize) -> impl DoubleEndedIterator<Item = Token> {
        let first = self.spans.partition_point(|s| (s.start as usize) < offset);
        self.spans[first..].iter().map(|s| self.unpack(s))
    }

    /// The tokens that end at `offset` or before it, the nearest first.
    pub fn tokens_before(&self, offset: usize) -> impl Iterator<Item = Token> {
        let past = self.spans.partition_point(|s| (s.end as usize) <= offset);
        self.spans[..past].iter().rev().map(|s| self.unpack(s))
    }

    fn find(&self, offset: usize) -> Option<usize> {
        let i = self.spans.partition_point(|s| (s.end as usize) <= offset);
        self.spans
            .get(i)
            .is_some_and(|s| s.start as usize <= offset)
            .then_some(i)
    }

    fn gap(&self, offset: usize) -> Range<usize> {
        let i = self.spans.partition_point(|s| (s.end as usize) <= offset);
        let start = i.checked_sub(1).map_or(0, |i| self.spans[i].end as usize);
        let end = self.spans.get(i).map_or(self.len, |s| s.start as usize);
        start..end
    }

    fn unpack(&self, span: &Span) -> Token {
        let whole = span.start as usize..span.end as usize;
        Token {
            place: span.place,
            content: whole.start + usize::from(span.open)..whole.end - usize::from(span.close),
            extent: match self.extents.get(span.extent as usize) {
                Some(&(start, end)) => start as usize..end as usize,
                None => whole.clone(),
            },
            span: whole,
        }
    }
}

/// The spans of a text, as lexers write them: in order, without overlap.
struct Spans<'b> {
    bytes: &'b [u8],
    /// Lexers that can may end behind this offset, where no token is open.
    stop: usize,
    spans: Vec<Span>,
    extents: Vec<(u32, u32)>,
}

impl<'b> Spans<'b> {
    /// Offsets are 32 bits wide; what lies beyond them stays unlexed.
    fn new(bytes: &'b [u8], stop: usize) -> Spans<'b> {
        let limit = bytes.len().min(u32::MAX as usize - 1);
        Spans {
            bytes: &bytes[..limit],
            stop,
            spans: Vec::new(),
            extents: Vec::new(),
        }
    }

    /// Where the last span ends.
    fn end(&self) -> usize {
        self.spans.last().map_or(0, |s| s.end as usize)
    }

    fn push(&mut self, range: Range<usize>, place: Place, open: usize, close: usize) {
        self.push_piece(range, place, open, close, WHOLE);
    }

    fn push_piece(
        &mut self,
        range: Range<usize>,
        place: Place,
        open: usize,
        close: usize,
        extent: u32,
    ) {
        let start = range.start.max(self.end());
        let end = range.end.min(self.bytes.len());
        if start >= end {
            return;
        }
        let narrow = |n: usize, room: usize| u8::try_from(n.min(room)).unwrap_or(u8::MAX);
        let open = narrow(open, end - start);
        let close = narrow(close, end - start - usize::from(open));
        self.spans.push(Span {
            start: start as u32,
            end: end as u32,
            extent,
            place,
            open,
            close,
        });
    }

    /// A literal that begins at `start` and will have pieces.
    fn open_extent(&mut self, start: usize) -> u32 {
        self.extents.push((start as u32, self.bytes.len() as u32));
        (self.extents.len() - 1) as u32
    }

    fn close_extent(&mut self, extent: u32, end: usize) {
        if let Some(entry) = self.extents.get_mut(extent as usize) {
            entry.1 = end as u32;
        }
    }
}
