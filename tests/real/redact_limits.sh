#!/usr/bin/env bash
# What nobody should feed to the filter, and what it does with it: streams that are longer than memory,
# lines without end, bombs, encodings in encodings. Nothing here looks at the clock.
#
# usage: redact_limits.sh BIN [CASE]
set -euo pipefail

ctl=$(cd "${1:?usage: redact_limits.sh BIN [CASE]}" && pwd)/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
mkdir -p "$HOME"
die() { echo "FAILED: $case_name: $*" >&2 && exit 1; }
token=gh"p_"aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789

# KIB: the most memory that the filter ever held, and how many lines it masked, while it read that much.
filtered() {
  local kib=$1
  for i in $(seq 1 200); do
    printf '2026-01-31T12:00:%02dZ INFO worker %d took %d ms to answer /v1/items/%d\n' $((i % 60)) "$i" $((i * 7)) $((i * 13))
  done >"$work/lines"
  printf 'token=%s\n' "$token" >>"$work/lines"
  rm -f "$work/in" && mkfifo "$work/in"
  "$ctl" redact <"$work/in" > >(grep -c 'token=REDACTED-' >"$work/masked"; cat >/dev/null) 2>"$work/errors" &
  local pid=$!
  exec 7>"$work/in"
  { yes "$(cat "$work/lines")" 2>/dev/null || true; } | head -c $((kib * 1024)) >&7
  peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
  exec 7>&-
  wait "$pid" || die "exit $?: $(cat "$work/errors")"
  while [ ! -s "$work/masked" ]; do sleep 0.1; done
  masked=$(cat "$work/masked")
}

# --- cases

endless_stream() {
  local kib=$((10 * 1024 * 1024))
  filtered $((32 * 1024))
  local short=$peak
  filtered "$kib"
  [ "$masked" -eq $((kib * 1024 / $(stat -c %s "$work/lines"))) ] || die "masked $masked lines"
  [ "$peak" -le $((short + 16 * 1024)) ] || die "32 MiB took $short KiB of memory, $kib KiB took $peak"
  echo "peak $peak KiB for $((kib / 1024)) MiB"
}
endless_line() {
  {
    head -c 52428800 /dev/zero | tr '\0' 'q'
    printf ' token=%s ' "$token"
    head -c 52428800 /dev/zero | tr '\0' ' '
    printf 'token=%s' "$token"
  } | "$ctl" redact >"$work/out"
  [ "$(grep -o 'token=REDACTED-' "$work/out" | wc -l)" -eq 2 ] || die "two tokens stand on the line"
  ! grep -q "$token" "$work/out" || die "a token is left"
}
nested_bombs() {
  # 256 MiB of nothing in a gzip, in a gzip, in base64; and a quine of a kind: many streams in a row.
  head -c 268435456 /dev/zero | gzip -9 | gzip -9 >"$work/bomb"
  base64 -w 0 "$work/bomb" >"$work/bomb.b64"
  for i in 1 2 3 4 5 6 7 8; do cat "$work/bomb"; done >"$work/bombs"
  for input in bomb bomb.b64 bombs; do
    (ulimit -v 4194304 && "$ctl" redact <"$work/$input" >"$work/out") || die "$input: exit $?"
    [ "$(stat -c %s "$work/out")" -le 1048576 ] || die "$input grew to $(stat -c %s "$work/out") bytes"
  done
}
encodings_in_encodings() {
  printf 'settings\ntoken=%s\n' "$token" | gzip -9 | base64 -w 0 | base64 -w 0 >"$work/twice"
  printf 'data: %s\n' "$(cat "$work/twice")" | "$ctl" redact >"$work/out"
  grep -q 'data: REDACTED-' "$work/out" || die "the run stands: $(cut -c1-80 "$work/out")"
  ! grep -q "$(cut -c1-40 "$work/twice")" "$work/out" || die "a part of the run is left"
  # One level more than is read: masked unread.
  base64 -w 0 "$work/twice" | base64 -w 0 >"$work/four"
  printf 'data: %s\n' "$(cat "$work/four")" | "$ctl" redact >"$work/out"
  grep -q 'data: REDACTED-undecoded-' "$work/out" || die "four deep stands: $(cut -c1-80 "$work/out")"
}
keyword_flood() {
  # What keeps every rule busy costs a bounded number of looks, and what is not looked at is masked.
  for i in $(seq 1 20000); do printf 'password=password=password=token=secret=api_key=\n'; done | "$ctl" redact >"$work/out"
  [ "$(wc -l <"$work/out")" -eq 20000 ] || die "lines were lost"
}

cases=(endless_stream endless_line nested_bombs encodings_in_encodings keyword_flood)
[ $# -lt 2 ] || cases=("$2")
for case_name in "${cases[@]}"; do
  "$case_name"
  echo "$case_name: passed"
done
