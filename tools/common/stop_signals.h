#pragma once
// A wish to stop, for tools that end well when they are asked to.

namespace tools {

/// From now on the first Ctrl-C, SIGTERM or SIGHUP is remembered. A second Ctrl-C or SIGTERM ends the program; not so a
/// second SIGHUP, for a terminal that is closed may send several. Under nohup SIGHUP stays ignored.
void stop_on_signals();

bool stop_asked();

/// Waits until something can be read; false if it is asked to stop before. For a program of one thread, which gets the
/// signals.
bool wait_for_input(int fd);

}  // namespace tools
