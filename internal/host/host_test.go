package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ethkey/ethkey/internal/build"
	"github.com/ethkey/ethkey/internal/sandbox"
)

var update = flag.Bool("update", false, "write the golden files anew")

var made = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// tree is a root folder: contents by name, a symbolic link as "-> target".
type tree map[string]string

func (files tree) fs() fs.FS {
	m := fstest.MapFS{}
	for name, text := range files {
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			m[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
			continue
		}
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
	}
	return m
}

// with returns the tree with changes; "" takes a file out.
func (files tree) with(changes tree) tree {
	all := maps.Clone(files)
	for name, text := range changes {
		if text == "" {
			delete(all, name)
			continue
		}
		all[name] = text
	}
	return all
}

const cpuinfo = "processor\t: 0\nmodel name\t: Made Up CPU\nflags\t\t: fpu aes avx2 bmi2 adx sha_ni%s\n\nprocessor\t: 1\nmodel name\t: Another\nflags\t\t: fpu\n"

// calm is a machine on which everything passes: a laptop started from a stick,
// without network drivers.
var calm = tree{
	"sys/class/net/lo/flags":               "0x9\n",
	"sys/class/net/lo/type":                "772\n",
	"sys/class/net/lo/operstate":           "unknown\n",
	"sys/class/net/bonding_masters":        "\n",
	"sys/class/rtc/rtc0/since_epoch":       "1793534401\n",
	"sys/class/dmi/id/sys_vendor":          "Maker\n",
	"sys/class/dmi/id/product_name":        "Laptop 3\n",
	"sys/class/misc/hw_random/rng_current": "tpm-rng-0\n",
	"sys/power/state":                      "freeze mem\n",
	"sys/block/sda":                        "-> ../devices/pci0000:00/0000:00:14.0/usb1/1-2/block/sda",
	"sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/block/sda/removable":      "1\n",
	"sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/block/sda/sda1/partition": "1\n",
	"proc/net/dev":                      "Inter-|   Receive\n face |bytes    packets\n    lo:       0       0\n",
	"proc/net/route":                    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n",
	"proc/net/ipv6_route":               "00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo\n",
	"proc/swaps":                        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
	"proc/cmdline":                      "quiet nohibernate\n",
	"proc/sys/kernel/core_pattern":      "core\n",
	"proc/sys/kernel/yama/ptrace_scope": "1\n",
	"proc/self/uid_map":                 "         0          0 4294967295\n",
	"proc/self/mountinfo":               "27 1 0:30 / / rw - tmpfs tmpfs rw\n28 27 8:1 / /media/my\\040stick rw,nosuid shared:5 - ext4 /dev/sda1 rw\n",
	"proc/1/cgroup":                     "0::/init.scope\n",
	"proc/cpuinfo":                      strings.Replace(cpuinfo, "%s", "", 1),
}

// troubled is one on which much is wrong.
var troubled = calm.with(tree{
	"sys/class/net/eth0/flags":          "0x1003\n",
	"sys/class/net/eth0/type":           "1\n",
	"sys/class/net/eth0/carrier":        "1\n",
	"sys/class/net/eth0/operstate":      "up\n",
	"sys/class/net/eth0/device/vendor":  "0x8086\n",
	"sys/class/net/wlan0/flags":         "0x1002\n",
	"sys/class/net/wlan0/type":          "1\n",
	"sys/class/net/wlan0/device/vendor": "0x8086\n",
	"sys/class/ieee80211/phy0/index":    "0\n",
	"sys/class/bluetooth/hci0/uevent":   "DEVTYPE=host\n",
	"sys/class/rfkill/rfkill0/type":     "wlan\n",
	"sys/class/rfkill/rfkill0/soft":     "0\n",
	"sys/class/rfkill/rfkill0/hard":     "0\n",
	"sys/class/rtc/rtc0/since_epoch":    "1793530801\n",
	"sys/power/state":                   "freeze mem disk\n",
	"sys/power/disk":                    "[platform] shutdown\n",
	"sys/power/resume":                  "8:2\n",
	"proc/net/route":                    calm["proc/net/route"] + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
	"proc/net/ipv6_route":               calm["proc/net/ipv6_route"] + "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n",
	"proc/swaps":                        calm["proc/swaps"] + "/dev/sda2 partition 8388604 0 -2\n",
	"proc/sys/kernel/core_pattern":      "|/usr/share/apport/apport -p%p\n",
	"proc/sys/kernel/yama/ptrace_scope": "0\n",
	"proc/self/uid_map":                 "0 1000 1\n",
	"proc/cpuinfo":                      "model name : Old CPU\nflags : fpu hypervisor\n",
	".dockerenv":                        " ",
})

var absent = System{
	Random:      func() error { return syscall.EAGAIN },
	Landlock:    func() (int, error) { return 0, syscall.ENOSYS },
	MemfdSecret: func() error { return syscall.ENOSYS },
	Memlock:     func() (uint64, error) { return 8 << 10, nil },
	Medium:      func(string) (Medium, error) { return Medium{}, syscall.ENOENT },
	Self:        func() ([32]byte, error) { return [32]byte{}, errors.New("no /proc") },
}

var present = System{
	Random:      func() error { return nil },
	Landlock:    func() (int, error) { return 7, nil },
	MemfdSecret: func() error { return nil },
	Memlock:     func() (uint64, error) { return 8 << 20, nil },
	Medium:      func(string) (Medium, error) { return Medium{Type: 0xef53, Free: 1 << 30}, nil },
	Self:        func() ([32]byte, error) { return [32]byte{0: 1, 31: 255}, nil },
}

func calmMachine() *Machine {
	return &Machine{
		Root: calm.fs(), System: present, Now: time.Unix(1793534400, 0), Commit: made, Folder: "/media/my stick/keys",
		Build: build.Info{Commit: "0123abcd", Flavour: build.Portable, Arch: "amd64"},
	}
}

func troubledMachine() *Machine {
	down := errors.New("no seccomp here")
	return &Machine{
		Root: troubled.fs(), System: absent, Now: time.Unix(1793534400, 0), Commit: made, Folder: "/nowhere",
		Walls: sandbox.State{Seccomp: down, NoDump: down, NoCore: down},
		Build: build.Info{Flavour: build.HostSpecific, Arch: "amd64"},
	}
}

// What --json prints of three machines: a good one, a bad one, and one without
// sys and proc trees.
func TestGoldenReports(t *testing.T) {
	bare := calmMachine()
	bare.Root = fstest.MapFS{}
	for name, m := range map[string]*Machine{"calm": calmMachine(), "troubled": troubledMachine(), "bare": bare} {
		got, err := json.MarshalIndent(Examine(m), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs\n got %s\nwant %s", path, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	if r := Examine(calmMachine()); r.Pass != len(r.Checks) || r.Warn+r.Fail != 0 {
		t.Errorf("the calm machine: %+v", r)
	}
	if r := Examine(troubledMachine()); r.Pass != 0 || r.Warn+r.Fail != len(r.Checks) {
		t.Errorf("the troubled machine: %+v", r)
	}
	m := calmMachine()
	m.Folder = ""
	if r := Examine(m); len(r.Checks) != len(checks)-1 {
		t.Errorf("without a folder there are %d checks", len(r.Checks))
	}
}

// What cannot be read is never a pass.
func TestNothingPassesUnseen(t *testing.T) {
	m := calmMachine()
	m.Root, m.System = fstest.MapFS{}, absent
	for _, c := range Examine(m).Checks {
		switch c.Name {
		case sandbox.Seccomp, sandbox.NoDump, sandbox.NoCore: // this process knows its own
		case "clock": // no hardware clock is no fault
		default:
			if c.Verdict == Pass {
				t.Errorf("%s passes: %s", c.Name, c.Value)
			}
		}
	}
}
