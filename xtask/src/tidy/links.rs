//! Links in documents that lead to a file of the repository which is not there.

use std::path::Path;

use crate::problem::Problem;
use crate::repository::File;

/// Checks one document; other files pass.
pub fn problems(file: &File, root: &Path) -> Vec<Problem> {
    if file.extension() != "md" {
        return Vec::new();
    }
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let missing = targets(&file.text).into_iter().filter(|(_, target)| {
        let from = match target.strip_prefix('/') {
            Some(target) => root.join(target),
            None => root.join(folder).join(target),
        };
        !from.exists()
    });
    let hint = "correct the path, or remove the link";
    missing
        .map(|(line, target)| {
            Problem::at(&file.path, line, format!("the link to {target} leads nowhere"), hint)
        })
        .collect()
}

/// The links to files, each with its line; addresses, anchors and code are left out.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part of a line stands between backticks.
        for prose in line.split('`').step_by(2) {
            for (at, _) in prose.match_indices("](") {
                let rest = prose.get(at + 2..).unwrap_or_default();
                let target = rest.split([')', '#', ' ']).next().unwrap_or_default();
                if !target.is_empty() && !target.contains(':') {
                    found.push((index + 1, target));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found_and_nothing_else() {
        let text = "See [a](docs/a.md#part) and [b](https://example.com/b).\n\
                    `[c](c.md)` [d](#d)\n```\n[e](e.md)\n```\n[f](f.md) [g](../g.md)\n";
        assert_eq!(targets(text), [(1, "docs/a.md"), (6, "f.md"), (6, "../g.md")]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named_with_its_line() {
        let root = crate::repository::root();
        let file = |text: &str| File { path: "docs/x.md".into(), text: text.into() };
        assert!(problems(&file("[manifest](../Cargo.toml)\n"), &root).is_empty());
        let found = problems(&file("\n[none](none.md)\n"), &root);
        assert!(found[0].to_string().starts_with("docs/x.md:2: the link to none.md"), "{found:?}");
    }
}
