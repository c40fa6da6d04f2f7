# A table of nftables for traffic that is forwarded: rules of a chain of their own, evaluated in the order in which they stand.
{ lib }:

let
  inherit (lib) mkOption types;
  nft = import ./nft.nix { inherit lib; };

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

  # A table is replaced as a whole, so a rule that is gone from the configuration is gone from the kernel. The chain comes
  # before those of others; its `accept` ends it and leaves the rest of the way to them. Replies belong to connections that
  # somebody else was allowed to open.
  table = source: rules: {
    family = "inet";
    content = ''
      chain forward {
        type filter hook forward priority filter - 5; policy accept;
        ct state established,related accept
      ${indent "  " (map (from: "${from}jump rules") (nft.addresses "saddr" source))}
      }
      chain rules {
      ${indent "  " (lib.concatMap lines rules)}
      }
    '';
  };
}
