//! Whether a URL is an API call, and how sure that is.

use std::ops::Range;

use super::super::{Scene, Verdict};
use super::UrlRule;
use super::branch::{is_in_development, is_in_tryout};
use super::command::{is_replaced, is_said, line_start, runs_command, runs_helper};
use super::context::{Context, Lead, is_in_samples, is_word};
use super::file::{Facts, Purpose, Weight};
use super::follow::{is_followed, is_only_shown};
use super::holder::holder;
use super::host::Class;
use super::join::continued;
use super::markup::is_for_readers;
use super::parse::Url;
use super::record::{
    describes_program, has_method_beside, has_secure_twin, is_in_numbered_setting, is_method,
    is_off_or_signed, is_pinned,
};
use super::shape::{Carrier, Credential, Shape, Value, credentials, is_archive, is_feed, shape};
use super::words::{
    Role, Work, is_abbreviated, is_doubtful, is_mostly_shown, is_setter, reads_property,
    reads_setting, role, tells, words, work,
};
use crate::finding::{Holder, Severity};
use crate::syntax::{Place, paths};

/// Languages that call functions without brackets.
const BARE_CALLS: [&str; 6] = ["Ruby", "Crystal", "CoffeeScript", "Elixir", "Lua", "Perl"];

/// What was found, and how it reads.
struct Ruling {
    severity: Severity,
    message: String,
    holder: Option<Holder>,
}

pub(super) fn judge(rule: &UrlRule, url: &Url, scene: &Scene<'_>) -> Option<Verdict> {
    let bytes = scene.bytes();
    let host = url.text(bytes, &url.host).to_ascii_lowercase();
    let raw = url.text(bytes, &url.path);
    let class = rule.hosts.classify(&host, &raw.to_ascii_lowercase());
    let facts = scene.url_facts();
    if !class.is_outside() || class != Class::Product && facts.is_silent() {
        return None;
    }
    let query = url
        .query
        .as_ref()
        .map(|q| url.text(bytes, q).to_ascii_lowercase());
    let ends_open = matches!(bytes[url.span.end - 1], b'=' | b'/' | b'?')
        && bytes
            .get(url.span.end)
            .is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'))
        && bytes[url.span.end + 1..bytes.len().min(url.span.end + 8)]
            .trim_ascii_start()
            .first()
            .is_some_and(|b| matches!(b, b'+' | b'.' | b'%' | b'\\' | b'&'));
    let shape = match shape(&host, &raw, query.as_deref(), ends_open) {
        // `"http://h.io/a/" + id + "/hit.json"`
        plain @ (Shape::Filled | Shape::Plain) => {
            let more = continued(bytes, url.span.end);
            let whole = more.map(|more| {
                let text = match &query {
                    Some(query) => format!("{raw}?{query}{more}"),
                    None => format!("{raw}{more}"),
                };
                let (path, query) = text
                    .split_once('?')
                    .map_or((&*text, None), |(p, q)| (p, Some(q)));
                shape(&host, path, query, false)
            });
            match whole {
                Some(whole @ (Shape::Api | Shape::Page)) => whole,
                Some(_) | None => plain,
            }
        }
        shape => shape,
    };
    let api = shape == Shape::Api;
    let credentials = credentials(bytes, url, &rule.credential_parameters, api);
    let carries = || credentials.iter().any(|c| c.kind != Value::Placeholder);
    if facts.is_dump && class != Class::Product && !carries() {
        return None;
    }
    let ruling = match class {
        Class::Product => Ruling {
            severity: Severity::Error,
            message: "Report Flow is called over plain HTTP, which it rejects: use `https://`"
                .into(),
            holder: None,
        },
        _ => public(url, scene, class, &host, shape, &credentials)?,
    };
    let secrets: Vec<Range<usize>> = credentials
        .iter()
        .filter(|c| c.kind == Value::Literal)
        .map(|c| c.value.clone())
        .collect();
    Some(Verdict {
        severity: Some(ruling.severity),
        message: ruling.message,
        highlight: url.span.clone(),
        secrets,
        holder: ruling.holder,
        // With its secrets: another password in the same URL is another finding.
        content: bytes[url.span.clone()].to_vec(),
        provider: (class == Class::Product).then(|| "Report Flow".to_owned()),
        ..Verdict::default()
    })
}

fn public(
    url: &Url,
    scene: &Scene<'_>,
    class: Class,
    host: &str,
    shape: Shape,
    credentials: &[Credential],
) -> Option<Ruling> {
    let path = scene.document.path.as_bytes();
    let facts = scene.url_facts();
    let mut purpose = facts.purpose;
    let bytes = scene.bytes();
    let before = &bytes[line_start(bytes, url.span.start)..url.span.start];
    if shape == Shape::Identifier
        || is_probe(bytes, url)
        // A rule of a proxy.
        || before.ends_with(b"URL-REGEX,")
        || paths::is_context_of_patch(path, before)
    {
        return None;
    }
    if is_pattern(bytes, url) {
        return None;
    }
    let context = Context::read(bytes, url.span.start);
    let language = scene.language().name();
    let speech = Speech {
        bare_calls: BARE_CALLS.contains(&language),
        shell: language == "Shell",
        plain: matches!(language, "Shell" | "Makefile"),
    };
    let evidence_for = |purpose| evidence(bytes, url, purpose, shape, &context, speech, facts);
    // Most URLs have none, and lexing the file costs far more than asking. Only
    // of markup the place decides what the file is.
    let early = match purpose {
        Purpose::Markup => None,
        _ => Some(evidence_for(purpose)?),
    };
    let place = scene.place(url.span.start);
    match place {
        Place::LineComment
        | Place::BlockComment
        | Place::DocString
        | Place::Regex
        | Place::LinkTarget
        | Place::Prose => return None,
        Place::Heredoc | Place::InlineCode | Place::CodeBlock if !runs_command(before) => {
            return None;
        }
        Place::String | Place::Template if purpose == Purpose::Markup => purpose = Purpose::Code,
        Place::Code
        | Place::String
        | Place::Template
        | Place::Heredoc
        | Place::InlineCode
        | Place::CodeBlock
        | Place::MarkupAttribute => {}
        // Text of a page, in a template of a programming language.
        Place::MarkupText if purpose == Purpose::Code && context.lead == Lead::Element => {
            return None;
        }
        // What a page shows is no configuration, whatever it looks like.
        Place::MarkupText if language == "HTML" => purpose = Purpose::Prose,
        Place::MarkupText => {}
    }
    let run = purpose == Purpose::Config && early == Some(Evidence::Command);
    if is_in_samples(bytes, url.span.start, run, &facts.walked)
        || place.is_literal()
            && (documents(scene, url.span.start) || is_quoted_in_prose(scene, url.span.start))
    {
        return None;
    }
    let evidence = match early {
        Some(evidence) => evidence,
        None => evidence_for(purpose)?,
    };
    let evidence = match evidence {
        _ if is_data_source(path, bytes, url.span.start) => Evidence::Call,
        Evidence::Named | Evidence::Shaped
            if purpose == Purpose::Code && is_only_shown(bytes, &context) =>
        {
            Evidence::Little
        }
        Evidence::Call | Evidence::Named | Evidence::Shaped | Evidence::Followed
            if url.has_fragment(bytes) =>
        {
            Evidence::Little
        }
        Evidence::Named | Evidence::Followed
            if context
                .names
                .first()
                .is_some_and(|name| describes_program(bytes, name)) =>
        {
            Evidence::Little
        }
        Evidence::Named | Evidence::Shaped | Evidence::Followed
            if is_of_a_site(bytes, url, &context)
                && !is_followed(bytes, &context, url.span.end)
                || sends_browser(bytes, &context)
                || is_in_markup(scene, url.span.start, &context) =>
        {
            Evidence::Little
        }
        evidence => evidence,
    };
    let light = facts.weight == Weight::Light
        || has_secure_twin(bytes, url)
        || purpose == Purpose::Prose
        || shape == Shape::File && is_pinned(bytes, url)
        || is_in_manual(scene, url.span.start)
        || is_picture(&bytes[url.path.clone()])
        || is_for_pictures(host)
            && !matches!(evidence, Evidence::Call | Evidence::Command)
            && !context.names.first().is_some_and(|n| role(&bytes[n.clone()]) == Role::Endpoint)
        || is_tunnel(host)
        || facts.is_decompiled(bytes)
        || is_among_identifiers(bytes, url)
        || continued(bytes, url.span.end).is_some_and(|more| is_picture(more.as_bytes()))
        || is_in_numbered_setting(before)
        || is_in_query(scene, url.span.start)
        || is_in_development(bytes, url.span.start, language)
        || language == "Shell" && is_said(before)
        || facts.is_catalogue(bytes)
        // Rows that a dump or a migration fills tables with.
        || language == "SQL";

    let carried = credentials.iter().find(|c| c.kind != Value::Placeholder);
    if let Some(credential) = carried
        && class == Class::Public
    {
        return Some(Ruling {
            severity: if light {
                Severity::Note
            } else {
                Severity::Error
            },
            message: match &credential.carrier {
                Carrier::Parameter(name) => format!(
                    "the `{}` parameter travels to {} in plain text",
                    shown(name),
                    shown(host)
                ),
                Carrier::UserInfo => format!(
                    "the password in this URL travels to {} in plain text",
                    shown(host)
                ),
                Carrier::Path => format!(
                    "the key in this URL's path travels to {} in plain text",
                    shown(host)
                ),
            },
            holder: None,
        });
    }
    let (severity, why) = match evidence {
        Evidence::Call => (Severity::Warning, "is called"),
        Evidence::Command => (Severity::Warning, "is called"),
        Evidence::Named => (Severity::Warning, "is configured as an endpoint"),
        Evidence::Shaped => (Severity::Warning, "looks like an API and is addressed"),
        Evidence::Followed => (Severity::Warning, "is called"),
        Evidence::Little => (Severity::Note, "is addressed"),
    };
    // What answers programs at a host that people read.
    let known = match shape {
        Shape::Api => !matches!(evidence, Evidence::Little | Evidence::Shaped),
        Shape::File => match evidence {
            Evidence::Call | Evidence::Command => true,
            Evidence::Named => is_archive(&bytes[url.path.clone()]),
            Evidence::Shaped | Evidence::Followed | Evidence::Little => false,
        },
        Shape::Filled | Shape::Plain | Shape::Page | Shape::Identifier => false,
    };
    let severity = if light
        || class == Class::Documentation && !known
        || is_in_tryout(path, bytes, url.span.start)
        || is_generated(bytes, url)
        || is_off_or_signed(bytes, url)
    {
        Severity::Note
    } else {
        severity
    };
    let may_be_idle = severity == Severity::Warning
        && matches!(evidence, Evidence::Named | Evidence::Shaped)
        && !facts.builds_names(bytes);
    Some(Ruling {
        severity,
        message: format!("{} {why} over plain HTTP", shown(host)),
        holder: may_be_idle
            .then(|| {
                let path = &scene.document.path;
                holder(path, bytes, url.span.start, purpose, language, &context)
            })
            .flatten(),
    })
}

/// `CORS_DOMAIN = "http://vendor.io"`: who is meant, not what is called.
fn is_of_a_site(bytes: &[u8], url: &Url, context: &Context) -> bool {
    let is_root = url.path.len() <= 1 && url.query.is_none();
    let last = context
        .names
        .first()
        .and_then(|name| words(&bytes[name.clone()]).pop());
    is_root && last.is_some_and(|word| ["domain", "origin", "origins"].contains(&word.as_str()))
}

/// `AUTHORIZATION_URL = "http://vendor.io/oauth"`: where OAuth sends a browser.
fn sends_browser(bytes: &[u8], context: &Context) -> bool {
    let words = context
        .names
        .first()
        .map(|name| words(&bytes[name.clone()]));
    words.is_some_and(|words| {
        let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        has(&["authorize", "authorization"])
            && has(&["url", "uri", "endpoint"])
            && !has(&["server", "api", "service", "base", "token"])
    })
}

/// Whether the URL is the value of an attribute in the text of a literal: `"<a url='http:.."`.
fn is_in_markup(scene: &Scene<'_>, at: usize, context: &Context) -> bool {
    let bytes = scene.bytes();
    let before = &bytes[line_start(bytes, at)..at];
    context.lead == Lead::Quote
        && matches!(
            before,
            [.., b'=', b'"' | b'\''] | [.., b'=', b'\\', b'"' | b'\'']
        )
        && scene.token(at).is_some_and(|token| {
            token.place.is_literal() && bytes[token.content.start.min(at)..at].contains(&b'<')
        })
}

/// Whether the URL is in a literal that changes a table: what an installation begins with.
fn is_in_query(scene: &Scene<'_>, at: usize) -> bool {
    const VERBS: [&[u8]; 3] = [b"insert into ", b"replace into ", b"update "];
    let bytes = scene.bytes();
    scene.token(at).is_some_and(|token| {
        let text = bytes[token.content.clone()].trim_ascii_start();
        let starts = |verb: &&[u8]| {
            text.get(..verb.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(verb))
        };
        token.place.is_literal() && VERBS.iter().any(starts)
    })
}

/// Whether a picture is what answers, which is looked at and decides nothing.
fn is_picture(path: &[u8]) -> bool {
    const ENDINGS: [&str; 8] = [
        ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".ico", ".bmp",
    ];
    let path = path.to_ascii_lowercase();
    let ends = |ending: &&str| path.ends_with(ending.as_bytes());
    ENDINGS.iter().any(ends)
        || ["/staticmap", "/staticimage", "/image.ashx"]
            .iter()
            .any(ends)
}

/// Whether a host is named after the pictures it has.
fn is_for_pictures(host: &str) -> bool {
    const LABELS: [&str; 10] = [
        "image", "images", "img", "imgs", "pic", "pics", "photo", "photos", "thumb", "thumbs",
    ];
    let label = host.split('.').next().unwrap_or_default();
    LABELS.contains(&label.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Whether a host leads to a developer's own machine, for as long as that asks for it.
fn is_tunnel(host: &str) -> bool {
    const TUNNELS: [&str; 7] = [
        ".ngrok.io",
        ".ngrok.app",
        ".ngrok-free.app",
        ".loca.lt",
        ".localtunnel.me",
        ".serveo.net",
        ".trycloudflare.com",
    ];
    TUNNELS.iter().any(|tunnel| host.ends_with(tunnel))
}

/// Whether the lines above and below both give names of vocabularies: so is this one.
fn is_among_identifiers(bytes: &[u8], url: &Url) -> bool {
    const NEAR: usize = 400;
    let is_vocabulary = |text: &[u8]| {
        [
            &b"http://www.w3.org/"[..],
            b"http://purl.org/",
            b"http://schemas.xmlsoap.org/",
        ]
        .iter()
        .any(|host| memchr::memmem::find(text, host).is_some())
    };
    is_vocabulary(&bytes[url.span.start.saturating_sub(NEAR)..url.span.start])
        && is_vocabulary(&bytes[url.span.end..bytes.len().min(url.span.end + NEAR)])
}

/// Whether the URL's line is longer than people write.
fn is_generated(bytes: &[u8], url: &Url) -> bool {
    const LONG: usize = 2000;
    let ahead = &bytes[url.span.start.saturating_sub(LONG)..url.span.start];
    let behind = &bytes[url.span.end..bytes.len().min(url.span.end + LONG)];
    let before = memchr::memrchr(b'\n', ahead).map_or(ahead.len(), |at| ahead.len() - at);
    before + memchr::memchr(b'\n', behind).unwrap_or(behind.len()) >= LONG
}

/// Whether `at` is in a literal of several lines whose name says that it is read
/// by people: Ansible's `EXAMPLES`, a program's `USAGE`.
fn is_in_manual(scene: &Scene<'_>, at: usize) -> bool {
    const NAMES: &[&[u8]] = &[
        b"EXAMPLES",
        b"EXAMPLE",
        b"DOCUMENTATION",
        b"RETURN",
        b"USAGE",
        b"usage",
        b"examples",
        b"help",
        b"HELP",
        b"epilog",
        b"synopsis",
        b"SYNOPSIS",
    ];
    let bytes = scene.bytes();
    let Some(token) = scene.token(at) else {
        return false;
    };
    if !token.place.is_literal() || !bytes[token.span.clone()].contains(&b'\n') {
        return false;
    }
    let before = &bytes[token.span.start.saturating_sub(40)..token.span.start];
    let Some(equals) = before.iter().rposition(|&b| b == b'=') else {
        return false;
    };
    let name = before[..equals].trim_ascii_end();
    before[equals + 1..].trim_ascii().len() <= 2 && NAMES.iter().any(|n| name.ends_with(n))
}

/// A piece of the URL as a message may show it.
fn shown(text: &str) -> String {
    text.trim_end_matches('\0')
        .chars()
        .map(|c| if c == '\0' { '*' } else { c })
        .filter(|c| !c.is_control())
        .take(80)
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    /// The argument of a call that sends requests.
    Call,
    /// The argument of `curl` or its kind.
    Command,
    /// A name says that it is an endpoint.
    Named,
    /// The URL itself looks like an API.
    Shaped,
    /// Its name is given to a call elsewhere.
    Followed,
    Little,
}

/// How the file's language writes calls.
#[derive(Clone, Copy)]
struct Speech {
    /// Without brackets as well.
    bare_calls: bool,
    /// As commands.
    shell: bool,
    /// And assigns text without quotes.
    plain: bool,
}

/// Why the URL may be an API call; `None` where it is something else.
fn evidence(
    bytes: &[u8],
    url: &Url,
    purpose: Purpose,
    shape: Shape,
    context: &Context,
    speech: Speech,
    facts: &Facts,
) -> Option<Evidence> {
    let line = line_start(bytes, url.span.start);
    let before = &bytes[line..url.span.start];
    if is_replaced(before) {
        return None;
    }
    let command = runs_command(before) || (speech.shell && runs_helper(before));
    // What a page tells its reader to run.
    let mut tags = ["<code", "<pre", "<kbd", "<li"].iter();
    if command && tags.any(|tag| memchr::memmem::find(before, tag.as_bytes()).is_some()) {
        return (shape != Shape::Page).then_some(Evidence::Little);
    }
    match context.lead {
        Lead::Link | Lead::Embedded => return None,
        Lead::Inside if !command => return mirror(before),
        Lead::Inside | Lead::Quote | Lead::Bare | Lead::Element => {}
    }
    if purpose == Purpose::Unknown && is_remark(before) {
        return None;
    }
    // A tag of a Go structure: `xml:"http:.. Envelope"`.
    if before.ends_with(b"`xml:\"") || before.ends_with(b" xml:\"") {
        return None;
    }
    if context.compared || is_key(bytes, url, context.lead) {
        return None;
    }
    let name = |range: &Range<usize>| &bytes[range.clone()];
    let element = context.names.last();
    if context.lead == Lead::Element && element.is_some_and(|e| is_for_readers(bytes, e)) {
        return None;
    }
    // What speaks TLS only: Lua's `ssl.https`, Node's `https`.
    let is_secure = |name: &[u8]| name.starts_with(b"https.");
    if context
        .calls
        .first()
        .is_some_and(|c| is_secure(name(&c.name)))
    {
        return Some(Evidence::Little);
    }
    if purpose == Purpose::Prose {
        return (command && shape != Shape::Page).then_some(Evidence::Little);
    }
    let records = matches!(purpose, Purpose::Data | Purpose::Unknown);
    let mut works: Vec<Work> = context
        .calls
        .iter()
        .map(|c| match work(name(&c.name)) {
            // `QNetworkRequest request(QUrl("http:..`
            Work::Unknown => declared(bytes, &c.name).map_or(Work::Unknown, work),
            known => known,
        })
        .collect();
    let bare = (speech.bare_calls && context.calls.is_empty() && context.lead == Lead::Quote)
        .then(|| bare_call(before))
        .flatten();
    works.extend(bare.map(work));
    let sender = works.iter().position(|w| *w == Work::Fetch);
    // What receives the answer of a call says nothing about its argument.
    let mut roles: Vec<Role> = context
        .names
        .iter()
        .filter(|n| {
            sender.is_none_or(|s| context.calls.get(s).is_some_and(|c| n.start > c.name.start))
        })
        .map(|n| match role(name(n)) {
            Role::Endpoint if records && is_abbreviated(name(n)) => Role::Unknown,
            role => role,
        })
        .collect();
    // A record whose URL is filled in is no note about the thing it is named after.
    if records && !url.holes.is_empty() {
        roles.truncate(1);
    }
    let siblings = context
        .calls
        .iter()
        .take(2)
        .flat_map(|c| &c.siblings)
        .filter(|s| !name(s).contains(&b'/'));
    // `set("Referer", ..` says what the URL is for; a variable beside it does not.
    let titled = siblings
        .clone()
        .filter(|s| {
            matches!(bytes[s.start - 1], b'"' | b'\'' | b'`') || name(s).starts_with(b"CURLOPT_")
        })
        .any(|s| role(name(s)) == Role::Other && s.len() > 2)
        || siblings.clone().any(|s| is_namespaces(name(s)));
    let follows = || purpose == Purpose::Code && is_followed(bytes, context, url.span.end);
    // `links:`, and under it `- http://vendor.io/`.
    let item = purpose == Purpose::Config
        && context.lead == Lead::Bare
        && before.trim_ascii() == b"-"
        && shape != Shape::Page;
    if item && context.names.first().is_some_and(|n| is_doubtful(name(n))) {
        return Some(Evidence::Little);
    }
    if roles.first() == Some(&Role::Other) && !titled && is_doubtful(name(&context.names[0])) {
        // `add_argument("--server", default=..)`, or a list that is fetched further down.
        if siblings.clone().any(|s| role(name(s)) == Role::Endpoint) {
            roles.remove(0);
        } else if shape != Shape::Page && context.calls.is_empty() && follows() {
            return Some(Evidence::Followed);
        }
    } else if roles.first() == Some(&Role::Other)
        && roles.len() == 1
        && !titled
        && shape != Shape::Page
        && context.calls.is_empty()
        && is_mostly_shown(name(&context.names[0]))
        && follows()
    {
        return Some(Evidence::Followed);
    }
    // A list of feeds has one for news, one for comments.
    if roles.first() == Some(&Role::Other)
        && is_mostly_shown(name(&context.names[0]))
        && is_key_of_map(bytes, &context.names[0])
        && !roles[1..].contains(&Role::Other)
        && is_feed(url.text(bytes, &url.path).to_ascii_lowercase().as_str())
    {
        return Some(Evidence::Shaped);
    }
    if roles.first() == Some(&Role::Other)
        || (matches!(roles.first(), Some(Role::Address | Role::Unknown))
            && roles[1..].contains(&Role::Other))
        || titled
    {
        return None;
    }
    let first = works.iter().find(|w| **w != Work::Wrap);
    let is_told = || context.calls.first().is_some_and(|c| tells(name(&c.name)));
    if first == Some(&Work::Other) || first != Some(&Work::Fetch) && is_told() {
        return None;
    }
    // `getProperty("http:..`: the name of one.
    if context
        .calls
        .first()
        .is_some_and(|c| c.siblings.is_empty() && reads_property(name(&c.name)))
    {
        return Some(Evidence::Little);
    }
    let methods = siblings.clone().any(|s| is_method(name(s)))
        || matches!(roles.first(), Some(Role::Address | Role::Endpoint))
            && has_method_beside(bytes, url);
    let called = first == Some(&Work::Fetch) && roles.is_empty() || methods;
    if called || (first == Some(&Work::Fetch) && shape != Shape::Page) {
        return Some(Evidence::Call);
    }
    if command {
        return Some(Evidence::Command);
    }
    let markup = purpose == Purpose::Markup;
    if markup && context.lead != Lead::Quote && roles.first() != Some(&Role::Endpoint) {
        return None;
    }
    // In records, the names around say what the record is about.
    let near = if records {
        roles.len().min(1)
    } else {
        roles.len()
    };
    // `Api.Weather`: one of the APIs, not the address of one. `"Vendor Server"`: a name for people.
    let endpoint = |s: &Range<usize>| {
        bytes[s.end] != b'.' && !name(s).contains(&b' ') && role(name(s)) == Role::Endpoint
    };
    let named = roles[..near].contains(&Role::Endpoint)
        || siblings.clone().any(endpoint)
        || bare.is_some_and(|b| role(b) == Role::Endpoint)
        // `settings.get("app/url", "http:..`
        || context.calls.first().is_some_and(|c| {
            let keyed = c.siblings.first().is_some_and(|s| {
                let own = name(s).rsplit(|&b| b == b'/').next().unwrap_or_default();
                matches!(role(own), Role::Address | Role::Endpoint)
            });
            keyed && reads_setting(name(&c.name))
        })
        || context
            .calls
            .iter()
            .take(1)
            // `QUrl(`, `URI.create(` say no more than the literal does.
            .any(|c| {
                role(name(&c.name)) == Role::Endpoint
                    && (work(name(&c.name)) != Work::Wrap
                        || shape == Shape::Api
                        || is_setter(name(&c.name)))
            });
    if named && shape != Shape::Page {
        return Some(Evidence::Named);
    }
    // `RATES_URL = 'http://vendor.io/rates'`
    let constant = (purpose == Purpose::Code && context.lead == Lead::Quote
        || speech.plain && matches!(context.lead, Lead::Quote | Lead::Bare))
        && roles.len() == 1
        && roles[0] == Role::Address
        // Autoconf's is the home page.
        && name(&context.names[0]) != b"PACKAGE_URL"
        && context.calls.is_empty()
        && url.path.len() > 1
        && (is_constant(name(&context.names[0]))
            // `URL = "http://vendor.io/quote-%s"`, `urls = ["http://vendor.io/{id}", ..`
            || !url.holes.is_empty()
                && (name(&context.names[0]) == b"URL" || is_plural(name(&context.names[0]))));
    if constant && shape != Shape::Page {
        return Some(Evidence::Named);
    }
    // `url = "http://vendor.io/tool-1.5.0.tar.gz"`
    let receives =
        roles.first() == Some(&Role::Address) || bare.is_some_and(|b| role(b) == Role::Address);
    if shape == Shape::File && matches!(purpose, Purpose::Code | Purpose::Config) && receives {
        return Some(Evidence::Named);
    }
    // `project(["http://vendor.io/tool-1.5.0.tar.gz", "https://..`: what else would a program do with it?
    if shape == Shape::File
        && purpose == Purpose::Code
        && context.lead == Lead::Quote
        && is_archive(&bytes[url.path.clone()])
    {
        return Some(Evidence::Named);
    }
    if shape == Shape::Api {
        return Some(Evidence::Shaped);
    }
    if follows() {
        return Some(Evidence::Followed);
    }
    // `self.url = "http://vendor.io"`, and requests are sent further down.
    let begins = purpose == Purpose::Code
        && context.lead == Lead::Quote
        && shape != Shape::Page
        && roles == [Role::Address]
        && context.calls.is_empty()
        && is_assigned(&bytes[context.names[0].end..url.span.start])
        && url.holes.is_empty()
        && (url.path.len() <= 1 && url.query.is_none() || !is_added_to(bytes, url.span.end));
    if begins && facts.makes_requests(bytes) {
        return Some(Evidence::Named);
    }
    // `RATES_URL = "http://vendor.io/rates.html"`: a page that is read by a program, or shown.
    if shape == Shape::Page
        && purpose == Purpose::Code
        && (constant
            || named
            || receives
                && (!url.holes.is_empty()
                    || context.lead == Lead::Quote && facts.makes_requests(bytes)))
    {
        return Some(Evidence::Little);
    }
    // `<provider url="http://vendor.io/{title}.html">`
    let template = !url.holes.is_empty()
        && roles.first() == Some(&Role::Address)
        && matches!(purpose, Purpose::Markup | Purpose::Data | Purpose::Config);
    if !template && (markup || shape == Shape::Page || purpose == Purpose::Unknown) {
        return None;
    }
    Some(Evidence::Little)
}

/// Whether the name is that of what knows namespaces: `set(namespaces, "http:..`.
fn is_namespaces(name: &[u8]) -> bool {
    let words = words(name);
    ["namespace", "namespaces"]
        .iter()
        .any(|of| words.iter().any(|w| w == of))
}

/// Whether the name is that of a list of addresses.
fn is_plural(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(b"urls") || name.ends_with(b"uris")
}

/// Whether a value is assigned, by what stands between its name and the value; keys of maps are not.
pub(super) fn is_assigned(between: &[u8]) -> bool {
    memchr::memmem::find(between, b"<-").is_some()
        || memchr::memchr(b'=', between).is_some_and(|i| between.get(i + 1) != Some(&b'>'))
}

/// Whether the literal that ends at `end` is joined to more text or formatted.
fn is_added_to(bytes: &[u8], end: usize) -> bool {
    bytes[end..bytes.len().min(end + 16)]
        .trim_ascii_start()
        .split_first()
        .is_some_and(|(quote, rest)| {
            matches!(quote, b'"' | b'\'' | b'`')
                && matches!(
                    rest.trim_ascii_start().first(),
                    Some(b'+' | b'.' | b'%' | b'&')
                )
        })
}

/// The type that the variable at `name` is declared with: `QNetworkRequest request(`.
fn declared<'b>(bytes: &'b [u8], name: &Range<usize>) -> Option<&'b [u8]> {
    let before = &bytes[line_start(bytes, name.start)..name.start];
    let head = before.trim_ascii_end();
    let start = head.iter().rposition(|&b| !is_word(b)).map_or(0, |i| i + 1);
    let word = &head[start..];
    (head.len() < before.len() && word.first().is_some_and(u8::is_ascii_uppercase)).then_some(word)
}

/// The call without brackets whose last argument is the literal that follows `before`:
/// `base_uri 'http:..`, `link_to 'x', 'http:..`.
fn bare_call(before: &[u8]) -> Option<&[u8]> {
    let quoted = before
        .trim_ascii_end()
        .strip_suffix(b"'")
        .or_else(|| before.strip_suffix(b"\""))?;
    let part = |b: &u8| is_word(*b) || matches!(b, b'.' | b':' | b'$' | b'@' | b'!' | b'?' | b'>');
    let head = quoted.trim_ascii_end();
    if head.len() == quoted.len() {
        return None;
    }
    let call = if head.ends_with(b",") {
        let line = head.trim_ascii_start();
        let end = line.iter().position(|b| !part(b))?;
        (line[end] == b' ').then_some(&line[..end])?
    } else {
        let start = head.iter().rposition(|b| !part(b)).map_or(0, |i| i + 1);
        &head[start..]
    };
    (!call.is_empty() && !call.ends_with(b":") && !call.ends_with(b">")).then_some(call)
}

/// Whether a line of a file of no known language begins like a comment.
fn is_remark(before: &[u8]) -> bool {
    let text = before.trim_ascii_start();
    [
        &b"//"[..],
        b"#",
        b";",
        b"--",
        b"*",
        b"%",
        b"/*",
        b"!",
        b"<!",
    ]
    .iter()
    .any(|sign| text.starts_with(sign))
}

/// `RATES_URL`, `kRatesUrl`.
pub(super) fn is_constant(name: &[u8]) -> bool {
    let own = name
        .iter()
        .rposition(|&b| !is_word(b))
        .map_or(name, |i| &name[i + 1..]);
    let loud = own.contains(&b'_') && !own.iter().any(u8::is_ascii_lowercase);
    loud || own.first() == Some(&b'k') && own.get(1).is_some_and(u8::is_ascii_uppercase)
}

/// Whether the URL's path is that of a page whose empty answer shows that a
/// network lets requests through: over HTTPS nothing would be shown.
fn is_probe(bytes: &[u8], url: &Url) -> bool {
    let path = &bytes[url.path.clone()];
    [
        "/generate_204",
        "/gen_204",
        "/hotspot-detect.html",
        "/connecttest.txt",
        "/ncsi.txt",
    ]
    .iter()
    .any(|page| path.ends_with(page.as_bytes()))
}

/// Whether the URL is the beginning of a regular expression in a plain literal: `re.search(r'http://h/(\d+)'`.
fn is_pattern(bytes: &[u8], url: &Url) -> bool {
    let rest = &bytes[url.span.start..bytes.len().min(url.span.end + 60)];
    let end = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\'' | b'`' | b'\n'))
        .unwrap_or(rest.len());
    let text = &rest[..end];
    [
        &b"(?"[..],
        b"\\w",
        b"\\d",
        b"\\.",
        b"\\?",
        b"[^",
        b".*",
        b".+",
        b"(\\",
        b"[a-z",
        b"[A-Z",
        b"[0-9",
    ]
    .iter()
    .any(|sign| memchr::memmem::find(text, sign).is_some())
}

/// Whether `at` follows an escaped quote in a literal of many words: `".. a URL could be \"http:.."`.
fn is_quoted_in_prose(scene: &Scene<'_>, at: usize) -> bool {
    const WORDS: usize = 6;
    let bytes = scene.bytes();
    scene.token(at).is_some_and(|token| {
        let before = &bytes[token.content.start.min(at)..at];
        let text = [&b"\\\""[..], b"\\'"]
            .iter()
            .find_map(|quote| before.strip_suffix(*quote));
        text.and_then(|text| text.strip_suffix(b" "))
            .is_some_and(|text| {
                let is_said = |word: &&[u8]| {
                    word.iter()
                        .all(|b| b.is_ascii_alphabetic() || b",.'-".contains(b))
                };
                let words = text.rsplit(|&b| b == b' ').take(WORDS);
                words.filter(is_said).count() == WORDS
            })
    })
}

/// Whether the literal around `at`, of several lines, is a text for people by the name it is given.
fn documents(scene: &Scene<'_>, at: usize) -> bool {
    let bytes = scene.bytes();
    let Some(token) = scene.token(at) else {
        return false;
    };
    if !bytes[token.extent.start..at].contains(&b'\n') {
        return false;
    }
    let context = Context::read(bytes, token.content.start);
    context.names.first().is_some_and(|name| {
        let name = &bytes[name.clone()];
        role(name) == Role::Other && !is_doubtful(name)
    })
}

/// A line of a package manager's sources: signed, and still worth a note.
fn mirror(before: &[u8]) -> Option<Evidence> {
    before
        .windows(4)
        .any(|w| w == b"deb ")
        .then_some(Evidence::Little)
}

/// Whether the name at `name` is in quotes, as the keys of maps are.
fn is_key_of_map(bytes: &[u8], name: &Range<usize>) -> bool {
    name.start > 0 && matches!(bytes[name.start - 1], b'"' | b'\'')
}

/// Whether the URL is the key of a map: `"http://..": value`.
fn is_key(bytes: &[u8], url: &Url, lead: Lead) -> bool {
    if lead != Lead::Quote {
        return false;
    }
    let rest = &bytes[url.span.end..bytes.len().min(url.span.end + 16)];
    let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
    let Some((b'"' | b'\'' | b'`', rest)) = rest.split_first() else {
        return false;
    };
    let rest = rest.trim_ascii_start();
    let line = &bytes[line_start(bytes, url.span.start)..url.span.start];
    // `["http:.."] = true`, `record["http:.."]["id"]`
    let behind = rest.strip_prefix(b"]").map(<[u8]>::trim_ascii_start);
    let is_assigned =
        || behind.is_some_and(|r| r.first() == Some(&b'=') && r.get(1) != Some(&b'='));
    let of = &bytes[url.span.start.saturating_sub(200)..url.span.start - 1];
    let of = of.trim_ascii_end();
    let is_looked_up = || {
        behind.is_some()
            && of
                .strip_suffix(b"[")
                .and_then(<[u8]>::last)
                .is_some_and(|&b| is_word(b) || matches!(b, b']' | b')'))
    };
    is_assigned()
        || is_looked_up()
        || rest.starts_with(b"=>")
        || rest.starts_with(b"==")
        || rest.starts_with(b"!=")
        || (rest.starts_with(b":") && !rest.starts_with(b"::") && !line.contains(&b'?'))
}

/// Whether the URL at `start` is in a Terraform block that sends a request: `data "http" "name"`.
fn is_data_source(path: &[u8], bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(1000)..start];
    path.ends_with(b".tf")
        && memchr::memmem::rfind(before, b"data \"http\"")
            .is_some_and(|i| memchr::memmem::find(&before[i..], b"\n}").is_none())
}
