# The tests of the library and of the evaluator that runs them: a list of { name, problems }, passed when there are none.
let
  inherit (import ./evaluate.nix) lib pkgs evaluate sops;
  inherit (import ./expect.nix) test equal wrong fails library;
  inherit (lib) mkOption types;
  own = modules: lib.evalModules { inherit modules; };

  nft.networking.nftables.enable = true;
  cluster = {
    name = "kcs";
    domain = "kcs.lab.example.com";
    podCidr = [ "10.42.0.0/16" "fd42::/56" ];
    serviceCidr = [ "10.43.0.0/16" ];
  };
  rke2 = role: {
    services.rke2 = {
      enable = true;
      inherit role;
      package = pkgs.rke2;
    };
  };

  option = type: default: mkOption { inherit type default; };
  evaluator = [
    (equal "a plain value beats mkDefault, and mkForce beats both" [ 2 3 ] (
      let
        config = (own [
          { options.a = option types.int 0; options.b = option types.int 0; }
          { a = 2; b = 2; }
          { a = lib.mkDefault 1; b = lib.mkForce 3; }
        ]).config;
      in
      [ config.a config.b ]
    ))
    (equal "lists join in the order of mkBefore and mkAfter" [ 1 2 3 ] (
      (own [
        { options.l = option (types.listOf types.int) [ ]; }
        { l = lib.mkAfter [ 3 ]; }
        { l = [ 2 ]; }
        { l = lib.mkBefore [ 1 ]; }
      ]).config.l
    ))
    (equal "mkIf may depend on the value of another option" { x = 1; } (
      (own [
        { options.on = option types.bool false; options.m = option (types.attrsOf types.int) { }; }
        ({ config, ... }: { config = lib.mkIf config.on { m.x = 1; }; })
        ({ config, ... }: { config = lib.mkIf (!config.on) { m.y = 1; }; })
        { on = true; }
      ]).config.m
    ))
    (equal "two values of one option are a conflict" [ "`a` has two values, 1 (in the test) and 2 (in the test)" ] (
      (own [ { options.a = option types.int 0; } { a = 1; } { a = 2; } ]).problems
    ))
    (equal "an unknown field of a record is found" [ "the option `r.x.b` does not exist (in the test)" ] (
      (own [
        { options.r = option (types.attrsOf (types.submodule { options.a = option types.int 0; })) { }; }
        { r.x.b = 1; }
      ]).problems
    ))
    (fails "an option without value can't be used" (own [ { options.a = mkOption { type = types.int; }; } ]).config.a)
    (fails "an option is declared once" (own [ { options.a = option types.int 0; } { options.a = option types.int 0; } ]).config)
  ];

  # What importing the library alone changes must be nothing.
  nothing = [
    (test "a machine that only imports the library is left alone" (
      let
        bare = evaluate [ ] { };
        with-library = evaluate [ ../modules ] { };
      in
      with-library.problems ++ lib.optional (removeAttrs with-library.whole [ "kss" ] != bare.whole) "it sets options"
    ))
    (wrong "an option that NixOS does not have is an error" [ "the option `services.opensh` does not exist.*" ] { services.opensh.enable = true; })
    (wrong "an option that the library does not have is an error" [ "the option `kss.firewal` does not exist.*" ] { kss.firewal.rules = [ ]; })
    (wrong "a value of the wrong type is an error" [ "`networking.firewall.enable` is boolean, not \"yes\".*" "`kss.rke2.hardening` is one of .*, not \"CIS\".*" ] {
      networking.firewall.enable = "yes";
      kss.rke2.hardening = "CIS";
    })
  ];

  facts = [
    (equal "the facts of the cluster are in /etc" cluster (
      builtins.fromJSON (library { kss.cluster = cluster; }).whole.environment.etc."kssc/cluster.json".text
    ))
    (wrong "a cluster needs networks" [ "kss.cluster: podCidr and serviceCidr of kcs need at least one network each" ] {
      kss.cluster = cluster // { podCidr = [ ]; };
    })
    (fails "no fact has a default" (library { kss.cluster.name = "kcs"; }).config.kss.cluster.domain)
  ];

  firewall = [
    (equal "rules are lines of nftables, one per address family"
      ''
        ip saddr { 10.69.10.0/24, 10.69.20.5 } tcp dport 22 accept comment "operator's 'door'"
        ip6 saddr fd00::/64 tcp dport 22 accept comment "operator's 'door'"
        udp dport 8472-8480 accept
      ''
      (library (nft // {
        kss.firewall.rules = [
          {
            proto = "tcp";
            from = 22;
            to = 22;
            source = [ "10.69.10.0/24" "fd00::/64" "10.69.20.5" ];
            comment = "operator's \"door\"";
          }
          {
            proto = "udp";
            from = 8472;
            to = 8480;
          }
        ];
      })).whole.networking.firewall.extraInputRules
    )
    (wrong "rules need nftables" [ "kss.firewall.rules needs networking.firewall.enable and networking.nftables.enable" ] {
      kss.firewall.rules = [ { proto = "tcp"; from = 22; to = 22; } ];
    })
    (wrong "a range ends after it begins" [ "kss.firewall.rules: the range 30..20/tcp \\(x\\) ends before it begins" ] (nft // {
      kss.firewall.rules = [ { proto = "tcp"; from = 30; to = 20; comment = "x"; } ];
    }))
    (wrong "a rule has a protocol with ports" [ "`kss.firewall.rules.0.proto` is one of “tcp”, “udp”, not \"icmp\".*" ] (nft // {
      kss.firewall.rules = [ { proto = "icmp"; from = 1; to = 1; } ];
    }))
    (wrong "names of interfaces are those of nftables" [ "networking.firewall.trustedInterfaces: nftables writes `lxc[*]`, not `lxc[+]`" ] (
      lib.mkMerge [ nft { networking.firewall.trustedInterfaces = [ "lxc+" ]; } ]
    ))
  ];

  forward = [
    (equal "forward rules stand in the order in which they were written, in a table of their own"
      ''
        chain forward {
          type filter hook forward priority filter - 5; policy accept;
          ct state established,related accept
          ip saddr 10.42.0.0/16 jump rules
          ip6 saddr fd42::/56 jump rules
        }
        chain rules {
          ip daddr 10.69.10.10/32 tcp dport 11434 accept
          ip daddr 10.69.10.0/24 drop
          ip daddr 10.69.50.1/32 tcp dport { 22, 8000-8443 } drop
          ip daddr 10.69.50.1/32 udp dport 161 drop
        }
      ''
      (library (nft // {
        kss = {
          inherit cluster;
          forward.rules = [
            { to = "10.69.10.10/32"; verdict = "accept"; ports = [ "11434/tcp" ]; }
            { to = "10.69.10.0/24"; verdict = "drop"; }
            { to = "10.69.50.1/32"; verdict = "drop"; ports = [ "22/tcp" "161/udp" "8000..8443/tcp" ]; }
          ];
        };
      })).whole.networking.nftables.tables.kss-forward.content
    )
    (wrong "a network of containers has the name of an interface" [ "kss.containers.networks: far-too-long-a-name has more than 15 characters" ] {
      kss.containers.networks.far-too-long-a-name.subnet = "10.89.70.0/24";
    })
    (wrong "forward rules need nftables and a source"
      [ "kss.forward.rules needs networking.nftables.enable" "kss.forward.rules needs kss.forward.source: whose traffic is it\\?" ]
      { kss.forward.rules = [ { to = "10.0.0.0/8"; verdict = "drop"; } ]; }
    )
    (wrong "a port says its protocol" [ "`kss.forward.rules.0.ports.0` is string matching .*, not \"443\".*" ] (nft // {
      kss.forward = { source = [ "10.42.0.0/16" ]; rules = [ { to = "10.0.0.0/8"; verdict = "drop"; ports = [ "443" ]; } ]; };
    }))
  ];

  registries = [
    (equal "mirrors are written for RKE2, with the registry itself among them"
      {
        mirrors = {
          "docker.io" = { endpoint = [ "https://h.lan" ]; rewrite."^(.*)$" = "docker.io/$1"; };
          "h.lan".endpoint = [ "https://h.lan" ];
          "quay.io".endpoint = [ "https://h.lan/quay" ];
        };
      }
      (builtins.fromJSON (library {
        kss.registries = {
          host = "h.lan";
          mirrors."docker.io" = { endpoint = [ "https://h.lan" ]; rewrite."^(.*)$" = "docker.io/$1"; };
          mirrors."quay.io".endpoint = [ "https://h.lan/quay" ];
        };
      }).whole.environment.etc."rancher/rke2/registries.yaml".text)
    )
    (test "another table of mirrors restarts RKE2" (
      let
        triggers = host: (library (lib.mkMerge [
          (rke2 "server")
          { kss.registries = { inherit host; mirrors."docker.io".endpoint = [ "https://h.lan" ]; }; }
        ])).whole.systemd.services.rke2-server.restartTriggers;
      in
      lib.optional (triggers "a.lan" == triggers "b.lan") "its triggers are the same"
    ))
    (fails "the host of the registry has no default" (library { kss.registries.mirrors."docker.io".endpoint = [ "x" ]; }).whole)
  ];

  nodes = [
    (wrong "the version that was meant is the one of the package" [ "kss.rke2.version is v1.30.0[+]rke2r1, but services.rke2.package has v1.31.4[+]rke2r1.*" ] (
      lib.mkMerge [ (rke2 "agent") { kss.rke2.version = "v1.30.0+rke2r1"; } ]
    ))
    (equal "hardening is the profile of nixpkgs' module" true
      (library (lib.mkMerge [ (rke2 "server") { kss.rke2.hardening = "cis"; } ])).whole.services.rke2.cisHardening
    )
    (equal "a switch restarts RKE2 in one go" false (library (rke2 "agent")).whole.systemd.services.rke2-agent.stopIfChanged)
    (equal "the shims are reaped before it starts, where that is wanted" [ false true ] (
      map (reapShims: (library (lib.mkMerge [ (rke2 "agent") { kss.rke2 = { inherit reapShims; }; } ])).whole.systemd.services.rke2-agent.serviceConfig ? ExecStartPre) [ false true ]
    ))
    (equal "RKE2 trusts the authority of the site, and waits for the bundle" [ "/run/kssc/trust/ca-bundle.crt" [ "kss-trust.service" ] ] (
      let
        unit = (library (lib.mkMerge [ (rke2 "agent") { kss.trust.caFile = "/run/secrets/ca"; } ])).whole.systemd.services.rke2-agent;
      in
      [ unit.environment.SSL_CERT_FILE unit.after ]
    ))
    (test "the unit that joins certificates may run again" (
      let
        unit = (library { kss.trust.caFile = "/run/secrets/ca"; }).whole.systemd.services.kss-trust.serviceConfig;
      in
      lib.optional (unit.RemainAfterExit or false) "it stays active"
    ))
    (wrong "Longhorn needs iSCSI and no multipath" [ "kss.longhorn-host: volumes are attached by iSCSI.*" "kss.longhorn-host: multipathd takes .*" ] {
      kss.longhorn-host.enable = true;
      services.multipath.enable = true;
    })
    (equal "Longhorn finds iscsiadm where other distributions have it" 2 (
      builtins.length (builtins.filter (rule: builtins.match "L[+] /usr/s?bin/iscsiadm - - - - /nix/store/.*" rule != null)
        (library { kss.longhorn-host.enable = true; services.openiscsi = { enable = true; name = "iqn.x"; }; }).whole.systemd.tmpfiles.rules)
    ))
    (equal "a virtual machine boots from the disk that it says, by label" [ "/dev/vda" "/dev/disk/by-label/nixos" true ] (
      let
        config = (library { networking.hostName = "m"; kss.profile.vm.enable = true; }).whole;
      in
      [ config.boot.loader.grub.device config.fileSystems."/".device config.boot.growPartition ]
    ))
    (equal "a virtual machine with EFI has no GRUB" [ false true "vfat" ] (
      let
        config = (library { networking.hostName = "m"; kss.profile.vm = { enable = true; firmware = "efi"; }; }).whole;
      in
      [ config.boot.loader.grub.enable config.boot.loader.systemd-boot.enable config.fileSystems."/boot".fsType ]
    ))
  ];

  secrets = [
    (equal "a secret is a file that sops-nix writes" { key = "rke2/token"; path = "/run/secrets/token"; owner = "root"; group = "root"; mode = "0400"; restartUnits = [ "rke2-agent.service" ]; }
      (library { kss.secrets.files.token = { key = "rke2/token"; units = [ "rke2-agent.service" ]; }; }).whole.sops.secrets.token
    )
    (equal "a module that knows who reads a file gives it to that user" [ "gitlab" "root" "mary" ] (
      let
        inherit ((library {
          kss.secrets.files = { a = { }; b = { }; c.owner = "mary"; };
          kss.secrets.readers = { "/run/secrets/a" = "gitlab"; "/run/secrets/c" = "gitlab"; };
        }).whole.sops) secrets;
      in
      [ secrets.a.owner secrets.b.owner secrets.c.owner ]
    ))
    (equal "the encrypted file is not part of the closure" [ "/var/lib/kssc/secrets.yaml" false ] (
      let
        inherit ((library { kss.secrets.files.token = { }; }).whole) sops;
      in
      [ sops.defaultSopsFile sops.validateSopsFiles ]
    ))
    (equal "a template holds placeholders, and only where a secret was meant" "{secret}=<SOPS:token:PLACEHOLDER>\n" (
      (library {
        kss.secrets.files.token = { };
        kss.secrets.templates."acme/dns.env".parts = [ "{secret}=" { secret = "token"; } "\n" ];
      }).whole.sops.templates."acme/dns.env".content
    ))
    (wrong "a template names secrets that there are" [ "kss.secrets.templates names secrets that kss.secrets.files does not have: tokn" ] {
      kss.secrets.files.token = { };
      kss.secrets.templates.x.parts = [ { secret = "tokn"; } ];
    })
    (equal "a service waits for a secret that is made later, and only then" [ [ "/run/secrets/unseal" ] false ] (
      let
        inherit ((library {
          kss.secrets.files.unseal = { later = true; units = [ "a.service" ]; };
          kss.secrets.files.token.units = [ "b.service" ];
        }).whole.systemd) services;
      in
      [ services.a.unitConfig.ConditionFileNotEmpty (services ? b) ]
    ))
    (equal "secrets without sops-nix are an error" [ "kss.secrets needs the module of sops-nix beside this library" ]
      (evaluate [ ../modules ] { kss.secrets.files.token = { }; }).problems
    )
  ];
in
builtins.concatLists [ evaluator nothing facts firewall forward registries nodes secrets (import ./support.nix) ]
