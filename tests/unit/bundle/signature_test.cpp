// RFC 8032 section 7.1; "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko 2020), whose
// twelve cases are where implementations differ; and points with a torsion part.
#include "bundle/signature.hpp"

#include "core/bytes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

PublicKey raw_key(std::string_view hex) {
  PublicKey key;
  const std::string bytes = hex_decode(hex).value();
  REQUIRE(bytes.size() == PublicKey::k_size);
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

SecretKey secret_key(std::string_view seed_hex) {
  std::string seed = hex_decode(seed_hex).value();
  return std::move(SecretKey::from_seed(SecretBytes::take(seed)).value());
}

struct Rfc8032 {
  const char* seed;
  const char* key;
  const char* message;
  const char* signature;
};
constexpr std::array k_rfc8032 = {
    Rfc8032{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
            "701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    Rfc8032{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
            "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    Rfc8032{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7"
            "60984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

struct Speccheck {
  const char* what;
  const char* message;
  const char* key;
  const char* signature;
  bool accepted;
};
constexpr std::array k_speccheck = {
    Speccheck{"0: small A and R, S = 0",
              "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
              "0000000000000000000000000000000000000000000000000000000000000000",
              false},
    Speccheck{"1: small A, mixed R",
              "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43"
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
              false},
    Speccheck{"2: mixed A, small R",
              "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
              "8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
              false},
    Speccheck{"3: mixed A and R, both equations hold",
              "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f"
              "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
              true},
    Speccheck{"4: mixed A and R, only the equation with cofactor holds",
              "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512"
              "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
              false},
    Speccheck{"5: mixed A, prime order R, only the equation with cofactor holds",
              "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
              "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
              "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7"
              "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
              false},
    Speccheck{"6: S > L", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
              "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
              "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e"
              "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
              false},
    Speccheck{"7: S >> L", "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
              "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
              "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942"
              "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
              false},
    Speccheck{"8: non-canonical R", "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
              "454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
              false},
    Speccheck{"9: non-canonical R, reduced before hashing",
              "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
              "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
              "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
              "084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
              false},
    Speccheck{"10: non-canonical A", "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
              false},
    Speccheck{"11: non-canonical A, reduced before hashing",
              "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
              "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
              "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
              false},
};

// Every encoding of a point of small order, the non-canonical ones among them.
constexpr std::array k_small_order = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

// The first key of RFC 8032 plus each point of the 8-torsion but the identity.
constexpr std::array k_with_torsion = {
    "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
    "40c7570f4dd54835b9131184410ed4a0cc93e7d9ad053cbc6d07a62426999582",
    "9158312a9a8d6e3b34c891d6d61444f8b8211c5117ebad15bdb0bd68b07e0245",
    "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
    "b2a4b8a3b47d22ea8d86603ab90b393fc1b87399ab55b3806ba4cb815cd509f2",
    "ad38a8f0b22ab7ca46ecee7bbef12b5f336c182652fac34392f859dbd9666a7d",
    "5ca7ced5657291c4cb376e2929ebbb0747dee3aee81452ea424f42974f81fdba",
};

std::string raw(const char* hex) { return hex_decode(hex).value(); }

}  // namespace

TEST_CASE("many small secrets at once keep their bytes apart, and come and go on every thread") {
  std::vector<SecretBytes> held;
  for (std::size_t i = 0; i < 200; ++i) {  // more than share a page
    std::string bytes(1 + i % 70, static_cast<char>('a' + i % 26));
    held.push_back(SecretBytes::take(bytes));
    CHECK(bytes.empty());
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    CHECK(held[i].view() == std::string(1 + i % 70, static_cast<char>('a' + i % 26)));
  }
  std::vector<std::thread> threads;
  std::atomic<int> mixed = 0;
  for (char name = '0'; name < '4'; ++name) {
    threads.emplace_back([name, &mixed] {
      for (int i = 0; i < 2000; ++i) {
        std::string bytes(32, name);
        const SecretBytes secret = SecretBytes::take(bytes);
        mixed += secret.view() == std::string(32, name) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(mixed == 0);
}

TEST_CASE("the RFC 8032 keys sign the RFC 8032 signatures") {
  for (const Rfc8032& vector : k_rfc8032) {
    const SecretKey key = secret_key(vector.seed);
    CHECK(hex_encode(key.public_key().view()) == vector.key);
    const std::string message = raw(vector.message);
    CHECK(hex_encode(key.sign(message)) == vector.signature);
    CHECK(verify_signature(message, raw(vector.signature), key.public_key()));
  }
}

TEST_CASE("a signature with any bit changed is refused") {
  const std::string signature = raw(k_rfc8032[1].signature);
  const PublicKey key = raw_key(k_rfc8032[1].key);
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    CHECK_FALSE(verify_signature(raw(k_rfc8032[1].message), changed, key));
  }
}

TEST_CASE("a signature of another length is refused") {
  const std::string signature = raw(k_rfc8032[0].signature);
  const PublicKey key = raw_key(k_rfc8032[0].key);
  CHECK_FALSE(verify_signature("", "", key));
  CHECK_FALSE(verify_signature("", signature.substr(0, 63), key));
  CHECK_FALSE(verify_signature("", signature + '\0', key));
}

TEST_CASE("the malleable twin of a signature, S + L, is refused") {
  const std::string twin =
      raw(k_rfc8032[0].signature).substr(0, 32) +
      raw("4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b");
  CHECK_FALSE(verify_signature("", twin, raw_key(k_rfc8032[0].key)));
}

TEST_CASE("where implementations differ, the answer is libsodium's") {
  for (const Speccheck& vector : k_speccheck) {
    CAPTURE(vector.what);
    CHECK(verify_signature(raw(vector.message), raw(vector.signature), raw_key(vector.key)) ==
          vector.accepted);
  }
}

TEST_CASE("R = identity, small A and non-canonical A are refused, unlike by OpenSSL") {
  const std::string identity = raw(k_small_order[0]);
  const std::string zero(32, '\0');
  // With A and R of small order and S = 0, the equation without cofactor holds for some messages.
  for (const char* key : k_small_order) {
    for (const char* r : k_small_order) {
      for (const char* message : {"", "a", "b", "c", "d", "e", "f", "g"}) {
        CHECK_FALSE(verify_signature(message, raw(r) + zero, raw_key(key)));
      }
    }
  }
  CHECK_FALSE(verify_signature("", identity + zero, raw_key(k_rfc8032[0].key)));
}

TEST_CASE("a key of small order never enters trust") {
  for (const char* key : k_small_order) {
    CHECK(PublicKey::from_bytes(raw(key)).error().reason == "malformed");
  }
}

TEST_CASE("a key with a torsion part never enters trust") {
  CHECK(PublicKey::from_bytes(raw(k_rfc8032[0].key)).has_value());
  for (const char* key : k_with_torsion) {
    CAPTURE(key);
    CHECK_FALSE(PublicKey::from_bytes(raw(key)).has_value());
  }
  // The mixed-order keys of the table above verify something, and are refused as keys.
  for (const Speccheck& vector : k_speccheck) {
    if (vector.accepted) {
      CHECK_FALSE(PublicKey::from_bytes(raw(vector.key)).has_value());
    }
  }
}

TEST_CASE("a value that is no point, or not 32 bytes, never enters trust") {
  CHECK_FALSE(PublicKey::from_bytes("").has_value());
  CHECK_FALSE(PublicKey::from_bytes(std::string(31, '\1')).has_value());
  CHECK_FALSE(PublicKey::from_bytes(std::string(33, '\1')).has_value());
  // y = 2 is on no point of the curve.
  CHECK_FALSE(PublicKey::from_bytes("\x02" + std::string(31, '\0')).has_value());
}

TEST_CASE("a seed of another length makes no key") {
  std::string seed(31, 'x');
  CHECK_FALSE(SecretKey::from_seed(SecretBytes::take(seed)).has_value());
  CHECK(seed.empty());
}

TEST_CASE("the hashes of foreign formats are SHA-512 and BLAKE2b-512") {
  CHECK(hex_encode(sha512("abc")) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3"
        "feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(hex_encode(blake2b_512("abc")) ==
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de45"
        "33cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST_CASE("a box opens with its passphrase and with no other") {
  const PassphraseCost cheap{1, 8192};
  std::string right = "right";
  std::string wrong = "wrong";
  const std::string salt(k_passphrase_salt_size, 's');
  const std::string nonce(k_box_nonce_size, 'n');
  const SecretBytes key = *derive_box_key(SecretBytes::take(right), salt, cheap);
  const SecretBytes other = *derive_box_key(SecretBytes::take(wrong), salt, cheap);
  std::string box = seal_box("secret", nonce, key);
  CHECK(box.find("secret") == std::string::npos);
  CHECK(open_box(box, nonce, key)->view() == "secret");
  CHECK(open_box(box, nonce, other).error().reason == "key-passphrase");
  box.back() = static_cast<char>(box.back() ^ 1);
  CHECK(open_box(box, nonce, key).error().reason == "key-passphrase");
  CHECK(open_box("short", nonce, key).error().reason == "malformed");
}
