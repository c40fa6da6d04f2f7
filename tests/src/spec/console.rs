//! Runs the commands of a page in a folder of its own.

use crate::program::CACHE;
use crate::spec::read::Console;
use crate::tools;
use std::path::Path;
use std::process::Command;

/// What is not as the page says. `folder` holds what the blocks before it left.
pub fn run_console(console: &Console, folder: &Path) -> Vec<String> {
    for (path, text) in &console.files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("the folder can be written");
        std::fs::write(path, text).expect("the folder can be written");
    }
    let mut wrong = Vec::new();
    for (command, wanted) in &console.commands {
        let mut words = command.split_whitespace();
        if words.next() != Some("kssc") {
            wrong.push(format!("`{command}`: only `kssc` is run"));
            continue;
        }
        let mut kssc = Command::new(tools::kssc());
        kssc.args(words).current_dir(folder).env("NO_COLOR", "1").env(CACHE.0, CACHE.1);
        let output = kssc.output().expect("kssc starts");
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        if !fits(&lines(&printed), &lines(wanted)) {
            wrong.push(format!("`{command}` prints\n{printed}"));
        }
    }
    wrong
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

/// Do the lines fit? A line `…` stands for any number of lines, `…` in a line for any text.
fn fits(printed: &[&str], wanted: &[&str]) -> bool {
    match (printed, wanted) {
        (_, ["…", rest @ ..]) => (0..=printed.len()).any(|skipped| fits(&printed[skipped..], rest)),
        ([first, printed @ ..], [one, wanted @ ..]) => line_fits(first, one) && fits(printed, wanted),
        ([], []) => true,
        _ => false,
    }
}

fn line_fits(printed: &str, wanted: &str) -> bool {
    match wanted.split_once('…') {
        None => printed == wanted,
        Some((head, tail)) => printed.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| line_fits(&rest[at..], tail))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_anything() {
        assert!(fits(&["a", "b", "c 12 ms"], &["…", "c … ms"]));
        assert!(fits(&["a"], &["a", "…"]));
        assert!(!fits(&["a", "b"], &["a"]));
        assert!(!fits(&["a"], &["…", "b"]));
    }
}
