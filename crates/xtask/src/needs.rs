//! What a machine must have beyond rustup, a C compiler and git: found, installed, or named in one
//! sentence.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::clients;
use crate::process::{env, output, program, root, succeed, works};

/// Something that a build or a test needs from the system.
struct Need {
    /// What it is called in a sentence.
    name: &'static str,
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
    present: fn() -> bool,
}

/// For every build: libpq is built from source, and it talks TLS through OpenSSL; so is the
/// allocator, by `make`.
const BUILD: &[Need] = &[
    Need { name: "make", packages: &["make"], present: || works(program("make").arg("--version")) },
    Need {
        name: "pkg-config",
        packages: &["pkg-config"],
        present: || works(program("pkg-config").arg("--version")),
    },
    Need { name: "OpenSSL's headers", packages: &["libssl-dev"], present: openssl },
];

const POSTGRES: Need = Need {
    name: "PostgreSQL's server",
    packages: &["postgresql"],
    present: || postgres_bin().is_some(),
};

/// What many operators put before PostgreSQL.
const POOLER: Need = Need {
    name: "PgBouncer",
    packages: &["pgbouncer"],
    present: || {
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
            .iter()
            .any(|path| Path::new(path).is_file())
    },
};

const SQLITE: Need = Need {
    name: "SQLite's shell",
    packages: &["sqlite3"],
    present: || works(program("sqlite3").arg("--version")),
};

const BROWSER: &[Need] = &[
    Need {
        name: "Chromium without a screen",
        packages: &["chromium-headless-shell", "chromium-driver"],
        present: || {
            // They talk to each other only when they are of one version.
            let shell = major_version("chromium-headless-shell");
            shell.is_some() && shell == major_version("chromedriver") || other_chromium()
        },
    },
    Need {
        name: "ChromeDriver",
        packages: &["chromium-driver"],
        present: || works(program("chromedriver").arg("--version")),
    },
    // Without Japanese glyphs every label is a row of boxes, and its width is wrong.
    Need { name: "a Japanese font", packages: &["fonts-noto-cjk"], present: japanese_font },
];

/// The demo prints a line for it, and examples use it.
const CURL: Need = Need {
    name: "curl",
    packages: &["curl", "ca-certificates"],
    present: || works(program("curl").arg("--version")),
};

const OPENSSL: Need = Need {
    name: "OpenSSL's command",
    packages: &["openssl"],
    present: || works(program("openssl").arg("version")),
};

const VENV: Need = Need {
    name: "Python with venv",
    packages: &["python3", "python3-venv"],
    present: || works(program("python3").args(["-c", "import ensurepip, venv"])),
};

/// For real calls: the switch, what plays telephones and the carrier, and what the switch's loader
/// is written in.
const LIVE: &[Need] = &[
    Need {
        name: "Kamailio",
        packages: &["kamailio", "kamailio-utils-modules", "kamailio-extra-modules"],
        present: kamailio,
    },
    Need {
        name: "SIPp",
        packages: &["sip-tester"],
        present: || works(program("sh").args(["-c", "command -v sipp"])),
    },
    Need {
        name: "Python",
        packages: &["python3"],
        present: || works(program("python3").arg("--version")),
    },
    OPENSSL,
];

/// For clients that are generated from the document, and for the examples.
const CLIENTS: &[Need] = &[
    Need {
        name: "Node.js 18 or newer",
        packages: &["nodejs"],
        present: || works(program("node").args(["-e", "process.exit(Number(!globalThis.fetch))"])),
    },
    Need { name: "npm", packages: &["npm"], present: || works(program("npm").arg("--version")) },
    VENV,
    CURL,
    Need { name: "jq", packages: &["jq"], present: || works(program("jq").arg("--version")) },
    OPENSSL,
];

/// What `cargo build` of the server needs.
pub fn for_build() -> Result<()> {
    provide(BUILD.iter().collect())
}

/// What the tests need on top of a build.
pub fn for_tests(postgres: bool, browser: bool) -> Result<()> {
    let mut needs: Vec<&Need> = BUILD.iter().chain([&CURL]).collect();
    if postgres {
        needs.push(&POSTGRES);
    }
    if browser {
        needs.extend(BROWSER);
    }
    provide(needs)?;
    if postgres && let Err(error) = provide(vec![&POOLER]) {
        if env("CI").is_some_and(|value| value == "true") {
            return Err(error);
        }
        println!("Without a pooler: {error:#}");
    }
    let published = root().parent().map(|folder| folder.join("shared/provider-specs"));
    if !published.is_some_and(|folder| folder.is_dir()) {
        println!("Without what providers publish of their APIs: no request is compared with it");
    }
    Ok(())
}

/// Whether there is what real calls need on top of a build. Where it can neither be found nor
/// installed, that is said, and is an error with `CI=true` only: not every system has these
/// programs.
pub fn for_live() -> Result<bool> {
    match provide(LIVE.iter().collect()) {
        Ok(()) => Ok(true),
        Err(error) if env("CI").is_some_and(|value| value == "true") => Err(error),
        Err(error) => {
            println!("Without real calls: {error:#}");
            Ok(false)
        }
    }
}

/// Whether there is what generated clients need on top of a build. Where it can neither be found
/// nor installed, that is said, and is an error with `CI=true` only: not every system has these
/// programs, and not every network the two registries.
pub fn for_clients() -> Result<bool> {
    match provide(CLIENTS.iter().collect()).and_then(|()| clients::install()) {
        Ok(()) => Ok(true),
        Err(error) if env("CI").is_some_and(|value| value == "true") => Err(error),
        Err(error) => {
            println!("Without generated clients: {error:#}");
            Ok(false)
        }
    }
}

/// What installing a program from PyPI needs.
pub fn for_wheels() -> Result<()> {
    provide(vec![&VENV])
}

/// What the benchmarks need on top of a build: the databases' own bulk loaders, to be compared
/// with.
pub fn for_bench() -> Result<()> {
    let mut needs: Vec<&Need> = BUILD.iter().collect();
    needs.extend([&POSTGRES, &SQLITE]);
    provide(needs)
}

/// Debian's packages that a build needs.
pub fn build_packages() -> impl Iterator<Item = &'static str> {
    BUILD.iter().flat_map(|need| need.packages).copied()
}

/// The compiler's target for the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Finds or adds [`WASM_TARGET`].
pub fn wasm_target() -> Result<()> {
    const TARGET: &str = WASM_TARGET;
    let libraries =
        output(program("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    println!("Adding the compiler's target {TARGET}");
    succeed(program("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!("the compiler's target {TARGET} is missing and rustup could not add it")
    })
}

/// Where `initdb` and `pg_ctl` are: on the path, or where Debian hides them, newest first.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut candidates: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    candidates.sort();
    let on_path =
        env("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    candidates
        .into_iter()
        .rev()
        .map(|(_, folder)| folder)
        .chain(on_path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// The program, and those of its modules that are packages of their own.
fn kamailio() -> bool {
    let is_there =
        ["kamailio", "/usr/sbin/kamailio"].iter().any(|name| works(program(name).arg("-v")));
    let libraries = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"]
        .into_iter()
        .map(PathBuf::from);
    let folders = libraries.chain(
        std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path()),
    );
    let modules = ["http_client.so", "jansson.so"];
    is_there
        && folders
            .map(|folder| folder.join("kamailio/modules"))
            .any(|folder| modules.iter().all(|name| folder.join(name).is_file()))
}

/// The number behind the name in what a program says of itself: `Chromium 156.0.8078.114`.
fn major_version(name: &str) -> Option<String> {
    let said = output(program(name).arg("--version")).ok()?;
    let version =
        said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next().map(str::to_owned)
}

/// A Chromium with a screen, where Debian cannot bring one without.
fn other_chromium() -> bool {
    let is_debian = Path::new("/etc/debian_version").exists();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    !is_debian && names.iter().any(|name| works(program(name).arg("--version")))
        || Path::new("/Applications/Google Chrome.app").exists()
}

fn openssl() -> bool {
    env("OPENSSL_DIR").is_some()
        || env("OPENSSL_INCLUDE_DIR").is_some()
        || works(program("pkg-config").args(["--exists", "openssl"]))
}

fn japanese_font() -> bool {
    // macOS brings its own; elsewhere fontconfig knows, and without fontconfig only Debian's folder
    // can tell.
    cfg!(target_os = "macos")
        || output(program("fc-list").arg(":lang=ja")).is_ok_and(|fonts| !fonts.trim().is_empty())
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
}

fn provide(needs: Vec<&Need>) -> Result<()> {
    let missing: Vec<&Need> = needs.into_iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    let names = missing.iter().map(|need| need.name).collect::<Vec<_>>().join(", ");
    let debian = Path::new("/etc/debian_version").exists();
    if !debian {
        bail!(
            "this machine lacks {names}; install it with the system's package manager and try again"
        );
    }
    if !works(program("sh").args(["-c", "test \"$(id -u)\" = 0"])) {
        bail!(
            "this machine lacks {names}; `sudo apt-get install --no-install-recommends {}` brings \
                it",
            packages.join(" ")
        );
    }
    println!("Installing {} for {names}", packages.join(" "));
    succeed(program("apt-get").arg("update").arg("-qq"))
        .context("Debian's package lists could not be read")?;
    succeed(
        program("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    let still: Vec<&str> =
        missing.iter().filter(|need| !(need.present)()).map(|need| need.name).collect();
    if !still.is_empty() {
        bail!(
            "{} is installed, and yet this machine lacks {}",
            packages.join(" "),
            still.join(", ")
        );
    }
    Ok(())
}
