//! What is at stake on the connection of a turn: whether somebody relies on who answers there.

use std::ops::Range;

use super::address::{self, public_urls};
use super::choice::{self, indentation, opens_branch, says_any};
use super::{NEAR, PhraseText, holds, holds_any, is_word, line, near, starts_with_any};
use crate::rule::url::branch::condition;
use crate::rule::{Match, Scene, key};
use crate::syntax::Kind;

/// How much of a file is searched for what goes through a client that it defines, to either side.
const FILE: usize = 16 * 1024;

/// Whether there is evidence that somebody relies on the connection: a credential travels, the server is
/// one that everybody reaches, what comes back is run, or the switch is one for the whole process or
/// machine. Who looks at any server there is, at devices, or at how a service does, relies on no certificate.
pub(super) fn is_relied_on(
    scene: &Scene<'_>,
    found: &Match,
    is_about_version: bool,
    text: &PhraseText,
) -> bool {
    let bytes = scene.bytes();
    let path = scene.document.path.as_bytes();
    let turn = &bytes[found.span.clone()];
    // It counts beside the name of a public server only.
    if starts_with_any(turn, &text.remote) {
        return true;
    }
    if starts_with_any(turn, &text.registries) {
        return address::begins_public(&bytes[found.span.end..]);
    }
    let scope = scope(scene, &found.span);
    let Scope { range, head } = &scope;
    let lines = line(bytes, found.span.start).start..line(bytes, found.span.end).end;
    // What a class or an agent is for shows where it is used.
    let is_client = starts_with_any(turn, &text.clients) || is_agent(bytes, found);
    let reach = match is_client {
        true => near(bytes, &found.span, FILE),
        false => range.clone(),
    };
    let is_for = |list: &[String]| names_any(path, list) || holds_name(scene, head, list);
    let is_to_anybody =
        is_for(&text.purposes) || holds_any(&bytes[reach.clone()], &text.inspections);
    if is_about_version {
        return !is_to_anybody;
    }
    let sends = || {
        holds_credential(scene, &reach, &text.credentials)
            || holds_name(scene, &reach, &text.protocols)
            || names_any(path, &text.matters)
    };
    let leads = |range: &Range<usize>, is: &dyn Fn(&[u8], &[u8]) -> bool| {
        leads_to(scene, &scope, range, FOLLOWED, &mut { LOOKS }, is)
    };
    let is_public = || holds_public_url(scene, &reach) || leads(range, &is_public_address);
    if is_to_anybody {
        return sends() && is_public();
    }
    if is_for_developers(bytes, &found.span, &text.development) {
        return false;
    }
    if is_for(&text.devices) {
        return holds_public_url(scene, range);
    }
    let switched = if is_client { &reach } else { &lines };
    if holds_phrase(&bytes[switched.clone()], &text.everywhere) {
        return true;
    }
    let statement = address::statement(bytes, &found.span);
    let asked = match is_program(scene) {
        true => &statement,
        false => range,
    };
    if is_own_setting(bytes, found)
        || holds_any(&bytes[range.clone()], &text.serves)
        || is_to_be_filled_in(&bytes[lines.clone()])
        || is_in_a_waiting_loop(bytes, &found.span)
        || is_to_a_neighbour(&bytes[range.clone()])
        || is_to_own_network(&bytes[range.clone()])
        || is_without_tls(&bytes[asked.clone()])
        || (leads(&statement, &|_, value| is_to_own_network(value)) && !is_public())
        || holds_name(scene, asked, &text.probes)
    {
        return false;
    }
    if holds_name(scene, &statement, &text.devices) {
        return holds_public_url(scene, range);
    }
    if is_to_a_number(&bytes[range.clone()]) || expects_self_signed(scene, &statement) {
        return is_public();
    }
    let is_command = |phrases| holds_any(&bytes[asked.clone()], phrases);
    let is_chosen = !is_program(scene) && is_to_a_chosen_host(&bytes[range.clone()]);
    let is_of_inventory = starts_with_any(turn, &text.inventory)
        || holds(
            &bytes[near(bytes, &found.span, FILE)],
            b"ansible.module_utils",
        );
    if is_chosen || is_of_inventory {
        let is_fetched = || is_command(&text.runs) && !holds(&bytes[range.clone()], b"https://{{");
        return is_public() || is_fetched();
    }
    choice::is_default(bytes, found)
        || sends()
        || is_public()
        || is_command(&text.sessions)
        || is_command(&text.runs)
}

/// `self.verify = False`: what a class keeps for whoever sets it.
fn is_own_setting(bytes: &[u8], found: &Match) -> bool {
    let before = &bytes[..found.span.start];
    ["self.", "this.", "$this->"]
        .iter()
        .any(|own| before.ends_with(own.as_bytes()))
}

/// `https://{ip}/api`: whether a URL in `text` is put together with an address that is a number, for
/// which no authority signs.
fn is_to_a_number(text: &[u8]) -> bool {
    const NUMBERS: [&[u8]; 3] = [b"ip", b"ipaddr", b"ipaddress"];
    /// How much of a line behind a scheme may hold the host.
    const HOST: usize = 80;
    ["https://", "wss://"].iter().any(|scheme| {
        memchr::memmem::find_iter(text, scheme.as_bytes()).any(|at| {
            let rest = &text[at + scheme.len()..];
            let rest = &rest[..rest.iter().take(HOST).take_while(|b| **b != b'\n').count()];
            let is_number =
                |name: &[u8]| key::words(name).iter().any(|w| NUMBERS.contains(&&w[..]));
            names(rest).any(|(_, name)| is_number(name))
        })
    })
}

/// `// most certificates will be self-signed`: whether a comment beside `statement` says what whoever is
/// connected to has.
fn expects_self_signed(scene: &Scene<'_>, statement: &Range<usize>) -> bool {
    const LINES: usize = 2;
    const SAYS: [&[u8]; 4] = [
        b"self-signed",
        b"self signed",
        b"selfsigned",
        b"no signed cert",
    ];
    let around = lines_around(scene.bytes(), statement, LINES);
    let text = scene.bytes()[around.clone()].to_ascii_lowercase();
    SAYS.iter().any(|words| {
        memchr::memmem::find_iter(&text, words)
            .any(|at| scene.place(around.start + at).is_comment())
    })
}

/// Whether a condition around `span` holds on a developer's machine only. The other branch of one is
/// everybody's.
fn is_for_developers(bytes: &[u8], span: &Range<usize>, words: &[String]) -> bool {
    let is_plain =
        |line: &[u8]| !line.contains(&b'!') && memchr::memmem::find(line, b"not ").is_none();
    let is_condition = |line: &[u8]| {
        line.starts_with(b"if")
            && (is_plain(line) && says_any(line, words) || condition(line) == Some(true))
    };
    below_head(bytes, span, is_condition).is_some()
}

/// `until curl -k ..`: what runs until a service answers.
fn is_in_a_waiting_loop(bytes: &[u8], span: &Range<usize>) -> bool {
    below_head(bytes, span, |line| line.starts_with(b"until ")).is_some()
}

/// `Host = "mail-relay"`: whether `text` gives a host a name without a domain, which only its own
/// network knows.
fn is_to_a_neighbour(text: &[u8]) -> bool {
    names(text).any(|(at, name)| {
        let is_host = key::words(name).last().is_some_and(|word| word == b"host");
        let rest = text[at + name.len()..].trim_ascii_start();
        let value = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"));
        let Some([b'"' | b'\'', value @ ..]) = value.map(<[u8]>::trim_ascii_start) else {
            return false;
        };
        let length = value
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        is_host && length > 0 && matches!(value.get(length), Some(b'"' | b'\''))
    })
}

/// `https://elasticsearch:9200`, `https://10.0.0.5/`, `https://{host}:{port}`, `$_SERVER['HTTP_HOST']`: whether
/// `text` names this machine, a container, the host of the very request, a service by its port, or another
/// host of the own network, and no public one.
fn is_to_own_network(text: &[u8]) -> bool {
    let is_named = || {
        memchr::memmem::find_iter(text, b"https://").any(|at| {
            let rest = &text[at + 8..];
            if has_given_port(rest) {
                return true;
            }
            let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
            let length = rest.iter().take_while(is_part).count();
            let is_end = |b: &u8| b.is_ascii_whitespace() || b"/:\"'`?,;)".contains(b);
            length > 0 && rest.get(length).is_none_or(is_end)
        })
    };
    // Put together with a scheme, not sent along as who asks.
    let is_own = || {
        ["HTTP_HOST", "SERVER_NAME"].iter().any(|name| {
            memchr::memmem::find(text, name.as_bytes()).is_some_and(|at| {
                let is_access = |b: &u8| is_word(*b) || b"$['\"".contains(b);
                let before = &text[..at];
                let access = before.iter().rev().take_while(|b| is_access(b)).count();
                let before = before[..at - access].trim_ascii_end();
                matches!(before.last(), Some(b'.' | b'+' | b'{'))
            })
        })
    };
    (address::names_this_machine(text) || is_own() || is_named())
        && public_urls(text).next().is_none()
}

/// `curl -k http://{host}/`: whether all that `text` asks for is without TLS.
fn is_without_tls(text: &[u8]) -> bool {
    ["http://", "http+unix://"]
        .iter()
        .any(|scheme| holds(text, scheme.as_bytes()))
        && !holds(text, b"https://")
}

/// `{host}:{port}/`, `%s:%d`, `" + host + ":8443`: whether a URL goes on with a port behind a host that is put in.
fn has_given_port(rest: &[u8]) -> bool {
    const HOST: usize = 60;
    let host = &rest[..rest.len().min(HOST)];
    let is_end = |b: &u8| matches!(b, b'/' | b'\n' | b';');
    let host = &host[..host.iter().position(is_end).unwrap_or(host.len())];
    let is_put_in = host.first().is_some_and(|b| b"{%$#\"'`".contains(b));
    is_put_in
        && host.windows(2).any(|pair| {
            pair[0] == b':' && (pair[1].is_ascii_digit() || b"{%$#\"'`".contains(&pair[1]))
        })
}

/// `https://{{ ansible_host }}:8089`, `server: "{{ host }}"`: whether a template in `text` stands for the
/// host, which whoever fills it in has chosen.
fn is_to_a_chosen_host(text: &[u8]) -> bool {
    const ADDRESSES: [&[u8]; 6] = [b"host", b"hostname", b"server", b"url", b"uri", b"endpoint"];
    let is_value = |at: usize, name: &[u8]| {
        let is_address = key::words(name)
            .last()
            .is_some_and(|w| ADDRESSES.contains(&&w[..]));
        let rest = text[at + name.len()..]
            .strip_prefix(b":")
            .unwrap_or_default();
        let rest = rest.trim_ascii_start();
        is_address && rest.strip_prefix(b"\"").unwrap_or(rest).starts_with(b"{{")
    };
    holds(text, b"https://{{") || names(text).any(|(at, name)| is_value(at, name))
}

/// `smtp://<mail_host>:25`: a template of a setting.
fn is_to_be_filled_in(line: &[u8]) -> bool {
    memchr::memmem::find(line, b"://<").is_some()
}

fn is_program(scene: &Scene<'_>) -> bool {
    matches!(scene.language().kind(), Kind::Code | Kind::Template)
}

/// How many names are followed from one to the next.
const FOLLOWED: usize = 2;
/// How many names and values are looked at in all: a file may hold nothing but turns.
const LOOKS: usize = 32;

/// What belongs to a turn.
struct Scope {
    range: Range<usize>,
    /// The line that says what it is for; empty where none does.
    head: Range<usize>,
}

/// The function around `span`, the item or keys of its mapping, or what stands near in a script.
fn scope(scene: &Scene<'_>, span: &Range<usize>) -> Scope {
    /// How many lines of a mapping are read above, and of a script to either side.
    const LINES: usize = 12;
    let bytes = scene.bytes();
    let found = match is_program(scene) {
        true => below_head(bytes, span, is_head),
        false => below_head(bytes, span, |line| line.starts_with(b"- ")),
    };
    if let Some(range) = found {
        let head = line(bytes, range.start);
        return Scope { range, head };
    }
    let range = match is_program(scene) {
        true => lines_around(bytes, span, LINES),
        false => address::block(bytes, span, LINES),
    };
    let head = range.start..range.start;
    Scope { range, head }
}

/// The lines around `span` that its indentation puts below a line that `is_head`, with that.
fn below_head(
    bytes: &[u8],
    span: &Range<usize>,
    is_head: impl Fn(&[u8]) -> bool,
) -> Option<Range<usize>> {
    const LINES: usize = 120;
    // A bracket at its beginning goes on with what stands above.
    let goes_on = |text: &[u8]| {
        let first = text.trim_ascii().first().copied();
        first.is_none_or(|b| matches!(b, b'{' | b'}' | b')' | b']')) && !opens_branch(text)
    };
    let here = line(bytes, span.start);
    let mut depth = indentation(&bytes[here.clone()]);
    let mut start = here.start;
    for count in 0.. {
        let above = line(bytes, start.checked_sub(1).filter(|_| count < LINES)?);
        start = above.start;
        let text = &bytes[above];
        if goes_on(text) || indentation(text) >= depth {
            continue;
        }
        depth = indentation(text);
        if is_head(text.trim_ascii()) {
            break;
        }
    }
    let mut end = line(bytes, span.end).end;
    for _ in 0..LINES {
        if end >= bytes.len() {
            break;
        }
        let below = line(bytes, end + 1);
        let text = &bytes[below.clone()];
        if !goes_on(text) && indentation(text) <= depth {
            break;
        }
        end = below.end;
    }
    Some(start..end)
}

/// Whether a line begins a function with a name.
fn is_head(text: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 6] = [b"func", b"def", b"function", b"fun", b"fn", b"sub"];
    const OTHER: [&[u8]; 26] = [
        b"if", b"else", b"elif", b"elsif", b"elseif", b"unless", b"until", b"for", b"foreach",
        b"while", b"do", b"switch", b"case", b"when", b"try", b"catch", b"rescue", b"with",
        b"using", b"return", b"new", b"await", b"class", b"defer", b"go", b"lock",
    ];
    if text.ends_with(b"=> {") {
        return ["= (", "=(", "= async ("]
            .iter()
            .any(|start| memchr::memmem::find(text, start.as_bytes()).is_some());
    }
    let Some(open) = memchr::memchr(b'(', text) else {
        return false;
    };
    let before = &text[..open];
    let mut words = before.split(|b| !is_word(*b)).filter(|w| !w.is_empty());
    let is_call = before
        .iter()
        .any(|b| matches!(b, b'=' | b'.' | b'"' | b'\'' | b'@'));
    if is_call || words.clone().any(|word| OTHER.contains(&word)) {
        return false;
    }
    let has_keyword = words.clone().any(|word| KEYWORDS.contains(&word));
    let opens = matches!(text.last(), Some(b'{' | b')' | b','));
    // Without a keyword, a method has a type or a modifier before its name, or a brace behind it.
    has_keyword || (opens && words.nth(1).is_some()) || text.ends_with(b") {")
}

fn lines_around(bytes: &[u8], span: &Range<usize>, lines: usize) -> Range<usize> {
    let mut around = line(bytes, span.start).start..line(bytes, span.end).end;
    for _ in 0..lines {
        if let Some(end) = around.start.checked_sub(1) {
            around.start = line(bytes, end).start;
        }
        if around.end < bytes.len() {
            around.end = line(bytes, around.end + 1).end;
        }
    }
    around
}

/// `new https.Agent({ .. })`: the options of what sends requests later.
fn is_agent(bytes: &[u8], found: &Match) -> bool {
    let line = &bytes[line(bytes, found.span.start).start..found.span.start];
    ["Agent(", "Transport{", "Connector(", "Session("]
        .iter()
        .any(|name| memchr::memmem::find(line, name.as_bytes()).is_some())
}

/// Whether `text` holds one of `phrases`, up to the end of a name.
fn holds_phrase(text: &[u8], phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| {
        memchr::memmem::find_iter(text, phrase.as_bytes())
            .any(|at| !text.get(at + phrase.len()).is_some_and(|b| is_word(*b)))
    })
}

/// The names in `text`, each with where it begins.
fn names(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].iter().take_while(|b| !is_word(**b)).count();
        let length = text[at..].iter().take_while(|b| is_word(**b)).count();
        let start = at;
        at += length;
        (length > 0).then(|| (start, &text[start..at]))
    })
}

/// Whether `name` has a word of `list`, or two in a row that are one there; what begins with `=` in the
/// list is a whole name.
fn has_word(name: &[u8], list: &[String]) -> bool {
    let words = key::words(name);
    words.iter().any(|word| is_listed(word, list))
        || words.windows(2).any(|pair| is_listed(&pair.concat(), list))
        || list.iter().any(|whole| {
            whole
                .strip_prefix('=')
                .is_some_and(|w| w.as_bytes() == name)
        })
}

/// Whether `name` ends in a word of `list`, or in two that are one there.
fn ends_in_word(name: &[u8], list: &[String]) -> bool {
    let words = key::words(name);
    let last = |count: usize| words[words.len().saturating_sub(count)..].concat();
    is_listed(&last(1), list) || is_listed(&last(2), list)
}

fn is_listed(word: &[u8], list: &[String]) -> bool {
    list.iter().any(|listed| listed.as_bytes() == word)
}

fn names_any(text: &[u8], list: &[String]) -> bool {
    names(text).any(|(_, name)| has_word(name, list))
}

/// Whether one of the names in `range`, outside of comments, has a word of `list`.
fn holds_name(scene: &Scene<'_>, range: &Range<usize>, list: &[String]) -> bool {
    names(&scene.bytes()[range.clone()])
        .any(|(at, name)| has_word(name, list) && !scene.place(range.start + at).is_comment())
}

/// Whether a credential is named in `range`, outside of comments, or given as `auth=`.
fn holds_credential(scene: &Scene<'_>, range: &Range<usize>, list: &[String]) -> bool {
    let text = &scene.bytes()[range.clone()];
    names(text).any(|(at, name)| {
        let is_argument = || {
            let sign = text[at + name.len()..].trim_ascii_start().first();
            name == b"auth" && matches!(sign, Some(b'=' | b':'))
        };
        (ends_in_word(name, list) || is_argument()) && !scene.place(range.start + at).is_comment()
    })
}

/// Whether a URL of a public host stands in `range`, outside of comments.
fn holds_public_url(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    public_urls(&scene.bytes()[range.clone()]).any(|at| !scene.place(range.start + at).is_comment())
}

/// Whether a name in `range` that is about an address has a value that `is` right for it, or another such
/// name, nearby in the file. A variable has what its function, or what is around that, gives it.
fn leads_to(
    scene: &Scene<'_>,
    scope: &Scope,
    range: &Range<usize>,
    names_left: usize,
    looks: &mut usize,
    is: &dyn Fn(&[u8], &[u8]) -> bool,
) -> bool {
    const ADDRESSES: [&[u8]; 8] = [
        b"url",
        b"uri",
        b"host",
        b"endpoint",
        b"base",
        b"api",
        b"server",
        b"site",
    ];
    let bytes = scene.bytes();
    let is_address = |name: &[u8]| {
        let words = key::words(name);
        words.iter().any(|word| ADDRESSES.contains(&&word[..]))
    };
    let is_member = |at: usize| {
        let before = &bytes[..at];
        [".", "->", "::", "@", "['", "[\""]
            .iter()
            .any(|sign| before.ends_with(sign.as_bytes()))
    };
    let depth = (!scope.head.is_empty()).then(|| indentation(&bytes[scope.head.clone()]));
    let mut seen: Vec<&[u8]> = Vec::new();
    for (at, name) in names(&bytes[range.clone()]) {
        let at = range.start + at;
        // Of settings, a key is no variable.
        let is_key = !is_program(scene) && bytes[at + name.len()..].starts_with(b":");
        if seen.contains(&name) || !is_address(name) || is_key {
            continue;
        }
        if !spend(looks) {
            return false;
        }
        seen.push(name);
        for value in values(bytes, range, name) {
            if !spend(looks) {
                return false;
            }
            let is_elsewhere = |depth: usize| {
                let here = &bytes[line(bytes, value.start)];
                !scope.range.contains(&value.start) && indentation(here) > depth
            };
            let is_another = || {
                let given = memchr::memmem::rfind(&bytes[..value.start], name);
                !is_member(at) && !given.is_some_and(is_member)
            };
            if scene.place(value.start).is_comment()
                || (depth.is_some_and(is_elsewhere) && is_another())
            {
                continue;
            }
            if is(name, &bytes[value.clone()])
                || (names_left > 1 && leads_to(scene, scope, &value, names_left - 1, looks, is))
            {
                return true;
            }
        }
    }
    false
}

/// Takes one of `looks`; `false` where none is left.
fn spend(looks: &mut usize) -> bool {
    let left = looks.checked_sub(1);
    *looks = left.unwrap_or(0);
    left.is_some()
}

/// Whether `value`, given to `name`, is or holds the URL of a public host, or is the name of one.
fn is_public_address(name: &[u8], value: &[u8]) -> bool {
    public_urls(value).next().is_some() || is_public_host(name, value)
}

/// `HOST = "push.company.org"`: whether `value`, given to `name`, is the literal name of a public host.
fn is_public_host(name: &[u8], value: &[u8]) -> bool {
    let is_host = key::words(name).last().is_some_and(|word| word == b"host");
    let quote = value.iter().position(|b| matches!(b, b'"' | b'\''));
    is_host && quote.is_some_and(|at| address::begins_public(&value[at + 1..]))
}

/// What stands behind each `name =` and `name:` near `range`, to the end of the line, and below `def name`.
fn values<'b>(
    bytes: &'b [u8],
    range: &Range<usize>,
    name: &'b [u8],
) -> impl Iterator<Item = Range<usize>> + use<'b> {
    /// `API_URL: Final[str]`, `"api_url"]`: between a name and its sign.
    const BETWEEN: usize = 8;
    let near = near(bytes, range, NEAR);
    let text = &bytes[near.clone()];
    memchr::memmem::find_iter(text, name)
        .filter(move |&at| {
            let before = text[..at].last();
            let after = text.get(at + name.len());
            !before.into_iter().chain(after).any(|b| is_word(*b))
        })
        .filter_map(move |at| {
            let after = near.start + at + name.len();
            let end = line(bytes, after).end;
            if ["def ", "function ", "get "]
                .iter()
                .any(|word| text[..at].ends_with(word.as_bytes()))
            {
                let below = line(bytes, bytes.len().min(end + 1)).end;
                return Some(after..below);
            }
            let rest = &bytes[after..end];
            let is_between = |b: &&u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b']');
            let between = rest.iter().take(BETWEEN).take_while(is_between).count();
            let is_given = match &rest[between..] {
                [b'=', b'=', ..] => false,
                [b'=' | b':', ..] => true,
                _ => false,
            };
            is_given.then(|| after + between + 1..after + rest.len())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_begin_where_they_are_named() {
        for head in [
            "def login(self, url):",
            "func (s *Server) Login(ctx context.Context) error {",
            "pub async fn login(",
            "private function request($method)",
            "public static String get(String url) throws IOException {",
            "_open(url) {",
            "this.connect = (node) => {",
        ] {
            assert!(is_head(head.as_bytes()), "{head}");
        }
        for other in [
            "if (insecure) {",
            "} elseif ($method == 'post') {",
            "requests.get(",
            "answer = login(url)",
            "defer func() {",
            "server.on('request', (request) => {",
            "tls: {",
        ] {
            assert!(!is_head(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_word_is_one_of_a_name_or_two_of_it_or_all_of_it() {
        let list = ["token", "apikey", "=alive"].map(str::to_owned);
        for name in ["token", "tokenFile", "X_API_KEY", "alive"] {
            assert!(has_word(name.as_bytes(), &list), "{name}");
        }
        for name in ["tokenize", "apiUrl", "keepAlive"] {
            assert!(!has_word(name.as_bytes(), &list), "{name}");
        }
        for name in ["token", "accessToken", "X_API_KEY"] {
            assert!(ends_in_word(name.as_bytes(), &list), "{name}");
        }
        for name in ["UploadTokenRequest", "apiKeyPath"] {
            assert!(!ends_in_word(name.as_bytes(), &list), "{name}");
        }
    }
}
