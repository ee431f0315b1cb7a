//! The configurations of a run, and which files each of them governs.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use sha2::Digest;

use crate::document::RepoPath;
use crate::finding::{Finding, Severity, SuppressedBy, Suppression};
use crate::rule::dotenv::Names;
use crate::rule::{Options, Rule, RuleSet, load};

use super::find::{Source, folder_of};
use super::parse::{Error, Layer};
use super::settings::{Place, Settings};
use super::{Origin, Set};

/// One configuration and what it makes of the rules.
pub struct Realm {
    pub settings: Settings,
    /// The place of its rules in [`Regime::sets`].
    pub set: usize,
}

/// Which configuration is to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The nearest above each file.
    Nearest,
    /// This file, for every file.
    File(PathBuf),
    /// None.
    Nothing,
}

/// The configurations of a run. A file is governed by the nearest above it,
/// and by the defaults where there is none; the command line goes before all.
pub struct Regime {
    source: Source,
    choice: Choice,
    command_line: Layer,
    options: Options,
    /// What paths are relative to.
    root: PathBuf,
    sets: Vec<(String, RuleSet)>,
    /// The first governs what the run is about.
    realms: Vec<Realm>,
    /// By folder, relative to the root.
    governed: HashMap<Vec<u8>, usize>,
    /// What no configuration governs, once it is known that there is such.
    ungoverned: Option<usize>,
    looked_at: BTreeSet<PathBuf>,
    /// What is doubtful about them, and about rules that they bring.
    doubts: BTreeSet<String>,
}

impl Regime {
    /// The configurations that govern `places`, folders each with the one
    /// where looking for them ends. The error is for whoever wrote them.
    pub fn new(
        source: Source,
        choice: Choice,
        command_line: Layer,
        options: Options,
        (root, places): (&Path, &[(PathBuf, PathBuf)]),
    ) -> Result<Regime, Error> {
        let mut regime = Regime {
            source,
            choice,
            command_line,
            options,
            root: root.to_owned(),
            sets: Vec::new(),
            realms: Vec::new(),
            governed: HashMap::new(),
            ungoverned: None,
            looked_at: BTreeSet::new(),
            doubts: BTreeSet::new(),
        };
        match regime.choice.clone() {
            Choice::File(file) => {
                let layers = regime.source.of_file(&file)?;
                let top = regime.root.clone();
                regime.establish(layers, &top)?;
            }
            Choice::Nothing => {}
            Choice::Nearest => {
                for (folder, top) in places {
                    regime.look(folder, top)?;
                }
            }
        }
        if regime.realms.is_empty()
            || places
                .iter()
                .any(|(f, _)| regime.place_of(&regime.relative(f)).is_none())
        {
            regime.provide_for_the_rest()?;
        }
        Ok(regime)
    }

    /// The defaults, for everything.
    pub fn defaults() -> Regime {
        let source = Source {
            read: Box::new(|_| Ok(None)),
            files: None,
            root: PathBuf::new(),
        };
        let layer = Layer::default();
        let asked = (Path::new(""), &[][..]);
        Regime::new(source, Choice::Nothing, layer, Options::default(), asked)
            .expect("nothing is asked for that could be wrong")
    }

    /// Notes something doubtful.
    pub fn doubt(&mut self, what: String) {
        self.doubts.insert(what);
    }

    /// What is doubtful about the configurations and the rules they bring, in order.
    pub fn doubts(&self) -> impl Iterator<Item = &str> {
        self.doubts.iter().map(String::as_str)
    }

    /// The realm of files that no configuration governs.
    fn provide_for_the_rest(&mut self) -> Result<(), Error> {
        if self.ungoverned.is_none() {
            let realm = self.realm(Vec::new(), &self.root.clone())?;
            self.realms.push(realm);
            self.ungoverned = Some(self.realms.len() - 1);
        }
        Ok(())
    }

    /// Looks for configurations in `folder` and all above it as far as `top`.
    fn look(&mut self, folder: &Path, top: &Path) -> Result<(), Error> {
        for folder in folder.ancestors() {
            if !folder.starts_with(top) || !self.looked_at.insert(folder.to_owned()) {
                break;
            }
            if let Some(layers) = self.source.of_folder(folder)? {
                self.establish(layers, folder)?;
            }
        }
        Ok(())
    }

    /// Takes in the configurations among `files`, which a listing came across,
    /// and those above `folders`, relative to the root, whose files it lists
    /// without having been there.
    pub fn admit(&mut self, files: &[PathBuf], folders: &BTreeSet<Vec<u8>>) -> Result<(), Error> {
        if self.choice != Choice::Nearest {
            return Ok(());
        }
        let known = self.source.files.clone();
        let files = known.as_deref().unwrap_or(files);
        let found: BTreeSet<&Path> = files.iter().map(|f| folder_of(f)).collect();
        for folder in found {
            self.look(folder, folder)?;
        }
        let root = self.root.clone();
        for folder in folders {
            self.look(&RepoPath::new(&folder[..]).join_to(&root), &root)?;
        }
        let is_governed = self.ungoverned.is_some() || self.governed.contains_key(&b""[..]);
        if !is_governed {
            self.provide_for_the_rest()?;
        }
        Ok(())
    }

    fn establish(&mut self, layers: Vec<Layer>, folder: &Path) -> Result<(), Error> {
        let realm = self.realm(layers, folder)?;
        self.realms.push(realm);
        // What lies above the root governs it as well, unless something nearer does.
        self.governed
            .entry(self.relative(folder))
            .or_insert(self.realms.len() - 1);
        Ok(())
    }

    fn relative(&self, folder: &Path) -> Vec<u8> {
        let relative = folder.strip_prefix(&self.root).unwrap_or(Path::new(""));
        RepoPath::from_relative(relative).as_bytes().to_vec()
    }

    /// What `layers`, and the command line on top of them, come to.
    fn realm(&mut self, mut layers: Vec<Layer>, folder: &Path) -> Result<Realm, Error> {
        layers.push(self.command_line.clone());
        let mut rules = load::builtin_for_scans();
        let mut texts = String::new();
        // A file that is extended may name the same rules.
        let mut named = BTreeSet::new();
        for layer in &layers {
            let files = layer.rules.iter();
            let new: Vec<&Set<PathBuf>> = files.filter(|f| named.insert(&f.value)).collect();
            self.add_own(&new, &mut rules, &mut texts)?;
        }
        let place = Place {
            root: &self.root,
            folder,
            // What the command line names need not be known everywhere.
            is_first: self.realms.is_empty(),
        };
        let settings = Settings::new(&layers, &rules, &place)?;
        let key = format!("{}\n{texts}", settings.key());
        let set = match self.sets.iter().position(|(known, _)| *known == key) {
            Some(known) => known,
            None => {
                for (rule, state) in rules.iter_mut().zip(&settings.rules) {
                    rule.enabled = state.enabled.value;
                }
                settings
                    .tuning()
                    .apply(&mut rules)
                    .map_err(|message| Error {
                        file: settings.files.first().cloned().unwrap_or_default(),
                        line: settings.key_prefixes.first().map_or(0, |p| p.origin.line()),
                        key: "key-prefixes".to_owned(),
                        message,
                    })?;
                self.sets.push((key, RuleSet::new(rules, self.options)));
                self.sets.len() - 1
            }
        };
        Ok(Realm { settings, set })
    }

    /// Joins the rules of `files` to `rules`, and what tells their texts apart to `texts`.
    fn add_own(
        &mut self,
        files: &[&Set<PathBuf>],
        rules: &mut Vec<Rule>,
        texts: &mut String,
    ) -> Result<(), Error> {
        for file in files {
            let name = self.source.name_of(&file.value);
            let refuse = |message: String| match &file.origin {
                Origin::File { file, line } => Error {
                    file: file.to_string(),
                    line: *line,
                    key: "rules".to_owned(),
                    message: format!("`{name}`: {message}"),
                },
                Origin::CommandLine(option) => Error {
                    file: format!("{option} {name}"),
                    line: 0,
                    key: String::new(),
                    message,
                },
                Origin::Default => unreachable!("no rule file is a default"),
            };
            let text = match (self.source.read)(&file.value) {
                Ok(Some(text)) => text,
                Ok(None) => return Err(refuse("no such file".to_owned())),
                Err(message) => return Err(refuse(message)),
            };
            let in_rules = |e: load::LoadError| Error {
                file: e.file,
                line: e.line,
                key: e.rule.unwrap_or_default(),
                message: e.message,
            };
            let more = load::parse(&name, &text).map_err(in_rules)?;
            if more.is_empty() {
                return Err(refuse("there is no rule in it".to_owned()));
            }
            let is_known = |id: &_| rules.iter().any(|r| r.id == *id);
            let doubts = load::check((&name, &text), &more, &is_known).map_err(in_rules)?;
            self.doubts
                .extend(doubts.into_iter().map(|d| format!("{name}: {d}")));
            rules.extend(more);
            // To tell sets of rules apart; the text itself need not be kept.
            let digest = sha2::Sha256::digest(text.as_bytes());
            texts.push_str(&data_encoding::HEXLOWER.encode(&digest));
        }
        Ok(())
    }

    /// The place of the realm that governs `path`, relative to the root.
    fn place_of(&self, path: &[u8]) -> Option<usize> {
        let mut folder = path;
        loop {
            if let Some(&realm) = self.governed.get(folder) {
                return Some(realm);
            }
            if folder.is_empty() {
                return self.ungoverned;
            }
            folder = &folder[..memchr::memrchr(b'/', folder).unwrap_or(0)];
        }
    }

    /// What governs the file at `path`.
    pub fn of(&self, path: &RepoPath) -> &Realm {
        if let [only] = &self.realms[..] {
            return only;
        }
        &self.realms[self.place_of(path.parent()).unwrap_or(0)]
    }

    /// What governs the run as a whole.
    pub fn main(&self) -> &Realm {
        &self.realms[0]
    }

    /// A configuration file that was found, not named.
    pub fn nearest(&self) -> Option<&str> {
        let mut realms = self
            .realms
            .iter()
            .filter(|_| self.choice == Choice::Nearest);
        realms
            .find_map(|r| r.settings.files.first())
            .map(String::as_str)
    }

    /// Every realm; the first governs the run as a whole.
    pub fn realms(&self) -> &[Realm] {
        &self.realms
    }

    /// The rules of `realm`.
    pub fn rules(&self, realm: &Realm) -> &RuleSet {
        &self.sets[realm.set].1
    }

    /// All sets of rules, that of [`Regime::main`] first.
    pub fn rule_sets(&self) -> Vec<&RuleSet> {
        let main = self.main().set;
        let others = (0..self.sets.len()).filter(|&set| set != main);
        let order = std::iter::once(main).chain(others);
        order.map(|set| &self.sets[set].1).collect()
    }

    /// Equal for runs that find the same.
    pub fn key(&self) -> &str {
        &self.sets[self.main().set].0
    }

    /// How many sets of rules there are.
    pub fn sets(&self) -> usize {
        self.sets.len()
    }

    /// The names of files with settings that git should not see, by each of
    /// the configurations known so far.
    pub fn dotenv_names(&self) -> Vec<Names> {
        let mut names: Vec<Names> = Vec::new();
        for (_, rules) in &self.sets {
            let own = rules.dotenv_names();
            if !names.contains(&own) {
                names.push(own);
            }
        }
        names
    }

    /// Gives the finding its level, and suppresses it if a configuration does.
    /// `false`: its rule is not in use where it stands.
    pub fn classify(&self, finding: &mut Finding) -> bool {
        let settings = &self.of(&finding.path).settings;
        let is_used = settings.classify(finding);
        if finding.suppressed.is_none() && settings.excludes(finding.path.as_bytes()) {
            finding.suppressed = Some(Suppression {
                by: SuppressedBy::Configuration,
                reason: Some("excluded".to_owned()),
            });
        }
        is_used
    }

    /// Whether `finding` makes the run fail.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.suppressed.is_none()
            && finding.severity >= self.of(&finding.path).settings.fail_on.value
    }

    /// The least level at which anything makes the run fail.
    pub fn fails_from(&self) -> Severity {
        let levels = self.realms.iter().map(|r| r.settings.fail_on.value);
        levels.min().unwrap_or(Severity::Warning)
    }
}
