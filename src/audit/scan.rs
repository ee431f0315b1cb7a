//! The match stage over every version of every file: what a version shares with its base is not scanned again.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::Ordering;

use crate::check::Progress;
use crate::git::objects::{Met, Visitor};
use crate::git::pack::Copied;
use crate::git::repository::hash;
use crate::rule::{Hit, RuleSet, Scratch, Sight};
use crate::source::read::{Text, text_of};

/// A secret, as its rule matched it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Content {
    pub(super) rule: u16,
    pub(super) secret: Vec<u8>,
}

/// A secret in its surroundings. Where they are the same, judges say the
/// same but for the path; so one version stands for all that share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sighting {
    pub(super) content: u32,
    /// A hash of the text around.
    around: u64,
}

/// As much text to either side belongs to a sighting.
const AROUND: usize = 512;
/// A shorter copy is not worth an interruption: so much is scanned in the time two scans take to begin.
const WORTHWHILE: usize = 512;

/// What was found in the blobs that one or all workers met.
#[derive(Default)]
pub(super) struct Catch {
    pub(super) contents: Vec<Content>,
    pub(super) sightings: Vec<Sighting>,
    /// Sets of sightings, ascending, none empty.
    pub(super) sets: Vec<Box<[u32]>>,
    /// Blobs by number, each with the set that stands in it.
    pub(super) holders: Vec<(u32, u32)>,
    /// Blobs in which nothing stands, by number.
    pub(super) clean: Vec<u32>,
    pub(super) blobs: u64,
    pub(super) bytes: u64,
    pub(super) binary: u64,
}

/// One worker's scan.
pub(super) struct Scanner<'a> {
    rules: &'a RuleSet,
    /// Whether a blob's number stands for the blob, or a lower one does.
    is_twin: &'a (dyn Fn(u32) -> bool + Sync),
    progress: &'a Progress,
    longest_anchor: usize,
    context: usize,
    scratch: Scratch,
    hits: Vec<Hit>,
    sights: Vec<Sight>,
    catch: Catch,
    known_contents: HashMap<Content, u32>,
    known_sightings: HashMap<Sighting, u32>,
    known_sets: HashMap<Box<[u32]>, u32>,
    /// Scan everything, whatever is known of the base.
    #[cfg(test)]
    plain: bool,
    /// Each match as met: blob, rule, start, end.
    #[cfg(test)]
    log: Vec<(u32, u16, usize, usize)>,
}

/// What is known of a blob, for those made from it.
#[derive(Default)]
pub(super) struct Known {
    /// The part of the blob that is text; `None`: nothing can be carried over.
    text: Option<Range<usize>>,
    anchors: Vec<Anchor>,
    places: Vec<Place>,
    set: Option<u32>,
}

/// An anchor and the places that come of it, in the order of both.
struct Anchor {
    hit: Hit,
    places: usize,
}

/// A match. Offsets are the blob's.
#[derive(Clone)]
struct Place {
    rule: u16,
    span: Range<usize>,
    sighting: u32,
}

impl Scanner<'_> {
    pub(super) fn new<'a>(
        rules: &'a RuleSet,
        is_twin: &'a (dyn Fn(u32) -> bool + Sync),
        progress: &'a Progress,
    ) -> Scanner<'a> {
        Scanner {
            rules,
            is_twin,
            progress,
            longest_anchor: rules.longest_anchor(),
            context: rules.context(),
            scratch: Scratch::default(),
            hits: Vec::new(),
            sights: Vec::new(),
            catch: Catch::default(),
            known_contents: HashMap::new(),
            known_sightings: HashMap::new(),
            known_sets: HashMap::new(),
            #[cfg(test)]
            plain: false,
            #[cfg(test)]
            log: Vec::new(),
        }
    }

    /// What all `scanners` found.
    pub(super) fn finish(scanners: Vec<Scanner<'_>>) -> Catch {
        let mut scanners = scanners.into_iter();
        let Some(mut all) = scanners.next() else {
            return Catch::default();
        };
        for other in scanners {
            let Catch {
                contents,
                sightings,
                sets,
                holders,
                clean,
                blobs,
                bytes,
                binary,
            } = other.catch;
            let contents: Vec<u32> = contents
                .into_iter()
                .map(|c| all.content(c.rule, c.secret))
                .collect();
            let sightings: Vec<u32> = sightings
                .into_iter()
                .map(|s| {
                    all.sighting(Sighting {
                        content: contents[s.content as usize],
                        ..s
                    })
                })
                .collect();
            let sets: Vec<u32> = sets
                .iter()
                .map(|set| {
                    let mut set: Vec<u32> = set.iter().map(|&s| sightings[s as usize]).collect();
                    set.sort_unstable();
                    all.set(set)
                })
                .collect();
            let holders = holders
                .into_iter()
                .map(|(blob, set)| (blob, sets[set as usize]));
            all.catch.holders.extend(holders);
            all.catch.clean.extend(clean);
            all.catch.blobs += blobs;
            all.catch.bytes += bytes;
            all.catch.binary += binary;
        }
        all.catch
    }

    fn content(&mut self, rule: u16, secret: Vec<u8>) -> u32 {
        let next = self.catch.contents.len() as u32;
        let content = Content { rule, secret };
        *self
            .known_contents
            .entry(content)
            .or_insert_with_key(|content| {
                self.catch.contents.push(content.clone());
                next
            })
    }

    fn sighting(&mut self, sighting: Sighting) -> u32 {
        let next = self.catch.sightings.len() as u32;
        *self.known_sightings.entry(sighting).or_insert_with(|| {
            self.catch.sightings.push(sighting);
            next
        })
    }

    fn set(&mut self, set: Vec<u32>) -> u32 {
        let next = self.catch.sets.len() as u32;
        *self
            .known_sets
            .entry(set.into_boxed_slice())
            .or_insert_with_key(|set| {
                self.catch.sets.push(set.clone());
                next
            })
    }

    /// Scans `core` of `text`, which begins at `skip` of its blob.
    fn scan(&mut self, text: &[u8], skip: usize, core: Range<usize>, known: &mut Known) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        self.rules.anchors(text, core, &mut hits);
        for &hit in &hits {
            self.verify(text, skip, hit, known);
        }
        self.hits = hits;
    }

    /// Takes up the anchor `hit`, an offset into `text`, and what comes of it.
    fn verify(&mut self, text: &[u8], skip: usize, hit: Hit, known: &mut Known) {
        let mut sights = std::mem::take(&mut self.sights);
        self.rules.sights(&mut self.scratch, text, hit, &mut sights);
        for sight in sights.drain(..) {
            let Sight {
                rule,
                span,
                content,
            } = sight;
            let content = self.content(rule, content);
            let around = span.start.saturating_sub(AROUND)..text.len().min(span.end + AROUND);
            let sighting = self.sighting(Sighting {
                content,
                around: hash(&text[around]),
            });
            known.places.push(Place {
                rule,
                span: span.start + skip..span.end + skip,
                sighting,
            });
        }
        self.sights = sights;
        known.anchors.push(Anchor {
            hit: Hit {
                start: hit.start + skip,
                ..hit
            },
            places: known.places.len(),
        });
    }

    /// What `base` and its `copies` tell about a blob, and a scan of the rest.
    fn carry(
        &mut self,
        bytes: &[u8],
        skip: usize,
        base: &Known,
        base_text: &Range<usize>,
        copies: &[Copied],
        known: &mut Known,
    ) {
        let text = &bytes[skip..];
        let mut at = skip;
        for copy in copies {
            // Of the copy, what is text in both.
            let cut = skip
                .saturating_sub(copy.to)
                .max(base_text.start.saturating_sub(copy.from));
            if copy.length < cut + WORTHWHILE.max(self.longest_anchor) {
                continue;
            }
            let from = copy.from + cut..copy.from + copy.length;
            let to = copy.to + cut;
            self.scan(text, skip, at - skip..to - skip, known);
            // An anchor that begins later may end behind the copy.
            let last = from.end - (self.longest_anchor - 1);
            at = to + (last - from.start);
            let first = base.anchors.partition_point(|a| a.hit.start < from.start);
            for n in first..base.anchors.len() {
                let Anchor { hit, places } = base.anchors[n];
                if hit.start >= last {
                    break;
                }
                let moved = |offset: usize| offset - from.start + to;
                let whole_before = hit.start >= from.start + self.context
                    || (from.start == base_text.start && to == skip);
                let whole_after = hit.start + self.context <= from.end
                    || (from.end == base_text.end && moved(from.end) == bytes.len());
                if !(whole_before && whole_after) {
                    let hit = Hit {
                        start: moved(hit.start) - skip,
                        ..hit
                    };
                    self.verify(text, skip, hit, known);
                    continue;
                }
                let earlier = n.checked_sub(1).map_or(0, |n| base.anchors[n].places);
                known
                    .places
                    .extend(base.places[earlier..places].iter().map(|p| Place {
                        rule: p.rule,
                        span: moved(p.span.start)..moved(p.span.end),
                        sighting: p.sighting,
                    }));
                known.anchors.push(Anchor {
                    hit: Hit {
                        start: moved(hit.start),
                        ..hit
                    },
                    places: known.places.len(),
                });
            }
        }
        self.scan(text, skip, at - skip..text.len(), known);
    }

    /// Scans a commit's or a tag's message.
    pub(super) fn scan_message(&mut self, number: u32, message: &[u8]) {
        if let Text::Plain(skip) = text_of(message) {
            let mut known = Known::default();
            let text = &message[skip..];
            self.scan(text, skip, 0..text.len(), &mut known);
            self.record(number, message.len(), None, &mut known);
        }
    }

    /// Counts a text and what stands in it.
    fn record(&mut self, number: u32, size: usize, base: Option<&Known>, known: &mut Known) {
        let sightings = |places: &[Place]| places.iter().map(|p| p.sighting).collect::<Vec<_>>();
        if !known.places.is_empty() {
            let is_same = base.is_some_and(|b| {
                b.places.len() == known.places.len()
                    && b.places
                        .iter()
                        .zip(&known.places)
                        .all(|(a, b)| a.sighting == b.sighting)
            });
            known.set = match base {
                Some(base) if is_same => base.set,
                Some(_) | None => {
                    let mut set = sightings(&known.places);
                    set.sort_unstable();
                    set.dedup();
                    Some(self.set(set))
                }
            };
        }
        #[cfg(test)]
        self.log.extend(
            known
                .places
                .iter()
                .map(|p| (number, p.rule, p.span.start, p.span.end)),
        );
        if !(self.is_twin)(number) {
            self.progress.files.fetch_add(1, Ordering::Relaxed);
            self.progress
                .bytes
                .fetch_add(size as u64, Ordering::Relaxed);
            if let Some(set) = known.set {
                self.catch.holders.push((number, set));
            }
        }
    }
}

impl Visitor for Scanner<'_> {
    type State = Known;

    fn visit(&mut self, met: Met<'_, Known>) -> Known {
        let bytes = met.bytes;
        let mut known = Known::default();
        match text_of(bytes) {
            Text::Binary => {
                if !(self.is_twin)(met.number) {
                    self.catch.binary += 1;
                    self.catch.clean.push(met.number);
                }
                return known;
            }
            Text::Plain(skip) => {
                known.text = Some(skip..bytes.len());
                let base = met
                    .origin
                    .and_then(|(base, copies)| Some((base, base.text.as_ref()?, copies)));
                #[cfg(test)]
                let base = base.filter(|_| !self.plain);
                match base {
                    Some((base, text, copies)) => {
                        self.carry(bytes, skip, base, text, copies, &mut known);
                    }
                    None => {
                        let text = &bytes[skip..];
                        self.scan(text, skip, 0..text.len(), &mut known);
                    }
                }
            }
            Text::Wide(text) => {
                self.scan(text.as_bytes(), 0, 0..text.len(), &mut known);
            }
        }
        if !(self.is_twin)(met.number) {
            self.catch.blobs += 1;
            self.catch.bytes += bytes.len() as u64;
            if known.places.is_empty() {
                self.catch.clean.push(met.number);
            }
        }
        self.record(
            met.number,
            bytes.len(),
            met.origin.map(|(base, _)| base),
            &mut known,
        );
        known
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::git::history::Found;
    use crate::git::pack::{Kind, apply, tests as deltas};

    const NO_TWIN: &(dyn Fn(u32) -> bool + Sync) = &|_| false;

    type Step = (bool, usize, usize, Vec<u8>);

    /// Text of pieces that make anchors, matches, near misses and cut ones.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let whole = [
            "http://api.corp-one.com/v1/users",
            "fetch(\"http://data.corp-two.com/api/x?api_key=q7Zt9Lm\")",
            concat!("API_KEY = \"ak_", stringify!(q7Zt9LmXw2Rv8Kp4), "\""),
            concat!("key = 'ak", "_q7Zt' + '9LmXw2Rv8Kp4'"),
        ];
        let parts = [
            "http://",
            "api.corp-one.com",
            "http:/",
            "/",
            " ",
            "\n",
            "key = \"",
            "ak",
            "_",
            "q7Zt9LmXw2",
            "Rv8Kp4Hs6N",
            "\"",
            "x",
            "YWtf",
            "' + '",
            "// ",
            "and so on and so forth ",
        ];
        let piece = prop_oneof![
            1 => proptest::sample::select(whole.to_vec()),
            4 => proptest::sample::select(parts.to_vec()),
        ];
        proptest::collection::vec(piece, 1..40).prop_map(|p| p.concat().into_bytes())
    }

    /// A version of `base` under an edit script.
    fn edit(base: &[u8], script: &[Step]) -> Vec<u8> {
        let (mut out, mut copies) = (Vec::new(), Vec::new());
        let steps: Vec<deltas::Step> = script
            .iter()
            .map(|(copies, from, length, bytes)| match copies {
                true => deltas::Step::Copy(*from, *length),
                false => deltas::Step::Insert(bytes[..bytes.len().min(127)].to_vec()),
            })
            .collect();
        let (delta, _) = deltas::encode(base, &steps);
        apply(base, &delta, &mut out, &mut copies).expect("encode makes no damaged delta");
        delta
    }

    fn both(rules: &RuleSet, first: &[u8], scripts: &[Vec<Step>]) {
        let mut logs = Vec::new();
        let progress = Progress::default();
        for plain in [true, false] {
            let mut scanner = Scanner::new(rules, NO_TWIN, &progress);
            scanner.plain = plain;
            let mut bytes = first.to_vec();
            let mut known = scanner.visit(Met {
                number: 0,
                bytes: &bytes,
                origin: None,
            });
            for (number, script) in (1..).zip(scripts) {
                let delta = edit(&bytes, script);
                let (mut out, mut copies) = (Vec::new(), Vec::new());
                apply(&bytes, &delta, &mut out, &mut copies).expect("it just did");
                known = scanner.visit(Met {
                    number,
                    bytes: &out,
                    origin: Some((&known, &copies)),
                });
                bytes = out;
            }
            scanner.log.sort_unstable();
            let catch = Scanner::finish(vec![scanner.reborn()]);
            let mut held: Vec<_> = catch
                .holders
                .iter()
                .map(|(blob, set)| {
                    let mut set: Vec<_> = catch.sets[*set as usize]
                        .iter()
                        .map(|s| catch.sightings[*s as usize])
                        .map(|s| {
                            let content = &catch.contents[s.content as usize];
                            (content.rule, content.secret.clone(), s.around)
                        })
                        .collect();
                    set.sort();
                    (*blob, set)
                })
                .collect();
            held.sort();
            logs.push((std::mem::take(&mut scanner.log), held));
        }
        assert_eq!(logs[0], logs[1]);
    }

    impl<'a> Scanner<'a> {
        /// Itself, leaving only its log.
        fn reborn(&mut self) -> Scanner<'a> {
            let log = std::mem::take(&mut self.log);
            let scanner =
                std::mem::replace(self, Scanner::new(self.rules, self.is_twin, self.progress));
            self.log = log;
            scanner
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_deltas_carry_is_what_a_scan_finds(
            first in text(),
            scripts in proptest::collection::vec(
                proptest::collection::vec(
                    (any::<bool>(), any::<usize>(), any::<usize>(), text()), 0..6),
                1..5),
            bom in any::<bool>(),
        ) {
            let first = if bom { [&b"\xEF\xBB\xBF"[..], &first].concat() } else { first };
            // Long enough for copies that hold an anchor and all it looks at.
            both(&RuleSet::builtin(), &first.repeat(60), &scripts);
        }
    }

    /// `HUSHLINT_TEST_REPOSITORIES`: folders of repositories, `:` between them.
    #[test]
    #[ignore = "needs clones of real repositories"]
    fn what_deltas_carry_is_what_a_scan_finds_in_real_packs() {
        let progress = Progress::default();
        let folders = std::env::var("HUSHLINT_TEST_REPOSITORIES").expect("folders to read");
        for folder in folders.split(':').map(PathBuf::from) {
            let found = Found::at(&folder).unwrap_or_else(|e| panic!("{e:?}"));
            let repository = found.open();
            {
                let rules = RuleSet::builtin();
                let mut logs = Vec::new();
                for plain in [true, false] {
                    let started = Instant::now();
                    let mut scanners = [
                        Scanner::new(&rules, NO_TWIN, &progress),
                        Scanner::new(&rules, NO_TWIN, &progress),
                    ];
                    for scanner in &mut scanners {
                        scanner.plain = plain;
                    }
                    repository
                        .objects
                        .walk(Kind::Blob, &repository.handle, &mut scanners, &[]);
                    let [a, b] = scanners;
                    let mut log = [a.log, b.log].concat();
                    log.sort_unstable();
                    let digest = format!("{log:?}").bytes().fold(0u64, |h, b| {
                        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
                    });
                    logs.push((log.len(), digest, started.elapsed()));
                }
                assert_eq!(logs[0].0, logs[1].0, "{}", folder.display());
                assert_eq!(logs[0].1, logs[1].1, "{}", folder.display());
            }
        }
    }
}
