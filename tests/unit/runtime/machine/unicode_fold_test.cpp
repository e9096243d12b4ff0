#include "runtime/machine/unicode_fold.hpp"

#include <doctest/doctest.h>

using sourceos::runtime::fold_name;

TEST_CASE("letters are compared without case") {
  CHECK(fold_name(".SSH") == fold_name(".ssh"));
  CHECK(fold_name("ÄÖÜ") == fold_name("äöü"));
  CHECK(fold_name("ΣΟΦΙΑ") == fold_name("σοφια"));
  CHECK(fold_name("ДОМ") == fold_name("дом"));
}

TEST_CASE("a letter with its mark is the letter and the mark") {
  CHECK(fold_name("jos\xc3\xa9") == fold_name("jose\xcc\x81"));
  // U+1EAD against the marks in the other order.
  CHECK(fold_name("\xe1\xba\xad") == fold_name("\xc3\xa2\xcc\xa3"));
  CHECK(fold_name("\xea\xb0\x81") == fold_name("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8"));
}

TEST_CASE("letters that only look like others by case folding do not hide a name") {
  CHECK(fold_name(".\xc5\xbf\xc5\xbfh") == ".ssh");  // long s
  CHECK(fold_name(".\xe2\x84\xaa"
                  "ube") == ".kube");  // Kelvin sign
}

TEST_CASE("marks that a file system ignores are left out") {
  CHECK(fold_name(".s\xe2\x80\x8csh") == ".ssh");
  CHECK(fold_name("\xef\xbb\xbf.aws") == ".aws");
}

TEST_CASE("bytes that are no UTF-8 stay themselves") {
  CHECK(fold_name("a\xff\xfe") == "a\xff\xfe");
  CHECK(fold_name("\xc3") == "\xc3");
}
