//go:build !cgo

package build

import "os"

// Without C there is no BLS either: such a binary is for tests of other things.
func flavour() string { return "" }

func compiler() string { return "" }

func libC() string { return "" }

func startedAs() string { return os.Args[0] }
