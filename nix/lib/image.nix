# Images of containers: by digest, so that what runs is what was locked, whatever a tag means by now; by their tag as long as the
# lock has no digest for them, of which the compiler warns.
{ lib }:

rec {
  type = lib.types.strMatching "[^@ ]+(@sha256:[0-9a-f]{64})?";

  option =
    what:
    lib.mkOption {
      inherit type;
      example = "docker.io/library/busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000";
      description = "Image of ${what}, with its digest or its tag.";
    };

  # The name that Podman pulls: with its registry, so that no list of registries is searched, and without the tag beside the digest.
  full =
    image:
    let
      halves = lib.splitString "@" image;
      parts = lib.splitString "/" (builtins.head halves);
      first = builtins.head parts;
      hasRegistry = builtins.length parts > 1 && (lib.hasInfix "." first || lib.hasInfix ":" first || first == "localhost");
      folders =
        if hasRegistry then
          lib.init parts
        else if builtins.length parts == 1 then
          [
            "docker.io"
            "library"
          ]
        else
          [ "docker.io" ] ++ lib.init parts;
      last = lib.last parts;
      name = builtins.head (lib.splitString ":" last);
      path = name: lib.concatStringsSep "/" (folders ++ [ name ]);
    in
    if builtins.length halves == 1 then path last else "${path name}@${lib.last halves}";
}
