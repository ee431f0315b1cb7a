//! What commands that scan have in common: the rules they use, the formats they write, the exit code.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::check::baseline::Choice;
use crate::check::{self, Progress};
use crate::config::{Layer, Regime};
use crate::document::RepoPath;
use crate::excerpt::Masking;
use crate::finding::{Report, Severity};
use crate::report::{FORMATS, Format, View};
use crate::rule::{Options, RuleSet};
use crate::source::Source;
use crate::suggest::suggestion;

use super::args::ReportArgs;
use super::configuration::Beside;
use super::fixing::Fixing;
use super::{Exit, clock, configuration, output, progress};

/// How one run reports, made before anything is scanned.
pub(super) struct Reporting<'a> {
    args: &'a ReportArgs,
    outputs: Vec<output::Output>,
    options: Options,
}

impl Reporting<'_> {
    /// The error is the message for whoever wrote the arguments.
    pub(super) fn new(args: &ReportArgs) -> Result<Reporting<'_>, String> {
        let outputs = outputs(&args.format)?;
        let masking = if args.show_secrets {
            Masking::Reveal
        } else {
            Masking::Mask
        };
        let line_hashes = outputs.iter().any(|o| o.format.name == "sarif");
        Ok(Reporting {
            args,
            outputs,
            options: Options {
                masking,
                line_hashes,
                today: clock::now()?.div_euclid(86_400),
            },
        })
    }

    /// At least 1.
    pub(super) fn threads(&self) -> usize {
        self.args.threads.map_or_else(default_threads, usize::from)
    }

    /// Which baseline the arguments and the configuration want.
    pub(super) fn baseline(&self, regime: &Regime) -> Choice {
        if self.args.no_baseline {
            Choice::Nothing
        } else {
            Choice::of(regime)
        }
    }

    /// The configurations of a run over `places` under `root`.
    pub(super) fn regime(
        &self,
        root: &Path,
        places: Vec<(PathBuf, PathBuf)>,
        max_file_size: Option<u64>,
    ) -> Result<Regime, String> {
        let layer = configuration::layer(self.args, max_file_size)?;
        self.regime_with(layer, root, places, None)
    }

    fn regime_with(
        &self,
        layer: Layer,
        root: &Path,
        places: Vec<(PathBuf, PathBuf)>,
        recorded: Option<Arc<Beside>>,
    ) -> Result<Regime, String> {
        let config = &self.args.config;
        configuration::regime(config, layer, self.options, (root, places), recorded)
    }

    /// Scans `source`, and writes what came of it.
    pub(super) fn check(
        self,
        source: &dyn Source,
        max_file_size: Option<u64>,
        fixing: Fixing,
    ) -> Result<Exit, String> {
        let layer = configuration::layer(self.args, max_file_size)?;
        let beside = source.recorded().map(|r| Arc::new(Beside::new(r)));
        let (root, places) = (source.root(), source.places());
        let regime = self.regime_with(layer, root, places, beside.clone());
        // Whoever looks for what is wrong with one may have another before their eyes.
        let regime = regime.inspect_err(|_| {
            let aside = beside.iter().flat_map(|b| b.aside());
            aside.for_each(|what| output::warning(&what));
        })?;
        let threads = self.threads();
        let baseline = self.baseline(&regime);
        let recorded = match &self.args.config.config_from {
            Some(revision) => Some(configuration::of_revision(revision, source.root())?.0),
            None => source.recorded(),
        };
        let choice = (&baseline, recorded.as_ref());
        self.finish(regime, fixing, |regime, progress| {
            let report = fixing.run(|| {
                let scanned = check::run_with(source, regime, choice, threads, progress);
                scanned.map(|(report, _)| report)
            });
            let aside = beside.map(|b| b.aside()).unwrap_or_default();
            aside.into_iter().for_each(|what| regime.doubt(what));
            report
        })
    }

    /// Scans, and writes nothing but how far that has come.
    pub(super) fn scan<T: Send>(&self, scan: impl FnOnce(&Progress) -> T + Send) -> T {
        progress::during(!self.args.no_progress, scan)
    }

    /// Scans, and writes what came of it.
    pub(super) fn finish(
        self,
        mut regime: Regime,
        fixing: Fixing,
        scan: impl FnOnce(&mut Regime, &Progress) -> Result<Report, String> + Send,
    ) -> Result<Exit, String> {
        let Reporting { args, outputs, .. } = self;
        let mut report = progress::during(!args.no_progress, |progress: &Progress| {
            scan(&mut regime, progress)
        })?;
        let rules = regime.rules(regime.main());
        fixing.show(&mut report, rules)?;
        mask_names(&mut report, rules);
        output::problems(&report.problems);
        for doubt in regime.doubts() {
            output::warning(&rules.mask(doubt));
        }
        let level = args
            .severity
            .or((regime.fails_from() == Severity::Note).then_some(Severity::Note));
        let view = View {
            sets: &regime.rule_sets(),
            colour: false,
            width: 0,
            level,
            suppressed: args.show_suppressed,
            statistics: args.statistics,
        };
        let patch_only =
            |out: &output::Output| matches!(fixing, Fixing::Show(_)) && out.file.is_none();
        for out in outputs {
            if patch_only(&out) {
                continue;
            }
            out.write(&report, view, args.color)?;
        }
        let exit = if !report.is_complete() {
            Exit::Error
        } else if !args.exit_zero && report.findings.iter().any(|f| regime.fails(f)) {
            Exit::Findings
        } else {
            Exit::Clean
        };
        // The program ends here, and giving back every rule by itself takes
        // longer than the scan of a small file.
        std::mem::forget((regime, report));
        Ok(exit)
    }
}

/// Masks the secrets in what names files and people: a name can hold one too.
pub(super) fn mask_names(report: &mut Report, rules: &RuleSet) {
    let masked = |path: &mut RepoPath| {
        let text = path.to_text();
        let masked = rules.mask(&text);
        if masked != text {
            *path = masked.as_str().into();
        }
    };
    for finding in &mut report.findings {
        masked(&mut finding.path);
        // What is said about a file itself quotes its name, or another's.
        let named = finding.region.is_none();
        for related in &mut finding.related {
            masked(&mut related.path);
            if named {
                related.message = rules.mask(&related.message);
            }
        }
        if named {
            finding.message = rules.mask(&finding.message);
            finding.help = finding.help.take().map(|help| rules.mask(&help));
        }
        if let Some(fix) = &mut finding.fix {
            fix.edits.iter_mut().for_each(|e| masked(&mut e.path));
        }
        if let Some(provenance) = &mut finding.provenance {
            masked(&mut provenance.path);
            provenance.author = rules.mask(&provenance.author);
        }
    }
    for problem in &mut report.problems {
        problem.path.iter_mut().for_each(masked);
        problem.message = rules.mask(&problem.message);
    }
    report.scanned.submodules.iter_mut().for_each(masked);
}

/// As many as there are cores for this process; asked once, for several files of the system say so.
fn default_threads() -> usize {
    static CORES: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    *CORES
}

/// Each `--format`, or text to stdout.
fn outputs(formats: &[String]) -> Result<Vec<output::Output>, String> {
    let default = ["text".to_owned()];
    let formats = if formats.is_empty() {
        &default[..]
    } else {
        formats
    };
    let mut outputs: Vec<output::Output> = Vec::new();
    for text in formats {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => {
                return Err(format!("--format {text}: a file name is missing after `=`"));
            }
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text.as_str(), None),
        };
        let format = format_named(name)?;
        if let Some(other) = outputs.iter().find(|o| o.file == file) {
            let place = file.as_ref().map_or("standard output".to_owned(), |f| {
                format!("`{}`", f.display())
            });
            return Err(format!(
                "--format {text}: {} goes to {place} already; send one of them to a file of its own, as in `{name}=FILE`",
                other.format.name
            ));
        }
        outputs.push(output::Output { format, file });
    }
    Ok(outputs)
}

fn format_named(name: &str) -> Result<&'static Format, String> {
    let names = || FORMATS.iter().map(|f| f.name);
    FORMATS
        .iter()
        .find(|f| f.name == name)
        .ok_or_else(|| match suggestion(name, names()) {
            Some(known) => format!("--format {name}: no such format; did you mean `{known}`?"),
            None => format!(
                "--format {name}: no such format; there are {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        })
}

/// The message for a rule nobody knows, with the likely intent.
pub(super) fn unknown_rule<'k>(
    option: &str,
    name: &str,
    known: impl Iterator<Item = &'k str>,
) -> String {
    match suggestion(name, known) {
        Some(known) => format!("{option} {name}: no such rule; did you mean `{known}`?"),
        None => format!("{option} {name}: no such rule; `hushlint rules` lists them"),
    }
}
