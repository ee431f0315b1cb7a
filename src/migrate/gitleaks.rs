//! `.gitleaks.toml`.

use toml::{Table, Value};

use super::{OwnRule, Plan, glob, pattern};
use crate::rule::load::line_of;

pub(super) fn read(text: &str, plan: &mut Plan) -> Result<(), String> {
    let table: Table = text.parse().map_err(|e: toml::de::Error| {
        let line = line_of(text, e.span().map_or(0, |s| s.start));
        format!("line {line}: {}", e.message())
    })?;
    plan.markers.push("gitleaks");
    if let Some(extend) = table.get("extend").and_then(Value::as_table) {
        if let Some(path) = extend.get("path").and_then(Value::as_str) {
            plan.left.push(format!(
                "[extend] path = {path:?}: migrate that file as well, and name what comes of it in `extend`"
            ));
        }
        if extend.get("useDefault").and_then(Value::as_bool) == Some(true) {
            plan.left.push("[extend] useDefault: the rules that come with gitleaks do not come along; `hushlint rules` lists what hushlint finds".to_owned());
        }
        for id in strings(extend.get("disabledRules")) {
            plan.left.push(format!(
                "disabledRules: {id}: a rule of gitleaks; hushlint has none of that name to switch off"
            ));
        }
    }
    for rule in tables(table.get("rules")) {
        self::rule(rule, plan);
    }
    for allowlist in tables(table.get("allowlist")).chain(tables(table.get("allowlists"))) {
        allow(allowlist, None, plan);
    }
    Ok(())
}

fn rule(rule: &Table, plan: &mut Plan) {
    let text = |key: &str| rule.get(key).and_then(Value::as_str);
    let id = text("id").unwrap_or("rule");
    let own = plan.own_id(id);
    let left = |why: &str| format!("rule {id}: {why}");
    if let Some(regex) = text("regex") {
        let group = rule.get("secretGroup").and_then(Value::as_integer);
        let group = group.and_then(|g| u32::try_from(g).ok()).unwrap_or(0);
        match pattern::parts(regex, group) {
            Ok(parts) => {
                if text("path").is_some() {
                    plan.left
                        .push(left("`path`: hushlint looks for it in every file"));
                }
                let entropy = rule.get("entropy").map(ToString::to_string);
                plan.rules.push(OwnRule {
                    id: own.clone(),
                    summary: text("description").unwrap_or(id).to_owned(),
                    anchors: parts.anchors,
                    ignore_case: parts.ignore_case,
                    before: parts.before,
                    tail: parts.tail,
                    longest: parts.longest,
                    entropy,
                });
            }
            Err(why) => plan.left.push(left(&why)),
        }
    } else {
        plan.left.push(left(match text("path") {
            Some(_) => "it is about names of files alone",
            None => "it changes a rule of gitleaks, which hushlint does not have",
        }));
    }
    let is_own = plan.rules.iter().any(|r| r.id == own);
    for allowlist in tables(rule.get("allowlist")).chain(tables(rule.get("allowlists"))) {
        allow(allowlist, Some((&own, is_own)), plan);
    }
}

/// What an allowlist forgives, to all rules or to one.
fn allow(allowlist: &Table, rule: Option<(&str, bool)>, plan: &mut Plan) {
    let of = rule.map_or("allowlist".to_owned(), |(id, _)| {
        format!("allowlist of rule {id}")
    });
    let both = ["regexes", "stopwords", "commits"];
    let has_more = both.iter().any(|key| allowlist.contains_key(*key));
    let is_and = allowlist
        .get("condition")
        .and_then(Value::as_str)
        .is_some_and(|c| c.eq_ignore_ascii_case("and") || c == "&&");
    let mut paths = Vec::new();
    for regex in strings(allowlist.get("paths")) {
        match glob::glob(&regex) {
            _ if is_and && has_more => plan.left.push(format!(
                "{of}: paths {regex:?}: it asks for more than the path, and a glob would forgive more"
            )),
            Some(glob) => paths.push(glob),
            None => plan.left.push(format!("{of}: paths {regex:?}: no glob means the same")),
        }
    }
    let description = allowlist.get("description").and_then(Value::as_str);
    let targets = strings(allowlist.get("targetRules"));
    match rule {
        Some((id, true)) if !paths.is_empty() => {
            let reason = description.unwrap_or("allowed for gitleaks").to_owned();
            plan.per_path.push((paths, id.to_owned(), reason));
        }
        Some((_, false)) if !paths.is_empty() => plan
            .left
            .push(format!("{of}: paths: the rule itself has no equivalent")),
        None if !targets.is_empty() => plan.left.push(format!(
            "{of}: targetRules: the rules of gitleaks go by other names here"
        )),
        _ => plan.exclude.extend(paths),
    }
    for regex in strings(allowlist.get("regexes")) {
        plan.left.push(format!(
            "{of}: regexes {regex:?}: hushlint forgives no value by its look; accept known findings in a baseline"
        ));
    }
    for word in strings(allowlist.get("stopwords")) {
        plan.left.push(format!(
            "{of}: stopwords {word:?}: hushlint knows placeholders by itself"
        ));
    }
    for commit in strings(allowlist.get("commits")) {
        plan.left.push(format!(
            "{of}: commits {commit:?}: hushlint forgives findings, not commits"
        ));
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A table, or an array of them.
fn tables(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    let one = value.and_then(Value::as_table);
    let several = value.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(several.filter_map(Value::as_table))
}
