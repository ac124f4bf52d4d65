// Expected failures are values. E is a closed enum or a small struct; exceptions are only for "cannot start".
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace pilotlight {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
tl::unexpected<std::decay_t<E>> fail(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

// For failures that only a person reads (configuration, start-up, command line): says what happened and what to do.
struct Message {
  std::string text;
};

}  // namespace pilotlight
