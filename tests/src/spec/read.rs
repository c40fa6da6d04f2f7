//! From a Markdown page to its examples.

/// Where the text of an example stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// It is whole files.
    #[default]
    File,
    /// In the body of a site.
    Site,
    /// In the body of a machine.
    Machine,
    /// In the body of a cluster.
    Cluster,
    /// In the body of a module that a cluster uses.
    Module,
}

/// A diagnostic that a comment announces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// `K0401`
    pub code: String,
    /// A part of its message.
    pub part: String,
}

/// An example of a page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SpecExample {
    /// Line of its block in the page, from 1.
    pub line: usize,
    /// Where its text stands.
    pub place: Place,
    /// Are its tests run?
    pub test: bool,
    /// The file of this repository that it is a part of.
    pub part_of: Option<String>,
    /// The file of `clusters/` into whose last declaration it goes.
    pub into: Option<String>,
    /// Names and texts of its files.
    pub files: Vec<(String, String)>,
    /// What its comments announce.
    pub errors: Vec<Expected>,
    /// Expressions with what they are expected to be.
    pub values: Vec<(String, String)>,
    /// Files of the deploy tree with what they hold.
    pub outputs: Vec<(String, String)>,
    /// The first diagnostic as it is shown.
    pub message: Option<String>,
}

/// The examples of a page, or what is wrong with its blocks.
pub fn read(page: &str) -> Result<Vec<SpecExample>, String> {
    let mut examples: Vec<SpecExample> = Vec::new();
    for block in blocks(page)? {
        let (word, rest) = block.info.split_once(' ').unwrap_or((&block.info, ""));
        match word {
            "kss" => {
                let example = example(&block, rest, examples.last())?;
                examples.push(example);
            }
            "values" | "output" | "message" => {
                let last = examples.last_mut().ok_or(format!("line {}: no example stands before it", block.line))?;
                expectation(last, word, rest, &block)?;
            }
            _ => {}
        }
    }
    Ok(examples)
}

/// A block of commands with what they print: `$ kssc check`, then lines in which `…` stands for anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Console {
    /// Line of its block in the page, from 1.
    pub line: usize,
    /// Files of the example before it.
    pub files: Vec<(String, String)>,
    /// Commands with what they print.
    pub commands: Vec<(String, String)>,
}

/// The `console` blocks of a page.
pub fn read_consoles(page: &str) -> Result<Vec<Console>, String> {
    let mut found = Vec::new();
    let mut last: Option<SpecExample> = None;
    for block in blocks(page)? {
        if block.info == "console" {
            let files = last.as_ref().map(|example| example.files.clone()).unwrap_or_default();
            found.push(Console { line: block.line, files, commands: commands(&block)? });
        } else if let Some(rest) = block.info.strip_prefix("kss") {
            last = Some(example(&block, rest, last.as_ref())?);
        }
    }
    Ok(found)
}

fn commands(block: &Block) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command.to_owned(), String::new())),
            (None, Some((_, printed))) => printed.push_str(&format!("{line}\n")),
            (None, None) => return Err(format!("line {}: a console begins with `$ `", block.line)),
        }
    }
    Ok(found)
}

/// The text of the blocks with this info string, one after the other.
pub(super) fn text_of(page: &str, info: &str) -> Result<String, String> {
    Ok(blocks(page)?.iter().filter(|b| b.info == info).map(|b| b.text.as_str()).collect())
}

struct Block {
    line: usize,
    info: String,
    text: String,
}

fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut found = Vec::new();
    let mut open: Option<(Block, &str)> = None;
    for (at, line) in page.lines().enumerate() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match &mut open {
            None if ticks.len() >= 3 => {
                let info = line[ticks.len()..].trim().to_owned();
                open = Some((Block { line: at + 1, info, text: String::new() }, ticks));
            }
            Some((_, mark)) if ticks.len() >= mark.len() && line.trim_end() == ticks => {
                found.extend(open.take().map(|(block, _)| block));
            }
            Some((block, _)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    match open {
        Some((block, _)) => Err(format!("line {}: the block isn't closed", block.line)),
        None => Ok(found),
    }
}

fn example(block: &Block, words: &str, before: Option<&SpecExample>) -> Result<SpecExample, String> {
    let mut example = SpecExample { line: block.line, ..SpecExample::default() };
    for word in words.split_whitespace() {
        match word {
            "in-site" => example.place = Place::Site,
            "in-machine" => example.place = Place::Machine,
            "in-cluster" => example.place = Place::Cluster,
            "in-module" => example.place = Place::Module,
            "test" => example.test = true,
            from if from.starts_with("from:") => example.part_of = Some(from["from:".len()..].to_owned()),
            into if into.starts_with("into:") => example.into = Some(into["into:".len()..].to_owned()),
            "more" => {
                let before = before.ok_or(format!("line {}: nothing stands before `more`", block.line))?;
                example.files = before.files.clone();
            }
            _ => return Err(format!("line {}: `{word}` means nothing behind `kss`", block.line)),
        }
    }
    for (name, text) in files(&block.text) {
        example.files.retain(|(known, _)| *known != name);
        example.files.push((name, text));
    }
    for (name, text) in &example.files {
        for (at, line) in text.lines().enumerate() {
            let found = announced(line).map_err(|e| format!("line {}: {e}: {line}", block.line))?;
            let found = found.map(|(code, part)| Expected { file: name.clone(), line: at + 1, code, part });
            example.errors.extend(found);
        }
    }
    Ok(example)
}

/// A line `# file: NAME` begins a file; without one it is all of `main.kss`.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# file: ") {
            files.push((name.trim().to_owned(), String::new()));
            continue;
        }
        if files.is_empty() {
            files.push(("main.kss".to_owned(), String::new()));
        }
        if let Some((_, file)) = files.last_mut() {
            file.push_str(line);
            file.push('\n');
        }
    }
    files
}

/// `# error K0401 "70000"` at the end of a line.
fn announced(line: &str) -> Result<Option<(String, String)>, String> {
    let marks = ["# error ", "# warning "];
    let Some(rest) = marks.iter().find_map(|mark| line.rsplit_once(mark)).map(|(_, rest)| rest.trim()) else {
        return Ok(None);
    };
    let wrong = || "write `# error CODE \"part of the message\"`".to_owned();
    let (code, part) = rest.split_once(' ').ok_or_else(wrong)?;
    let part = part.trim().strip_prefix('"').and_then(|p| p.strip_suffix('"')).ok_or_else(wrong)?;
    let known = kss_diag::find(code).is_some_and(|c| c.id == code);
    if !known || part.is_empty() {
        return Err(wrong());
    }
    Ok(Some((code.to_owned(), part.to_owned())))
}

fn expectation(example: &mut SpecExample, word: &str, rest: &str, block: &Block) -> Result<(), String> {
    match word {
        "values" => {
            for line in block.text.lines().filter(|l| !l.trim().is_empty()) {
                let (path, value) = equation(line).ok_or(format!("line {}: no ` = ` in `{line}`", block.line))?;
                example.values.push((path.trim().to_owned(), value.trim().to_owned()));
            }
        }
        "output" => example.outputs.push((rest.trim().to_owned(), block.text.clone())),
        _ => example.message = Some(block.text.clone()),
    }
    Ok(())
}

/// Splits `left = right` at the last ` = ` that stands in no brackets and no text.
fn equation(line: &str) -> Option<(&str, &str)> {
    let (mut depth, mut quoted, mut found) = (0i32, false, None);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '{' | '(' | '[' if !quoted => depth += 1,
            '}' | ')' | ']' if !quoted => depth -= 1,
            '=' if !quoted && depth == 0 && line[..at].ends_with(' ') && line[at + 1..].starts_with(' ') => {
                found = Some(at)
            }
            _ => {}
        }
    }
    found.map(|at| (&line[..at], &line[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_files_errors_and_what_comes_of_it() {
        let page = "\
# Page

```kss in-cluster
# file: a.kss
a = 1
# file: b.kss
b = x  # error K0201 \"no name\"
```

```values
a = 1
f({ x = 1 }) == \"a = b\" = true
```

````text
```kss
ignored
```
````

```kss more test
# file: b.kss
b = 2
```
";
        let examples = read(page).expect("the page is well formed");
        assert_eq!(examples.len(), 2);
        assert_eq!(examples[0].place, Place::Cluster);
        assert_eq!(
            examples[0].files,
            [("a.kss".into(), "a = 1\n".into()), ("b.kss".into(), "b = x  # error K0201 \"no name\"\n".into())]
        );
        let expected = Expected { file: "b.kss".into(), line: 1, code: "K0201".into(), part: "no name".into() };
        assert_eq!(examples[0].errors, [expected]);
        assert_eq!(examples[0].values, [("a".into(), "1".into()), ("f({ x = 1 }) == \"a = b\"".into(), "true".into())]);
        assert!(examples[1].test && examples[1].errors.is_empty());
        assert_eq!(examples[1].files, [("a.kss".into(), "a = 1\n".into()), ("b.kss".into(), "b = 2\n".into())]);
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for page in [
            "```kss maybe\n```\n",
            "```values\n```\n",
            "```kss\n",
            "```kss\na # error K9999 \"x\"\n```\n",
            "```kss\na # error K0401\n```\n",
        ] {
            assert!(read(page).is_err(), "{page}");
        }
    }
}
