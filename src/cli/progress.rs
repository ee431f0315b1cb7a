//! A bar on stderr for scans one has to wait for.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::check::Progress;

/// A scan shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Runs `scan`; after a second, on a terminal, shows how far it has come.
pub(super) fn during<T: Send>(wanted: bool, scan: impl FnOnce(&Progress) -> T + Send) -> T {
    let progress = Progress::default();
    if !wanted || !std::io::stderr().is_terminal() {
        return scan(&progress);
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| show(&progress, &done));
        let result = scan(&progress);
        done.store(true, Ordering::Release);
        watcher.thread().unpark();
        result
    })
}

fn show(progress: &Progress, done: &AtomicBool) {
    let started = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while !done.load(Ordering::Acquire) {
        std::thread::park_timeout(TICK);
        if started.elapsed() < PATIENCE {
            continue;
        }
        let bar = bar.get_or_insert_with(|| {
            let style =
                ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {pos}/{len} files")
                    .expect("the template is constant");
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style)
        });
        let bytes = progress.bytes.load(Ordering::Relaxed);
        let rate = (bytes as f64 / started.elapsed().as_secs_f64()) as u64;
        match progress.total.load(Ordering::Relaxed) {
            0 => bar.set_message("listing files"),
            total => {
                bar.set_length(total);
                bar.set_message(format!("{}, {}/s", HumanBytes(bytes), HumanBytes(rate)));
            }
        }
        bar.set_position(progress.files.load(Ordering::Relaxed));
        bar.tick();
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
