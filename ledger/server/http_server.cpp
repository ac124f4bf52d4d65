#include "ledger/server/http_server.h"

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "ledger/server/attempt_limit.h"
#include "ledger/server/listen_address.h"

namespace pilotlight::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint32_t header_maximum = 16 * 1024;
constexpr std::uint64_t body_maximum = 1 << 20;
constexpr std::size_t buffer_maximum = 64 * 1024;
constexpr std::chrono::minutes silence_limit{10};
constexpr std::chrono::seconds closing_limit{5};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr long session_ticket_seconds = 12 * 3600;
constexpr std::string_view garbage = "\x16\x03\xff NOT HTTP \r\n\x01\x02{]\r\n\r\n";

using Parser = http::request_parser<http::string_body>;

void set_limits(Parser& parser) {
  parser.header_limit(header_maximum);
  parser.body_limit(body_maximum);
}

unsigned status_of(const beast::error_code& code) {
  if (code == http::error::body_limit) return 413;
  if (code == http::error::header_limit || code == http::error::buffer_overflow) return 431;
  return 400;
}

HttpRequest take_request(http::request<http::string_body>&& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const auto target = message.target();
  const auto mark = target.find('?');
  request.path = std::string(target.substr(0, mark));
  if (mark != beast::string_view::npos) request.query = std::string(target.substr(mark + 1));
  request.body = std::move(message.body());
  return request;
}

// "0123abcd-000017": a number per process start and one per request.
std::string next_request_id() {
  static const auto start =
      static_cast<std::uint32_t>(std::chrono::system_clock::now().time_since_epoch().count() >> 20);
  static std::atomic<std::uint64_t> count{0};
  return fmt::format("{:08x}-{:06d}", start, ++count);
}

}  // namespace

Result<HttpRequest, unsigned> parse_http_request(std::string_view bytes) {
  Parser parser;
  set_limits(parser);
  parser.eager(true);
  beast::error_code code;
  std::string_view rest = bytes;
  while (!rest.empty() && !parser.is_done()) {
    const std::size_t used = parser.put(asio::const_buffer(rest.data(), rest.size()), code);
    if (code) return fail(status_of(code));
    if (used == 0) return fail(400U);
    rest.remove_prefix(used);
  }
  if (!parser.is_done()) return fail(400U);
  return take_request(parser.release());
}

// What all connections of one address share. Outlives them.
class HttpServer::Listener {
 public:
  explicit Listener(Options options)
      : options_(std::move(options)), tls_(asio::ssl::context::tls_server), workers_(options_.worker_threads) {}

  Result<void, Message> open();
  void stop(std::chrono::milliseconds grace);
  std::uint16_t port() const { return port_; }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

 private:
  class Connection;

  void prepare_tls();
  void accept();
  void accepted(tcp::socket socket);
  void closed(std::uint64_t number);

  const Options options_;
  std::atomic<bool> stopping_{false};
  AttemptLimit complaints_{20, std::chrono::seconds(60)};  // keeps strangers from filling the log

  mutable std::mutex mutex_;
  std::condition_variable all_closed_;
  std::uint64_t next_number_ = 0;
  std::map<std::uint64_t, std::weak_ptr<Connection>> open_;

  // Behind everything a connection touches when it ends: what is still queued here is destroyed first.
  asio::ssl::context tls_;
  asio::io_context network_;
  // While every connection waits for a worker the network has nothing to do, and must not end for it.
  asio::executor_work_guard<asio::io_context::executor_type> stay_{network_.get_executor()};
  std::optional<tcp::acceptor> acceptor_;
  asio::steady_timer accept_again_{network_};
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  asio::thread_pool workers_;
};

// One TLS connection: handshake, then requests one after the other. Everything but the answer function runs on its
// strand. Whatever ends it drops the last reference.
class HttpServer::Listener::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Listener& listener, std::uint64_t number, tcp::socket socket)
      : listener_(listener), number_(number), stream_(std::move(socket), listener.tls_), buffer_(buffer_maximum) {}
  ~Connection() { listener_.closed(number_); }

  void run() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
      beast::get_lowest_layer(self->stream_).expires_after(self->options().handshake_limit);
      self->stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self](beast::error_code code) { self->shaken(code); });
    });
  }

  // The server stops: a connection between requests ends now, another after its answer.
  void finish() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->waiting_) beast::get_lowest_layer(self->stream_).close();
    });
  }

 private:
  const Options& options() const { return listener_.options_; }

  void shaken(const beast::error_code& code) {
    if (code) {
      if (listener_.complaints_.allow()) spdlog::info("{}: handshake failed: {}", options().name, code.message());
      return;
    }
    X509* certificate = SSL_get0_peer_certificate(stream_.native_handle());
    if (certificate != nullptr) peer_ = facts_of(certificate);
    wait_for_request();
  }

  void wait_for_request() {
    if (listener_.stopping_) return close();
    if (buffer_.size() > 0) return read_request();
    waiting_ = true;
    beast::get_lowest_layer(stream_).expires_after(options().idle_limit);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](beast::error_code code, std::size_t size) {
                              self->waiting_ = false;
                              if (code) return self->close();
                              self->buffer_.commit(size);
                              self->read_request();
                            });
  }

  void read_request() {
    parser_.emplace();
    set_limits(*parser_);
    beast::get_lowest_layer(stream_).expires_after(options().request_limit);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code code, std::size_t) { self->received(code); });
  }

  void received(const beast::error_code& code) {
    started_ = Clock::now();
    const bool not_http = code.category() == http::make_error_code(http::error::bad_method).category();
    if (not_http && code != http::error::end_of_stream && code != http::error::partial_message) {
      keep_alive_ = false;
      request_id_ = next_request_id();
      return send({status_of(code), "application/json", R"({"error":"BadRequest","message":"not acceptable HTTP"})"});
    }
    if (code) return close();
    keep_alive_ = parser_->get().keep_alive();
    HttpRequest request = take_request(parser_->release());
    request.id = request_id_ = next_request_id();
    request.peer = peer_;
    beast::get_lowest_layer(stream_).expires_never();
    asio::post(listener_.workers_, [self = shared_from_this(), asked = std::move(request)] {
      HttpReply reply = self->ask(asked);
      asio::post(self->stream_.get_executor(),
                 [self, answered = std::move(reply)]() mutable { self->send(std::move(answered)); });
    });
  }

  // An exception out of a library must cost one answer, not the process with everybody's requests in it.
  HttpReply ask(const HttpRequest& request) const {
    try {
      return options().answer(request);
    } catch (const std::exception& error) {
      spdlog::error("{}: request {} failed: {}", options().name, request.id, error.what());
      return {500, "application/json", R"({"error":"Internal","message":"failed; nothing is known about its effect"})"};
    }
  }

  void send(HttpReply reply) {
    log(reply);
    if (reply.delivery == Delivery::Drop) return beast::get_lowest_layer(stream_).close();
    if (reply.delivery == Delivery::Silence) return stay_silent();
    if (reply.delivery == Delivery::Garbage) return send_garbage();
    response_ = {};
    response_.version(11);
    response_.result(reply.status);
    response_.set(http::field::server, "pilotlight-ledger");
    response_.set(http::field::content_type, reply.content_type);
    response_.set("X-Request-Id", request_id_);
    for (const auto& [name, value] : reply.headers) response_.set(name, value);
    keep_alive_ = keep_alive_ && !listener_.stopping_ && (peer_ || options().ca_file.empty());
    response_.keep_alive(keep_alive_);
    response_.body() = std::move(reply.body);
    response_.prepare_payload();
    beast::get_lowest_layer(stream_).expires_after(options().request_limit);
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code code, std::size_t) {
      if (code || !self->keep_alive_) return self->close();
      self->wait_for_request();
    });
  }

  void log(const HttpReply& reply) const {
    const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count();
    const bool known = !reply.route.empty();
    if (!known && !listener_.complaints_.allow()) return;
    spdlog::info("{}: id={} terminal={} path={} status={} us={}", options().name, request_id_,
                 peer_ && known ? peer_->common_name : "-", known ? reply.route : "-", reply.status, spent);
  }

  void stay_silent() {
    waiting_ = true;
    beast::get_lowest_layer(stream_).expires_after(silence_limit);
    stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](beast::error_code, std::size_t) {});
  }

  void send_garbage() {
    beast::get_lowest_layer(stream_).expires_after(options().request_limit);
    asio::async_write(stream_, asio::buffer(garbage.data(), garbage.size()),
                      [self = shared_from_this()](beast::error_code, std::size_t) { self->close(); });
  }

  void close() {
    waiting_ = false;
    beast::get_lowest_layer(stream_).expires_after(closing_limit);
    stream_.async_shutdown([self = shared_from_this()](beast::error_code) {});
  }

  Listener& listener_;
  const std::uint64_t number_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  std::optional<CertificateFacts> peer_;
  std::optional<Parser> parser_;
  http::response<http::string_body> response_;
  std::string request_id_;
  Clock::time_point started_;
  bool keep_alive_ = false;
  bool waiting_ = false;
};

// Time is left out of the handshake's verification on purpose: a terminal whose certificate has just run out must still
// reach the ledger to renew it and to deliver its facts. Whoever answers looks at the dates of every single request.
void HttpServer::Listener::prepare_tls() {
  SSL_CTX* raw = tls_.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  tls_.use_certificate_chain_file(options_.server_file.string());
  tls_.use_private_key_file(options_.server_file.string(), asio::ssl::context::pem);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets only: nothing is kept here per client
  SSL_CTX_set_timeout(raw, session_ticket_seconds);
  static constexpr std::string_view session_context = "pilotlight";
  SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 static_cast<unsigned>(session_context.size()));
  if (options_.ca_file.empty()) return;
  tls_.load_verify_file(options_.ca_file.string());
  SSL_CTX_set_client_CA_list(raw, SSL_load_client_CA_file(options_.ca_file.c_str()));
  tls_.set_verify_mode(asio::ssl::verify_peer);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_depth(SSL_CTX_get0_param(raw), 1);
}

Result<void, Message> HttpServer::Listener::open() {
  const auto address = parse_listen_address(options_.listen);
  if (!address) return fail(address.error());
  try {
    prepare_tls();
    const tcp::endpoint endpoint(asio::ip::make_address(address->host), address->port);
    acceptor_.emplace(network_, endpoint, true);
    port_ = acceptor_->local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    return fail(Message{"cannot serve on " + options_.listen + ": " + error.what()});
  }
  accept();
  for (unsigned i = 0; i < options_.network_threads; ++i) threads_.emplace_back([this] { network_.run(); });
  return {};
}

void HttpServer::Listener::accept() {
  acceptor_->async_accept(asio::make_strand(network_), [this](beast::error_code code, tcp::socket socket) {
    if (stopping_ || code == asio::error::operation_aborted) return;
    if (!code) {
      accepted(std::move(socket));
      return accept();
    }
    // Most likely no descriptor is free: asking again at once would only burn the processor.
    if (complaints_.allow()) spdlog::warn("{}: accept failed: {}", options_.name, code.message());
    accept_again_.expires_after(accept_pause);
    accept_again_.async_wait([this](beast::error_code waited) {
      if (!waited && !stopping_) accept();
    });
  });
}

void HttpServer::Listener::accepted(tcp::socket socket) {
  beast::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  std::shared_ptr<Connection> connection;
  {
    const std::lock_guard lock(mutex_);
    if (open_.size() < options_.connections_maximum) {
      connection = std::make_shared<Connection>(*this, ++next_number_, std::move(socket));
      open_.emplace(next_number_, connection);
    }
  }
  if (connection) return connection->run();
  if (complaints_.allow()) spdlog::warn("{}: refused one more than {}", options_.name, options_.connections_maximum);
}

void HttpServer::Listener::closed(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  open_.erase(number);
  if (open_.empty()) all_closed_.notify_all();
}

void HttpServer::Listener::stop(std::chrono::milliseconds grace) {
  if (stopping_.exchange(true)) return;
  asio::post(network_, [this] {
    beast::error_code ignored;
    acceptor_->close(ignored);
    accept_again_.cancel();
  });
  std::vector<std::shared_ptr<Connection>> still_open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, weak] : open_)
      if (auto connection = weak.lock()) still_open.push_back(std::move(connection));
  }
  for (const auto& connection : still_open) connection->finish();
  still_open.clear();
  {
    std::unique_lock lock(mutex_);
    all_closed_.wait_for(lock, grace, [this] { return open_.empty(); });
  }
  workers_.join();
  network_.stop();
  for (auto& thread : threads_) thread.join();
}

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

Result<std::unique_ptr<HttpServer>, Message> HttpServer::start(Options options) {
  auto listener = std::make_unique<Listener>(std::move(options));
  if (auto opened = listener->open(); !opened) return fail(opened.error());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

void HttpServer::stop(std::chrono::milliseconds grace) { listener_->stop(grace); }

HttpServer::~HttpServer() { listener_->stop(std::chrono::seconds(1)); }

std::uint16_t HttpServer::port() const { return listener_->port(); }
std::size_t HttpServer::connections() const { return listener_->connections(); }

}  // namespace pilotlight::server
