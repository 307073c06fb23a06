//! Which module of a crate uses which: no circle between modules, and no arrow from a lower floor
//! to a higher one.
//!
//! The arrows are drawn from every path in the sources that begins with `crate`, `self` or
//! `super`, test code left out. What a crate's root lets out counts as the module that it comes
//! from.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::root;
use paths::{Found, read};

/// A crate whose modules are held apart.
struct Held {
    name: &'static str,
    /// Folder of its sources, from the root of the repository.
    sources: &'static str,
    /// Modules below and above the rooms, the lowest floor first. What is named on no floor is a
    /// room. Empty = only circles are looked for.
    floors: &'static [&'static [&'static str]],
}

/// Stands for all modules that no floor names.
const ROOMS: &str = "*";

const CRATES: &[Held] = &[
    Held { name: "api-types", sources: "crates/api-types/src", floors: &[] },
    Held { name: "store", sources: "crates/store/src", floors: &[] },
    Held {
        name: "server",
        sources: "crates/server/src",
        floors: &[&["platform"], &["http"], &[ROOMS], &["app"], &["cli"]],
    },
    Held {
        name: "frontend",
        sources: "frontend/src",
        floors: &[&["platform"], &["ui"], &["page"], &[ROOMS], &["app"]],
    },
];

/// Looks at every crate.
///
/// # Errors
/// When there is a circle or an arrow upwards; each is printed with the files that draw it.
pub fn check() -> Result<()> {
    let mut wrong = 0;
    for held in CRATES {
        let found = look_at(held, &root().join(held.sources))?;
        for line in &found {
            println!("{}: {line}", held.name);
        }
        wrong += found.len();
    }
    if wrong > 0 {
        bail!("modules use each other in {wrong} ways that ARCHITECTURE.md rules out");
    }
    Ok(())
}

/// From a module to a module beside it, with a file that says so and what it names.
type Arrows = BTreeMap<(String, String), (String, String)>;

/// A file and what it says.
struct Source {
    file: String,
    module: Vec<String>,
    found: Found,
}

/// Everything that is wrong in one crate, a sentence each.
fn look_at(held: &Held, folder: &Path) -> Result<Vec<String>> {
    let mut sources = Vec::new();
    collect(folder, folder, &mut sources)?;
    let tests: BTreeSet<Vec<String>> =
        sources.iter().flat_map(|source| source.found.test_modules.clone()).collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    let modules: BTreeSet<Vec<String>> =
        sources.iter().map(|source| source.module.clone()).collect();
    let folders: BTreeSet<Vec<String>> = modules
        .iter()
        .filter_map(|module| module.split_last().map(|(_, parent)| parent.to_vec()))
        .collect();
    let let_out = let_out_by_root(&sources);

    let mut wrong = Vec::new();
    // By the module that the two stand in.
    let mut arrows: BTreeMap<Vec<String>, Arrows> = BTreeMap::new();
    for source in &sources {
        for path in &source.found.used {
            if path.first().is_some_and(|first| first == "*") && !source.module.is_empty() {
                wrong.push(format!("{} names all of the crate at once", source.file));
            }
            let Some(target) = resolve(path, &modules, &let_out) else { continue };
            let common =
                source.module.iter().zip(&target).take_while(|(here, there)| here == there).count();
            let (Some(here), Some(there)) = (source.module.get(common), target.get(common)) else {
                continue;
            };
            let parent = &target[..common];
            let is_folder =
                |name: &String| folders.contains(&[parent, std::slice::from_ref(name)].concat());
            if common == 0 || (is_folder(here) && is_folder(there)) {
                arrows
                    .entry(parent.to_vec())
                    .or_default()
                    .entry((here.clone(), there.clone()))
                    .or_insert_with(|| (source.file.clone(), path.join("::")));
            }
        }
    }
    if let (false, Some(top)) = (held.floors.is_empty(), arrows.get(&Vec::new())) {
        wrong.extend(upwards(held.floors, top));
    }
    for (parent, arrows) in &arrows {
        wrong.extend(circles(arrows).map(|circle| {
            let place = if parent.is_empty() { String::new() } else { parent.join("::") + ": " };
            format!("{place}a circle: {circle}")
        }));
    }
    wrong.sort();
    wrong.dedup();
    Ok(wrong)
}

/// Every source file below a folder.
fn collect(top: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(top, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut module: Vec<String> = path
                .strip_prefix(top)?
                .with_extension("")
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            if module.last().is_some_and(|last| last == "mod")
                || matches!(module.as_slice(), [only] if only == "lib" || only == "main")
            {
                module.pop();
            }
            let file = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
            let found = read(&module, &fs::read_to_string(&path)?)
                .with_context(|| format!("{file} cannot be read as Rust"))?;
            sources.push(Source { file, module, found });
        }
    }
    Ok(())
}

/// The module that each name comes from which the crate's root lets out.
fn let_out_by_root(sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    let root = sources.iter().filter(|source| source.module.is_empty());
    for (name, path) in root.flat_map(|source| &source.found.let_out) {
        let Some((last, module)) = path.split_last() else { continue };
        if last != "*" {
            names.insert(name.clone(), path.clone());
            continue;
        }
        let inside = sources.iter().filter(|source| source.module.starts_with(module));
        for public in inside.flat_map(|source| &source.found.public) {
            names.entry(public.clone()).or_insert_with(|| module.to_vec());
        }
    }
    names
}

/// The innermost module that a path leads to; `None` when it leads to something of the root, such
/// as a macro.
fn resolve(
    path: &[String],
    modules: &BTreeSet<Vec<String>>,
    let_out: &BTreeMap<String, Vec<String>>,
) -> Option<Vec<String>> {
    let first = path.first()?;
    let path = if modules.iter().any(|module| module.first() == Some(first)) {
        path
    } else {
        let_out.get(first)?
    };
    (1..=path.len())
        .rev()
        .map(|length| &path[..length])
        .find(|start| modules.iter().any(|module| module.starts_with(start)))
        .map(<[String]>::to_vec)
}

/// The arrows from a lower floor to a higher one.
fn upwards(floors: &[&[&str]], arrows: &Arrows) -> Vec<String> {
    let rooms = floors.iter().position(|floor| floor.contains(&ROOMS));
    let floor = |module: &String| {
        floors.iter().position(|floor| floor.contains(&module.as_str())).or(rooms)
    };
    arrows
        .iter()
        .filter(|((from, to), _)| floor(from) < floor(to))
        .map(|((from, to), (file, path))| {
            format!("{from} stands below {to} and uses it: {file} names {path}")
        })
        .collect()
}

/// One circle for each set of modules that use each other: the shortest through the first of them.
fn circles(arrows: &Arrows) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    for (start, _) in arrows.keys() {
        if seen.contains(start) {
            continue;
        }
        if let Some(circle) = shortest_circle(start, arrows) {
            let ring = ring_of(start, arrows);
            let mut steps: Vec<String> = circle
                .windows(2)
                .map(|pair| {
                    let (from, to) = (pair[0], pair[1]);
                    let (file, path) = &arrows[&(from.clone(), to.clone())];
                    format!("{from} uses {to} ({file} names {path})")
                })
                .collect();
            if ring.len() >= circle.len() {
                let names: Vec<&str> = ring.iter().map(|name| name.as_str()).collect();
                steps.push(format!("and all of these reach each other: {}", names.join(" ")));
            }
            seen.extend(ring);
            found.push(steps.join(", "));
        }
    }
    found.into_iter()
}

/// Breadth first, from a module back to itself.
fn shortest_circle<'a>(start: &'a String, arrows: &'a Arrows) -> Option<Vec<&'a String>> {
    let mut reached: BTreeSet<&String> = BTreeSet::new();
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        for (_, to) in arrows.keys().filter(|(from, _)| from == last) {
            let longer = [way.as_slice(), &[to]].concat();
            if to == start {
                return Some(longer);
            }
            if reached.insert(to) {
                ways.push_back(longer);
            }
        }
    }
    None
}

/// The modules that a module reaches and that reach it.
fn ring_of<'a>(start: &'a String, arrows: &'a Arrows) -> Vec<&'a String> {
    let reach = |from: &'a String| {
        let mut reached: BTreeSet<&'a String> = BTreeSet::new();
        let mut left = vec![from];
        while let Some(module) = left.pop() {
            for (_, to) in arrows.keys().filter(|(from, _)| from == module) {
                if reached.insert(to) {
                    left.push(to);
                }
            }
        }
        reached
    };
    reach(start).into_iter().filter(|module| reach(module).contains(start)).collect()
}

#[cfg(test)]
mod tests;
