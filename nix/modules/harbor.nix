# Harbor, which nixpkgs does not have: the containers of its own release, by digest, in a network that only this machine reaches.
# nginx of the machine stands before them, in place of the one that Harbor brings. What Harbor's parts tell each other in secret
# is made anew whenever they start; what has to stay the same comes from files.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.harbor;
  hardening = import ../lib/hardening.nix;
  image = import ../lib/image.nix { inherit lib; };
  file = types.strMatching "/.+";
  network = "kss-harbor";
  run = "/run/kss-harbor";
  host = builtins.head (builtins.match "https?://([^/:]+).*" cfg.url);

  harbor = import ../lib/harbor.nix {
    inherit
      lib
      pkgs
      cfg
      run
      ;
  };
  inherit (harbor) address parts;
  metrics = cfg.metricsPort != null;
  json = name: data: "${pkgs.writeText name (builtins.toJSON data)}";

  container = name: part: {
    image = image.full part.image;
    serviceName = "kss-harbor-${name}";
    dependsOn = map (other: "harbor-${other}") (part.needs or [ ]);
    environment = part.environment or { };
    environmentFiles = part.environmentFiles or [ ];
    volumes = part.volumes or [ ];
    networks = [ network ];
    hostname = name;
    extraOptions = [
      "--ip=${address.${name}}"
      "--cap-drop=all"
      "--security-opt=no-new-privileges"
    ]
    ++ map (cap: "--cap-add=${cap}") (
      part.caps or [
        "CHOWN"
        "SETGID"
        "SETUID"
      ]
    )
    ++ lib.mapAttrsToList (other: ip: "--add-host=${other}:${ip}") address
    ++ part.extra or [ ];
  };
  # They are started again with what they tell each other in secret.
  unit = name: _: {
    name = "kss-harbor-${name}";
    value = {
      partOf = [ "kss-harbor.service" ];
      requires = [
        "kss-harbor.service"
        "kss-network-${network}.service"
      ];
      after = [
        "kss-harbor.service"
        "kss-network-${network}.service"
      ];
    };
  };

  settings = json "kss-harbor.json" {
    admin = cfg.adminPasswordFile;
    database = cfg.databasePasswordFile;
    key = cfg.secretKeyFile;
    storage = if cfg.storage == null then null else cfg.storage.secretKeyFile;
    registry = harbor.registryConfig;
  };
  prepare = pkgs.writeShellApplication {
    name = "kss-harbor";
    runtimeInputs = [
      pkgs.apacheHttpd
      pkgs.coreutils
      pkgs.jq
      pkgs.openssl
    ];
    text = builtins.readFile ../scripts/harbor.sh;
  };
  caches = json "kss-harbor-caches.json" {
    inherit (cfg) robotPrefix;
    caches = lib.mapAttrs (name: c: {
      inherit (c)
        provider
        url
        public
        user
        ;
      credential = if c.passwordFile == null then null else "cache-${name}";
    }) cfg.proxyCaches;
  };
  passwords = lib.filterAttrs (_: c: c.passwordFile != null) cfg.proxyCaches;
  apply = pkgs.writeShellApplication {
    name = "kss-harbor-caches";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.curl
      pkgs.gnused
      pkgs.jq
    ];
    text = builtins.readFile ../scripts/harbor-caches.sh;
  };

  cache = types.submodule {
    options = {
      provider = mkOption {
        type = types.enum [
          "docker-hub"
          "github-ghcr"
          "docker-registry"
          "harbor"
        ];
        default = "docker-registry";
        description = "How the registry is spoken to.";
      };
      url = mkOption {
        type = types.strMatching "https?://.+";
        description = "Where the registry is.";
      };
      public = mkOption {
        type = types.bool;
        default = true;
        description = "Whether everybody who reaches Harbor may pull from the cache.";
      };
      user = mkOption {
        type = types.nullOr types.nonEmptyStr;
        default = null;
        description = "Account at the registry; anonymous without it.";
      };
      passwordFile = mkOption {
        type = types.nullOr file;
        default = null;
        description = "Path, on the machine, of a file with the password of that account.";
      };
    };
  };
  objects = types.submodule {
    options = {
      endpoint = mkOption {
        type = types.strMatching "https?://.+";
        description = "URL of the object store; whoever pulls images is sent there for their layers.";
      };
      region = mkOption {
        type = types.nonEmptyStr;
        description = "Its region.";
      };
      bucket = mkOption {
        type = types.nonEmptyStr;
        description = "Bucket of the images.";
      };
      accessKey = mkOption {
        type = types.nonEmptyStr;
        description = "Access key of the account.";
      };
      secretKeyFile = mkOption {
        type = file;
        description = "Path, on the machine, of a file with the secret key of that account.";
      };
    };
  };
  toCore = {
    proxyPass = "http://${address.core}:8080";
    recommendedProxySettings = false;
    extraConfig = ''
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $http_x_real_ip;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_send_timeout 900;
      proxy_read_timeout 900;
    '';
  };
  nothing.return = "404";
in
{
  options.kss.harbor = {
    enable = lib.mkEnableOption "Harbor: a registry with caches of other registries";
    url = mkOption {
      type = types.strMatching "https?://[^/]+";
      example = "https://harbor.lan";
      description = "URL under which everybody reaches it.";
    };
    port = mkOption {
      type = types.port;
      description = "Port, on the loopback, where the reverse proxy finds it.";
    };
    metricsPort = mkOption {
      type = types.nullOr types.port;
      default = null;
      description = "Port of its metrics, on all addresses of the machine; no metrics without it.";
    };
    subnet = mkOption {
      type = types.strMatching "[0-9]+[.][0-9]+[.][0-9]+[.]0/24";
      default = "10.89.64.0/24";
      description = "Addresses of its containers.";
    };
    dataDir = mkOption {
      type = types.strMatching "/.+";
      default = "/var/lib/kss-harbor";
      description = "Folder of what it keeps; images are there only without `storage`.";
    };
    images = {
      core = image.option "goharbor/harbor-core";
      portal = image.option "goharbor/harbor-portal";
      registry = image.option "goharbor/registry-photon";
      registryctl = image.option "goharbor/harbor-registryctl";
      jobservice = image.option "goharbor/harbor-jobservice";
      database = image.option "goharbor/harbor-db";
      redis = image.option "goharbor/redis-photon (from 2.15 on goharbor/valkey-photon)";
      trivy = image.option "goharbor/trivy-adapter-photon";
      exporter = image.option "goharbor/harbor-exporter, where there is a `metricsPort`";
    };
    adminPasswordFile = mkOption {
      type = file;
      description = "Path, on the machine, of a file with the password that `admin` has at first; it has to be the current one.";
    };
    databasePasswordFile = mkOption {
      type = file;
      description = "Path, on the machine, of a file with the password of the database; it stays what it was at the first start.";
    };
    secretKeyFile = mkOption {
      type = file;
      description = "Path, on the machine, of a file with the 16 characters that encrypt what is in the database.";
    };
    storage = mkOption {
      type = types.nullOr objects;
      default = null;
      description = "Object store of the images; a folder of the machine without it.";
    };
    jobWorkers = mkOption {
      type = types.ints.positive;
      default = 10;
      description = "How many jobs run at once.";
    };
    scanner = {
      skipUpdate = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the list of vulnerabilities is left as it is, and nothing is fetched for a scan.";
      };
      ignoreUnfixed = mkOption {
        type = types.bool;
        default = false;
        description = "Whether vulnerabilities without a remedy are left out.";
      };
      timeout = mkOption {
        type = types.strMatching "([0-9]+[hms])+";
        default = "5m0s";
        description = "How long one scan may take.";
      };
    };
    robotPrefix = mkOption {
      type = types.nonEmptyStr;
      default = "robot_";
      description = "How names of robot accounts begin. With the `$` of Harbor's own prefix every shell in between has to quote them.";
    };
    proxyCaches = mkOption {
      type = types.attrsOf cache;
      default = { };
      description = "Projects that cache other registries, by name. One that is no longer here is left alone.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = config.services.nginx.enable;
        message = "kss.harbor needs services.nginx.enable: nginx stands before its parts";
      }
    ]
    ++ lib.mapAttrsToList (name: c: {
      assertion = (c.user == null) == (c.passwordFile == null);
      message = "kss.harbor.proxyCaches.${name}: user and passwordFile belong together";
    }) cfg.proxyCaches;

    kss.containers.networks.${network} = {
      inherit (cfg) subnet;
    };
    virtualisation.oci-containers.containers = lib.mapAttrs' (
      name: part: lib.nameValuePair "harbor-${name}" (container name part)
    ) parts;

    services.nginx = {
      virtualHosts = {
        kss-harbor = {
          serverName = host;
          listen = [
            {
              addr = "127.0.0.1";
              inherit (cfg) port;
            }
          ];
          extraConfig = "client_max_body_size 0;";
          locations = {
            "/" = toCore // {
              proxyPass = "http://${address.portal}:8080";
            };
            "/api/" = toCore;
            "/c/" = toCore;
            "/service/" = toCore;
            "/service/notifications" = nothing;
            "/v1/" = nothing;
            "/v2/" = toCore;
          };
        };
      }
      // lib.optionalAttrs metrics {
        kss-harbor-metrics = {
          listen = [
            {
              addr = "0.0.0.0";
              port = cfg.metricsPort;
            }
          ];
          locations = {
            "= /metrics".proxyPass = "http://$kss_harbor_metrics";
            "/" = nothing;
          };
        };
      };
      appendHttpConfig = lib.mkIf metrics ''
        map $arg_comp $kss_harbor_metrics {
          default ${address.exporter}:8080;
          core ${address.core}:9090;
          jobservice ${address.jobservice}:9090;
          registry ${address.registry}:9090;
        }
      '';
    };

    systemd.tmpfiles.rules = [
      "d ${cfg.dataDir} 0755 root root -"
      "d ${cfg.dataDir}/database 0700 999 999 -"
      "d ${cfg.dataDir}/redis 0700 999 999 -"
    ]
    ++ map (folder: "d ${cfg.dataDir}/${folder} 0700 10000 10000 -") [
      "core"
      "job_logs"
      "registry"
      "reports"
      "trivy"
    ];
    systemd.services = {
      kss-harbor = {
        description = "Configuration of Harbor";
        wantedBy = [ "multi-user.target" ];
        after = [ "sops-install-secrets.service" ];
        restartTriggers = [ settings ];
        serviceConfig = {
          Type = "oneshot";
          RemainAfterExit = true;
          RuntimeDirectory = "kss-harbor";
          RuntimeDirectoryMode = "0700";
          UMask = "0077";
          ExecStart = "${lib.getExe prepare} ${settings} ${run}";
        };
      };
      kss-harbor-caches = {
        description = "Caches of other registries in Harbor";
        wantedBy = [ "kss-harbor-core.service" ];
        bindsTo = [ "kss-harbor-core.service" ];
        after = [
          "kss-harbor-core.service"
          "kss-harbor-jobservice.service"
          "kss-harbor-registryctl.service"
        ];
        restartTriggers = [ caches ];
        serviceConfig = hardening // {
          Type = "oneshot";
          RemainAfterExit = true;
          DynamicUser = true;
          RuntimeDirectory = "kss-harbor-caches";
          RuntimeDirectoryMode = "0700";
          LoadCredential = [
            "admin:${cfg.adminPasswordFile}"
          ]
          ++ lib.mapAttrsToList (name: c: "cache-${name}:${c.passwordFile}") passwords;
          ExecStart = "${lib.getExe apply} http://${address.core}:8080 ${caches}";
          Restart = "on-failure";
          RestartSec = "10s";
        };
      };
    }
    // lib.mapAttrs' unit parts;
  };
}
