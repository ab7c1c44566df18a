package slashingdb

// LastOf returns l as reports print it.
func LastOf(l LastSigned) Last { return lastOf(l) }
