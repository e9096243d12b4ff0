# home-manager: agents of one account, after its files and links are in place.
{ config, lib, pkgs, ... }:
let
  shared = import ./local-agents.nix {
    inherit lib pkgs;
    platform = if pkgs.stdenv.hostPlatform.isDarwin then "darwin" else "linux";
  };
  agents = config.sourceos.localAgents;
  guard = config.sourceos.localAgentsGuard;
  others = shared.ofScope "system" agents;
in
{
  options.sourceos = shared.options;

  config = lib.mkMerge [
    {
      assertions = shared.assertions agents ++ [
        {
          assertion = others == { };
          message = "sourceos.localAgents: home-manager cannot have agents of system scope: "
            + lib.concatStringsSep ", " (builtins.attrNames others);
        }
      ];
    }
    (lib.mkIf (shared.hasWork guard agents) {
      # The hook itself looks at DRY_RUN, so a dry run shows the guard's plan and not only its name.
      home.activation.sourceosLocalAgents =
        lib.hm.dag.entryAfter [ "writeBoundary" "linkGeneration" ]
          (shared.hookCommand { inherit guard agents; scope = "user"; });
    })
  ];
}
