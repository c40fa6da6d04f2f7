# What tests are written with: each makes { name, problems }, passed when there are no problems.
let
  inherit (import ./evaluate.nix) lib evaluate sops;
  test = name: problems: { inherit name problems; };
in
rec {
  inherit test;

  # Of the library with sops-nix.
  library = evaluate [ ../modules sops ];

  equal =
    name: wanted: got:
    test name (lib.optional (wanted != got) "wanted ${builtins.toJSON wanted}, got ${builtins.toJSON got}");

  # What is wrong has to be exactly this: each text is a regular expression.
  wrong =
    name: patterns: entry:
    let
      got = (library entry).problems;
      fits = builtins.length got == builtins.length patterns && builtins.all (pattern: builtins.any (text: builtins.match pattern text != null) got) patterns;
    in
    test name (lib.optional (!fits) "wanted ${builtins.toJSON patterns}, got ${builtins.toJSON got}");

  # Nothing may be wrong, and each value that there is has to be one.
  right =
    name: entry:
    let
      result = library entry;
    in
    test name (if result.problems == [ ] then builtins.seq result.whole [ ] else result.problems);

  fails =
    name: value:
    test name (lib.optional (builtins.tryEval (builtins.deepSeq value true)).success "it has a value");
}
