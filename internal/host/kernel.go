package host

import (
	"strconv"
	"strings"
)

// What secrets need of RLIMIT_MEMLOCK.
const (
	memlockLeast = 64 << 10 // ordinary work
	memlockBulk  = 1 << 20  // thousands of keys
)

func wall(err error) finding {
	if err != nil {
		return fail("use a newer Linux kernel, outside emulation", "missing: %v", err)
	}
	return pass("stands")
}

func (m *Machine) landlock() finding {
	version, err := m.System.Landlock()
	if err != nil {
		return warn("Linux 5.13 and newer have it; ethkey works without", "absent: %v", err)
	}
	return pass("version %d", version)
}

func (m *Machine) memfdSecret() finding {
	if err := m.System.MemfdSecret(); err != nil {
		return warn("Linux 5.14 and newer have it, before 6.5 when booted with secretmem.enable=1; without it root can read secrets from memory",
			"absent: %v", err)
	}
	return pass("available")
}

func (m *Machine) ptraceScope() finding {
	const hint = "'sysctl kernel.yama.ptrace_scope=1' as root; ethkey closes itself, the terminal beside it does not"
	scope, err := m.text("proc/sys/kernel/yama/ptrace_scope")
	if err != nil {
		return warn("a kernel with Yama lets no process look into its neighbours", "no Yama in this kernel")
	}
	if n, err := strconv.Atoi(scope); err != nil || n < 1 {
		return warn(hint, "%q: processes of one user may read each other", scope)
	}
	return pass("%s", scope)
}

func (m *Machine) memlock() finding {
	const hint = "raise it: 'ulimit -l', or LimitMEMLOCK in a unit file"
	limit, err := m.System.Memlock()
	switch {
	case err != nil:
		return unread(err)
	case limit == Unlimited:
		return pass("no limit")
	case limit < memlockLeast:
		return fail(hint, "%d KiB, secrets need %d", limit>>10, memlockLeast>>10)
	case limit < memlockBulk:
		return warn(hint, "%d KiB: enough for some hundred keys at once", limit>>10)
	}
	return pass("%d KiB", limit>>10)
}

// engines are the marks of container engines in the root folder.
var engines = []struct{ mark, name string }{
	{".dockerenv", "docker"}, {"run/.containerenv", "podman"}, {"run/systemd/container", "systemd-nspawn or the like"},
}

func (m *Machine) namespaces() finding {
	rows, err := m.rows("proc/self/uid_map")
	if err != nil {
		return unread(err)
	}
	var seen []string
	if len(rows) != 1 || strings.Join(rows[0], " ") != "0 0 4294967295" {
		seen = append(seen, "in a user namespace")
	}
	for _, e := range engines {
		if m.has(e.mark) {
			seen = append(seen, "in a container ("+e.name+": /"+e.mark+")")
		}
	}
	if cgroup := m.textOf("proc/1/cgroup"); len(seen) == 0 && containsAny(cgroup, "docker", "kubepods", "lxc", "libpod") {
		seen = append(seen, "in a container (/proc/1/cgroup)")
	}
	if len(seen) > 0 {
		return warn("start ethkey outside: what runs there can look in, and the trees read here may be partial", "%s", strings.Join(seen, ", "))
	}
	return pass("none")
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
