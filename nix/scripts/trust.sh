# kss-trust CA SYSTEM BUNDLE: writes the certificates of the file SYSTEM and, once it is delivered, of CA into BUNDLE.
#
# Whoever reads the bundle finds one at any time: before CA is there it is that of the system, and a CA that is no certificate is
# a failure that leaves the bundle alone.
ca=$1 system=$2 bundle=$3

mkdir -p "$(dirname "$bundle")"
new=$(mktemp "$bundle.XXXXXX")
trap 'rm -f "$new"' EXIT
cat "$system" >"$new"
if [ -s "$ca" ]; then
  openssl x509 -noout -in "$ca"
  printf '\n' >>"$new"
  cat "$ca" >>"$new"
else
  echo "$ca is not delivered yet: certificates of the system only"
fi
chmod 0644 "$new"
mv "$new" "$bundle"
