# What the three modules share: the options, the assertions, the declarations as files in the store,
# and the command line of the hook. No service is written here: declarations go to the guard, and
# the guard decides what a host may run.
{ lib, pkgs, platform }:
let
  inherit (lib) mkOption types;

  # Fields without a value are left out, so that the tool's own defaults hold.
  withoutNulls = value:
    if builtins.isAttrs value then
      lib.mapAttrs (_: withoutNulls) (lib.filterAttrs (_: item: item != null) value)
    else if builtins.isList value then
      map withoutNulls value
    else
      value;

  temporary = [ "/tmp" "/private/tmp" "/var/tmp" "/private/var/tmp" "/var/folders" "$TMPDIR" "\${TMPDIR}" ];
  isBelow = directory: path: path == directory || lib.hasPrefix "${directory}/" path;
  isTemporary = path: path != null && lib.any (directory: isBelow directory path) temporary;
  isSystemPath = path:
    path != null
    && lib.any (directory: isBelow directory path) [ "/Library" "/etc" "/usr" "/lib" "/run" "/System" ];
  isLocal = image: lib.hasPrefix "localhost/" image;

  assertionsOf = name: agent:
    let
      say = assertion: message: {
        inherit assertion;
        message = "sourceos.localAgents.${name}: ${message}";
      };
      runs = agent.runtime == "podman";
    in
    [
      (say (agent.name == name) "the name is ${agent.name}: name the attribute so")
      (say (!(agent.scope == "user" && lib.any isSystemPath [
        agent.macos.launchd.plist
        agent.linux.systemdUserUnit
      ])) "an agent of user scope has a definition in a directory of the system")
      (say (!(lib.any isTemporary [ agent.logs.app agent.logs.stdout agent.logs.stderr ]))
        "a log is in a temporary directory")
      (say (!agent.lifecycle.keepAlive || agent.lifecycle.restart == "bounded")
        "keepAlive needs restart = \"bounded\"")
      (say (!agent.auth.allowInteractiveCredentialHelper)
        "a service cannot use a credential helper that asks a person")
      (say (!runs || agent.image != null) "an agent of Podman needs an image")
      (say (!runs || agent.image == null || agent.podman.pull != "never" || isLocal agent.image)
        "pull = \"never\" needs an image that begins with localhost/")
      (say (!(lib.elem agent.runtime [ "native" "nix-app" ])
        || (agent.command != null && agent.command != [ ])) "it needs a command")
      (say (agent.scope != "system" || lib.any (waiver: waiver.ruleId == "system-scope") agent.waivers)
        "scope = \"system\" needs a waiver of system-scope with a justification")
    ];
in
rec {
  options = {
    localAgents = mkOption {
      type = types.attrsOf (types.submodule (import ./declaration.nix { inherit lib platform; }));
      default = { };
      description = "Agents that stay on this host, each started only after it was checked.";
    };
    localAgentsGuard = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether declarations are handed to the guard at activation.";
      };
      package = mkOption {
        type = types.package;
        description = "Package that has bin/sourceos-agent.";
      };
      stageOnly = mkOption {
        type = types.bool;
        default = false;
        description = "Check and stage, install nothing.";
      };
      strict = mkOption {
        type = types.bool;
        default = false;
        description = "Fail the activation of the system when an agent did not reach its target.";
      };
      prune = mkOption {
        type = types.bool;
        default = false;
        description = "Quarantine and remove agents that no declaration names any more.";
      };
      timeLimitSeconds = mkOption {
        type = types.ints.between 10 3600;
        default = 120;
        description = "How long the guard may take for all agents.";
      };
    };
  };

  ofScope = scope: lib.filterAttrs (_: agent: agent.scope == scope);
  assertions = agents: lib.concatLists (lib.mapAttrsToList assertionsOf agents);
  hasWork = guard: agents: guard.enable && (agents != { } || guard.prune);

  json = agent: builtins.toJSON (withoutNulls agent);

  # One directory with <name>.json for each agent: copies, since the tool follows no links.
  declarations = agents: pkgs.runCommand "sourceos-local-agents" { } (lib.concatStringsSep "\n" (
    [ "mkdir -p \"$out\"" ]
    ++ lib.mapAttrsToList
      (name: agent: "cp ${pkgs.writeText "${name}.json" (json agent)} \"$out/${name}.json\"")
      agents
  ));

  hook = package: pkgs.writeScript "sourceos-activation-hook" (
    builtins.replaceStrings [ "@tool@" ] [ "${package}/bin/sourceos-agent" ]
      (builtins.readFile ./sourceos-activation-hook)
  );

  # `as`: the account to become, or null for the one that runs the hook.
  hookArguments = { guard, scope, agents, as ? null }:
    [ "${hook guard.package}" "--scope" scope "--time-limit" (toString guard.timeLimitSeconds) ]
    ++ lib.optionals (as != null) [ "--user" as ]
    ++ lib.optional guard.stageOnly "--stage-only"
    ++ lib.optional guard.strict "--strict"
    ++ lib.optional guard.prune "--prune"
    ++ [ "--declarations" "${declarations agents}" ];

  hookCommand = arguments: lib.escapeShellArgs (hookArguments arguments);
}
