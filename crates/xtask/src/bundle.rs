//! `cargo xtask bundle`: from the crate `frontend` to the files that the server hands out.
//!
//! What lies under `assets/` carries the hash of its content in its name, so that browsers may keep
//! it forever; every other file keeps its name. Each text stands there three times: as it is,
//! gzipped, and with Brotli.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::id;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::hash::{hash_of, hex, short_hash};
use crate::needs;
use crate::process::{cargo, root, spa_target, succeed};
use crate::split::{self, split};
use crate::template::fill;
use crate::weight::weigh;

/// Below this a compressed twin saves less than its own headers cost.
const WORTH_COMPRESSING: usize = 512;

/// Extensions of files that are text, or shrink like one.
const COMPRESSIBLE: &[&str] =
    &["html", "js", "css", "wasm", "json", "webmanifest", "svg", "txt", "xml", "ico"];

/// The folder of the styles of lazy pages, which come with those.
const LATER: &str = "later";

/// Extensions of public files in which `{{css}}`, `{{js}}` and `{{wasm}}` are filled in.
const TEXTUAL: &[&str] = &["html", "js", "css", "json", "webmanifest", "svg", "txt", "xml"];

/// Asks once a second which build is being served, and loads the page again when it is another one.
const RELOAD: &str = r"
let denwabanBuild;
setInterval(async () => {
    try {
        const response = await fetch('/assets/build-id.txt', { cache: 'no-store' });
        if (!response.ok) return;
        const build = await response.text();
        if (denwabanBuild !== undefined && denwabanBuild !== build) location.reload();
        denwabanBuild = build;
    } catch { /* the server is being restarted */ }
}, 1000);
";

/// In development a service worker would serve the former build: this one takes itself away.
const NO_SERVICE_WORKER: &str = "\
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil((async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    await self.registration.unregister();
})()));
";

/// How to bundle.
#[derive(Debug, Default)]
pub struct Options {
    /// Quick to build, reloads itself, no Brotli.
    pub dev: bool,
    /// Fail where it weighs more than it may.
    pub strict: bool,
}

/// Brings `frontend/dist` up to date.
pub fn bundle(options: &Options) -> Result<()> {
    let started = Instant::now();
    let dist = dist();
    let stamp = spa_target().join("bundle.fingerprint");
    let fingerprint = fingerprint(options.dev)?;
    if dist.join("index.html").is_file()
        && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == fingerprint)
    {
        println!("The SPA in frontend/dist is up to date");
    } else {
        same_wasm_bindgen()?;
        needs::wasm_target()?;
        let wasm = compile(options.dev)?;
        let files = assemble(&wasm, options.dev)?;
        swap(&files, &dist)?;
        fs::write(&stamp, fingerprint)?;
        println!("Bundled the SPA into frontend/dist in {:.1} s", started.elapsed().as_secs_f32());
    }
    if !options.dev {
        weigh(&dist, options.strict)?;
    }
    Ok(())
}

/// Where the bundle goes, and where the server takes it from.
fn dist() -> PathBuf {
    root().join("frontend/dist")
}

/// A hash of everything that the bundle is made from.
fn fingerprint(dev: bool) -> Result<String> {
    let root = root();
    let mut inputs = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    for folder in ["frontend", "crates/api-types", "crates/xtask"] {
        walk(&root.join(folder), &mut inputs)?;
    }
    inputs.sort();
    let mut hash = Sha256::new();
    hash.update([u8::from(dev)]);
    for input in inputs {
        let content = fs::read(&input)?;
        hash.update(input.strip_prefix(&root)?.to_string_lossy().as_bytes());
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    Ok(hex(&hash.finalize()))
}

/// All files below a folder, but for hidden ones and what was built from them.
pub fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?
    {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "dist" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// The format between wasm-bindgen's macro and its post-processor belongs to one version only.
fn same_wasm_bindgen() -> Result<()> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let versions = |package: &str| -> Vec<String> {
        let heading = format!("name = \"{package}\"");
        let mut lines = lock.lines();
        let mut found = Vec::new();
        while lines.by_ref().any(|line| line == heading) {
            found.extend(lines.next().and_then(|line| {
                Some(line.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
            }));
        }
        found
    };
    let (macros, tool) = (versions("wasm-bindgen"), versions("wasm-bindgen-cli-support"));
    if macros != tool {
        bail!(
            "Cargo.lock has wasm-bindgen {} but wasm-bindgen-cli-support {}: they must be the \
                same; set the version in crates/xtask/Cargo.toml, then `cargo update`",
            macros.join(" and "),
            tool.join(" and ")
        );
    }
    Ok(())
}

/// Compiles the crate, and says where the WebAssembly module is.
fn compile(dev: bool) -> Result<PathBuf> {
    let (profile, folder) = if dev { ("dev", "debug") } else { ("wasm", "wasm") };
    let target = spa_target();
    let mut build = cargo();
    build.args([
        "rustc",
        "--package",
        "frontend",
        "--bin",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
    ]);
    build.arg("--target-dir").arg(&target);
    // Tells apart later what belongs to which part of the app.
    build.args(["--", "-Clink-arg=--emit-relocs"]);
    // Leptos' own switch. Boxed views compile in a third of the time; and of so many screens the
    // module gets smaller too.
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "--cfg erase_components");
    succeed(&mut build)?;
    Ok(target.join("wasm32-unknown-unknown").join(folder).join("frontend.wasm"))
}

/// All files of the bundle by their path below `dist`.
fn assemble(wasm: &Path, dev: bool) -> Result<BTreeMap<String, Vec<u8>>> {
    let frontend = root().join("frontend");
    let mut files = BTreeMap::new();

    let (js, wasm) = bind(wasm, dev, &mut files)?;
    let wasm_name = format!("app_bg-{}.wasm", short_hash(&wasm));
    let mut js = js.replace("'app_bg.wasm'", &format!("'{wasm_name}'"));
    js.push_str(&format!(
        "\n__wbg_init({{ module_or_path: new URL('{wasm_name}', import.meta.url) }});\n"
    ));
    if dev {
        js.push_str(RELOAD);
    }
    let css = stylesheet(&frontend.join("style"))?;
    let later_css = stylesheet(&frontend.join("style").join(LATER))?;

    let css_url = format!("/assets/app-{}.css", short_hash(css.as_bytes()));
    let js_url = format!("/assets/app-{}.js", short_hash(js.as_bytes()));
    let wasm_url = format!("/assets/{wasm_name}");
    let later_css_url =
        format!("/assets/{}/later-{}.css", split::FOLDER, short_hash(later_css.as_bytes()));
    for (url, content) in [
        (&css_url, css.into_bytes()),
        (&later_css_url, later_css.into_bytes()),
        (&js_url, js.into_bytes()),
        (&wasm_url, wasm),
    ] {
        files.insert(url[1..].to_owned(), content);
    }
    let values = [
        ("css", css_url.as_str()),
        ("later_css", later_css_url.as_str()),
        ("js", js_url.as_str()),
        ("wasm", wasm_url.as_str()),
    ];

    let index = fs::read_to_string(frontend.join("index.html"))
        .context("frontend/index.html could not be read")?;
    files.insert("index.html".into(), fill("frontend/index.html", &index, &values)?.into_bytes());

    let mut service_worker = None;
    let public = frontend.join("public");
    let mut paths = Vec::new();
    if public.is_dir() {
        walk(&public, &mut paths)?;
    }
    for path in paths {
        let name = path.strip_prefix(&public)?.to_string_lossy().replace('\\', "/");
        let mut content = fs::read(&path)?;
        if name == "sw.js" {
            service_worker = Some(String::from_utf8(content)?);
            continue;
        }
        if has_extension(&name, TEXTUAL) {
            let text = String::from_utf8(content)
                .with_context(|| format!("frontend/public/{name} is not UTF-8"))?;
            content = fill(&format!("frontend/public/{name}"), &text, &values)?.into_bytes();
        }
        files.insert(name, content);
    }

    if let Some(template) = service_worker {
        let filled = if dev {
            NO_SERVICE_WORKER.to_owned()
        } else {
            service_worker_text(&template, &files, &values)?
        };
        files.insert("sw.js".into(), filled.into_bytes());
    }
    if dev {
        let build = hash_of(&files);
        files.insert("assets/build-id.txt".into(), build.into_bytes());
    }
    for (name, content) in files.clone() {
        if content.len() >= WORTH_COMPRESSING && has_extension(&name, COMPRESSIBLE) {
            compress(&name, &content, dev, &mut files)?;
        }
    }
    Ok(files)
}

/// Takes the module apart and runs wasm-bindgen: the JavaScript and the finished main module. The
/// parts that are loaded later and scripts that came with a crate go into `files`.
fn bind(
    wasm: &Path,
    dev: bool,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(String, Vec<u8>)> {
    let out = spa_target().join(format!("bindgen-{}", id()));
    let split = split(wasm, &out, dev)?;
    Bindgen::new()
        .input_path(&split.main)
        // The other parts need the function table.
        .keep_lld_exports(true)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .generate(&out)
        .context("wasm-bindgen could not process the SPA's module")?;
    let (mut js, parts) = split.link(&fs::read_to_string(out.join("app.js"))?, short_hash)?;
    files.extend(parts.into_iter().map(|(name, content)| (format!("assets/{name}"), content)));
    let module = fs::read(out.join("app_bg.wasm"))?;
    let snippets = out.join("snippets");
    if snippets.is_dir() {
        // They refer to each other by relative paths, so the folder gets the hash instead of each
        // file.
        let mut paths = Vec::new();
        walk(&snippets, &mut paths)?;
        let mut contents = BTreeMap::new();
        for path in paths {
            contents.insert(
                path.strip_prefix(&snippets)?.to_string_lossy().replace('\\', "/"),
                fs::read(&path)?,
            );
        }
        let folder = format!("snippets-{}", &hash_of(&contents)[..16]);
        js = js
            .replace("'./snippets/", &format!("'./{folder}/"))
            .replace("\"./snippets/", &format!("\"./{folder}/"));
        files.extend(
            contents
                .into_iter()
                .map(|(name, content)| (format!("assets/{folder}/{name}"), content)),
        );
    }
    fs::remove_dir_all(&out)?;
    Ok((js, module))
}

/// All style sheets of a folder, one after the other in the order of their names; not those of the
/// folders within.
fn stylesheet(folder: &Path) -> Result<String> {
    let mut paths = Vec::new();
    walk(folder, &mut paths)?;
    paths.retain(|path| {
        path.parent() == Some(folder)
            && path.extension().is_some_and(|extension| extension == "css")
    });
    paths.sort();
    let mut css = String::new();
    for path in paths {
        css.push_str(fs::read_to_string(&path)?.trim_end());
        css.push('\n');
    }
    Ok(css)
}

/// The service worker, told what the shell is made of and in which version.
fn service_worker_text(
    template: &str,
    files: &BTreeMap<String, Vec<u8>>,
    values: &[(&str, &str)],
) -> Result<String> {
    let urls: Vec<String> = files
        .keys()
        .filter(|name| belongs_to_shell(name))
        .map(|name| if name == "index.html" { "\"/\"".to_owned() } else { format!("\"/{name}\"") })
        .collect();
    let precache = format!("[{}]", urls.join(","));
    let version = &hash_of(files)[..16];
    let mut values = values.to_vec();
    values.extend([("precache", precache.as_str()), ("version", version)]);
    fill("frontend/public/sw.js", template, &values)
}

/// What a first visit loads and a browser keeps for use without a network. Notices to robots are
/// not for it, raster icons are asked for by the system that installs the app, then, and lazy pages
/// after the first ones.
pub fn belongs_to_shell(name: &str) -> bool {
    let raster_icon = name.starts_with("icons/") && name.ends_with(".png");
    name != "robots.txt" && !name.starts_with(".well-known/") && !raster_icon && !is_lazy(name)
}

/// Whether a file is loaded after the first visit.
pub fn is_lazy(name: &str) -> bool {
    name.strip_prefix("assets/")
        .and_then(|name| name.strip_prefix(split::FOLDER))
        .is_some_and(|name| name.starts_with('/'))
}

/// Adds the compressed twins of a file, where they are smaller.
fn compress(
    name: &str,
    content: &[u8],
    dev: bool,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<()> {
    let level = if dev { flate2::Compression::fast() } else { flate2::Compression::best() };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
    gzip.write_all(content)?;
    let gzip = gzip.finish()?;
    if gzip.len() < content.len() {
        files.insert(format!("{name}.gz"), gzip);
    }
    if !dev {
        let mut smaller = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            size_hint: content.len(),
            ..Default::default()
        };
        brotli::BrotliCompress(&mut &content[..], &mut smaller, &parameters)?;
        if smaller.len() < content.len() {
            files.insert(format!("{name}.br"), smaller);
        }
    }
    Ok(())
}

/// Writes the files beside `dist`, then puts them in its place, so that nobody ever reads half a
/// bundle.
fn swap(files: &BTreeMap<String, Vec<u8>>, dist: &Path) -> Result<()> {
    let new = dist.with_file_name(format!(".dist-new-{}", id()));
    let old = dist.with_file_name(format!(".dist-old-{}", id()));
    for (name, content) in files {
        let path = new.join(name);
        fs::create_dir_all(path.parent().context("every file of the bundle lies in a folder")?)?;
        fs::write(path, content)?;
    }
    if dist.exists() {
        fs::rename(dist, &old)?;
    }
    fs::rename(&new, dist)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| extensions.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> (String, Vec<u8>) {
        (name.to_owned(), content.as_bytes().to_vec())
    }

    #[test]
    fn the_service_worker_knows_the_shell() {
        let files = BTreeMap::from([
            file("index.html", "<p>"),
            file("assets/app-1.css", "p{}"),
            file("robots.txt", ""),
        ]);
        let text =
            service_worker_text("const urls = {{precache}}, version = '{{version}}';", &files, &[])
                .expect("the template is good");
        assert!(
            text.starts_with(r#"const urls = ["/assets/app-1.css","/"], version = '"#),
            "{text}"
        );
        let other = BTreeMap::from([
            file("index.html", "<b>"),
            file("assets/app-1.css", "p{}"),
            file("robots.txt", ""),
        ]);
        assert_ne!(
            text,
            service_worker_text("const urls = {{precache}}, version = '{{version}}';", &other, &[])
                .expect("the template is good")
        );
    }

    #[test]
    fn compressed_twins_stand_only_where_they_save() {
        let mut files = BTreeMap::new();
        compress("a.css", "p { color: red }\n".repeat(100).as_bytes(), false, &mut files)
            .expect("memory can be written to");
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.css.br", "a.css.gz"]);
        let mut none = BTreeMap::new();
        compress("a.css", b"x", false, &mut none).expect("memory can be written to");
        assert!(none.is_empty());
    }
}
