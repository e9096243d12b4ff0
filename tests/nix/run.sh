#!/usr/bin/env bash
# Our Nix modules and hook under the real Nix: they are evaluated with a stand-in for nixpkgs' lib
# (tests/nix/lib.nix), what they make is built in a store of the test's own, and the hook is run, first
# with a tool that only notes how it was called, then with the real one.
#
# usage: run.sh BIN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:?usage: run.sh BIN}" && pwd)
if ! command -v nix-instantiate >/dev/null; then
  echo "SKIPPED: there is no nix-instantiate" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/conf"
cat >"$work/conf/nix.conf" <<EOT
build-users-group =
substituters =
sandbox = false
EOT
export NIX_STORE_DIR=$work/store NIX_STATE_DIR=$work/var NIX_LOCALSTATE_DIR=$work/var \
  NIX_LOG_DIR=$work/log NIX_CONF_DIR=$work/conf NIX_REMOTE=
failures=0
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}
same() { # WHAT EXPECTED ACTUAL
  [ "$2" = "$3" ] || fail "$1: expected '$2', there is '$3'"
}

# A declaration for each kind of agent that needs most of the fields.
cat >"$work/agents.nix" <<'EOT'
_: {
  node-commander = {
    label = "org.socioprophet.node-commander";
    image = "localhost/socioprophet/node-commander:dev-boot";
    sourceImage = "us-central1-docker.pkg.dev/example/node-commander:dev-boot";
    lifecycle.restart = "bounded";
  };
}
EOT
cat >"$work/system.nix" <<'EOT'
_: {
  gatherer = {
    scope = "system";
    image = "localhost/sample/gatherer:1";
    waivers = [ {
      ruleId = "system-scope";
      justification = "reads what only root may";
      approvedBy = "platform";
      expiresAt = "2030-01-01T00:00:00Z";
    } ];
  };
}
EOT

evaluate() { # EXPRESSION, in which `of` evaluates a module
  nix-instantiate --eval --strict --json -E "let of = import $here/system.nix; in $1"
}
with() { # MODULE AGENT-FIELDS [ATTRIBUTE]: an agent `a` that has these
  evaluate "(of { module = \"$1\"; agents = _: { a = { image = \"localhost/a:1\"; } // { $2 }; }; }).${3:-refused}"
}

# --- the modules

hooks() { # MODULE AGENTS-FILE ATTRIBUTE
  evaluate "(of { module = \"$1\"; agents = import $work/$2; }).config.$3"
}
nixos=$(hooks nixos system.nix system.activationScripts.sourceosLocalAgents)
jq -e '.deps == ["users", "etc"] and .supportsDryActivation
       and (.text | test("--scope system .*--declarations /"))' <<<"$nixos" >/dev/null ||
  fail "NixOS activates system agents otherwise: $nixos"
nixos=$(hooks nixos agents.nix systemd.user.services.sourceos-local-agents)
jq -e '.wantedBy == ["default.target"] and .serviceConfig.Type == "oneshot"
       and (.serviceConfig.ExecStart | test("--scope user "))' <<<"$nixos" >/dev/null ||
  fail "NixOS activates user agents otherwise: $nixos"
home=$(hooks home-manager agents.nix home.activation.sourceosLocalAgents)
jq -e '.after == ["writeBoundary", "linkGeneration"] and (.data | test("--scope user "))' \
  <<<"$home" >/dev/null || fail "home-manager activates otherwise: $home"
darwin=$(hooks nix-darwin agents.nix system.activationScripts.postActivation)
jq -e '.text | test("--scope user .*--user operator ")' <<<"$darwin" >/dev/null ||
  fail "nix-darwin activates user agents otherwise: $darwin"
for module in nixos home-manager nix-darwin; do
  same "assertions of $module on the example" '[]' \
    "$(evaluate "(of { module = \"$module\"; agents = import $work/agents.nix; }).refused")"
  same "$module without agents runs nothing" '{}' \
    "$(evaluate "let c = (of { module = \"$module\"; }).config; in
      if c ? home then c.home.activation else c.system.activationScripts")"
done

# --- assertions: each names what is wrong
refuses() { # WHAT-IT-SAYS AGENT-FIELDS
  local said
  for module in nixos home-manager nix-darwin; do
    said=$(with "$module" "$2")
    jq -e --arg text "$1" 'any(.[]; contains($text))' <<<"$said" >/dev/null ||
      fail "$module lets '$2' through: $said"
  done
}
refuses 'directory of the system' 'macos.launchd.plist = "/Library/LaunchAgents/a.plist";'
refuses 'directory of the system' 'linux.systemdUserUnit = "/etc/systemd/user/a.service";'
refuses 'temporary directory' 'logs.app = "/tmp/a.log";'
refuses 'temporary directory' 'logs.stderr = "/private/tmp/a.log";'
refuses 'temporary directory' 'logs.stdout = "$TMPDIR/a.log";'
refuses 'keepAlive' 'lifecycle.keepAlive = true;'
refuses 'credential helper' 'auth.allowInteractiveCredentialHelper = true;'
refuses 'localhost/' 'image = "registry.example/a:1";'
refuses 'needs an image' 'image = null;'
refuses 'needs a command' 'runtime = "native";'
refuses 'waiver of system-scope' 'scope = "system";'
refuses 'name the attribute so' 'name = "b";'
same 'a bounded keepAlive' '[]' "$(with nixos 'lifecycle = { keepAlive = true; restart = "bounded"; };')"
jq -e 'any(.[]; contains("system scope"))' \
  <<<"$(evaluate "(of { module = \"home-manager\"; agents = import $work/system.nix; }).refused")" \
  >/dev/null || fail "home-manager takes agents of system scope"

# --- types: a value outside its list fails when evaluated
rejects() { # AGENT-FIELDS
  if with nixos "$1" json >"$work/out" 2>&1; then fail "'$1' evaluates"; fi
}
rejects 'scope = "global";'
rejects 'runtime = "docker";'
rejects 'auth.mode = "login";'
rejects 'podman.pull = "newer";'
rejects 'lifecycle.restart = "always";'
rejects 'lifecycle.maxRestartsPerHour = 61;'
rejects 'lifecycle.startupTimeoutSeconds = 0;'
rejects 'health.type = "http";'
rejects 'name = "a/b";'
rejects 'colour = "red";'
grep -q 'no such option' "$work/out" || fail "an unknown field is not named: $(cat "$work/out")"

# --- what is handed to the tool
build() { # ATTRIBUTE MODULE AGENTS-FILE [TOOL]
  nix-build --quiet --no-out-link -E "(import $here/system.nix {
    module = \"$2\"; agents = import $work/$3; tool = \"${4:-/nowhere}\"; }).$1"
}
declarations=$(build declarations home-manager agents.nix)
same 'files of the declarations' node-commander.json "$(ls "$declarations")"
jq -e '.schemaVersion == "sourceos.local-agent.v1" and .name == "node-commander"
       and ([.. | select(. == null)] == [])
       and .logs.app == "$HOME/.local/state/sourceos/logs/node-commander.log"' \
  "$declarations/node-commander.json" >/dev/null || fail "the declaration is otherwise"
if grep -q "$NIX_STORE_DIR" "$declarations/node-commander.json"; then
  fail "the declaration has a path of the store"
fi
same 'two builds' "$declarations" "$(build declarations nixos agents.nix)"

# --- the hook, with a tool that notes how it was called and ends as the test says
mkdir -p "$work/fake/bin"
cat >"$work/fake/bin/sourceos-agent" <<EOT
#!/bin/sh
printf '%s ' "\$@" >$work/called
echo "TABLE"
case \$(cat $work/ends) in
  hang) trap 'kill "\$nap"; exit 130' TERM; sleep 60 & nap=\$!; wait ;;
  *) exit "\$(cat $work/ends)" ;;
esac
EOT
chmod +x "$work/fake/bin/sourceos-agent"
hook=$(build hook nixos agents.nix "$work/fake")
sh -n "$hook"
ends() { # CODE EXPECTED [HOOK-ARGUMENT...]
  local code=$1 expected=$2 status=0
  shift 2
  echo "$code" >"$work/ends"
  "$hook" "$@" --declarations "$declarations" >"$work/out" 2>"$work/err" || status=$?
  same "hook on a tool that ends with $code ($*)" "$expected" "$status"
  [ ! -s "$work/out" ] || fail "the hook prints on standard output"
}
called() { # WORDS
  grep -q -e "$1" "$work/called" || fail "the tool was called otherwise: $(cat "$work/called")"
}
ends 0 0
grep -q TABLE "$work/err" || fail "the table is not on standard error"
called "^activate --declarations $declarations .*--execute --policy-ok"
ends 1 0
ends 1 1 --strict
called '--strict'
ends 3 3
ends 4 0
ends 4 1 --strict
ends 130 0
ends 137 3
ends hang 0 --time-limit 1
grep -q 'time limit' "$work/err" || fail "the hook does not say that time was up"
ends 0 0 --prune --stage-only
called '--stage-only --prune'
NIXOS_ACTION=dry-activate ends 0 0
called '--dry-run'
DRY_RUN=1 ends 0 0
called '--dry-run'
if grep -q -e --execute "$work/called"; then fail "a dry run is told to act"; fi
status=0
"$hook" --declarations "$work/nowhere" 2>/dev/null || status=$?
same 'hook without declarations' 2 "$status"
if [ "$(id -u)" -eq 0 ]; then
  ends 0 0 --scope user
  called '--scope system' # nobody is named: root acts for itself alone
fi

# --- the real tool: the declarations load, and the hook runs it for real. There is no service manager
# and no image here, so what can be had is a staged agent, and a switch that may finish.
if [ -x "$bin/sourceos-agent" ]; then
  export HOME=$work/home XDG_STATE_HOME=$work/home/state XDG_CONFIG_HOME=$work/home/config
  mkdir -m 700 "$HOME"
  "$bin/sourceos-agent" activate --declarations "$declarations" --dry-run --evidence none --json \
    >"$work/out" || true
  jq -e '.agents | length == 1 and .[0].name == "node-commander"
         and .[0].result != "invalid-declaration"' "$work/out" >/dev/null ||
    fail "the tool does not take the declaration: $(cat "$work/out")"
  mkdir -p "$work/real/bin"
  ln -sf "$bin/sourceos-agent" "$work/real/bin/sourceos-agent"
  hook=$(build hook nixos agents.nix "$work/real")
  status=0
  "$hook" --user "$(id -un)" --scope user --declarations "$declarations" 2>"$work/err" || status=$?
  same 'hook on the real tool, agents staged' 0 "$status"
  grep -q 'node-commander .*staged' "$work/err" || fail "the table is otherwise: $(cat "$work/err")"
  status=0
  "$hook" --user "$(id -un)" --scope user --strict --declarations "$declarations" 2>"$work/err" || status=$?
  same 'strict hook on the real tool, agents staged' 1 "$status"
  if [ "$(id -u)" -eq 0 ]; then
    "$hook" --declarations "$declarations" 2>"$work/err" || fail "the hook fails on a scope that is not root's"
    grep -q 'scope-mismatch' "$work/err" || fail "root acts for a user: $(cat "$work/err")"
  fi
  [ ! -e "$HOME/config/systemd" ] && [ ! -e "$HOME/.config/systemd" ] || fail "a unit was installed"
  "$bin/sourceosctl" evidence verify @last >"$work/out" || fail "the last bundle does not verify: $(cat "$work/out")"
fi

[ "$failures" -eq 0 ] || exit 1
echo "three modules evaluate, their declarations build, and the hook keeps its contract"
