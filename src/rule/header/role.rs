//! The part a word plays in a request: the name of a header that is given a
//! value, or one that is read, allowed, documented.

use std::ops::Range;

use super::is_token;

/// How far before a name what makes it a header's is looked for.
const LEAD: usize = 400;
/// How far behind it the other half of a pair is.
const BEHIND: usize = 160;

/// What calls a header by its name, lower case.
const NAMES: &[&str] = &["header", "setrequestproperty"];

/// What in the name of a list says that its headers are not given here.
const LISTS: &[&str] = &[
    "allow",
    "expose",
    "redact",
    "sensitive",
    "vary",
    "strip",
    "ignore",
    "exclude",
    "forbid",
    "mask",
    "hide",
    "cors",
    "filter",
    "wrong",
    "known",
    "required",
];

/// Calls that read a header, or take one away.
const READS: &[&str] = &[
    "get",
    "getheader",
    "has",
    "hasheader",
    "contains",
    "delete",
    "del",
    "remove",
    "removeheader",
    "values",
    "getall",
    "getvalues",
    "trygetvalue",
    "trygetvalues",
    "containskey",
    "getfirst",
    "fetch",
    "pop",
    "exists",
    "apikeyheader",
    "assertheader",
    "headerexists",
    "getvalue",
];

/// Where the name stands, taken apart.
struct Word<'t> {
    /// What stands before it and before its quote, without blanks at the end.
    lead: &'t [u8],
    /// What follows its quote, without blanks at the beginning.
    after: &'t [u8],
    is_quoted: bool,
}

/// Whether what stands there is the name of a header that is given a value.
pub(super) fn is_header(bytes: &[u8], name: &Range<usize>) -> bool {
    let before = &bytes[name.start.saturating_sub(LEAD)..name.start];
    let Some(word) = Word::new(before, &bytes[name.end..bytes.len().min(name.end + BEHIND)]) else {
        return false;
    };
    word.is_option()
        || word.is_on_the_wire(before)
        || word.is_directive()
        || word.is_symbol()
        || word.is_annotation()
        || word.is_half_of_a_pair()
        || (word.is_given()
            && (word.is_member()
                || word.is_argument(&bytes[name.clone()])
                || word.is_in_headers(before)
                || word.is_beside_a_header(before)))
}

impl<'t> Word<'t> {
    fn new(before: &'t [u8], after: &'t [u8]) -> Option<Word<'t>> {
        let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
        let (closes, after) = match after {
            [b'\\', quote, rest @ ..] | [quote, rest @ ..] if is_quote(quote) => (true, rest),
            _ => (false, after),
        };
        let opened = before
            .split_last()
            .filter(|(quote, _)| is_quote(quote))
            .map(|(_, rest)| rest.strip_suffix(b"\\").unwrap_or(rest));
        let lead = match opened {
            None if closes => return None,
            None => before,
            // The shell's `$'...'`, C#'s `$"..."` and `@"..."`.
            Some(rest) => match rest.split_last() {
                Some((b'$' | b'@', before)) => before,
                _ => rest,
            },
        };
        Some(Word {
            lead: lead.trim_ascii_end(),
            after: after.trim_ascii_start(),
            is_quoted: closes,
        })
    }

    /// `-H "NAME: `, `--header=NAME:`, `http URL NAME:$KEY`.
    fn is_option(&self) -> bool {
        if !matches!(self.after.first(), Some(b':')) {
            return false;
        }
        [&b"-H"[..], b"--header", b"--header="]
            .iter()
            .any(|option| self.lead.ends_with(option))
            || (!self.is_quoted
                && self.after.len() > 1
                && !self.after[1].is_ascii_whitespace()
                && is_httpie(self.lead))
    }

    /// A line of a request: in a file of requests, or in a literal with its line ends spelled out.
    fn is_on_the_wire(&self, before: &[u8]) -> bool {
        if !self.after.starts_with(b":") || self.is_quoted {
            return false;
        }
        if before.ends_with(b"\\n") {
            return true;
        }
        let mut lines = before.rsplit(|&b| b == b'\n');
        lines.next().is_some_and(<[u8]>::is_empty)
            && lines
                .take_while(|line| !line.trim_ascii().is_empty())
                .any(|line| {
                    [&b"GET "[..], b"POST ", b"PUT ", b"PATCH ", b"DELETE "]
                        .iter()
                        .any(|method| line.starts_with(method))
                })
    }

    /// `proxy_set_header NAME value;`, `header_up NAME value`, `http-request set-header NAME value`.
    fn is_directive(&self) -> bool {
        let lead = self.lead;
        !matches!(
            self.after.first(),
            None | Some(b'=' | b':' | b',' | b')' | b'.')
        ) && [
            &b"proxy_set_header"[..],
            b"set-header",
            b"header_up",
            b"RequestHeader set",
        ]
        .iter()
        .any(|directive| lead.ends_with(directive))
    }

    /// Faraday's `request :NAME, "Bearer", key`.
    fn is_symbol(&self) -> bool {
        self.lead.ends_with(b"request :") && self.after.starts_with(b",")
    }

    /// `@Header("NAME") String key`, C#'s `[Header("NAME")]`; Swift's `setValue(key, forHTTPHeaderField: "NAME")`.
    fn is_annotation(&self) -> bool {
        let of_a_client = || {
            [&b"@FeignClient"[..], b"@HttpExchange", b"Exchange("]
                .iter()
                .any(|client| holds(self.lead, client))
        };
        self.is_quoted
            && matches!(self.after.first(), Some(b')' | b']'))
            && ([
                &b"@Header("[..],
                b"[Header(",
                b"@HeaderParam(",
                b"HeaderField:",
            ]
            .iter()
            .any(|start| self.lead.ends_with(start))
                || (self.lead.ends_with(b"@RequestHeader(") && of_a_client()))
    }

    /// `name: NAME` beside `value: ...` in a list of headers, or beside `in: header`.
    fn is_half_of_a_pair(&self) -> bool {
        // JMeter's `<stringProp name="Header.name">NAME<`.
        if self.lead.ends_with(b"Header.name\">") {
            return true;
        }
        let label = self.lead.trim_ascii_end();
        let Some(label) = label
            .strip_suffix(b":")
            .or_else(|| label.strip_suffix(b"="))
        else {
            return false;
        };
        let label = label.strip_suffix(b"\\").unwrap_or(label);
        let label = label.strip_suffix(b"\"").unwrap_or(label);
        let label = label.strip_suffix(b"\\").unwrap_or(label);
        let (rest, label) = last_word(label);
        if ![&b"name"[..], b"key", b"header", b"headerName"].contains(&label) {
            return false;
        }
        let plain = |text: &[u8]| -> Vec<u8> {
            text.iter()
                .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'=' | b'\n'))
                .map(u8::to_ascii_lowercase)
                .collect()
        };
        let behind = plain(self.after);
        let next_lines: Vec<&[u8]> = behind.split(|&b| b == b'\n').take(3).collect();
        let is_valued = next_lines.iter().take(2).any(|line| holds(line, b"value"));
        if is_valued && self.said(rest).is_some() {
            return true;
        }
        let before = plain(&rest[rest.len().saturating_sub(BEHIND)..]);
        let says_in = |text: &[u8]| holds(text, b"in:header") || holds(text, b"in=header");
        next_lines.iter().any(|line| says_in(line))
            || before.rsplit(|&b| b == b'\n').take(4).any(says_in)
    }

    /// Whether something is given to the name: `NAME: x`, `"NAME", x`, `["NAME"] = x`, `"NAME" => x`, `"NAME" x`.
    fn is_given(&self) -> bool {
        let is_static = self.is_quoted && self.lead.ends_with(b"from_static(");
        let is_subscript = || {
            self.lead.ends_with(b"[")
                && self
                    .after
                    .strip_prefix(b"]")
                    .is_some_and(|rest| is_assigned(rest.trim_ascii_start()))
        };
        // Clojure's `{"NAME" x}`, Haskell's `setRequestHeader "NAME" [x]`.
        let is_applied =
            || self.is_quoted && (self.lead.ends_with(b"{") || self.callee().ends_with(b"header"));
        is_static
            || match self.after.first() {
                Some(b':') => !self.after.starts_with(b"::") && !is_type(&self.after[1..]),
                Some(b',') => self.is_quoted && !is_among_names(self.lead, &self.after[1..]),
                Some(b'=') => is_assigned(self.after) || self.after.starts_with(b"=>"),
                Some(b']') => is_subscript(),
                Some(b'(' | b'[' | b'"' | b'a'..=b'z' | b'A'..=b'Z') => is_applied(),
                Some(_) | None => false,
            }
    }

    /// The word that the name stands behind, lower case.
    fn callee(&self) -> Vec<u8> {
        last_word(self.lead).1.to_ascii_lowercase()
    }

    /// `headers.NAME = x`, Ruby's `request["NAME"] = x` and `headers "NAME" => x`.
    fn is_member(&self) -> bool {
        let lower = self.lead[self.lead.len().saturating_sub(16)..].to_ascii_lowercase();
        let ends = |words: &[&str]| words.iter().any(|w| lower.ends_with(w.as_bytes()));
        (!self.is_quoted && ends(&["headers.", "header."]))
            || ends(&["request[", "req["])
            || ((self.is_quoted || self.after.starts_with(b"="))
                && matches!(
                    self.callee().as_slice(),
                    b"headers" | b"header" | b"setrequestheader"
                ))
    }

    /// An argument of a call that takes headers, though its name does not say so.
    fn is_argument(&self, name: &[u8]) -> bool {
        let line = self.lead.rsplit(|&b| b == b'\n').next().unwrap_or_default();
        let methods = ["post", "get", "put", "patch", "delete", "request"];
        let calls = |opening: &str| {
            methods
                .iter()
                .any(|method| holds(line, format!("{method}({opening}").as_bytes()))
        };
        // superagent's and ureq's `.post(url).set("NAME", x)`, over several lines too.
        if let Some(chain) = self.lead.strip_suffix(b".set(") {
            return self.after.starts_with(b",")
                && (chain.trim_ascii_end().len() < chain.len() || calls(""));
        }
        // Ruby's `Net::HTTP::Get.new(uri, "NAME" => x)`, `RestClient.post(url, body, { "NAME" => x })`,
        // Python's `connection.request("POST", path, body, {"NAME": x})`; with its
        // hyphen, Perl's `post("https://...", "NAME" => x)`.
        let is_arrow = self.after.starts_with(b"=>");
        (is_arrow && (holds(line, b"Net::HTTP::") || holds(line, b"RestClient")))
            || (is_arrow && name.contains(&b'-') && (calls("\"http") || calls("'http")))
            || (self.after.starts_with(b":")
                && (holds(line, b".request(\"") || holds(line, b".request('")))
    }

    /// Whether what is open before the name is called headers.
    fn is_in_headers(&self, before: &[u8]) -> bool {
        let Some(since) = self.said(before) else {
            return false;
        };
        let count = |brackets: &[u8]| since.iter().filter(|b| brackets.contains(b)).count();
        let (open, closed) = (count(b"{[("), count(b"}])"));
        // Not one that has been closed, and not merely a function's own name.
        let is_level = open == 0 && closed == 0;
        let is_block = is_level && since.contains(&b':');
        // libcurl's `curl_slist_append(headers, "NAME: x")`.
        let is_next = || {
            let word = since.iter().take_while(|b| is_token(**b)).count();
            is_level
                && since[word..].trim_ascii().starts_with(b",")
                && since[word..].trim_ascii_end().len() <= 4
        };
        memchr::memchr(b';', since).is_none()
            && (open > closed || is_block || is_next())
            && !self.is_read()
    }

    /// Whether a header that every call has stands beside the name: Elixir's
    /// `[{"Content-Type", x}, {"NAME", y}]`.
    fn is_beside_a_header(&self, before: &[u8]) -> bool {
        const NEAR: usize = 160;
        const COMMON: &[&str] = &["content-type", "accept\"", "accept'", "user-agent"];
        let holds_common = |text: &[u8]| COMMON.iter().any(|name| holds(text, name.as_bytes()));
        let until = |text: &[u8]| {
            let end = memchr::memmem::find(text, b"\n\n").unwrap_or(text.len());
            let end = memchr::memchr(b';', text).unwrap_or(text.len()).min(end);
            text[..end].to_ascii_lowercase()
        };
        let mut above = before[before.len().saturating_sub(NEAR)..].to_vec();
        above.reverse();
        let mut above = until(&above);
        above.reverse();
        let is_pair = self.is_quoted && matches!(self.lead.last(), Some(b'{' | b'(' | b'[' | b','));
        is_pair && (holds_common(&above) || holds_common(&until(self.after)))
    }

    /// From the last word in `before` that calls headers by their name, unless it says that they are only spoken of.
    fn said<'b>(&self, before: &'b [u8]) -> Option<&'b [u8]> {
        let lower = before.to_ascii_lowercase();
        let said = NAMES
            .iter()
            .filter_map(|word| memchr::memmem::rfind(&lower, word.as_bytes()))
            .max()?;
        let is_part = |b: &&u8| is_token(**b) || **b == b'.';
        let left = lower[..said].iter().rev().take_while(is_part).count();
        let right = lower[said..].iter().take_while(is_part).count();
        let word = &lower[said - left..said + right];
        let is_list = LISTS.iter().any(|list| holds(word, list.as_bytes()));
        // `kind = "header"`: a value, which ends with its line.
        let rest = before[said..].iter().position(|b| !is_token(*b));
        let is_value = rest.is_some_and(|end| {
            let rest = &before[said + end..];
            rest.starts_with(b"\"\n") || rest.starts_with(b"'\n")
        });
        (!is_list && !is_value).then(|| &before[said..])
    }

    /// `headers.get("NAME", default)`: the call that takes the name as its first argument reads it.
    fn is_read(&self) -> bool {
        let Some(call) = self.lead.strip_suffix(b"(") else {
            return false;
        };
        let callee = last_word(call).1.to_ascii_lowercase();
        READS.iter().any(|read| read.as_bytes() == callee)
    }
}

/// `http POST URL NAME:$KEY`: the command of the lines that the name ends.
fn is_httpie(lead: &[u8]) -> bool {
    let mut command = &b""[..];
    for (at, line) in lead.rsplit(|&b| b == b'\n').enumerate() {
        if at > 0 && !line.trim_ascii_end().ends_with(b"\\") {
            break;
        }
        command = line.trim_ascii_start();
    }
    let command = command.strip_prefix(b"$ ").unwrap_or(command);
    [&b"http "[..], b"https ", b"xh ", b"xhs "]
        .iter()
        .any(|name| command.starts_with(name))
}

fn is_assigned(text: &[u8]) -> bool {
    text.starts_with(b"=") && !matches!(text.get(1), Some(b'=' | b'>' | b'~'))
}

/// `string;`, `z.string()`: the field of an interface or a schema.
fn is_type(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let is_word = |name: &str| {
        text.strip_prefix(name.as_bytes()).is_some_and(|rest| {
            rest.first()
                .is_none_or(|b| matches!(b, b';' | b'}' | b',' | b'\n' | b'\r'))
        })
    };
    ["string", "String", "str"].into_iter().any(is_word)
        || ["z.", "Joi.", "yup.", "Type.", "v.string"]
            .iter()
            .any(|schema| text.starts_with(schema.as_bytes()))
}

/// `["A", "NAME", ...` or `["NAME", "Accept", ...`: one of several names, and no pair of one and its value.
fn is_among_names(lead: &[u8], rest: &[u8]) -> bool {
    let opens = |b: &u8| matches!(b, b'[' | b'(' | b'{' | b']' | b')' | b'}');
    let is_later = lead
        .strip_suffix(b",")
        .and_then(|list| list.iter().rposition(opens).map(|at| list[at]))
        .is_some_and(|open| matches!(open, b'[' | b'{'));
    let next = rest.trim_ascii_start();
    let is_first = lead.ends_with(b"[")
        && matches!(next.first(), Some(b'"' | b'\''))
        && [
            "content-type",
            "authorization",
            "accept",
            "x-",
            "origin",
            "user-agent",
        ]
        .iter()
        .any(|name| {
            next.get(1..=name.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
        });
    is_later || is_first
}

/// The word that `text` ends in, and what is before it.
fn last_word(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().rev().take_while(|b| is_token(**b)).count();
    text.split_at(text.len() - length)
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
