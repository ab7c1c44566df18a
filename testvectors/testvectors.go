// Package testvectors carries published figures of the standards that ethkey
// follows, so that the binary can check itself on the machine where it runs.
//
// Each file begins with a block that says what the figures are, where they
// were published and under which licence. Every further block is one case:
// its kind, the section of the source that has it, and its figures. Hex is
// lower case without 0x, other text is as published. SHA256SUMS has the hash
// of each file.
package testvectors

import (
	"embed"
	"io/fs"
)

//go:embed *.txt SHA256SUMS
var files embed.FS

// Files returns the embedded files.
func Files() fs.FS { return files }
