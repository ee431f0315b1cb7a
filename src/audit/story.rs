//! What happened to each secret: who brought it, where it stood, whether it still does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::calendar::date;
use crate::check::{gives_away, of_no_language, put_at, suppressions};
use crate::config::Regime;
use crate::document::{Coverage, Document, RepoPath, Standing};
use crate::finding::{Finding, Fingerprint, Provenance, Related, Secret, Severity, Situation};
use crate::git::history::{Change, Commits, Forms, Leaf, NO_BLOB, NOTHING, Repository, Tips};
use crate::git::history::{message, parse, signature};
use crate::git::objects::{Objects, Reader};
use crate::rule::{Judged, RuleSet, Scratch};
use crate::source::read::{Text, text_of};
use crate::suppress::foreign;
use crate::suppress::inline::{self, Markers, Surroundings};

use super::scan::{Catch, Content};

/// Where a secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Path(u32),
    /// In a note, at a path that says what it is about.
    Note(u32),
    /// In the message of a commit or of a tag, by number.
    Message(u32),
    /// In an object that nothing leads to, by number.
    Adrift(u32),
    /// At a path in a tree that nothing leads to.
    Loose(u32),
}

/// A secret comes to stand at a place, or ceases to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    content: u32,
    place: Place,
    /// By place in the order of commits; [`NOTHING`] for what is adrift.
    commit: u32,
    is_end: bool,
}

/// A version that shows a sighting: the object, and as what it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Version {
    /// Not in HEAD; so that what is comes first.
    is_past: bool,
    commit: u32,
    place: Place,
    object: u32,
    /// It says where a link leads.
    is_link: bool,
}

/// The events of one history.
pub(super) struct Story<'a, 't> {
    pub(super) forms: &'a mut Forms<'t>,
    commits: &'a Commits,
    catch: &'a Catch,
    tips: &'a Tips,
    events: Vec<Event>,
    /// By path, the versions of files that are of interest for their names, each with its commit.
    named: BTreeMap<u32, Vec<(u32, u32)>>,
    /// By content, what judges should see, the best first.
    versions: BTreeMap<u32, BTreeSet<Version>>,
    /// Contents that stand in HEAD, each with its paths there.
    in_head: HashMap<u32, BTreeSet<u32>>,
    named_in_head: HashSet<u32>,
    pushed: Option<Vec<bool>>,
    /// Contents that stand in nothing that is told of.
    unreached: HashSet<u32>,
}

/// A secret's findings in one repository, as one.
pub(super) struct Group {
    pub(super) secret: Secret,
    finding: Finding,
    first: i64,
    repository: Option<String>,
    pub(super) is_secret: bool,
    is_pushed: bool,
    medium: Medium,
    /// Where it stands, or has stood if that is past.
    places: BTreeSet<(bool, RepoPath)>,
}

/// In what a secret stood, the worst to be rid of first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Medium {
    File,
    Message,
    Tag,
}

/// The worst of what was heard, apart for what counts and what is suppressed.
#[derive(Default)]
struct Worst {
    open: Option<(Secret, Finding)>,
    suppressed: Option<(Secret, Finding)>,
}

impl Worst {
    fn take(&mut self, heard: Option<(Secret, Finding)>) {
        let Some(heard) = heard else {
            return;
        };
        let held = match heard.1.suppressed {
            None => &mut self.open,
            Some(_) => &mut self.suppressed,
        };
        if held
            .as_ref()
            .is_none_or(|h| h.1.severity < heard.1.severity)
        {
            *held = Some(heard);
        }
    }

    /// Whether nothing worse can come.
    fn is_settled(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|o| o.1.severity == Severity::Error)
    }

    fn is_any(&self) -> bool {
        self.open.is_some() || self.suppressed.is_some()
    }

    fn into_one(self) -> Option<(Secret, Finding)> {
        self.open.or(self.suppressed)
    }
}

impl Group {
    fn in_head(&self) -> bool {
        self.finding.provenance.as_ref().is_some_and(|p| p.in_head)
    }

    /// Less for what is to be shown rather: what counts, what is in HEAD, what came earlier.
    fn rank(&self) -> (bool, bool, i64) {
        let is_suppressed = self.finding.suppressed.is_some();
        (is_suppressed, !self.in_head(), self.first)
    }

    /// Takes up what is known of the same secret elsewhere, which is shown
    /// less prominently, as `message` says.
    fn join(&mut self, other: Group, message: &str) {
        let in_head = self.in_head() || other.in_head();
        self.is_pushed |= other.is_pushed;
        self.places.extend(other.places);
        self.medium = self.medium.min(other.medium);
        self.finding.severity = self.finding.severity.max(other.finding.severity);
        if other.first < self.first {
            self.first = other.first;
            self.finding.provenance = other.finding.provenance;
        }
        if let Some(provenance) = &mut self.finding.provenance {
            provenance.in_head = in_head;
        }
        if other.finding.path != self.finding.path {
            self.finding.related.push(Related {
                path: other.finding.path,
                region: other.finding.region,
                message: message.to_owned(),
            });
        }
        self.finding.related.extend(other.finding.related);
    }
}

impl<'a, 't> Story<'a, 't> {
    pub(super) fn new(
        commits: &'a Commits,
        forms: &'a mut Forms<'t>,
        catch: &'a Catch,
        (set_of, objects): (&[u32], &Objects),
        tips: &'a Tips,
        since: Option<Vec<bool>>,
    ) -> Story<'a, 't> {
        let mut story = Story {
            forms,
            commits,
            catch,
            tips,
            events: Vec::new(),
            named: BTreeMap::new(),
            versions: BTreeMap::new(),
            in_head: HashMap::new(),
            named_in_head: HashSet::new(),
            pushed: None,
            unreached: HashSet::new(),
        };
        story.tell(set_of);
        for &(tag, commit) in &commits.tags {
            story.hear(commit.unwrap_or(NOTHING), tag, set_of);
        }
        story.look_at_head();
        if commits.is_all_reached() {
            for &tag in &commits.loose_tags {
                story.hear(NOTHING, tag, set_of);
            }
            story.find_in_loose_trees(objects);
            story.find_adrift();
        }
        let contents = 0..catch.contents.len() as u32;
        story.unreached = contents
            .filter(|content| !story.versions.contains_key(content))
            .collect();
        if let Some(known) = since {
            let is_new = |commit: u32| commit != NOTHING && !known[commit as usize];
            let new: HashSet<u32> = story
                .events
                .iter()
                .filter(|e| !e.is_end && is_new(e.commit))
                .map(|e| e.content)
                .collect();
            story.versions.retain(|content, _| new.contains(content));
            let is_new = |versions: &Vec<(u32, u32)>| versions.iter().any(|v| is_new(v.0));
            story.named.retain(|_, versions| is_new(versions));
        }
        story.pushed = tips.pushed(commits);
        story
    }

    /// Follows the history from its beginning.
    fn tell(&mut self, set_of: &[u32]) {
        let mut form_of: Vec<u32> = Vec::with_capacity(self.commits.all().len());
        let mut seen: HashSet<(u32, u32)> = HashSet::new();
        let notes = &self.tips.notes;
        let is_note = self.commits.ancestors_of(
            notes
                .iter()
                .filter_map(|&n| self.commits.place(n))
                .collect(),
        );
        for (place, commit) in (0u32..).zip(self.commits.all()) {
            if !commit.is_reachable {
                form_of.push(self.forms.of(None));
                continue;
            }
            let form = self.forms.of(commit.tree);
            form_of.push(form);
            self.hear(place, commit.number, set_of);
            let parents: Vec<u32> = commit
                .parents
                .iter()
                .map(|&p| form_of[p as usize])
                .collect();
            if parents.contains(&form) {
                continue;
            }
            let old = parents
                .first()
                .copied()
                .unwrap_or_else(|| self.forms.of(None));
            for change in self.forms.changes(old, form) {
                let others: Vec<Option<Leaf>> = parents
                    .iter()
                    .skip(1)
                    .map(|&p| self.forms.leaf(p, change.0))
                    .collect();
                let at = if is_note[place as usize] && is_object_name(&self.forms.path(change.0)) {
                    Place::Note(change.0)
                } else {
                    Place::Path(change.0)
                };
                self.weigh((place, at), commit.tree, change, &others, &mut seen);
            }
        }
        let bare = self.forms.of(None);
        for &(other, _) in &self.commits.others {
            if self.forms.is_tree(other) {
                let form = self.forms.of(Some(other));
                for change in self.forms.changes(bare, form) {
                    let at = Place::Path(change.0);
                    self.weigh((NOTHING, at), Some(other), change, &[], &mut seen);
                }
            } else if let Some(set) = held(set_of, other) {
                self.set_adrift(other, set);
            }
        }
    }

    /// Takes up the message of a commit, or of a tag of it.
    fn hear(&mut self, commit: u32, object: u32, set_of: &[u32]) {
        for content in self.contents(held(set_of, object)) {
            self.events.push(Event {
                content,
                place: Place::Message(object),
                commit,
                is_end: false,
            });
            self.versions.entry(content).or_default().insert(Version {
                is_past: true,
                commit,
                place: Place::Message(object),
                object,
                is_link: false,
            });
        }
    }

    fn sightings(&self, set: Option<u32>) -> &'a [u32] {
        set.map_or(&[], |set| &self.catch.sets[set as usize])
    }

    fn contents(&self, set: Option<u32>) -> BTreeSet<u32> {
        let content = |&s: &u32| self.catch.sightings[s as usize].content;
        self.sightings(set).iter().map(content).collect()
    }

    /// What a change at a path means, `others` being what further parents have there.
    fn weigh(
        &mut self,
        (commit, place): (u32, Place),
        tree: Option<u32>,
        (path, old, new): Change,
        others: &[Option<Leaf>],
        seen: &mut HashSet<(u32, u32)>,
    ) {
        let set = |leaf: Option<Leaf>| leaf.and_then(|l| l.set);
        let (before, after) = (self.contents(set(old)), self.contents(set(new)));
        let others: Vec<BTreeSet<u32>> = others.iter().map(|&o| self.contents(set(o))).collect();
        let mut event = |content, is_end| {
            self.events.push(Event {
                content,
                place,
                commit,
                is_end,
            });
        };
        for &content in after.difference(&before) {
            if !others.iter().any(|o| o.contains(&content)) {
                event(content, false);
            }
        }
        for &content in before.difference(&after) {
            if others.iter().all(|o| o.contains(&content)) {
                event(content, true);
            }
        }
        if let Some(blob) = new.and_then(|l| l.named) {
            self.named.entry(path).or_default().push((commit, blob));
        }
        let fresh: Vec<u32> = self
            .sightings(set(new))
            .iter()
            .copied()
            .filter(|&sighting| seen.insert((sighting, path)))
            .collect();
        if !fresh.is_empty()
            && let Some(object) = tree.and_then(|tree| self.forms.blob(tree, path))
        {
            for sighting in fresh {
                let content = self.catch.sightings[sighting as usize].content;
                self.versions.entry(content).or_default().insert(Version {
                    is_past: true,
                    commit,
                    place,
                    object,
                    is_link: new.is_some_and(|l| l.is_link),
                });
            }
        }
    }

    fn head(&self) -> Option<u32> {
        self.commits.place(self.tips.head?)
    }

    fn look_at_head(&mut self) {
        let Some(head) = self.head() else {
            return;
        };
        let Some(tree) = self.commits.all()[head as usize].tree else {
            return;
        };
        let (bare, form) = (self.forms.of(None), self.forms.of(Some(tree)));
        for (path, _, leaf) in self.forms.changes(bare, form) {
            let Some(object) = self.forms.blob(tree, path) else {
                continue;
            };
            if leaf.is_some_and(|l| l.named.is_some()) {
                self.named_in_head.insert(path);
            }
            for content in self.contents(leaf.and_then(|l| l.set)) {
                self.in_head.entry(content).or_default().insert(path);
                self.versions.entry(content).or_default().insert(Version {
                    is_past: false,
                    commit: head,
                    place: Place::Path(path),
                    object,
                    is_link: leaf.is_some_and(|l| l.is_link),
                });
            }
        }
    }

    /// Blobs that only trees lead to, and nothing to those.
    fn find_in_loose_trees(&mut self, objects: &Objects) {
        let reached = self.forms.reached();
        let mut trees = self.forms.loose_trees();
        // Not by number: it is no matter how objects are stored.
        trees.sort_unstable_by_key(|&tree| objects.id(tree));
        let (bare, mut seen) = (self.forms.of(None), HashSet::new());
        for tree in trees {
            let form = self.forms.of(Some(tree));
            for change in self.forms.changes(bare, form) {
                let blob = self.forms.blob(tree, change.0);
                if blob.is_some_and(|blob| !reached.contains(&blob)) {
                    let at = Place::Loose(change.0);
                    self.weigh((NOTHING, at), Some(tree), change, &[], &mut seen);
                }
            }
        }
    }

    /// Blobs in which something stands and to which no commit leads.
    fn find_adrift(&mut self) {
        let reached = self.forms.reached();
        let tags = &self.commits.tags;
        for &(object, set) in &self.catch.holders {
            let is_tag = tags.binary_search_by_key(&object, |t| t.0).is_ok()
                || self.commits.loose_tags.binary_search(&object).is_ok();
            if !is_tag && !reached.contains(&object) && self.commits.place(object).is_none() {
                self.set_adrift(object, set);
            }
        }
    }

    fn set_adrift(&mut self, object: u32, set: u32) {
        for content in self.contents(Some(set)) {
            self.events.push(Event {
                content,
                place: Place::Adrift(object),
                commit: NOTHING,
                is_end: false,
            });
            self.versions.entry(content).or_default().insert(Version {
                is_past: true,
                commit: NOTHING,
                place: Place::Adrift(object),
                object,
                is_link: false,
            });
        }
    }

    /// Hands each secret's versions to the judges until one is a finding.
    /// What could not be read for that comes along, by number, and how many
    /// secrets stand only in what nothing leads to.
    pub(super) fn judge(
        &self,
        repository: &Repository,
        (rules, tools): (&RuleSet, &[&str]),
        regime: &Regime,
        prefix: Option<&str>,
    ) -> (Vec<Group>, BTreeSet<u32>, u64) {
        let classify = |finding: &mut Finding| {
            let path = finding.path.clone();
            finding.path = below(prefix, &path);
            let is_used = regime.classify(finding);
            finding.path = path;
            is_used
        };
        let mut events = self.events.clone();
        events.sort_unstable();
        events.dedup();
        let mut court = Court {
            rules,
            tools,
            reader: Reader::new(&repository.objects, &repository.handle),
            unread: BTreeSet::new(),
            scratch: Scratch::default(),
            heard: HashMap::new(),
        };
        let mut groups = Vec::new();
        for (&content, versions) in &self.versions {
            let wanted = &self.catch.contents[content as usize];
            let from = events.partition_point(|e| e.content < content);
            let to = events.partition_point(|e| e.content <= content);
            let events = &events[from..to];
            let is_secret = rules.rules()[usize::from(wanted.rule)].is_secret();
            // A secret is one matter, wherever it stands. What is no secret is
            // a matter of each file it stands in now, and else of the past.
            let cases: Vec<Vec<Version>> = if is_secret {
                vec![versions.iter().copied().collect()]
            } else {
                let (past, now): (Vec<Version>, _) = versions.iter().partition(|v| v.is_past);
                let now: Vec<Vec<Version>> = now.into_iter().map(|v| vec![v]).collect();
                if now.is_empty() { vec![past] } else { now }
            };
            for versions in cases {
                let Some((secret, mut finding)) =
                    self.find(repository, &mut court, &classify, &versions, wanted)
                else {
                    continue;
                };
                let place = versions[0].place;
                let starts = || {
                    let events = events.iter().filter(|e| !e.is_end);
                    events.filter(|e| is_secret || versions[0].is_past || e.place == place)
                };
                let Some(first) = starts().min_by_key(|e| (e.commit, e.place)) else {
                    continue;
                };
                let (time, mut provenance) = self.provenance(repository, first, content);
                // A message stands as long as its commit does.
                let is_said = |head| events.iter().any(|e| e.place == Place::Message(head));
                provenance.in_head |= self.tips.head.is_some_and(is_said);
                // Nobody is asked to change the past, but for what it gives away.
                if !is_secret && !provenance.in_head && finding.severity < Severity::Error {
                    finding.severity = Severity::Note;
                }
                finding.provenance = Some(provenance);
                if is_secret {
                    finding
                        .related
                        .extend(self.related(repository, events, first));
                }
                let is_pushed = starts().any(|e| self.is_pushed(e));
                let in_head = self.in_head.get(&content);
                let places = starts().map(|e| {
                    let is_past = match e.place {
                        Place::Path(path) => !in_head.is_some_and(|paths| paths.contains(&path)),
                        Place::Note(_) | Place::Message(_) | Place::Adrift(_) | Place::Loose(_) => {
                            true
                        }
                    };
                    (is_past, below(prefix, &self.name(repository, e.place)))
                });
                groups.push(Group {
                    places: places.collect(),
                    secret,
                    finding,
                    first: time,
                    repository: prefix.map(str::to_owned),
                    is_secret,
                    is_pushed,
                    medium: events
                        .iter()
                        .map(|e| self.medium(e.place))
                        .min()
                        .unwrap_or(Medium::File),
                });
            }
        }
        // Contents were numbered by whichever thread met them.
        groups.sort_by(|a, b| {
            let key = |g: &Group| (g.first, g.finding.path.clone());
            key(a).cmp(&key(b))
        });
        let mut groups = merge(groups);
        groups.extend(self.judge_names(repository, &mut court, prefix));
        let unreached = self.count_unreached(repository, &mut court, &classify, &groups);
        (groups, court.unread, unreached)
    }

    fn count_unreached(
        &self,
        repository: &Repository,
        court: &mut Court<'_>,
        classify: &dyn Fn(&mut Finding) -> bool,
        groups: &[Group],
    ) -> u64 {
        let rules = court.rules.rules();
        let is_secret = |content: &u32| {
            let content = &self.catch.contents[*content as usize];
            rules[usize::from(content.rule)].is_secret()
        };
        if !self.unreached.iter().any(is_secret) {
            return 0;
        }
        let mut secrets = BTreeSet::new();
        for &(object, set) in &self.catch.holders {
            let contents = self.contents(Some(set));
            if !contents.iter().any(|c| self.unreached.contains(c)) {
                continue;
            }
            let path = self.name(repository, Place::Adrift(object));
            for judged in court.hear(object, &path, false) {
                let is_wanted = contents.iter().any(|content| {
                    let wanted = &self.catch.contents[*content as usize];
                    self.unreached.contains(content)
                        && wanted.rule == judged.sight.rule
                        && wanted.secret == judged.sight.content
                });
                let rule = &rules[usize::from(judged.sight.rule)];
                let mut finding = judged.finding.clone();
                let mut is_open = || classify(&mut finding) && finding.suppressed.is_none();
                if is_wanted && rule.is_secret() && is_open() {
                    secrets.insert(judged.secret);
                }
            }
        }
        // It may be told of in another form.
        let is_told = |secret: &Secret| groups.iter().any(|g| g.secret == *secret);
        secrets.iter().filter(|s| !is_told(s)).count() as u64
    }

    /// What rules say about files for being what they are: once a path, by its worst version.
    fn judge_names(
        &self,
        repository: &Repository,
        court: &mut Court<'_>,
        prefix: Option<&str>,
    ) -> Vec<Group> {
        let mut groups = Vec::new();
        for (&path, versions) in &self.named {
            let name = RepoPath::new(self.forms.path(path));
            let worst = versions
                .iter()
                .flat_map(|&(_, blob)| court.look(blob, &name))
                .max_by_key(|f| f.severity);
            let (Some(mut finding), Some(&(commit, _))) = (worst, versions.first()) else {
                continue;
            };
            let event = Event {
                content: NOTHING,
                place: Place::Path(path),
                commit,
                is_end: false,
            };
            let (first, mut provenance) = self.provenance(repository, &event, NOTHING);
            provenance.in_head = self.named_in_head.contains(&path);
            if !provenance.in_head {
                if finding.severity < Severity::Error {
                    finding.severity = Severity::Note;
                }
                finding.message = format!("`{name}` stands in the history, not in HEAD");
                finding.help = Some(
                    "change what it held that was secret: whoever has the repository can read it"
                        .to_owned(),
                );
            }
            finding.provenance = Some(provenance);
            groups.push(Group {
                secret: Secret::new(&finding.rule, name.as_bytes()),
                finding,
                first,
                repository: prefix.map(str::to_owned),
                is_secret: false,
                is_pushed: true,
                medium: Medium::File,
                places: BTreeSet::new(),
            });
        }
        groups
    }

    fn medium(&self, place: Place) -> Medium {
        match place {
            Place::Path(_) | Place::Note(_) | Place::Adrift(_) | Place::Loose(_) => Medium::File,
            Place::Message(object) if self.commits.place(object).is_some() => Medium::Message,
            Place::Message(_) => Medium::Tag,
        }
    }

    /// Whether others may have what came with an event.
    fn is_pushed(&self, event: &Event) -> bool {
        let Some(pushed) = &self.pushed else {
            return true;
        };
        match (pushed.get(event.commit as usize), event.place) {
            (Some(pushed), _) => *pushed,
            // What a tag names goes where the tag goes; what nothing names, nowhere.
            (None, Place::Adrift(object)) => self.commits.others.iter().any(|o| o.0 == object),
            (None, Place::Message(tag)) => self.commits.loose_tags.binary_search(&tag).is_err(),
            (None, Place::Loose(_)) => false,
            (None, Place::Path(_) | Place::Note(_)) => true,
        }
    }

    /// What the judges say of the worst of `versions`, the first of equal ones,
    /// that neither a comment in it nor the configuration of its path
    /// suppresses. It is suppressed if it is wherever it stands now, or else
    /// in the last form that it had in each place.
    fn find(
        &self,
        repository: &Repository,
        court: &mut Court<'_>,
        classify: &dyn Fn(&mut Finding) -> bool,
        versions: &[Version],
        wanted: &Content,
    ) -> Option<(Secret, Finding)> {
        let mut hear = |version: &Version| {
            let path = self.name(repository, version.place);
            let judged = court.hear(version.object, &path, version.is_link);
            let same =
                |j: &&Judged| j.sight.rule == wanted.rule && j.sight.content == wanted.secret;
            let mut worst = Worst::default();
            for judged in judged.iter().filter(same) {
                let mut finding = judged.finding.clone();
                if classify(&mut finding) {
                    worst.take(Some((judged.secret, finding)));
                }
            }
            let (secret, mut finding) = worst.into_one()?;
            let again = judged.iter().filter(same).map(|j| &j.finding);
            let again = again.filter(|f| f.region != finding.region);
            finding.related.extend(again.map(|f| Related {
                path: path.clone(),
                region: f.region.clone(),
                message: "the same secret again".to_owned(),
            }));
            Some((secret, finding))
        };
        let (past, now): (Vec<&Version>, Vec<&Version>) = versions.iter().partition(|v| v.is_past);
        let mut worst = Worst::default();
        for version in now {
            worst.take(hear(version));
            if worst.is_settled() {
                break;
            }
        }
        if worst.is_any() {
            return worst.into_one();
        }
        for version in &past {
            let heard = hear(version);
            if heard.as_ref().is_some_and(|h| h.1.suppressed.is_none()) {
                let mut same_place = past.iter().rev().filter(|v| v.place == version.place);
                let last = same_place.find_map(|v| hear(v));
                let is_open = last.as_ref().is_none_or(|l| l.1.suppressed.is_none());
                worst.take(if is_open { heard } else { last });
            } else {
                worst.take(heard);
            }
            if worst.is_settled() {
                break;
            }
        }
        worst.into_one()
    }

    /// What a place is called where findings name files.
    fn name(&self, repository: &Repository, place: Place) -> RepoPath {
        let id = |object: u32| repository.objects.id(object);
        match place {
            Place::Path(path) | Place::Loose(path) => RepoPath::new(self.forms.path(path)),
            Place::Note(path) => {
                let mut name = self.forms.path(path);
                name.retain(|&b| b != b'/');
                RepoPath::new([b"note on ", &name[..]].concat())
            }
            Place::Message(object) => RepoPath::from(&*format!("message {}", id(object))),
            Place::Adrift(object) => {
                let others = &self.commits.others;
                let named = others.iter().find(|o| o.0 == object);
                match named.and_then(|(_, named)| self.tips.names.get(named)) {
                    Some(name) => RepoPath::from(&**name),
                    None => RepoPath::from(&*format!("blob {}", id(object))),
                }
            }
        }
    }

    /// When an event was, in seconds since 1970, and by whom; what no commit leads to was at the end of time.
    fn provenance(
        &self,
        repository: &Repository,
        first: &Event,
        content: u32,
    ) -> (i64, Provenance) {
        let mut provenance = Provenance {
            commit: None,
            author: String::new(),
            date: String::new(),
            path: self.name(repository, first.place),
            in_head: self.in_head.contains_key(&content),
        };
        let commit = self.commits.all().get(first.commit as usize);
        let signed = match (first.place, commit) {
            // Whoever made a tag wrote what it says, not the author of the commit.
            (Place::Message(object), _) => object,
            (_, Some(commit)) => commit.number,
            (_, None) => return (i64::MAX, provenance),
        };
        let mut bytes = Vec::new();
        let _ = Reader::new(&repository.objects, &repository.handle).read(signed, &mut bytes);
        let author = parse(&bytes).map_or(&b""[..], |h| h.author);
        let (name, seconds, zone) = signature(author);
        // As safe on a terminal as a path is.
        provenance.author = RepoPath::new(name).to_string();
        provenance.date = rfc3339(seconds, zone);
        let commit = commit.filter(|c| c.number == signed);
        provenance.commit = commit.map(|c| repository.objects.id(c.number).to_string());
        (seconds, provenance)
    }

    /// Every place of a secret but the first, each with the commits between which it stood there.
    fn related(&self, repository: &Repository, events: &[Event], first: &Event) -> Vec<Related> {
        let name = |commit: u32| match self.commits.all().get(commit as usize) {
            Some(commit) => {
                let mut id = repository.objects.id(commit.number).to_string();
                id.truncate(12);
                id
            }
            None => "nowhere".to_owned(),
        };
        let mut related = Vec::new();
        for run in events.chunk_by(|a, b| a.place == b.place) {
            let place = run[0].place;
            let path = self.name(repository, place);
            let stands = match place {
                Place::Path(path) => self
                    .in_head
                    .get(&run[0].content)
                    .is_some_and(|paths| paths.contains(&path)),
                Place::Note(_) | Place::Message(_) | Place::Adrift(_) | Place::Loose(_) => false,
            };
            let mut times = times(run);
            let Some(last) = times.last_mut() else {
                continue;
            };
            if stands {
                // It was taken out on a side that was not chosen.
                last.1 = None;
            }
            let is_told = place == first.place && matches!(times[..], [(_, None)]);
            let closed = times
                .iter()
                .filter_map(|&(from, until)| Some((from, until?)));
            let mut gone: Vec<String> = closed
                .map(|(from, until)| format!("from {} until {}", name(from), name(until)))
                .collect();
            if gone.len() > TIMES {
                let more = gone.len() - TIMES;
                gone.truncate(TIMES);
                gone.push(format!("and {more} more times"));
            }
            let gone = gone.join(", ");
            let now = times.last().filter(|t| t.1.is_none()).map(|&(since, _)| {
                let where_else = if stands { "and" } else { "not" };
                format!("stands here since {}, {where_else} in HEAD", name(since))
            });
            let message = match (place, now) {
                (Place::Message(_), _) => "the same secret in the message".to_owned(),
                (Place::Adrift(_) | Place::Loose(_), _) => {
                    "the same secret, reached by nothing".to_owned()
                }
                (_, Some(now)) if gone.is_empty() => now,
                (_, Some(now)) => format!("stood here {gone}; {now}"),
                (_, None) => format!("stood here {gone}"),
            };
            if !is_told {
                related.push(Related {
                    path,
                    region: None,
                    message,
                });
            }
        }
        related
    }
}

/// So many times that a secret came and went are told one by one.
const TIMES: usize = 4;

/// The times, by commit, between which a secret stood at a place, `run` being
/// what happened there; one without an end goes on.
fn times(run: &[Event]) -> Vec<(u32, Option<u32>)> {
    let mut times: Vec<(u32, Option<u32>)> = Vec::new();
    for event in run {
        match (times.last_mut(), event.is_end) {
            // Another branch has it too, or has it longer.
            (Some((_, None)), false) | (None, true) => {}
            (Some((_, end)), true) => *end = Some(event.commit),
            (_, false) => times.push((event.commit, None)),
        }
    }
    times
}

/// What stands in an object, by number.
fn held(set_of: &[u32], object: u32) -> Option<u32> {
    Some(set_of[object as usize]).filter(|&set| set != NOTHING && set != NO_BLOB)
}

/// Whether a path is the name of an object, as notes have it: in hexadecimal, in folders or not.
fn is_object_name(path: &[u8]) -> bool {
    let digits = path.iter().filter(|&&b| b != b'/');
    let is_hex = digits.clone().all(u8::is_ascii_hexdigit);
    is_hex && matches!(digits.count(), 40 | 64)
}

/// Judges, and what they have said.
struct Court<'a> {
    rules: &'a RuleSet,
    /// Those whose markers are honoured.
    tools: &'a [&'a str],
    reader: Reader<'a>,
    /// What could not be read, by number.
    unread: BTreeSet<u32>,
    scratch: Scratch,
    /// By object, the path it was read as, and whether as a link.
    heard: HashMap<(u32, RepoPath, bool), Vec<Judged>>,
}

impl Court<'_> {
    /// What is said about a blob as a tracked file at `path`, whatever is in it.
    fn look(&mut self, blob: u32, path: &RepoPath) -> Vec<Finding> {
        let mut bytes = Vec::new();
        if self.reader.read(blob, &mut bytes).is_none() {
            self.unread.insert(blob);
            return Vec::new();
        }
        document(bytes, path)
            .map(|mut document| {
                document.standing = Some(Standing {
                    tracked: true,
                    coverage: Coverage::Nothing,
                });
                self.rules.judge_file(&document)
            })
            .unwrap_or_default()
    }

    /// What is found in an object, read as a file or a link at `path`.
    fn hear(&mut self, object: u32, path: &RepoPath, is_link: bool) -> &[Judged] {
        let Court {
            rules,
            tools,
            reader,
            unread,
            scratch,
            heard,
        } = self;
        let key = (object, path.clone(), is_link);
        heard.entry(key).or_insert_with(|| {
            let mut bytes = Vec::new();
            match reader.read(object, &mut bytes) {
                None => {
                    unread.insert(object);
                    return Vec::new();
                }
                Some(crate::git::pack::Kind::Blob) => {}
                Some(_) => {
                    bytes = message(&bytes).into_owned();
                }
            }
            let read_as = if is_link { &of_no_language(path) } else { path };
            let Some(document) = document(bytes, read_as) else {
                return Vec::new();
            };
            let mut judged = rules.scan_sights(scratch, &document);
            if is_link {
                let rule = |j: &Judged| &rules.rules()[usize::from(j.sight.rule)];
                judged.retain(|j| gives_away(rule(j), &j.finding));
                for judged in &mut judged {
                    put_at(&mut judged.finding, path);
                }
                return judged;
            }
            suppress_inline(&mut judged, (rules, tools), &document);
            judged
        })
    }
}

/// Suppresses what comments in the version itself are about.
fn suppress_inline(
    judged: &mut [Judged],
    (rules, tools): (&RuleSet, &[&str]),
    document: &Document,
) {
    if !tools.is_empty() {
        let known = suppressions(rules);
        for judged in &mut *judged {
            let finding = std::slice::from_mut(&mut judged.finding);
            foreign::apply(document, finding, tools, &known);
        }
    }
    let marks = inline::marks(document.bytes());
    if marks.is_empty() || judged.is_empty() {
        return;
    }
    let around = Surroundings {
        rules: &suppressions(rules),
        region: &rules.regions(document, &[]),
        mask: &|text| rules.mask(text),
    };
    let mut markers = Markers::default();
    // Nobody is asked to mend a comment of the past.
    markers.read(document, &marks, &around);
    markers.finish(around.rules);
    for judged in judged {
        markers.apply(std::slice::from_mut(&mut judged.finding));
    }
}

/// A version's text as a document, unless it is binary.
fn document(bytes: Vec<u8>, path: &RepoPath) -> Option<Document> {
    let mut document = match text_of(&bytes) {
        Text::Binary => return None,
        Text::Plain(skip) => {
            let text = skip..bytes.len();
            Document::in_buffer(path.clone(), bytes, text)
        }
        Text::Wide(text) => Document::new(path.clone(), text.into_bytes()),
    };
    document.tracked = true;
    Some(document)
}

/// Groups of one secret that was matched in several ways, as one.
fn merge(groups: Vec<Group>) -> Vec<Group> {
    let (secrets, mut others): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|g| g.is_secret);
    let mut by_secret: BTreeMap<Secret, Vec<Group>> = BTreeMap::new();
    for group in secrets {
        by_secret.entry(group.secret).or_default().push(group);
    }
    let message = "the same secret in another form";
    others.extend(
        by_secret
            .into_values()
            .map(|groups| joined(groups, message)),
    );
    others
}

/// Groups of one secret as one; not suppressed unless all are.
fn joined(mut groups: Vec<Group>, message: &str) -> Group {
    groups.sort_by(|a, b| (a.rank(), &a.repository).cmp(&(b.rank(), &b.repository)));
    let mut groups = groups.into_iter();
    let mut shown = groups.next().expect("a group has a member");
    for other in groups {
        shown.join(other, message);
    }
    shown
}

/// One finding for a secret, whatever the repositories it was found in, and what its age gives.
pub(super) fn findings(
    mut groups: Vec<Group>,
    rules: &RuleSet,
    regime: &Regime,
    now: i64,
) -> Vec<Finding> {
    for group in &mut groups {
        place_in(&mut group.finding, group.repository.as_deref());
    }
    let group = joined(
        groups,
        "the same secret: one to rotate, each place to clean",
    );
    let in_head = group.in_head();
    let mut finding = group.finding;
    if group.is_secret {
        finding.situation = Some(match (group.medium, group.is_pushed) {
            (Medium::Message | Medium::Tag, true) => Situation::Said,
            (Medium::Tag, false) => Situation::Tagged,
            (Medium::File, _) | (Medium::Message, false) => {
                Situation::of_committed(group.is_pushed, in_head)
            }
        });
    }
    let written = |days: i64| {
        let (year, month, day) = date(days);
        format!("{year:04}-{month:02}-{day:02}")
    };
    let aged = rules.scan_age(&finding, group.secret, (group.first, now), &written);
    let mut findings: Vec<Finding> = aged
        .into_iter()
        .filter_map(|mut aged| {
            aged.suppressed.clone_from(&finding.suppressed);
            at_worst(aged, &group.places, regime)
        })
        .collect();
    // The judges' word on each place of a secret was classified by its path.
    if group.is_secret || regime.classify(&mut finding) {
        findings.push(finding);
    }
    findings
}

/// What is said of the age of a secret, at the one of its `places` where it
/// counts most: where it stands now, or else where it has stood.
fn at_worst(
    aged: Finding,
    places: &BTreeSet<(bool, RepoPath)>,
    regime: &Regime,
) -> Option<Finding> {
    let is_past = places.first().is_none_or(|(is_past, _)| *is_past);
    let here = (is_past, aged.path.clone());
    let others = places.iter().filter(|p| p.0 == is_past && **p != here);
    let shown = places.contains(&here) || others.clone().next().is_none();
    let at = |path: &RepoPath| {
        let mut aged = aged.clone();
        if *path != aged.path {
            aged.fingerprint = Fingerprint::new(path, aged.secret);
            aged.path.clone_from(path);
            aged.region = None;
        }
        regime.classify(&mut aged).then_some(aged)
    };
    let paths = Some(&here.1).filter(|_| shown).into_iter();
    let mut all: Vec<Finding> = paths.chain(others.map(|p| &p.1)).filter_map(at).collect();
    // The first of equal ones stays the first.
    all.sort_by_key(|f| (f.suppressed.is_some(), std::cmp::Reverse(f.severity)));
    all.into_iter().next()
}

/// Puts the repository's name before every path, where there are several.
fn place_in(finding: &mut Finding, repository: Option<&str>) {
    let join = |path: &mut RepoPath| *path = below(repository, path);
    join(&mut finding.path);
    finding.related.iter_mut().for_each(|r| join(&mut r.path));
    if let Some(provenance) = &mut finding.provenance {
        join(&mut provenance.path);
    }
}

/// What `path` is called where there are several repositories.
fn below(repository: Option<&str>, path: &RepoPath) -> RepoPath {
    match repository {
        None => path.clone(),
        Some(name) => RepoPath::new([name.as_bytes(), b"/", path.as_bytes()].concat()),
    }
}

/// A time in seconds since 1970 as `2020-02-29T12:34:56+09:00`, `zone` being minutes from UTC.
fn rfc3339(seconds: i64, zone: i32) -> String {
    let local = seconds.saturating_add(i64::from(zone) * 60);
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let sign = if zone < 0 { '-' } else { '+' };
    let zone = zone.unsigned_abs();
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        zone / 60,
        zone % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_their_own_zone() {
        let cases = [
            (0, 0, "1970-01-01T00:00:00+00:00"),
            (951_827_696, 540, "2000-02-29T21:34:56+09:00"),
            (-1, 0, "1969-12-31T23:59:59+00:00"),
            (1_709_251_199, -330, "2024-02-29T18:29:59-05:30"),
        ];
        for (seconds, zone, expected) in cases {
            assert_eq!(rfc3339(seconds, zone), expected);
        }
    }
}
