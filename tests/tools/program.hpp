// Runs the built program as a user would, without a shell, and keeps what it said.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <vector>

extern char** environ;

namespace dln::tools {

namespace fs = std::filesystem;

struct Outcome {
  int code;  // 128 + n for signal n
  std::string out, err;
};

inline std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void spill(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A fresh, empty folder below the build.
inline fs::path scratch(const std::string& name) {
  const fs::path folder = fs::path(DLN_TEST_SCRATCH) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

// How long it takes: for moments that find the program at work on any machine, unlike a number of
// milliseconds.
inline std::chrono::duration<double> time_of(const std::function<void()>& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - begun;
}

// The regular files below it, in order.
inline std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
  std::ranges::sort(names);
  return names;
}

// An IDX file: a header of big-endian numbers, then bytes.
inline std::string idx(std::initializer_list<unsigned> header, const std::string& bytes) {
  std::string file;
  for (unsigned word : header)
    for (int shift : {24, 16, 8, 0}) file += static_cast<char>(word >> shift & 0xff);
  return file + bytes;
}

struct Launch {
  std::string input = {};
  std::string out_to = {};                    // a file such as /dev/full instead of a pipe to us
  std::vector<std::string> environment = {};  // NAME=VALUE, instead of the variables of the same name
};

inline pid_t start(const std::vector<std::string>& arguments, const fs::path& folder, const Launch& launch) {
  std::vector<std::string> words{DLN_PROGRAM}, variables;
  words.insert(words.end(), arguments.begin(), arguments.end());
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable, name = text.substr(0, text.find('=') + 1);
    if (std::ranges::none_of(launch.environment, [&](const auto& other) { return other.starts_with(name); }))
      variables.push_back(text);
  }
  variables.insert(variables.end(), launch.environment.begin(), launch.environment.end());
  auto pointers = [](std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (auto& string : strings) list.push_back(string.data());
    list.push_back(nullptr);
    return list;
  };
  auto argv = pointers(words), envp = pointers(variables);
  spill(folder / "in", launch.input);
  const std::string out = launch.out_to.empty() ? (folder / "out").string() : launch.out_to;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, (folder / "in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_addopen(&actions, 2, (folder / "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  pid_t child = 0;
  const int trouble = posix_spawn(&child, DLN_PROGRAM, &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  return trouble == 0 ? child : -1;
}

inline Outcome finish(pid_t child, const fs::path& folder) {
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, slurp(folder / "out"), slurp(folder / "err")};
}

inline Outcome dln(const std::vector<std::string>& arguments, const Launch& launch = {}) {
  const fs::path folder = fs::path(DLN_TEST_SCRATCH) / ("run-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto outcome = finish(start(arguments, folder, launch), folder);
  fs::remove_all(folder);
  return outcome;
}

}  // namespace dln::tools
