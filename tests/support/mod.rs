//! What the tests that run the program share: a folder of its own and a pinned environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A home and an empty tree to work in, out of reach of any repository around.
pub(crate) struct Sandbox {
    temp: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Sandbox {
        let temp = tempfile::tempdir().expect("a temporary folder can be made");
        let sandbox = Sandbox { temp };
        std::fs::create_dir(sandbox.tree()).unwrap();
        std::fs::create_dir(sandbox.home()).unwrap();
        sandbox
    }

    /// The working directory of every command.
    pub(crate) fn tree(&self) -> PathBuf {
        self.top().join("tree")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.top().join("home")
    }

    /// Holds `tree` and `home`, and whatever a test wants beside them.
    pub(crate) fn top(&self) -> PathBuf {
        self.temp.path().canonicalize().unwrap()
    }

    /// `program` in the tree, with nothing of the caller's environment but
    /// the search path: CI, colour, git and logging variables all change what
    /// programs do.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let binary = Path::new(env!("CARGO_BIN_EXE_hushlint"));
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(binary.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&folders));
        command
            .current_dir(self.tree())
            .env_clear()
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", self.home())
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "dumb")
            .env("GIT_CEILING_DIRECTORIES", self.top())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "A Tester")
                .env(format!("GIT_{role}_EMAIL"), "tester@example.com")
                .env(format!("GIT_{role}_DATE"), "2024-01-02T03:04:05Z");
        }
        command
    }
}
