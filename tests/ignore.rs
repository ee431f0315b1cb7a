//! Our reading of ignore rules, held to git's own on trees made at random.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot set up its files has failed, and one that ran says how much it tried"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hushlint::document::{Coverage, bytes_to_path};
use hushlint::git::ignore::{Folder, Ignored, Rules, coverage_of};

/// Of each kind: with regard to case, and without.
const REPOSITORIES: u64 = 12;
const TREES: u64 = 100;

/// splitmix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, among: &[&'a T]) -> &'a T {
        among[self.below(among.len())]
    }
}

const NAMES: &[&[u8]] = &[
    b"a",
    b"b",
    b"ab",
    b"A",
    b"aB",
    b".env",
    b".ENV",
    b".env.local",
    b".Env.Prod",
    b"secrets.json",
    b"x.txt",
    b"a b",
    b"a ",
    b"a\t",
    b"#a",
    b"!a",
    b"[a]",
    b"a\\b",
    b"a-b",
    b"\xC3\xA9",
    b"\xFF",
    b"aa",
    b"a*",
    b"]",
    b"7",
    b"foo",
];
const FOLDERS: &[&[u8]] = &[
    b"a", b"b", b"A", b"sub", b"Sub", b"a b", b"foo", b"[a]", b".env",
];
const PIECES: &[&[u8]] = &[
    b"*",
    b"*",
    b"**",
    b"***",
    b"?",
    b"a",
    b"b",
    b"A",
    b".",
    b"env",
    b".env",
    b"[ab]",
    b"[!a]",
    b"[^a-c]",
    b"[a-c]",
    b"[A-C]",
    b"[]-]",
    b"[a",
    b"[[:alpha:]]",
    b"[[:upper:]b]",
    b"[[:space:]]",
    b"[[:punct:]x]",
    b"[[:nope:]]",
    b"[[:a]",
    b"[\\]a]",
    b"[a-\\c]",
    b"[--0]",
    b"[a/b]",
    b"[!/]",
    b"\\a",
    b"\\A",
    b"\\*",
    b"\\\\",
    b"\\ ",
    b" ",
    b"\t",
    b"\xC3\xA9",
    b"\xFF",
    b"-",
    b"!",
    b"#",
    b"\\!",
    b"\\#",
    b"[z-a]",
    b"[[:digit:]-z]",
    b"]",
    b"[.]",
    b"[\xC3-\xFF]",
    b"\\/",
    b"\0",
];

fn part(random: &mut Random, pattern: &mut Vec<u8>) {
    match random.below(8) {
        0..=3 => pattern.extend(random.pick(NAMES)),
        4 => pattern.extend(random.pick(FOLDERS)),
        5 => pattern.extend(random.pick::<[u8]>(&[b"*", b"**", b"*a", b"*.txt", b".env*", b"?"])),
        _ => (0..=random.below(4)).for_each(|_| pattern.extend(random.pick(PIECES))),
    }
}

fn ignore_file(random: &mut Random, lines: usize) -> Vec<u8> {
    let mut file = Vec::new();
    if random.one_in(12) {
        file.extend(b"\xEF\xBB\xBF");
    }
    let ending: &[u8] = if random.one_in(5) { b"\r\n" } else { b"\n" };
    for _ in 0..=random.below(lines) {
        if random.one_in(4) {
            file.push(b'!');
        }
        if random.one_in(12) {
            file.push(b'#');
        }
        if random.one_in(4) {
            file.push(b'/');
        }
        part(random, &mut file);
        while random.one_in(3) {
            file.push(b'/');
            part(random, &mut file);
        }
        if random.one_in(4) {
            file.push(b'/');
        }
        while random.one_in(6) {
            file.extend(random.pick::<[u8]>(&[b" ", b" ", b"\t", b"\\", b"\\ ", b"\r"]));
        }
        file.extend(ending);
    }
    if random.one_in(4) {
        let end = file.len() - ending.len();
        file.truncate(end + random.below(ending.len()));
    }
    file
}

/// Builds a tree in `root`/`top` and returns the paths to ask about.
fn tree(random: &mut Random, root: &Path, top: &[u8]) -> Vec<Vec<u8>> {
    let mut folders = vec![top.to_vec()];
    for _ in 0..random.below(6) {
        let above = folders[random.below(folders.len())].clone();
        let name = random.pick(FOLDERS);
        let folder = if above.is_empty() {
            name.to_vec()
        } else {
            [&above, &b"/"[..], name].concat()
        };
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let mut asked = Vec::new();
    for folder in &folders {
        let place = root.join(bytes_to_path(folder));
        fs::create_dir_all(&place).unwrap();
        let file = place.join(".gitignore");
        if folder == top || random.one_in(3) {
            match random.below(24) {
                // Neither is a file of rules to git.
                0 => {
                    fs::write(place.join("elsewhere"), "*\n").unwrap();
                    std::os::unix::fs::symlink("elsewhere", &file).unwrap();
                }
                1 => fs::create_dir(&file).unwrap(),
                _ => fs::write(&file, ignore_file(random, 6)).unwrap(),
            }
        }
        if !folder.is_empty() {
            asked.push(folder.clone());
        }
    }
    for _ in 0..24 {
        let mut path = folders[random.below(folders.len())].clone();
        for depth in 0..=random.below(3) {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend(if depth == 0 {
                random.pick(NAMES)
            } else {
                random.pick(FOLDERS)
            });
        }
        asked.push(path);
    }
    asked.retain(|path| !path.starts_with(b".gitignore"));
    asked.sort();
    asked.dedup();
    asked
}

type Rule = Option<(Vec<u8>, u32, Vec<u8>)>;

/// What git says of each path: the rule that decides, if any.
fn git_says(root: &Path, configuration: &[&str], asked: &[Vec<u8>]) -> Vec<Rule> {
    let mut git = Command::new("git");
    git.current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_FLUSH", "0")
        .env("XDG_CONFIG_HOME", "/nonexistent");
    for setting in configuration {
        git.args(["-c", setting]);
    }
    let mut git = git
        .args(["check-ignore", "--no-index", "-v", "-n", "--stdin", "-z"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = git.stdin.take().unwrap();
    let questions = asked.join(&0);
    let writer = std::thread::spawn(move || {
        stdin.write_all(&questions).unwrap();
        stdin.write_all(&[0]).unwrap();
    });
    let output = git.wait_with_output().unwrap();
    writer.join().unwrap();
    let fields: Vec<&[u8]> = output.stdout.split(|&b| b == 0).collect();
    let rules: Vec<Rule> = fields
        .chunks_exact(4)
        .zip(asked)
        .map(|(answer, path)| {
            assert_eq!(answer[3], path.as_slice());
            let line = std::str::from_utf8(answer[1]).unwrap().parse().ok()?;
            Some((answer[0].to_vec(), line, answer[2].to_vec()))
        })
        .collect();
    assert_eq!(rules.len(), asked.len(), "git answers every question");
    rules
}

/// The same by our own reading, folder by folder as a walk goes.
fn we_say(root: &Path, top: &Arc<Folder>, path: &[u8]) -> (Rule, Ignored) {
    let mut folder = top.clone();
    let mut at = root.to_owned();
    let mut decided: Rule = None;
    let mut parts = path.split(|&b| b == b'/').peekable();
    while let Some(part) = parts.next() {
        at.push(bytes_to_path(part));
        let is_last = parts.peek().is_none();
        let is_folder = !is_last || at.symlink_metadata().is_ok_and(|m| m.is_dir());
        let verdict = folder.verdict(part, is_folder);
        if decided.is_none()
            && let Some(v) = verdict.filter(|v| v.ignored || is_last)
        {
            decided = Some((v.source.as_bytes().to_vec(), v.line, v.pattern.to_vec()));
        }
        if is_last {
            return (decided, folder.ignored(part, is_folder));
        }
        folder = folder.enter(part, Some(&at), &mut Vec::new());
    }
    unreachable!("every path has a last part")
}

fn is_ignored(rule: &Rule) -> bool {
    rule.as_ref()
        .is_some_and(|(_, _, pattern)| !pattern.starts_with(b"!"))
}

#[test]
fn random_trees_are_ignored_as_by_git() {
    hold_to_git(false);
}

#[test]
fn random_trees_are_ignored_as_by_git_without_regard_to_case() {
    hold_to_git(true);
}

/// In memory where the system has such a place: thousands of small files are made.
fn place() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn hold_to_git(fold: bool) {
    let mut seen = BTreeMap::new();
    for seed in 0..REPOSITORIES {
        let mut random = Random(seed + if fold { 1000 } else { 0 });
        let place = place();
        let root = place.path().join("repository");
        assert!(
            Command::new("git")
                .args(["init", "-q"])
                .arg(&root)
                .status()
                .unwrap()
                .success()
        );
        let personal = place.path().join("personal");
        let exclude = root.join(".git/info/exclude");
        fs::create_dir_all(exclude.parent().unwrap()).unwrap();
        fs::write(&exclude, ignore_file(&mut random, 3)).unwrap();
        fs::write(&personal, ignore_file(&mut random, 3)).unwrap();

        let mut asked = Vec::new();
        for number in 0..TREES {
            asked.extend(tree(&mut random, &root, format!("t{number}").as_bytes()));
        }
        // One tree begins at the top, whose rules hold in all of them: few, or nothing else would matter.
        asked.extend(tree(&mut random, &root, b""));
        let top_rules = root.join(".gitignore");
        if fs::symlink_metadata(&top_rules).is_ok_and(|m| m.is_file()) {
            fs::write(&top_rules, ignore_file(&mut random, 3)).unwrap();
        }

        let rules = Rules {
            root: root.clone(),
            ignore_case: fold,
            info_exclude: exclude.clone(),
            excludes_file: Some(personal.clone()),
        };
        let mut failures = Vec::new();
        let top = Folder::root(&rules, &mut failures);
        assert!(failures.is_empty(), "{failures:?}");
        let case = format!("core.ignoreCase={fold}");
        let mut setting = b"core.excludesFile=".to_vec();
        setting.extend(personal.as_os_str().as_bytes());
        let setting = String::from_utf8(setting).unwrap();
        let all = git_says(&root, &[&case, &setting], &asked);
        fs::write(&exclude, "").unwrap();
        let shared = git_says(&root, &[&case, "core.excludesFile=/dev/null"], &asked);

        for ((path, all), shared) in asked.iter().zip(&all).zip(&shared) {
            let (rule, ignored) = we_say(&root, &top, path);
            let shown = format!("seed {seed}, {}", path.escape_ascii());
            let ours = rule.map(|(source, line, pattern)| {
                let source = if source.ends_with(b"personal") {
                    personal.as_os_str().as_bytes().to_vec()
                } else {
                    source
                };
                (source, line, pattern)
            });
            assert_eq!(show(&ours), show(all), "{shown}");
            let expected = match (is_ignored(shared), is_ignored(all)) {
                (true, _) => "shared",
                (false, true) => "private",
                (false, false) => "no",
            };
            let kind = match &ignored {
                Ignored::No => "no",
                Ignored::Shared => "shared",
                Ignored::Private(_) => "private",
            };
            assert_eq!(kind, expected, "{shown}: {}", show(all));
            *seen.entry((kind, all.is_some())).or_insert(0) += 1;
        }
    }
    eprintln!(
        "{} trees, answers (kind, a rule matched): {seen:?}",
        REPOSITORIES * (TREES + 1)
    );
    assert!(
        seen.values().all(|&n| n > 200),
        "every kind of answer is met: {seen:?}"
    );
}

fn show(rule: &Rule) -> String {
    match rule {
        Some((source, line, pattern)) => format!(
            "{}:{line}:{}",
            source.escape_ascii(),
            pattern.escape_ascii()
        ),
        None => "no rule".to_owned(),
    }
}

#[test]
fn coverage_is_asked_of_files_that_do_not_exist() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().to_owned();
    fs::create_dir_all(root.join("app/config")).unwrap();
    fs::write(root.join(".gitignore"), ".env\n/build/\nlogs/\n").unwrap();
    fs::write(root.join("app/.gitignore"), "!.env\n.env.local\n").unwrap();
    fs::write(root.join("exclude"), ".env.*\n.env\n").unwrap();
    let rules = Rules {
        root: root.clone(),
        ignore_case: false,
        info_exclude: root.join("exclude"),
        excludes_file: None,
    };
    let private = || Coverage::Private(".git/info/exclude".to_owned());
    let cases = [
        (".env", Coverage::Shared),
        ("app/.env", Coverage::Nothing),
        ("app/config/.env", Coverage::Nothing),
        ("app/.env.local", Coverage::Shared),
        (".env.local", private()),
        ("app/.env.test", private()),
        ("build/deep/secrets.json", Coverage::Shared),
        ("app/logs/secrets.json", Coverage::Shared),
        ("app/secrets.json", Coverage::Nothing),
    ];
    for (path, expected) in cases {
        assert_eq!(coverage_of(&rules, path.as_bytes()), expected, "{path}");
    }
}

#[test]
fn an_unreadable_ignore_file_is_an_error_that_names_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join(".gitignore");
    fs::write(&file, ".env\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Nothing is unreadable to root.
    if fs::read(&file).is_err() {
        let mut failures = Vec::new();
        Folder::outside(place.path(), &mut failures);
        assert_eq!(failures[0].0, file);
    }
}
