package network

import (
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/spelling"
)

// Lookup returns the chain of exactly that name.
func Lookup(name string) (Network, error) {
	for _, n := range Builtin() {
		if n.Name == name {
			return n, nil
		}
	}
	if slices.Contains(ended, strings.ToLower(strings.TrimSpace(name))) {
		return Network{}, fault.New(fault.Refused, "network %q is a test network that has ended or is about to", name).
			WithHint("for its old files, describe it in a custom network file; live ones are: %s", names())
	}
	fail := fault.New(fault.Refused, "unknown network %q: names are matched exactly", name)
	if near := nearest(name); near != "" {
		return Network{}, fail.WithHint("did you mean %q? known are: %s", near, names())
	}
	return Network{}, fail.WithHint("known are: %s; another chain needs a custom network file", names())
}

func names() string {
	var all []string
	for _, n := range Builtin() {
		all = append(all, n.Name)
	}
	return strings.Join(all, ", ")
}

// nearest returns the name that was probably meant, or "". Two letters may be
// wrong, or the end may be missing or too much.
func nearest(typed string) string {
	word := strings.ToLower(strings.TrimSpace(typed))
	if name, ok := alias[word]; ok {
		return name
	}
	best, bestDistance := "", 3
	for _, n := range Builtin() {
		distance, _ := spelling.Distance([]byte(word), []byte(n.Name))
		if len(word) >= 3 && (strings.HasPrefix(n.Name, word) || strings.HasPrefix(word, n.Name)) {
			distance = min(distance, 1)
		}
		if distance < bestDistance && len(word) > distance {
			best, bestDistance = n.Name, distance
		}
	}
	return best
}
