# Tests of the services that clusters share.
let
  inherit (import ./evaluate.nix) lib pkgs;
  inherit (import ./expect.nix) test equal wrong right fails library;

  bucket = user: {
    inherit user;
    secretFile = "/run/secrets/${user}";
  };
  minio = buckets: {
    services.minio = {
      enable = true;
      listenAddress = "127.0.0.1:9000";
      rootCredentialsFile = "/run/kssc/etc/minio/credentials";
    };
    kss.minio.buckets = buckets;
  };

  stores = [
    (equal "OpenBao is unsealed whenever it starts, once there is a key" [ [ "openbao.service" ] [ "openbao.service" ] [ "/run/secrets/key" ] ] (
      let
        unit = (library { services.openbao.enable = true; kss.openbao.unsealKeyFile = "/run/secrets/key"; }).whole.systemd.services.kss-openbao-unseal;
      in
      [ unit.wantedBy unit.bindsTo unit.unitConfig.ConditionFileNotEmpty ]
    ))
    (wrong "an unseal key needs something to unseal" [ "kss.openbao.unsealKeyFile needs services.openbao.enable.*" ] { kss.openbao.unsealKeyFile = "/k"; })
    (equal "the unit of the buckets gets the root account from its file" "/run/kssc/etc/minio/credentials"
      (library (minio { loki = bucket "loki"; })).whole.systemd.services.kss-minio-buckets.serviceConfig.EnvironmentFile
    )
    (wrong "no account has two buckets" [ "kss.minio.buckets: two buckets have one user, which could then use both" ] (
      minio { a = bucket "shared"; b = bucket "shared"; }
    ))
    (wrong "buckets need MinIO" [ "kss.minio.buckets needs services.minio.enable and services.minio.rootCredentialsFile" ] { kss.minio.buckets.a = bucket "aaa"; })
    (wrong "Teleport waits for a certificate that there is" [ "kss.teleport.afterAcme is x.lan, which security.acme.certs does not have" ] {
      kss.teleport.afterAcme = "x.lan";
    })
    (equal "Teleport starts after its certificate" [ "acme-x.lan.service" ]
      (library { kss.teleport.afterAcme = "x.lan"; security.acme.certs."x.lan" = { }; }).whole.systemd.services.teleport.after
    )
  ];

  # Of a service, what systemd runs.
  units = entry: (library entry).whole.systemd.services;
  has = name: text: part: test name (lib.optional (!lib.hasInfix part text) "there is no `${part}` in ${text}");
  # No secret and no file with one is in the store: a path that a unit names is one of the machine.
  inStore = text: lib.hasPrefix "/nix/store/" text;

  gitlab = {
    services.gitlab = {
      enable = true;
      host = "gitlab.lan";
      initialRootPasswordFile = "/run/secrets/gitlab/root";
      secrets = {
        secretFile = "/run/secrets/gitlab/secret";
        otpFile = "/run/secrets/gitlab/otp";
        dbFile = "/run/secrets/gitlab/db";
      };
      extraConfig.omniauth.providers = [ { args.client_options.secret._secret = "/run/secrets/gitlab/oidc"; } ];
      backup.uploadOptions.connection.aws_secret_access_key._secret = "/run/secrets/gitlab/s3";
    };
    kss.gitlab = {
      enable = true;
      version = "18.8";
      upgradeStops = [ "18.2" "18.5" ];
      port = 8929;
      ssh = {
        port = 2222;
        hostKeyFile = "/run/secrets/gitlab/ssh";
      };
      tokens.api = {
        scopes = [ "api" ];
        secretFile = "/run/secrets/gitlab/api";
      };
    };
  };
  secret = name: { kss.secrets.files.${name} = { }; };
  git = [
    (right "GitLab has all that it needs" gitlab)
    (equal "GitLab's user reads its secrets, wherever they stand" [ "gitlab" "gitlab" "gitlab" "gitlab" "root" ] (
      let
        inherit ((library (lib.mkMerge ([ gitlab ] ++ map secret [ "gitlab/root" "gitlab/secret" "gitlab/oidc" "gitlab/s3" "gitlab/api" ]))).whole.sops) secrets;
      in
      map (name: secrets.${name}.owner) [ "gitlab/root" "gitlab/secret" "gitlab/oidc" "gitlab/s3" "gitlab/api" ]
    ))
    (equal "GitLab listens on the loopback only" [ "127.0.0.1:8929" ] (library gitlab).whole.systemd.sockets.kss-gitlab-http.listenStreams)
    (equal "no stop is skipped before GitLab starts" [ [ "gitlab-config.service" ] [ "gitlab-config.service" ] ] (
      let
        unit = (units gitlab).kss-gitlab-upgrade;
      in
      [ unit.before unit.requiredBy ]
    ))
    (has "the guard of upgrades knows package and stops" (units gitlab).kss-gitlab-upgrade.serviceConfig.ExecStart "/var/gitlab/state/VERSION 18.8.2 18.2 18.5")
    (equal "git's server gets its key from systemd" [ "host-key:/run/secrets/gitlab/ssh" ] (units gitlab).kss-gitlab-sshd.serviceConfig.LoadCredential)
    (equal "values of tokens come from systemd" [ "api:/run/secrets/gitlab/api" ] (units gitlab).kss-gitlab-tokens.serviceConfig.LoadCredential)
    (equal "without tokens there is no unit for them" false ((units (lib.mkMerge [ gitlab { kss.gitlab.tokens = lib.mkForce { }; } ])) ? kss-gitlab-tokens))
    (equal "people who clone are told port and user" [ 2222 "git" ] (
      let
        inherit ((library gitlab).whole.services.gitlab) extraConfig;
      in
      [ extraConfig.gitlab_shell.ssh_port extraConfig.gitlab.ssh_user ]
    ))
    (wrong "the version that was meant is the one of GitLab's package" [ "kss.gitlab.version is 18.1, but services.gitlab.packages.gitlab has 18.8.2.*" ] (
      lib.mkMerge [ gitlab { kss.gitlab.version = lib.mkForce "18.1"; } ]
    ))
    (wrong "a stop is a version of two numbers" [ "`kss.gitlab.upgradeStops.0` is string matching .*, not \"18.2.8-ce.0\".*" ] (
      lib.mkMerge [ gitlab { kss.gitlab.upgradeStops = lib.mkForce [ "18.2.8-ce.0" ]; } ]
    ))
    (wrong "kss.gitlab alone is no GitLab" [ "kss.gitlab needs services.gitlab.enable" ] (
      lib.mkMerge [ gitlab { services.gitlab.enable = lib.mkForce false; } ]
    ))
  ];

  runner = {
    networking.nftables.enable = true;
    services.gitlab-runner = {
      enable = true;
      services.jobs.dockerImage = "alpine";
    };
    kss.gitlab-runner = {
      enable = true;
      url = "https://gitlab.lan";
      tokenFile = "/run/secrets/runner";
      rules = [
        { to = "10.69.50.1"; verdict = "accept"; ports = [ "53/udp" ]; }
        { to = "10.69.0.0/16"; verdict = "drop"; }
      ];
    };
  };
  mirror = {
    kss.github-mirror = {
      enable = true;
      organisation = "acme";
      tokenFile = "/run/secrets/github";
      gitlab = {
        url = "https://gitlab.lan";
        group = "apps";
        tokenFile = "/run/secrets/api";
      };
      variables.REGISTRY.value = "harbor.lan";
      variables.PASSWORD = { secretFile = "/run/secrets/push"; masked = true; };
    };
  };
  jobs = [
    (right "the runner has all that it needs" runner)
    (equal "jobs are in a network of their own" true (
      builtins.elem "--docker-network-mode kss-jobs" (library runner).whole.services.gitlab-runner.services.jobs.registrationFlags
    ))
    (equal "jobs need no Docker" [ false true ] (
      let
        inherit ((library runner).whole) virtualisation;
      in
      [ virtualisation.docker.enable virtualisation.podman.dockerSocket.enable ]
    ))
    (has "jobs reach the networks of the site no further than the rules say" (library runner).whole.networking.nftables.tables.kss-jobs.content
      "ip saddr 10.89.65.0/24 jump rules"
    )
    (equal "the runner waits for its token" [ "/run/secrets/runner" ] (units runner).gitlab-runner.unitConfig.ConditionFileNotEmpty)
    (wrong "a runner needs an image for its jobs" [ "kss.gitlab-runner needs services.gitlab-runner.enable and .*" ] (
      lib.mkMerge [ runner { services.gitlab-runner.services.jobs.dockerImage = lib.mkForce null; } ]
    ))
    (wrong "a runner needs nftables" [ "kss.gitlab-runner needs networking.nftables.enable.*" ] (
      lib.mkMerge [ runner { networking.nftables.enable = lib.mkForce false; } ]
    ))
    (right "the mirror has all that it needs" mirror)
    (equal "the mirror gets its tokens from systemd" [ "gitlab:/run/secrets/api" "github:/run/secrets/github" "variable-PASSWORD:/run/secrets/push" ]
      (units mirror).kss-github-mirror.serviceConfig.LoadCredential
    )
    (wrong "a variable has one value" [ "kss.github-mirror.variables.REGISTRY needs either a value or a secretFile" ] (
      lib.mkMerge [ mirror { kss.github-mirror.variables.REGISTRY.secretFile = "/run/secrets/x"; } ]
    ))
  ];

  digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  harbor = {
    services.nginx.enable = true;
    kss.harbor = {
      enable = true;
      url = "https://harbor.lan";
      port = 8080;
      metricsPort = 9090;
      images = lib.genAttrs [ "core" "portal" "registry" "registryctl" "jobservice" "database" "redis" "trivy" "exporter" ] (
        name: "goharbor/${name}:v2.14.2@${digest}"
      );
      adminPasswordFile = "/run/secrets/harbor/admin";
      databasePasswordFile = "/run/secrets/harbor/db";
      secretKeyFile = "/run/secrets/harbor/key";
      storage = {
        endpoint = "https://minio.lan";
        region = "eu";
        bucket = "harbor";
        accessKey = "harbor";
        secretKeyFile = "/run/secrets/harbor/s3";
      };
      proxyCaches."docker.io" = {
        provider = "docker-hub";
        url = "https://hub.docker.com";
      };
    };
  };
  containers = entry: (library entry).whole.virtualisation.oci-containers.containers;
  image = import ../lib/image.nix { inherit lib; };
  registry = [
    (equal "images have their registry, and no tag beside the digest"
      (map (name: "${name}@${digest}") [ "docker.io/library/busybox" "docker.io/goharbor/core" "ghcr.io/a/b" "localhost:5000/c" ])
      (map (name: image.full "${name}@${digest}") [ "busybox:1.37" "goharbor/core:v2" "ghcr.io/a/b:1" "localhost:5000/c:2" ])
    )
    (right "Harbor has all that it needs" harbor)
    (equal "Harbor publishes no port" [ ] (lib.concatMap (c: c.ports or [ ]) (lib.attrValues (containers harbor))))
    (equal "every part of Harbor has an address of its own" 9 (
      lib.length (lib.unique (lib.concatMap (c: lib.filter (lib.hasPrefix "--ip=") c.extraOptions) (lib.attrValues (containers harbor))))
    ))
    (equal "the parts of Harbor start again with what they know of each other" [ "kss-harbor.service" ] (units harbor).kss-harbor-core.partOf)
    (equal "core waits for what it needs" [ "harbor-postgresql" "harbor-redis" "harbor-registry" ] (containers harbor).harbor-core.dependsOn)
    (equal "secrets of Harbor are in files of this run, or in none" [ ] (
      lib.filter inStore (lib.concatMap (c: c.environmentFiles) (lib.attrValues (containers harbor)))
    ))
    (equal "nginx stands on the loopback" [ { addr = "127.0.0.1"; port = 8080; } ] (
      map (l: { inherit (l) addr port; }) (library harbor).whole.services.nginx.virtualHosts.kss-harbor.listen
    ))
    (equal "without a port there are no metrics" [ false false ] (
      let
        without = library (lib.mkMerge [ harbor { kss.harbor.metricsPort = lib.mkForce null; } ]);
      in
      [ (without.whole.services.nginx.virtualHosts ? kss-harbor-metrics) (without.whole.virtualisation.oci-containers.containers ? harbor-exporter) ]
    ))
    (wrong "a digest is whole" [ "`kss.harbor.images.core` is string matching .*, not \"goharbor/core@sha256:12\".*" ] (
      lib.mkMerge [ harbor { kss.harbor.images.core = lib.mkForce "goharbor/core@sha256:12"; } ]
    ))
    (fails "an image that is used has no default" (library (lib.mkMerge [ { kss.harbor = removeAttrs harbor.kss.harbor [ "images" ]; } ])).whole)
    (wrong "an account of a cache has a password" [ "kss.harbor.proxyCaches.docker.io: user and passwordFile belong together" ] (
      lib.mkMerge [ harbor { kss.harbor.proxyCaches."docker.io".user = "mary"; } ]
    ))
    (wrong "Harbor needs nginx" [ "kss.harbor needs services.nginx.enable.*" ] (lib.mkMerge [ harbor { services.nginx.enable = lib.mkForce false; } ]))
  ];

  ziti = {
    services.nginx.enable = true;
    kss.ziti = {
      enable = true;
      domain = "ziti.lan";
      controllerImage = "openziti/ziti-controller:1.6.14@${digest}";
      routerImage = "openziti/ziti-router:1.6.14@${digest}";
      adminPasswordFile = "/run/secrets/ziti";
      router.name = "support-router";
      consolePort = 1408;
    };
  };
  controller = builtins.fromJSON (builtins.head (units ziti).kss-ziti-controller.restartTriggers).text;
  overlay = [
    (right "OpenZiti has all that it needs" ziti)
    (equal "OpenZiti publishes no port past the firewall" [ [ ] [ ] ] (map (c: c.ports or [ ]) (lib.attrValues (containers ziti))))
    (equal "the outside reaches no management" [ "client-external" [ "edge-client" "edge-oidc" "health-checks" ] ] (
      let
        listener = builtins.elemAt controller.web 1;
      in
      [ listener.name (map (api: api.binding) listener.apis) ]
    ))
    (equal "the controller starts after its certificates and its database" [ [ "kss-ziti-controller.service" ] [ "kss-ziti-controller.service" ] ] [
      (units ziti).kss-ziti-pki.before
      (units ziti).kss-ziti-database.before
    ])
    (equal "the router enrols after the administrator has its password" [ "kss-ziti-admin.service" ] (units ziti).kss-ziti-enrol.requires)
    (equal "the console is on the loopback" [ "127.0.0.1" ] (
      map (l: l.addr) (library ziti).whole.services.nginx.virtualHosts.kss-ziti-console.listen
    ))
    (wrong "ports of OpenZiti differ" [ "kss.ziti: two of its ports are one" ] (lib.mkMerge [ ziti { kss.ziti.edgePort = 2029; } ]))
  ];
in
builtins.concatLists [ stores git jobs registry overlay ]
