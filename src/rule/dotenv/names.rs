//! Which file names are dotenv files', and which are their templates'.

/// The names of a run: those of the rules, and those the configuration adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// In lower case; one that ends in `*` stands for every name that goes on from there.
    files: Vec<String>,
    /// Words of a name that make it a template's, in lower case.
    templates: Vec<String>,
}

impl Names {
    pub(super) fn new(files: &[String], templates: &[String]) -> Names {
        let lower = |words: &[String]| words.iter().map(|w| w.to_lowercase()).collect();
        Names {
            files: lower(files),
            templates: lower(templates),
        }
    }

    pub(super) fn add(&mut self, files: &[String], templates: &[String]) {
        self.files.extend(files.iter().map(|f| f.to_lowercase()));
        self.templates
            .extend(templates.iter().map(|t| t.to_lowercase()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether `name`, a path's last component, is a dotenv file's, whatever
    /// its case, and no template's.
    pub fn holds(&self, name: &[u8]) -> bool {
        self.fits(name) && !self.is_template(name)
    }

    /// The name of the file that is made from the template `name`: what
    /// stands before the words that make it one. What stands behind them
    /// (`.env.example.docker`) tells templates of one file apart.
    pub(super) fn made_from(&self, name: &[u8]) -> Option<Vec<u8>> {
        if !self.fits(name) || !self.is_template(name) {
            return None;
        }
        let mut made = Vec::new();
        for (at, part) in name.split(|&b| b == b'.').enumerate() {
            let rest: Vec<&[u8]> = words(part)
                .take_while(|w| !self.is_template_word(w))
                .collect();
            if !rest.is_empty() {
                made.extend((at > 0).then_some(b'.'));
                made.extend(rest.join(&b'-'));
            }
            if rest.len() < words(part).count() {
                break;
            }
        }
        Some(made)
    }

    fn fits(&self, name: &[u8]) -> bool {
        self.files.iter().any(|file| match file.strip_suffix('*') {
            Some(start) => {
                name.len() >= start.len()
                    && name[..start.len()].eq_ignore_ascii_case(start.as_bytes())
            }
            None => name.eq_ignore_ascii_case(file.as_bytes()),
        })
    }

    fn is_template(&self, name: &[u8]) -> bool {
        name.split(|&b| b == b'.')
            .flat_map(words)
            .any(|word| self.is_template_word(word))
    }

    fn is_template_word(&self, word: &[u8]) -> bool {
        self.templates
            .iter()
            .any(|t| word.eq_ignore_ascii_case(t.as_bytes()))
    }
}

fn words(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    part.split(|b| matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use crate::rule::RuleSet;

    #[test]
    fn dotenv_files_are_told_from_templates() {
        let names = RuleSet::builtin().dotenv_names();
        let cases = [
            (".env", true),
            (".ENV", true),
            (".env.local", true),
            (".Env.Production", true),
            (".env.production.local", true),
            ("secrets.json", true),
            ("Secrets.JSON", true),
            (".env.example", false),
            (".env.EXAMPLE", false),
            (".env.local.example", false),
            (".env.production.sample", false),
            (".env.test-example", false),
            (".env.template", false),
            (".env.dist", false),
            (".env.defaults", false),
            (".env.", true),
            (".envrc", false),
            ("env", false),
            ("my.env", false),
            ("secrets.json.bak", false),
            ("my-secrets.json", false),
        ];
        for (name, expected) in cases {
            assert_eq!(names.holds(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_template_names_its_file() {
        let names = RuleSet::builtin().dotenv_names();
        let cases = [
            (".env.example", Some(".env")),
            (".env.local.example", Some(".env.local")),
            (".env.example.docker", Some(".env")),
            (".env.docker-sample", Some(".env.docker")),
            (".env", None),
            ("example", None),
        ];
        for (name, expected) in cases {
            let made = names.made_from(name.as_bytes());
            assert_eq!(made.as_deref(), expected.map(str::as_bytes), "{name}");
        }
    }
}
