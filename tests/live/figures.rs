//! How many calls there were, how they went, and how long their verdicts took.

use std::fmt;
use std::path::Path;

/// What SIPp counted.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Calls that went as the scenario says.
    pub right: u32,
    /// All others.
    pub failed: u32,
    /// Milliseconds from each question to its final answer.
    pub answers_ms: Vec<f64>,
}

impl Figures {
    /// From the files of a run.
    pub fn read(folder: &Path) -> Self {
        let mut figures = Self::default();
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            let (name, path) = (file.file_name().to_string_lossy().into_owned(), file.path());
            if name.ends_with("_rtt.csv") {
                let text = std::fs::read_to_string(&path).unwrap();
                figures.answers_ms.extend(
                    text.lines()
                        .skip(1)
                        .filter_map(|line| line.split(';').nth(1)?.parse::<f64>().ok()),
                );
            }
            if name == "stat.csv" {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut lines = text.lines().map(|line| line.split(';').collect::<Vec<_>>());
                let (head, last) =
                    (lines.next().unwrap_or_default(), lines.next_back().unwrap_or_default());
                let value = |column: &str| {
                    let index = head.iter().position(|name| *name == column)?;
                    last.get(index)?.trim().parse::<u32>().ok()
                };
                figures.right = value("SuccessfulCall(C)").unwrap_or_default();
                figures.failed = value("FailedCall(C)").unwrap_or_default();
            }
        }
        figures.answers_ms.sort_by(f64::total_cmp);
        figures
    }

    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        self.right += other.right;
        self.failed += other.failed;
        self.answers_ms.extend(other.answers_ms);
        self.answers_ms.sort_by(f64::total_cmp);
        self
    }

    /// The longest answer of the quickest `percent`, in milliseconds.
    pub fn within(&self, percent: usize) -> f64 {
        let last = self.answers_ms.len().saturating_sub(1);
        self.answers_ms
            .get((self.answers_ms.len() * percent / 100).min(last))
            .copied()
            .unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (right, failed) = (self.right, self.failed);
        let (p50, p95, max) = (self.within(50), self.within(95), self.within(100));
        write!(
            f,
            "{right} calls as they should be, {failed} failed; final answer after p50 {p50:.1} ms, \
                p95 {p95:.1} ms, max {max:.1} ms"
        )
    }
}
