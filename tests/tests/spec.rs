//! The pages for users: their examples are tests, their links lead somewhere, and they leave nothing out that can be counted.

use kss_tests::spec::{pages, read, read_consoles, root, run, run_console};
use kss_tests::tools;
use std::path::{Path, PathBuf};

/// Every page that users read.
fn all_pages() -> Vec<(String, PathBuf, String)> {
    let folders = ["tests/spec", "docs"].map(|folder| pages(&root().join(folder)));
    let paths = folders.into_iter().flatten().chain(["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        (name, path, text)
    };
    paths.map(read).collect()
}

#[test]
fn every_example_is_as_it_says() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, _, text) in all_pages() {
        match read(&text) {
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(examples) => {
                count += examples.len();
                for example in examples {
                    wrong.extend(run(&example).into_iter().map(|w| format!("{name}:{}: {w}", example.line)));
                }
            }
        }
    }
    assert!(count > 100, "there are {count} examples only");
    assert!(wrong.is_empty(), "{} of {count} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_command_prints_what_its_page_says() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, _, text) in all_pages() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        for console in read_consoles(&text).unwrap_or_default() {
            count += 1;
            wrong.extend(
                run_console(&console, folder.path()).into_iter().map(|w| format!("{name}:{}: {w}", console.line)),
            );
        }
    }
    assert!(count > 5, "there are {count} blocks of commands only");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn links_lead_to_files_and_headings() {
    let link = regex::Regex::new(r"\]\(([^)#:]*)(?:#([^)]*))?\)").expect("the pattern is well formed");
    let mut wrong = Vec::new();
    for (name, path, text) in all_pages() {
        for found in link.captures_iter(&text) {
            let file = &found[1];
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap_or(Path::new("")).join(file) };
            let heading = found.get(2).map(|m| m.as_str());
            if !target.exists() || heading.is_some_and(|heading| !has_heading(&target, heading)) {
                wrong.push(format!("{name}: {}", &found[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn has_heading(page: &Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let name = |line: &str| {
        let plain: String = line
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .collect();
        plain.replace(' ', "-")
    };
    text.lines().filter(|line| line.starts_with('#')).any(|line| name(line) == anchor)
}

#[test]
fn every_built_in_function_is_in_its_chapter() {
    let chapter = std::fs::read_to_string(root().join("tests/spec/06-functions.md")).expect("the chapter is there");
    let functions = kss_stdlib::file("std/core/functions.kss").expect("the library declares them");
    let functions = String::from_utf8_lossy(functions);
    let names = functions.lines().filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
    let missing: Vec<&str> = names.filter(|name| !chapter.contains(&format!("`{name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_command_and_option_is_in_the_page_of_commands() {
    let page = std::fs::read_to_string(root().join("docs/cli.md")).expect("the page is there");
    let help = |args: &[&str]| tools::output(std::process::Command::new(tools::kssc()).args(args).arg("--help"));
    let word = regex::Regex::new(r"(?m)^ +(?:-., )?(--[a-z]+)").expect("the pattern is well formed");
    let command = regex::Regex::new(r"(?m)^  ([a-z]+) +[A-Z]").expect("the pattern is well formed");
    let general = help(&[]);
    let commands: Vec<&str> = command.captures_iter(&general).map(|c| c.get(1).map_or("", |m| m.as_str())).collect();
    assert!(commands.contains(&"check") && commands.contains(&"build"), "{commands:?}");
    let mut missing = Vec::new();
    for name in commands.into_iter().filter(|name| *name != "help") {
        missing.extend((!page.contains(&format!("## kssc {name}\n"))).then(|| format!("kssc {name}")));
        let options = help(&[name]);
        let options = word.captures_iter(&options).map(|option| option[1].to_owned());
        missing.extend(
            options.filter(|option| !page.contains(option.as_str())).map(|option| format!("kssc {name} {option}")),
        );
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_chapter_is_in_the_list() {
    let list = std::fs::read_to_string(root().join("docs/reference/README.md")).expect("the list is there");
    let chapters = pages(&root().join("tests/spec"));
    let missing: Vec<_> = chapters
        .iter()
        .filter(|path| !list.contains(path.file_name().and_then(|n| n.to_str()).unwrap_or_default()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Keys of a value at any depth.
fn keys(value: &serde_json::Value, into: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            into.insert(key.clone());
            keys(value, into);
        }),
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        _ => {}
    }
}

#[test]
fn the_json_of_a_check_has_the_keys_that_its_page_shows() {
    let page = std::fs::read_to_string(root().join("docs/cli.md")).expect("the page is there");
    let block = page.split("```text\n{ \"diagnostics\"").nth(1).and_then(|b| b.split("```").next()).expect("its block");
    // What stands behind a colon, or alone in a list, is a value.
    let word = regex::Regex::new(r#"([:|\[]\s*)?"([a-z]+)""#).expect("a pattern");
    let shown = word.captures_iter(block).filter(|found| found.get(1).is_none()).map(|found| found[2].to_owned());
    let shown: std::collections::BTreeSet<String> = shown.chain(["diagnostics".to_owned()]).collect();

    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.kss"), "type D { memory : Size }\nlet d : D = { memry = 8GiB }\n")
        .expect("a file");
    let mut check = std::process::Command::new(tools::kssc());
    check.env(kss_tests::program::CACHE.0, kss_tests::program::CACHE.1);
    let (good, printed, said) = tools::run(check.current_dir(folder.path()).args(["check", "--format", "json", "."]));
    assert!(!good, "{said}");
    let mut written = std::collections::BTreeSet::new();
    keys(&serde_json::from_str(&printed).expect("JSON"), &mut written);
    assert_eq!(written, shown);
}
