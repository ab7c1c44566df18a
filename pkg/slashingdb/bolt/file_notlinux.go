//go:build !linux

package bolt

import "os"

// identify knows no file.
func identify(*os.File) fileID { return fileID{} }

func dropCache(*os.File) {}
