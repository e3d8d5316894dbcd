//! Secrets come from files, never from the settings themselves.

use std::{fs::File, io::Read, path::PathBuf};

use secrecy::SecretString;

use crate::yaml::{Located, Problem};

/// More than this is no password, key or bundle of certificates.
const MAX_BYTES: u64 = 1 << 20;

/// Where files that settings name are looked for. An absolute path is taken as it is; a relative one is looked for in the
/// folder of systemd's credentials first, then in the home.
#[derive(Debug, Clone)]
pub struct SecretPlaces {
    /// The home folder.
    pub home: PathBuf,
    /// What `$CREDENTIALS_DIRECTORY` names, if it is set.
    pub credentials: Option<PathBuf>,
}

impl SecretPlaces {
    fn find(&self, path: &PathBuf) -> PathBuf {
        let credential = self.credentials.as_ref().map(|folder| folder.join(path)).filter(|path| path.exists());
        credential.unwrap_or_else(|| self.home.join(path))
    }

    /// The text of a file that holds a secret, without blanks around it.
    pub(super) fn secret(&self, file: &Located<PathBuf>) -> Result<SecretString, Problem> {
        let text = self.read(file)?;
        let secret = text.trim();
        if secret.is_empty() {
            let message = format!("the file {} is empty", self.find(file).display());
            return Err(Problem::new(file.place.clone(), message));
        }
        Ok(SecretString::from(secret))
    }

    /// The text of a file of certificates (PEM).
    pub(super) fn certificates(&self, file: &Located<PathBuf>) -> Result<String, Problem> {
        let text = self.read(file)?;
        if text.contains("-----BEGIN CERTIFICATE-----") {
            return Ok(text);
        }
        let message = format!("the file {} holds no certificate", self.find(file).display());
        Err(Problem::new(file.place.clone(), message).hint("PEM is expected: -----BEGIN CERTIFICATE-----"))
    }

    fn read(&self, file: &Located<PathBuf>) -> Result<String, Problem> {
        let path = self.find(file);
        let cannot = |why: &str| Problem::new(file.place.clone(), format!("cannot read {}: {why}", path.display()));
        let mut text = String::new();
        // A pipe would be waited for without an end.
        if !path.metadata().map_err(|error| cannot(&error.to_string()))?.is_file() {
            return Err(cannot("it is not a file"));
        }
        let opened = File::open(&path).map_err(|error| cannot(&error.to_string()))?;
        opened.take(MAX_BYTES).read_to_string(&mut text).map_err(|error| cannot(&error.to_string()))?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::outbox::testing::decode;

    fn file(path: &str) -> Located<PathBuf> {
        decode(path).expect("a path")
    }

    #[test]
    fn credentials_come_before_the_home() {
        let (home, credentials) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let places = SecretPlaces { home: home.path().to_owned(), credentials: Some(credentials.path().to_owned()) };
        fs::write(home.path().join("password"), "from the home\n").unwrap();
        assert_eq!(places.secret(&file("password")).unwrap().expose_secret(), "from the home");
        fs::write(credentials.path().join("password"), "from systemd\n").unwrap();
        assert_eq!(places.secret(&file("password")).unwrap().expose_secret(), "from systemd");
        let absolute = home.path().join("password");
        assert_eq!(places.secret(&file(absolute.to_str().unwrap())).unwrap().expose_secret(), "from the home");
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_place_and_without_its_content() {
        let home = tempfile::tempdir().unwrap();
        let places = SecretPlaces { home: home.path().to_owned(), credentials: None };
        fs::write(home.path().join("blank"), " \n").unwrap();
        fs::write(home.path().join("bytes"), [0xff, 0xfe]).unwrap();
        fs::write(home.path().join("text"), "hunter2").unwrap();
        fs::create_dir(home.path().join("folder")).unwrap();
        for (name, part) in
            [("missing", "cannot read"), ("blank", "is empty"), ("bytes", "UTF-8"), ("folder", "not a file")]
        {
            let problem = places.secret(&file(name)).expect_err(name).to_string();
            assert!(problem.starts_with("a.yaml:1:1: ") && problem.contains(part), "{problem}");
        }
        let problem = places.certificates(&file("text")).expect_err("no certificate").to_string();
        assert!(problem.contains("holds no certificate") && !problem.contains("hunter2"), "{problem}");
        assert!(!format!("{:?}", places.secret(&file("text"))).contains("hunter2"));
    }
}
