//go:build !linux

package main

// memoryForKDFs is not known here.
func memoryForKDFs() uint64 { return 0 }
