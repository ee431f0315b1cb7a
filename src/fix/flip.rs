//! Fixes that change a word: a scheme, a header's name, a switch.

use super::{Plan, Scene};
use crate::finding::Applicability;

/// `http://` becomes `https://`, where the port leaves room for it.
pub(super) fn https(scene: &Scene<'_>) -> Option<Plan> {
    let text = scene.text();
    let scheme = text.get(..4).filter(|s| s.eq_ignore_ascii_case("http"))?;
    let rest = text[4..].strip_prefix(':')?;
    let rest = rest.trim_start_matches('\\').trim_start_matches('/');
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let start = scene.span.start;
    let s = if scheme == "HTTP" { "S" } else { "s" };
    let mut edits = vec![(start + 4..start + 4, s.to_owned())];
    if let Some((name, port)) = host.rsplit_once(':')
        && !port.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit())
    {
        if port != "80" {
            return Some(Plan::Manual(format!(
                "find the HTTPS port of `{name}`: {port} speaks plain HTTP"
            )));
        }
        let at = start + (text.len() - rest.len()) + (authority.len() - port.len() - 1);
        edits.push((at..at + port.len() + 1, String::new()));
    }
    Some(Plan::Edits(
        "write `https://`".to_owned(),
        Applicability::Unsafe,
        edits,
        Vec::new(),
    ))
}

/// Whatever a browser is given, everybody has.
pub(super) fn out_of_the_browser(_: &Scene<'_>) -> Option<Plan> {
    Some(Plan::Manual(
        "keep the key on a server, and let the browser call that".to_owned(),
    ))
}

/// The header's name becomes the one the API reads.
pub(super) fn header(scene: &Scene<'_>) -> Option<Plan> {
    let name = scene.text();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let end = scene.span.end;
    // A method's name is no header's.
    if name.is_empty() || !name.bytes().all(is_name) || scene.bytes().get(end) == Some(&b'(') {
        return Some(Plan::Manual(
            "send the key in the header `appkey`".to_owned(),
        ));
    }
    Some(Plan::Edits(
        "rename the header to `appkey`".to_owned(),
        Applicability::Unsafe,
        vec![(scene.span.clone(), "appkey".to_owned())],
        Vec::new(),
    ))
}

/// Switches that are safe when on, and those that are safe when off.
const ON: &[&str] = &[
    "verify",
    "rejectunauthorized",
    "strictssl",
    "strict_ssl",
    "verify_ssl",
    "ssl_verify",
    "verify_peer",
    "verify_peer_name",
    "check_hostname",
    "validate_certs",
    "sslverify",
];
const OFF: &[&str] = &[
    "insecureskipverify",
    "insecure_skip_verify",
    "danger_accept_invalid_certs",
    "danger_accept_invalid_hostnames",
    "allow_self_signed",
];

/// A switch is turned the other way where the finding is no more than that.
pub(super) fn verification(scene: &Scene<'_>) -> Option<Plan> {
    let text = scene.text();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name_end = text.find(|c| !is_name(c))?;
    let name = text[..name_end].to_ascii_lowercase();
    let value = text[name_end..].trim_end_matches([')', '\'', '"']);
    let value_start = value.rfind(|c| !is_name(c))? + 1;
    let between = &value[..value_start];
    if !between.chars().all(|c| " \t\"'=:>(.".contains(c)) {
        return None;
    }
    let word = &value[value_start..];
    let turned = match word {
        "false" if ON.contains(&name.as_str()) => "true",
        "False" if ON.contains(&name.as_str()) => "True",
        "true" if OFF.contains(&name.as_str()) => "false",
        "True" if OFF.contains(&name.as_str()) => "False",
        _ => return None,
    };
    let start = scene.span.start + name_end + value_start;
    Some(Plan::Edits(
        format!("check certificates: `{turned}`"),
        Applicability::Unsafe,
        vec![(start..start + word.len(), turned.to_owned())],
        Vec::new(),
    ))
}
