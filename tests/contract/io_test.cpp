// SPDX-License-Identifier: MIT
#include "tests/contract/engine_contract.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace asyncrun::contract {
namespace {

/// A descriptor that is registered with an engine for its lifetime.
class Descriptor {
  public:
    Descriptor(Engine& engine, int fd) : engine_(engine) {
        handle.fd = fd;
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        engine.open_io(handle);
    }
    ~Descriptor() {
        engine_.close_io(handle);
        close(handle.fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    IoHandle handle;

  private:
    Engine& engine_;
};

/// An operation that counts its completions.
class Operation final : public IoOperation {
  public:
    Operation(Kind its_kind, Descriptor& on) {
        kind = its_kind;
        handle = &on.handle;
    }
    /// Starts it with a buffer; afterwards it is done, or completes() with a later turn.
    Operation& start(Engine& engine, void* data = nullptr, size_t bytes = 0) {
        buffer = data;
        size = bytes;
        result = INT64_MIN;
        if (engine.start_io(*this)) ++completed;
        return *this;
    }
    void run() noexcept override { ++completed; }
    int completed = 0;
};

class EngineIo : public EngineContract {
  protected:
    struct Pair {
        Pair(Engine& engine, std::array<int, 2> fds) : a(engine, fds[0]), b(engine, fds[1]) {}
        Descriptor a, b;
    };
    static std::array<int, 2> socket_pair(int type = SOCK_STREAM) {
        std::array<int, 2> fds{};
        if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()) != 0)
            throw std::system_error(errno, std::generic_category());
        return fds;
    }
    static sockaddr_in loopback(uint16_t port = 0) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static int tcp_socket() { return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
    /// A listening socket and the address to reach it at.
    static int listener(sockaddr_storage& address, socklen_t& size) {
        const int fd = tcp_socket();
        sockaddr_in any = loopback();
        bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any);
        listen(fd, 64);
        size = sizeof any;
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        return fd;
    }
    static void close_abruptly(int fd) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
    }
    void run_until_idle() { EXPECT_EQ(engine().run(), Engine::End::idle); }
};
INSTANTIATE_TEST_SUITE_P(Contract, EngineIo, testing::ValuesIn(engine_cases(true)), case_name);

class EngineWithoutSockets : public EngineContract {};
INSTANTIATE_TEST_SUITE_P(Contract, EngineWithoutSockets, testing::ValuesIn(engine_cases(false)), case_name);

TEST_P(EngineWithoutSockets, RefusesThemWithAReason) {
    IoHandle handle;
    try {
        engine().open_io(handle);
        FAIL() << "accepted";
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code().value(), ENOTSUP);
    }
}

TEST_P(EngineIo, ReadsWhatComesLater) {
    Pair pair(engine(), socket_pair());
    std::array<char, 16> buffer{};
    Operation read(IoOperation::Kind::read, pair.a);
    read.start(engine(), buffer.data(), buffer.size());
    EXPECT_EQ(read.completed, 0);
    char hello[] = "hello";
    Operation write(IoOperation::Kind::write, pair.b);
    engine().schedule(turn([&] { write.start(engine(), hello, 5); }));
    run_until_idle();
    EXPECT_EQ(write.completed, 1);
    EXPECT_EQ(write.result, 5);
    EXPECT_EQ(read.completed, 1);
    EXPECT_EQ(read.result, 5);
    EXPECT_EQ(std::string_view(buffer.data(), 5), "hello");
}

TEST_P(EngineIo, ReadsToTheEndWhenTheLastDataAndTheCloseComeTogether) {
    const auto fds = socket_pair();
    Descriptor reader(engine(), fds[0]);
    std::array<char, 64> buffer{};
    Operation read(IoOperation::Kind::read, reader);
    // It waits already, so that the engine hears of data and close in one event.
    read.start(engine(), buffer.data(), buffer.size());
    ASSERT_EQ(send(fds[1], "the end", 7, 0), 7);
    close(fds[1]);
    run_until_idle();
    ASSERT_EQ(read.completed, 1);
    EXPECT_EQ(read.result, 7);
    read.start(engine(), buffer.data(), buffer.size());
    run_until_idle();
    EXPECT_EQ(read.completed, 2);
    EXPECT_EQ(read.result, 0);
}

TEST_P(EngineIo, ReadsTheEndOfAStreamAgainAndAgain) {
    const auto fds = socket_pair();
    Descriptor reader(engine(), fds[0]);
    close(fds[1]);
    std::array<char, 8> buffer{};
    Operation read(IoOperation::Kind::read, reader);
    for (int i = 1; i <= 3; ++i) {
        read.start(engine(), buffer.data(), buffer.size());
        run_until_idle();
        EXPECT_EQ(read.completed, i);
        EXPECT_EQ(read.result, 0);
    }
}

TEST_P(EngineIo, TakesDatagramsOneByOne) {
    const auto fds = socket_pair(SOCK_DGRAM);
    Pair pair(engine(), fds);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(send(fds[1], "x", 1, 0), 1);
    std::array<char, 64> buffer{};
    Operation read(IoOperation::Kind::read, pair.a);
    for (int i = 1; i <= 3; ++i) {
        read.start(engine(), buffer.data(), buffer.size());
        run_until_idle();
        EXPECT_EQ(read.completed, i);
        EXPECT_EQ(read.result, 1);
    }
}

TEST_P(EngineIo, WorksOnPipesToo) {
    std::array<int, 2> fds{};
    ASSERT_EQ(pipe(fds.data()), 0);
    Pair pipe(engine(), fds);
    std::array<char, 8> buffer{};
    char text[] = "pipe";
    Operation read(IoOperation::Kind::read, pipe.a);
    read.start(engine(), buffer.data(), buffer.size());
    Operation write(IoOperation::Kind::write, pipe.b);
    write.start(engine(), text, 4);
    run_until_idle();
    EXPECT_EQ(write.result, 4);
    EXPECT_EQ(read.result, 4);
}

TEST_P(EngineIo, WaitsWithAWriteUntilThePeerReads) {
    const auto fds = socket_pair();
    Pair pair(engine(), fds);
    std::vector<char> data(1 << 20, 'x');
    Operation write(IoOperation::Kind::write, pair.a);
    int64_t sent = 0;
    for (;;) {
        const int before = write.completed;
        write.start(engine(), data.data(), data.size());
        if (write.completed == before) break;
        ASSERT_GT(write.result, 0);
        sent += write.result;
    }
    std::vector<char> sink(1 << 16);
    int64_t received = 0;
    const int completed = write.completed;
    std::function<void()> drain;
    Turn* reader = &turn([&] { drain(); });
    drain = [&] {
        for (ssize_t n; (n = recv(fds[1], sink.data(), sink.size(), MSG_DONTWAIT)) > 0;) received += n;
        if (write.completed == completed) engine().schedule(*reader);
    };
    engine().schedule(*reader);
    run_until_idle();
    ASSERT_EQ(write.completed, completed + 1);
    EXPECT_GT(write.result, 0);
    drain();
    EXPECT_EQ(received, sent + write.result);
}

TEST_P(EngineIo, CompletesACancelledOperationOnce) {
    Pair pair(engine(), socket_pair());
    std::array<char, 8> buffer{};
    Operation read(IoOperation::Kind::read, pair.a);
    read.start(engine(), buffer.data(), buffer.size());
    engine().schedule(turn([&] {
        engine().cancel_io(read);
        EXPECT_EQ(read.completed, 0);
        engine().cancel_io(read);
    }));
    run_until_idle();
    EXPECT_EQ(read.completed, 1);
    EXPECT_EQ(read.result, -ECANCELED);
    engine().cancel_io(read);
    run_until_idle();
    EXPECT_EQ(read.completed, 1);
    // The descriptor is as good as before.
    char text[] = "again";
    Operation write(IoOperation::Kind::write, pair.b);
    read.start(engine(), buffer.data(), buffer.size());
    write.start(engine(), text, 5);
    run_until_idle();
    EXPECT_EQ(read.completed, 2);
    EXPECT_EQ(read.result, 5);
}

TEST_P(EngineIo, AcceptsAndConnects) {
    sockaddr_storage address{}, peer{};
    socklen_t size = 0;
    Descriptor server(engine(), listener(address, size));
    Operation accept(IoOperation::Kind::accept, server);
    accept.address = &peer;
    accept.start(engine());
    EXPECT_EQ(accept.completed, 0);
    Descriptor client(engine(), tcp_socket());
    Operation connect(IoOperation::Kind::connect, client);
    connect.address = &address;
    connect.address_size = size;
    connect.start(engine());
    run_until_idle();
    ASSERT_EQ(connect.completed, 1);
    EXPECT_EQ(connect.result, 0);
    ASSERT_EQ(accept.completed, 1);
    ASSERT_GE(accept.result, 0);
    EXPECT_EQ(peer.ss_family, AF_INET);
    Descriptor accepted(engine(), static_cast<int>(accept.result));

    char text[] = "over loopback";
    std::array<char, 32> buffer{};
    Operation read(IoOperation::Kind::read, accepted);
    Operation write(IoOperation::Kind::write, client);
    read.start(engine(), buffer.data(), buffer.size());
    write.start(engine(), text, 13);
    run_until_idle();
    EXPECT_EQ(read.result, 13);
    EXPECT_EQ(std::string_view(buffer.data(), 13), "over loopback");
}

TEST_P(EngineIo, ReportsARefusedConnection) {
    sockaddr_storage address{};
    socklen_t size = 0;
    close(listener(address, size));
    Descriptor client(engine(), tcp_socket());
    Operation connect(IoOperation::Kind::connect, client);
    connect.address = &address;
    connect.address_size = size;
    connect.start(engine());
    run_until_idle();
    EXPECT_EQ(connect.completed, 1);
    EXPECT_EQ(connect.result, -ECONNREFUSED);
}

TEST_P(EngineIo, ReportsAConnectionThatThePeerReset) {
    sockaddr_storage address{};
    socklen_t size = 0;
    const int listening = listener(address, size);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
    const int peer = ::accept(listening, nullptr, nullptr);
    Descriptor client(engine(), fd);
    std::array<char, 8> buffer{};
    Operation read(IoOperation::Kind::read, client);
    read.start(engine(), buffer.data(), buffer.size());
    engine().schedule(turn([&] { close_abruptly(peer); }));
    run_until_idle();
    EXPECT_EQ(read.completed, 1);
    EXPECT_EQ(read.result, -ECONNRESET);
    Operation write(IoOperation::Kind::write, client);
    write.start(engine(), buffer.data(), buffer.size());
    run_until_idle();
    EXPECT_EQ(write.result, -EPIPE);
    close(listening);
}

TEST_P(EngineIo, IsNoReasonToGoOnInTheBackground) {
    sockaddr_storage address{};
    socklen_t size = 0;
    Descriptor server(engine(), listener(address, size));
    Operation accept(IoOperation::Kind::accept, server);
    accept.background = true;
    accept.start(engine());
    run_until_idle();
    EXPECT_EQ(accept.completed, 0);
    engine().cancel_io(accept);
    run_until_idle();
    EXPECT_EQ(accept.completed, 1);
    EXPECT_EQ(accept.result, -ECANCELED);
}

TEST_P(EngineIo, IsNotStarvedByATurnThatGoesOnForEver) {
    const auto fds = socket_pair();
    Pair pair(engine(), fds);
    std::array<char, 8> buffer{};
    Operation read(IoOperation::Kind::read, pair.a);
    read.start(engine(), buffer.data(), buffer.size());
    Turn* chain = nullptr;
    chain = &turn([&] {
        if (read.completed == 0) engine().schedule(*chain);
    });
    engine().schedule(*chain);
    std::jthread peer([&] {
        std::this_thread::sleep_for(5ms);
        EXPECT_EQ(send(fds[1], "x", 1, 0), 1);
    });
    run_until_idle();
    EXPECT_EQ(read.result, 1);
}

TEST_P(EngineIo, IsNotStarvedByTimersThatAreDueAtOnce) {
    const auto fds = socket_pair();
    Pair pair(engine(), fds);
    std::array<char, 8> buffer{};
    Operation read(IoOperation::Kind::read, pair.a);
    read.start(engine(), buffer.data(), buffer.size());
    std::function<void()> again;
    Alarm alarm([&] { again(); });
    again = [&] {
        if (read.completed != 0) return;
        alarm.deadline = engine().now();
        engine().start_timer(alarm);
    };
    again();
    std::jthread peer([&] {
        std::this_thread::sleep_for(5ms);
        EXPECT_EQ(send(fds[1], "x", 1, 0), 1);
    });
    run_until_idle();
    EXPECT_EQ(read.result, 1);
}

/// Writes back what it reads, until the end of the stream; or writes and reads back so many times.
class Echo {
  public:
    Echo(Engine& engine, Descriptor& on, int messages) : engine_(engine), messages_(messages), on_(on) {
        read_.after = write_.after = [this] { go_on(); };
    }
    void start() {
        if (messages_ > 0) {
            send();
        } else {
            receive();
        }
    }
    int echoed = 0;
    bool ended = false;

  private:
    class Step final : public IoOperation {
      public:
        Step(Kind its_kind, IoHandle& on) {
            kind = its_kind;
            handle = &on;
        }
        void run() noexcept override { after(); }
        std::function<void()> after;
    };
    void send() {
        sending_ = true;
        write_.buffer = data_.data();
        write_.size = data_.size();
        if (engine_.start_io(write_)) engine_.schedule(write_);
    }
    void receive() {
        sending_ = false;
        read_.buffer = data_.data();
        read_.size = data_.size();
        if (engine_.start_io(read_)) engine_.schedule(read_);
    }
    void go_on() {
        if (sending_) {
            receive();
            return;
        }
        if (read_.result <= 0 || (messages_ > 0 && ++echoed == messages_)) {
            ended = true;
            if (messages_ > 0) shutdown(on_.handle.fd, SHUT_WR);
            return;
        }
        send();
    }

    Engine& engine_;
    int messages_;
    Descriptor& on_;
    Step read_{IoOperation::Kind::read, on_.handle};
    Step write_{IoOperation::Kind::write, on_.handle};
    bool sending_ = false;
    std::array<char, 64> data_{};
};

TEST_P(EngineIo, EchoesOnManyConnectionsAtOnce) {
    constexpr int connections = 32;
    const int messages = repeated(500);
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<std::unique_ptr<Echo>> clients, servers;
    for (int i = 0; i < connections; ++i) {
        pairs.push_back(std::make_unique<Pair>(engine(), socket_pair()));
        servers.push_back(std::make_unique<Echo>(engine(), pairs.back()->a, 0));
        clients.push_back(std::make_unique<Echo>(engine(), pairs.back()->b, messages));
        servers.back()->start();
        clients.back()->start();
    }
    run_until_idle();
    for (const auto& client : clients) EXPECT_EQ(client->echoed, messages);
    for (const auto& server : servers) EXPECT_TRUE(server->ended);
}

}  // namespace
}  // namespace asyncrun::contract
