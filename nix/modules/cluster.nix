# Facts about the Kubernetes cluster that a node belongs to. Machines outside every cluster leave `kss.cluster` alone.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.cluster;

  facts = types.submodule {
    options = {
      name = mkOption {
        type = types.strMatching "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
        description = "Name of the cluster.";
      };
      domain = mkOption {
        type = types.nonEmptyStr;
        description = "DNS domain of the cluster; its nodes are names in it.";
      };
      podCidr = mkOption {
        type = types.listOf types.nonEmptyStr;
        description = "Networks of the pods, at most one per address family.";
      };
      serviceCidr = mkOption {
        type = types.listOf types.nonEmptyStr;
        description = "Networks of the services, at most one per address family.";
      };
    };
  };
in
{
  options.kss.cluster = mkOption {
    type = types.nullOr facts;
    default = null;
    description = "The cluster of this node. All of its facts are mandatory; a machine outside every cluster has none.";
  };

  config = lib.mkIf (cfg != null) {
    assertions = [
      {
        assertion = cfg.podCidr != [ ] && cfg.serviceCidr != [ ];
        message = "kss.cluster: podCidr and serviceCidr of ${cfg.name} need at least one network each";
      }
    ];
    # For people and for programs that look at a node: which cluster is this?
    environment.etc."kssc/cluster.json".text = builtins.toJSON cfg;
  };
}
