package postgres

import (
	"slices"
	"strconv"
	"strings"
)

// allSynchronous parses synchronous_standby_names (PostgreSQL, "Replication",
// 20.6.2) and returns the standbys that hold every commit before it is
// answered: the named ones, when the setting waits for all of them. A setting
// that waits for some of its list, or for any standby ("*"), promises nothing
// of a given one.
func allSynchronous(setting string) []string {
	names, number := setting, 1
	if open := strings.IndexByte(setting, '('); open >= 0 {
		rest, ok := strings.CutSuffix(strings.TrimSpace(setting[open+1:]), ")")
		words := strings.Fields(setting[:open])
		if !ok || len(words) == 0 {
			return nil
		}
		n, err := strconv.Atoi(words[len(words)-1])
		if err != nil {
			return nil
		}
		names, number = rest, n
	}
	var all []string
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		if quoted, ok := strings.CutPrefix(name, `"`); ok {
			if name, ok = strings.CutSuffix(quoted, `"`); !ok {
				return nil // a comma inside
			}
		}
		// Names are compared without case, and "*" is every one.
		name = strings.ToLower(name)
		if name == "" || name == "*" || strings.ContainsAny(name, `"()`) || slices.Contains(all, name) {
			return nil
		}
		all = append(all, name)
	}
	if number < len(all) {
		return nil
	}
	return all
}

// holdsEverything says whether the server called cluster held every commit of
// a primary with that setting.
func holdsEverything(setting, cluster string) bool {
	return cluster != "" && slices.Contains(allSynchronous(setting), strings.ToLower(cluster))
}
