// Package build says what the running binary is: which commit, compiled how,
// from which modules, and with which SHA-256.
//
// The Go tool records neither CGO_CFLAGS nor -ldflags in a -trimpath build, and
// both matter: without __BLST_PORTABLE__ the binary dies on processors from
// before about 2015, and a dynamic one needs the very C library that it was
// linked with. So the C compiler is asked while it compiles this package, and
// the kernel while the program runs.
//
// The hash of the running image is for comparison with a published one, read
// aloud in the words of the PGP word list if need be. It proves nothing against
// a hostile binary, which prints what it likes: hash the medium on a second
// machine as well.
package build
