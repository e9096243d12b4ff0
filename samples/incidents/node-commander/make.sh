#!/usr/bin/env bash
# Writes the incident below OUT: templates with invented secrets made now, and the log of the storm.
#
# usage: make.sh OUT [STARTS]     STARTS: restarts in the log (default 3000)
set -euo pipefail

out=${1:?usage: make.sh OUT [STARTS]}
starts=${2:-3000}
here=$(cd "$(dirname "$0")" && pwd)

letters() { # COUNT SET: random characters of the set
  LC_ALL=C tr -dc "$2" </dev/urandom | head -c "$1" || true
}

api_key="nc_live_$(letters 40 'A-Za-z0-9')"
registry_token=$(letters 48 'A-Za-z0-9')
# In pieces, so that this file holds nothing that looks like a token.
git_token="gh""p_$(letters 36 'A-Za-z0-9')"
db_password="$(letters 14 'a-z0-9').$(letters 6 'A-Z')"
identity_token=$(letters 64 'A-Za-z0-9')
basic_auth=$(printf 'commander:%s' "$db_password" | base64 -w0)
session="$(letters 26 'a-z0-9')$(letters 20 'A-Z0-9')"

mkdir -p "$out/host"
cp -R "$here"/template/* "$out/host/"
mv "$out/host/plan.toml" "$out/plan.toml"
find "$out/host" -type f -exec sed -i \
  -e "s|@API_KEY@|$api_key|g" -e "s|@REGISTRY_TOKEN@|$registry_token|g" \
  -e "s|@GIT_TOKEN@|$git_token|g" -e "s|@DB_PASSWORD@|$db_password|g" \
  -e "s|@IDENTITY_TOKEN@|$identity_token|g" -e "s|@BASIC_AUTH@|$basic_auth|g" {} +
chmod 600 "$out"/host/containers/auth.json "$out"/host/docker/config.json
printf '%s\n' "$api_key" "$registry_token" "$git_token" "$db_password" "$identity_token" \
  "$basic_auth" "$session" >"$out/secrets.txt"

mkdir -p "$out/host/logs"
awk -v starts="$starts" -v key="$api_key" -v token="$git_token" -v session="$session" \
  -v basic="$basic_auth" '
  function stamp(s) {
    return sprintf("2026-02-%02dT%02d:%02d:%02dZ", 12 + int(s / 86400), int(s / 3600) % 24,
      int(s / 60) % 60, s % 60)
  }
  BEGIN {
    t = 3 * 3600
    for (i = 1; i <= starts; i++) {
      print stamp(t) " INFO  node-commander starting (attempt " i ")"
      print stamp(t) " DEBUG launcher: image=registry.example/tools/node-commander:latest"
      if (i % 97 == 0) print stamp(t) " DEBUG http: Authorization: Bearer " token
      if (i % 211 == 0) print stamp(t) " DEBUG http: > Authorization: Basic " basic
      if (i % 307 == 0) print stamp(t) " DEBUG config: NODE_COMMANDER_API_KEY=" key
      if (i % 401 == 0) print stamp(t) " DEBUG http: < Set-Cookie: session=" session "; Path=/; HttpOnly"
      if (i % 3 == 0)
        print stamp(t) " ERROR error getting credentials - err: exec: \"docker-credential-gcloud\": executable file not found in $PATH"
      else if (i % 50 == 1)
        print stamp(t) " ERROR Error: registry.example/tools/node-commander:latest: image not known"
      else
        print stamp(t) " ERROR Cannot connect to Podman: dial unix /run/podman/podman.sock: connect: connection refused"
      t += 10
    }
  }' >"$out/host/logs/node-commander.log"
