//! Where the time of an edit goes: `cargo run --release -p kss-tests --example edits -- FOLDER FILE OLD NEW`.

use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let folder = std::path::PathBuf::from(&args[1]);
    let loaded = kss_project::load(std::slice::from_ref(&folder)).expect("the folder can be read");
    let mut session = kss_project::Session::new(kss_project::Database::default(), loaded, false);
    let begin = Instant::now();
    let found = session.check();
    eprintln!("cold {:8.1} ms, {} diagnostics", begin.elapsed().as_secs_f64() * 1e3, found.diagnostics.len());
    drop(found);
    let path = format!("{}/{}", folder.display(), args[2]);
    let file = session.file(&path).unwrap_or_else(|| panic!("{path}"));
    let text = kss_diag::Sources::text(&session, file).to_owned();
    let mut times = Vec::new();
    for n in 0..30 {
        let new = if n % 2 == 0 { text.replacen(&args[3], &args[4], 1) } else { text.clone() };
        let begin = Instant::now();
        session.set_text(file, new.into());
        let a = begin.elapsed();
        session.parse_all();
        let b = begin.elapsed();
        let places = session.places();
        let c = begin.elapsed();
        let _ = session.static_diagnostics(&places);
        let d = begin.elapsed();
        for site in session.sites() {
            session.evaluate(site);
        }
        let e = begin.elapsed();
        let found = session.check();
        let f = begin.elapsed();
        drop(found);
        let g = begin.elapsed();
        times.push([a, b - a, c - b, d - c, e - d, f - e, g - f].map(|t| t.as_secs_f64() * 1e3));
    }
    for (i, name) in ["set", "parse", "places", "static", "evaluate", "check", "drop"].iter().enumerate() {
        let mut all: Vec<f64> = times.iter().map(|t| t[i]).collect();
        all.sort_by(f64::total_cmp);
        eprintln!("{name:>10} median {:8.2} max {:8.2}", all[all.len() / 2], all[all.len() - 1]);
    }
}
