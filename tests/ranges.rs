//! Histories made at random by the real git: no key of a range is ever passed over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use support::Sandbox;

const HISTORIES: u64 = 12;
const FILES: [&str; 4] = ["a.yml", "b.yml", "sub/c.yml", "d.yml"];
/// What names a key in its line, and the key's end: put together here.
const KEYS: [&str; 5] = [
    "q7Zt9LmXw2Rv8Kp4",
    "Bn5Yc1TgJs6Df3Hw",
    "Xe8Mu2VaPz4Lk9Rq",
    "Gd6Nw3QbRy7Tc8Kz",
    "Vm2Hx9CsLf5Jp4Wt",
];

/// Numbers that are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ mixed >> 31) % sides as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len())]
    }
}

struct History {
    sandbox: Sandbox,
    dice: Dice,
    branches: Vec<String>,
}

impl History {
    fn new(seed: u64) -> History {
        let mut history = History {
            sandbox: Sandbox::new(),
            dice: Dice(seed),
            branches: vec!["main".to_owned()],
        };
        history.git(&["init", "-q", "-b", "main"]);
        history.edit();
        history.commit();
        for _ in 0..14 {
            history.step();
        }
        history
    }

    /// What git writes; `None` if it fails.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = self
            .sandbox
            .command("git")
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.ask(arguments)
            .unwrap_or_else(|| panic!("git {arguments:?}"))
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "a change"]);
    }

    /// Changes a file: puts a key in, takes one out, moves it, or does something harmless.
    fn edit(&mut self) {
        let file = self.sandbox.tree().join(self.dice.one_of(&FILES));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = fs::read_to_string(&file).unwrap_or_else(|_| "one: 1\ntwo: 2\n".to_owned());
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = self.dice.roll(lines.len() + 1);
        match self.dice.roll(6) {
            0 | 1 => {
                let n = self.dice.roll(KEYS.len());
                lines.insert(at, format!("key-{n}: ak_{}", KEYS[n]));
            }
            2 | 3 => lines.retain(|line| !line.starts_with("key-")),
            4 if file.exists() => {
                let to = self.sandbox.tree().join(self.dice.one_of(&FILES));
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                return fs::rename(file, to).unwrap();
            }
            _ => lines.insert(at, format!("more: {}", self.dice.roll(100))),
        }
        fs::write(file, lines.join("\n") + "\n").unwrap();
    }

    fn step(&mut self) {
        let branches = self.branches.clone();
        let branches: Vec<&str> = branches.iter().map(String::as_str).collect();
        let branch = self.dice.one_of(&branches);
        self.git(&["checkout", "-q", branch]);
        match self.dice.roll(6) {
            0 | 1 => {
                self.edit();
                self.commit();
            }
            2 | 3 if branches.len() < 4 => {
                let name = format!("branch-{}", branches.len());
                self.git(&["checkout", "-q", "-b", &name]);
                self.branches.push(name);
                self.edit();
                self.commit();
            }
            _ => self.merge(&branches),
        }
    }

    /// Merges some way or other; in conflicts, one side wins in each file.
    fn merge(&mut self, branches: &[&str]) {
        let other = self.dice.one_of(branches);
        let way = self
            .dice
            .one_of(&["-srecursive", "-sours", "-Xours", "-Xtheirs"]);
        self.ask(&["merge", "-q", "--no-ff", "--no-commit", way, other]);
        if !self.sandbox.tree().join(".git/MERGE_HEAD").exists() {
            self.git(&["reset", "-q", "--hard"]);
            return;
        }
        let side = self.dice.one_of(&["--ours", "--theirs"]);
        for file in FILES {
            if !self.git(&["ls-files", "-u", file]).is_empty() {
                self.ask(&["checkout", "-q", side, "--", file]);
            }
        }
        if self.dice.roll(3) == 0 {
            let file = self.dice.one_of(&FILES);
            self.ask(&["checkout", "-q", other, "--", file]);
        }
        self.commit();
    }

    /// The keys that stand in a commit, by number.
    fn keys_in(&self, commit: &str) -> BTreeSet<usize> {
        let text = self.ask(&["grep", "-h", "key-", commit]);
        numbers(&text.unwrap_or_default())
    }

    fn keys_of(&self, commits: &str) -> BTreeSet<usize> {
        let commits = self.git(&["rev-list", commits]);
        commits.lines().flat_map(|c| self.keys_in(c)).collect()
    }

    fn findings(&self, range: &str) -> Vec<Value> {
        let hushlint = env!("CARGO_BIN_EXE_hushlint");
        let mut command = self.sandbox.command(hushlint);
        let output = command
            .args(["check", "--diff", range, "--format", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            report["problems"].as_array().unwrap().len(),
            0,
            "{report:#}"
        );
        report["findings"].as_array().unwrap().clone()
    }
}

/// The numbers of the keys that lines name.
fn numbers(text: &str) -> BTreeSet<usize> {
    let named = text.split("key-").skip(1);
    named.map(|rest| rest[..1].parse().unwrap()).collect()
}

fn told<'f>(findings: impl Iterator<Item = &'f Value>) -> BTreeSet<usize> {
    findings
        .flat_map(|f| numbers(f["excerpt"].as_str().unwrap()))
        .collect()
}

#[test]
fn no_key_of_a_range_is_passed_over() {
    let mut ranges = 0;
    for seed in 0..HISTORIES {
        let history = History::new(seed);
        for base in &history.branches {
            for head in &history.branches {
                if base == head {
                    continue;
                }
                let range = format!("{base}...{head}");
                let what = format!("history {seed}, {range}");
                let findings = history.findings(&range);
                let is_past = |f: &&Value| f["provenance"]["in_head"] == false;
                let now = told(findings.iter().filter(|f| !is_past(f)));
                let meet = history.git(&["merge-base", base, head]);
                let brought = &history.keys_in(head) - &history.keys_in(&meet);
                assert!(brought.is_subset(&now), "{what}: {brought:?}, {now:?}");
                let own = history.keys_of(&format!("{base}..{head}"));
                let all = told(findings.iter());
                let fresh = &own - &history.keys_of(base);
                assert!(fresh.is_subset(&all), "{what}: {fresh:?}, {all:?}");
                assert!(all.is_subset(&own), "{what}: {all:?}, {own:?}");
                ranges += usize::from(!fresh.is_empty() || !brought.is_empty());
            }
        }
    }
    assert!(ranges > 20, "{ranges} ranges had a key: too few to tell");
}
