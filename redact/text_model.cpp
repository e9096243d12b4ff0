#include "redact/text_model.hpp"

#include <algorithm>
#include <cstdint>

namespace sourceos::redact {

namespace {

// Lines as programs write them.
constexpr std::string_view k_lines =
    "2026-01-25T10:25:00.465Z gateway[4012]: INFO request finished method=GET path=/v1/items/4711 status=200 duration_ms=12\n"
    "Jan 25 03:07:51 web1 sshd[19939]: Failed password for invalid user test from 10.0.4.22 port 36312 ssh2\n"
    "Jan 25 03:07:52 web1 sshd[19940]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.9\n"
    "[Sun Jan 25 04:51:18 2026] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties\n"
    "[Sun Jan 25 04:51:19 2026] [error] [client 10.0.3.7] Directory index forbidden by rule: /var/www/html/\n"
    "26-01-25 20:35:18 148 INFO dfs.DataNode: PacketResponder 1 for block blk_38865049064139 terminating, received size 67108864\n"
    "26-01-25 20:35:32,446 - WARN [SendWorker:18897820:QuorumCnxManager@688] - Interrupted while waiting for message on queue\n"
    "{\"event\":\"job.done\",\"queue\":\"default\",\"attempt\":1,\"items\":12,\"bytes\":40961,\"worker\":3,\"ok\":true}\n"
    "kernel: [ 12.004182] usb 1-1: new high-speed device number 2 using driver, interface eth0: link up, 1000 Mbps, memory at 0x9fc00\n"
    "systemd[1]: Started Session 42 of user app. Listening on socket, main process exited, code=exited, status=1/FAILURE\n"
    "connection from 10.0.2.118:40231 closed by remote host; accepted, keep-alive on, waiting for next request, timeout 30 s\n"
    "proxy.host.example:5070 close, 451 bytes sent, 18846 bytes received, lifetime 00:01 open through proxy HTTPS\n"
    "cache lookup miss key=product entries=120441, reading the row from the primary database, collected 311 objects in 4 ms\n"
    "ERROR main.server: could not open configuration file: permission denied, option ignored, retrying the transaction\n"
    "GET https://example.com/static/style.css?version=12 HTTP/1.1 304 0 \"Mozilla/5.0 (X11; Linux x86_64)\"\n"
    "node-D7 1077804742 unix.hw state_change.unavailable: Component State Change: Component \\042alt0\\042 is in the unavailable state\n"
    "check pass; user unknown, session opened for user root by (uid=0), command completed, container created, image pulled, task finished\n";

}  // namespace

const TextModel& TextModel::instance() {
  static const TextModel model;
  return model;
}

std::string_view TextModel::lines() { return k_lines; }

TextModel::TextModel() {
  constexpr float k_unseen = 0.3F;      // of each byte
  constexpr float k_unseen_pairs = 6;   // behind each byte, by how common the next one is
  float sum = 0;
  for (std::size_t code = 0; code < k_text_codes; ++code) {
    share_[code] = k_unseen;
  }
  for (std::size_t i = 0; i < k_lines.size(); ++i) {
    ++share_[text_code(k_lines[i])];
    if (i + 4 <= k_lines.size()) {
      fours_[hash_of_four(k_lines.substr(i, 4))] += 1 / static_cast<float>(k_lines.size());
    }
    if (i + 1 < k_lines.size()) {
      ++next_[text_code(k_lines[i])][text_code(k_lines[i + 1])];
    }
  }
  for (const float count : share_) {
    sum += count;
  }
  for (std::size_t code = 0; code < k_text_codes; ++code) {
    for (std::size_t next = 0; next < k_text_codes; ++next) {
      float& share = next_[code][next];
      share = (share + k_unseen_pairs * share_[next] / sum) / (share_[code] + k_unseen_pairs);
    }
  }
  for (float& share : share_) {
    share /= sum;
  }
}

std::size_t TextModel::hash_of_four(std::string_view bytes) {
  std::uint32_t codes = 0;
  for (const char c : bytes) {
    codes = codes << 6 | static_cast<std::uint32_t>(text_code(c));
  }
  return codes * 2654435761U >> 18;
}

float TextModel::share(std::string_view bytes) const {
  float share = share_[text_code(bytes.front())];
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    share *= next_[text_code(bytes[i - 1])][text_code(bytes[i])];
  }
  return bytes.size() == 4 ? std::max(share, fours_[hash_of_four(bytes)]) : share;
}

}  // namespace sourceos::redact
