package sshsig

import (
	"errors"
	"strings"
	"time"
)

// stamp is a time of an allowed signers file.
type stamp struct {
	set  bool
	utc  bool
	wall time.Time // the digits, as if they were UTC
	text string
}

var errStamp = errors.New("expected a time such as 20260131, 202601312359 or 20260131235959, with a Z at the end for UTC")

// parseStamp reads YYYYMMDD[Z] or YYYYMMDDHHMM[SS][Z].
func parseStamp(s string) (stamp, error) {
	digits, utc := strings.CutSuffix(s, "Z")
	layout := "20060102150405"
	switch len(digits) {
	case 8, 12, 14:
		layout = layout[:len(digits)]
	default:
		return stamp{}, errStamp
	}
	t, err := time.Parse(layout, digits)
	if err != nil {
		return stamp{}, errStamp
	}
	return stamp{set: true, utc: utc, wall: t, text: s}, nil
}

// in is the moment of a stamp; one without a Z is of the zone.
func (s stamp) in(zone *time.Location) time.Time {
	if s.utc {
		zone = time.UTC
	}
	t := s.wall
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}

// matchList is OpenSSH's match_pattern_list: one of the patterns matches, and
// none that begins with ! does.
func matchList(s string, patterns []string) bool {
	found := false
	for _, p := range patterns {
		rest, negated := strings.CutPrefix(p, "!")
		if match(s, rest) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}

// match knows * for any characters and ? for one.
func match(s, pattern string) bool {
	star, resume := -1, 0
	i, j := 0, 0
	for i < len(s) {
		switch {
		case j < len(pattern) && pattern[j] == '*':
			star, resume = j, i
			j++
		case j < len(pattern) && (pattern[j] == '?' || pattern[j] == s[i]):
			i++
			j++
		case star >= 0:
			resume++
			i, j = resume, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[j:], "*") == ""
}
