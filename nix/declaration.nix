# One agent's declaration as options: the fields, their types and their defaults. A value outside its
# list fails when the configuration is evaluated, long before a host sees it.
# Defaults that differ between systems are those of `platform`, "linux" or "darwin".
{ lib, platform }:
{ name, ... }:
let
  inherit (lib) mkOption types;
  isDarwin = platform == "darwin";
  path = default: description: mkOption { type = types.str; inherit default description; };
  pathOrNull = description: mkOption {
    type = types.nullOr types.str;
    default = null;
    inherit description;
  };
  flag = default: description: mkOption { type = types.bool; inherit default description; };
  oneOf = values: default: description: mkOption {
    type = types.enum values;
    inherit default description;
  };
  count = low: high: default: description: mkOption {
    type = types.ints.between low high;
    inherit default description;
  };
  logs = if isDarwin then "$HOME/Library/Logs/SourceOS" else "$HOME/.local/state/sourceos/logs";
  log = suffix: description: mkOption {
    type = types.nullOr types.str;
    default = if isDarwin then "${logs}/${name}${suffix}" else null;
    inherit description;
  };
  waiver = {
    options = {
      ruleId = mkOption { type = types.str; description = "Rule that may be broken."; };
      justification = mkOption { type = types.str; description = "Why it may."; };
      approvedBy = mkOption { type = types.str; description = "Who said so."; };
      expiresAt = mkOption { type = types.str; description = "Until when, RFC 3339 in UTC."; };
    };
  };
in
{
  options = {
    schemaVersion = oneOf [ "sourceos.local-agent.v1" ] "sourceos.local-agent.v1"
      "Form of the declaration.";
    name = mkOption {
      type = types.strMatching "[a-z0-9][a-z0-9-]{0,62}";
      default = name;
      description = "Name of the agent.";
    };
    label = path "org.sourceos.agent.${name}" "Label under launchd.";
    enable = flag true "Whether the agent may be installed; it may be staged always.";
    scope = oneOf [ "user" "system" ] "user" "Whose service it is.";
    runtime = oneOf [ "podman" "native" "nix-app" "systemd" ] "podman" "What runs it.";
    command = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      description = "Argument vector of a native or nix-app agent.";
    };
    image = pathOrNull "Local image that runs.";
    sourceImage = pathOrNull "Where the image came from; never run.";
    containerName = path name "Name of the container.";
    owner = {
      project = path "SourceOS" "Project that owns the agent.";
      component = path "local-runtime" "Component that it is of.";
      contact = path "platform" "Whom to ask.";
    };
    auth = {
      mode = oneOf [ "empty-authfile" "service-account" "none" "forbidden-ambient" ]
        "empty-authfile" "How it gets at registries.";
      authfile = path "$HOME/.config/containers/sourceos-empty-auth.json" "The file it uses.";
      serviceAccountRef = pathOrNull "Reference to a token door, never a token.";
      allowAmbientDockerConfig = flag false "Needs a waiver.";
      allowInteractiveCredentialHelper = flag false "Always refused for a service.";
    };
    podman = {
      connection = mkOption {
        type = types.nullOr types.str;
        default = if isDarwin then "podman-machine-default" else null;
        description = "Connection of Podman.";
      };
      pull = oneOf [ "never" "explicit" "always" ] "never" "Whether images may be pulled.";
      requireMachine = flag isDarwin "Whether a machine must run.";
      requireLocalImage = flag true "Whether the image must be there.";
      rootless = flag true "Whether Podman runs without root.";
    };
    lifecycle = {
      runAtLoad = flag true "Whether it starts at login or boot.";
      keepAlive = flag false "Only with bounded restart.";
      restart = oneOf [ "manual" "bounded" "supervised" ] "manual" "What happens when it ends.";
      maxRestartsPerHour = count 0 60 3 "Bound of restarts.";
      startupTimeoutSeconds = count 1 600 20 "How long it may take to become healthy.";
      shutdownTimeoutSeconds = count 1 600 10 "How long it may take to stop.";
    };
    logs = {
      app = path "${logs}/${name}.log" "Log of the agent.";
      stdout = log ".launchd.out.log" "What it prints; the journal on Linux.";
      stderr = log ".launchd.err.log" "Its errors; the journal on Linux.";
    };
    health = {
      type = oneOf [ "podman-container" "command" "none" ] "podman-container" "How health is seen.";
      expected = path "running" "What is healthy.";
      command = mkOption {
        type = types.nullOr (types.listOf types.str);
        default = null;
        description = "Argument vector of the check.";
      };
    };
    quarantine = lib.genAttrs [
      "captureServiceDefinition"
      "captureLogs"
      "captureRuntimeState"
      "captureImageMetadata"
      "captureRedactedAuthConfig"
    ] (what: flag true "Whether quarantine keeps it: ${what}.");
    waivers = mkOption {
      type = types.listOf (types.submodule waiver);
      default = [ ];
      description = "Rules that may be broken, by whose word and until when.";
    };
    macos.launchd = {
      plist = pathOrNull "Where the plist is; derived when null.";
      legacySystemPlist = pathOrNull "Where an old one was.";
    };
    linux = {
      systemdUserUnit = pathOrNull "Where the unit is; derived when null.";
      quadlet = flag false "Make a Quadlet file too.";
    };
  };
}
