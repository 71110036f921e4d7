#include "tools/convert/record_files.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace fs = std::filesystem;

namespace {

std::size_t n_entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("output_folder: nothing is there before commit(), all of it afterwards") {
  const support::TempFolder temp;
  for (const char* name : {"out", "with-slash/"}) {
    const fs::path path = temp.path() / name;
    tools::OutputFolder folder(path.string());
    std::ofstream(fs::path(folder.aside()) / "a") << "hello";
    CHECK_FALSE(fs::exists(path / "a"));
    folder.commit();
    CHECK(fs::file_size(path / "a") == 5);
  }
  CHECK(n_entries(temp.path()) == 2);
  fs::create_directory(temp.path() / "empty");
  tools::OutputFolder folder((temp.path() / "empty").string());
  std::ofstream(fs::path(folder.aside()) / "a") << "hello";
  folder.commit();
  CHECK(fs::exists(temp.path() / "empty/a"));
}

TEST_CASE("output_folder: without commit() no trace is left") {
  const support::TempFolder temp;
  {
    tools::OutputFolder folder((temp.path() / "out").string());
    std::ofstream(fs::path(folder.aside()) / "a") << "hello";
  }
  CHECK(n_entries(temp.path()) == 0);
}

TEST_CASE("output_folder: what is there already stays") {
  const support::TempFolder temp;
  std::ofstream(temp.path() / "file") << "x";
  CHECK_THROWS_WITH(tools::OutputFolder((temp.path() / "file").string()), Catch::Contains("is there already"));
  CHECK_THROWS_WITH(tools::OutputFolder(temp.path().string()), Catch::Contains("is there already"));
  CHECK_THROWS_WITH(tools::OutputFolder((temp.path() / "no/out").string()),
                    Catch::Contains("does not exist; make it first"));
  CHECK_THROWS_WITH(tools::OutputFolder("-"), Catch::Contains("name one with -o"));
  CHECK(n_entries(temp.path()) == 1);
}

TEST_CASE("output_folder: what a killed run left is removed, what another run writes is not") {
  const support::TempFolder temp;
  const std::string path = (temp.path() / "out").string();
  fs::create_directory(temp.path() / ".out.ossicle-part");
  std::ofstream(temp.path() / ".out.ossicle-part/feats.ark") << "left";
  tools::OutputFolder living(path);
  std::ofstream(fs::path(living.aside()) / "a") << "hello";
  CHECK(n_entries(living.aside()) == 1);
  {
    const tools::OutputFolder other(path);
    CHECK(other.aside() != living.aside());
    CHECK(n_entries(temp.path()) == 2);
  }
  living.commit();
  CHECK(n_entries(temp.path()) == 1);
  CHECK(fs::file_size(temp.path() / "out/a") == 5);
}

TEST_CASE("output_folder: a folder beside it that another program may have made stays") {
  const support::TempFolder temp;
  fs::create_directory(temp.path() / ".out.part");
  std::ofstream(temp.path() / ".out.part/mine") << "mine";
  tools::OutputFolder folder((temp.path() / "out").string());
  folder.commit();
  CHECK(fs::exists(temp.path() / ".out.part/mine"));
}

TEST_CASE("output_folder: a name as long as the file system allows") {
  const support::TempFolder temp;
  tools::OutputFolder folder((temp.path() / std::string(255, 'n')).string());
  folder.commit();
  CHECK(n_entries(temp.path()) == 1);
}
