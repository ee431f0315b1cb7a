//! The audit: every version of every file that a repository's history holds.

mod scan;
