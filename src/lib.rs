//! hushlint: a static secret-leak linter. This is the map.
//!
//! ```text
//! argv -> Source.list() -> inputs (sorted) -> read -> Document -> RuleSet.scan -> [Finding], [Evidence]
//!      -> RuleSet.conclude -> Report -> FORMATS[..].write ; exit 0 | 1 | 2
//! ```
//!
//! | module | what it is for |
//! |---|---|
//! | [`cli`] | arguments and one file per command; the only user of clap, standard output and standard error |
//! | [`audit`] | the pipeline over histories: every blob along its deltas, who brought what, judges last |
//! | [`check`] | the pipeline: list, read, scan, report; the only user of rayon |
//! | [`config`] | `.hushlint.toml`: what a repository wants of its scans, found, read, resolved for a path |
//! | [`migrate`] | what other tools are configured with, in the words of this one |
//! | [`report`] | what a scan says: one file and one row of `FORMATS` a format |
//! | [`fix`] | changes that would mend findings: proposed, applied, printed as a patch |
//! | [`source`] | where texts come from: the working tree, chosen as git would, the index, a range of commits; reading, decoding, windows |
//! | [`rule`] | rules as data (`rules/*.toml`), the prefilter that finds their anchors, and the code behind each kind |
//! | [`git`] | all that is known about git: repository, index, ignore rules, objects, histories; the only user of the git crate |
//! | [`suppress`] | findings that somebody has looked at: comments beside them and baselines |
//! | [`syntax`] | comments, strings and code in many languages, for judges that must know where they are |
//! | [`finding`] | finding, problem, report and accounting: all that a format gets to see |
//! | [`excerpt`] | the piece of a file that a report may show: masked, cut, free of control characters |
//! | [`calendar`] | days as numbers and as dates |
//! | [`document`] | one text: its name, its bytes, and positions in it |
//! | [`replace`] | a file gives way to a new one whole or not at all |
//! | [`line_hash`] | GitHub's hash of a line and its surroundings, for SARIF |
//! | [`suggest`] | did you mean ...? |
//!
//! A module uses only those below it, in the table of `tests/tidy.rs`. The
//! core (`rule` and what is under it) does no I/O and cannot fail: what goes
//! wrong on the way is a [`finding::Problem`] of the report, and makes the
//! exit code 2.
//!
//! Two stages. *Match* is a pure function of an anchor and its bounded
//! surroundings, blind to the path, so that windows, threads and histories
//! agree. *Judge* runs only where something matched, may look at the whole
//! document, and turns a match into a finding or drops it.
//!
//! To add a rule, add it to a file of `rules/`, with examples of what it finds
//! and what it leaves alone: they are its tests. To add a format, add a file to
//! `report/` and a row to [`report::FORMATS`]. A behaviour or a mended bug is a
//! file in `tests/cases/`.

pub mod audit;
pub mod calendar;
pub mod check;
pub mod cli;
pub mod config;
pub mod document;
pub mod excerpt;
pub mod finding;
pub mod fix;
pub mod git;
pub mod line_hash;
pub mod migrate;
pub mod replace;
pub mod report;
pub mod rule;
pub mod source;
pub mod suggest;
pub mod suppress;
pub mod syntax;
