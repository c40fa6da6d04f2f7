#!/usr/bin/env python3
"""Derives `options.json`, the NixOS options that the tests of this library know, from a full list of them.

    options.py LIST… >options.json

Each LIST is a JSON object from the name of an option (`services.nginx.virtualHosts._name_.root`) to its `type` and `default`,
both as the manual of NixOS words them; a later list wins. Only options below PREFIXES are kept, and their types are turned
into the small language that `known-options.nix` reads:

    "bool" "int" "float" "str" "path" "package" "any"      what they say
    {"lines": SEPARATOR}  {"int": [LOW, HIGH]}             texts that are joined; a number with bounds
    {"list": T} {"attrs": T} {"null": T} {"or": [T, …]}
    {"enum": [TEXT, …]}
    {"sub": TREE}                                          a record; {"sub": TREE, "open": true} takes other fields as well

TREE maps a name to {"type": T, "default": VALUE?} or, for a name that only has options below it, to {"in": TREE}.
"""

import html
import json
import re
import sys

PREFIXES = """
assertions warnings
boot.extraModprobeConfig boot.growPartition boot.initrd.availableKernelModules boot.initrd.kernelModules boot.kernel.sysctl
boot.kernelModules boot.kernelPackages boot.kernelParams boot.loader.efi.canTouchEfiVariables boot.loader.grub.device
boot.loader.grub.enable boot.loader.systemd-boot.enable boot.loader.timeout boot.supportedFilesystems boot.tmp
console.keyMap documentation.enable environment.etc environment.sessionVariables environment.shellInit
environment.systemPackages environment.variables fileSystems i18n.defaultLocale
networking.domain networking.enableIPv6 networking.extraHosts networking.firewall networking.hostId networking.hostName
networking.hosts networking.nameservers networking.nftables networking.timeServers networking.useDHCP networking.useNetworkd
nix.gc nix.optimise nix.settings nixpkgs.config nixpkgs.hostPlatform
security.acme security.pam.loginLimits security.pki security.sudo.wheelNeedsPassword
services.gitlab services.keycloak services.logrotate.enable services.minio services.multipath.enable services.nfs
services.nginx.appendHttpConfig services.nginx.enable services.nginx.package services.nginx.recommended services.nginx.virtualHosts services.openbao
services.openiscsi services.openssh services.postgresql.enable services.qemuGuest services.resolved services.rke2
services.teleport services.timesyncd
sops swapDevices system.stateVersion
systemd.network.enable systemd.package systemd.network.netdevs systemd.network.networks systemd.network.wait-online
systemd.paths systemd.services systemd.sockets systemd.targets systemd.timers systemd.tmpfiles.rules
time.timeZone users.groups users.mutableUsers users.users
virtualisation.docker virtualisation.oci-containers virtualisation.podman
zramSwap.enable
""".split()

SIMPLE = [
    (r"boolean", "bool"),
    (r"16 bit unsigned integer; between 0 and 65535 \(both inclusive\)", {"int": [0, 65535]}),
    (r"8 bit unsigned integer; between 0 and 255 \(both inclusive\)", {"int": [0, 255]}),
    (r"unsigned integer, meaning >=0", {"int": [0, None]}),
    (r"positive integer, meaning >0", {"int": [1, None]}),
    (r"signed integer", "int"),
    (r"floating point number", "float"),
    (r"strings concatenated with “\\n”", {"lines": "\n"}),
    (r'strings concatenated with "\\n"', {"lines": "\n"}),
    (r'strings concatenated with " "', {"lines": " "}),
    (r"strings concatenated with “,”", {"lines": ","}),
    (r"\(optionally newline-terminated\) single-line string", "str"),
    (r"string matching the pattern .*", "str"),
    (r"(non-empty )?string( \(with check: [^)]*\))?", "str"),
    (r"path( in the Nix store)?", "path"),
    (r"package", "package"),
]


class Type:
    """Reads the words of a type; what it does not know is `any`."""

    def __init__(self, text):
        self.text = html.unescape(text).strip()
        self.at = 0

    def take(self, pattern):
        found = re.compile(pattern).match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def whole(self):
        result = self.union()
        return result if self.at == len(self.text) else "any"

    def union(self):
        members = [self.one()]
        while self.take(r" or "):
            members.append(self.one())
        self.take(r" convertible to it")
        if "any" in members:
            return "any"
        return members[0] if len(members) == 1 else {"or": members}

    def one(self):
        if self.take(r"null or "):
            return {"null": self.union()}
        if self.take(r"(non-empty )?list of "):
            return {"list": self.one()}
        if self.take(r"(lazy )?attribute set of "):
            return {"attrs": self.one()}
        if self.take(r"(open )?submodule( of .*)?|attribute set"):
            return {"attrs": "any"}
        found = self.take(r"integer between (-?\d+) and (-?\d+) \(both inclusive\)")
        if found:
            return {"int": [int(found[1]), int(found[2])]}
        if self.take(r"one of "):
            return {"enum": self.words()}
        for pattern, result in SIMPLE:
            if self.take(pattern):
                return result
        if self.take(r"unspecified value|anything|(JSON|YAML|TOML) value|systemd option"):
            return "any"
        if self.take(r"\("):
            result = self.union()
            return result if self.take(r"\)") else "any"
        return "any"

    def words(self):
        words = []
        while True:
            found = self.take(r"“([^”]*)”")
            if not found:
                break
            words.append(found[1])
            self.take(r", ")
        return words


def default(text):
    """The default, where it is a plain value: the others are computed by modules that are not here."""
    text = html.unescape(text or "none").strip()
    if text == "none":
        return {}
    if re.fullmatch(r"pkgs\.[a-z0-9-]+", text):
        return {"package": text[5:]}
    if re.fullmatch(r"\[ *\]", text):
        return {"default": []}
    if re.fullmatch(r"\{ *\}", text):
        return {"default": {}}
    if re.fullmatch(r'true|false|null|-?\d+|"(?!config\.)[^"\\$‹]*"', text):
        return {"default": json.loads(text)}
    return {}


def tree(options):
    """Nests the options by the parts of their names."""
    root = {}
    for name, option in sorted(options.items()):
        children = root
        parts = name.split(".")
        for part in parts[:-1]:
            children = children.setdefault(part, {}).setdefault("in", {})
        children.setdefault(parts[-1], {})["option"] = option
    return {part: node(child) for part, child in root.items()}


def node(child):
    below = {part: node(inner) for part, inner in child.get("in", {}).items()}
    option = child.get("option")
    if option is None:
        return {"in": below}
    result = {"type": Type(option["type"]).whole(), **default(option.get("default"))}
    if below:
        result["type"] = filled(result["type"], below)
    return result


def filled(kind, below):
    """Puts the options below a name into its type: elements of a list are `_`, those of a map `_name_`."""
    if isinstance(kind, dict):
        if "null" in kind:
            return {"null": filled(kind["null"], below)}
        if "list" in kind and "_" in below:
            return {"list": {"sub": inner(below["_"])}}
        if "attrs" in kind and "_name_" in below:
            fields = {part: child for part, child in below.items() if part != "_name_"}
            if fields:  # A map with some fields that are known and typed.
                return {"sub": fields, "open": True}
            return {"attrs": {"sub": inner(below["_name_"])}}
        if "attrs" in kind or "or" in kind:
            return {"sub": below, "open": True}
    return {"sub": below, "open": True}


def inner(child):
    return child["in"] if "in" in child else {}


def wanted(name):
    """`services.nginx.recommended` stands for each option that begins so."""
    # Keys that have dots of their own (`_net.core.rmem_max_`) can't be told from names with parts.
    mangled = any(part.startswith("_") and part not in ("_", "_name_") for part in name.split("."))
    return not mangled and name.startswith(tuple(PREFIXES))


def main(paths):
    options = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            options.update(json.load(file))
    kept = {name: option for name, option in options.items() if wanted(name)}
    lines = [
        f"{json.dumps(part)}: {json.dumps(child, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}"
        for part, child in sorted(tree(kept).items())
    ]
    print("{\n" + ",\n".join(lines) + "\n}")


if __name__ == "__main__":
    main(sys.argv[1:])
