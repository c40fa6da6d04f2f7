# kss-harbor SETTINGS OUT: completes the configuration of the parts of Harbor in the folder OUT.
#
# The JSON file SETTINGS says where the secrets are that stay the same. What the parts tell each other is made up here: they are
# always started together. Files belong to the user that Harbor's images run as, or are read before a container starts.
settings=$1 out=$2
owner=${KSS_OWNER:-10000:10000}

# secret NAME: the content of the file that SETTINGS names.
secret() {
  local file value
  file=$(jq -r --arg name "$1" '.[$name]' "$settings")
  value=$(cat "$file")
  if [ -z "$value" ]; then
    echo "$file is empty" >&2
    return 1
  fi
  printf %s "$value"
}
# made BYTES: so many random bytes, in hexadecimal digits.
made() { openssl rand -hex "$1"; }

admin=$(secret admin) database=$(secret database) key=$(secret key)
if [ ${#key} != 16 ]; then
  echo "the secret key of Harbor has ${#key} characters and needs 16" >&2
  exit 1
fi
storage=
if [ "$(jq -r .storage "$settings")" != null ]; then storage=$(secret storage); fi
core=$(made 8) jobservice=$(made 8) registry=$(made 16)

mkdir -p "$out/core" "$out/registry"
cat >"$out/core.env" <<ENV
HARBOR_ADMIN_PASSWORD=$admin
POSTGRESQL_PASSWORD=$database
CORE_SECRET=$core
JOBSERVICE_SECRET=$jobservice
REGISTRY_CREDENTIAL_PASSWORD=$registry
CSRF_KEY=$(made 16)
RELOAD_KEY=$(made 16)
ENV
cat >"$out/jobservice.env" <<ENV
CORE_SECRET=$core
JOBSERVICE_SECRET=$jobservice
REGISTRY_CREDENTIAL_PASSWORD=$registry
ENV
cat >"$out/registryctl.env" <<ENV
CORE_SECRET=$core
JOBSERVICE_SECRET=$jobservice
ENV
echo "POSTGRES_PASSWORD=$database" >"$out/database.env"
echo "HARBOR_DATABASE_PASSWORD=$database" >"$out/exporter.env"

# Core signs the tokens that the registry believes.
printf %s "$key" >"$out/core/key"
openssl genrsa -traditional -out "$out/core/private_key.pem" 4096 2>/dev/null
openssl req -new -x509 -key "$out/core/private_key.pem" -subj /CN=harbor-token-issuer -days 3650 -out "$out/registry/root.crt"
htpasswd -niB harbor_registry_user <<<"$registry" >"$out/registry/passwd"
HTTP=$(made 16) STORAGE=$storage jq '.registry | .http.secret = env.HTTP
  | if .storage.s3 then .storage.s3.secretkey = env.STORAGE else . end' "$settings" >"$out/registry/config.yml"

chown -R "$owner" "$out/core" "$out/registry"
chmod -R u=rX,go= "$out/core" "$out/registry"
