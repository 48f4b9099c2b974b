#!/bin/sh
# make-ca.sh DIR: a private certificate authority and the server certificates
# of the real-server tests.  Made anew for every run; nothing is reused.
#
#   ca.pem          the authority               other-ca.pem  one that signed nothing here
#   server.key      the key of every server certificate
#   good.pem        127.0.0.1, localhost        expired.pem   ended yesterday
#   other-host.pem  for idp.invalid alone       not-yet.pem   starts tomorrow
#   chained.pem     as good.pem, by an intermediate authority that it does not bring along
#   inspected.pem   as good.pem, by the other authority
#   client.pem/key  a client certificate          self.pem/key  one that signed itself
set -eu
umask 077
[ $# -eq 1 ] || { echo "usage: make-ca.sh DIR" >&2; exit 2; }
mkdir -p "$1"
cd "$1"

stamp()	# the UTC time $1 seconds from now, as openssl ca wants it
{
	date -u -d "@$(($(date +%s) + $1))" +%Y%m%d%H%M%SZ
}

mkdir -p new
: > index.txt
echo 01 > serial
cat > ca.conf <<'EOF'
[req]
distinguished_name = dn
prompt = no
[dn]
O = tokentriage tests
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = new
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
[any]
commonName = supplied
[v3_ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[v3_here]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
[v3_other]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:idp.invalid
[v3_client]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
EOF

key()
{
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

authority()	# name, common name
{
	key "$1.key"
	openssl req -x509 -new -config ca.conf -extensions v3_ca -key "$1.key" -days 30 \
	    -subj "/CN=$2" -out "$1.pem" 2>/dev/null
}

issue()	# name, common name, extensions, start, end (seconds from now), key[, authority]
{
	openssl req -new -config ca.conf -key "$6" -subj "/CN=$2" -out "$1.csr" 2>/dev/null
	openssl ca -batch -config ca.conf -cert "${7-ca}.pem" -keyfile "${7-ca}.key" -notext \
	    -extensions "$3" -startdate "$(stamp "$4")" -enddate "$(stamp "$5")" \
	    -in "$1.csr" -out "$1.pem" 2>ca.log || { cat ca.log >&2; exit 1; }
}

day=86400
authority ca "tokentriage test authority"
authority other-ca "tokentriage test authority, unrelated"
key server.key
key client.key
key self.key
openssl req -x509 -new -config ca.conf -extensions v3_client -key self.key -days 7 \
    -subj "/CN=app-self" -out self.pem 2>/dev/null
issue good 127.0.0.1 v3_here -$day $((7 * day)) server.key
issue expired 127.0.0.1 v3_here $((-9 * day)) -$day server.key
issue not-yet 127.0.0.1 v3_here $day $((7 * day)) server.key
issue other-host idp.invalid v3_other -$day $((7 * day)) server.key
issue client app-mtls v3_client -$day $((7 * day)) client.key
key between.key
issue between "tokentriage test authority, intermediate" v3_ca -$day $((7 * day)) between.key
issue chained 127.0.0.1 v3_here -$day $((7 * day)) server.key between
issue inspected 127.0.0.1 v3_here -$day $((7 * day)) server.key other-ca
rm -f ./*.csr ca.log
