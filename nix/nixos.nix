# NixOS: agents of system scope are activated with the system, after accounts and /etc are there;
# those of user scope by each user's own manager, at login.
{ config, lib, pkgs, ... }:
let
  shared = import ./local-agents.nix { inherit lib pkgs; platform = "linux"; };
  agents = config.sourceos.localAgents;
  guard = config.sourceos.localAgentsGuard;
  ofSystem = shared.ofScope "system" agents;
  ofUser = shared.ofScope "user" agents;
in
{
  options.sourceos = shared.options;

  config = lib.mkMerge [
    { assertions = shared.assertions agents; }
    (lib.mkIf (shared.hasWork guard ofSystem) {
      system.activationScripts.sourceosLocalAgents = {
        deps = [ "users" "etc" ];
        supportsDryActivation = true;
        text = shared.hookCommand { inherit guard; scope = "system"; agents = ofSystem; };
      };
    })
    (lib.mkIf (shared.hasWork guard ofUser) {
      systemd.user.services.sourceos-local-agents = {
        description = "Check and activate local agents";
        wantedBy = [ "default.target" ];
        serviceConfig = {
          Type = "oneshot";
          RemainAfterExit = true;
          ExecStart = shared.hookCommand { inherit guard; scope = "user"; agents = ofUser; };
          TimeoutStartSec = guard.timeLimitSeconds + 90;
        };
      };
    })
  ];
}
