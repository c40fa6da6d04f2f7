# What nixpkgs' services.rke2 leaves open on a node: the version that was meant, hardening, and a restart that leaves pods alone.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.rke2;
  rke2 = config.services.rke2;
  unit = "rke2-${rke2.role}";

  reap = pkgs.writeShellApplication {
    name = "kss-reap-shims";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.gnused
    ];
    text = builtins.readFile ../scripts/reap-shims.sh;
  };
in
{
  options.kss.rke2 = {
    version = mkOption {
      type = types.nullOr (types.strMatching "v[0-9]+[.][0-9]+[.][0-9]+[+]rke2r[0-9]+");
      default = null;
      example = "v1.31.4+rke2r1";
      description = "The version of RKE2 that the cluster was written for; another package does not evaluate.";
    };
    hardening = mkOption {
      type = types.enum [
        "off"
        "cis"
      ];
      default = "off";
      description = "Whether RKE2 runs under its CIS profile, with the kernel parameters and the etcd user that it demands.";
    };
    reapShims = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether containers that no containerd can adopt any more are ended before RKE2 starts: they keep the ports of etcd and of
        the API server. A container whose state is there survives every restart.
      '';
    };
  };

  config = lib.mkIf rke2.enable {
    assertions = [
      {
        assertion = cfg.version == null || "v${lib.getVersion rke2.package}" == cfg.version;
        message = "kss.rke2.version is ${toString cfg.version}, but services.rke2.package has v${lib.getVersion rke2.package}: pin a nixpkgs that has it, or say the other version";
      }
    ];
    services.rke2.cisHardening = lib.mkIf (cfg.hardening == "cis") true;
    systemd.services.${unit} = {
      # RKE2 ends its main process only, and containerd adopts the containers again. A switch must restart it that way, too,
      # and not stop it first and start it at the end.
      stopIfChanged = false;
      serviceConfig.ExecStartPre = lib.mkIf cfg.reapShims [
        "${lib.getExe reap} ${rke2.dataDir} /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io"
      ];
    };
    environment.etc."crictl.yaml".text = builtins.toJSON {
      runtime-endpoint = "unix:///run/k3s/containerd/containerd.sock";
      image-endpoint = "unix:///run/k3s/containerd/containerd.sock";
      timeout = 10;
    };
    # kubectl and crictl come with RKE2; only who may read the kubeconfig is told of it.
    environment.shellInit = ''
      PATH=$PATH:${rke2.dataDir}/bin
      if [ -r /etc/rancher/rke2/rke2.yaml ]; then export KUBECONFIG=/etc/rancher/rke2/rke2.yaml; fi
    '';
  };
}
