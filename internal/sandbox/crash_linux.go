package sandbox

// A crash in C code, such as an instruction that an old processor lacks, is
// answered from C: the Go runtime would print the registers, in which blst
// keeps what it computes with, and people show such output to others.
//
// The Go runtime hands a fault in C code to the handler that was there before
// its own (package os/signal, "Go programs that use cgo"), so these are
// installed before it starts.

/*
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void ethkey_crashed(int sig) {
	static const char text[] =
		"ethkey: error: the processor refused an instruction or an address; nothing more was written\n"
		"ethkey: hint: run 'ethkey selftest'; on a processor that is old, use the portable build\n";
	(void)sig;
	if (write(2, text, sizeof text - 1) < 0) {
	}
	_exit(3);
}

__attribute__((constructor)) static void ethkey_catch(void) {
	static const int faults[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
	struct sigaction action;
	memset(&action, 0, sizeof action);
	action.sa_handler = ethkey_crashed;
	action.sa_flags = SA_ONSTACK;
	for (unsigned i = 0; i < sizeof faults / sizeof faults[0]; i++)
		sigaction(faults[i], &action, 0);
}
*/
import "C"
