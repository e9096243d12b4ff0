#!/usr/bin/env bash
# A unique canary secret in every source that a collector reads, in many syntaxes and encodings; then
# every byte that came out (store, export, report, stdout, stderr, caches) is searched for all of
# them, in plain and in the encoded form they were planted in.
#
# usage: canary.sh BIN
set -euo pipefail

ctl=$(cd "${1:?usage: canary.sh BIN}" && pwd)/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_STATE_HOME=$work/state
mkdir -p "$HOME/.config/containers" "$work/tree" "$work/bin" "$work/out"
chmod 700 "$work" "$work/bin"

planted=$work/planted # one needle a line: canaries and their encoded forms

letters() { LC_ALL=C tr -dc "$2" </dev/urandom | head -c "$1" || true; }
# canary KIND: makes a new one, remembers it, prints it.
canary() {
  local value
  case $1 in
  token) value="gh""p_$(letters 36 'A-Za-z0-9')" ;;
  key) value=$(letters 40 'A-Za-z0-9') ;;
  password) value="$(letters 9 'a-z0-9')-$(letters 7 'A-Z0-9')" ;;
  esac
  printf '%s\n' "$value" >>"$planted"
  printf '%s' "$value"
}
encoded() { printf '%s\n' "$1" >>"$planted"; } # remembers an encoded form
filler() { # BYTES: ordinary log lines
  seq -f '2026-03-01T10:00:00Z INFO worker %.0f finished a job in 12 ms' 1 200000 | head -c "$1" || true
}

# --- file contents, a syntax a file
cd "$work/tree"
printf 'api_token = "%s"\n' "$(canary token)" >settings.toml
printf '{"auth": {"password": "%s"}, "n": 1}\n' "$(canary password)" >settings.json
printf 'db:\n  password: %s\n' "$(canary password)" >settings.yaml
printf '<dict><key>ApiKey</key><string>%s</string></dict>\n' "$(canary key)" >settings.plist
printf '[Service]\nEnvironment=API_KEY=%s\n' "$(canary key)" >agent.service
printf 'export SECRET_KEY=%s\n' "$(canary key)" >.env
printf 'machine git.example login me password %s\n' "$(canary password)" >.netrc
printf 'DATABASE_URL=postgres://app:%s@db.internal:5432/app\n' "$(canary password)" >urls.txt
printf 'GET /v1 HTTP/1.1\r\nAuthorization: Bearer %s\r\n' "$(canary key)" >request.txt
printf 'podman login -u me -p %s registry.example\n' "$(canary password)" >history.txt
{
  printf -- '-----BEGIN %s PRIVATE KEY-----\n' RSA
  for _ in 1 2 3 4 5 6; do canary key && echo; done
  printf -- '-----END %s PRIVATE KEY-----\n' RSA
} >id_rsa
# --- encodings
value=$(canary token); text="token=$value"; wrapped=$(printf '%s' "$text" | base64 -w0)
encoded "$wrapped"; printf 'payload: %s\n' "$wrapped" >base64.txt
value=$(canary token); wrapped=$(printf 'token=%s' "$value" | base64 -w0 | base64 -w0)
encoded "$wrapped"; printf 'payload: %s\n' "$wrapped" >base64-twice.txt
value=$(canary token); wrapped=$(printf '%s' "$value" | od -An -v -tx1 | tr -d ' \n')
encoded "$wrapped"; printf 'dump: %s\n' "$wrapped" >hex.txt
printf 'token=%s\n' "$(canary token)" | iconv -t UTF-16LE >utf16le.txt
{ printf '\xfe\xff'; printf 'token=%s\n' "$(canary token)" | iconv -t UTF-16BE; } >utf16be.txt
printf 'log line\ntoken=%s\n' "$(canary token)" | gzip -n >rotated.log.gz
printf 'log line\ntoken=%s\n' "$(canary token)" | zstd -q >rotated.log.zst
printf 'https://host.example/cb?access_token=%s&x=1\n' "$(canary key)" >query.txt
printf '{"log":"{\\"password\\":\\"%s\\"}"}\n' "$(canary password)" >json-in-json.txt
# --- places where a reader's blocks meet
for at in 65536 1048576 4194304 8388608; do
  value=$(canary token)
  { filler $((at - 20)); printf ' token=%s\n' "$value"; filler 70000; } >"seam-$at.log"
done
value=$(canary token); { head -c 3000000 /dev/zero | tr '\0' 'a'; printf ' %s ' "$value"; head -c 3000000 /dev/zero | tr '\0' 'b'; } >one-line.txt
{ printf '\xff\xfe\x00binary\x00'; printf 'password=%s\n' "$(canary password)"; head -c 4096 /dev/urandom; } >binary.bin
# --- names
touch "note-$(canary token).txt"
mkdir "folder-$(canary token)" && echo x >"folder-$(ls -d folder-* | cut -d- -f2-)/inside"
ln -s "/nowhere/$(canary token)" dangling
# --- a repository
git init -q repo && cd repo
git config user.email dev@example.org && git config user.name dev
git remote add origin "https://me:$(canary token)@git.example/repo.git"
git config http.extraheader "Authorization: Basic $(printf 'me:%s' "$(canary password)" | base64 -w0)"
git commit -q --allow-empty -m first && git checkout -q -b "topic-$(canary token)" && cd ..
# --- login files
printf '{"auths":{"registry.example":{"auth":"%s"},"b.example":{"identitytoken":"%s"}},"credsStore":"pass"}\n' \
  "$(printf 'me:%s' "$(canary password)" | base64 -w0)" "$(canary key)" >"$HOME/.config/containers/auth.json"
# --- a tool's output and errors
{
  echo '#!/bin/sh'
  echo "echo 'podman version 4.3.1'; echo 'token=$(canary token)'; echo 'password: $(canary password)' >&2"
} >"$work/bin/podman"
chmod 755 "$work/bin/podman"

# --- run: argument vector, environment, error text
export PATH=$work/bin:$PATH AGENT_API_TOKEN EXTRA_PASSWORD
AGENT_API_TOKEN=$(canary token) EXTRA_PASSWORD=$(canary password)
cd "$work/tree/repo"
run() { # NAME COMMAND...: keeps both streams; the exit code does not matter here
  local name=$1
  shift
  "$@" >"$work/out/$name.out" 2>"$work/out/$name.err" || echo "exit $?" >>"$work/out/$name.err"
}
run collect "$ctl" evidence collect --preset local-runtime --path "$work/tree" --collector logs \
  --note "see token=$(canary token)"
run exec "$ctl" evidence collect --preset minimal --exec -- /bin/sh -c \
  "echo 'out password=$(canary password)'; echo 'err $(canary token)' >&2; exit 3"
run collect-json "$ctl" evidence collect --preset minimal --path "$work/tree" --json
run missing "$ctl" evidence collect --preset minimal --path "/nowhere/$(canary token)"
run usage "$ctl" evidence collect --no-such-option="$(canary token)"
run verify "$ctl" evidence verify @last
run verify-missing "$ctl" evidence verify "/nowhere/$(canary token)"
run show "$ctl" evidence show @last
run show-json "$ctl" evidence show @last --json
run list "$ctl" evidence list --json
run report "$ctl" evidence report @last --output "$work/out/report.html"
run export "$ctl" evidence export @last --output "$work/out/bundle.evidence.tar"
run redact "$ctl" redact "$work/tree/settings.json"
run scan "$ctl" scan "$work/tree"
run scan-json "$ctl" scan "$work/tree" --format json
run scan-sarif "$ctl" scan "$work/tree" --format sarif

# --- the search
"$ctl" evidence verify @last >/dev/null || { echo "FAILED: the bundle does not verify" >&2; exit 1; }
opened=$work/opened
mkdir "$opened"
n=0
while read -r file; do
  n=$((n + 1))
  zstd -dcq "$file" >"$opened/$n" 2>/dev/null || cp "$file" "$opened/$n"
done < <(find "$work/state" "$work/out" "$HOME/.config/sourceos" -type f)
# Packs hold members; a gzip or UTF-16 member must not hold a canary either.
for file in "$opened"/*; do
  if tar -tf "$file" >/dev/null 2>&1; then
    mkdir "$file.members" && tar -xf "$file" -C "$file.members"
    find "$file.members" -name '*.gz*' -type f -exec sh -c 'gzip -dcq "$1" >"$1.plain" 2>/dev/null' _ {} \; || true
    find "$file.members" -name '*.zst*' -type f -exec sh -c 'zstd -dcq "$1" >"$1.plain" 2>/dev/null' _ {} \; || true
    find "$file.members" -name 'utf16*' -type f -exec sh -c 'tr -d "\000" <"$1" >"$1.plain"' _ {} \;
  fi
done
if found=$(grep -raoFf "$planted" "$opened"); then
  echo "FAILED: $(wc -l <<<"$found") canaries came through:" >&2
  # Says which file, and a piece that is not the secret.
  sed -E 's/^([^:]*):(.{6}).*/  \1: \2.../' <<<"$found" | sed "s|$opened/||" | sort | uniq -c | head -20 >&2
  for piece in $(sed -E 's/^[^:]*:(.*)$/\1/' <<<"$found" | sort -u | head -10); do
    grep -rlaF "$piece" "$work/tree" "$HOME" "$work/bin" | sed "s|$work/|  planted in |" >&2 || true
  done
  exit 1
fi
echo "canary: $(sort -u "$planted" | wc -l) needles in $(find "$opened" -type f | wc -l) files: none found"
