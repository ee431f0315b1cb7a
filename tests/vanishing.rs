//! Files and folders that go away while they are scanned: reported, and the rest is still scanned.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::{Path, PathBuf};

use hushlint::check::{self, Progress};
use hushlint::config::Regime;
use hushlint::document::{Coverage, RepoPath};
use hushlint::finding::{ProblemKind, Report};
use hushlint::source::worktree::{Choice, Worktree};
use hushlint::source::{Listing, Notable, Source};

fn choice() -> Choice {
    Choice {
        no_ignore: false,
        submodules: false,
        threads: 1,
    }
}

fn scan(source: &dyn Source) -> Report {
    check::run(source, &mut Regime::defaults(), 1, &Progress::default()).unwrap()
}

fn write(file: &Path) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "nothing\n").unwrap();
}

/// Removes something between the listing and the reading, or while it is listed.
struct Vanishing<'a> {
    inner: Worktree,
    folder: Option<PathBuf>,
    is_dotenv: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

impl Source for Vanishing<'_> {
    fn list(&self, notable: &Notable<'_>) -> Listing {
        let listing = self.inner.list(&Notable {
            is_dotenv: self.is_dotenv,
            ..*notable
        });
        if let Some(folder) = &self.folder {
            std::fs::remove_dir_all(folder).unwrap();
        }
        listing
    }

    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn places(&self) -> Vec<(PathBuf, PathBuf)> {
        self.inner.places()
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
        inner: Worktree::new(std::slice::from_ref(&tree), choice()),
        folder: Some(tree.join("gone")),
        is_dotenv: &|_| false,
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
    let report = scan(&Vanishing {
        inner: Worktree::new(std::slice::from_ref(&tree), choice()),
        folder: None,
        is_dotenv: &is_dotenv,
    });
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
