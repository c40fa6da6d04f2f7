# Jobs of GitLab in containers of a network of their own: the machine's other services are as far away from them as from anybody.
# What the runner does is services.gitlab-runner.services.jobs; here is where it runs and with which token.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.gitlab-runner;
  forward = import ../lib/forward.nix { inherit lib; };
  network = "kss-jobs";
  environment = "/run/kss-gitlab-runner/token.env";

  write = pkgs.writeShellApplication {
    name = "kss-gitlab-runner-token";
    runtimeInputs = [ pkgs.coreutils ];
    text = ''
      umask 077
      printf 'CI_SERVER_URL=%s\nCI_SERVER_TOKEN=%s\n' "$1" "$(cat "$2")" >"$3"
    '';
  };
in
{
  options.kss.gitlab-runner = {
    enable = lib.mkEnableOption "the runner `jobs` of services.gitlab-runner, in containers of Podman";
    url = mkOption {
      type = types.strMatching "https?://.+";
      description = "URL of the GitLab that it works for.";
    };
    tokenFile = mkOption {
      type = types.strMatching "/.+";
      description = "Path, on the machine, of a file with the runner's token; until it is there the runner is not started.";
    };
    subnet = mkOption {
      type = types.strMatching "[0-9]+[.][0-9]+[.][0-9]+[.]0/24";
      default = "10.89.65.0/24";
      description = "Addresses of the containers of jobs.";
    };
    rules = mkOption {
      type = types.listOf forward.rule;
      default = [ ];
      example = [
        {
          to = "10.69.0.0/16";
          verdict = "drop";
        }
      ];
      description = "What jobs may reach beyond this machine, in order. What no rule matches is allowed.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = config.services.gitlab-runner.enable && config.services.gitlab-runner.services.jobs.dockerImage != null;
        message = "kss.gitlab-runner needs services.gitlab-runner.enable and services.gitlab-runner.services.jobs.dockerImage";
      }
      {
        assertion = config.networking.nftables.enable;
        message = "kss.gitlab-runner needs networking.nftables.enable: its jobs are kept apart by rules";
      }
    ];
    kss.containers.networks.${network} = {
      inherit (cfg) subnet;
    };
    virtualisation.podman.dockerSocket.enable = true;
    # nixpkgs starts Docker for an executor of this name unless somebody says otherwise.
    virtualisation.docker.enable = lib.mkOverride 900 false;
    networking.nftables.tables.kss-jobs = lib.mkIf (cfg.rules != [ ]) (forward.table [ cfg.subnet ] cfg.rules);

    services.gitlab-runner.services.jobs = {
      executor = "docker";
      authenticationTokenConfigFile = environment;
      registrationFlags = [
        "--docker-host unix:///run/podman/podman.sock"
        "--docker-network-mode ${network}"
      ];
    };
    systemd.services = {
      # The value comes after somebody registered the runner.
      kss-gitlab-runner-token = {
        description = "Token of the runner of GitLab";
        before = [ "gitlab-runner.service" ];
        requiredBy = [ "gitlab-runner.service" ];
        after = [ "sops-install-secrets.service" ];
        unitConfig.ConditionFileNotEmpty = [ cfg.tokenFile ];
        serviceConfig = {
          Type = "oneshot";
          RuntimeDirectory = "kss-gitlab-runner";
          RuntimeDirectoryMode = "0700";
          RuntimeDirectoryPreserve = true;
          ExecStart = "${lib.getExe write} ${cfg.url} ${cfg.tokenFile} ${environment}";
        };
      };
      gitlab-runner = {
        unitConfig.ConditionFileNotEmpty = [ cfg.tokenFile ];
        wants = [ "podman.socket" ];
        requires = [ "kss-network-${network}.service" ];
        after = [
          "kss-network-${network}.service"
          "podman.socket"
        ];
      };
    };
    systemd.paths.kss-gitlab-runner = {
      description = "The token of the runner of GitLab is delivered";
      wantedBy = [ "multi-user.target" ];
      pathConfig = {
        PathChanged = cfg.tokenFile;
        Unit = "gitlab-runner.service";
      };
    };
  };
}
