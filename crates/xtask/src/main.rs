//! The project's host tool, started as `cargo xtask …`.
//!
//! It stands in for separately installed build tools, so that a machine with rustup, a C compiler
//! and git is enough, and so that no tool's version can drift from what `Cargo.lock` says.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

mod bench;
mod bundle;
mod check;
mod clients;
mod clock;
mod dev;
mod fuzz;
mod hash;
mod image;
mod layers;
mod merge;
mod mutations;
mod needs;
mod postgres;
mod process;
mod split;
mod template;
mod test;
mod tools;
mod weight;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

const HELP: &str = "\
cargo xtask <command>

  run [-- ARGS…]      bundle the SPA, then start `denwaban demo ARGS…`
  dev [-- ARGS…]      the same, rebuilding on every change; the browser reloads by itself
  test [options]      everything: unit, API on SQLite and PostgreSQL, browser, real calls, \
      generated clients
      --no-ui           without the browser tests
      --only CLASS      one of unit, sqlite, postgres, browser, live, clients
      --other-days      only the handful that always runs at other times, too
      --at WHEN         with the clock moved: `+10 days`, `2028-02-29 12:00`; on Linux only
      -- ARGS…          handed to the test runner (a name to filter by, for example)
  at WHEN PROGRAM…    any program with the clock moved
  fuzz [options]      every fuzz target, for a while
      --seconds N       how long each; 60 unless told
  bench               speed and memory at the limits, on both databases; prints numbers
  check               formatting, lints, spelling, what the crates may depend on
  image               build and start the container image, or carry its steps out in a folder
      --quick           without an engine: not compiled for release, with the portal that is there
  mutations [NAME…]   whether the guide's checks notice what each patch breaks; takes an hour
  bundle [options]    build the SPA into frontend/dist; fails where it weighs too much
      --dev             quick build that reloads itself, without Brotli
";

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let Some(first) = args.next()? else {
        print!("{HELP}");
        return Ok(());
    };
    match first {
        Value(name) => match name.string()?.as_str() {
            "bundle" => {
                let mut options = bundle::Options { strict: true, ..Default::default() };
                while let Some(arg) = args.next()? {
                    match arg {
                        Long("dev") => options.dev = true,
                        other => return Err(other.unexpected().into()),
                    }
                }
                bundle::bundle(&options)
            }
            "at" => {
                let when = args.value()?.string()?;
                clock::become_at(&when, &rest(&mut args)?)
            }
            "run" => dev::run(&rest(&mut args)?),
            "dev" => dev::dev(&rest(&mut args)?),
            "check" => {
                nothing_more(&mut args)?;
                check::check()
            }
            "bench" => {
                nothing_more(&mut args)?;
                bench::bench()
            }
            "image" => {
                let mut effort = image::Effort::Full;
                while let Some(arg) = args.next()? {
                    match arg {
                        Long("quick") => effort = image::Effort::Quick,
                        other => return Err(other.unexpected().into()),
                    }
                }
                image::image(effort)
            }
            "mutations" => mutations::mutations(&rest(&mut args)?),
            "fuzz" => {
                let mut seconds = 60;
                while let Some(arg) = args.next()? {
                    match arg {
                        Long("seconds") => seconds = args.value()?.parse()?,
                        other => return Err(other.unexpected().into()),
                    }
                }
                fuzz::fuzz(seconds)
            }
            "test" => {
                let mut options = test::Options::default();
                while let Some(arg) = args.next()? {
                    match arg {
                        Long("no-ui") => options.no_ui = true,
                        Long("at") => options.at = Some(args.value()?.string()?),
                        Long("other-days") => options.other_days = true,
                        Long("only") => options.only = Some(args.value()?.parse()?),
                        Value(first) => {
                            options.runner_args.push(first.string()?);
                            options.runner_args.append(&mut rest(&mut args)?);
                        }
                        other => return Err(other.unexpected().into()),
                    }
                }
                test::test(&options)
            }
            "help" => {
                print!("{HELP}");
                Ok(())
            }
            other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
        },
        Short('h') | Long("help") => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(other.unexpected().into()),
    }
}

/// Everything that is left, as it stands, for the program that is started next.
fn rest(args: &mut lexopt::Parser) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for arg in args.raw_args()? {
        let arg = arg.string()?;
        if arg != "--" || !found.is_empty() {
            found.push(arg);
        }
    }
    Ok(found)
}

fn nothing_more(args: &mut lexopt::Parser) -> Result<()> {
    match args.next()? {
        None => Ok(()),
        Some(other) => Err(other.unexpected().into()),
    }
}
