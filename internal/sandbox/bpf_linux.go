package sandbox

import "golang.org/x/sys/unix"

// Offsets in struct seccomp_data (linux/seccomp.h).
const (
	nrOffset   = 0
	archOffset = 4
	argsOffset = 16
)

// condition is a test of the low 32 bits of one argument. That is enough: each
// argument tested here is an int or a set of flags whose high half the kernel
// ignores or refuses, and testing the high half would let a call slip by.
type condition struct {
	arg  int
	jump uint16 // BPF_JEQ or BPF_JSET
	k    uint32
	want bool // what the jump must say
}

func all(c ...condition) []condition { return c }

func equal(arg int, k uint32) condition        { return condition{arg, unix.BPF_JEQ, k, true} }
func anyBit(arg int, k uint32) condition       { return condition{arg, unix.BPF_JSET, k, true} }
func noBit(arg int, k uint32) condition        { return condition{arg, unix.BPF_JSET, k, false} }
func load(offset uint32) unix.SockFilter       { return op(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset) }
func deny(e unix.Errno) unix.SockFilter        { return op(unix.BPF_RET, unix.SECCOMP_RET_ERRNO|uint32(e)) }
func allow() unix.SockFilter                   { return op(unix.BPF_RET, unix.SECCOMP_RET_ALLOW) }
func op(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

// unless jumps over n instructions when A fails the test.
func unless(jump uint16, k uint32, want bool, n int) unix.SockFilter {
	f := op(unix.BPF_JMP|unix.BPF_K|jump, k)
	if want {
		f.Jf = uint8(n)
	} else {
		f.Jt = uint8(n)
	}
	return f
}

// program assembles the filter of one architecture: other tables denied whole,
// then rule after rule with the call's number in A, then everything else
// allowed.
func program(a architecture) []unix.SockFilter {
	p := []unix.SockFilter{
		load(archOffset),
		unless(unix.BPF_JEQ, a.audit, false, 1),
		deny(unix.EPERM),
		load(nrOffset),
	}
	if a.hasX32 {
		p = append(p, unless(unix.BPF_JGE, x32Bit, true, 1), deny(unix.EPERM))
	}
	for _, r := range table {
		if nr := a.number(r); nr != none {
			p = append(p, block(uint32(nr), r)...)
		}
	}
	return append(p, allow())
}

// block is one rule. It leaves the number in A.
func block(nr uint32, r rule) []unix.SockFilter {
	errno := r.errno
	if errno == 0 {
		errno = unix.EPERM
	}
	if r.when == nil {
		return []unix.SockFilter{unless(unix.BPF_JEQ, nr, true, 1), deny(errno)}
	}
	body := []unix.SockFilter{}
	for i, c := range r.when {
		left := 2*(len(r.when)-i-1) + 1 // the other conditions and the denial
		body = append(body, load(argsOffset+8*uint32(c.arg)), unless(c.jump, c.k, c.want, left))
	}
	body = append(body, deny(errno), load(nrOffset))
	return append([]unix.SockFilter{unless(unix.BPF_JEQ, nr, true, len(body))}, body...)
}
