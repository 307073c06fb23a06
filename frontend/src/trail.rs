//! Where the person came from, within this window.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::effect::follow;

/// The pages that lie behind the present one.
#[derive(Clone, Copy)]
pub struct Trail {
    paths: StoredValue<Vec<String>>,
}

impl Default for Trail {
    fn default() -> Self {
        Self { paths: StoredValue::new(Vec::new()) }
    }
}

impl Trail {
    /// Follows the router; call once, inside of it.
    pub fn follow(self) {
        let location = use_location();
        follow(move || {
            let path = format!(
                "{}{}",
                location.pathname.get(),
                location.search.with(|search| if search.is_empty() { String::new() } else { format!("?{search}") })
            );
            self.paths.update_value(|paths| step(paths, path));
        });
    }

    /// The page that is on the screen.
    pub fn here(self) -> String {
        self.paths.with_value(|paths| paths.last().cloned().unwrap_or_default())
    }

    /// Whether the page before this one is `path`.
    pub fn is_before(self, path: &str) -> bool {
        self.paths.with_value(|paths| paths.len() > 1 && paths[paths.len() - 2] == path)
    }
}

/// The trail of this window.
pub fn use_trail() -> Trail {
    expect_context()
}

/// A path that is the one before last means that the person went back.
fn step(paths: &mut Vec<String>, path: String) {
    if paths.last() == Some(&path) {
        return;
    }
    if paths.len() > 1 && paths[paths.len() - 2] == path {
        paths.pop();
    } else {
        paths.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn going_back_shortens_the_trail() {
        let mut paths = Vec::new();
        for path in ["/", "/numbers/1", "/numbers/1", "/numbers/1/general", "/numbers/1"] {
            step(&mut paths, path.to_owned());
        }
        assert_eq!(paths, ["/", "/numbers/1"]);
    }
}
