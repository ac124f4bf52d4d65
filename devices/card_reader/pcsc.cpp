#include "devices/card_reader/pcsc.h"

#include <string_view>
#include <vector>

namespace pilotlight::devices {

ChannelError channel_error(LONG code) {
  switch (code) {
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD:
      return ChannelError::CardGone;
    case SCARD_W_RESET_CARD:
      return ChannelError::CardReset;
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_READER_UNAVAILABLE:
    case SCARD_E_NO_READERS_AVAILABLE:
    case SCARD_E_SHARING_VIOLATION:
      return ChannelError::ReaderGone;
    default:
      return service_is_gone(code) ? ChannelError::ReaderGone : ChannelError::NoAnswer;
  }
}

bool service_is_gone(LONG code) {
  switch (code) {
    case SCARD_E_NO_SERVICE:
    case SCARD_E_SERVICE_STOPPED:
    case SCARD_E_INVALID_HANDLE:
    case SCARD_E_NO_ACCESS:
    case SCARD_F_COMM_ERROR:
    case SCARD_F_INTERNAL_ERROR:
      return true;
    default:
      return false;
  }
}

std::optional<std::string> find_reader(SCARDCONTEXT context, const std::string& wanted, LONG& code) {
  DWORD size = 0;
  code = SCardListReaders(context, nullptr, nullptr, &size);
  if (code != SCARD_S_SUCCESS) return std::nullopt;
  std::vector<char> names(size);
  code = SCardListReaders(context, nullptr, names.data(), &size);
  if (code != SCARD_S_SUCCESS) return std::nullopt;

  std::optional<std::string> begins_so;
  for (std::string_view rest(names.data(), size); !rest.empty() && rest.front() != '\0';) {
    const std::string name(rest.substr(0, rest.find('\0')));
    if (name == wanted) return name;
    if (!begins_so && name.starts_with(wanted)) begins_so = name;
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return begins_so;
}

}  // namespace pilotlight::devices
