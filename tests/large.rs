//! Files too large to be held: every finding, at its place, whatever reads which part.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fmt::Write;

use hushlint::check::{self, Progress};
use hushlint::config::Regime;
use hushlint::finding::Report;
use hushlint::source::worktree::{Choice, Worktree};

const LINE: &str = "counter = counter + 1  # nothing to see\n";

/// A line with a key of its own, and the key's column.
fn with_key(number: usize) -> (String, usize) {
    let key = format!(
        "{}_{:016x}f7Q",
        "ak",
        (number as u64 + 9).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    );
    let before = "app_key_é = \"";
    (format!("{before}{key}\"\n"), before.chars().count() + 1)
}

fn scan(folder: &std::path::Path, threads: usize) -> Report {
    let choice = Choice {
        no_ignore: false,
        submodules: false,
        threads,
    };
    let tree = Worktree::new(&[folder.to_path_buf()], choice);
    check::run(
        &tree,
        &mut Regime::defaults(),
        threads,
        &Progress::default(),
    )
    .unwrap()
}

/// Lines and columns of the keys in `name` that count.
fn keys(report: &Report, name: &str) -> Vec<(usize, usize)> {
    let of_file = report
        .findings
        .iter()
        .filter(|f| f.path.name() == name.as_bytes());
    let open = of_file.filter(|f| f.rule.as_str() == "ak-key" && f.suppressed.is_none());
    open.map(|f| {
        let start = f.region.as_ref().unwrap().start;
        (start.line, start.column)
    })
    .collect()
}

/// So many lines, with a key on those of `at`, and where the keys stand.
fn text(lines: usize, at: impl Fn(usize) -> bool) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    for number in 1..=lines {
        if at(number) {
            let (line, column) = with_key(number);
            text.write_str(&line).unwrap();
            places.push((number, column));
        } else {
            text.push_str(LINE);
        }
    }
    (text, places)
}

#[test]
fn findings_are_the_same_whoever_reads_which_part() {
    let folder = tempfile::tempdir().unwrap();
    let (often, often_at) = text(400_000, |line| line % 20_011 == 0);
    let (late, late_at) = text(700_000, |line| line > 699_990);
    for (name, text) in [("often.py", &often), ("late.py", &late)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    for number in 0..60 {
        std::fs::write(folder.path().join(format!("{number}.py")), LINE).unwrap();
    }
    let reports: Vec<Report> = [1, 2, 3, 8]
        .map(|threads| scan(folder.path(), threads))
        .into();
    for report in &reports {
        assert_eq!(keys(report, "often.py"), often_at);
        assert_eq!(keys(report, "late.py"), late_at);
        assert_eq!(report.findings, reports[0].findings);
        assert_eq!(report.scanned.files, 62);
        let small = 60 * LINE.len();
        assert_eq!(
            report.scanned.bytes,
            (often.len() + late.len() + small) as u64
        );
    }
}

#[test]
fn a_suppression_reaches_into_other_parts() {
    let folder = tempfile::tempdir().unwrap();
    let (text, places) = text(400_000, |line| line % 50_021 == 0);
    let (from, to) = (150_000, 340_000);
    let start = format!("# {}: ignore-start[ak-key] -- made up\n", "hushlint");
    let end = format!("# {}: ignore-end[ak-key]\n", "hushlint");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let all = [
        lines[..from].concat(),
        start,
        lines[from..to].concat(),
        end,
        lines[to..].concat(),
    ];
    std::fs::write(folder.path().join("a.py"), all.concat()).unwrap();
    let open = places.iter().filter_map(|&(line, column)| match line {
        line if line <= from => Some((line, column)),
        line if line > to => Some((line + 2, column)),
        _ => None,
    });
    let open: Vec<(usize, usize)> = open.collect();
    assert!(open.len() > 2 && open.len() < places.len());
    for threads in [1, 2, 8] {
        assert_eq!(keys(&scan(folder.path(), threads), "a.py"), open);
    }
}
