//! stub
use crate::document::Coverage;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ignored {
    No,
    Shared,
    Private(String),
}
pub struct Rules;
pub struct Folder;
type Failure = (PathBuf, io::Error);
impl Folder {
    pub fn root(_: &Rules) -> Result<Arc<Folder>, Failure> {
        Ok(Arc::new(Folder))
    }
    pub fn outside(_: &Path) -> Result<Arc<Folder>, Failure> {
        Ok(Arc::new(Folder))
    }
    pub fn enter(self: &Arc<Folder>, _name: &[u8], _path: &Path) -> Result<Arc<Folder>, Failure> {
        Ok(self.clone())
    }
    pub fn ignored(&self, _name: &[u8], _is_folder: bool) -> Ignored {
        Ignored::No
    }
}
pub fn coverage_of(_: &Rules, _: &[u8]) -> Result<Coverage, Failure> {
    Ok(Coverage::Nothing)
}
