# nix-darwin: agents of system scope as root; those of user scope as the primary user and in that
# user's GUI domain, never as root.
{ config, lib, pkgs, ... }:
let
  shared = import ./local-agents.nix { inherit lib pkgs; platform = "darwin"; };
  agents = config.sourceos.localAgents;
  guard = config.sourceos.localAgentsGuard;
  ofSystem = shared.ofScope "system" agents;
  ofUser = shared.ofScope "user" agents;
in
{
  options.sourceos = shared.options;

  config = lib.mkMerge [
    {
      assertions = shared.assertions agents ++ [
        {
          assertion = ofUser == { } || config.system.primaryUser != null;
          message = "sourceos.localAgents: agents of user scope need system.primaryUser";
        }
      ];
    }
    (lib.mkIf (shared.hasWork guard ofSystem) {
      system.activationScripts.postActivation.text = lib.mkAfter (
        shared.hookCommand { inherit guard; scope = "system"; agents = ofSystem; } + "\n");
    })
    (lib.mkIf (shared.hasWork guard ofUser && config.system.primaryUser != null) {
      system.activationScripts.postActivation.text = lib.mkAfter (
        shared.hookCommand {
          inherit guard;
          scope = "user";
          agents = ofUser;
          as = config.system.primaryUser;
        } + "\n");
    })
  ];
}
