//go:build race

package slashingdb_test

const raceEnabled = true
