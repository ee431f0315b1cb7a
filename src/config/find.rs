//! Which files configure a folder, and the files those extend.

use std::path::{Component, Path, PathBuf};

use super::Read;
use super::parse::{Error, Layer, PROJECT, parse, project};

/// The names of configuration files.
pub(super) const NAMES: [&str; 3] = [".hushlint.toml", "hushlint.toml", PROJECT];

/// Whether a file of this name may configure the scan of its folder.
pub fn is_configuration(name: &[u8]) -> bool {
    NAMES.iter().any(|n| n.as_bytes() == name)
}

/// Whether `text` and `other` of the file called `name` configure otherwise.
pub fn differ(name: &Path, text: Option<&str>, other: &str) -> bool {
    match name.file_name() {
        Some(file) if file == PROJECT => project(text.unwrap_or_default()) != project(other),
        Some(_) | None => text != Some(other),
    }
}

/// Where configurations are read from, and what their names are relative to.
pub struct Source {
    pub read: Read,
    /// All configuration files there are, where that is known beforehand.
    pub files: Option<Vec<PathBuf>>,
    /// The repository; what lies outside is called by its whole path.
    pub root: PathBuf,
}

impl Source {
    /// What messages call `file`.
    pub fn name_of(&self, file: &Path) -> String {
        let name = file.strip_prefix(&self.root).unwrap_or(file);
        let name = Some(name).filter(|name| !name.as_os_str().is_empty());
        name.unwrap_or(file).to_string_lossy().replace('\\', "/")
    }

    /// The layers of the configuration in `folder`, if it has one: what is extended goes first.
    pub fn of_folder(&self, folder: &Path) -> Result<Option<Vec<Layer>>, Error> {
        let mut found: Option<Layer> = None;
        for name in NAMES {
            let file = folder.join(name);
            let Some(layer) = self.layer(&file)? else {
                continue;
            };
            if let Some(first) = &found {
                return Err(Error {
                    file: layer.name.to_string(),
                    line: 0,
                    key: String::new(),
                    message: format!(
                        "`{}` configures the same folder; keep one of them",
                        first.name
                    ),
                });
            }
            found = Some(layer);
        }
        found.map(|layer| self.chain(layer)).transpose()
    }

    /// The layers of the configuration `file`, which must be there.
    pub fn of_file(&self, file: &Path) -> Result<Vec<Layer>, Error> {
        match self.layer(file)? {
            Some(layer) => self.chain(layer),
            None => Err(self.missing(file)),
        }
    }

    fn layer(&self, file: &Path) -> Result<Option<Layer>, Error> {
        let name = self.name_of(file);
        match (self.read)(file) {
            Ok(Some(text)) => parse(file, &name, &text),
            Ok(None) => Ok(None),
            Err(message) => Err(Error {
                file: name,
                line: 0,
                key: String::new(),
                message,
            }),
        }
    }

    fn missing(&self, file: &Path) -> Error {
        let is_project = file.file_name().is_some_and(|n| n == PROJECT);
        Error {
            file: self.name_of(file),
            line: 0,
            key: String::new(),
            message: match (self.read)(file) {
                Ok(Some(_)) if is_project => "no table `[tool.hushlint]`".to_owned(),
                _ => "no such file".to_owned(),
            },
        }
    }

    /// `last` behind all that it extends.
    fn chain(&self, last: Layer) -> Result<Vec<Layer>, Error> {
        let mut layers = vec![last];
        while let Some(extend) = layers[0].extend.clone() {
            let outer = &layers[0];
            let error = |message: String| Error {
                file: outer.name.to_string(),
                line: extend.origin.line(),
                key: "extend".to_owned(),
                message,
            };
            let folder = outer.file.parent().unwrap_or(Path::new(""));
            let file = normal(&folder.join(&extend.value));
            if layers.iter().any(|l| l.file == file) {
                let names: Vec<&str> = layers.iter().rev().map(|l| &*l.name).collect();
                return Err(error(format!(
                    "goes round in a circle: {} extends {}",
                    names.join(" extends "),
                    self.name_of(&file),
                )));
            }
            let not_there = |message: &str| error(format!("`{}`: {message}", extend.value));
            (self.read)(&file).map_err(|message| not_there(&message))?;
            let Some(base) = self.layer(&file)? else {
                return Err(not_there(&self.missing(&file).message));
            };
            layers.insert(0, base);
        }
        Ok(layers)
    }
}

/// The file that configures `folder`, if one does, whatever is wrong with it.
pub fn configures(folder: &Path, read: &Read) -> Option<&'static str> {
    let says_something = |name: &&str| {
        let file = folder.join(name);
        match read(&file) {
            Ok(Some(text)) => !matches!(parse(&file, name, &text), Ok(None)),
            Ok(None) => false,
            Err(_) => *name != PROJECT,
        }
    };
    NAMES.into_iter().find(says_something)
}

/// The folder whose files a configuration file governs.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// `path` without `.` and `..`, by its words alone.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::ParentDir
            | Component::Normal(_)
            | Component::RootDir
            | Component::Prefix(_) => normal.push(part),
        }
    }
    normal
}
