//! Reads files below folders (first one is the library, if there are two) and prints what is wrong.
use kss_project::{Places, load};
use kss_span::{FileId, Symbol};
use std::path::PathBuf;
use std::sync::Arc;

struct Texts(Vec<(String, String)>);
impl kss_diag::Sources for Texts {
    fn path(&self, file: FileId) -> &str {
        &self.0[file.0 as usize].0
    }
    fn text(&self, file: FileId) -> &str {
        &self.0[file.0 as usize].1
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut files = Vec::new();
    for (i, a) in args.iter().enumerate() {
        let l = load(&[PathBuf::from(a)]).unwrap();
        for f in l.files {
            let p = f
                .path
                .as_str()
                .strip_prefix(a.trim_start_matches("./").trim_end_matches('/'))
                .map(|s| s.trim_start_matches('/').to_owned())
                .unwrap_or(f.path.to_string());
            let p = if i == 0 { format!("std/{p}") } else { format!("clusters/{p}") };
            files.push((p, f.text.to_string()));
        }
    }
    files.sort_by_key(|(p, _)| p.starts_with("std/"));
    let mut places = Places::default();
    let mut sources = Vec::new();
    let mut diags = Vec::new();
    let t = std::time::Instant::now();
    for (i, (p, text)) in files.iter().enumerate() {
        let parsed = kss_syntax::parse(FileId(i as u32), text);
        let items = kss_sema::FileItems::new(Symbol::new(p), &parsed.file);
        places.add(FileId(i as u32), &items, &parsed);
        diags.extend(parsed.errors.iter().cloned());
        sources.push(kss_sema::SourceFile { path: Symbol::new(p), tree: parsed.file.clone() });
    }
    eprintln!("parse {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let analysis = kss_sema::analyse(&sources);
    eprintln!("analyse {:?}", t.elapsed());
    diags.extend(analysis.diags.into_iter().map(|d| places.locate(d)));
    let texts = Texts(files);
    let places = kss_diag::Places::new(&texts);
    let n = diags.len();
    for d in kss_diag::arrange(diags, &[], &texts) {
        println!("{}", kss_diag::terminal(&d, &places, false));
    }
    println!("{n} diagnostics");
    let _ = Arc::new(0);
}
