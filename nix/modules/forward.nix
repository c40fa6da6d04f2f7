# Traffic that this machine forwards for its pods: rules of a chain of their own, evaluated in the order in which they stand.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.forward;
  nft = import ../lib/nft.nix { inherit lib; };

  rule = types.submodule {
    options = {
      to = mkOption {
        type = types.nonEmptyStr;
        description = "Address or network that is addressed.";
      };
      verdict = mkOption {
        type = types.enum [
          "accept"
          "drop"
        ];
        description = "What happens; the first rule that matches decides.";
      };
      ports = mkOption {
        type = types.listOf (types.strMatching "[0-9]+([.][.][0-9]+)?/(tcp|udp)");
        default = [ ];
        example = [
          "443/tcp"
          "30000..32767/tcp"
        ];
        description = "Ports that are meant; empty means all traffic.";
      };
    };
  };

  # One line per protocol: a set holds ports of one protocol only.
  lines =
    r:
    let
      to = builtins.head (nft.addresses "daddr" [ r.to ]);
      specs = map nft.portSpec r.ports;
      of = protocol: map (spec: spec.ports) (lib.filter (spec: spec.protocol == protocol) specs);
      line = protocol: "${to}${protocol} dport ${nft.set (of protocol)} ${r.verdict}";
    in
    if r.ports == [ ] then
      [ "${to}${r.verdict}" ]
    else
      map line (
        lib.filter (protocol: of protocol != [ ]) [
          "tcp"
          "udp"
        ]
      );

  indent = prefix: list: lib.concatMapStringsSep "\n" (line: "${prefix}${line}") list;
in
{
  options.kss.forward = {
    source = mkOption {
      type = types.listOf types.nonEmptyStr;
      default = if config.kss.cluster == null then [ ] else config.kss.cluster.podCidr;
      defaultText = lib.literalExpression "the networks of the pods of kss.cluster";
      description = "Where the traffic comes from that the rules are about.";
    };
    rules = mkOption {
      type = types.listOf rule;
      default = [ ];
      description = "What that traffic may reach beyond this machine, in order. What no rule matches is left to the others.";
    };
  };

  config = lib.mkIf (cfg.rules != [ ]) {
    assertions = [
      {
        assertion = config.networking.nftables.enable;
        message = "kss.forward.rules needs networking.nftables.enable";
      }
      {
        assertion = cfg.source != [ ];
        message = "kss.forward.rules needs kss.forward.source: whose traffic is it?";
      }
    ];
    # A table is replaced as a whole, so a rule that is gone from the configuration is gone from the kernel. The chain comes
    # before those of the CNI; its `accept` ends it and leaves the rest of the way to them. Replies belong to connections
    # that somebody else was allowed to open.
    networking.nftables.tables.kss-forward = {
      family = "inet";
      content = ''
        chain forward {
          type filter hook forward priority filter - 5; policy accept;
          ct state established,related accept
        ${indent "  " (map (from: "${from}jump rules") (nft.addresses "saddr" cfg.source))}
        }
        chain rules {
        ${indent "  " (lib.concatMap lines cfg.rules)}
        }
      '';
    };
  };
}
