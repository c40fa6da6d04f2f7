{ ... }:
{
  kss.cluster = {
    name = "kcs";
    domain = "kcs.lab.example.com";
    podCidr = [ "10.42.0.0/16" ];
    serviceCidr = [ "10.43.0.0/16" ];
  };
  kss.registries = {
    host = "harbor.support.lab.example.com";
    mirrors."docker.io" = {
      endpoint = [ "https://harbor.support.lab.example.com" ];
      rewrite."^(.*)$" = "docker.io/$1";
    };
  };
  kss.trust.caFile = "/run/secrets/vault-base/root_ca";
}
