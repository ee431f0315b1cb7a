//! Findings as a compiler shows them, for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use annotate_snippets::renderer::{
    DEFAULT_EMPHASIS_STYLE, DEFAULT_ERROR_STYLE, DEFAULT_LINE_NUM_STYLE, DEFAULT_NOTE_STYLE,
    DEFAULT_TERM_WIDTH, DEFAULT_WARNING_STYLE, Style,
};
use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet};

use super::{Count, View, markdown, one_line, statistics};
use crate::document::Position;
use crate::finding::{Applicability, Finding, Region, Report, Severity, Skip};
use crate::rule::load;

/// The widest that advice is set: longer lines are hard to read.
const MEASURE: usize = 90;
/// The most nested repositories that the summary names.
const SUBMODULES: usize = 5;

pub(super) fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut page = Page::new(view);
    if view.statistics {
        statistics::write(report, &mut out)?;
    } else {
        for finding in view.shown(report, Severity::Warning) {
            writeln!(out, "{}\n", page.finding(finding))?;
        }
    }
    page.problems(report, &mut out)?;
    page.summary(report, &mut out)?;
    out.flush()
}

/// One finding, and below it what its rule is about.
pub(super) fn card(finding: &Finding, view: &View<'_>) -> String {
    let mut card = Page::new(view).finding(finding);
    if let Some(rule) = view.rule(finding.rule.as_str()) {
        let summary = one_line(&markdown::plain(&rule.summary));
        card.push_str(&format!("\n{}: {summary}", rule.id));
    }
    card
}

struct Page<'v> {
    view: &'v View<'v>,
    renderer: Renderer,
    /// Advice already given: hundreds of findings do not repeat it.
    advised: BTreeSet<String>,
    /// Rules with a finding on the page.
    rules: BTreeSet<String>,
}

impl<'v> Page<'v> {
    fn new(view: &'v View<'v>) -> Page<'v> {
        let renderer = if view.colour {
            Renderer::styled().hyperlink(false)
        } else {
            Renderer::plain()
        };
        let width = match view.width {
            0 => DEFAULT_TERM_WIDTH,
            width => width,
        };
        Page {
            view,
            renderer: renderer.term_width(width),
            advised: BTreeSet::new(),
            rules: BTreeSet::new(),
        }
    }

    fn finding(&mut self, finding: &Finding) -> String {
        self.rules.insert(finding.rule.to_string());
        let title = Group::with_title(
            level(finding.severity)
                .primary_title(one_line(&finding.message))
                .id(finding.rule.as_str()),
        );
        let path = finding.path.to_string();
        let remarks = self.remarks(finding);
        match &finding.region {
            Some(region) => {
                let group = title.element(snippet(region)).elements(remarks);
                self.located(&self.renderer.render(&[group]), &path, region.start)
            }
            None => {
                let group = title.element(Origin::path(path)).elements(remarks);
                self.renderer.render(&[group])
            }
        }
    }

    /// `rendered` with the line that says where put below the title. The
    /// renderer's own would count columns in the excerpt, which is cut and
    /// masked, and not in the file.
    fn located(&self, rendered: &str, path: &str, at: Position) -> String {
        let (title, rest) = rendered
            .split_once('\n')
            .expect("a snippet follows the title");
        let gutter = rest.bytes().take_while(|&b| b == b' ').count();
        let arrow = self.paint(DEFAULT_LINE_NUM_STYLE, "-->");
        format!(
            "{title}\n{:indent$}{arrow} {path}:{}:{}\n{rest}",
            "",
            at.line,
            at.column,
            indent = gutter.saturating_sub(1),
        )
    }

    /// Related places and, where it is new, advice.
    fn remarks(&mut self, finding: &Finding) -> Vec<Message<'static>> {
        let origin = finding
            .provenance
            .as_ref()
            .map(|p| Level::NOTE.message(one_line(&p.to_string())));
        let related = finding.related.iter().map(|related| {
            let place = related.region.as_ref().map_or(String::new(), |r| {
                format!(":{}:{}", r.start.line, r.start.column)
            });
            let message = one_line(&related.message);
            Level::NOTE.message(format!("{}{place}: {message}", related.path))
        });
        let suppressed = finding.suppressed.as_ref().map(|s| {
            let reason = s
                .reason
                .as_ref()
                .map_or(String::new(), |r| format!(": {r}"));
            Level::NOTE.message(one_line(&format!("suppressed, {}{reason}", s.by.name())))
        });
        let mut remarks: Vec<Message<'static>> = origin
            .into_iter()
            .chain(related)
            .chain(suppressed)
            .collect();
        let step = finding.situation.map(|s| s.next_step().to_owned());
        let advice = match (&finding.help, &step) {
            (Some(help), _) => Some(one_line(help)),
            // It goes before what the rule says of all of its findings.
            (None, Some(_)) => None,
            (None, None) => self
                .view
                .rule(finding.rule.as_str())
                .map(|rule| one_line(&markdown::plain(&markdown::first_paragraph(&rule.fix)))),
        };
        for advice in step.into_iter().chain(advice).filter(|a| !a.is_empty()) {
            if !self.advised.contains(&advice) {
                remarks.push(Level::HELP.message(markdown::fill(&advice, MEASURE)));
                self.advised.insert(advice);
            }
        }
        remarks
    }

    fn problems(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if report.problems.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "{}",
            self.paint(DEFAULT_ERROR_STYLE, "what could not be scanned:")
        )?;
        for problem in &report.problems {
            let message = one_line(&problem.message);
            match &problem.path {
                Some(path) => writeln!(out, "  {path}: {message} ({})", problem.kind.name())?,
                None => writeln!(out, "  {message} ({})", problem.kind.name())?,
            }
        }
        writeln!(out)
    }

    fn summary(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let least = self.view.level.unwrap_or(Severity::Warning);
        let counts = |shown: bool| {
            Severity::ALL
                .into_iter()
                .filter(move |&s| (s >= least) == shown)
                .map(|s| (s, Count(report.count(s) as u64, s.name())))
                .filter(|(_, count)| count.0 > 0)
        };
        let mut line = counts(true)
            .map(|(severity, count)| self.paint(style(severity), &count.to_string()))
            .collect::<Vec<_>>()
            .join(", ");
        if line.is_empty() {
            line = self.paint(
                DEFAULT_EMPHASIS_STYLE,
                match least {
                    Severity::Note => "no findings",
                    Severity::Warning => "no errors, no warnings",
                    Severity::Error => "no errors",
                },
            );
        }
        let hidden: Vec<String> = counts(false).map(|(_, count)| count.to_string()).collect();
        if !hidden.is_empty() {
            // The least of them: with it all are shown.
            let all = counts(false).next_back().map_or("note", |(s, _)| s.name());
            write!(
                line,
                " ({} not shown; --severity {all} shows {})",
                hidden.join(", "),
                if hidden == ["1 note"] || hidden == ["1 warning"] {
                    "it"
                } else {
                    "them"
                }
            )
            .expect("a String takes all");
        }
        let suppressed = report.suppressed();
        if suppressed > 0 {
            let word = if self.view.suppressed {
                "shown"
            } else {
                "--show-suppressed shows"
            };
            write!(line, "; {suppressed} suppressed ({word})").expect("a String takes all");
        }
        if let Some(fixed) = report.fixed {
            write!(line, "; {fixed} fixed").expect("a String takes all");
        }
        writeln!(out, "{line}")?;
        let safe = report.fixable(Applicability::Safe);
        let risky = report.fixable(Applicability::Unsafe);
        match (safe, risky) {
            (0, 0) => {}
            (safe, 0) => writeln!(out, "{safe} fixable with --fix")?,
            (0, risky) => writeln!(out, "{risky} fixable with --unsafe-fixes")?,
            (safe, risky) => {
                writeln!(
                    out,
                    "{safe} fixable with --fix, {risky} more with --unsafe-fixes"
                )?;
            }
        }
        self.accounting(report, out)?;
        if !report.is_complete() {
            let problems = Count(report.problems.len() as u64, "problem").to_string();
            let line = format!("scan incomplete: {problems}");
            writeln!(out, "{}", self.paint(DEFAULT_ERROR_STYLE, &line))?;
        }
        // What users' own rules have to say stands in their files.
        let rules = self.rules.iter().map(String::as_str);
        let rules: Vec<&str> = rules.filter(|id| load::is_builtin(id)).collect();
        if !rules.is_empty() {
            writeln!(
                out,
                "`hushlint explain RULE` tells why it matters and what to do: {}",
                rules.join(", ")
            )?;
        }
        Ok(())
    }

    fn accounting(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let scanned = &report.scanned;
        let skipped: Vec<String> = scanned
            .skipped
            .iter()
            .filter(|&(&why, &n)| n > 0 && !matches!(why, Skip::Absent | Skip::Unreached))
            .map(|(why, n)| format!("{n} {}", why.name()))
            .collect();
        write!(
            out,
            "{} scanned, {}, in {}",
            Count(scanned.files, "file"),
            size(scanned.bytes),
            time(report.elapsed)
        )?;
        if !skipped.is_empty() {
            write!(out, "; skipped {}", skipped.join(", "))?;
        }
        writeln!(out)?;
        match scanned.skipped_for(Skip::Absent) {
            0 => {}
            1 => writeln!(out, "1 tracked path is not in the worktree")?,
            n => writeln!(out, "{n} tracked paths are not in the worktree")?,
        }
        let unreached = scanned.skipped_for(Skip::Unreached);
        if unreached > 0 {
            writeln!(
                out,
                "{} only in what no ref leads to, as reflogs do: --all-objects tells of it",
                match unreached {
                    1 => "1 secret stands".to_owned(),
                    n => format!("{n} secrets stand"),
                }
            )?;
        }
        if !scanned.submodules.is_empty() {
            let mut names: Vec<String> = scanned
                .submodules
                .iter()
                .take(SUBMODULES)
                .map(ToString::to_string)
                .collect();
            if scanned.submodules.len() > SUBMODULES {
                names.push(format!("{} more", scanned.submodules.len() - SUBMODULES));
            }
            writeln!(out, "repositories not entered: {}", names.join(", "))?;
        }
        Ok(())
    }

    fn paint(&self, style: Style, text: &str) -> String {
        paint(self.view.colour, style, text)
    }
}

pub(super) fn paint(colour: bool, style: Style, text: &str) -> String {
    if colour {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

fn snippet(region: &Region) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(region.excerpt.text.as_str())
        .line_start(region.start.line)
        .annotation(AnnotationKind::Primary.span(region.excerpt.highlight.clone()))
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

pub(super) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => DEFAULT_ERROR_STYLE,
        Severity::Warning => DEFAULT_WARNING_STYLE,
        Severity::Note => DEFAULT_NOTE_STYLE,
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return Count(bytes, "byte").to_string();
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

fn time(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match seconds {
        0 => format!("{} ms", elapsed.as_millis()),
        1..60 => format!("{:.2} s", elapsed.as_secs_f64()),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_for_people() {
        let sizes = [
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1_048_575, "1.0 MiB"),
            (5_000_000_000, "4.7 GiB"),
        ];
        for (bytes, expected) in sizes {
            assert_eq!(size(bytes), expected);
        }
        assert_eq!(time(Duration::from_millis(12)), "12 ms");
        assert_eq!(time(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(time(Duration::from_secs(125)), "2 min 5 s");
    }
}
