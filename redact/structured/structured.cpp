#include "redact/structured/structured.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "redact/structured/json_spans.hpp"
#include "redact/structured/line_formats.hpp"
#include "redact/structured/table.hpp"
#include "redact/structured/xml_spans.hpp"
#include "redact/structured/yaml_spans.hpp"

namespace sourceos::redact {

namespace {

struct Known {
  std::string_view name;
  Format format;
};

// Whole file names, without their directories.
constexpr auto k_names = std::to_array<Known>({
    {"auth.json", Format::json},      {"config.json", Format::json},   {".dockercfg", Format::json},
    {".dockerconfigjson", Format::json}, {"kubeconfig", Format::yaml}, {".netrc", Format::netrc},
    {"_netrc", Format::netrc},        {".authinfo", Format::netrc},    {".pgpass", Format::pgpass},
    {"pgpass.conf", Format::pgpass},  {".npmrc", Format::ini},         {".yarnrc", Format::ini},
    {".pypirc", Format::ini},         {".gitconfig", Format::ini},     {".my.cnf", Format::ini},
    {".s3cfg", Format::ini},          {"credentials", Format::ini},    {".boto", Format::ini},
    {"rclone.conf", Format::ini},     {".env", Format::dotenv},        {".envrc", Format::dotenv},
    {".bashrc", Format::dotenv},      {".bash_profile", Format::dotenv}, {".profile", Format::dotenv},
    {".zshrc", Format::dotenv},       {".zshenv", Format::dotenv},     {".zprofile", Format::dotenv},
    {"environment", Format::dotenv},  {"cmdline", Format::arguments},  {"environ", Format::environment}});

constexpr auto k_endings = std::to_array<Known>({
    {"json", Format::json},       {"jsonl", Format::json},       {"ndjson", Format::json},  {"tfstate", Format::json},
    {"ipynb", Format::json},      {"yaml", Format::yaml},        {"yml", Format::yaml},     {"xml", Format::xml},
    {"plist", Format::xml},       {"csproj", Format::xml},       {"props", Format::xml},    {"ini", Format::ini},
    {"cfg", Format::ini},         {"cnf", Format::ini},          {"properties", Format::ini}, {"toml", Format::ini},
    {"nmconnection", Format::ini}, {"service", Format::unit},    {"socket", Format::unit},  {"timer", Format::unit},
    {"mount", Format::unit},      {"path", Format::unit},        {"container", Format::unit}, {"pod", Format::unit},
    {"volume", Format::unit},     {"kube", Format::unit},        {"build", Format::unit},   {"nspawn", Format::unit},
    {"netdev", Format::unit},     {"env", Format::dotenv}});

constexpr auto k_begins = std::to_array<Known>({
    {"{", Format::json},          {"[{", Format::json},        {"[\n", Format::json},      {"<?xml", Format::xml},
    {"<!DOCTYPE plist", Format::xml}, {"<plist", Format::xml}, {"---\n", Format::yaml},    {"apiVersion:", Format::yaml},
    {"kind:", Format::yaml},      {"services:", Format::yaml}, {"clusters:", Format::yaml}, {"users:", Format::yaml},
    {"machine ", Format::netrc},  {"[Unit]", Format::unit},    {"[Service]", Format::unit}, {"[Container]", Format::unit},
    {"[Pod]", Format::unit},      {"[Kube]", Format::unit},    {"[Mount]", Format::unit},  {"[Timer]", Format::unit},
    {"env:", Format::yaml},       {"environment:", Format::yaml}, {"- name:", Format::yaml}});

// `[section]`, then `name = value`.
bool begins_sections(std::string_view begin) {
  const std::size_t line_end = begin.find('\n');
  const std::string_view first = text::trim(begin.substr(0, line_end));
  if (line_end == std::string_view::npos || first.size() < 3 || first.front() != '[' || first.back() != ']' ||
      first.find_first_of("{}\"',", 1) != std::string_view::npos) {
    return false;
  }
  const std::string_view second = begin.substr(std::min(begin.find_first_not_of(" \t\r\n", line_end), begin.size()));
  const std::size_t sign = second.find_first_of("=\n");
  return sign != std::string_view::npos && second[sign] == '=' && sign > 0 &&
         second.substr(0, sign).find_first_of("\"'(){}") == std::string_view::npos;
}

}  // namespace

Format format_of(std::string_view name, std::string_view bytes) {
  const std::string_view file = name.substr(name.find_last_of("/\\") + 1);
  for (const Known& known : k_names) {
    if (file == known.name) {
      return known.format;
    }
  }
  if (file == "config" && name.ends_with(".kube/config")) {
    return Format::yaml;
  }
  if (file == "config" && name.ends_with(".git/config")) {
    return Format::ini;
  }
  const std::size_t dot = file.rfind('.');
  const std::string ending = dot == std::string_view::npos ? "" : text::ascii_lower(file.substr(dot + 1));
  for (const Known& known : k_endings) {
    if (ending == known.name) {
      return known.format;
    }
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  const std::string_view begin = first == std::string_view::npos ? "" : bytes.substr(first);
  for (const Known& known : k_begins) {
    if (begin.starts_with(known.name)) {
      return known.format;
    }
  }
  return begins_sections(begin) ? Format::ini : Format::text;
}

std::optional<SecretValues> secret_values(Format format, std::string_view name, std::string_view bytes,
                                          std::vector<BareValue>* bare) {
  if (format == Format::automatic) {
    format = format_of(name, bytes);
    if (format == Format::text) {
      return table_secrets(bytes);
    }
  }
  switch (format) {
    case Format::json: return json_secrets(bytes, bare);
    case Format::yaml: return yaml_secrets(bytes);
    case Format::xml: return xml_secrets(bytes);
    case Format::ini: return ini_secrets(bytes);
    case Format::unit: return unit_secrets(bytes);
    case Format::dotenv: return dotenv_secrets(bytes);
    case Format::netrc: return netrc_secrets(bytes);
    case Format::pgpass: return pgpass_secrets(bytes);
    case Format::arguments: return argument_secrets(bytes);
    case Format::environment: return environment_secrets(bytes);
    default: return SecretValues();
  }
}

}  // namespace sourceos::redact
