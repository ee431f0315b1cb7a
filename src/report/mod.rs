use crate::finding::{Report, Severity};
use crate::rule::RuleSet;
use std::io::{self, Write};
#[derive(Clone)]
pub struct View<'a> {
    pub rules: &'a RuleSet,
    pub colour: bool,
    pub width: usize,
    pub level: Option<Severity>,
}
pub struct Format {
    pub name: &'static str,
    pub about: &'static str,
    pub write: fn(&Report, &View<'_>, &mut dyn Write) -> io::Result<()>,
}
pub const FORMATS: &[Format] = &[
    Format {
        name: "text",
        about: "",
        write: dump,
    },
    Format {
        name: "json",
        about: "",
        write: json,
    },
];
fn dump(r: &Report, _: &View<'_>, w: &mut dyn Write) -> io::Result<()> {
    for f in &r.findings {
        writeln!(
            w,
            "{} {}:{:?} {}",
            f.rule,
            f.path,
            f.region
                .as_ref()
                .map(|r| (r.start.line, r.start.column, &r.excerpt.text)),
            f.message
        )?;
    }
    writeln!(w, "{:?} {:?} {:?}", r.scanned, r.problems, r.elapsed)
}
fn json(r: &Report, _: &View<'_>, w: &mut dyn Write) -> io::Result<()> {
    let f: Vec<_> = r.findings.iter().map(|f| serde_json::json!({"rule": f.rule.as_str(), "severity": f.severity.name(), "path": f.path.to_text(), "line": f.region.as_ref().map(|r| r.start.line), "column": f.region.as_ref().map(|r| r.start.column), "end_column": f.region.as_ref().map(|r| r.end.column), "message": f.message})).collect();
    writeln!(w, "{}", serde_json::json!({"findings": f}))
}
pub mod explain {
    pub fn explain(_r: &crate::rule::Rule, _c: bool) -> String {
        String::new()
    }
}
