//! `hushlint audit`: every version of every file in the histories of repositories.

use std::path::{Path, PathBuf};

use crate::audit::{self, Memory, Settings};

use super::Exit;
use super::args::AuditArgs;
use super::cache::Cache;
use super::clock;
use super::fixing::Fixing;
use super::reporting::Reporting;

pub(super) fn run(args: &AuditArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.report)?;
    let repositories = &args.repositories;
    let mut places = Vec::new();
    let here = repositories.is_empty().then_some(None);
    for folder in repositories.iter().map(|f| Some(&**f)).chain(here) {
        places.extend(audit::top(folder).map(|top| (top.clone(), top)));
    }
    let root = places
        .first()
        .map_or(PathBuf::new(), |(top, _)| top.clone());
    places.dedup();
    let several = places.len() > 1;
    let regime = reporting.regime(&root, places, None)?;
    if several && let Some(file) = regime.nearest() {
        return Err(format!(
            "`{file}` configures one of these repositories only: audit them one by one, or name a configuration for all with --config, or none with --no-config"
        ));
    }
    let cache = if args.no_cache {
        None
    } else {
        Cache::open(&regime)
    };
    let load = |root: &Path| cache.as_ref().and_then(|c| c.load(root));
    let save = |root: &Path, bytes: &[u8]| cache.iter().for_each(|c| c.save(root, bytes));
    let settings = Settings {
        memory: cache.as_ref().map(|c| Memory {
            key: c.key,
            load: &load,
            save: &save,
        }),
        threads: reporting.threads(),
        baseline: reporting.baseline(&regime),
        since: args.since.clone(),
        all_objects: args.all_objects,
        now: match args.now {
            Some(now) => now,
            None => clock::now()?,
        },
    };
    reporting.finish(regime, Fixing::Off, |regime, progress| {
        Ok(audit::run(repositories, regime, &settings, progress))
    })
}
