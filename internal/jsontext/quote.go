package jsontext

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// showLimit is how many bytes of a file's text an error repeats.
const showLimit = 40

// Show quotes a file's text for an error: escaped, and cut when it is long.
func Show(s string) string { return strconv.QuoteToASCII(clip(s)) }

func clip(s string) string {
	if len(s) <= showLimit {
		return s
	}
	return s[:showLimit] + "..."
}

// AppendQuoted appends s as Python's json.dumps writes it by default: in
// quotation marks, everything but printable ASCII escaped, characters above
// U+FFFF as two surrogates, hexadecimal digits in lower case.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		dst = appendRune(dst, r)
	}
	return append(dst, '"')
}

func appendRune(dst []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r == '\f':
		return append(dst, `\f`...)
	case r == '\b':
		return append(dst, `\b`...)
	case ' ' <= r && r <= '~':
		return append(dst, byte(r))
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
	default:
		return fmt.Appendf(dst, `\u%04x`, r)
	}
}
