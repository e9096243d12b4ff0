// A planned container and what Podman says of it when it made just that.
#pragma once

#include "core/json/json.hpp"
#include "runtime/machine/container_plan.hpp"

namespace sourceos::tests {

inline runtime::ContainerPlan sample_plan() {
  runtime::ContainerPlan plan;
  plan.name = "srcos-p-r-shell";
  plan.image = "localhost/x@sha256:d";
  plan.image_id = "abc";
  plan.image_environment = {"FROM_IMAGE=1"};
  plan.binds = {{.source = "/home/a/dev/r",
                 .target = "/workspace/dev/r",
                 .is_read_only = false,
                 .options = {"nodev", "nosuid"},
                 .pin = std::nullopt}};
  plan.environment = {{"EDITOR", "vi"}};
  plan.labels = {{"ai.srcos.session.class", "operator-terminal"}};
  plan.argv = {"/bin/sh"};
  plan.workdir = "/workspace/dev/r";
  plan.network = "none";
  plan.userns = "keep-id";
  plan.is_interactive = true;
  return plan;
}

inline json::Value made_container(const runtime::ContainerPlan& plan = sample_plan()) {
  json::Value mounts = json::Value::array();
  for (const runtime::PlannedBind& bind : plan.binds) {
    mounts.push_back({{"Type", "bind"},
                      {"Source", bind.source},
                      {"Destination", bind.target},
                      {"RW", !bind.is_read_only}});
  }
  json::Value env = {"PATH=/bin", "container=podman", "HOSTNAME=x", "TERM=xterm"};
  for (const auto& [name, value] : plan.environment) {
    env.push_back(name + "=" + value);
  }
  return {{"Image", plan.image_id},
          {"Mounts", std::move(mounts)},
          {"EffectiveCaps", nullptr},
          {"BoundingCaps", nullptr},
          {"State", {{"Status", "initialized"}, {"Pid", 0}}},
          {"Config", {{"Env", std::move(env)}, {"Cmd", plan.argv}, {"Entrypoint", ""}}},
          {"HostConfig",
           {{"NetworkMode", plan.network},
            {"Privileged", false},
            {"CapAdd", json::Value::array()},
            {"Devices", json::Value::array()},
            {"SecurityOpt", {"no-new-privileges"}},
            {"PidMode", "private"},
            {"IpcMode", "shareable"},
            {"UTSMode", "private"},
            {"CgroupMode", "host"},
            {"ReadonlyRootfs", plan.read_only_rootfs},
            {"Tmpfs", {{"/tmp", "rw"}, {"/run", "rw"}, {"/var/tmp", "rw"}}},
            {"PortBindings", json::Value::object()},
            {"VolumesFrom", nullptr}}}};
}

}  // namespace sourceos::tests
