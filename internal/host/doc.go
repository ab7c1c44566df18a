// Package host looks at the machine that ethkey is about to be trusted on. It
// reads the sys and proc trees, asks the kernel a few questions that have no
// file, changes nothing, opens no socket and sends no packet.
//
// Every check gives a verdict, the value that was seen, the place it was seen
// in, and a hint. What cannot be read is a warning, never a pass.
//
//	interfaces    sys/class/net, proc/net/dev. An interface that is up and has a
//	              link fails; one that could be switched on warns.
//	routes        proc/net/route, proc/net/ipv6_route. A default route fails,
//	              any other beyond the link warns.
//	wireless      sys/class/ieee80211, rfkill, bluetooth, wwan. A radio warns,
//	              and its rfkill state is said.
//	swap          proc/swaps; sys/block for encryption and for zram's backing.
//	hibernation   sys/power/state, disk, resume; proc/cmdline.
//	core pattern  proc/sys/kernel/core_pattern. A program that is handed cores
//	              gets those of other programs, too: the terminal's, the shell's.
//	folder        statfs(2), proc/self/mountinfo, sys/block: where the output
//	              would lie, whether the medium keeps modes, the room on it.
//	clock         against the date of this binary's commit, and against the
//	              hardware clock, sys/class/rtc/rtc0/since_epoch.
//	randomness    getrandom(2) without waiting.
//	seccomp, nodump, nocore
//	              whether this process has its own walls (internal/sandbox).
//	landlock      the version the kernel has.
//	memfd_secret  whether secrets can be hidden from the kernel's own map.
//	ptrace scope  proc/sys/kernel/yama/ptrace_scope.
//	memlock       RLIMIT_MEMLOCK, which secrets live under.
//	namespaces    proc/self/uid_map; the marks that container engines leave.
//	virtual machine
//	              the processor's hypervisor flag; sys/class/dmi/id.
//	processor     proc/cpuinfo: what blst and the Go library make use of.
//	binary        the SHA-256 of the running image, in words too.
//
// # Limits
//
// Root, and whatever runs in the kernel, can show any tree it likes. In a
// container sys/class/net may be the host's while proc/net is the container's;
// interfaces are taken from both. A radio or a phone on a cable that has no
// driver loaded is not seen, nor is one that is plugged in later. The firmware
// and its management engine, which may have a network of its own, are out of
// sight. A machine that passes is not thereby clean; a machine that fails has
// at least the fault that is named.
package host
