//! What a dotenv file holds: the names of the settings whose values look secret, or that wait for one, never the values.

/// Words that tell a secret from a setting, in lower case.
#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ContentText {
    /// Words of a setting's name that make its value a secret; `api+key` for two in a row.
    secret_words: Vec<String>,
    /// How words end that are put together from two, of which the last makes a secret: `DBPASS`.
    secret_suffixes: Vec<String>,
    /// Words that end so, and are one word.
    secret_lookalikes: Vec<String>,
    /// Last words of a name that is about a secret without holding it: `TOKEN_URL`.
    harmless_endings: Vec<String>,
    /// Words of names of secrets that every installation draws for itself: one that only tests use is nobody's.
    self_made: Vec<String>,
    /// First words of names that build tools ship to the browser; `next+public` for two.
    public_prefixes: Vec<String>,
    /// Words of names of keys that are made to be seen: `PUBLISHABLE_KEY`.
    browser_words: Vec<String>,
    /// Last words of names that may be a secret's and may not, as no value tells: `MAILGUN_KEY`.
    vague_endings: Vec<String>,
    /// Last words of names of addresses that hold a password once they are filled in.
    connection_endings: Vec<String>,
    /// Last words of names whose values are drawn by a machine and are no secrets: a commit, a digest.
    drawn_endings: Vec<String>,
    /// Last words of names of accounts and what they own; a password that repeats one is everybody's.
    account_endings: Vec<String>,
    /// Parts of values that stand for a secret to be filled in.
    placeholders: Vec<String>,
    /// Whole values that everyone's own machine uses.
    local_values: Vec<String>,
    /// How values begin that point to a secret kept elsewhere, or hold it encrypted.
    references: Vec<String>,
    /// How credentials begin whatever they are called.
    credential_prefixes: Vec<String>,
}

pub(super) struct Content {
    text: ContentText,
}

/// What was seen in one file. Settings that are commented out count where they are more than an example.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Settings, with a value or without.
    pub(super) settings: usize,
    /// Those whose name says that browsers get them.
    pub(super) public: usize,
    /// Those whose value is a placeholder, or kept elsewhere.
    pub(super) hollow: usize,
    /// Names of settings whose value looks secret by name or by itself.
    pub(super) secret: Vec<String>,
    /// Those of them whose value somebody may have issued, whatever the file is for.
    pub(super) issued: usize,
    /// How many of them every installation draws for itself.
    pub(super) self_made: usize,
    /// Names of settings whose value was drawn by a machine, though their name does not say for what.
    pub(super) unclear: Vec<String>,
    /// Names of settings that wait for a secret: empty, a placeholder, or what everyone's own machine uses.
    pub(super) places: Vec<String>,
}

/// One line's setting.
struct Setting<'t> {
    name: &'t [u8],
    value: &'t [u8],
    commented_out: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// A value, and no secret.
    Plain,
    /// Kept elsewhere, or encrypted.
    Elsewhere,
    /// To be filled in.
    Hollow,
    /// A secret's name, or an address with a password, and a value that everyone uses.
    Common,
    /// Drawn by a machine, and nobody says for what.
    Unclear,
    Secret,
    Certain,
}

/// Names longer than this are no names.
const LONGEST_NAME: usize = 64;

impl Content {
    pub(super) fn new(text: ContentText) -> Content {
        Content { text }
    }

    /// What `text` holds. In a file `for_secrets` by its name, whatever can be one waits for one.
    pub(super) fn summary(&self, text: &[u8], for_secrets: bool) -> Summary {
        let mut summary = Summary::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        // A value of a dotenv file may hold commas and braces; in JSON they part what stands on one line.
        let is_json = text.trim_ascii_start().starts_with(b"{");
        let lines = text.split(|&b| b == b'\n' || is_json && matches!(b, b',' | b'{'));
        let settings: Vec<Setting<'_>> = lines.filter_map(|l| setting(l, is_json)).collect();
        let accounts = self.accounts(&settings);
        let is_local = is_for_this_machine(&settings);
        for setting in &settings {
            let words = words(setting.name);
            let look = match self.look(&words, setting.value) {
                Look::Secret
                    if self.is_secret_name(&words) && self.repeats(setting.value, &accounts) =>
                {
                    Look::Common
                }
                // Somebody thought of it, who may have meant it.
                Look::Secret if self.names_itself(&words, setting.value) => {
                    match is_local || setting.commented_out {
                        true => Look::Common,
                        false => Look::Unclear,
                    }
                }
                look => look,
            };
            let is_open = setting.commented_out
                && look == Look::Secret
                && !is_random(setting.value)
                && !is_mixed(setting.value)
                && is_constant(setting.name);
            if setting.commented_out && !is_open && !self.counts_in_comment(&words, setting, look) {
                continue;
            }
            // What somebody thought of may be an example in a comment, and a real one the next time.
            let look = if is_open { Look::Common } else { look };
            summary.settings += 1;
            summary.public += usize::from(self.is_public(&words));
            summary.hollow += usize::from(matches!(look, Look::Hollow | Look::Elsewhere));
            // Nobody draws a value with an issuer's prefix, whatever it is called.
            let is_self_made =
                || self.is_self_made(&words) && !self.has_credential_prefix(setting.value);
            summary.issued += usize::from(look == Look::Certain && !is_self_made());
            let names = match look {
                Look::Secret | Look::Certain => &mut summary.secret,
                Look::Unclear => &mut summary.unclear,
                Look::Plain | Look::Elsewhere | Look::Hollow | Look::Common => {
                    if !self.is_place(&words, setting.value, look, for_secrets) {
                        continue;
                    }
                    &mut summary.places
                }
            };
            let name = String::from_utf8_lossy(setting.name).into_owned();
            if !names.contains(&name) {
                names.push(name);
                let is_secret = matches!(look, Look::Secret | Look::Certain);
                summary.self_made += usize::from(is_secret && is_self_made());
            }
        }
        summary
    }

    /// Whether a setting that is commented out is more than an example: what a
    /// machine drew, or a secret's place that waits for its `#` to go.
    fn counts_in_comment(&self, words: &[Vec<u8>], setting: &Setting<'_>, look: Look) -> bool {
        match look {
            Look::Certain | Look::Unclear => true,
            Look::Secret => is_random(setting.value) || is_mixed(setting.value),
            Look::Hollow => is_constant(setting.name) && self.is_secret_name(words),
            Look::Plain | Look::Elsewhere | Look::Common => false,
        }
    }

    fn look(&self, words: &[Vec<u8>], value: &[u8]) -> Look {
        let value = default_of_reference(value).unwrap_or(value);
        let lower = value.to_ascii_lowercase();
        // Of `${PREFIX}hunter2` only the beginning is kept elsewhere.
        let is_whole = || !self.is_secret_name(words) || !holds_more_than_references(value);
        if self.is_elsewhere(value) && is_whole() {
            return Look::Elsewhere;
        }
        if self.is_hollow(&lower) || is_told(value) {
            return Look::Hollow;
        }
        if value.starts_with(b"-----BEGIN") {
            return match contains(value, b"PRIVATE KEY") {
                true if is_cut_key(value) => Look::Hollow,
                true => Look::Certain,
                false => Look::Plain,
            };
        }
        if self.has_credential_prefix(value) {
            return Look::Certain;
        }
        if let Some(password) = password_of_connection(value, &lower) {
            let password = default_of_reference(password).unwrap_or(password);
            let lower = password.to_ascii_lowercase();
            return if self.is_elsewhere(password) {
                Look::Elsewhere
            } else if self.is_hollow(&lower) || self.is_local(&lower) {
                Look::Common
            } else {
                Look::Secret
            };
        }
        if let Some((password, host)) =
            user_info(value).or_else(|| password_of_query(value, &lower))
        {
            let password = default_of_reference(password).unwrap_or(password);
            let lower = password.to_ascii_lowercase();
            return if self.is_elsewhere(password) {
                Look::Elsewhere
            } else if self.is_hollow(&lower) || self.is_local(&lower) {
                Look::Common
            } else if is_random(password) {
                Look::Certain
            } else if is_public_host(host) || is_mixed(password) {
                Look::Secret
            } else {
                Look::Common
            };
        }
        if !self.is_secret_name(words) {
            return if !is_drawn(value) || is_location(value) || self.is_known(words) {
                Look::Plain
            } else if self.is_vague(words) {
                Look::Secret
            } else {
                Look::Unclear
            };
        }
        if self.is_local(&lower) || self.is_of_words(words, &lower) {
            return Look::Common;
        }
        let shortest = if is_password(words) { 4 } else { 8 };
        // A secret is one word; a sentence, a path or a list is about one.
        let is_one_word = !value.iter().any(|b| b.is_ascii_whitespace());
        if is_location(value) {
            Look::Plain
        } else if value.len() < shortest || !is_one_word {
            Look::Common
        } else if self.is_public(words) && !says_secret(words) {
            // The build gives it to everyone; whether it should is for its owner to say.
            let is_open = self.is_for_browsers(words) || !is_random(value);
            if is_open { Look::Plain } else { Look::Unclear }
        } else if is_random(value) {
            Look::Certain
        } else {
            Look::Secret
        }
    }

    /// Whether a setting without a secret waits for one.
    fn is_place(&self, words: &[Vec<u8>], value: &[u8], look: Look, for_secrets: bool) -> bool {
        let lower = value.to_ascii_lowercase();
        let is_set = look != Look::Hollow && is_flag(&lower);
        if look == Look::Elsewhere || is_set || self.is_public(words) {
            return false;
        }
        let is_connection =
            has_foreign_scheme(&lower) || password_of_connection(value, &lower).is_some();
        let waits = match look {
            Look::Hollow => {
                is_connection
                    || ends_with(words, &self.text.connection_endings)
                        && !self.is_for_browsers(words)
                    || self.is_vague(words)
            }
            Look::Common => is_connection || user_info(value).is_some(),
            Look::Plain | Look::Elsewhere | Look::Unclear | Look::Secret | Look::Certain => false,
        };
        // `MAX_TOKENS=4096`, and in a file of secrets `"port": 8080`.
        let is_amount = look != Look::Hollow
            && value.iter().all(u8::is_ascii_digit)
            && !is_password(words)
            && !says_secret(words);
        let can_be = !is_amount && !is_location(value);
        let is_secret_name =
            matches!(look, Look::Hollow | Look::Common) && self.is_secret_name(words);
        let is_open = || ends_with(words, &self.text.harmless_endings) || is_host(&lower);
        waits || can_be && (is_secret_name || for_secrets && !is_open())
    }

    /// Names of users, databases and the like, in lower case.
    fn accounts(&self, settings: &[Setting<'_>]) -> Vec<Vec<u8>> {
        settings
            .iter()
            .filter(|s| !s.commented_out && !s.value.is_empty())
            .filter(|s| ends_with(&words(s.name), &self.text.account_endings))
            .map(|s| s.value.to_ascii_lowercase())
            .collect()
    }

    /// Whether `value` says nothing that `accounts` do not, as `root_shop` of the database `shop`.
    fn repeats(&self, value: &[u8], accounts: &[Vec<u8>]) -> bool {
        let lower = value.to_ascii_lowercase();
        let is_account = |part: &[u8]| accounts.iter().any(|a| a == part);
        // `shop:shop`
        if let Some(colon) = memchr::memchr(b':', &lower) {
            return lower[..colon] == lower[colon + 1..];
        }
        let parts: Vec<&[u8]> = lower.split(|b| matches!(b, b'-' | b'_')).collect();
        !is_random(value)
            && (is_account(&lower)
                || parts.iter().any(|p| is_account(p))
                    && parts.iter().all(|p| is_account(p) || self.is_local(p)))
    }

    /// `autorization-secret`, `mycompanykey`, `banana`: whether `value` is letters alone that end as a
    /// secret's name does or in a word that everyone uses, or no more than a word.
    fn names_itself(&self, words: &[Vec<u8>], value: &[u8]) -> bool {
        const SHORTEST: usize = 3;
        const WORD: usize = 12;
        let lower = value.to_ascii_lowercase();
        let is_letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.');
        let own = words.iter().map(Vec::as_slice);
        let common = self.text.local_values.iter().map(String::as_bytes);
        let is_word = value.len() < WORD && value.iter().all(u8::is_ascii_lowercase);
        is_word
            || lower.iter().all(is_letter)
                && own
                    .chain(common)
                    .any(|word| word.len() >= SHORTEST && lower.ends_with(word))
    }

    /// Whether `value` points to a secret kept elsewhere, or holds it encrypted.
    fn is_elsewhere(&self, value: &[u8]) -> bool {
        let lower = value.to_ascii_lowercase();
        match value {
            [b'$', b'{' | b'(', ..] | [b'{', b'{', ..] => true,
            // A password may begin so, too: `$ecret`.
            [b'$', name @ ..] => {
                let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
                name.first().is_some_and(u8::is_ascii_uppercase) && name.iter().all(is_part)
            }
            _ => {
                let mut references = self.text.references.iter();
                references.any(|r| lower.starts_with(r.as_bytes()))
            }
        }
    }

    /// Whether `value`, in lower case, waits to be filled in.
    fn is_hollow(&self, value: &[u8]) -> bool {
        let listed = |list: &[String]| list.iter().any(|p| contains(value, p.as_bytes()));
        value.is_empty()
            || matches!(value[0], b'$' | b'<' | b'%')
            || listed(&self.text.placeholders)
            || contains(&without_leet(value), b"changeme")
            // Cut short by who wrote it: `mongodb+srv://...`.
            || value.ends_with(b"...")
            || is_counting(value)
            || value.len() > 2
                && value
                    .iter()
                    .all(|b| matches!(b, b'x' | b'*' | b'.' | b'-' | b'_' | b'?'))
    }

    /// Whether `value`, in lower case, is what everyone's own machine uses.
    fn is_local(&self, value: &[u8]) -> bool {
        let trimmed = value.trim_ascii_end();
        let letters = &trimmed[..trimmed
            .iter()
            .rposition(|b| !b.is_ascii_digit() && !b.is_ascii_punctuation())
            .map_or(0, |i| i + 1)];
        letters.is_empty() && trimmed.len() < 16
            || value
                .split(|b| matches!(b, b'-' | b'_' | b'.' | b':'))
                .all(|w| self.is_known_word(w))
            || self.is_known_word(letters)
            // `keycloaksecret`
            || (1..letters.len()).any(|at| {
                self.is_known_word(&letters[..at]) && self.is_known_word(&letters[at..])
            })
    }

    fn is_known_word(&self, word: &[u8]) -> bool {
        self.text.local_values.iter().any(|l| l.as_bytes() == word)
    }

    /// Whether the value, in lower case, only repeats its name, perhaps with what
    /// everyone's machine uses: `PASSWORD=password`, `X_SECRET=test_x_secret`.
    fn is_of_words(&self, words: &[Vec<u8>], value: &[u8]) -> bool {
        let is_known = |part: &[u8]| words.iter().any(|w| w == part) || self.is_known_word(part);
        value
            .split(|b| !b.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .all(is_known)
    }

    fn is_secret_name(&self, words: &[Vec<u8>]) -> bool {
        !ends_with(words, &self.text.harmless_endings)
            && (self
                .text
                .secret_words
                .iter()
                .any(|s| holds_in_a_row(words, s))
                || words.iter().any(|w| self.ends_secret(w)))
    }

    /// Whether a word is put together from others, and the last of them is a secret's: `dbpass`.
    fn ends_secret(&self, word: &[u8]) -> bool {
        let ends = |e: &String| word.len() > e.len() + 1 && word.ends_with(e.as_bytes());
        self.text.secret_suffixes.iter().any(ends)
            && !self
                .text
                .secret_lookalikes
                .iter()
                .any(|l| l.as_bytes() == word)
    }

    /// Whether a name may be a secret's.
    fn is_vague(&self, words: &[Vec<u8>]) -> bool {
        ends_with(words, &self.text.vague_endings) && !self.is_for_browsers(words)
    }

    /// Whether a name says that a machine draws its values, and that they are no secret.
    fn is_known(&self, words: &[Vec<u8>]) -> bool {
        ends_with(words, &self.text.harmless_endings)
            || ends_with(words, &self.text.drawn_endings)
            || self.is_public(words)
            || self.is_for_browsers(words)
    }

    fn is_for_browsers(&self, words: &[Vec<u8>]) -> bool {
        let listed = |w: &Vec<u8>| self.text.browser_words.iter().any(|b| b.as_bytes() == w);
        words.iter().any(listed)
    }

    fn is_self_made(&self, words: &[Vec<u8>]) -> bool {
        self.text.self_made.iter().any(|s| holds_in_a_row(words, s))
    }

    fn is_public(&self, words: &[Vec<u8>]) -> bool {
        self.text
            .public_prefixes
            .iter()
            .any(|prefix| starts_with_words(words, prefix))
    }

    fn has_credential_prefix(&self, value: &[u8]) -> bool {
        self.text.credential_prefixes.iter().any(|prefix| {
            value.strip_prefix(prefix.as_bytes()).is_some_and(|rest| {
                let body = rest
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric() || b"_-./".contains(b))
                    .count();
                body >= 12 && rest[..body].iter().any(u8::is_ascii_digit)
            })
        })
    }
}

/// `NAME=value`, `export NAME="value"`, `"Name": "value"`, `'NAME' => 'value'`.
fn setting(line: &[u8], is_json: bool) -> Option<Setting<'_>> {
    let mut line = line.trim_ascii();
    let commented_out = line.starts_with(b"#") || line.starts_with(b"//");
    line = line.trim_ascii_start().strip_prefix(b"//").unwrap_or(line);
    while let [b'#' | b' ' | b'{', rest @ ..] = line {
        line = rest;
    }
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii();
    let (name, rest) = match line {
        [quote @ (b'"' | b'\''), quoted @ ..] => {
            let end = memchr::memchr(*quote, quoted)?;
            (&quoted[..end], quoted[end + 1..].trim_ascii_start())
        }
        _ => {
            let end = line
                .iter()
                .position(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')))?;
            (&line[..end], line[end..].trim_ascii_start())
        }
    };
    let begins = name
        .first()
        .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    let is_name = name
        .iter()
        .all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':'));
    if !begins || !is_name || name.len() > LONGEST_NAME {
        return None;
    }
    let value = match rest {
        // What PHP computes is no value of this file.
        [b'=', b'>', value @ ..] => {
            Some(value.trim_ascii()).filter(|v| v.starts_with(b"'") || v.starts_with(b"\""))?
        }
        [b'=' | b':', value @ ..] => value.trim_ascii(),
        _ => return None,
    };
    // Of an object, only what is in it is set.
    if is_json && value.is_empty() {
        return None;
    }
    Some(Setting {
        name,
        value: unquoted(value),
        commented_out,
    })
}

/// A value without its quotes, or without the comment behind it.
fn unquoted(value: &[u8]) -> &[u8] {
    match value.first() {
        Some(&quote @ (b'"' | b'\'' | b'`')) => {
            let inner = &value[1..];
            &inner[..memchr::memchr(quote, inner).unwrap_or(inner.len())]
        }
        Some(_) | None => {
            let end = memchr::memmem::find(value, b" #").unwrap_or(value.len());
            value[..end]
                .trim_ascii_end()
                .strip_suffix(b"}")
                .filter(|v| !v.contains(&b'{'))
                .unwrap_or(value[..end].trim_ascii_end())
        }
    }
}

/// The words of a name, in lower case and without the number that tells it
/// from its like: `dbPassword`, `DB_PASSWORD_2`, `Db:Password1`.
fn words(name: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = vec![Vec::new()];
    let mut previous = b'A';
    for &byte in name {
        let begins = byte.is_ascii_uppercase() && previous.is_ascii_lowercase();
        if begins || !byte.is_ascii_alphanumeric() {
            words.push(Vec::new());
        }
        if byte.is_ascii_alphanumeric() {
            words
                .last_mut()
                .expect("never empty")
                .push(byte.to_ascii_lowercase());
        }
        previous = byte;
    }
    words.retain(|w| !w.is_empty());
    if let Some(last) = words.last_mut() {
        let end = last.iter().rposition(|b| !b.is_ascii_digit());
        last.truncate(end.map_or(0, |i| i + 1));
    }
    words.retain(|w| !w.is_empty());
    words
}

fn holds_in_a_row(words: &[Vec<u8>], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split('+').collect();
    words
        .windows(wanted.len())
        .any(|run| run.iter().zip(&wanted).all(|(a, b)| a == b.as_bytes()))
}

/// Whether `words` end as one of `endings` says; `connection+string` for two.
fn ends_with(words: &[Vec<u8>], endings: &[String]) -> bool {
    endings.iter().any(|ending| {
        let mut words = words.iter().rev();
        ending
            .rsplit('+')
            .all(|e| words.next().is_some_and(|w| w == e.as_bytes()))
    })
}

fn starts_with_words(words: &[Vec<u8>], prefix: &str) -> bool {
    let mut words = words.iter();
    prefix
        .split('+')
        .all(|p| words.next().is_some_and(|w| w == p.as_bytes()))
}

/// The password of `Server=...;Password=...;`, a database's or a storage account's connection.
fn password_of_connection<'v>(value: &'v [u8], lower: &[u8]) -> Option<&'v [u8]> {
    let names: [&[u8]; 4] = [
        b";password=",
        b";pwd=",
        b";accountkey=",
        b";sharedaccesskey=",
    ];
    names.iter().find_map(|name| {
        let start = memchr::memmem::find(lower, name)? + name.len();
        let len = memchr::memchr(b';', &value[start..]).unwrap_or(value.len() - start);
        Some(&value[start..start + len])
    })
}

/// The password, key or token and the host of `scheme://host/path?password=...`.
fn password_of_query<'v>(value: &'v [u8], lower: &[u8]) -> Option<(&'v [u8], &'v [u8])> {
    const NAMES: [&[u8]; 10] = [
        b"password=",
        b"api_key=",
        b"apikey=",
        b"api-key=",
        b"access_key=",
        b"access_token=",
        b"auth_token=",
        b"token=",
        b"secret=",
        b"client_secret=",
    ];
    let start = NAMES.iter().find_map(|name| {
        let mut found = memchr::memmem::find_iter(lower, name);
        let at = found.find(|&at| at > 0 && matches!(lower[at - 1], b'?' | b'&'))?;
        Some(at + name.len())
    })?;
    let password = &value[start..];
    let password = &password[..memchr::memchr(b'&', password).unwrap_or(password.len())];
    let host = &value[memchr::memmem::find(value, b"://")? + 3..];
    let is_end = |b: &u8| matches!(b, b':' | b'/' | b'?');
    let host = &host[..host.iter().position(is_end).unwrap_or(host.len())];
    Some((password, host))
}

/// The password and the host of `scheme://user:password@host`.
fn user_info(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = memchr::memmem::find(value, b"://")? + 3;
    let end = value[start..]
        .iter()
        .position(|b| matches!(b, b'/' | b'?' | b'#'))
        .map_or(value.len(), |i| start + i);
    // A password may hold a `/` unescaped; the `@` then stands behind it.
    let at = memchr::memrchr(b'@', &value[start..end]).map(|i| start + i)?;
    let colon = memchr::memchr(b':', &value[start..at]).map(|i| start + i)?;
    let host = &value[at + 1..end];
    let host = &host[..memchr::memchr(b':', host).unwrap_or(host.len())];
    Some((&value[colon + 1..at], host))
}

/// The default in `${NAME:-default}`, which is what counts where nobody sets the name.
fn default_of_reference(value: &[u8]) -> Option<&[u8]> {
    let inner = value.strip_prefix(b"${")?.strip_suffix(b"}")?;
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let rest = &inner[inner.iter().take_while(is_part).count()..];
    let default = match rest {
        [b':', b'-' | b'=', default @ ..] | [b'-' | b'=', default @ ..] => default,
        _ => return None,
    };
    // `${A:-${B:-default}}`
    Some(default_of_reference(default).unwrap_or(default)).filter(|d| !d.is_empty())
}

/// Whether letters or digits stand beside the references `${NAME}` in `value`.
fn holds_more_than_references(value: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut previous = 0;
    value.starts_with(b"${")
        && value.iter().any(|&byte| {
            match byte {
                b'{' if depth > 0 || previous == b'$' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            previous = byte;
            depth == 0 && byte.is_ascii_alphanumeric()
        })
}

/// A private key's frame with less in it than the shortest key has.
fn is_cut_key(value: &[u8]) -> bool {
    const SHORTEST: usize = 64;
    memchr::memmem::find(value, b"-----END").is_some_and(|end| {
        let frame = memchr::memmem::find(value, b"KEY-----").map_or(0, |i| i + 8);
        end.saturating_sub(frame) < SHORTEST
    })
}

fn is_constant(name: &[u8]) -> bool {
    !name.iter().any(u8::is_ascii_lowercase)
}

fn is_password(words: &[Vec<u8>]) -> bool {
    let ends: [&[u8]; 3] = [b"pass", b"password", b"pwd"];
    words
        .iter()
        .any(|w| w.starts_with(b"pass") || w == b"pw" || ends.iter().any(|e| w.ends_with(e)))
}

/// Whether a name says so of itself, so that nobody ships it on purpose.
fn says_secret(words: &[Vec<u8>]) -> bool {
    is_password(words)
        || words
            .iter()
            .any(|w| w.starts_with(b"secret") || w == b"private")
}

fn is_flag(value: &[u8]) -> bool {
    matches!(
        value,
        b"true" | b"false" | b"yes" | b"no" | b"on" | b"off" | b"0" | b"1"
    )
}

/// Whether `value`, in lower case, is a server's address other than a web page's: `mongodb+srv://...`.
fn has_foreign_scheme(value: &[u8]) -> bool {
    let open: [&[u8]; 5] = [b"http", b"https", b"ws", b"wss", b"file"];
    memchr::memmem::find(value, b"://").is_some_and(|end| {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let start = value[..end].iter().rposition(|b| !is_part(b));
        let scheme = &value[start.map_or(0, |i| i + 1)..end];
        !scheme.is_empty() && !open.contains(&scheme)
    })
}

/// Whether `value`, in lower case, is a host's name.
fn is_host(value: &[u8]) -> bool {
    let labels: Vec<&[u8]> = value.split(|&b| b == b'.').collect();
    let is_label =
        |l: &&[u8]| !l.is_empty() && l.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let top = labels.last().map_or(&b""[..], |l| l);
    labels.len() > 1
        && labels.iter().all(is_label)
        && (2..=6).contains(&top.len())
        && top.iter().all(u8::is_ascii_lowercase)
}

/// `value` with the letters that digits stand for: `ch4n63m3`.
fn without_leet(value: &[u8]) -> Vec<u8> {
    let letter = |b: &u8| match b {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'6' => b'g',
        b'7' => b't',
        b => *b,
    };
    value.iter().map(letter).collect()
}

/// Whether `settings` have addresses, and none of a public host: what a machine runs for itself.
fn is_for_this_machine(settings: &[Setting<'_>]) -> bool {
    let host = |value: &[u8]| {
        let start = memchr::memmem::find(value, b"://")? + 3;
        let is_end = |b: &u8| matches!(b, b':' | b'/' | b'?');
        let end = value[start..].iter().position(is_end);
        Some(end.map_or(start..value.len(), |end| start..start + end))
    };
    let mut hosts = settings
        .iter()
        .filter(|s| !s.commented_out)
        .filter_map(|s| Some(&s.value[host(s.value)?]))
        .peekable();
    hosts.peek().is_some() && !hosts.any(is_public_host)
}

fn is_public_host(host: &[u8]) -> bool {
    let local: [&[u8]; 6] = [
        b".local",
        b".internal",
        b".test",
        b".example",
        b".localhost",
        b".svc",
    ];
    let is_address = host.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    host.contains(&b'.') && !is_address && !local.iter().any(|l| host.ends_with(l))
}

/// An address or a path: a place where something is.
fn is_location(value: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"http://", b"https://", b"/", b"./", b"~/"];
    let is_base64 = value.len() >= 32 && !value[1..].contains(&b'.');
    starts.iter().any(|s| value.starts_with(s)) && !(value.starts_with(b"/") && is_base64)
}

/// `0123456789abcdef`, `abcdefgh`, twice or more.
fn is_counting(value: &[u8]) -> bool {
    let ups = value
        .windows(2)
        .filter(|w| w[1] == w[0].wrapping_add(1) || w == b"9a" || w == b"90")
        .count();
    value.len() >= 8 && ups * 10 >= value.len() * 9 - 10
}

/// Whether the value was drawn by a machine: long, mixed, and hardly repeating.
fn is_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let token = value
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b.is_ascii_punctuation());
    let mut seen = [false; 256];
    value.iter().for_each(|&b| seen[usize::from(b)] = true);
    let distinct = seen.iter().filter(|&&s| s).count();
    let counts_up = value
        .windows(2)
        .filter(|w| w[1] == w[0].wrapping_add(1) || w[1] == w[0])
        .count();
    token
        && value.len() >= 16
        && digits >= 2
        && letters >= 2
        && distinct >= 10
        && counts_up * 3 < value.len()
        && !is_spelled_out(value)
}

/// `key-for-automated-testing-12345`: words and numbers, which somebody thought of.
fn is_spelled_out(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|b| matches!(b, b'-' | b'_')).collect();
    let is_vowel = |b: &u8| b"aeiouy".contains(&b.to_ascii_lowercase());
    let is_word = |part: &[u8]| {
        part.iter().all(u8::is_ascii_lowercase) && part.iter().any(is_vowel) || part.len() == 1
    };
    let is_number = |part: &[u8]| part.len() < 7 && part.iter().all(u8::is_ascii_digit);
    let words = parts.iter().filter(|p| p.len() > 1 && is_word(p)).count();
    words > 2
        && parts
            .iter()
            .all(|p| !p.is_empty() && (is_word(p) || is_number(p)))
}

/// Whether the value only says what is to stand there: `CLUSTER_API_SECRET`,
/// `get_the_secret_of_the_key`, `shop-db-password`.
fn is_told(value: &[u8]) -> bool {
    const SMALL: [&[u8]; 8] = [
        b"a", b"the", b"of", b"from", b"to", b"this", b"for", b"with",
    ];
    let parts: Vec<&[u8]> = value.split(|b| matches!(b, b'-' | b'_')).collect();
    let is_word = |p: &&[u8]| !p.is_empty() && p.iter().all(u8::is_ascii_alphabetic);
    let is_constant = value.contains(&b'_') && !value.iter().any(u8::is_ascii_lowercase);
    let has_small = || parts.iter().any(|p| SMALL.contains(p));
    let is_password = value.to_ascii_lowercase().ends_with(b"password");
    parts.iter().all(is_word) && (is_constant || is_password || parts.len() > 2 && has_small())
}

/// Whether the value holds a long run that no words make up, or is a UUID.
fn is_drawn(value: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let lengths = value.split(|&b| b == b'-').map(<[u8]>::len);
    let is_uuid =
        value.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-') && lengths.eq([8, 4, 4, 4, 12]);
    let mut runs = value.split(|b| !b.is_ascii_alphanumeric());
    is_random(value) && (is_uuid || runs.any(|r| r.len() >= SHORTEST && turns(r) >= 4))
}

/// Whether small letters, capitals and digits alternate more than in words with a number.
fn is_mixed(password: &[u8]) -> bool {
    const SHORTEST: usize = 10;
    let kind = |b: &u8| (b.is_ascii_digit(), b.is_ascii_uppercase());
    let signs: Vec<_> = password
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(kind)
        .collect();
    password.len() >= SHORTEST
        && password.iter().any(u8::is_ascii_digit)
        && signs.windows(2).filter(|w| w[0] != w[1]).count() >= 4
}

/// How often digits and other signs follow each other.
fn turns(value: &[u8]) -> usize {
    let is_turn = |w: &&[u8]| w[0].is_ascii_digit() != w[1].is_ascii_digit();
    value.windows(2).filter(is_turn).count()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    fn summary(text: &str) -> Summary {
        summary_of(text, false)
    }

    fn summary_of(text: &str, for_secrets: bool) -> Summary {
        let rules = RuleSet::builtin();
        let rule = rules.rule("dotenv-tracked").unwrap();
        let crate::rule::Judge::Dotenv(dotenv) = &rule.judge else {
            panic!("a dotenv rule")
        };
        dotenv
            .content
            .as_ref()
            .unwrap()
            .summary(text.as_bytes(), for_secrets)
    }

    #[test]
    fn values_look_secret_or_not() {
        let token = ["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"].concat();
        let hook =
            "HOOK=https://hooks.slack.com/services/T0?2ABC/B0?3DEF/kd93hd73kq".replace('?', "");
        let cases = [
            ("DB_PASSWORD=hunter2", true),
            ("export API_TOKEN='s3cr3t-t0ken-value'", true),
            ("\"ApiKey\": \"k39dhs83hdk2\",", true),
            ("\"Stripe:SecretKey\": \"wh-93jd73hd\"", true),
            ("SESSION_SECRET=correct-horse-battery", true),
            ("SESSION_SECRET=autorization-secret", false),
            ("GITHUB_PRIVATE_KEY=disabled", false),
            ("SESSION_SECRET=strawberry", false),
            ("MAIL_PASSWORD=qzlvrbtwmkphsndg", true),
            ("DB_PASSWORD=keycloaksecret", false),
            ("DB_PASSWORD=keycloak4secret9", true),
            ("DB_CREDENTIALS=shop:shop", false),
            ("DB_CREDENTIALS=shop:hunter2", true),
            (&format!("WHATEVER={token}"), true),
            (&format!("# OLD={token}"), true),
            ("# DB_PASSWORD=hunter2", false),
            (
                "DATABASE_URL=postgres://app:hunter2@db.acme.io:5432/app",
                true,
            ),
            (
                "DATABASE_URL=postgres://postgres:postgres@localhost/app",
                false,
            ),
            ("DATABASE_URL=postgres://app:hunter2@db/app", false),
            (
                "DATABASE_URL=postgresql://app:!ChangeMe!@127.0.0.1:5432/app",
                false,
            ),
            ("DB=Server=db.acme.io;User Id=sa;Password=hunter2;", true),
            ("KEY=\"-----BEGIN RSA PRIVATE KEY-----", true),
            ("CERT=\"-----BEGIN CERTIFICATE-----", false),
            ("DB_PASSWORD=", false),
            ("DB_PASSWORD=password", false),
            ("DB_PASSWORD=changeme", false),
            ("DB_PASSWORD=root", false),
            ("DB_PASSWORD=postgres123", false),
            ("DB_PASSWORD=123456", false),
            ("MYSQL_ROOT_PASSWORD=root_pwd", false),
            ("GITHUB_SECRET=test_github_secret", false),
            ("GITHUB_SECRET=test_k3jd8_secret", true),
            ("PGADMIN_PW=changeit", false),
            ("PGADMIN_PW=hunter2", true),
            ("API_KEY=your_api_key_here", false),
            ("API_KEY=xxxxxxxxxxxxxxxx", false),
            ("API_KEY=<your key>", false),
            ("API_KEY=${OTHER_KEY}", false),
            ("API_KEY=encrypted:BGm3kd83hdkw93jdkw83hd", false),
            ("API_KEY=op://vault/item/field", false),
            ("TOKEN_URL=https://login.acme.io/oauth/token", false),
            ("ACCESS_TOKEN_EXPIRES_IN=36000000d", false),
            ("PASSWORD_MIN_LENGTH=12345678", false),
            ("PUBLIC_KEY=93jd73hd93jd", false),
            ("VITE_API_KEY=mapsmapsmaps", false),
            ("GREETING=hello # password=hunter2", false),
            ("ENCRYPTION_KEY=0123456789abcdef0123456789abcdef", false),
            ("{\"Mail\": {\"Password\": \"kd93hd73k\"}}", true),
            ("PAPERLESS_DBPASS=27¦M2MV58Re2Y", true),
            ("# PAPERLESS_DBPASS=27¦M2MV58Re2Y", true),
            ("BYPASS=27¦M2MV58Re2Y", false),
            ("REDIS=redis://:RcwT68¦4cZgsk@172.16.100.212:6379/0", true),
            (
                "DB=jdbc:mysql://db.acme.io/app?user=app&password=hunter2",
                true,
            ),
            ("DB=jdbc:mysql://localhost/app?user=app&password=app", false),
            ("DB_PASSWORD=${DB_PASSWORD:-hunter2}", true),
            ("DB_PASSWORD=${DB_PASSWORD:-}", false),
            (
                "SEARCH=https://api.acme.io/x?api_key=kd93hd73kq82lsmw73hd",
                true,
            ),
            (
                "SEARCH=https://api.acme.io/x?q=1&token=kd93hd73kq82lsmw73hd",
                true,
            ),
            ("SEARCH=https://api.acme.io/x?token=${TOKEN}", false),
            (
                "SEARCH=https://api.acme.io/x?page_token=kd93hd73kq82lsmw73hd",
                false,
            ),
            ("DB_PASSWORD=${DB_PASSWORD-hunter2}", true),
            ("DB_PASSWORD=${DB_PASSWORD:=hunter2}", true),
            ("DB_PASSWORD=${A:-${B:-hunter2}}", true),
            ("DB=postgres://app:${PASS:-hunter2}@db.acme.io/app", true),
            ("'Password' => 'hunter2',", true),
            ("'DB_PASSWORD' => getenv('DB_PASSWORD'),", false),
            ("MAILGUN_KEY=kd93hd¦73kq82lsmw73hd", true),
            ("SPREE_PUBLISHABLE_KEY=kd93hd¦73kq82lsmw73hd", false),
            ("DB_USER=shop\nDB_PASSWORD=shop", false),
            ("DB_NAME=shop\nDB_PASSWORD=root_shop", false),
            ("DB_NAME=shop\nDB_PASSWORD=hunter2-shop", true),
            ("APP_SECRET=ch4n63m31fy0uc4n", false),
            ("COOKIE_SECRET=veryverysecret", false),
            ("KAFKA_PASSWORD=CLUSTER_API_SECRET", false),
            ("AWS_SECRET_ACCESS_KEY=get_the_secret_of_above_key", false),
            ("DB_PASSWORD=shop-db-password", false),
            ("DB_PASSWORD=shopdbpassword", false),
            ("DB_PASSWORD1=hunter2", true),
            ("TOKEN_URL_2=login.acme.io/token", false),
            ("SECRET_IP2=::ffff:127.0.0.1", false),
            ("RESET_PASSWORD_WITHIN=6.hours", false),
            ("VITE_FIREBASE_API_KEY=kd93hd¦73kq82lsmw73hd", false),
            ("VITE_CLIENT_SECRET=kd93hd¦73kq82lsmw73hd", true),
            (
                "KEY=\"-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIB\\n-----END RSA PRIVATE KEY-----\"",
                false,
            ),
            (&hook, true),
            ("PORT=3000", false),
        ];
        for (line, expected) in cases {
            let seen = summary(&line.replace('¦', ""));
            assert_eq!(!seen.secret.is_empty(), expected, "{line}");
        }
    }

    #[test]
    fn settings_wait_for_a_secret_or_not() {
        let cases = [
            ("APP_KEY=", true),
            ("DB_PASSWORD=changeme", true),
            ("DB_PASSWORD=postgres", true),
            ("DB_PASSWORD=123456", true),
            ("REDIS_PASSWORD=null", true),
            ("DB_USER=shop\nDB_PASSWORD=shop", true),
            ("MAILGUN_KEY=", true),
            ("DB_PASSWORD=keycloaksecret", true),
            (
                "URL=http://shop:3000\nCLIENT_SECRET=autorization-secret",
                true,
            ),
            ("DB_URL=mongodb://<user>:<password>@db.acme.io/app", true),
            ("DB_URL=mongodb+srv://...", true),
            ("SERVICEBUS_CS='Endpoint=sb://...'", true),
            ("DATABASE_URL=", true),
            (
                "DATABASE_URL=postgres://postgres:postgres@localhost/app",
                true,
            ),
            ("#SECRET_KEY=change-me", true),
            ("# API key: your_key", false),
            ("DB_PASSWORD=$ecret", true),
            ("APP_KEY=$APP_KEY", false),
            ("APP_KEY=${APP_KEY}", false),
            ("APP_KEY=${A}${B:?unset}-${C}", false),
            ("DB_PASSWORD=${PREFIX}hunter2", true),
            ("DATABASE_URL=${SCHEME}://${USER}:${PASS}@db/app", false),
            ("#DB_PASSWORD=hunter2horse", true),
            ("#DB_URL=postgres://app:hunter2@db.acme.io/app", true),
            ("APP_KEY={{APP_KEY}}", false),
            ("API_KEY=op://vault/item/field", false),
            ("DB_PASSWORD=encrypted:BGm3kd83hdkw93jdkw83hd", false),
            ("DATABASE_URL=postgres://app:${DB_PASSWORD}@db/app", false),
            ("REDIS_URL=redis://localhost:6379", false),
            ("API_URL=https://api.example.com", false),
            ("SENTRY_DSN=", false),
            ("RECAPTCHA_SITE_KEY=", false),
            ("VITE_API_KEY=your_key", false),
            ("PASSWORD_SYNC=false", false),
            ("USE_TOKEN=true", false),
            ("MAX_TOKENS=4096", false),
            ("TOKEN_FILE=/run/secrets/token", false),
            ("CACHE_KEY=app", false),
            ("COMPOSE_PROJECT_NAME=paperless", false),
            ("PORT=", false),
            ("{\"DOMAIN\": \"\"}", false),
        ];
        for (text, expected) in cases {
            let seen = summary(text);
            assert_eq!(!seen.places.is_empty(), expected, "{text}");
            assert!(seen.secret.is_empty() && seen.unclear.is_empty(), "{text}");
        }
    }

    #[test]
    fn in_a_file_for_secrets_all_but_plain_settings_wait() {
        let cases = [
            ("{\"DOMAIN\": \"\"}", true),
            ("{\"stripe\": \"to be set\"}", true),
            ("{\"Mail\": {\"Port\": 25}}", false),
            ("{\"debug\": true, \"retries\": 3}", false),
            (
                "{\"ApiName\": \"graphql-api\", \"DefaultRegion\": \"us-east-1\"}",
                false,
            ),
            (
                "{\"NODE_ENV\": \"dev\", \"DOMAIN\": \"app.acme.io\"}",
                false,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(
                !summary_of(text, true).places.is_empty(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_was_drawn_for_an_unknown_purpose_is_unclear() {
        let cases = [
            ("STRIPE=kd93hd¦73kq82lsmw73hd", true),
            ("CLIENT_SECRET=autorization-secret", true),
            ("CLIENT_SECRET=strawberry", true),
            ("CLIENT_SECRET=disabled", false),
            ("# CLIENT_SECRET=autorization-secret", false),
            (
                "URL=https://shop.acme.io\nCLIENT_SECRET=autorization-secret",
                true,
            ),
            ("VITE_WEATHER_API_KEY=kd93hd¦73kq82lsmw73hd", true),
            ("PROJECT_ID=kd93hd73kq82lsmw73hd", false),
            ("GIT_COMMIT=kd93hd73kq82lsmw73hd", false),
            ("BUCKET=my-bucket-2021-eu-west-1", false),
            ("IMAGE_BASE=registry.acme.io/app:1.25.3-alpine", false),
        ];
        for (text, expected) in cases {
            let seen = summary(&text.replace('¦', ""));
            assert_eq!(!seen.unclear.is_empty(), expected, "{text}");
            assert!(seen.secret.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_counted() {
        let seen = summary("VITE_TITLE=x\nVITE_URL=https://a.b\n\n# comment\nAPI_KEY=your_key\n");
        assert_eq!((seen.settings, seen.public, seen.hollow), (3, 2, 1));
        assert_eq!(summary(""), Summary::default());
    }

    #[test]
    fn what_its_issuer_marked_is_nobodys_own() {
        let key = ["sk_live", "_kd93hd73kq82ls"].concat();
        assert_eq!(summary(&format!("APP_SECRET_KEY={key}")).issued, 1);
        assert_eq!(summary("APP_SECRET_KEY=kd93hd73kq82lsmw73hd").issued, 0);
    }

    #[test]
    fn names_are_named_once_and_values_never() {
        let seen = summary("A_SECRET=kd93hd73k\nA_SECRET=kd93hd74k\n");
        assert_eq!(seen.secret, ["A_SECRET"]);
    }
}
