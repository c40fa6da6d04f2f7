//! `kssc explain`: the page of a code.

use crate::Outcome;
use crate::failure::Failure;
use crate::ui::Ui;
use kss_diag::{ALL, Code, Severity, closest, find};
use std::fmt::Write;

/// Tell what an error means and how to mend it, with examples
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc explain                 list all codes
  kssc explain K0412           by number
  kssc explain pools-overlap   by name")]
pub(crate) struct Args {
    /// A code or its name; all are listed without one
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<Outcome, Failure> {
    match &args.code {
        None => ui.print(&list(ui.colour_out()))?,
        Some(word) => ui.print(&page(look_up(word)?, ui.colour_out()))?,
    }
    Ok(Outcome::Fine)
}

fn look_up(word: &str) -> Result<&'static Code, Failure> {
    // As it stands in a message, too: `error[K0412]`.
    let bare = word.trim_start_matches("error").trim_start_matches("warning").trim_matches(['[', ']', ':']);
    find(bare).ok_or_else(|| Failure::UnknownCode { word: word.to_owned(), help: suggestion(bare) })
}

fn suggestion(word: &str) -> String {
    let upper = word.to_ascii_uppercase();
    let looks_like_an_id = upper.strip_prefix('K').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
    let near = if looks_like_an_id { None } else { closest(word, ALL.iter().map(|code| code.name)) };
    match near {
        Some(name) => format!("did you mean `{name}`? `kssc explain` lists all codes"),
        None => "`kssc explain` lists all codes".to_owned(),
    }
}

/// Titles of the hundreds.
const CHAPTERS: [(&str, &str); 10] = [
    ("K01", "Text and syntax"),
    ("K02", "Names"),
    ("K03", "Types"),
    ("K04", "Values and rules of the site"),
    ("K05", "Modules, capabilities, intents"),
    ("K06", "Layers and merging"),
    ("K07", "Secrets, private data, later values"),
    ("K08", "Foreign schemas and outputs"),
    ("K09", "Tests"),
    ("K10", "Limits"),
];

fn list(colour: bool) -> String {
    let mut text = String::new();
    for (at, (prefix, title)) in CHAPTERS.iter().enumerate() {
        let gap = if at == 0 { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}", bold(title, colour));
        for code in ALL.iter().filter(|code| code.id.starts_with(prefix)) {
            let kind = if code.severity == Severity::Warning { "  (warning)" } else { "" };
            let _ = writeln!(text, "  {}  {}{kind}", code.id, code.name);
        }
    }
    text
}

/// The page; with colours its heading stands out and its examples are told apart.
fn page(code: &Code, colour: bool) -> String {
    if !colour {
        return code.page.to_owned();
    }
    let mut text = String::new();
    let mut inside = None;
    for line in code.page.lines() {
        if line.starts_with("```") {
            inside = match inside {
                Some(_) => None,
                None if line.starts_with("```kss error") => Some("31"),
                None => Some("32"),
            };
            let _ = writeln!(text, "\u{1b}[2m{line}\u{1b}[0m");
        } else if let Some(paint) = inside.filter(|_| !line.is_empty()) {
            let _ = writeln!(text, "\u{1b}[{paint}m{line}\u{1b}[0m");
        } else if line.starts_with("# ") {
            let _ = writeln!(text, "{}", bold(line, true));
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once() {
        let text = list(false);
        for code in ALL {
            assert_eq!(text.matches(code.id).count(), 1, "{}", code.id);
        }
    }

    #[test]
    fn codes_are_found_as_people_write_them() {
        for word in ["K0412", "k0412", "pools-overlap", "error[K0412]:"] {
            assert_eq!(look_up(word).map(|code| code.id).ok(), Some("K0412"), "{word}");
        }
        let help = |word| match look_up(word) {
            Err(Failure::UnknownCode { help, .. }) => help,
            other => panic!("{other:?}"),
        };
        assert_eq!(help("pool-overlap"), "did you mean `pools-overlap`? `kssc explain` lists all codes");
        assert_eq!(help("K9999"), "`kssc explain` lists all codes");
    }

    #[test]
    fn colours_change_no_word() {
        for code in ALL {
            let plain = page(code, true).replace("\u{1b}[0m", "").replace("\u{1b}[1m", "").replace("\u{1b}[2m", "");
            assert_eq!(plain.replace("\u{1b}[31m", "").replace("\u{1b}[32m", ""), page(code, false));
        }
    }
}
