//! hushlint: a static secret-leak linter.

pub mod document;
pub mod excerpt;
pub mod finding;
pub mod line_hash;
pub mod report;
pub mod rule;
pub mod suggest;
pub mod syntax;
