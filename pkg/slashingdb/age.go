package slashingdb

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// AgeInWords says how long ago a message was due: "14 min ago". Without a
// clock it is "".
func AgeInWords(then, now time.Time) string {
	if now.IsZero() {
		return ""
	}
	switch age := now.Sub(then); {
	case age < -time.Minute:
		return "in " + span(-age) + ", by this clock"
	case age < time.Minute:
		return "just now"
	default:
		return span(age) + " ago"
	}
}

// ageInSeconds is the same for a program; nil at the zero time.
func ageInSeconds(then, now time.Time) *int64 {
	if now.IsZero() {
		return nil
	}
	age := now.Unix() - then.Unix()
	return &age
}

// span rounds down to the unit that a person would choose.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d < 60*day:
		return fmt.Sprintf("%d days", d/day)
	case d < 730*day:
		return fmt.Sprintf("%d months", d/(30*day))
	}
	return fmt.Sprintf("%d years", d/(365*day))
}

func sortedKeys[T any](of map[PublicKey]T) []PublicKey {
	return slices.SortedFunc(maps.Keys(of), CompareKeys)
}
