//! The pipeline: list, read, scan, report. Only user of rayon.

pub mod baseline;
mod idle;
mod large;
mod news;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Seek};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use crate::config::{self, Origin, Realm, Regime};
use crate::document::{Document, RepoPath, Stamp};
use crate::finding::{
    Accounting, Finding, Fingerprint, Problem, ProblemKind, Related, Report, Secret, Severity,
    Situation, Skip,
};
use crate::rule::upkeep::About;
use crate::rule::{Evidence, Rule, RuleSet, Scratch};
use crate::source::added::{self, Added};
use crate::source::read::{self, Buffers, Bytes, Outcome};
use crate::source::worktree::words;
use crate::source::{
    Body, Input, Listing, Manner, Notable, OnDisk, Reader, Recorded, Said, Since, Source, Stored,
    Version,
};
use crate::suppress;
use crate::suppress::foreign;
use crate::suppress::inline::{Markers, Surroundings};

use baseline::{Choice, Held};
use large::{Crew, Job, Piece, Task, Whole};
use news::{News, Sighting, Told, still_there};

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
/// Below this many inputs and this many bytes, starting threads costs more than they save.
const ALONE: usize = 32;
const LITTLE: u64 = 1 << 20;

/// Scans all that `source` lists, each file as the configuration that governs
/// it wants, on as many as `threads`, at least 1. Whatever goes wrong is in the
/// report, but for configurations that are wrong themselves.
pub fn run(
    source: &dyn Source,
    regime: &mut Regime,
    threads: usize,
    progress: &Progress,
) -> Result<Report, String> {
    let (choice, recorded) = (Choice::of(regime), source.recorded());
    let choice = (&choice, recorded.as_ref());
    run_with(source, regime, choice, threads, progress).map(|(report, _)| report)
}

/// The same with a baseline of the caller's choice, as git has it where it is
/// recorded; gives what became of its lines, if there is one.
pub fn run_with(
    source: &dyn Source,
    regime: &mut Regime,
    (choice, recorded): (&Choice, Option<&Recorded>),
    threads: usize,
    progress: &Progress,
) -> Result<(Report, Option<Held>), String> {
    let started = Instant::now();
    let listing = listing(source, regime)?;
    let Listing {
        mut inputs,
        problems,
        skipped,
        root,
        may_be_empty,
        configurations: _,
    } = listing;
    // What one configuration calls a dotenv file need be none where another governs.
    for input in inputs.iter_mut().filter(|i| i.standing.is_some()) {
        let path = input.path();
        let names = regime.rules(regime.of(&path)).dotenv_names();
        input.standing = input.standing.take().filter(|_| names.holds(path.name()));
    }
    let inputs = inputs;
    let held = match recorded {
        None => baseline::load(choice, &root),
        Some(recorded) => {
            let (held, aside) = baseline::load_recorded(choice, &root, recorded);
            aside.into_iter().for_each(|what| regime.doubt(what));
            held
        }
    };
    let regime = &*regime;
    let accepted: HashSet<RepoPath> = match &held {
        Ok(Some(held)) => held.baseline.paths().into_iter().cloned().collect(),
        Ok(None) | Err(_) => HashSet::new(),
    };
    progress.total.store(inputs.len() as u64, Ordering::Relaxed);
    let is_little = inputs.len() < ALONE && inputs.iter().map(Input::size).sum::<u64>() < LITTLE;
    let workers = if is_little { 1 } else { threads };
    let batch = (inputs.len() / (4 * workers)).clamp(1, BATCH);
    let next = AtomicUsize::new(0);
    let crew = Crew::new(workers);
    let work = || {
        let mut worker = Worker {
            regime,
            progress,
            source,
            reader: None,
            scratches: (0..regime.sets()).map(|_| Scratch::default()).collect(),
            buffers: Buffers::default(),
            gone: HashMap::new(),
            blob: Vec::new(),
            accepted: &accepted,
            crew: &crew,
            haul: Haul::default(),
        };
        loop {
            let start = next.fetch_add(batch, Ordering::Relaxed);
            if start >= inputs.len() {
                break;
            }
            for input in &inputs[start..inputs.len().min(start + batch)] {
                worker.scan(input);
            }
        }
        crew.retire();
        while let Some(job) = crew.job() {
            worker.work_on(&job);
        }
        worker.haul
    };
    let hauls = if workers == 1 {
        vec![work()]
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
        match pool {
            Ok(pool) => pool.broadcast(|_| work()),
            // The system grants no threads; the work can be done without.
            Err(_) => {
                (1..workers).for_each(|_| crew.retire());
                vec![work()]
            }
        }
    };

    let mut report = Report {
        problems,
        scanned: skipped,
        root,
        ..Report::default()
    };
    let (mut evidence, mut sightings, mut marked) = (Vec::new(), Vec::new(), Vec::new());
    let mut covered = HashSet::new();
    for haul in hauls {
        report.findings.extend(haul.findings);
        report.problems.extend(haul.problems);
        report.scanned.add(haul.scanned);
        report.stamps.extend(haul.stamps);
        sightings.extend(haul.sightings);
        evidence.extend(haul.evidence);
        marked.extend(haul.marked);
        covered.extend(haul.covered);
    }
    let is_complete = report.problems.is_empty();
    report
        .findings
        .extend(still_there(sightings, source, regime, is_complete));
    evidence.sort();
    let dotenv_files: Vec<RepoPath> = inputs
        .iter()
        .filter(|i| i.standing.is_some())
        .map(Input::path)
        .collect();
    let present = |path: &RepoPath| dotenv_files.contains(path) || source.is_present(path);
    let rules = regime.rules(regime.main());
    let mut concluded = rules.conclude(evidence, &|path| source.coverage(path), &present);
    for Marked { mut markers, whole } in marked {
        let path = markers.path().clone();
        let ours = concluded.iter_mut().filter(|f| f.path == path);
        ours.for_each(|f| markers.apply(std::slice::from_mut(f)));
        if whole {
            let suppressions = suppressions(regime.rules(regime.of(&path)));
            report.findings.extend(markers.unused(&suppressions));
        }
    }
    report.findings.extend(concluded);
    let excluded = report.scanned.skipped_for(Skip::Excluded);
    let files = inputs.iter().filter(|i| i.manner != Manner::Words).count();
    if files as u64 == excluded && report.problems.is_empty() && !may_be_empty {
        let message = match excluded {
            0 => {
                "nothing to scan: the arguments hold no file that is not ignored, a link or special"
            }
            _ => "nothing to scan: the configuration excludes all that the arguments hold",
        };
        report.problems.push(Problem {
            path: None,
            kind: ProblemKind::Empty,
            message: message.to_owned(),
        });
    }
    let is_all_there = report.scanned.skipped_for(Skip::Absent) == 0
        && report.scanned.skipped_for(Skip::Submodule) == 0;
    if source.is_whole() && is_all_there && report.problems.is_empty() {
        idle::settle(&mut report.findings, &inputs, threads);
    }
    report.findings.retain_mut(|f| regime.classify(f));
    let held = match held {
        Ok(held) => held,
        Err(problem) => {
            report.problems.push(problem);
            None
        }
    };
    let held = held.map(|mut held| {
        // Entries and findings are paired in order.
        report
            .findings
            .sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        let mut stale = held.apply(&mut report, source, rules, &covered, threads);
        stale.retain_mut(|f| regime.classify(f));
        report.findings.extend(stale);
        held
    });
    report.settle();
    tell_reuse(&mut report.findings, regime);
    report.elapsed = started.elapsed();
    Ok((report, held))
}

/// What `source` lists, once all the configurations are known that a listing comes across.
fn listing(source: &dyn Source, regime: &mut Regime) -> Result<Listing, String> {
    let mut names = regime.dotenv_names();
    loop {
        let is_dotenv = |name: &[u8]| names.iter().any(|n| n.holds(name));
        let listing = source.list(&Notable {
            is_dotenv: &is_dotenv,
            is_configuration: config::is_configuration,
        });
        let inputs = listing.inputs.iter();
        let folders: BTreeSet<Vec<u8>> = inputs.filter_map(Input::folder_of_stored).collect();
        regime
            .admit(&listing.configurations, &folders)
            .map_err(|e| e.to_string())?;
        let now = regime.dotenv_names();
        if now == names {
            return Ok(listing);
        }
        // One of them has names of its own, which this listing passed over.
        names = now;
    }
}

/// What one worker brings home.
#[derive(Default)]
struct Haul {
    findings: Vec<Finding>,
    /// What was found in the commits of a range and in what they lead to.
    sightings: Vec<Sighting>,
    evidence: Vec<Evidence>,
    problems: Vec<Problem>,
    scanned: Accounting,
    /// Of the files on disk that something was said about.
    stamps: Vec<(RepoPath, Option<Stamp>)>,
    marked: Vec<Marked>,
    /// Files that a baseline names, all of which was scanned.
    covered: Vec<RepoPath>,
}

/// A file that is there now, and the suppressions in it.
struct Marked {
    markers: Markers,
    /// Whether all of the file was judged, not only what is new in it.
    whole: bool,
}

fn is_secret(regime: &Regime, finding: &Finding) -> bool {
    let rules = regime.rules(regime.of(&finding.path));
    let rule = rules.rule(finding.rule.as_str());
    rule.is_some_and(Rule::is_secret)
}

/// How many other places of a secret a finding names.
const NAMED: usize = 10;

/// Says of a secret that stands in several places where the others are: it is one to rotate.
fn tell_reuse(findings: &mut [Finding], regime: &Regime) {
    let mut places: BTreeMap<Secret, Vec<usize>> = BTreeMap::new();
    for (n, finding) in findings.iter().enumerate() {
        if is_secret(regime, finding) {
            places.entry(finding.secret).or_default().push(n);
        }
    }
    for mut group in places.into_values().filter(|g| g.len() > 1) {
        // The one the others point to is one that is shown.
        group.sort_by_key(|&n| findings[n].suppressed.is_some());
        let (first, others) = (group[0], &group[1..]);
        let related = |n: usize, message: String| Related {
            path: findings[n].path.clone(),
            region: findings[n].region.clone(),
            message,
        };
        let back = related(
            first,
            format!("the same secret, which stands in {} places", group.len()),
        );
        let mut there: Vec<Related> = others
            .iter()
            .take(NAMED)
            .map(|&n| {
                related(
                    n,
                    "the same secret: one to rotate, each place to clean".into(),
                )
            })
            .collect();
        if let (Some(last), more @ 1..) = (there.last_mut(), others.len().saturating_sub(NAMED)) {
            last.message = format!("the same secret, and in {more} more places");
        }
        findings[first].related.extend(there);
        for &n in others {
            findings[n].related.push(back.clone());
        }
    }
}

/// Why an input was not scanned.
type Failure = (ProblemKind, String);

struct Worker<'a> {
    regime: &'a Regime,
    progress: &'a Progress,
    source: &'a dyn Source,
    /// Opened for the first object.
    reader: Option<Reader>,
    /// One for each set of rules.
    scratches: Vec<Scratch>,
    buffers: Buffers,
    /// What parents had, by place, as far as it was asked for.
    gone: HashMap<(Since, usize), Arc<[Version]>>,
    blob: Vec<u8>,
    /// What a baseline names.
    accepted: &'a HashSet<RepoPath>,
    crew: &'a Crew<'a>,
    haul: Haul,
}

impl<'a> Worker<'a> {
    fn scan(&mut self, input: &'a Input) {
        let path = input.path();
        let realm = self.regime.of(&path);
        let is_excluded = realm.settings.excludes(path.as_bytes());
        match input.manner {
            Manner::File | Manner::Name if is_excluded => {
                self.haul.scanned.skip(Skip::Excluded);
                return;
            }
            Manner::Name => {
                self.judge_name(input, realm);
                self.haul.scanned.skip(Skip::Ignored);
                return;
            }
            Manner::Words if is_excluded => return,
            Manner::File | Manner::Words => {}
        }
        let outcome = match &input.body {
            Body::Disk(disk) => self.scan_file(input, disk, realm),
            Body::Stored(stored) => self.scan_object(input, stored, realm),
            Body::Said(said) => Ok(self.scan_said(input, said, realm)),
        };
        let is_whole = outcome.is_ok() && matches!(input.body, Body::Disk(_));
        if is_whole && !self.accepted.is_empty() {
            let path = input.path();
            if self.accepted.contains(&path) {
                self.haul.covered.push(path);
            }
        }
        match outcome {
            Ok(_) if input.manner == Manner::Words => {}
            Ok(Outcome::Scanned(bytes)) => {
                self.haul.scanned.files += 1;
                self.haul.scanned.bytes += bytes;
                self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
            }
            Ok(Outcome::Binary) => {
                // Its name may say what its bytes do not.
                self.judge_name(input, realm);
                self.haul.scanned.skip(Skip::Binary);
            }
            Ok(Outcome::Large(_)) => unreachable!("scan_file reads it in parts"),
            Err((kind, message)) => self.haul.problems.push(Problem {
                path: Some(path),
                kind,
                message,
            }),
        }
        self.progress.files.fetch_add(1, Ordering::Relaxed);
    }

    fn scan_file(
        &mut self,
        input: &'a Input,
        disk: &OnDisk,
        realm: &'a Realm,
    ) -> Result<Outcome, Failure> {
        let unreadable = |error| (ProblemKind::Unreadable, words(&error));
        if input.manner == Manner::Words {
            let target = disk.file().read_link().map_err(unreadable)?;
            let text = Bytes::Stream(&mut target.as_os_str().as_encoded_bytes());
            return self.scan_text(input, text, realm).map_err(unreadable);
        }
        let file = File::open(disk.file()).map_err(unreadable)?;
        if realm.settings.max_file_size.value.is_some() {
            admit(file.metadata().map_err(unreadable)?.len(), realm)?;
        }
        let outcome = self.scan_text(input, Bytes::File(&file), realm);
        match outcome.map_err(unreadable)? {
            Outcome::Large(large) => {
                let job = Job::new(input, realm, input.path(), Arc::new(file), large);
                self.scan_large(Arc::new(job)).map_err(unreadable)
            }
            outcome @ (Outcome::Scanned(_) | Outcome::Binary) => Ok(outcome),
        }
    }

    /// Scans a large file, with who has nothing else to do.
    fn scan_large(&mut self, job: Arc<Job<'a>>) -> io::Result<Outcome> {
        self.crew.offer(&job);
        self.work_on(&job);
        self.crew.withdraw(&job);
        let (whole, bytes) = job.whole();
        match whole {
            Whole::Scanned(scanned) => {
                self.haul.findings.extend(scanned.findings);
                self.haul.evidence.extend(scanned.evidence);
                bytes.map(Outcome::Scanned)
            }
            Whole::Marked => {
                let mut file = &*job.file;
                file.rewind()?;
                self.scan_text(job.input, Bytes::Stream(&mut file), job.realm)
            }
        }
    }

    fn work_on(&mut self, job: &Job<'_>) {
        while let Some(task) = job.take() {
            let number = task.number;
            job.finish(number, self.scan_part(job, task));
        }
    }

    fn scan_part(&mut self, job: &Job<'_>, task: Task) -> io::Result<Piece> {
        let rules = self.regime.rules(job.realm);
        let scratch = &mut self.scratches[job.realm.set];
        let foreign = Foreign::new(job.realm);
        let mut haul = Haul::default();
        let mut is_marked = false;
        let mut visit = |mut document: Document| {
            let found = haul.findings.len();
            let marks = look(rules, scratch, &mut haul, job.input, &mut document);
            is_marked |= !marks.at.is_empty();
            foreign.apply(rules, &document, &mut haul.findings[found..]);
            document.into_buffer()
        };
        let (path, buffers) = (&job.path, &mut self.buffers);
        let Task { number, is_counted } = task;
        let part = job
            .large
            .read(number, &job.file, path, buffers, is_counted, &mut visit)?;
        Ok(Piece {
            part,
            findings: haul.findings,
            evidence: haul.evidence,
            is_marked,
        })
    }

    /// Scans what a commit or a tag says.
    fn scan_said(&mut self, input: &Input, said: &Said, realm: &Realm) -> Outcome {
        let findings = self.haul.findings.len();
        let outcome = self
            .scan_text(input, Bytes::Stream(&mut &said.text[..]), realm)
            .expect("memory can always be read");
        for finding in &mut self.haul.findings[findings..] {
            if let Some((provenance, situation)) = self.source.speaker(said.number) {
                finding.provenance = Some(provenance);
                finding.situation = is_secret(self.regime, finding).then_some(situation);
            }
        }
        outcome
    }

    /// Scans an object, and keeps what its new lines hold.
    fn scan_object(
        &mut self,
        input: &Input,
        stored: &Stored,
        realm: &Realm,
    ) -> Result<Outcome, Failure> {
        let mut blob = std::mem::take(&mut self.blob);
        let result = self.scan_blob(input, stored, &mut blob, realm);
        self.blob = blob;
        result
    }

    fn scan_blob(
        &mut self,
        input: &Input,
        stored: &Stored,
        blob: &mut Vec<u8>,
        realm: &Realm,
    ) -> Result<Outcome, Failure> {
        let source = self.source;
        let reader = self.reader.get_or_insert_with(|| {
            let store = source.store();
            store.expect("what lists objects has them").reader()
        });
        reader
            .read(stored.id, blob)
            .map_err(|message| (ProblemKind::Repository, message))?;
        admit(blob.len() as u64, realm)?;
        let (findings, evidence) = (self.haul.findings.len(), self.haul.evidence.len());
        let outcome = self
            .scan_text(input, Bytes::Stream(&mut &blob[..]), realm)
            .expect("memory can always be read");
        let found = self.haul.findings.len() > findings || self.haul.evidence.len() > evidence;
        if found {
            let added = self
                .compare(stored, blob)
                .map_err(|message| (ProblemKind::Repository, message))?;
            let found = self.haul.findings.drain(findings..).collect();
            let sightings = self
                .weigh(found, (stored, input.manner), blob, &added)
                .map_err(|message| (ProblemKind::Repository, message))?;
            if stored.since == Since::Staged {
                let new = sightings.into_iter().filter(Sighting::is_new);
                for Sighting {
                    mut finding, news, ..
                } in new
                {
                    if is_secret(self.regime, &finding) && news == News::Added {
                        finding.situation = Some(Situation::Staged);
                    }
                    self.haul.findings.push(finding);
                }
            } else {
                self.haul.sightings.extend(sightings);
            }
            retain_from(&mut self.haul.evidence, evidence, |e| {
                !matches!(stored.since, Since::Commit(_)) && added.holds_any(e.line..=e.line)
            });
        }
        Ok(outcome)
    }

    /// Which lines of `blob` its parents have not.
    fn compare(&mut self, stored: &Stored, blob: &[u8]) -> Result<Added, String> {
        let Worker {
            source,
            reader,
            gone,
            ..
        } = self;
        let mut gone = |parent| -> Result<Arc<[Version]>, String> {
            if let Some(known) = gone.get(&(stored.since, parent)) {
                return Ok(Arc::clone(known));
            }
            let fresh: Arc<[Version]> = source.gone(stored.since, parent)?.into();
            gone.insert((stored.since, parent), Arc::clone(&fresh));
            Ok(fresh)
        };
        let reader = reader.as_ref().expect("the blob was read with it");
        Added::new(reader, blob, stored, &mut gone)
    }

    /// Tells of each of the findings in `blob` whether it is news.
    fn weigh(
        &mut self,
        found: Vec<Finding>,
        (stored, manner): (&Stored, Manner),
        blob: &[u8],
        added: &Added,
    ) -> Result<Vec<Sighting>, String> {
        // Made when it is asked for: mostly nothing stands on an old line.
        let mut told: Option<Told> = None;
        let mut sightings = Vec::new();
        for finding in found {
            let region = finding.region.as_ref();
            let line = region.map(|r| added::line_of(blob, r.start.line));
            let is_added = region.is_none_or(|r| added.holds_any(r.start.line..=r.end.line));
            let news = match (is_added, self.open(&finding)) {
                (true, _) => News::Added,
                (false, None) => News::Nothing,
                (false, Some(level)) => {
                    let told = match &mut told {
                        Some(told) => told,
                        none => none.insert(self.told(&added.former, manner)?),
                    };
                    match told.answers((&finding, line), level) {
                        true => News::Nothing,
                        false => News::Revealed,
                    }
                }
            };
            sightings.push(Sighting {
                finding,
                since: stored.since,
                line,
                news,
            });
        }
        Ok(sightings)
    }

    /// At what level a finding counts; `None` if it is suppressed or its rule is not in use.
    fn open(&self, finding: &Finding) -> Option<Severity> {
        let mut finding = finding.clone();
        let is_used = self.regime.classify(&mut finding);
        (is_used && finding.suppressed.is_none()).then_some(finding.severity)
    }

    /// What would have been said about files as they were, where they were.
    fn told(&mut self, former: &[Version], manner: Manner) -> Result<Told, String> {
        let mut told = Told::default();
        for version in former {
            let path = RepoPath::new(&version.path[..]);
            let realm = self.regime.of(&path);
            if realm.settings.excludes(path.as_bytes()) {
                continue;
            }
            let mut blob = Vec::new();
            let reader = self.reader.as_ref().expect("the blob was read with it");
            reader.read(version.id, &mut blob)?;
            let input = Input {
                body: Body::Stored(Box::new(Stored {
                    path,
                    id: version.id,
                    before: Vec::new(),
                    without: Vec::new(),
                    undone: Vec::new(),
                    since: Since::Tip,
                })),
                tracked: true,
                standing: None,
                manner,
            };
            let own = std::mem::take(&mut self.haul);
            self.scan_text(&input, Bytes::Stream(&mut &blob[..]), realm)
                .expect("memory can always be read");
            let found = std::mem::replace(&mut self.haul, own).findings;
            let mut one = Told::default();
            for finding in found {
                let region = finding.region.as_ref();
                let line = region.map(|r| added::line_of(&blob, r.start.line));
                if let Some(level) = self.open(&finding) {
                    one.add((&finding, line), level);
                }
            }
            told.join(one);
        }
        Ok(told)
    }

    fn scan_text(&mut self, input: &Input, text: Bytes<'_>, realm: &Realm) -> io::Result<Outcome> {
        let Worker {
            regime,
            scratches,
            haul,
            buffers,
            ..
        } = self;
        let rules = regime.rules(realm);
        let scratch = &mut scratches[realm.set];
        let (from, evidence) = (haul.findings.len(), haul.evidence.len());
        let is_file = input.manner == Manner::File;
        let path = match input.manner {
            Manner::File | Manner::Name => input.path(),
            Manner::Words => of_no_language(&input.path()),
        };
        let mut markers = Markers::default();
        let mut stamp = None;
        let mut is_large = false;
        let foreign = Foreign::new(realm);
        let mut visit = |document: Document| {
            let found = haul.findings.len();
            is_large |= document.window.is_some();
            let document = visit(rules, scratch, haul, &mut markers, input, document);
            foreign.apply(rules, &document, &mut haul.findings[found..]);
            if haul.findings.len() > found || !markers.is_empty() {
                stamp = document.stamp();
            }
            document.into_buffer()
        };
        let outcome = read::each_document(text, path, buffers, &mut visit);
        if !is_file {
            haul.evidence.truncate(evidence);
            retain_from(&mut haul.findings, from, |finding| {
                let rule = rules.rule(finding.rule.as_str());
                rule.is_some_and(|rule| gives_away(rule, finding))
            });
            for finding in &mut haul.findings[from..] {
                put_at(finding, &input.path());
            }
            return outcome;
        }
        // Only what suppressions say is mended in a large file.
        let may_be_mended = haul.findings.len() > from && !is_large || !markers.is_empty();
        if let Body::Disk(disk) = &input.body
            && may_be_mended
        {
            // What is large or UTF-16 was not held as it is stored.
            let again = || Stamp::read(&mut File::open(disk.file()).ok()?).ok();
            let stamp = stamp.or_else(again);
            haul.stamps.extend(stamp.map(|s| (input.path(), Some(s))));
        }
        if !markers.is_empty() {
            let suppressions = suppressions(rules);
            haul.findings.extend(markers.finish(&suppressions));
            markers.apply(&mut haul.findings[from..]);
            let whole = match &input.body {
                Body::Disk(_) => true,
                Body::Stored(_) | Body::Said(_) => false,
            };
            let is_past =
                matches!(&input.body, Body::Stored(s) if matches!(s.since, Since::Commit(_)));
            if !is_past {
                haul.marked.push(Marked { markers, whole });
            }
        }
        outcome
    }

    /// What rules about files as such say, where the text is not to be had.
    fn judge_name(&mut self, input: &Input, realm: &Realm) {
        if input.standing.is_some() {
            visit(
                self.regime.rules(realm),
                &mut self.scratches[realm.set],
                &mut self.haul,
                &mut Markers::default(),
                input,
                Document::new(input.path(), Vec::new()),
            );
        }
    }
}

/// Refuses what is larger than its configuration wants.
fn admit(size: u64, realm: &Realm) -> Result<(), Failure> {
    let limit = &realm.settings.max_file_size;
    match (limit.value, &limit.origin) {
        (Some(most), origin) if size > most => {
            let by = match origin {
                Origin::File { .. } => format!("max-file-size of {origin}"),
                Origin::CommandLine(_) | Origin::Default => origin.to_string(),
            };
            let message = format!("larger than {by} ({most} bytes): not scanned");
            Err((ProblemKind::TooLarge, message))
        }
        _ => Ok(()),
    }
}

fn visit(
    rules: &RuleSet,
    scratch: &mut Scratch,
    haul: &mut Haul,
    markers: &mut Markers,
    input: &Input,
    mut document: Document,
) -> Document {
    let marks = look(rules, scratch, haul, input, &mut document);
    if !marks.at.is_empty() {
        let around = Surroundings {
            rules: &suppressions(rules),
            region: &rules.regions(&document, &marks.secrets),
            mask: &|text| rules.mask(text),
        };
        let wrong = markers.read(&document, &marks.at, &around);
        haul.findings.extend(wrong);
    }
    document
}

/// Where something in a document may be a suppression, and the secrets there.
struct Marks {
    at: Vec<usize>,
    secrets: Vec<Range<usize>>,
}

fn look(
    rules: &RuleSet,
    scratch: &mut Scratch,
    haul: &mut Haul,
    input: &Input,
    document: &mut Document,
) -> Marks {
    document.tracked = input.tracked;
    document.standing.clone_from(&input.standing);
    let scan = rules.scan(scratch, document);
    haul.findings.extend(scan.findings);
    haul.evidence.extend(scan.evidence);
    Marks {
        at: scan.marks,
        secrets: scan.secrets,
    }
}

/// The tools whose suppressions count.
struct Foreign<'a>(Vec<&'a str>);

impl<'a> Foreign<'a> {
    fn new(realm: &'a Realm) -> Foreign<'a> {
        let tools = realm.settings.markers.iter();
        Foreign(tools.map(|t| t.value.as_str()).collect())
    }

    /// Suppresses of `findings`, which are in `document`, what the tools would.
    fn apply(&self, rules: &RuleSet, document: &Document, findings: &mut [Finding]) {
        if !self.0.is_empty() {
            foreign::apply(document, findings, &self.0, &suppressions(rules));
        }
    }
}

/// As what to read words that are no file's, whatever the name of their place is like.
pub fn of_no_language(path: &RepoPath) -> RepoPath {
    RepoPath::new([path.as_bytes(), b"/"].concat())
}

/// Whether a finding in words that are no file's is anybody's concern.
pub fn gives_away(rule: &Rule, finding: &Finding) -> bool {
    rule.is_secret() || finding.severity == Severity::Error
}

/// Gives such a finding its place, where nothing mends it.
pub fn put_at(finding: &mut Finding, path: &RepoPath) {
    finding.path = path.clone();
    finding.fingerprint = Fingerprint::new(path, finding.secret);
    finding.fix = None;
}

/// What suppressions have to know of `rules`.
pub fn suppressions(rules: &RuleSet) -> suppress::Rules {
    let reporter = |about: About| {
        let mut rules = rules.rules().iter().filter(|r| r.enabled);
        rules
            .find(|r| r.upkeep() == Some(about))
            .map(|r| (r.id.clone(), r.severity))
    };
    let known = rules.rules().iter().map(|rule| suppress::Known {
        id: rule.id.clone(),
        is_enabled: rule.enabled,
        is_judged: rule.enabled && rule.is_about_text(),
        is_upkeep: rule.upkeep().is_some(),
        is_secret: rule.is_secret(),
    });
    suppress::Rules {
        known: known.collect(),
        invalid: reporter(About::Invalid),
        unused: reporter(About::Unused),
        today: rules.options().today,
    }
}

/// `retain`, for what stands behind the first `from`.
fn retain_from<T>(items: &mut Vec<T>, from: usize, mut keep: impl FnMut(&T) -> bool) {
    let mut at = 0;
    items.retain(|item| {
        at += 1;
        at <= from || keep(item)
    });
}
