//! The examples in the pages of the catalogue, for the test that runs them.

use crate::Code;

/// A small project that a page shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Does it show the mistake? Then it gives exactly the code of its page, otherwise nothing at all.
    pub wrong: bool,
    /// How it can be tried.
    pub run: Run,
    /// File names with their texts.
    pub files: Vec<(String, String)>,
}

/// How an example can be tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Run {
    /// By `kssc check`.
    Check,
    /// By `kssc check --public`.
    Public,
    /// By `kssc test`.
    Test,
    /// Not alone; a comment in it says what it lacks.
    Skip,
}

impl Code {
    /// The examples of its page: blocks marked `kss error` or `kss ok`, with `public`, `test` or `skip` behind that. A line
    /// `# file: NAME` begins a file; without one it is all of `main.kss`.
    pub fn examples(&self) -> Vec<Example> {
        let blocks = self.page.split("```kss ").skip(1);
        blocks.filter_map(|block| example(block.split("```").next().unwrap_or_default())).collect()
    }

    /// What the page says before its examples: what is wrong, why, how to mend it.
    pub fn summary(&self) -> &'static str {
        let page = self.page.split("```").next().unwrap_or_default();
        page.split_once('\n').map_or("", |(_, text)| text).trim()
    }
}

fn example(block: &str) -> Option<Example> {
    let (marks, text) = block.split_once('\n')?;
    let mut marks = marks.split_whitespace();
    let wrong = match marks.next()? {
        "error" => true,
        "ok" => false,
        _ => return None,
    };
    let run = match marks.next() {
        None => Run::Check,
        Some("public") => Run::Public,
        Some("test") => Run::Test,
        Some(_) => Run::Skip,
    };
    Some(Example { wrong, run, files: files(text) })
}

fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# file: ") {
            files.push((name.trim().to_owned(), String::new()));
        } else if let Some((_, file)) = files.last_mut() {
            file.push_str(line);
            file.push('\n');
        }
    }
    if files.is_empty() { vec![("main.kss".to_owned(), text.to_owned())] } else { files }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ALL, code};

    #[test]
    fn every_page_says_what_why_and_how_and_shows_it() {
        for code in ALL {
            assert!(code.page.starts_with(&format!("# {} {}\n\n", code.id, code.name)), "heading of {}", code.id);
            assert!(code.page.ends_with("```\n"), "end of {}", code.id);
            let paragraphs = code.summary().split("\n\n").count();
            assert!((2..=4).contains(&paragraphs), "{} has {paragraphs} paragraphs", code.id);
            assert!(code.summary().len() > 150, "{} says little", code.id);
            let examples = code.examples();
            let pairs: Vec<bool> = examples.iter().map(|e| e.wrong).collect();
            assert!(!pairs.is_empty() && pairs.chunks(2).all(|p| p == [true, false]), "examples of {}", code.id);
            for (_, text) in examples.iter().flat_map(|e| &e.files) {
                assert!(!text.trim().is_empty(), "an empty file in {}", code.id);
            }
        }
    }

    #[test]
    fn lines_of_pages_fit_a_terminal() {
        for code in ALL {
            let long = code.page.lines().find(|line| line.chars().count() > 120);
            assert_eq!(long, None, "{}", code.id);
        }
    }

    #[test]
    fn what_is_skipped_says_why() {
        for code in ALL {
            let skipped = code.page.split("```kss error skip\n").nth(1);
            assert!(skipped.is_none_or(|text| text.starts_with("# ")), "{}", code.id);
        }
    }

    #[test]
    fn no_page_speaks_of_the_machinery() {
        for code in ALL {
            for word in ["unify", "bottom", "conjunct", "thunk", "salsa", "something else", "AST", "poison"] {
                assert!(!code.summary().contains(word), "{} says `{word}`", code.id);
            }
        }
    }

    #[test]
    fn several_files_are_told_apart() {
        let names = |code: &Code| -> Vec<String> {
            code.examples().iter().flat_map(|e| e.files.iter().map(|(name, _)| name.clone())).collect()
        };
        assert_eq!(names(&code::UNUSED_IMPORT), ["hosts.kss", "home.kss", "hosts.kss", "home.kss"]);
        assert_eq!(names(&code::BAD_LITERAL), ["main.kss", "main.kss"]);
        assert_eq!(code::EXPECTATION.examples()[0].run, Run::Test);
    }
}
