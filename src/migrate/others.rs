//! `.gitleaksignore`, detect-secrets' baseline, secretlint's files.

use serde_json::Value;

use super::{OwnRule, Plan, glob, pattern};

/// Lines of `[commit:]path:rule:line`.
pub(super) fn gitleaksignore(text: &str, plan: &mut Plan) {
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(at), Some(rule), Some(place)) if at.parse::<u32>().is_ok() => {
                let commit = place.split_once(':').filter(|(commit, _)| {
                    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit())
                });
                let path = commit.map_or(place, |(_, path)| path);
                plan.known
                    .push((path.to_owned(), format!("{rule}, line {at}")));
            }
            _ => plan
                .left
                .push(format!("{line}: no fingerprint of gitleaks")),
        }
    }
}

/// Patterns as git's, which they are here too.
pub(super) fn secretlintignore(text: &str, plan: &mut Plan) {
    let lines = text.lines().map(str::trim);
    let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    plan.exclude.extend(patterns.map(str::to_owned));
}

pub(super) fn secrets_baseline(text: &str, plan: &mut Plan) -> Result<(), String> {
    let json: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    plan.markers.push("detect-secrets");
    for filter in array(&json["filters_used"]) {
        let path = filter["path"].as_str().unwrap_or_default();
        let name = path.rsplit('.').next().unwrap_or(path);
        let patterns = match &filter["pattern"] {
            Value::String(one) => vec![one.clone()],
            several => array(several)
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        };
        match name {
            "should_exclude_file" => {
                for regex in patterns {
                    match glob::glob(&regex) {
                        Some(glob) => plan.exclude.push(glob),
                        None => plan
                            .left
                            .push(format!("exclude files {regex:?}: no glob means the same")),
                    }
                }
            }
            "should_exclude_line" | "should_exclude_secret" => {
                for regex in patterns {
                    plan.left.push(format!(
                        "{name} {regex:?}: hushlint forgives no line by its look; accept known findings in a baseline"
                    ));
                }
            }
            // The others only keep detect-secrets from what it takes for secrets.
            _ => {}
        }
    }
    for plugin in array(&json["plugins_used"]) {
        if let (Some(name), Some(path)) = (plugin["name"].as_str(), plugin["path"].as_str()) {
            plan.left
                .push(format!("plugin {name} ({path}): a program of its own"));
        }
    }
    for (path, findings) in json["results"].as_object().into_iter().flatten() {
        for finding in array(findings) {
            let kind = finding["type"].as_str().unwrap_or("secret");
            let at = finding["line_number"].as_u64().unwrap_or(0);
            plan.known
                .push((path.replace('\\', "/"), format!("{kind}, line {at}")));
        }
    }
    Ok(())
}

/// JSON, or YAML, of which JSON is part.
pub(super) fn secretlintrc(text: &str, plan: &mut Plan) -> Result<(), String> {
    let json: Value = serde_saphyr::from_str(text).map_err(|e| {
        // What follows shows the text, which may hold what is to be hidden.
        let message = e.to_string();
        let first = message.lines().next().unwrap_or_default();
        first.strip_prefix("error: ").unwrap_or(first).to_owned()
    })?;
    if !json["rules"].is_array() {
        return Err("no list `rules`".to_owned());
    }
    plan.markers.push("secretlint");
    let mut rules: Vec<&Value> = array(&json["rules"]).collect();
    while let Some(rule) = rules.pop() {
        // The rules of a preset.
        rules.extend(array(&rule["rules"]));
        let id = rule["id"].as_str().unwrap_or_default();
        let short = id.trim_start_matches("@secretlint/secretlint-rule-");
        if rule["disabled"].as_bool() == Some(true) {
            plan.left
                .push(format!("{short}: disabled, a rule of secretlint"));
            continue;
        }
        for allowed in array(&rule["options"]["allows"]).filter_map(Value::as_str) {
            plan.left.push(format!(
                "{short}: allows {allowed:?}: hushlint forgives no value by its look; accept known findings in a baseline"
            ));
        }
        match short {
            "pattern" => {
                for item in array(&rule["options"]["patterns"]) {
                    own_pattern(item, plan);
                }
            }
            "filter-comments" | "no-dotenv" => {}
            _ if short.starts_with("preset-") => {}
            _ => plan.left.push(format!(
                "{short}: a rule of secretlint; `hushlint rules` lists what hushlint finds"
            )),
        }
    }
    plan.left.sort();
    Ok(())
}

/// `{ name, pattern: "/regex/flags" }`
fn own_pattern(item: &Value, plan: &mut Plan) {
    let name = item["name"].as_str().unwrap_or("pattern");
    let patterns = match &item["pattern"] {
        Value::String(one) => vec![one.as_str()],
        _ => array(&item["patterns"]).filter_map(Value::as_str).collect(),
    };
    for text in patterns {
        let (regex, flags) = match text.strip_prefix('/').and_then(|t| t.rsplit_once('/')) {
            Some((regex, flags)) => (regex.to_owned(), flags),
            None => (text.to_owned(), ""),
        };
        let regex = match flags.contains('i') {
            true => format!("(?i){regex}"),
            false => regex,
        };
        match pattern::parts(&regex, 0) {
            Ok(parts) => plan.rules.push(OwnRule {
                id: plan.own_id(name),
                summary: name.to_owned(),
                anchors: parts.anchors,
                ignore_case: parts.ignore_case,
                before: parts.before,
                tail: parts.tail,
                longest: parts.longest,
                entropy: None,
            }),
            Err(why) => plan.left.push(format!("pattern {name}: {why}")),
        }
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
