# The overlay network: a controller and an edge router of OpenZiti, which nixpkgs does not have, in containers by digest. They use
# the network of the machine, so that its firewall decides who reaches which port. Configuration is written here and never patched.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.ziti;
  hardening = import ../lib/hardening.nix;
  image = import ../lib/image.nix { inherit lib; };
  file = types.strMatching "/.+";
  ports = [
    cfg.managementPort
    cfg.clientPort
    cfg.edgePort
    cfg.linkPort
  ]
  ++ lib.optional (cfg.consolePort != null) cfg.consolePort;
  # The user of the images.
  owner = "2171";
  controllerDir = "${cfg.dataDir}/controller";
  routerDir = "${cfg.dataDir}/router";
  at = port: "${cfg.domain}:${toString port}";
  everywhere = port: "0.0.0.0:${toString port}";

  identity = {
    cert = "/ziti-controller/pki/client.chain.pem";
    server_cert = "/ziti-controller/pki/server.chain.pem";
    key = "/ziti-controller/pki/server.key";
    ca = "/ziti-controller/pki/cas.pem";
  };
  bindings = map (binding: {
    inherit binding;
    options = { };
  });
  listener = name: port: apis: {
    inherit name identity apis;
    bindPoints = [
      {
        interface = everywhere port;
        address = at port;
      }
    ];
    options = {
      idleTimeout = "5000ms";
      readTimeout = "5000ms";
      writeTimeout = "100000ms";
      minTLSVersion = "TLS1.2";
      maxTLSVersion = "TLS1.3";
    };
  };
  # JSON is YAML as well.
  controllerConfig = pkgs.writeText "kss-ziti-controller.yml" (
    builtins.toJSON {
      v = 3;
      db = "/ziti-controller/ctrl.db";
      inherit identity;
      trustDomain = cfg.domain;
      ctrl = {
        options.advertiseAddress = "tls:${at cfg.managementPort}";
        listener = "tls:${everywhere cfg.managementPort}";
      };
      healthChecks.boltCheck = {
        interval = "30s";
        timeout = "20s";
        initialDelay = "30s";
      };
      edge = {
        api = {
          sessionTimeout = "30m";
          # What is written into the tokens with which devices enrol.
          address = at cfg.clientPort;
        };
        enrollment = {
          signingCert = {
            cert = "/ziti-controller/pki/intermediate.pem";
            key = "/ziti-controller/pki/intermediate.key";
          };
          edgeIdentity.duration = "180m";
          edgeRouter.duration = "180m";
        };
      };
      # The listener that the outside reaches knows nothing of management.
      web = [
        (listener "management-internal" cfg.managementPort (
          bindings [
            "edge-management"
            "edge-client"
            "edge-oidc"
            "fabric"
            "health-checks"
          ]
          ++ [
            {
              binding = "zac";
              options = {
                location = "/ziti-console";
                indexFile = "index.html";
              };
            }
          ]
        ))
        (listener "client-external" cfg.clientPort (bindings [
          "edge-client"
          "edge-oidc"
          "health-checks"
        ]))
      ];
    }
  );
  routerConfig = pkgs.writeText "kss-ziti-router.yml" (
    builtins.toJSON {
      v = 3;
      identity = {
        cert = "/ziti-router/router.cert";
        server_cert = "/ziti-router/router.server.chain.cert";
        key = "/ziti-router/router.key";
        ca = "/ziti-router/router.cas";
      };
      ctrl.endpoint = "tls:${at cfg.managementPort}";
      link = {
        dialers = [ { binding = "transport"; } ];
        listeners = [
          {
            binding = "transport";
            bind = "tls:${everywhere cfg.linkPort}";
            advertise = "tls:${at cfg.linkPort}";
          }
        ];
      };
      listeners = [
        {
          binding = "edge";
          address = "tls:${everywhere cfg.edgePort}";
          options.advertise = at cfg.edgePort;
        }
        # It carries to services of this machine.
        {
          binding = "tunnel";
          options.mode = "host";
        }
      ];
      edge.csr.sans = {
        dns = [
          "localhost"
          cfg.domain
        ];
        ip = [
          "127.0.0.1"
          "::1"
        ];
      };
    }
  );

  container = name: source: config: dir: cmd: {
    image = image.full source;
    serviceName = "kss-ziti-${name}";
    user = "${owner}:${owner}";
    entrypoint = "/usr/local/bin/ziti";
    cmd = [
      name
      "run"
      "/etc/kss-ziti.yml"
    ]
    ++ cmd;
    volumes = [
      "${dir}:/ziti-${name}"
      "${config}:/etc/kss-ziti.yml:ro"
    ];
    workdir = "/ziti-${name}";
    extraOptions = [
      "--network=host"
      "--add-host=${cfg.domain}:127.0.0.1"
      "--cap-drop=all"
      "--security-opt=no-new-privileges"
      "--read-only"
    ];
  };
  script =
    name: inputs: parts:
    pkgs.writeShellApplication {
      name = "kss-${name}";
      runtimeInputs = [ pkgs.coreutils ] ++ inputs;
      text = lib.concatMapStrings builtins.readFile parts;
    };
  podman = config.virtualisation.podman.package;
  pki = script "ziti-pki" [ pkgs.openssl ] [ ../scripts/ziti-pki.sh ];
  database = script "ziti-database" [
    pkgs.openssl
    podman
  ] [ ../scripts/ziti-database.sh ];
  admin = script "ziti-admin" [
    pkgs.curl
    pkgs.jq
  ] [
    ../scripts/ziti-api.sh
    ../scripts/ziti-admin.sh
  ];
  enrol = script "ziti-enrol" [
    pkgs.curl
    pkgs.jq
    podman
  ] [
    ../scripts/ziti-api.sh
    ../scripts/ziti-enrol.sh
  ];
  api = "https://${at cfg.managementPort} ${controllerDir}/pki/cas.pem";
in
{
  options.kss.ziti = {
    enable = lib.mkEnableOption "controller and edge router of an OpenZiti network, version 1.6";
    domain = mkOption {
      type = types.nonEmptyStr;
      description = "Name under which devices and routers of other machines reach it.";
    };
    controllerImage = image.option "openziti/ziti-controller";
    routerImage = image.option "openziti/ziti-router";
    dataDir = mkOption {
      type = file;
      default = "/var/lib/kss-ziti";
      description = "Folder of its keys, its database and the identity of the router.";
    };
    adminPasswordFile = mkOption {
      type = file;
      description = "Path, on the machine, of a file with the password of `admin`; another one in it is another password.";
    };
    router = {
      name = mkOption {
        type = types.strMatching "[A-Za-z0-9._-]+";
        description = "Name of the router of this machine.";
      };
      roles = mkOption {
        type = types.listOf (types.strMatching "[A-Za-z0-9._-]+");
        default = [ "public" ];
        description = "Its role attributes, by which policies choose it.";
      };
    };
    managementPort = mkOption {
      type = types.port;
      default = 2029;
      description = "Port of the management API and of the routers' connections to the controller.";
    };
    clientPort = mkOption {
      type = types.port;
      default = 2034;
      description = "Port where devices enrol and begin sessions.";
    };
    edgePort = mkOption {
      type = types.port;
      default = 2045;
      description = "Port of the router where devices connect.";
    };
    linkPort = mkOption {
      type = types.port;
      default = 2046;
      description = "Port of the router where other routers connect.";
    };
    consolePort = mkOption {
      type = types.nullOr types.port;
      default = null;
      description = "Port, on the loopback, where the reverse proxy finds the console, at `/zac/`, and the API that it speaks to.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.consolePort == null || config.services.nginx.enable;
        message = "kss.ziti.consolePort needs services.nginx.enable";
      }
      {
        assertion = lib.unique ports == ports;
        message = "kss.ziti: two of its ports are one";
      }
    ];
    virtualisation.podman.enable = true;
    virtualisation.oci-containers = {
      backend = "podman";
      containers = {
        ziti-controller = container "controller" cfg.controllerImage controllerConfig controllerDir [ ];
        # It renews its certificates when it starts.
        ziti-router = container "router" cfg.routerImage routerConfig routerDir [ "--extend" ];
      };
    };

    # Over the loopback there is nobody between nginx and the controller whose certificate would have to be looked at.
    services.nginx.virtualHosts = lib.mkIf (cfg.consolePort != null) {
      kss-ziti-console = {
        listen = [
          {
            addr = "127.0.0.1";
            port = cfg.consolePort;
          }
        ];
        locations."/" = {
          proxyPass = "https://127.0.0.1:${toString cfg.managementPort}";
          proxyWebsockets = true;
        };
        locations."= /".return = "302 /zac/";
      };
    };

    systemd.tmpfiles.rules = [
      "d ${cfg.dataDir} 0711 root root -"
      "d ${controllerDir} 0700 ${owner} ${owner} -"
      "d ${routerDir} 0700 ${owner} ${owner} -"
    ];
    systemd.services = {
      kss-ziti-pki = {
        description = "Certificates of the controller of OpenZiti";
        requiredBy = [ "kss-ziti-controller.service" ];
        before = [ "kss-ziti-controller.service" ];
        serviceConfig = {
          Type = "oneshot";
          UMask = "0077";
          ExecStart = "${lib.getExe pki} ${controllerDir}/pki ${cfg.domain} ${owner}";
        };
      };
      kss-ziti-database = {
        description = "Database of the controller of OpenZiti";
        requiredBy = [ "kss-ziti-controller.service" ];
        before = [ "kss-ziti-controller.service" ];
        requires = [ "kss-ziti-pki.service" ];
        wants = [ "network-online.target" ];
        after = [
          "kss-ziti-pki.service"
          "network-online.target"
        ];
        unitConfig.ConditionPathExists = [ "!${controllerDir}/ctrl.db" ];
        serviceConfig = {
          Type = "oneshot";
          UMask = "0077";
          ExecStart = "${lib.getExe database} ${image.full cfg.controllerImage} ${controllerConfig} ${cfg.dataDir} ${owner}";
        };
      };
      kss-ziti-controller = {
        # Its certificates are renewed before it starts.
        restartTriggers = [ controllerConfig ];
      };
      kss-ziti-admin = {
        description = "Password of the administrator of OpenZiti";
        wantedBy = [ "kss-ziti-controller.service" ];
        bindsTo = [ "kss-ziti-controller.service" ];
        after = [ "kss-ziti-controller.service" ];
        serviceConfig = hardening // {
          # Files of root alone.
          CapabilityBoundingSet = "CAP_DAC_OVERRIDE";
          Type = "oneshot";
          RemainAfterExit = true;
          RuntimeDirectory = "kss-ziti-admin";
          RuntimeDirectoryMode = "0700";
          ReadWritePaths = [ cfg.dataDir ];
          ExecStart = "${lib.getExe admin} ${api} ${cfg.adminPasswordFile} ${cfg.dataDir}/admin-password";
          Restart = "on-failure";
          RestartSec = "10s";
        };
      };
      kss-ziti-enrol = {
        description = "Enrolment of the router of OpenZiti";
        requiredBy = [ "kss-ziti-router.service" ];
        before = [ "kss-ziti-router.service" ];
        requires = [ "kss-ziti-admin.service" ];
        after = [ "kss-ziti-admin.service" ];
        unitConfig.ConditionPathExists = [ "!${routerDir}/router.cert" ];
        serviceConfig = {
          Type = "oneshot";
          UMask = "0077";
          RuntimeDirectory = "kss-ziti-enrol";
          RuntimeDirectoryMode = "0700";
          ExecStart = lib.concatStringsSep " " [
            "${lib.getExe enrol} ${api} ${cfg.adminPasswordFile} ${cfg.router.name}"
            (lib.escapeShellArg (builtins.toJSON cfg.router.roles))
            "${image.full cfg.routerImage} ${routerConfig} ${routerDir} ${cfg.domain} ${owner}"
          ];
          Restart = "on-failure";
          RestartSec = "10s";
        };
      };
      kss-ziti-router = {
        after = [ "kss-ziti-controller.service" ];
        restartTriggers = [ routerConfig ];
      };
      kss-ziti-renew = {
        description = "Certificates of OpenZiti are renewed";
        script = "systemctl try-restart kss-ziti-controller.service kss-ziti-router.service";
        serviceConfig.Type = "oneshot";
      };
    };
    systemd.timers.kss-ziti-renew = {
      description = "Certificates of OpenZiti are renewed";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnCalendar = "monthly";
        RandomizedDelaySec = "6h";
        Persistent = true;
      };
    };
  };
}
