//! The pipeline: list, read, scan, report. Only user of rayon.

use std::fs::File;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use crate::document::{Document, RepoPath};
use crate::finding::{Accounting, Finding, Problem, ProblemKind, Report, Skip};
use crate::rule::{Evidence, RuleSet, Scratch};
use crate::source::read::{self, Buffers, Outcome};
use crate::source::worktree::words;
use crate::source::{Input, Listing, Source};

/// How a scan goes about its work. None of it changes what is found.
pub struct Settings {
    /// At least 1.
    pub threads: usize,
    /// A larger file is a problem; `None`: there is no limit.
    pub max_file_size: Option<u64>,
}

/// How far a scan has come, for whoever shows it.
#[derive(Default)]
pub struct Progress {
    /// 0 until the listing is done.
    pub total: AtomicU64,
    pub files: AtomicU64,
    pub bytes: AtomicU64,
}

/// A worker takes this many inputs at a time: few enough to share the work
/// evenly, enough not to meet at the counter.
const BATCH: usize = 16;
/// Below this many inputs, starting threads costs more than they save.
const ALONE: usize = 32;

/// Scans all that `source` lists. Whatever goes wrong is in the report.
pub fn run(
    source: &dyn Source,
    rules: &RuleSet,
    settings: &Settings,
    progress: &Progress,
) -> Report {
    let started = Instant::now();
    let Listing {
        inputs,
        problems,
        skipped,
        root,
    } = source.list();
    progress.total.store(inputs.len() as u64, Ordering::Relaxed);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = Worker {
            rules,
            settings,
            progress,
            scratch: Scratch::default(),
            buffers: Buffers::default(),
            haul: Haul::default(),
        };
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= inputs.len() {
                return worker.haul;
            }
            for input in &inputs[start..inputs.len().min(start + BATCH)] {
                worker.scan(input);
            }
        }
    };
    let threads = if inputs.len() < ALONE {
        1
    } else {
        settings.threads
    };
    let hauls = if threads == 1 {
        vec![work()]
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        match pool {
            Ok(pool) => pool.broadcast(|_| work()),
            // The system grants no threads; the work can be done without.
            Err(_) => vec![work()],
        }
    };

    let mut report = Report {
        problems,
        scanned: skipped,
        root,
        ..Report::default()
    };
    let mut evidence = Vec::new();
    for haul in hauls {
        report.findings.extend(haul.findings);
        report.problems.extend(haul.problems);
        report.scanned.add(haul.scanned);
        evidence.extend(haul.evidence);
    }
    evidence.sort();
    let dotenv_files: Vec<RepoPath> = inputs
        .iter()
        .filter(|i| i.standing.is_some())
        .map(Input::path)
        .collect();
    let present = |path: &RepoPath| dotenv_files.contains(path);
    report
        .findings
        .extend(rules.conclude(evidence, &|path| source.coverage(path), &present));
    if inputs.is_empty() && report.problems.is_empty() {
        report.problems.push(Problem {
            path: None,
            kind: ProblemKind::Empty,
            message:
                "nothing to scan: the arguments hold no file that is not ignored, a link or special"
                    .to_owned(),
        });
    }
    report.settle();
    report.elapsed = started.elapsed();
    report
}

/// What one worker brings home.
#[derive(Default)]
struct Haul {
    findings: Vec<Finding>,
    evidence: Vec<Evidence>,
    problems: Vec<Problem>,
    scanned: Accounting,
}

struct Worker<'a> {
    rules: &'a RuleSet,
    settings: &'a Settings,
    progress: &'a Progress,
    scratch: Scratch,
    buffers: Buffers,
    haul: Haul,
}

impl Worker<'_> {
    fn scan(&mut self, input: &Input) {
        if input.name_only {
            self.judge_name(input);
            self.haul.scanned.skip(Skip::Ignored);
            return;
        }
        let path = input.path();
        let Worker {
            rules,
            scratch,
            haul,
            buffers,
            ..
        } = self;
        let mut visit = |document: Document| visit(rules, scratch, haul, input, document);
        let outcome = File::open(&input.file).and_then(|mut file| {
            read::each_document(
                &mut file,
                &path,
                buffers,
                self.settings.max_file_size,
                &mut visit,
            )
        });
        let mut problem = |kind, message| {
            self.haul.problems.push(Problem {
                path: Some(path.clone()),
                kind,
                message,
            })
        };
        match outcome {
            Ok(Outcome::Scanned(bytes)) => {
                self.haul.scanned.files += 1;
                self.haul.scanned.bytes += bytes;
                self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
            }
            Ok(Outcome::Binary) => {
                // Its name may say what its bytes do not.
                self.judge_name(input);
                self.haul.scanned.skip(Skip::Binary);
            }
            Ok(Outcome::TooLarge) => {
                let limit = self.settings.max_file_size.unwrap_or(u64::MAX);
                problem(
                    ProblemKind::TooLarge,
                    format!("larger than --max-file-size ({limit} bytes): not scanned"),
                );
            }
            Err(error) => problem(ProblemKind::Unreadable, words(&error)),
        }
        self.progress.files.fetch_add(1, Ordering::Relaxed);
    }

    /// What rules about files as such say, where the text is not to be had.
    fn judge_name(&mut self, input: &Input) {
        if input.standing.is_some() {
            visit(
                self.rules,
                &mut self.scratch,
                &mut self.haul,
                input,
                Document::new(input.path(), Vec::new()),
            );
        }
    }
}

fn visit(
    rules: &RuleSet,
    scratch: &mut Scratch,
    haul: &mut Haul,
    input: &Input,
    mut document: Document,
) -> Vec<u8> {
    document.tracked = input.tracked;
    document.standing.clone_from(&input.standing);
    let scan = rules.scan(scratch, &document);
    haul.findings.extend(scan.findings);
    haul.evidence.extend(scan.evidence);
    document.into_buffer()
}
