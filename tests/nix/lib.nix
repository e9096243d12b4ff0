# A stand-in for the few functions of nixpkgs' lib that our modules use, so that the real Nix can
# evaluate them without nixpkgs. Types check and merge as those of nixpkgs do; what is not needed
# here is not here, and its use is an error.
let
  inherit (builtins) attrNames concatLists concatMap elem elemAt filter foldl' genList head isAttrs
    isBool isFunction isInt isList isString length listToAttrs map match replaceStrings stringLength
    substring tail typeOf;

  lib = rec {
    inherit elem concatLists;
    any = builtins.any;
    all = builtins.all;
    optional = condition: item: if condition then [ item ] else [ ];
    optionals = condition: items: if condition then items else [ ];
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    concatStringsSep = builtins.concatStringsSep;
    mapAttrs = builtins.mapAttrs;
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    filterAttrs = keep: set: listToAttrs (map (name: { inherit name; value = set.${name}; })
      (filter (name: keep name set.${name}) (attrNames set)));
    genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);
    escapeShellArg = word:
      if match "[A-Za-z0-9,._+:@%/-]+" word != null then word
      else "'" + replaceStrings [ "'" ] [ "'\\''" ] word + "'";
    escapeShellArgs = words: concatStringsSep " " (map escapeShellArg words);

    mkOption = option: option // { _type = "option"; };
    mkIf = condition: content: { _type = "if"; inherit condition content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkAfter = content: { _type = "order"; inherit content; };
    hm.dag.entryAfter = after: data: { inherit after data; before = [ ]; };

    types = {
      str = leaf "a string" isString;
      bool = leaf "true or false" isBool;
      package = leaf "a package" (value: isAttrs value || isString value);
      anything = leaf "anything" (_: true);
      ints.between = low: high:
        leaf "an integer from ${toString low} to ${toString high}"
          (value: isInt value && value >= low && value <= high);
      enum = values: leaf "one of ${builtins.toJSON values}" (value: elem value values);
      strMatching = pattern: leaf "a string like ${pattern}"
        (value: isString value && match pattern value != null);
      lines = {
        merge = place: values: concatStringsSep "\n" values;
      };
      nullOr = type: {
        merge = place: values:
          if values != [ ] && all (value: value == null) values then null else type.merge place values;
      };
      listOf = type: {
        merge = place: values: concatMap
          (value:
            if isList value then genList (n: type.merge "${place}.${toString n}" [ (elemAt value n) ]) (length value)
            else wrong place "a list" value)
          values;
      };
      attrsOf = type: {
        merge = place: values:
          let names = concatMap (value: if isAttrs value then attrNames value else wrong place "a set" value) values;
          in genAttrs names (name: mergeNamed type name "${place}.${name}"
            (concatMap (value: optional (value ? ${name}) value.${name}) values));
      };
      submodule = module: {
        isSubmodule = true;
        mergeNamed = name: place: values: (evaluate {
          inherit place;
          arguments = { inherit name; };
          modules = [ module ] ++ map (value: { config = value; }) values;
        }).config;
        merge = place: values: (evaluate {
          inherit place;
          arguments = { };
          modules = [ module ] ++ map (value: { config = value; }) values;
        }).config;
      };
    };

    evalModules = { modules, specialArgs ? { } }:
      evaluate { place = "config"; arguments = specialArgs; inherit modules; };
  };

  inherit (lib) all concatStringsSep genAttrs optional mapAttrs;

  wrong = place: expected: value:
    throw "${place}: expected ${expected}, there is ${
      if isString value || isInt value || isBool value || value == null
      then builtins.toJSON value else "a ${typeOf value}"}";

  # One value, checked; several definitions must agree.
  leaf = expected: check: {
    merge = place: values:
      if !(all (value: check value) values) then
        wrong place expected (head (filter (value: !(check value)) values))
      else if all (value: value == head values) values then head values
      else throw "${place}: definitions differ";
  };

  mergeNamed = type: name: place: values:
    if type ? isSubmodule then type.mergeNamed name place values else type.merge place values;

  isOption = value: isAttrs value && (value._type or "") == "option";
  kind = value: if isAttrs value then value._type or "" else "";

  # What is defined at a path, with the conditions on the way there unforced.
  definitionsAt = path: value:
    if kind value == "merge" then concatMap (definitionsAt path) value.contents
    else if kind value == "order" then definitionsAt path value.content
    else if kind value == "if" then
      map (found: found // { conditions = [ value.condition ] ++ found.conditions; })
        (definitionsAt path value.content)
    else if path == [ ] then [ { conditions = [ ]; inherit value; } ]
    else if isAttrs value && value ? ${head path} then definitionsAt (tail path) value.${head path}
    else [ ];

  valuesAt = path: configs:
    map (found: found.value)
      (filter (found: all (condition: condition) found.conditions)
        (concatMap (definitionsAt path) configs));

  # Every name that a definition uses must be an option.
  undeclared = place: options: value:
    if isOption options then [ ]
    else if kind value == "merge" then concatMap (undeclared place options) value.contents
    else if kind value == "if" || kind value == "order" then undeclared place options value.content
    else if !(isAttrs value) then [ place ]
    else concatMap
      (name:
        if options ? ${name} then undeclared "${place}.${name}" options.${name} value.${name}
        else [ "${place}.${name}" ])
      (attrNames value);

  mergeOptions = left: right:
    if isOption left || isOption right then right
    else left // mapAttrs (name: value: if left ? ${name} then mergeOptions left.${name} value else value) right;

  evaluate = { place, modules, arguments }:
    let
      open = module:
        let opened = if isFunction module then module (arguments // { inherit config; lib = lib; }) else module;
        in if opened ? options || opened ? config then opened else { config = opened; };
      opened = map open modules;
      options = foldl' mergeOptions { } (map (module: module.options or { }) opened);
      configs = map (module: module.config or { }) opened;
      unknown = concatMap (undeclared place options) configs;
      value = path: option:
        let
          found = valuesAt path configs;
          here = concatStringsSep "." ([ place ] ++ path);
        in
        if found != [ ] then option.type.merge here found
        else if option ? default then option.default
        else throw "${here}: used but not defined";
      build = path: set: mapAttrs
        (name: item: if isOption item then value (path ++ [ name ]) item else build (path ++ [ name ]) item)
        set;
      built = build [ ] options;
      config = built;
    in
    {
      inherit options;
      config = if unknown == [ ] then built else throw "no such option: ${concatStringsSep ", " unknown}";
    };
in
lib
