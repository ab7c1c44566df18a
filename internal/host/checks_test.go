package host

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ethkey/ethkey/internal/build"
)

const swaps = "Filename Type Size Used Priority\n"

// Each case changes the calm machine, and says what becomes of one check.
func TestChecks(t *testing.T) {
	for _, c := range []struct {
		check   string
		files   tree
		verdict Verdict
		value   string
	}{
		{"interfaces", nil, Pass, "none but loopback"},
		{"interfaces", iface("eth0", "0x1003", "1", "up", true), Fail, "eth0 up"},
		{"interfaces", iface("wwan0", "0x10d1", "1", "unknown", false), Fail, "wwan0 up"},
		{"interfaces", iface("eth0", "0x1003", "0", "down", true), Warn, "eth0 up without link"},
		{"interfaces", iface("eth0", "0x1002", "", "down", true), Warn, "eth0 down"},
		{"interfaces", iface("dummy0", "0x82", "", "down", false), Pass, "dummy0 down"},
		{"interfaces", tree{"proc/net/dev": "Inter-| x\n face |bytes\n eth0: 5 0\n lo:0 0\n"}, Fail, "eth0 up"},
		{"routes", nil, Pass, "none"},
		{"routes", tree{"proc/net/route": "Iface D G F R U M Mask\neth0 000200C0 0 1 0 0 0 00FFFFFF\n"}, Warn, "IPv4 route through eth0"},
		{"routes", tree{"proc/net/route": "Iface D G F R U M Mask\nppp0 00000000 0 1 0 0 0 00000000\n"}, Fail, "IPv4 default route through ppp0"},
		{"routes", tree{"proc/net/ipv6_route": route6("fe80", "40", "00000001", "eth0") + route6("ff00", "08", "00000001", "eth0") + route6("fd00", "80", "80200001", "eth0")}, Pass, "none"},
		{"routes", tree{"proc/net/ipv6_route": route6("fd00", "40", "00000001", "eth0")}, Warn, "IPv6 route through eth0"},
		{"routes", tree{"proc/net/ipv6_route": route6("0000", "00", "00000003", "eth0")}, Fail, "IPv6 default route through eth0"},
		{"routes", tree{"proc/net/ipv6_route": route6("0000", "00", "00200200", "eth0")}, Pass, "none"}, // unreachable
		{"routes", tree{"proc/net/ipv6_route": ""}, Pass, "none"},                                       // no IPv6
		{"routes", tree{"proc/net/route": ""}, Warn, "cannot be read"},
		{"wireless", nil, Pass, "none"},
		{"wireless", radio("0", "0"), Warn, "wi-fi phy0, rfkill wlan on"},
		{"wireless", radio("1", "0"), Warn, "wi-fi phy0, rfkill wlan blocked"},
		{"wireless", radio("0", "1"), Warn, "wi-fi phy0, rfkill wlan blocked"},
		{"wireless", tree{"sys/class/wwan/wwan0/uevent": "\n"}, Warn, "mobile wwan0"},
		{"swap", nil, Pass, "off"},
		{"swap", tree{"proc/swaps": swaps + "/dev/zram0 partition 1 0 100\n"}, Pass, "/dev/zram0 (compressed, in memory)"},
		{"swap", tree{"proc/swaps": swaps + "/dev/zram0 partition 1 0 100\n", "sys/block/zram0/backing_dev": "/dev/sda3\n"}, Fail, "/dev/zram0 (compressed, backed by /dev/sda3)"},
		{"swap", tree{"proc/swaps": swaps + "/dev/dm-1 partition 1 0 -2\n", "sys/block/dm-1/dm/uuid": "CRYPT-PLAIN-swap\n"}, Warn, "/dev/dm-1 (encrypted)"},
		{"swap", tree{"proc/swaps": swaps + "/dev/dm-1 partition 1 0 -2\n", "sys/block/dm-1/dm/uuid": "LVM-x\n"}, Fail, "/dev/dm-1 (disk)"},
		{"swap", tree{"proc/swaps": swaps + "/swapfile file 1 0 -2\n/dev/zram0 partition 1 0 100\n"}, Fail, "/swapfile (file), /dev/zram0 (compressed, in memory)"},
		{"swap", tree{"proc/swaps": ""}, Warn, "cannot be read"},
		{"hibernation", nil, Pass, "not possible"},
		{"hibernation", tree{"sys/power/state": "mem disk\n", "sys/power/disk": "[disabled]\n"}, Pass, "not possible"},
		{"hibernation", tree{"sys/power/state": "mem disk\n", "sys/power/resume": "0:0\n"}, Warn, "possible, no device configured"},
		{"hibernation", tree{"sys/power/state": "mem disk\n", "sys/power/resume": "253:1\n"}, Fail, "configured, device 253:1"},
		{"hibernation", tree{"sys/power/state": "disk\n", "proc/cmdline": "resume=UUID=x quiet\n"}, Fail, "configured, device named at boot"},
		{"hibernation", tree{"sys/power/state": "disk\n", "proc/cmdline": "resume=UUID=x noresume\n"}, Warn, "possible"},
		{"hibernation", tree{"sys/power/state": "", "sys/power/wakeup_count": "0\n"}, Pass, "not possible"},
		{"hibernation", tree{"sys/power/state": ""}, Warn, "cannot be read"},
		{"core pattern", nil, Pass, `"core"`},
		{"core pattern", tree{"proc/sys/kernel/core_pattern": "|/lib/systemd/systemd-coredump %P\n"}, Warn, "/lib/systemd/systemd-coredump"},
		{"clock", nil, Pass, "2026-11-01T12:00:00Z, as the hardware clock"},
		{"clock", tree{"sys/class/rtc/rtc0/since_epoch": "1793530802\n"}, Warn, "the hardware clock is 1h0m0s apart"},
		{"clock", tree{"sys/class/rtc/rtc0/since_epoch": "1793534000\n"}, Warn, "the hardware clock is 6m40s apart"},
		{"clock", tree{"sys/class/rtc/rtc0/since_epoch": "946684800\n"}, Warn, "apart"},
		{"clock", tree{"sys/class/rtc/rtc0/since_epoch": ""}, Pass, "no hardware clock to compare with"},
		{"randomness", nil, Pass, "hardware: tpm-rng-0"},
		{"ptrace scope", tree{"proc/sys/kernel/yama/ptrace_scope": "0\n"}, Warn, "may read each other"},
		{"ptrace scope", tree{"proc/sys/kernel/yama/ptrace_scope": ""}, Warn, "no Yama"},
		{"namespaces", nil, Pass, "none"},
		{"namespaces", tree{"proc/self/uid_map": "0 100000 65536\n"}, Warn, "in a user namespace"},
		{"namespaces", tree{"run/.containerenv": "\n"}, Warn, "podman"},
		{"namespaces", tree{"run/systemd/container": "lxc\n"}, Warn, "systemd-nspawn"},
		{"namespaces", tree{"proc/1/cgroup": "0::/kubepods/pod1\n"}, Warn, "in a container (/proc/1/cgroup)"},
		{"virtual machine", nil, Pass, "no (Maker Laptop 3)"},
		{"virtual machine", tree{"proc/cpuinfo": strings.Replace(cpuinfo, "%s", " hypervisor", 1)}, Warn, "yes (Maker Laptop 3)"},
		{"virtual machine", tree{"sys/hypervisor/type": "xen\n"}, Warn, "yes"},
		{"processor", nil, Pass, "Made Up CPU; adx bmi2 sha_ni avx2 aes"},
		{"processor", tree{"proc/cpuinfo": "CPU part\t: 0xd0b\nFeatures\t: fp asimd aes sha2\n"}, Pass, "0xd0b; aes sha2 asimd"},
		{"processor", tree{"proc/cpuinfo": "model name : Core 2\nflags : fpu\n"}, Warn, "no AES instructions"},
		{"binary", nil, Pass, "sha256 01000000"},
	} {
		m := calmMachine()
		m.Root = calm.with(c.files).fs()
		same(t, m, c.check, c.verdict, c.value)
	}
}

func same(t *testing.T, m *Machine, check string, verdict Verdict, value string) {
	t.Helper()
	all := Examine(m).Checks
	i := slices.IndexFunc(all, func(c Check) bool { return c.Name == check })
	if i < 0 {
		t.Fatalf("no check %q", check)
	}
	got := all[i]
	if got.Verdict != verdict || !strings.Contains(got.Value, value) {
		t.Errorf("%s: %s %q, want %s %q", check, got.Verdict, got.Value, verdict, value)
	}
	if (got.Verdict == Pass) != (got.Hint == "") {
		t.Errorf("%s: verdict %s, hint %q", check, got.Verdict, got.Hint)
	}
}

func iface(name, flags, carrier, operstate string, physical bool) tree {
	folder := "sys/class/net/" + name + "/"
	files := tree{folder + "flags": flags + "\n", folder + "type": "1\n", folder + "operstate": operstate + "\n"}
	if carrier != "" { // of an interface that is down it cannot be read
		files[folder+"carrier"] = carrier + "\n"
	}
	if physical {
		files[folder+"device/vendor"] = "0x1\n"
	}
	return files
}

func route6(start, length, flags, device string) string {
	zeros := strings.Repeat("0", 32)
	return start + zeros[4:] + " " + length + " " + zeros + " 00 " + zeros + " 00000100 00000001 00000000 " + flags + " " + device + "\n"
}

func radio(soft, hard string) tree {
	return tree{
		"sys/class/ieee80211/phy0/index": "0\n", "sys/class/rfkill/rfkill0/type": "wlan\n",
		"sys/class/rfkill/rfkill0/soft": soft + "\n", "sys/class/rfkill/rfkill0/hard": hard + "\n",
	}
}

func TestMemlock(t *testing.T) {
	for _, c := range []struct {
		limit   uint64
		verdict Verdict
		value   string
	}{
		{Unlimited, Pass, "no limit"}, {8 << 20, Pass, "8192 KiB"}, {1 << 20, Pass, "1024 KiB"},
		{64 << 10, Warn, "64 KiB"}, {64<<10 - 1, Fail, "63 KiB"}, {0, Fail, "0 KiB"},
	} {
		m := calmMachine()
		m.System.Memlock = func() (uint64, error) { return c.limit, nil }
		same(t, m, "memlock", c.verdict, c.value)
	}
}

func TestClockBesideTheCommit(t *testing.T) {
	m := calmMachine()
	m.Now = made.Add(-time.Second)
	same(t, m, "clock", Fail, "is before this binary was made")
	m.Now = made.AddDate(6, 0, 0)
	same(t, m, "clock", Warn, "years after this binary was made")
	m.Now, m.Commit = time.Unix(1793534400, 0), time.Time{}
	same(t, m, "clock", Pass, "as the hardware clock")
}

func TestFolder(t *testing.T) {
	const room = 1 << 30
	for _, c := range []struct {
		medium  Medium
		verdict Verdict
		value   string
	}{
		{Medium{0xef53, room, false}, Pass, "/media/my stick/keys, ext4, sda1 on USB, 1024 MiB free"},
		{Medium{0xef53, room, true}, Fail, "read-only"},
		{Medium{0xef53, little - 1, false}, Fail, "3 MiB free"},
		{Medium{0x4d44, room, false}, Warn, "vfat, without modes"},
		{Medium{0x01021994, room, false}, Warn, "tmpfs, in memory"},
		{Medium{0x6969, room, false}, Fail, "nfs, on another machine"},
		{Medium{0x73717368, room, true}, Fail, "squashfs"},
		{Medium{0x12345678, room, false}, Warn, "file system 0x12345678, unknown"},
	} {
		m := calmMachine()
		m.System.Medium = func(string) (Medium, error) { return c.medium, nil }
		same(t, m, "folder", c.verdict, c.value)
	}
}

func TestDevices(t *testing.T) {
	for _, c := range []struct {
		folder, mounts string
		files          tree
		want           string
	}{
		{"/media/my stick", calm["proc/self/mountinfo"], nil, "sda1 on USB"},
		{"/media/my stick2", calm["proc/self/mountinfo"], nil, "no disk"}, // not below the mount
		{"/home", "1 0 8:2 / / rw - btrfs /dev/sdb2 rw\n", tree{"sys/block/sdb/sdb2/partition": "2\n", "sys/block/sdb/removable": "1\n"}, "sdb2, removable"},
		{"/home", "1 0 8:2 / / rw - ext4 /dev/sdb2 rw\n", tree{"sys/block/sdb/sdb2/partition": "2\n", "sys/block/sdb/removable": "0\n"}, "sdb2, fixed"},
		{"/home", "1 0 253:0 / / rw - ext4 /dev/mapper/luks-x rw\n", tree{"sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-x\n", "sys/block/dm-0/dm/name": "luks-x\n"}, "luks-x, encrypted"},
		{"/home", "1 0 253:0 / / rw - ext4 /dev/dm-0 rw\n", tree{"sys/block/dm-0/dm/uuid": "LVM-x\n"}, "dm-0, fixed"},
		{"/home", "1 0 8:2 / / rw - ext4 /dev/root rw\n", nil, "root"},
		{"/a/b", "1 0 8:2 / / rw - ext4 /dev/x rw\n2 1 0:5 / /a rw - tmpfs tmpfs rw\n3 1 8:3 / /a rw - ext4 /dev/y rw\n", nil, "y"}, // mounted over
		{"/a", "", nil, "device unknown"},
	} {
		m := calmMachine()
		m.Folder = c.folder
		m.Root = calm.with(c.files).with(tree{"proc/self/mountinfo": c.mounts}).fs()
		if got := m.device(); got != c.want {
			t.Errorf("%s: %s, want %s", c.folder, got, c.want)
		}
	}
}

func TestBinary(t *testing.T) {
	m := calmMachine()
	m.Build.Modified = true
	same(t, m, "binary", Warn, "not built from a commit")
	m = calmMachine()
	m.Build = build.Info{Flavour: build.HostSpecific, Arch: "amd64", Commit: "x"}
	m.Root = calm.with(tree{"proc/cpuinfo": "model name : Old\nflags : aes\n"}).fs()
	same(t, m, "processor", Fail, "built for a processor with adx")
}

// Whatever the trees say, every check gives a verdict.
func FuzzTrees(f *testing.F) {
	for name, text := range calm {
		f.Add(name, text)
	}
	f.Add("proc/net/ipv6_route", "fe8")
	f.Fuzz(func(t *testing.T, name, text string) {
		files := calm.fs().(fstest.MapFS)
		if _, known := files[name]; !known {
			return
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
		m := calmMachine()
		m.Root = files
		for _, c := range Examine(m).Checks {
			if c.Verdict != Pass && c.Hint == "" || c.Value == "" {
				t.Errorf("%+v", c)
			}
		}
	})
}
