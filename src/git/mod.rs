//! All that is known about git: repositories, the index, ignore rules, objects, histories.

pub mod changes;
pub mod history;
pub mod ignore;
pub mod objects;
pub mod pack;
pub mod range;
pub mod refs;
pub mod reftable;
pub mod repository;
pub mod store;
pub mod wildmatch;
