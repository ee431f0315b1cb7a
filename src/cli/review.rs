//! `hushlint baseline review`: a walk through the findings by keyboard, one decision each.

use std::collections::{BTreeMap, VecDeque};
use std::io::IsTerminal;

use console::{Key, Term};

use crate::check;
use crate::check::baseline::{Choice, load, masked, name_of};
use crate::document::RepoPath;
use crate::excerpt::{Excerpt, Masking};
use crate::finding::{Applicability, Finding, Fix, Problem, Report, RuleId, Secret};
use crate::fix::{self, Names, Refusal};
use crate::report::{self, View};
use crate::rule::RuleSet;
use crate::source::worktree::words;

use super::args::BaselineArgs;
use super::baseline::{Scanned, is_acceptable, kept, save, scan};
use super::reporting::Reporting;
use super::{Exit, output};

const KEYS: &str = "\
a  accept it into the baseline, with a reason: it no longer counts
i  ignore it in a comment of its file, with a reason
f  fix it: the change is shown first
s  skip it, it goes on counting (also Space, Down)
b  back to the one before (also Up)
q  quit; what was done is written already (also Escape)
?  this, and why the rule is there";

pub(super) fn run(args: &BaselineArgs) -> Result<Exit, String> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err("baseline review: it asks at a terminal, and this is none; `hushlint baseline write` accepts all at once".to_owned());
    }
    let reporting = Reporting::new(&args.report)?;
    let Some(scanned) = scan(args, &reporting)? else {
        return Ok(Exit::Error);
    };
    let mut walk = Walk {
        args,
        reporting,
        items: Vec::new(),
        at: 0,
        scanned,
        term: Term::stdout(),
        reason: String::new(),
        names: Names::default(),
        done: Done::default(),
    };
    walk.take_in();
    let exit = walk.go();
    walk.sum_up()?;
    exit
}

/// One finding on the way.
struct Item {
    finding: Finding,
    /// Whether it was shown.
    is_seen: bool,
    /// Whether it is dealt with.
    is_settled: bool,
}

/// How many were dealt with.
#[derive(Default)]
struct Done {
    accepted: usize,
    ignored: usize,
    fixed: usize,
}

struct Walk<'a> {
    args: &'a BaselineArgs,
    reporting: Reporting<'a>,
    scanned: Scanned,
    /// What counts and is not decided yet, in order of the report.
    items: Vec<Item>,
    at: usize,
    term: Term,
    /// The last one that was given: often the next one has the same.
    reason: String,
    /// The variables that keys were given.
    names: Names,
    done: Done,
}

/// What becomes of the finding that is shown.
enum Step {
    Next,
    Back,
    Quit,
    /// It is dealt with, and its files are as they were.
    Settled,
    /// It is dealt with, in a file.
    Changed,
    /// It is not: what is there is not what was scanned.
    Outdated,
}

impl Walk<'_> {
    fn go(&mut self) -> Result<Exit, String> {
        while self.at < self.items.len() {
            self.show()?;
            self.items[self.at].is_seen = true;
            let step = loop {
                if let Some(step) = self.decide()? {
                    break step;
                }
            };
            match step {
                Step::Next => self.at += 1,
                Step::Back => self.at = self.at.saturating_sub(1),
                Step::Quit => return Ok(Exit::Clean),
                Step::Settled => drop(self.items.remove(self.at)),
                Step::Changed | Step::Outdated => {
                    let Some(scanned) = scan(self.args, &self.reporting)? else {
                        return Ok(Exit::Error);
                    };
                    self.scanned = scanned;
                    if let Step::Changed = step {
                        self.items[self.at].is_settled = true;
                    }
                    self.take_in();
                }
            }
        }
        Ok(Exit::Clean)
    }

    /// Goes on with what the last scan found, where the walk stands.
    fn take_in(&mut self) {
        // A file that changed meanwhile is noticed when it is to be written.
        fix::propose(&mut self.scanned.report, &self.names);
        let regime = &self.scanned.regime;
        let found = self.scanned.report.findings.iter();
        let mut items: Vec<Item> = found
            .filter(|finding| regime.fails(finding))
            .map(|finding| Item {
                finding: finding.clone(),
                is_seen: false,
                is_settled: false,
            })
            .collect();
        // What it was before tells a finding again, and of equal ones the order.
        let mut places: BTreeMap<(RuleId, RepoPath, Secret), VecDeque<usize>> = BTreeMap::new();
        for (n, item) in items.iter().enumerate() {
            places.entry(key(&item.finding)).or_default().push_back(n);
        }
        let mut next = None;
        let open = |(_, item): &(usize, &Item)| !item.is_settled;
        for (n, old) in self.items.iter().enumerate().filter(open) {
            let place = places
                .get_mut(&key(&old.finding))
                .and_then(VecDeque::pop_front);
            if let Some(place) = place {
                items[place].is_seen |= old.is_seen;
                next = next.or((n >= self.at).then_some(place));
            }
        }
        let unseen = || items.iter().position(|item| !item.is_seen);
        self.at = next.or_else(unseen).unwrap_or(items.len());
        self.items = items;
    }

    fn rules(&self, finding: &Finding) -> &RuleSet {
        let regime = &self.scanned.regime;
        regime.rules(regime.of(&finding.path))
    }

    fn show(&self) -> Result<(), String> {
        let finding = &self.items[self.at].finding;
        let rules = self.rules(finding);
        let mut shown = Report {
            findings: vec![finding.clone()],
            ..Report::default()
        };
        super::reporting::mask_names(&mut shown, rules);
        let fix = match &finding.fix {
            Some(fix) => format!(
                "{} ({})",
                rules.masked(&fix.title),
                fix.applicability.name()
            ),
            None => "none".to_owned(),
        };
        let head = format!("{} of {}", self.at + 1, self.items.len());
        output::to_stdout(self.args.report.color, |out, colour| {
            let view = View {
                sets: &[rules],
                colour,
                width: output::terminal_width(),
                level: None,
                suppressed: false,
                statistics: false,
            };
            writeln!(out, "\n{head}\n{}", report::card(&shown.findings[0], &view))?;
            writeln!(out, "fix: {}", output::printable(&fix))
        })
    }

    /// Asks for a key, and does what it stands for. `None`: it is to be asked again.
    fn decide(&mut self) -> Result<Option<Step>, String> {
        let finding = self.items[self.at].finding.clone();
        self.print("[a]ccept [i]gnore [f]ix [s]kip [b]ack [q]uit [?] ")?;
        let key = self.key()?;
        match key {
            Key::Char('a') => self.accept(&finding),
            Key::Char('i') => self.ignore(&finding),
            Key::Char('f') => self.fix(&finding),
            Key::Char('s' | ' ') | Key::ArrowDown => self.say("skipped", Some(Step::Next)),
            Key::Char('b') | Key::ArrowUp => self.say("back", Some(Step::Back)),
            Key::Char('q' | '\u{4}') | Key::Escape => self.say("quit", Some(Step::Quit)),
            Key::Char('?') => self.help(&finding),
            _ => self.say("no such key; ? tells which there are", None),
        }
    }

    fn help(&self, finding: &Finding) -> Result<Option<Step>, String> {
        let why = self
            .rules(finding)
            .rule(finding.rule.as_str())
            .map_or(String::new(), report::explain::reason);
        self.say(&format!("help\n{KEYS}\n\n{why}"), None)
    }

    fn accept(&mut self, finding: &Finding) -> Result<Option<Step>, String> {
        if !is_acceptable(finding, &self.scanned.regime) {
            return self.say(
                "what is said about suppressions is not accepted, but mended: f",
                None,
            );
        }
        let Some(reason) = self.reason("accept")? else {
            return Ok(None);
        };
        let held = self.scanned.held.as_ref();
        let now = std::fs::read(&self.scanned.file).ok();
        if !held.map_or(now.is_none(), |h| {
            now.as_deref().is_some_and(|n| h.is_of(n))
        }) {
            let message =
                "not accepted: the baseline has changed meanwhile; everything is scanned again";
            return self.say(message, Some(Step::Outdated));
        }
        let mut baseline = kept(held)?;
        let rules = self.rules(finding);
        let reason = rules.masked(&reason);
        let paths = |path: &_| masked(rules, path);
        baseline.accept(&[finding], Some(&reason), 1, &paths);
        save(&self.scanned.file, &baseline, held)?;
        let file = &self.scanned.file;
        let root = &self.scanned.report.root;
        let name = name_of(file, root);
        self.scanned.held = load(&Choice::File(file.clone()), root).map_err(|p| p.message)?;
        self.done.accepted += 1;
        self.say(&format!("accepted in {name}"), Some(Step::Settled))
    }

    fn ignore(&mut self, finding: &Finding) -> Result<Option<Step>, String> {
        if !is_acceptable(finding, &self.scanned.regime) {
            return self.say(
                "what is said about suppressions is not suppressed, but mended: f",
                None,
            );
        }
        let Some(reason) = self.reason("ignore")? else {
            return Ok(None);
        };
        let rules = self.rules(finding);
        let known = check::suppressions(rules);
        let reason = rules.masked(&reason);
        let report = &mut self.scanned.report;
        let fix = match fix::suppression(report, finding, &known, &reason) {
            Ok(fix) => fix,
            Err(Refusal::Outdated(problem)) => {
                self.tell(finding, &[problem])?;
                return Ok(Some(Step::Outdated));
            }
            Err(Refusal::Impossible(why)) => {
                return self.say(&format!("not ignored: {why}; accept it instead"), None);
            }
        };
        if self.show_patch(finding, &fix)?.is_none() {
            return Ok(Some(Step::Outdated));
        }
        let step = self.write(finding, fix)?;
        self.done.ignored += usize::from(matches!(step, Some(Step::Changed)));
        Ok(step)
    }

    fn fix(&mut self, finding: &Finding) -> Result<Option<Step>, String> {
        let fix = match &finding.fix {
            None => return self.say("there is no fix for it", None),
            Some(fix) if fix.applicability == Applicability::Manual => {
                let title = self.rules(finding).masked(&fix.title);
                return self.say(&format!("only you can fix it: {title}"), None);
            }
            Some(fix) => fix.clone(),
        };
        self.say("fix", ())?;
        if self.show_patch(finding, &fix)?.is_none() {
            return Ok(Some(Step::Outdated));
        }
        self.print("write this? [y/N] ")?;
        if !matches!(self.key()?, Key::Char('y' | 'Y')) {
            return self.say("no", None);
        }
        self.say("yes", ())?;
        let step = self.write(finding, fix)?;
        self.done.fixed += usize::from(matches!(step, Some(Step::Changed)));
        Ok(step)
    }

    /// Shows what `fix` changes, with all secrets masked. `None`: that is not what was scanned any more.
    fn show_patch(&self, finding: &Finding, fix: &Fix) -> Result<Option<()>, String> {
        let only = self.only(finding, fix.clone());
        let patch = fix::patch(&only, Applicability::Unsafe, &|_| true);
        if !patch.problems.is_empty() {
            return self.tell(finding, &patch.problems).map(|()| None);
        }
        let rules = self.rules(finding);
        let text = String::from_utf8_lossy(&patch.text);
        let lines = text.lines().map(|line| {
            let line = rules.masked(line);
            Excerpt::new(line.as_bytes(), 0..line.len(), &[], Masking::Mask).text
        });
        let lines: Vec<String> = lines.collect();
        self.say(&lines.join("\n"), Some(()))
    }

    /// Changes the files of `fix`.
    fn write(&self, finding: &Finding, fix: Fix) -> Result<Option<Step>, String> {
        let applied = fix::apply(&self.only(finding, fix), Applicability::Unsafe);
        if applied.problems.is_empty() {
            return Ok(Some(Step::Changed));
        }
        self.tell(finding, &applied.problems)?;
        Ok(Some(Step::Outdated))
    }

    fn tell(&self, finding: &Finding, problems: &[Problem]) -> Result<(), String> {
        let rules = self.rules(finding);
        for problem in problems {
            let path = problem
                .path
                .as_ref()
                .map_or(String::new(), ToString::to_string);
            let line = rules.masked(&format!("{path}: {}", problem.message));
            self.say(&line, ())?;
        }
        self.say("everything is scanned again", ())
    }

    /// A report of nothing but `finding`, with `fix`.
    fn only(&self, finding: &Finding, fix: Fix) -> Report {
        let report = &self.scanned.report;
        let mut finding = finding.clone();
        finding.fix = Some(fix);
        Report {
            findings: vec![finding],
            stamps: report.stamps.clone(),
            root: report.root.clone(),
            ..Report::default()
        }
    }

    fn sum_up(&self) -> Result<(), String> {
        let Done {
            accepted,
            ignored,
            fixed,
        } = self.done;
        let left = self.items.len();
        self.print(&format!(
            "\n{accepted} accepted, {ignored} ignored, {fixed} fixed; {left} left\n"
        ))
    }

    /// Asks why. `None`: nothing was said, so nothing is done.
    fn reason(&mut self, what: &str) -> Result<Option<String>, String> {
        let before = match self.reason.as_str() {
            "" => String::new(),
            reason => format!(" [Enter: {reason}]"),
        };
        self.print(&format!("{what}\nwhy?{before} "))?;
        let mut text = String::new();
        loop {
            match self.key()? {
                Key::Enter => break,
                Key::Escape | Key::Char('\u{4}') => {
                    text.clear();
                    self.say("", ())?;
                    return self.say("nothing done", None);
                }
                Key::Backspace if text.pop().is_some() => {
                    self.term.write_str("\u{8} \u{8}").map_err(|e| words(&e))?;
                }
                Key::Char(c) if !crate::document::is_unsafe_on_a_terminal(c) => {
                    text.push(c);
                    self.print(c.encode_utf8(&mut [0; 4]))?;
                }
                _ => {}
            }
        }
        self.say("", ())?;
        let text = text.trim();
        if !text.is_empty() {
            text.clone_into(&mut self.reason);
        }
        match self.reason.is_empty() {
            true => self.say("without a reason nothing is done", None),
            false => Ok(Some(self.reason.clone())),
        }
    }

    fn key(&self) -> Result<Key, String> {
        self.term.read_key().map_err(|e| words(&e))
    }

    fn print(&self, text: &str) -> Result<(), String> {
        output::to_stdout(clap::ColorChoice::Never, |out, _| {
            write!(out, "{}", output::printable(text))
        })
    }

    /// Prints a line, and gives `then` back.
    fn say<T>(&self, line: &str, then: T) -> Result<T, String> {
        self.print(&format!("{line}\n")).map(|()| then)
    }
}

fn key(finding: &Finding) -> (RuleId, RepoPath, Secret) {
    (finding.rule.clone(), finding.path.clone(), finding.secret)
}
