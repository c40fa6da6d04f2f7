# Networks of containers. No port of a container is published: the machine reaches it by its address, everybody else through
# what the machine itself listens on, so that its firewall decides.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.containers;

  create = pkgs.writeShellApplication {
    name = "kss-container-network";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.jq
      config.virtualisation.podman.package
    ];
    text = builtins.readFile ../scripts/container-network.sh;
  };

  network = types.submodule {
    options.subnet = mkOption {
      type = types.strMatching "[0-9]+[.][0-9]+[.][0-9]+[.]0/24";
      example = "10.89.64.0/24";
      description = "Addresses of the network; its first one is the machine's.";
    };
  };
in
{
  options.kss.containers.networks = mkOption {
    type = types.attrsOf network;
    default = { };
    description = ''
      Networks of containers, by name, which is the name of their interface as well. Containers in them ask the resolvers of the
      machine and know each other by address only.
    '';
  };

  config = lib.mkIf (cfg.networks != { }) {
    assertions = lib.mapAttrsToList (name: _: {
      # Of an interface.
      assertion = builtins.stringLength name <= 15;
      message = "kss.containers.networks: ${name} has more than 15 characters";
    }) cfg.networks;
    virtualisation.podman.enable = true;
    virtualisation.oci-containers.backend = "podman";
    systemd.services = lib.mapAttrs' (
      name: network:
      lib.nameValuePair "kss-network-${name}" {
        description = "Network ${name} of containers";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = {
          Type = "oneshot";
          RemainAfterExit = true;
          ExecStart = "${lib.getExe create} ${name} ${network.subnet}";
        };
      }
    ) cfg.networks;
  };
}
