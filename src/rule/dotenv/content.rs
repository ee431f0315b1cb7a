//! What a dotenv file holds: the names of the settings whose values look secret, never the values.

/// Words that tell a secret from a setting, in lower case.
#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ContentText {
    /// Words of a setting's name that make its value a secret; `api+key` for two in a row.
    secret_words: Vec<String>,
    /// Last words of a name that is about a secret without holding it: `TOKEN_URL`.
    harmless_endings: Vec<String>,
    /// Words of names of secrets that every installation draws for itself: one that only tests use is nobody's.
    self_made: Vec<String>,
    /// First words of names that build tools ship to the browser; `next+public` for two.
    public_prefixes: Vec<String>,
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

/// What was seen in one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Settings with a value.
    pub(super) settings: usize,
    /// Those whose name says that browsers get them.
    pub(super) public: usize,
    /// Those whose value is a placeholder, or kept elsewhere.
    pub(super) hollow: usize,
    /// Names of settings whose value looks secret by name or by itself.
    pub(super) secret: Vec<String>,
    /// Those of them whose value somebody may have issued, whatever the file is for.
    pub(super) issued: usize,
}

/// One line's setting.
struct Setting<'t> {
    name: &'t [u8],
    value: &'t [u8],
    commented_out: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Hollow,
    Secret,
    Certain,
}

/// Names longer than this are no names.
const LONGEST_NAME: usize = 64;

impl Content {
    pub(super) fn new(text: ContentText) -> Content {
        Content { text }
    }

    pub(super) fn summary(&self, text: &[u8]) -> Summary {
        let mut summary = Summary::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        // A value of a dotenv file may hold commas and braces; in JSON they part what stands on one line.
        let is_json = text.trim_ascii_start().starts_with(b"{");
        let lines = text.split(|&b| b == b'\n' || is_json && matches!(b, b',' | b'{'));
        for setting in lines.filter_map(setting) {
            let words = words(setting.name);
            let look = self.look(&words, setting.value);
            if setting.commented_out && look != Look::Certain {
                continue;
            }
            summary.settings += 1;
            summary.public += usize::from(self.is_public(&words));
            summary.hollow += usize::from(look == Look::Hollow);
            // Nobody draws a value with an issuer's prefix, whatever it is called.
            let is_self_made =
                || self.is_self_made(&words) && !self.has_credential_prefix(setting.value);
            summary.issued += usize::from(look == Look::Certain && !is_self_made());
            if matches!(look, Look::Secret | Look::Certain) {
                let name = String::from_utf8_lossy(setting.name).into_owned();
                if !summary.secret.contains(&name) {
                    summary.secret.push(name);
                }
            }
        }
        summary
    }

    fn look(&self, words: &[Vec<u8>], value: &[u8]) -> Look {
        let lower = value.to_ascii_lowercase();
        if self.is_hollow(&lower) {
            return Look::Hollow;
        }
        if value.starts_with(b"-----BEGIN") {
            return match contains(value, b"PRIVATE KEY") {
                true => Look::Certain,
                false => Look::Plain,
            };
        }
        if self.has_credential_prefix(value) {
            return Look::Certain;
        }
        if let Some(password) = password_of_connection(value, &lower) {
            let lower = password.to_ascii_lowercase();
            return if self.is_hollow(&lower) || self.is_local(&lower) {
                Look::Plain
            } else {
                Look::Secret
            };
        }
        if let Some((password, host)) = user_info(value) {
            let lower = password.to_ascii_lowercase();
            return if self.is_hollow(&lower) || self.is_local(&lower) {
                Look::Plain
            } else if is_random(password) {
                Look::Certain
            } else if is_public_host(host) {
                Look::Secret
            } else {
                Look::Plain
            };
        }
        if !self.is_secret_name(words) || self.is_local(&lower) || is_word_of(words, &lower) {
            return Look::Plain;
        }
        let shortest = if words
            .iter()
            .any(|w| w.starts_with(b"pass") || w == b"pwd" || w == b"pw")
        {
            4
        } else {
            8
        };
        // A secret is one word; a sentence, a path or a list is about one.
        let is_one_word = !value.iter().any(|b| b.is_ascii_whitespace());
        if value.len() < shortest || !is_one_word || is_location(value) {
            Look::Plain
        } else if is_random(value) {
            Look::Certain
        } else if self.is_public(words) {
            Look::Plain
        } else {
            Look::Secret
        }
    }

    /// Whether `value`, in lower case, waits to be filled in or points elsewhere.
    fn is_hollow(&self, value: &[u8]) -> bool {
        let listed = |list: &[String]| list.iter().any(|p| contains(value, p.as_bytes()));
        value.is_empty()
            || matches!(value[0], b'$' | b'<' | b'%')
            || value.starts_with(b"{{")
            || listed(&self.text.placeholders)
            || self
                .text
                .references
                .iter()
                .any(|r| value.starts_with(r.as_bytes()))
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
                .all(|w| self.text.local_values.iter().any(|l| l.as_bytes() == w))
            || self
                .text
                .local_values
                .iter()
                .any(|l| l.as_bytes() == letters)
    }

    fn is_secret_name(&self, words: &[Vec<u8>]) -> bool {
        let ends_harmless = words.last().is_some_and(|last| {
            self.text
                .harmless_endings
                .iter()
                .any(|h| h.as_bytes() == last)
        });
        !ends_harmless
            && self
                .text
                .secret_words
                .iter()
                .any(|s| holds_in_a_row(words, s))
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

/// `NAME=value`, `export NAME="value"`, `"Name": "value"`.
fn setting(line: &[u8]) -> Option<Setting<'_>> {
    let mut line = line.trim_ascii();
    let commented_out = line.starts_with(b"#") || line.starts_with(b"//");
    line = line.trim_ascii_start().strip_prefix(b"//").unwrap_or(line);
    while let [b'#' | b' ' | b'{', rest @ ..] = line {
        line = rest;
    }
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii();
    let (name, rest) = match line.strip_prefix(b"\"") {
        Some(quoted) => {
            let end = memchr::memchr(b'"', quoted)?;
            (&quoted[..end], quoted[end + 1..].trim_ascii_start())
        }
        None => {
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
    let (b'=' | b':') = *rest.first()? else {
        return None;
    };
    Some(Setting {
        name,
        value: unquoted(rest[1..].trim_ascii()),
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

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD`, `Db:Password`.
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
    words
}

fn holds_in_a_row(words: &[Vec<u8>], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split('+').collect();
    words
        .windows(wanted.len())
        .any(|run| run.iter().zip(&wanted).all(|(a, b)| a == b.as_bytes()))
}

fn starts_with_words(words: &[Vec<u8>], prefix: &str) -> bool {
    let mut words = words.iter();
    prefix
        .split('+')
        .all(|p| words.next().is_some_and(|w| w == p.as_bytes()))
}

/// Whether the value only repeats its name: `PASSWORD=password`.
fn is_word_of(words: &[Vec<u8>], value: &[u8]) -> bool {
    value
        .split(|b| !b.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .all(|part| words.iter().any(|w| w == part))
}

/// The password of `Server=...;Password=...;`, a database's or a storage account's connection.
fn password_of_connection<'v>(value: &'v [u8], lower: &[u8]) -> Option<&'v [u8]> {
    let names: [&[u8]; 3] = [b";password=", b";pwd=", b";accountkey="];
    names.iter().find_map(|name| {
        let start = memchr::memmem::find(lower, name)? + name.len();
        let len = memchr::memchr(b';', &value[start..]).unwrap_or(value.len() - start);
        Some(&value[start..start + len])
    })
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
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    fn summary(text: &str) -> Summary {
        let rules = RuleSet::builtin();
        let rule = rules.rule("dotenv-tracked").unwrap();
        let crate::rule::Judge::Dotenv(dotenv) = &rule.judge else {
            panic!("a dotenv rule")
        };
        dotenv.content.as_ref().unwrap().summary(text.as_bytes())
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
            (&hook, true),
            ("PORT=3000", false),
        ];
        for (line, expected) in cases {
            assert_eq!(!summary(line).secret.is_empty(), expected, "{line}");
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
