//! Files and folders that go away while they are scanned: reported, and the rest is still scanned.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::{Path, PathBuf};

use hushlint::check::{self, Progress, Settings};
use hushlint::document::{Coverage, RepoPath};
use hushlint::finding::{ProblemKind, Report};
use hushlint::rule::RuleSet;
use hushlint::source::worktree::{Choice, Worktree};
use hushlint::source::{Listing, Source};

fn choice(is_dotenv: impl Fn(&[u8]) -> bool + Sync + 'static) -> Choice {
    Choice {
        no_ignore: false,
        submodules: false,
        threads: 1,
        is_dotenv: Box::new(is_dotenv),
    }
}

fn scan(source: &dyn Source) -> Report {
    let settings = Settings {
        threads: 1,
        max_file_size: None,
        baseline: check::baseline::Choice::Nothing,
    };
    check::run(source, &RuleSet::builtin(), &settings, &Progress::default())
}

fn write(file: &Path) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "nothing\n").unwrap();
}

/// Removes something between the listing and the reading.
struct Vanishing {
    inner: Worktree,
    folder: PathBuf,
}

impl Source for Vanishing {
    fn list(&self) -> Listing {
        let listing = self.inner.list();
        std::fs::remove_dir_all(&self.folder).unwrap();
        listing
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        self.inner.coverage(path)
    }
}

#[test]
fn a_file_that_is_gone_when_it_is_read_is_a_problem() {
    let temp = tempfile::tempdir().unwrap();
    let tree = temp.path().canonicalize().unwrap();
    write(&tree.join("gone/a.txt"));
    write(&tree.join("there/b.txt"));
    let source = Vanishing {
        inner: Worktree::new(std::slice::from_ref(&tree), choice(|_| false)),
        folder: tree.join("gone"),
    };
    let report = scan(&source);
    assert_eq!(report.scanned.files, 1);
    assert_problem(&report, "gone/a.txt");
}

#[test]
fn a_folder_that_is_gone_when_it_is_entered_is_a_problem() {
    let temp = tempfile::tempdir().unwrap();
    let tree = temp.path().canonicalize().unwrap();
    // The walk asks for dotenv names only inside a repository.
    std::fs::create_dir_all(tree.join(".git/objects")).unwrap();
    std::fs::create_dir_all(tree.join(".git/refs")).unwrap();
    std::fs::write(tree.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    write(&tree.join("a/trigger-a"));
    write(&tree.join("b/trigger-b"));
    let folders = tree.clone();
    // Whichever folder is entered first takes the other with it.
    let is_dotenv = move |name: &[u8]| {
        let other = match name {
            b"trigger-a" => "b",
            b"trigger-b" => "a",
            _ => return false,
        };
        let _ = std::fs::remove_dir_all(folders.join(other));
        false
    };
    let report = scan(&Worktree::new(
        std::slice::from_ref(&tree),
        choice(is_dotenv),
    ));
    assert_eq!(report.scanned.files, 1, "{report:?}");
    let problem = report.problems.first().and_then(|p| p.path.clone());
    assert_problem(&report, &problem.expect("one folder is gone").to_text());
}

fn assert_problem(report: &Report, path: &str) {
    assert!(!report.is_complete());
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|p| (p.path.as_ref().unwrap().to_text(), p.kind))
        .collect();
    assert_eq!(problems, [(path.into(), ProblemKind::Unreadable)]);
}
