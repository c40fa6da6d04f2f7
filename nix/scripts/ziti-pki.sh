# kss-ziti-pki DIR DOMAIN OWNER: the certificates of the controller of OpenZiti at DOMAIN, in DIR.
#
# A root, an intermediate that signs devices and routers, and the controller's own certificates, which are made anew when less
# than 90 days are left of them. Nothing else is ever replaced: devices know the root.
dir=$1 domain=$2 owner=$3
mkdir -p "$dir"
cd "$dir"

key() { if [ ! -s "$1" ]; then openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; fi; }
# sign NAME DAYS EXTENSIONS: a certificate of the intermediate for the key of the server, with the chain above it.
sign() {
  openssl req -new -key server.key -subj "/CN=$domain $1" |
    openssl x509 -req -CA intermediate.pem -CAkey intermediate.key -set_serial "0x$(openssl rand -hex 16)" -days "$2" \
      -extfile <(printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\n%s\n' "$3") -out "$1.new" 2>/dev/null
  cat intermediate.pem >>"$1.new"
  mv "$1.new" "$1.chain.pem"
}

key root.key
if [ ! -s root.pem ]; then
  openssl req -new -x509 -key root.key -subj "/CN=$domain root" -days 7300 -out root.pem \
    -addext 'basicConstraints=critical,CA:true' -addext 'keyUsage=critical,keyCertSign,cRLSign'
fi
key intermediate.key
if [ ! -s intermediate.pem ]; then
  openssl req -new -key intermediate.key -subj "/CN=$domain intermediate" |
    openssl x509 -req -CA root.pem -CAkey root.key -set_serial "0x$(openssl rand -hex 16)" -days 7300 -out intermediate.pem \
      -extfile <(printf 'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectAltName=URI:spiffe://%s\n' "$domain") 2>/dev/null
fi
cat root.pem intermediate.pem >cas.pem

key server.key
for name in server client; do
  if [ -s "$name.chain.pem" ] && openssl x509 -checkend $((90 * 86400)) -noout -in "$name.chain.pem" >/dev/null; then continue; fi
  if [ "$name" = server ]; then
    sign server 730 "extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:localhost,DNS:$domain,IP:127.0.0.1,IP:::1"
  else
    sign client 730 "extendedKeyUsage=clientAuth"
  fi
done
chown -R "$owner:$owner" .
