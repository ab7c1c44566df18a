package host

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// From the kernel's if.h and if_arp.h.
const (
	iffUp          = 1
	arphrdLoopback = "772"
)

const offlineHint = "unplug the cable, switch radios off, and boot without network drivers; keys belong on a machine that is offline"

// netdev is a network interface.
type netdev struct {
	name     string
	up       bool // switched on
	link     bool // and has a link
	physical bool
}

func (n netdev) String() string {
	switch {
	case n.up && n.link:
		return n.name + " up"
	case n.up:
		return n.name + " up without link"
	default:
		return n.name + " down"
	}
}

func (m *Machine) interfaces() finding {
	all, err := m.netdevs()
	if err != nil {
		return unread(err)
	}
	var seen []string
	verdict := Pass
	for _, n := range all {
		seen = append(seen, n.String())
		switch {
		case n.up && n.link:
			verdict = Fail
		case (n.up || n.physical) && verdict == Pass:
			verdict = Warn
		}
	}
	value := strings.Join(seen, ", ")
	switch {
	case verdict == Fail:
		return fail(offlineHint, "%s", value)
	case verdict == Warn:
		return warn("take the adapter out, or keep its driver from being loaded", "%s", value)
	case value == "":
		return pass("none but loopback")
	}
	return pass("%s", value)
}

// netdevs lists the interfaces but loopback. One that is in proc/net/dev alone
// is taken as up: its state stands elsewhere.
func (m *Machine) netdevs() (all []netdev, err error) {
	devs, err := m.rows("proc/net/dev")
	if !m.has("sys/class/net") && err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, name := range m.names("sys/class/net") {
		folder := path.Join("sys/class/net", name)
		flags, err := strconv.ParseUint(m.textOf(folder, "flags"), 0, 32)
		if err != nil {
			continue // bonding_masters is not an interface
		}
		known[name] = true
		if m.textOf(folder, "type") == arphrdLoopback {
			continue
		}
		all = append(all, netdev{
			name: name, up: flags&iffUp != 0,
			link:     m.textOf(folder, "carrier") == "1" || m.textOf(folder, "operstate") == "up",
			physical: m.has(folder, "device"),
		})
	}
	for _, row := range devs {
		name, counters, ok := strings.Cut(strings.Join(row, " "), ":")
		if ok && name != "lo" && !known[name] && !strings.Contains(counters, "|") {
			all = append(all, netdev{name: name, up: true, link: true})
		}
	}
	return all, nil
}

func (m *Machine) routes() finding {
	v4, err := m.routes4()
	if err != nil {
		return unread(err)
	}
	all := append(v4, m.routes6()...)
	var seen []string
	verdict := Pass
	for _, r := range all {
		seen = append(seen, r.text)
		if r.isDefault {
			verdict = Fail
		} else if verdict == Pass {
			verdict = Warn
		}
	}
	seen = slices.Compact(seen)
	switch verdict {
	case Fail:
		return fail(offlineHint, "%s", strings.Join(seen, ", "))
	case Warn:
		return warn(offlineHint, "%s", strings.Join(seen, ", "))
	}
	return pass("none")
}

type route struct {
	text      string
	isDefault bool
}

func newRoute(family, device string, isDefault bool) route {
	kind := "route"
	if isDefault {
		kind = "default route"
	}
	return route{fmt.Sprintf("%s %s through %s", family, kind, device), isDefault}
}

// routes4 reads proc/net/route: Iface Destination Gateway Flags RefCnt Use
// Metric Mask ...
func (m *Machine) routes4() (all []route, err error) {
	rows, err := m.rows("proc/net/route")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if len(row) < 8 || row[0] == "Iface" || row[0] == "lo" {
			continue
		}
		all = append(all, newRoute("IPv4", row[0], row[1] == "00000000" && row[7] == "00000000"))
	}
	return all, nil
}

// From the kernel's ipv6_route.h and route.h.
const (
	rtfReject = 0x0200
	rtfLocal  = 0x80000000
)

// routes6 reads proc/net/ipv6_route, absent without IPv6: destination, prefix
// length, source, its length, next hop, metric, references, use, flags, device.
// What stays on the machine or on the link is left out.
func (m *Machine) routes6() (all []route) {
	rows, _ := m.rows("proc/net/ipv6_route")
	for _, row := range rows {
		if len(row) < 10 || row[9] == "lo" || strings.HasPrefix(row[0], "fe8") || strings.HasPrefix(row[0], "ff") {
			continue
		}
		if flags, err := strconv.ParseUint(row[8], 16, 64); err != nil || flags&(rtfReject|rtfLocal) != 0 {
			continue
		}
		all = append(all, newRoute("IPv6", row[9], row[1] == "00"))
	}
	return all
}

// radios are the classes of the sys tree whose members radiate.
var radios = []struct{ folder, name string }{
	{"sys/class/ieee80211", "wi-fi"}, {"sys/class/bluetooth", "bluetooth"}, {"sys/class/wwan", "mobile"},
}

func (m *Machine) wireless() finding {
	var seen []string
	for _, r := range radios {
		for _, name := range m.names(r.folder) {
			seen = append(seen, r.name+" "+name)
		}
	}
	blocked := 0
	switches := m.names("sys/class/rfkill")
	for _, name := range switches {
		folder := path.Join("sys/class/rfkill", name)
		state := "on"
		if m.textOf(folder, "hard") == "1" || m.textOf(folder, "soft") == "1" {
			state, blocked = "blocked", blocked+1
		}
		seen = append(seen, fmt.Sprintf("rfkill %s %s", m.textOf(folder, "type"), state))
	}
	switch {
	case len(seen) == 0 && !m.has("sys/class"):
		return warn("mount /sys", "cannot be seen: no sys tree")
	case len(seen) == 0:
		return pass("none")
	case len(switches) > 0 && blocked == len(switches):
		return warn("take the radio out if you can: a block is one command away from being lifted", "%s", strings.Join(seen, ", "))
	}
	return warn("block radios ('rfkill block all'), or take them out", "%s", strings.Join(seen, ", "))
}
