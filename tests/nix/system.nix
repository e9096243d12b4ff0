# Evaluates one of our modules in a stand-in for the system it is for.
#   module     "nixos", "home-manager", "nix-darwin"
#   agents     what sourceos.localAgents is set to, a function of pkgs
#   guard      added to sourceos.localAgentsGuard
#   tool       a directory with bin/sourceos-agent
{ module, agents ? (_: { }), guard ? { }, tool ? "/nowhere", darwin ? module == "nix-darwin" }:
let
  lib = import ./lib.nix;
  inherit (lib) mkOption types;

  # Derivations that the real Nix builds with the shell alone.
  pkgs = rec {
    stdenv.hostPlatform.isDarwin = darwin;
    shell = name: attributes: script: derivation ({
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      args = [ "-euc" script ];
    } // attributes);
    runCommand = shell;
    writeText = name: text: shell name { inherit text; } "printf %s \"$text\" >\"$out\"";
    writeScript = name: text: shell name { inherit text; } "printf %s \"$text\" >\"$out\"; chmod +x \"$out\"";
  };

  of = type: default: mkOption { inherit type default; };
  anything = types.anything;
  script = types.submodule {
    options = {
      text = of types.lines "";
      deps = of (types.listOf types.str) [ ];
      supportsDryActivation = of types.bool false;
    };
  };
  system = {
    nixos.options = {
      assertions = of (types.listOf anything) [ ];
      system.activationScripts = of (types.attrsOf script) { };
      systemd.user.services = of (types.attrsOf anything) { };
    };
    home-manager.options = {
      assertions = of (types.listOf anything) [ ];
      home.activation = of (types.attrsOf anything) { };
    };
    nix-darwin.options = {
      assertions = of (types.listOf anything) [ ];
      system.activationScripts = of (types.attrsOf script) { };
      system.primaryUser = of (types.nullOr types.str) null;
    };
  }.${module};

  shared = import ../../nix/local-agents.nix {
    inherit lib pkgs;
    platform = if darwin then "darwin" else "linux";
  };
  evaluated = lib.evalModules {
    specialArgs = { inherit pkgs; };
    modules = [
      system
      (import (../../nix + "/${module}.nix"))
      {
        config = {
          sourceos.localAgents = agents pkgs;
          sourceos.localAgentsGuard = { package = tool; } // guard;
        };
      }
    ] ++ lib.optional (module == "nix-darwin") { config.system.primaryUser = "operator"; };
  };
  inherit (evaluated) config;
in
{
  inherit config;
  # Messages of the assertions that do not hold.
  refused = map (item: item.message) (builtins.filter (item: !item.assertion) config.assertions);
  json = lib.mapAttrs (_: agent: builtins.fromJSON (shared.json agent)) config.sourceos.localAgents;
  hook = shared.hook tool;
  declarations = shared.declarations config.sourceos.localAgents;
}
