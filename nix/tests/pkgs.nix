# Stands for nixpkgs: packages with a name, a version and a path that nothing lies at. Scripts keep their text, so that tests can
# look at it and run it.
{ lib }:

let
  package = pname: version: {
    type = "derivation";
    inherit pname version;
    name = "${pname}-${version}";
    outPath = "/nix/store/00000000000000000000000000000000-${pname}-${version}";
    meta.mainProgram = pname;
  };

  names = [
    "cacert" "coreutils" "cri-tools" "cryptsetup" "curl" "diffutils" "dig" "docker" "docker-compose" "e2fsprogs" "findutils" "git"
    "gitlab-runner" "gnugrep" "gnused" "gnutar" "gzip" "htop" "inetutils" "iptables" "jq" "minio" "minio-client" "netcat-gnu" "nftables"
    "nginx" "nfs-utils" "openbao" "openiscsi" "openssh" "openssl" "rsync" "systemd" "tcpdump" "teleport" "tree" "util-linux" "vim"
    "wget" "xfsprogs" "yq-go" "keycloak" "timesyncd" "postgresql" "gawk" "gitMinimal"
    "apacheHttpd" "gitaly" "gitlab" "gitlab-pages" "gitlab-shell" "gitlab-workhorse" "podman"
  ];

  pkgs = lib.genAttrs names (name: package name "1.0") // {
    rke2 = package "rke2" "1.31.4+rke2r1";
    gitlab = package "gitlab" "18.8.2";
    stdenv.hostPlatform.system = "x86_64-linux";
    writeText = name: text: package name "text" // { inherit text; };
    writeTextDir = path: text: package (baseNameOf path) "text" // { inherit text; };
    writeShellApplication =
      {
        name,
        runtimeInputs ? [ ],
        text,
      }:
      builtins.seq (builtins.deepSeq runtimeInputs true) (package name "script" // { inherit text; isScript = true; });
  };
in
pkgs
