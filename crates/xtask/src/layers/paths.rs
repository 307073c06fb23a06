//! What a source file names of its own crate: the paths in its tokens, test code left out.

use std::iter::Peekable;
use std::str::FromStr;

use anyhow::{Result, anyhow};
use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path from the root of the crate, or of a module, segment by segment.
pub type Path = Vec<String>;

/// What one file says.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// Paths that begin with `crate`, `self` or `super`, from the root of the crate. The last
    /// segment is `*` for a glob.
    pub used: Vec<Path>,
    /// What `pub use` lets out, as it stands there, with the name that it has outside.
    pub let_out: Vec<(String, Path)>,
    /// Names of items that are `pub` in some way.
    pub public: Vec<String>,
    /// Modules that exist in tests only.
    pub test_modules: Vec<Path>,
}

/// Reads the text of a module's file.
///
/// # Errors
/// When it is not Rust.
pub fn read(module: &[String], text: &str) -> Result<Found> {
    let tokens = TokenStream::from_str(text).map_err(|error| anyhow!("{error}"))?;
    let mut reader = Reader { module: module.to_vec(), found: Found::default() };
    reader.walk(tokens);
    Ok(reader.found)
}

type Tokens = Peekable<IntoIter>;

struct Reader {
    module: Path,
    found: Found,
}

impl Reader {
    fn walk(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.attribute(&mut tokens),
                TokenTree::Ident(ident) => self.word(&ident.to_string(), &mut tokens),
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    fn word(&mut self, word: &str, tokens: &mut Tokens) {
        match word {
            "pub" => self.public(tokens),
            "mod" => {
                let Some(TokenTree::Ident(name)) = tokens.next() else { return };
                self.inline_module(&name.to_string(), tokens);
            }
            "crate" | "self" | "super" if follows_path(tokens) => {
                let start = self.start(word);
                for (path, _) in rest(start, tokens) {
                    self.found.used.push(self.absolute(path));
                }
            }
            _ => {}
        }
    }

    /// A module that is written out here has its own `super`.
    fn inline_module(&mut self, name: &str, tokens: &mut Tokens) {
        if let Some(TokenTree::Group(body)) = tokens.next_if(is_braces) {
            self.module.push(name.to_owned());
            self.walk(body.stream());
            self.module.pop();
        }
    }

    /// What stands behind `pub`: a range, which is no use of what it names, and an item.
    fn public(&mut self, tokens: &mut Tokens) {
        tokens.next_if(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis));
        while let Some(TokenTree::Ident(word)) =
            tokens.next_if(|token| matches!(token, TokenTree::Ident(_)))
        {
            match word.to_string().as_str() {
                "async" | "const" | "unsafe" | "extern" | "static" | "mut" => {
                    if let Some(TokenTree::Ident(name)) = tokens.peek()
                        && name
                            .to_string()
                            .chars()
                            .all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
                    {
                        self.found.public.push(name.to_string());
                    }
                }
                "use" => return self.let_out(tokens),
                "struct" | "enum" | "fn" | "trait" | "type" | "union" => {
                    if let Some(TokenTree::Ident(name)) = tokens.peek() {
                        self.found.public.push(name.to_string());
                    }
                    return;
                }
                other => return self.word(other, tokens),
            }
        }
    }

    fn let_out(&mut self, tokens: &mut Tokens) {
        for (path, name) in rest(Vec::new(), tokens) {
            if path
                .first()
                .is_some_and(|first| matches!(first.as_str(), "crate" | "super" | "self"))
            {
                let start = self.start(&path[0]);
                let path = self.absolute(start.into_iter().chain(path[1..].to_vec()).collect());
                self.found.used.push(path.clone());
                self.found.let_out.push((name, path));
            } else {
                self.found.let_out.push((name, path));
            }
        }
    }

    /// Passes over what `#[cfg(test)]` is said of.
    fn attribute(&mut self, tokens: &mut Tokens) {
        let Some(TokenTree::Group(group)) =
            tokens.next_if(|token| matches!(token, TokenTree::Group(_)))
        else {
            return;
        };
        if group.stream().to_string().replace(' ', "") != "cfg(test)" {
            return self.walk(group.stream());
        }
        let mut is_use = false;
        let mut is_module = false;
        for token in tokens.by_ref() {
            match token {
                TokenTree::Ident(word) if is_module => {
                    let mut path = self.module.clone();
                    path.push(word.to_string());
                    self.found.test_modules.push(path);
                    is_module = false;
                }
                TokenTree::Ident(word) if word == "mod" => is_module = true,
                TokenTree::Ident(word) if word == "use" => is_use = true,
                TokenTree::Punct(punct) if punct.as_char() == ';' => return,
                token if is_braces(&token) && !is_use => return,
                _ => {}
            }
        }
    }

    /// The module that the first word of a path means; `super` stays for [`Self::absolute`].
    fn start(&self, word: &str) -> Path {
        match word {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            _ => self.module.iter().take(self.module.len().saturating_sub(1)).cloned().collect(),
        }
    }

    /// Follows each `super` that is left.
    fn absolute(&self, path: Path) -> Path {
        let mut followed: Path = Vec::new();
        for segment in path {
            match segment.as_str() {
                "super" => drop(followed.pop()),
                "self" => {}
                _ => followed.push(segment),
            }
        }
        followed
    }
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// Whether `::` comes next.
fn follows_path(tokens: &mut Tokens) -> bool {
    tokens.peek().is_some_and(|token| is_punct(token, ':')) && {
        let mut ahead = tokens.clone();
        ahead.next();
        ahead.next().is_some_and(|token| is_punct(&token, ':'))
    }
}

/// All paths that go on from `start`, through lists in braces, with the name that each has
/// afterwards. Ends where the path ends.
fn rest(start: Path, tokens: &mut Tokens) -> Vec<(Path, String)> {
    let mut path = start;
    loop {
        // The first segment of an element of a list has no colons before it.
        while tokens.next_if(|token| is_punct(token, ':')).is_some() {}
        match tokens.peek() {
            Some(TokenTree::Ident(segment)) => {
                path.push(segment.to_string());
                tokens.next();
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                tokens.next();
                path.push("*".into());
            }
            Some(token) if is_braces(token) => {
                let Some(TokenTree::Group(group)) = tokens.next() else { return Vec::new() };
                let mut inner = group.stream().into_iter().peekable();
                let mut found = Vec::new();
                while inner.peek().is_some() {
                    found.extend(rest(path.clone(), &mut inner));
                    while inner.next_if(|token| !is_punct(token, ',')).is_some() {}
                    inner.next();
                }
                return found;
            }
            _ => break,
        }
        if !follows_path(tokens) {
            break;
        }
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.next_if(|token| matches!(token, TokenTree::Ident(word) if word == "as")).is_some()
        && let Some(TokenTree::Ident(alias)) = tokens.next()
    {
        name = alias.to_string();
    }
    vec![(path, name)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(text: &str) -> Vec<String> {
        let module = ["routing".to_owned(), "list".to_owned()];
        let found = read(&module, text).expect("Rust");
        found.used.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        for (text, expected) in [
            ("use crate::http::answer;", vec!["http::answer"]),
            (
                "use crate::{clock, http::{self, answer::{json, page as p}}, view::*};",
                vec!["clock", "http", "http::answer::json", "http::answer::page", "view::*"],
            ),
            (
                "fn f() -> crate::error::Failure { crate::view::id::<T>(1) }",
                vec!["error::Failure", "view::id"],
            ),
            ("use super::super::calls::Row; use super::view;", vec!["calls::Row", "routing::view"]),
            ("use self::deep::Row;", vec!["routing::list::deep::Row"]),
            ("mod inner { use super::super::super::calls::Row; }", vec!["calls::Row"]),
            ("pub use super::super::calls::{Row, Page};", vec!["calls::Row", "calls::Page"]),
            ("view! { <p>{crate::ui::icon(1)}</p> }", vec!["ui::icon"]),
            ("#[serde(with = \"x\", default = crate::clock::now)] struct A;", vec!["clock::now"]),
            ("macro_rules! a { () => { $crate::texts::say() } }", vec!["texts::say"]),
            ("fn f(&self) { self.x; for a in crate::calls::all() {} }", vec!["calls::all"]),
        ] {
            assert_eq!(used(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_use_is_not_found() {
        for text in [
            "// use crate::http;\n/// [`crate::http`]\nfn f() { \"crate::http\"; r#\"crate::a\"#; }",
            "pub(crate) fn f() {} pub(in crate::routing) struct A;",
            "#[cfg(test)] mod tests { use crate::http; }",
            "#[cfg(test)] use crate::{http, view}; struct A;",
            "#[cfg(test)] #[allow(x)] pub fn sample() -> crate::http::A { crate::view::b() }",
            "use std::fmt; use http::answer;",
        ] {
            assert_eq!(used(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(used("#[cfg(test)] use crate::a; use crate::b;"), ["b"]);
    }

    #[test]
    fn files_of_tests_and_what_is_let_out_are_known() {
        let text = "#[cfg(test)] mod tests; mod number; pub use number::{Number as N, Kind};
            pub use list::*; pub enum E {} pub(crate) const MOST: u8 = 1; pub async fn go() {}";
        let found = read(&["a".into()], text).expect("Rust");
        assert_eq!(found.test_modules, [["a", "tests"]]);
        let let_out: Vec<String> = found
            .let_out
            .iter()
            .map(|(name, path)| format!("{name}={}", path.join("::")))
            .collect();
        assert_eq!(let_out, ["N=number::Number", "Kind=number::Kind", "*=list::*"]);
        assert_eq!(found.public, ["E", "MOST", "go"]);
    }
}
