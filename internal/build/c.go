//go:build cgo

package build

/*
#include <stdlib.h> // for __GLIBC__, where that is the library
#ifdef __linux__
#include <sys/auxv.h>
#endif

static int portable(void) {
#ifdef __BLST_PORTABLE__
	return 1;
#else
	return 0;
#endif
}

static const char *compiler(void) {
#ifdef __clang__
	return __VERSION__;
#else
	return "gcc " __VERSION__;
#endif
}

static const char *library(void) {
#if defined(__GLIBC__)
	return "glibc";
#elif defined(__linux__)
	return "musl";
#else
	return "system";
#endif
}

// started returns the path that execve(2) was given, or "".
static const char *started(void) {
#ifdef AT_EXECFN
	const char *path = (const char *)getauxval(AT_EXECFN);
	if (path != NULL) {
		return path;
	}
#endif
	return "";
}
*/
import "C"

func flavour() string {
	if C.portable() == 1 {
		return Portable
	}
	return HostSpecific
}

func compiler() string { return C.GoString(C.compiler()) }

func libC() string { return C.GoString(C.library()) }

func startedAs() string { return C.GoString(C.started()) }
