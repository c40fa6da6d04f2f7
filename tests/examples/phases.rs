//! Where the time of a build goes: `cargo run --release -p kss-tests --example phases -- FOLDER`.

use std::time::Instant;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let folder = std::path::PathBuf::from(folder);
    let mut last = Instant::now();
    let mut phase = |name: &str| {
        eprintln!("{name:>12} {:8.1} ms", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    let loaded = kss_project::load(std::slice::from_ref(&folder)).expect("the folder can be read");
    phase("load");
    let session = kss_project::Session::new(kss_project::Database::default(), loaded, false);
    session.parse_all();
    phase("parse");
    let places = session.places();
    phase("places");
    let _ = session.static_diagnostics(&places);
    phase("static");
    let site = session.sites()[0];
    phase("signatures");
    let outcome = session.evaluate(site).expect("a site");
    phase("evaluate");
    let checked = session.check();
    phase("check again");
    let model = &checked.outcomes[0].1.model;
    let files = kss_outputs::Texts::of(model, &kss_project::read_file);
    phase("texts");
    let context = kss_outputs::Context {
        nix: kss_stdlib::NIX,
        flake_lock: session.flake_lock(),
        carried: session.carried(),
        tofu_modules: kss_stdlib::TOFU_MODULES,
        is_package: &kss_project::is_package,
        files: &files,
    };
    let (tree, _) = kss_outputs::outputs(model, &context);
    phase("outputs");
    kss_deploy::write(&tree, &folder.join("../phases-deploy"), &kss_deploy::Options::default()).expect("written");
    phase("write");
    drop(tree);
    phase("drop tree");
    drop(outcome);
    drop(checked);
    drop(session);
    phase("drop rest");
}
