//go:build race

package testkit

// Race says that the race detector is built in.
const Race = true
