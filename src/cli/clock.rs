//! What time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970; `SOURCE_DATE_EPOCH` goes before the clock, as reproducible-builds.org has it.
pub(super) fn now() -> Result<i64, String> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("SOURCE_DATE_EPOCH={text}: not a number of seconds")),
        Err(_) => Ok(SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_secs() as i64)),
    }
}
