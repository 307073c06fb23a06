//! As much of Docker's languages as our Dockerfile and `.dockerignore` use.

use anyhow::{Context, Result, bail};

/// One `FROM` and what follows it.
#[derive(Debug, PartialEq)]
pub struct Stage {
    /// The image that it begins with.
    pub base: String,
    /// What later stages call it.
    pub name: String,
    /// Keyword and what follows it, in order, each on one line.
    pub steps: Vec<(String, String)>,
}

impl Stage {
    /// What follows a keyword, for each time that it stands there.
    pub fn all<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a str> {
        self.steps.iter().filter(move |(word, _)| word == keyword).map(|(_, rest)| rest.as_str())
    }

    /// Packages that `apt-get install` brings.
    pub fn packages(&self) -> Vec<&str> {
        self.all("RUN")
            .flat_map(commands)
            .filter(|words| words.starts_with(&["apt-get", "install"]))
            .flat_map(|words| words.into_iter().skip(2).filter(|word| !word.starts_with('-')))
            .collect()
    }

    /// Names and values of `ENV`.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        self.all("ENV")
            .flat_map(str::split_whitespace)
            .filter_map(|pair| pair.split_once('='))
            .collect()
    }

    /// The last command line under a keyword, written as a list.
    pub fn command(&self, keyword: &str) -> Result<Vec<String>> {
        let text = self.all(keyword).last().with_context(|| format!("no {keyword} is there"))?;
        list(text)
    }
}

/// The stages of a Dockerfile.
pub fn stages(text: &str) -> Result<Vec<Stage>> {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let text = lines.join("\n").replace("\\\n", " ");
    let mut stages: Vec<Stage> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (keyword, rest) = line.trim().split_once(' ').context("a keyword stands alone")?;
        let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        if keyword == "FROM" {
            let (base, name) = rest.split_once(" AS ").unwrap_or((&rest, ""));
            let (base, name) = (base.to_owned(), name.to_owned());
            stages.push(Stage { base, name, steps: Vec::new() });
        } else {
            let stage = stages.last_mut().context("the first word is not FROM")?;
            stage.steps.push((keyword.to_owned(), rest));
        }
    }
    Ok(stages)
}

/// The commands of a `RUN`, one after the other, word by word.
pub fn commands(run: &str) -> Vec<Vec<&str>> {
    run.split("&&")
        .map(|command| {
            command.split_whitespace().filter(|word| !word.starts_with("--mount=")).collect()
        })
        .collect()
}

/// `["a", "b"]`.
pub fn list(text: &str) -> Result<Vec<String>> {
    let Some(inner) = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        bail!("{text} is no list: only lists start without a shell");
    };
    Ok(inner.split(',').map(|part| part.trim().trim_matches('"').to_owned()).collect())
}

/// Whether a file is left out by the lines of a `.dockerignore`.
pub fn is_ignored(ignore: &str, file: &str) -> bool {
    let matches = |pattern: &str| {
        let mut parts = file.split('/');
        pattern.trim_matches('/').split('/').all(|wanted| {
            parts.next().is_some_and(|part| match wanted.split_once('*') {
                None => part == wanted,
                Some((start, end)) => part.starts_with(start) && part.ends_with(end),
            })
        })
    };
    let lines = ignore.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).any(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\nFROM rust:1 AS build\nRUN apt-get update \\\n    # another\n    \
        && apt-get install -y --no-install-recommends a b \\\n    && rm -rf x\nWORKDIR /src\n\
        RUN --mount=type=cache,target=/a \\\n    cargo build\n\nFROM debian\n\
        COPY --from=build /out/a /b\nENV A=1 \\\n    B=2\nCMD [\"serve\", \"--now\"]\n";

    #[test]
    fn a_dockerfile_is_read_into_stages_and_commands() {
        let stages = stages(TEXT).expect("a Dockerfile");
        let [build, last] = stages.as_slice() else { panic!("{stages:?}") };
        assert_eq!((build.base.as_str(), build.name.as_str()), ("rust:1", "build"));
        assert_eq!(build.packages(), ["a", "b"]);
        let runs: Vec<_> =
            build.all("RUN").flat_map(commands).map(|words| words.join(" ")).collect();
        assert_eq!(runs[0], "apt-get update");
        assert_eq!(runs[2..], ["rm -rf x", "cargo build"]);
        assert_eq!(last.environment(), [("A", "1"), ("B", "2")]);
        assert_eq!(last.command("CMD").expect("a list"), ["serve", "--now"]);
        assert!(last.command("ENTRYPOINT").is_err());
        assert!(list("serve --now").is_err());
    }

    #[test]
    fn what_is_ignored_is_ignored_with_everything_below_it() {
        let ignore = ".git\n# a comment\nfrontend/dist\nfrontend/.dist-*\n\ntarget/\n";
        for (file, expected) in [
            (".git/config", true),
            (".gitignore", false),
            ("frontend/dist/index.html", true),
            ("frontend/.dist-12/a", true),
            ("frontend/src/dist/a", false),
            ("target/debug/x", true),
            ("crates/target/x", false),
        ] {
            assert_eq!(is_ignored(ignore, file), expected, "{file}");
        }
    }
}
