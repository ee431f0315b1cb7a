//! All that is known about git: repositories, the index, ignore rules.

pub mod ignore;
pub mod repository;
pub mod wildmatch;
