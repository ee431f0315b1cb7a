//! hushlint: a static secret-leak linter.

pub mod audit;
pub mod check;
pub mod cli;
pub mod document;
pub mod excerpt;
pub mod finding;
pub mod git;
pub mod line_hash;
pub mod report;
pub mod rule;
pub mod source;
pub mod suggest;
pub mod syntax;
